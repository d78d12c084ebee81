"""Finds columns and rows of tables without drawn lines on a PDF page, from the white space between the words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from corpus.wordlists import entries
from ingest.formats.pdf.glyphs import Glyph
from ingest.formats.pdf.layout import em_of, segments

_SENTENCE = re.compile(r"[。；，、：:？！]")
_YEAR = re.compile(r"^(?:19|20)\d\d年?[^\d]{0,6}$")
_DIGIT = re.compile(r"\d")
_LEADERS = re.compile(r"[.…·．]{4}")
_HEAD = 14
_NARROW = 5


@dataclass(frozen=True, slots=True)
class ColumnPiece:
    """Glyphs of one row that stand together."""

    glyphs: tuple[Glyph, ...]
    x0: float
    x1: float

    @property
    def text(self) -> str:
        """The characters, blanks aside."""
        return "".join(g.char for g in self.glyphs if not g.char.isspace())


@dataclass(frozen=True, slots=True)
class TextRow:
    """Pieces on one base line."""

    top: float
    bottom: float
    em: float
    pieces: tuple[ColumnPiece, ...]

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class PageColumns:
    """The stretches of the page that hold the columns, with white between them."""

    spans: tuple[tuple[float, float], ...]

    @property
    def edges(self) -> tuple[float, ...]:
        """Where one column ends and the next begins, the outer sides included."""
        inner = [(a[1] + b[0]) / 2 for a, b in pairwise(self.spans)]
        return (self.spans[0][0], *inner, self.spans[-1][1])

    def place(self, piece: ColumnPiece) -> tuple[int, int]:
        """The first and last column a piece stands in."""
        inner = self.edges[1:-1]
        return bisect_right(inner, piece.x0 + 1), bisect_right(inner, piece.x1 - 1)

    def is_title(self, row: TextRow) -> bool:
        """Whether a row is one text over several columns."""
        return len(row.pieces) == 1 and len(set(self.place(row.pieces[0]))) > 1

    def with_row(self, row: TextRow, gap: float) -> PageColumns | None:
        """The columns after taking in one more row, or None where the row does not keep to them."""
        spans = list(self.spans)
        for piece in row.pieces:
            met = [i for i, (a, b) in enumerate(spans) if piece.x0 < b + gap and piece.x1 > a - gap]
            touched = [i for i in met if piece.x0 < spans[i][1] and piece.x1 > spans[i][0]]
            if len(touched) > 1 or not met:
                return None
            i = touched[0] if touched else min(met, key=lambda k: min(abs(piece.x0 - spans[k][1]), abs(spans[k][0] - piece.x1)))
            spans[i] = (min(spans[i][0], piece.x0), max(spans[i][1], piece.x1))
        if any(b[0] - a[1] < gap for a, b in pairwise(spans)):
            return None
        return PageColumns(tuple(spans))


@dataclass(frozen=True, slots=True)
class TableRow:
    """Text rows that make one row of a table."""

    lines: tuple[TextRow, ...]

    def cells(self, columns: PageColumns, *, titles: bool = True) -> dict[tuple[int, int], list[Glyph]]:
        """The glyphs of every cell, by first and last column; one text over several columns is over all, with ``titles``."""
        out: dict[tuple[int, int], list[Glyph]] = {}
        for line in self.lines:
            for piece in line.pieces:
                place = (0, len(columns.spans) - 1) if titles and columns.is_title(line) else columns.place(piece)
                out.setdefault(place, []).extend(piece.glyphs)
        return out

    def text(self, columns: PageColumns, column: int) -> str:
        """What stands in one column."""
        return "".join(p.text for line in self.lines for p in line.pieces if columns.place(p)[0] == column)


def text_rows(rows: Sequence[Sequence[Glyph]], gap: float) -> list[TextRow]:
    """Rows of glyphs, parted where ``gap`` character widths stand empty."""
    out: list[TextRow] = []
    for row in rows:
        pieces = []
        for part in segments(row, gap):
            last = max(part, key=lambda g: g.x1 if g.char > " " else 0.0)
            pieces.append(ColumnPiece(tuple(part), part[0].x0, last.x1))
        if pieces:
            tops, bottoms = sorted(g.top for g in row), sorted(g.bottom for g in row)
            half = len(row) // 2
            out.append(TextRow(tops[half], bottoms[half], em_of(row), tuple(pieces)))
    return out


def columns_of(rows: Sequence[TextRow], gap: float) -> PageColumns:
    """The columns that are left between the vertical strips that are white in all rows."""
    spans: list[tuple[float, float]] = []
    for x0, x1 in sorted((p.x0, p.x1) for row in rows for p in row.pieces):
        if spans and x0 - spans[-1][1] < gap:
            spans[-1] = (spans[-1][0], max(spans[-1][1], x1))
        else:
            spans.append((x0, x1))
    return PageColumns(tuple(spans))


def with_header(columns: PageColumns, header: Sequence[TextRow], gap: float) -> PageColumns:
    """The columns of a table's body, and those that only its header shows because they are empty below."""
    spans = list(columns.spans)
    for piece in (p for row in header for p in row.pieces):
        if all(piece.x0 - b >= gap or a - piece.x1 >= gap for a, b in spans):
            spans.append((piece.x0, piece.x1))
    return PageColumns(tuple(sorted(spans)))


