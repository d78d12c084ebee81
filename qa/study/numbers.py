"""Wrong numbers beside a right one: real numbers of other rows, drawn so that size and roundness tell nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

FACTOR = 4
"""How many times larger or smaller a wrong amount may be."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A written amount (``5万元``) with its value, and how near to the question it stands (0 is the same provision)."""

    text: str
    value: float
    distance: int = 0


def draw_wrong(
    right: Amount,
    others: Iterable[Amount],
    dice: random.Random,
    *,
    number: int = 3,
    allowed: Callable[[str], bool] = lambda _: True,
) -> list[str] | None:
    """Wrong amounts so that the right one is the smallest, second, third or largest with the same chance; None where there are too few.

    Args:
        right: The right amount.
        others: Amounts in the same unit.
        dice: The source of chance.
        number: How many.
        allowed: Tells whether an amount as written may be offered.

    >>> draw_wrong(Amount("5%", 5), [Amount("1%", 1), Amount("3%", 3), Amount("4%", 4), Amount("4%", 4)], random.Random(1))
    ['1%', '3%', '4%']
    """
    near: dict[float, Amount] = {}
    for other in sorted(others, key=lambda one: one.distance):
        if other.value > 0 and right.value / FACTOR <= other.value <= right.value * FACTOR and other.value != right.value:
            near.setdefault(other.value, other)
    usable = [one for one in near.values() if allowed(one.text)]
    lower = [one for one in usable if one.value < right.value]
    higher = [one for one in usable if one.value > right.value]
    ranks = [rank for rank in range(number + 1) if rank <= len(lower) and number - rank <= len(higher)]
    if not ranks:
        return None
    rank = dice.choice(ranks)
    chosen = [*_nearest(lower, rank, dice), *_nearest(higher, number - rank, dice)]
    return [one.text for one in sorted(chosen, key=lambda one: one.value)]


def _nearest(some: Sequence[Amount], number: int, dice: random.Random) -> list[Amount]:
    """The amounts of the nearest rows, chance deciding among those as near."""
    return sorted(dice.sample(some, len(some)), key=lambda one: one.distance)[:number]
