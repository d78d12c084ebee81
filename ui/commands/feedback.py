"""Answers, feedback, and ask --replay: the answers that were given, what people said of them, what changed since."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from ui.commands.shared import console, local_minute, note, open_library, print_json, print_table
from ui.labels import VERDICTS

if TYPE_CHECKING:
    from corpus.store import KeptAnswer
    from qa.answers.replay import Replay

NOTHING = 1
SHOWN = 50
_WORDS = {"对": "right", "正确": "right", "错": "wrong", "错误": "wrong", "不全": "incomplete", "不完整": "incomplete"}
_STATUSES = {"answered": "已回答", "partial": "部分回答", "not_found": "未载明"}


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    p = verbs.add_parser("answers", parents=[common], help="问过的问题和当时的答案")
    kinds = p.add_subparsers(dest="action", metavar="动作", required=True)
    q = kinds.add_parser("list", parents=[common], help="列出问过的问题，新的在前")
    q.add_argument("--limit", type=int, default=SHOWN, metavar="N", help=f"条数（默认 {SHOWN}）")
    q.add_argument("--json", action="store_true", help="输出 JSON")
    q.set_defaults(run=list_answers)
    q = kinds.add_parser("show", parents=[common], help="显示当时的答案")
    q.add_argument("id", metavar="编号")
    q.add_argument("--json", action="store_true", help="输出 JSON")
    q.set_defaults(run=show_answer)

    p = verbs.add_parser(
        "feedback",
        parents=[common],
        help="评价一条答案，或导出全部评价",
        description="cemai feedback 编号 right|wrong|incomplete [--note 说明]；cemai feedback export 文件.jsonl",
    )
    p.add_argument("id", metavar="编号", help="答案的编号（ask 的输出里有），或 export")
    p.add_argument("value", metavar="评价", help="right 正确、wrong 错误、incomplete 不完整；export 时写文件名，- 为标准输出")
    p.add_argument("--note", metavar="说明", help="错在哪里，缺什么")
    p.set_defaults(run=feedback)


def list_answers(args: argparse.Namespace) -> int:
    """The questions that were asked."""
    if args.limit < 1:
        raise UsageError("--limit 要是正整数。")
    with open_library(args) as library:
        kept = library.answers(limit=args.limit)
    if args.json:
        print_json([_record(item) for item in kept])
    elif kept:
        rows = [
            (
                item.id,
                local_minute(item.asked_at),
                _STATUSES.get(item.payload["status"], ""),
                _judged(item),
                item.payload["question"],
            )
            for item in kept
        ]
        print_table(("编号", "时间", "结论", "评价", "问题"), rows)
    else:
        note("还没有问过问题。")
    return 0 if kept else NOTHING


def show_answer(args: argparse.Namespace) -> int:
    """One answer as it was given."""
    with open_library(args) as library:
        item = library.kept_answer(args.id)
    if args.json:
        print_json(_record(item))
        return 0
    value = item.payload
    out = console()
    out.print(f"问：{value['question']}", style="bold")
    asked = value.get("asked", {})
    conditions = "，".join(f"{name}={held}" for name, held in asked.get("filters", {}).items())
    out.print(
        f"{local_minute(item.asked_at)}，按 {value['as_of']} 判断时效，库版本 {value['generation']}{'，' + conditions if conditions else ''}"
    )
    worded = value.get("worded") or value
    for notice in worded["notices"]:
        out.print(f"【注意】{notice['text']}", style="yellow")
    out.print(worded["answer"] if not value.get("erased") else "（当时引用的文件已被彻底清除，答案文字不再保存。）")
    for number, c in enumerate(value["citations"], 1):
        place = " > ".join(c["section_path"])
        out.print(f"[{number}] 《{c['title'] or c['source']}》{place}（第 {c['start']}—{c['end']} 字）")
    for entry in value.get("feedback", ()):
        out.print(f"评价：{VERDICTS.get(entry['verdict'], entry['verdict'])}{'，' + entry['note'] if entry.get('note') else ''}")
    return 0


def replay(args: argparse.Namespace, as_of: dt.date | None) -> int:
    """Ask again and show what changed; status 1 where the answer is another one now."""
    with open_library(args) as library:
        found = library.replay(args.replay, as_of=as_of)
    if args.json:
        print_json(found.record())
    else:
        _print_replay(found)
    return NOTHING if found.changed else 0


def _print_replay(found: Replay) -> None:
    out = console()
    out.print(f"问：{found.then['question']}", style="bold")
    out.print(f"当时：{local_minute(found.asked_at)}，按 {found.then['as_of']} 判断时效；现在按 {found.now.as_of}。")
    for line in found.library:
        out.print(line)
    if not found.changed:
        out.print("答案没有变化，引文逐字相同。")
        return
    out.print(f"有 {len(found.differences)} 处变化：", style="bold")
    for difference in found.differences:
        out.print(f"· {difference.text}")
    out.print("\n现在的答案：", style="bold")
    out.print(found.now.answer)


def feedback(args: argparse.Namespace) -> int:
    """Keep a verdict, or write them all as evaluation questions."""
    with open_library(args) as library:
        if args.id == "export":
            rows = library.feedbacks()
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            if args.value == "-":
                print(text, end="")
            else:
                try:
                    Path(args.value).write_text(text, encoding="utf-8")
                except OSError as error:
                    raise UsageError(f"不能写入 {args.value}（{error.strerror}）。") from error
                note(f"已写入 {args.value}：{len(rows)} 条评价。" if rows else f"还没有评价，{args.value} 是空的。")
            return 0 if rows else NOTHING
        kept = library.feedback(args.id, _WORDS.get(args.value, args.value), args.note)
    note(f"已记下：“{kept.payload['question']}”的答案{VERDICTS[kept.payload['feedback'][-1]['verdict']]}。")
    return 0


def _record(item: KeptAnswer) -> dict[str, Any]:
    return {**item.payload, "id": item.id, "asked_at": item.asked_at}


def _judged(item: KeptAnswer) -> str:
    entries = item.payload.get("feedback") or []
    return VERDICTS.get(entries[-1]["verdict"], "") if entries else ""
