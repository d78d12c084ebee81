"""Passages cover the body without gap or overlap."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from corpus.document import HeadMatter, ParsedDocument, Section, Span, Table, Zone
from index.splitter import _Trails, embedding_text, split


def _doc(text: str, **parts: object) -> ParsedDocument:
    return ParsedDocument("x", "x.txt", "txt", "0", text, HeadMatter(title="某县方案"), **parts)  # type: ignore[arg-type]


@given(st.text(alphabet="甲乙丙。；\n 　，abc1、（）", max_size=3000), st.integers(0, 400), st.integers(0, 400))
def test_passages_joined_give_back_each_zone(text: str, a: int, b: int) -> None:
    first, second = sorted((min(a, len(text)), min(b, len(text))))
    zones = (Zone("head", Span(0, first)), Zone("body", Span(first, second)), Zone("attachment", Span(second, len(text))))
    passages = split(_doc(text, zones=zones))
    assert "".join(p.span.of(text) for p in passages) == text[first:]
    assert all(p.span.end == q.span.start for p, q in pairwise(passages))
    assert [p.ordinal for p in passages] == list(range(len(passages)))


def test_one_line_is_cut_at_sentence_ends_into_even_parts() -> None:
    text = "各村按月摸排住房饮水情况并报送台账。 " * 60
    passages = split(_doc(text))
    assert all(200 <= len(p.span) <= 450 for p in passages)
    assert all(p.span.of(text).rstrip().endswith("。") for p in passages)


def test_a_section_begins_a_passage_and_names_its_headings() -> None:
    lead = "一、总体要求\n" + "坚持分类施策，守住底线。" * 20 + "\n"
    rest = "二、重点任务\n" + "抓好控辍保学，落实责任。" * 20
    text = lead + rest
    outline = (
        Section("a", "heading", "一、", "总体要求", 1, 0, 6, 7, len(lead)),
        Section("b", "heading", "二、", "重点任务", 1, len(lead), len(lead) + 6, len(lead) + 7, len(text)),
    )
    passages = split(_doc(text, outline=outline))
    assert [p.span.start for p in passages] == [0, len(lead)]
    assert [p.trail for p in passages] == [("一、总体要求",), ("二、重点任务",)]
    assert embedding_text(_doc(text, outline=outline), passages[1]).startswith("某县方案\n二、重点任务\n")


def test_a_section_that_makes_one_passage_is_kept_whole() -> None:
    lead = "第五条 有下列情形之一的，应当登记：\n"
    parts = [f"（{n}）" + "连续三个月没有稳定收入且家庭成员患有重大疾病的；" * 4 + "\n" for n in "一二三"]
    text = lead + "".join(parts)
    starts = [len(lead) + sum(map(len, parts[:i])) for i in range(3)]
    items = [Section(str(at), "heading", "（一）", "连续", 2, at, at + 5, at + 5, at + len(parts[0]), "5") for at in starts]
    outline = (Section("5", "heading", "第五条", "", 1, 0, 3, 4, len(text)), *items)
    assert [p.trail for p in split(_doc(text, outline=outline))] == [("第五条",)]
    longer = text + "其他情形由县级民政部门认定。" * 40
    outline = (Section("5", "heading", "第五条", "", 1, 0, 3, 4, len(longer)), *items)
    assert len(split(_doc(longer, outline=outline))) > 3


def test_table_rows_are_kept_whole() -> None:
    row = "甲镇。乙村。| 三百二十户。 | 丙局。丁局。" + "戊。" * 60 + "\n"
    text = row * 5
    cells = tuple((Span(i * len(row), (i + 1) * len(row) - 1),) for i in range(5))
    passages = split(_doc(text, tables=(Table(Span(0, len(text)), cells),)))
    assert all(p.span.start % len(row) == 0 and p.span.end % len(row) == 0 for p in passages)


def test_a_sentence_without_end_is_cut_all_the_same() -> None:
    assert all(len(p.span) <= 700 for p in split(_doc("甲" * 10_000)))


def test_a_page_of_blanks_swells_no_passage() -> None:
    text = "第一句话说明要求。" + " " * 200_000 + "最后一句。" + "\n" * 50_000
    passages = split(_doc(text))
    assert max(len(p.span) for p in passages) <= 2000
    assert len(passages) < 10
    covered = "".join(p.span.of(text) for p in passages)
    assert "".join(covered.split()) == "第一句话说明要求。最后一句。"


def _items(*bodies: str) -> tuple[str, tuple[Section, ...]]:
    """A heading and items 一是 … below it, with their outline."""
    text = head = "（一）稳住就业\n"
    places = []
    for number, body in zip(("一是", "二是", "三是"), bodies, strict=False):
        places.append((number, len(text), len(number)))
        text += number + body
    ends = [start for _, start, _ in places[1:]] + [len(text)]
    items = tuple(
        Section(number, "item", number, text[start + size : end], 2, start, start + size, start + size, end, "a")
        for (number, start, size), end in zip(places, ends, strict=True)
    )
    return text, (Section("a", "heading", "（一）", "稳住就业", 1, 0, len(head) - 1, len(head), len(text)), *items)


def test_a_passage_of_several_items_names_what_all_stand_under() -> None:
    text, outline = _items("开发岗位。", "组织培训。", "发放补贴。")
    assert [p.trail for p in split(_doc(text, outline=outline))] == [("（一）稳住就业",)]


def test_a_passage_of_one_item_names_it() -> None:
    text, outline = _items("开发公益岗位，按月发放补贴。" * 60)
    trails = [p.trail for p in split(_doc(text, outline=outline))]
    assert len(trails) > 1
    assert all(len(trail) == 2 and trail[1].startswith("一是") for trail in trails)


def test_some_words_left_of_the_section_before_do_not_count() -> None:
    lead = "一、总体要求\n" + "坚持分类施策，守住底线。" * 30 + "\n"
    text = lead + "二、重点任务\n" + "抓好控辍保学，落实责任。" * 10
    outline = (
        Section("a", "heading", "一、", "总体要求", 1, 0, 6, 7, len(lead)),
        Section("b", "heading", "二、", "重点任务", 1, len(lead), len(lead) + 6, len(lead) + 7, len(text)),
    )
    above = _Trails(_doc(text, outline=outline))
    assert above.over(Span(len(lead) - 13, len(text))) == ("二、重点任务",)
    assert above.over(Span(len(lead) - 120, len(text))) == ()
    assert above.over(Span(8, 100)) == ("一、总体要求",)
