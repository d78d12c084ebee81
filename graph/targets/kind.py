"""What a quantity is in its document: target 目标, achieved 成效, statistic 现状与结构数, rule 标准与条件."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.document import Span
from graph.clauses import YearMention
from graph.facts import TargetKind
from graph.lexicon import entries, expand, table, word_lists
from graph.quantities.quantity import Quantity
from graph.targets.context import Manner, TargetContext

_STRUCTURE = re.compile(expand(r"^{document_parts}"))
_TIME_LIMITS = frozenset(word_lists()["time_limits"])
_LIFE = re.compile(expand(r"{lifelong_figures}"))
_RATE = re.compile(r"^(?:万|亿)?元/")
_EACH = re.compile(expand(r"{each}"))
ESTIMATED = re.compile(expand(r"(?:^|[,;:])经?(?:初步)?{estimated}"))
"""An estimate that opens a clause governs the figures after it: 估算项目…个，总投资…亿元."""
_GOAL_LEAD = re.compile(expand(r"{goal_kinds}目标(?:任务)?(?:[是为:：,])"))
_RATIO = re.compile(expand(r"(?<![费利税息员])率(?!先)|{reaching_verbs}[^,;，；]{0,40}{shares}|覆盖面"))
_SHARE_GOAL = re.compile(expand(r"{reaching_verbs}[^,;，；]{0,40}(?:{shares}|率)"))
_FAVOUR = re.compile(expand(r"{favours}"))
_BY_THEN = re.compile(expand(r"{times_of_year}(?:以?前|之前)?[^。;]{0,60}\Z"))
"""A time by which something is to stand, without its year: what it governs are goals."""
_FREQUENCY = frozenset(word_lists()["frequencies"])
_ACCORDING = re.compile(r"按(?:照)?[^,，按]{0,30}\Z")
_SURPASSED = word_lists()["surpassed"]
_OBJECT = re.compile(r"^(?:将|把|对)")
_CHANGED = re.compile(expand(r"{changing_verbs}[到至为]?"))
_FROM = re.compile(r"[由从](?:\d{4}年的?)?$")
# 等4个事项, A、B两个部门: a count that closes its own enumeration
_ENUMERATED = re.compile(r"(?:^|[,;:。])([^,;:。]{2,120}[、和与][^,;:。]{1,60}?)(等|这|各)?\Z")
_ADDED = re.compile(expand(r"{adding}"))
_PRESENT = re.compile(expand(r"{attending}[^。;]{0,60}\Z"))
_RATES = re.compile(expand(r"{paid}(?:资金)?标准(?:如下|为)?[^。;]{0,60}\Z"))
_CONDITION = re.compile(expand(r"(?:[(（][^()（）]{1,12}[)）])?的(?!{goal_nouns})"))
_SUBJECTS = re.compile(expand(r"\s*{acting_subjects}"))
_GIVES = re.compile(expand(r"{handing_out}[^,;。]{0,24}\Z"))
_OF_SOMETHING = re.compile(r"的[一-龥]{1,8}$")


def kind_of(
    text: str,
    sentence: Span,
    clause: Span,
    quantity: Quantity,
    year: YearMention | None,
    *,
    place: TargetContext,
    manner: Manner,
    reference_year: int | None,
) -> TargetKind:
    """Decide the kind from structure, headings, the governing year, cue words and the manner of the document, in this order."""
    near = text[clause.start : quantity.core.start]
    whole = text[clause.start : clause.end]
    lead = text[max(sentence.start, quantity.core.start - 400) : quantity.core.start]
    cues = _cues()
    if _structure(quantity, text, clause) or (quantity.measure == "person" and _PRESENT.search(lead)):
        return "statistic"
    if quantity.measure == "money" and text.startswith("最高", quantity.span.start) and not near.endswith("力争"):
        return "rule"  # 每年最高6000元
    # in a preamble 达到 tells a result as often as a goal
    goal = _has(near, _strong_goals()[:-3] if place.preamble or manner in ("rules", "measures") else _strong_goals())
    goal = goal or _GOAL_LEAD.search(lead) is not None
    future = year is not None and year.role in ("by", "during") and (reference_year is None or year.year >= reference_year)
    bounded = quantity.comparator in ("<=", ">=", "<", ">") and quantity.form != "words" and not goal
    if bounded and (_CHANGED.search(near) or _RATIO.search(near)) and quantity.measure == "percent" and not whole.endswith("的"):
        bounded = False  # 提升应用率至60%以上 is a goal wherever it stands
        goal = goal or (_SHARE_GOAL.search(near) is not None and manner != "rules")
    counted = quantity.measure in ("count", "area", "person") and _has(near, _goals()) and not near.startswith(("对", "凡", "经"))
    if bounded and counted and not whole.endswith("的") and "支持" not in near and "给予" not in near:
        bounded = False  # 新建20家以上 is a goal, 对20家以上的… a condition
    if bounded and quantity.measure in ("count", "area", "person") and not whole.endswith("的") and _BY_THEN.search(lead):
        bounded = False  # 年底前上线服务…项，用户超…万人
    if bounded and manner == "measures" and not place.past and not future:
        return "rule"
    if quantity.form != "words" and near.startswith(("对", "凡", "满足", "符合")) and not _CHANGED.search(near):
        # 对…达到50万以上的企业，给予…: what one has to be to get something
        rest = text[quantity.span.end : min(sentence.end, quantity.span.end + 120)]
        if _FAVOUR.search(rest) and "的" in rest[:40]:
            return "rule"
    past = (
        year is not None and year.role in ("plain", "by", "during") and reference_year is not None and year.year < reference_year
    )
    if past and not goal:
        return "achieved"
    if _has(whole, _SURPASSED):
        return "achieved"
    if place.past and not (future and goal):
        return "achieved"
    if year is not None and year.role in ("since", "as_of") and not goal:
        return "achieved"
    if (
        quantity.form != "words"
        and _FROM.search(near)
        and _CHANGED.search(whole, min(len(whole), quantity.span.end - clause.start))
    ):
        return "statistic"
    limit = _limit(quantity, whole)
    if limit and manner != "rules" and _CHANGED.search(near):
        return "target"
    if bounded and not goal and _CONDITION.match(text, quantity.span.end):
        return "rule"  # 单户担保金额200万元以下(含200万元)的…
    if near.endswith("的为") or (bounded and near.endswith("拥有")):
        return "rule"
    if quantity.measure in ("money", "percent") and _GIVES.search(near) and not goal and manner != "account":
        return "rule"  # 给予…补贴 holds until the year, the sum is not to be reached by then
    if future and not place.preamble and not (limit and quantity.comparator == "<="):
        return "target"
    condition = whole.rstrip("。;； ").endswith("的") or bool(_RATE.match(quantity.unit or "")) or bool(_EACH.search(near))
    if bounded and not near.strip() and text.startswith("的", quantity.span.end):
        return "rule"  # 10万元以上的项目: a condition that opens its clause
    if quantity.measure == "money" and _RATES.search(lead):
        return "rule"
    if manner in ("rules", "measures") and (bounded or condition or limit or _OF_SOMETHING.search(whole)):
        return "rule"
    if (_has(whole, cues["achieved", "clause"]) or _has(near, cues["achieved", "near"])) and not goal:
        return "achieved"
    if condition or limit:
        return "rule"
    if ESTIMATED.search(lead):
        return "statistic"
    if quantity.form != "words" and _has(near, cues["statistic", "near"]) and not goal:
        return "statistic"
    if goal and manner != "rules":
        return "target"
    if quantity.form == "words" and _has(whole, cues["rule", "words"]):
        return "rule"
    if _has(whole, cues["rule", "clause"]) or _has(near, cues["rule", "near"]):
        return "rule"
    if _has(near, cues["rule", "often"]) and (manner != "plan" or quantity.unit in _FREQUENCY):
        return "rule"
    if manner != "account" and _ACCORDING.search(near):
        return "rule"
    if place.preamble and not (quantity.form == "words" and quantity.value == 0):
        return "achieved"
    if manner == "rules":
        return "rule"
    everything = quantity.measure == "percent" and quantity.value == 100
    if manner == "measures" and not _has(near, _goals()) and quantity.form != "words" and not everything:
        dated = quantity.measure in ("count", "area", "person") and not condition and _BY_THEN.search(lead)
        return "target" if dated else "rule"
    return "target"


def _limit(quantity: Quantity, clause: str) -> bool:
    """Whether the quantity is a time limit, a duration or an age; life expectancy and the like are figures."""
    if (quantity.unit or "").lstrip("个万") not in _TIME_LIMITS or quantity.measure != "time":
        return False
    return not _LIFE.search(clause)


def _structure(quantity: Quantity, text: str, clause: Span) -> bool:
    """``从四个方面``, ``23项任务``: numbers of the document's own parts; ``将12个县``, ``对1355个村``: of things there are."""
    after = text[quantity.span.end : quantity.span.end + 8]
    if quantity.unit in ("方面", "个方面") or (
        quantity.unit in ("个", "项", "条") and quantity.comparator == "=" and _STRUCTURE.match(after)
    ):
        return True
    if quantity.form == "words" or quantity.measure not in ("count", "person"):
        return False
    lead = text[clause.start : quantity.core.start]
    if quantity.comparator == "=" and not lead.strip(" \n") and _SUBJECTS.match(text, quantity.span.end):
        return True  # 5个地级市抓好督促
    if quantity.comparator == "=" and _closes_enumeration(lead, quantity.value):
        return True
    return bool(_OBJECT.match(lead)) and quantity.comparator == "=" and not _CHANGED.search(lead)


