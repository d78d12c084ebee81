"""Read the bound of a number from the words before and behind it: 不低于, 以上, 左右."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.numerals import half_width
from graph.facts import Comparator
from graph.lexicon import expand
from graph.lexicon import table as rows_of

_AT_LEAST = re.compile(expand(r"{at_least}[一-龥]{1,8}\Z"))
_AT_MOST = re.compile(expand(r"最[高多长](?:可以?|能)?{granted}[一-龥]{0,4}(?<![从由])\Z"))
# 6个展位以内, 3个部门以上
_NOUN_AND_BOUND = re.compile(r"[一-龥]{1,4}以([上内下])(?=[(（,，。;；的])")
_NO_LATER = re.compile(r"不得?[晚迟]于[^,，。;；\d]{1,20}\Z")
_BOUND_AND_BASE = re.compile(expand(r"({limits})[一-龥\n()（）]{2,20}\Z"))
_BOUND_AND_PLACE = re.compile(expand(r"({limits}){at_home}[地{divisions}]{1,2}\Z"))
_FILLER = re.compile(expand(r"{figure_fillers}\Z"))


def read_bounds(text: str, at: int, stop: int, start: int, end: int) -> tuple[Comparator, int, int]:
    """The comparator of a number and the span with its bound words."""
    before, after = _comparators()
    right = stop
    comparator: Comparator | None = None
    for word, sign in after.get(text[stop : stop + 1], ()) if stop < end else ():
        if text.startswith(word, stop) and stop + len(word) <= end:
            comparator, right = sign, stop + len(word)
            break
    if comparator is None and text[stop - 1] in "个家项名套户":
        behind = _NOUN_AND_BOUND.match(text, stop, end)
        if behind is not None:
            comparator = ">=" if behind[1] == "上" else "<="
    edge = at
    for _ in range(3):
        for word, sign in before.get(text[edge - 1], ()) if edge > start else ():
            if edge - len(word) >= start and text.startswith(word, edge - len(word)):
                if word == "近" and edge - 2 >= start and text[edge - 2] in "最附临邻靠新相亲":
                    continue
                return comparator or sign, edge - len(word), right
        filler = _FILLER.search(text, max(start, edge - 4), edge)
        if filler is None:
            break
        edge = filler.start()
    if comparator is None and text.find("少", max(start, edge - 12), edge) >= 0:
        least = _AT_LEAST.search(text, max(start, edge - 12), edge)
        if least is not None:
            return ">=", least.start(), right
    if comparator is None and text.find("最", max(start, edge - 12), edge) >= 0:
        most = _AT_MOST.search(text, max(start, edge - 12), edge)
        if most is not None:
            return "<=", most.start(), right
    if comparator is None and text[stop - 1] in "日天月年":
        latest = _NO_LATER.search(text, max(start, edge - 24), edge)
        if latest is not None:
            return "<=", latest.start(), right
    if comparator is None and text[max(start, edge - 1) : edge] in ("地", "省", "市", "州", "县", "区"):
        # 不超过本市12个月最低生活保障标准
        local = _BOUND_AND_PLACE.search(text, max(start, edge - 12), edge)
        if local is not None:
            return (">=" if local[1].endswith(("低于", "少于", "小于")) else "<="), local.start(), right
    if comparator is None and text[stop - 1] in "%‰倍":
        # 不低于基本生活供养金20%: what the share is of stands between the bound and the number
        base = _BOUND_AND_BASE.search(text, max(start, edge - 24), edge)
        if base is not None:
            return (">=" if base[1].endswith(("低于", "少于", "小于")) else "<="), base.start(), right
    return comparator or "=", at, right


_Bounds = dict[str, tuple[tuple[str, Comparator], ...]]


@lru_cache(maxsize=1)
def _comparators() -> tuple[_Bounds, _Bounds]:
    """Bound words by the character next to the number, the longest first."""
    before: dict[str, dict[str, Comparator]] = {}
    after: dict[str, dict[str, Comparator]] = {}
    for written, place, sign in rows_of("comparators.tsv"):
        word = half_width(written)
        if place == "before":
            before.setdefault(word[-1], {})[word] = sign  # type: ignore[assignment]
        else:
            after.setdefault(word[0], {})[word] = sign  # type: ignore[assignment]

    def longest(words: dict[str, dict[str, Comparator]]) -> _Bounds:
        return {char: tuple(sorted(known.items(), key=lambda item: -len(item[0]))) for char, known in words.items()}

    return longest(before), longest(after)
