"""What a quantity is in its document: target 目标, achieved 成效, statistic 现状与结构数, rule 标准与条件.

Rules are asked in order, and the first one that decides is right: structure, money and conditions, years and headings, cue words, and
last the manner of the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from graph.facts import TargetKind
from graph.lexicon import expand, table, word_lists
from graph.targets.exclusions import SORTS, closes_enumeration
from graph.targets.figure import AGES, BY_THEN, CHANGED, COUNTED, Figure, contains, goal_cues

ESTIMATED = re.compile(expand(r"(?:^|[,;:])经?(?:初步)?{estimated}"))
"""An estimate that opens a clause governs the figures after it: 估算项目…个，总投资…亿元."""
_PARTS = re.compile(expand(r"^{document_parts}"))
_FAVOUR = re.compile(expand(r"{favours}"))
_FREQUENCY = frozenset(word_lists()["frequencies"])
_ACCORDING = re.compile(r"按(?:照)?[^,，按]{0,30}\Z")
_SURPASSED = word_lists()["surpassed"]
_OBJECT = re.compile(r"^(?:将|把|对)")
_FROM = re.compile(r"[由从](?:\d{4}年的?)?$")
_PRESENT = re.compile(expand(r"{attending}[^。;]{0,60}\Z"))
_RATES = re.compile(expand(r"{paid}(?:资金)?标准(?:如下|为)?[^。;]{0,60}\Z"))
_CONDITION = re.compile(expand(r"(?:[(（][^()（）]{1,12}[)）])?的(?!{goal_nouns})"))
_SUBJECTS = re.compile(expand(r"\s*{acting_subjects}"))
_GIVES = re.compile(expand(r"{handing_out}[^,;。]{0,60}\Z"))
_EACH_PAID = re.compile(expand(r"每(?:{each_units})[^,，;；。]{0,8}(?:{paid})"))
_PARAMETER = re.compile(expand(r"{parameters}"))
_PROVIDED = re.compile(
    expand(
        r"[^。；;]{0,60}?(?:的[,，][^,，]{0,10}?(?:{provided_then})|[,，]方可)|[^,，。；;]{0,20}?后(?:方可|可以?)(?!持续|再生)"
    )
)
_GIVEN_AFTER = re.compile(expand(r"[^,，。；;\d]{0,6}?(?:给予|予以)"))
_OF_YEAR = re.compile(r"按(?:照)?[^,，按]{0,8}(?:19|20)\d\d年[^,，]*\Z")
_PARAMETER_REACH = 40
"""Characters before a figure of measures in which the parameter it sets may be named: 贷款期限由40年减房龄，调整为50年减房龄."""
_LETS = re.compile(expand(r"{letting_verbs}"))
_TOLD = ("累计", "已", "共")
_RATED = re.compile(r"的?(?:征收率|税率|预征率|费率|利率)")
_LIKELY = 0.5
"""The probability from which on the frame of a block counts where nothing else decides."""
_LONG_TIMES = ("年", "月")
_WHEN = ("当", "若", "如")
_TALLY = re.compile(r"[(（]共计?\Z")
_OF_SOMETHING = re.compile(r"的[一-龥]{1,8}$")

_DRIVING = word_lists()["driving_verbs"]
_ADDS = re.compile(expand(r"{adding}|打造|培育|形成|达到"))

Rule = Callable[[Figure], TargetKind | None]


def decide_kind(figure: Figure) -> tuple[TargetKind, str]:
    """The kind of a figure, what the first rule that decides says, and the name of that rule; a target (``none``) where none does."""
    for rule in _RULES:
        kind = rule(figure)
        if kind is not None:
            return kind, rule.__name__.removeprefix("_")
    return "target", "none"


# ---- structure, and what is money or a condition


def _counts_parts(figure: Figure) -> TargetKind | None:
    """从四个方面, 23项任务: parts of the document; 将12个县, 对1355个村: things there are; 出席…人."""
    attending = figure.quantity.measure == "person" and _PRESENT.search(figure.lead)
    return "statistic" if attending or _is_structure(figure) else None


def _is_ceiling_of_money(figure: Figure) -> TargetKind | None:
    """每年最高6000元."""
    quantity = figure.quantity
    ceiling = quantity.measure == "money" and figure.text.startswith("最高", quantity.span.start)
    return "rule" if ceiling and not figure.near.endswith("力争") else None


def _is_bounded_in_measures(figure: Figure) -> TargetKind | None:
    """A bound in a notice of measures, neither looked back at nor dated."""
    dated = figure.context.past or figure.is_future
    return "rule" if figure.is_bounded and figure.manner == "measures" and not dated else None


def _is_required_for_favour(figure: Figure) -> TargetKind | None:
    """对…达到50万以上的企业，给予…: what one has to be to get something."""
    near, end = figure.near, figure.quantity.span.end
    if not figure.in_digits or not near.startswith(("对", "凡", "满足", "符合")) or CHANGED.search(near):
        return None
    rest = figure.text[end : min(figure.sentence.end, end + 120)]
    return "rule" if _FAVOUR.search(rest) and "的" in rest[:40] else None


def _opens_rule(figure: Figure) -> TargetKind | None:
    """房屋备案满5年的，可转让: what has to be so for what the next clause provides."""
    if figure.manner == "account" or figure.looks_back or not figure.in_digits:
        return None
    end, stop = figure.quantity.span.end, figure.sentence.end
    share = figure.quantity.measure in ("money", "percent") and _ACCORDING.search(figure.near) is not None
    given = share and (_GIVEN_AFTER.match(figure.text, end, stop) or _OF_YEAR.search(figure.near))
    return "rule" if given or _PROVIDED.match(figure.text, end, stop) else None


def _is_age_or_meaning(figure: Figure) -> TargetKind | None:
    """未满18周岁; 高档住房是指成交价2倍以上的住房; 当使用率达到90%以上时: what something or somebody has to be."""
    quantity = figure.quantity
    if not figure.in_digits or figure.looks_back:
        return None
    aged = (quantity.unit or "") in AGES and "寿命" not in figure.whole
    means = "是指" in figure.near
    when = figure.near.lstrip().startswith(_WHEN) and figure.text.startswith("时", quantity.span.end)
    return "rule" if aged or means or when else None


def _counts_sorts(figure: Figure) -> TargetKind | None:
    """公开9类救助标准: of how many sorts something is."""
    quantity = figure.quantity
    sorts = quantity.comparator == "=" and (quantity.unit or "") in SORTS and figure.manner != "account"
    return "statistic" if sorts and not CHANGED.search(figure.near) and not _ADDS.search(figure.near) else None


# ---- frames, years and headings


def _is_in_review(figure: Figure) -> TargetKind | None:
    """What a review or a report of statistics tells is a result, unless it names a goal of a later year."""
    if not figure.looks_back or figure.is_announced_goal:
        return None
    year, reference = figure.year, figure.reference_year
    later = year is not None and year.role in ("by", "during") and (reference is None or year.year > reference)
    return None if later and figure.is_goal else "achieved"


def _is_of_past_year(figure: Figure) -> TargetKind | None:
    """A year before the document's own."""
    year, reference = figure.year, figure.reference_year
    if year is None or reference is None or year.role not in ("plain", "by", "during") or year.year >= reference:
        return None
    return None if figure.is_goal else "achieved"


