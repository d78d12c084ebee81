"""The text of a policy, paragraph by paragraph, with its headings, tables and marks in their places."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from corpus.document import ParsedDocument, Section, Span, Table
from corpus.unread import list_unread, say_mostly_unread
from ingest.formats.registry import has_page_pictures
from ui.page.kit.html import EMPTY, Html, el, join
from ui.page.reader.marking import Layer, merge_spans, wrap_layers
from ui.page.reader.recognised import recognition_note, unsure_layers

WINDOW = 160_000
"""Characters shown at once: beyond it a browser's layout takes seconds; the rest opens from the outline."""
LINE = 4_000


def policy_text(doc: ParsedDocument, quotes: Sequence[Span] = ()) -> Html:
    """The text itself; what the site added is folded away. The mark of the first quote has the id the page scrolls to."""
    text = doc.text
    shown = _window(text, quotes[0].start if quotes else 0)
    marks = [*_marks(quotes), *unsure_layers(doc)]
    headings = _Headings(doc)
    aside = [zone.span for zone in doc.zones if zone.kind == "boilerplate"]
    head = [zone.span for zone in doc.zones if zone.kind == "head"]
    blocks: list[Html] = []
    folded: list[Span] = []
    joined: list[Span] = []

    def close() -> None:
        """Write out the lines that were waiting: of one heading, or set aside."""
        if joined:
            blocks.append(headings.paragraph(joined, marks))
            joined.clear()
        if folded:
            opened = any(quote.overlaps(line) for quote in quotes for line in folded)
            lines = [el("p", wrap_layers(text, line, marks)) for line in folded]
            blocks.append(el("details", el("summary", f"正文以外的内容 {len(lines)} 行"), lines, class_="aside", open=opened))
            folded.clear()

    if shown.start > 0:
        blocks.append(el("p", f"前面还有 {shown.start} 字，可从提纲打开。", class_="gap"))
    for part, table in _parts(doc, shown):
        if table is not None:
            close()
            blocks.append(_table(text, table, marks))
        elif any(zone.covers(part) for zone in aside):
            if not folded:
                close()
            folded.append(part)
        elif (section := headings.whole(part)) is not None:
            if not (joined and headings.whole(joined[-1]) == section):
                close()
            joined.append(part)
        else:
            close()
            small = "matter-line" if any(zone.covers(part) for zone in head) else None
            blocks.append(el("p", wrap_layers(text, part, [*marks, *headings.bold(part)]), class_=small, id=headings.place(part)))
    close()
    if shown.end < len(text):
        blocks.append(el("p", f"后面还有 {len(text) - shown.end} 字，可从提纲打开。", class_="gap"))
    noted = join(recognition_note(doc, has_page=has_page_pictures(doc.format)), _noted(doc))
    return join(noted, el("article", blocks, class_="policy"))


def _noted(doc: ParsedDocument) -> Html | None:
    """What was not read of the file, which stands open where most of it was not, and what else was noted in reading."""
    unread = list_unread(doc.issues)
    kinds = {part.kind for part in unread}
    missing = [el("li", f"{part.label}：{part.message}") for part in unread[:12]]
    others = [issue for issue in doc.issues if issue.code not in kinds]
    warned = [el("li", issue.message) for issue in others[:12]]
    body = say_mostly_unread(unread) is not None
    ledger = el(
        "details", el("summary", f"没有读入的部分 {len(unread)} 处"), el("ul", missing), class_="warned unread", open=body
    )
    warnings = el("details", el("summary", f"读入时的提示 {len(others)} 条"), el("ul", warned), class_="warned")
    return join(ledger if unread else None, warnings if others else None)


