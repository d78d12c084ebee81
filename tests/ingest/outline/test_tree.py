"""The heading tree on small texts of our own."""

import time

import pytest

from ingest.lines.marks import mark_at
from ingest.outline.items import find_items
from ingest.raw import RawText
from ingest.reader import read
from ingest.structure import build


def parse(text):
    return build(RawText(text=text, format="txt"), id="d", source="d.txt", sha256="0")


def tree(text):
    doc = parse(text)
    parents = {section.id: section for section in doc.outline}
    return [
        (s.number, s.heading, parents[s.parent].number if s.parent else None)
        for s in doc.outline
        if s.number and s.kind in ("heading", "item")
    ]


@pytest.mark.parametrize(
    ("line", "style", "value"),
    [
        ("十一、加强管护", "一、", 11),
        ("（二）目标任务。", "(一)", 2),
        ("(十二)项目建设", "(一)", 12),
        ("3．完善制度", "1.", 3),
        ("（4）公开结果", "(1)", 4),
        ("③验收", "①", 3),
        ("第三章 附则", "章", 3),
        ("第十二条　本办法所称渠系", "条", 12),
        ("1.2 水源", "1.1", 2),
    ],
)
def test_numbers_that_open_a_heading(line, style, value):
    mark = mark_at(line, 0, len(line))
    assert mark is not None
    assert (mark.style, mark.value) == (style, value)


@pytest.mark.parametrize(
    "line", ["第三条规定的情形", "（二）项所列材料", "一、二产业占比", "3.5万吨", "第二、第三季度", "2023年全面完成", "三（略"]
)
def test_cited_numbers_open_nothing(line):
    assert mark_at(line, 0, len(line)) is None


def test_numbers_running_on_across_parents():
    text = "一、水源\n(一)查清底数。摸排水井。\n1.登记。逐眼登记。\n(二)建好台账。分村建账。\n2.复核。按季复核。\n二、管网\n(三)更新管道。分年更新。"
    assert tree(text) == [
        ("一、", "水源", None),
        ("(一)", "查清底数", "一、"),
        ("1.", "登记", "(一)"),
        ("(二)", "建好台账", "一、"),
        ("2.", "复核", "(二)"),
        ("二、", "管网", None),
        ("(三)", "更新管道", "二、"),
    ]


def test_wrong_numbering_is_kept_and_reported():
    doc = parse("一、成效\n(一)增收。好。\n(三)就业。好。\n(三)住房。好。\n(四)饮水。好。")
    assert [s.number for s in doc.outline if s.kind == "heading"] == ["一、", "(一)", "(三)", "(三)", "(四)"]
    assert any(issue.code == "numbering" for issue in doc.issues)


def test_levels_follow_the_document_not_a_fixed_order():
    text = "1.总则\n一、目的。便民。\n二、范围。全域。\n2.分则\n一、受理。窗口受理。"
    assert [(n, p) for n, _, p in tree(text)] == [("1.", None), ("一、", "1."), ("二、", "1."), ("2.", None), ("一、", "2.")]


def test_items_in_a_paragraph():
    text = "措施如下：一是修渠,引水入田。二是建库，蓄水抗旱。此外照旧。"
    items = [(text[i.number.start : i.number.end], text[i.heading.start : i.heading.end]) for i in find_items(text, 0, len(text))]
    assert items == [("一是", "修渠"), ("二是", "建库")]


def test_a_lone_item_word_is_speech():
    assert list(find_items("关键的一是人才。", 0, 8)) == []


def test_closing_paragraph_leaves_the_last_section():
    doc = parse("一、要求。\n(一)落实责任。分级负责。\n各乡镇、各部门要对照任务抓好落实。")
    closing = doc.outline[-1]
    assert closing.kind == "closing"
    last = next(s for s in doc.outline if s.number == "(一)")
    assert last.body_end <= closing.start
    assert closing.parent is None


def test_heading_on_the_line_after_its_number_or_glued_to_the_body():
    doc = parse(
        "一、总体要求以改善农村供水条件为指引，坚持先急后缓、分步实施、建管并重，到明年底全面完成全县各乡镇供水管网的改造提升任务并建立长效机制。"
    )
    assert doc.outline[0].heading == "总体要求"


