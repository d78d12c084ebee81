"""REST for the pages of a PDF as pictures, the quoted place marked."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from ingest.formats.registry import has_page_pictures
from ui.rest.requests import CurrentDesk, Failure

SECONDS = 15
KEPT = 48
BOXES = r"^(\d{1,5}(\.\d{1,2})?,){3}\d{1,5}(\.\d{1,2})?(;(\d{1,5}(\.\d{1,2})?,){3}\d{1,5}(\.\d{1,2})?)*$|^$"
_DRAWING = threading.BoundedSemaphore(2)
_KEPT_PAGES: OrderedDict[tuple[str, int, str, bool], bytes] = OrderedDict()
"""Pictures by the checksum of the file, page, boxes and part: the same bytes give the same picture in every library."""
_PROGRAM = Path(__file__).with_name("page_picture.py")


router = APIRouter()


@router.get("/documents/{id}/pages/{number}", summary="PDF 的一页（图片，可标出引文处）", response_class=Response)
def page(
    desk: CurrentDesk,
    id: str,
    number: int,
    boxes: Annotated[str, Query(max_length=4000, pattern=BOXES)] = "",
    part: bool = False,
) -> Response:
    with desk.state():
        entry = desk.entry(id)
        if entry is None or not has_page_pictures(entry.info.format) or not 1 <= number <= 100_000:
            raise Failure(404, "page", "没有这一页：只有 PDF 文件有页面图片。")
        key = (entry.info.sha256, number, boxes, part)
        picture = _KEPT_PAGES.get(key)
        data = desk.original(entry.info.id)[1] if picture is None else b""
    if picture is None:
        picture = _KEPT_PAGES[key] = draw(data, number, boxes, part=part)
        while len(_KEPT_PAGES) > KEPT:
            with suppress(KeyError):
                _KEPT_PAGES.popitem(last=False)
    return Response(picture, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def draw(data: bytes, number: int, boxes: str = "", *, part: bool = False) -> bytes:
    """The picture of a page, drawn by a program of its own that is stopped when it takes too long."""
    command = [sys.executable, "-I", str(_PROGRAM), str(number), boxes, "part" if part else "whole"]
    try:
        with _DRAWING:
            done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failure(504, "page", "这一页画得太久，已停止。请看“原文”，或下载原始文件。") from error
    if done.returncode or not done.stdout.startswith(b"\x89PNG"):
        raise Failure(404, "page", "这一页画不出来：没有这一页，或文件已损坏。请看“原文”，或下载原始文件。")
    return done.stdout