def extend_columns(
    rows: Sequence[TextRow], start: int, gap: float, columns: PageColumns | None = None
) -> tuple[int, PageColumns]:
    """The end of the run of rows from ``start`` that fit the columns of the first row (or the given columns)."""
    first = rows[start]
    columns = columns or PageColumns(tuple((p.x0, p.x1) for p in first.pieces))
    end = start
    pitch = 0.0
    while end < len(rows):
        row = rows[end]
        if end > start:
            step = row.top - rows[end - 1].top
            if not 0.6 * first.em < row.em < 1.3 * first.em or (pitch and step > 2.6 * pitch) or step > 6 * first.em:
                break
            pitch = max(pitch, step)
        wider = columns.with_row(row, gap * first.em)
        if wider is None and _titles(rows, end, gap * first.em, columns):
            wider = columns
        if wider is None:
            break
        columns = wider
        end += 1
    return end, columns


def _titles(rows: Sequence[TextRow], at: int, gap: float, columns: PageColumns) -> bool:
    """Whether a row is one text over several columns that heads the rows after it."""
    if len(rows[at].pieces) > 1 or at + 1 >= len(rows) or len(rows[at].pieces[0].text) > 30:
        return False
    below = rows[at + 1]
    width = len(columns.spans)
    return width > 2 and len(below.pieces) >= width - 1 and columns.with_row(below, gap) is not None


def body_columns(rows: Sequence[TextRow], gap: float) -> PageColumns:
    """The columns of the rows between two rules; a few lines of one text over several columns do not count."""
    parted = [row for row in rows if len(row.pieces) > 1] or list(rows)
    columns = columns_of(parted, gap)
    crossing = 0
    for row in rows:
        if len(row.pieces) == 1:
            wider = columns.with_row(row, gap)
            crossing += wider is None
            columns = wider or columns
    return columns if crossing * 4 <= len(parted) else columns_of(rows, gap)


def table_rows(lines: Sequence[TextRow], columns: PageColumns, *, cut: bool = False) -> list[TableRow] | None:
    """Text rows gathered into rows of the table, or None where it is not clear where one begins.

    With ``cut`` the first may be the rest of a row of the page before.
    """
    firsts = [line.pieces[0].text for line in lines[1:] if columns.place(line.pieces[0]) == (0, 0)]
    numbered = len(firsts) > 1 and all(len(text) <= 6 and _DIGIT.search(text) for text in firsts)
    if groups := _apart(lines, columns, numbered=numbered):
        return groups
    out: list[list[TextRow]] = []
    steps = [b.top - a.top for a, b in pairwise(lines)]
    close = min(steps, default=0.0)
    for i, line in enumerate(lines):
        inner = columns.place(line.pieces[0])[0] > 0
        if not out:
            if inner and len(columns.spans) > 2 and not cut:
                return None
            out.append([line])
        elif columns.is_title(line) or columns.is_title(out[-1][-1]):
            out.append([line])
        # Where the first column numbers the rows, a line without a number belongs to the row above.
        elif (numbered and (cut or len(out) > 1) and inner) or (
            steps[i - 1] <= 1.4 * close and continues_row(out[-1][-1], line, columns)
        ):
            out[-1].append(line)
        else:
            out.append([line])
    return [TableRow(tuple(group)) for group in out]


def _apart(lines: Sequence[TextRow], columns: PageColumns, *, numbered: bool) -> list[TableRow] | None:
    """Rows that stand further apart than the lines inside them, if they do, whatever line each cell begins on."""
    steps = [b.middle - a.middle for a, b in pairwise(lines)]
    limits = [(a + b) / 2 for a, b in pairwise(sorted(steps)) if b > 1.25 * max(0.1, a)]
    for limit in reversed(limits):
        groups: list[list[TextRow]] = [[lines[0]]]
        for step, line in zip(steps, lines[1:], strict=True):
            if step > limit:
                groups.append([])
            groups[-1].append(line)
        rows = [TableRow(tuple(group)) for group in groups]
        if _has_keys(rows, columns, numbered=numbered):
            return rows
    return None


