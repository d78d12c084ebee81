"""copy: a library from one store to another, between folders and databases."""

from __future__ import annotations

import argparse
from typing import Any

from corpus.store.address import describe_place, parse_place
from ui.commands.shared import print_json, progress


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    p = verbs.add_parser("copy", parents=[common], help="把整个库复制到另一个文件夹或 PostgreSQL 数据库")
    p.add_argument("source", type=parse_place, metavar="从", help="文档库文件夹，或 postgresql:// 地址")
    p.add_argument("target", type=parse_place, metavar="到", help="空的文件夹，或空数据库的 postgresql:// 地址")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=copy)


def copy(args: argparse.Namespace) -> int:
    """Copy a library."""
    from corpus.store.copying import copy_library_to

    with progress("复制") as show:
        counts = copy_library_to(args.source, args.target, show)
    if args.json:
        print_json({"library": describe_place(args.target), "rows": counts})
    else:
        print(f"已复制到 {describe_place(args.target)}：{counts['documents']} 份文件，{counts['answers']} 条回答。")
    return 0
