"""graph: questions to the policy graph, and its export."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from corpus.text import split_names
from ui.commands.shared import (
    FORMATS,
    add_all_versions,
    as_of_date,
    known_region,
    note,
    open_library,
    print_json,
    print_table,
    write_table,
)

if TYPE_CHECKING:
    from cemai.views.steps import GraphView
    from ui.exports import ExportTable

NOTHING = 1
ROLES = ("lead", "responsible", "supporting")
KINDS = ("target", "achieved", "statistic", "rule")


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    graph = verbs.add_parser("graph", parents=[common], help="知识图谱：单位、指标、文件之间的关系")
    graph.set_defaults(run=lambda args: graph.print_help() or 2)
    sub = graph.add_subparsers(metavar="动作", title="动作", parser_class=type(graph))

    def add(name: str, run: Any, help: str, *, region: bool = False, lists: bool = True) -> Any:
        p = sub.add_parser(name, parents=[common], help=help)
        if region:
            p.add_argument("--region", metavar="地区", help="只看某地及其下级")
        if lists:
            add_all_versions(p)
        add_output(p)
        p.set_defaults(run=run)
        return p

    p = add("unit", unit_duties, "一个单位的全部任务，含改革前的旧名", region=True)
    p.add_argument("unit", metavar="单位", help="如 州医保局")
    p.add_argument("--role", choices=ROLES, help="牵头、责任、配合")
    p.add_argument("--no-former", action="store_true", help="不含机构改革前的旧名")
    add("units", unit_list, "全部责任单位和任务数", region=True)
    p = add("partners", unit_partners, "与一个单位共同承担任务的单位", region=True)
    p.add_argument("unit", metavar="单位")
    p = add("years", year_targets, "一个地区按年份的目标", region=True)
    p.add_argument("--kind", choices=KINDS, default="target", help="目标、已完成、现状数、标准")
    p = add("coverage", document_coverage, "落实对照：上级文件的要求，下级文件提到没有", lists=False)
    p.add_argument("upper", metavar="上级文件", help="编号或文件名")
    p.add_argument("lower", metavar="下级文件", help="编号或文件名")
    p.add_argument("--missing", action="store_true", help="只列下级未见对应内容的")
    p = add("lineage", document_lineage, "文件渊源：依据、被谁引用、历次版本、时效和理由", lists=False)
    p.add_argument("document", metavar="文件", help="编号或文件名")
    p.add_argument("--as-of", metavar="日期", help="按这一天判断时效，如 2025-06-30")
    p = add("timeline", document_timeline, "时间线：一份文件及其各版本何时印发、施行、届满，依据什么，被谁引用", lists=False)
    p.add_argument("document", metavar="文件", help="编号、标题、文号或文件名")
    p.add_argument("--as-of", metavar="日期", help="按这一天判断时效，如 2025-06-30")
    p = add("path", paths_between, "路径：两个单位、指标或文件怎样联系起来", lists=False)
    p.add_argument("one", metavar="一端", help="单位、指标或文件名")
    p.add_argument("other", metavar="另一端", help="单位、指标或文件名")
    p = add("chain", requirement_chain, "层级链：一项要求，国家、省、市、县各怎么写，谁负责", lists=False)
    p.add_argument("subject", metavar="要求", help="如 过渡期医保资助")
    p.add_argument("--region", metavar="地区", help="只看这个地区及其上级，缺哪一级写明")
    p.add_argument("--as-of", metavar="日期", help="按这一天判断时效，如 2025-06-30")
    p = add("indicators", like_indicators, "同一指标各地对照，叫法不同的归到一起")
    p.add_argument("words", metavar="指标", help="指标名称中含有的字")
    p.add_argument("--kind", choices=KINDS, default="target", help="目标、已完成、现状数、标准")
    p = add("alike", like_tasks, "各地做同一件事的任务，附相近程度和共有的字词")
    p.add_argument("topic", metavar="主题", help="如 医疗保障")
    p.add_argument("--regions", metavar="甲,乙", help="只看这些地区")

    p = sub.add_parser("export", parents=[common], help="导出图谱")
    p.add_argument("--format", choices=("graphml", "json", "csv"), required=True, help="csv 供 Neo4j 导入（写两个文件）")
    p.add_argument("--out", type=Path, required=True, metavar="文件")
    p.set_defaults(run=export_graph)


def add_output(parser: argparse.ArgumentParser) -> None:
    """The ways a list can be written."""
    parser.add_argument("--format", choices=FORMATS, default="table", help="输出格式")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="即 --format json")
    parser.add_argument("--out", type=Path, metavar="文件", help="写到文件")


def unit_duties(args: argparse.Namespace) -> int:
    """The duties of one unit."""
    from ui.exports.graph_tables import duty_list

    with _library(args) as library:
        duties = library.duties(
            args.unit, region=args.region, role=args.role, former=not args.no_former, all_versions=args.all_versions
        )
    if not duties.tasks and args.format == "table":
        note(f"没有写明由“{args.unit}”负责的任务。用 cemai graph units 查看库里的单位。")
        return NOTHING
    return _show(args, duty_list(duties), (1, 4, 9, 4, 4, 9), bool(duties.tasks), seen=(0, 1, 2, 5, 6, 7))


def unit_list(args: argparse.Namespace) -> int:
    """All units."""
    from ui.exports.graph_tables import units_table

    with _library(args) as library:
        records = library.unit_counts(region=args.region, all_versions=args.all_versions)
    return _show(args, units_table(records), (1, 6, 2, 2, 2, 2, 9), bool(records))


def unit_partners(args: argparse.Namespace) -> int:
    """The units that share tasks with one."""
    from ui.exports.graph_tables import partners_table

    with _library(args) as library:
        records = library.partners(args.unit, region=args.region, all_versions=args.all_versions)
    return _show(args, partners_table(args.unit, records), (1, 5, 2, 9), bool(records))


def year_targets(args: argparse.Namespace) -> int:
    """The targets of a region by year."""
    from ui.exports.graph_tables import years_table

    with _library(args) as library:
        records = library.targets_by_year(region=args.region, kind=args.kind, all_versions=args.all_versions)
    return _show(args, years_table(records, region=args.region), (1, 3, 6, 4, 4, 8), bool(records), seen=range(6))


def document_coverage(args: argparse.Namespace) -> int:
    """What the lower document takes up of the upper one."""
    from ui.exports.graph_tables import coverage_table

    with _library(args) as library:
        report = library.coverage(args.upper, args.lower)
    if args.missing:
        report = report.only_missing()
    found = bool(report.tasks or report.targets)
    return _show(args, coverage_table(report), (1, 2, 6, 4, 6, 4, 2, 4, 1), found)


def document_lineage(args: argparse.Namespace) -> int:
    """What a document rests on, who names it, its versions and its standing."""
    from ui.exports.graph_tables import lineage_table

    day = as_of_date(args)
    with _library(args) as library:
        record = library.lineage(args.document, as_of=day)
    return _show(args, lineage_table(record), (3, 9, 4, 2), True)


def document_timeline(args: argparse.Namespace) -> int:
    """When a document and its versions were issued, take effect and end."""
    with _library(args) as library:
        view = library.timeline(args.document, as_of=as_of_date(args))
    return _show_view(args, view)


def paths_between(args: argparse.Namespace) -> int:
    """How two things come together."""
    with _library(args) as library:
        view = library.paths(args.one, args.other)
    return _show_view(args, view)


def requirement_chain(args: argparse.Namespace) -> int:
    """What each level says of a requirement."""
    with _library(args) as library:
        view = library.chain(args.subject, region=args.region, as_of=as_of_date(args))
    return _show_view(args, view)


def _show_view(args: argparse.Namespace, view: GraphView) -> int:
    from ui.exports.graph_tables import view_table

    if not view and args.format == "table":
        note("".join(view.notes) or f"文档库里没有与“{view.title}”有关的内容。")
        return NOTHING
    return _show(args, view_table(view), (1, 2, 6, 3, 4, 9), bool(view), seen=range(6))


def like_indicators(args: argparse.Namespace) -> int:
    """The same indicator in several regions."""
    from ui.exports.graph_tables import indicators_table

    with _library(args) as library:
        records = library.same_indicators(args.words, kind=args.kind, all_versions=args.all_versions)
    return _show(args, indicators_table(records), (1, 5, 4, 5, 4, 2, 7), bool(records))


def like_tasks(args: argparse.Namespace) -> int:
    """Tasks of several regions that do the same thing."""
    from ui.exports.graph_tables import links_table

    regions = split_names(args.regions)
    for name in regions:
        known_region(name)
    with _library(args) as library:
        records = library.like_tasks(topic=args.topic, regions=regions, all_versions=args.all_versions)
    return _show(args, links_table(records, args.topic), (1, 2, 8, 8, 4), bool(records))


def export_graph(args: argparse.Namespace) -> int:
    """Write the knowledge graph."""
    from graph.network.build import build
    from graph.network.files import write_csv, write_graphml, write_json

    write = {"graphml": write_graphml, "json": write_json, "csv": write_csv}[args.format]
    with open_library(args) as library:
        graph = build(library.corpus)
        try:
            write(graph, args.out)
        except OSError as error:
            raise UsageError(f"不能写入 {args.out}（{error.strerror}）。") from error
    print(f"{graph.number_of_nodes()} 个节点，{graph.number_of_edges()} 条边，已写入 {args.out}")
    return 0


def _library(args: argparse.Namespace) -> Any:
    if getattr(args, "region", None):
        known_region(args.region)
    return open_library(args)


def _show(
    args: argparse.Namespace, table: ExportTable, ratios: tuple[int, ...], found: bool, seen: Iterable[int] | None = None
) -> int:
    """One answer as JSON, as a table for people (of the columns ``seen``, where all are too many for a screen), or as a file."""
    if args.format == "json" and args.out is None:
        print_json(table.records)
    elif args.format == "table":
        at = list(range(len(table.columns)) if seen is None else seen)
        print_table([table.columns[i].header for i in at], [[row[i] for i in at] for row in table.rows], ratios=ratios)
        for line in table.notes:
            note(line)
    else:
        write_table(table, args.format, args.out)
    return 0 if found else NOTHING
