"""What an export shows, before any file format: a titled table of plain values, built from the records of the program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus.titles import in_marks
from graph.codec.columns import TARGET_KINDS, UNSTATED, Alignment, CellValue, deadline_of
from graph.codec.records import FactRecord, TaskRecord
from graph.kinds import FactKind
from graph.queries.cited import CitedFact, R
from graph.queries.counted import CountedList, describe_folded
from qa.answers.places import describe_citation
from ui.labels import ANSWER_STATES

if TYPE_CHECKING:
    from corpus.store import DocumentInfo
    from graph.queries.figures import FoundFigure
    from qa.answer import Answer, AnswerCitation, AnswerFigure, Comparison

Value = CellValue

DOUBTS = 12
"""Sources with doubt_notes that a note names one by one."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its header and its width in Chinese characters."""

    header: str
    width: float
    kind: Alignment = "text"


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


def fact_table(kind: FactKind[Any, R], facts: Iterable[CitedFact[R]]) -> ExportTable:
    """The ledger of a kind of facts, one row a fact: 任务台账, 目标指标表, 术语表."""
    folded = folded_notes(facts)
    facts = list(facts)
    cells = [[column.cell(fact) for fact in facts] for column in kind.columns]
    shown = [(column, values) for column, values in zip(kind.columns, cells, strict=True) if any(values) or not column.optional]
    columns = (
        TableColumn("序号", kind.serial_width, "short"),
        *(TableColumn(column.header, column.width, column.alignment) for column, _ in shown),
    )
    rows = tuple(zip(range(1, len(facts) + 1), *(values for _, values in shown), strict=True))
    notes = (kind.total.format(len(facts)), *folded, *doubt_notes(facts))
    return ExportTable(kind.title, columns, rows, notes, [fact.record() for fact in facts])


def figures_table(family: str, figures: Iterable[FoundFigure]) -> ExportTable:
    """The figures of a family of indicators, one row a figure."""
    folded = folded_notes(figures)
    figures = list(figures)
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("地区", 8),
        TableColumn("指标", 14),
        TableColumn("数值（原文）", 10, "short"),
        TableColumn("年份", 6, "short"),
        TableColumn("类别", 6, "short"),
        TableColumn("文件日期", 8, "short"),
        TableColumn("时效", 7, "short"),
        TableColumn("原文", 26),
        TableColumn("依据", 20),
    )
    rows = tuple(
        (
            number,
            figure.region,
            figure.row.family.name,
            figure.cited.fact.value_text,
            f"{figure.row.year}（推定）" if figure.row.reckoned else figure.row.year,
            TARGET_KINDS[figure.cited.fact.kind],
            figure.row.issued,
            figure.status,
            figure.cited.fact.quote,
            figure.cited.location,
        )
        for number, figure in enumerate(figures, 1)
    )
    reckoned = any(figure.row.reckoned for figure in figures)
    notes = (
        f"共 {len(figures)} 项。",
        *(("年份后注“推定”的，原文没有写年份，按报告讲上一年的情况推定。",) if reckoned else ()),
        *folded,
    )
    return ExportTable(f"指标数：{family}", columns, rows, notes, [figure.record() for figure in figures])


def unit_duties(tasks: Iterable[CitedFact[TaskRecord]], *, unit: str | None = None) -> ExportTable:
    """责任清单: the tasks of each unit, or of one, under the part the unit has in them."""
    folded = folded_notes(tasks)
    tasks = list(tasks)
    found: dict[tuple[str, str], list[tuple[Value, ...]]] = {}
    for task in tasks:
        for role, units in task.fact.units_by_role:
            for name in units:
                if unit is None or name == unit:
                    where = (name, task.fact.region or "")
                    found.setdefault(where, []).append((role, task.fact.name, deadline_of(task.fact), task.location))
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
    notes = (f"共 {len(found)} 个单位、{len(lines)} 条职责；单位名称照录原文。", *folded, *doubt_notes(tasks))
    records = [task.record() for task in tasks]
    return ExportTable(title, columns, tuple((i, *line) for i, line in enumerate(lines, 1)), notes, records)


