"""REST for documents 文件: the list, one document in parts, and a file taken in."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool

from corpus.store.codec import document_record, head_record, section_records
from ui.desk.desk import Desk, ShelfEntry
from ui.desk.uploads import LIMIT, take_in
from ui.rest.files import attachment
from ui.rest.requests import CurrentDesk, Failure, Text, Year, conditions, require_region

router = APIRouter()


@router.get("/documents", summary="文档库的目录")
def documents(
    desk: CurrentDesk,
    region: Text = None,
    level: Text = None,
    issuer: Text = None,
    year: Year = None,
    topic: Text = None,
    status: Text = None,
    as_of: dt.date | None = None,
) -> list[dict[str, Any]]:
    filters = conditions(region, level, issuer, year, topic, status).filters()
    if filters is None:
        return [_brief(entry) for entry in desk.entries(as_of)]
    kept = {info.id for info in desk.library.documents(filters, as_of=as_of)}
    return [_brief(entry) for entry in desk.entries(as_of) if entry.info.id in kept]


@router.post("/documents", summary="放入一份文件", status_code=200, response_model=None)
async def upload(
    desk: CurrentDesk,
    file: Annotated[UploadFile, File()],
    region: Annotated[str | None, Form(max_length=200)] = None,
    report: Annotated[bool, Query(description="拒收也以 200 返回，原因在 state 和 message 里")] = False,
) -> Any:
    data = await file.read(LIMIT + 1)
    try:
        require_region(region)
        result = await run_in_threadpool(take_in, desk, file.filename or "", data, region)
    except Failure as error:
        result = {"source": file.filename, "state": "未收", "reason": error.code, "message": error.message, "warnings": []}
    if result["state"] == "未收" and not report:
        return JSONResponse({**result, "error": {"code": result.get("reason", "refused"), "message": result["message"]}}, 422)
    return result


@router.get("/documents/{id}", summary="一份文件的要素、提纲、任务和指标")
def document(desk: CurrentDesk, id: str) -> dict[str, Any]:
    entry = _entry(desk, id)
    doc = desk.document(entry.info.id)
    found_tasks, found_targets = desk.facts_of(entry.info.id)
    return {
        **document_record(doc), "validity": {"status": entry.status, "reason": entry.reason}, "length": len(doc.text),
        "sections": section_records(doc), "tasks": [task.record() for task in found_tasks], "targets": [target.record() for target in found_targets],
    }  # fmt: skip


@router.get("/documents/{id}/text", summary="全文", response_class=PlainTextResponse)
def text(
    desk: CurrentDesk, id: str, start: Annotated[int, Query(ge=0)] = 0, end: Annotated[int | None, Query(ge=0)] = None
) -> PlainTextResponse:
    return PlainTextResponse(desk.document(_entry(desk, id).info.id).text[start:end])


@router.get("/documents/{id}/original", summary="原始文件", response_class=Response)
def original(desk: CurrentDesk, id: str) -> Response:
    name, data = desk.original(_entry(desk, id).info.id)
    # never shown in the page's own origin: a document may carry scripts
    return attachment(data, "application/octet-stream", name)


def _entry(desk: Desk, id: str) -> ShelfEntry:
    found = desk.entry(id)
    if found is None:
        raise Failure(404, "document", f"文档库里没有“{id[:60]}”。编号见 /api/v1/documents。")
    return found


def _brief(entry: ShelfEntry) -> dict[str, Any]:
    info = entry.info
    return {
        "id": info.id, "source": info.source, **head_record(info.head), "format": info.format, "sha256": info.sha256,
        "warnings": list(info.warnings), "validity": {"status": entry.status, "reason": entry.reason},
        "user_status": info.user_status, "topics": sorted(entry.topics), "added_at": info.added_at,
    }  # fmt: skip
