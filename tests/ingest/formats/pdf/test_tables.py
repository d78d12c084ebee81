"""Whatever stands on a page, every character of it comes out exactly once: in a line or in a cell."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.pdf.glyphs import Glyph, Rule, Sheet
from ingest.formats.pdf.tables import find_tables

WORDS = [
    "序号",
    "任务",
    "责任单位",
    "2025年",
    "12.5",
    "县交通局",
    "1",
    "2",
    "目标值",
    "整修农村公路并完成验收",
    "（一）",
    "%",
    "合计",
    "备注",
]


def word(text, x, y, size=9.0):
    """The glyphs of a word whose first one stands at a place."""
    out = []
    for character in text:
        width = size if character > "\u2e80" else size / 2
        out.append(Glyph(character, x, y, x + width, y + size))
        x += width
    return out


def characters(sheet):
    """The characters that come out of a page."""
    tables, lines = find_tables(sheet)
    out = Counter("".join(line.text for line in lines))
    for table in tables:
        out.update("".join(cell.text for row in table.rows for cell in row if cell))
        width = len(table.rows[0])
        assert all(len(row) == width for row in table.rows)
        assert all(cell is None or min(cell.rows, cell.columns) > 0 for row in table.rows for cell in row)
        assert len(table.places) == len(table.rows)
    out.pop(" ", None)
    return out


@st.composite
def sheets(draw):
    """Words at places of a grid, some places empty, with rules along some of the grid's lines."""
    columns = draw(st.integers(1, 5))
    rows = draw(st.integers(1, 9))
    size = draw(st.sampled_from([9.0, 12.0, 16.0]))
    pitch = size * draw(st.sampled_from([1.2, 1.6, 2.4]))
    step = draw(st.sampled_from([60.0, 110.0, 200.0]))
    sheet = Sheet(1, 595.0, 842.0)
    for r in range(rows):
        for c in range(columns):
            x, y = 60 + c * step, 80 + r * pitch
            sheet.glyphs += word(draw(st.sampled_from(["", *WORDS])), x, y, size)
    right, bottom = 60 + columns * step, 80 + rows * pitch
    for r in draw(st.sets(st.integers(0, rows))):
        sheet.rules.append(Rule(True, 78 + r * pitch, 57, right))
    for c in draw(st.sets(st.integers(0, columns))):
        sheet.rules.append(Rule(False, 57 + c * step, 78, bottom))
    return sheet


@settings(max_examples=150)
@given(sheets())
def test_every_character_comes_out_once(sheet):
    assert characters(sheet) == Counter(glyph.char for glyph in sheet.glyphs)


FRAME = [Rule(True, y, 50, 550) for y in (70.0, 160.0)]
LABELS = [
    ("索引号：", 60, 80),
    ("甲〔1〕", 100, 80),
    ("发文机关：", 300, 80),
    ("乙局", 350, 80),
    ("成文日期：", 60, 120),
    ("丙", 110, 120),
]


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        # A cell runs over the next one, so that the rest of its row is a row of its own, which begins a table.
        (
            [
                *(("疏浚河道并且加固两岸堤坝", 60, 80), ("序号", 120, 80), ("序号", 240, 80)),
                *(("疏浚河道并且加固两岸堤坝", 60, 90.8), ("序号", 240, 90.8)),
                *(("序号", 120, 101.6), ("序号", 240, 101.6)),
            ],
            [],
        ),
        # A small note beside a large character stands below the box of their table.
        (
            [
                *(("序号", 60, 80), ("任务", 160, 80), ("责任单位", 260, 80)),
                *(("1", 60, 95), ("修桥", 160, 95), ("甲局", 260, 95)),
                *(("2", 60, 110), ("铺路", 160, 110), ("乙局", 260, 110), ("丙", 280, 105, 24.0), ("注", 306, 122, 6.0)),
            ],
            [],
        ),
        (LABELS, FRAME),
        ([*LABELS, ("左边", 52, 95), ("右边", 520, 135)], FRAME),
        ([*LABELS, ("文号：", 68, 84)], FRAME),
        # The same words in another size at the same place are not the print of bold letters.
        ([("序号", 60, 80, 22.0), ("序号", 60, 82)], []),
        # Two small digits beside large characters stand close, not over each other.
        ([("疏浚河道", 60, 80, 24.0), ("11", 156, 92, 8.0)], []),
    ],
)
def test_text_over_other_text_comes_out_once(words, rules):
    sheet = Sheet(1, 595.0, 842.0, [glyph for each in words for glyph in word(*each)], rules)
    assert characters(sheet) == Counter("".join(text for text, *_ in words))


def test_a_label_printed_twice_to_look_bold_comes_out_once():
    twice = [glyph for text, x, y in LABELS for shift in (0, 0.3) for glyph in word(text, x + shift, y)]
    tables, lines = find_tables(Sheet(1, 595.0, 842.0, twice, FRAME))
    assert [[cell.text for cell in row if cell] for row in tables[0].rows] == [
        ["索引号：", "甲〔1〕", "发文机关：", "乙局"],
        ["成文日期：", "丙"],
    ]
    assert not lines
