"""Find the topics 主题 of a text by weighted keywords; the heading counts more than the body, and a text may have none."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from math import log1p

from corpus.matching import WordMatcher
from graph.lexicon import expand, table

_HEADING_WEIGHT = 2.0
_ENOUGH = 1.0
_SHARE = 0.12
_GENERAL_SHARE = 0.4
_FIELD_WEIGHT = 1.6
_MOST = 8
_ONCE = log1p(1)
_ENUMERATION = re.compile(expand(r"[\u4e00-\u9fff]{2,8}(?:、[\u4e00-\u9fff]{2,12}){1,12}?(?=等{various}?{enumerated_nouns})"))
_ENUMERATED = re.compile(expand(r"等{various}?{enumerated_nouns}"))
_LISTED = re.compile(r"[、和及]")


@lru_cache(maxsize=1)
def _keywords() -> tuple[WordMatcher, dict[str, tuple[tuple[str, float], ...]]]:
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for topic, keyword, weight in (*table("topics.tsv"), *table("topics_general.tsv")):
        found[keyword].append((topic, float(weight)))
    return WordMatcher(found), {word: tuple(topics) for word, topics in found.items()}


@lru_cache(maxsize=1)
def _fields() -> dict[str, str]:
    return {row[0]: row[1] for row in table("topic_fields.tsv")}


@lru_cache(maxsize=1)
def _general() -> frozenset[str]:
    return frozenset(row[0] for row in table("topics_general.tsv"))


def topic_names() -> tuple[str, ...]:
    """Every topic there is, those of the rural field first."""
    return tuple(dict.fromkeys(row[0] for row in (*table("topics.tsv"), *table("topics_general.tsv"))))


@lru_cache(maxsize=64)
def words_of(topic: str) -> re.Pattern[str]:
    """Matches where a text holds any word of a topic at all: without one its score is 0."""
    words = {word for word, topics in _keywords()[1].items() if any(name == topic for name, _ in topics)}
    words |= {word for word, name in _fields().items() if name == topic}
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))) or r"(?!)")


def scores(heading: str, body: str = "") -> dict[str, float]:
    """How strongly heading and body speak of each topic; what is said again counts ever less.

    A field enumerated on its own (从财政、金融、土地等方面) counts fully however short its name is.
    """
    _, topics = _keywords()
    in_body, enumerated = _read_body(body)
    total: dict[str, float] = defaultdict(float)
    for counts, factor in ((_count_in_heading(heading), _HEADING_WEIGHT), (in_body, 1.0)):
        for word, count in counts.items():
            for topic, weight in topics[word]:
                total[topic] += factor * weight * log1p(count) / _ONCE
    for topic in enumerated:
        total[topic] += _FIELD_WEIGHT
    return dict(total)


@lru_cache(maxsize=64)
def _count_in_heading(heading: str) -> dict[str, int]:
    """The keywords of a heading with their numbers: all that stands under it asks for them."""
    return _keywords()[0].count(heading)


@lru_cache(maxsize=16)
def _read_body(body: str) -> tuple[dict[str, int], dict[str, None]]:
    """The keywords of a body with their numbers and the fields it enumerates: the figures of one sentence ask for them in a row."""
    enumerated: dict[str, None] = {}  # in the order of the text: equal topics keep it
    # tried at every place of a text only where the words that close an enumeration stand in it
    for match in _ENUMERATION.finditer(body) if _ENUMERATED.search(body) else ():
        for word in _LISTED.split(match.group()):
            field = _field(word)
            if field:
                enumerated[field] = None
    return _keywords()[0].count(body), enumerated


def _field(word: str) -> str | None:
    known = _fields()
    # the first of an enumeration drags its verb along: 强化财政、金融…
    return next((known[word[i:]] for i in range(min(len(word) - 1, 7)) if word[i:] in known), None)


def topics_of(text: str, *, heading: str = "") -> tuple[str, ...]:
    """The topics of a text, strongest first; empty where nothing fits."""
    if not heading:
        heading, _, text = text.partition("。") if "。" in text[:60] else ("", "", text)
    total = scores(heading, text)
    if not total:
        return ()
    best = max(total.values())
    general = _general()
    kept = [
        topic for topic, score in total.items() if score >= max(_ENOUGH, (_GENERAL_SHARE if topic in general else _SHARE) * best)
    ]
    return tuple(sorted(kept, key=lambda topic: -total[topic])[:_MOST])
