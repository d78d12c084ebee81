"""Joins tables that continue over several pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.formats.builder import GridCell
from ingest.formats.pdf.page_table import PageTable, edges_agree

_NEAR = 6


def continues_table(first: PageTable, second: PageTable) -> bool:
    """Whether a table at the top of a page continues the one at the foot of the page before."""
    if second.goes_on or edges_agree(first.edges, second.edges):
        return True
    head = first.header_rows
    if len(first.edges) == len(second.edges) and 0 < head <= len(second.rows):
        return [_texts(row) for row in first.rows[:head]] == [_texts(row) for row in second.rows[:head]]
    ruled = first.white is None and second.white is None and first.titled and second.titled
    return ruled and edges_agree((first.edges[0], first.edges[-1]), (second.edges[0], second.edges[-1]))


def _regridded(table: PageTable, edges: Sequence[float]) -> PageTable:
    """The same table on the columns that ``edges`` part."""
    at = [min(range(len(edges)), key=lambda i: abs(edges[i] - x)) for x in table.edges]
    rows: list[list[GridCell | None]] = []
    for row in table.rows:
        out: list[GridCell | None] = [None] * (len(edges) - 1)
        for c, cell in enumerate(row):
            if cell is not None:
                end = min(c + max(1, cell.columns), len(row))
                out[at[c]] = GridCell(cell.text, cell.rows, at[end] - at[c], cell.element)
        rows.append(out)
    return replace(table, rows=rows, edges=tuple(edges))


def _all_edges(first: Sequence[float], second: Sequence[float]) -> list[float]:
    out: list[float] = []
    for x in sorted([*first, *second]):
        if not out or x - out[-1] > _NEAR:
            out.append(x)
    return out


def join_tables(first: PageTable, second: PageTable) -> PageTable:
    """Join two tables: leave out a repeated header, put together a row that the page break cut."""
    if len(first.edges) != len(second.edges) or (first.white is None and not edges_agree(first.edges, second.edges)):
        edges = _all_edges(first.edges, second.edges)
        first, second = _regridded(first, edges), _regridded(second, edges)
    rows, places = [list(row) for row in second.rows], list(second.places)
    head = first.header_rows
    if head and len(rows) > head and all(_texts(first.rows[i]) == _texts(rows[i]) for i in range(head)):
        rows, places = rows[head:], places[head:]
    upper = [list(row) for row in first.rows]
    if rows and _goes_on(upper[-1], rows[0]):
        last, cut = upper[-1], rows[0]
        for c, cell in enumerate(cut):
            if cell is None or not cell.text:
                continue
            r = len(upper) - 1
            while last[c] is None and r > 0 and upper[r][c] is None:
                r -= 1
            host = upper[r][c]
            if host is not None:
                upper[r][c] = GridCell(host.text + cell.text, host.rows, host.columns)
        rows, places = rows[1:], places[1:]
    elif rows:
        # An empty cell under the page break stands for the merged cell above it.
        for c, cell in enumerate(rows[0]):
            if cell is not None and not cell.text and cell.columns == 1:
                r = len(upper) - 1
                while r > 0 and upper[r][c] is None:
                    r -= 1
                host = upper[r][c]
                if host is not None and host.text and (host.rows > 1 or cell.rows > 1) and r + host.rows == len(upper):
                    upper[r][c] = GridCell(host.text, host.rows + cell.rows, host.columns)
                    rows[0] = [*rows[0][:c], None, *rows[0][c + 1 :]]
    return replace(first, rows=upper + rows, places=first.places + places, edges=second.edges)


def _texts(row: Sequence[GridCell | None]) -> list[str]:
    return ["".join(cell.text.split()) if cell else "" for cell in row]


def _goes_on(last: Sequence[GridCell | None], cut: Sequence[GridCell | None]) -> bool:
    """Whether the first row of a page is the rest of a row: its number cell is empty, and a cell above stopped in mid-sentence."""
    if cut[0] is None or cut[0].text or not any(cell and cell.text for cell in cut):
        return False
    open_cells = [
        1
        for above, below in zip(last, cut, strict=False)
        if above and below and above.text and below.text and not above.text.endswith(("。", "；", ";", "！", "？", ")", "）"))
    ]
    both = [1 for above, below in zip(last, cut, strict=False) if above and below and above.text and below.text]
    return bool(open_cells) and len(open_cells) == len(both) and bool(last[0] and last[0].text)
