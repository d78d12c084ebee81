"""today and incoming: what a unit has to look at, and what came in."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from corpus.titles import in_marks
from ui.commands.shared import as_of_date, known_region, note, open_library, print_json

if TYPE_CHECKING:
    from cemai.incoming import AnswerChange, IncomingDocument
    from cemai.today import DaySummary, OwnUnit
    from qa.answer import AnswerCitation

NOTHING = 1
SHOWN = 20
"""Lines of a section on the terminal; with --json all."""
QUOTE = 100


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    p = verbs.add_parser("today", parents=[common], help="今日：新来文、将到期和已到期的文件、到期任务、有变化的答案、待核对")
    _add_conditions(p)
    p.add_argument("--keep", action="store_true", help="记住 --unit 和 --region，以后不写也按它们（都不写即清除）")
    p.set_defaults(run=today)
    p = verbs.add_parser("incoming", parents=[common], help="收文提醒：新来的文件带来的新任务、结束的职责、变更的数额和时限")
    _add_conditions(p)
    p.set_defaults(run=incoming)


def _add_conditions(p: argparse.ArgumentParser) -> None:
    p.add_argument("--unit", metavar="单位", help="如 州医保局，连同机构改革前的旧名")
    p.add_argument("--region", metavar="地区", help="某地，连同其下级和上级的文件")
    p.add_argument("--since", metavar="日期", help="从哪一天起算新来文（默认 7 天前）")
    p.add_argument("--as-of", metavar="日期", help="按哪一天判断（默认今天）")
    p.add_argument("--json", action="store_true", help="输出 JSON")


def _since(args: argparse.Namespace, day: dt.date) -> str:
    from cemai.incoming import days_back

    if not args.since:
        return days_back(day)
    try:
        dt.datetime.fromisoformat(args.since)
    except ValueError as error:
        raise UsageError(f"--since 要写成 2025-06-30 这样的日期，现在是“{args.since}”。") from error
    return str(args.since)


def _own(args: argparse.Namespace, library: Any) -> OwnUnit:
    from cemai.today import OwnUnit, load_own_unit

    if args.region:
        known_region(args.region)
    return OwnUnit(args.unit, args.region) if args.unit or args.region else load_own_unit(library.corpus)


def today(args: argparse.Namespace) -> int:
    """Everything a day has."""
    from cemai.today import OwnUnit, keep_own_unit, summarize_day

    day = as_of_date(args) or dt.date.today()
    with open_library(args) as library:
        if args.keep:
            own = OwnUnit(args.unit, args.region)
            if args.region:
                known_region(args.region)
            keep_own_unit(library.corpus, own)
        else:
            own = _own(args, library)
        found = summarize_day(library, own, since=_since(args, day), as_of=day)
    if args.json:
        print_json(found.record())
    else:
        _print_day(found)
    return NOTHING if found.is_quiet else 0


def incoming(args: argparse.Namespace) -> int:
    """What came in."""
    from cemai.incoming import changed_answers, find_incoming, saved_answers

    day = as_of_date(args) or dt.date.today()
    with open_library(args) as library:
        own = _own(args, library)
        since = _since(args, day)
        found = find_incoming(library, since, unit=own.unit, region=own.region, as_of=day)
        answers = changed_answers(library, saved_answers(library.corpus), day) if found else []
    if args.json:
        print_json({"since": since, "documents": [one.record() for one in found], "answers": [one.record() for one in answers]})
    elif found:
        for one in found:
            _print_incoming(one)
        _print_answers(answers)
    else:
        note(f"{since} 以来没有新来文。")
    return 0 if found else NOTHING


def _print_day(found: DaySummary) -> None:
    whose = "".join(filter(None, (found.own.region, found.own.unit))) or "整个文档库"
    print(f"{found.as_of.isoformat()}　{whose}")
    if found.incoming:
        print(f"\n新来文 {len(found.incoming)} 份（{found.since} 以来）")
        for one in found.incoming[:SHOWN]:
            _print_incoming(one)
    if found.expiring:
        print(f"\n有效期 {len(found.expiring)} 份")
        for ending in found.expiring[:SHOWN]:
            left = f"还有 {ending.left} 天" if ending.left >= 0 else f"已过 {-ending.left} 天"
            print(f"  {ending.until}（{left}）{in_marks(ending.info.head.title or ending.info.source)}")
    if found.due:
        print(f"\n未办结的任务 {len(found.due)} 项，其中逾期 {len(found.overdue)} 项")
        for task in found.due[:SHOWN]:
            late = "逾期　" if task.is_overdue(found.as_of) else ""
            print(
                f"  {task.due}　{late}{task.cited.fact.name}（{task.state}）　{in_marks(task.cited.title or task.cited.fact.source)}"
            )
    _print_answers(found.answers)
    if found.doubts:
        print(f"\n待核对的文件 {found.documents_to_check} 份（cemai docs doubts）")
    if found.is_quiet:
        note("没有要处理的事。放入新文件、在文件里写明时限，或用 --unit、--region 换一个单位和地区。")


def _print_incoming(one: IncomingDocument) -> None:
    from cemai.incoming import CHANGES
    from graph.documents.named import describe_document

    replaced = f"　代替{'、'.join(describe_document(info) for info in one.replaced)}" if one.replaced else ""
    print(f"  {one.info.added_at[:10]}　{describe_document(one.info)}{replaced}{'　' + one.note if one.note else ''}")
    for change in one.changes:
        print(f"    {CHANGES[change.kind]}：{change.name}")
        _print_quotes([change.before] if change.before else [], [change.after] if change.after else [])


def _print_answers(answers: Any) -> None:
    changed: list[AnswerChange] = list(answers)
    if changed:
        print(f"\n有变化的答案 {len(changed)} 条")
    for one in changed[:SHOWN]:
        print(f"  {one.question}（cemai ask --replay {one.id[:8]}）")
        _print_quotes(one.before, one.after)


def _print_quotes(before: Any, after: Any) -> None:
    quotes: list[tuple[str, AnswerCitation]] = [*(("原", cited) for cited in before), *(("现", cited) for cited in after)]
    for label, cited in quotes:
        words = " ".join(cited.quote.split())
        print(f"      {label}：“{words if len(words) <= QUOTE else words[: QUOTE - 1] + '…'}”")
