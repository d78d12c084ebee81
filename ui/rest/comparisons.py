"""REST for comparisons 对比: regions side by side, and two documents clause by clause."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from corpus.text import split_names
from qa.answer import Comparison
from ui.exports.consistency import consistency_table
from ui.rest.files import exported
from ui.rest.requests import (
    TEXT_LIMIT,
    CompareRequest,
    CurrentDesk,
    TableFormat,
    Text,
    require_place,
    require_status,
    require_text,
)

router = APIRouter()


def _run_compare(
    desk: CurrentDesk,
    subject: str,
    regions: list[str] | None,
    as_of: dt.date | None,
    status: str | None,
    *,
    below: bool = False,
    instead: list[str] | None = None,
) -> Comparison:
    require_status(status)
    for region in regions or ():
        require_place(region)
    return desk.compare(
        require_text(subject, "主题"),
        regions=regions or None,
        as_of=as_of,
        status=status or None,
        below=below,
        instead=instead or [],
    )


@router.get("/compare", summary="各地区比较", response_model=None)
def compare(
    desk: CurrentDesk,
    subject: Annotated[str, Query(max_length=TEXT_LIMIT)],
    regions: Annotated[str | None, Query(max_length=2000, description="用逗号分开的地区")] = None,
    as_of: dt.date | None = None,
    status: Text = None,
    below: Annotated[bool, Query(description="比所写地区的下级地区")] = False,
    instead: Annotated[str | None, Query(max_length=2000, description="代替各地缺省文件的文件编号，用逗号分开")] = None,
    format: TableFormat = "json",
) -> Response | dict[str, Any]:
    names = split_names(regions)
    chosen = [id.strip() for id in (instead or "").split(",") if id.strip()]
    comparison = _run_compare(desk, subject, names, as_of, status, below=below, instead=chosen)
    if format == "json":
        return comparison.record()
    return exported(comparison, format, "地区比较")


@router.post("/compare", summary="各地区比较")
def compare_post(desk: CurrentDesk, body: CompareRequest) -> dict[str, Any]:
    return _run_compare(desk, body.subject, body.regions, body.as_of, body.status).record()


@router.get("/compare/consistency", summary="一致性检查：下级文件哪里不合上级文件，每条附双方原文", response_model=None)
def consistency(
    desk: CurrentDesk,
    upper: Annotated[str, Query(max_length=300, description="上级文件：编号、标题、文号或文件名")],
    lower: Annotated[str, Query(max_length=300, description="下级文件")],
    as_of: dt.date | None = None,
    format: TableFormat = "json",
) -> Response | dict[str, Any]:
    report = desk.consistency(upper, lower, as_of=as_of)
    if format == "json":
        return report.record()
    return exported(consistency_table(report), format, "一致性检查表")


@router.get("/compare/documents", summary="两份文件逐条对照：落实对照或新旧对照", response_model=None)
def compare_documents(
    desk: CurrentDesk,
    first: Annotated[str, Query(max_length=300, description="上级文件或旧版：编号、标题、文号或文件名")],
    second: Annotated[str, Query(max_length=300, description="下级文件或新版")],
    form: Annotated[str, Query(pattern="^(carried_out|versions)$")] = "carried_out",
    format: TableFormat = "json",
    third: Annotated[str, Query(max_length=300, description="再下一级的文件，只用于落实对照")] = "",
) -> Response | dict[str, Any]:
    comparison = desk.compare_documents(first, second, carried_out=form == "carried_out", third=third)
    if format == "json":
        return comparison.record()
    return exported(comparison, format, comparison.form)
