"""Answers from the values that rules of places set 各地规定的数: a row for each place with its value, sorted, counted, held against a bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from qa.across.coverage import PlacesCovered, cover_line
from qa.across.evidence import PlaceEvidence, Subject, day_of
from qa.across.rule_values import AskedValue, RuleValue, find_rule_value, in_order, read_asked_value
from qa.across.statements import kind_of_unit
from qa.across.sweeps import Bound, asks_extreme, bound_words, read_bound
from qa.answer import AnswerFigure, CellValue
from qa.answers.draft import AnswerDraft, AnswerLine, quote_line

Valued = tuple[PlaceEvidence, RuleValue]
SAYS = 0.5
"""The share of the subject that the statement of a place nobody named says, to give its value."""


def draft_rule_values(
    folded: str, subject: Subject, found: Sequence[PlaceEvidence], *, named: bool, open_scope: bool
) -> AnswerDraft | None:
    """The values that places set, one row each; None where fewer than two set one.

    Args:
        folded: The question, folded.
        subject: What is asked about.
        found: What the places say.
        named: Whether the places are named one by one, so that what only touches the subject may still be meant.
        open_scope: Whether the places are those found by search: who gives no value is not told then.
    """
    asked = read_asked_value(folded, subject)
    given = [
        (one, value) for one in found if one.document and (value := find_rule_value(one.statements, subject, asked)) is not None
    ]
    if not named:
        # nobody named these places: what only touches the subject is none of them
        given = [(one, value) for one, value in given if value.statement.speaks_of(subject.sought) >= SAYS]
    # 元/套 and 元 are one unit, 倍 is another
    units = Counter(_thing(value) for _, value in given if not value.foreign).most_common(1)
    valued = [(one, value) for one, value in given if not value.foreign and units and _thing(value) == units[0][0]]
    aside = [(one, value) for one, value in given if (one, value) not in valued]
    extreme, bound = asks_extreme(folded), read_bound(folded)
    if bound is not None and kind_of_unit(bound.value.unit) != subject.kind:
        bound = None  # 90平方米以下的补贴比例: a condition, no bound of the values
    if len(valued) == 1 and extreme is not None and named:
        return _only_one(subject, found, valued[0], aside)
    if len(valued) + (len(aside) if named else 0) < 2 or not valued:
        return None
    ordered = in_order(valued, ascending=extreme == "lowest") if extreme or bound is not None else valued
    meeting = [pair for pair in ordered if bound is None or _holds(bound, pair[1])]
    lead = _lead(ordered, meeting, bound, extreme)
    rows = [_row(f"{number}. {one.place.name}", one, value, subject) for number, (one, value) in enumerate(meeting, 1)]
    rows += [line for one, value in meeting for line in _disagreeing(one, value, subject, asked)]
    if bound is None:
        rows += [_row(f"{one.place.name}（口径不同）", one, value, subject) for one, value in aside]
        rows += _possible(found, given) if named else []
    cover = _cover(subject, found, valued, aside, open_scope=open_scope)
    parts = tuple((one.document.info.row, one.document.part_at(v.statement.span.start)) for one, v in meeting if one.document)
    return AnswerDraft("answered", (*lead, cover, *rows), parts=parts, final=True, table=True)


def _possible(found: Sequence[PlaceEvidence], given: Sequence[Valued]) -> list[AnswerLine]:
    """Of the places that say nothing for certain the statements that may answer, quoted."""
    told = {one.place.name for one, _ in given}
    return [
        replace(
            quote_line(label := f"{one.place.name}（可能相关，请看原文）", one.possible.document, [one.possible.span]),
            derived=(label,),
        )
        for one in found
        if one.possible is not None and one.place.name not in told
    ]


def _disagreeing(one: PlaceEvidence, value: RuleValue, subject: Subject, asked: AskedValue) -> list[AnswerLine]:
    """The row of another document of the same year that sets another value for the same people, where there is one."""
    for statements in one.beside:
        other = find_rule_value(statements, subject, asked)
        if other is None or other.foreign or _thing(other) != _thing(value):
            continue
        if (
            other.value.group == value.value.group
            and other.value.head == value.value.head
            and other.value.value != value.value.value
        ):
            document = other.statement.document
            label = f"{one.place.name}（同年另一份文件，{day_of(document.info) or '日期不详'}）"
            return [_row(label, replace(one, document=document), other, subject)]
    return []


def _only_one(subject: Subject, found: Sequence[PlaceEvidence], only: Valued, aside: Sequence[Valued]) -> AnswerDraft:
    """One place alone sets a value of those to be compared: it is neither the highest nor the lowest."""
    one, value = only
    assert one.document is not None
    text = f"只有{one.place.name}写到“{subject.label}”的数，不能比较高低"
    lines = (
        AnswerLine(f"{text}。", derived=(text,)),
        _cover(subject, found, [only], aside, open_scope=False),
        _row(f"1. {one.place.name}", one, value, subject),
        *(_row(f"{other.place.name}（口径不同）", other, own, subject) for other, own in aside),
        *_possible(found, [only, *aside]),
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


def _cover(
    subject: Subject, found: Sequence[PlaceEvidence], valued: Sequence[Valued], aside: Sequence[Valued], *, open_scope: bool
) -> AnswerLine:
    told = {one.place.name for one, _ in (*valued, *aside)}
    rest = [one for one in found if one.place.name not in told]
    counts = (len(found), len(valued))
    if open_scope:
        text = f"读了 {len(found)} 个地区的文件，{len(valued)} 个写到“{subject.label}”的数"
        return AnswerLine(f"{text}。", counts=counts, derived=(text,))
    coverage = PlacesCovered(
        possible=[one.place.name for one in rest if one.possible is not None],
        differing=[f"{one.place.name}（{value.people or value.value.kind}）" for one, value in aside],
        silent=[one.place.name for one in rest if one.possible is None and one.place.own | one.place.below],
        absent=[one.place.name for one in rest if one.possible is None and not one.place.own | one.place.below],
    )
    return cover_line(f"{len(found)} 个地区中 {len(valued)} 个写到“{subject.label}”的数", coverage, counts)


def _row(label: str, one: PlaceEvidence, value: RuleValue, subject: Subject) -> AnswerLine:
    """A value with its quote, and what the place sets for other people or cases behind it."""
    own = value.value
    shown = "；".join(
        f"{v.group}{v.text}" if name else v.text for v, name in ((own, value.label), *((v, v.group) for v in value.others))
    )
    line = _quoted(f"{label} {shown}", one, value)
    name = f"{subject.label}（{value.label}）" if value.label else subject.label
    return replace(
        line, derived=(f"{label} {shown}",), figures=(AnswerFigure(one.place.name, name, CellValue.of(own.text, own.value)),)
    )


def _quoted(label: str, one: PlaceEvidence, value: RuleValue) -> AnswerLine:
    assert one.document is not None
    span = value.statement.span
    spans = dict.fromkeys([span, *(v.span for v in (value.value, *value.others) if not span.covers(v.span))])
    return quote_line(label, one.document, list(spans))
