"""What holds for every text: zones partition it, sections nest, spans lie inside; nothing raises."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.raw import RawText
from ingest.structure import build

BLOCKS = st.sampled_from(
    [
        "一、总体要求", "二、", "（一）目标。到明年供水正常。", "(三)任务", "1.修渠。", "2．建库；", "（1）验收", "①入库", "第一章 总则",
        "第二条 本办法适用于本县。", "一是修渠，二是建库。", "三是", "附件", "附件1：任务表", "附件：1.甲表", "2.乙表", "专栏1 工程",
        "某县水务局关于印发饮水方案的通知", "饮水方案", "现将《饮水方案》印发给你们。", "某水发〔2022〕3号", "延安市水务局", "2022年4月5日",
        "二〇二二年四月五日", "索引号： | 1-2 | 文 号： |", "发布机构", "各县、各部门要抓好落实。", "扫一扫在手机打开当前页", "【打印】",
        "目录", "一、总体要求 ....... 1", "| 甲 | 乙 |", "《未完", "》", "各位代表！", "", " \u3000", "\ufeff", "𠮷", "# 标题", "**二、粗体**", "a" * 250,
        "x" * 210 + " 一、甲 二、乙 （一）丙",
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
        assert part.span.end <= len(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(BLOCKS, max_size=30), st.sampled_from(["\n", "\n\n", " ", "\n　　"]))
def test_any_sequence_of_blocks(blocks, joint):
    check(joint.join(blocks))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="一二三、（）()1.是第条附件：:《》〔〕年月日2022号 \n|#*。，关于印发的通知各", max_size=120))
def test_any_text(text):
    check(text)
