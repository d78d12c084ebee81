"""due: which tasks are due when, and how far the office is with each."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from corpus.titles import in_marks
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
    from cemai.supervision import DueList, TaskState

NOTHING = 1
CALENDAR = "ics"
SHORT = 8
"""Characters of an id that are shown, and have to be written at least."""


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    p = verbs.add_parser("due", parents=[common], help="督查：到期、逾期的任务，办理情况")
    p.add_argument("--unit", metavar="单位", help="如 州医保局，连同机构改革前的旧名")
    p.add_argument("--region", metavar="地区", help="只看某地及其下级")
    p.add_argument(
        "--when",
        metavar="期限",
        help="overdue 逾期、due 到期、month 本月、30d、90d、periodic 定期、standing 长期、undated 未写年份，或 2026、2026-06",
    )
    p.add_argument("--state", metavar="情况", help="未启动、在办、已办结、已报、未办结")
    p.add_argument("--as-of", metavar="日期", help="按哪一天判断（默认今天）")
    add_all_versions(p)
    p.add_argument("--format", choices=(*FORMATS, CALENDAR), default="table", help="输出格式；ics 是日历文件")
    p.add_argument("--json", action="store_const", const="json", dest="format", help="即 --format json")
    p.add_argument("--out", type=Path, metavar="文件", help="写入文件")
    p.set_defaults(run=due)
    sub = p.add_subparsers(metavar="动作", title="动作", parser_class=type(p))
    q = sub.add_parser("set", parents=[common], help="记下一项任务的办理情况")
    q.add_argument("task", metavar="任务编号", help="用 cemai due 查看")
    q.add_argument("said", metavar="情况", help="未启动、在办、已办结、已报")
    q.add_argument("--who", metavar="姓名", help="谁填报的")
    q.add_argument("--remark", metavar="备注")
    q.add_argument("--as-of", metavar="日期", help="定期任务：说的是这一天之后的那一期（默认今天）")
    q.set_defaults(run=set_state)
    q = sub.add_parser("undo", parents=[common], help="撤销一条办理记录")
    q.add_argument("entry", metavar="记录编号", help="用 cemai due history 查看")
    q.set_defaults(run=undo)
    q = sub.add_parser("history", parents=[common], help="办理记录，已撤销的也在内")
    q.add_argument("--lost", action="store_true", help="只看任务已不在库里的（文件移除，或换成了没有这项任务的版本）")
    q.add_argument("--json", action="store_true", help="输出 JSON")
    q.set_defaults(run=history)


def due(args: argparse.Namespace) -> int:
    """The tasks that have a limit."""
    from cemai.supervision import supervise

    if args.region:
        known_region(args.region)
    day = as_of_date(args) or dt.date.today()
    with open_library(args) as library:
        found = supervise(
            library,
            unit=args.unit,
            region=args.region,
            when=args.when,
            state=args.state,
            as_of=day,
            all_versions=args.all_versions,
        )
    if args.format == CALENDAR:
        _write_calendar(found, args.out)
    elif args.format == "json" and args.out is None:
        print_json([one.record() for one in found])
    elif args.format == "table":
        _print(found, day)
    else:
        from ui.exports.due import due_table

        write_table(due_table(found, day, subject=args.unit or args.region or ""), args.format, args.out)
    return 0 if found else NOTHING


def _write_calendar(found: DueList, out: Path | None) -> None:
    from ui.exports.due import calendar_bytes

    if out is None:
        raise UsageError(f"日历要写进文件，请加 --out 文件名.{CALENDAR}")
    try:
        out.write_bytes(calendar_bytes(found, dt.datetime.now(dt.UTC)))
    except OSError as error:
        raise UsageError(f"不能写入 {out}（{error.strerror}）。") from error
    dated = sum(one.due is not None for one in found)
    note(f"已写入 {out}，{dated} 项" + (f"；{len(found) - dated} 项没有确定的日期，不在其中。" if dated < len(found) else "。"))


def _print(found: DueList, day: dt.date) -> None:
    rows = [
        (
            one.cited.fact.id[:SHORT],
            one.due.isoformat() + ("（推定）" if one.schedule.reckoned else "") if one.due else one.schedule.label,
            one.cited.fact.name,
            "、".join((*one.cited.fact.lead_units, *one.cited.fact.responsible_units)) or "—",
            one.schedule.words,
            one.state + ("（逾期）" if one.is_overdue(day) else ""),
            f"{in_marks(one.cited.title or one.cited.fact.source)}{' > '.join(one.cited.fact.section_path)}",
        )
        for one in found
    ]
    print_table(("编号", "到期日", "任务", "牵头、责任单位", "时限", "办理情况", "出处"), rows, ratios=(2, 3, 7, 6, 4, 3, 8))
    late = sum(one.is_overdue(day) for one in found)
    note("".join([f"截至 {day.isoformat()} 共 {len(found)} 项，其中逾期 {late} 项。", *found.notes()]))


def set_state(args: argparse.Namespace) -> int:
    """Keep how far a task is."""
    from cemai.supervision import record_state

    with open_library(args) as library:
        name = args.task.strip()
        tasks = [
            cited.fact for cited in library.tasks(all_versions=True) if len(name) >= SHORT and cited.fact.id.startswith(name)
        ]
        if len(tasks) != 1:
            many = f"“{name}”对应 {len(tasks)} 项任务，请写完整的编号" if tasks else f"没有编号为“{name}”的任务"
            raise UsageError(f"{many}（至少 {SHORT} 位）。用 cemai due 查看。")
        made = record_state(library.corpus, tasks[0], args.said, who=args.who, remark=args.remark, as_of=as_of_date(args))
        print(f"{tasks[0].name}：{made.state}" + (f"（{made.due} 那一期）" if made.due else ""))
    note(f"撤销：cemai due undo {made.id}")
    return 0


def undo(args: argparse.Namespace) -> int:
    """Take a state back."""
    from cemai.supervision import undo_state

    with open_library(args) as library:
        done = undo_state(library.corpus, args.entry.strip())
    print(f"已撤销：{done.source} 的一项任务“{done.state}”。")
    return 0


def history(args: argparse.Namespace) -> int:
    """List what the office said."""
    from cemai.supervision import list_states, lost_states

    with open_library(args) as library:
        found = lost_states(library.corpus) if args.lost else list_states(library.corpus)
        names = {fact.value.id: fact.value.name for fact in _facts_of(library, found)}
    if args.json:
        print_json([one.record() for one in found])
    elif found:
        heads = ("编号", "任务", "文件", "情况", "期次", "填报人", "日期", "备注", "现状")
        rows = [
            (one.id, names.get(one.task, "（原文已有改动）"), one.source, one.state, one.due or "—", one.who or "—", one.at[:10], one.remark,
             f"{one.undone_at[:10]} 撤销" if one.undone_at else "有效")
            for one in found
        ]  # fmt: skip
        print_table(heads, rows, ratios=(3, 6, 5, 2, 3, 2, 3, 4, 2))
    else:
        note("没有办理记录。用 cemai due set 任务编号 情况 记下。")
    return 0 if found else NOTHING


def _facts_of(library: Any, states: list[TaskState]) -> list[Any]:
    from graph.codec.records import TaskRecord

    ids = {one.document for one in states}
    rows = [info.row for info in library.corpus.heads.values() if info.id in ids]
    return list(library.corpus.facts(TaskRecord, documents=rows)) if rows else []
