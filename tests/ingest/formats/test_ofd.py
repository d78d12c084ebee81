"""OFD packages as different writers make them; text and head matter in reading order."""

from __future__ import annotations

import io
import zipfile

import pytest

from corpus.errors import RefusedInput
from ingest.reader import read

SPACE = "http://www.ofdspec.org/2016"
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


@pytest.mark.parametrize("writer", [by_line, by_character, no_shifts, scaled])
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
