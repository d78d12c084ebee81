"""The tables of one sheet: below each other with empty rows between, or beside each other with an empty column between."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.formats.builder import GridCell
from ingest.formats.tables import gives_unit, is_number, is_year

Row = Sequence[GridCell | None]


def part_tables(grid: Sequence[Row], rows: Sequence[int], columns: Sequence[int]) -> list[list[list[GridCell | None]]]:
    """Part the filled cells of a sheet into its tables.

    Empty rows inside one table do not part it: behind them has to stand a title over a header, a header for other columns, or the
    same header again. Tables beside each other have words in their first and figures in their last columns, both of them.

    Args:
        grid: the cells of the rows and columns that hold anything, None where a cell above or to the left reaches.
        rows: the number of each row on the sheet.
        columns: the number of each column on the sheet.

    Returns:
        The tables, each with the columns it uses.
    """
    starts = [0]
    for at in range(1, len(grid)):
        apart = rows[at] - rows[at - 1] > 1 and not any(cell is None for cell in grid[at])
        if apart and _begins_table(grid, rows, at, starts[-1]):
            starts.append(at)
    tables = []
    for start, end in zip(starts, [*starts[1:], len(grid)], strict=True):
        block = grid[start:end]
        used = [c for c in range(len(columns)) if any(row[c] is None or _text(row[c]) for row in block)]
        for part in _beside(block, used, columns):
            tables.append([list(row) if len(part) == len(row) else [row[c] for c in part] for row in block])
    return tables


def _begins_table(grid: Sequence[Row], rows: Sequence[int], at: int, former: int) -> bool:
    """Whether a row behind empty ones begins a table."""
    title = len(_filled(grid[at])) == 1 or gives_unit(grid[at])
    head = at
    while head < len(grid) - 1 and (len(_filled(grid[head])) == 1 or gives_unit(grid[head])):
        head += 1
    if head - at > 3 or head >= len(grid) - 1 or rows[head] - rows[at] > 2 * (head - at):
        return False
    if not _is_header(grid[head]) or rows[head + 1] - rows[head] > 1:
        return False
    before = next((row for row in grid[former:at] if _is_header(row)), None)
    if before is None:
        return False
    return title or set(_filled(grid[head])) != set(_filled(before)) or _texts(grid[head]) == _texts(before)


def _is_header(row: Row) -> bool:
    """Whether a row has words only, or words and years."""
    texts = _texts(row)
    return len(texts) > 1 and not is_number(texts[0]) and all(is_year(text) or not is_number(text) for text in texts)


def _beside(block: Sequence[Row], used: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
    """The columns of each of the tables beside each other; all of them where there is one."""
    for place in range(2, len(used) - 1):
        left, right = used[:place], used[place:]
        if columns[right[0]] - columns[left[-1]] < 2 or any(row[right[0]] is None for row in block):
            continue
        if _is_table(block, left) and _is_table(block, right):
            return [list(left), *_beside(block, right, columns)]
    return [list(used)]


def _is_table(block: Sequence[Row], columns: Sequence[int]) -> bool:
    """Whether some columns are a table by themselves: a header of words, names in front, figures behind."""
    if len(columns) < 2 or len(block) < 3:
        return False
    if not all(_text(block[0][c]) and not is_number(_text(block[0][c])) for c in (columns[0], columns[-1])):
        return False
    body = [row for row in block[1:] if any(_text(row[c]) for c in columns)]
    names = all(_text(row[columns[0]]) and not is_number(_text(row[columns[0]])) for row in body)
    return len(body) > 1 and names and all(is_number(_text(row[columns[-1]])) for row in body)


def _text(cell: GridCell | None) -> str:
    return cell.text if cell else ""


def _filled(row: Row) -> list[int]:
    return [c for c, cell in enumerate(row) if cell and cell.text]


def _texts(row: Row) -> list[str]:
    return [cell.text for cell in row if cell and cell.text]
