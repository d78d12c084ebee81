"""The list of found documents 查找结果 as a table and as a record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ui.desk.document_search import SORTS, DocumentQuery, FoundDocuments
from ui.desk.facets import FACETS
from ui.exports.tables import ExportTable, documents_table


def found_table(found: FoundDocuments, wanted: DocumentQuery) -> ExportTable:
    """The documents of a search in its order, with what was looked for."""
    table = documents_table([entry.info for entry in found.entries], states={e.info.id: e.status for e in found.entries})
    said = [("查找的词", wanted.words), *wanted.chosen.items(), ("日期从", wanted.since), ("日期到", wanted.until)]
    conditions = "；".join(f"{name}：{value}" for name, value in said if value)
    folded = (f"其中 {found.folded} 份是副本或旧版，没有单列。",) if found.folded else ()
    order = SORTS[wanted.sort] if wanted.words or wanted.sort else SORTS["newest"]
    notes = (*((f"{conditions}。",) if conditions else ()), f"顺序：{order}。", *table.notes, *folded)
    return replace(table, title="查找结果" if wanted.words or wanted.has_conditions else "文件目录", notes=notes)


def found_record(found: FoundDocuments, start: int = 0, top: int | None = None) -> dict[str, Any]:
    """As JSON: the numbers, a page of the documents, and of each facet the values with their numbers of files."""
    shown = found.entries[start : start + top] if top is not None else found.entries[start:]
    return {
        "total": found.total,
        "folded": found.folded,
        "matched": found.matched,
        "by_meaning": found.by_meaning,
        "phrases": list(found.phrases),
        "start": start,
        "documents": [
            {
                "id": entry.info.id, "source": entry.info.source, "title": entry.info.head.title, "doc_number": entry.info.head.doc_number,
                "issuers": list(entry.info.head.issuers), "region": entry.info.head.region, "level": entry.info.head.level,
                "kind": entry.info.head.kind, "issued_on": entry.info.head.issued_on, "published_on": entry.info.head.published_on,
                "status": entry.status,
            }
            for entry in shown
        ],
        "facets": {
            FACETS[name]: [{"value": value, "count": count} for value, count in values] for name, values in found.counts.items()
        },
    }  # fmt: skip
