"""Groups of regions 地区合称 and reading the places that words name; the groups are rows of ``data/region_groups.tsv``.

``read_places`` is the one reader of places for questions, comparisons, targets, the page and the commands: 京津冀和山东, 甘肃各市州,
除上海外的各省.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.divisions import NATION, Division, gazetteer
from corpus.document import Level
from corpus.folding import fold
from corpus.wordlists import entries, word_lists

NOT_AMONG = ("71",)
"""Codes of the divisions without documents of the State: 31个省 does not take them in."""


@dataclass(frozen=True, slots=True)
class RegionGroup:
    """Regions that go by one name.

    Args:
        name: The usual name.
        names: All its names, folded, longest first.
        level: The level of its members.
        whole_level: Whether it takes in every division of the level (各省).
        members: Its divisions, in the order of the data file.
    """

    name: str
    names: tuple[str, ...]
    level: Level
    whole_level: bool
    members: tuple[Division, ...]


@lru_cache(maxsize=1)
def region_groups() -> tuple[RegionGroup, ...]:
    """All groups. Raises ``LookupError`` where the data name a division that there is not."""
    return tuple(_group(*line.split("\t")) for line in entries("corpus", "region_groups.tsv"))


def find_groups(text: str) -> list[tuple[str, RegionGroup]]:
    """The groups named in a text, each with the words that name it, longest first and none inside another.

    >>> [group.name for _, group in find_groups("京津冀三地的最低工资")]
    ['京津冀']
    >>> [division.short for division in find_groups("云贵川的目标")[0][1].members]
    ['云南', '贵州', '四川']
    >>> find_groups("广西自治区商务厅"), find_groups("甘肃西北地区")
    ([], [])
    """
    folded = fold(text)
    found: list[tuple[str, RegionGroup]] = []
    for run in _abbreviated().findall(folded):
        if group_named(run) is None:
            folded = folded.replace(run, " ")
            found.append((run, _group_of_abbreviations(run)))
    for name, group in _by_name():
        if name not in folded or _is_part_of_place(folded[: folded.find(name)], name, group):
            continue
        folded = folded.replace(name, " ")
        found.append((name, group))
    return found


def _is_part_of_place(before: str, name: str, group: RegionGroup) -> bool:
    """Whether the name of a group ends the name of one of its members, or stands right behind it: 广西壮族自治区 and 广西自治区 are one place,
    甘肃西北地区 is a part of one."""
    if group.whole_level:
        return False
    members = group.members
    return before.endswith(tuple(d.short for d in members)) or f"{before}{name}".endswith(tuple(d.name for d in members))


@dataclass(frozen=True, slots=True)
class PlacesRead:
    """The places that some words name.

    Args:
        divisions: The places in the order of the text, each once.
        whole: What the groups among them are called: 京津冀; empty without a group.
        whole_level: Whether they are all places of a level, of the country or inside the places named.
        rest: What else the words say, folded, without what joins names.
    """

    divisions: tuple[Division, ...] = ()
    whole: str = ""
    whole_level: bool = False
    rest: str = ""


Resolver = Callable[[str], Division | None]
"""Gives the division that a name means; None where it is no place there."""

_EXCEPT = re.compile(r"(?:除去?了?|不含|不包括)([^，,。;；]{2,30}?)(?:[之以]?外的?|[，,)）]|$)")
_JOINS = re.compile(r"[、，,;；和与跟及以\s()（）的各]+")
_ITEM = re.compile(r"[\u4e00-\u9fff]+")


def read_places(text: str, resolve: Resolver | None = None) -> PlacesRead:
    """Read the places that a text names: divisions, groups, all of a level; what it excepts is left out.

    Args:
        text: A list of names, or a question.
        resolve: Decides which division a name means; without it the highest of that name is meant.

    >>> [division.short for division in read_places("京津冀和山东").divisions]
    ['北京市', '天津市', '河北', '山东']
    """
    folded, excepted = _without_exceptions(fold(text), resolve)
    folded, groups = _groups_in(folded)
    named, rest = _divisions_in(folded, resolve)
    return combine_places(named, groups, excepted=excepted, rest=rest)


def unknown_in(name: str) -> str | None:
    """What of a name that somebody gives for places is none; None where all of it is known.

    >>> unknown_in("京津冀和火星")
    '火星'
    """
    if gazetteer().named(name):
        return None
    read = read_places(name)
    return None if read.divisions and not read.rest else read.rest or name


def combine_places(
    named: Iterable[tuple[int, Division]],
    groups: Iterable[tuple[int, RegionGroup]],
    *,
    excepted: Iterable[Division] = (),
    rest: str = "",
) -> PlacesRead:
    """Put together the divisions and the groups of a text; of a level are meant those inside the other places, if there are such.

    Args:
        named: Divisions with where they are named.
        groups: Groups with where they are named.
        excepted: Divisions that are left out.
        rest: What else the text says.
    """
    named, groups = list(named), sorted(groups, key=lambda pair: pair[0])
    members = [(at, group.members) for at, group in groups if not group.whole_level]
    if len(named) > 1 and members and {d for _, d in named} <= {d for _, group in members for d in group}:
        members = []  # 长三角的江苏、浙江: those of the group that are named
    parts = sorted([*((at, (division,)) for at, division in named), *members], key=lambda pair: pair[0])
    divisions = [division for _, places in parts for division in places]
    level = next((group for _, group in groups if group.whole_level), None)
    whole_level = False
    if level is not None and (of_level := _of_level(level, divisions)):
        divisions, whole_level = of_level, True
    names = [group.name for _, group in groups if not group.whole_level]
    left_out = set(excepted)
    return PlacesRead(
        tuple(dict.fromkeys(division for division in divisions if division not in left_out)),
        "、".join(names) or (level.name if level is not None and whole_level else ""),
        whole_level,
        rest,
    )


def _of_level(level: RegionGroup, around: Sequence[Division]) -> list[Division]:
    """The members of a level, inside some places if any are named; none where those are of the level themselves (江苏、浙江哪个省高)."""
    if not around:
        return list(level.members)
    return [
        d
        for d in level.members
        if any(a == NATION or (a.contains(d.code) and (a != d or a.level != level.level)) for a in around)
    ]


def _without_exceptions(folded: str, resolve: Resolver | None) -> tuple[str, list[Division]]:
    """A text with blanks in place of what it excepts, and the divisions that it excepts."""
    match = _EXCEPT.search(folded)
    if match is None or not (found := _divisions_in(match[1], resolve)[0]):
        return folded, []
    return _blanked(folded, match.start(), match.end()), [division for _, division in found]


def _groups_in(folded: str) -> tuple[str, list[tuple[int, RegionGroup]]]:
    """A text with blanks in place of the names of groups, and the groups with where they are named."""
    groups = []
    for words, group in find_groups(folded):
        at = folded.find(words)
        groups.append((at, group))
        folded = _blanked(folded, at, at + len(words))
    return folded, groups


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _divisions_in(folded: str, resolve: Resolver | None) -> tuple[list[tuple[int, Division]], str]:
    """The divisions named in a text with their places in it, and what is left of the text."""
    found: list[tuple[int, Division]] = []
    rest, ends = folded, -1
    for words in word_lists("corpus")["no_places"]:
        folded = folded.replace(words, " " * len(words))
    for mention in gazetteer().mentions(folded):
        division = resolve(mention.text) if resolve is not None else mention.candidates[0]
        if division is None:
            continue
        if ends == mention.span.start and found[-1][1] != division and found[-1][1].contains(division.code):
            found.pop()  # 泰州市海陵区 is one place
        found.append((mention.span.start, division))
        ends = mention.span.end
        rest = _blanked(rest, mention.span.start, mention.span.end)
    for at, division in _cities_between(folded, [place for place, _ in found]):
        found.append((at, division))
        rest = _blanked(rest, at, at + len(division.name) - 1)
    return sorted(found, key=lambda pair: pair[0]), _JOINS.sub("", rest)


def _cities_between(folded: str, found: Sequence[int]) -> Iterator[tuple[int, Division]]:
    """Cities of the level of counties, by their short names, beside other places in a list: 义乌 of 丽水、舟山、义乌.

    By itself such a name is a word too often (天门, 平湖).
    """
    if not found:
        return
    items = list(_ITEM.finditer(folded))
    for item, before, behind in zip(items, [None, *items], [*items[1:], None], strict=False):
        beside = [n for n in (before, behind) if n is not None and any(n.start() <= at < n.end() for at in found)]
        if beside and not any(item.start() <= at < item.end() for at in found):
            division = next((d for size in (4, 3, 2) if (d := _county_cities().get(item[0][:size])) is not None), None)
            if division is not None:
                yield item.start(), division


@lru_cache(maxsize=1)
def _county_cities() -> dict[str, Division]:
    return {d.name[:-1]: d for d in gazetteer().by_code.values() if d.level == "县" and d.name.endswith("市")}


def group_named(name: str) -> RegionGroup | None:
    """The group of just this name."""
    return next((group for known, group in _by_name() if known == fold(name.strip())), None)


@lru_cache(maxsize=1)
def _abbreviations() -> dict[str, str]:
    return {line.split("\t")[0]: line.split("\t")[1] for line in entries("corpus", "province_abbreviations.tsv")}


@lru_cache(maxsize=1)
def _abbreviated() -> re.Pattern[str]:
    """Three or more one-character names of provinces in a row; two may be part of another word (京沪高铁)."""
    return re.compile(f"[{''.join(_abbreviations())}]{{3,}}")


def _group_of_abbreviations(run: str) -> RegionGroup:
    members = dict.fromkeys(_division(_abbreviations()[char]) for char in run)
    return RegionGroup(run, (run,), "省", whole_level=False, members=tuple(members))


@lru_cache(maxsize=1)
def _by_name() -> tuple[tuple[str, RegionGroup], ...]:
    pairs = [(name, group) for group in region_groups() for name in group.names]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


def _group(names: str, level: str, members: str) -> RegionGroup:
    first, *_ = names.split(",")
    divisions = gazetteer()
    if members == "*":
        every = (d for d in divisions.by_code.values() if d != NATION and (d.level in _levels(level) or _is_city(d, level)))
        found = tuple(d for d in every if not d.code.startswith(NOT_AMONG))
    else:
        found = tuple(_division(name) for name in members.split(","))
    ordered = tuple(sorted({fold(name) for name in names.split(",")}, key=len, reverse=True))
    return RegionGroup(first, ordered, _level(level), members == "*", found)


def _is_city(division: Division, level: str) -> bool:
    """Whether a province is a city too 直辖市, which stands among the cities."""
    return level == "市州" and division.level == "省" and division.name.endswith("市")


def _division(name: str) -> Division:
    full = [division for division in gazetteer().named(name) if division.name == name]
    if not full:
        raise LookupError(f"region_groups.tsv names a division that there is not: {name}")
    return full[0]


def _levels(name: str) -> tuple[str, ...]:
    return ("市州", "县") if name == "市县" else (name,)


def _level(name: str) -> Level:
    levels: dict[str, Level] = {"省": "省", "市州": "市州", "县": "县", "市县": "县"}
    return levels[name]
