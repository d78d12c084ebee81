"""Vectors of items in search: used once all documents have theirs, kept up, left aside where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from index.neural.item_index import ItemIndex
from index.neural.item_vectors import read_vectors, stored_name
from index.query import parse_query

RULES = {
    "供水.txt": "云岫县供水办法\n第一条 新建水窖每口补助800元。\n第二条 供水单位每季度检测一次水质。\n第三条 任何单位不得向水源地排放污水。\n",
    "校车.txt": "青禾市校车办法\n第一条 校车每半年检验一次。\n第二条 驾驶人应当取得校车驾驶资格。\n",
}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    for name, text in RULES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "lib") as opened:
        opened.ingest(sorted(tmp_path.glob("*.txt")))
        yield opened


def by_items(library: Library, question: str) -> bool:
    library.searcher.refresh()
    return library.searcher._candidates(parse_query(question), None, 5).by_items


def test_items_tell_the_meaning_once_all_documents_have_vectors(library: Library, tmp_path: Path) -> None:
    assert not by_items(library, "水窖补助多少钱")
    assert library.embed_items(go_on=lambda: False) == 0
    assert not by_items(library, "水窖补助多少钱")
    assert library.embed_items() == 2 and library.embed_items() == 0
    assert by_items(library, "水窖补助多少钱")
    assert "800元" in library.search("修水窖给多少钱")[0].text
    # a document that came later waits for its own vectors; until then none is used where it may be found
    (tmp_path / "茶园.txt").write_text("澜溪市茶园办法\n第一条 茶园每亩补助300元。\n", encoding="utf-8")
    library.ingest([tmp_path / "茶园.txt"])
    assert not by_items(library, "茶园补助多少钱")
    assert library.embed_items() == 1
    assert by_items(library, "茶园补助多少钱")


def test_the_index_follows_and_is_the_same_made_anew(library: Library) -> None:
    library.embed_items()
    encoder = library.item_encoder
    assert encoder is not None
    followed = ItemIndex(library.corpus, encoder)
    followed.refresh(library.generation)
    library.remove("校车.txt")
    followed.refresh(library.generation)
    library.restore("校车.txt")
    followed.refresh(library.generation)
    anew = ItemIndex(library.corpus, encoder)
    anew.rebuild(library.generation)
    question = "多久检验一次校车"
    assert followed.nearest(question, 5) == anew.nearest(question, 5)
    assert len(followed) == len(anew) > 0
    passages = list(anew.nearest(question, 5))
    assert followed.best_of_passages(question, passages) == pytest.approx(anew.best_of_passages(question, passages))
    assert followed.best_of_passages(question, [*passages, 10**6]) is None


def test_what_is_stored_is_checked_and_goes_with_its_document(library: Library) -> None:
    library.embed_items()
    encoder = library.item_encoder
    assert encoder is not None
    name = stored_name(encoder)
    ((_, document, data), *_) = library.corpus.item_vectors(name)
    assert all(len(vector) == 2 * encoder.dimension for _, vector in read_vectors(data, encoder.dimension))
    assert not list(read_vectors(data[:-1], encoder.dimension))
    assert library.corpus.check() == []
    library.corpus._db.execute("UPDATE item_vectors SET data=? WHERE document=?", (data[:-1] + b"?", document))
    assert any("条目向量" in fault for fault in library.corpus.check())
    library.remove(library.corpus.info(document).source)
    library.purge()
    assert document not in {row for _, row, _ in library.corpus.item_vectors(name)}


def test_a_copy_on_the_disk_is_read_back(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = "".join(f"第{n}条 第{n}号泵站每{n}天检修一次。\n" for n in "一二三四五六七八九十")
    (tmp_path / "泵站.txt").write_text(f"云岫县泵站办法\n{articles}", encoding="utf-8")
    (tmp_path / "桥梁.txt").write_text(f"青禾市桥梁办法\n{articles.replace('泵站', '桥梁')}", encoding="utf-8")
    library.ingest([tmp_path / "泵站.txt", tmp_path / "桥梁.txt"])
    monkeypatch.setattr("index.dense.vectors.FAISS_FROM", 2)
    monkeypatch.setattr("index.dense.vectors.SUBSET", 1)
    library.embed_items()
    encoder = library.item_encoder
    assert encoder is not None
    written = ItemIndex(library.corpus, encoder)
    written.rebuild(library.generation)
    loaded = ItemIndex(library.corpus, encoder)
    assert loaded._load(library.generation)
    assert loaded._seen == written._seen > 0
    question = "多久检验一次校车"
    assert loaded.nearest(question, 3).keys() == written.nearest(question, 3).keys()
