"""ingest, docs, export, doctor: documents in, out, and in order."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.titles import in_marks
from corpus.unread import list_unread
from graph.codec.columns import UNSTATED
from ingest.formats.registry import list_formats
from ui.commands import corrections, mirroring
from ui.commands.corrections import ID
from ui.commands.shared import (
    PATIENCE,
    add_filters,
    as_of_date,
    filters_of,
    known_region,
    library_folder,
    note,
    open_library,
    print_json,
    print_table,
    progress,
)
from ui.labels import SORTS

if TYPE_CHECKING:
    from cemai.library import Library
    from ui.desk.desk import ShelfEntry

NOTHING, REFUSED = 1, 3
SHOWN = 50
"""Warnings and faults listed one by one; more of them help nobody."""


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    p = verbs.add_parser(
        "ingest",
        parents=[common],
        help=f"导入文件或文件夹（{list_formats()}；装有 LibreOffice 时还有 {list_formats(convertible=True)}）",
    )
    p.add_argument("paths", nargs="*", type=Path, metavar="路径")
    p.add_argument("--region", metavar="地区", help="指定这些文件的地区（缺省由文中判断）")
    p.add_argument("--ocr", action="store_true", help="扫描页之外，PDF 页中的图片也作文字识别（须已安装识别组件）")
    p.add_argument("--again", action="store_true", help="未变化的文件也重新读取")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    mirroring.add_options(p)
    p.set_defaults(run=ingest)

    docs = verbs.add_parser("docs", parents=[common], help="查看和管理库中的文档")
    docs.set_defaults(run=lambda args: docs.print_help() or 2)
    sub = docs.add_subparsers(metavar="动作", title="动作", parser_class=type(docs))
    p = sub.add_parser("list", parents=[common], help="文档清单")
    add_filters(p)
    p.add_argument("--removed", action="store_true", help="只列已移除、可恢复的")
    p.add_argument("--query", metavar="词", default="", help="标题、文号、机关或文件名里的词")
    p.add_argument("--doubts", action="store_true", help="只列待核对的")
    p.add_argument("--sort", metavar="顺序", choices=SORTS, help="；".join(f"{name} {label}" for name, label in SORTS.items()))
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=list_documents)
    for name, run, text in (("show", show, "一份文档的要素、提纲和警告"), ("text", text_of, "一份文档的全文")):
        p = sub.add_parser(name, parents=[common], help=text)
        p.add_argument("id", metavar=ID)
        if name == "show":
            p.add_argument("--json", action="store_true", help="输出 JSON")
        p.set_defaults(run=run)
    for name, run, text in (("remove", remove, "移除（可恢复）"), ("restore", restore, "恢复已移除的文档")):
        p = sub.add_parser(name, parents=[common], help=text)
        p.add_argument("ids", nargs="+", metavar=ID)
        p.set_defaults(run=run)
    p = sub.add_parser("purge", parents=[common], help="彻底清除已移除的文档（不可恢复）")
    p.set_defaults(run=purge)
    p = sub.add_parser("status", parents=[common], help="设定时效，如：docs status 编号 废止")
    p.add_argument("id", metavar=ID)
    p.add_argument("status", metavar="时效", help="现行有效、已废止、已修订……；写 - 取消设定")
    p.add_argument("--note", metavar="说明", help="设定的依据")
    p.set_defaults(run=status)
    corrections.register(sub, common)

    p = verbs.add_parser("export", parents=[common], help="把整个库导出为 JSON 文件")
    p.add_argument("folder", type=Path, metavar="文件夹")
    p.set_defaults(run=export)
    p = verbs.add_parser("doctor", parents=[common], help="检查文档库")
    p.add_argument("--repair", action="store_true", help="重建全部索引")
    p.add_argument("--accept", action="store_true", help="库文件被换过、变旧或清空后，确认就用现在这一份")
    p.set_defaults(run=doctor)


def ingest(args: argparse.Namespace) -> int:
    """Take in files and say what became of each."""
    if args.region:
        known_region(args.region)
    mirroring.check_options(args)
    if args.mirror:
        return mirroring.follow_folder(args)
    with open_library(args, create=True) as library, progress("导入") as show:
        report = library.ingest(args.paths, region=args.region, ocr=args.ocr, again=args.again, progress=show, patience=PATIENCE)
    if args.json:
        print_json(report.record())
    else:
        mirroring.say_ingested(report)
    return REFUSED if report.refused else 0


def list_documents(args: argparse.Namespace) -> int:
    """List the documents that meet the conditions."""
    from corpus.store.codec import head_record

    with open_library(args) as library:
        total = len(library.corpus)
        entries = _chosen(library, args)
        works = len(entries) if args.removed else library.count_works([e.info for e in entries], as_of=as_of_date(args))
    if args.json:
        print_json(
            [
                {
                    "id": entry.info.id,
                    "source": entry.info.source,
                    **head_record(entry.info.head),
                    "corrected": sorted(entry.info.head.corrected),
                    "format": entry.info.format,
                    "sha256": entry.info.sha256,
                    "warnings": list(entry.info.warnings),
                    "validity": entry.status,
                    "user_status": entry.info.user_status,
                }
                for entry in entries
            ]
        )
    elif entries:
        print_table(
            ("编号", "标题", "地区", "文号", "日期", "时效", "警告"),
            [
                (
                    entry.info.id[:8],
                    entry.info.head.title or f"（无标题）{entry.info.source}",
                    entry.info.head.region or "—",
                    entry.info.head.doc_number or "—",
                    entry.info.head.issued_on or entry.info.head.published_on or "—",
                    entry.status,
                    len(entry.info.warnings) or "",
                )
                for entry in entries
            ],
            ratios=(3, 16, 6, 6, 4, 4, 2),
        )
        note(f"共 {len(entries)} 份{f'，副本和旧版本不重复计算为 {works} 份' if works < len(entries) else ''}。")
    elif args.removed:
        note("没有已移除的文档。")
    elif total:
        note("没有符合条件的文件。请减少一个条件，或换一个词。")
    else:
        note("文档库是空的。用 cemai ingest 路径 导入文件。")
    return 0 if entries else NOTHING


def _chosen(library: Library, args: argparse.Namespace) -> list[ShelfEntry]:
    """The documents of the list, each with its status."""
    import datetime as dt

    from cemai.doubts import list_doubts
    from graph.documents.status import statuses
    from ui.desk.catalogue import CatalogueQuery, select_entries
    from ui.desk.desk import ShelfEntry

    filters, day = filters_of(args), as_of_date(args)
    if args.removed:
        return [ShelfEntry(info, library.validity(info, day).status, "", frozenset()) for info in library.corpus.removed()]
    states = statuses(library.corpus, day or dt.date.today())
    entries = [
        ShelfEntry(info, states[info.row].status, states[info.row].reason, frozenset())
        for info in library.documents(filters, as_of=day)
    ]
    doubtful = frozenset(doubt.document for doubt in list_doubts(library)) if args.doubts else frozenset()
    return select_entries(entries, CatalogueQuery(query=args.query, doubtful=args.doubts, sort=args.sort), doubtful)


def show(args: argparse.Namespace) -> int:
    """Show one document's head matter, outline and warnings."""
    from corpus.store.codec import document_record, section_records

    with open_library(args) as library:
        info = library.find(args.id)
        doc = library.corpus.document(info.row)
        validity = library.validity(info)
        corrected = [("人工更正", corrections.describe(library, c)) for c in library.corrections(info.id) if not c.undone_at]
    record = document_record(doc)
    if args.json:
        print_json({**record, "validity": validity.status, "user_status": info.user_status, "sections": section_records(doc)})
        return 0
    names = {
        "title": "标题", "issuers": "发文机关", "region": "地区", "level": "层级", "doc_number": "文号", "index_number": "索引号",
        "issued_on": "成文日期", "published_on": "发布日期", "status": "文中时效", "kind": "文种", "plan_period": "规划期",
    }  # fmt: skip
    rows: list[tuple[str, object]] = [("编号", doc.id), ("文件", doc.source)]
    for field, label in names.items():
        value = record[field]
        if isinstance(value, list):
            value = "、".join(value)
        if isinstance(value, dict):
            value = f"{value['start']}—{value['end']}"
        mark = "（人工更正）" if field in doc.head.corrected else "（推定）" if value and field in doc.head.inferred else ""
        rows.append((label, f"{value or UNSTATED}{mark}"))
    rows.append(("时效判断", f"{validity.status}：{validity.reason}"))
    rows += corrected
    rows += [("引据", f"{r.relation}{in_marks(r.title)}{r.doc_number or ''}") for r in doc.head.based_on]
    rows += [
        ("所附文件", f"{part.head.title or '（无标题）'}｜{part.head.region or '—'}｜{part.head.status or '—'}")
        for part in doc.attached
    ]
    unread = list_unread(doc.issues)
    rows += [(f"未读：{part.label}", part.message) for part in unread]
    kinds = {part.kind for part in unread}
    rows += [("注意", issue.message) for issue in doc.issues if issue.code not in kinds]
    print_table(("项目", "内容"), rows, ratios=(1, 6))
    for section in doc.outline:
        if section.number or section.kind in ("title", "attachment"):
            print("  " * section.depth + section.label.replace("\n", ""))
    return 0