class _Headings:
    """The headings of a document, found by line."""

    def __init__(self, doc: ParsedDocument) -> None:
        self.text = doc.text
        kinds = ("title", "heading", "attachment")
        self.sections = sorted((s for s in doc.outline if s.kind in kinds and s.end > s.start), key=lambda s: s.start)
        self.ends = [s.end for s in self.sections]
        # headings do not overlap one another, so their ends are in order too; where a parser breaks that, order wins over speed
        if self.ends != sorted(self.ends):
            self.ends = [max(self.ends[: i + 1]) for i in range(len(self.ends))]

    def at(self, line: Span) -> list[Section]:
        """The headings that meet a line."""
        found = []
        for section in self.sections[bisect_left(self.ends, line.start + 1) :]:
            if section.start >= line.end:
                break
            if section.span.overlaps(line):
                found.append(section)
        return found

    def whole(self, line: Span) -> Section | None:
        """The heading that takes up a whole line, but for a full stop."""
        core = Span(line.start, max(line.start, line.end - 1))
        return next((s for s in self.at(line) if s.span.trimmed(self.text).covers(core)), None)

    def place(self, line: Span) -> str | None:
        """The id by which the outline reaches a line."""
        found = self.at(line)
        return f"at-{found[0].start}" if found else None

    def bold(self, line: Span) -> list[Layer]:
        """Headings that are followed by text on their own line."""
        return [Layer(s.span, "b") for s in self.at(line) if s.number]

    def paragraph(self, lines: Sequence[Span], marks: Sequence[Layer]) -> Html:
        """A heading, also one that was broken over several lines."""
        section = self.whole(lines[0])
        depth = min(section.depth, 4) if section else 1
        kind = "title" if section and section.kind == "title" else f"h d{depth}"
        return el("p", [wrap_layers(self.text, line, marks) for line in lines], class_=kind, id=self.place(lines[0]))


def _marks(quotes: Sequence[Span]) -> list[Layer]:
    spans = merge_spans(quotes)
    first = next((i for i, span in enumerate(spans) if span.covers(quotes[0])), 0) if quotes else 0
    return [Layer(span, "mark", None, "quote" if i == first else None) for i, span in enumerate(spans)]


def _window(text: str, focus: int) -> Span:
    """The stretch shown, cut at line ends where lines are of a length people write."""
    if len(text) <= WINDOW:
        return Span(0, len(text))
    start = max(0, min(focus - WINDOW // 2, len(text) - WINDOW))
    start = max(start - LINE, text.rfind("\n", 0, start) + 1) if start else 0
    end = text.find("\n", min(len(text), start + WINDOW), start + WINDOW + LINE)
    return Span(start, end if end >= 0 else min(len(text), start + WINDOW + LINE))


def _parts(doc: ParsedDocument, shown: Span) -> Iterator[tuple[Span, Table | None]]:
    """Lines that are not empty, and tables in their places."""
    position = shown.start
    for table in sorted(doc.tables, key=lambda t: t.span.start):
        if table.span.start < position or table.span.end > shown.end or not table.rows:
            continue
        yield from ((line, None) for line in _lines(doc.text, position, table.span.start))
        yield table.span, table
        position = table.span.end
    yield from ((line, None) for line in _lines(doc.text, position, shown.end))


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        line = Span(start, stop).trimmed(text)
        if len(line):
            yield line
        start = stop + 1


def _table(text: str, table: Table, marks: Sequence[Layer]) -> Html:
    rows = table.rows
    out = []
    for r, row in enumerate(rows):
        cells = []
        for c, span in enumerate(row):
            above = rows[r - 1][c] if r and c < len(rows[r - 1]) else None
            if len(span) and ((c and row[c - 1] == span) or above == span):
                continue  # a merged cell stands once
            wide = tall = 1
            while len(span) and c + wide < len(row) and row[c + wide] == span:
                wide += 1
            while len(span) and r + tall < len(rows) and c < len(rows[r + tall]) and rows[r + tall][c] == span:
                tall += 1
            inner = wrap_layers(text, span.trimmed(text), marks) if len(span) else EMPTY
            tag = "th" if r < table.header_rows else "td"
            cells.append(el(tag, inner, colspan=wide if wide > 1 else None, rowspan=tall if tall > 1 else None))
        out.append(el("tr", cells))
    return el("div", el("table", out), class_="scroll", tabindex="0")
