"""Dossiers: order, remarks, what happens when a document changes, and that no word of a document is kept."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemai.dossiers import (
    MOST_ITEMS,
    DossierItem,
    add_to_dossier,
    change_dossier,
    cite_place,
    cite_places,
    clean_name,
    drop_dossier,
    list_dossiers,
    load_dossier,
)
from cemai.library import Library
from corpus.errors import UsageError
from index.dense.encoder import load
from ui.exports.dossier import dossier_bytes

TEXT = "石溪县山塘整治实施方案\n石政发〔2024〕7号\n一、工作目标\n到2030年，山塘安全鉴定率达到97%以上。\n二、保障\n县财政每年安排180万元。\n"
GOAL, MONEY = "到2030年，山塘安全鉴定率达到97%以上。", "县财政每年安排180万元。"


@pytest.fixture
def library(tmp_path: Path) -> Any:
    (tmp_path / "方案.txt").write_text(TEXT, encoding="utf-8")
    with Library.open(tmp_path / "库", encoder=load(None)) as made:
        made.ingest([tmp_path / "方案.txt"])
        yield made


def place(library: Library, words: str, remark: str = "") -> DossierItem:
    info = library.corpus.infos()[0]
    start = library.corpus.text(info.row).index(words)
    return DossierItem("quote", document=info.id, start=start, end=start + len(words), remark=remark)


def test_items_keep_their_order_and_a_place_goes_in_once(library: Library) -> None:
    corpus = library.corpus
    add_to_dossier(corpus, "山塘", [place(library, GOAL, "目标"), DossierItem("text", remark="经费")])
    done = add_to_dossier(corpus, " 山塘 ", [place(library, MONEY), place(library, GOAL)])
    assert [item.kind for item in done.items] == ["quote", "text", "quote"] and done.version == 2
    turned = change_dossier(corpus, "山塘", 2, lambda items: items[::-1])
    assert load_dossier(corpus, "山塘") == turned and [item.kind for item in turned.items] == ["quote", "text", "quote"]
    assert cite_place(corpus, turned.items[0]).quote == MONEY
    with pytest.raises(UsageError, match="别人改过"):
        change_dossier(corpus, "山塘", 2, lambda items: [])
    assert [one.name for one in list_dossiers(corpus)] == ["山塘"]
    with pytest.raises(UsageError, match=f"最多放 {MOST_ITEMS} 条"):
        add_to_dossier(corpus, "山塘", [DossierItem("text", remark=str(n)) for n in range(MOST_ITEMS)])
    drop_dossier(corpus, "山塘")
    assert list_dossiers(corpus) == [] and load_dossier(corpus, "山塘").version == 0


def test_no_word_of_a_document_is_kept_and_what_is_gone_is_said(library: Library, tmp_path: Path) -> None:
    add_to_dossier(library.corpus, "山塘", [place(library, GOAL, "我的话")])
    kept = library.corpus.setting("dossier:山塘") or ""
    assert "我的话" in kept and "山塘安全" not in kept and "97" not in kept
    item = load_dossier(library.corpus, "山塘").items[0]
    assert (
        (cited := cite_place(library.corpus, item)) is not None
        and cited.quote == GOAL
        and cited.doc_number == "石政发〔2024〕7号"
    )
    library.remove(library.corpus.infos()[0].id)
    assert cite_place(library.corpus, item) is None
    assert "已不在文档库里" in "\n".join(paragraphs(dossier_bytes(load_dossier(library.corpus, "山塘"), [(item, None)])))


def paragraphs(data: bytes) -> list[str]:
    return [one.text for one in docx.Document(io.BytesIO(data)).paragraphs]


def test_the_material_numbers_its_sources_once(library: Library) -> None:
    items = [
        DossierItem("text", remark="一、目标"),
        place(library, GOAL, "县里的说法"),
        place(library, MONEY),
        place(library, GOAL[:7]),
    ]
    items.insert(1, DossierItem("question", question="目标是多少？", link="/?tab=ask&question=x"))
    done = add_to_dossier(library.corpus, "山塘材料", items)
    entries = [(item, cite_place(library.corpus, item)) for item in done.items]
    assert cite_places(library.corpus, done.items) == [cited for _, cited in entries]
    lines = paragraphs(dossier_bytes(done, entries))
    assert lines[:5] == ["山塘材料", "一、目标", "问：目标是多少？", f"{GOAL}〔1〕", "县里的说法"]
    assert lines[5] == f"{MONEY}〔2〕" and lines[6] == f"{GOAL[:7]}〔1〕", "the same place has one number"
    sources = lines[lines.index("出处") + 1 :]
    assert sources[0].startswith("〔1〕《石溪县山塘整治实施方案》（石政发〔2024〕7号）") and sources[1].startswith("〔2〕")


@given(st.text())
def test_names_are_clean_or_refused(name: str) -> None:
    try:
        kept = clean_name(name)
    except UsageError:
        return
    assert kept == kept.strip() and 0 < len(kept) <= 40 and kept.isprintable() and clean_name(kept) == kept
