"""REST for facts: the ledgers 台账 of tasks and targets, and any kind of fact, as JSON or as a file."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from corpus.errors import UsageError
from corpus.text import split_names
from graph.kinds import PUBLISHED, TARGETS, TASKS, FactKind, kind_named
from graph.queries.cited import CitedFact, R
from graph.queries.counted import CountedList
from graph.queries.due import due as due_by
from ui.exports import fact_table, figures_table, unit_duties
from ui.rest.files import exported, list_response
from ui.rest.requests import AllVersions, CurrentDesk, Failure, TableFormat, Text, require_region, require_status

T = TypeVar("T")
router = APIRouter()

Limit = Annotated[int, Query(ge=1, le=100_000)]
Offset = Annotated[int, Query(ge=0)]
_NAMES = "、".join(f"{kind.plural}（{kind.label}）" for kind in PUBLISHED)


@router.get("/tasks", summary="任务台账", response_model=None)
def tasks(
    desk: CurrentDesk,
    unit: Text = None,
    region: Text = None,
    topic: Text = None,
    status: Text = None,
    as_of: dt.date | None = None,
    due: Annotated[
        str | None,
        Query(pattern=r"^(past|open|said|none|(19|20)\d\d|)$", description="完成时限：年份，或已过、未到、写明、未写明"),
    ] = None,
    limit: Limit = 100_000,
    offset: Offset = 0,
    all_versions: AllVersions = False,
    format: TableFormat = "json",
    form: Annotated[str, Query(pattern="^(ledger|duties)$", description="台账，或按单位的责任清单（仅文件）")] = "ledger",
) -> Response:
    require_region(region)
    require_status(status)
    every = desk.tasks(
        unit=unit or None,
        region=region or None,
        topic=topic or None,
        status=status or None,
        as_of=as_of,
        all_versions=all_versions,
    )
    page = _page(due_by(every, due), offset, limit)
    if form == "duties" and format != "json":
        duties = unit_duties(page, unit=unit or None)
        return exported(duties if duties.rows else unit_duties(page), format, f"{unit or '各单位'}责任清单")
    return _records_or_file(TASKS, page, format, "任务台账")


@router.get("/targets", summary="目标指标", response_model=None)
def targets(
    desk: CurrentDesk,
    indicator: Text = None,
    region: Text = None,
    kind: Annotated[str | None, Query(pattern="^(target|achieved|statistic|rule|)$")] = None,
    status: Text = None,
    as_of: dt.date | None = None,
    limit: Limit = 100_000,
    offset: Offset = 0,
    all_versions: AllVersions = False,
    format: TableFormat = "json",
) -> Response:
    require_region(region)
    require_status(status)
    found = desk.targets(
        indicator=indicator or None,
        region=region or None,
        kind=kind or None,
        status=status or None,
        as_of=as_of,
        all_versions=all_versions,
    )
    return _records_or_file(TARGETS, _page(found, offset, limit), format, "目标指标")


@router.get("/facts", summary="指标数：同一指标的各种叫法，按地区、年份、类别、数值", response_model=None)
def figures(
    desk: CurrentDesk,
    family: Annotated[str, Query(min_length=1, max_length=80, description="指标族，如 地区生产总值增长")],
    year: Annotated[int | None, Query(ge=1900, le=2100)] = None,
    kind: Annotated[str | None, Query(pattern="^(target|achieved|statistic|rule|)$")] = None,
    regions: Annotated[str | None, Query(max_length=2000, description="用逗号分开的地区，可写 京津冀、31个省")] = None,
    below: bool = False,
    least: Annotated[str | None, Query(max_length=40, description="不小于，连单位写")] = None,
    most: Annotated[str | None, Query(max_length=40, description="不大于，连单位写")] = None,
    sort: Annotated[str, Query(pattern="^(document|value|year|region|date)$")] = "document",
    each: Annotated[bool, Query(description="每个地区每年每类只列一个数")] = False,
    status: Text = None,
    as_of: dt.date | None = None,
    limit: Limit = 100_000,
    offset: Offset = 0,
    all_versions: AllVersions = False,
    format: TableFormat = "json",
) -> Response:
    require_status(status)
    names = split_names(regions)
    try:
        found = desk.figures(
            family,
            kind=kind or None,
            year=year,
            regions=names,
            below=below,
            least=least or None,
            most=most or None,
            sort=sort,
            each=each,
            status=status or None,
            as_of=as_of,
            all_versions=all_versions,
        )
    except UsageError as error:
        raise Failure(400, "figures", str(error)) from error
    page = CountedList(found[offset : offset + limit], found.folded)
    if format == "json":
        return list_response([figure.record() for figure in page], page.folded)
    return exported(figures_table(family, page), format, f"指标数：{family}")


@router.get("/facts/{kind}", summary="任一种事实的全部记录", response_model=None)
def facts(
    desk: CurrentDesk,
    kind: Annotated[str, Path(max_length=40, description=_NAMES)],
    region: Text = None,
    status: Text = None,
    as_of: dt.date | None = None,
    limit: Limit = 100_000,
    offset: Offset = 0,
    all_versions: AllVersions = False,
    format: TableFormat = "json",
) -> Response:
    require_region(region)
    require_status(status)
    try:
        known = kind_named(kind)
    except UsageError as error:
        raise Failure(404, "kind", str(error)) from error
    found = desk.facts(known, region=region or None, status=status or None, as_of=as_of, all_versions=all_versions)
    return _records_or_file(known, _page(found, offset, limit), format, known.title)


def _page(found: CountedList[T], offset: int, limit: int) -> CountedList[T]:
    return CountedList(found[offset : offset + limit], found.folded)


def _records_or_file(kind: FactKind[Any, R], facts: CountedList[CitedFact[R]], format: str, name: str) -> Response:
    """Facts as records, or as a file of their ledger."""
    if format == "json":
        return list_response([fact.record() for fact in facts], facts.folded)
    return exported(fact_table(kind, facts), format, name)
