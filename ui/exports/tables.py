"""What an export shows, before any file format: a titled table of plain values, built from the records of the program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from corpus.titles import in_marks
from corpus.wordlists import entries
from qa.answers.places import OWN_NUMBER, Record, cited, place
from ui.labels import ANSWER_STATES, COMPARATORS, TARGET_KINDS, UNSTATED

if TYPE_CHECKING:
    from corpus.store import DocumentInfo
    from qa.answer import Answer, AnswerCitation, Comparison

_LABEL = re.compile(rf"^(?:{'|'.join(entries('ui', 'deadline_labels.txt'))})[:：]\s*")

Value = str | int | float | None
Kind = Literal["text", "number", "short"]
"""How a column is set: running text to the left, numbers to the right, short values in the middle."""

DOUBTS = 12
"""Sources with doubts that a note names one by one."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its header and its width in Chinese characters."""

    header: str
    width: float
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table as it is to be printed. ``records`` is what a JSON export writes in its place: the values in full."""

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()
    records: Any = None

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"row of {len(row)} values under {len(self.columns)} columns")


def task_ledger(records: Iterable[Record], *, title: str = "任务台账") -> ExportTable:
    """任务台账: one row a task, in the form officials hand on."""
    records = list(records)
    rows: list[tuple[Value, ...]] = [
        (
            number,
            record["name"],
            content_of(record),
            "、".join(record["lead_units"]),
            "、".join(record["responsible_units"]) or ("" if record["lead_units"] else UNSTATED),
            "、".join(record["supporting_units"]),
            deadline_of(record),
            place(record),
        )
        for number, record in enumerate(records, 1)
    ]
    columns: tuple[TableColumn, ...] = (
        TableColumn("序号", 3.5, "short"),
        TableColumn("任务", 11),
        TableColumn("具体措施", 24),
        TableColumn("牵头单位", 8),
        TableColumn("责任单位", 13),
        TableColumn("配合单位", 8),
        TableColumn("完成时限", 7, "short"),
        TableColumn("依据", 14),
    )
    if not any(record["supporting_units"] for record in records):
        # the form in use has this column only where somebody supports
        rows = [(*row[:5], *row[6:]) for row in rows]
        columns = (*columns[:5], *columns[6:])
    return ExportTable(title, columns, tuple(rows), (f"共 {len(rows)} 项任务。", *doubt_notes(records)), records)


def unit_duties(records: Iterable[Record], *, unit: str | None = None) -> ExportTable:
    """责任清单: the tasks of each unit, or of one, under the part the unit has in them."""
    records = list(records)
    found: dict[tuple[str, str], list[tuple[Value, ...]]] = {}
    for record in records:
        for role, key in (("牵头", "lead_units"), ("责任", "responsible_units"), ("配合", "supporting_units")):
            for name in record[key]:
                if unit is None or name == unit:
                    where = (name, _region(record))
                    found.setdefault(where, []).append((role, record["name"], deadline_of(record), place(record)))
    # the units with most to do come first; equal ones stay in the order of the documents
    lines = [(*where, *row) for where, rows in sorted(found.items(), key=lambda item: -len(item[1])) for row in rows]
    columns = (
        TableColumn("序号", 3.5, "short"),
        TableColumn("单位", 12),
        TableColumn("地区", 8),
        TableColumn("职责", 4, "short"),
        TableColumn("任务", 28),
        TableColumn("完成时限", 8, "short"),
        TableColumn("依据", 24),
    )
    title = f"{unit}责任清单" if unit else "责任清单"
    notes = (f"共 {len(found)} 个单位、{len(lines)} 条职责；单位名称照录原文。", *doubt_notes(records))
    return ExportTable(title, columns, tuple((i, *line) for i, line in enumerate(lines, 1)), notes, records)


def targets_table(records: Iterable[Record], *, title: str = "目标指标表") -> ExportTable:
    """指标表: the figures, each with its sentence."""
    records = list(records)
    rows = [
        (
            number,
            record["indicator"],
            COMPARATORS.get(record["comparator"], record["comparator"]),
            _figure(record),
            record.get("unit") or "",
            record.get("by_year"),
            TARGET_KINDS.get(record["kind"], record["kind"]),
            _region(record),
            place(record),
            record["quote"],
        )
        for number, record in enumerate(records, 1)
    ]
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("指标", 14),
        TableColumn("比较", 5, "short"),
        TableColumn("数值", 7, "number"),
        TableColumn("单位", 5, "short"),
        TableColumn("年份", 5, "short"),
        TableColumn("类别", 6, "short"),
        TableColumn("地区", 8),
        TableColumn("依据", 16),
        TableColumn("原文", 26),
    )
    notes = (f"共 {len(rows)} 项；年份一栏空白表示原文未给出年份。", *doubt_notes(records))
    return ExportTable(title, columns, tuple(rows), notes, records)


def terms_table(records: Iterable[Record], *, title: str = "术语表") -> ExportTable:
    """Named formulas with their definitions."""
    records = list(records)
    rows = [(n, r["term"], r["definition"] or "文件只提到，没有解释", place(r)) for n, r in enumerate(records, 1)]
    columns = (TableColumn("序号", 4, "short"), TableColumn("术语", 14), TableColumn("解释（原文）", 60), TableColumn("出处", 26))
    return ExportTable(title, columns, tuple(rows), (f"共 {len(rows)} 条。",), records)


def comparison_table(comparison: Comparison) -> ExportTable:
    """A comparison: a row for each aspect, a column for each region, in each cell the quote and its place."""

    def cell(text: str | None, citations: Sequence[AnswerCitation]) -> str:
        if text is None:
            return UNSTATED
        places = dict.fromkeys(cited(citation) for citation in citations)
        return "\n".join([text, *(f"（出处：{line}）" for line in places)])

    rows = tuple((row.aspect, *(cell(c.text, c.citations) for c in row.cells)) for row in comparison.rows)
    if comparison.columns:
        rows = (("时效", *(f"{column.status}：{column.reason}" for column in comparison.columns)), *rows)
    columns = (
        TableColumn("方面", 8),
        *(TableColumn(region, max(16, 84 / max(1, len(comparison.regions)))) for region in comparison.regions),
    )
    notes = (*(f"【注意】{notice.text}" for notice in comparison.notices), *comparison.differences)
    subject = comparison.topic or comparison.question or ""
    return ExportTable(f"{comparison.form}：{subject}", columns, rows, notes, comparison.record())


def answer_table(answer: Answer) -> ExportTable:
    """The citations of an answer, as a list."""
    rows = tuple(
        (n, c.quote, c.title or c.source, c.doc_number or "", c.region or "", " > ".join(c.section_path), c.page)
        for n, c in enumerate(answer.citations, 1)
    )
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("原文", 60),
        TableColumn("文件", 26),
        TableColumn("文号", 14),
        TableColumn("地区", 12),
        TableColumn("位置", 24),
        TableColumn("页", 4, "short"),
    )
    notes = (f"答复（{ANSWER_STATES[answer.status]}）：{answer.answer}", *(f"【注意】{notice.text}" for notice in answer.notices))
    return ExportTable(f"问：{answer.question}", columns, rows, notes, answer.record())


def documents_table(infos: Iterable[DocumentInfo], *, states: Mapping[str, str] | None = None) -> ExportTable:
    """The documents of a library; ``states`` gives the validity of a document by its id where it was worked out."""
    rows, records = [], []
    for number, info in enumerate(infos, 1):
        head = info.head
        state = (states or {}).get(info.id) or info.status or ""
        rows.append(
            (
                number, head.title or info.source, head.doc_number or "", "、".join(head.issuers), head.region or "",
                head.level or "", head.issued_on or "", head.published_on or "", state, info.format, info.source,
            )
        )  # fmt: skip
        records.append({"id": info.id, "source": info.source, "title": head.title, "doc_number": head.doc_number,
                        "issuers": list(head.issuers), "region": head.region, "level": head.level, "issued_on": head.issued_on,
                        "published_on": head.published_on, "status": state or None, "format": info.format,
                        "warnings": list(info.warnings)})  # fmt: skip
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("标题", 36),
        TableColumn("文号", 14),
        TableColumn("发文机关", 16),
        TableColumn("地区", 12),
        TableColumn("层级", 5, "short"),
        TableColumn("成文日期", 9, "short"),
        TableColumn("发布日期", 9, "short"),
        TableColumn("时效", 8, "short"),
        TableColumn("格式", 5, "short"),
        TableColumn("文件名", 22),
    )
    return ExportTable("文件目录", columns, tuple(rows), (f"共 {len(rows)} 份文件；空白表示原文未载明。",), records)


def doubt_notes(records: Iterable[Record]) -> list[str]:
    """Notes on the sources that were doubtful to read, with the reasons: their rows have to be checked against the original."""
    said: dict[str, list[str]] = {}
    for record in records:
        if record.get("warnings"):
            said.setdefault(in_marks(record.get("title") or record["source"]), list(record["warnings"]))
    lines = [f"【核对】{source}：{'；'.join(messages[:3])}。" for source, messages in said.items()]
    return (
        lines
        if len(lines) <= DOUBTS
        else [*lines[:DOUBTS], f"【核对】另有 {len(lines) - DOUBTS} 份文件读入时有疑点，见各文件的提示。"]
    )


def deadline_of(record: Record) -> str:
    """The deadline without the words a table has in its header already (完成时限：)."""
    return _LABEL.sub("", str(record.get("deadline") or ""))


def content_of(record: Record) -> str:
    """What a task is to do: its measures one a line, or else its own words without the list of units."""
    names = [measure["name"] for measure in record.get("measures") or ()]
    if not names:
        return _content(record)
    return names[0] if len(names) == 1 else "\n".join(f"{i}. {name}" for i, name in enumerate(names, 1))


def _content(record: Record) -> str:
    """The words of a task between its name and its list of units; a table row has said all in its columns."""
    quote, name = str(record["quote"]), str(record["name"])
    if record.get("kind") == "row":
        return ""
    end = len(quote)
    starts = [unit["start"] - record["start"] for unit in record.get("units") or () if not unit.get("inherited")]
    if starts:
        bracket = max(quote.rfind(mark, 0, max(0, min(starts))) for mark in "（(")
        # a list in brackets stands at the end; a unit named in a sentence of its own stays with it
        end = bracket if bracket > 0 and quote.rstrip()[-1:] in "）)。" else end
    at = quote.find(name)
    begin = at + len(name) if 0 <= at <= 12 else 0
    said = quote[begin:end].lstrip("。，、；;,:： \n　").rstrip()
    return said if said and begin else OWN_NUMBER.sub("", quote[:end].strip())


def _figure(record: Record) -> Value:
    low, high = record.get("value_min"), record.get("value_max")
    if record["comparator"] == "range" and low is not None and high is not None:
        return f"{low:g}—{high:g}"
    value = record.get("value")
    if value is None:
        return str(record.get("value_text") or "")
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else float(value)


def _region(record: Record) -> str:
    return str(record.get("region") or "")