def _has_keys(rows: Sequence[TableRow], columns: PageColumns, *, numbered: bool) -> bool:
    """Whether most rows have an entry in the first column, numbered ones one only, and no row contains two full lines."""
    full = len(columns.spans) - (len(columns.spans) > 3)
    if len(rows) < 2 or any(sum(1 for line in row.lines if len(line.pieces) >= full) > 1 for row in rows):
        return False
    keys = [[line for line in row.lines if columns.place(line.pieces[0]) == (0, 0)] for row in rows]
    if numbered and any(len(key) > 1 for key in keys[1:]):
        return False
    return sum(map(bool, keys)) >= 0.7 * len(rows)


def continues_row(above: TextRow, line: TextRow, columns: PageColumns) -> bool:
    """Whether a line goes on with the cells of the line above: those are full, and the others have nothing more."""
    filled = {columns.place(p)[0] for p in line.pieces}
    if len(filled) * 2 > len(columns.spans) and (0 in filled or len(filled) == len(columns.spans)):
        return False
    over = {columns.place(p)[0]: p for p in above.pieces}
    em = above.em
    for column in filled:
        x0, x1 = columns.spans[column]
        piece = over.get(column)
        if piece is None or x1 - x0 < _NARROW * em or piece.x1 - piece.x0 < x1 - x0 - 1.6 * em:
            return False
    return True


@cache
def _heads() -> frozenset[str]:
    return frozenset(entries("ingest", "table_heads.txt"))


def names_columns(row: TextRow) -> int:
    """How many cells of a row are what heads of columns say; 0 where a cell could not be one."""
    hits = 0
    for piece in row.pieces:
        text = piece.text
        if len(text) > _HEAD or _SENTENCE.search(text) or _LEADERS.search(text):
            return 0
        bare = re.split(r"[(（]", text, maxsplit=1)[0]
        hits += bare in _heads() or any(bare.endswith(word) for word in _heads() if len(word) > 1) or bool(_YEAR.match(text))
    return hits


def is_table(rows: Sequence[TableRow], columns: PageColumns, *, headed: bool, ruled: bool) -> bool:
    """Whether rows that keep to columns are a table and not a list of names, a contents page or prose in columns."""
    width = len(columns.spans)
    if width < 2 or len(rows) < (2 if ruled and width > 2 else 3):
        return False
    grid = [[row.text(columns, c) for c in range(width)] for row in rows]
    body = [cells for cells, row in zip(grid, rows, strict=True) if not columns.is_title(row.lines[0])][headed:]
    if not body:
        return False
    filled = sum(1 for row in body for text in row if text)
    if filled < 0.6 * width * len(body) or sum(1 for row in body if sum(map(bool, row)) > 1) < 0.75 * len(body):
        return False
    if any(_LEADERS.search(text) for row in body for text in row):
        return False
    number = [c for c in range(width) if sum(1 for row in body if _DIGIT.search(row[c]) and len(row[c]) <= 16) >= 0.7 * len(body)]
    if headed:
        hits = names_columns(rows[0].lines[0]) if len(rows[0].lines) == 1 else 0
        if ruled:
            return True
        return hits >= 2 or (hits == 1 and bool(number))
    if width == 2 and number == [1] and not ruled:
        return False
    short = [c for c in range(width) if all(len(row[c]) <= 20 for row in body)]
    return bool(number) and bool(short)


def continues_table_before(rows: Sequence[TableRow], columns: PageColumns) -> bool:
    """Whether rows at the head of a page continue the table of the page before: the rest of a row, then rows like its rows."""
    rest = 0
    while rest < len(rows) and not rows[rest].text(columns, 0):
        rest += 1
    pieces = [piece for row in rows[:rest] for line in row.lines for piece in line.pieces]
    em = rows[0].lines[0].em
    if any(min(abs(piece.x0 - a) for a, _ in columns.spans) > 0.6 * em for piece in pieces):
        return False
    more = rows[rest:]
    if not more:
        return True
    width = len(columns.spans)
    full = sum(1 for row in more if sum(1 for c in range(width) if row.text(columns, c)) >= max(2, width - 1))
    return is_table(more, columns, headed=False, ruled=True) or (len(more) <= 2 < width and full == len(more))
