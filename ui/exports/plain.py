"""Exports as csv for spreadsheets and as json for programs."""

from __future__ import annotations

import csv
import io
import json

from ui.exports.cleaning import CHARACTERS_OF_FORMULAS, printable
from ui.exports.tables import ExportTable, Value


def csv_bytes(table: ExportTable) -> bytes:
    """UTF-8 with a byte order mark, without which Excel reads Chinese as another code page."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.header for column in table.columns])
    writer.writerows([_safe(value) for value in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def json_bytes(table: ExportTable) -> bytes:
    """The records behind the table, else its rows by header."""
    headers = [column.header for column in table.columns]
    value = table.records if table.records is not None else [dict(zip(headers, row, strict=True)) for row in table.rows]
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _safe(value: Value) -> Value:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front; a number is a number."""
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text.lstrip()[:1] in CHARACTERS_OF_FORMULAS and text.strip() else text
