"""search, ask, compare: what the library answers."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from corpus.filters import Filters
from corpus.text import readable, split_names
from corpus.titles import in_marks
from graph.codec.columns import UNSTATED
from qa.understanding.follow_ups import spoken_of
from ui.commands.batch import LONGEST, BatchEntry, Record, run_batch
from ui.commands.shared import (
    FORMATS,
    add_filters,
    add_status,
    as_of_date,
    console,
    filters_of,
    known_place,
    note,
    open_library,
    print_json,
    print_table,
    write_table,
)
from ui.labels import NOTICES

if TYPE_CHECKING:
    from cemai.library import Library
    from qa.answer import Answer, AnswerCitation, Comparison, Understanding

NOTHING, REFUSED = 1, 3


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    p = verbs.add_parser("search", parents=[common], help="找出处：与问题最相关的段落")
    p.add_argument("query", nargs="?", metavar="问题")
    add_filters(p)
    p.add_argument("--top", type=int, default=None, metavar="N", help="条数（默认 10，成批时 100）")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.add_argument("--batch", type=Path, metavar="文件", help='成批：每行一个 {"_id", "text"}')
    p.add_argument("--out", type=Path, metavar="文件", help="成批结果写到这里")
    p.set_defaults(run=search)

    p = verbs.add_parser("ask", parents=[common], help="问政策：由原文组成的答案")
    p.add_argument("question", nargs="?", metavar="问题")
    add_filters(p)
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.add_argument("--after", action="append", default=[], metavar="上一问", help="接着哪一问问（可写多次，先问的在前）")
    p.add_argument("--replay", metavar="编号", help="把问过的一条重新问一遍，说明有什么变化（有变化时返回 1）")
    p.add_argument(
        "--batch", type=Path, metavar="文件", help='成批：每行一个 {"id", "question"}，追问另写 "after"（上一问或它的 id）'
    )
    p.add_argument("--out", type=Path, metavar="文件", help="成批结果写到这里")
    p.set_defaults(run=ask)

    p = verbs.add_parser("compare", parents=[common], help="比地区：一个主题或问题，各地并列，逐格注明出处")
    p.add_argument("subject", nargs="?", metavar="主题或问题")
    p.add_argument("--versions", metavar="旧,新", help="新旧对照：两份文件逐条比较（写文件编号或文件名）")
    p.add_argument(
        "--carried-out", metavar="上级,下级", help="落实对照：上级文件的任务和目标，下级文件写到了哪些；可写三级：国家,省,市"
    )
    p.add_argument("--regions", metavar="甲,乙,…", help="要比的地区，可写合称如 京津冀、31个省（缺省为库中全部）")
    p.add_argument("--below", action="store_true", help="比所写地区的下级地区")
    p.add_argument("--instead", metavar="编号,…", help="用这些文件代替各地缺省的文件（写文件编号）")
    add_status(p)
    p.add_argument("--format", choices=FORMATS, default="table", help="输出格式")
    p.add_argument("--out", type=Path, metavar="文件", help="写到文件")
    p.set_defaults(run=compare)


def search(args: argparse.Namespace) -> int:
    """Search for one query, or for a file of them."""
    filters, as_of = filters_of(args), as_of_date(args)
    if args.batch:
        return _search_batch(args)
    if args.query is None:
        raise UsageError("请写出要找的内容，如：cemai search 医保参保资助")
    with open_library(args) as library:
        hits = library.search(readable(args.query)[:LONGEST], filters=filters, top=args.top or 10, as_of=as_of)
        _tell_missing(library)
    if args.json:
        print_json([hit.record() for hit in hits])
    else:
        out = console()
        for number, hit in enumerate(hits, 1):
            place = " > ".join(hit.section_path)
            page = f"（第 {hit.page} 页）" if hit.page else ""
            damaged = f"（{NOTICES['damaged']}）" if hit.damaged else ""
            out.print(f"{number}. {in_marks(hit.title or hit.source)}{place}{page}{damaged}", style="bold")
            out.print("   " + " ".join(hit.text.split()))
    if not hits:
        note("没有找到。换个说法，或去掉筛选条件再试。")
    return 0 if hits else NOTHING


def _tell_missing(library: Library) -> None:
    if count := library.searcher.without_vectors:
        note(f"有 {count} 段还没有当前语义模型的向量，这次只按词面查找。运行 cemai doctor --repair 补算。")


def _search_batch(args: argparse.Namespace) -> int:
    """Search for every line of a file; status 3 where lines failed."""
    if not args.out:
        raise UsageError("成批检索要用 --out 指明结果写到哪个文件。")
    filters: Filters | None = filters_of(args)
    with open_library(args) as library:
        filters = library.resolved(filters, as_of_date(args))

        def found(entry: BatchEntry) -> Record:
            hits = library.searcher.search(entry.text, filters=filters, top=args.top or 100, fold=False)
            return {"_id": entry.id, "hits": [hit.record() for hit in hits]}

        failed = run_batch(args.batch, args.out, "检索", found, {"_id": None, "hits": []})
    return REFUSED if failed else 0


def ask(args: argparse.Namespace) -> int:
    """Answer one question, or a file of them."""
    as_of = as_of_date(args)
    filters = filters_of(args)
    if args.replay is not None:
        if args.question or args.batch or filters:
            raise UsageError("--replay 用当时的问题和筛选条件，不能再写问题、筛选条件或 --batch。")
        from ui.commands.feedback import replay

        return replay(args, as_of)
    if args.batch:
        return _ask_batch(args, filters, as_of)
    if args.question is None:
        raise UsageError("请写出问题，如：cemai ask 过渡期医保资助政策")
    if len(args.question) > LONGEST:
        note(f"问题超过 {LONGEST} 字，只看前 {LONGEST} 字。")
    with open_library(args) as library:
        after = [readable(question)[:LONGEST] for question in args.after]
        answer = library.ask(readable(args.question)[:LONGEST], filters=filters, as_of=as_of, after=after)
        kept = library.corpus.answer(answer.id) is not None
        _tell_missing(library)
    if args.json:
        print_json(answer.record())
    else:
        print_answer(answer, kept=kept)
    return NOTHING if answer.status == "not_found" else 0


def _ask_batch(args: argparse.Namespace, filters: Filters, as_of: dt.date | None) -> int:
    """Answer every line of a file; status 3 where lines failed."""
    if not args.out:
        raise UsageError("成批提问要用 --out 指明结果写到哪个文件。")
    understood: dict[object, Understanding | None] = {}
    with open_library(args) as library:

        def answered(entry: BatchEntry) -> Record:
            before = understood.get(entry.after[0]) if len(entry.after) == 1 else None
            after = () if before else entry.after
            answer = library.ask(entry.text, filters=filters, as_of=as_of, previous=before, after=after, keep=False)
            understood[entry.id] = answer.understood
            return {**answer.record(), "id": entry.id}

        empty: Record = {"id": None, "answer": "", "citations": [], "notices": [], "nearest": []}
        failed = run_batch(args.batch, args.out, "作答", answered, empty)
    return REFUSED if failed else 0


def print_answer(answer: Answer, *, kept: bool = True) -> None:
    """An answer for people: notices, the point, then the places."""
    out = console()
    for notice in answer.notices:
        out.print(f"【注意】{notice.text}", style="yellow")
    if answer.understood and answer.understood.kept:
        out.print(spoken_of(answer.understood), style="dim")
    out.print(answer.answer)
    if answer.citations:
        out.print("\n出处：", style="bold")
        for number, c in enumerate(answer.citations, 1):
            place = " > ".join(c.section_path)
            serial = f"（{c.doc_number}）" if c.doc_number else ""
            page = f" 第 {c.page} 页" if c.page else ""
            out.print(
                f"[{number}] {in_marks(c.title or c.source)}{serial}{c.region or ''} {place}{page}（第 {c.start}—{c.end} 字）"
            )
    if answer.nearest:
        out.print("\n最接近的内容（不能直接回答问题）：", style="bold")
        for hit in answer.nearest[:3]:
            out.print(f"· {in_marks(hit.title or hit.source)}{' > '.join(hit.section_path)}：{' '.join(hit.text.split())[:120]}…")
    later = f"（以后可用 cemai ask --replay {answer.id} 重新核对）" if kept else "（没有保存：文档库只读，或正被另一个程序写入）"
    out.print(f"\n编号 {answer.id}{later}", style="dim")


def compare(args: argparse.Namespace) -> int:
    """Put regions side by side."""
    regions = split_names(args.regions) if args.regions else None
    for name in regions or ():
        known_place(name)
    if sum(value is not None for value in (args.subject, args.versions, args.carried_out)) != 1:
        raise UsageError(
            "请写一个主题或问题（如：cemai compare 医疗保障），或用 --versions 旧,新、--carried-out 上级,下级 之一。"
        )
    as_of = as_of_date(args)
    with open_library(args) as library:
        if args.versions is not None:
            comparison = library.versions(*_two(args.versions), as_of=as_of)
        elif args.carried_out is not None:
            comparison = library.carried_out(*_chain(args.carried_out), as_of=as_of)
        else:
            comparison = library.compare(
                readable(args.subject),
                regions=regions,
                as_of=as_of,
                status=args.status,
                below=args.below,
                instead=split_names(args.instead),
            )
    if args.format == "table":
        print_comparison(comparison)
    elif args.format == "json" and args.out is None:
        print_json(comparison.record())
    else:
        write_table(comparison, args.format, args.out)
    if any(cell.text for row in comparison.rows for cell in row.cells):
        return 0
    note("没有可以并列的内容。换个说法，或用 cemai docs list 看库里有哪些地区的文件。")
    return NOTHING


def _two(listed: str) -> tuple[str, str]:
    names = split_names(listed)
    if len(names) != 2:
        raise UsageError("请写两份文件的编号或文件名，中间用逗号分开。编号见 cemai docs list。")
    return names[0], names[1]


def _chain(listed: str) -> list[str]:
    names = split_names(listed)
    if len(names) not in (2, 3):
        raise UsageError("请写两份或三份文件的编号或文件名，从上级到下级，中间用逗号分开。编号见 cemai docs list。")
    return names


def print_comparison(comparison: Comparison) -> None:
    """A comparison for people: the table, what differs, and the places, those of one section under one number."""
    from ui.exports.comparison_layout import TURNED_FROM

    out = console()
    for notice in comparison.notices:
        out.print(f"【注意】{notice.text}", style="yellow")
    places: dict[tuple[str, tuple[str, ...]], dict[AnswerCitation, None]] = {}
    numbers: dict[tuple[str, tuple[str, ...]], int] = {}

    def marks(citations: Sequence[AnswerCitation]) -> str:
        for citation in citations:
            section = (citation.source_id, citation.section_path)
            numbers.setdefault(section, len(numbers) + 1)
            places.setdefault(section, {})[citation] = None
        return "".join(f"[{n}]" for n in dict.fromkeys(numbers[c.source_id, c.section_path] for c in citations))

    graded = comparison.form == "落实对照"
    states = ("时效", *(column.status for column in comparison.columns), *(("",) if graded else ()))
    rows = [states] if comparison.columns else []
    for row in comparison.rows:
        cells = [f"{c.text}{marks(c.citations)}" if c.text else UNSTATED for c in row.cells]
        rows.append((row.aspect, *cells, *((f"{row.grade}：{row.because}",) if graded else ())))
    if len(comparison.regions) >= TURNED_FROM:
        turned = [(region, *(row[i + 1] for row in rows)) for i, region in enumerate(comparison.regions)]
        print_table(("地区", *(row[0] for row in rows)), turned, ratios=(2, *([5] * len(rows))))
    else:
        heads = ("方面", *comparison.regions, *(("落实情况",) if graded else ()))
        print_table(heads, rows, ratios=(2, *([5] * len(comparison.regions)), *((3,) if graded else ())))
    told = {f"{row.grade}：{row.aspect}（{row.because}）" for row in comparison.rows}  # the table has them
    for line in comparison.differences:
        if line not in told:
            out.print(f"· {line}")
    for section, cited in places.items():
        first = next(iter(cited))
        serial = f"（{first.doc_number}）" if first.doc_number else ""
        spans = "、".join(f"{c.start}—{c.end}" for c in sorted(cited, key=lambda c: c.start))
        trail = " > ".join(first.section_path)
        out.print(f"[{numbers[section]}] {in_marks(first.title or first.source)}{serial}{trail}（第 {spans} 字）")
