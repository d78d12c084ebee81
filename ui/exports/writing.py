"""Writing an export: the one place that knows the file formats."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import BinaryIO

from corpus.errors import UsageError
from qa.answer import Answer, Comparison
from ui.exports.tables import ExportTable, answer_table, comparison_table

FORMATS = ("xlsx", "docx", "csv", "json")


def write(
    value: ExportTable | Answer | Comparison, format: str, target: Path | BinaryIO, *, made_on: dt.date | None = None
) -> None:
    """Write a table, an answer or a comparison as xlsx, docx, csv or json to a file or a binary stream.

    The file is made in memory first, so that a failure leaves no half of it behind. ``made_on`` is the date it shows (today).
    """
    data = to_bytes(value, format, made_on=made_on)
    if isinstance(target, Path):
        target.write_bytes(data)
    else:
        target.write(data)


def to_bytes(value: ExportTable | Answer | Comparison, format: str, *, made_on: dt.date | None = None) -> bytes:
    """The bytes of an export."""
    day = made_on or dt.date.today()
    if format == "docx" and isinstance(value, Answer):
        from ui.exports.word import answer_bytes

        return answer_bytes(value, day)
    if isinstance(value, Comparison) and format in ("docx", "xlsx"):
        from ui.exports.comparison_files import comparison_excel, comparison_word

        return comparison_word(value, day) if format == "docx" else comparison_excel(value, day)
    table = (
        answer_table(value) if isinstance(value, Answer) else comparison_table(value) if isinstance(value, Comparison) else value
    )
    if format == "xlsx":
        from ui.exports.workbook import table_bytes

        return table_bytes(table, day)
    if format == "docx":
        from ui.exports.word import table_bytes as word_bytes

        return word_bytes(table, day)
    if format == "csv":
        from ui.exports.plain import csv_bytes

        return csv_bytes(table)
    if format == "json":
        from ui.exports.plain import json_bytes

        return json_bytes(table)
    raise UsageError(f"不能导出为“{format}”。可选：{'、'.join(FORMATS)}。")
