"""Groups of regions 地区合称 and what they take in: 京津冀, 长三角, 省会, 31个省; rows of ``data/region_groups.tsv``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from corpus.divisions import NATION, Division, gazetteer
from corpus.document import Level
from corpus.folding import fold
from corpus.wordlists import entries

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
    """
    folded = fold(text)
    found: list[tuple[str, RegionGroup]] = []
    for name, group in _by_name():
        if name in folded:
            folded = folded.replace(name, " ")
            found.append((name, group))
    return found


def group_named(name: str) -> RegionGroup | None:
    """The group of just this name."""
    return next((group for known, group in _by_name() if known == fold(name.strip())), None)


@lru_cache(maxsize=1)
def _by_name() -> tuple[tuple[str, RegionGroup], ...]:
    pairs = [(name, group) for group in region_groups() for name in group.names]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


def _group(names: str, level: str, members: str) -> RegionGroup:
    first, *_ = names.split(",")
    divisions = gazetteer()
    if members == "*":
        every = (d for d in divisions.by_code.values() if d.level == level and d != NATION)
        found = tuple(d for d in every if not d.code.startswith(NOT_AMONG))
    else:
        found = tuple(_division(name) for name in members.split(","))
    ordered = tuple(sorted({fold(name) for name in names.split(",")}, key=len, reverse=True))
    return RegionGroup(first, ordered, _level(level), members == "*", found)


def _division(name: str) -> Division:
    full = [division for division in gazetteer().named(name) if division.name == name]
    if not full:
        raise LookupError(f"region_groups.tsv names a division that there is not: {name}")
    return full[0]


def _level(name: str) -> Level:
    levels: dict[str, Level] = {"省": "省", "市州": "市州", "县": "县"}
    return levels[name]