def text_of(args: argparse.Namespace) -> int:
    """Print the frozen text, character for character."""
    import sys

    with open_library(args) as library:
        sys.stdout.write(library.corpus.text(library.find(args.id).row))
    return 0


def remove(args: argparse.Namespace) -> int:
    """Remove documents."""
    with open_library(args) as library:
        for name in args.ids:
            info = library.remove(name)
            print(f"已移除 {info.source}。恢复：cemai docs restore {info.id[:8]}")
        library.bring_indexes()
    return 0


def restore(args: argparse.Namespace) -> int:
    """Restore removed documents."""
    with open_library(args) as library:
        for name in args.ids:
            print(f"已恢复 {library.restore(name).source}。")
        library.bring_indexes()
    return 0


def purge(args: argparse.Namespace) -> int:
    """Erase removed documents for good, and say where else they may still be."""
    from cemai.purging import purge_library

    with open_library(args) as library:
        done = purge_library(library)
    print(f"已彻底清除 {done.erased} 份。{'上次没有清完的残余也清掉了。' if done.resumed else ''}")
    for folder in done.elsewhere:
        note(f"{folder} 里的副本还含有这些文件（从备份恢复时会再清除一次）；要立即清掉，请删除它。")
    return 0


def status(args: argparse.Namespace) -> int:
    """Set or clear a document's status."""
    with open_library(args) as library:
        info = library.set_status(args.id, None if args.status == "-" else args.status, args.note)
        validity = library.validity(info)
    print(f"{info.source}：{validity.status}（{validity.reason}）")
    return 0


def export(args: argparse.Namespace) -> int:
    """Export the library as JSON."""
    with open_library(args) as library:
        counts = library.export(args.folder)
    print("，".join(f"{name}.json {count} 条" for name, count in counts.items()))
    return 0


def doctor(args: argparse.Namespace) -> int:
    """Check the library against itself, and against what is remembered of it."""
    if args.accept:
        from cemai.backups import accept_library

        accept_library(library_folder(args))
    with open_library(args, create=args.accept) as library:
        faults = library.doctor(repair=args.repair)
        count = len(library.corpus)
    for fault in faults[:SHOWN]:
        print(fault)
    if len(faults) > SHOWN:
        print(f"（另有 {len(faults) - SHOWN} 处没有列出）")
    print(
        f"{count} 份文档，{'发现 ' + str(len(faults)) + ' 处问题' if faults else '未发现问题'}。"
        + ("索引已重建。" if args.repair else "")
    )
    return NOTHING if faults else 0
