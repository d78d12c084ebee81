"""Tasks and targets as tables an official would print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from ui.labels import COMPARATORS, TARGET_KINDS, UNSTATED
from ui.page.kit.html import Html, cut, el, join

PAGE = 50
"""Rows of a table shown at once."""
UNITS_SHOWN = 4

Record = Mapping[str, Any]


def units_line(task: Record) -> str:
    """All units of a task in one line, by role."""
    parts = [("牵头", "lead_units"), ("责任", "responsible_units"), ("配合", "supporting_units")]
    return "　".join(f"{label}：{'、'.join(task[key])}" for label, key in parts if task.get(key))


def format_number(value: object) -> str:
    """A figure without a needless .0."""
    return (
        f"{value:g}"
        if isinstance(value, float) and abs(value) < 1e6
        else f"{value:.0f}"
        if isinstance(value, float)
        else str(value)
    )


def target_value(target: Record) -> str:
    """The figure as written, with its comparison in words where the text's own words are not at hand."""
    if target.get("value_text"):
        text = str(target["value_text"])
        unit = str(target.get("unit") or "")
        return f"{text}{unit}" if unit and unit not in text and text[-1:].isdigit() else text
    if target.get("value_min") is not None and target.get("value_max") is not None:
        return f"{format_number(target['value_min'])}—{format_number(target['value_max'])}{target.get('unit') or ''}"
    if target.get("value") is None:
        return UNSTATED
    comparator = str(target.get("comparator"))
    word = "" if comparator in ("=", "range", "None") else f"{COMPARATORS.get(comparator, comparator)} "
    return f"{word}{format_number(target['value'])}{target.get('unit') or ''}"


def tasks_table(tasks: Sequence[Record], *, start: int = 0, units: frozenset[str] = frozenset()) -> Html:
    """The task ledger: 序号 任务 具体措施 牵头单位 责任单位 完成时限 出处; a unit that was asked for, by all its names, is in sight."""
    rows = [_task(number, task, units) for number, task in enumerate(tasks[start : start + PAGE], start + 1)]
    heads = ["序号", "任务", "牵头单位", "责任单位", "完成时限", "出处"]
    return _table(heads, rows, "任务台账", class_="ledger tasks")


def targets_table(targets: Sequence[Record], *, start: int = 0) -> Html:
    """The targets: 序号 指标 数值 类别 时限 地区 出处."""
    rows = [_target(number, target) for number, target in enumerate(targets[start : start + PAGE], start + 1)]
    return _table(["序号", "指标", "数值", "类别", "时限", "地区", "出处"], rows, "目标指标", class_="ledger targets")


def pager(total: int, start: int, what: str) -> Html | None:
    """Earlier and later rows, where there are more than one page."""
    if total <= PAGE:
        return None
    last = min(total, start + PAGE)
    return el(
        "div",
        el("button", "上一页", type="button", class_="quiet", data_act="page", data_what=what, data_start=max(0, start - PAGE),
           disabled=start == 0),
        el("span", f"第 {start + 1}—{last} 条，共 {total} 条", class_="soft"),
        el("button", "下一页", type="button", class_="quiet", data_act="page", data_what=what, data_start=start + PAGE,
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


def source_link(record: Record, label: object | None = None) -> Html:
    """A button that opens the place a record was read from."""
    title = str(record.get("title") or record.get("source") or "")
    name = label if label is not None else cut(title, 60)
    return el(
        "button",
        name,
        type="button",
        class_="open",
        title=cut(title, 200),
        data_act="open",
        data_doc=str(record.get("document_id") or record.get("source_id") or record.get("source")),
        data_start=record["start"],
        data_end=record["end"],
    )


def _task(number: int, task: Record, wanted: frozenset[str]) -> Html:
    measures = [str(measure["name"]) for measure in task.get("measures") or ()]
    path = [str(part) for part in task.get("section_path") or ()]
    body = join(
        el("div", cut(str(task["name"]), 120), class_="name"),
        el("details", el("summary", f"具体措施 {len(measures)} 项"), el("ol", [el("li", m) for m in measures]))
        if measures
        else None,
    )
    place = join(source_link(task), el("div", path[-1], class_="meta", title=" › ".join(path)) if path else None)
    return el(
        "tr",
        el("td", number, class_="num"),
        el("td", body, data_label="任务"),
        _units(task.get("lead_units"), "牵头单位", wanted),
        _units([*(task.get("responsible_units") or ()), *(task.get("supporting_units") or ())], "责任单位", wanted),
        _or_unstated(task.get("deadline"), "完成时限"),
        el("td", place, class_="place", data_label="出处"),
    )


def _target(number: int, target: Record) -> Html:
    year = f"{target['by_year']}年" if target.get("by_year") else None
    return el(
        "tr",
        el("td", number, class_="num"),
        el("td", el("div", cut(str(target["indicator"]), 80), class_="name"), data_label="指标"),
        el("td", source_link(target, target_value(target)), class_="value", data_label="数值"),
        el("td", TARGET_KINDS.get(str(target.get("kind")), str(target.get("kind") or "")), data_label="类别"),
        _or_unstated(target.get("deadline") or year, "时限"),
        _or_unstated(target.get("region"), "地区"),
        el("td", source_link(target), class_="place", data_label="出处"),
    )


def _units(units: Sequence[str] | None, label: str, wanted: frozenset[str]) -> Html:
    names = list(dict.fromkeys(units or ()))
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


def _table(heads: Sequence[str], rows: Sequence[Html], caption: str, *, class_: str) -> Html:
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
