"""OFD packages as different writers make them; text and head matter in reading order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from rapidfuzz.distance import Levenshtein

import corpus
from corpus.errors import RefusedInput
from corpus.recognition import MARK
from ingest.formats.pdf.ocr import rapid
from ingest.reader import read

SPACE = "http://www.ofdspec.org/2016"
SAMPLES = Path(corpus.__file__).parent / "samples"
LINES = (
    "清河市人民政府办公室关于做好防汛工作的通知",
    "清政办发〔2023〕16号",
    "各区县人民政府：",
    "一、2023年6月底前排查水库12座。",
    "二、汛期24小时值班。",
)


def by_line(text: str, y: float) -> str:
    return f'<o:TextObject Boundary="25 {y} 160 7" Size="5"><o:TextCode X="0" Y="5" DeltaX="g {len(text) - 1} 5">{text}</o:TextCode></o:TextObject>'


def by_character(text: str, y: float) -> str:
    pieces = []
    x = 25.0
    for c in text:
        pieces.append(f'<o:TextObject Boundary="{x} {y} 5 7" Size="5"><o:TextCode X="0" Y="5">{c}</o:TextCode></o:TextObject>')
        x += 5 if c > "\u2e80" else 2.5
    return "".join(pieces)


def no_shifts(text: str, y: float) -> str:
    return f'<o:TextObject Boundary="25 {y} 160 7" Size="5"><o:TextCode X="0" Y="5">{text}</o:TextCode></o:TextObject>'


def scaled(text: str, y: float) -> str:
    return f'<o:TextObject Boundary="25 {y} 160 7" Size="10" CTM="0.5 0 0 0.5 0 0"><o:TextCode X="0" Y="10">{text}</o:TextCode></o:TextObject>'


def small_letters(text: str, y: float) -> str:
    """As easyofd writes it: the size under a name spelt small."""
    return f'<o:TextObject Boundary="25 {y} 160 5.2" size="5"><o:TextCode X="0" Y="5" DeltaX="g {len(text) - 1} 5">{text}</o:TextCode></o:TextObject>'


def no_size(text: str, y: float) -> str:
    return f'<o:TextObject Boundary="25 {y} 160 5.2"><o:TextCode X="0" Y="5" DeltaX="g {len(text) - 1} 5">{text}</o:TextCode></o:TextObject>'


WRITERS = [by_line, by_character, no_shifts, scaled, small_letters, no_size]


def package(*pages: str, entity: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "OFD.xml",
            f'{entity}<o:OFD xmlns:o="{SPACE}"><o:DocBody><o:DocRoot>/Doc_0/Document.xml</o:DocRoot></o:DocBody></o:OFD>',
        )
        listed = "".join(f'<o:Page BaseLoc="Pages/{i}.xml"/>' for i in range(len(pages)))
        area = "<o:CommonData><o:PageArea><o:PhysicalBox>0 0 210 297</o:PhysicalBox></o:PageArea></o:CommonData>"
        archive.writestr("Doc_0/Document.xml", f'<o:Document xmlns:o="{SPACE}">{area}<o:Pages>{listed}</o:Pages></o:Document>')
        for i, page in enumerate(pages):
            content = f'<o:Page xmlns:o="{SPACE}"><o:Content><o:Layer>{page}</o:Layer></o:Content></o:Page>'
            archive.writestr(f"Doc_0/Pages/{i}.xml", content)
    return out.getvalue()


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("backwards", [False, True])
def test_lines_are_read_in_order_whoever_wrote_them(writer, backwards: bool) -> None:
    objects = [writer(line, 40.0 + 10 * i) for i, line in enumerate(LINES)]
    doc = read(package("".join(reversed(objects) if backwards else objects)), "通知.ofd")
    assert doc.format == "ofd" and doc.text.split() == list(LINES)
    assert (doc.head.title, doc.head.doc_number) == (LINES[0], LINES[1])
    assert {anchor.page for anchor in doc.anchors} == {1}


def test_page_numbers_go_and_the_organ_at_one_height_on_two_pages_stays() -> None:
    pages = [by_line("某县人民政府", 30) + by_line(line, 60) + by_line(f"— {n} —", 280) for n, line in enumerate(LINES[3:], 1)]
    text = read(package(*pages), "通知.ofd").text
    assert text.count("某县人民政府") == 2 and "—" not in text


TEXTS = sorted(p for p in SAMPLES.glob("*.txt"))


def set_pages(path: Path, writer: Callable[[str, float], str]) -> tuple[list[str], bytes]:
    """A text set as an official paper: 28 characters a line, 22 lines a page, paragraphs indented; and its paragraphs."""
    paragraphs = ["".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    lines: list[str] = []
    for at, paragraph in enumerate(paragraphs):
        paragraph = paragraph if at == 0 else "\u3000\u3000" + paragraph
        lines += [paragraph[i : i + 28] for i in range(0, len(paragraph), 28)]
    pages = [
        "".join(writer(escape(line), 35.0 + 10 * i) for i, line in enumerate(lines[n : n + 22])) for n in range(0, len(lines), 22)
    ]
    return paragraphs, package(*pages)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem[:4])
def test_real_texts_of_six_writers_are_read_exactly(path: Path, writer: Callable[[str, float], str]) -> None:
    paragraphs, data = set_pages(path, writer)
    doc = read(data, "文件.ofd")
    wanted, got = "".join(paragraphs), "".join(doc.text.split())
    assert Levenshtein.normalized_similarity(wanted, got) >= 0.99


@pytest.mark.parametrize("order", ["", ' ZOrder="Foreground"'])
def test_what_the_template_of_a_page_says_is_read_with_the_page(order: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, zipfile.ZipFile(io.BytesIO(package(by_line(LINES[3], 60)))) as made:
        for name in made.namelist():
            content = made.read(name).decode()
            content = content.replace("<o:CommonData>", '<o:CommonData><o:TemplatePage ID="9" BaseLoc="Tpls/a.xml"/>')
            archive.writestr(name, content.replace("<o:Content>", f'<o:Template TemplateID="9"{order}/><o:Content>'))
        page = f'<o:Page xmlns:o="{SPACE}"><o:Content><o:Layer>{by_line(LINES[0], 30)}</o:Layer></o:Content></o:Page>'
        archive.writestr("Doc_0/Tpls/a.xml", page)
    assert read(out.getvalue(), "通知.ofd").text.split() == [LINES[0], LINES[3]]


ROWS = (("任务", "单位", "时限"), ("隐患排查", "县水务局", "6月底前"), ("物资储备", "县应急局", "7月底前"))
ACROSS, DOWN = (60.0, 70.0, 80.0, 90.0), (25.0, 75.0, 125.0, 175.0)


def by_strokes() -> str:
    paths = [
        f'<o:PathObject Boundary="25 {y} 150 1"><o:AbbreviatedData>M 0 0 L 150 0</o:AbbreviatedData></o:PathObject>'
        for y in ACROSS
    ]
    paths += [
        f'<o:PathObject Boundary="{x} 60 1 30"><o:AbbreviatedData>M 0 0 L 0 30</o:AbbreviatedData></o:PathObject>' for x in DOWN
    ]
    return "".join(paths)


def by_boxes() -> str:
    box = '<o:PathObject Boundary="{} {} 50 10"><o:AbbreviatedData>S 0 0 M 0 0 L 50 0 L 50 10 L 0 10 C</o:AbbreviatedData></o:PathObject>'
    return "".join(box.format(x, y) for y in ACROSS[:-1] for x in DOWN[:-1])


def by_one_path() -> str:
    steps = [f"M 0 {y - 60} L 150 {y - 60}" for y in ACROSS] + [f"M {x - 25} 0 L {x - 25} 30" for x in DOWN]
    return f'<o:PathObject Boundary="25 60 75 15" CTM="1 0 0 1 0 0"><o:AbbreviatedData>{" ".join(steps)}</o:AbbreviatedData></o:PathObject>'


@pytest.mark.parametrize("rules", [by_strokes, by_boxes, by_one_path])
def test_a_ruled_table_is_a_table(rules: Callable[[], str]) -> None:
    cells = "".join(
        f'<o:TextObject Boundary="{x + 3} {y + 2} 45 6" Size="5"><o:TextCode X="0" Y="5" DeltaX="g {len(word) - 1} 5">{word}</o:TextCode></o:TextObject>'
        for y, row in zip(ACROSS, ROWS, strict=False)
        for x, word in zip(DOWN, row, strict=False)
    )
    doc = read(package(by_line(LINES[0], 35) + rules() + cells + by_line(LINES[4], 110)), "通知.ofd")
    (table,) = doc.tables
    assert tuple(tuple(cell.of(doc.text) for cell in row) for row in table.rows) == ROWS
    assert doc.text.startswith(LINES[0]) and doc.text.rstrip().endswith(LINES[4])


def test_a_red_line_below_the_head_makes_no_table() -> None:
    rule = '<o:PathObject Boundary="25 50 160 1"><o:AbbreviatedData>M 0 0 L 160 0</o:AbbreviatedData></o:PathObject>' * 4
    doc = read(package("".join(by_line(line, 40.0 + 10 * i) for i, line in enumerate(LINES)) + rule), "通知.ofd")
    assert not doc.tables and doc.text.split() == list(LINES)


def test_a_page_that_is_missing_and_text_in_composed_drawings_are_named() -> None:
    out = io.BytesIO()
    use = '<o:CompositeObject Boundary="0 0 90 90" ResourceID="8"/><o:CompositeObject Boundary="0 0 90 90" ResourceID="9"/>'
    with zipfile.ZipFile(out, "w") as archive, zipfile.ZipFile(io.BytesIO(package(by_line(LINES[3], 60) + use, ""))) as made:
        for name in made.namelist():
            content = made.read(name).decode()
            content = content.replace("<o:CommonData>", "<o:CommonData><o:PublicRes>Res.xml</o:PublicRes>")
            if name != "Doc_0/Pages/1.xml":
                archive.writestr(name, content)
        units = f'<o:CompositeGraphicUnit ID="8"><o:Content>{by_line("甲", 1)}</o:Content></o:CompositeGraphicUnit>'
        units += '<o:CompositeGraphicUnit ID="9"><o:Content/></o:CompositeGraphicUnit>'
        archive.writestr("Doc_0/Res.xml", f'<o:Res xmlns:o="{SPACE}">{units}</o:Res>')
    issues = {issue.code: issue.message for issue in read(out.getvalue(), "通知.ofd").issues}
    assert issues["page_lost"].startswith("第 2 页的内容在文件里缺失") and "1 处组合图形" in issues["embedded"]


def test_text_turned_into_curves_is_named() -> None:
    curve = '<o:PathObject Boundary="25 40 160 7"><o:AbbreviatedData>M 0 0 L 5 5</o:AbbreviatedData></o:PathObject>'
    with pytest.raises(RefusedInput, match="转成图形"):
        read(package(curve), "通知.ofd")
    issues = {issue.code: issue.message for issue in read(package(by_line(LINES[3], 60), curve, curve), "通知.ofd").issues}
    assert "第 2–3 页只有图形" in issues["scan"] and "2 页" in issues["mostly_unread"]


def scanned(*, described: bool = True) -> bytes:
    """A page that is a picture, named by the list of resources, and one with text."""
    picture = '<o:ImageObject Boundary="0 0 210 297" ResourceID="7"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, zipfile.ZipFile(io.BytesIO(package(picture, by_line(LINES[3], 60)))) as made:
        for name in made.namelist():
            content = made.read(name).decode()
            if name == "Doc_0/Document.xml":
                content = content.replace("<o:CommonData>", "<o:CommonData><o:DocumentRes>DocumentRes.xml</o:DocumentRes>")
            archive.writestr(name, content)
        media = '<o:MultiMedias><o:MultiMedia ID="7" Type="Image"><o:MediaFile>a.jpg</o:MediaFile></o:MultiMedia></o:MultiMedias>'
        archive.writestr("Doc_0/DocumentRes.xml", f'<o:Res xmlns:o="{SPACE}" BaseLoc="Res">{media if described else ""}</o:Res>')
        archive.writestr("Doc_0/Res/a.jpg", (Path(__file__).parent / "pdf/ocr/pages/letter.jpg").read_bytes())
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.skipif(rapid.models() is None, reason="RapidOCR is not installed (make test-ocr)")
def test_a_page_that_is_a_picture_is_read_by_text_recognition() -> None:
    doc = read(scanned(), "扫描.ofd")
    assert doc.head.doc_number == "云政办发〔2025〕16号" and LINES[3] in doc.text
    assert any(issue.message.startswith(MARK) and "第 1 页" in issue.message for issue in doc.issues)
    assert min(anchor.confidence for anchor in doc.anchors if anchor.page == 1 and anchor.confidence) > 0.8
    assert "scan" not in {issue.code for issue in doc.issues}


def test_a_picture_that_cannot_be_read_is_named() -> None:
    issues = {issue.code: issue.message for issue in read(scanned(described=False), "扫描.ofd").issues}
    assert "第 1 页没有可提取的文字" in issues["scan"]


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (package('<o:ImageObject Boundary="0 0 210 297"/>'), "scan"),
        (package(""), "empty"),
        (package(entity='<!DOCTYPE a [<!ENTITY b "c">]>'), "entity"),
        (package("<o:TextObject>"), "broken"),
        (package(by_line("a" * 210_000, 40)), "size"),
        (
            package(
                by_line("甲", 40)
                + '<o:PathObject Boundary="0 0 1e999 x"><o:AbbreviatedData>M L 1 C B 1 2 L nan 1 '
                + "L 9 0 " * 150_000
                + "</o:AbbreviatedData></o:PathObject>"
            ),
            "",
        ),
        (
            package(
                '<o:TextObject Boundary="1e999 nan x 0"><o:TextCode DeltaX="g 999999999 1 nan 1e999">甲</o:TextCode></o:TextObject>'
            ),
            "",
        ),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, reason: str) -> None:
    if not reason:
        assert read(data, "a.ofd").text.strip() == "甲"
        return
    with pytest.raises(RefusedInput) as refused:
        read(data, "a.ofd")
    assert refused.value.reason == reason
