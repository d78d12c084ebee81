"""eligible: a person or an enterprise against provisions, condition by condition."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from corpus.titles import in_marks
from ui.commands.shared import FORMATS, as_of_date, note, open_library, print_json, print_table, write_table

NOTHING = 1


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    p = verbs.add_parser("eligible", parents=[common], help="对号入座：一个人或企业，逐条规定逐个条件：符合、不符合、未载明")
    p.add_argument("who", nargs="?", default="", metavar="是谁", help="一句话，如：女，66岁，低保户，广州市越秀区户籍")
    p.add_argument("--age", metavar="岁", default="")
    p.add_argument("--sex", choices=("男", "女"), default="", metavar="性别", help="男、女")
    p.add_argument("--place", metavar="地区", default="", help="住在、工作或注册在哪里")
    p.add_argument("--household", metavar="地区", default="", help="户籍")
    p.add_argument("--income", metavar="元", default="", help="家庭人均月收入")
    p.add_argument("--topic", metavar="词", default="", help="只看写有这些词的规定，如 补贴")
    p.add_argument("--as-of", metavar="日期", help="按哪一天判断（默认今天）")
    p.add_argument("--top", type=int, default=20, metavar="N", help="最多几条规定（默认 20）")
    p.add_argument("--format", choices=FORMATS, default="table", help="输出格式")
    p.add_argument("--json", action="store_const", const="json", dest="format", help="即 --format json")
    p.add_argument("--out", type=Path, metavar="文件", help="写入文件")
    p.set_defaults(run=eligible)


def eligible(args: argparse.Namespace) -> int:
    """Print or write what was found."""
    from cemai.eligibility import compose_description
    from ui.exports.eligibility import eligibility_table

    who = compose_description(args.who, {name: getattr(args, name) for name in ("age", "sex", "place", "household", "income")})
    with open_library(args) as library:
        found = library.eligible(who, topic=args.topic, as_of=as_of_date(args), top=args.top)
    if args.format == "json" and args.out is None:
        print_json(found.record())
    elif args.format != "table":
        write_table(eligibility_table(found), args.format, args.out)
    else:
        rows = [
            (f"{in_marks(one.info.head.title or one.info.source)}{one.provision.position}（{one.status}）" if first else "",
             condition.quote, condition.verdict, condition.reason)
            for one in found.provisions
            for first, condition in zip((True, *[False] * len(one.conditions)), one.conditions, strict=False)
        ]  # fmt: skip
        if rows:
            print_table(("规定", "条件（原文）", "判断", "说明"), rows, ratios=(6, 8, 2, 4))
    note("".join(found.notes))
    return 0 if found.provisions else NOTHING
