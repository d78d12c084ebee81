"""Search over a small library: what is found, what is filtered, what is safe, what follows a change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

from corpus.document import Anchor, HeadMatter, ParsedDocument, Span
from corpus.filters import Filters
from corpus.store import Corpus, PassageRow
from index.lexical import cache
from index.lexical.cache import LexicalCache
from index.lock import writing
from index.searcher import Searcher
from index.splitter import split

DOCS = {
    "a": (
        "甘南藏族自治州防止返贫监测办法",
        "甘肃省甘南藏族自治州",
        "6230",
        "甘政发〔2022〕11号",
        "对监测对象实行动态清零。义务教育阶段防止失学辍学。",
    ),
    "b": (
        "某省医疗保障局关于提高报销比例的通知",
        "贵州省",
        "52",
        "黔医保〔2023〕4号",
        "城乡居民基本医疗保险政策范围内住院费用报销比例达到百分之七十。",
    ),
    "c": ("移风易俗实施方案", None, None, None, "遏制高价彩礼，婚丧嫁娶不得大操大办，红白理事会负责登记。"),
}


def put(corpus: Corpus, key: str, title: str, region: str | None, code: str | None, number: str | None, text: str) -> int:
    head = HeadMatter(title=title, region=region, region_code=code, doc_number=number)
    doc = ParsedDocument(key, f"{key}.txt", "txt", hashlib.sha256(text.encode()).hexdigest(), text, head)
    return corpus.put(doc, original=text.encode(), passages=[PassageRow(p.span, p.trail) for p in split(doc)], facts=[])


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.open(tmp_path / "库") as corpus:
        for key, values in DOCS.items():
            put(corpus, key, *values)
        yield corpus


def found(searcher: Searcher, query: str, **options: object) -> list[str]:
    return [hit.source_id for hit in searcher.search(query, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "first", "why"),
    [
        ("监测对象怎么清零", "a", "plain words"),
        ("看病报销能报多少", "b", "everyday words"),
        ("红白事", "c", "everyday words without any of the text's"),
        ("黔医保[2023]4号", "b", "document number, other brackets"),
        ("甘南洲", "a", "a typo in a name"),
        ("“不得大操大办”", "c", "a quoted phrase"),
    ],
)
def test_finds(corpus: Corpus, query: str, first: str, why: str) -> None:
    assert found(Searcher(corpus), query)[:1] == [first], why


@pytest.mark.parametrize(
    "query", ["", "  ", "2024-01-01", "C++", "AND OR NOT", '"', "title:(", "*?~^", "\x00", "甲" * 10_000, "什么", "😀", "〔〕号"]
)
def test_any_string_is_safe(corpus: Corpus, query: str) -> None:
    assert isinstance(Searcher(corpus).search(query), list)


def test_nothing_in_nothing_out(corpus: Corpus) -> None:
    assert Searcher(corpus).search(" ") == []
    assert Searcher(corpus).search("监测", top=0) == []


def test_hits_quote_the_text_and_mark_the_words(corpus: Corpus) -> None:
    hit = Searcher(corpus).search("失学辍学")[0]
    text = corpus.text(corpus.find(hit.source_id).row)
    assert hit.text == text[hit.start : hit.end]
    assert "失学辍学" in [span.of(text) for span in hit.highlights]
    assert "失学辍学" in hit.why


def test_filters_come_before_scoring(corpus: Corpus) -> None:
    searcher = Searcher(corpus)
    assert set(found(searcher, "监测对象 报销比例", filters=Filters(region="贵州省"))) == {"b"}
    assert found(searcher, "监测对象", filters=Filters(region="甘肃省")) == ["a"]
    assert found(searcher, "监测对象", filters=Filters(year=1900)) == []


def test_what_is_left_out_takes_no_place_of_others(corpus: Corpus) -> None:
    copies = [put(corpus, f"x{n}", "移风易俗实施方案", None, None, None, DOCS["c"][-1] * (n + 2)) for n in range(8)]
    without = frozenset(copies)
    assert found(Searcher(corpus), "高价彩礼", without=without, top=1) == ["c"]
    kept = tuple(info.id for info in corpus.infos() if info.row not in without)
    query = "实施方案 报销 彩礼"
    assert found(Searcher(corpus), query, without=without) == found(Searcher(corpus), query, filters=Filters(documents=kept))


def test_changes_show_at_once_and_are_not_rebuilt(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    searcher = Searcher(corpus)
    assert found(searcher, "监测对象") == ["a"]
    monkeypatch.setattr(LexicalCache, "_build", lambda self, generation: pytest.fail("built anew"))
    row = corpus.find("a").row
    corpus.remove(row)
    assert found(searcher, "监测对象") == []
    corpus.restore(row)
    put(corpus, "d", "监测对象摸排", None, None, None, "监测对象一月一摸排。")
    assert set(found(searcher, "监测对象")) == {"a", "d"}
    put(corpus, "d", "改过的", None, None, None, "另有内容。")
    assert found(Searcher(corpus), "监测对象") == ["a"]


@pytest.mark.parametrize("damage", ["manifest", "files", "engine"])
def test_a_damaged_cache_is_built_anew(corpus: Corpus, damage: str) -> None:
    Searcher(corpus).refresh()
    folder = corpus.folder / "cache" / "lexical"
    if damage == "manifest":
        (folder / "manifest.json").write_text("{", encoding="utf-8")
    elif damage == "engine":
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        (folder / "manifest.json").write_text(json.dumps({**manifest, "engine": "other"}), encoding="utf-8")
    else:
        for path in (folder / "passages").iterdir():
            if path.is_file():
                path.unlink()  # another process still has the former file mapped: cutting that short would kill it
                path.write_bytes(b"x")
    assert found(Searcher(corpus), "监测对象") == ["a"]


def test_repeated_passages_are_folded(corpus: Corpus) -> None:
    put(corpus, "e", "移风易俗实施方案（转发）", None, None, None, DOCS["c"][4])
    assert len(Searcher(corpus).search("高价彩礼")) == 1
    assert len(Searcher(corpus).search("高价彩礼", fold=False)) == 2


def test_check_and_rebuild(corpus: Corpus) -> None:
    searcher = Searcher(corpus)
    searcher.refresh()
    assert searcher.check() == []
    searcher.rebuild()
    assert found(searcher, "监测对象") == ["a"]


def test_an_older_index_serves_while_another_process_writes(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "PATIENCE", 0.0)
    searcher = Searcher(corpus)
    searcher.refresh()
    with writing(corpus.folder / "cache", 0) as held:
        assert held
        put(corpus, "d", "监测对象摸排", None, None, None, "监测对象一月一摸排。")
        assert found(searcher, "监测对象") == ["a"]
        assert found(Searcher(corpus), "监测对象") == ["a"]
    assert set(found(searcher, "监测对象")) == {"a", "d"}


def test_nothing_to_serve_while_another_process_writes(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "PATIENCE_FIRST", 0.0)
    with writing(corpus.folder / "cache", 0):
        assert found(Searcher(corpus), "监测对象") == ["a"]
    assert not (corpus.folder / "cache" / "lexical").exists()


def test_a_held_writer_of_the_index_itself_is_no_obstacle(corpus: Corpus) -> None:
    searcher = Searcher(corpus)
    searcher.refresh()
    view = searcher._lexical.view
    assert view is not None
    writer = view.passages.writer(15_000_000, 1)
    put(corpus, "d", "监测对象摸排", None, None, None, "监测对象一月一摸排。")
    assert set(found(searcher, "监测对象")) == {"a", "d"}
    del writer


@pytest.mark.parametrize("indexed", [False, True])
def test_a_cache_that_cannot_be_written(corpus: Corpus, monkeypatch: pytest.MonkeyPatch, indexed: bool) -> None:
    if indexed:
        Searcher(corpus).refresh()
    put(corpus, "d", "监测对象摸排", None, None, None, "监测对象一月一摸排。")

    def refused(folder: Path, wait: float) -> NoReturn:
        raise PermissionError(folder)

    monkeypatch.setattr(cache, "writing", refused)
    before = sorted(corpus.folder.rglob("*"))
    searcher = Searcher(corpus)
    assert set(found(searcher, "监测对象")) == {"a", "d"}
    corpus.remove(corpus.find("d").row)
    assert found(searcher, "监测对象") == ["a"]
    assert sorted(corpus.folder.rglob("*")) == before


def test_many_threads_while_the_library_changes(corpus: Corpus) -> None:
    searcher = Searcher(corpus)
    searcher.refresh()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(found, searcher, "监测对象") for _ in range(40)]
        for i in range(3):
            put(corpus, f"n{i}", f"监测对象摸排{i}", None, None, None, f"监测对象第{i}月一摸排。")
        results = [job.result() for job in waiting]
    assert all("a" in result for result in results)
    assert set(found(searcher, "监测对象")) == {"a", "n0", "n1", "n2"}


def test_hits_of_a_paged_format_name_the_page(corpus: Corpus) -> None:
    text = "防汛抗旱责任制\n每日会商研判。"
    anchors = (Anchor(Span(0, 7), page=1), Anchor(Span(8, 15), page=2))
    doc = ParsedDocument("p", "p.pdf", "pdf", "p", text, HeadMatter(title="防汛"), anchors=anchors)
    rows = [PassageRow(Span(0, 8), ()), PassageRow(Span(8, 15), ())]
    corpus.put(doc, original=b"p", passages=rows, facts=[])
    assert [hit.page for hit in Searcher(corpus).search("会商研判")][:1] == [2]
    assert Searcher(corpus).search("失学辍学")[0].page is None
