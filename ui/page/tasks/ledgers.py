"""Tasks and targets as tables an official would print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from corpus.recognition import MARK, is_recognised
from graph.codec.columns import COMPARATORS, TARGET_KINDS, UNSTATED
from graph.codec.records import FactRecord, TargetRecord, TaskRecord
from graph.queries.cited import CitedFact
from ui.page.kit.address import document_link
from ui.page.kit.html import Html, cut, el, join

PAGE = 50
"""Rows of a table shown at once."""
UNITS_SHOWN = 4


def units_line(task: TaskRecord) -> str:
    """All units of a task in one line, by role."""
    return "　".join(f"{label}：{'、'.join(units)}" for label, units in task.units_by_role if units)


def format_number(value: object) -> str:
    """A figure without a needless .0."""
    return (
        f"{value:g}"
        if isinstance(value, float) and abs(value) < 1e6
        else f"{value:.0f}"
        if isinstance(value, float)
        else str(value)
    )


def target_value(target: TargetRecord) -> str:
    """The figure as written, with its comparison in words where the text's own words are not at hand."""
    unit = target.unit or ""
    if target.value_text:
        text = target.value_text
        return f"{text}{unit}" if unit and unit not in text and text[-1:].isdigit() else text
    if target.value_min is not None and target.value_max is not None:
        return f"{format_number(target.value_min)}—{format_number(target.value_max)}{unit}"
    if target.value is None:
        return UNSTATED
    word = "" if target.comparator in ("=", "range") else f"{COMPARATORS[target.comparator]} "
    return f"{word}{format_number(target.value)}{unit}"


def tasks_table(tasks: Sequence[CitedFact[TaskRecord]], *, start: int = 0, units: frozenset[str] = frozenset()) -> Html:
    """The task ledger: 序号 任务 具体措施 牵头单位 责任单位 完成时限 出处; a unit that was asked for, by all its names, is in sight."""
    rows = [_task(number, task, units) for number, task in enumerate(tasks[start : start + PAGE], start + 1)]
    heads = ["序号", "任务", "牵头单位", "责任单位", "完成时限", "出处"]
    return ledger_table(heads, rows, "任务台账", class_="ledger tasks")


def targets_table(targets: Sequence[CitedFact[TargetRecord]], *, start: int = 0) -> Html:
    """The targets: 序号 指标 数值 类别 时限 地区 出处."""
    rows = [_target(number, target) for number, target in enumerate(targets[start : start + PAGE], start + 1)]
    return ledger_table(["序号", "指标", "数值", "类别", "时限", "地区", "出处"], rows, "目标指标", class_="ledger targets")


def pager(total: int, start: int, what: str, *, size: int = PAGE) -> Html | None:
    """Earlier and later rows, where there are more than one page of a size."""
    if total <= size:
        return None
    last = min(total, start + size)
    return el(
        "div",
        el("button", "上一页", type="button", class_="quiet", data_act="page", data_what=what, data_start=max(0, start - size),
           disabled=start == 0),
        el("span", f"第 {start + 1}—{last} 条，共 {total} 条", class_="soft"),
        el("button", "下一页", type="button", class_="quiet", data_act="page", data_what=what, data_start=start + size,
           disabled=last >= total),
        class_="pager",
    )  # fmt: skip


def export_links(path: str, query: Mapping[str, str | None], formats: Sequence[tuple[str, str]]) -> Html:
    """Links that give the same rows as a file."""
    kept = {key: value for key, value in query.items() if value}
    return el(
        "div",
        [el("a", label, href=f"{path}?{urlencode({**kept, 'format': format})}", download=True) for format, label in formats],
        class_="foot",
    )


def source_link(cited: CitedFact[FactRecord], label: object | None = None) -> Html:
    """A link that opens the place a fact was read from."""
    fact = cited.fact
    return place_link(fact.document_id, fact.start, fact.end, cited.title or fact.source, label)


def place_link(document: str, start: int, end: int, title: str, label: object | None = None) -> Html:
    """A link that opens a place of a document."""
    name = label if label is not None else cut(title, 60)
    return document_link(name, document, start, end, title=cut(title, 200))


def _task(number: int, cited: CitedFact[TaskRecord], wanted: frozenset[str]) -> Html:
    task = cited.fact
    measures = [measure.name for measure in task.measures]
    path = task.section_path
    body = join(
        el("div", cut(task.name, 120), class_="name"),
        el("details", el("summary", f"具体措施 {len(measures)} 项"), el("ol", [el("li", m) for m in measures]))
        if measures
        else None,
    )
    place = join(
        source_link(cited), _recognised_tag(cited), el("div", path[-1], class_="meta", title=" › ".join(path)) if path else None
    )
    return el(
        "tr",
        el("td", number, class_="num"),
        el("td", body, data_label="任务"),
        unit_cell(task.lead_units, "牵头单位", wanted),
        unit_cell([*task.responsible_units, *task.supporting_units], "责任单位", wanted),
        _or_unstated(task.deadline, "完成时限"),
        el("td", place, class_="place", data_label="出处"),
    )


def _target(number: int, cited: CitedFact[TargetRecord]) -> Html:
    target = cited.fact
    year = f"{target.by_year}年" if target.by_year else None
    return el(
        "tr",
        el("td", number, class_="num"),
        el("td", el("div", cut(target.indicator, 80), class_="name"), data_label="指标"),
        el("td", source_link(cited, target_value(target)), class_="value", data_label="数值"),
        el("td", TARGET_KINDS[target.kind], data_label="类别"),
        _or_unstated(target.deadline or year, "时限"),
        _or_unstated(target.region, "地区"),
        el("td", source_link(cited), _recognised_tag(cited), class_="place", data_label="出处"),
    )


def _recognised_tag(cited: CitedFact[FactRecord]) -> Html | None:
    """That a row comes from a document that was read by text recognition."""
    return el("div", el("span", MARK, class_="tag")) if is_recognised(cited.warnings) else None


def unit_cell(units: Sequence[str], label: str, wanted: frozenset[str] = frozenset()) -> Html:
    """A cell with units, those beyond ``UNITS_SHOWN`` folded away, but never the wanted ones."""
    names = list(dict.fromkeys(units))
    if not names:
        return el("td", UNSTATED, class_="soft", data_label=label)
    # who was asked for is never among those folded away
    late = [name for name in names[UNITS_SHOWN:] if name in wanted]
    first = [*names[: UNITS_SHOWN - len(late[:1])], *late[:1]]
    rest = [name for name in names if name not in first]
    # a name is not broken where the column is wide enough for it
    shown = [
        el("b" if name in wanted else "span", f"{name}、" if i < len(first) - 1 else name, class_="unit")
        for i, name in enumerate(first)
    ]
    more = el("details", el("summary", f"另 {len(rest)} 家"), "、".join(rest)) if rest else None
    return el("td", el("span", shown), more, data_label=label)


def _or_unstated(value: object, label: str) -> Html:
    return el("td", str(value), data_label=label) if value else el("td", UNSTATED, class_="soft", data_label=label)


def ledger_table(heads: Sequence[str], rows: Sequence[Html], caption: str, *, class_: str) -> Html:
    """A table with its heads; where there is no room for columns each row is a card, its cells named by ``data-label``."""
    return el(
        "div",
        el(
            "table",
            el("caption", caption, class_="unseen"),
            el("thead", el("tr", [el("th", head, scope="col") for head in heads])),
            el("tbody", rows),
            class_=class_,
        ),
        class_="sheet",
    )
