"""REST for searching 查找: passages of the documents for a query, and the documents themselves with counts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query

from ui.desk.document_search import DocumentQuery, facets_named, find_documents, parse_day
from ui.exports.found import found_record, found_table
from ui.rest.files import exported
from ui.rest.requests import (
    TEXT_LIMIT,
    TOP_LIMIT,
    Conditions,
    CurrentDesk,
    SearchRequest,
    TableFormat,
    Text,
    Year,
    conditions,
    require_text,
)

router = APIRouter()


def _run_search(desk: CurrentDesk, query: str, top: int, held: Conditions, as_of: dt.date | None) -> dict[str, Any]:
    hits, generation = desk.search_state(require_text(query, "查找的词"), filters=held.filters(), top=top, as_of=as_of)
    return {"query": query, "generation": generation, "hits": [hit.record() for hit in hits]}


@router.get("/search", summary="查找原文段落")
def search(
    desk: CurrentDesk,
    query: Annotated[str, Query(max_length=TEXT_LIMIT)],
    top: Annotated[int, Query(ge=1, le=TOP_LIMIT)] = 10,
    region: Text = None,
    level: Text = None,
    issuer: Text = None,
    year: Year = None,
    topic: Text = None,
    status: Text = None,
    as_of: dt.date | None = None,
) -> dict[str, Any]:
    return _run_search(desk, query, top, conditions(region, level, issuer, year, topic, status), as_of)


@router.post("/search", summary="查找原文段落")
def search_post(desk: CurrentDesk, body: SearchRequest) -> dict[str, Any]:
    return _run_search(desk, body.query, body.top, body.filters, body.as_of)


@router.get("/search/documents", summary="查找文件：清单、各分面的数目；可导出", response_model=None)
def search_documents(
    desk: CurrentDesk,
    query: Annotated[str, Query(max_length=TEXT_LIMIT, description="词、文号、标题；引号里的话要一字不差")] = "",
    kind: Annotated[str | None, Query(max_length=50, description="文种")] = None,
    level: Text = None,
    status: Text = None,
    region: Text = None,
    issuer: Text = None,
    year: Year = None,
    topic: Text = None,
    since: Annotated[str | None, Query(max_length=20, description="成文（或发布）日期从")] = None,
    until: Annotated[str | None, Query(max_length=20, description="到")] = None,
    sort: Annotated[str, Query(pattern="^(|newest|oldest)$", description="缺省最相关的在前")] = "",
    start: Annotated[int, Query(ge=0)] = 0,
    top: Annotated[int, Query(ge=1, le=TOP_LIMIT)] = 20,
    format: TableFormat = "json",
) -> Any:
    # the region and the status are held against what there is
    conditions(region, level, issuer, year, topic, status).filters()
    facets = facets_named(
        kind=kind, level=level, status=status, region=region, issuer=issuer, year=str(year) if year else None, topic=topic
    )
    wanted = DocumentQuery(query.strip(), facets, parse_day(since, "since"), parse_day(until, "until"), sort)
    with desk.state() as generation:
        found = find_documents(desk, wanted)
    if format != "json":
        return exported(found_table(found, wanted), format, "查找结果")
    return {"query": query, "generation": generation, **found_record(found, start, top)}
