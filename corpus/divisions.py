"""Administrative divisions 行政区划 of China: names, short forms and codes (GB/T 2260, 2023), and finding them in text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Level, Span
from corpus.matching import WordMatcher
from corpus.wordlists import entries


@dataclass(frozen=True, slots=True)
class Division:
    """One division. ``path`` is the full name from the province down, ``short`` the name officials use (黔南州)."""

    code: str
    name: str
    short: str
    level: Level
    path: str
    parent: str | None
    aliases: tuple[str, ...] = ()

    def contains(self, code: str | None) -> bool:
        """Whether the division with this code is this one or lies inside it."""
        if code is None:
            return False
        return code == self.code or (self.code == "0" or code.startswith(self.code))


NATION = Division("0", "全国", "全国", "国家", "全国", None, ("国家", "中央", "全国性"))


@dataclass(frozen=True, slots=True)
class DivisionKind:
    """A kind of division: how its full names end, how its short forms end, and whether these leave out ethnic groups."""

    ending: str
    short_ending: str
    leaves_out_ethnic_groups: bool


def short_forms(name: str) -> tuple[str, ...]:
    """The short forms of a division's name, the usual one first: 黔南布依族苗族自治州 → 黔南州, 黔南."""
    if region := _autonomous_regions().get(name):
        return tuple(dict.fromkeys((region, name.removesuffix("自治区"))))
    for kind in division_kinds():
        stem = name.removesuffix(kind.ending)
        if stem in (name, ""):
            continue
        if kind.leaves_out_ethnic_groups:
            stem = _without_ethnic_groups(stem)
        if len(stem) > 1:
            return tuple(dict.fromkeys((stem + kind.short_ending, stem)))
        if kind.leaves_out_ethnic_groups:
            return (stem + kind.short_ending,)
    return (name,)


def _without_ethnic_groups(stem: str) -> str:
    """A name without the ethnic groups at its end: 黔南布依族苗族 → 黔南; a name that is nothing else keeps the first."""
    while group := next((group for group in _ethnic_groups() if stem.endswith(group) and len(stem) > len(group)), ""):
        stem = stem.removesuffix(group)
    return stem


@dataclass(frozen=True, slots=True)
class DivisionMention:
    """A name found in a text and the divisions it may mean."""

    span: Span
    text: str
    candidates: tuple[Division, ...]


def _is_whole_name(text: str, span: Span) -> bool:
    """False where 区 begins the next word: 甲区域, 乙区间."""
    return text[span.end - 1 : span.end + 1] not in _words("district_words.txt")


class Gazetteer:
    """The divisions by code and by name."""

    def __init__(self, divisions: Iterable[Division]) -> None:
        self.by_code: dict[str, Division] = {division.code: division for division in divisions}
        self._names: dict[str, list[Division]] = defaultdict(list)
        for division in self.by_code.values():
            own: tuple[str, ...] = (division.name, division.short, *division.aliases)
            above = self.by_code.get(division.parent or "")
            if division.name in _words("generic_districts.txt") and above is not None:
                # 城区, 新城区: such a name is a word of every town; it names this one only behind its city
                own = (above.name + division.name, above.aliases[-1] + division.name if above.aliases else "")
            for name in dict.fromkeys((division.path, *own)):
                if name:
                    self._names[name].append(division)
        self._matcher = WordMatcher(self._names, accept=_is_whole_name)

    def named(self, name: str) -> tuple[Division, ...]:
        """Every division that goes by this name, higher levels first."""
        return tuple(sorted(self._names.get(name.strip(), ()), key=lambda d: len(d.code)))

    def region_codes(self, name: str) -> tuple[str, ...]:
        """What the codes begin with of all divisions that a filter by a region takes in: those of the name and all below them.

        The empty string is the nation, which takes in everything; a name nobody has takes in nothing. Where a name is the usual one of
        a division, others that only go by it at times are not meant (海南 is the province).
        """
        name = name.strip()
        found = self.named(name)
        meant = [division for division in found if name in (division.name, division.short, division.path)] or found
        return tuple("" if division.code == NATION.code else division.code for division in meant)

    def covers(self, name: str, code: str | None) -> bool:
        """Whether a filter by a region takes in the division with a code, or a document of no known division."""
        return any(code is not None and code.startswith(own) if own else True for own in self.region_codes(name))

    def mentions(self, text: str) -> Iterator[DivisionMention]:
        """Names of divisions in a text, longest match first, left to right."""
        for span in self._matcher.find(text):
            name = span.of(text)
            yield DivisionMention(span, name, self.named(name))

    def parents(self, division: Division) -> Iterator[Division]:
        """The divisions above, nearest first, without the nation."""
        code = division.parent
        while code and code in self.by_code and code != NATION.code:
            yield self.by_code[code]
            code = self.by_code[code].parent

    def resolve(self, candidates: Iterable[Division], near: Iterable[Division] = ()) -> Division | None:
        """The one division meant: the only candidate, else the only one inside or above a division of ``near``, else None."""
        pool = list(candidates)
        if len(pool) == 1:
            return pool[0]
        for other in near:
            close = [d for d in pool if other.contains(d.code) or d.contains(other.code)]
            if len(close) == 1:
                return close[0]
        top = [d for d in pool if len(d.code) == min(len(x.code) for x in pool)] if pool else []
        return top[0] if len(top) == 1 else None


@lru_cache(maxsize=1)
def _ethnic_groups() -> tuple[str, ...]:
    return tuple(sorted(entries("corpus", "ethnic_groups.txt"), key=len, reverse=True))


@lru_cache(maxsize=4)
def _words(name: str) -> frozenset[str]:
    return frozenset(entries("corpus", name))


@lru_cache(maxsize=1)
def division_kinds() -> tuple[DivisionKind, ...]:
    """The kinds of divisions, of endings that end alike the longest first."""
    rows = ([*line.split("\t"), ""][:3] for line in entries("corpus", "division_kinds.tsv"))
    return tuple(DivisionKind(ending, short.strip("-"), ethnic == "民族") for ending, short, ethnic in rows)


@lru_cache(maxsize=1)
def _autonomous_regions() -> dict[str, str]:
    return {row[0]: row[1] for row in (line.split("\t") for line in entries("corpus", "autonomous_regions.tsv"))}


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """All divisions of the data file ``corpus/data/divisions.tsv``, and the nation."""
    divisions = [NATION]
    names: dict[str, str] = {}
    for line in entries("corpus", "divisions.tsv"):
        code, name, *old = line.split("\t")
        names[code] = name
        shorts = short_forms(name)
        level: Level = "省" if len(code) == 2 else "市州" if len(code) == 4 else "县"
        parent = next((code[:n] for n in (4, 2) if n < len(code) and code[:n] in names), NATION.code)
        above = names.get(code[:2], "") if len(code) > 2 else ""
        middle = names.get(code[:4], "") if len(code) > 4 else ""
        path = f"{above}{middle}{name}" if above != name else name
        aliases = [alias for alias in (*shorts, *(old[0].split(",") if old and old[0] else ())) if alias]
        if level == "县":
            # a bare county stem (朝阳, 城关) is an ordinary word too often to be a name on its own
            aliases = [alias for alias in aliases if len(alias) >= 3]
        divisions.append(Division(code, name, shorts[0], level, path, parent, tuple(dict.fromkeys(aliases))))
    return Gazetteer(divisions)
