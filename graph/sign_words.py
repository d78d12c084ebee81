"""Groups of words that models take as signs: what is given, allowed, told, to be reached, who it is about."""

from __future__ import annotations

from functools import lru_cache

from corpus.matching import WordMatcher
from graph.lexicon import word_lists

_GROUPS = (
    "sign_given",
    "sign_parameter",
    "sign_party",
    "sign_condition",
    "sign_may",
    "sign_told",
    "sign_goal",
    "sign_charged",
    "frame_future",
    "frame_goal",
    "frame_past",
    "frame_reach",
    "frame_becoming",
    "frame_past_time",
    "frame_compared",
    "frame_statistic",
    "frame_rule",
    "frame_condition",
    "frame_explain",
)


@lru_cache(maxsize=4096)
def groups_in(words: str) -> frozenset[str]:
    """The groups of words that a short stretch of text has.

    >>> "given" in groups_in("给予购房补贴")
    True
    """
    matcher, groups = _words()
    return frozenset(group for word in matcher.count(words) for group in groups[word])


@lru_cache(maxsize=1)
def _words() -> tuple[WordMatcher, dict[str, tuple[str, ...]]]:
    groups: dict[str, list[str]] = {}
    for name in _GROUPS:
        for word in word_lists()[name]:
            groups.setdefault(word, []).append(name.removeprefix("sign_"))
    return WordMatcher(groups), {word: tuple(names) for word, names in groups.items()}
