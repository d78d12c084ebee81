"""Questions over documents 跨文件问数: lists, highest and lowest, above and below, counts, series of years, plan against result.

Answered from the table of facts: complete within the scope, sorted, a quote a row, with what part of the scope is covered. A question
that names no indicator of the table is none of these and is left to the kinds of questions.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from corpus.divisions import NATION, Division, gazetteer
from corpus.folding import fold
from corpus.region_groups import group_named
from corpus.store import StoredFact
from corpus.wordlists import expand, word_lists
from graph.codec.records import TargetRecord
from graph.documents.named import rows_behind
from graph.families.indicator import Dimension, IndicatorFamily, families_named
from graph.families.units import ComparableValue
from graph.queries.fact_table import FactQuery, FigureRow, fact_table, read_facts
from graph.queries.figures import choose_figure
from qa.across.coverage import (
    KINDS,
    NAMED,
    PlacesCovered,
    cover_line,
    figures_otherwise,
    is_own,
    respect_of,
    time_of,
    without_reports,
)
from qa.across.indicators import quoted_span
from qa.across.named_figures import NamedFigure, find_named
from qa.across.near_concepts import is_rate, near_figures
from qa.across.sweeps import Sweep, bound_words, own_words, parse_sweep
from qa.across.words import SaidInWords, find_words
from qa.answer import AnswerCitation, AnswerFigure, CellValue
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten
from qa.documents import ChosenDocuments, LibraryView
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

FOREMOST = 5
"""Rows shown behind the highest or lowest."""
FEW = 8
"""Places of a level with a figure from which 各地 means that level."""
ENOUGH = 3
"""Places with a figure from which there is something to list, where more are asked about."""
_RISE = re.compile(expand("qa", r"(?:{rises})(?:[\d.,]+[万亿]?元?[、和及])*$"))


@dataclass(frozen=True)
class PlaceFigure:
    """The figure a place is held to."""

    place: Division
    figure: FigureRow
    fact: StoredFact[TargetRecord]

    @property
    def text(self) -> str:
        """The value as written; of a fall told as growth with the word for it."""
        written = self.fact.value.value_text
        value = self.figure.value
        falls = value is not None and value.high < 0 and self.fact.value.value is not None and self.fact.value.value > 0
        return f"下降{written}" if falls else written


def answer_over_documents(
    parsed: ParsedQuestion, view: LibraryView, known: KnownNames, chosen: ChosenDocuments, as_of: dt.date
) -> AnswerDraft | None:
    """The answer to a question over documents; None where it is none, or where the table has nothing on it."""
    sweep = parse_sweep(parsed, view, known, as_of)
    if sweep is None:
        return None
    over_years = sweep.operation in ("series", "done", "beside")
    counted = _counted(chosen, view, as_of, versions=over_years)
    figures = _figures(sweep, view, counted)
    if not figures:
        return None
    several = families_named(own_words(parsed)) if sweep.operation == "list" and sweep.bound is None else ()
    if several and (draft := _several(sweep, several, view, counted)) is not None:
        return draft
    if sweep.operation == "one":
        return _one(sweep, figures, view)
    if sweep.operation == "series":
        return _series(sweep, figures, view, counted)
    if sweep.operation == "done":
        return _done(sweep, figures, view)
    if sweep.operation == "beside":
        return _beside(sweep, figures, view, parsed.folded)
    return _across(sweep, figures, view, counted)


# ------------------------------------------------------------------ figures


def _counted(chosen: ChosenDocuments, view: LibraryView, as_of: dt.date, *, versions: bool) -> frozenset[int]:
    """The documents that count; where years are asked for one after the other, the reports of every year."""
    every = frozenset(chosen.of(view))
    return every if versions else every - rows_behind(view.corpus, None, as_of)


def _figures(sweep: Sweep, view: LibraryView, rows: frozenset[int]) -> list[FigureRow]:
    codes = tuple(place.code for place in sweep.scope)
    query = FactQuery(sweep.family, any_dimension=sweep.any_dimension, places=codes, documents=rows)
    table = fact_table(view.corpus)
    exact = table.select(query)
    if sweep.family.dimension == "growth":
        fell = table.select(replace(query, family=replace(sweep.family, dimension="fall")))
        exact += [_as_growth(f) for f in fell]
    near = near_figures(sweep.family, query, table)
    exact = [_dated(f, sweep.family) for f in exact]
    told = {(f.place, f.kind, f.year) for f in exact if f.value is not None}
    # another name of the indicator counts where a place does not use its own
    measured = Counter(_thing_counted(f) for f in (*exact, *near)).most_common(1)
    near = [f for f in (_dated(f, sweep.family) for f in near) if (f.place, f.kind, f.year) not in told]
    found = [*exact, *(f for f in near if _thing_counted(f) == measured[0][0])]
    found = [f for f in found if f.value is not None and is_own(f, view)]
    # how much a state went up by is another thing than the state
    return [f for f in found if not sweep.any_dimension or f.family.dimension != "change"]


def _thing_counted(figure: FigureRow) -> str:
    """What a value counts; of pieces (台, 部) all are one thing."""
    return _of_pieces(figure.value.counted if figure.value is not None else "", figure.family.concept)


def _of_pieces(unit: str, concept: str) -> str:
    """A unit, of those used for one another one: 台 and 部, of firms 户 and 家."""
    lists = word_lists("qa")
    firm = unit == "户" and concept.endswith(lists["firms"])
    return "部" if firm or unit in lists["pieces"] else unit


def _could_belong(
    sweep: Sweep, shown: Sequence[PlaceFigure], named: Mapping[Division, NamedFigure]
) -> dict[Division, NamedFigure]:
    """Of the places whose figure was not read those that could be the highest, among the first or beyond the bound, by their text."""
    named = {place: one for place, one in named.items() if one.sure}
    if sweep.bound is not None:
        return {place: one for place, one in named.items() if sweep.bound.holds(one.value)}
    if not shown or not (sweep.most is not None or sweep.operation in ("highest", "lowest")):
        return {}
    edge = _order(shown[0] if sweep.most is None else shown[-1])
    return {p: one for p, one in named.items() if (one.value.order <= edge if sweep.ascending else one.value.order >= edge)}


def _as_growth(fall: FigureRow) -> FigureRow:
    """A fall as growth below nought: 固定资产投资下降3.3%."""
    value = ComparableValue(-fall.value.high, -fall.value.low, fall.value.unit) if fall.value is not None else None
    return replace(fall, family=replace(fall.family, dimension="growth"), value=value)


def _dated(figure: FigureRow, family: IndicatorFamily) -> FigureRow:
    """A figure with the year before that of its document, where it tells a state and names no year."""
    if figure.year is None and figure.kind == "achieved" and figure.issued[:4].isdigit() and is_rate(family):
        return replace(figure, year=int(figure.issued[:4]) - 1, reckoned=True, in_review=True)
    return figure


def _of_one_measure(sweep: Sweep, figures: Sequence[FigureRow]) -> tuple[Dimension, str, int | None] | None:
    """The respect, kind and year that is listed: those asked for, else what most places give, the latest year of several."""
    places: dict[tuple[Dimension, str, int | None], set[str]] = defaultdict(set)
    for figure in figures:
        places[figure.family.dimension, figure.kind, figure.year].add(figure.place)
    chosen: list[tuple[int, tuple[Dimension, str, int | None]]] = []
    for kind in sweep.kinds:
        counts = {key: len(of) for key, of in places.items() if key[1] == kind and _of_years(sweep, key)}
        if sweep.any_dimension and any(key[0] == "level" for key in counts):
            level = max(count for key, count in counts.items() if key[0] == "level")
            if level >= 0.5 * max(counts.values()):
                counts = {key: count for key, count in counts.items() if key[0] == "level"}
        dated = {key: count for key, count in counts.items() if key[2] is not None}
        best = dated or (counts if not sweep.years or sweep.period else {})
        if best:
            most = max(best.values())
            key = max((key for key, count in best.items() if count >= 0.6 * most), key=lambda key: (key[2] or 0, best[key]))
            chosen.append((best[key], key))
    # the likeliest kind, unless hardly a place gives it and many another
    first = next(iter(chosen), None)
    return next((key for count, key in chosen if first is not None and count > 2 * first[0]), first[1] if first else None)


def _of_years(sweep: Sweep, key: tuple[Dimension, str, int | None]) -> bool:
    """Whether a respect, kind and year is of the years asked for; what was done over a plan period that is over has none."""
    dimension, kind, year = key
    over = bool(sweep.period) and kind == "achieved" and dimension not in ("level", "growth") and year is None
    return not sweep.years or over or year in sweep.years


def _scope(sweep: Sweep, figures: Sequence[FigureRow]) -> tuple[Division, ...]:
    """The places that are listed; where none are named those of the level that gives most figures."""
    if sweep.scope:
        return sweep.scope
    divisions = gazetteer().by_code
    levels = Counter(divisions[code].level for code in {f.place for f in figures} if code in divisions and code != NATION.code)
    level = "省" if levels["省"] >= FEW or not levels else max(levels, key=lambda name: (levels[name], name))
    if level == "省":
        group = group_named("31个省")
        assert group is not None
        return group.members
    there = sorted({f.place for f in figures if f.place in divisions and divisions[f.place].level == level})
    return tuple(divisions[code] for code in there)


def _held(
    sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView
) -> tuple[list[PlaceFigure], tuple[Division, ...], tuple[Dimension, str, int | None]] | None:
    measure = _of_one_measure(sweep, figures)
    if measure is None:
        return None
    fitting = [f for f in figures if (f.family.dimension, f.kind, f.year) == measure]
    scope = _scope(sweep, fitting)
    unit = Counter(u for _, u in {(f.place, f.value.unit) for f in fitting if f.value}).most_common(1)[0][0]
    by_place: dict[str, list[FigureRow]] = defaultdict(list)
    for figure in fitting:
        by_place[figure.place].append(figure)
    chosen = {
        place.code: choose_figure(view.corpus, _of_unit(by_place[place.code], unit)) for place in scope if place.code in by_place
    }
    facts = read_facts(view.corpus, chosen.values())
    held = [PlaceFigure(p, f, facts[f.fact]) for p in scope if (f := chosen.get(p.code)) is not None and f.fact in facts]
    return [one for one in held if measure[0] != "level" or not _is_rise(one.fact.value)], scope, measure


def _is_rise(record: TargetRecord) -> bool:
    """Whether a figure says by how much something rose, not to what: 低保标准每月提高50元."""
    return _RISE.search(record.quote[: max(0, record.quote.rfind(record.value_text))].rstrip()) is not None


def _of_unit(figures: Sequence[FigureRow], unit: str) -> Sequence[FigureRow]:
    """The figures in a unit, where there are such: 45件 of 12类民生实事45件."""
    return [f for f in figures if f.value and f.value.unit == unit] or figures


# ------------------------------------------------------------------ answers


def _one(sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView) -> AnswerDraft | None:
    """The figure of one place, with its sentence; None where the table has none of the year asked for."""
    if sweep.family.concept.endswith(word_lists("qa")["ratio_ends"]):
        # 优良天数比例 is told in days, too
        figures = [f for f in figures if f.value is not None and f.value.unit == "%"] or figures
    found = _held(sweep, figures, view)
    if found is None or not found[0]:
        return None
    (one, *_), _, (dimension, kind, year) = found
    if sweep.any_dimension and kind != "target" and dimension != "level":
        return None  # how much it is, is not by how much it grew
    name = _named(replace(sweep.family, dimension=dimension), kind, year)
    return AnswerDraft("answered", (_row(f"{one.place.short}{name}", one, view),), parts=(_part(one, view),), final=True)


def _across(sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView, counted: frozenset[int]) -> AnswerDraft | None:
    found = _held(sweep, figures, view)
    if found is None or not found[0]:
        return None
    if sweep.scope and not sweep.whole and len(found[0]) < 2 and sweep.operation in ("highest", "lowest"):
        return None  # of two places one alone is neither
    held, scope, (dimension, kind, year) = found
    unit = _unit_of(sweep, held)
    alike = partial(_of_pieces, concept=sweep.family.concept)
    same = [one for one in held if one.figure.value and alike(one.figure.value.unit) == alike(unit)]
    other = [one for one in held if one not in same]
    ordered = sorted(same, key=lambda one: (_order(one) if sweep.ascending else -_order(one), one.place.code))
    family = replace(sweep.family, dimension=dimension)
    name = _named(family, kind, year)
    silent = [place for place in scope if place not in {one.place for one in held}]
    words = find_words(family, year, silent, view) if kind == "target" and year is not None else {}
    unread = [place for place in silent if place not in words]
    otherwise = figures_otherwise(family, kind, year, unread, counted, view)
    if len(held) + len(words) + len(otherwise) < (min(ENOUGH, len(scope) - 1) if sweep.scope else ENOUGH):
        return None
    named = find_named(family, kind, unit, unread, [one.figure for one in held], counted, view)
    cover = _coverage(scope, held, other, words, named, otherwise, name, view)
    if sweep.operation == "missing":
        return AnswerDraft("answered", (_missing(scope, held, name), cover), final=True, table=True)
    meeting = [one for one in ordered if _meets(sweep, one)]
    in_words = words if sweep.form == "words" or (sweep.bound is not None and sweep.bound.other) else {}
    view.prepare([*(one.fact.document for one in (*meeting, *other)), *(said.document for said in in_words.values())])
    lead = _lead(sweep, ordered, meeting, in_words, name, view)
    shown = meeting
    if sweep.operation in ("highest", "lowest") and sweep.most is None and sweep.bound is None:
        shown = meeting[:FOREMOST]
    elif sweep.most is not None:
        shown = _first(meeting, sweep.most)
    rows = [_row(f"{i}. {one.place.short}", one, view) for i, one in enumerate(shown, 1)]
    rows += [_row_in_words(f"{i}. {place.short}", said, view) for i, (place, said) in enumerate(in_words.items(), len(rows) + 1)]
    plain = sweep.bound is None and sweep.form == "any" and shown is meeting
    others = list(other) if plain else []
    if plain and sweep.any_dimension and len(held) < ENOUGH:
        others += _as_held([f for f in otherwise.values() if (f.kind, f.year) == (kind, year)], view)
    rows += [_row(f"{one.place.short}（口径不同）", one, view) for one in others]
    rows += [
        _row_named(f"{place.short}（没有读出，未参加比较）", one, view)
        for place, one in _could_belong(sweep, shown, named).items()
    ]
    parts = dict.fromkeys(_part(one, view) for one in (*shown, *other))
    parts |= dict.fromkeys((said.document, view.document(said.document).part_at(said.span.start)) for said in in_words.values())
    return AnswerDraft("answered", (*lead, cover, *rows), parts=tuple(parts), final=True, table=True)


def _as_held(figures: Sequence[FigureRow], view: LibraryView) -> list[PlaceFigure]:
    """Figures with their places and facts."""
    facts = read_facts(view.corpus, figures)
    divisions = gazetteer().by_code
    return [PlaceFigure(divisions[f.place], f, facts[f.fact]) for f in figures if f.fact in facts and f.place in divisions]


def _unit_of(sweep: Sweep, held: Sequence[PlaceFigure]) -> str:
    """The unit that is compared: the one of the value asked about, where some place has it, else the one of most."""
    units = Counter(one.figure.value.unit for one in held if one.figure.value)
    asked = sweep.bound.value.unit if sweep.bound is not None else ""
    return asked if asked and units[asked] else units.most_common(1)[0][0]


def _meets(sweep: Sweep, one: PlaceFigure) -> bool:
    value = one.figure.value
    if value is None or sweep.form == "words":
        return False
    if sweep.form != "any" and (value.low < value.high) != (sweep.form == "range"):
        return False
    bound = sweep.bound
    if bound is None:
        return True
    concept = one.figure.family.concept
    if _of_pieces(value.unit, concept) == _of_pieces(bound.value.unit, concept):
        value = replace(value, unit=bound.value.unit)  # 4358户 is held against 1万家
    return bound.holds(value, one.figure.comparator)


def _first(meeting: Sequence[PlaceFigure], most: int) -> list[PlaceFigure]:
    """The first of some figures in order; who is level with the last of them belongs to them."""
    return [one for i, one in enumerate(meeting) if i < most or _order(one) == _order(meeting[most - 1])]


def _order(one: PlaceFigure) -> float:
    return one.figure.value.order if one.figure.value else 0.0


def _named(family: IndicatorFamily, kind: str, year: int | None) -> str:
    return f"{f'{year}年' if year else ''}{family.name}{KINDS[kind]}"


def _lead(
    sweep: Sweep,
    ordered: Sequence[PlaceFigure],
    meeting: Sequence[PlaceFigure],
    in_words: Mapping[Division, SaidInWords],
    name: str,
    view: LibraryView,
) -> list[AnswerLine]:
    if sweep.operation in ("sum", "mean"):
        return [_total(sweep, ordered, name, view)]
    if sweep.operation in ("highest", "lowest") and ordered and sweep.most is None:
        ends = [(ordered, sweep.ascending)] + ([(ordered[::-1], not sweep.ascending)] if sweep.both_ends else [])
        return [_extreme(those, low, name, view) for those, low in ends]
    if sweep.most is not None and meeting and sweep.bound is None:
        first = _first(meeting, sweep.most)
        text = f"{name}{'最低' if sweep.ascending else '最高'}的 {len(first)} 个"
        line = f"{text}：{'、'.join(f'{one.place.short}（{one.text}）' for one in first)}。"
        return [AnswerLine(line, tuple(_cited(one, view) for one in first), counts=(len(first),), derived=(text,))]
    if sweep.bound is not None or sweep.form != "any":
        names = [*(one.place.short for one in meeting), *(place.short for place in in_words)]
        text = f"{name}{_condition(sweep)}的有 {len(names)} 个"
        cited = (*(_cited(one, view) for one in meeting), *(cite(view.document(s.document), s.span) for s in in_words.values()))
        line = f"{text}：{'、'.join(names)}。" if names else f"{text}。"
        return [AnswerLine(line, cited, counts=(len(names),), derived=(text,))]
    if sweep.counting:
        text = f"写到{name}的有 {len(ordered)} 个。"
        return [AnswerLine(text, counts=(len(ordered),), derived=(text,))]
    return []


def _extreme(ordered: Sequence[PlaceFigure], low: bool, name: str, view: LibraryView) -> AnswerLine:
    ends = [one for one in ordered if _order(one) == _order(ordered[0])]
    names = "、".join(one.place.short for one in ends)
    text = f"{'最低' if low else '最高'}的是{names}，{name}为{ends[0].text}。"
    return AnswerLine(text, tuple(_cited(one, view) for one in ends), derived=(name,))


def _condition(sweep: Sweep) -> str:
    """What the places listed have in common: 在5%以上, 用区间表示."""
    if sweep.bound is None:
        return {"range": "用区间表示", "single": "不用区间表示", "words": "只有定性表述"}[sweep.form]
    bound = sweep.bound
    if bound.other:
        return bound_words(bound)
    exact = bound.within and bound.value.low == bound.value.high
    form = "、不是区间" if sweep.form == "single" else ""
    return f"{'为' if exact else '' if bound.strict else '在'}{bound_words(bound)}{form}"


ADDED = {"人": "人", "元": "元", "亩": "亩", "吨": "吨", "个": "个", "户": "户", "套": "套", "人次": "人次"}
"""Units whose values may be added up."""


def _total(sweep: Sweep, held: Sequence[PlaceFigure], name: str, view: LibraryView) -> AnswerLine:
    unit = held[0].figure.value.unit if held and held[0].figure.value else ""
    if unit not in ADDED:
        text = f"{name}是比率，各地基数不同，不能相加，也不能直接平均。下面列出各地的数。"
        return AnswerLine(text, derived=(text,))
    if sweep.operation == "mean":
        text = f"{name}各地大小不同，这里不作平均；下面列出各地的数。"
        return AnswerLine(text, derived=(text,))
    total = sum(_order(one) for one in held)
    bounds = any(one.figure.comparator != "=" for one in held)
    text = f"写到的 {len(held)} 个地区的{name}相加为{_written(total, unit)}{'（有的原文写“以上”“左右”，按所写的数相加）' if bounds else ''}。"
    return AnswerLine(text, tuple(_cited(one, view) for one in held), derived=(text,))


def _written(total: float, unit: str) -> str:
    for scale, word in ((1e8, "亿"), (1e4, "万")):
        if abs(total) >= scale:
            return f"{total / scale:.2f}".rstrip("0").rstrip(".") + word + unit
    return f"{total:.2f}".rstrip("0").rstrip(".") + unit


def _coverage(
    scope: Sequence[Division],
    held: Sequence[PlaceFigure],
    other: Sequence[PlaceFigure],
    words: Mapping[Division, SaidInWords],
    named: Mapping[Division, NamedFigure],
    otherwise: Mapping[Division, FigureRow],
    name: str,
    view: LibraryView,
) -> AnswerLine:
    """How many of the places give the figure, and why each of the others does not stand in the list."""
    have = {one.place for one in held}
    rest = [place for place in scope if place not in have and place not in words and place not in named]
    asked = held[0].figure.family.dimension
    absent = without_reports([place for place in rest if place not in otherwise], [one.fact.document for one in held], view)
    differing = [f"{one.place.short}（单位不同）" for one in other]
    differing += [
        f"{p.short}（{respect_of(otherwise[p])}）" for p in rest if p in otherwise and otherwise[p].family.dimension != asked
    ]
    coverage = PlacesCovered(
        in_words=[place.short for place in words],
        unread=[place.short for place, one in named.items() if one.sure],
        possible=[place.short for place, one in named.items() if not one.sure],
        differing=differing,
        other_time=[
            f"{p.short}（{time_of(otherwise[p])}）" for p in rest if p in otherwise and otherwise[p].family.dimension == asked
        ],
        silent=[place.short for place in rest if place not in otherwise and place not in absent],
        absent=[place.short for place in absent],
    )
    return cover_line(f"{len(scope)} 个地区中 {len(held)} 个写到{name}", coverage, (len(scope), len(held)))


def _missing(scope: Sequence[Division], held: Sequence[PlaceFigure], name: str) -> AnswerLine:
    have = {one.place for one in held}
    silent = [place.short for place in scope if place not in have]
    text = f"文档库的文件里没有见到{name}的有 {len(silent)} 个{'：' + '、'.join(silent) if silent else ''}。"
    return AnswerLine(text, counts=(len(silent),), derived=(text,))


def _cited(one: PlaceFigure, view: LibraryView) -> AnswerCitation:
    document = view.document(one.fact.document)
    return cite(document, quoted_span(view, one.fact))


def _part(one: PlaceFigure, view: LibraryView) -> tuple[int, int]:
    return one.fact.document, view.document(one.fact.document).part_at(one.fact.start)


def _row(label: str, one: PlaceFigure, view: LibraryView) -> AnswerLine:
    cited = _cited(one, view)
    text = f"{label} {one.text}"
    return AnswerLine(f"{text}：“{flatten(cited.quote)}”", (cited,), derived=(label,), figures=(_told(one),))


def _row_beside(label: str, named: Sequence[tuple[str, PlaceFigure]], view: LibraryView) -> AnswerLine:
    """Several figures of a place in one row, each behind its name."""
    cited = tuple(_cited(one, view) for _, one in named)
    values = "，".join(f"{name}{one.text}" for name, one in named)
    quotes = "……".join(f"“{flatten(c.quote)}”" for c in cited)
    figures = tuple(_told(one) for _, one in named)
    return AnswerLine(f"{label} {values}：{quotes}", cited, derived=(label, values), figures=figures)


def _told(one: PlaceFigure) -> AnswerFigure:
    """A figure as the row of a table."""
    figure = one.figure
    return AnswerFigure(one.place.short, figure.family.name, CellValue.of(one.text, figure.value, figure.year, figure.kind))


def _row_named(label: str, named: NamedFigure, view: LibraryView) -> AnswerLine:
    cited = cite(view.document(named.document), named.span)
    return AnswerLine(f"{label}：“{flatten(cited.quote)}”", (cited,), derived=(label,))


def _row_in_words(label: str, said: SaidInWords, view: LibraryView) -> AnswerLine:
    cited = cite(view.document(said.document), said.span)
    return AnswerLine(f"{label}：“{flatten(cited.quote)}”", (cited,), derived=(label,))


def _dimension(sweep: Sweep, figures: Sequence[FigureRow]) -> Dimension | None:
    """The respect asked for, else the one that most of some figures are given in; None where there are no figures."""
    if not figures:
        return None
    most = Counter(f.family.dimension for f in figures).most_common(1)[0][0]
    return most if sweep.any_dimension else sweep.family.dimension


def _chosen(dimension: Dimension, figures: Sequence[FigureRow], view: LibraryView) -> dict[tuple[str, int, str], FigureRow]:
    """Of each place, year and kind the figure in one respect that the place is held to."""
    groups: dict[tuple[str, int, str], list[FigureRow]] = defaultdict(list)
    for f in figures:
        if f.family.dimension == dimension and f.year is not None:
            groups[f.place, f.year, f.kind].append(f)
    return {key: choose_figure(view.corpus, rows) for key, rows in groups.items()}


def _by_year(sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView) -> dict[tuple[Division, int], dict[str, PlaceFigure]]:
    """Of each place and year the figure of each kind."""
    fitting = [f for f in figures if f.year is not None and f.kind in sweep.kinds]
    dimension = _dimension(sweep, fitting)
    if dimension is None:
        return {}
    chosen = _chosen(dimension, [f for f in fitting if not sweep.years or f.year in sweep.years], view)
    facts = read_facts(view.corpus, chosen.values())
    out: dict[tuple[Division, int], dict[str, PlaceFigure]] = defaultdict(dict)
    divisions = gazetteer().by_code
    for (code, year, kind), figure in chosen.items():
        if code in divisions and figure.fact in facts:
            out[divisions[code], year][kind] = PlaceFigure(divisions[code], figure, facts[figure.fact])
    return out


def _series(sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView, counted: frozenset[int]) -> AnswerDraft | None:
    """The figures of places by year."""
    found = _by_year(sweep, figures, view)
    if sweep.last is not None:
        kept = sorted({year for _, year in found})[-sweep.last :]
        found = {key: told for key, told in found.items() if key[1] in kept}
    years = sorted({year for _, year in found})
    if len(years) < 2:
        # 2025年比2020年: the sentence of the later year tells both
        return (
            _across(replace(sweep, operation="list", years=tuple(years)), figures, view, counted)
            if len(sweep.scope) > 1
            else None
        )
    lines: list[AnswerLine] = []
    several = len({place for place, _ in found}) > 1
    rows = [
        (place, year, kind, one)
        for place, year in sorted(found, key=lambda key: (key[0].code, key[1]))
        for kind, one in sorted(found[place, year].items(), reverse=True)
    ]
    meeting = [row for row in rows if sweep.bound is None or _meets(sweep, row[3])]
    view.prepare(one.fact.document for _, _, _, one in meeting)
    for place, year, kind, one in meeting:
        lines.append(_row(f"{place.short if several else ''}{year}年{KINDS[kind]}", one, view))
    asked = [year for year in sweep.years if year not in years] or [y for y in range(years[0], years[-1]) if y not in years]
    text = f"共有 {len(years)} 个年份的数"
    text += f"；未见：{'、'.join(f'{year}年' for year in asked)}" if asked else ""
    cover = [AnswerLine(f"{text}。", counts=(len(years),), derived=(text,))]
    if sweep.bound is not None:
        told = sorted({year for _, year, _, _ in meeting})
        text = f"{_condition(sweep)}的有 {len(told)} 个年份"
        line = f"{text}{'：' if told else ''}{'、'.join(f'{year}年' for year in told)}。"
        cover.insert(0, AnswerLine(line, tuple(_cited(row[3], view) for row in meeting), counts=(len(told),), derived=(text,)))
    elif not several and len(rows) == 2 and rows[0][2] == rows[1][2]:
        cover.insert(0, _change(rows[0][1], rows[0][3], rows[1][1], rows[1][3], view))
    parts = tuple(dict.fromkeys(_part(one, view) for _, _, _, one in meeting))
    return AnswerDraft("answered", (*cover, *lines), parts=parts, final=True, table=True)


def _change(year: int, before: PlaceFigure, later: int, after: PlaceFigure, view: LibraryView) -> AnswerLine:
    """What a figure was in one year and is in a later one, and the difference where both are one number of one unit."""
    a, b = before.figure.value, after.figure.value
    text = f"{year}年为{before.text}，{later}年为{after.text}"
    if a is not None and b is not None and a.unit == b.unit and a.low == a.high and b.low == b.high:
        unit = "个百分点" if a.unit == "%" else a.unit
        by = abs(b.low - a.low)
        text += "，没有变化" if not by else f"，{'提高' if b.low > a.low else '降低'}{_written(by, unit)}（按所写的数）"
    return AnswerLine(f"{text}。", (_cited(before, view), _cited(after, view)), derived=(text,))


def _several(sweep: Sweep, families: Sequence[IndicatorFamily], view: LibraryView, counted: frozenset[int]) -> AnswerDraft | None:
    """The figures of several indicators of each place beside each other: 城镇和农村居民收入, 一产、二产、三产."""
    found = []
    for family in families:
        one = replace(sweep, family=family, any_dimension=family.dimension == "level")
        held = _held(one, figures, view) if (figures := _figures(one, view, counted)) else None
        if held is None:
            return None
        found.append((replace(family, dimension=held[2][0]), held))
    scope = found[0][1][1]
    told = {place: [one for _, held in found for one in held[0] if one.place == place] for place in scope}
    whole = {place: of for place, of in told.items() if len(of) == len(families)}
    if not whole:
        return None
    names = [_named(family, held[2][1], held[2][2]) for family, held in found]
    partly = [place.short for place, of in told.items() if of and place not in whole]
    silent = [place.short for place, of in told.items() if not of]
    text = f"{len(scope)} 个地区中 {len(whole)} 个{'、'.join(names)}都写到"
    text += f"；不全：{'、'.join(partly)}" if partly else ""
    text += f"；未见：{'、'.join(silent[:NAMED])}" if silent else ""
    lines = [AnswerLine(f"{text}。", counts=(len(scope), len(whole)), derived=(text,))]
    shown = whole if len(scope) > FEW else {place: of for place, of in told.items() if of}
    view.prepare(one.fact.document for of in shown.values() for one in of)
    for number, (place, of) in enumerate(shown.items(), 1):
        lines.append(_row_beside(f"{number}. {place.short}", [(one.figure.family.name, one) for one in of], view))
    parts = tuple(dict.fromkeys(_part(one, view) for of in shown.values() for one in of))
    return AnswerDraft("answered", tuple(lines), parts=parts, final=True, table=True)


_HIGHER = re.compile(r"比.{2,24}(?:高|快|多|大)|(?:高于|快于|多于|大于|超过).{0,6}(?:\d{4}年|实际|目标|上年|去年)")
_LOWER = re.compile(r"比.{2,24}(?:低|慢|少|小)|(?:低于|慢于|少于|小于).{0,6}(?:\d{4}年|实际|目标|上年|去年)")


def _beside(sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView, folded: str) -> AnswerDraft | None:
    """Of each place the figures of two years and kinds beside each other: 2025年实际, 2026年目标."""
    fitting = [f for f in figures if (f.year, f.kind) in sweep.pairs]
    dimension = _dimension(sweep, fitting)
    if dimension is None:
        return None
    chosen = _chosen(dimension, fitting, view)
    facts = read_facts(view.corpus, chosen.values())
    scope = _scope(sweep, list(chosen.values()))
    told = {
        place: {
            (year, kind): PlaceFigure(place, figure, facts[figure.fact])
            for year, kind in sweep.pairs
            if (figure := chosen.get((place.code, year, kind))) is not None and figure.fact in facts
        }
        for place in scope
    }
    whole = {place: of for place, of in told.items() if len(of) == len(sweep.pairs)}
    if not whole:
        return None
    family = replace(sweep.family, dimension=dimension)
    names = [_named(family, kind, year) for year, kind in sweep.pairs]
    text = f"{len(scope)} 个地区中 {len(whole)} 个{'和'.join(names)}都写到"
    lacking = [place.short for place in scope if place not in whole]
    text += f"；不全：{'、'.join(lacking)}" if lacking else ""
    lines = [AnswerLine(f"{text}。", counts=(len(scope), len(whole)), derived=(text,))]
    shown = told
    view.prepare(one.fact.document for of in told.values() for one in of.values())
    higher, lower = _HIGHER.search(folded), _LOWER.search(folded)
    if higher or lower:
        shown = {place: of for place, of in whole.items() if _exceeds(list(of.values()), upward=bool(higher))}
        text = f"{names[0]}{'高于' if higher else '低于'}{names[1]}的有 {len(shown)} 个（区间按下限）"
        cited = tuple(_cited(one, view) for of in shown.values() for one in of.values())
        listed = f"：{'、'.join(place.short for place in shown)}" if shown else ""
        lines.insert(0, AnswerLine(f"{text}{listed}。", cited, counts=(len(shown),), derived=(text,)))
    for number, (place, of) in enumerate(((p, of) for p, of in shown.items() if of), 1):
        named = [(f"{year}年{KINDS[kind]}", one) for (year, kind), one in of.items()]
        lines.append(_row_beside(f"{number}. {place.short}", named, view))
    parts = tuple(dict.fromkeys(_part(one, view) for of in shown.values() for one in of.values()))
    return AnswerDraft("answered", tuple(lines), parts=parts, final=True, table=True)


def _exceeds(two: Sequence[PlaceFigure], *, upward: bool) -> bool:
    a, b = two[0].figure.value, two[1].figure.value
    if a is None or b is None or a.unit != b.unit:
        return False
    return a.low > b.low if upward else a.low < b.low


def _done(sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView) -> AnswerDraft | None:
    """Goal and result of one year beside each other."""
    found = _by_year(sweep, figures, view)
    both = {key: told for key, told in found.items() if {"target", "achieved"} <= told.keys()}
    one_sided = [key for key in found if key not in both]
    if not both and not (sweep.years and found):
        return None
    if not sweep.years and both and len(sweep.scope) > 1:
        latest = max(Counter(year for _, year in both).items(), key=lambda item: (item[1], item[0]))[0]
        both = {key: told for key, told in both.items() if key[1] == latest}
        one_sided = [key for key in one_sided if key[1] == latest]
    view.prepare(one.fact.document for key in (*both, *one_sided) for one in found[key].values())
    lines: list[AnswerLine] = []
    for place, year in sorted(both, key=lambda key: (key[0].code, key[1])):
        goal, result = both[place, year]["target"], both[place, year]["achieved"]
        label = f"{place.short}{year}年"
        said = _verdict(goal, result)
        cited = (_cited(goal, view), _cited(result, view))
        text = f"{label}目标{goal.text}，完成{result.text}{said}：“{flatten(cited[0].quote)}”……“{flatten(cited[1].quote)}”"
        lines.append(AnswerLine(text, cited, derived=(label, said), figures=(_told(goal), _told(result))))
    for place, year in sorted(one_sided, key=lambda key: (key[0].code, key[1])):
        for kind, one in found[place, year].items():
            lack = "未见完成数" if kind == "target" else "未见目标"
            lines.append(_row(f"{place.short}{year}年{KINDS[kind]}（{lack}）", one, view))
    parts = tuple(dict.fromkeys(_part(one, view) for told in found.values() for one in told.values()))
    if len(sweep.scope) == 1 and len(both) > 1:
        text = f"{len(both)} 个年份目标和完成数都有"
        lacking = [f"{year}年" for year in sweep.years if year not in {y for _, y in found}]
        text += f"；不全：{'、'.join(f'{year}年' for _, year in sorted(one_sided, key=lambda key: key[1]))}" if one_sided else ""
        text += f"；未见：{'、'.join(lacking)}" if lacking else ""
        lines.insert(0, AnswerLine(f"{text}。", counts=(len(both),), derived=(text,)))
    if sweep.whole and len(sweep.scope) > 1:
        text = f"{len(sweep.scope)} 个地区中 {len({p for p, _ in both})} 个目标和完成数都有"
        lines.insert(0, AnswerLine(f"{text}。", counts=(len(sweep.scope), len({p for p, _ in both})), derived=(text,)))
    return AnswerDraft("answered" if both else "partial", tuple(lines), parts=parts, final=True, table=True) if lines else None


def _verdict(goal: PlaceFigure, result: PlaceFigure) -> str:
    """Whether a result reaches its goal, where their numbers decide it; goals that are upper bounds are reached from below."""
    a, b = goal.figure.value, result.figure.value
    # 1000万 and 1240万人 are counted in the same thing
    if a is None or b is None or (a.unit != b.unit and "" not in (a.unit, b.unit)):
        return "（口径不同，不能直接比较）"
    limits = goal.figure.comparator in ("<=", "<") or any(
        word in fold(goal.fact.value.indicator) for word in word_lists("qa")["kept_down"]
    )
    if limits:
        return "（在目标以内）" if b.high <= a.high else "（超出目标）"
    if goal.figure.comparator == "≈":
        return "（达到目标）" if b.low >= a.low else "（低于目标值）"
    return "（达到目标）" if b.low >= a.low else "（未达到目标）"
