"""A figure 数据 in its sentence, and what the words around it say of goal, bound, time limit and condition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from corpus.document import Span
from graph.clauses import YearMention
from graph.frames.find import Frame, FrameKind
from graph.lexicon import entries, expand, word_lists
from graph.quantities.quantity import Quantity
from graph.targets.context import Manner, TargetContext

COUNTED = ("count", "area", "person")
"""The measures of what is built, planted or helped."""
AGES = frozenset(("岁", "周岁"))
"""The units of ages."""
CHANGED = re.compile(expand(r"{changing_verbs}[到至为]?"))
BY_THEN = re.compile(expand(r"{times_of_year}(?:以?前|之前)?[^。;]{0,60}\Z"))
"""A time by which something is to stand, without its year: what it governs are goals."""
_LEAD = 400
_GOAL_LEAD = re.compile(expand(r"{goal_kinds}目标(?:任务)?(?:[是为:：,])"))
_RATIO = re.compile(expand(r"(?<![费利税息员])率(?!先)|{reaching_verbs}[^,;，；]{0,40}{shares}|覆盖面"))
_SHARE_GOAL = re.compile(expand(r"{reaching_verbs}[^,;，；]{0,40}(?:{shares}|率)"))
_TIME_LIMITS = frozenset(word_lists()["time_limits"])
_LIFELONG = re.compile(expand(r"{lifelong_figures}"))
_RATE = re.compile(r"^(?:万|亿)?元/")
_EACH = re.compile(expand(r"{each}"))


@dataclass(eq=False)
class Figure:
    """A quantity with all that decides what it is in its document; what its words say is worked out once, where asked for.

    ``near`` is the clause up to the number, ``whole`` the clause, ``lead`` the sentence up to the number or, where it is long, the
    end of that; ``in_digits`` is false for a formula like 全覆盖.

    Args:
        text: The text in half width.
        sentence: The sentence around the quantity.
        clause: The clause around it, cut to what is close to it.
        quantity: The quantity itself.
        year: The year that governs it.
        context: What the headings above say.
        manner: What sort of document it is in.
        reference_year: The year the document speaks from.
        frame: What its block does in the document.
        base_value: The value a change to it starts from.
        title_kind: The kind of document its title shows (``graph.frames.signs.kind_of_title``).
    """

    text: str
    sentence: Span
    clause: Span
    quantity: Quantity
    year: YearMention | None
    context: TargetContext
    manner: Manner
    reference_year: int | None
    frame: Frame | None = None
    base_value: float | None = None
    title_kind: str = "none"

    def __post_init__(self) -> None:
        number = self.quantity.core.start
        self.near = self.text[self.clause.start : number]
        self.whole = self.text[self.clause.start : self.clause.end]
        self.lead = self.text[max(self.sentence.start, number - _LEAD) : number]
        self.in_digits = self.quantity.form != "words"

    @cached_property
    def is_goal(self) -> bool:
        """Whether the words before it announce a goal: 力争达到…, 提升应用率至60%以上 wherever it is written."""
        share = self._is_changed_share and _SHARE_GOAL.search(self.near) is not None
        return self._is_announced or (share and self.manner != "rules")

    @cached_property
    def is_bounded(self) -> bool:
        """Whether it has a bound that may be a condition: 50人以上; but 新建20家以上 and 年底前服务超…万人 are goals."""
        if not self._has_bound or self._is_changed_share:
            return False
        if self.quantity.measure not in COUNTED or self.whole.endswith("的"):
            return True
        to_be_done = contains(self.near, goal_cues()) and not self.near.startswith(("对", "凡", "经"))
        if to_be_done and "支持" not in self.near and "给予" not in self.near:
            return False
        return BY_THEN.search(self.lead) is None

    @cached_property
    def is_future(self) -> bool:
        """Whether a year to reach something by governs it that is not before the document's own."""
        year, reference = self.year, self.reference_year
        return year is not None and year.role in ("by", "during") and (reference is None or year.year >= reference)

    @cached_property
    def is_limit(self) -> bool:
        """Whether it is a time limit, a duration or an age; life expectancy and the like are figures."""
        if (self.quantity.unit or "").lstrip("个万") not in _TIME_LIMITS or self.quantity.measure != "time":
            return False
        return not _LIFELONG.search(self.whole)

    @cached_property
    def is_condition(self) -> bool:
        """Whether its clause is an attribute (…50人以上的) or gives a rate: 元/亩, 每人."""
        attribute = self.whole.rstrip("。;； ").endswith("的")
        return attribute or bool(_RATE.match(self.quantity.unit or "")) or bool(_EACH.search(self.near))

    @cached_property
    def looks_back(self) -> bool:
        """Whether its block reviews or reports; a heading that announces goals outweighs a model that is not sure."""
        if self.frame is None or self.frame.kind not in ("review", "statistics"):
            return False
        return self.frame.probability >= (0.9 if self.context.future else 0.4)

    def is_framed(self, *kinds: FrameKind, least: float = 0.8) -> bool:
        """Whether its block is of one of some frames, surely or with a probability of at least another one."""
        return self.frame is not None and self.frame.kind in kinds and self.frame.probability >= least

    @cached_property
    def is_announced_goal(self) -> bool:
        """Whether the sentence says that goals follow: 主要预期目标是…."""
        return _GOAL_LEAD.search(self.lead) is not None

    @cached_property
    def _is_announced(self) -> bool:
        # in a preamble 达到 tells a result as often as a goal
        told = self.context.preamble or self.looks_back or self.manner in ("rules", "measures")
        words = strong_goals()[:-3] if told else strong_goals()
        return contains(self.near, words) or self.is_announced_goal

    @cached_property
    def _has_bound(self) -> bool:
        return self.quantity.comparator in ("<=", ">=", "<", ">") and self.in_digits and not self._is_announced

    @cached_property
    def _is_changed_share(self) -> bool:
        """Whether a share is to change: 提升应用率至60%以上."""
        if not self._has_bound or self.quantity.measure != "percent" or self.whole.endswith("的"):
            return False
        return (CHANGED.search(self.near) or _RATIO.search(self.near)) is not None


def contains(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text contains any of some words."""
    for word in words:  # noqa: SIM110 (asked a dozen times for every figure)
        if word in text:
            return True
    return False


@lru_cache(maxsize=1)
def strong_goals() -> tuple[str, ...]:
    """Words that announce nothing but goals; the last three tell results too."""
    return entries("strong_goals.txt")


@lru_cache(maxsize=1)
def goal_cues() -> tuple[str, ...]:
    """Words of what is to be done."""
    return entries("goal_cues.txt")
