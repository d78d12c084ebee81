"""Names that go on from figure to figure of a sentence: what a growth, a share of the plan, a rate or a second group belongs to.

``一般公共预算收入完成18.64亿元，为调整预算的101.3%，增长5.2%``: the growth is that of the revenue. ``限额标准为职工每人每月200元、居民每人每月150元``:
both are limits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Span
from graph.lexicon import expand, word_lists
from graph.quantities.quantity import Quantity

_CHANGED = re.compile(
    expand(
        r"(?:其中)?(?:按[^,，]{2,10}(?:计算|口径)?[,，]?)?(?:(?:比|较|与|同)(?:\d{4}年|{years_compared})(?:末|底|初|同期)?(?:相比)?|(?P<how>{compared_with})(?:末|底)?)?"
        r"(?P<change>{growing})"
    )
)
_SHARE_OF_PLAN = re.compile(expand(r"(?:完成|为|占|达到?)?(?P<plan>(?:{plans_compared}){1,3})的"))
_REACHED = re.compile(expand(r"(?:{totals})?(?:{reached_words})"))
_GROUPS = re.compile(
    expand(r"(?P<head>[^,，。;；:：]*?(?:{measure_ends})(?:分别)?)(?:为|是|按|:|：)(?P<group>[一-龥（）()]{2,20})$")
)
_GROUP_SIGN = re.compile(r"[为是按:：][一-龥（）()]{2,20}$")
_DEPENDENT = re.compile(expand(r"^(?:{dependent_names}|(?:{dependent_verbs})[一-龥]{0,10})$"))
_NEW = re.compile(expand(r"(?:{kept_verbs}|{growing})"))
_GROWN = re.compile(expand(r"(?:{compared_with})?{growing}$"))
_BRACKET = re.compile(r"（[^（）]*）$")


@dataclass(eq=False)
class NameChain:
    """What the figures of a sentence so far were called."""

    subject: str = ""
    """The last name that stood on its own."""
    group_head: str = ""
    """What several groups of one clause share: 限额标准."""

    def continued(self, text: str, clause: Span, quote: Span, quantity: Quantity) -> str | None:
        """The name of a figure that only goes on from the ones before; None for one with a subject of its own.

        Args:
            text: The text in half width.
            clause: The clause around the figure.
            quote: The part of the clause that speaks of it.
            quantity: The quantity.
        """
        relation = text[quote.start : quantity.span.start].strip().rstrip("约近")
        if not self.subject:
            return None
        plan = _SHARE_OF_PLAN.fullmatch(relation) if quantity.measure == "percent" else None
        if plan is not None:
            return f"{self.subject}完成{plan['plan']}比例"[-40:]
        changed = _CHANGED.fullmatch(relation)
        if changed is not None:
            how = changed["how"] or ""
            return f"{self.subject}{how if how[:1] not in '较比' else ''}{changed['change']}"[-40:]
        if _REACHED.fullmatch(relation):
            return _NEW.sub("", self.subject) or self.subject
        return None

    def take(self, text: str, quote: Span, quantity: Quantity, name: str) -> str:
        """Take in the name of a figure with a subject of its own; gives it back with what it shares with the ones before."""
        left = text[quote.start : quantity.span.start].strip()
        grouped = quantity.measure in ("money", "percent", "time") and _GROUP_SIGN.search(left[-22:])
        groups = _GROUPS.search(left[-60:]) if grouped else None
        if groups is not None:
            self.group_head = (
                name.partition(groups["group"])[0].rstrip("为是按:：（(") if groups["group"] in name else groups["head"]
            )
            name = f"{self.group_head}（{groups['group']}）" if groups["group"] in name else name
        elif self.group_head and text[quote.start - 1 : quote.start] == "、" and self.group_head not in name:
            name = f"{self.group_head}（{name}）"
        else:
            self.group_head = ""
            if self.subject and _DEPENDENT.match(name):
                head = _GROWN.sub("", _BRACKET.sub("", self.subject))
                counterpart = next((pair for pair in _pairs() if name == pair[1] and head.endswith(pair[0])), None)
                return (head[: -len(counterpart[0])] if counterpart else head) + name
        self.subject = name
        return name


@lru_cache(maxsize=1)
def _pairs() -> tuple[tuple[str, str], ...]:
    """Names of two sides of one account: 收入 and 支出."""
    words = word_lists()["counterparts"]
    return tuple((one, other) for word in words for one, _, other in [word.partition("/")])
