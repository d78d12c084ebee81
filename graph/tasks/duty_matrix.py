"""Duties as a matrix 矩阵分工表: tasks are the rows, units the columns, and a cell says in which role the unit takes part."""

from __future__ import annotations

from corpus.document import ParsedDocument, Span
from corpus.table_cells import TableCells, read_table_cells
from corpus.wordlists import word_lists
from graph.facts import Task, UnitRole
from graph.tasks.assemble import make_task
from graph.units.find import ListedUnit, read_unit_list
from graph.units.lists import ResponsibilityClause

FEWEST = 2
"""Columns of units that make a matrix."""
SHORTEST = 4
"""Characters of the name of a task."""


def find_matrix_tasks(doc: ParsedDocument) -> list[Task]:
    """The tasks in the matrices of a document: one a row, with the units whose columns are marked."""
    found: list[Task] = []
    for cells in read_table_cells(doc):
        units = _unit_columns(doc, cells)
        if len(units) >= FEWEST:
            found += _tasks(doc, cells, units)
    return found


def _unit_columns(doc: ParsedDocument, cells: TableCells) -> dict[int, tuple[ListedUnit, ...]]:
    """The columns that are headed by units and hold roles, with these units."""
    found = {}
    for column, path in enumerate(cells.columns):
        said = [row.cells[column].of(doc.text).strip() for row in cells.rows if column < len(row.cells)]
        marks = [mark for mark in said if mark]
        if path and marks and all(_role_of(mark) is not None for mark in marks):
            head = path[-1].trimmed(doc.text)
            units = tuple(read_unit_list(doc.text, head.start, head.end))
            if units:
                found[column] = units
    return found


def _role_of(mark: str) -> UnitRole | None:
    lists = word_lists("corpus")
    plain = mark.removesuffix("单位").removesuffix("部门")
    if plain in lists["lead_marks"]:
        return "lead"
    return "supporting" if plain in lists["support_marks"] else None


def _tasks(doc: ParsedDocument, cells: TableCells, units: dict[int, tuple[ListedUnit, ...]]) -> list[Task]:
    found: list[Task] = []
    path = doc.heading_path(cells.table.span.start)
    for row in cells.rows:
        names = [cell.trimmed(doc.text) for column, cell in enumerate(row.cells) if column not in units]
        name = max(names, key=len, default=None)
        if name is None or len(name) < SHORTEST:
            continue
        listed = []
        for column, heads in units.items():
            cell = row.cells[column].trimmed(doc.text)
            if len(cell):
                role = _role_of(cell.of(doc.text))
                listed.append(ResponsibilityClause(cell, tuple(ListedUnit(unit.name, role, unit.span) for unit in heads)))
        if listed:
            span = Span(min(cell.start for cell in row.cells if len(cell)), max(cell.end for cell in row.cells)).trimmed(doc.text)
            found.append(make_task(doc, span, name.of(doc.text), path, listed, []))
    return found
