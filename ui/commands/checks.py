"""check: questions of one's own with what is expected, after an import or an upgrade."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import StoreError, UsageError
from ui.commands.shared import console, local_minute, note, open_library, print_json, progress

if TYPE_CHECKING:
    from cemai.checks import CheckReport

NOTHING = 1
_ABOUT = """文件每行一个 JSON：question 是问题；document（应引用的文件，写编号、标题、文号或文件名，可以写几个）、
words（答案里应有的词，可以写几个）、refusal（true 表示文件没有说，应答“未载明”）写应得的结果；
另可写 id、region、filters、as_of、after。cemai feedback export 导出的评价可以直接用。
上次的结果（对错和出处，不含原文）记在库里，用 --last 可改记在文件里。有错时返回 1。"""


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    p = verbs.add_parser("check", parents=[common], help="用自己的考题检查答案：哪些对，和上次比哪些变了", description=_ABOUT)
    p.add_argument("questions", type=Path, metavar="考题.jsonl", help="每行一个问题和应得的结果")
    p.add_argument("--last", type=Path, metavar="文件", help="上次的结果记在这个文件里，而不记在库里")
    p.add_argument("--no-keep", action="store_true", help="不记下这一次的结果")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=check)


def check(args: argparse.Namespace) -> int:
    """Ask every question of a file; status 1 where an answer is not what is expected."""
    from cemai.checks import PREFIX, parse_questions, run_checks

    try:
        text = args.questions.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{args.questions} 不是 UTF-8 编码的文本，请另存为 UTF-8。") from error
    except OSError as error:
        raise UsageError(f"不能读 {args.questions}（{error.strerror}）。") from error
    questions = parse_questions(text)
    name = PREFIX + args.questions.name
    with open_library(args) as library:
        before = _read_last(args.last) if args.last else library.corpus.setting(name)
        with progress("检查") as show:
            report = run_checks(library, questions, before=before, progress=show)
        if not args.no_keep:
            if args.last:
                _write_last(args.last, report.kept())
            else:
                try:
                    library.corpus.set_setting(name, report.kept())
                except StoreError as error:
                    note(f"这次的结果没有记下（{error}）可用 --last 文件 记在别处。")
    if args.json:
        print_json(report.record())
    else:
        _print_report(report)
    return NOTHING if report.count("wrong") else 0


def _read_last(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"不能读 {path}。") from error


def _write_last(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"不能写入 {path}（{error.strerror}）。") from error


def _print_report(report: CheckReport) -> None:
    out = console()
    for outcome, title in (("wrong", "不对"), ("open", "待看")):
        found = [item for item in report.checked if item.outcome == outcome]
        if found:
            out.print(f"{title}（{len(found)}）：", style="bold")
        for item in found:
            out.print(f"· {item.question}")
            out.print(f"  {'；'.join(item.reasons) or '没有写应得的结果'}")
    if report.before is None:
        note("第一次检查，没有上次可比。")
    else:
        worse = sum(change.worse for change in report.changes)
        better = sum(change.better for change in report.changes)
        out.print(
            f"和 {local_minute(report.before)} 那次比：{len(report.changes)} 处不同，其中变好 {better}、变差 {worse}。",
            style="bold",
        )
        for change in sorted(report.changes, key=lambda change: (not change.worse, not change.better)):
            out.print(f"· {change.question}：{change.what}")
        if report.dropped:
            out.print(f"上次有、这次没有的问题：{len(report.dropped)} 个。")
    out.print(f"{len(report.checked)} 题：对 {report.count('right')}，错 {report.count('wrong')}，待看 {report.count('open')}。")
