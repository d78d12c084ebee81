"""Automatic numbers of Word lists, written out as Word shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from corpus.numerals import DIGITS, PLACES, chinese_numeral
from ingest.formats.word.styles import value, w

if TYPE_CHECKING:
    from lxml import etree

_PLACE = re.compile(r"%([1-9])")
_BY_PLACE = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_DIGITS_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: where it starts, how it counts, and the pattern around the number."""

    start: int = 1
    format: str = "decimal"
    text: str = "%1."
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False
    style: str | None = None


@dataclass(slots=True)
class Numbering:
    """The lists of a document and where their counters stand."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    starts: dict[str, dict[int, int]] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=dict)
    started: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, root: etree._Element | None, list_styles: Mapping[str, str] | None = None) -> Numbering:
        """Read the numbering part.

        Args:
            root: the part, None where the document has none.
            list_styles: the list that each list style names, by the style's id; for lists that only point to a style.
        """
        self = cls()
        if root is None:
            return self
        defined: dict[str, dict[int, Level]] = {}
        points_to: dict[str, str] = {}
        holder: dict[str, str] = {}
        for node in root.findall(w("abstractNum")):
            abstract = node.get(w("abstractNumId"), "")
            defined[abstract] = {
                index: _level(level) for level in node.findall(w("lvl")) if (index := _int(level.get(w("ilvl")))) is not None
            }
            if link := value(node, "numStyleLink"):
                points_to[abstract] = link
            if (style := value(node, "styleLink")) and defined[abstract]:
                holder.setdefault(style, abstract)
        instances = {node.get(w("numId"), ""): value(node, "abstractNumId") or "" for node in root.findall(w("num"))}
        for style, number_id in (list_styles or {}).items():
            if defined.get(instances.get(number_id, "")):
                holder.setdefault(style, instances[number_id])
        for node in root.findall(w("num")):
            identity, abstract = node.get(w("numId"), ""), value(node, "abstractNumId") or ""
            if not defined.get(abstract):
                # A list of a list style has no levels of its own; it goes on counting in the list that defines the style.
                abstract = holder.get(points_to.get(abstract, ""), abstract)
            levels = dict(defined.get(abstract, {}))
            starts: dict[int, int] = {}
            for override in node.findall(w("lvlOverride")):
                index = _int(override.get(w("ilvl")))
                if index is None:
                    continue
                inner = override.find(w("lvl"))
                if inner is not None:
                    levels[index] = _level(inner)
                start = _int(value(override, "startOverride"))
                if start is not None:
                    starts[index] = start
                    levels[index] = replace(levels.get(index, Level()), start=start)
            self.levels[identity], self.abstract[identity], self.starts[identity] = levels, abstract, starts
        return self

    def state(self) -> tuple[dict[str, dict[int, int]], set[str]]:
        """Where all counters stand, for ``restore``."""
        return {key: dict(counters) for key, counters in self.counters.items()}, set(self.started)

    def restore(self, state: tuple[dict[str, dict[int, int]], set[str]]) -> None:
        """Set the counters back to a former state."""
        self.counters, self.started = state

    def level_of_style(self, num_id: str | None, style: str | None) -> str | None:
        """The level of a list that belongs to a paragraph style, where the list says so."""
        levels = self.levels.get(num_id or "", {}).items()
        return next((str(index) for index, level in levels if style and level.style == style), None)

    def next(self, num_id: str | None, level: str | None) -> str:
        """Count one paragraph of a list and return its number as shown, empty for none and for bullets."""
        index = _int(level) or 0
        levels = self.levels.get(num_id or "")
        if not num_id or num_id == "0" or not levels or index not in levels:
            return ""
        key = self.abstract[num_id]
        counters = self.counters.setdefault(key, {})
        if num_id not in self.started:
            self.started.add(num_id)
            for place in self.starts[num_id]:
                counters.pop(place, None)
        here = levels[index]
        counters[index] = counters[index] + 1 if index in counters else here.start
        for deeper in [place for place in counters if place > index]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart != 0 and (restart is None or index < restart):
                del counters[deeper]
        if here.format in ("bullet", "none"):
            return here.text if here.format == "none" and not _PLACE.search(here.text) else ""

        def shown(match: re.Match[str]) -> str:
            place = int(match.group(1)) - 1
            count = counters.get(place)
            if count is None:
                count = counters[place] = levels[place].start if place in levels else 1
            style = "decimal" if here.legal and place != index else levels[place].format if place in levels else "decimal"
            return number(count, style)

        text = _PLACE.sub(shown, here.text)
        apart = (here.suffix != "nothing" and text[-1:].isascii() and text[-1:].isalnum()) or text.endswith(
            ("条", "章", "节", "编")
        )
        return f"{text} " if apart and text else text


def _int(text: str | None) -> int | None:
    return int(text) if text and text.lstrip("-").isdigit() and len(text) < 9 else None


def _level(node: etree._Element) -> Level:
    legal = node.find(w("isLgl")) is not None
    start = _int(value(node, "start"))
    return Level(
        start=1 if start is None else start,
        format=value(node, "numFmt") or "decimal",
        text=value(node, "lvlText") or "",
        suffix=value(node, "suff") or "tab",
        restart=_int(value(node, "lvlRestart")),
        legal=legal,
        style=value(node, "pStyle"),
    )


def number(count: int, style: str) -> str:
    """A count in one of Word's number formats."""
    if style in _COUNTING:
        return chinese(count)
    if style == "chineseLegalSimplified":
        return chinese(count, _LEGAL_DIGITS, "拾佰仟")
    if style == "ideographLegalTraditional":
        return chinese(count, _LEGAL_DIGITS_TRADITIONAL, "拾佰仟")
    if style in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital"):
        return "".join(_BY_PLACE[int(digit)] for digit in str(max(0, count)))
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= count <= 20:
        return chr(0x2460 + count - 1)
    if style == "decimalEnclosedParen" and 1 <= count <= 20:
        return chr(0x2474 + count - 1)
    if style == "decimalEnclosedFullstop" and 1 <= count <= 20:
        return chr(0x2488 + count - 1)
    if style in ("ideographParenthesized", "ideographEnclosedCircle") and 1 <= count <= 10:
        return chr((0x3220 if style == "ideographParenthesized" else 0x3280) + count - 1)
    if style in ("decimalFullWidth", "decimalFullWidth2"):
        return "".join(chr(0xFF10 + int(digit)) for digit in str(max(0, count)))
    if style == "decimalZero":
        return f"{count:02d}"
    if style == "ideographTraditional" and count >= 1:
        return _STEMS[(count - 1) % 10]
    if style == "ideographZodiac" and count >= 1:
        return _BRANCHES[(count - 1) % 12]
    if style in ("upperLetter", "lowerLetter") and count >= 1:
        letter = chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if style == "upperLetter" else letter.lower()
    if style in ("upperRoman", "lowerRoman") and 1 <= count < 4000:
        return _roman(count) if style == "upperRoman" else _roman(count).lower()
    return str(count)


_COUNTING = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"}
    | {"koreanCounting", "japaneseLegal"}
)


def chinese(count: int, digits: str = DIGITS, places: str = PLACES) -> str:
    """A count in Chinese numerals (十一, 一百零三), or in Arabic ones where it has more than four places."""
    return chinese_numeral(count, digits, places) if 0 < count < 10_000 else str(count)


def _roman(count: int) -> str:
    out = ""
    for worth, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        out += letters * (count // worth)
        count %= worth
    return out
