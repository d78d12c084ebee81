"""Libraries for tests of the store: small documents, read in this process, without a model."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from cemai.library import IngestReport, Library
from corpus.document import ParsedDocument
from ingest.reader import read
from tests.encoders import BlankEncoder

ROOT = Path(__file__).resolve().parents[1]
NOTICE = """云岫县人民政府关于{0}的通知
云岫政发〔2024〕{1}号
一、总体要求
到2025年，{0}覆盖率达到{2}%。
二、责任分工
{0}由县{3}局牵头负责，每季度检查一次。
云岫县人民政府
2024年5月{1}日
"""
SUBJECTS = ("河道管护", "校车安全", "水窖改造", "养老服务", "冬季供暖", "垃圾分类", "防汛抢险", "古树保护", "夜市管理")

TAKE_IN_AND_CRASH = """
import os, signal, sys
from pathlib import Path
from tests.stores import open_plain, take_in
library = open_plain(Path(sys.argv[1]))
*folded, last = map(Path, sys.argv[2:])
for paths, pages in ((folded, 4), ([last], 0)):  # so that some of it is in the file and the last in the log only
    library.corpus._db.execute(f"PRAGMA wal_autocheckpoint={pages}")
    for path in paths:
        take_in(library, [path])
os.kill(os.getpid(), signal.SIGKILL)
"""
"""A script for ``run_killed``: takes files, its other arguments, into the library that is its first."""


class DirectReader:
    """Reads files in this process: a reader of its own is a process of its own, which takes a second to start."""

    def read(self, data: bytes, source: str, **options: Any) -> ParsedDocument:
        """As ``SafeReader.read``."""
        return read(data, source, **options)


def write_notices(folder: Path, numbers: Iterable[int], *, percent: int = 90) -> list[Path]:
    """Write notices of a few lines, one of each number, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in numbers:
        subject = f"{SUBJECTS[number % len(SUBJECTS)]}{number // len(SUBJECTS) or ''}"
        path = folder / f"通知{number:03}.txt"
        path.write_text(
            NOTICE.format(subject, number % 28 + 1, percent, "水利民政教育住建"[number % 4 * 2 :][:2]), encoding="utf-8"
        )
        paths.append(path)
    return paths


def open_plain(folder: Path | str, **options: Any) -> Library:
    """Open a library, of either store, without an embedding model."""
    return Library.open(folder, encoder=BlankEncoder(), **options)


def take_in(library: Library, paths: Iterable[Path], **options: Any) -> IngestReport:
    """Ingest files in this process."""
    return library.ingest(list(paths), reader=DirectReader(), **options)  # type: ignore[arg-type]


def bytes_of_folder(folder: Path) -> dict[str, bytes]:
    """The content of every file of a folder, by path in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def run_killed(script: str, *arguments: object) -> None:
    """Run a script in a process of its own that ends itself by SIGKILL, as a crash does."""
    done = subprocess.run([sys.executable, "-c", script, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


class CountingConnection:
    """A connection of a library, of either store, that keeps the statements it is given."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.statements: list[str] = []

    def execute(self, sql: str, *values: Any) -> Any:
        """As the connection's own."""
        self.statements.append(sql)
        return self.connection.execute(sql, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


@contextmanager
def counting_statements(library: Library) -> Iterator[list[str]]:
    """The statements that the store of a library is given while the block runs."""
    corpus = library.corpus
    connection = corpus._db
    counting = CountingConnection(connection)
    corpus._db = cast("Any", counting)
    try:
        yield counting.statements
    finally:
        corpus._db = connection
