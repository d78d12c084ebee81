"""Targets 目标指标: every quantity of a document with its indicator, year, region and kind."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache

from corpus.document import ParsedDocument, Span, Table
from corpus.numerals import half_width
from graph.clauses import YearMention, clauses, governing, quoted, sentences, titled, wrap_width, years_in
from graph.facts import Target
from graph.frames.find import Frame, Frames, find_frames
from graph.lexicon import entries, expand
from graph.quantities.find import find_quantities
from graph.quantities.quantity import Quantity
from graph.targets.assemble import (
    REACH,
    TargetDefaults,
    assemble_period,
    assemble_reply_limit,
    assemble_table_target,
    assemble_target,
    read_defaults,
)
from graph.targets.chain import NameChain
from graph.targets.context import TargetContexts
from graph.targets.exclusions import is_no_figure, is_part_of_name
from graph.targets.figure import CHANGED, Figure
from graph.targets.indicator import find_distributed_indicator, find_indicator
from graph.targets.kind_signs import weigh_kind
from graph.targets.name_signs import is_senseless
from graph.targets.naming import complete_name
from graph.targets.readable import find_paid, make_readable, without_groups
from graph.targets.tables import read_table

_PERIOD = re.compile(expand(r"({periods_named})[为是:]?((?:19|20)\d\d)年?[-—–~至到]{1,2}((?:19|20)\d\d)年"))
_REPLY = re.compile(
    expand(r"[于在]?(\d{4}年\d{1,2}月\d{1,2}日(?:\d{1,2}:\d\d|\d{1,2}时|下班)?){before_then}(?=[^。\n]{0,40}{replying})")
)
_TRIGGER = re.compile(expand(r"[\d一二三四五六七八九十两百千]|应.[尽必]|{figures_in_words}"))
_NOTICE = re.compile(expand(r"关于[^,，。;；\n]{2,80}?的{letter_kinds}"))
_YEAR = re.compile(r"\d年")
"""What every period and every limit of a reply has."""
_ADDRESS = re.compile(r"(?:%[0-9A-F]{2}|[\w./:?=&-])*%[0-9A-F]{2}%[0-9A-F]{2}[\w%./:?=&-]*", re.ASCII)
"""A web address with percent signs, which no share of anything is in."""
_LEADER = re.compile("[.…·]{3}")
_LEADERS = re.compile(r"\.{6,}|…{3,}|·{6,}")
_SENTENCE_LIKE = 8
_MOST = 300
"""Figures read in one sentence: what holds more is a run of numbers, not a sentence."""


def find_targets(doc: ParsedDocument, frames: Frames | None = None) -> tuple[Target, ...]:
    """The targets of a document, in the order of the text; ``frames`` are those of its blocks where they are known already."""
    frames = frames or find_frames(doc)
    text = half_width(doc.text)
    known_defaults: dict[int, TargetDefaults] = {}
    contexts = TargetContexts(doc)
    out: list[Target] = []
    width = wrap_width(text)

    def defaults_at(position: int) -> TargetDefaults:
        head = doc.head_at(position)
        known = known_defaults.get(id(head))
        if known is None:
            known = known_defaults[id(head)] = read_defaults(head)
        return known

    for stretch in _stretches(doc):
        ruling = _RulingYears()
        for sentence in sentences(text, stretch.start, stretch.end, width=width):
            frame = frames.at(sentence.start)
            ruling.enter(text, sentence, frame, goals=contexts.at(sentence.start).goals)
            if len(sentence) > 3 and _TRIGGER.search(text, sentence.start, sentence.end):
                out.extend(_in_sentence(doc, text, sentence, defaults_at(sentence.start), contexts, frame, ruling))
    for table in doc.tables:
        defaults = defaults_at(table.span.start)
        readings = read_table(doc, text, table, defaults.reference_year)
        out.extend(assemble_table_target(doc, reading, defaults) for reading in readings)
        if not readings:
            out.extend(_from_cells(doc, text, table, defaults, contexts))
    unique: dict[str, Target] = {}
    for target in out:
        unique.setdefault(target.id, target)
    return tuple(sorted(unique.values(), key=lambda target: (target.span.start, target.span.end)))


_LEADING_YEAR = re.compile(
    expand(
        r"\s{0,8}(?:[—–-]{1,2}|[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．])?\s{0,4}(?=[到至力争在“\"十])[^,，。;；]{0,6}(?:\d{4}年|{five_year_plans})[^,，。;；]{0,8}[,，]"
    )
)


_SEVERAL_YEARS = re.compile(
    expand(
        r"(?:[这近]|过去|刚刚过去的?)(?:的)?[三四五]年(?!级)|[三四五]年(?:来|间)(?!首)|“?{five_year_plans}”?(?:时期|期间|以来)[^。]{0,12}(?:是|[,，]|我)"
    )
)
_ONE_YEAR = re.compile(r"(?:过去|刚刚过去)的?一年|一年来|去年|(?<!\d)20\d\d年[^。]{0,6}[,，是]|今年")


@dataclass(eq=False)
class _RulingYears:
    """The years that sentences before the present one lay down for it."""

    goal: YearMention | None = None
    """The year of a sentence that opens with it (到2025年，…): under a heading of goals it governs what follows."""
    told: int | None = None
    """The last year that a sentence of the same block spoke of."""
    several: bool = False
    """Whether what is told is of several years (这五年), until a sentence names one (2025年, 过去一年)."""
    paid: str = ""
    """What the last sentence of the same block paid or allowed (购房补贴)."""
    _block: int | None = None

    def enter(self, text: str, sentence: Span, frame: Frame | None, *, goals: bool) -> None:
        """Take in the next sentence."""
        opening = _LEADING_YEAR.match(text, sentence.start, sentence.end) if goals else None
        if opening is not None:
            mentions = years_in(text, Span(sentence.start, opening.end()))
            if mentions and mentions[-1].role == "by":
                self.goal = mentions[-1]
        elif not goals:
            self.goal = None
        if _SEVERAL_YEARS.search(text, sentence.start, sentence.end):
            self.several = True
        elif _ONE_YEAR.search(text, sentence.start, sentence.end):
            self.several = False
        block = frame.start if frame is not None else None
        if block != self._block:
            self.told, self.paid, self._block = None, "", block


def _from_cells(doc: ParsedDocument, text: str, table: Table, defaults: TargetDefaults, contexts: TargetContexts) -> list[Target]:
    """The figures told in sentences inside the cells of a table that is no table of indicators."""
    out: list[Target] = []
    for number, row in enumerate(table.rows[table.header_rows :], start=1):
        for cell in dict.fromkeys(row):
            if len(cell) < _SENTENCE_LIKE:
                continue
            header = table.header(row.index(cell), text)
            where = f"{table.label or '表'}第{number}行" + (f"“{header}”列" if header else "")
            for sentence in _inner_rows(text, cell) or sentences(text, cell.start, cell.end):
                if len(sentence) >= (_SENTENCE_LIKE if sentence.start == cell.start else 4) and _TRIGGER.search(
                    text, sentence.start, sentence.end
                ):
                    found = _in_sentence(doc, text, sentence, defaults, contexts)
                    out += [replace(target, place=where) for target in found]
    return out


_INNER_ROW = re.compile(r"(?<![^ ])[^ \d|]{2,20} \d[^ ，。；]{0,12}(?= |$)")


def _inner_rows(text: str, cell: Span) -> list[Span]:
    """The rows of a table inside a cell, of which only blanks are left (设备 数量 分析仪 1台 计数仪 2台): a name and its number each."""
    if re.search("[,，。;；:：\n]", text[cell.start : cell.end]):
        return []
    found = [Span(match.start(), match.end()) for match in _INNER_ROW.finditer(text[: cell.end], cell.start)]
    return found if len(found) > 1 else []


def _stretches(doc: ParsedDocument) -> list[Span]:
    """The text that carries policy: body and attachments without titles and tables, or everything where zones are unknown."""
    spans = list(doc.body_spans()) or [Span(0, len(doc.text))]
    holes = sorted([s.span for s in doc.outline if s.kind == "title"] + [table.span for table in doc.tables])
    out: list[Span] = []
    for span in spans:
        at = span.start
        for hole in holes:
            if hole.end <= at or hole.start >= span.end:
                continue
            if hole.start > at:
                out.append(Span(at, hole.start))
            at = max(at, hole.end)
        if at < span.end:
            out.append(Span(at, span.end))
    return out


def _in_sentence(
    doc: ParsedDocument,
    text: str,
    sentence: Span,
    defaults: TargetDefaults,
    contexts: TargetContexts,
    frame: Frame | None = None,
    ruling: _RulingYears | None = None,
) -> list[Target]:
    start, end = sentence.start, sentence.end
    if _LEADER.search(text, start, end) and _LEADERS.search(text, start, end):
        return []  # a line of a table of contents
    quantities = find_quantities(text, start, end, most=_MOST)
    out: list[Target] = []
    if _YEAR.search(text, start, end):
        out += [assemble_period(doc, text, match, defaults) for match in _PERIOD.finditer(text, start, end)]
        out += [assemble_reply_limit(doc, match, defaults) for match in _REPLY.finditer(text, start, end)]
    if not quantities:
        return out
    titles = {at for span in titled(text, sentence) for at in range(span.start, span.end)}
    titles.update(
        at for match in _NOTICE.finditer(text, sentence.start, sentence.end) for at in range(match.start(), match.end())
    )
    if "%" in sentence.of(text):
        titles.update(at for match in _ADDRESS.finditer(text, start, end) for at in range(match.start(), match.end()))
    marks = {at for span in quoted(text, sentence) if len(span) <= 14 for at in range(span.start, span.end)}
    kept = _merged(text, [q for q in quantities if not _in_name(text, q, titles, marks)])[:_MOST]
    if not kept:
        return out
    parts = clauses(text, sentence)
    starts = [part.start for part in parts]
    kept = [q for q in kept if not is_no_figure(text, sentence, _clause_of(parts, starts, sentence, q), q)]
    kept = [q for i, q in enumerate(kept) if not (i + 1 < len(kept) and is_part_of_name(text, q, kept[i + 1]))]
    context = contexts.at(sentence.start)
    mentions = years_in(text, sentence, current=defaults.plan_year or defaults.reference_year)
    base = next((mention.year for mention in mentions if mention.role == "base"), None)
    section = doc.section_at(sentence.start)
    heading = section.heading if section is not None and section.kind in ("heading", "item") else ""
    carried = ruling.told if ruling is not None else None
    several = ruling is not None and ruling.several
    chain = NameChain()
    told, told_of = "", ""
    paid = find_paid(heading) or (ruling.paid if ruling is not None else "")
    changed_from: float | None = None
    for i, quantity in enumerate(kept):
        if i + 1 < len(kept) and _starts_change(text, quantity, kept[i + 1]):
            changed_from = quantity.value
            continue
        number = bisect_right(starts, quantity.core.start) - 1
        clause = _near(parts[number] if number >= 0 else sentence, quantity)
        quote = _quote(text, clause, kept, i)
        year = governing(mentions, quantity.core.start, clause)
        if year is None and ruling is not None and all(mention.role == "base" for mention in mentions):
            year = ruling.goal
        figure = Figure(
            text,
            sentence,
            clause,
            quantity,
            year,
            context,
            defaults.manner,
            defaults.reference_year,
            frame,
            changed_from,
            defaults.title_kind,
        )
        changed_from = None
        kind = weigh_kind(figure)
        previous = parts[number - 1].of(text)[-80:] if number > 0 else ""
        following = parts[number + 1].of(text)[:40] if number + 1 < len(parts) else ""
        shared = find_distributed_indicator(text, clause, kept, i, previous)
        indicator = shared or find_indicator(text, quote, quantity, previous, following)
        if len(indicator) < 2:
            indicator = find_indicator(text, clause, quantity, previous, following) or clause.of(text)
        named = shared or chain.continued(text, clause, quote, quantity)
        if named is None:
            named = complete_name(
                indicator, figure, previous, heading, told, _like(told, told_of, quantity), lays_down=kind == "rule"
            )
            named = make_readable(named, figure, paid) if named is not None else None
            if named is not None:
                named = chain.take(text, quote, quantity, named)
        elif shared is not None:
            named = make_readable(shared, figure) or (shared if len(shared) > 1 else None)
            chain.subject = named or chain.subject
        if named is None or is_senseless(named, figure, kind):
            continue  # a figure of nothing is no fact
        told, told_of = without_groups(named), quantity.measure
        paid = find_paid(named) or paid
        quote = _with_year(text, quote, parts[number - 1] if number > 0 else None, mentions)
        out.append(
            assemble_target(
                doc, figure, defaults, kind=kind, quote=quote, indicator=named, base_year=base, carried=carried, several=several
            )
        )
    if ruling is not None:
        ruling.paid = paid
        ruling.told = next((m.year for m in reversed(mentions) if m.role in ("plain", "as_of", "by", "during")), ruling.told)
    return out


_FROM = re.compile(r"[由从](?:原来?的?|现行的?|目前的?|\d{4}年(?:末|底)?的?)?\Z")


_ONLY_CHANGE = re.compile(expand(r"(?:统一|均)?(?:{changing_verbs})[到至为]"))


def _starts_change(text: str, quantity: Quantity, following: Quantity) -> bool:
    """Whether a value is what another one changes from: 由56%提高到78% is one figure with a base."""
    # 压缩至 is a bound of the second value already
    between = text[quantity.span.end : following.core.start]
    if quantity.form != "words" and quantity.measure == following.measure and _ONLY_CHANGE.fullmatch(between):
        return True
    if len(between) > 12 or quantity.form == "words" or not CHANGED.search(between) or re.search("[,，。;；、]", between):
        return False
    return _FROM.search(text, max(0, quantity.span.start - 10), quantity.span.start) is not None


def _like(told: str, told_of: str, quantity: Quantity) -> str:
    """The name of the figure before, where this one measures the like; of a share, what it is a share of may be measured itself."""
    if told_of == quantity.measure:
        return told
    shares = told_of in ("percent", "ratio") and quantity.measure == "area" and "面积" in told
    return told[: told.index("面积") + 2] if shares else ""


def _clause_of(parts: list[Span], starts: list[int], sentence: Span, quantity: Quantity) -> Span:
    number = bisect_right(starts, quantity.core.start) - 1
    return parts[number] if number >= 0 else sentence


def _merged(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Formulas of one value in a row (应救尽救、应助尽助) are one statement."""
    out: list[Quantity] = []
    for quantity in quantities:
        last = out[-1] if out else None
        if (
            last is not None
            and quantity.form == last.form == "words"
            and (quantity.value, quantity.unit) == (last.value, last.unit)
            and text[last.span.end : quantity.span.start] in ("、", ",", "和", "")
            and text[quantity.core.start] == "应"
        ):
            whole = Span(last.span.start, quantity.span.end)
            out[-1] = replace(last, span=whole, core=whole)
        else:
            out.append(quantity)
    return out


