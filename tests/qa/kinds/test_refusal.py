"""A refusal names what was asked in the words of the person who asked, without courtesy and without figures."""

from __future__ import annotations

import pytest

from cemai.library import Library
from qa.answers.guard import extract_figures
from qa.understanding.wordings import own_words

ASKED = [
    ("请问甘南州养老床位的建设标准是多少？谢谢", "甘南州养老床位的建设标准是多少"),
    ("麻烦查一下甘南州2022年机场什么时候建成", "甘南州机场什么时候建成"),
    ("天津老年人坐地铁有什么优惠", "天津老年人坐地铁有什么优惠"),
    ("甘南州残疾人驾照怎么换领", "甘南州残疾人驾照怎么换领"),
]


@pytest.mark.parametrize(("question", "words"), ASKED, ids=[row[1] for row in ASKED])
def test_what_was_looked_for_is_said_in_the_words_of_the_question(library: Library, question: str, words: str) -> None:
    answer = library.ask(question, keep=False)
    assert answer.status == "not_found"
    first = answer.answer.splitlines()[0]
    assert f"“{words}”" in first
    assert not extract_figures(first)


def test_figures_of_the_question_are_never_repeated(library: Library) -> None:
    first = library.ask("甘南州补贴3000元的电动车有几种颜色", keep=False).answer.splitlines()[0]
    assert "3000" not in first and "所问的内容" in first


def test_long_questions_are_cut() -> None:
    assert len(own_words("供水" * 100)) == 61
