"""REST for questions to the policy graph: the duties of a unit, partners, 落实对照, lineage, targets by year, like indicators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query
from fastapi.responses import Response

from cemai.policy_graph import PolicyGraph
from ui.desk.desk import Desk
from ui.rest.files import exported
from ui.rest.requests import Text, known_region

T = TypeVar("T")
Name = Annotated[str, Query(min_length=1, max_length=200)]
Form = Annotated[str, Query(pattern="^(json|csv|xlsx|docx)$")]
Role = Annotated[str | None, Query(pattern="^(lead|responsible|supporting|)$")]
Kind = Annotated[str, Query(pattern="^(target|achieved|statistic|rule)$")]


def mount_graph(api: APIRouter, desk: Desk) -> None:
    """Add the routes."""

    def asked(work: Callable[[PolicyGraph], T], region: str | None = None) -> T:
        known_region(region)
        return desk.read(lambda corpus: work(PolicyGraph(corpus)))

    @api.get("/graph/duties", summary="一个单位的全部任务，含改革前的旧名", response_model=None)
    def duties(
        unit: Name, region: Text = None, role: Role = None, former: bool = True, format: Form = "json"
    ) -> Response | dict[str, Any]:
        found = asked(lambda graph: graph.duties(unit, region=region or None, role=role or None, former=former), region)
        if format == "json":
            return found.record()
        from ui.exports.graph_tables import duty_list

        return exported(duty_list(found), format, f"{unit}责任清单")

    @api.get("/graph/units", summary="全部责任单位和任务数")
    def units(region: Text = None) -> list[dict[str, Any]]:
        return [unit.record() for unit in asked(lambda graph: graph.unit_counts(region=region or None), region)]

    @api.get("/graph/partners", summary="与一个单位共同承担任务的单位")
    def partners(unit: Name, region: Text = None) -> list[dict[str, Any]]:
        return [partner.record() for partner in asked(lambda graph: graph.partners(unit, region=region or None), region)]

    @api.get("/graph/years", summary="一个地区按年份的目标")
    def years(region: Text = None, kind: Kind = "target") -> list[dict[str, Any]]:
        found = asked(lambda graph: graph.targets_by_year(region=region or None, kind=kind), region)
        return [group.record() for group in found]

    @api.get("/graph/coverage", summary="落实对照：上级文件的要求，下级文件提到没有", response_model=None)
    def coverage(upper: Name, lower: Name, format: Form = "json") -> Response | dict[str, Any]:
        report = asked(lambda graph: graph.coverage(upper, lower))
        if format == "json":
            return report.record()
        from ui.exports.graph_tables import coverage_table

        return exported(coverage_table(report), format, "落实对照表")

    @api.get("/graph/lineage", summary="文件渊源：依据、被谁引用、历次版本、时效和理由")
    def lineage(document: Name, as_of: dt.date | None = None) -> dict[str, Any]:
        return asked(lambda graph: graph.lineage(document, as_of=as_of))

    @api.get("/graph/indicators", summary="同一指标各地对照")
    def indicators(words: Name, kind: Kind = "target") -> list[dict[str, Any]]:
        return [group.record() for group in asked(lambda graph: graph.same_indicators(words, kind=kind))]

    @api.get("/graph/alike", summary="各地做同一件事的任务")
    def alike(topic: Name) -> list[dict[str, Any]]:
        return [pair.record() for pair in asked(lambda graph: graph.like_tasks(topic=topic))]