def _in_name(text: str, quantity: Quantity, titles: set[int], marks: set[int]) -> bool:
    """Whether the number belongs to a title, to a quoted formula or to a known name."""
    at = quantity.core.start
    return at in titles or (quantity.form != "words" and at in marks) or text.startswith(_name_numbers(), at)


def _quote(text: str, clause: Span, quantities: list[Quantity], i: int) -> Span:
    """The part of a clause that speaks of one quantity: ``示范县5个、推进县5个和基础县2个`` comes apart at ``、`` and ``和``."""
    core = quantities[i].core
    start, end = clause.start, clause.end
    if text.find("分别", clause.start, core.start) >= 0:
        return clause
    if i > 0 and clause.covers(quantities[i - 1].core):
        start = _cut(text, quantities[i - 1].core.end, core.start) or start
    if i + 1 < len(quantities) and clause.covers(quantities[i + 1].core):
        cut = _cut(text, core.end, quantities[i + 1].core.start)
        end = cut - 1 if cut else end
    quote = Span(start, max(end, quantities[i].span.end)).trimmed(text)
    said = len(quote) - len(quantities[i].span)
    return quote if said >= 2 or quantities[i].form == "words" else clause


def _cut(text: str, start: int, end: int) -> int | None:
    """Where one item of a list ends and the next begins, outside brackets."""
    depth = 0
    for at in range(start, end):
        char = text[at]
        if char in "(（":
            depth += 1
        elif char in ")）":
            depth = max(0, depth - 1)
        elif (
            (char in "、和及" or (char == "或" and end - at > 5))
            and not depth
            and text[at + 1 : at + 3] not in ("以上", "以下", "以内")
        ):
            return at + 1
    return None


def _near(clause: Span, quantity: Quantity) -> Span:
    """The clause, cut to what stands close to the quantity where it runs on without end."""
    return Span(max(clause.start, quantity.span.start - REACH), min(clause.end, quantity.span.end + REACH))


def _with_year(text: str, quote: Span, before: Span | None, mentions: list[YearMention]) -> Span:
    """Take a clause that is nothing but the year (到2025年，) into the quote that follows it."""
    if before is None or len(before) > 24 or before.end > quote.start or text[before.end : quote.start].strip(" ,，"):
        return quote
    number = bisect_right(mentions, before.start, key=lambda mention: mention.span.start) - 1
    alone = number >= 0 and mentions[number].span.covers(before)
    return Span(before.start, quote.end) if alone else quote


@lru_cache(maxsize=1)
def _name_numbers() -> tuple[str, ...]:
    return entries("name_numbers.txt")