def _surpasses_goal(figure: Figure) -> TargetKind | None:
    """超额完成年度目标."""
    return "achieved" if contains(figure.whole, _SURPASSED) else None


def _is_under_past_heading(figure: Figure) -> TargetKind | None:
    """过去五年的工作, unless the sentence itself announces a goal for a later year."""
    return "achieved" if figure.context.past and not (figure.is_future and figure.is_goal) else None


def _counts_since(figure: Figure) -> TargetKind | None:
    """2019年以来, 截至2023年底."""
    since = figure.year is not None and figure.year.role in ("since", "as_of")
    return "achieved" if since and not figure.is_goal else None


def _is_start_of_change(figure: Figure) -> TargetKind | None:
    """The first figure of 由56%提高到78%."""
    if not figure.in_digits or not _FROM.search(figure.near):
        return None
    behind = min(len(figure.whole), figure.quantity.span.end - figure.clause.start)
    return "statistic" if CHANGED.search(figure.whole, behind) else None


def _is_shortened_limit(figure: Figure) -> TargetKind | None:
    """将办理时限压缩至5个工作日."""
    if not figure.is_limit or figure.manner == "rules" or not CHANGED.search(figure.near):
        return None
    lays_down = figure.manner == "measures" or figure.is_framed("rule", "condition")
    # 房龄限制由20年延长至30年
    return "rule" if lays_down and (figure.quantity.unit or "").endswith(_LONG_TIMES) else "target"


