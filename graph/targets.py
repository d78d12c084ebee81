"""Targets 目标指标: every quantity of a document with its indicator, year, region and kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from corpus.divisions import gazetteer
from corpus.document import HeadMatter, ParsedDocument, Span, fact_id
from graph.clauses import YearMention, clauses, governing, quoted, sentences, titled, years_in
from graph.facts import Comparator, Target, TargetKind
from graph.indicators import indicator_of
from graph.quantities import Quantity, find_quantities, half_width
from graph.targets_kind import kind_of, sets_rules

_ANNUAL_TITLE = re.compile(r"(20\d\d)年(?:度)?(?![-—–至到—]|以来)")
_SPAN_TITLE = re.compile(r"20\d\d年?[-—–至到]{1,2}20\d\d")
_ANNUAL_KIND = re.compile(r"方案|要点|计划|安排|任务|工作|清单|行动|意见|目标|报告")
_PERIOD = re.compile(
    r"(规划期限?|实施期限?|执行期限?|规划时限|建设期|计划期)(?:为|是|:|：)?((?:19|20)\d\d)年?[-—–~至到]{1,2}((?:19|20)\d\d)年"
)
_UPPER = re.compile(r"^(?:(?:\d{4}年|到|至|力争|确保|目前|截至|以来|,|，|\s)*)(全国|我国|全省|我省|全区|全自治区)")
_BINDING = re.compile(r"约束性|预期性")


@dataclass(frozen=True, slots=True)
class _Setting:
    """What holds for every quantity of one stretch under one head."""

    head: HeadMatter
    region: str | None
    upper: str | None
    plan_year: int | None
    reference_year: int | None
    ruling: bool


def find_targets(doc: ParsedDocument) -> tuple[Target, ...]:
    """The targets of a document, in the order of the text."""
    text = half_width(doc.text)
    settings: dict[int, _Setting] = {}
    preambles = [s for s in doc.outline if s.kind == "preamble"]
    first_heading = min((s.start for s in doc.outline if s.kind == "heading"), default=None)
    out: list[Target] = []
    for stretch in _stretches(doc):
        for sentence in sentences(text, stretch.start, stretch.end):
            if not _may_hold(text, sentence):
                continue
            head = doc.head_at(sentence.start)
            setting = settings.get(id(head))
            if setting is None:
                setting = settings[id(head)] = _setting(head, doc)
            preamble = any(p.body_start <= sentence.start < max(p.body_end, p.end) for p in preambles) and (
                first_heading is not None
            )
            out.extend(_in_sentence(doc, text, sentence, setting, preamble))
    unique: dict[str, Target] = {}
    for target in out:
        unique.setdefault(target.id, target)
    return tuple(sorted(unique.values(), key=lambda t: (t.span.start, t.span.end)))


def _stretches(doc: ParsedDocument) -> list[Span]:
    """The text that carries policy: body and attachments without tables, or everything where zones are unknown."""
    spans = list(doc.body_spans()) or [Span(0, len(doc.text))]
    skip = [s.span for s in doc.outline if s.kind == "title"] + [table.span for table in doc.tables]
    out: list[Span] = []
    for span in spans:
        at = span.start
        for hole in sorted(skip):
            if hole.end <= at or hole.start >= span.end:
                continue
            if hole.start > at:
                out.append(Span(at, hole.start))
            at = max(at, hole.end)
        if at < span.end:
            out.append(Span(at, span.end))
    return out


_TRIGGER = re.compile(r"[\d一二三四五六七八九十两百千]|应.尽|全|零|半|翻|倍|不发生|杜绝|消除|无")


def _may_hold(text: str, sentence: Span) -> bool:
    return len(sentence) > 3 and _TRIGGER.search(text, sentence.start, sentence.end) is not None


def _setting(head: HeadMatter, doc: ParsedDocument) -> _Setting:
    title = head.title or ""
    plan_year = None
    annual = _ANNUAL_TITLE.search(title)
    if annual and not _SPAN_TITLE.search(title) and _ANNUAL_KIND.search(title):
        plan_year = int(annual[1])
    reference = None
    for date in (head.issued_on, head.published_on, head.plan_period[0] if head.plan_period else None):
        if date:
            reference = int(date[:4])
            break
    if plan_year is not None and (reference is None or plan_year < reference):
        reference = plan_year
    region, upper = _regions(head)
    return _Setting(head, region, upper, plan_year, reference, sets_rules(head))


def _regions(head: HeadMatter) -> tuple[str | None, str | None]:
    """The division's own name and that of the one above it: 黔南布依族苗族自治州, 贵州省."""
    table = gazetteer()
    division = table.by_code.get(head.region_code or "")
    if division is None and head.region:
        named = table.named(head.region)
        division = named[0] if named else None
    if division is None:
        return head.region, None
    above = next(iter(table.parents(division)), None)
    return division.name, (above.name if above else None)


