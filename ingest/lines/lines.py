"""Splits a text into lines without white space at their edges, and finds line breaks that were lost."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from corpus.document import Span
from ingest.lexicon import expand
from ingest.lines.breaks import find_head_breaks, find_numbered_breaks, find_signature_breaks
from ingest.lines.marks import OPENERS, Mark, mark_at

_EDGE = " \t\r\f\v　\xa0\ufeff\u2002\u2003\u2028\u2029\u200b\ue5e5\ue004\ue010"
_LINE = re.compile(rf"[^\n{_EDGE}](?:[^\n]*[^\n{_EDGE}])?")
_INNER = re.compile(expand(r"[ 　\xa0\t](?<![ 　\xa0\t]{2})[ 　\xa0\t]*+(?=[{numerals}(（第\d①-⑳])"))
"""Blanks before a number. The whole run at once: a run that is tried from each of its blanks takes the square of its length."""
_GLUED = re.compile(expand(r"[（(](?<=[一-龥”」）)。][（(])(?:\d{1,2}|[{numerals}]{1,3})[）)](?=[一-龥“])"))
"""A number glued between words, where the line breaks of a text were lost: …服务（6）优化…."""
RECORD = re.compile(r"(?:19|20)\d\d[-年./]\d{1,2}[-月./]\d{1,2}日?(?: \d{1,2}:\d\d(?::\d\d)?)? {0,3}[|｜]")
"""A line of a table of documents: date | organ | title | text."""
_DAY = r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日"
_SEAM = re.compile(
    expand(
        r"(?<=[{title_end_letters}》)）])[（(]" + _DAY + r"[)）](?=[一-龥]{2,12}[〔\[【(（﹝［](?:19|20)\d\d)"
        r"|(?<=[。！])(?=" + _DAY + r"\n)"
        r"|" + _DAY + r"(?=\d{1,2}[.．、]\s?[一-龥]{4,40}关于)"
        r"|(?<={annex_ends})(?:\.(?:docx?|xlsx?|pdf|wps))?(?=[一-龥]{4,40}{signer_ends}" + _DAY + r"\n)"
    )
)
"""Where a line break was lost: a dated title | its number, a signature | the next title, the last attachment listed | a signature."""
_DATE = re.compile(_DAY)
_AHEAD = 60
"""How far a seam looks beyond the end of its line."""
_RUN_ON = re.compile(expand(r"[。；;：:](?=\d{1,2}[.．、](?!\d)|[（(][{numerals}]{1,3}[)）]|[{numerals}]{1,3}、)"))
_FIRST_GLUED = re.compile(r"1[.．、](?!\d)")
_HEAD_LINES = 3
_SHORT_HEAD = 40
_RUN_ON_LINE, _RUN_ON_SHARE, _VERY_LONG = 120, 2.5, 1500
"""A line is read as a document without breaks from so many characters on, where it is this part of the text or very long."""
_LONG = 200
"""A line longer than this may be a whole document on one line, its paragraphs set apart by blanks only."""


@dataclass(slots=True)
class TextLine:
    """One line, trimmed; ``piece`` is true for a stretch of a longer line that was cut before a number.

    Not frozen, because it remembers its number: one is made for every line, and several stages ask what it opens with.
    """

    start: int
    end: int
    piece: bool = False
    _asked: bool = field(default=False, compare=False, repr=False)
    _mark: Mark | None = field(default=None, compare=False, repr=False)

    def mark(self, text: str) -> Mark | None:
        """The number the line opens with."""
        if not self._asked:
            self._mark, self._asked = mark_at(text, self.start, self.end), True
        return self._mark

    @property
    def span(self) -> Span:
        """The line as a span."""
        return Span(self.start, self.end)


def lines_of(text: str, *, lost_breaks: bool = True) -> list[TextLine]:
    """The lines that are not blank. Very long lines are also cut where a number of a numbered series follows a blank.

    With ``lost_breaks`` a text that came as one line gets its headings, items, head and signature back.
    """
    out: list[TextLine] = []
    spans = list(_line_spans(text))
    run_on = _find_lost_breaks(text, spans) if lost_breaks else []
    if run_on:
        spans = list(_cut_at_seams(text, spans, run_on))
        breaks = set(run_on)
    for start, end in spans:
        if run_on and start in breaks:
            out.append(TextLine(start, end, piece=True))
        elif not out and RECORD.match(text, start, end):
            out += _cut_record(text, start, end)
        elif end - start > _LONG:
            out += _cut_long_line(text, start, end)
        else:
            out.append(TextLine(start, end))
    return _cut_run_on_lines(text, out)


def _find_lost_breaks(text: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """The places of line breaks that long lines have lost, where a line holds most of a document, or all of its head."""
    if not spans:
        return []
    whole = spans[-1][1] - spans[0][0]
    out: set[int] = set()
    for k, (start, end) in enumerate(spans):
        size = end - start
        if k < _HEAD_LINES and size >= _SHORT_HEAD and (size >= _LONG or 2 * size >= whole):
            out.update(find_head_breaks(text, start, end))
        if size >= _RUN_ON_LINE and (_RUN_ON_SHARE * size >= whole or size >= _VERY_LONG):
            out.update(find_numbered_breaks(text, start, end))
            out.update(find_signature_breaks(text, start, end))
    return sorted(out)


def _find_glued_series(text: str, lines: Sequence[TextLine]) -> dict[int, list[int]]:
    """Numbers in brackets glued between words that count on from one through the lines (1.提升便利度(1)优化…, 2.…(3)深化…)."""
    chain: list[tuple[int, int]] = []
    last = 0
    kept: dict[int, list[int]] = {}
    if _GLUED.search(text) is None:
        return kept
    for i, line in enumerate(lines):
        opening = line.mark(text) if text[line.start] in "（(" else None
        if opening is not None and opening.style == "(1)":
            last = opening.value
        for match in _GLUED.finditer(text, line.start + 1, line.end):
            mark = mark_at(text, match.start(), line.end)
            if mark is None or mark.style != "(1)" or mark.value not in (1, last + 1):
                continue
            if mark.value == 1:
                chain = []
            last = mark.value
            chain.append((i, match.start()))
            if len(chain) >= 3:
                for k, at in chain if len(chain) == 3 else chain[-1:]:
                    kept.setdefault(k, []).append(at)
    return kept


def _find_run_on_numbers(text: str, start: int, end: int) -> list[int]:
    """Where a number stands behind the end of a sentence, or a first number behind a word."""
    places = [match.end() for match in _RUN_ON.finditer(text, start, end)]
    return places + [m.start() for m in _FIRST_GLUED.finditer(text, start + 1, end) if "一" <= text[m.start() - 1] <= "龥"]


def _cut_run_on_lines(text: str, lines: list[TextLine]) -> list[TextLine]:
    """Cut a line before a number that goes on counting where the line break before it was lost (…办理。36.健全…, then 37.)."""
    glued = _find_glued_series(text, lines)
    starts = [line.start for line in lines]
    near = {bisect_right(starts, place) - 1 for place in _find_run_on_numbers(text, 0, len(text))}
    hits = sorted({*(i for i in near if i >= 0 and _find_run_on_numbers(text, lines[i].start, lines[i].end)), *glued})
    if not hits:
        return lines
    opened = [line.mark(text) if text[line.start] in OPENERS else None for line in lines]
    following: list[dict[str, int]] = [{}] * len(lines)
    ahead: dict[str, int] = {}
    wanted = set(hits)
    for i in range(len(lines) - 1, -1, -1):
        if i in wanted:
            following[i] = dict(ahead)
        mark = opened[i]
        if mark is not None:
            ahead[mark.style] = mark.value
    out: list[TextLine] = []
    last: dict[str, int] = {}
    for i, line in enumerate(lines):
        mark = opened[i]
        if mark is not None:
            last[mark.style] = mark.value
        start = line.start
        if i in wanted:
            another: set[str] = set()
            for place in sorted({*_find_run_on_numbers(text, line.start, line.end), *glued.get(i, ())}):
                if place in glued.get(i, ()):
                    out.append(TextLine(start, place, piece=True))
                    start = place
                    continue
                inner = mark_at(text, place, line.end)
                if inner is None or inner.path or inner.style in another:
                    continue
                before, after = last.get(inner.style, 0), following[i].get(inner.style, 0)
                goes_on = inner.value == before + 1 and after != inner.value and (before > 0 or after == inner.value + 1)
                # 二、缴存机制1.按月缴存…, then 2. on the next line: the first number stands behind the heading it belongs to
                begins = inner.value == 1 and after == 2 and mark is not None and mark.style != inner.style
                if begins or (goes_on and (inner.value > 1 or text[place - 1] in "：:")):
                    out.append(TextLine(start, place, piece=True))
                    start = place
                    last[inner.style] = inner.value
                else:
                    # a series of the sentence itself; what follows in this line counts on from it
                    another.add(inner.style)
        out.append(TextLine(start, line.end, piece=True) if start > line.start else line)
    return out


def _find_seams(text: str) -> list[int]:
    """The places where a line break between two documents was lost. All have a date in their line; other lines are not tried."""
    found: list[int] = []
    done = 0
    for date in _DATE.finditer(text):
        if date.start() < done:
            continue
        start = max(done, text.rfind("\n", 0, date.start()) + 1)
        stop = text.find("\n", date.end())
        done = len(text) if stop < 0 else stop + 1
        found += [match.end() for match in _SEAM.finditer(text, start, done + _AHEAD) if match.start() < done]
    return found


def _line_spans(text: str) -> Iterable[tuple[int, int]]:
    """What stands between line breaks, and between documents whose line break was lost, without white space at its edges."""
    seams = _find_seams(text)
    spans = [match.span() for match in _LINE.finditer(text)]
    return _cut_at_seams(text, spans, seams) if seams else spans


def _cut_at_seams(text: str, spans: Sequence[tuple[int, int]], seams: Sequence[int]) -> Iterator[tuple[int, int]]:
    k = 0
    for start, end in spans:
        while k < len(seams) and seams[k] < end:
            if seams[k] > start:
                yield from (piece.span() for piece in _LINE.finditer(text, start, seams[k]))
                start = seams[k]
            k += 1
        yield from (piece.span() for piece in _LINE.finditer(text, start, end))


def _cut_record(text: str, start: int, end: int) -> list[TextLine]:
    """The first cells of a record as lines of their own, the text as the lines it would be alone."""
    out: list[TextLine] = []
    for _ in range(3):
        bar = min((at for sign in "|｜" if (at := text.find(sign, start, min(end, start + 160))) >= 0), default=-1)
        if bar < 0:
            break
        cell = Span(start, bar).trimmed(text)
        if len(cell):
            out.append(TextLine(cell.start, cell.end, piece=True))
        start = bar + 1
    while start < end and text[start] in _EDGE:
        start += 1
    return out + (_cut_long_line(text, start, end) if start < end else [])


def _find_glued_numbers(text: str, start: int, end: int) -> list[int]:
    """Where a run of at least three numbers in brackets, from one on, stands between words without a break."""
    runs: list[list[int]] = []
    last: dict[str, tuple[int, list[int]]] = {}
    for match in _GLUED.finditer(text, start, end):
        mark = mark_at(text, match.start(), end)
        if mark is None:
            continue
        before, run = last.get(mark.style, (0, []))
        if mark.value == 1:
            run = []
            runs.append(run)
        elif mark.value != before + 1:
            continue
        run.append(match.start())
        last[mark.style] = (mark.value, run)
    return [at for run in runs if len(run) >= 3 for at in run]


def _cut_long_line(text: str, start: int, end: int) -> list[TextLine]:
    cuts: list[int] = _find_glued_numbers(text, start, end)
    last: dict[str, int] = {}
    for match in _INNER.finditer(text, start, end):
        at = match.end()
        mark = mark_at(text, at, end)
        if mark is None or mark.style in ("1.1", "1.1.1", "1.1.1.1"):
            continue
        before = text[match.start() - 1] if match.start() > start else "。"
        # a blank inside a line is weak evidence: the series has to start or go on with this very number
        if mark.value not in (1, last.get(mark.style, 0) + 1) or (
            mark.style in ("1.", "1)") and before not in "。；;：:！？”」）)》"
        ):
            continue
        last[mark.style] = mark.value
        cuts.append(at)
    out: list[TextLine] = []
    for at in [*sorted(set(cuts)), end]:
        stop = at
        while stop > start and text[stop - 1] in _EDGE:
            stop -= 1
        if stop > start:
            out.append(TextLine(start, stop, piece=bool(cuts)))
        start = at
    return out


def first_line_at(lines: Sequence[TextLine], position: int) -> int:
    """The index of the first line that starts at or after a position."""
    return bisect_left(lines, position, key=lambda line: line.start)


def covered_lines(lines: Sequence[TextLine], spans: Iterable[Span]) -> list[int]:
    """The indices of the lines that lie wholly inside one of the spans."""
    out: list[int] = []
    for span in spans:
        i = first_line_at(lines, span.start)
        while i < len(lines) and lines[i].end <= span.end:
            out.append(i)
            i += 1
    return out
