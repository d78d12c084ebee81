"""REST for facts of any kind: as JSON, or as their ledger in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from corpus.errors import UsageError
from graph.kinds import PUBLISHED, FactKind, kind_named
from graph.queries.cited import CitedFact, R
from ui.desk.desk import Desk
from ui.rest.files import exported
from ui.rest.requests import Failure, Text, known_region

_NAMES = "、".join(f"{kind.plural}（{kind.label}）" for kind in PUBLISHED)


def mount_facts(api: APIRouter, desk: Desk) -> None:
    """Add the route."""

    @api.get("/facts/{kind}", summary="任一种事实的全部记录", response_model=None)
    def facts(
        kind: Annotated[str, Path(max_length=40, description=_NAMES)],
        region: Text = None,
        limit: Annotated[int, Query(ge=1, le=100_000)] = 100_000,
        offset: Annotated[int, Query(ge=0)] = 0,
        format: Annotated[str, Query(pattern="^(json|csv|xlsx|docx)$")] = "json",
    ) -> Response | list[dict[str, Any]]:
        known_region(region)
        try:
            known = kind_named(kind)
        except UsageError as error:
            raise Failure(404, "kind", str(error)) from error
        found = desk.facts(known, region=region or None)
        return written(known, found[offset : offset + limit], format, known.title)


def written(kind: FactKind[Any, R], facts: Sequence[CitedFact[R]], format: str, name: str) -> Response | list[dict[str, Any]]:
    """Facts as records, or as a file of their ledger."""
    if format == "json":
        return [fact.record() for fact in facts]
    from ui.exports import fact_table

    return exported(fact_table(kind, facts), format, name)
