"""The history 沿革 of a law or rule from the note under its title 题注: adopted, published, amended 修正 and revised 修订, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.document import Enactment, EnactmentAct, Span
from ingest.lexicon import expand
from ingest.lines.dates import find_dates

LONGEST = 4000
"""Characters of a note; that of a law amended seven times has about 600."""
_REACH = 600
"""Characters below the title within which the note begins: an order number and a table of contents may stand between."""
_ACT = re.compile(expand(r"(?P<act>{enacting})"))
_ACTS: dict[str, EnactmentAct] = {
    "修订": "修订", "修正": "修正", "修改": "修正", "通过": "通过", "批准": "通过", "公布": "公布", "发布": "公布",
    "颁布": "公布", "施行": "施行", "实施": "施行", "废止": "废止",
}  # fmt: skip
_DECISION = re.compile(
    r"《[^《》]{2,160}(?:《[^《》]{2,120}》[^《》]{0,60})?》|《[^《》]{2,120}[〈＜<][^〉＞>]{2,120}[〉＞>][^《》]{0,80}》"
)
_ORDER = re.compile(expand(r"[一-龥]{0,24}令\s?[（(]?\s?第?\s?(?:\d{1,5}|[{numerals_with_zero}]{1,7})\s?号"))
_LEAD = re.compile(expand(r"^{country}?[一-龥]{0,6}{acting_by}"))
# 某市第十六届人民代表大会常务委员会第三次会议, 第十三届全国人民代表大会第一次会议
_SESSION = re.compile(
    expand(
        r"(?P<place>[一-龥]{0,16}?)第[{numerals}\d]{1,4}届"
        r"(?P<organ>(?:全国)?人民代表大会(?:常务委员会)?)第[{numerals}\d]{1,4}次(?:全体)?会议"
    )
)
_ORDER_OF = re.compile(r"(?P<organ>[一-龥]{0,20}(?:人民政府|国务院))令")
_COUNTED = re.compile(expand(r"第[{numerals}]{1,2}次$"))
_PLAIN = re.compile(expand(r"(?:根据\s?)?(?:19|20)\d\d\s?年[^。；;\n]{4,300}{enacting_lines}(?:[^。；;\n]{0,30}施行)?"))
_OPENINGS = re.compile(r"^[ \t　]*(?P<note>[（(〔\[【]|(?=(?:根据\s?)?(?:19|20)\d\d\s?年))", re.MULTILINE)
_PAIRS = {"（": "）", "(": ")", "〔": "〕", "[": "]", "【": "】"}
_MAKES_A_VERSION = frozenset({"通过", "公布", "修正", "修订"})


def find_note(text: str, start: int, end: int) -> Span | None:
    """The note in ``text[start:end]``: the first remark in brackets, or lines without any, that date an act of legislation."""
    stop = min(end, start + _REACH)
    for opening in _OPENINGS.finditer(text, start, stop):
        at = opening.start("note")
        note = _bracketed(text, at, end) if opening["note"] else _unbracketed(text, at, end)
        if note is not None and _dated_acts(text, note):
            return note
    return None


def read_history(text: str, note: Span) -> tuple[Enactment, ...]:
    """The acts a note tells of, in the order of their dates; what has no date is left out.

    ``（2005年4月27日某会议通过 根据2017年9月1日某会议《关于修改某法的决定》修正）`` gives 通过 2005-04-27 and 修正 2017-09-01.
    """
    found = _dated_acts(text, note)
    return tuple(sorted(found, key=lambda enactment: (enactment.on, enactment.span.start)))


def version_of(history: Sequence[Enactment]) -> Enactment | None:
    """The act that gave the text its present form: the last one that adopted, published, amended or revised it."""
    made = [enactment for enactment in history if enactment.act in _MAKES_A_VERSION]
    return made[-1] if made else None


def publication_of(history: Sequence[Enactment]) -> Enactment | None:
    """The act that 自公布之日起施行 speaks of: the last revision as a whole, else the first publication; amendments leave it."""
    whole = [enactment for enactment in history if enactment.act == "修订"] or [
        enactment for enactment in history if enactment.act == "公布"
    ]
    return whole[-1] if whole and whole[-1].act == "修订" else whole[0] if whole else next(iter(history), None)


def number_of(history: Sequence[Enactment]) -> Enactment | None:
    """The act whose order number is that of the text: the version's own, or the only one named."""
    version = version_of(history)
    if version is not None and version.number:
        return version
    numbered = [enactment for enactment in history if enactment.number]
    return numbered[0] if len({enactment.number for enactment in numbered}) == 1 else None


