"""REST for the policy graph 图谱: what is around a node, the tasks of a unit, 落实对照, lineage, targets by year, like indicators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query
from fastapi.responses import Response

from cemai.policy_graph import PolicyGraph
from cemai.views.steps import GraphView
from graph.queries.counted import CountedList
from graph.queries.neighbourhood import resolve
from ui.desk.desk import Desk
from ui.exports.graph_tables import coverage_table, duty_list, view_table
from ui.page.graph.network import draw_picture
from ui.rest.files import attachment, exported, list_response
from ui.rest.requests import AllVersions, CurrentDesk, Failure, TableFormat, Text, require_region

T = TypeVar("T")
Name = Annotated[str, Query(min_length=1, max_length=200)]
Role = Annotated[str | None, Query(pattern="^(lead|responsible|supporting|)$")]
Kind = Annotated[str, Query(pattern="^(target|achieved|statistic|rule)$")]

router = APIRouter()


@router.get("/graph", summary="一个单位、主题、指标、任务或文件周围的图谱", response_model=None)
def graph(
    desk: CurrentDesk,
    node: Annotated[str, Query(max_length=300, description="如 unit:州医保局、topic:医疗保障、document:编号，或一个名称")],
    format: Annotated[str, Query(pattern="^(json|svg)$")] = "json",
) -> Response | dict[str, Any]:
    with desk.state():
        found = desk.surroundings(node) or desk.surroundings(desk.read(lambda corpus: resolve(corpus, node)) or "")
    if found is None:
        raise Failure(404, "node", f"文档库里没有“{node[:60]}”这个节点。")
    if format == "svg":
        return attachment(draw_picture(found, file=True).encode(), "image/svg+xml", f"{found.centre.label[:40]}图谱.svg")
    return {
        "centre": asdict(found.centre),
        "folded": found.folded,
        **{kind: [asdict(n) for n in nodes] for kind, nodes in found.rings.items()},
    }


def _ask(desk: Desk, work: Callable[[PolicyGraph], T], region: str | None = None) -> T:
    require_region(region)
    return desk.read(lambda corpus: work(PolicyGraph(corpus)))


@router.get("/graph/duties", summary="一个单位的全部任务，含改革前的旧名", response_model=None)
def duties(
    desk: CurrentDesk,
    unit: Name,
    region: Text = None,
    role: Role = None,
    former: bool = True,
    all_versions: AllVersions = False,
    format: TableFormat = "json",
) -> Response | dict[str, Any]:
    found = _ask(
        desk,
        lambda graph: graph.duties(unit, region=region or None, role=role or None, former=former, all_versions=all_versions),
        region,
    )
    if format == "json":
        return found.record()
    return exported(duty_list(found), format, f"{unit}责任清单")


@router.get("/graph/units", summary="全部责任单位和任务数", response_model=None)
def units(desk: CurrentDesk, region: Text = None, all_versions: AllVersions = False) -> Response:
    return _listed(_ask(desk, lambda graph: graph.unit_counts(region=region or None, all_versions=all_versions), region))


@router.get("/graph/partners", summary="与一个单位共同承担任务的单位", response_model=None)
def partners(desk: CurrentDesk, unit: Name, region: Text = None, all_versions: AllVersions = False) -> Response:
    return _listed(_ask(desk, lambda graph: graph.partners(unit, region=region or None, all_versions=all_versions), region))


@router.get("/graph/years", summary="一个地区按年份的目标", response_model=None)
def years(desk: CurrentDesk, region: Text = None, kind: Kind = "target", all_versions: AllVersions = False) -> Response:
    found = _ask(desk, lambda graph: graph.targets_by_year(region=region or None, kind=kind, all_versions=all_versions), region)
    return _listed(found)


@router.get("/graph/coverage", summary="落实对照：上级文件的要求，下级文件提到没有", response_model=None)
def coverage(desk: CurrentDesk, upper: Name, lower: Name, format: TableFormat = "json") -> Response | dict[str, Any]:
    report = _ask(desk, lambda graph: graph.coverage(upper, lower))
    if format == "json":
        return report.record()
    return exported(coverage_table(report), format, "落实对照表")


@router.get("/graph/lineage", summary="文件渊源：依据、被谁引用、历次版本、时效和理由")
def lineage(desk: CurrentDesk, document: Name, as_of: dt.date | None = None) -> dict[str, Any]:
    return _ask(desk, lambda graph: graph.lineage(document, as_of=as_of))


@router.get("/graph/timeline", summary="时间线：文件及其各版本何时印发、施行、届满，依据什么，被谁引用", response_model=None)
def timeline(
    desk: CurrentDesk, document: Name, as_of: dt.date | None = None, format: TableFormat = "json"
) -> Response | dict[str, Any]:
    return _viewed(_ask(desk, lambda graph: graph.timeline(document, as_of=as_of)), format)


@router.get("/graph/path", summary="路径：两个单位、指标或文件怎样联系起来", response_model=None)
def path(desk: CurrentDesk, one: Name, other: Name, format: TableFormat = "json") -> Response | dict[str, Any]:
    return _viewed(_ask(desk, lambda graph: graph.paths(one, other)), format)


@router.get("/graph/chain", summary="层级链：一项要求，国家、省、市、县各怎么写，谁负责", response_model=None)
def chain(
    desk: CurrentDesk, subject: Name, region: Text = None, as_of: dt.date | None = None, format: TableFormat = "json"
) -> Response | dict[str, Any]:
    require_region(region)
    return _viewed(desk.chain(subject, region=region or None, as_of=as_of), format)


def _viewed(view: GraphView, format: str) -> Response | dict[str, Any]:
    return view.record() if format == "json" else exported(view_table(view), format, f"{view.form} {view.title[:40]}")


@router.get("/graph/indicators", summary="同一指标各地对照", response_model=None)
def indicators(desk: CurrentDesk, words: Name, kind: Kind = "target", all_versions: AllVersions = False) -> Response:
    return _listed(_ask(desk, lambda graph: graph.same_indicators(words, kind=kind, all_versions=all_versions)))


@router.get("/graph/alike", summary="各地做同一件事的任务", response_model=None)
def alike(desk: CurrentDesk, topic: Name, all_versions: AllVersions = False) -> Response:
    return _listed(_ask(desk, lambda graph: graph.like_tasks(topic=topic, all_versions=all_versions)))


def _listed(found: CountedList[Any]) -> Response:
    return list_response([one.record() for one in found], found.folded)
