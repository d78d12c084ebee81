"""Presentations: slides in order, titles, tables, numbers, notes, and what is not read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from corpus.errors import RefusedInput
from corpus.recognition import MARK
from ingest.formats.pdf.ocr import rapid
from ingest.reader import read, read_raw

P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def shape(text: str, *, kind: str = "", at: tuple[int, int] | None = None, numbered: str = "") -> str:
    place = f'<a:xfrm><a:off x="{at[0]}" y="{at[1]}"/><a:ext cx="9" cy="9"/></a:xfrm>' if at else ""
    holder = f'<p:nvPr><p:ph type="{kind}"/></p:nvPr>' if kind else "<p:nvPr/>"
    number = f'<a:pPr><a:buAutoNum type="{numbered}"/></a:pPr>' if numbered else ""
    lines = "".join(f"<a:p>{number}<a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="a"/><p:cNvSpPr/>{holder}</p:nvSpPr><p:spPr>{place}</p:spPr><p:txBody>{lines}</p:txBody></p:sp>'


def table(*rows: tuple[str, ...]) -> str:
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    body = "".join("<a:tr>" + "".join(cell.format(text) for text in row) + "</a:tr>" for row in rows)
    return f'<p:graphicFrame><p:xfrm><a:off x="0" y="9000000"/></p:xfrm><a:graphic><a:graphicData uri="t"><a:tbl>{body}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>'


PICTURE = "<p:pic><p:nvPicPr/><p:blipFill/><p:spPr/></p:pic>"


def deck(
    *slides: str, shown: dict[int, str] | None = None, rels: dict[int, str] | None = None, more: tuple[tuple[str, str], ...] = ()
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELS}"><Relationship Id="a" Type="{R}/officeDocument" Target="ppt/presentation.xml"/></Relationships>',
        )
        ids = "".join(f'<p:sldId id="{i}" r:id="s{i}"/>' for i in range(1, len(slides) + 1))
        archive.writestr(
            "ppt/presentation.xml", f'<p:presentation xmlns:p="{P}" xmlns:r="{R}"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>'
        )
        links = "".join(
            f'<Relationship Id="s{i}" Type="{R}/slide" Target="slides/slide{i}.xml"/>' for i in range(1, len(slides) + 1)
        )
        archive.writestr("ppt/_rels/presentation.xml.rels", f'<Relationships xmlns="{RELS}">{links}</Relationships>')
        for i, body in enumerate(slides, 1):
            show = (shown or {}).get(i, "")
            archive.writestr(
                f"ppt/slides/slide{i}.xml",
                f'<p:sld xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{R}"{show}><p:cSld><p:spTree>{body}</p:spTree></p:cSld></p:sld>',
            )
            if rels and i in rels:
                archive.writestr(
                    f"ppt/slides/_rels/slide{i}.xml.rels", f'<Relationships xmlns="{RELS}">{rels[i]}</Relationships>'
                )
        for name, text in more:
            archive.writestr(name, text)
    return out.getvalue()


TITLE = shape("清河市养老服务体系建设汇报", kind="ctrTitle")


def test_slides_come_in_order_with_the_title_first_and_places_from_the_top() -> None:
    second = (
        shape("二是到2027年养老床位达到5200张。", at=(0, 5_000_000))
        + shape("一是新建养老机构12家。", at=(0, 2_000_000))
        + shape("目标任务", kind="title")
    )
    raw = read_raw(deck(TITLE + shape("清河市民政局", kind="subTitle"), second), "汇报.pptx")
    assert raw.text.split("\n") == [
        "清河市养老服务体系建设汇报",
        "清河市民政局",
        "目标任务",
        "一是新建养老机构12家。",
        "二是到2027年养老床位达到5200张。",
        "",
    ]
    assert raw.fields["title"] == "清河市养老服务体系建设汇报" and raw.format == "pptx"
    assert [anchor.page for anchor in raw.anchors] == [1, 1, 2, 2, 2]
    assert read(deck(TITLE, second), "汇报.pptx").page_at(raw.text.index("二是")) == 2


def test_tables_and_groups() -> None:
    group = (
        f'<p:grpSp><p:grpSpPr><a:xfrm><a:off x="0" y="100000"/></a:xfrm></p:grpSpPr>{shape("分组里的文字", at=(0, 1))}</p:grpSp>'
    )
    raw = read_raw(deck(TITLE + table(("区县", "床位（张）"), ("云岭县", "1200"), ("平湖县", "900")) + group), "a.pptx")
    assert [[cell.of(raw.text) for cell in row] for row in raw.tables[0].rows][1] == ["云岭县", "1200"]
    assert raw.text.index("分组里的文字") < raw.text.index("云岭县")


@pytest.mark.parametrize(
    ("kind", "first"), [("ea1ChsPeriod", "一、"), ("arabicPeriod", "1. "), ("circleNumDbPlain", "①"), ("arabicParenBoth", "(1)")]
)
def test_automatic_numbers_are_written_out(kind: str, first: str) -> None:
    raw = read_raw(deck(TITLE + shape("加强领导\n落实经费", kind="body", numbered=kind)), "a.pptx")
    assert f"{first}加强领导\n" in raw.text


def test_what_is_not_read_is_named() -> None:
    chart = '<p:graphicFrame><p:xfrm/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/></a:graphic></p:graphicFrame>'
    comments = f'<Relationship Id="c" Type="{R}/comments" Target="../comments/comment1.xml"/><Relationship Id="v" Type="{R}/video" Target="../media/a.mp4"/>'
    long = shape("养老服务设施建设要求。" * 20)
    raw = read_raw(deck(TITLE + PICTURE + chart + long, shape("隐藏页"), shown={2: ' show="0"'}, rels={1: comments}), "a.pptx")
    assert {issue.code for issue in raw.issues} == {"pictures", "embedded", "comments", "media", "hidden_slide"}
    assert "隐藏页" not in raw.text
    few = read_raw(deck(TITLE + PICTURE, PICTURE, PICTURE), "b.pptx")
    assert [issue.code for issue in few.issues] == ["picture_body"]


def test_what_the_speaker_says_stands_below_the_slide() -> None:
    notes = f'<Relationship Id="n" Type="{R}/notesSlide" Target="../notesSlides/n1.xml"/>'
    part = f'<p:notes xmlns:p="{P}" xmlns:a="{A}"><p:cSld><p:spTree>{shape("1", kind="sldNum")}{shape("讲到这里要强调资金安排。", kind="body")}</p:spTree></p:cSld></p:notes>'
    raw = read_raw(deck(TITLE, shape("第二页"), rels={1: notes}, more=(("ppt/notesSlides/n1.xml", part),)), "a.pptx")
    assert raw.text.split("\n")[1:3] == ["讲到这里要强调资金安排。", "第二页"]


@pytest.mark.hostile
def test_broken_and_hostile_presentations_are_refused() -> None:
    with pytest.raises(RefusedInput) as caught:
        read_raw(deck(TITLE).replace(b"ppt/presentation.xml", b"ppt/presentatiox.xml"), "a.pptx")
    assert caught.value.reason in ("broken", "mismatch")
    with pytest.raises(RefusedInput) as caught:
        read_raw(deck("<!DOCTYPE a>"), "a.pptx")
    assert caught.value.reason in ("entity", "broken")
    with pytest.raises(RefusedInput) as caught:
        read_raw(deck(PICTURE), "a.pptx")
    assert caught.value.reason == "empty"


LETTER = Path(__file__).parent / "pdf/ocr/pages/letter.jpg"


@pytest.mark.slow
@pytest.mark.skipif(rapid.models() is None, reason="RapidOCR is not installed (make test-ocr)")
def test_slides_whose_text_is_a_picture_are_read_by_text_recognition() -> None:
    drawn = '<p:pic><p:nvPicPr/><p:blipFill><a:blip r:embed="i"/></p:blipFill><p:spPr><a:xfrm><a:off x="0" y="900000"/><a:ext cx="5400000" cy="7600000"/></a:xfrm></p:spPr></p:pic>'
    link = f'<Relationship Id="i" Type="{R}/image" Target="../media/a.jpg"/>'
    data = deck(shape("防汛工作", kind="title"), drawn, rels={2: link})
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("ppt/media/a.jpg", LETTER.read_bytes())
    doc = read(out.getvalue(), "汇报.pptx")
    assert "云政办发〔2025〕16号" in doc.text and doc.text.startswith("防汛工作")
    assert any(issue.message.startswith(MARK) and "第 2 页" in issue.message for issue in doc.issues)
    assert not {"pictures", "picture_body"} & {issue.code for issue in doc.issues}
    assert {anchor.page for anchor in doc.anchors if anchor.confidence is not None} == {2}
