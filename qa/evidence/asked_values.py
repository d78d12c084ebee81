"""The values a question asks for 所问的值: 多少层, 客服电话, 哪一天; and whether a text holds such a value at all.

A text may say everything a question says and still not state what is asked: 设立“企业家日” names no day. What kind of value is asked
for is told by the question's own words, whatever its kind; ``data/asked_values.tsv`` and ``data/asked_units.tsv`` hold them. What is no
value (the meaning of a term, who is responsible, which papers) is told less surely, by the words of ``data/asked_contents.tsv``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.folding import fold
from corpus.numerals import chinese_numeral, read_whole_number
from corpus.wordlists import entries, expand
from qa.evidence.constraints import opposite_directions

_NUMBER = r"(?:\d|[零〇一二三四五六七八九十百千两])"
_SCALE = r"[万亿千百]{0,3}(?:多|余|几)?(?:个|名)?"
_COUNTED = r"(?:多少|(?<!哪)几)[万亿千百]{0,2}"
_ORDINAL = re.compile(expand("qa", r"第([{numerals}\d]{1,4})(条|项|点|款|个|类|种)[^,。?;]{0,8}(?:规定|内容|是|讲|说|写|$)"))
_REASON = re.compile("为什么|为啥|为何|因为什么|原因|理由|怎么又")


def find_asked_values(question: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of the kinds of value a question asks for, for folded text; none where it asks for no value.

    >>> [bool(pattern.search("最高18层")) for pattern in find_asked_values("最高可以盖到多少层")]
    [True]
    """
    folded = fold(question)
    units, counted = _units()
    found = [pattern for asked, pattern in _kinds("asked_values.tsv") if asked.search(folded)]
    found += [units[match[1]] for match in counted.finditer(folded)]
    found += [_numbered(match[1], match[2]) for match in _ORDINAL.finditer(folded)]
    if _REASON.search(folded):
        # why something was abolished is told only where it is said that it was
        found += [like for pair in opposite_directions() for like in pair if like.search(folded)]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=64)
def _numbered(written: str, unit: str) -> re.Pattern[str]:
    """How a text may number an entry: 第十八条, (十八), 十八、, 18."""
    number = read_whole_number(written, positional=True)
    forms = written if number is None else f"{number}|{chinese_numeral(number)}"
    return re.compile(rf"第(?:{forms}){unit}|[(（\[【](?:{forms})[)）\]】]|(?:^|\s)(?:{forms})[、.．]")


def find_asked_contents(question: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of what else a question asks for, for folded text: of words that stand where it is told."""
    folded = fold(question)
    return tuple(pattern for asked, pattern in _kinds("asked_contents.tsv") if asked.search(folded))


@lru_cache(maxsize=2)
def _kinds(file: str) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    return [(re.compile(asked), re.compile(pattern)) for _, asked, pattern in _rows(file)]


@lru_cache(maxsize=1)
def _units() -> tuple[dict[str, re.Pattern[str]], re.Pattern[str]]:
    units = {}
    for row in _rows("asked_units.tsv"):
        units[row[0]] = re.compile(f"{_NUMBER}{_SCALE}(?:{row[1] if len(row) > 1 else row[0]})")
    longest = "|".join(map(re.escape, sorted(units, key=len, reverse=True)))
    return units, re.compile(f"{_COUNTED}({longest})")


def _rows(file: str) -> list[list[str]]:
    return [row.split("\t") for row in entries("qa", file)]
