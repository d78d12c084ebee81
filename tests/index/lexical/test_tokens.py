"""Words, pairs and document numbers of a text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import tokens
from index.lexical.tokens import document_numbers, number_readings, tokenise, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("摸排边缘易致贫户", {"边缘易致贫户"}),
        ("落实三保障政策", {"三保障"}),
        ("农村居民人均可支配收入增长", {"农村居民人均可支配收入"}),
        ("由乡村振兴局负责", {"乡村振兴局"}),
        ("达到３．５％", {"3.5%"}),
        ("投入1,430万元", {"1430"}),
        ("云政办发〔2023〕07号文件", {"[2023]7号"}),
        ("C++与5G", {"c++", "5"}),
    ],
)
def test_policy_words_numbers_and_document_numbers_stay_whole(text: str, words: set[str]) -> None:
    assert words <= set(words_of(text))


def test_pairs_do_not_reach_over_punctuation() -> None:
    assert tokenise("防汛，抗旱").pairs == ["防汛", "抗旱"]


@pytest.mark.slow
def test_both_engines_read_the_lexicon() -> None:
    assert "边缘易致贫户" in tokens._slow_dictionary().cut("摸排边缘易致贫户")


def test_document_numbers_are_spelt_one_way() -> None:
    assert document_numbers("根据国办发[2021]5号") == document_numbers("根据国办发〔2021〕05号") == ("根据国办发[2021]5号",)
    assert "国办发[2021]5号" in number_readings("根据国办发[2021]5号")


@pytest.mark.parametrize("char", ["龘", "1", "〔", "a", "，", "\u3000", "某", "号"])
def test_long_runs_of_anything_are_cheap(char: str) -> None:
    tokenise("先加载")
    begun = time.process_time()
    tokenise(char * 10_000)
    assert time.process_time() - begun < 0.5


@given(st.text(max_size=200))
def test_any_text_has_tokens_without_white_space(text: str) -> None:
    tokens = tokenise(text)
    assert all(token and not any(c.isspace() for c in token) for token in (*tokens.words, *tokens.pairs))
