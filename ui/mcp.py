"""The library as tools of other assistants (Model Context Protocol, over stdio): the same answers, every sentence with its place."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cemai.graph_reports import CitedDuty
from corpus.divisions import gazetteer
from corpus.errors import PolicyError, UsageError
from corpus.filters import STATUSES, Filters
from graph.kinds import PUBLISHED, kind_named
from graph.queries.cited import CitedFact, R
from graph.queries.counted import CountedList

if TYPE_CHECKING:
    from cemai.library import Library

Json = dict[str, Any]
ROWS = 50
"""Rows a tool gives at most at once; ``offset`` gives the next ones."""
TEXT = 2_000
_KINDS = "、".join(f"{kind.plural}（{kind.label}）" for kind in PUBLISHED)

_STATUSES = "、".join(STATUSES)
_ONCE = "副本和旧版本不重复计入（folded 是未计入的份数），all_versions 为真时一并列出。"
_ABOUT = (
    "中国各级政府政策文件的文档库。答案都是文件原文的引语，带文件名、位置（start、end）和章节；"
    "status 为 not_found 表示文件里没有依据，请照实转告，不要自行补充。"
)


def run(library: Library) -> None:
    """Serve until the other side closes the pipe."""
    build(library).run("stdio")


def build(library: Library) -> Any:
    """The server with its tools; nothing is served yet. Raises ``UsageError`` where the SDK is not installed."""
    try:
        from mcp.server import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
    except ImportError as error:
        raise UsageError(
            "MCP 服务需要另装一个包：pip install 'cemai[mcp]'（或 pip install mcp）。装好后再运行 cemai mcp。"
        ) from error

    server = MCPServer("cemai", instructions=_ABOUT)
    turn = threading.RLock()  # tools may be called at once; the library answers one after the other

    def answered(work: Callable[[], Json]) -> Json:
        try:
            with turn:
                return work()
        except PolicyError as error:
            raise ToolError(str(error)) from error

    @server.tool(
        description=f"查找与词语最相关的原文段落。可按地区（含下级）、年份和时效（{_STATUSES}）筛选；as_of 是判断时效的日期。"
    )
    def search(
        query: str,
        region: str | None = None,
        year: int | None = None,
        top: int = 10,
        status: str | None = None,
        as_of: str | None = None,
    ) -> Json:
        def work() -> Json:
            filters = Filters(region=_region(region), year=year, status=status or None) or None
            hits = library.search(_words(query), filters=filters, top=max(1, min(top, ROWS)), as_of=_day(as_of))
            return {"query": query, "hits": [hit.record() for hit in hits]}

        return answered(work)

    @server.tool(
        description="提问，答案由原文引语组成；as_of 是日期（YYYY-MM-DD），按那一天判断时效；after 是之前问过的问题，追问按它们补全。"
    )
    def ask(
        question: str,
        region: str | None = None,
        as_of: str | None = None,
        status: str | None = None,
        after: list[str] | None = None,
    ) -> Json:
        def work() -> Json:
            filters = Filters(region=_region(region), status=status or None) or None
            before = [_words(text) for text in after or ()]
            return library.ask(_words(question), filters=filters, as_of=_day(as_of), after=before, keep=False).record()

        return answered(work)

    @server.tool(description="按主题或问题比较各地区；regions 不填即比较库里所有地区。")
    def compare(subject: str, regions: list[str] | None = None, as_of: str | None = None, status: str | None = None) -> Json:
        def work() -> Json:
            names = [name for name in (_region(region) for region in regions or ()) if name]
            return library.compare(_words(subject), regions=names or None, as_of=_day(as_of), status=status or None).record()

        return answered(work)

    @server.tool(
        description=f"任务台账：按责任单位、地区（含下级）、主题、时效筛选，完整列出；每次最多 50 条，用 offset 取后面的。{_ONCE}"
    )
    def tasks(
        unit: str | None = None,
        region: str | None = None,
        topic: str | None = None,
        offset: int = 0,
        status: str | None = None,
        as_of: str | None = None,
        all_versions: bool = False,
    ) -> Json:
        def work() -> Json:
            found = library.tasks(
                unit=unit,
                region=_region(region),
                topic=topic,
                status=status or None,
                as_of=_day(as_of),
                all_versions=all_versions,
            )
            return _page("tasks", found, offset)

        return answered(work)

    @server.tool(
        description=(
            "目标指标：按指标名称、地区（含下级）、时效、类别（target 目标、achieved 已完成、statistic 现状数、rule 标准）筛选；"
            f"每次最多 50 条。{_ONCE}"
        )
    )
    def targets(
        indicator: str | None = None,
        region: str | None = None,
        kind: str | None = None,
        offset: int = 0,
        status: str | None = None,
        as_of: str | None = None,
        all_versions: bool = False,
    ) -> Json:
        def work() -> Json:
            found = library.targets(
                indicator=indicator,
                region=_region(region),
                kind=kind,
                status=status or None,
                as_of=_day(as_of),
                all_versions=all_versions,
            )
            return _page("targets", found, offset)

        return answered(work)

    @server.tool(description=f"一种事实的全部记录，kind 是 {_KINDS}；每次最多 50 条，用 offset 取后面的。{_ONCE}")
    def facts(kind: str, region: str | None = None, offset: int = 0, all_versions: bool = False) -> Json:
        def work() -> Json:
            known = kind_named(kind)
            return _page(known.plural, library.facts(known.record, region=_region(region), all_versions=all_versions), offset)

        return answered(work)

    @server.tool(
        description=f"一个单位的全部任务和职责（牵头、责任、配合），含机构改革前的旧名；各项数目完整，任务每次最多 50 条。{_ONCE}"
    )
    def duties(
        unit: str, region: str | None = None, role: str | None = None, offset: int = 0, all_versions: bool = False
    ) -> Json:
        def work() -> Json:
            duties = library.duties(_words(unit), region=_region(region), role=role, all_versions=all_versions)
            return {**duties.record(), **_page("tasks", CountedList(duties.tasks, duties.folded), offset)}

        return answered(work)

    @server.tool(description="落实对照：上级文件的任务和目标，下级文件提到没有；文件写编号、文件名、标题或文号。")
    def coverage(upper: str, lower: str) -> Json:
        return answered(lambda: library.coverage(_words(upper), _words(lower)).record())

    @server.tool(
        description="一致性检查：下级文件的目标、时限、责任单位、依据哪里不合上级文件，每条附双方原文；文件写编号、文件名、标题或文号。"
    )
    def consistency(upper: str, lower: str, as_of: str | None = None) -> Json:
        return answered(lambda: library.consistency(_words(upper), _words(lower), as_of=_day(as_of)).record())

    @server.tool(
        description=(
            "对号入座：一个人或企业（年龄、户籍、住地、收入、身份……）对各条规定，逐个条件判断 符合、不符合、未载明，每个条件附原文。"
            "未载明的都须满足，请照实转告；topic 是规定里要有的词。"
        )
    )
    def eligible(who: str, topic: str = "", as_of: str | None = None, top: int = 20) -> Json:
        def work() -> Json:
            return library.eligible(_words(who), topic=topic[:100], as_of=_day(as_of), top=max(1, min(top, ROWS))).record()

        return answered(work)

    @server.tool(description="文件渊源：它的依据、引用它的文件、历次版本，以及某一天（YYYY-MM-DD）是否有效和理由。")
    def lineage(document: str, as_of: str | None = None) -> Json:
        return answered(lambda: library.lineage(_words(document), as_of=_day(as_of)))

    return server


def _page(name: str, found: CountedList[CitedFact[R]] | CountedList[CitedDuty], offset: int) -> Json:
    start = max(0, offset)
    following = start + ROWS if start + ROWS < len(found) else None
    records = [one.record() for one in found[start : start + ROWS]]
    return {"total": len(found), "folded": found.folded, "offset": start, "next_offset": following, name: records}


def _words(text: str) -> str:
    text = text.strip()
    if not text or len(text) > TEXT:
        raise UsageError(f"请写一个词或一句话，不超过 {TEXT} 字。")
    return text


def _region(name: str | None) -> str | None:
    if name and not gazetteer().named(name):
        raise UsageError(f"不认识地区“{name[:40]}”。请写行政区划的名称，例如省、市、州、县的全名。")
    return name or None


def _day(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError as error:
        raise UsageError(f"“{value}”不是日期，请写成 2026-01-01 这样。") from error