def issuer_of(history: Sequence[Enactment]) -> tuple[str, Span] | None:
    """The organ that made a law or rule, from its history: the congress or standing committee that adopted it first, or the
    government of the order that published it; None where the history names neither.

    某市第十六届人民代表大会常务委员会第三次会议 gives 某市人民代表大会常务委员会; who approves it (批准) is not its issuer.
    """
    for enactment in history:
        if enactment.act in ("通过", "公布", "修订"):
            words = _SESSION.match(enactment.by or "")
            if words:
                return words["place"] + words["organ"], enactment.span
            order = _ORDER_OF.match(enactment.number or "")
            if order:
                return order["organ"], enactment.span
    return None


def _bracketed(text: str, at: int, end: int) -> Span | None:
    """From an opening bracket to its fellow, line breaks and brackets inside it included."""
    opening, depth = text[at], 0
    closing = _PAIRS[opening]
    for i in range(at, min(end, at + LONGEST)):
        if text[i] == opening:
            depth += 1
        elif text[i] == closing or (text[i] in "）)" and opening in "（("):
            depth -= 1
            if depth <= 0:
                return Span(at, i + 1)
    return None


def _unbracketed(text: str, at: int, end: int) -> Span | None:
    """Consecutive lines that each are a dated act and no sentence."""
    last = at
    while last < min(end, at + LONGEST):
        stop = text.find("\n", last, end)
        stop = end if stop < 0 else stop
        line = text[last:stop].strip()
        if not line or _PLAIN.fullmatch(line) is None:
            break
        at_end = stop
        last = stop + 1
    return Span(at, at_end) if last > at else None


def _dated_acts(text: str, note: Span) -> list[Enactment]:
    titles = [Span(match.start(), match.end()) for match in _DECISION.finditer(text, note.start, note.end)]
    dates = [
        (iso, span)
        for iso, span in find_dates(_unbroken(text, note), 0, len(note))
        if not any(title.covers(Span(note.start + span.start, note.start + span.end)) for title in titles)
    ]
    found: list[Enactment] = []
    for i, (iso, span) in enumerate(dates):
        stop = note.start + dates[i + 1][1].start if i + 1 < len(dates) else note.end
        found += _acts_of(text, iso, Span(note.start + span.start, stop), note.start + span.end, titles)
    return found


def _acts_of(text: str, iso: str, piece: Span, start: int, titles: Sequence[Span]) -> Iterator[Enactment]:
    """The act of one date, which ends at ``start``; 修订通过 and 通过并公布 are one, one inside the name of a decision is none."""
    names = [title for title in titles if piece.covers(title)]
    verbs = [
        match for match in _ACT.finditer(text, piece.start, piece.end) if not any(t.start <= match.start() < t.end for t in names)
    ]
    if not verbs:
        return
    kinds = [_ACTS[match["act"]] for match in verbs]
    before = text[max(0, piece.start - 2) : piece.start]
    if kinds[0] == "施行" and "自" not in before and "起" not in text[piece.start : verbs[0].start()]:
        return
    act = next((kind for kind in ("修订", "修正", "废止") if kind in kinds), kinds[0])
    end = verbs[-1].end()
    order = _ORDER.search(text, start, end)
    number = _tidy(_LEAD.sub("", order.group())) if order else None
    decision = _tidy(names[0].of(text)[1:-1]) if names else None
    by = decision or _organ(text, start, verbs[0].start(), order.start() if order else None)
    yield Enactment(act, iso, by, number, Span(piece.start, end))


def _organ(text: str, start: int, end: int, order: int | None) -> str | None:
    """Who acted: what stands between the date and the verb, an order number aside."""
    words = _tidy(text[start : order if order is not None and order < end else end]).strip("，,、以由经")
    words = _COUNTED.sub("", words)
    return words if 3 <= len(words) <= 60 else None


def _tidy(words: str) -> str:
    return re.sub(r"\s+", "", words)


def _unbroken(text: str, note: Span) -> str:
    """The note with blanks for line breaks, which may part a date."""
    return note.of(text).replace("\n", " ")
