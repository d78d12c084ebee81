"""After any history the hits are those of an index built anew: the same passages in the same order with the same scores."""

from __future__ import annotations

import hashlib
import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import HeadMatter, ParsedDocument
from corpus.store import Corpus, PassageRow
from index.lexical import parts
from index.lexical.bm25 import INDEXES
from index.lexical.parts import IndexPart, plan_parts
from index.searcher import Searcher
from index.splitter import split

SENTENCES = (
    "各乡镇要明确管水员，定期检测水质。",
    "县财政局安排维修资金，专款专用。",
    "对监测对象实行动态清零，一月一摸排。",
    "城乡居民基本医疗保险住院费用报销比例达到百分之七十。",
    "红白理事会负责登记，遏制高价彩礼。",
    "资金由县财政局统一拨付，按季度公开。",
)
QUERIES = ("管水员检测水质", "县财政局资金", "监测对象摸排", "报销比例", "红白理事会登记", "县财政局安排维修资金按季度公开")

texts = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=9)
operations = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "replace", "remove", "restore", "withdraw", "rename", "search"]), st.integers(0, 99), texts
    ),
    min_size=4,
    max_size=24,
)


def put(corpus: Corpus, name: str, sentences: list[str], replaces: list[int]) -> int:
    text = "\n".join(f"{sentence}{name}" for sentence in sentences)
    doc = ParsedDocument(
        name, f"{name}.txt", "txt", hashlib.sha256(text.encode()).hexdigest(), text, HeadMatter(title=f"通知{name}")
    )
    passages = [PassageRow(p.span, p.trail) for p in split(doc)]
    return corpus.put(doc, original=text.encode(), passages=passages, facts=[], replaces=replaces)


def hits(searcher: Searcher) -> list[list[tuple[int | None, float]]]:
    return [[(hit.passage, hit.score) for hit in searcher.search(query, fold=False)] for query in QUERIES]


@settings(max_examples=40)
@given(history=operations, start=st.lists(texts, min_size=1, max_size=6))
def test_hits_do_not_depend_on_the_history(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, int, list[str]]], start: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("library")
    with pytest.MonkeyPatch.context() as patch, Corpus.open(folder) as corpus:
        patch.setattr(parts, "LEAST", 3)
        patch.setattr(parts, "SMALL", 1)
        patch.setattr(parts, "RATIO", 2)
        live = [put(corpus, f"s{i}", text, []) for i, text in enumerate(start)]
        gone: list[int] = []
        searcher = Searcher(corpus)
        searcher.refresh()
        for number, (operation, at, text) in enumerate(history):
            if operation == "add":
                live.append(put(corpus, f"a{number}", text, []))
            elif operation == "replace" and live:
                live.append(put(corpus, f"r{number}", text, [live.pop(at % len(live))]))
            elif operation == "remove" and live:
                gone.append(live.pop(at % len(live)))
                corpus.remove(gone[-1])
            elif operation == "restore" and gone:
                live.append(gone.pop(at % len(gone)))
                corpus.restore(live[-1])
            elif operation == "withdraw" and live:
                corpus.set_status(live[at % len(live)], "已废止")
            elif operation == "rename" and live:
                corpus.correct(live[at % len(live)], "title", text[0])
            else:
                searcher.refresh()
        kept = hits(searcher)
        reopened = hits(Searcher(corpus))
        shutil.rmtree(folder / "cache")
        assert kept == reopened == hits(Searcher(corpus))
    shutil.rmtree(folder)


PARTS = [IndexPart(1, 40, 6_000, ()), IndexPart(41, 80, 5_500, ()), IndexPart(81, 90, 900, ())]


@pytest.mark.parametrize(
    ("gone", "come", "written"),
    [
        ([], {}, []),
        ([17], {}, [(1, 40)]),
        ([17, 95], {}, [(1, 40)]),  # 95 came and went since
        ([], {91: 30}, [(91, 91)]),
        ([], {91: 300}, [(81, 91)]),  # small beside what it joins
        ([90], {91: 30}, [(81, 91)]),
        ([50], {91: 300}, [(41, 80), (81, 91)]),
        ([], dict.fromkeys(range(91, 111), 500), [(91, 110)]),
    ],
)
def test_only_parts_that_changed_are_written(gone: list[int], come: dict[int, int], written: list[tuple[int, int]]) -> None:
    ranges = plan_parts(PARTS, gone, come)
    assert [(one.first, one.last) for one in ranges if one.kept is None] == written
    assert all(one.last < other.first for one, other in pairwise(ranges))


def test_what_is_indexed_as_it_is_now_is_not_written_anew(tmp_path: Path) -> None:
    def segments() -> list[list[str]]:
        lists = [json.loads((tmp_path / "cache" / "lexical" / name / "meta.json").read_text()) for name in INDEXES]
        return [[one["segment_id"] for one in found["segments"]] for found in lists]

    with Corpus.open(tmp_path) as corpus:
        row, other = (put(corpus, name, [SENTENCES[0], SENTENCES[1]], []) for name in ("甲", "乙"))
        searcher = Searcher(corpus)
        searcher.refresh()
        written = segments()
        corpus.set_status(row, "已废止")
        corpus.correct(row, "level", "县")
        corpus.remove(other)
        corpus.restore(other)
        searcher.refresh()
        assert segments() == written
        for field, value in (("title", "饮水办法"), ("doc_number", "云政发〔2026〕7号")):
            corpus.correct(row, field, value)
            searcher.refresh()
            assert segments() != written
            written = segments()
        passages = [PassageRow(p.span, ("第一章 总则",)) for p in corpus.passages(row)]
        corpus.put_derived(row, passages=passages, facts=[], model=None)
        searcher.refresh()
        assert segments() != written
        found = [(hit.passage, hit.score) for hit in searcher.search("饮水办法总则", fold=False)]
        shutil.rmtree(tmp_path / "cache")
        assert found == [(hit.passage, hit.score) for hit in Searcher(corpus).search("饮水办法总则", fold=False)] != []


def test_parts_stay_few_while_documents_come_one_by_one(tmp_path: Path) -> None:
    most = 0
    with pytest.MonkeyPatch.context() as patch, Corpus.open(tmp_path) as corpus:
        patch.setattr(parts, "SMALL", 2)
        searcher = Searcher(corpus)
        for number in range(60):
            put(corpus, f"n{number}", [SENTENCES[number % len(SENTENCES)]], [])
            searcher.refresh()
            view = searcher._lexical.view
            assert view is not None and view.size == number + 1
            most = max(most, view.passages.searcher().num_segments)
    assert most <= 4
