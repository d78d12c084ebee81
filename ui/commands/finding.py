"""find: the documents that words and conditions leave, with counts of every facet."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from corpus.filters import STATUSES
from corpus.text import readable
from graph.codec.columns import UNSTATED
from ui.commands.shared import FORMATS, known_region, note, open_library, print_json, print_table, write_table

NOTHING = 1
SHOWN = 50
"""Documents printed; a file has all of them."""
VALUES = 6
"""Values of a facet that are told."""


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    p = verbs.add_parser("find", parents=[common], help="查文件：写有这些词的全部文件，附各分面的数目")
    p.add_argument("query", nargs="?", default="", metavar="词", help="词、文号、标题；“引号”里的话要一字不差")
    p.add_argument("--kind", metavar="文种", help="如 通知、办法")
    p.add_argument("--level", metavar="层级", help="国家、省、市州、县、乡镇")
    p.add_argument("--status", metavar="时效", help="、".join(STATUSES))
    p.add_argument("--region", metavar="地区", help="某地及其下级")
    p.add_argument("--issuer", metavar="机关", help="发文机关")
    p.add_argument("--year", metavar="年份", help="成文（或发布）的年份")
    p.add_argument("--topic", metavar="主题", help="有这一主题任务的文件")
    p.add_argument("--since", metavar="日期", help="日期从，如 2023 或 2023-05-01")
    p.add_argument("--until", metavar="日期", help="日期到（含），写法同上")
    p.add_argument("--sort", choices=("newest", "oldest"), default="", help="newest 日期新的在前，oldest 日期旧的在前")
    p.add_argument("--format", choices=FORMATS, default="table", help="输出格式")
    p.add_argument("--json", action="store_const", const="json", dest="format", help="即 --format json")
    p.add_argument("--out", type=Path, metavar="文件", help="写入文件")
    p.set_defaults(run=find)


def find(args: argparse.Namespace) -> int:
    """List the documents."""
    from graph.documents.status_filter import parse_status
    from ui.desk.desk import Desk
    from ui.desk.document_search import DocumentQuery, facets_named, find_documents, parse_day
    from ui.desk.facets import FACETS
    from ui.exports.found import found_record, found_table

    if args.region:
        known_region(args.region)
    values = {name: getattr(args, name) for name in FACETS.values()}
    values["status"] = parse_status(args.status) if args.status else None
    wanted = DocumentQuery(
        readable(args.query).strip(),
        facets_named(**values),
        parse_day(args.since, "since"),
        parse_day(args.until, "until"),
        args.sort,
    )
    with open_library(args) as library:
        found = find_documents(Desk(library), wanted)
    if args.format == "json" and args.out is None:
        print_json({"query": args.query, **found_record(found)})
    elif args.format != "table":
        write_table(found_table(found, wanted), args.format, args.out)
    elif found.entries:
        rows = [
            (entry.info.id[:8], entry.info.head.title or entry.info.source, entry.info.head.doc_number or UNSTATED,
             entry.info.head.region or UNSTATED, entry.info.head.issued_on or entry.info.head.published_on or UNSTATED, entry.status)
            for entry in found.entries[:SHOWN]
        ]  # fmt: skip
        print_table(("编号", "标题", "文号", "地区", "日期", "时效"), rows, ratios=(2, 8, 4, 3, 3, 2))
        for name, counted in found.counts.items():
            told = "，".join(f"{value} {count}" for value, count in counted[:VALUES])
            more = f"，另 {len(counted) - VALUES} 个" if len(counted) > VALUES else ""
            if told:
                note(f"{name}：{told}{more}")
    said = [f"共 {found.total} 份文件"]
    said += [f"其中 {found.folded} 份是副本或旧版，没有单列"] if found.folded else []
    said += [f"只印前 {SHOWN} 份，全部请加 --format"] if args.format == "table" and len(found.entries) > SHOWN else []
    said += ["没有一份含有全部的词，列的是意思相近的"] if found.by_meaning and found.entries else []
    note("；".join(said) + "。")
    return 0 if found.entries else NOTHING