@pytest.mark.parametrize("piece", ["第一条", "一、", "（", "1.", "附件", "《", "一是", "| ", "年月日", "各"])
def test_adversarial_repetition_is_fast(piece):
    started = time.process_time()
    parse(piece * (10_000 // len(piece)))
    parse((piece + "\n") * 2_000)
    assert time.process_time() - started < 2.0


def labels(text):
    return [section.label for section in read(text.encode(), "a.txt").outline if section.kind == "heading"]


def test_numbers_glued_between_words_open_sections():
    filler = "推进政务服务提质增效，健全工作机制，压实各方责任，定期调度通报，确保各项任务落到实处" * 4
    assert [
        label[:4]
        for label in labels(
            f"某县工作要点\n重点任务（1）优化窗口设置{filler}（2）压缩办理时限{filler}（3）公开办事指南{filler}\n"
        )
    ] == [
        "（1）优",
        "（2）压",
        "（3）公",
    ]


def test_a_series_may_begin_late():
    text = "（300）新建道路。年底完成。\n（301）改造桥梁。年底完成。\n（302）疏浚河道。年底完成。\n"
    assert labels(text) == ["（300）新建道路", "（301）改造桥梁", "（302）疏浚河道"]


def test_small_full_stops_and_headings_glued_to_their_items():
    text = "某县工作要点\n1﹒优化服务。增设窗口。\n2﹒加强创新能力建设一是培育企业，年内新增十家。二是引进人才，年内引进百人。\n"
    document = read(text.encode(), "a.txt")
    assert [section.label for section in document.outline if section.kind in ("heading", "item")] == [
        "1﹒优化服务",
        "2﹒加强创新能力建设",
        "一是培育企业",
        "二是引进人才",
    ]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("一、加大修渠力度各乡镇水务站要落实到人，不得拖延。", "加大修渠力度"),
        ("二、工作目标以习近平新时代中国特色社会主义思想为指导，抓好修渠，保障供水。", "工作目标"),
        ("三、面临形势当前，渠系老化，漏水严重。", "面临形势"),
        ("四、基本原则——坚持节水优先。先修后扩。", "基本原则"),
        ("五、哪些渠道可以申请维修？三类渠道可以。", "哪些渠道可以申请维修？"),
        ("二、压实各级责任。逐段落实到人。", "压实各级责任"),
        (
            "三、坚持规范透明，打造干净的用水环境加快推进渠系整治，完善管护制度，健全水价机制，落实分段包干责任，让老百姓用水用得放心。逐村落实。",
            "坚持规范透明，打造干净的用水环境",
        ),
    ],
)
def test_where_a_heading_ends_that_runs_into_its_sentence(line, heading):
    assert tree(line) == [(line[:2], heading, None)]


def test_a_number_alone_on_its_line_takes_its_heading_from_the_next():
    assert tree("（一）\n修好干渠。分段施工。\n（二）\n管好支渠。逐月巡查。") == [
        ("（一）", "修好干渠", None),
        ("（二）", "管好支渠", None),
    ]


def test_a_number_whose_line_break_was_lost_opens_a_section():
    text = "1.摸清底数。逐渠登记。2.分类整治。先急后缓。\n3.验收。"
    assert [number for number, _, _ in tree(text)] == ["1.", "2.", "3."]


def test_a_series_inside_a_sentence_does_not_go_on_with_the_series_outside():
    text = "1.清单\n2.台账\n3.合同\n租用水泵的合同应当写明：1.名称；2.数量；3.期限；4.租金。"
    assert [number for number, _, _ in tree(text)] == ["1.", "2.", "3."]


def test_brackets_glued_between_words_that_count_through_the_lines():
    text = "1.提升供水率(1)先修干渠。分段施工。(2)再修支渠。逐村推进。\n2.提高水质(3)清理水源。定期消毒。"
    assert [number for number, _, _ in tree(text)] == ["1.", "(1)", "(2)", "2.", "(3)"]


def test_padded_numbers_without_a_mark():
    text = "榆县修渠方案\n01修干渠\n分段施工。\n02修支渠\n逐村推进。\n03验收\n年底完成。"
    assert tree(text) == [("01", "修干渠", None), ("02", "修支渠", None), ("03", "验收", None)]
    assert tree("榆县修渠方案\n01修干渠\n分段施工。") == []


def test_unnumbered_headings_over_numbers_that_begin_anew():
    text = "榆县水利补助清单\n面向村组的政策\n一、修渠补助\n按米补。\n二、清淤补助\n按方补。\n面向农户的政策\n一、水费减免\n按户减。\n二、水窖补助\n按口补。"
    doc = parse(text)
    assert [s.heading for s in doc.outline if s.kind == "heading" and s.number is None] == ["面向村组的政策", "面向农户的政策"]
    assert [len(doc.trail(s)) for s in doc.outline if s.number] == [3, 3, 3, 3]


def test_closing_rules_after_the_last_chapter_stand_by_themselves():
    text = "一、修渠\n1.先修干渠。\n2.再修支渠。\n二、管水\n3.定水价。\n附则\n1.本措施由水务局解释。"
    doc = parse(text)
    (rules,) = [s for s in doc.outline if s.heading == "附则"]
    assert doc.trail(doc.section_at(len(text) - 2))[0].id == rules.id


def test_a_list_of_chapters_is_no_second_outline():
    text = "渠系条例\n第一章 总则\n第二章 管护\n第三章 附则\n第一章 总则\n第一条 为了管好渠系，制定本条例。\n第二章 管护\n第二条 分段管护。"
    assert [number for number, _, _ in tree(text)] == ["第一章", "第一条", "第二章", "第二条"]


def test_links_below_the_text_are_boilerplate():
    text = "一、修渠\n分段施工。\n相关链接\n榆县修渠方案政策解读\n一图读懂榆县修渠方案"
    doc = parse(text)
    assert doc.zones[-1].kind == "boilerplate" and doc.zones[-1].span.of(text).startswith("相关链接")
