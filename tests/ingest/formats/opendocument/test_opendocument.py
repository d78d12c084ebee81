"""OpenDocument texts, sheets and presentations."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from corpus.errors import RefusedInput
from corpus.recognition import MARK
from ingest.formats.pdf.ocr import rapid
from ingest.reader import read, read_raw

NAMES = {
    "office": "office:1.0", "text": "text:1.0", "table": "table:1.0", "draw": "drawing:1.0", "style": "style:1.0",
    "presentation": "presentation:1.0", "svg": "svg-compatible:1.0",
}  # fmt: skip
SPACES = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}"' for short, name in NAMES.items())


def package(kind: str, body: str, *, styles: str = "", more: tuple[tuple[str, str], ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        content = f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        archive.writestr(
            "content.xml", f"{content}<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
        )
        for name, text in more:
            archive.writestr(name, text)
    return out.getvalue()


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def cells(*values: str) -> str:
    return "".join(f"<table:table-cell>{p(value)}</table:table-cell>" if value else "<table:table-cell/>" for value in values)


def rows(*lines: tuple[str, ...]) -> str:
    return "".join(f"<table:table-row>{cells(*line)}</table:table-row>" for line in lines)


NUMBERED = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/>'
    '<text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="." text:display-levels="1"/></text:list-style>'
)
TITLE = "平湖县2026年林业工作要点"


def test_paragraphs_headings_blanks_and_the_title() -> None:
    body = (
        p(TITLE, "Title")
        + '<text:h text:outline-level="1">一、总体要求</text:h>'
        + p('造林<text:span>3</text:span>万亩<text:s text:c="2"/>，<text:line-break/>管护到位。')
    )
    raw = read_raw(package("text", body), "要点.odt")
    assert raw.text == f"{TITLE}\n一、总体要求\n造林3万亩  ，\n管护到位。\n"
    assert raw.fields["title"] == TITLE and [depth for _, depth in raw.headings] == [0, 1]
    assert read(package("text", body), "要点.odt").format == "odt"


def test_numbers_of_lists_are_written_out() -> None:
    inner = f"<text:list><text:list-item>{p('划定责任区')}</text:list-item><text:list-item>{p('建立台账')}</text:list-item></text:list>"
    body = (
        p(TITLE)
        + f'<text:list text:style-name="L1"><text:list-item>{p("加强防火")}{inner}</text:list-item><text:list-item>{p("加强管护")}</text:list-item></text:list>'
    )
    raw = read_raw(package("text", body, styles=NUMBERED), "a.odt")
    assert raw.text.split("\n")[1:5] == ["一、加强防火", "1.划定责任区", "2.建立台账", "二、加强管护"]


def test_tables_with_merged_cells_and_a_caption() -> None:
    merged = f'<table:table-row><table:table-cell table:number-columns-spanned="2">{p("指标")}</table:table-cell><table:covered-table-cell/></table:table-row>'
    body = p(TITLE) + p("表1 造林任务") + f"<table:table>{merged}{rows(('乡镇', '面积（亩）'), ('东山乡', '1200'))}</table:table>"
    raw = read_raw(package("text", body), "a.odt")
    assert [[cell.of(raw.text) for cell in row] for row in raw.tables[0].rows] == [
        ["指标", "指标"],
        ["乡镇", "面积（亩）"],
        ["东山乡", "1200"],
    ]
    assert raw.tables[0].caption is not None and raw.tables[0].caption.of(raw.text) == "表1 造林任务"


def test_notes_stand_below_and_comments_pictures_revisions_are_named() -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        + p("数据来自县林业局。")
        + "</text:note-body></text:note>"
    )
    hidden = '<style:style style:name="T9"><style:text-properties text:display="none"/></style:style>'
    changes = (
        "<text:tracked-changes><text:changed-region><text:deletion>"
        + p("旧稿文字")
        + "</text:deletion></text:changed-region></text:tracked-changes>"
    )
    picture = '<draw:frame svg:width="1cm" svg:height="1cm"><draw:image/></draw:frame>'
    body = (
        changes
        + p(TITLE)
        + p(f"森林覆盖率达到62%{note}。<office:annotation><text:p>核对</text:p></office:annotation>")
        + p(f'<text:span text:style-name="T9">暗语</text:span>{picture}')
    )
    raw = read_raw(package("text", body, styles=hidden), "a.odt")
    assert raw.text == f"{TITLE}\n森林覆盖率达到62%。\n数据来自县林业局。\n"
    assert [span.of(raw.text) for span in raw.notes] == ["数据来自县林业局。"]
    assert {issue.code for issue in raw.issues} == {"comments", "pictures", "revisions", "hidden_text"}


def test_a_text_that_is_a_picture_is_said_to_be_one() -> None:
    body = p(TITLE) + p('<draw:frame svg:width="17cm" svg:height="24cm"><draw:image/></draw:frame>')
    assert [issue.code for issue in read_raw(package("text", body), "a.odt").issues] == ["picture_body"]


def test_sheets_are_read_as_workbooks_are() -> None:
    hidden = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    lines = (
        rows(("区县", "造林面积（亩）"), ("东山县", "1200"))
        + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
    )
    unseen = f'<table:table-row table:visibility="collapse">{cells("西河县", "900")}</table:table-row>'
    body = f'<table:table table:name="任务">{rows(("区县", "造林面积（亩）"), ("东山县", "1200"))}{unseen}</table:table><table:table table:name="底稿" table:style-name="ta2">{lines}</table:table>'
    raw = read_raw(package("spreadsheet", body, styles=hidden), "任务.ods")
    assert [[cell.of(raw.text) for cell in row] for row in raw.tables[0].rows] == [["区县", "造林面积（亩）"], ["东山县", "1200"]]
    assert {issue.code for issue in raw.issues} == {"hidden_sheet", "hidden_cells"} and raw.format == "ods"


def test_pages_of_a_presentation() -> None:
    def frame(text: str, kind: str = "") -> str:
        return f'<draw:frame presentation:class="{kind}"><draw:text-box>{p(text)}</draw:text-box></draw:frame>'

    hidden = '<style:style style:name="dp2"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    notes = f"<presentation:notes>{frame('讲稿：先讲目标。')}</presentation:notes>"
    body = f'<draw:page>{frame("造林3万亩。")}{frame(TITLE, "title")}{notes}</draw:page><draw:page draw:style-name="dp2">{frame("不放映")}</draw:page>'
    raw = read_raw(package("presentation", body, styles=hidden), "汇报.odp")
    assert raw.text == f"{TITLE}\n造林3万亩。\n讲稿：先讲目标。\n" and raw.fields["title"] == TITLE
    assert [issue.code for issue in raw.issues] == ["hidden_slide"]


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (package("text", p(TITLE), more=(("META-INF/manifest.xml", "<m><encryption-data/></m>"),)), "encrypted"),
        (package("text", "<!DOCTYPE a [<!ENTITY b 'c'>]>"), "entity"),
        (package("text", "<text:p>"), "broken"),
        (package("graphics", ""), "unsupported"),
        (package("spreadsheet", '<table:table table:name="a"><table:table-row table:number-rows-repeated="900000"><table:table-cell table:number-columns-repeated="16000"><text:p>1</text:p></table:table-cell></table:table-row></table:table>'), "size"),
    ],
    ids=["password", "entity", "broken", "drawing", "cells"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(RefusedInput) as caught:
        read_raw(data, "a.odt")
    assert caught.value.reason == reason


LETTER = Path(__file__).parents[1] / "pdf/ocr/pages/letter.jpg"


@pytest.mark.slow
@pytest.mark.skipif(rapid.models() is None, reason="RapidOCR is not installed (make test-ocr)")
def test_a_text_that_is_a_picture_is_read_by_text_recognition() -> None:
    frame = '<draw:frame svg:width="16cm" svg:height="23cm"><draw:image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="Pictures/{}.jpg"/></draw:frame>'
    out = io.BytesIO(package("text", p("见下图") + p(frame.format("a")) + p(frame.format("missing"))))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("Pictures/a.jpg", LETTER.read_bytes())
    doc = read(out.getvalue(), "通知.odt")
    assert doc.text.startswith("见下图") and "云政办发〔2025〕16号" in doc.text
    assert {anchor.element for anchor in doc.anchors if anchor.confidence} == {"picture1"}
    messages = {issue.code: issue.message for issue in doc.issues}
    assert messages["ocr"].startswith(MARK) and "1 张图片" in messages["pictures"]
