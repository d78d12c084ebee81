"""REST for learning and for the graph: the brief of a post, a paper test, the score sheet."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from graph.queries.neighbourhood import resolve
from qa import study
from ui.desk.desk import Desk
from ui.exports.paper import paper_bytes
from ui.exports.score_sheet import score_sheet
from ui.page.graph.events import surroundings
from ui.page.graph.network import picture
from ui.page.study.events import brief_of
from ui.rest.files import MEDIA, attachment, exported
from ui.rest.requests import Failure, Text, known_region


def mount_study(api: APIRouter, desk: Desk) -> None:
    """Add the routes."""

    @api.get("/study/brief", summary="一个岗位的应知应会")
    def brief(unit: Text = None, region: Text = None) -> dict[str, Any]:
        known_region(region)
        found = brief_of(desk, region or None, unit or None)
        if found is None:
            raise Failure(400, "post", "请写明岗位所在的单位或地区。")
        return found.record()

    @api.get("/study/paper", summary="试卷，附答案和依据", response_class=Response)
    def paper(
        unit: Text = None,
        region: Text = None,
        number: Annotated[int, Query(ge=1, le=100)] = 20,
        seed: Annotated[int, Query(ge=0, le=1_000_000)] = 1,
    ) -> Response:
        known_region(region)
        found = brief_of(desk, region or None, unit or None)
        facts = found.fact_ids if found else []
        documents = found.document_ids if found else ()
        questions = desk.read(
            lambda corpus: study.quiz(corpus, number, seed, region=region or None, about=facts, documents=documents)
        )
        if not questions:
            raise Failure(404, "questions", "这个岗位的文件里没有可以核对的事实，出不了题。")
        title = f"{found.title.partition('：')[0] if found else '全库'}政策学习测试题"
        return attachment(paper_bytes(questions, title=title), MEDIA["docx"], f"{title} {dt.date.today().isoformat()}.docx")

    @api.get("/study/scores", summary="学习成绩单", response_model=None)
    def scores(format: Annotated[str, Query(pattern="^(json|csv|xlsx|docx)$")] = "json") -> Response | list[dict[str, Any]]:
        table = desk.read(score_sheet)
        return table.records if format == "json" else exported(table, format, "学习成绩单")

    @api.get("/graph", summary="一个单位、主题、指标、任务或文件周围的图谱", response_model=None)
    def graph(
        node: Annotated[str, Query(max_length=300, description="如 unit:州医保局、topic:医疗保障、document:编号，或一个名称")],
        format: Annotated[str, Query(pattern="^(json|svg)$")] = "json",
    ) -> Response | dict[str, Any]:
        found = surroundings(desk, node) or surroundings(desk, desk.read(lambda corpus: resolve(corpus, node)) or "")
        if found is None:
            raise Failure(404, "node", f"文档库里没有“{node[:60]}”这个节点。")
        if format == "svg":
            return attachment(picture(found, file=True).encode(), "image/svg+xml", f"{found.centre.label[:40]}图谱.svg")
        return {"centre": asdict(found.centre), **{kind: [asdict(n) for n in nodes] for kind, nodes in found.rings.items()}}
