"""Writes a frozen text piece by piece and remembers where each piece went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from corpus.document import Anchor, Issue, Span, Table
from ingest.raw import RawText

SEPARATOR = " | "
LITTLE_TEXT = 200
"""Characters; an official document with less has its text elsewhere."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell as a format gives it: its text, and how many grid rows and columns it covers."""

    text: str
    rows: int = 1
    columns: int = 1
    element: str | None = None


@dataclass(slots=True)
class TextBuilder:
    """Collects lines; ``finish`` freezes them. Spans it returns point into the text being written."""

    format: str
    parts: list[str] = field(default_factory=list)
    length: int = 0
    tables: list[Table] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    headings: list[tuple[Span, int]] = field(default_factory=list)
    boilerplate: list[Span] = field(default_factory=list)
    notes: list[Span] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    field_spans: dict[str, Span] = field(default_factory=dict)

    @property
    def written(self) -> int:
        """How many characters were written so far, blanks aside."""
        return len("".join(self.text().split()))

    def report_pictures(self, count: int, *, large: bool) -> None:
        """Say that so many pictures of a text document were not read; with a large one and little text the body may be in it."""
        if count and large and (written := self.written) < LITTLE_TEXT:
            message = f"文档只有 {written} 个字，另有 {count} 张图片没有读入：正文可能就在图片里，请另取文字版或先作文字识别"
            self.issue("picture_body", message)
        elif count:
            self.issue("pictures", f"文档有 {count} 张图片，图片里的文字没有读入")

    def write(self, text: str) -> Span:
        """Append ``text`` as it is."""
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return Span(start, self.length)

    def anchor(
        self,
        span: Span,
        *,
        page: int | None = None,
        box: tuple[float, float, float, float] | None = None,
        element: str | None = None,
    ) -> None:
        """Say where a stretch stands in the original."""
        if len(span):
            self.anchors.append(Anchor(span, page, box, element))

    def line(
        self,
        text: str,
        *,
        heading: int | None = None,
        page: int | None = None,
        box: tuple[float, float, float, float] | None = None,
        element: str | None = None,
    ) -> Span:
        """Append one line and its newline; the span covers the line without the newline."""
        span = self.write(text)
        self.write("\n")
        if page is not None or element is not None:
            self.anchor(span, page=page, box=box, element=element)
        if heading is not None and text.strip():
            self.headings.append((span, heading))
        return span

    def grid(
        self,
        rows: Sequence[Sequence[GridCell | None]],
        *,
        header_rows: int = 1,
        caption: Span | None = None,
        label: str | None = None,
        page: int | None = None,
        box: tuple[float, float, float, float] | None = None,
        element: str | None = None,
        places: Sequence[tuple[int, tuple[float, float, float, float]]] = (),
        skip_empty_rows: bool = True,
    ) -> Table | None:
        """Write a table, one line a row, and keep it as a rectangular grid of spans.

        ``rows`` is rectangular; None stands where a cell above or to the left reaches. A merged cell is written once, where
        it begins. Below its first row its place in the line stays empty, so that the columns of a line can still be counted.
        """
        width = max((len(row) for row in rows), default=0)
        if not width:
            return None
        grid: list[list[Span | None]] = [[None] * width for _ in rows]
        start = self.length
        kept: list[int] = []
        lines: list[Span] = []
        for r, row in enumerate(rows):
            if skip_empty_rows and not any(cell and cell.text for cell in row):
                # A row that is wholly covered from above or empty carries nothing of its own.
                for c, cell in enumerate(row):
                    if cell is not None and grid[r][c] is None:
                        _fill(grid, r, c, cell, Span(self.length, self.length))
                continue
            line_start = self.length
            first = True
            c = 0
            while c < width:
                cell = row[c] if c < len(row) else GridCell("")
                covered = grid[r][c]
                if cell is None and covered is not None and r > 0 and grid[r - 1][c] != covered:
                    c += 1  # covered from the left: the cell was written already
                    continue
                if not first:
                    self.write(SEPARATOR)
                first = False
                if cell is None and covered is not None:
                    while c < width and grid[r][c] is covered:
                        c += 1
                    continue
                cell = cell or GridCell("")
                span = self.write(cell.text)
                if cell.element and len(span):
                    self.anchor(span, page=page, box=box, element=cell.element)
                _fill(grid, r, c, cell, span)
                c += max(1, cell.columns)
            line = Span(line_start, self.length)
            self.write("\n")
            kept.append(r)
            lines.append(line)
            if r < len(places):
                self.anchor(line, page=places[r][0], box=places[r][1])
            elif (page is not None or element is not None) and not any(cell and cell.element for cell in row):
                self.anchor(line, page=page, box=box, element=element)
        if not kept:
            return None
        table = Table(
            span=Span(start, max(start, self.length - 1)),
            rows=tuple(
                # not ``or``: an empty cell is an empty span, and has its own place
                tuple(Span(line.start, line.start) if cell is None else cell for cell in grid[r])
                for r, line in zip(kept, lines, strict=True)
            ),
            header_rows=min(sum(1 for r in kept if r < header_rows), len(kept)),
            caption=caption,
            label=label,
        )
        self.tables.append(table)
        return table

    def issue(self, code: str, message: str, span: Span | None = None) -> None:
        """Note something doubtful or lost."""
        self.issues.append(Issue(code, message, span))

    def text(self) -> str:
        """The text as written so far."""
        return "".join(self.parts)

    def finish(self, fields: Mapping[str, str] | None = None) -> RawText:
        """Freeze."""
        return RawText(
            text=self.text(),
            format=self.format,
            tables=tuple(self.tables),
            anchors=tuple(sorted(self.anchors, key=lambda anchor: anchor.span)),
            issues=tuple(self.issues),
            headings=tuple(self.headings),
            boilerplate=tuple(self.boilerplate),
            notes=tuple(self.notes),
            fields={**self.fields, **(fields or {})},
            field_spans=dict(self.field_spans),
        )


def _fill(grid: list[list[Span | None]], row: int, column: int, cell: GridCell, span: Span) -> None:
    for r in range(row, min(len(grid), row + max(1, cell.rows))):
        for c in range(column, min(len(grid[r]), column + max(1, cell.columns))):
            if grid[r][c] is None:
                grid[r][c] = span
