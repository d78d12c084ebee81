"""Numbers that are no figures: counts that close a formula or a list (四个到位, 等六个方面), times that only say when (5年内, 分2年)."""

from __future__ import annotations

import re

from corpus.document import Span
from graph.lexicon import expand, word_lists
from graph.quantities.quantity import Quantity
from graph.targets.figure import goal_cues

_FORMULA = re.compile(expand(r"(?:{counted_formulas})"))
_CLOSES_LIST = re.compile(expand(r"(?:等|[、和及][一-龥]{1,12}|[从在]|围绕|聚焦|通过)[ \u3000]?\Z"))
_ASPECT = re.compile(expand(r"(?:{counted_aspects})"))
_COUNTERS = frozenset(word_lists()["loose_counters"])
"""Counters with which a small Chinese numeral says of how many sorts something is, not how much: 两种标准, 四个等次."""
_SESSION = re.compile(r"[届次、]第?\Z")
_STAGES = re.compile(expand(r"(?<![百千部])分(?:别用)?[ \u3000]?\Z"))
_STAGE_UNITS = frozenset("年期批步次轮")
_SINCE = re.compile(expand(r"(?:{since_then}|满|每|近|收到[^,，]{0,12})\Z"))
_FORBIDS = re.compile(expand(r"内[^,，。;；]{0,12}(?:{forbidding})"))


def is_no_figure(text: str, sentence: Span, clause: Span, quantity: Quantity) -> bool:
    """Whether a quantity is part of a formula, closes a list of aspects, numbers a session or only tells when.

    Args:
        text: The text in half width.
        sentence: The sentence around the quantity.
        clause: The clause around it.
        quantity: The quantity.
    """
    if quantity.form == "words":
        return False
    near = text[clause.start : quantity.span.start]
    after = quantity.core.end
    unit = quantity.unit or ""
    exact = quantity.comparator == "="
    if (
        exact
        and unit in ("个", "项", "大", "条")
        and _FORMULA.match(text, after)
        and quantity.value is not None
        and quantity.value <= 12
    ):
        return True
    if exact and unit in ("个", "大", "项", "方面", "个方面", "类"):
        aspect = unit.endswith("方面") or _ASPECT.match(text, after) is not None
        if aspect and _CLOSES_LIST.search(near):
            return True
    if quantity.form == "chinese" and exact and unit in _COUNTERS and quantity.value is not None and quantity.value <= 12:
        return not near.endswith(goal_cues())
    if unit == "次" and _SESSION.search(text, max(0, quantity.core.start - 2), quantity.core.start):
        return True
    if unit in _STAGE_UNITS and exact and _STAGES.search(near):
        return True
    return _only_tells_when(text, clause, quantity, near)


def _only_tells_when(text: str, clause: Span, quantity: Quantity, near: str) -> bool:
    """5年内引进…, 三年内建成…: when something is to be done; what may not be done in that time is a rule and stays."""
    unit, end = quantity.unit or "", quantity.span.end
    if unit.lstrip("个") not in ("年", "月") or quantity.comparator != "<=" or text[end - 1] != "内":
        return False
    if _SINCE.search(near) or near.strip(" \n\u3000、") not in ("", "在", "力争", "争取", "力争在", "用", "未来", "今后"):
        return False
    rest = text[end : clause.end].strip()
    return bool(rest) and _FORBIDS.match(text, end - 1, clause.end) is None
