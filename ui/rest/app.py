"""REST under /api/v1: the same answers, filters and records as the page and the command line; errors in Chinese."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from corpus.errors import LibraryBusy, PolicyError, UnknownDocument
from corpus.store.codec import document_record, section_records
from graph.kinds import TARGETS, TASKS
from graph.queries.due import due as due_by
from ui.desk.desk import Desk, Entry
from ui.desk.imports import Imports
from ui.desk.uploads import LIMIT, take_in
from ui.rest.facts import mount_facts, written
from ui.rest.files import attachment, exported
from ui.rest.graph import mount_graph
from ui.rest.imports import mount_imports
from ui.rest.pages import mount_pages
from ui.rest.requests import (
    TEXT_LIMIT,
    TOP_LIMIT,
    AskRequest,
    CompareRequest,
    Conditions,
    Failure,
    FeedbackRequest,
    SearchRequest,
    Text,
    conditions,
    in_words,
    known_region,
    worded,
)
from ui.rest.study import mount_study

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

log = logging.getLogger("cemai.api")


def mount_api(app: FastAPI, desk: Desk, imports: Imports) -> None:
    """Add the routes and the shape of errors to an application."""
    app.include_router(_router(desk, imports), prefix="/api/v1")

    @app.exception_handler(Failure)
    def failed(_: Request, error: Failure) -> JSONResponse:
        return _error(error.status, error.code, error.message)

    @app.exception_handler(PolicyError)
    def refused(_: Request, error: PolicyError) -> JSONResponse:
        status = 404 if isinstance(error, UnknownDocument) else 503 if isinstance(error, LibraryBusy) else 400
        return _error(status, type(error).__name__, str(error))

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return _error(422, "parameter", "；".join(dict.fromkeys(in_words(found) for found in error.errors()[:5])))

    @app.exception_handler(HTTPException)
    def missing(_: Request, error: HTTPException) -> JSONResponse:
        words = {404: "没有这个地址。接口说明见 /api/v1/openapi.json。", 405: "这个地址不接受这种请求方法。"}
        return _error(error.status_code, "http", words.get(error.status_code, "请求没有完成。"))

    @app.exception_handler(Exception)
    def broken(_: Request, error: Exception) -> JSONResponse:
        log.error("request failed", exc_info=error)
        return _error(500, "internal", "程序内部出错，已写入日志。请稍后再试；如果反复出现，请运行 cemai doctor 检查文档库。")


def _router(desk: Desk, imports: Imports) -> APIRouter:  # one closure over the desk; each route is a few lines
    api = APIRouter()

    @api.get("/health", summary="服务是否正常")
    def health() -> dict[str, Any]:
        return {"status": "ok", "generation": desk.generation, "documents": len(desk.entries())}

    # ---- questions

    def run_search(query: str, top: int, held: Conditions) -> dict[str, Any]:
        hits = desk.search(worded(query, "查找的词"), filters=held.filters(), top=top)
        return {"query": query, "generation": desk.generation, "hits": [hit.record() for hit in hits]}

    @api.get("/search", summary="查找原文段落")
    def search(
        query: Annotated[str, Query(max_length=TEXT_LIMIT)],
        top: Annotated[int, Query(ge=1, le=TOP_LIMIT)] = 10,
        region: Text = None,
        level: Text = None,
        issuer: Text = None,
        year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
        topic: Text = None,
        status: Text = None,
    ) -> dict[str, Any]:
        return run_search(query, top, conditions(region, level, issuer, year, topic, status))

    @api.post("/search", summary="查找原文段落")
    def search_post(body: SearchRequest) -> dict[str, Any]:
        return run_search(body.query, body.top, body.filters)

    @api.get("/ask", summary="提问，答案由原文引语组成", response_model=None)
    def ask(
        question: Annotated[str, Query(max_length=TEXT_LIMIT)],
        as_of: dt.date | None = None,
        region: Text = None,
        level: Text = None,
        issuer: Text = None,
        year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
        topic: Text = None,
        status: Text = None,
        format: Annotated[str, Query(pattern="^(json|docx)$")] = "json",
    ) -> Response | dict[str, Any]:
        held = conditions(region, level, issuer, year, topic, status)
        answer = desk.ask(worded(question, "问题"), filters=held.filters(), as_of=as_of)
        return exported(answer, format, "答复") if format == "docx" else answer.record()

    @api.post("/ask", summary="提问，答案由原文引语组成")
    def ask_post(body: AskRequest) -> dict[str, Any]:
        return desk.ask(worded(body.question, "问题"), filters=body.filters.filters(), as_of=body.as_of).record()

    @api.get("/answers/{id}", summary="最近的一条回答", response_model=None)
    def answer(id: str, format: Annotated[str, Query(pattern="^(json|docx)$")] = "json") -> Response | dict[str, Any]:
        found = desk.answer(id)
        if found is None:
            raise Failure(404, "answer", "这条回答已不在服务的内存里。请重新提问后再导出。")
        return exported(found, format, "答复") if format == "docx" else found.record()

    @api.post("/answers/{id}/feedback", summary="说一条回答对不对", status_code=204)
    def judge(id: str, body: FeedbackRequest) -> None:
        desk.change(lambda library: library.feedback(id, body.verdict, body.note))

    def run_compare(subject: str, regions: list[str] | None, as_of: dt.date | None) -> Any:
        for region in regions or ():
            known_region(region)
        return desk.compare(worded(subject, "主题"), regions=regions or None, as_of=as_of)

    @api.get("/compare", summary="各地区比较", response_model=None)
    def compare(
        subject: Annotated[str, Query(max_length=TEXT_LIMIT)],
        regions: Annotated[str | None, Query(max_length=2000, description="用逗号分开的地区")] = None,
        as_of: dt.date | None = None,
        format: Annotated[str, Query(pattern="^(json|csv|xlsx|docx)$")] = "json",
    ) -> Response | dict[str, Any]:
        names = [name.strip() for name in (regions or "").replace("，", ",").split(",") if name.strip()]
        comparison = run_compare(subject, names, as_of)
        if format == "json":
            return comparison.record()  # type: ignore[no-any-return]
        from ui.exports import comparison_table

        return exported(comparison_table(comparison), format, "地区比较")

    @api.post("/compare", summary="各地区比较")
    def compare_post(body: CompareRequest) -> dict[str, Any]:
        return run_compare(body.subject, body.regions, body.as_of).record()  # type: ignore[no-any-return]

    @api.get("/compare/documents", summary="两份文件逐条对照：落实对照或新旧对照", response_model=None)
    def compare_documents(
        first: Annotated[str, Query(max_length=300, description="上级文件或旧版：编号、标题、文号或文件名")],
        second: Annotated[str, Query(max_length=300, description="下级文件或新版")],
        form: Annotated[str, Query(pattern="^(carried_out|versions)$")] = "carried_out",
        format: Annotated[str, Query(pattern="^(json|csv|xlsx|docx)$")] = "json",
    ) -> Response | dict[str, Any]:
        comparison = desk.side_by_side(first, second, carried_out=form == "carried_out")
        if format == "json":
            return comparison.record()
        from ui.exports import comparison_table

        return exported(comparison_table(comparison), format, comparison.form)

    # ---- facts

    @api.get("/tasks", summary="任务台账", response_model=None)
    def tasks(
        unit: Text = None,
        region: Text = None,
        topic: Text = None,
        due: Annotated[
            str | None,
            Query(pattern=r"^(past|open|said|none|(19|20)\d\d|)$", description="完成时限：年份，或已过、未到、写明、未写明"),
        ] = None,
        limit: Annotated[int, Query(ge=1, le=100_000)] = 100_000,
        offset: Annotated[int, Query(ge=0)] = 0,
        format: Annotated[str, Query(pattern="^(json|csv|xlsx|docx)$")] = "json",
        form: Annotated[str, Query(pattern="^(ledger|duties)$", description="台账，或按单位的责任清单（仅文件）")] = "ledger",
    ) -> Response | list[dict[str, Any]]:
        known_region(region)
        found = due_by(desk.tasks(unit=unit or None, region=region or None, topic=topic or None), due)
        page = found[offset : offset + limit]
        if form == "duties" and format != "json":
            from ui.exports import unit_duties

            duties = unit_duties(page, unit=unit or None)
            return exported(duties if duties.rows else unit_duties(page), format, f"{unit or '各单位'}责任清单")
        return written(TASKS, page, format, "任务台账")

    @api.get("/targets", summary="目标指标", response_model=None)
    def targets(
        indicator: Text = None,
        region: Text = None,
        kind: Annotated[str | None, Query(pattern="^(target|achieved|statistic|rule|)$")] = None,
        limit: Annotated[int, Query(ge=1, le=100_000)] = 100_000,
        offset: Annotated[int, Query(ge=0)] = 0,
        format: Annotated[str, Query(pattern="^(json|csv|xlsx|docx)$")] = "json",
    ) -> Response | list[dict[str, Any]]:
        known_region(region)
        found = desk.targets(indicator=indicator or None, region=region or None, kind=kind or None)
        return written(TARGETS, found[offset : offset + limit], format, "目标指标")

    mount_facts(api, desk)

    mount_study(api, desk)
    mount_graph(api, desk)
    mount_pages(api, desk)
    mount_imports(api, imports)

    # ---- documents

    @api.get("/documents", summary="文档库的目录")
    def documents(
        region: Text = None,
        level: Text = None,
        issuer: Text = None,
        year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
        topic: Text = None,
        status: Text = None,
    ) -> list[dict[str, Any]]:
        filters = conditions(region, level, issuer, year, topic, status).filters()
        if filters is None:
            return [_brief(entry) for entry in desk.entries()]
        kept = {info.id for info in desk.library.documents(filters)}
        return [_brief(entry) for entry in desk.entries() if entry.info.id in kept]

    @api.post("/documents", summary="放入一份文件", status_code=200, response_model=None)
    async def upload(
        file: Annotated[UploadFile, File()],
        region: Annotated[str | None, Form(max_length=200)] = None,
        report: Annotated[bool, Query(description="拒收也以 200 返回，原因在 state 和 message 里")] = False,
    ) -> Any:
        from starlette.concurrency import run_in_threadpool

        data = await file.read(LIMIT + 1)
        try:
            known_region(region)
            result = await run_in_threadpool(take_in, desk, file.filename or "", data, region)
        except Failure as error:
            result = {"source": file.filename, "state": "未收", "reason": error.code, "message": error.message, "warnings": []}
        if result["state"] == "未收" and not report:
            return JSONResponse({**result, "error": {"code": result.get("reason", "refused"), "message": result["message"]}}, 422)
        return result

    @api.get("/documents/{id}", summary="一份文件的要素、提纲、任务和指标")
    def document(id: str) -> dict[str, Any]:
        entry = _entry(desk, id)
        doc = desk.document(entry.info.id)
        found_tasks, found_targets = desk.facts_of(entry.info.id)
        return {
            **document_record(doc), "validity": {"status": entry.status, "reason": entry.reason}, "length": len(doc.text),
            "sections": section_records(doc), "tasks": [task.record() for task in found_tasks],
            "targets": [target.record() for target in found_targets],
        }  # fmt: skip

    @api.get("/documents/{id}/text", summary="全文", response_class=PlainTextResponse)
    def text(
        id: str, start: Annotated[int, Query(ge=0)] = 0, end: Annotated[int | None, Query(ge=0)] = None
    ) -> PlainTextResponse:
        return PlainTextResponse(desk.document(_entry(desk, id).info.id).text[start:end])

    @api.get("/documents/{id}/original", summary="原始文件", response_class=Response)
    def original(id: str) -> Response:
        name, data = desk.original(_entry(desk, id).info.id)
        # never shown in the page's own origin: a document may carry scripts
        return attachment(data, "application/octet-stream", name)

    @api.get("/{rest:path}", include_in_schema=False)
    def nowhere(rest: str) -> None:
        raise HTTPException(404)

    return api


def _entry(desk: Desk, id: str) -> Entry:
    found = desk.entry(id)
    if found is None:
        raise Failure(404, "document", f"文档库里没有“{id[:60]}”。编号见 /api/v1/documents。")
    return found


def _brief(entry: Entry) -> dict[str, Any]:
    from corpus.store.codec import head_record

    info = entry.info
    return {
        "id": info.id, "source": info.source, **head_record(info.head), "format": info.format, "sha256": info.sha256,
        "warnings": list(info.warnings), "validity": {"status": entry.status, "reason": entry.reason},
        "user_status": info.user_status, "topics": sorted(entry.topics), "added_at": info.added_at,
    }  # fmt: skip


def _error(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
