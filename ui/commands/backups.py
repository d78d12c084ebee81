"""backup, restore: whole copies of a library, and the way back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import StoreError
from ui.commands.shared import library_folder, note, print_json, print_table, progress

if TYPE_CHECKING:
    from cemai.backups import Backup

NOTHING = 1


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    p = verbs.add_parser("backup", parents=[common], help="备份整个库（网页开着也可以），并核对备份")
    p.add_argument("folder", nargs="?", type=Path, metavar="文件夹", help="放备份的文件夹（缺省在库旁边，名为 库名.backups）")
    p.add_argument("--keep", type=int, metavar="N", help="只留最近 N 份完好的备份，更早的删去")
    p.add_argument("--list", action="store_true", help="只列出文件夹里的备份")
    p.add_argument("--verify", action="store_true", help="只核对文件夹里的备份，一份一份读回来")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=backup)
    p = verbs.add_parser("restore", parents=[common], help="从备份恢复；现有的库另存，不会丢")
    p.add_argument("backup", type=Path, metavar="备份", help="一份备份，或放备份的文件夹（取最新一份）")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=restore)


def backup(args: argparse.Namespace) -> int:
    """Make a backup, list or verify those there are."""
    from cemai.backups import default_backups, make_backup

    folder = library_folder(args)
    target = (args.folder or default_backups(folder)).absolute()
    if args.list or args.verify:
        return _list(target, args)
    with progress("备份") as show:
        made = make_backup(folder, target, keep=args.keep, progress=show)
    if args.json:
        print_json(_record(made))
    else:
        print(f"已备份到 {made.folder}（{_describe(made)}）。恢复：cemai restore {made.folder}")
    if made.manifest.faults:
        note(
            f"注意：库里有 {made.manifest.faults} 处问题，备份里也有。请运行 cemai doctor 查看；在修好之前请不要删除更早的备份。"
        )
        return NOTHING
    return 0


def restore(args: argparse.Namespace) -> int:
    """Restore a backup."""
    from cemai.backups import restore_backup

    folder = library_folder(args)
    with progress("恢复") as show:
        done = restore_backup(args.backup.absolute(), folder, show)
    counts = done.manifest.counts
    if args.json:
        print_json(
            {
                "library": str(folder),
                "generation": done.manifest.generation,
                "counts": counts,
                "aside": str(done.aside) if done.aside else None,
                "purged": done.purged,
            }
        )
        return 0
    print(f"已恢复：{counts['documents']} 份文件，{counts['corrections']} 项更正，{counts['answers']} 条回答。")
    if done.purged:
        print(f"其中 {done.purged} 份文件在备份之后已被彻底清除，没有恢复。")
    if done.aside:
        print(f"原来的库另存在 {done.aside}；确认无误后可以删除。")
    return 0


def _list(target: Path, args: argparse.Namespace) -> int:
    from cemai.backups import list_backups

    found = list_backups(target)
    states: list[str] = []
    for one in found:
        try:
            if args.verify:
                one.verify()
            states.append("完好" if args.verify else f"有 {one.manifest.faults} 处问题" if one.manifest.faults else "")
        except StoreError as error:
            states.append(str(error))
    if args.json:
        print_json([{**_record(one), "state": state or None} for one, state in zip(found, states, strict=True)])
    elif found:
        rows = [(one.folder.name, _describe(one), state) for one, state in zip(found, states, strict=True)]
        print_table(("备份", "内容", "核对"), rows)
    else:
        note(f"{target} 里还没有备份。用 cemai backup 做一份。")
    sound = not args.verify or all(state == "完好" for state in states)
    return 0 if found and sound else NOTHING


def _describe(one: Backup) -> str:
    counts = one.manifest.counts
    return f"{counts['documents']} 份文件，{counts['corrections']} 项更正，{counts['answers']} 条回答，{one.manifest.size / 1e6:.1f} MB"


def _record(one: Backup) -> dict[str, Any]:
    return {"backup": str(one.folder), **one.manifest.to_record()}
