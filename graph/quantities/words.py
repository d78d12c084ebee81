"""Quantities without a numeral: 全覆盖, 应保尽保, 动态清零, 翻一番; and places in a row: 居全国第3位."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.document import Span
from corpus.numerals import read_number
from graph.facts import Comparator
from graph.lexicon import entries, expand, word_lists
from graph.lexicon import table as rows_of
from graph.quantities.quantity import Quantity

_ALL_OF_KIND = re.compile(r"应([^延续缓降减让惠简放调])尽\1|应(.)必\2|凡(.)必.|[能可]免尽免|需(.)尽\4")
_ALL = re.compile("[尽必]")
"""What every formula of ``_ALL_OF_KIND`` has."""
_RANK = re.compile(
    expand(
        r"(?P<among>{ranking}|[{divisions}国]|[一-龥]{1,2}榜)(?P<sign>[第前])(?P<number>\d{1,3}|[一二三四五六七八九十百]{1,3})"
        r"(?P<unit>[位名强])?(?![\d.%％{no_rank_before}]|的(?:{bodies}|为))"
    )
)
_PLACE = re.compile(r"[第前][\d一二三四五六七八九十百]")
_AMONG = re.compile(expand(r"{among_ranked}"))


_ENDS_IN_ALL = "健安完齐保周成俱顾万"


def find_ranks(text: str, start: int, end: int) -> list[Quantity]:
    """``居全国第3位``, ``进入全省前十``: a place in a row; the smaller the better."""
    out: list[Quantity] = []
    # tried at every place of a text only where a place in a row is written at all
    for match in _RANK.finditer(text, start, end) if _PLACE.search(text, start, end) else ():
        number = read_number(match["number"])
        if match["among"].startswith("列") and text[match.start() - 1 : match.start()] == "下":
            continue  # 下列第一审行政案件
        if number is None or not (match["unit"] or _AMONG.search(text, max(start, match.start() - 8), match.start("sign"))):
            continue
        if match["unit"] is None and match["sign"] == "前" and text[match.end() : match.end() + 1] not in ",，。;；、":
            continue
        if not _AMONG.search(text, max(start, match.start() - 10), match.start("sign")):
            continue
        span = Span(match.start("sign"), match.end())
        sign: Comparator = "=" if match["sign"] == "第" else "<="
        out.append(Quantity(span, span, sign, number, "位", "rank", "arabic"))
    return out


def find_verbal_quantities(text: str, start: int, end: int) -> list[Quantity]:
    """Formulas that mean a number: 全覆盖, 应保尽保, 动态清零, 不发生, 翻一番."""
    pattern, table = _quantifiers()
    out: list[Quantity] = []
    for match in pattern.finditer(text, start, end):
        if match.group()[0] == "全" and match.start() and text[match.start() - 1] in _ENDS_IN_ALL:
            continue  # 健全整改机制
        value, unit, comparator, condition = table[match.group()]
        if _condition(condition, text, match, end):
            stop = match.end()
            out.append(Quantity(Span(match.start(), stop), Span(match.start(), stop), comparator, value, unit, "words", "words"))
    if _ALL.search(text, start, end) is None:
        return out
    taken = {position for quantity in out for position in range(quantity.span.start, quantity.span.end)}
    for match in _ALL_OF_KIND.finditer(text, start, end):
        span = Span(match.start(), match.end())
        if span.start not in taken and span.end - 1 not in taken:
            out.append(Quantity(span, span, "=", 100.0, "%", "words", "words"))
    return out


_CLAUSE_END = re.compile(expand(r"[,，。、;；)）”\"\s和及与]|$|的目标|{goal_nouns}"))


def _condition(condition: str, text: str, match: re.Match[str], end: int) -> bool:
    """The condition under which a formula counts (column four of ``data/quantifiers.tsv``)."""
    after = match.end()
    if condition == "-":
        return True
    if condition == "end":
        return after >= end or bool(_CLAUSE_END.match(text, after, end))
    if condition == "verb":
        return text.startswith(_all_verbs(), after) and (match.start() == 0 or text[match.start() - 1] not in "的将把以对向为")
    if condition == "public":
        return text.startswith(word_lists()["made_public"], after)
    if condition == "noun":
        return after < end and text[after] not in ",，。、;；)）的" and not text.startswith(word_lists()["no_such_events"], after)
    if condition == "achieve":
        return any(word in text[max(0, match.start() - 14) : match.start()] for word in ("实现", "达到", "做到"))
    if condition == "each":
        lead, rest = text[max(0, match.start() - 6) : match.start()], text[after : min(end, after + 30)]
        return any(word in lead for word in ("确保", "实现", "做到")) and bool(_ALL_REACH.match(rest))
    if condition == "class":
        return text.startswith(word_lists()["to_be_ended"], after)
    return False


_ALL_REACH = re.compile(expand(r"[^,，。;；]*{all_reach}"))


@lru_cache(maxsize=1)
def _all_verbs() -> tuple[str, ...]:
    return tuple(entries("all_verbs.txt"))


@lru_cache(maxsize=1)
def _quantifiers() -> tuple[re.Pattern[str], dict[str, tuple[float, str | None, Comparator, str]]]:
    table: dict[str, tuple[float, str | None, Comparator, str]] = {}
    for word, value, unit, sign, condition in rows_of("quantifiers.tsv"):
        table[word] = (float(value), unit or None, sign, condition)  # type: ignore[assignment]
    words = sorted(table, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words))), table
