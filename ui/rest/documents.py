"""REST for documents 文件: the list, one document in parts, a file taken in, and what a person corrects in one."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Body, File, Form, Query, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool

from cemai.corrections import correction_record, find_start, join_document, split_document
from cemai.library import Library
from corpus.corrections import Correction
from corpus.store.codec import document_record, head_record, section_records
from ui.desk.catalogue import CatalogueQuery, select_entries
from ui.desk.desk import Desk, ShelfEntry
from ui.desk.uploads import LIMIT, take_in
from ui.rest.files import attachment
from ui.rest.requests import (
    CorrectionRequest,
    CurrentDesk,
    Failure,
    JoinRequest,
    SplitRequest,
    Text,
    Year,
    conditions,
    require_region,
)

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
    query: Annotated[str, Query(max_length=200, description="标题、文号、机关或文件名里的词")] = "",
    kind: Annotated[str | None, Query(max_length=50, description="文种")] = None,
    doubtful: Annotated[bool, Query(description="只列待核对的")] = False,
    sort: Annotated[str | None, Query(pattern="^(added|title|date|status)$", description="缺省按入库先后")] = None,
    limit: Annotated[int | None, Query(ge=1)] = None,
) -> list[dict[str, Any]]:
    filters = conditions(region, level, issuer, year, topic, status).filters()
    with desk.state():
        entries = desk.entries(as_of)
        if filters is not None:
            kept = {info.id for info in desk.library.documents(filters, as_of=as_of)}
            entries = [entry for entry in entries if entry.info.id in kept]
        ids = frozenset(doubt.document for doubt in desk.doubts()) if doubtful else frozenset()
    wanted = CatalogueQuery(query=query, kind=kind, doubtful=doubtful, sort=sort)
    return [_brief(entry) for entry in select_entries(entries, wanted, ids)[:limit]]


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
    with desk.state():
        entry = _entry(desk, id)
        doc = desk.document(entry.info.id)
        found_tasks, found_targets = desk.facts_of(entry.info.id)
    return {
        **document_record(doc), "validity": {"status": entry.status, "reason": entry.reason}, "length": len(doc.text),
        "sections": section_records(doc), "tasks": [task.record() for task in found_tasks], "targets": [target.record() for target in found_targets],
    }  # fmt: skip


@router.patch("/documents/{id}", summary="更正要素；项目用英文名或中文名，空值表示文件没有载明")
def correct(desk: CurrentDesk, id: str, body: Annotated[CorrectionRequest, Body()]) -> dict[str, Any]:
    own = _entry(desk, id).info.id
    made = desk.change(lambda library: library.correct_many([own], body.written(), who=body.who, note=body.note))
    return {**_brief(_entry(desk, own)), "corrections": _records(desk, made)}


@router.get("/documents/{id}/history", summary="一份文件的更正记录，撤销了的也在")
def history(desk: CurrentDesk, id: str) -> list[dict[str, Any]]:
    with desk.state():
        return _records(desk, desk.corrections(_entry(desk, id).info.id))


@router.post("/documents/{id}/split", summary="指明文件里另有一份文件，从哪里开始")
def split(desk: CurrentDesk, id: str, body: SplitRequest) -> dict[str, Any]:
    info = _entry(desk, id).info

    def work(library: Library) -> Correction:
        text = library.corpus.text(info.row)
        end = find_start(text, str(body.end)) if body.end is not None else None
        return split_document(library, info.id, find_start(text, str(body.start)), end, who=body.who)

    return _divided(desk, info.id, desk.change(work))


@router.post("/documents/{id}/join", summary="指明文件里的第几份内含文件不是单独的一份")
def join(desk: CurrentDesk, id: str, body: JoinRequest) -> dict[str, Any]:
    info = _entry(desk, id).info
    return _divided(desk, info.id, desk.change(lambda library: join_document(library, info.id, body.number, who=body.who)))


@router.get("/corrections", summary="全部更正记录")
def corrections(desk: CurrentDesk) -> list[dict[str, Any]]:
    with desk.state():
        return _records(desk, desk.read(lambda corpus: corpus.corrections(undone=True)))


@router.delete("/corrections/{number}", summary="撤销一项更正")
def undo(desk: CurrentDesk, number: int) -> dict[str, Any]:
    known = desk.read(lambda corpus: {c.number for c in corpus.corrections()})
    if number not in known:
        raise Failure(404, "correction", f"没有编号为 {number} 的有效更正。编号见 /api/v1/corrections。")
    done = desk.change(lambda library: library.undo_correction(number))
    return _records(desk, [done])[0]


@router.get("/doubts", summary="待核对的文件，影响大的在前")
def doubts(desk: CurrentDesk, limit: Annotated[int | None, Query(ge=1)] = None) -> list[dict[str, Any]]:
    return [doubt.to_record() for doubt in desk.doubts()[:limit]]


@router.get("/documents/{id}/text", summary="全文", response_class=PlainTextResponse)
def text(
    desk: CurrentDesk, id: str, start: Annotated[int, Query(ge=0)] = 0, end: Annotated[int | None, Query(ge=0)] = None
) -> PlainTextResponse:
    with desk.state():
        doc = desk.document(_entry(desk, id).info.id)
    return PlainTextResponse(doc.text[start:end])


@router.get("/documents/{id}/original", summary="原始文件", response_class=Response)
def original(desk: CurrentDesk, id: str) -> Response:
    with desk.state():
        name, data = desk.original(_entry(desk, id).info.id)
    # never shown in the page's own origin: a document may carry scripts
    return attachment(data, "application/octet-stream", name)


def _entry(desk: Desk, id: str) -> ShelfEntry:
    found = desk.entry(id)
    if found is None:
        raise Failure(404, "document", f"文档库里没有“{id[:60]}”。编号见 /api/v1/documents。")
    return found


def _records(desk: Desk, found: list[Correction]) -> list[dict[str, Any]]:
    return desk.read(lambda _: [correction_record(desk.library, correction) for correction in found])


def _divided(desk: Desk, id: str, made: Correction) -> dict[str, Any]:
    return {"correction": made.number, "attached": document_record(desk.document(id))["attached"]}


def _brief(entry: ShelfEntry) -> dict[str, Any]:
    info = entry.info
    return {
        "id": info.id, "source": info.source, **head_record(info.head), "format": info.format, "sha256": info.sha256,
        "warnings": list(info.warnings), "unread": [part.record() for part in info.unread], "validity": {"status": entry.status, "reason": entry.reason},
        "user_status": info.user_status, "corrected": sorted(info.head.corrected), "topics": sorted(entry.topics), "added_at": info.added_at,
    }  # fmt: skip
