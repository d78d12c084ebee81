"""Finds the line breaks that a text has lost: pasted text, recognised scans and data sets that hold a whole document on one line.

Every number that could open a heading or an item is a candidate. One dynamic programme over all of them keeps those that count on from
each other and nest (一、（一）1．2．（二）1．…); what is only quoted (按照（三）项) fits into no series. Title, document number, addressees and
signature are found by their form. The text itself is not changed: what is found are places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.lexicon import expand
from ingest.lines.marks import RANK, Mark, mark_at
from ingest.lines.organs import DOC_NUMBER, is_organ, kind_of

_CANDIDATE = re.compile(
    expand(
        r"[（(〔]\s?(?:[{numerals}]{1,3}|\d{1,2})\s?[)）〕]"
        r"|(?<![第{numerals}])[{numerals}]{1,3}、"
        r"|(?<![\d.．第])\d{1,2}\s?(?:[.．](?!\d)|、)"
        r"|第[{numerals}百零]{1,5}[章节条]"
    )
)
_QUOTING = re.compile(expand(r"{before_quoted_number}\Z"))
_BEAM = 24
_STRONG, _FAIR, _WEAK = 2.0, 1.2, 0.0
_GLUED_LIST, _GLUED_POINT = -1.2, -0.4
"""What a number glued to the word before it loses: 统一、 is a word, 方案1. may be a lost break."""
_OPEN, _NEXT, _RESUME, _PASSED_OVER = -0.9, 1.0, 0.6, -0.25
"""What a first number costs, a next one gains, one that goes on counting in another chapter gains, a clear candidate left out costs."""
_DAY = r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日"
_SIGNED = re.compile(r"(?<=[。！!；：:）)])(?P<organ>[一-龥、（）()]{4,60}?)(?P<date>" + _DAY + r")")
_ADDRESSEES = re.compile(expand(r"(?=[^。；：:]{0,40}(?:{addressees}))[一-龥（()）、，,\s]{4,120}[：:]"))
_BODY = re.compile(expand(r"{body_openers_run_on}|[（(]?一[、）)]|第一[章条]"))
_LETTER = re.compile(expand(r"{letters}$"))
_TITLE_REACH = 110


@dataclass(frozen=True, slots=True)
class _Candidate:
    at: int
    mark: Mark
    evidence: float


@dataclass(frozen=True, slots=True)
class _State:
    """A reading of the numbers so far: the open series, outermost first, the last number of each style, the places taken."""

    stack: tuple[tuple[str, int], ...]
    last: tuple[tuple[str, int], ...]
    score: float
    taken: tuple[_Candidate, ...]


def find_numbered_breaks(text: str, start: int, end: int) -> list[int]:
    """The places of ``text[start:end]`` where a heading or an item begins, found by its number, in order.

    Empty where the numbers do not make at least two series, or one of the outermost style: a list inside a sentence is no outline.

    Example:
        >>> text = "方案如下。一、目标。（一）建设。（二）管理。二、保障。按照（三）项执行。"
        >>> [text[at : at + 3] for at in find_numbered_breaks(text, 0, len(text))]
        ['一、目', '（一）', '（二）', '二、保']
    """
    candidates = list(_candidates(text, start, end))
    if len(candidates) < 2:
        return []
    best = _best_reading(candidates)
    kept = _without_singles(best.taken)
    styles = {candidate.mark.style for candidate in kept}
    if len(styles) < 2 and not styles & {"一、", "章", "条"}:
        return []
    return [candidate.at for candidate in kept]


def _candidates(text: str, start: int, end: int) -> Iterator[_Candidate]:
    for match in _CANDIDATE.finditer(text, start, end):
        at = match.start()
        mark = mark_at(text, at, end)
        if mark is None or mark.path or mark.style not in RANK or mark.value < 1:
            continue
        before = text[at - 1] if at > start else "\n"
        if before in "。；;！!？?\n":
            evidence = _STRONG
        elif before in "：:）)】」”》 　\t":
            evidence = _FAIR
        elif _QUOTING.search(text, max(start, at - 8), at):
            continue
        elif mark.style in ("(一)", "(1)"):
            evidence = _WEAK
        else:
            evidence = _GLUED_LIST if mark.style in ("一、", "条", "章", "节") else _GLUED_POINT
        yield _Candidate(at, mark, evidence)


def _best_reading(candidates: list[_Candidate]) -> _State:
    states = [_State((), (), 0.0, ())]
    for candidate in candidates:
        reached: dict[tuple[object, object], _State] = {}
        for state in states:
            for following in _followers(state, candidate):
                key = (following.stack, following.last)
                known = reached.get(key)
                if known is None or following.score > known.score:
                    reached[key] = following
        states = sorted(reached.values(), key=lambda state: -state.score)[:_BEAM]
    return states[0]


def _followers(state: _State, candidate: _Candidate) -> Iterator[_State]:
    passed = _PASSED_OVER if candidate.evidence >= _STRONG else 0.0
    yield _State(state.stack, state.last, state.score + passed, state.taken)
    style, value = candidate.mark.style, candidate.mark.value
    depth = next((i for i, (open_style, _) in enumerate(state.stack) if open_style == style), None)
    last = dict(state.last)
    if depth is not None:
        if value != state.stack[depth][1] + 1:
            return
        stack, gain = state.stack[:depth], _NEXT
    else:
        stack = state.stack
        if stack and RANK[style] <= RANK[stack[-1][0]]:
            return
        if value == 1:
            gain = _OPEN
        elif value == last.get(style, 0) + 1:
            gain = _RESUME
        else:
            return
    last[style] = value
    yield _State(
        (*stack, (style, value)),
        tuple(sorted(last.items())),
        state.score + gain + candidate.evidence,
        (*state.taken, candidate),
    )


def _without_singles(taken: tuple[_Candidate, ...]) -> list[_Candidate]:
    """The numbers without series that stop at their first, which a sentence says as often as an outline."""
    out: list[_Candidate] = []
    for i, candidate in enumerate(taken):
        mark = candidate.mark
        if mark.value == 1 and candidate.evidence < _STRONG:
            alone = True
            for following in taken[i + 1 :]:
                if following.mark.style == mark.style:
                    alone = following.mark.value != 2
                    break
                if RANK[following.mark.style] < RANK[mark.style]:
                    break
            if alone:
                continue
        out.append(candidate)
    return out


def find_head_breaks(text: str, start: int, end: int) -> list[int]:
    """Where the head of a document on one line comes apart: before and behind its number, behind title and addressees.

    ``某县政府办公室关于…的意见某政办发〔2025〕12号各乡镇人民政府：　　为…`` gives the ends of title, number and addressees. Empty where the line
    does not begin with a title or a number.
    """
    cuts: list[int] = []
    at = start
    number = DOC_NUMBER.match(text, start, min(end, start + 60))
    if number is not None:
        at = number.end()
        cuts.append(at)
    title = _title_end(text, at, end)
    if title is None:
        return cuts if number is not None and number.end() < end else []
    cuts.append(title)
    at = _skip_blanks(text, title, end)
    number = DOC_NUMBER.match(text, at, min(end, at + 60))
    if number is not None:
        at = _skip_blanks(text, number.end(), end)
        cuts.append(at)
    to = _ADDRESSEES.match(text, at, min(end, at + 160))
    if to is not None:
        cuts.append(_skip_blanks(text, to.end(), end))
    return [cut for cut in cuts if start < cut < end]


def find_signature_breaks(text: str, start: int, end: int) -> list[int]:
    """Where organ and date that sign a document are glued to its last sentence, and where the title behind them ends."""
    cuts: list[int] = []
    for match in _SIGNED.finditer(text, start, end):
        organ = match["organ"]
        if not is_organ(organ) or "召开" in organ:
            continue
        after = _skip_blanks(text, match.end(), end)
        title = _title_end(text, after, end) if after < end else None
        if after < end and title is None and text[after] not in "（(附":
            continue
        cuts.append(match.start())
        if after < end:
            cuts.append(after)
        if title is not None:
            cuts.append(title)
    return [cut for cut in cuts if start < cut < end]


def _title_end(text: str, start: int, end: int) -> int | None:
    """The end of a title that opens a stretch: at a kind of document, before a number, addressees or the words that open a body."""
    reach = min(end, start + _TITLE_REACH)
    stop = next((i for i in range(start, reach) if text[i] in "。；;，,：:！？\n"), reach)
    # the addressees end in a colon, the opening sentence in a comma: the title ends before them
    for at in range(start + 6, min(stop, reach) + 1):
        title = text[start:at]
        if title.count("《") != title.count("》") or title.count("（") != title.count("）") or kind_of(title) is None:
            continue
        if "关于印发" in title and _LETTER.search(title) is None:
            continue
        if " " in title.strip() or "\u3000" in title:
            break  # the name of a page and a title, or cells of a table
        following = _skip_blanks(text, at, end)
        if (
            DOC_NUMBER.match(text, following, min(end, following + 60))
            or _ADDRESSEES.match(text, following, min(end, following + 160))
            or _BODY.match(text, following, min(end, following + 12))
        ):
            return at
    return None


def _skip_blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at] in " 　\t\xa0":
        at += 1
    return at
