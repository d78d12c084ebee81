"""Exports: ledgers, lists, comparisons and answers as files that look right in Excel and Word."""

from ui.exports.tables import (
    ExportTable,
    TableColumn,
    answer_table,
    comparison_table,
    documents_table,
    fact_table,
    figures_table,
    unit_duties,
)
from ui.exports.writing import FORMATS, write

__all__ = [
    "FORMATS",
    "ExportTable",
    "TableColumn",
    "answer_table",
    "comparison_table",
    "documents_table",
    "fact_table",
    "figures_table",
    "unit_duties",
    "write",
]
