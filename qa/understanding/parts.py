"""Questions that ask for several things at once 一问几答: cut into parts, each completed to a whole question.

补贴每平方米多少、单套最高多少 asks for two values, 有效期几年，取代哪个文件 for an end and a document. A part is asked with what stands in
front of the first question word: place, document and subject.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus.folding import fold
from corpus.wordlists import expand

TELLING = 6
"""Characters before the question word by which a part is told."""
LEAST = 2
"""Characters a part says besides its question word; 什么时候、在哪里报名 asks one thing in two words."""
MOST = 4
"""Parts that are answered apart."""


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """One of several things that a question asks for.

    Args:
        asked: The part as it stands in the question.
        whole: The part as a question of its own.
    """

    asked: str
    whole: str

    @property
    def telling(self) -> frozenset[str]:
        """The pairs of characters by which the part is told, folded: of what stands near its question word, without that."""
        told, asking = self.asked, _patterns()["asking"].search(self.asked)
        if asking is not None:
            told = f"{told[max(0, asking.start() - TELLING) : asking.start()]} {told[asking.end() :]}"
        pieces = re.split(r"\W+", _patterns()["particles"].sub(" ", fold(told)))
        return frozenset(piece[i : i + 2] for piece in pieces for i in range(len(piece) - 1))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        "cut": re.compile(expand("qa", r"[,，、;；?？。!！]+|(?<=[一-鿿”》）])\s+(?=[一-鿿“《（])|{joining_parts}")),
        "asking": re.compile(
            expand(
                "qa",
                "{asking_parts}|(?<![{some_before}])几(?![乎何])[万亿千百个家天年次项条月日号人套级倍成种名户位点时所]*|{asking_ends}$",
            )
        ),
        "opening": re.compile(expand("qa", "^(?:{opening_parts})+(?=.{3})")),
        "side": re.compile(expand("qa", "(?:{follow_extremes}|{front_ends})+$")),
        "particles": re.compile(expand("qa", "[{part_particles}]")),
        "closed": re.compile(r"《[^《》]*》|“[^“”]*”|[（(〔\[【][^()（）〔〕\[\]【】]*[)）〕\]】]"),
    }


def split_question(text: str) -> tuple[QuestionPart, ...]:
    """The parts of a question that asks for several things; none where it asks for one.

    >>> [part.whole for part in split_question("云岫县租房补贴每月多少、最长几个月？")]
    ['云岫县租房补贴每月多少', '云岫县租房补贴，最长几个月']
    >>> [part.asked for part in split_question("云岫县 告知承诺制证明 推行几项 取消几项")]
    ['推行几项', '取消几项']
    """
    clauses, asks = _cut(text), _patterns()["asking"].search
    first = next((i for i, clause in enumerate(clauses) if asks(clause)), len(clauses))
    asked: list[str] = []
    waiting: list[str] = []  # 重度护理那项，又是多少: what asks nothing belongs to the question behind it
    for clause in clauses[first:]:
        waiting.append(clause)
        if asks(clause):
            asked.append("，".join(waiting))
            waiting = []
    if len(asked) < 2:
        return ()
    asked[-1] = "，".join((asked[-1], *waiting))
    asked = [_patterns()["opening"].sub("", part) for part in asked]
    if any(len(_told(part)) < LEAST for part in asked):
        return ()
    context = clauses[:first]
    front = "，".join(filter(None, (*context, _front(clauses[first]))))
    wholes = ["，".join((*context, asked[0])), *(f"{front}，{part}" for part in asked[1:])]
    return tuple(QuestionPart(part, whole) for part, whole in zip(asked, wholes, strict=True))[:MOST]


def _cut(text: str) -> list[str]:
    """The clauses of a question; a title, a quotation or a bracket is never cut."""
    closed = [match.span() for match in _patterns()["closed"].finditer(text)]
    clauses, start = [], 0
    for match in _patterns()["cut"].finditer(text):
        if not any(a < match.start() < b for a, b in closed):
            clauses.append(text[start : match.start()])
            start = match.end()
    clauses.append(text[start:])
    return [clause.strip() for clause in clauses if clause.strip()]


def _front(clause: str) -> str:
    """What an asking clause says before its question word; where it begins with it, the clause without it."""
    asking = _patterns()["asking"].search(clause)
    assert asking is not None
    before = _patterns()["side"].sub("", clause[: asking.start()])  # 每月, 最高: the side that the first part asks for
    return before if len(before) >= 2 * LEAST else clause[asking.end() :]


def _told(part: str) -> str:
    """What a part says besides its question words."""
    return re.sub(r"\W", "", _patterns()["asking"].sub("", part))
