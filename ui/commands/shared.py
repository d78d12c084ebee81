"""What several commands share: opening the library, filters, printing for people and for programs."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from corpus.filters import STATUSES, Filters
from ingest.formats.registry import list_formats

if TYPE_CHECKING:
    from rich.console import Console

    from cemai.library import Library, Progress

UNWRAPPED = frozenset(
    {"序号", "编号", "日期", "时效", "警告", "年份", "类别", "影响", "疑点", "项目", "更正人", "现状", "到期日"}
)
"""Columns of short values that never wrap; the others share the width."""
FORMATS = ("table", "json", "csv", "xlsx", "docx")

PATIENCE = 600.0
"""Seconds that an import waits for another program to finish writing."""


def open_library(args: argparse.Namespace, *, create: bool = False) -> Library:
    """The library the command line names; only commands that write make a missing one."""
    from cemai.library import Library

    return Library.open(args.library, create=create, model=args.model)


def library_place(args: argparse.Namespace) -> Path | str:
    """The folder of the library that the command line names, or of the library of this person, or its address."""
    from cemai.settings import default_place

    place: Path | str = args.library or default_place()
    return place if isinstance(place, str) else place.absolute()


def library_folder(args: argparse.Namespace) -> Path:
    """Where the library is that the command line names, or the library of this person. Raises ``UsageError`` for a database."""
    place = library_place(args)
    if isinstance(place, str):
        raise UsageError("这个库在数据库里，没有文件夹：备份请用 pg_dump，或用 cemai copy 复制成文件夹后再备份。")
    return place


def add_filters(parser: argparse.ArgumentParser) -> None:
    """The conditions that searches and answers can be limited to."""
    parser.add_argument("--region", metavar="地区", help="只看某地及其下级，如 甘南州")
    parser.add_argument("--topic", metavar="主题", help="只看有这一主题任务的文件，如 医疗保障")
    parser.add_argument("--year", metavar="年份", type=int, help="只看这一年成文（或发布）的文件")
    parser.add_argument("--level", metavar="层级", help="国家、省、市州、县、乡镇")
    parser.add_argument("--issuer", metavar="机关", help="发文机关名称中含有的字")
    add_status(parser)
    parser.add_argument("--file-format", metavar="格式", dest="file_format", help=list_formats(archives=False))


def add_status(parser: argparse.ArgumentParser) -> None:
    """The status documents must have, and the day it is judged for."""
    parser.add_argument("--status", metavar="时效", help="、".join(STATUSES))
    parser.add_argument("--as-of", metavar="日期", help="按哪一天判断时效（默认今天）")


def add_all_versions(parser: argparse.ArgumentParser) -> None:
    """The switch that counts copies and former versions too."""
    parser.add_argument("--all-versions", action="store_true", help="副本和旧版本也计入（缺省时每份文件只计一次）")


def note_folded(folded: int) -> None:
    """Say on stderr how many copies and former versions a list left out, and how to see them."""
    from graph.queries.counted import describe_folded

    if folded:
        note(f"{describe_folded(folded)[:-1]}，加 --all-versions 一并列出。")


def filters_of(args: argparse.Namespace) -> Filters:
    """The conditions given on the command line; a region nobody knows is a usage error, not an empty result."""
    if args.region:
        known_region(args.region)
    return Filters(
        region=args.region,
        topic=args.topic,
        year=args.year,
        level=args.level,
        issuer=args.issuer,
        status=args.status,
        format=args.file_format,
    )


def known_region(name: str) -> None:
    """Raise ``UsageError`` for a name that no administrative division has."""
    from corpus.divisions import gazetteer

    if not gazetteer().named(name):
        raise UsageError(f"行政区划里没有“{name}”。请写全称或通用简称，如 甘肃省、甘南州、三都县。")


def known_place(name: str) -> None:
    """Raise ``UsageError`` for a name that neither a division nor a group of regions has."""
    from corpus.region_groups import unknown_in

    if (unknown := unknown_in(name)) is not None:
        known_region(unknown)


def as_of_date(args: argparse.Namespace) -> dt.date | None:
    """The date answers are given for, or None for today."""
    if not args.as_of:
        return None
    try:
        return dt.date.fromisoformat(args.as_of)
    except ValueError as error:
        raise UsageError(f"--as-of 要写成 2025-06-30 这样的日期，现在是“{args.as_of}”。") from error


def local_minute(stamp: str) -> str:
    """A kept moment (ISO 8601) as the clock of this machine shows it: 2026-11-30 09:05."""
    return dt.datetime.fromisoformat(stamp).astimezone().strftime("%Y-%m-%d %H:%M")


def print_json(value: Any) -> None:
    """One JSON value on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def console(*, tables: bool = False) -> Console:
    """A console for text, or for tables: these have 120 columns where stdout is no terminal.

    Lines of text are left to the terminal to fold: rich breaks them at spaces, of which Chinese text has few.
    """
    from rich.console import Console

    width = None if sys.stdout.isatty() else 120
    return Console(highlight=False, markup=False, emoji=False, width=width, soft_wrap=not tables)


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, ratios: Sequence[int] | None = None) -> None:
    """A table for people: Chinese widths, long cells wrapped."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, expand=ratios is not None, show_edge=False, pad_edge=False)
    for i, header in enumerate(headers):
        short = header in UNWRAPPED
        table.add_column(header, ratio=ratios[i] if ratios and not short else None, no_wrap=short, overflow="fold")
    for row in rows:
        table.add_row(*[Text("" if cell is None else str(cell)) for cell in row])
    console(tables=True).print(table)


def note(message: str) -> None:
    """Print a message for people on stderr, where it does not mix with the results."""
    print(message, file=sys.stderr)


@contextmanager
def progress(label: str) -> Iterator[Progress]:
    """A callback that shows on stderr how far work is: a bar on a terminal, otherwise one line for every tenth of the work."""
    if not sys.stderr.isatty():
        yield _tenths(label)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = [TextColumn(f"{{task.{name}}}", markup=False) for name in ("description", "fields[count]", "fields[what]")]
    # results that are written meanwhile go to stdout, untouched
    bar = Progress(columns[0], BarColumn(24), *columns[1:], console=Console(stderr=True), transient=True, redirect_stdout=False)
    with bar:
        task = bar.add_task(label, total=None, count="", what="")

        def show(done: int, total: int, what: str) -> None:
            count = f"{done}/{total}" if total else ""
            bar.update(task, completed=done, total=total or None, count=count, what=what[-48:])

        yield show


def _tenths(label: str) -> Progress:
    last = -1

    def show(done: int, total: int, what: str) -> None:
        nonlocal last
        if total > 10 and done * 10 // total > last:
            last = done * 10 // total
            note(f"{label} {done}/{total}")
        elif not total:
            note(what)

    return show


def write_table(table: Any, format: str, out: Path | None) -> None:
    """Write an export table in a file format; text formats go to stdout where no file is named."""
    from ui.exports import write

    if out is None:
        if format in ("xlsx", "docx"):
            raise UsageError(f"{format} 要写进文件，请加 --out 文件名.{format}")
        import io

        buffer = io.BytesIO()
        write(table, format, buffer)
        sys.stdout.write(buffer.getvalue().decode("utf-8-sig"))
        return
    try:
        write(table, format, out)
    except OSError as error:
        raise UsageError(f"不能写入 {out}（{error.strerror}）。文件若在 Excel 或 Word 中打开，请先关闭。") from error
    note(f"已写入 {out}")
