"""Everyday words and question words: one meaning each, for the search and for answers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from corpus.folding import fold
from corpus.wordlists import entries
from index.everyday import question_words, written_forms
from index.query import parse_query
from qa.documents import LibraryView
from qa.understanding.concepts import extract_text_concepts
from qa.understanding.lexicons import everyday_forms, function_words
from qa.understanding.question import find_everyday
from tests.qa.conftest import library_of

ROWS = [line.split("\t") for line in entries("index", "everyday.tsv")]


def test_a_phrase_has_one_row_with_written_forms() -> None:
    assert len(ROWS) > 400
    assert [phrase for phrase, times in Counter(row[0] for row in ROWS).items() if times > 1] == []
    for phrase, forms, *only in ROWS:
        words = forms.split("|")
        assert len(phrase) > 1 and all(words) and len(set(words)) == len(words), phrase
        assert only in ([], ["search"], ["answer"]), phrase


def test_search_and_answers_read_a_phrase_alike() -> None:
    search, answer = written_forms("search"), written_forms("answer")
    shared = search.keys() & answer.keys()
    assert len(shared) > 400
    assert all(search[phrase] == answer[phrase] for phrase in shared)
    assert all(set(map(fold, answer[phrase])) <= {*everyday_forms()[fold(phrase)]} for phrase in shared)


@pytest.mark.parametrize("phrase", ["红白事", "落户", "彩礼"])
def test_both_expand_what_is_typed(phrase: str) -> None:
    expanded = parse_query(f"{phrase}怎么办").readings
    assert (phrase, " ".join(written_forms("search")[phrase])) in [(written, read) for written, read in expanded]
    assert find_everyday(f"{phrase}怎么办") == (phrase,)


def test_a_row_for_one_use_is_not_read_for_the_other() -> None:
    for phrase, _, *only in ROWS:
        assert (phrase in written_forms("search")) is (only != ["answer"])
        assert (phrase in written_forms("answer")) is (only != ["search"])


def test_the_search_has_no_phrase_that_it_strips_as_a_question() -> None:
    assert [p for p in written_forms("search") if any(word in p for word in question_words("search"))] == []


def test_no_everyday_phrase_is_a_function_word() -> None:
    assert [p for p in everyday_forms() if p in function_words()] == []


def test_question_words_are_function_words_and_written_once() -> None:
    assert {fold(word) for word in question_words("answer")} <= set(function_words())
    own = set(entries("qa", "function_words.txt"))
    assert len(own) > 200
    assert own.isdisjoint(question_words("search"))
    assert set(question_words("search")) - set(question_words("answer")) == {"咨询"}


def test_an_everyday_word_inside_an_official_one_does_not_cut_it(tmp_path: Path) -> None:
    with library_of(tmp_path, "云岫县养老保险办法\n第一条 参加养老保险的居民按年缴费。\n") as library:
        view = LibraryView(library.corpus, library.searcher)
        texts = [concept.text for concept in extract_text_concepts("养老保险缴费", view).concepts]
    assert "养老保险" in texts
