"""REST for learning 学习: the brief of a post, a paper test, the score sheet."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from cemai.accounts import account_names
from qa import study
from qa.study.overview import learning_overview
from ui.exports.paper import paper_bytes
from ui.exports.score_sheet import overview_table, score_sheet
from ui.rest.files import MEDIA, attachment, exported
from ui.rest.requests import CurrentDesk, Failure, TableFormat, Text, require_region

router = APIRouter()


@router.get("/study/brief", summary="一个岗位的应知应会")
def brief(desk: CurrentDesk, unit: Text = None, region: Text = None) -> dict[str, Any]:
    require_region(region)
    found = desk.brief(region or None, unit or None)
    if found is None:
        raise Failure(400, "post", "请写明岗位所在的单位或地区。")
    return found.record()


@router.get("/study/paper", summary="试卷，附答题卡、答案和依据", response_class=Response)
def paper(
    desk: CurrentDesk,
    unit: Text = None,
    region: Text = None,
    number: Annotated[int, Query(ge=1, le=100)] = 20,
    seed: Annotated[int, Query(ge=0, le=1_000_000)] = 1,
) -> Response:
    require_region(region)
    with desk.state():
        found = desk.brief(region or None, unit or None)
        about = found.asked_about if found else []
        documents = found.document_ids if found else ()
        questions = desk.read(
            lambda corpus: study.quiz(corpus, number, seed, region=region or None, about=about, documents=documents)
        )
    if not questions:
        raise Failure(404, "questions", "这个岗位的文件里没有可以核对的事实，出不了题。")
    title = f"{found.title.partition('：')[0] if found else '全库'}政策学习测试题"
    return attachment(paper_bytes(questions, title=title), MEDIA["docx"], f"{title} {dt.date.today().isoformat()}.docx")


@router.get("/study/overview", summary="学习总览：各类题的正确率、错得多的文件、还没有学的人", response_model=None)
def overview(desk: CurrentDesk, format: TableFormat = "json") -> Response | dict[str, Any]:
    found = desk.read(lambda corpus: learning_overview(corpus, account_names(corpus.address)))
    return found.record() if format == "json" else exported(overview_table(found), format, "学习总览")


@router.get("/study/scores", summary="学习成绩单", response_model=None)
def scores(desk: CurrentDesk, format: TableFormat = "json") -> Response | list[dict[str, Any]]:
    table = desk.read(score_sheet)
    return table.records if format == "json" else exported(table, format, "学习成绩单")
