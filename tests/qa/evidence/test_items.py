from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import ParsedDocument, Section, Span
from index.items import LONGEST, cut_items
from ingest.reader import read

NOTICE = """云岫县农村供水管理办法
第一章 总则
第一条 为加强农村供水管理，制定本办法。
第二章 补助
第二条 补助标准如下：
（一）新建水厂每处补助132100元。
（二）改造管网每公里补助8.5万元。
第三条 县水务局负责监督。
"""


def of(text: str) -> ParsedDocument:
    return read(text.encode(), "办法.txt")


def test_items_are_numbered_provisions_whole() -> None:
    doc = of(NOTICE)
    texts = [item.span.of(doc.text) for item in cut_items(doc, 1, Span(0, len(doc.text)))]
    assert "（二）改造管网每公里补助8.5万元。" in "\n".join(texts)
    assert any(text.startswith("第三条") for text in texts)


def test_an_item_knows_its_headings_and_the_line_that_announces_it() -> None:
    doc = of(NOTICE)
    at = doc.text.index("（二）改造管网")
    item = next(i for i in cut_items(doc, 1, Span(0, len(doc.text))) if i.span.start <= at < i.span.end)
    assert any("补助" in heading for heading in item.trail)


@given(
    st.lists(
        st.sampled_from(["甲局负责修路。", "建设85公里；", "（一）", "\n", "包括：", "132100", "元", "  ", "，"]), max_size=120
    )
)
def test_items_cover_what_is_no_blank_in_order(parts: list[str]) -> None:
    text = "".join(parts)
    doc = ParsedDocument("d", "d.txt", "txt", "0", text, head=of("甲").head)
    items = cut_items(doc, 1, Span(0, len(text)))
    kept = set().union(*(range(i.span.start, i.span.end) for i in items)) if items else set()
    assert all(i in kept for i, char in enumerate(text) if not char.isspace())
    assert all(a.span.end <= b.span.start for a, b in pairwise(items))


@pytest.mark.parametrize("sentence", ["县水务局每年检查一次水质并公布结果。", "补助132100元；"])
def test_a_long_paragraph_is_cut_at_sentence_ends(sentence: str) -> None:
    text = sentence * 60
    doc = ParsedDocument(
        "d", "d.txt", "txt", "0", text, head=of("甲").head, outline=(Section("s", "heading", None, "", 1, 0, 0, 0, len(text)),)
    )
    items = cut_items(doc, 1, Span(0, len(text)))
    assert len(items) > 1
    assert all(len(i.span) <= LONGEST and i.span.of(text).endswith(sentence[-1]) for i in items)
