"""Resolve names of units 归一: 州发改委 in a document of 甘南州 is 甘南州发展改革委. What cannot be decided is None."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus.divisions import Division, gazetteer
from corpus.document import HeadMatter
from graph.lexicon import expand, table

_LEVEL = re.compile(expand(r"^[我全本]?({office_levels}|市(?!场)|地(?!方|震))(?![级直])(?=.)"))
_YOUTH = re.compile(expand(r"^(?:共青)?团(中央|[{divisions}地])委$"))
_TAXES = re.compile(r"^国家税务总局(.{2,12}税务局)$")
_LEVEL_OF = {"省": "省", "自治区": "省", "市": "市州", "州": "市州", "盟": "市州", "地区": "市州", "行署": "市州", "地": "市州"}


@lru_cache(maxsize=1)
def _stems() -> dict[str, str]:
    return _aliases("department_stems.tsv")


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((row[0], row[1]) for row in table("department_kinds.tsv")), key=lambda kind: -len(kind[0])))


def _aliases(name: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for row in table(name):
        out.setdefault(row[0], row[0])
        for alias in (row[1] if len(row) > 1 else "").split(","):
            if alias:
                out.setdefault(alias, row[0])
    return out


@lru_cache(maxsize=1)
def _bodies() -> dict[str, str]:
    return _aliases("unit_bodies.tsv")


@lru_cache(maxsize=1)
def _national() -> dict[str, str]:
    return _aliases("national_units.tsv")


def national_body(name: str) -> str | None:
    """The usual name of a national body, None for any other: 工信部 → 工业和信息化部."""
    return _national().get(name)


@lru_cache(maxsize=16384)
def usual_body(body: str) -> str | None:
    """The usual short form of a department's name without its level, or None: 发展和改革委员会 → 发展改革委."""
    known = _bodies().get(body)
    if known:
        return known
    for kind, short in _kinds():
        if body.endswith(kind):
            stem = _stems().get(body[: -len(kind)])
            if stem:
                return stem + short
    return None


@dataclass(frozen=True, slots=True)
class UnitParts:
    """A name taken apart: 甘南州 + 发展改革委, or level 州 + 发展改革委."""

    place: str | None
    level: str | None
    body: str
    usual: str


@lru_cache(maxsize=32768)
def parts_of(name: str) -> UnitParts | None:
    """Level or place, and body in its usual form; None where the body is not known."""
    bare = re.sub(r"[（(〔\[【].*$", "", name).strip() or name
    bare = re.sub(r"\s+", "", bare)
    youth = _YOUTH.match(bare)
    if youth:
        return UnitParts(None, youth.group(1), "团委", "团委")
    taxes = _TAXES.match(bare)
    if taxes:
        bare = taxes.group(1)
    for place in places_in(bare):
        rest = bare[len(place) :]
        usual = usual_body(rest)
        if usual:
            return UnitParts(place, None, rest, usual)
    level = _LEVEL.match(bare)
    if level:
        rest = bare[level.end() :]
        usual = usual_body(rest)
        if usual:
            return UnitParts(None, level.group(1), rest, usual)
    usual = usual_body(bare)
    return UnitParts(None, None, bare, usual) if usual else None


def body_of(name: str) -> tuple[str | None, str] | None:
    """Level or place of a known department and the name itself without it; None for an unknown one."""
    parts = parts_of(name)
    if parts is not None:
        return (parts.place or parts.level, parts.body if (parts.place or parts.level) else name)
    return ("国家", name) if name in _national() else None


def places_in(name: str) -> Iterator[str]:
    """Names of divisions that the name begins with, longest first."""
    names = gazetteer()
    for size in range(min(len(name) - 1, 16), 1, -1):
        if names.named(name[:size]):
            yield name[:size]


@lru_cache(maxsize=4096)
def home(region_code: str | None, region: str | None) -> Division | None:
    """The division a document speaks for."""
    names = gazetteer()
    if region_code and region_code in names.by_code:
        return names.by_code[region_code]
    found = names.named(region) if region else ()
    return found[0] if len(found) == 1 else None


def division_for(level: str, division: Division | None) -> Division | None:
    """The division that a level word means in a document of ``division``: 省 in one of 甘南州 is 甘肃."""
    if division is None:
        return None
    chain = [division, *gazetteer().parents(division)]
    for candidate in chain:
        if level in ("县", "旗", "区") and candidate.level == "县" and candidate.name.endswith(level):
            return candidate
        if level in ("省", "自治区") and candidate.level == "省" and not candidate.name.endswith("市"):
            return candidate
        if level == "市" and candidate.name.endswith("市"):
            return candidate
        if level in ("州", "盟", "地区", "行署", "地") and candidate.level == "市州" and not candidate.name.endswith("市"):
            return candidate
    return None


def resolve(name: str, head: HeadMatter) -> str | None:
    """The one unit a name means in a document with this head matter, written as place + usual short form, or None."""
    return _resolved(name, head.region_code, head.region, head.level)


@lru_cache(maxsize=65536)
def _resolved(name: str, code: str | None, region: str | None, level: str | None) -> str | None:
    national = _national().get(name)
    division = home(code, region)
    parts = parts_of(name)
    local = division is not None and division.level != "国家"
    if national and (not local or name == national or name.startswith(("国家", "中国", "全国", "国务院", "中央"))):
        return national
    if parts is None:
        return national
    if parts.place:
        named = gazetteer().named(parts.place)
        place = gazetteer().resolve(named, [division] if division else [])
        if place is None or place.level == "国家":
            return national
        return _place_name(place) + parts.usual
    if parts.level:
        if parts.level == "中央":
            return "共青团中央"
        target = division_for(parts.level, division)
        return _place_name(target) + parts.usual if target else None
    if not local or division is None:
        return national
    # a bare department belongs to the division that speaks, where its ending fits that level
    fits = parts.usual.endswith("厅") == (division.level == "省" and not division.name.endswith("市"))
    return _place_name(division) + parts.usual if fits and parts.usual.endswith(("局", "厅")) else None


def _place_name(division: Division) -> str:
    """What officials put before a department: 甘肃省, 甘南州, 内蒙古."""
    return division.name if division.name.endswith("省") else division.short
