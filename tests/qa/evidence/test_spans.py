"""The stretch that is quoted first: chosen among clauses, sentences and runs, always a piece of the text."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from corpus.document import Span
from corpus.wordlists import entries
from qa.documents import LibraryView
from qa.evidence import spans
from qa.evidence.scope import scope_of
from qa.evidence.scoring import SentenceScorer
from qa.understanding.concepts import extract_concepts
from qa.understanding.names import KnownNames
from qa.understanding.question import parse_question
from tests.encoders import BlankEncoder

NOTICE = """清河县图书馆关于调整借阅服务的通告
各位读者：
为方便读者，图书馆自6月起调整借阅服务，读者持有效证件按照“先预约、后取书、限时归还”的原则借阅图书，保障阅览秩序。
书库正在改造，读者可以在北门的自助柜归还图书，闭馆时间也可以使用。
图书馆通过延长开放时间、增设自习座位、开通线上续借等方式，为备考学生提供便利。志愿者每周末整理书架。
清河县图书馆
2024年5月20日
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("choosing")
    (folder / "notice.txt").write_text(NOTICE, encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest([folder / "notice.txt"])
        yield opened


def stretches(library: Library, question: str) -> list[tuple[Span, dict[str, float]]]:
    view = LibraryView(library.corpus, library.searcher)
    known = KnownNames(view)
    parsed = parse_question(question, known)
    wanted = extract_concepts(parsed, view)
    group = SentenceScorer(wanted, view).score(scope_of(parsed, view, library.searcher))
    assert group
    return list(spans.stretches(parsed, wanted, group, group[0].sentence.span))


def test_every_sign_has_a_weight_and_every_weight_a_sign(library: Library) -> None:
    signs = stretches(library, "图书馆借阅图书按照什么原则？")[0][1]
    assert set(signs) == set(spans.weights())
    assert all(len(row.split("\t")) == 3 for row in entries("qa", "carrying.tsv"))


def test_what_stands_in_the_place_of_the_question_word_is_in_the_item(library: Library) -> None:
    quote = library.ask("图书馆借阅图书按照什么原则？", keep=False).citations[0].quote
    assert "先预约、后取书、限时归还" in quote


def test_the_words_beside_the_question_word_are_looked_for_beside_the_stretch(library: Library) -> None:
    found = {span: signs["slot_before"] for span, signs in stretches(library, "书库改造时读者可以在哪里归还图书？")}
    view = LibraryView(library.corpus, library.searcher)
    document = view.document(next(iter(view.infos)))
    whole = next(value for span, value in found.items() if span.of(document.text).startswith("书库正在改造"))
    behind = next(value for span, value in found.items() if span.of(document.text).startswith("北门的自助柜"))
    assert behind > whole


def test_ways_are_in_the_item_quoted(library: Library) -> None:
    quote = library.ask("图书馆如何为备考学生提供便利？", keep=False).citations[0].quote
    assert "延长开放时间、增设自习座位、开通线上续借" in quote


@pytest.mark.parametrize("question", ["读者在哪里归还图书？", "图书馆有哪些便利措施？", "为什么调整借阅服务？"])
def test_stretches_are_pieces_of_the_text(library: Library, question: str) -> None:
    view = LibraryView(library.corpus, library.searcher)
    text = view.document(next(iter(view.infos))).text
    found = stretches(library, question)
    assert len({span for span, _ in found}) == len(found)
    for span, _ in found:
        assert 0 <= span.start < span.end <= len(text)
        assert span == span.trimmed(text)


@pytest.mark.parametrize("piece", ["，", "哪", "1", "一是", "表示", "对接"])
def test_patterns_are_quick_on_adversarial_text(piece: str) -> None:
    text = piece * (10_000 // len(piece))
    patterns = [spans._clause, spans._how, spans._tells, spans._gap, *(p for pair in spans._fits() for p in pair)]
    started = time.process_time()
    for pattern in patterns:
        sum(1 for _ in pattern.finditer(text))
    assert time.process_time() - started < 0.1 * len(patterns)
