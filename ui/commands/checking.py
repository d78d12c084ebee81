"""consistency: where a lower document does not meet an upper one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ui.commands.shared import FORMATS, as_of_date, note, open_library, print_json, print_table, write_table

NOTHING = 1


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    p = verbs.add_parser(
        "consistency",
        parents=[common],
        help="一致性检查：下级文件的目标、时限、责任单位、依据有没有不合上级的（有则返回 1）",
    )
    p.add_argument("upper", metavar="上级文件", help="编号、标题、文号或文件名")
    p.add_argument("lower", metavar="下级文件")
    p.add_argument("--as-of", metavar="日期", help="按哪一天判断依据的时效（默认今天）")
    p.add_argument("--format", choices=FORMATS, default="table", help="输出格式")
    p.add_argument("--json", action="store_const", const="json", dest="format", help="即 --format json")
    p.add_argument("--out", type=Path, metavar="文件", help="写入文件")
    p.set_defaults(run=check)


def check(args: argparse.Namespace) -> int:
    """Print or write what was found."""
    from cemai.consistency import KINDS
    from qa.answers.places import describe_citation
    from ui.exports.consistency import UNSEEN, consistency_table

    with open_library(args) as library:
        report = library.consistency(args.upper, args.lower, as_of=as_of_date(args))
    if args.format == "json" and args.out is None:
        print_json(report.record())
    elif args.format != "table":
        write_table(consistency_table(report), args.format, args.out)
    elif report.findings:
        rows = [
            (KINDS[one.kind], one.said, f"{one.upper.quote}\n—{describe_citation(one.upper)}",
             f"{one.lower.quote}\n—{describe_citation(one.lower)}" if one.lower else UNSEEN)
            for one in report.findings
        ]  # fmt: skip
        print_table(("类别", "哪里不一致", "上级原文", "下级原文"), rows, ratios=(3, 5, 7, 7))
    note("".join(report.notes))
    return NOTHING if report.findings else 0
