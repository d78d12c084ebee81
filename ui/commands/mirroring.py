"""Ingest --mirror: the library follows a folder; what is said of files that were taken in."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UsageError
from ui.commands.shared import PATIENCE, note, open_library, print_json, progress

if TYPE_CHECKING:
    from cemai.library import IngestReport, Library
    from cemai.mirroring import MirrorPlan, MirrorReport

WITHHELD, REFUSED = 1, 3
SHOWN = 50
SHORTEST = 2.0
"""Seconds between two looks at a folder, at least."""


def add_options(p: argparse.ArgumentParser) -> None:
    """Add the options of a library that follows a folder."""
    p.add_argument(
        "--mirror", type=Path, metavar="文件夹", help="让库跟随这个文件夹：新增、改动、改名、删去的文件都照办（可恢复）"
    )
    p.add_argument("--plan", action="store_true", help="与 --mirror 同用：只说会做什么，不动库")
    p.add_argument("--yes", action="store_true", help="与 --mirror 同用：移除较多文档时不再询问")
    p.add_argument("--watch", action="store_true", help="与 --mirror 同用：一直看着文件夹，有变化就照办，按 Ctrl+C 结束")
    p.add_argument("--every", type=float, default=30.0, metavar="秒", help="--watch 隔多少秒看一次（缺省 30）")


def check_options(args: argparse.Namespace) -> None:
    """Raise ``UsageError`` for options that do not go together."""
    if args.mirror is None and not args.paths:
        raise UsageError("请写要导入的文件或文件夹，例如：cemai ingest 公文/。")
    if args.mirror is not None and args.paths:
        raise UsageError("--mirror 后面只写一个文件夹，不要再写别的路径。")
    if args.mirror is None and (args.watch or args.yes or args.plan):
        raise UsageError("--watch、--yes、--plan 要和 --mirror 文件夹 一起用。")
    if args.every < SHORTEST:
        raise UsageError(f"--every 不能小于 {SHORTEST:.0f} 秒。")


def follow_folder(args: argparse.Namespace) -> int:
    """Make the library follow a folder once, or until it is stopped."""
    from cemai.mirroring import apply_mirror, plan_mirror

    with open_library(args, create=True) as library:
        plan = plan_mirror(library, args.mirror)
        if args.plan:
            print_json(plan.record()) if args.json else _say_plan(plan)
            return 0
        if not args.json:
            _say_plan(plan)
        consent = args.yes or _ask(plan)
        with progress("导入") as show:
            report = apply_mirror(
                library, plan, consent=consent, ocr=args.ocr, region=args.region, progress=show, patience=PATIENCE
            )
        if args.json:
            print_json(report.record())
        else:
            _say_done(report)
        if args.watch:
            _watch(args, library)
    return REFUSED if report.ingested.refused else WITHHELD if report.kept else 0


def _watch(args: argparse.Namespace, library: Library) -> None:
    from cemai.mirroring import watch_folder

    note(f"正在跟随 {args.mirror}，每 {args.every:g} 秒看一次；按 Ctrl+C 结束。")
    stop = threading.Event()
    try:
        options = {"consent": args.yes, "ocr": args.ocr, "region": args.region, "patience": PATIENCE}
        for report in watch_folder(library, args.mirror, interval=args.every, wait=stop.wait, **options):
            if args.json:
                print_json(report.record())
            else:
                _say_plan(report.plan)
                _say_done(report)
            sys.stdout.flush()
    except KeyboardInterrupt:
        note("已停止跟随。")


def _ask(plan: MirrorPlan) -> bool:
    """Ask on a terminal where many documents would be removed; elsewhere they stay."""
    if plan.needs_consent is None:
        return True
    if not sys.stdin.isatty():
        return False
    note(f"{plan.needs_consent}。移除后可以用 cemai docs restore 恢复。")
    return input("确定移除吗？输入 y 移除，直接回车保留：").strip().lower() in ("y", "yes", "是")


def _say_plan(plan: MirrorPlan) -> None:
    if plan.is_empty:
        print(f"{plan.folder} 与库一致，没有要做的。")
        return
    print(
        f"{plan.folder}：新增 {len(plan.added)} 份，改动 {len(plan.changed)} 份，改名 {len(plan.renamed)} 份，移除 {len(plan.removed)} 份。"
    )
    for label, lines in (
        ("新增", [item.source for item in plan.added]),
        ("改动", [info.source for info, _ in plan.changed]),
        ("改名", [f"{one.info.source} → {one.item.source}" for one in plan.renamed]),
        ("移除", [info.source for info in plan.removed]),
    ):
        for line in lines[:SHOWN]:
            print(f"  {label} {line}")
        if len(lines) > SHOWN:
            print(f"  {label}的另有 {len(lines) - SHOWN} 份没有列出")


def _say_done(report: MirrorReport) -> None:
    if report.plan.is_empty:
        return  # which the plan has said
    say_ingested(report.ingested)
    if report.removed:
        print(f"已移除 {len(report.removed)} 份。恢复：cemai docs list --removed 查看，cemai docs restore 编号。")
    if report.kept:
        note(f"没有移除：{report.plan.needs_consent}。确认无误后加 --yes 再运行一次。")


def say_ingested(report: IngestReport) -> None:
    """Say what became of the files that were taken in."""
    for source, messages in list(report.warnings.items())[:SHOWN]:
        for message in messages:
            note(f"注意 {source}：{message}")
    for refusal in report.refused:
        note(f"未导入 {refusal.source}：{refusal.message}")
    for notice in report.notices:
        note(notice)
    print(
        f"新增 {len(report.added)} 份，替换 {len(report.replaced)} 份，未变 {len(report.unchanged)} 份，未导入 {len(report.refused)} 份。"
    )
