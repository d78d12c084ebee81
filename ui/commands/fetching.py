"""Fetch: the pages of a list of addresses into a folder that the library can follow."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from ui.commands.shared import note, print_json

if TYPE_CHECKING:
    from cemai.page_fetching import FetchedPage

FAILED = 3
SHORTEST = 0.2
"""Seconds between two requests, at least."""
_SAID = {"new": "新", "changed": "有变化", "failed": "没有收到"}


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    p = verbs.add_parser(
        "fetch", parents=[common], help="收取网页：把网址清单里的网页收到文件夹，再用 ingest --mirror 入库（缺省不联网）"
    )
    p.add_argument("list", type=Path, metavar="网址清单", help="每行一个网址；列表页前面写“列表”，其中的文件链接各收一次")
    p.add_argument("--into", type=Path, required=True, metavar="文件夹", help="收到哪里")
    p.add_argument("--pause", type=float, default=1.0, metavar="秒", help="两次访问之间隔多少秒（缺省 1）")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=fetch)


def fetch(args: argparse.Namespace) -> int:
    """Fetch what is new or has changed."""
    from cemai.page_fetching import fetch_pages, read_addresses
    from cemai.settings import config_path, may_fetch

    if args.pause < SHORTEST:
        raise UsageError(f"--pause 不能小于 {SHORTEST:g} 秒。")
    try:
        addresses = read_addresses(args.list.read_text(encoding="utf-8-sig"), args.list.name)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"读不了网址清单 {args.list}。请写一个 UTF-8 的文本文件，每行一个网址。") from error
    if not may_fetch():
        raise UsageError(f"没有允许联网。要收取网页，请管理员在 {config_path()} 里写：\n[fetch]\nallowed = true")
    report = fetch_pages(addresses, args.into, pause=args.pause, progress=None if args.json else _say)
    if args.json:
        print_json(report.record())
    else:
        print(f"新 {report.count('new')} 页，有变化 {report.count('changed')} 页，没有收到 {report.count('failed')} 页。")
        if report.count("new") or report.count("changed"):
            note(f"入库：cemai ingest --mirror {args.into}")
    return FAILED if report.count("failed") else 0


def _say(page: FetchedPage) -> None:
    if page.outcome in _SAID:
        print(f"  {_SAID[page.outcome]} {page.address}" + (f"：{page.reason}" if page.reason else ""))
        sys.stdout.flush()