def _in_sentence(doc: ParsedDocument, text: str, sentence: Span, setting: _Setting, preamble: bool) -> list[Target]:
    quantities = find_quantities(text, sentence.start, sentence.end)
    period = _PERIOD.search(text, sentence.start, sentence.end)
    if not quantities and period is None:
        return []
    parts = clauses(text, sentence)
    mentions = years_in(text, sentence, current=setting.plan_year or setting.reference_year)
    names = titled(text, sentence)
    marks = [span for span in quoted(text, sentence) if len(span) <= 14]
    out: list[Target] = []
    if period is not None:
        out.append(_period_target(doc, text, period, setting))
    kept = [q for q in quantities if not _in_name(text, q, names, marks)]
    for i, quantity in enumerate(kept):
        clause = next((c for c in parts if c.start <= quantity.core.start < c.end), sentence)
        quote = _quote(text, clause, kept, i)
        year = governing(mentions, quantity.core.start, clause)
        kind = kind_of(
            text, sentence, clause, quantity, year,
            head=setting.head, preamble=preamble, ruling=setting.ruling,
            reference_year=setting.reference_year, retrospect=False,
        )  # fmt: skip
        previous = _previous(text, parts, clause)
        indicator = indicator_of(text, quote, quantity, previous)
        if len(indicator) < 2:
            indicator = indicator_of(text, clause, quantity, previous)
        quote = _with_year(text, quote, parts, mentions)
        out.append(_target(doc, text, quote, quantity, indicator, kind, year, mentions, setting, sentence))
    return out


def _in_name(text: str, quantity: Quantity, names: list[Span], marks: list[Span]) -> bool:
    """Whether the number belongs to a title, to a quoted formula or to a known name."""
    if any(name.covers(quantity.core) for name in names):
        return True
    if quantity.form != "words" and any(mark.covers(quantity.core) for mark in marks):
        return True
    return text.startswith(_name_numbers(), quantity.core.start)


def _quote(text: str, clause: Span, quantities: list[Quantity], i: int) -> Span:
    """The part of a clause that speaks of one quantity: ``示范县5个、推进县5个和基础县2个`` comes apart at ``、`` and ``和``."""
    core = quantities[i].core
    start, end = clause.start, clause.end
    if i > 0 and clause.covers(quantities[i - 1].core):
        cut = _last_cut(text, quantities[i - 1].core.end, core.start)
        start = max(start, cut) if cut is not None else start
    if i + 1 < len(quantities) and clause.covers(quantities[i + 1].core):
        cut = _last_cut(text, core.end, quantities[i + 1].core.start)
        if cut is not None:
            end = cut - 1
    return Span(start, max(end, core.end)).trimmed(text)


def _last_cut(text: str, start: int, end: int) -> int | None:
    for mark in ("、", "和", "及"):
        at = text.find(mark, start, end)
        if at >= 0:
            return at + 1
    return None


def _previous(text: str, parts: list[Span], clause: Span) -> str:
    before = [part for part in parts if part.end <= clause.start]
    return before[-1].of(text) if before else ""


def _with_year(text: str, quote: Span, parts: list[Span], mentions: list[YearMention]) -> Span:
    """Take a clause that is nothing but the year (到2025年，) into the quote that follows it."""
    before = [part for part in parts if part.end <= quote.start]
    if not before or text[before[-1].end : quote.start].strip(" ,，"):
        return quote
    alone = any(m.span.start <= before[-1].start and before[-1].end <= m.span.end for m in mentions)
    return Span(before[-1].start, quote.end) if alone else quote


def _target(
    doc: ParsedDocument,
    text: str,
    quote: Span,
    quantity: Quantity,
    indicator: str,
    kind: TargetKind,
    year: YearMention | None,
    mentions: list[YearMention],
    setting: _Setting,
    sentence: Span,
) -> Target:
    by_year = None
    if kind in ("target", "rule") and year is not None and year.role in ("by", "plain", "during"):
        by_year = year.year
    elif kind == "target" and setting.plan_year is not None:
        by_year = setting.plan_year
    base = next((m.year for m in mentions if m.role == "base" and sentence.covers(m.span)), None)
    comparator: Comparator = quantity.comparator
    if comparator == "=" and "估算" in text[sentence.start : quantity.core.start]:
        comparator = "≈"
    binding = _BINDING.search(text, quote.start, quote.end)
    region = setting.region
    clause_start = text[sentence.start : quantity.core.start]
    upper = _UPPER.match(clause_start)
    if upper and setting.region:
        if upper[1] in ("全国", "我国"):
            region = "全国"
        elif setting.head.level not in ("省", "国家") and upper[1] in ("全省", "我省"):
            region = setting.upper or region
    return Target(
        id=fact_id(doc.id, "target", quantity.core, indicator),
        document_id=doc.id,
        span=quote,
        indicator=indicator,
        comparator=comparator,
        value=quantity.value,
        value_text=doc.text[quantity.span.start : quantity.span.end],
        unit=quantity.unit,
        kind=kind,
        value_min=quantity.value_min,
        value_max=quantity.value_max,
        by_year=by_year,
        base_year=base,
        deadline=year.written if year is not None and by_year is not None and year.role in ("by", "during") else None,
        region=region,
        binding="约束性" if binding and binding[0] == "约束性" else "预期性" if binding else None,
    )


def _period_target(doc: ParsedDocument, text: str, match: re.Match[str], setting: _Setting) -> Target:
    span = Span(match.start(), match.end())
    return Target(
        id=fact_id(doc.id, "target", span, match[1]),
        document_id=doc.id,
        span=span,
        indicator=match[1],
        comparator="range",
        value=None,
        value_text=doc.text[match.start(2) : match.end()],
        unit="年",
        kind="rule",
        value_min=float(match[2]),
        value_max=float(match[3]),
        region=setting.region,
    )


@lru_cache(maxsize=1)
def _name_numbers() -> tuple[str, ...]:
    lines = resources.files("graph").joinpath("data", "name_numbers.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))
