"""REST for the ledgers 台账: tasks and targets, as records or as files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from graph.queries.due import due as due_by
from ui.exports import targets_table, task_ledger, unit_duties
from ui.rest.files import exported
from ui.rest.requests import CurrentDesk, TableFormat, Text, require_region

router = APIRouter()

Limit = Annotated[int, Query(ge=1, le=100_000)]
Offset = Annotated[int, Query(ge=0)]


@router.get("/tasks", summary="任务台账", response_model=None)
def tasks(
    desk: CurrentDesk,
    unit: Text = None,
    region: Text = None,
    topic: Text = None,
    due: Annotated[
        str | None,
        Query(pattern=r"^(past|open|said|none|(19|20)\d\d|)$", description="完成时限：年份，或已过、未到、写明、未写明"),
    ] = None,
    limit: Limit = 100_000,
    offset: Offset = 0,
    format: TableFormat = "json",
    form: Annotated[str, Query(pattern="^(ledger|duties)$", description="台账，或按单位的责任清单（仅文件）")] = "ledger",
) -> Response | list[dict[str, Any]]:
    require_region(region)
    found = due_by(desk.tasks(unit=unit or None, region=region or None, topic=topic or None), due)
    records = found[offset : offset + limit]
    if format == "json":
        return records
    if form == "duties":
        duties = unit_duties(records, unit=unit or None)
        return exported(duties if duties.rows else unit_duties(records), format, f"{unit or '各单位'}责任清单")
    return exported(task_ledger(records), format, "任务台账")


@router.get("/targets", summary="目标指标", response_model=None)
def targets(
    desk: CurrentDesk,
    indicator: Text = None,
    region: Text = None,
    kind: Annotated[str | None, Query(pattern="^(target|achieved|statistic|rule|)$")] = None,
    limit: Limit = 100_000,
    offset: Offset = 0,
    format: TableFormat = "json",
) -> Response | list[dict[str, Any]]:
    require_region(region)
    records = desk.targets(indicator=indicator or None, region=region or None, kind=kind or None)[offset : offset + limit]
    if format == "json":
        return records
    return exported(targets_table(records), format, "目标指标")
