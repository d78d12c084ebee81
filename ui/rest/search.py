"""REST for searching 查找: passages of the documents for a query."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query

from ui.rest.requests import TEXT_LIMIT, TOP_LIMIT, Conditions, CurrentDesk, SearchRequest, Text, Year, conditions, require_text

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
