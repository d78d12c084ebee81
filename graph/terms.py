"""Terms 术语: named formulas (四个不摘, 一库一单), abbreviations and defined words, each with its best definition in the text.

A definition is one contiguous span: what a bracket, 即 or 是指 gives, the list that stands before or after the formula and has
as many members as the formula counts, or a run of sentences that begin alike. A formula without one is kept, definition None.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Protocol

from corpus.document import ParsedDocument, Span, fact_id
from corpus.numerals import chinese_number, half_width
from graph.clauses import clauses, sentences, wrap_width
from graph.facts import Term
from graph.lexicon import entries, expand, word_lists
from graph.tasks.measures import demand_opening

_QUOTED = re.compile(r"[“\"]([^“”\"\n]{2,20})[”\"]")
_NUMERAL = re.compile(r"[一二两三四五六七八九十双]")
_NOT_TERM = re.compile(
    expand(
        r"^(?:[一二三四五六七八九十]{1,2}、.*|{five_year_plans}|[\d.]+|第?[一二三四五六七八九十百]+[年月日号条章]?|[\d年月日.:—~-]+|.*[，,。；;：:！？].*|.*\d{4}年.*)$"
    )
)
_PLUS = re.compile(r"[^+]{1,12}\+[^+]{0,8}|\d\+[\dXNn+一-龥]{1,6}")
_ABBREVIATION = re.compile(r"[(（](?:以?下(?:统一)?[简合统]?称|下称|简称|统称)(?:为)?[:“\"]?([^“”\"》《)）\n]{2,20})[”\"]?[)）]")
_DEFINED = re.compile(expand(r"(?:所称|所指)?的?[“\"]?([一-龥A-Za-z+]{2,16})[”\"]?,?{means}"))
_LIST_LEAD = re.compile(expand(r"^(?:第[一二三四五六七八九十百]{1,4}条\s?|{list_leads}|我[{divisions}局委])+"))
_COUNTED = re.compile(expand(r"([两二三四五六七八九十]{1,2})({counted_by})([一-龥]{1,8}?{counted_nouns})"))
_MEANS = re.compile(expand(r"(?:[^，,。；;：:\n]{0,16}?所称[^，,。；;：:\n]{2,20}?[，,]?)?{means}"))
_NO_EXPLANATION = re.compile(expand(r"\d{4}年|[〔\[]\d{4}|^(?:{bracketed_units}|见|详见|附件|下同|以下)|(?:{bracketed_units})$"))
"""What stands in a bracket behind a formula without explaining it: a year, a number of a document, the units in charge."""
_POINTED = re.compile(r"(?:^|[)）。；;\s])\s*([一-龥]{2,12})[:：]指(?=[一-龥])")
_NAME_TAIL = re.compile(r"(?:主要|通常|一般)$")
_NAME_LEAD = re.compile(expand(r"(?:第[一二三四五六七八九十百]{1,4}条|.*所[称指]的?)"))
# 供水总量指各种水源…的水量, 共同申请人指就同一笔贷款…: 指 without 是, behind a bare name and before the beginning of an explanation
_POINTED_AT = re.compile(
    expand(
        r"(?:(?<=[。；;,，\n.．、)）:：\d])|^)\s?([一-龥A-Za-z]{2,12}?)(?<![是所要通])指(?={explaining_openers})(?!{no_pointing})"
    ),
    re.M,
)
_EXPLAINED = re.compile(
    r"(?:(?<=[，,。；;：:、的\n“])|^)(?P<name>[一-龥A-Za-z+]{2,12})[”\"]?[(（](?:即|是指|指|也就是)[:：,，]?(?P<what>[^()（）\n]{4,160}?)(?:[,，]下同)?[)）]",
    re.M,
)
_NEXT_DEFINED = re.compile(r"[;；][^;；。]{1,20}指")
_NO_TERM_OPENS = word_lists()["no_term_opens"]
_LEAST_EXPLAINED = 8
"""Characters of an explanation behind a bare 指; shorter ones are no definitions."""
_LEVELS = re.compile(expand(r"[{divisions}{townships}村地户、]{2,14}$"))
_NAMED_AS = re.compile(r"([一-龥]{2,14})(?:同时)?明确为([一-龥]{2,10})(?=[,，。;；])")
_SET_UP = re.compile(r"设立[\d一二三四五]{1,2}年(过渡期)")
_SAME_AS = re.compile(expand(r"^[”\"’]?{formula_nouns}?[。,，:]?\s*{that_is}[:,，]?"))


def find_terms(doc: ParsedDocument) -> tuple[Term, ...]:
    """The terms of a document, one each, with the best definition: written out, listed beside it, or None."""
    text = half_width(doc.text)
    found: dict[str, Term] = {}

    def add(term: Span, definition: Span | None, quote: Span | None = None) -> None:
        name = re.sub(r"\s", "", doc.text[term.start : term.end]).strip("“”\"'")
        name = _NAME_TAIL.sub("", name)
        if len(name) < 2:
            return
        old = found.get(name)
        if old is None or (old.definition is None and definition is not None):
            whole = quote or _hull(term, definition)
            found[name] = Term(fact_id(doc.id, "term", term, name), doc.id, whole, name, definition)

    width = wrap_width(text)
    tries: Counter[str] = Counter()
    for stretch in list(doc.body_spans()) or [Span(0, len(text))]:
        parts = sentences(text, stretch.start, stretch.end, width=width)
        for i, sentence in enumerate(parts):
            _explicit(text, sentence, add)
            _formulas(text, parts, i, tries, add)
            _counted(text, sentence, add)
    return tuple(sorted(found.values(), key=lambda term: (term.span.start, term.term)))


def is_formula(name: str) -> bool:
    """Whether a quoted name is a formula by its form: a numeral or a plus sign in a short phrase (五无甘南, 雨露计划+)."""
    if not 2 <= len(name) <= 14 or _NOT_TERM.match(name):
        return False
    if name in _ordinary():
        return False
    if "+" in name:
        return bool(_PLUS.fullmatch(name))
    first = _NUMERAL.search(name)
    return (
        first is not None and (first.start() == 0 or len(name) <= 5) and not name.endswith(("年", "月", "日", "条", "次", "号"))
    )


class _Adder(Protocol):
    """Callback of the finders: takes a term, its definition and, where it differs, the span to quote."""

    def __call__(self, term: Span, definition: Span | None, quote: Span | None = None) -> None: ...


def _explicit(text: str, sentence: Span, put: _Adder) -> None:
    """(以下简称X), A是指B, 明确为X, 设立N年过渡期."""
    shortened = text.find("称", sentence.start, sentence.end) >= 0
    for match in _ABBREVIATION.finditer(text, sentence.start, sentence.end) if shortened else ():
        before = _phrase_before(text, sentence, match.start())
        if before is not None:
            put(Span(match.start(1), match.end(1)), before, Span(before.start, match.end()))
    # both patterns begin with any characters at all: tried at every place of a text only where their fixed words stand in it
    defined = text.find("指", sentence.start, sentence.end) >= 0
    for match in _DEFINED.finditer(text, sentence.start, sentence.end) if defined else ():
        end = _end_of_definition(text, match.end(), sentence.end)
        name = Span(match.start(1), match.end(1))
        lead = _NAME_LEAD.match(match[1])
        name = Span(name.start + (lead.end() if lead else 0), name.end)
        if re.search(r"第.{1,3}条", name.of(text)):
            continue
        if end - match.end() >= 4:
            put(name, Span(match.end(), end).trimmed(text))
    for match in _POINTED.finditer(text, max(0, sentence.start - 1), sentence.end) if defined else ():
        put(Span(match.start(1), match.end(1)), Span(match.end(), sentence.end).trimmed(text))
    for match in _POINTED_AT.finditer(text, sentence.start, sentence.end) if defined else ():
        definition = Span(match.end(), _end_of_definition(text, match.end(), sentence.end)).trimmed(text)
        if len(definition) >= _LEAST_EXPLAINED:
            put(Span(match.start(1), match.end(1)), definition)
    for match in _EXPLAINED.finditer(text, sentence.start, sentence.end):
        verb = demand_opening().match(match["name"])
        name = Span(match.start("name") + (verb.end() if verb else 0), match.end("name"))
        if len(name) >= 2 and not name.of(text).startswith(_NO_TERM_OPENS):
            put(name, Span(match.start("what"), match.end("what")).trimmed(text))
    named = text.find("明确为", sentence.start, sentence.end) >= 0
    for match in _NAMED_AS.finditer(text, sentence.start, sentence.end) if named else ():
        put(Span(match.start(2), match.end(2)), sentence.trimmed(text))
    for match in _SET_UP.finditer(text, sentence.start, sentence.end):
        put(Span(match.start(1), match.end(1)), sentence.trimmed(text))


def _end_of_definition(text: str, start: int, end: int) -> int:
    """Where a definition ends: with its sentence, or at a semicolon behind which the next thing is defined."""
    stop = text.find("。", start, end + 1)
    stop = stop if stop >= 0 else end
    following = _NEXT_DEFINED.search(text, start, stop)
    return following.start() if following is not None else stop


def _formulas(text: str, parts: list[Span], i: int, tries: Counter[str], add: _Adder) -> None:
    """Quoted formulas of one sentence with the definition around them; a formula said very often is looked at 20 times."""
    sentence = parts[i]
    for match in _QUOTED.finditer(text, sentence.start, sentence.end):
        name = match[1]
        if not is_formula(name) or tries[name] >= 20:
            continue
        tries[name] += 1
        inside = Span(match.start(1), match.end(1))
        count = _count_of(name)
        definition = (
            _bracket_after(text, match.end(), sentence)
            or _same_as(text, parts, i, match.end())
            or (_list_before(text, sentence, match.start(), count) if count and "、" not in name else None)
            or (_list_after(text, sentence, match.end(), count) if count else None)
            or (_sentences_alike(text, parts, i, name, count) if count else None)
        )
        add(inside, definition)


def _count_of(name: str) -> int | None:
    """How many things a formula counts: 四个体系 4, 一库一单 2, 五无甘南 5, 两不愁三保障 5."""
    if "+" in name:
        return None
    numerals = [n for n in (chinese_number(c) if c != "双" else 2.0 for c in name if _NUMERAL.match(c)) if n]
    if not numerals:
        return None
    if name[0] not in "一二两三四五六七八九十双":
        return None
    leading = re.match(r"十[一二三四五六七八九]?", name)
    total = int(chinese_number(leading.group()) or 10) if leading else int(sum(numerals))
    return total if 2 <= total <= 20 else None


def _bracket_after(text: str, at: int, sentence: Span) -> Span | None:
    """``“三资”（资金、资产、资源）``: a bracket right behind the formula that lists or explains."""
    if text[at : at + 1] not in ("(", "（"):
        return None
    stop = min((p for p in (text.find(")", at, sentence.end), text.find("）", at, sentence.end)) if p >= 0), default=-1)
    inner = Span(at + 1, stop).trimmed(text) if stop > at + 1 else None
    if inner is None or not 4 <= len(inner) <= 200 or _NO_EXPLANATION.search(inner.of(text)):
        return None
    return inner


def _same_as(text: str, parts: list[Span], i: int, at: int) -> Span | None:
    """``“四个不摘”。即…``, ``“A”是指…``: what 即 or 是指 introduces, up to the full stop."""
    window = text[at : parts[i].end + 1]
    match = _SAME_AS.match(window)
    if match is not None:
        definition = Span(at + match.end(), parts[i].end).trimmed(text)
        return definition if 4 <= len(definition) <= 300 else None
    if i + 1 < len(parts) and not text[at : parts[i].end].strip('”"要求原则机制政策'):
        following = parts[i + 1]
        match = _SAME_AS.match(text[following.start : min(following.start + 12, following.end)])
        if match is not None and match.group().strip('”"’。,，: '):
            return Span(following.start + match.end(), following.end).trimmed(text)
    return None


def _list_before(text: str, sentence: Span, at: int, count: int) -> Span | None:
    """``责任体系、推进体系、考核体系和问责体系“四个体系”``: as many members before the formula as it counts."""
    clause = _clause_at(text, sentence, at)
    if clause is None or at - clause.start < 4:
        return None
    name = _QUOTED.match(text, at)
    listing = _listing(text, Span(clause.start, at), count)
    return listing if listing is not None and name is not None and _belong(_members(listing.of(text)), name[1]) else None


def _members(listing: str) -> list[str]:
    return [member.strip('“”" ') for member in re.split("[、和与及]", listing)]


def _belong(members: list[str], name: str) -> bool:
    """Whether a list is that of a formula: each member has a character of its name, or the last ends as the name does.

    A list that only happens to stand before a formula (做优…、创新…、深入促进“三产”融合) shares nothing with it.
    """
    key = set(_NUMERAL.sub("", name)) - set("个大项、")
    return bool(key) and (all(key & set(member) for member in members) or (len(members) > 2 and members[-1].endswith(name[-2:])))


def _listing(text: str, span: Span, count: int) -> Span | None:
    """The last ``count`` members of a list that fills the end of a stretch, the first one freed of its verb."""
    span = span.trimmed(text)
    while span.end > span.start and text[span.end - 1] in '等”"':
        span = Span(span.start, span.end - 1)
    if span.end > span.start and text[span.start : span.end].count("“") == 1 and text[span.end] in '”"':
        inner = Span(text.index("“", span.start) + 1, span.end)
        return inner if len(re.split("、", inner.of(text))) == count else None
    pieces = [match.start() for match in re.finditer(r"[、]|和|与|及", span.of(text))]
    if len(pieces) + 1 < count:
        return None
    cut = pieces[len(pieces) - count] + 1 if len(pieces) >= count else 0
    start = span.start + cut
    if cut == 0:
        lead = _LIST_LEAD.match(span.of(text))
        start += lead.end() if lead and lead.end() < len(span) - 3 else 0
    members = re.split(r"[、]|和|与|及", text[start : span.end])
    if len(members) != count or any(not 1 <= len(member.strip("“”")) <= 30 for member in members):
        return None
    return Span(start, span.end).trimmed(text)


def _list_after(text: str, sentence: Span, at: int, count: int) -> Span | None:
    """``“四个坚持”，坚持…，坚持…``: as many clauses, or members of one list, after the formula as it counts."""
    rest = Span(min(at + 1, sentence.end), sentence.end)
    if len(rest) < 6 or text[at : at + 1] not in (",", "，", ":", "："):
        return None
    name = text[text.rfind("“", sentence.start, at) + 1 : at - 1] if text.rfind("“", sentence.start, at) >= 0 else ""
    following = clauses(text, Span(rest.start, min(rest.end, rest.start + 400)))
    first = following[:count]
    if len(first) == count and (
        len({clause.of(text)[:2] for clause in first}) == 1
        or (len(following) == count and _belong([c.of(text) for c in first], name))
    ):
        return Span(first[0].start, first[-1].end)
    if following and len(_members(following[0].of(text))) == count and _belong(_members(following[0].of(text)), name):
        return following[0]
    return None


def _sentences_alike(text: str, parts: list[Span], i: int, name: str, count: int) -> Span | None:
    """``“五无…”`` and, in the same paragraph, five sentences that begin alike and carry its key character (推进全域无…)."""
    key = next((c for c in name if not _NUMERAL.match(c) and c not in "个大项"), "")
    if count < 3 or not key:
        return None
    run: list[Span] = []
    head = ""
    for part in parts[i : i + 3 * count]:
        start = part.start
        opening = text[start : start + 8]
        at = opening.find(key)
        if at >= 2:
            prefix = opening[: at + 1]
            if prefix == head:
                run.append(part)
                continue
            if len(run) < count:
                head, run = prefix, [part]
        if "\n" in text[part.end : part.end + 2] and len(run) < count and run:
            run, head = [], ""
    return Span(run[0].start, run[min(len(run), count) - 1].end) if len(run) >= count else None


def _counted(text: str, sentence: Span, add: _Adder) -> None:
    """``基本医疗保险、大病保险、医疗救助三重保障制度``, ``省市县乡村五级书记``: a list followed by its count and name."""
    for match in _COUNTED.finditer(text, sentence.start, sentence.end):
        count = chinese_number(match[1].replace("两", "二"))
        if count is None or count < 2 or text[max(0, match.start() - 1) : match.start()] in ("第", "“", '"'):
            continue
        clause = _clause_at(text, sentence, match.start())
        if clause is None:
            continue
        levels = _LEVELS.search(text, max(clause.start, match.start() - 14), match.start())
        if match[2] == "级":
            if levels is not None and len(levels.group().replace("、", "")) == count:
                add(Span(match.start(), match.end()), Span(levels.start(), levels.end()))
            continue
        definition = _listing(text, Span(clause.start, match.start()), int(count))
        if definition is None:
            continue
        shared = set(match[3]) & set(definition.of(text))
        if shared or max(map(len, re.split("[、和与及]", definition.of(text)))) <= 10:
            add(Span(match.start(), match.end()), definition)


def _clause_at(text: str, sentence: Span, at: int) -> Span | None:
    """The clause around a position, looked for no further than a definition can reach."""
    window = Span(max(sentence.start, at - 240), min(sentence.end, at + 40))
    return next((clause for clause in clauses(text, window) if clause.start <= at <= clause.end), None)


def _phrase_before(text: str, sentence: Span, at: int) -> Span | None:
    """The noun phrase in front of (以下简称…), freed of a leading verb."""
    clause = _clause_at(text, sentence, at)
    if clause is None or at - clause.start < 2:
        return None
    if text[at - 1] == "》":
        start = text.rfind("《", clause.start, at)
        return Span(start, at) if start >= 0 else None
    lead = _LIST_LEAD.match(text[clause.start : at])
    start = clause.start + (lead.end() if lead and lead.end() < at - clause.start - 2 else 0)
    means = _MEANS.match(text, start, at)
    phrase = Span(means.end() if means is not None else start, at).trimmed(text)
    return phrase if len(phrase) else None


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    return frozenset(entries("not_terms.txt"))


def _hull(term: Span, definition: Span | None) -> Span:
    """The stretch to quote for a term: the term with its definition where they stand close together."""
    if definition is None:
        return term
    start, end = min(term.start, definition.start), max(term.end, definition.end)
    return Span(start, end) if end - start <= 400 else definition
