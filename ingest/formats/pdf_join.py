"""Tables that run on over pages as one."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.formats.builder import Cell
from ingest.formats.pdf_page_table import PageTable


def continues(first: PageTable, second: PageTable) -> bool:
    """Whether a table at the top of a page goes on where the one at the foot of the page before stopped."""
    if second.goes_on:
        return True
    return len(first.edges) == len(second.edges) and all(abs(a - b) <= 12 for a, b in zip(first.edges, second.edges, strict=True))


def join(first: PageTable, second: PageTable) -> PageTable:
    """Both as one: a repeated header is left out, a row cut by the page break is put together again."""
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
                upper[r][c] = Cell(host.text + cell.text, host.rows, host.columns)
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
                    upper[r][c] = Cell(host.text, host.rows + cell.rows, host.columns)
                    rows[0] = [*rows[0][:c], None, *rows[0][c + 1 :]]
    return PageTable(upper + rows, first.places + places, first.page, first.box, first.header_rows, second.edges)


def _texts(row: Sequence[Cell | None]) -> list[str]:
    return ["".join(cell.text.split()) if cell else "" for cell in row]


def _goes_on(last: Sequence[Cell | None], cut: Sequence[Cell | None]) -> bool:
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
