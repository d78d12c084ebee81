"""Find the clauses that make units responsible: 责任单位：…, （…牵头，…配合）, 由…牵头."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Span
from graph.facts import UnitRole
from graph.lexicon import entries, expand, table, word_lists
from graph.units.find import ListedUnit, read_unit_list
from graph.units.pieces import runs_on, split_pieces
from graph.units.resolve import body_of
from graph.units.words import CLOSING, OPENING, is_named_unit, is_unit

_LONGEST = 1500
_DUTY_WORDS = re.compile(expand(r"{assigning_words}"))
_MARK = re.compile("[" + re.escape(OPENING + CLOSING) + r"]|\n\n")
_HEADING = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、]|第[一二三四五六七八九十百]{1,5}[条章])"
)
_BY = re.compile(expand(r"由([^，。；：（）()\n]{2,80}?)({acting_as})(?!{no_role})"))
_WITH = re.compile(expand(r"[，,、]([^，。；：\n]{2,80}?)等?(?:{helping_manners}?{support_verbs}|{funding})"))
# what a bracket says of brackets: 。逗号前为牵头单位，下同 / 。以下工作均需各县（市、区）落实
_NOTE = re.compile(expand(r"[。；;，,]{list_notes}"))
# 责任单位：A、B，以下政策均需各县（市、区）落实
_ALL_BELOW = re.compile(expand(r"[。；;，,]以下[^）)〕\]]{0,12}[均都由需]"))
_OFFICES = word_lists()["office_ends"]
_TIME_LABEL = re.compile(expand(r"^[一-龥]{0,4}{time_labels}(?:要求)?[:：]\s*"))
_DATE = re.compile(expand(r"\d{4}年|\d{1,2}月|{time_words}"))


@dataclass(frozen=True, slots=True)
class ResponsibilityClause:
    """A clause that makes units responsible.

    Attributes:
        span: Label, list and bracket.
        units: The units, with their roles.
        deadline: One that is written next to the list.
        running: Whether it stands in running text (由市商务局牵头), which may name others further on; no list with a label or in brackets.
    """

    span: Span
    units: tuple[ListedUnit, ...]
    deadline: str | None = None
    running: bool = False


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    return {row[0]: row[1] for row in table("unit_labels.tsv")}


@lru_cache(maxsize=1)
def _label() -> re.Pattern[str]:
    # a label may be broken by the end of a line
    names = "|".join("\\n?".join(map(re.escape, name)) for name in sorted(_labels(), key=len, reverse=True))
    # 责任单位：, 【牵头单位】, 责任单位（部门）：, 责任单位为：
    return re.compile(rf"({names})(?:（[^）\n]{{1,8}}）|\([^)\n]{{1,8}}\)|为|是|有)?[ \t\u3000]*(?:[:：∶﹕︰]|[】\]][:：∶﹕]?)")


@dataclass(frozen=True, slots=True)
class _Labelled:
    start: int
    list_start: int
    kind: str


def find_responsibilities(text: str, start: int, end: int) -> list[ResponsibilityClause]:
    """Find every clause of ``text[start:end]`` that makes units responsible, in order."""
    found = _labelled(text, start, end)
    taken = [duty.span for duty in found]
    for duty in _bracketed(text, start, end):
        if not any(duty.span.overlaps(span) for span in taken):
            found.append(duty)
    taken = [duty.span for duty in found]
    for duty in _named_in_sentence(text, start, end):
        if not any(duty.span.overlaps(span) for span in taken):
            found.append(duty)
    return sorted(found, key=lambda duty: duty.span)


def _labelled(text: str, start: int, end: int) -> list[ResponsibilityClause]:
    labels = [_Labelled(m.start(), m.end(), _labels()[m.group(1).replace("\n", "")]) for m in _label().finditer(text, start, end)]
    starts = [label.start for label in labels]
    out: list[ResponsibilityClause] = []
    for i, label in enumerate(labels):
        if label.kind not in ("lead", "responsible", "supporting"):
            continue
        limit = min(end, label.list_start + _LONGEST, starts[i + 1] if i + 1 < len(labels) else end)
        stop, closed = _list_end(text, label.list_start, limit, start)
        note = _ALL_BELOW.search(text, label.list_start, stop)
        stop = note.start() if note else stop
        role: UnitRole = label.kind  # type: ignore[assignment]
        units = tuple(
            ListedUnit(unit.name, _role(role, unit.role), unit.span) for unit in read_unit_list(text, label.list_start, stop)
        )
        if not units:
            continue
        deadline = None
        if i + 1 < len(labels) and labels[i + 1].kind == "deadline" and labels[i + 1].start - stop <= 3:
            deadline = _deadline_text(text, labels[i + 1].list_start, end)
        begin = label.start - 1 if label.start > start and text[label.start - 1] in OPENING else label.start
        out.append(ResponsibilityClause(Span(begin, closed), units, deadline))
    return out


def _role(label: UnitRole, verb: UnitRole | None) -> UnitRole:
    # 牵头单位：A按职责负责 stays lead; 责任单位：A牵头，B配合 follows the verbs
    return verb if verb in ("lead", "supporting") else label


def _list_end(text: str, begin: int, limit: int, floor: int) -> tuple[int, int]:
    """Where a labelled list ends, and where its bracket is closed."""
    depth = 0
    inside = _inside_bracket(text, begin, floor)
    i = begin
    while i < limit:
        char = text[i]
        if char in OPENING:
            depth += 1
        elif char in CLOSING:
            if depth == 0:
                return i, i + 1
            depth -= 1
        elif depth == 0 and char == "。":
            return i, i
        elif char == "\n" and depth == 0:
            written = text[begin:i].strip()
            # a list may run on over a line break: nothing yet, a separator at the end, or its bracket still open
            open_end = not written or written[-1] in "、，,"
            goes_on = open_end or (not _HEADING.match(text, i + 1) and (inside or runs_on(text, begin, i, limit)))
            if not goes_on or (text[i : i + 2] == "\n\n" and not open_end):
                return i, i
        elif depth == 0 and char in "；;":
            rest = text[i + 1 : min(limit, i + 40)]
            head = next((rest[a:b] for a, b in split_pieces(rest, 0, len(rest))), "")
            if not is_unit(head.strip()):
                return i, i
        i += 1
    return limit, limit


def _inside_bracket(text: str, position: int, floor: int) -> bool:
    low = max(floor, position - 200)
    before = text[low:position]
    return sum(map(before.count, OPENING)) > sum(map(before.count, CLOSING))


def _deadline_text(text: str, begin: int, end: int) -> str | None:
    stop = begin
    while stop < min(end, begin + 40) and text[stop] not in "。；;\n）)〕】]］":
        stop += 1
    return text[begin:stop].strip() or None


def _bracketed(text: str, start: int, end: int) -> list[ResponsibilityClause]:
    out: list[ResponsibilityClause] = []
    position = start
    for begin, close in _brackets(text, start, end):
        if begin < position:
            continue
        duty = _bracket(text, begin, close, start, end)
        if duty:
            out.append(duty)
            position = close
    return out


def _brackets(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Closed brackets, at most two deep, in order; kinds of brackets are mixed often enough not to be told apart."""
    out: list[tuple[int, int]] = []
    opened: list[int] = []
    for match in _MARK.finditer(text, start, end):
        char = match.group()
        if char in OPENING:
            opened.append(match.start())
        elif char not in CLOSING:
            opened.clear()  # no list runs over an empty line
        elif opened:
            begin = opened.pop()
            if len(opened) < 2 and match.end() - begin <= _LONGEST:
                out.append((begin, match.end()))
    return sorted(out)


