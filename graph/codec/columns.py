"""The columns of the ledgers 台账各栏: what an official prints of a task, a target or a term."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal

from graph.codec.records import OWN_NUMBER, ProvisionRecord, TargetRecord, TaskRecord, TermRecord
from graph.lexicon import expand
from graph.queries.cited import CitedFact, R

CellValue = str | int | float | None
Alignment = Literal["text", "number", "short"]
"""How a column is set: running text to the left, numbers to the right, short values in the middle."""

UNSTATED = "原文未载明"
COMPARATORS = {">=": "不低于", "<=": "不超过", ">": "高于", "<": "低于", "≈": "约", "range": "区间", "=": "等于"}
PROVISION_KINDS = {
    "rule": "规则",
    "condition": "条件",
    "standard": "标准",
    "procedure": "手续",
    "prohibition": "禁止",
    "definition": "定义",
}
TARGET_KINDS = {"target": "目标", "achieved": "已完成", "statistic": "现状数", "rule": "标准"}

_LABEL = re.compile(expand(r"^{deadline_labels}[:：]\s*"))


@dataclass(frozen=True, slots=True)
class LedgerColumn(Generic[R]):
    """A column: its header, its width in Chinese characters, and its cell for a fact."""

    header: str
    width: float
    cell: Callable[[CitedFact[R]], CellValue]
    alignment: Alignment = "text"
    optional: bool = False
    """Left out of a ledger in which every cell of it is empty."""


def deadline_of(task: TaskRecord) -> str:
    """The deadline without the words a table has in its header already (完成时限：)."""
    return _LABEL.sub("", task.deadline or "")


def content_of(task: TaskRecord) -> str:
    """What a task is to do: its measures one a line, or else its own words without the list of units."""
    names = [measure.name for measure in task.measures]
    if not names:
        return _content(task)
    return names[0] if len(names) == 1 else "\n".join(f"{i}. {name}" for i, name in enumerate(names, 1))


def _content(task: TaskRecord) -> str:
    """The words of a task between its name and its list of units; a table row has said all in its columns."""
    quote, name = task.quote, task.name
    if task.kind == "row":
        return ""
    end = len(quote)
    starts = [unit.start - task.start for unit in task.units if not unit.inherited]
    if starts:
        bracket = max(quote.rfind(mark, 0, max(0, min(starts))) for mark in "（(")
        # a list in brackets is at the end; a unit named in a sentence of its own stays with it
        end = bracket if bracket > 0 and quote.rstrip()[-1:] in "）)。" else end
    at = quote.find(name)
    begin = at + len(name) if 0 <= at <= 12 else 0
    said = quote[begin:end].lstrip("。，、；;,:： \n　").rstrip()
    return said if said and begin else OWN_NUMBER.sub("", quote[:end].strip())


def _responsible(task: TaskRecord) -> str:
    return "、".join(task.responsible_units) or ("" if task.lead_units else UNSTATED)


def _figure(target: TargetRecord) -> CellValue:
    low, high, value = target.value_min, target.value_max, target.value
    if target.comparator == "range" and low is not None and high is not None:
        return f"{low:g}—{high:g}"
    if value is None:
        return target.value_text
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else float(value)


TASK_COLUMNS: tuple[LedgerColumn[TaskRecord], ...] = (
    LedgerColumn("任务", 11, lambda task: task.fact.name),
    LedgerColumn("具体措施", 24, lambda task: content_of(task.fact)),
    LedgerColumn("牵头单位", 8, lambda task: "、".join(task.fact.lead_units)),
    LedgerColumn("责任单位", 13, lambda task: _responsible(task.fact)),
    # the form in use has this column only where somebody supports
    LedgerColumn("配合单位", 8, lambda task: "、".join(task.fact.supporting_units), optional=True),
    LedgerColumn("完成时限", 7, lambda task: deadline_of(task.fact), "short"),
    LedgerColumn("地区", 8, lambda task: task.fact.region or "", optional=True),
    LedgerColumn("依据", 14, lambda task: task.location),
)
TARGET_COLUMNS: tuple[LedgerColumn[TargetRecord], ...] = (
    LedgerColumn("指标", 14, lambda target: target.fact.indicator),
    LedgerColumn("比较", 5, lambda target: COMPARATORS[target.fact.comparator], "short"),
    LedgerColumn("数值", 7, lambda target: _figure(target.fact), "number"),
    LedgerColumn("单位", 5, lambda target: target.fact.unit or "", "short"),
    LedgerColumn("年份", 5, lambda target: target.fact.by_year or target.fact.as_of, "short"),
    LedgerColumn("类别", 6, lambda target: TARGET_KINDS[target.fact.kind], "short"),
    LedgerColumn("地区", 8, lambda target: target.fact.region or ""),
    LedgerColumn("依据", 16, lambda target: target.location),
    LedgerColumn("原文", 26, lambda target: target.fact.quote),
)
PROVISION_COLUMNS: tuple[LedgerColumn[ProvisionRecord], ...] = (
    LedgerColumn("规定", 14, lambda provision: provision.fact.name),
    LedgerColumn("种类", 5, lambda provision: PROVISION_KINDS[provision.fact.kind], "short"),
    LedgerColumn("对象", 12, lambda provision: provision.fact.subject or ""),
    LedgerColumn("内容", 16, lambda provision: provision.fact.object or ""),
    LedgerColumn("条件", 16, lambda provision: provision.fact.condition or ""),
    LedgerColumn("标准", 8, lambda provision: provision.fact.amount or "", "short"),
    LedgerColumn("期限", 9, lambda provision: provision.fact.term or ""),
    LedgerColumn("办理单位", 9, lambda provision: provision.fact.authority or ""),
    LedgerColumn("地区", 8, lambda provision: provision.fact.region or ""),
    LedgerColumn("依据", 14, lambda provision: provision.location),
)
TERM_COLUMNS: tuple[LedgerColumn[TermRecord], ...] = (
    LedgerColumn("术语", 14, lambda term: term.fact.term),
    LedgerColumn("解释（原文）", 60, lambda term: term.fact.definition or "文件只提到，没有解释"),
    LedgerColumn("出处", 26, lambda term: term.location),
)
