"""Sixty documents made with python-docx: twelve schemes of numbers as official papers use them, set up in five ways Word knows.

What Word shows is written out in ``SCHEMES`` by hand; nothing here counts.
"""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.reader import read_raw

LEVELS = (0, 1, 1, 2, 2, 3, 0, 1, 2, 0)
"""The levels of the paragraphs of each document: of the first level there are three, and the deeper ones begin again below each."""
SCHEMES: dict[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "公文": (
        (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3．"), ("decimal", "（%4）")),
        "一、 （一） （二） 1． 2． （1） 二、 （一） 1． 三、",
    ),
    "章条": (
        (
            ("chineseCountingThousand", "第%1章"),
            ("chineseCountingThousand", "第%2条"),
            ("chineseCounting", "（%3）"),
            ("decimal", "%4."),
        ),
        "第一章 第一条 第二条 （一） （二） 1. 第二章 第一条 （一） 第三章",
    ),
    "多级小数": (
        (("decimal", "%1"), ("decimal", "%1.%2"), ("decimal", "%1.%2.%3"), ("decimal", "%1.%2.%3.%4")),
        "1 1.1 1.2 1.2.1 1.2.2 1.2.2.1 2 2.1 2.1.1 3",
    ),
    "正规编号": (
        (("chineseCounting", "第%1部分"), ("decimal", "%1.%2 legal"), ("decimal", "%1.%2.%3 legal"), ("lowerLetter", "%4)")),
        "第一部分 1.1 1.2 1.2.1 1.2.2 a) 第二部分 2.1 2.1.1 第三部分",
    ),
    "大写": (
        (
            ("chineseLegalSimplified", "%1、"),
            ("chineseCounting", "%2、"),
            ("decimal", "%3、"),
            ("decimalEnclosedCircleChinese", "%4"),
        ),
        "壹、 一、 二、 1、 2、 ① 贰、 一、 1、 叁、",
    ),
    "繁体大写": (
        (
            ("ideographLegalTraditional", "%1、"),
            ("taiwaneseCountingThousand", "（%2）"),
            ("decimalFullWidth", "%3、"),
            ("decimal", "%4)"),
        ),
        "壹、 （一） （二） １、 ２、 1) 貳、 （一） １、 參、",
    ),
    "天干": (
        (("ideographTraditional", "%1、"), ("ideographZodiac", "（%2）"), ("decimal", "%3."), ("lowerRoman", "%4.")),
        "甲、 （子） （丑） 1. 2. i. 乙、 （子） 1. 丙、",
    ),
    "罗马": (
        (("upperRoman", "%1."), ("upperLetter", "%2."), ("decimal", "%3."), ("lowerLetter", "%4)")),
        "I. A. B. 1. 2. a) II. A. 1. III.",
    ),
    "圈码": (
        (
            ("decimalEnclosedCircle", "%1"),
            ("decimalEnclosedParen", "%2"),
            ("decimalEnclosedFullstop", "%3"),
            ("ideographParenthesized", "%4"),
        ),
        "① ⑴ ⑵ ⒈ ⒉ ㈠ ② ⑴ ⒈ ③",
    ),
    "补零": (
        (("decimalZero", "%1"), ("decimal", "%1-%2"), ("decimal", "%1-%2-%3"), ("lowerLetter", "%4.")),
        "01 01-1 01-2 01-2-1 01-2-2 a. 02 02-1 02-1-1 03",
    ),
    "逐位": (
        (("ideographDigital", "%1、"), ("japaneseCounting", "（%2）"), ("decimal", "%3、"), ("decimal", "[%4]")),
        "一、 （一） （二） 1、 2、 [1] 二、 （一） 1、 三、",
    ),
    "任务": (
        (("chineseCounting", "任务%1："), ("decimal", "%2."), ("lowerLetter", "%3."), ("none", "——")),
        "任务一： 1. 2. a. b. —— 任务二： 1. a. 任务三：",
    ),
}
WAYS = ("paragraphs", "styles", "levels of styles", "a list style", "an empty one and a second list")
W = nsdecls("w")


def levels_xml(levels: tuple[tuple[str, str], ...], *, styles: bool = False) -> str:
    out = ""
    for place, (form, text) in enumerate(levels):
        legal = "<w:isLgl/>" if text.endswith(" legal") else ""
        style = f'<w:pStyle w:val="Item{place}"/>' if styles else ""
        text = text.removesuffix(" legal")
        out += f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{style}{legal}<w:lvlText w:val="{text}"/></w:lvl>'
    return out


def add_list(
    document, levels: tuple[tuple[str, str], ...], number: int, *, inside: str = "", styles: bool = False, restart: bool = False
) -> None:
    """A list of the number given in the numbering part; ``restart`` makes it one that begins the former anew."""
    root = document.part.numbering_part.element
    if not restart:
        abstract = parse_xml(
            f'<w:abstractNum {W} w:abstractNumId="{number}">{inside}{levels_xml(levels, styles=styles) if levels else ""}</w:abstractNum>'
        )
        root.insert(0, abstract)
    override = (
        "".join(f'<w:lvlOverride w:ilvl="{i}"><w:startOverride w:val="1"/></w:lvlOverride>' for i in range(4)) if restart else ""
    )
    root.append(
        parse_xml(f'<w:num {W} w:numId="{number}"><w:abstractNumId w:val="{900 if restart else number}"/>{override}</w:num>')
    )


def numbered(paragraph, number: int, level: int | None) -> None:
    place = "" if level is None else f'<w:ilvl w:val="{level}"/>'
    paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {W}>{place}<w:numId w:val="{number}"/></w:numPr>'))


def make(levels: tuple[tuple[str, str], ...], way: str) -> bytes:
    document = docx.Document()
    add_list(document, levels if way != "a list style" else (), 900, styles=way == "levels of styles",
             inside='<w:multiLevelType w:val="multilevel"/>' + ('<w:numStyleLink w:val="Papers"/>' if way == "a list style" else ""))  # fmt: skip
    if way == "a list style":
        add_list(document, levels, 901, inside='<w:multiLevelType w:val="multilevel"/><w:styleLink w:val="Papers"/>')
        style = f'<w:style {W} w:type="numbering" w:styleId="Papers"><w:name w:val="Papers"/><w:pPr><w:numPr><w:numId w:val="901"/></w:numPr></w:pPr></w:style>'
        document.styles.element.append(parse_xml(style))
    if way in ("styles", "levels of styles"):
        for place in range(4):
            named = document.styles.add_style(f"Item{place}", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
            inner = f'<w:ilvl w:val="{place}"/>' if way == "styles" else ""
            named.element.get_or_add_pPr().append(parse_xml(f'<w:numPr {W}>{inner}<w:numId w:val="900"/></w:numPr>'))
    rounds = 2 if way == WAYS[-1] else 1
    if rounds == 2:
        add_list(document, levels, 902, restart=True)
    for turn in range(rounds):
        for at, level in enumerate(LEVELS):
            paragraph = document.add_paragraph(f"事项{at}")
            if way in ("styles", "levels of styles"):
                paragraph.style = f"Item{level}"
            else:
                numbered(paragraph, 902 if turn else 900, level)
            if at == 3:
                document.add_paragraph("说明，没有编号。")
        if rounds == 2 and turn == 0:
            numbered(document.add_paragraph(""), 900, 0)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_numbers_stand_as_word_shows_them(scheme: str, way: str) -> None:
    levels, shown = SCHEMES[scheme]
    wanted = [f"{number}事项{at}" for at, number in enumerate(shown.split())]
    lines = ["".join(line.split()) for line in read_raw(make(levels, way), "文件.docx").text.splitlines()]
    got = [line for line in lines if "事项" in line]
    assert got == wanted * (2 if way == WAYS[-1] else 1)
    assert "说明，没有编号。" in lines


def test_there_are_sixty() -> None:
    assert len(SCHEMES) * len(WAYS) == 60 and all(len(shown.split()) == len(LEVELS) for _, shown in SCHEMES.values())
