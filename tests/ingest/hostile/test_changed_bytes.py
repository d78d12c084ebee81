"""M301–M306: files of the newer formats with parts of their XML or bytes changed by chance: each is read or refused with a reason."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import pytest

from corpus.errors import RefusedInput
from ingest.reader import read
from tests.ingest.formats.opendocument.test_opendocument import p
from tests.ingest.formats.opendocument.test_opendocument import package as opendocument
from tests.ingest.formats.test_ofd import LINES, by_line, by_strokes
from tests.ingest.formats.test_ofd import package as ofd
from tests.ingest.formats.test_presentation import TITLE, deck, shape, table

pytestmark = pytest.mark.hostile
MAIL = (
    "From: a@b.cn\r\nTo: c@d.cn\r\nSubject: =?utf-8?B?5YWz5LqO6Ziy5rGb55qE6YCa55+l?=\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n各乡镇要在6月底前完成。\r\n'
    '--x\r\nContent-Type: text/html; charset=gbk\r\nContent-Disposition: attachment; filename="a.html"\r\n\r\n<p>x</p>\r\n--x--\r\n'
).encode()
MARKDOWN = "# 某县通知\n\n一、做好防汛。\n\n| 任务 | 单位 |\n| --- | --- |\n| 排查 | 水务局 |\n\n<table><tr><td>甲</td></tr></table>\n".encode()
FILES: dict[str, Callable[[], bytes]] = {
    "M301.ofd": lambda: ofd(by_line(LINES[0], 35) + by_strokes() + by_line(LINES[3], 110), by_line(LINES[4], 40)),
    "M302.pptx": lambda: deck(TITLE, shape("一、防汛", numbered="arabicPeriod") + table(("任务", "单位"), ("排查", "水务局"))),
    "M303.odt": lambda: opendocument("text", p("某县通知") + p("一、做好防汛。")),
    "M304.eml": lambda: MAIL,
    "M305.md": lambda: MARKDOWN,
    "M306.zip.ofd": lambda: ofd(*[by_line(LINES[3], 40)] * 3),
}


def change(data: bytes, chance: random.Random) -> bytes:
    """The bytes with some of them changed, doubled or cut; of a package those of its parts, which its checksums would give away."""
    if not data.startswith(b"PK"):
        return _changed(data, chance)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            made.writestr(name, _changed(given.read(name), chance) if chance.random() < 0.5 else given.read(name))
    return out.getvalue()


def _changed(data: bytes, chance: random.Random) -> bytes:
    held = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(held) + 1)
        kind = chance.randrange(4)
        if kind == 0 and at < len(held):
            held[at] = chance.randrange(256)
        elif kind == 1:
            held[at:at] = held[max(0, at - 40) : at]
        elif kind == 2:
            del held[at : at + chance.randrange(1, 30)]
        else:
            held[at:at] = chance.choice((b"-1", b"1e308", b"99999999999999999999", b"\x00", b"<a>", b'"', "甲".encode()))
        if not held:
            break
    return bytes(held)


@pytest.mark.parametrize("name", FILES)
def test_changed_files_are_read_or_refused_with_a_reason(name: str) -> None:
    good = FILES[name]()
    assert read(good, name).text
    for seed in range(400):
        try:
            read(change(good, random.Random(seed)), name)
        except RefusedInput as refused:
            assert refused.reason != "timeout" and any("\u4e00" <= c <= "\u9fff" for c in refused.message), refused.message
