"""docs set, history, undo, split, join, doubts: what a person says of a document where the reader was wrong."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from corpus.corrections import FIELDS, Correction
from corpus.titles import in_marks
from ui.commands.shared import note, open_library, print_json, print_table

if TYPE_CHECKING:
    from cemai.library import Library
    from corpus.store import DocumentInfo

NOTHING = 1
ID = "编号、标题、文号或文件名"
SHOWN = 60
"""Doubts shown in the table unless more are asked for; with --json all of them."""


def register(sub: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands under ``docs``."""
    fields = "、".join(field.label for field in FIELDS.values() if field.type != "parts")
    p = sub.add_parser("set", parents=[common], help="更正要素，如：docs set 编号 标题=某某办法 地区=昆明市")
    p.add_argument("id", metavar=ID)
    p.add_argument("values", nargs="+", metavar="项目=内容", help=f"可以更正：{fields}；内容写“无”表示文件没有载明")
    p.add_argument("--who", metavar="姓名", help="谁更正的")
    p.add_argument("--note", metavar="说明", help="更正的依据")
    p.set_defaults(run=set_fields)
    p = sub.add_parser("history", parents=[common], help="更正的记录，可以按文件看")
    p.add_argument("id", nargs="?", metavar=ID)
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=history)
    p = sub.add_parser("undo", parents=[common], help="撤销更正，恢复读出的内容")
    p.add_argument("numbers", nargs="+", type=int, metavar="更正编号", help="用 docs history 查看")
    p.set_defaults(run=undo)
    p = sub.add_parser("split", parents=[common], help="指明文件里另有一份文件，从哪里开始")
    p.add_argument("id", metavar=ID)
    p.add_argument("start", metavar="开头", help="那一份开头的几个字（文中只出现一次），或第几个字")
    p.add_argument("end", nargs="?", metavar="结尾", help="到哪里为止（不含），写法相同；缺省到文末")
    p.add_argument("--who", metavar="姓名", help="谁更正的")
    p.set_defaults(run=split)
    p = sub.add_parser("join", parents=[common], help="指明文件里的第几份内含文件不是单独的一份")
    p.add_argument("id", metavar=ID)
    p.add_argument("number", type=int, metavar="第几份", help="用 docs show 查看“所附文件”")
    p.add_argument("--who", metavar="姓名", help="谁更正的")
    p.set_defaults(run=join)
    p = sub.add_parser("doubts", parents=[common], help="待核对的文件，影响大的在前")
    p.add_argument("--limit", type=int, metavar="条数", help=f"最多列出多少条（缺省 {SHOWN}）")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=doubts)


def set_fields(args: argparse.Namespace) -> int:
    """Correct fields of a document, all of those given or none."""
    from cemai.corrections import correct_fields, parse_assignment

    assignments = [parse_assignment(text) for text in args.values]
    with open_library(args) as library:
        info = library.find(args.id)
        made = correct_fields(library, [info.id], assignments, who=args.who, note=args.note)
        for correction in made:
            print(_sentence(library, info, correction))
    note(f"撤销：cemai docs undo {' '.join(str(correction.number) for correction in made)}")
    return 0


def history(args: argparse.Namespace) -> int:
    """List corrections, those taken back included."""
    from cemai.corrections import correction_record, written_correction

    with open_library(args) as library:
        id = library.find(args.id).id if args.id else None
        found = library.corrections(id)
        rows = [(c.number, c.source, c.label, *written_correction(library, c), c.who or "—", c.at[:10], _state(c)) for c in found]
        records = [correction_record(library, c) for c in found] if args.json else []
    if args.json:
        print_json(records)
    elif rows:
        heads = ("编号", "文件", "项目", "更正为", "原来读出", "更正人", "日期", "现状")
        print_table(heads, rows, ratios=(1, 5, 2, 6, 6, 2, 2, 2))
    else:
        note("还没有更正。用 cemai docs set 编号 项目=内容 更正。")
    return 0 if found else NOTHING


def undo(args: argparse.Namespace) -> int:
    """Take corrections back, all of those given or none."""
    with open_library(args) as library:
        for correction in reversed(library.undo_corrections(args.numbers)):
            print(f"已撤销对 {correction.source} 的{correction.label}的更正。")
    return 0


def split(args: argparse.Namespace) -> int:
    """Say where a document inside a file begins."""
    from cemai.corrections import find_start, split_document

    with open_library(args) as library:
        info = library.find(args.id)
        text = library.corpus.text(info.row)
        start = find_start(text, args.start)
        made = split_document(library, info.id, start, find_start(text, args.end) if args.end else None, who=args.who)
        parts = library.document(info.id).attached
        part = next((part for part in parts if part.span.start >= start), parts[-1])
        title = in_marks(part.head.title) if part.head.title else "没有读出标题的一份"
        print(f"{info.source}：从第 {part.span.start} 字起另作一份，{title}，现有 {len(parts)} 份内含文件。")
    note(f"撤销：cemai docs undo {made.number}")
    return 0


def join(args: argparse.Namespace) -> int:
    """Say that a document inside a file is none of its own."""
    from cemai.corrections import join_document

    with open_library(args) as library:
        info = library.find(args.id)
        made = join_document(library, info.id, args.number, who=args.who)
        print(f"{info.source}：第 {args.number} 份已并回，现有 {len(library.document(info.id).attached)} 份内含文件。")
    note(f"撤销：cemai docs undo {made.number}")
    return 0


def doubts(args: argparse.Namespace) -> int:
    """List what a person should look at, what depends on most first."""
    from cemai.doubts import count_documents, list_doubts

    with open_library(args) as library:
        found = list_doubts(library)
    shown = found[: args.limit] if args.limit else found if args.json else found[:SHOWN]
    if args.json:
        print_json([doubt.to_record() for doubt in shown])
    elif shown:
        rows = [
            (d.document[:8], d.title or f"（无标题）{d.source}", d.label, d.message, d.proposal or "—", d.weight) for d in shown
        ]
        print_table(("编号", "标题", "疑点", "说明", "建议", "影响"), rows, ratios=(2, 8, 3, 8, 6, 1))
        more = f"，这里列出 {len(shown)} 条，--limit 可以多列" if len(shown) < len(found) else ""
        note(f"{count_documents(found)} 份文件有 {len(found)} 条待核对{more}。更正或确认：cemai docs set 编号 项目=内容。")
    else:
        note("没有待核对的文件。")
    return 0 if found else NOTHING


def _sentence(library: Library, info: DocumentInfo, correction: Correction) -> str:
    from cemai.corrections import written_correction

    value, was = written_correction(library, correction)
    return f"{info.source}：{correction.label}更正为“{value}”（原来读出：{was}）。"


def describe(library: Library, correction: Correction) -> str:
    """A correction in one line: what it changed, who made it and when."""
    from cemai.corrections import written_correction

    value, was = written_correction(library, correction)
    by = f"{correction.who}，" if correction.who else ""
    remark = f"；{correction.note}" if correction.note else ""
    return f"{correction.label}：{value}（原来读出：{was}；{by}{correction.at[:10]}，更正编号 {correction.number}{remark}）"


def _state(correction: Correction) -> str:
    return f"{correction.undone_at[:10]} 撤销" if correction.undone_at else "有效"
