"""Quotes begin and end between words, outside numbers and pairs of brackets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Span
from qa.answer import AnswerCitation
from qa.answers.borders import has_true_borders, mend_borders
from qa.answers.draft import AnswerDraft, AnswerLine
from qa.answers.guard import drop_torn


@pytest.mark.parametrize(
    ("text", "torn", "whole"),
    [
        ("临潭县132100人，占95.8%", "32100人", "132100人"),
        ("临潭县132100人，占95.8%", "占95.8", "占95.8%"),
        ("财政安排1,250万元用于改厕", "安排1,250", "安排1,250万元"),
        ("窗口上午8:30至12:00开放", "30至12", "8:30至12:00"),
        ("由阿坝藏族羌族自治州医疗保障局负责", "族羌族自治州医疗保障局", "阿坝藏族羌族自治州医疗保障局"),
        ("建设冷库5座。（责任单位：州商务局）", "责任单位：州商务局）", "（责任单位：州商务局）"),
        ("执行《关于加强管护的通知》（川府发〔2021〕7号）", "关于加强管护的通知》", "《关于加强管护的通知》"),
        ("执行《关于加强管护的通知》（川府发〔2021〕7号）", "川府发〔2021", "川府发〔2021〕"),
        ("PM2.5浓度降到28微克", "2.5浓度", "PM2.5浓度"),
        ("桃园镇 | 12 | 桃花节", "| 12 |", "12"),
    ],
)
def test_a_torn_quote_grows_to_its_borders(text: str, torn: str, whole: str) -> None:
    at = text.index(torn)
    mended = mend_borders(text, Span(at, at + len(torn)))
    assert mended.of(text) == whole
    assert has_true_borders(text, mended)


@pytest.mark.parametrize("quote", ["县水务局负责监督。", "（二）改造管网。", "一）改造管网", "责任单位：县水务局"])
def test_a_whole_quote_stays(quote: str) -> None:
    text = f"（{quote}）" if quote.startswith("责任") else f"第三条说明\n{quote}\n以下"
    at = text.index(quote)
    assert mend_borders(text, Span(at, at + len(quote))).of(text) == quote


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            ["（", "）", "《", "》", "〔", "〕", "12", "3.5", ",", "%", "万元", "卫生健康局", "负责", "。", "|", "\n", " "]
        ),
        max_size=30,
    ),
    st.data(),
)
def test_mending_ends_and_only_then_borders_are_true(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text)))).trimmed(text)
    mended = mend_borders(text, span)
    assert 0 <= mended.start <= mended.end <= len(text)
    assert has_true_borders(text, mended)


TEXT = "临潭县参保132100人。"


@pytest.mark.parametrize(("start", "end", "kept"), [(0, 12, True), (5, 11, True), (6, 11, False), (0, 8, False)])
def test_the_guard_drops_a_line_with_a_torn_quote(start: int, end: int, kept: bool) -> None:
    citation = AnswerCitation("d", "d.txt", None, None, None, (), TEXT[start:end], start, end)
    draft = AnswerDraft("answered", (AnswerLine(f"“{citation.quote}”", (citation,)),))
    assert bool(drop_torn(draft, lambda id: TEXT).lines) is kept


def test_the_guard_drops_a_quote_that_is_not_there() -> None:
    citation = AnswerCitation("d", "d.txt", None, None, None, (), "参保132101人", 3, 11)
    draft = AnswerDraft("answered", (AnswerLine("“参保132101人”", (citation,)),))
    assert drop_torn(draft, lambda id: TEXT).lines == ()
