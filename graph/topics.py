"""What a text is about 主题: weighted keywords decide, the heading counts more than the body, and nothing is a valid answer."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from math import log1p

from graph.lexicon import table

_HEADING_WEIGHT = 4.0
_ENOUGH = 1.0
_SHARE = 0.34
_MOST = 6


@lru_cache(maxsize=1)
def _keywords() -> tuple[re.Pattern[str], dict[str, tuple[tuple[str, float], ...]]]:
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for topic, keyword, weight in table("topics.tsv"):
        found[keyword].append((topic, float(weight)))
    words = "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))
    return re.compile(words), {word: tuple(topics) for word, topics in found.items()}


def topic_names() -> tuple[str, ...]:
    """Every topic there is."""
    return tuple(dict.fromkeys(row[0] for row in table("topics.tsv")))


def scores(heading: str, body: str = "") -> dict[str, float]:
    """How strongly heading and body speak of each topic; what is said again counts ever less."""
    pattern, topics = _keywords()
    total: dict[str, float] = defaultdict(float)
    for text, factor in ((heading, _HEADING_WEIGHT), (body, 1.0)):
        counts: dict[str, int] = defaultdict(int)
        for match in pattern.finditer(text):
            counts[match.group()] += 1
        for word, count in counts.items():
            for topic, weight in topics[word]:
                total[topic] += factor * weight * log1p(count) / log1p(1)
    return dict(total)


def topics_of(text: str, *, heading: str = "") -> tuple[str, ...]:
    """The topics of a text, strongest first; empty where nothing fits."""
    if not heading:
        heading, _, text = text.partition("。") if "。" in text[:60] else ("", "", text)
    total = scores(heading, text)
    if not total:
        return ()
    best = max(total.values())
    kept = [topic for topic, score in total.items() if score >= max(_ENOUGH, _SHARE * best)]
    return tuple(sorted(kept, key=lambda topic: -total[topic])[:_MOST])
