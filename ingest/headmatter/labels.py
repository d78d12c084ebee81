"""Index tables and page headers (索引号, 发文机关, 成文日期 …): label and value in pipes, after a colon, or on the next line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Span
from ingest.lexicon import label_of, labels
from ingest.lines.lines import TextLine

_BLANK = re.compile(r"[\s　\xa0]+")
_COLON = re.compile(r"[:：]")
_AROUND = " 　\t|[]【】-·"
_WORD = re.compile(rf"[^{re.escape(_AROUND)}]")
_CELL = re.compile(r"[^|｜\t]+")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value found beside its label; an empty value means that the label stands there with nothing after it."""

    field: str
    label: str
    value: Span


@lru_cache(maxsize=1)
def _label_pattern() -> re.Pattern[str]:
    spaced = (r"[ 　\xa0]{0,8}".join(map(re.escape, label)) for label in sorted(labels(), key=len, reverse=True))
    return re.compile(rf"(?<![一-龥])[\[【〔]?({'|'.join(spaced)})[\]】〕]?[ 　\xa0]{{0,8}}[:：]")


@lru_cache(maxsize=1)
def _first_characters() -> frozenset[str]:
    """What a line of labels may begin with: a label, its bracket, the digits of a date before it."""
    return frozenset({"〔", "1", "2", *(label[0] for label in labels())})


def read_labels(text: str, lines: Sequence[TextLine]) -> tuple[list[Labelled], set[int]]:
    """The labelled values in some lines, and the indices (into ``lines``) of the lines that belong to an index table."""
    found: list[Labelled] = []
    used: set[int] = set()
    i = 0
    while i < len(lines):
        line = lines[i]
        content = text[line.start : line.end]
        if "|" in content or "｜" in content or "\t" in content:
            cells = _read_cells(text, line, found)
            if cells:
                used.add(i)
                i += 1
                continue
        if len(content) <= 400 and _read_inline(text, line, found):
            used.add(i)
            if found and len(found[-1].value) == 0 and found[-1].value.start == line.end and i + 1 < len(lines):
                i = _take_next_value(text, lines, i, found, used, alone=len(found[-1].label) + 2 >= len(_BLANK.sub("", content)))
                continue
            i += 1
            continue
        label = label_of(content)
        if label is not None and len(label) >= 2 and (content[-1] in ":：" or _in_series(text, lines, i, used)):
            used.add(i)
            found.append(Labelled(labels()[label], label, Span(line.end, line.end)))
            i = _take_next_value(text, lines, i, found, used, alone=True)
            continue
        i += 1
    return found, used


def _in_series(text: str, lines: Sequence[TextLine], i: int, used: set[int]) -> bool:
    """A bare label counts when another label stands nearby; 名称 or 标题 alone on a line may be anything."""
    if i - 1 in used or i - 2 in used:
        return True
    return any(label_of(text[line.start : line.end]) for line in lines[i + 1 : i + 4])


def _take_next_value(text: str, lines: Sequence[TextLine], i: int, found: list[Labelled], used: set[int], *, alone: bool) -> int:
    """Take the next line as the value of the label on line ``i`` unless it is a label itself. Returns the next index."""
    nxt = i + 1
    if not alone or nxt >= len(lines):
        return nxt
    line = lines[nxt]
    content = text[line.start : line.end]
    if label_of(content) is not None or _label_pattern().match(content) or line.end - line.start > 120:
        return nxt
    if "|" in content:
        return nxt
    last = found[-1]
    if last.field == "-" and (len(content) > 40 or re.search(r"关于|印发|《", content)):
        return nxt
    if last.field.endswith("_on") and not re.match(r"[\[（(]?(?:19|20|二)", content):
        return nxt
    if last.field == "status" and len(content) > 8:
        return nxt
    found[-1] = Labelled(last.field, last.label, line.span)
    used.add(nxt)
    return nxt + 1


def _read_cells(text: str, line: TextLine, found: list[Labelled]) -> bool:
    """A line of cells: label | value | label | value."""
    cells = [Span(m.start(), m.end()).trimmed(text) for m in _CELL.finditer(text, line.start, line.end)]
    hit = False
    pending: str | None = None
    for cell in cells:
        content = cell.of(text)
        label = label_of(content)
        if label is not None:
            if pending is not None:
                found.append(Labelled(labels()[pending], pending, Span(cell.start, cell.start)))
            pending, hit = label, True
        elif pending is not None and _label_pattern().match(content):
            # 文号： | 发布日期：2026-02-25
            found.append(Labelled(labels()[pending], pending, Span(cell.start, cell.start)))
            pending = None
            _read_inline(text, TextLine(cell.start, cell.end), found)
        elif pending is not None:
            found.append(Labelled(labels()[pending], pending, cell))
            pending = None
        elif content and len(content) <= 200 and _read_inline(text, TextLine(cell.start, cell.end), found):
            hit = True
    if pending is not None:
        found.append(Labelled(labels()[pending], pending, Span(line.end, line.end)))
    return hit


def _read_inline(text: str, line: TextLine, found: list[Labelled]) -> bool:
    """Label：value, once or several times in a line; the first label must open the line, or follow a date."""
    first = _WORD.search(text, line.start, line.end)
    if first is None or text[first.start()] not in _first_characters() or _COLON.search(text, line.start, line.end) is None:
        return False
    matches = list(_label_pattern().finditer(text, line.start, line.end))
    if not matches:
        return False
    lead = text[line.start : matches[0].start()].strip(_AROUND)
    if lead and not re.fullmatch(r"(?:19|20)\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?", lead):
        return False
    if not lead and len(matches) == 1 and line.end - matches[0].end() > 120:
        return False
    if lead:
        start = text.index(lead, line.start)
        found.append(Labelled("published_on", "", Span(start, start + len(lead))))
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        end = following.start() if following else line.end
        value = Span(match.end(), end).trimmed(text)
        value = value if len(value) else Span(end, end)
        label = _BLANK.sub("", match.group(1))
        found.append(Labelled(labels()[label], label, value))
    return True
