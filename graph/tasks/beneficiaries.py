"""Extract beneficiary groups 受益对象 exactly as the text names them."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.document import Span
from corpus.matching import WordMatcher
from graph.lexicon import entries, expand, word_lists

_MOST = 12
_WHERE = word_lists()["where_people_live"]
# 人才政策, 残疾人联合会, 老年人公园 name no group
_NO_GROUP = re.compile(expand(r"{no_group}|强[{divisions}国]"))


@lru_cache(maxsize=1)
def _words() -> WordMatcher:
    return WordMatcher(entries("beneficiaries.txt"))


def find_groups(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The places of ``text`` that name a group, in order; 农村 or 城镇 before it belongs to the name."""
    out: list[Span] = []
    for span in _words().find(text, start, end):
        if _NO_GROUP.match(text, span.end):
            continue
        begin = next(
            (span.start - len(w) for w in _WHERE if text.startswith(w, max(start, span.start - len(w)), span.start)), span.start
        )
        out.append(Span(begin, span.end))
    return out


def find_beneficiaries(text: str, start: int = 0, end: int | None = None) -> tuple[str, ...]:
    """The groups named in a stretch of text, each once, in order of first mention."""
    return tuple(dict.fromkeys(span.of(text) for span in find_groups(text, start, end)))[:_MOST]