def _bracket(text: str, begin: int, close: int, start: int, end: int) -> ResponsibilityClause | None:
    inner_start, inner_end = begin + 1, close - 1
    note = _NOTE.search(text, inner_start, inner_end)
    if note:
        inner_end = note.start()
    inner = text[inner_start:inner_end]
    if len(inner) < 3:
        return None
    verbs = _DUTY_WORDS.search(inner) is not None
    if not verbs and inner[-1] not in _last_characters():
        return None
    if "。" in inner and not verbs:
        return None
    units = read_unit_list(text, inner_start, inner_end)
    if not units:
        return None
    if verbs and any(unit.role for unit in units):
        if not any(is_named_unit(unit.name) or is_unit(unit.name) for unit in units):
            return None
        cut = [text[a:b].strip() for a, b in split_pieces(text, inner_start, inner_end)]
        deadline = next((piece for piece in cut if _DATE.search(piece) and not is_unit(piece) and len(piece) < 24), None)
        deadline = _TIME_LABEL.sub("", deadline) if deadline else None
        return ResponsibilityClause(
            Span(begin, close), tuple(ListedUnit(u.name, u.role or "responsible", u.span) for u in units), deadline
        )
    return _bare(text, begin, inner_end + 1 if note else close, units, start, end)


@lru_cache(maxsize=1)
def _last_characters() -> frozenset[str]:
    return frozenset(entry[-1] for entry in entries("unit_suffixes.txt")) | frozenset("等）)")


def _bare(text: str, begin: int, close: int, units: list[ListedUnit], start: int, end: int) -> ResponsibilityClause | None:
    """（市经信局、市科技局） at the end of a sentence or line: nothing but units.

    One alone has to be a known department, or an office (国际合作处) behind a full stop at the end of its paragraph; behind a
    unit it is that unit's other name: 市委宣传部（市文明办）.
    """
    before = text[begin - 1] if begin > start else ""
    ends_line = close >= end or text[close] == "\n" or text[close : close + 2] in ("。\n", "。")
    behind_sentence = before in "。；;.\n"
    if not behind_sentence and (not ends_line or before in "局委办厅部院会处室心司府"):
        return None
    cut = [text[a:b].strip() for a, b in split_pieces(text, begin + 1, close - 1)]
    if len(cut) > len(units) + 1 or sum(len(unit.span) for unit in units) < 0.6 * (close - begin - 2):
        return None
    named = any(is_named_unit(unit.name) for unit in units)
    if len(units) == 1 and not behind_sentence:
        named = body_of(units[0].name) is not None
    offices = behind_sentence and ends_line and all(unit.name.endswith(_OFFICES) for unit in units)
    if not named and not offices:
        return None
    return ResponsibilityClause(Span(begin, close), tuple(ListedUnit(u.name, u.role or "responsible", u.span) for u in units))


def _named_in_sentence(text: str, start: int, end: int) -> list[ResponsibilityClause]:
    """由市商务局牵头，市财政局、市税务局配合 in running text; only units with a name of their own."""
    out: list[ResponsibilityClause] = []
    for match in _BY.finditer(text, start, end):
        units = [unit for unit in read_unit_list(text, match.start(1), match.end(1)) if is_named_unit(unit.name)]
        if not units:
            continue
        role: UnitRole = "lead" if match.group(2) in ("牵头", "主办") else "responsible"
        found = [ListedUnit(unit.name, unit.role or role, unit.span) for unit in units]
        stop = match.end()
        others = _WITH.match(text, stop, end)
        if others:
            helpers = [unit for unit in read_unit_list(text, others.start(1), others.end(1)) if is_unit(unit.name)]
            found += [ListedUnit(unit.name, "supporting", unit.span) for unit in helpers]
            stop = others.end()
        out.append(ResponsibilityClause(Span(match.start(), stop), tuple(found), running=True))
    return out
