"""Answers from the values that rules of places set 各地规定的数: a row for each place with its value, sorted, counted, held against a bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from qa.across.evidence import PlaceEvidence, Subject
from qa.across.rule_values import RuleValue, find_rule_value, in_order, read_asked_value
from qa.across.sweeps import Bound, asks_extreme, bound_words, read_bound
from qa.answer import AnswerFigure, CellValue
from qa.answers.draft import AnswerDraft, AnswerLine, quote_line

Valued = tuple[PlaceEvidence, RuleValue]
SAYS = 0.5
"""The share of the subject that the statement of a place nobody named says, to give its value."""
NAMED = 40
"""Places without a value that are named."""


def draft_rule_values(folded: str, subject: Subject, found: Sequence[PlaceEvidence], *, open_scope: bool) -> AnswerDraft | None:
    """The values that places set, one row each; None where fewer than two set one.

    Args:
        folded: The question, folded.
        subject: What is asked about.
        found: What the places say.
        open_scope: Whether the places are those found, not those named: who gives no value is not told then.
    """
    asked = read_asked_value(folded, subject)
    valued = [(one, value) for one in found if one.document and (value := find_rule_value(one, subject, asked)) is not None]
    if open_scope:
        # nobody named these places: what only touches the subject is none of them
        valued = [(one, value) for one, value in valued if value.statement.speaks_of(subject.sought) >= SAYS]
    # 元/套 and 元 are one unit, 倍 is another
    units = Counter(_thing(value) for _, value in valued).most_common(1)
    valued = [pair for pair in valued if _thing(pair[1]) == units[0][0]]
    extreme, bound = asks_extreme(folded), read_bound(folded)
    if len(valued) == 1 and extreme is not None and not open_scope:
        return _only_one(subject, found, valued[0])
    if len(valued) < 2:
        return None
    ordered = in_order(valued, ascending=extreme == "lowest") if extreme or bound is not None else valued
    meeting = [pair for pair in ordered if bound is None or _holds(bound, pair[1])]
    lead = _lead(ordered, meeting, bound, extreme)
    rows = [_row(f"{number}. {one.place.name}", one, value, subject) for number, (one, value) in enumerate(meeting, 1)]
    cover = _cover(subject, found, valued, open_scope=open_scope)
    parts = tuple((one.document.info.row, one.document.part_at(v.statement.span.start)) for one, v in meeting if one.document)
    return AnswerDraft("answered", (*lead, cover, *rows), parts=parts, final=True, table=True)


def _only_one(subject: Subject, found: Sequence[PlaceEvidence], only: Valued) -> AnswerDraft:
    """One place alone sets a value of those to be compared: it is neither the highest nor the lowest."""
    one, value = only
    assert one.document is not None
    text = f"只有{one.place.name}写到“{subject.label}”的数，不能比较高低"
    lines = (
        AnswerLine(f"{text}。", derived=(text,)),
        _cover(subject, found, [only], open_scope=False),
        _row(f"1. {one.place.name}", one, value, subject),
    )
    part = one.document.info.row, one.document.part_at(value.statement.span.start)
    return AnswerDraft("partial", lines, parts=(part,), final=True, table=True)


def _thing(value: RuleValue) -> str:
    return value.value.value.counted if value.value.value is not None else ""


def _holds(bound: Bound, value: RuleValue) -> bool:
    own = value.value.value
    if own is None:
        return False
    # 每月1800元 is compared as an amount
    return bound.holds(replace(own, unit=bound.value.unit) if own.counted == bound.value.unit else own)


def _lead(ordered: Sequence[Valued], meeting: Sequence[Valued], bound: Bound | None, extreme: str | None) -> list[AnswerLine]:
    if bound is not None:
        names = "、".join(one.place.name for one, _ in meeting)
        text = f"{'' if bound.strict or bound.within else '在'}{bound_words(bound)}的有 {len(meeting)} 个"
        cited = tuple(c for one, value in meeting for c in _quoted("", one, value).citations)
        return [AnswerLine(f"{text}：{names}。" if names else f"{text}。", cited, counts=(len(meeting),), derived=(text,))]
    if extreme is None:
        return []
    level = ordered[0][1].value.value
    best = [(one, value) for one, value in ordered if value.value.value == level]
    names = "、".join(one.place.name for one, _ in best)
    cited = tuple(citation for one, value in best for citation in _quoted("", one, value).citations)
    return [AnswerLine(f"{'最低' if extreme == 'lowest' else '最高'}的是{names}，{best[0][1].value.text}。", cited)]


def _cover(subject: Subject, found: Sequence[PlaceEvidence], valued: Sequence[Valued], *, open_scope: bool) -> AnswerLine:
    told = {one.place.name for one, _ in valued}
    silent = [one.place.name for one in found if one.place.name not in told]
    text = f"{len(found)} 个地区中 {len(valued)} 个写到“{subject.label}”的数"
    counts = (len(found), len(valued))
    if open_scope:
        text = f"读了 {len(found)} 个地区的文件，{len(valued)} 个写到“{subject.label}”的数"
    elif silent:
        text += f"；未见：{'、'.join(silent[:NAMED])}"
    return AnswerLine(f"{text}。", counts=counts, derived=(text,))


def _row(label: str, one: PlaceEvidence, value: RuleValue, subject: Subject) -> AnswerLine:
    line = _quoted(f"{label} {value.value.text}", one, value)
    figure = AnswerFigure(one.place.name, subject.label, CellValue.of(value.value.text, value.value.value))
    return replace(line, derived=(label,), figures=(figure,))


def _quoted(label: str, one: PlaceEvidence, value: RuleValue) -> AnswerLine:
    assert one.document is not None
    span, own = value.statement.span, value.value.span
    return quote_line(label, one.document, [span if span.covers(own) else own])