def comparison_table(comparison: Comparison) -> ExportTable:
    """A comparison: a row for each aspect, a column for each region, in each cell the quote and its place."""

    def cell(text: str | None, citations: Sequence[AnswerCitation]) -> str:
        if text is None:
            return UNSTATED
        places = dict.fromkeys(describe_citation(citation) for citation in citations)
        return "\n".join([text, *(f"（出处：{line}）" for line in places)])

    graded = comparison.form == "落实对照"
    rows = tuple(
        (row.aspect, *(cell(c.text, c.citations) for c in row.cells), *((row.grade or "", row.because, "") if graded else ()))
        for row in comparison.rows
    )
    if comparison.columns:
        states = tuple(f"{column.status}：{column.reason}" for column in comparison.columns)
        rows = (("时效", *states, *(("", "", "") if graded else ())), *rows)
    columns = (
        TableColumn("方面", 8),
        *(TableColumn(region, max(16, 84 / max(1, len(comparison.regions)))) for region in comparison.regions),
        *((TableColumn("落实情况", 8, "short"), TableColumn("依据", 16), TableColumn("备注", 12)) if graded else ()),
    )
    notes = (*(f"【注意】{notice.text}" for notice in comparison.notices), *comparison.differences)
    subject = comparison.topic or comparison.question or ""
    return ExportTable(f"{comparison.form}：{subject}", columns, rows, notes, comparison.record())


def answer_table(answer: Answer) -> ExportTable:
    """The citations of an answer, as a list; of an answer that tells figures those, a row each with its quote."""
    figures = [
        (figure, statement.quotes[n] if n < len(statement.quotes) else None)
        for statement in answer.statements
        for n, figure in enumerate(statement.figures)
    ]
    if len(figures) > 1:
        return _figures_table(answer, figures)
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
    return ExportTable(f"问：{answer.question}", columns, rows, _answer_notes(answer), answer.record())


def _figures_table(answer: Answer, figures: Sequence[tuple[AnswerFigure, AnswerCitation | None]]) -> ExportTable:
    rows = tuple(
        (
            n, figure.place, figure.indicator, figure.value.year, TARGET_KINDS.get(figure.value.kind, figure.value.kind),
            figure.value.text, c.quote if c else "", (c.title or c.source) if c else "", c.page if c else None,
        )
        for n, (figure, c) in enumerate(figures, 1)
    )  # fmt: skip
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("地区", 10),
        TableColumn("指标", 18),
        TableColumn("年份", 6, "short"),
        TableColumn("类别", 7, "short"),
        TableColumn("数值", 14),
        TableColumn("原文", 50),
        TableColumn("文件", 26),
        TableColumn("页", 4, "short"),
    )
    return ExportTable(f"问：{answer.question}", columns, rows, _answer_notes(answer), answer.record())


def _answer_notes(answer: Answer) -> tuple[str, ...]:
    return (f"答复（{ANSWER_STATES[answer.status]}）：{answer.answer}", *(f"【注意】{notice.text}" for notice in answer.notices))


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
                        "warnings": list(info.warnings), "unread": [part.record() for part in info.unread]})  # fmt: skip
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


def folded_notes(found: Iterable[object]) -> list[str]:
    """A note on the copies and former versions that a list left out; none where it left out nothing."""
    return [describe_folded(found.folded)] if isinstance(found, CountedList) and found.folded else []


def doubt_notes(facts: Iterable[CitedFact[FactRecord]]) -> list[str]:
    """Notes on the sources that were doubtful to read, with the reasons: their rows have to be checked against the original."""
    said: dict[str, tuple[str, ...]] = {}
    for cited in facts:
        if cited.warnings:
            said.setdefault(in_marks(cited.title or cited.fact.source), cited.warnings)
    lines = [f"【核对】{source}：{'；'.join(messages[:3])}。" for source, messages in said.items()]
    return (
        lines
        if len(lines) <= DOUBTS
        else [*lines[:DOUBTS], f"【核对】另有 {len(lines) - DOUBTS} 份文件读入时有疑点，见各文件的提示。"]
    )
