"""What a quantity is in its document: target 目标, achieved 成效, statistic 现状与结构数, rule 标准与条件."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from corpus.document import HeadMatter, Span
from graph.clauses import YearMention
from graph.facts import TargetKind
from graph.quantities import Quantity

_STRUCTURE = re.compile(r"^(?:方面|领域|部分|环节|类型|层次|层级|阶段|步骤|章节|专栏|附件)")
_RULE_TITLE = re.compile(
    r"(?:条例|办法|规定|细则|规则|标准|规范|指南|指引|章程|决定|法)(?:的通知|的公告|的通告)?[（(\s]*(?:试行|暂行|修订|修正|送审稿|征求意见稿)?[）)]*$|法$"
)
_LIMIT_MEASURES = frozenset(
    {"个工作日", "工作日", "个自然日", "自然日", "小时", "个小时", "分钟", "秒", "岁", "周岁", "日", "天", "学时", "课时"}
)


def kind_of(
    text: str,
    sentence: Span,
    clause: Span,
    quantity: Quantity,
    year: YearMention | None,
    *,
    head: HeadMatter,
    preamble: bool,
    ruling: bool,
    reference_year: int | None,
    retrospect: bool,
) -> TargetKind:
    """Decide the kind from cue words, the governing year and the place in the document.

    ``ruling`` marks documents that set rules (办法, 规定…), ``preamble`` and ``retrospect`` places that tell what was done.
    """
    near = text[clause.start : quantity.core.start]
    whole = text[clause.start : clause.end]
    lead = text[sentence.start : quantity.core.start]
    after = text[quantity.span.end : quantity.span.end + 8]
    cues = _cues()
    future = year is not None and year.role in ("by", "during") and (reference_year is None or year.year >= reference_year)
    past_year = year is not None and reference_year is not None and year.year < reference_year and year.role != "base"
    if year is not None and year.role in ("since", "as_of") and not _has(whole, _goals_strong()):
        return "achieved"
    if past_year and year is not None and year.role in ("plain", "by", "during"):
        return "achieved"
    if _structure(quantity, text, clause, after):
        return "statistic"
    if quantity.measure == "label":
        return "statistic"
    unit = quantity.unit or ""
    if not preamble and future and not (preamble and retrospect):
        return "target"
    if _has(whole, cues["achieved", "clause"]) or _has(near, cues["achieved", "near"]):
        return "achieved" if not _has(near, _goals_strong()) else "target"
    if unit.lstrip("个") in _LIMIT_MEASURES or unit in _LIMIT_MEASURES:
        return "rule"
    if _has(lead, cues["statistic", "sentence"]):
        return "statistic"
    if quantity.form != "words" and _has(near, cues["statistic", "near"]) and not _has(near, _goals_strong()):
        return "statistic"
    if _has(near, _goals_strong()):
        return "target"
    if _has(whole, cues["rule", "clause"]) or _has(near, cues["rule", "near"]):
        return "rule"
    if preamble or retrospect:
        return "achieved"
    if ruling:
        return "rule"
    return "target"


def sets_rules(head: HeadMatter) -> bool:
    """Whether a document lays down rules rather than goals (条例、办法、规定、细则、标准)."""
    return bool(head.title and _RULE_TITLE.search(head.title.strip("》 \n")))


def _structure(quantity: Quantity, text: str, clause: Span, after: str) -> bool:
    """``从四个方面``, ``23项任务``: numbers of the document's own parts; ``将12个县``, ``对1355个村``: of things there are."""
    if _STRUCTURE.match(after) and quantity.unit in ("个", "大", "项"):
        return True
    if quantity.unit in ("方面", "个方面"):
        return True
    lead = text[clause.start : quantity.core.start]
    return (
        bool(re.search(r"(?:^|[,，])(?:将|把|对)[^,，]{0,12}$", lead))
        and quantity.measure == "count"
        and quantity.form != "words"
    )


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


@lru_cache(maxsize=1)
def _cues() -> dict[tuple[str, str], tuple[str, ...]]:
    table: dict[tuple[str, str], list[str]] = {
        (kind, reach): [] for kind in ("achieved", "statistic", "rule") for reach in ("near", "clause", "sentence")
    }
    for line in _lines("kind_cues.tsv"):
        word, kind, reach = line.split("\t")
        table[kind, reach].append(word)
    return {key: tuple(words) for key, words in table.items()}


@lru_cache(maxsize=1)
def _goals_strong() -> tuple[str, ...]:
    return tuple(_lines("strong_goals.txt"))


def _lines(name: str) -> list[str]:
    lines = resources.files("graph").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