def _is_attribute(figure: Figure) -> TargetKind | None:
    """单户担保金额200万元以下(含200万元)的…."""
    bound = figure.is_bounded and not figure.is_goal
    return "rule" if bound and _CONDITION.match(figure.text, figure.quantity.span.end) else None


def _is_defined(figure: Figure) -> TargetKind | None:
    """A condition that defines: ……的为50人; 拥有10人以上."""
    return "rule" if figure.near.endswith("的为") or (figure.is_bounded and figure.near.endswith("拥有")) else None


def _is_handed_out(figure: Figure) -> TargetKind | None:
    """给予…补贴: holds until the year, the sum is not to be reached by then."""
    if figure.quantity.measure not in ("money", "percent") or not _GIVES.search(figure.near):
        return None
    told = figure.manner == "account" or figure.looks_back or contains(figure.near, _TOLD)
    return "rule" if not figure.is_goal and not told else None


def _is_paid_for_each(figure: Figure) -> TargetKind | None:
    """2025年底前竣工的，每台补助20万元: what is paid for each, whenever."""
    if figure.quantity.measure != "money" or figure.manner == "account" or figure.looks_back:
        return None
    each = _EACH_PAID.search(figure.near) is not None
    return "rule" if each or ("元/" in (figure.quantity.unit or "") and _ACCORDING.search(figure.near)) else None


def _is_let(figure: Figure) -> TargetKind | None:
    """可在办理预售许可前缴纳50%: what is allowed, whenever."""
    if figure.manner == "account" or figure.looks_back or not figure.in_digits or figure.quantity.measure in COUNTED:
        return None
    return "rule" if _LETS.search(figure.near) and not figure.is_announced_goal else None


def _is_driven(figure: Figure) -> TargetKind | None:
    """推动吞吐量增长15%, outside of reports: to be reached, however the year reads."""
    drives = figure.manner == "plan" and figure.near.startswith(_DRIVING) and figure.in_digits
    return "target" if drives and not (figure.is_framed("review", "statistics") or figure.context.past) else None


def _is_parameter(figure: Figure) -> TargetKind | None:
    """首付比例由30%降至20%, 贷款最高额度调整为90万元: what anybody who asks is dealt with by, whenever it is laid down."""
    if figure.manner == "account" or figure.looks_back or not figure.in_digits or figure.quantity.measure in COUNTED:
        return None
    if figure.quantity.measure == "percent" and _RATED.match(figure.text, figure.quantity.span.end):
        return "rule"
    words = figure.lead[-_PARAMETER_REACH:] if figure.manner == "measures" else figure.near
    return "rule" if _PARAMETER.search(words) and not figure.is_announced_goal and "力争" not in figure.near else None


def _is_tally(figure: Figure) -> TargetKind | None:
    """（共6项）: how many there are in a list that follows."""
    return "statistic" if _TALLY.search(figure.near) and figure.quantity.comparator == "=" else None


