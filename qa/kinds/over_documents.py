"""Questions over documents 跨文件问数: lists, highest and lowest, above and below, counts, series of years, plan against result.

Answered from the table of facts: complete within the scope, sorted, a quote a row, with what part of the scope is covered. A question
that names no indicator of the table is none of these and is left to the kinds of questions.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.divisions import NATION, Division, gazetteer
from corpus.folding import fold
from corpus.numerals import half_width, read_whole_number
from corpus.region_groups import find_groups
from corpus.store import StoredFact
from corpus.wordlists import word_lists
from graph.codec.records import TargetRecord
from graph.documents.named import rows_behind
from graph.families.indicator import Dimension, IndicatorFamily, find_concept
from graph.families.units import ComparableValue, to_base
from graph.quantities.find import find_quantities
from graph.queries.fact_table import FactQuery, FigureRow, fact_table, read_facts
from graph.queries.figures import choose_figure
from qa.across.indicators import asked_kind, quoted_span
from qa.across.places import members_inside, named_divisions
from qa.answer import AnswerCitation
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten
from qa.documents import ChosenDocuments, LibraryView
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

Operation = Literal["list", "missing", "highest", "lowest", "series", "done", "sum", "mean"]
FOREMOST = 5
"""Rows shown behind the highest or lowest."""
FEW = 8
"""Places of a level with a figure from which 各地 means that level."""
NAMED = 40
"""Places without a figure that are named."""
ENOUGH = 3
"""Places with a figure from which there is something to list, where more are asked about."""
KINDS = {"target": "目标", "achieved": "完成数", "statistic": "现状数", "rule": "标准"}
_TOP = re.compile(r"(前|后|最高的|最低的|最多的|最少的)([\d两一二三四五六七八九十]{1,3})(?:名|位|个|省|强|的)")
_UNEQUAL = re.compile(r"不(?:是|为|等于)[“\"]?[\d百]")
_LATEST = re.compile(r"(?:近|最近|过去)([\d两一二三四五六七八九十]{1,2})年")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)年?[-—–~至到]{1,2}((?:19|20)\d\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)")


@dataclass(frozen=True)
class Sweep:
    """What a question over documents asks.

    Attributes:
        family: What is measured; ``any_dimension`` where the question does not say in which respect.
        operation: What is done with the figures.
        kinds: The kinds of figures asked for, the likeliest first.
        years: The years asked for; none for the latest.
        scope: The places asked about, in order; ``whole`` how the scope is called where it is a level or a group.
        bound: The least and the most a value may be, and whether the bound itself counts.
        counting: Whether it is asked how many.
        most: How many rows are asked for (前三名).
        ascending: Whether the lowest come first.
    """

    family: IndicatorFamily
    any_dimension: bool
    operation: Operation
    kinds: tuple[str, ...]
    years: tuple[int, ...]
    scope: tuple[Division, ...]
    whole: str
    bound: Bound | None = None
    counting: bool = False
    most: int | None = None
    ascending: bool = False


@dataclass(frozen=True)
class Bound:
    """A value that figures are held against."""

    value: ComparableValue
    above: bool
    strict: bool
    text: str
    within: bool = False
    """Whether both ends of the value bound the figures (在5%到6%之间)."""

    def holds(self, value: ComparableValue) -> bool:
        """Whether a value meets the bound as a whole: a range by its lower end for a lower bound."""
        if value.unit != self.value.unit:
            return False
        if self.within:
            return self.value.low <= value.low and value.high <= self.value.high
        own = value.low if self.above else value.high
        if self.strict:
            return own > self.value.low if self.above else own < self.value.high
        return own >= self.value.low if self.above else own <= self.value.high


@dataclass(frozen=True)
class PlaceFigure:
    """The figure a place is held to."""

    place: Division
    figure: FigureRow
    fact: StoredFact[TargetRecord]

    @property
    def text(self) -> str:
        """The value as written."""
        return self.fact.value.value_text


def answer_over_documents(
    parsed: ParsedQuestion, view: LibraryView, known: KnownNames, chosen: ChosenDocuments, as_of: dt.date
) -> AnswerDraft | None:
    """The answer to a question over documents; None where it is none, or where the table has nothing on it."""
    sweep = parse_sweep(parsed, view, known, as_of)
    if sweep is None:
        return None
    rows = _counted(chosen, view, as_of)
    figures = _figures(sweep, view, rows)
    if not figures:
        return None
    if sweep.operation == "series":
        return _series(sweep, figures, view, parsed.folded)
    if sweep.operation == "done":
        return _done(sweep, figures, view)
    return _across(sweep, figures, view)


# ------------------------------------------------------------------ understanding


def parse_sweep(parsed: ParsedQuestion, view: LibraryView, known: KnownNames, as_of: dt.date) -> Sweep | None:
    """What a question over documents asks; None for another question: one place, or no indicator."""
    folded = parsed.folded
    found = find_concept(folded)
    lists = word_lists("qa")

    def says(name: str) -> bool:
        return any(word in folded for word in lists[name])

    if (
        found is None
        or "《" in folded
        or says("sweeps_unequal")
        or _UNEQUAL.search(folded)
        or (parsed.documents and not (says("sweeps_all") or find_groups(folded)))
    ):
        return None

    named = [d for name in parsed.understood.regions for d in named_divisions(view, known, name)]
    groups = [group for _, group in find_groups(folded)]
    levels = [group for group in groups if group.whole_level]
    members = [d for group in groups if not group.whole_level for d in group.members]
    every = bool(levels) or says("sweeps_all") or parsed.every_region or says("sweeps_counting")
    years, operation = _years(folded, as_of), _operation(folded)
    nation = folded.startswith(("国家", "全国")) and not every
    if nation and not named:
        named = [NATION]
    scope: tuple[Division, ...] = ()
    whole = ""
    if members:
        scope, whole = (
            tuple(dict.fromkeys((*members, *(d for d in named if d != NATION)))),
            "、".join(g.name for g in groups if not g.whole_level),
        )
    elif levels:
        around = [d for d in named if d != NATION]
        scope = tuple(members_inside(levels[0], around)) if around else levels[0].members
        whole = levels[0].name
    elif len(named) > 1:
        scope = tuple(dict.fromkeys(named))
    elif len(named) == 1 and operation in ("series", "done"):
        scope = tuple(named)
    elif named or not (every or operation in ("highest", "lowest") or _TOP.search(folded) or says("sweeps_orders")):
        return None
    if operation == "list" and len(named) == 1 and not (levels or members):
        return None
    asked = asked_kind(folded)
    past = years and max(years) < as_of.year
    kinds: tuple[str, ...] = (asked,) if asked else ("achieved", "target") if past else ("target", "achieved")
    if asked == "target" and says("sweeps_done"):
        operation = "done"
    top = _TOP.search(folded)
    return Sweep(
        found.family,
        found.family.dimension == "level",
        operation,
        kinds if operation not in ("series", "done") or (asked and operation == "series") else ("target", "achieved"),
        years,
        scope,
        whole,
        _bound(folded, found.words),
        says("sweeps_counting"),
        read_whole_number(top[2]) if top else None,
        says("sweeps_ascending") or operation == "lowest" or bool(top and top[1] in ("后", "最低的", "最少的")),
    )  # fmt: skip


def _operation(folded: str) -> Operation:
    lists = word_lists("qa")
    if all(any(word in folded for word in lists[name]) for name in ("sweeps_results", "sweeps_goals")):
        return "done"
    for name, words in (
        ("missing", "sweeps_missing"),
        ("done", "sweeps_done"), ("series", "sweeps_series"), ("sum", "sweeps_sums"), ("highest", "sweeps_highest"), ("lowest", "sweeps_lowest"),
    ):  # fmt: skip
        if any(word in folded for word in lists[words]):
            return name  # type: ignore[return-value]
    if _YEARS.search(folded):
        return "series"
    return (
        "mean"
        if any(folded.count(word) and f"{word}增" not in folded for word in lists["sweeps_means"]) and "年均" not in folded
        else "list"
    )


def _years(folded: str, as_of: dt.date) -> tuple[int, ...]:
    if (span := _YEARS.search(folded)) is not None:
        return tuple(range(int(span[1]), int(span[2]) + 1))
    if years := tuple(dict.fromkeys(int(year) for year in _YEAR.findall(folded))):
        return years
    lists = word_lists("qa")
    for name, offset in (("last_year", -1), ("this_year", 0), ("next_year", 1)):
        if any(word in folded for word in lists[name]):
            return (as_of.year + offset,)
    return ()


_BOUNDS = (
    ("sweeps_at_most", False, False),
    ("sweeps_less", False, True),
    ("sweeps_at_least", True, False),
    ("sweeps_more", True, True),
)


def _bound(folded: str, concept: str) -> Bound | None:
    """The value a question holds figures against: 超过5%, 100万人以上."""
    lists = word_lists("qa")
    text = half_width(folded)
    for quantity in find_quantities(text):
        low, high = quantity.value_min, quantity.value_max
        if (
            quantity.value is None
            and low is not None
            and high is not None
            and "之间" in text[quantity.core.end : quantity.core.end + 3]
        ):
            return Bound(to_base(low, high, quantity.unit), True, False, quantity.core.of(text), within=True)
        if quantity.value is None or quantity.measure == "time" or not quantity.unit:
            continue
        before, behind = (
            text[max(0, quantity.core.start - 5) : quantity.core.start],
            text[quantity.core.end : quantity.core.end + 4],
        )
        value = to_base(quantity.value, quantity.value, quantity.unit)
        # 低于 stands in 不低于 too: the longest words count
        said = [
            (len(word), above, strict)
            for name, above, strict in _BOUNDS
            for word in lists[name]
            if before.endswith(word) or behind.startswith(word)
        ]
        if said:
            _, above, strict = max(said, key=lambda found: found[0])
            return Bound(value, above, strict, quantity.core.of(text))
        if any(word in before for word in lists["sweeps_exactly"]):
            return Bound(value, True, False, quantity.core.of(text), within=True)
    return None


# ------------------------------------------------------------------ figures


def _counted(chosen: ChosenDocuments, view: LibraryView, as_of: dt.date) -> frozenset[int]:
    every = frozenset(chosen.of(view))
    return every - rows_behind(view.corpus, None, as_of)


def _figures(sweep: Sweep, view: LibraryView, rows: frozenset[int]) -> list[FigureRow]:
    codes = tuple(place.code for place in sweep.scope)
    query = FactQuery(sweep.family, any_dimension=True, places=codes, documents=rows)
    found = [f for f in fact_table(view.corpus).select(query) if f.value is not None and _own(f, view)]
    if not sweep.any_dimension:
        return [f for f in found if f.family.dimension == sweep.family.dimension]
    return found


def _own(figure: FigureRow, view: LibraryView) -> bool:
    """Whether a figure is told by a document of its own place, not by one of a place above or below."""
    return any(division.code == figure.place for division in view.regions[figure.document])


def _of_one_measure(sweep: Sweep, figures: Sequence[FigureRow]) -> tuple[Dimension, str, int | None] | None:
    """The respect, kind and year that is listed: those asked for, else what most places give, the latest year of several."""
    places: dict[tuple[Dimension, str, int | None], set[str]] = defaultdict(set)
    for figure in figures:
        places[figure.family.dimension, figure.kind, figure.year].add(figure.place)
    for kind in sweep.kinds:
        counts = {key: len(of) for key, of in places.items() if key[1] == kind and (not sweep.years or key[2] in sweep.years)}
        if sweep.any_dimension and any(key[0] == "level" for key in counts):
            level = max(count for key, count in counts.items() if key[0] == "level")
            if level >= 0.5 * max(counts.values()):
                counts = {key: count for key, count in counts.items() if key[0] == "level"}
        dated = {key: count for key, count in counts.items() if key[2] is not None}
        best = dated or (counts if not sweep.years else {})
        if best:
            most = max(best.values())
            return max((key for key, count in best.items() if count >= 0.6 * most), key=lambda key: (key[2] or 0, best[key]))
    return None


def _scope(sweep: Sweep, figures: Sequence[FigureRow]) -> tuple[tuple[Division, ...], str]:
    """The places that are listed and what they are called; where none are named those of the level that gives most figures."""
    if sweep.scope:
        return sweep.scope, sweep.whole
    divisions = gazetteer().by_code
    levels = Counter(divisions[code].level for code in {f.place for f in figures} if code in divisions and code != NATION.code)
    level = "省" if levels["省"] >= FEW or not levels else max(levels, key=lambda name: (levels[name], name))
    if level == "省":
        from corpus.region_groups import group_named

        group = group_named("31个省")
        assert group is not None
        return group.members, group.name
    there = sorted({f.place for f in figures if f.place in divisions and divisions[f.place].level == level})
    return tuple(divisions[code] for code in there), ""


def _held(
    sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView
) -> tuple[list[PlaceFigure], tuple[Division, ...], str, tuple[Dimension, str, int | None]] | None:
    measure = _of_one_measure(sweep, figures)
    if measure is None:
        return None
    fitting = [f for f in figures if (f.family.dimension, f.kind, f.year) == measure]
    scope, whole = _scope(sweep, fitting)
    by_place: dict[str, list[FigureRow]] = defaultdict(list)
    for figure in fitting:
        by_place[figure.place].append(figure)
    chosen = {place.code: choose_figure(view.corpus, by_place[place.code]) for place in scope if place.code in by_place}
    facts = read_facts(view.corpus, chosen.values())
    held = [PlaceFigure(p, f, facts[f.fact]) for p in scope if (f := chosen.get(p.code)) is not None and f.fact in facts]
    return held, scope, whole, measure


# ------------------------------------------------------------------ answers


def _across(sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView) -> AnswerDraft | None:
    found = _held(sweep, figures, view)
    if found is None or not found[0] or len(found[0]) < min(ENOUGH, len(found[1])):
        return None
    held, scope, whole, (dimension, kind, year) = found
    units = Counter(one.figure.value.unit for one in held if one.figure.value)
    unit = units.most_common(1)[0][0]
    same = [one for one in held if one.figure.value and one.figure.value.unit == unit]
    other = [one for one in held if one not in same]
    ordered = sorted(same, key=lambda one: (_order(one) if sweep.ascending else -_order(one), one.place.code))
    meeting = [one for one in ordered if sweep.bound is None or (one.figure.value and sweep.bound.holds(one.figure.value))]
    name = _named(replace(sweep.family, dimension=dimension), kind, year)
    lead = _lead(sweep, ordered, meeting, name, view)
    cover = _coverage(scope, whole, held, other, name)
    if sweep.operation == "missing":
        return AnswerDraft("answered", (_missing(scope, held, name), cover), final=True, table=True)
    shown = meeting
    if sweep.operation in ("highest", "lowest") and sweep.most is None and sweep.bound is None:
        shown = meeting[:FOREMOST]
    elif sweep.most is not None:
        # who is level with the last of them belongs to them
        shown = [one for i, one in enumerate(meeting) if i < sweep.most or _order(one) == _order(meeting[sweep.most - 1])]
    rows = [_row(f"{i}. {one.place.short}", one, view) for i, one in enumerate(shown, 1)]
    rows += [_row(f"{one.place.short}（口径不同）", one, view) for one in other if sweep.bound is None and shown is meeting]
    parts = tuple(dict.fromkeys(_part(one, view) for one in (*shown, *other)))
    return AnswerDraft("answered", (*lead, cover, *rows), parts=parts, final=True, table=True)


def _order(one: PlaceFigure) -> float:
    return one.figure.value.order if one.figure.value else 0.0


def _named(family: IndicatorFamily, kind: str, year: int | None) -> str:
    return f"{f'{year}年' if year else ''}{family.name}{KINDS[kind]}"


def _lead(
    sweep: Sweep, ordered: Sequence[PlaceFigure], meeting: Sequence[PlaceFigure], name: str, view: LibraryView
) -> list[AnswerLine]:
    if sweep.operation in ("sum", "mean"):
        return [_total(sweep, ordered, name, view)]
    if sweep.operation in ("highest", "lowest") and ordered and sweep.most is None:
        ends = [one for one in ordered if _order(one) == _order(ordered[0])]
        word = "最低" if sweep.ascending else "最高"
        names = "、".join(one.place.short for one in ends)
        cited = tuple(_cited(one, view) for one in ends)
        return [AnswerLine(f"{word}的是{names}，{name}为{ends[0].text}。", cited, derived=(name,))]
    if sweep.bound is not None:
        count = len(meeting)
        exact = sweep.bound.within and sweep.bound.value.low == sweep.bound.value.high
        at = "为" if exact else "" if sweep.bound.strict else "在"
        text = f"{name}{at}{_bound_words(sweep.bound)}的有 {count} 个"
        line = f"{text}：{'、'.join(one.place.short for one in meeting)}。" if meeting else f"{text}。"
        return [AnswerLine(line, tuple(_cited(one, view) for one in meeting), counts=(count,), derived=(text,))]
    if sweep.counting:
        text = f"写到{name}的有 {len(ordered)} 个。"
        return [AnswerLine(text, counts=(len(ordered),), derived=(text,))]
    return []


def _bound_words(bound: Bound) -> str:
    if bound.within:
        return bound.text if bound.value.low == bound.value.high else f"{bound.text}之间"
    words = ("超过" if bound.strict else "") if bound.above else ("低于" if bound.strict else "")
    tail = "" if bound.strict else ("以上" if bound.above else "以下")
    return f"{words}{bound.text}{tail}"


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
    return f"{total:.0f}{unit}"


def _coverage(
    scope: Sequence[Division], whole: str, held: Sequence[PlaceFigure], other: Sequence[PlaceFigure], name: str
) -> AnswerLine:
    """How many of the places give the figure, which do not, and whose is in another unit."""
    have = {one.place for one in held}
    silent = [place.short for place in scope if place not in have]
    text = f"{len(scope)} 个地区中 {len(held)} 个写到{name}"
    if silent:
        text += f"；未见：{'、'.join(silent[:NAMED])}{'等' if len(silent) > NAMED else ''}"
    if other:
        text += f"；口径不同（单位不同）：{'、'.join(one.place.short for one in other)}"
    return AnswerLine(f"{text}。", counts=(len(scope), len(held)), derived=(text,))


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
    return AnswerLine(f"{text}：“{flatten(cited.quote)}”", (cited,), derived=(label,))


def _by_year(sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView) -> dict[tuple[Division, int], dict[str, PlaceFigure]]:
    """Of each place and year the figure of each kind."""
    dimensions = Counter(f.family.dimension for f in figures if f.year is not None and f.kind in sweep.kinds)
    if not dimensions:
        return {}
    wanted = sweep.family.dimension if not sweep.any_dimension else dimensions.most_common(1)[0][0]
    groups: dict[tuple[str, int, str], list[FigureRow]] = defaultdict(list)
    for f in figures:
        if (
            f.family.dimension == wanted
            and f.year is not None
            and f.kind in sweep.kinds
            and (not sweep.years or f.year in sweep.years)
        ):
            groups[f.place, f.year, f.kind].append(f)
    chosen = {key: choose_figure(view.corpus, rows) for key, rows in groups.items()}
    facts = read_facts(view.corpus, chosen.values())
    out: dict[tuple[Division, int], dict[str, PlaceFigure]] = defaultdict(dict)
    divisions = gazetteer().by_code
    for (code, year, kind), figure in chosen.items():
        if code in divisions and figure.fact in facts:
            out[divisions[code], year][kind] = PlaceFigure(divisions[code], figure, facts[figure.fact])
    return out


def _series(sweep: Sweep, figures: Sequence[FigureRow], view: LibraryView, parsed_text: str) -> AnswerDraft | None:
    """The figures of places by year."""
    found = _by_year(sweep, figures, view)
    if (latest := _LATEST.search(half_width(parsed_text))) is not None and not sweep.years:
        kept = sorted({year for _, year in found})[-(read_whole_number(latest[1]) or 0) :]
        found = {key: told for key, told in found.items() if key[1] in kept}
    if len({year for _, year in found}) < 2:
        return None
    lines: list[AnswerLine] = []
    several = len({place for place, _ in found}) > 1
    for place, year in sorted(found, key=lambda key: (key[0].code, key[1])):
        for kind, one in sorted(found[place, year].items(), reverse=True):
            label = f"{place.short if several else ''}{year}年{KINDS[kind]}"
            lines.append(_row(label, one, view))
    years = sorted({year for _, year in found})
    asked = [year for year in sweep.years if year not in years] or [y for y in range(years[0], years[-1]) if y not in years]
    text = f"共有 {len(years)} 个年份的数"
    text += f"；未见：{'、'.join(f'{year}年' for year in asked)}" if asked else ""
    cover = AnswerLine(f"{text}。", counts=(len(years),), derived=(text,))
    parts = tuple(dict.fromkeys(_part(one, view) for told in found.values() for one in told.values()))
    return AnswerDraft("answered", (cover, *lines), parts=parts, final=True, table=True)


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
    lines: list[AnswerLine] = []
    for place, year in sorted(both, key=lambda key: (key[0].code, key[1])):
        goal, result = both[place, year]["target"], both[place, year]["achieved"]
        label = f"{place.short}{year}年"
        said = _verdict(goal, result)
        cited = (_cited(goal, view), _cited(result, view))
        text = f"{label}目标{goal.text}，完成{result.text}{said}：“{flatten(cited[0].quote)}”……“{flatten(cited[1].quote)}”"
        lines.append(AnswerLine(text, cited, derived=(label, said)))
    for place, year in sorted(one_sided, key=lambda key: (key[0].code, key[1])):
        for kind, one in found[place, year].items():
            lack = "未见完成数" if kind == "target" else "未见目标"
            lines.append(_row(f"{place.short}{year}年{KINDS[kind]}（{lack}）", one, view))
    parts = tuple(dict.fromkeys(_part(one, view) for told in found.values() for one in told.values()))
    if sweep.whole and len(sweep.scope) > 1:
        text = f"{len(sweep.scope)} 个地区中 {len({p for p, _ in both})} 个目标和完成数都有"
        lines.insert(0, AnswerLine(f"{text}。", counts=(len(sweep.scope), len({p for p, _ in both})), derived=(text,)))
    return AnswerDraft("answered" if both else "partial", tuple(lines), parts=parts, final=True, table=True) if lines else None


def _verdict(goal: PlaceFigure, result: PlaceFigure) -> str:
    """Whether a result reaches its goal, where their numbers decide it; goals that are upper bounds are reached from below."""
    a, b = goal.figure.value, result.figure.value
    if a is None or b is None or a.unit != b.unit:
        return "（口径不同，不能直接比较）"
    limits = goal.figure.comparator in ("<=", "<") or any(
        word in fold(goal.fact.value.indicator) for word in word_lists("qa")["kept_down"]
    )
    if limits:
        return "（在目标以内）" if b.high <= a.high else "（超出目标）"
    if goal.figure.comparator == "≈":
        return "（达到目标）" if b.low >= a.low else "（低于目标值）"
    return "（达到目标）" if b.low >= a.low else "（未达到目标）"
