"""The laws of an answer: every quote is the text at its place, and no figure stands without a quote."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cemai.library import Library
from qa.answer import AnswerCitation
from qa.answers.draft import AnswerDraft, AnswerLine
from qa.answers.guard import drop_unsupported, extract_figures, is_supported
from qa.understanding.kinds import kind_of

SUBJECTS = [
    "参保资助",
    "衔接资金",
    "公益岗位",
    "牦牛养殖基地",
    "自来水普及率",
    "考核结果",
    "三个一批",
    "医疗保障",
    "光伏",
    "集体经济收入",
]
OWN_COUNT = re.compile(r"(?:共|是) \d+ (?=项|家)|^\d+\. |^(?:读了 )?\d+ (?:份文件|个地区)[^“\n]*", re.MULTILINE)
"""What the program counts itself and no quote holds: how many things a list has, the places of a row, the documents read."""
REGIONS = ["甘南州", "大兴安岭", "各地", "黔南州", ""]
ASKED = [
    "是多少？",
    "由哪个单位负责？",
    "到哪一年？",
    "是什么意思？",
    "有哪些措施？",
    "会取消吗？",
    "给哪些人？",
    "有什么不同？",
    "占56%吗？",
]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(REGIONS), st.sampled_from(SUBJECTS), st.sampled_from(SUBJECTS), st.sampled_from(ASKED))
def test_no_answer_holds_what_no_quote_holds(library: Library, region: str, one: str, other: str, asked: str) -> None:
    answer = library.ask(f"{region}{one}和{other}{asked}", keep=False)
    held = {figure for c in answer.citations for figure in extract_figures(c.quote)}
    held |= {figure for c in answer.citations for figure in extract_figures((c.title or "") + (c.doc_number or ""))}
    told = OWN_COUNT.sub("", answer.answer)
    assert set(extract_figures(told)) <= held
    for citation in answer.citations:
        text = library.corpus.text(library.corpus.find(citation.source_id).row)
        assert text[citation.start : citation.end] == citation.quote
    assert len(answer.answer) <= 2000


def quoted(text: str) -> AnswerCitation:
    return AnswerCitation("d", "d.txt", None, None, None, (), text, 0, len(text))


@pytest.mark.parametrize(
    ("line", "quote", "holds"),
    [
        ("比例达到55%以上", "用于产业的比例达到55%以上", True),
        ("比例达到50%以上", "用于产业的比例达到55%以上", False),
        ("文号为州政办发〔2022〕18号", "州政办发〔2022〕18号", True),
        ("文号为省政办发〔2022〕18号", "州政办发〔2022〕18号", False),
        ("补助3,000元", "每户补助3000元", True),
        ("责任单位共两家：州民政局、州水务局", "州民政局、州财政局", False),
        ("责任单位共两家：县市党委、县市政府", "县市党委、政府", True),
    ],
)
def test_the_guard_tells_supported_from_invented(line: str, quote: str, holds: bool) -> None:
    assert is_supported(line, [quoted(quote)]) is holds


def test_the_guard_drops_only_the_line_that_is_not_supported() -> None:
    good, bad = AnswerLine("达到5%", (quoted("达到5%"),)), AnswerLine("达到7%", (quoted("达到5%"),))
    assert drop_unsupported(AnswerDraft("answered", (good, bad))).lines == (good,)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("这项工作由谁负责?", "responsible_unit"),
        ("办法什么时候发布的?", "provenance"),
        ("最晚什么时候完成?", "deadline"),
        ("比例是多少?", "target_value"),
        ("“四个不摘”具体指什么?", "definition"),
        ("哪些人可以享受?", "beneficiary"),
        ("还有补贴吗?", "yes_no"),
        ("主要任务有哪些?", "list_tasks"),
        ("哪些文件提到信用贷款?", "multi_doc"),
        ("对比两地的补贴标准", "comparison"),
        ("农村供水怎么保障", "policy_lookup"),
    ],
)
def test_kinds_of_questions(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    "question", ["哪" * 10_000, "一二三" * 3000 + "？", "“" * 10_000, "各地" * 5000, "(" * 9_999 + "?", "9" * 10_000]
)
def test_a_question_of_ten_thousand_characters_is_answered_in_time(library: Library, question: str) -> None:
    library.ask("预备", keep=False)
    started = time.process_time()
    answer = library.ask(question, keep=False)
    assert time.process_time() - started < 2
    assert len(answer.question) <= 500


def test_no_line_is_longer_than_what_people_read(library: Library) -> None:
    assert not re.search(r".{1200,}", library.ask("各地有哪些措施", keep=False).answer)


@pytest.mark.parametrize(
    ("text", "counts", "holds"),
    [
        ("县林业局是 1234 项任务的责任单位：", (1234,), True),
        ("县林业局是 1234 项任务的责任单位：", (), False),
        ("县林业局是 1234 项任务的责任单位：", (1233,), False),
        ("牵头单位共 2 家，配合单位共 2 家", (2, 2), True),
        ("牵头单位共 2 家，补助 2 元", (2,), False),
        ("共 12 项，完成 12%", (12,), False),
    ],
)
def test_what_the_program_counted_needs_no_quote(text: str, counts: tuple[int, ...], holds: bool) -> None:
    assert is_supported(text, [], counts) is holds


def test_a_line_keeps_its_count_through_the_guard() -> None:
    line = AnswerLine("共 1234 项：", counts=(1234,))
    assert drop_unsupported(AnswerDraft("answered", (line, AnswerLine("共 1234 项：")))).lines == (line,)
