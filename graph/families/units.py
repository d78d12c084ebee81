"""Values in one unit 单位换算: 650亿公斤 and 1300亿斤 are the same mass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from corpus.numerals import SCALES
from graph.codec.records import TargetRecord
from graph.lexicon import table


@dataclass(frozen=True, slots=True)
class ComparableValue:
    """A value in the base unit of its kind: the bounds of a range are ``low`` and ``high``, of a single value both the same.

    Attributes:
        low: The least it may be.
        high: The most it may be.
        unit: The base unit; values of different base units are not comparable.
    """

    low: float
    high: float
    unit: str

    @property
    def order(self) -> float:
        """What it is sorted by: the middle of a range."""
        return (self.low + self.high) / 2

    @property
    def counted(self) -> str:
        """What is counted, without per what: 元 of 元/月."""
        return self.unit.partition("/")[0]


def comparable_value(target: TargetRecord) -> ComparableValue | None:
    """The value of a figure in its base unit; None where it has no number.

    Example: 1600亿斤以上 is ``ComparableValue(80_000_000.0, 80_000_000.0, "吨")``.
    """
    low = target.value_min if target.value is None else target.value
    high = target.value_max if target.value is None else target.value
    low = high if low is None else low
    high = low if high is None else high
    return to_base(float(low), float(high), target.unit) if low is not None and high is not None else None


def to_base(low: float, high: float, unit: str | None) -> ComparableValue:
    """A value or a range in the base unit of a unit as written (亿斤, 万元/户)."""
    factor, base = base_unit(unit or "")
    return ComparableValue(low * factor, high * factor, base)


@lru_cache(maxsize=4096)
def base_unit(unit: str) -> tuple[float, str]:
    """How many base units a unit as written is, and which: ``base_unit("万元/户") == (10000.0, "元/户")``."""
    counted, slash, per = unit.partition("/")
    factor = 1.0
    known = _units()
    while counted not in known and counted[:1] in SCALES and len(counted) > 1:
        factor *= SCALES[counted[0]]
        counted = counted[1:]
    if counted in SCALES:
        factor, counted = factor * SCALES[counted], ""
    own, base = known.get(counted, (1.0, counted))
    return factor * own, f"{base}{slash}{per}"


@lru_cache(maxsize=1)
def _units() -> dict[str, tuple[float, str]]:
    return {unit: (float(factor), base) for unit, base, factor in table("unit_scales.tsv")}
