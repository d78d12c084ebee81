"""An answer is values until its text is rendered from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemai.library import Library
from qa.answer import AnswerCitation
from qa.answers.draft import AnswerLine, flatten
from qa.answers.rendering import make_statement, render_statement, render_statements, write_quotes
from qa.understanding.slots import find_slot, label_of_slot

QUESTIONS = [
    "甘南州对特困供养人员参加医保怎么资助？",
    "甘南州医疗保障由哪些单位负责？",
    "甘南州的保障措施有哪三项？",
    "什么是“三个一批”？",
    "甘南州2022年农村自来水普及率目标是多少？",
    "甘南州养老床位建设标准是多少？",
    "甘南州2022年乡村振兴工作方案现在有效吗？",
    "哪些文件提到参保资助？",
    "库里有哪些文件？",
    "甘南州和大兴安岭地区的参保资助有什么不同？",
]


def cited(quote: str, at: int = 0) -> AnswerCitation:
    return AnswerCitation("d", "d.txt", None, None, None, (), quote, at, at + len(quote))


words = st.text(alphabet="云岫县共三项。：“”、，的 \n", max_size=24)


@given(words, st.lists(words.filter(lambda w: w.strip()), max_size=3))
def test_a_line_comes_back_word_for_word(head: str, quotes: list[str]) -> None:
    citations = tuple(cited(quote, at) for at, quote in enumerate(quotes))
    for text in (head, head + write_quotes(citations), *(flatten(quote) for quote in quotes[:1])):
        line = AnswerLine(text, citations)
        assert render_statement(make_statement(line, slot="provision", grade="answered")) == text


@pytest.mark.parametrize("question", QUESTIONS)
def test_text_and_citations_are_those_of_the_statements(library: Library, question: str) -> None:
    answer = library.ask(question, keep=False)
    assert answer.answer == render_statements(answer.statements)
    assert answer.citations == tuple(dict.fromkeys(q for s in answer.statements for q in s.quotes))
    assert all(label_of_slot(s.slot) for s in answer.statements)
    grades = {s.grade for s in answer.statements}
    assert (grades == {"answered"}) == (answer.status == "answered")
    assert answer.status != "not_found" or answer.statements[0].grade == "not_stated"
    record = answer.record()["statements"]
    assert isinstance(record, list) and len(record) == len(answer.statements)


def test_a_label_and_the_words_before_it_are_apart() -> None:
    line = AnswerLine("共 3 项。云岫县：“甲”……“乙”", (cited("甲"), cited("乙", 5)))
    made = make_statement(line, slot="list", grade="answered")
    assert (made.words, made.label, made.written_out, len(made.quotes)) == ("共 3 项。", "云岫县", True, 2)


@pytest.mark.parametrize(
    ("question", "kind", "slot"),
    [
        ("办居住证要什么材料", "policy_lookup", "material"),
        ("电子居住证咋办", "policy_lookup", "procedure"),
        ("积分入户要满足什么条件", "policy_lookup", "condition"),
        ("供水由谁负责", "responsible_unit", "unit"),
        ("普及率是多少", "target_value", "value"),
        ("为什么取消", "policy_lookup", "reason"),
        ("供水怎么规定", "policy_lookup", "provision"),
    ],
)
def test_a_question_asks_for_a_slot(question: str, kind: str, slot: str) -> None:
    assert find_slot(question, kind) == slot
