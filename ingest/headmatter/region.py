"""Finds the region 地区 and the level of a document in issuer, title, signature, name of the site and self-reference (我州)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.divisions import NATION, Division, Gazetteer, gazetteer
from corpus.document import Level, Span
from ingest.lexicon import expand
from ingest.lines.organs import is_national

# 资本市场, 健全市场, 健全区域 and 样本省 are no self-reference
_SELF = re.compile(
    expand(
        r"[我全本](?<![{not_before_own}].)(?P<what>省(?!略)|自治区|市(?!场)|州|盟(?!约)|地区|县|旗|区(?![{not_after_district}]))"
    )
)
_PARTY = re.compile(expand(r"^{parties}"))
_TOWN = re.compile(expand(r"(?P<town>[一-龥]{2,8}?{towns}){town_organs}"))
_ORDINAL = r"第[{numerals}]{1,4}"
_ASSEMBLY = re.compile(
    expand(
        rf"(?P<nation>{_ORDINAL}届全国{{national_assemblies}}|中国共产党{_ORDINAL}{{party_congresses}}|全国[一-龥]{{2,8}}会议上的)"
        rf"|(?:在|{{assembly_bodies}})(?P<place>[一-龥]{{2,16}}?){_ORDINAL}[届次]\s{{0,2}}{{assemblies}}"
    )
)
_SPOKESMAN = re.compile(expand(r"我{speaking_for}(?P<organ>国务院|(?P<place>[一-龥]{0,12}?){levels_of_governments}?人民政府)"))
_LEVEL_OF: dict[str, Level] = {"省": "省", "自治区": "省", "州": "市州", "盟": "市州", "地区": "市州", "县": "县", "旗": "县"}


@dataclass(frozen=True, slots=True)
class RegionEvidence:
    """A region with its evidence: the division, the level, the span it was read from (None where no span states it)."""

    division: Division
    level: Level
    span: Span | None = None
    found_in: str = ""


def division_of(name: str, near: Iterable[Division] = (), *, whole: bool = False) -> Division | None:
    """The division an organ or a title speaks for: the deepest one in the chain of names it begins with.

    With ``whole`` a name further inside counts as well (国家税务总局上海市税务局, 关于调整佛山市…的通知).
    """
    places = gazetteer()
    flat = "".join(name.split())
    flat = _PARTY.sub("", flat)
    chain: Division | None = None
    at = 0
    for mention in places.mentions(flat):
        if chain is None and mention.span.start > 0 and not whole:
            return None
        if chain is not None and mention.span.start != at:
            break
        candidates = [d for d in mention.candidates if d.code != NATION.code]
        if chain is not None:
            inside = [d for d in candidates if chain.contains(d.code) and d.code != chain.code]
            if not inside:
                break
            chain = inside[0]
        else:
            chain = places.resolve(candidates, near) if candidates else None
            if chain is None:
                continue
        at = mention.span.end
    return chain


def named_region(name: str) -> Division | None:
    """The division a user names (--region), by any of its names, or by names from the province down."""
    places = gazetteer()
    exact = places.named(re.sub(r"\s+", "", name))
    if exact:
        return exact[0]
    return division_of(name)


def level_of(division: Division) -> Level:
    """The level of a division."""
    return division.level


def speaks_for_nation(name: str) -> bool:
    """Whether an organ is one of the whole country and names no division of its own."""
    flat = "".join(name.split())
    return is_national(flat) and division_of(flat, whole=True) is None


def own_division_word(text: str, start: int, end: int) -> str | None:
    """The kind of division that a text calls its own (我州 → 州, 全省 → 省), where one clearly prevails; else None."""
    found = [(text[match.start()], match["what"]) for match in _SELF.finditer(text, start, end)]
    own = Counter(what for whose, what in found if whose in "我本")
    every = Counter(what for _, what in found)
    for counts, least in ((own, 1), (every, 2)):
        if counts:
            (what, most), *rest = counts.most_common(2)
            if most >= least and (not rest or most > rest[0][1]):
                return what
    return None


_ADDRESSED = re.compile(
    expand(
        r"各省[、（(][^。]{0,14}(?:自治区|区)|各地区[、，]?各部门|国务院{departments_of_state_council}部门|{addressing_nation}"
    )
)


_NATIONAL_WORDS = re.compile(expand(r"{words_of_nation}|全国{whole_nation}"))
_OF_NATION = 4


def speaks_of_nation(text: str, start: int, end: int) -> bool:
    """Whether a text is about the whole country: it uses words such as 党中央 and 全国各地 often and hardly names a place."""
    if own_division_word(text, start, end) is not None:
        return False
    words = sum(1 for _ in _NATIONAL_WORDS.finditer(text, start, end))
    places = Counter(
        m.candidates[0].code[:4] for m in gazetteer().mentions(text[start:end]) if m.candidates[0].code != NATION.code
    )
    return words >= _OF_NATION and words > 2 * max(places.values(), default=0)


def speaks_to_nation(text: str, start: int, end: int) -> bool:
    """Whether a text without a division of its own addresses the whole country (各省、自治区、直辖市, 地方各级, 我国)."""
    own = sum(1 for match in _SELF.finditer(text, start, end) if text[match.start()] in "我本")
    return own == 0 and _ADDRESSED.search(text, start, end) is not None and text.count("我国", start, end) >= 2


@lru_cache(maxsize=1)
def _first_assembly(text: str) -> int:
    """Where a text first names an assembly; each of the documents in one file asks for it."""
    match = _ASSEMBLY.search(text)
    return match.start() if match else len(text)


def region_from_assembly(text: str, end: int) -> RegionEvidence | None:
    """The division of the assembly to which a report was given (在某省第十四届人民代表大会…上, 第十一届全国人民代表大会)."""
    match = _ASSEMBLY.search(text, _first_assembly(text), end)
    if match is None:
        return None
    if match["nation"]:
        return RegionEvidence(NATION, "国家", Span(match.start("nation"), match.end("nation")), "会议名称")
    division = division_of(match["place"])
    if division is None:
        return None
    return RegionEvidence(division, level_of(division), Span(match.start("place"), match.end("place")), "会议名称")


def reporting_organ(text: str, start: int, end: int, division: Division) -> tuple[str, Span] | None:
    """The government in whose name a report is given (我代表省人民政府), under its full name."""
    match = _SPOKESMAN.search(text, start, end)
    if match is None:
        return None
    where = Span(match.start("organ"), match.end("organ"))
    if match["organ"] == "国务院":
        return ("国务院", where) if division.code == NATION.code else None
    if match["place"]:
        return match["organ"], where
    return f"{division.name}人民政府", where


def region_from_body(text: str, start: int, end: int, near: Iterable[Division] = ()) -> RegionEvidence | None:
    """The division most often named among those of the kind that the text calls its own (我州, 我市)."""
    what = own_division_word(text, start, end)
    if what is None:
        return None
    places: Gazetteer = gazetteer()
    near = tuple(near)
    counts: Counter[str] = Counter()
    first: dict[str, Span] = {}
    provinces: Counter[str] = Counter()
    for mention in places.mentions(text[start:end]):
        for division in mention.candidates:
            if division.code == NATION.code:
                continue
            provinces[division.code[:2]] += 1
        fitting = [d for d in mention.candidates if _fits_word(d, what)]
        if not fitting:
            continue
        if len(fitting) > 1:
            fitting = [d for d in fitting if any(n.contains(d.code) for n in near)] or fitting
        for division in fitting[:3]:
            counts[division.code] += 1
            first.setdefault(division.code, Span(start + mention.span.start, start + mention.span.end))
    if not counts:
        return None
    code = max(counts, key=lambda c: (counts[c], provinces[c[:2]], -first[c].start))
    if counts[code] < 2 and first[code].start - start > 400:
        return None
    division = places.by_code[code]
    return RegionEvidence(division, level_of(division), first[code], "正文")


def region_from_mentions(text: str, start: int, end: int) -> RegionEvidence | None:
    """The one city or province that a text names again and again, where it hardly names another."""
    places = gazetteer()
    counts: Counter[str] = Counter()
    counties: Counter[str] = Counter()
    first: dict[str, Span] = {}
    for mention in places.mentions(text[start:end]):
        division = mention.candidates[0]
        if division.code == NATION.code:
            continue
        if len({d.code[:4] for d in mention.candidates}) > 1:
            continue
        counts[division.code[:4]] += 1
        if len(division.code) == 6 and len(mention.candidates) == 1:
            counties[division.code] += 1
            first.setdefault(division.code, Span(start + mention.span.start, start + mention.span.end))
        first.setdefault(division.code[:4], Span(start + mention.span.start, start + mention.span.end))
    if not counts:
        return None
    code, most = counts.most_common(1)[0]
    above = counts[code[:2]] if len(code) > 2 else 0
    if most < 3 or most + above < 0.8 * sum(counts.values()) or code not in places.by_code:
        return None
    inner = next((c for c, n in counties.most_common(1) if c.startswith(code) and n >= 3 and n > 0.7 * most), code)
    division = places.by_code[inner]
    return RegionEvidence(division, level_of(division), first[inner], "正文多次提到的地方")


def _fits_word(division: Division, what: str) -> bool:
    if what in ("省", "自治区"):
        return division.level == "省" and division.name.endswith(what)
    if what == "市":
        return division.name.endswith("市")
    if what in ("州", "盟", "地区"):
        return division.level == "市州" and division.name.endswith(what)
    if what == "区":
        return division.name.endswith(("区",)) and division.level in ("县", "省")
    return division.level == "县" and division.name.endswith(what)


def town_in(name: str) -> str | None:
    """The town 乡镇 an organ belongs to, where it is one."""
    match = _TOWN.search(name)
    return match["town"] if match else None