def _is_held_rank(figure: Figure) -> TargetKind | None:
    """居全国第7位, where nothing says that it is to be reached."""
    if figure.quantity.measure != "rank" or figure.is_goal or figure.is_future or figure.is_framed("plan"):
        return None
    return "achieved"


def _is_for_future_year(figure: Figure) -> TargetKind | None:
    """到2025年, but no longest time allowed until then."""
    longest = figure.is_limit and figure.quantity.comparator == "<="
    if not figure.is_future or figure.context.preamble or longest:
        return None
    # in measures a year says as often until when something holds
    told = figure.is_framed("rule", "condition", "explanation", "statistics", least=_LIKELY)
    holds = (told or figure.manner == "measures") and figure.in_digits and not figure.is_goal
    return None if holds and not contains(figure.near, goal_cues()) and not figure.context.goals else "target"


def _opens_with_bound(figure: Figure) -> TargetKind | None:
    """10万元以上的项目: a condition that opens its clause."""
    opens = figure.is_bounded and not figure.near.strip()
    return "rule" if opens and figure.text.startswith("的", figure.quantity.span.end) else None


def _is_rate_of_pay(figure: Figure) -> TargetKind | None:
    """补贴标准为…元."""
    return "rule" if figure.quantity.measure == "money" and _RATES.search(figure.lead) else None


# ---- cue words


def _is_provision(figure: Figure) -> TargetKind | None:
    """A bound, a condition, a time limit or what something is of, in rules and measures."""
    if figure.manner not in ("rules", "measures"):
        return None
    provides = figure.is_bounded or figure.is_condition or figure.is_limit or _OF_SOMETHING.search(figure.whole)
    return "rule" if provides else None


def _tells_result(figure: Figure) -> TargetKind | None:
    """已建成, 增长了."""
    told = contains(figure.whole, _cues()["achieved", "clause"]) or contains(figure.near, _cues()["achieved", "near"])
    return "achieved" if told and not figure.is_goal else None


def _is_condition_or_limit(figure: Figure) -> TargetKind | None:
    """50人以上的, 每人100元, 5个工作日内."""
    return "rule" if figure.is_condition or figure.is_limit else None


def _is_estimated(figure: Figure) -> TargetKind | None:
    """估算总投资…亿元."""
    return "statistic" if ESTIMATED.search(figure.lead) else None


def _tells_state(figure: Figure) -> TargetKind | None:
    """现有, 共有."""
    told = figure.in_digits and contains(figure.near, _cues()["statistic", "near"])
    return "statistic" if told and not figure.is_goal else None


def _announces_goal(figure: Figure) -> TargetKind | None:
    """力争, 确保, outside of rules."""
    return "target" if figure.is_goal and figure.manner != "rules" else None


def _is_worded_as_rule(figure: Figure) -> TargetKind | None:
    """Cue words of rules, those of formulas without a number and those of frequencies among them: 不得, 每季度…次."""
    cues, quantity = _cues(), figure.quantity
    if not figure.in_digits and contains(figure.whole, cues["rule", "words"]):
        return "rule"
    if contains(figure.whole, cues["rule", "clause"]) or contains(figure.near, cues["rule", "near"]):
        return "rule"
    often = contains(figure.near, cues["rule", "often"]) and (figure.manner != "plan" or quantity.unit in _FREQUENCY)
    return "rule" if often else None


def _is_according_to(figure: Figure) -> TargetKind | None:
    """按照每村50万元."""
    return "rule" if figure.manner != "account" and _ACCORDING.search(figure.near) else None


# ---- the place and the manner of the document


def _is_in_preamble(figure: Figure) -> TargetKind | None:
    """Before the first heading results are told; 零发生 is demanded there too."""
    demanded = not figure.in_digits and figure.quantity.value == 0
    return "achieved" if figure.context.preamble and not demanded else None


