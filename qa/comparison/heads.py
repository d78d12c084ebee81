"""The heads of columns 栏头: whose document it is, whether it is in force, what stands behind it; and who says nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from qa.across.evidence import day_of
from qa.across.places import ComparedPlace
from qa.answer import ColumnHead, ComparisonRow, FoldedDocument, Notice
from qa.comparison.columns import ComparisonColumn
from qa.documents import LibraryView

FOLDED = 8
"""Documents behind a column that are named."""


def coverage_notice(places: Sequence[ComparedPlace], rows: Sequence[ComparisonRow]) -> list[Notice]:
    """How many of the places say something, and which do not."""
    silent = [p.name for i, p in enumerate(places) if not any(row.cells[i].text for row in rows)]
    if not silent or not rows:
        return []
    return [Notice("scope", f"{len(places)} 个地区中 {len(places) - len(silent)} 个写到；未载明：{'、'.join(silent)}。")]


def head_of(
    place: ComparedPlace, column: ComparisonColumn | None, behind: Sequence[int], view: LibraryView, as_of: dt.date
) -> ColumnHead:
    """The head of a column; of a place that says nothing without a document."""
    if column is None:
        return ColumnHead(place.name, "", "", None, None, "未载明", "文档库里没有这个地区写到这项内容的文件。")
    head = column.head(view, as_of)
    own = column.part.division
    foreign = own is not None and place.division is not None and own != place.division
    infos = [view.infos[row] for row in behind if row in view.infos][:FOLDED]
    others = tuple(FoldedDocument(i.id, i.source, i.head.title, i.head.region, day_of(i)) for i in infos)
    return replace(head, region=place.name, spoken_for_by=own.short if foreign and own is not None else "", others=others)
