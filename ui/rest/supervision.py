"""REST for supervision 督查: what is due, as JSON, table or calendar, and how far the office is with a task."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from cemai.supervision import DueList, check_conditions, list_states, lost_states, record_state, undo_state
from corpus.errors import UsageError
from ui.desk.supervision import due_tasks, find_task
from ui.exports.due import calendar_bytes, due_table
from ui.rest.facts import Limit, Offset
from ui.rest.files import attachment, exported, list_response
from ui.rest.requests import AllVersions, CurrentDesk, Failure, Text, require_region

router = APIRouter()
CALENDAR = "text/calendar; charset=utf-8"


class StateRequest(BaseModel):
    """Body of POST /due/{document}/{task}."""

    state: Annotated[str, Field(max_length=10, description="未启动、在办、已办结、已报")]
    who: Annotated[str | None, Field(max_length=40)] = None
    remark: Annotated[str | None, Field(max_length=500)] = None
    as_of: dt.date | None = None


@router.get("/due", summary="督查：到期、逾期、定期和长期的任务，附办理情况", response_model=None)
def due(
    desk: CurrentDesk,
    unit: Text = None,
    region: Text = None,
    when: Annotated[
        str | None,
        Query(max_length=10, description="overdue、due、month、30d、90d、periodic、standing、undated，或 2026、2026-06"),
    ] = None,
    state: Annotated[str | None, Query(max_length=10, description="未启动、在办、已办结、已报、未办结")] = None,
    as_of: dt.date | None = None,
    limit: Limit = 100_000,
    offset: Offset = 0,
    all_versions: AllVersions = False,
    format: Annotated[str, Query(pattern="^(json|csv|xlsx|docx|ics)$")] = "json",
) -> Response:
    require_region(region)
    day = as_of or dt.date.today()
    try:
        check_conditions(when or None, state or None)
    except UsageError as error:
        raise Failure(400, "due", str(error)) from error
    every = due_tasks(
        desk,
        unit=unit or None,
        region=region or None,
        when=when or None,
        state=state or None,
        as_of=day,
        all_versions=all_versions,
    )
    found = DueList(every[offset : offset + limit], every.folded, every.unbinding)
    if format == "json":
        return list_response([one.record() for one in found], found.folded)
    if format == "ics":
        return attachment(calendar_bytes(found, dt.datetime.now(dt.UTC)), CALENDAR, f"督查 {day.isoformat()}.ics")
    return exported(due_table(found, day, subject=unit or region or ""), format, "督查台账")


@router.get("/due/states", summary="办理记录，已撤销的也在内")
def states(desk: CurrentDesk, lost: bool = False) -> list[dict[str, Any]]:
    return [one.record() for one in desk.read(lost_states if lost else list_states)]


@router.post("/due/{document}/{task}", summary="记下一项任务的办理情况")
def say(desk: CurrentDesk, document: str, task: str, body: StateRequest) -> dict[str, Any]:
    found = find_task(desk, document, task)
    if found is None:
        raise Failure(404, "task", "没有这项任务。编号见 GET /due。")
    made = desk.change(
        lambda library: record_state(library.corpus, found, body.state, who=body.who, remark=body.remark, as_of=body.as_of)
    )
    return made.record()


@router.delete("/due/states/{entry}", summary="撤销一条办理记录")
def undo(desk: CurrentDesk, entry: str) -> dict[str, Any]:
    return desk.change(lambda library: undo_state(library.corpus, entry)).record()
