"""Numbers at the start of a line that may open a heading: 一、 （一） 1. （1） ① 第三章 第五条 1.1, in either width."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from corpus.document import Span
from corpus.numerals import chinese_number, read_whole_number
from ingest.lexicon import expand

_CIRCLED = {char: i + 1 for i, char in enumerate("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")}
_BRACKETED = {char: i + 1 for i, char in enumerate("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇")}
_DOTTED = {char: i + 1 for i, char in enumerate("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛")}
_ENCLOSED = {char: i + 1 for i, char in enumerate("㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩")}

RANK = {
    name: i
    for i, name in enumerate(
        ("编", "分", "章", "节", "条", "一、", "01", "(一)", "1.", "1.1", "1.1.1", "1.1.1.1", "(1)", "1)", "①", "A.", "行")
    )
}
"""The usual order of nesting (GB/T 9704 and drafting rules of laws); only a tie-breaker where the document does not show its own."""

_CN = "〇零○一二两三四五六七八九十百"
OPENERS = frozenset(_CN + "第(（〔0123456789０１２３４５６７８９" + "".join((*_CIRCLED, *_BRACKETED, *_DOTTED, *_ENCLOSED)))
"""The characters that a number can start with: a cheap test before the pattern."""

_PATTERN = re.compile(
    expand(
        rf"""
    第\s?(?P<ord>[{_CN}]{{1,6}}|\d{{1,3}})\s?(?P<what>[{{divisions_of_laws}}]|部分|篇)(?P<insert>之[{{numerals}}]{{1,2}})?
  | [(（〔]\s?(?P<cn_p>[{_CN}]{{1,4}})\s?[)）〕][、.．﹒]?
  | (?P<cn>[{_CN}]{{1,4}})\s?(?:、|[.．﹒](?!\d))
  | (?P<cn_half>[{{numerals}}]{{1,3}})[)）]
  | [(（]\s?(?P<ar_p>\d{{1,3}})\s?[)）][、.．﹒]?
  | (?P<multi>\d{{1,2}}(?:[.．﹒]\d{{1,2}}){{1,3}})[.．、]?(?![\d.．﹒%％{{not_after_number}}])
  | (?P<ar>\d{{1,3}})\s?(?:、|[.．﹒](?!\d)|[.．﹒](?=(?:19|20)\d\d年))
  | (?P<ar_half>\d{{1,3}})[)）]
  | (?P<circled>[①-⑳])[、.．﹒]?
  | (?P<bracketed>[⑴-⒇])[、.．﹒]?
  | (?P<dotted>[⒈-⒛])
  | (?P<enclosed>[㈠-㈩])[、.．﹒]?
    """
    ),
    re.VERBOSE,
)

# what follows a number that is only cited (见第三条规定的, （二）项所列, 第一、二产业): then it opens nothing
_CITED = re.compile(
    expand(
        r"\s?(?:[{joins_of_numbers}、，,～~—－-]|{long_joins_of_numbers})\s?[第(（]"
        r"|款(?!项)|项(?!目)|目(?=[{after_cited_item}])|第|[、，,。；;：:]|之[一二三]|{after_cited}"
    )
)
_SERIES = re.compile(expand(rf"[{_CN}]{{1,2}}(?:[、]|{{series_units}})|[{_CN}]+[，,和及]"))
_FIRST_AFTER_SECTION = re.compile(expand(r"[{after_section}、，,。；;]"))
_POINT = re.compile(r"[.．﹒]")


class Mark(NamedTuple):
    """A number at ``span``; ``style`` is a key of ``RANK`` (or a caption style), ``value`` its count, ``path`` of 1.2.3."""

    span: Span
    style: str
    value: int
    path: tuple[int, ...] = ()
    spaced: bool = False


_ordinal = partial(chinese_number, positional=True)

_KINDS: dict[str, tuple[str, Callable[[str], int | None] | None]] = {
    "cn": ("一、", _ordinal),
    "cn_p": ("(一)", _ordinal),
    "cn_half": ("(一)", _ordinal),
    "enclosed": ("(一)", _ENCLOSED.get),
    "ar": ("1.", None),
    "dotted": ("1.", _DOTTED.get),
    "ar_p": ("(1)", None),
    "bracketed": ("(1)", _BRACKETED.get),
    "ar_half": ("1)", None),
    "circled": ("①", _CIRCLED.get),
}
"""The style that each kind of number has, and how its value is read where it is not written in digits."""


def mark_at(text: str, start: int, end: int) -> Mark | None:
    """The number that opens the line ``text[start:end]``, or None. Numbers that are merely cited do not count."""
    if start >= end or text[start] not in OPENERS:
        return None
    match = _PATTERN.match(text, start, end)
    if match is None:
        return None
    kind = match.lastgroup or ""
    stop = match.end()
    spaced = stop >= end or text[stop].isspace()
    reach = min(end, stop + 12)
    if kind in ("what", "insert"):
        ordinal = match["ord"]
        value = read_whole_number(ordinal, positional=True)
        if value is None or (not spaced and _FIRST_AFTER_SECTION.match(text, stop, reach)):
            return None
        what = match["what"]
        return Mark(Span(start, stop), {"部分": "分", "篇": "编"}.get(what, what), value, spaced=spaced)
    if _CITED.match(text, stop, reach):
        return None
    if kind == "multi":
        path = tuple(int(part) for part in _POINT.split(match["multi"]))
        return Mark(Span(start, stop), ".".join("1" * len(path)), path[-1], path, spaced)
    if kind == "cn" and _SERIES.match(text, stop, reach):
        return None
    style, table = _KINDS[kind]
    count = int(match[kind]) if table is None else table(match[kind])
    return None if count is None else Mark(Span(start, stop), style, count, spaced=spaced)
