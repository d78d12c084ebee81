"""What holds for every text: zones partition it, sections nest, spans lie inside; nothing raises."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.raw import RawText
from ingest.reader import read
from ingest.structure import build

BLOCKS = st.sampled_from(
    [
        "一、总体要求", "二、", "（一）目标。到明年供水正常。", "(三)任务", "1.修渠。", "2．建库；", "（1）验收", "①入库", "第一章 总则",
        "第二条 本办法适用于本县。", "一是修渠，二是建库。", "三是", "附件", "附件1：任务表", "附件：1.甲表", "2.乙表", "专栏1 工程",
        "某县水务局关于印发饮水方案的通知", "饮水方案", "现将《饮水方案》印发给你们。", "某水发〔2022〕3号", "延安市水务局", "2022年4月5日",
        "二〇二二年四月五日", "索引号： | 1-2 | 文 号： |", "发布机构", "各县、各部门要抓好落实。", "扫一扫在手机打开当前页", "【打印】",
        "目录", "一、总体要求 ....... 1", "| 甲 | 乙 |", "《未完", "》", "各位代表！", "", " \u3000", "\ufeff", "𠮷", "# 标题", "**二、粗体**", "a" * 250,
        "x" * 210 + " 一、甲 二、乙 （一）丙",
        "3.榆县人民政府办公室关于印发榆县修渠办法的通知（2022年4月5日）", "榆政办发〔2022〕6号各乡镇人民政府：", "榆县修渠办法为了修好渠道，制定本办法。",
        "（三）甘肃", "01", "01修渠", "02 建库", "03验收", "附则", "（四）", "修渠要快。修好为止。1.先看。2.再挖。3.后砌。", "附件（略）：", "附件：任务表（略）",
        "一、加快修渠各乡镇要抓好落实，不得拖延。", "（2003年5月1日县人大", "常委会第三次会议通过）", "第1页", "# Page 3:", "总则………………………3", "第三章 附则",
        "公开方式：主动公开", "榆县人民政府办公室 2022年4月6日印发", "相关链接", "《榆县修渠办法》", "已经同意，现印发给你们。", "哪些渠要修？先修干渠。",
        "1.提升通水率(1)先修干渠(2)再修支渠(3)后修毛渠", "榆县人民政府令", "第5号", "关于《榆县修渠办法》的政策解读", "请照此办理。2022年4月5日",
    ]
)  # fmt: skip


def check(text):
    doc = build(RawText(text=text, format="txt"), id="d", source="d.txt", sha256="0")
    position = 0
    for zone in doc.zones:
        assert zone.span.start == position < zone.span.end
        position = zone.span.end
    assert position == len(text)
    assert len(doc.sections) == len(doc.outline)
    assert [s.start for s in doc.outline] == sorted(s.start for s in doc.outline)
    for section in doc.outline:
        assert 0 <= section.start <= section.end <= section.body_end <= len(text)
        assert section.start <= section.body_start <= section.body_end
        assert not section.number or section.kind == "attachment" or text.startswith(section.number, section.start)
        if section.parent:
            parent = doc.sections[section.parent]
            assert parent.depth < section.depth
            assert parent.start <= section.start
            assert section.body_end <= parent.body_end
    for span in doc.head.spans.values():
        assert span.end <= len(text)
    for part in doc.attached:
        assert part.span.end <= len(text) and len(part.span)
    for one, other in itertools.combinations([part.span for part in doc.attached], 2):
        assert one.covers(other) or other.covers(one) or not one.overlaps(other), "attached documents nest or stand apart"


HEAD = st.permutations(
    [
        "榆县水务局",
        "榆县水务局关于印发榆县修渠方案的通知",
        "榆水发〔2022〕3号",
        "各乡镇水务站：",
        "现将《榆县修渠方案》《榆县管水办法》印发给你们。",
    ]
)
SIGNED = st.permutations(["榆县水务局", "2022年4月5日", "（此件公开发布）"])
NUMBERS = st.sampled_from(
    [
        ("一、", "二、", "三、"),
        ("（一）", "（二）", "（三）"),
        ("1.", "2.", "4."),
        ("第一条 ", "第二条 ", "第三条 "),
        ("01", "02", "03"),
    ]
)
WORDS = st.sampled_from(
    ["修渠", "建库。先建小库。", "加大修渠力度各乡镇要抓好落实，", "\n管水。", "目标：通水", "", "哪些渠要修？"]
)
SECTIONS = st.lists(st.tuples(NUMBERS, st.lists(WORDS, min_size=3, max_size=3)), max_size=4).map(
    lambda runs: [number + word for numbers, words in runs for number, word in zip(numbers, words, strict=True)]
)
PLAN = st.tuples(
    st.sampled_from(["榆县修渠方案", "榆县管水办法为管好水，制定本办法。", "附件2\n水费表", "附件：1.甲表\n2.乙表（略）", ""]),
    SECTIONS,
)
DOCUMENT = st.tuples(HEAD, SECTIONS, SIGNED, st.lists(PLAN, max_size=3)).map(
    lambda d: "\n".join([*d[0], *d[1], *d[2], *(line for title, body in d[3] for line in (title, *body))])
)


@settings(max_examples=80)
@given(st.lists(DOCUMENT, min_size=1, max_size=3), st.sampled_from(["\n", "\n6.", "\n（三）甘肃\n1."]))
def test_any_documents_one_after_another(documents, joint):
    check(joint.join(documents))


@settings(max_examples=150)
@given(st.lists(BLOCKS, max_size=30), st.sampled_from(["\n", "\n\n", " ", "\n　　"]))
def test_any_sequence_of_blocks(blocks, joint):
    check(joint.join(blocks))


@settings(max_examples=100)
@given(st.text(alphabet="一二三、（）()1.是第条附件：:《》〔〕年月日2022号 \n|#*。，关于印发的通知各", max_size=120))
def test_any_text(text):
    check(text)


def test_a_comment_left_by_a_converter_is_no_text_of_the_document():
    text = "某市燃气管理办法\n<!-- CONTENT START -->\n第一条 本办法适用于本市。\n第二条 市城管局负责燃气管理。\n"
    document = read(text.encode(), "a.txt")
    zones = [zone.span.of(text).strip() for zone in document.zones if zone.kind == "boilerplate"]
    assert zones == ["<!-- CONTENT START -->"]
    assert document.head.title == "某市燃气管理办法"


def test_a_single_sentence_is_what_the_document_says():
    text = "您好！来信已转县住房保障中心办理，感谢关注！\n2023年5月6日\n"
    document = read(text.encode(), "a.txt")
    assert document.head.title is None
    assert "".join(span.of(document.text) for span in document.body_spans()).startswith("您好！")


def test_a_title_and_no_more_can_still_be_found():
    document = read("关于印发某县河道管护办法的通知\n".encode(), "a.txt")
    assert document.head.title == "关于印发某县河道管护办法的通知"
    assert [zone.kind for zone in document.zones] == ["body"]


def test_the_line_a_heading_takes_is_no_closing():
    check("一、总体要求\n（四）\n各位代表！")
