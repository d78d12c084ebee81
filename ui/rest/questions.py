"""REST for questions 提问: an answer made of quotes, the answers given lately, and what people say of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from cemai.accounts import Right, current_caller
from ui.rest.files import exported
from ui.rest.requests import (
    TEXT_LIMIT,
    AnswerFormat,
    AskRequest,
    CurrentDesk,
    Failure,
    FeedbackRequest,
    KeepsAnswer,
    Text,
    Year,
    conditions,
    require_text,
)

router = APIRouter()


@router.get("/ask", summary="提问，答案由原文引语组成", response_model=None)
def ask(
    desk: CurrentDesk,
    keep: KeepsAnswer,
    question: Annotated[str, Query(max_length=TEXT_LIMIT)],
    as_of: dt.date | None = None,
    region: Text = None,
    level: Text = None,
    issuer: Text = None,
    year: Year = None,
    topic: Text = None,
    status: Text = None,
    after: Annotated[list[str] | None, Query(max_length=20, description="之前的问题，先问的在前")] = None,
    format: AnswerFormat = "json",
) -> Response | dict[str, Any]:
    filters, before = conditions(region, level, issuer, year, topic, status).filters(), _limited(after or [])
    answer = desk.ask(require_text(question, "问题"), filters=filters, as_of=as_of, after=before, keep=keep)
    return exported(answer, format, "答复") if format == "docx" else answer.record()


@router.post("/ask", summary="提问，答案由原文引语组成")
def ask_post(desk: CurrentDesk, body: AskRequest) -> dict[str, Any]:
    return desk.ask(
        require_text(body.question, "问题"), filters=body.filters.filters(), as_of=body.as_of, after=_limited(body.after)
    ).record()


def _limited(questions: list[str]) -> list[str]:
    return [question[:TEXT_LIMIT] for question in questions if question.strip()]


@router.get("/answers/{id}", summary="最近的一条回答", response_model=None)
def answer(desk: CurrentDesk, id: str, format: AnswerFormat = "json") -> Response | dict[str, Any]:
    found = desk.answer(id)
    if found is None:
        raise Failure(404, "answer", "这条回答已不在服务的内存里。请重新提问后再导出。")
    return exported(found, format, "答复") if format == "docx" else found.record()


@router.post("/answers/{id}/feedback", summary="说一条回答对不对", status_code=204)
def judge(desk: CurrentDesk, id: str, body: FeedbackRequest) -> None:
    if current_caller().account is not None and desk.kept_answer(id) is None:
        raise Failure(404, "answer", "没有这条回答，或它是别人问的。")
    desk.change(lambda library: library.feedback(id, body.verdict, body.note), needs=Right.OWN)