def _is_in_frame_of_rules(figure: Figure) -> TargetKind | None:
    """A condition or a rule by its block, in a document of any sort that is not a report."""
    if figure.manner == "account" or not figure.is_framed("rule", "condition"):
        return None
    return "rule" if figure.in_digits and not (figure.is_goal or figure.is_future) else None


def _is_in_explanation(figure: Figure) -> TargetKind | None:
    """What an explanation or news tells without a goal of its own."""
    telling = figure.is_framed("explanation", "statistics", least=_LIKELY)
    if not telling or not figure.in_digits or figure.context.future:
        return None
    return "statistic" if not (figure.is_goal or figure.is_future) else None


def _is_in_rules(figure: Figure) -> TargetKind | None:
    """办法, 规定."""
    return "rule" if figure.manner == "rules" else None


def _is_in_measures(figure: Figure) -> TargetKind | None:
    """措施, 通知: a figure without a goal, unless it is all of something or is to stand by a time of the year."""
    everything = figure.quantity.measure == "percent" and figure.quantity.value == 100
    if figure.manner != "measures" or contains(figure.near, goal_cues()) or not figure.in_digits or everything:
        return None
    dated = figure.quantity.measure in COUNTED and not figure.is_condition and BY_THEN.search(figure.lead)
    return "target" if dated else "rule"


def _is_unannounced(figure: Figure) -> TargetKind | None:
    """A figure of which nothing says that it is to be reached: no goal, no year to come, no plan around it."""
    if not figure.in_digits or figure.is_goal or figure.is_future or figure.context.future or figure.context.goals:
        return None
    planned = figure.frame is None or figure.is_framed("plan", least=_LIKELY)
    if planned or contains(figure.near, goal_cues()) or BY_THEN.search(figure.lead):
        return None
    return "rule" if figure.manner == "measures" else "statistic"


_RULES: tuple[Rule, ...] = (
    _counts_parts,
    _is_ceiling_of_money,
    _is_bounded_in_measures,
    _is_required_for_favour,
    _opens_rule,
    _is_handed_out,
    _is_paid_for_each,
    _is_let,
    _is_age_or_meaning,
    _counts_sorts,
    _is_driven,
    _is_in_review,
    _is_of_past_year,
    _surpasses_goal,
    _is_under_past_heading,
    _counts_since,
    _is_start_of_change,
    _is_shortened_limit,
    _is_attribute,
    _is_defined,
    _is_parameter,
    _is_tally,
    _is_held_rank,
    _is_for_future_year,
    _opens_with_bound,
    _is_rate_of_pay,
    _is_provision,
    _tells_result,
    _is_condition_or_limit,
    _is_estimated,
    _tells_state,
    _announces_goal,
    _is_worded_as_rule,
    _is_according_to,
    _is_in_preamble,
    _is_in_rules,
    _is_in_frame_of_rules,
    _is_in_measures,
    _is_in_explanation,
    _is_unannounced,
)


def _is_structure(figure: Figure) -> bool:
    """Whether it counts the document's own parts, subjects that act, the members of a list before it or what is acted on."""
    quantity, text = figure.quantity, figure.text
    exact = quantity.comparator == "="
    after = text[quantity.span.end : quantity.span.end + 8]
    if quantity.unit in ("方面", "个方面") or (quantity.unit in ("个", "项", "条") and exact and _PARTS.match(after)):
        return True
    if not exact or not figure.in_digits or quantity.measure not in ("count", "person"):
        return False
    lead = figure.near
    if not lead.strip(" \n") and _SUBJECTS.match(text, quantity.span.end):
        return True  # 5个地级市抓好督促
    return closes_enumeration(lead, quantity.value) or (bool(_OBJECT.match(lead)) and not CHANGED.search(lead))


@lru_cache(maxsize=1)
def _cues() -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {
        (kind, reach): [] for kind in ("achieved", "statistic", "rule") for reach in ("near", "clause", "words", "often")
    }
    for word, kind, reach in table("kind_cues.tsv"):
        found[kind, reach].append(word)
    return {key: tuple(words) for key, words in found.items()}