def _closes_enumeration(lead: str, value: float | None) -> bool:
    """Whether a count stands behind the very things it counts: A、B、C等5个事项, A、B两个部门."""
    match = _ENUMERATED.search(lead)
    if match is None or value is None or not 2 <= value <= 30:
        return False
    if _ADDED.search(match[1]):
        return False  # 新增A、B、C等3个口岸 is to be done, however it is listed
    members = re.split("[、和与]", match[1])
    if match[2] == "等":
        return len(members) <= value
    return len(members) == value and not re.search(r"\d", match[1])


def _has(text: str, words: tuple[str, ...]) -> bool:
    for word in words:  # noqa: SIM110 (asked a dozen times for every figure)
        if word in text:
            return True
    return False


@lru_cache(maxsize=1)
def _cues() -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {
        (kind, reach): [] for kind in ("achieved", "statistic", "rule") for reach in ("near", "clause", "words", "often")
    }
    for word, kind, reach in table("kind_cues.tsv"):
        found[kind, reach].append(word)
    return {key: tuple(words) for key, words in found.items()}


@lru_cache(maxsize=1)
def _strong_goals() -> tuple[str, ...]:
    return entries("strong_goals.txt")


@lru_cache(maxsize=1)
def _goals() -> tuple[str, ...]:
    return entries("goal_cues.txt")
