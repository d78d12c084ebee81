"""Where to start in a library, and where to go on: questions, units and posts that it has something on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from corpus.wordlists import entries
from graph.codec.records import TargetRecord
from qa.answer import Understanding
from qa.understanding.kinds import kind_words

ROUNDS = 3
"""Topics, units and targets that questions are made of."""
FOLLOWING = 3
"""Questions offered after an answer."""


@cache
def _collective_words() -> tuple[str, ...]:
    return entries("qa", "collective_units.txt")


def is_single_unit(name: str) -> bool:
    """Tell an office (县水务局) from a group of them or a government as a whole (各乡镇, 有关部门, 县委县政府)."""
    return not any(word in name for word in _collective_words())


def starting_questions(
    topics: Sequence[str], regions: Sequence[str], units: Sequence[str], targets: Iterable[TargetRecord]
) -> list[str]:
    """Make questions to start from; whether the library answers them has to be tried out.

    Args:
        topics: Topics of the library, most frequent first.
        regions: Its regions.
        units: Its units, most tasks first.
        targets: Its targets.
    """
    short = [target for target in targets if 3 <= len(target.indicator) <= 12 and target.region and target.value]
    made: list[str] = []
    for n in range(ROUNDS):
        if n < len(topics):
            made.append(f"{topics[n]}有哪些政策规定？")
        if n + 1 < len(topics) and len(regions) > 1:
            made.append(f"各地区{topics[n + 1]}政策有什么不同？")
        if n + 2 < len(topics) and regions:
            made.append(f"{regions[-1 - n % len(regions)]}{topics[n + 2]}由哪些单位负责？")
        if n < len(units):
            made.append(f"{units[n]}有哪些任务？")
        if n < len(short):
            made.append(f"{short[n].region}{short[n].indicator}的目标是多少？")
    return list(dict.fromkeys(made))


def following_questions(understood: Understanding) -> list[str]:
    """Make questions on the same topic or unit that ask for something else than was just asked."""
    place = understood.regions[0] if len(understood.regions) == 1 else ""
    asks: list[str] = []
    for topic in understood.topics[:1]:
        asks += [ask.format(place=place, topic=topic) for ask in _follow_ups(understood, "{topic}")]
    for unit in understood.units[:1]:
        asks += [ask.format(place=place, unit=unit) for ask in _follow_ups(understood, "{unit}")]
    return asks[:FOLLOWING]


def _follow_ups(understood: Understanding, about: str) -> list[str]:
    """The follow-up questions of other kinds about a topic or a unit, those about one place first."""
    asks = [kind.follow_up for kind in kind_words() if about in kind.follow_up and kind.name != understood.kind]
    return sorted(asks, key=lambda ask: "{place}" not in ask)


def starting_posts(units: Iterable[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """In each region the unit with most tasks, as (region, unit); ``units`` has a pair for every unit of every task."""
    best: dict[str, tuple[str, str]] = {}
    for (region, unit), _ in Counter(units).most_common():
        if is_single_unit(unit):
            best.setdefault(region, (region, unit))
    return list(best.values())[:most]
