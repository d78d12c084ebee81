"""Taking in one uploaded file: a safe name, a stable place (so that a new version replaces the old one), a report in words."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cemai.library import IngestReport, Library, Progress
from corpus.errors import LeaseLost, LibraryBusy, PolicyError
from corpus.store import Corpus
from ingest.formats.contents import extension
from ingest.formats.registry import ENDINGS, list_formats
from ui.desk.desk import Desk

if TYPE_CHECKING:
    from ingest.worker import SafeReader

LIMIT = 50 * 1024 * 1024
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)


def safe_name(name: str) -> str:
    """A file name that stays in its folder on every system: no path, no control or direction characters, at most 180 bytes."""
    name = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    if _RESERVED.match(stem):
        stem = "_" + stem
    while len(stem.encode("utf-8", "replace")) > 160:
        stem = stem[:-1]
    return f"{stem or '未命名'}{dot}{suffix[:16]}"


def refusal(name: str, data: bytes) -> tuple[str, str] | None:
    """Reason and message where a file is refused before it is read."""
    if extension(safe_name(name)) not in ENDINGS:
        return "format", f"不支持这种格式。请转成 {list_formats(records=False, last=' 或 ')} 后再放入。"
    if not data:
        return "empty", "文件是空的。请检查原文件是否完整。"
    if len(data) > LIMIT:
        return "too_large", "文件超过 50 MB。请拆分后再放入。"
    return None


def take_in(
    desk: Desk,
    name: str,
    data: bytes,
    region: str | None = None,
    progress: Progress | None = None,
    reader: SafeReader | None = None,
    guard: Callable[[Corpus], AbstractContextManager[None]] | None = None,
) -> dict[str, Any]:
    """Store one upload. Returns ``{"source", "state", "id", "message", "warnings"}``; state is 已入库 已替换 未变 or 未收.

    With a ``guard`` it is stored inside what that makes of the store. Raises ``LeaseLost`` where the guard does.
    """
    name = safe_name(name)
    if (refused := refusal(name, data)) is not None:
        return _refused(name, *refused)

    def work(library: Library) -> IngestReport:
        with nullcontext(desk.uploads) if desk.uploads else tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = place / name
            try:
                path.write_bytes(data)
                with guard(library.corpus) if guard else nullcontext():
                    return library.ingest([path], region=region or None, progress=progress, reader=reader)
            finally:
                path.unlink(missing_ok=True)  # the library keeps the bytes; the place only names the version line

    try:
        report = desk.change(work)
    except LeaseLost:
        raise
    except PolicyError as error:
        return _refused(name, "busy" if isinstance(error, LibraryBusy) else "error", str(error))
    if report.refused and not (report.added or report.replaced or report.unchanged):
        first = report.refused[0]
        return _refused(name, first.reason, first.message)
    warnings = [w for found in report.warnings.values() for w in found]
    warnings += [f"{Path(refused.source).name}：{refused.message}" for refused in report.refused]
    state, sources = next(
        (
            (label, values)
            for label, values in (("已替换", report.replaced), ("已入库", report.added), ("未变", report.unchanged))
            if values
        ),
        ("未收", []),
    )
    source = sources[0] if sources else name
    many = f"，共 {len(sources)} 条记录" if len(sources) > 1 else ""
    words = {
        "已入库": f"已入库{many}",
        "已替换": f"已替换旧版本{many}",
        "未变": f"与库中文件相同，未作改动{many}",
        "未收": "文件里没有可用的内容。",
    }
    id = report.ids.get(source)
    return {"source": source, "state": state, "id": id, "message": words[state], "warnings": warnings}


def _refused(source: str, reason: str, message: str) -> dict[str, Any]:
    return {"source": source, "state": "未收", "id": None, "reason": reason, "message": message, "warnings": []}
