"""REST under /api/v1: the same answers, filters and records as the page and the command line; errors in Chinese."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from cemai.accounts import NotAllowed, Right, current_caller
from corpus.errors import LibraryBusy, PolicyError, UnknownDocument
from ui.desk.desk import Desk
from ui.desk.imports import ImportsUnderWay
from ui.rest import (
    backups,
    comparisons,
    documents,
    dossiers,
    eligibility,
    facts,
    graph,
    imports,
    pages,
    questions,
    search,
    study,
    supervision,
    today,
)
from ui.rest.requests import CurrentDesk, Failure, explain_validation

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

log = logging.getLogger("cemai.api")

SUBJECTS = (
    search,
    questions,
    comparisons,
    facts,
    study,
    graph,
    pages,
    imports,
    documents,
    backups,
    dossiers,
    supervision,
    today,
    eligibility,
)
"""The modules with routes, each with its ``router``."""


_WORDS = {
    400: "请求内容读不出来。请检查 JSON 或表单的写法。",
    404: "没有这个地址。接口说明见 /api/v1/openapi.json。",
    405: "这个地址不接受这种请求方法。",
}


def mount_api(app: FastAPI, desk: Desk, under_way: ImportsUnderWay) -> None:
    """Add the routes and the shape of errors to an application."""
    app.state.desk, app.state.imports = desk, under_way
    app.include_router(_router(), prefix="/api/v1")

    @app.exception_handler(Failure)
    def failed(_: Request, error: Failure) -> JSONResponse:
        return _error(error.status, error.code, error.message)

    @app.exception_handler(PolicyError)
    def refused(_: Request, error: PolicyError) -> JSONResponse:
        status = 404 if isinstance(error, UnknownDocument) else 503 if isinstance(error, LibraryBusy) else 400
        if isinstance(error, NotAllowed):
            return _error(403, "right", str(error))
        return _error(status, type(error).__name__, str(error))

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return _error(422, "parameter", "；".join(dict.fromkeys(explain_validation(found) for found in error.errors()[:5])))

    @app.exception_handler(HTTPException)
    def missing(_: Request, error: HTTPException) -> JSONResponse:
        return _error(error.status_code, "http", _WORDS.get(error.status_code, "请求没有完成。"))

    @app.exception_handler(Exception)
    def broken(_: Request, error: Exception) -> JSONResponse:
        log.error("request failed", exc_info=error)
        return _error(500, "internal", "程序内部出错，已写入日志。请稍后再试；如果反复出现，请运行 cemai doctor 检查文档库。")


def _router() -> APIRouter:
    """The routes of every subject under one address; what none of them knows is an error of ours, not a page of Gradio's."""
    api = APIRouter()
    api.add_api_route("/health", _health, summary="服务是否正常", name="health")
    for subject in SUBJECTS:
        api.include_router(subject.router)
    api.add_api_route("/{rest:path}", _nowhere, include_in_schema=False)
    return api


def _health(desk: CurrentDesk) -> dict[str, Any]:
    if Right.READ not in current_caller().rights:
        return {"status": "ok"}
    under_way = desk.embedding
    return {
        "status": "ok",
        # read beside whoever reads long: a server that is busy is well
        "generation": desk.library.generation,
        "documents": len(desk.library.corpus),
        "encoding": {"done": under_way.done, "total": under_way.total},
        "workers": {"ready": desk.pool.ready if desk.pool else 0, "total": desk.pool.count if desk.pool else 0},
    }


def _nowhere(rest: str) -> None:
    raise HTTPException(404)


def _error(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
