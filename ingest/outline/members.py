"""Finds where the next document begins in a file of several (汇编)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.divisions import gazetteer
from corpus.document import Span
from ingest.headmatter.title import is_complete_title
from ingest.lexicon import expand
from ingest.lines.dates import find_dates
from ingest.lines.lines import TextLine
from ingest.lines.organs import DOC_NUMBER, bare_title, leading_organs

_REACH = 3
_LONGEST = 200
_HEAD = 20
"""So near to the head, a title much like the first one is the first one again (a page repeats it, with 转载 before it)."""
_DATED = re.compile(r"\s{0,3}[（(](?P<date>[^（）()]{8,20})[)）]$")
_SENTENCE = frozenset("。；;：:，,！!？?、")
_ADDRESSEE = re.compile(expand(r"(?:[^：:。；;\n]{0,40}号\s?)?[^：:。；;\n]{0,12}{addressees}[^：:。\n]{0,160}[：:]$"))


@dataclass(frozen=True, slots=True)
class MemberStart:
    """The first line of a document, the lines its title takes ``[title_first, body)``, its title and the date behind it."""

    first: int
    title_first: int
    body: int
    title: Span
    dated: Span | None = None


def find_member_starts(text: str, lines: Sequence[TextLine], body: int, known: Sequence[str]) -> list[MemberStart]:
    """Where further documents begin after the line ``body``; ``known`` are titles of the first one and of what it issues.

    A title line of its own that names an organ and a kind (3. 某市人民政府关于…的通知（2023年5月4日）), followed by a document
    number or by those addressed. A title that is only listed is followed by neither.
    """
    own = [bare_title(name) for name in known if name]
    out: list[MemberStart] = []
    about = -1
    for i in range(body + 1, len(lines)):
        line = lines[i]
        if line.end - line.start > _LONGEST or text[line.end - 1] in _SENTENCE or text[line.start] in "《“附":
            continue
        if about < line.start:
            about = text.find("关于", line.start)
            if about < 0:
                break
        if about + 2 > line.start + _LONGEST or (out and i < out[-1].body):
            continue
        start = _start_at(text, lines, i)
        if start is None or _is_attachment_label(text, lines[i - 1]):
            continue
        title = bare_title(start.title.of(text))
        if title in own or (i < body + _HEAD and any(title in name or name in title for name in own)):
            continue
        out.append(start)
    return out


def _start_at(text: str, lines: Sequence[TextLine], i: int) -> MemberStart | None:
    line = lines[i]
    mark = line.mark(text)
    begin = Span(mark.span.end if mark else line.start, line.end).trimmed(text).start
    if not leading_organs(text[begin : min(line.end, begin + 80)]):
        return None
    for j in range(i, min(i + _REACH, len(lines))):
        stop = lines[j].end
        if j > i and (lines[j].mark(text) or next(find_dates(text, lines[j - 1].start, lines[j - 1].end), None)):
            return None
        if text[stop - 1] in _SENTENCE or stop - begin > _LONGEST:
            return None
        dated = _DATED.search(text, begin, stop)
        date = next(find_dates(text, dated.start("date"), dated.end("date")), None) if dated else None
        title = Span(begin, dated.start() if dated and date else stop)
        flat = re.sub(r"\s+", "", title.of(text))
        if "关于" in flat and is_complete_title(flat):
            if not _is_followed_by_address(text, lines, j + 1) and not (date and mark):
                return None
            return MemberStart(_with_place(text, lines, i), i, j + 1, title, date[1] if date else None)
    return None


def _is_followed_by_address(text: str, lines: Sequence[TextLine], i: int) -> bool:
    """Whether a document number or an address stands right after the title."""
    if i >= len(lines):
        return False
    line = lines[i]
    lead = text[line.start : line.end].lstrip("（(【[")
    return DOC_NUMBER.match(lead) is not None or _ADDRESSEE.match(text, line.start, line.end) is not None


def _with_place(text: str, lines: Sequence[TextLine], i: int) -> int:
    """The line before, where it only names the division whose documents follow ((三)辽宁省)."""
    before = lines[i - 1]
    if before.end - before.start > 20:
        return i
    mark = before.mark(text)
    name = Span(mark.span.end if mark else before.start, before.end).trimmed(text).of(text)
    return i - 1 if gazetteer().named(name) else i


def _is_attachment_label(text: str, line: TextLine) -> bool:
    """Whether a line is the label of an attachment: what follows it is attached, no document beside the first."""
    return text.startswith("附", line.start) and line.end - line.start <= 8
