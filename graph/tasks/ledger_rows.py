"""Rows of ledger tables 台账: a table with a column of tasks and one of units or time limits holds one task a row."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus.document import ParsedDocument, Span, Table
from graph.facts import Task, UnitRole
from graph.lexicon import entries, expand
from graph.tasks.assemble import cut_name, make_task
from graph.units.find import ListedUnit, read_unit_list
from graph.units.lists import ResponsibilityClause

_WORK = re.compile(expand(r"{work_headers}"))
_LEAD = re.compile(expand(r"{lead_headers}"))
_SUPPORT = re.compile(expand(r"{support_verbs}"))
_DUTY = re.compile(expand(r"{duty_headers}|^责任$"))
_LIMIT = re.compile(expand(r"{time_labels}"))
_NUMBER = re.compile(r"^\s*(?:序号|编号|\d{1,3}|[一二三四五六七八九十]+)?\s*$")


@dataclass(frozen=True, slots=True)
class _Columns:
    work: tuple[int, ...]
    units: tuple[tuple[int, UnitRole], ...]
    limit: int | None


def find_ledger_tasks(doc: ParsedDocument) -> list[Task]:
    """The tasks in the tables of a document."""
    out: list[Task] = []
    for number, table in enumerate(doc.tables, 1):
        columns = _columns(table, doc.text)
        if columns:
            out += _rows(doc, table, columns, number)
    return out


def _columns(table: Table, text: str) -> _Columns | None:
    if len(table.rows) <= table.header_rows or not table.rows:
        return None
    width = max(len(row) for row in table.rows)
    work: list[int] = []
    units: list[tuple[int, UnitRole]] = []
    limit: int | None = None
    for column in range(width):
        header = re.sub(r"\s", "", table.header(column, text))
        if len(header) > 30:
            continue
        if _LEAD.search(header):
            units.append((column, "lead"))
        elif _SUPPORT.search(header):
            units.append((column, "supporting"))
        elif _DUTY.search(header):
            units.append((column, "responsible"))
        elif _LIMIT.search(header):
            limit = column if limit is None else limit
        elif _WORK.search(header):
            work.append(column)
    if not work or not units:
        return None
    return _Columns(tuple(work), tuple(units), limit)


def _rows(doc: ParsedDocument, table: Table, columns: _Columns, number: int) -> list[Task]:
    text = doc.text
    out: list[Task] = []
    path = doc.heading_path(table.span.start)
    where = table.label or (table.caption.of(text).strip() if table.caption else f"表{number}")
    finest = max(columns.work, key=lambda c: _fineness(re.sub(r"\s", "", table.header(c, text)), table, c))
    for index, row in enumerate(table.rows[table.header_rows :], 1):
        above = table.rows[table.header_rows + index - 2] if index > 1 else ()
        cells = [cell for i, cell in enumerate(row) if len(cell) and not (i < len(above) and above[i] == cell)]
        if finest >= len(row) or not cells:
            continue
        name_cell = row[finest].trimmed(text)
        if len(name_cell) < 4 or (finest < len(above) and above[finest] == row[finest]):
            continue
        # a line that spans the whole table is a heading inside it
        if len({(cell.start, cell.end) for cell in row}) == 1:
            continue
        span = Span(min(cell.start for cell in cells), max(cell.end for cell in cells)).trimmed(text)
        found: list[ResponsibilityClause] = []
        for column, role in columns.units:
            if column < len(row) and len(row[column].trimmed(text)):
                cell = row[column].trimmed(text)
                names = [
                    ListedUnit(u.name, u.role if u.role in ("lead", "supporting") else role, u.span)
                    for u in read_unit_list(text, cell.start, cell.end)
                ]
                if names:
                    found.append(ResponsibilityClause(cell, tuple(names)))
        if not found:
            continue
        name = cut_name(re.split(r"[。；;]", re.sub(r"\s*\n\s*", "", name_cell.of(text)))[0].strip())
        task = make_task(doc, span, name, path, found, [])
        deadline = row[columns.limit].of(text).strip() if columns.limit is not None and columns.limit < len(row) else ""
        out.append(replace(task, kind="row", place=f"{where}第{index}行", deadline=deadline.replace("\n", "") or task.deadline))
    return out


def _fineness(header: str, table: Table, column: int) -> tuple[int, int]:
    """The column whose cells differ most, and among those the one whose header is the most specific."""
    distinct = len({row[column] for row in table.rows[table.header_rows :] if column < len(row)})
    words = entries("ledger_headers.txt")
    rank = next((i for i, word in enumerate(words) if word in header), len(words))
    return distinct, -rank
