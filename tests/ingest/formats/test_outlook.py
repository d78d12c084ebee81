"""Mails of Outlook (.msg): the mail is a document, its attachments are others; what cannot be read is said.

The containers are written here, from their specification ([MS-CFB], [MS-OXMSG]), so that every form of a property can be made.
"""

from __future__ import annotations

import random
import struct
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from corpus.errors import RefusedInput
from ingest.files import gather
from ingest.formats.sniff import detect
from ingest.reader import read

pytest.importorskip("olefile", reason="olefile is not installed: mails of Outlook are refused")

TREE = dict[str, "bytes | TREE"]
WIDE, NARROW, BYTES = "001F", "001E", "0102"


def compound(tree: TREE) -> bytes:
    """An OLE container of version 3: sectors of 512 bytes, all streams in sectors of their own size class."""
    entries: list[list] = [["Root Entry", 5, -1, -1, -1, 0, b""]]

    def add(tree: TREE, parent: int) -> None:
        numbers = []
        for name, content in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
            number = len(entries)
            entries.append(
                [name, 2 if isinstance(content, bytes) else 1, -1, -1, -1, 0, content if isinstance(content, bytes) else b""]
            )
            numbers.append(number)
            if not isinstance(content, bytes):
                add(content, number)
        entries[parent][4] = numbers[0] if numbers else -1
        for left, right in pairwise(numbers):
            entries[left][3] = right

    add(tree, 0)
    small = b""
    mini: list[int] = []
    for entry in entries[1:]:
        if entry[1] == 2 and 0 < len(entry[6]) < 4096:
            entry[5] = len(mini)
            count = -(-len(entry[6]) // 64)
            mini += [len(mini) + i + 1 for i in range(count - 1)] + [-2]
            small += entry[6].ljust(count * 64, b"\0")
    sectors: list[bytes] = []
    fat: list[int] = []

    def put(data: bytes) -> int:
        first, count = len(sectors), -(-len(data) // 512)
        for i in range(count):
            sectors.append(data[i * 512 : i * 512 + 512].ljust(512, b"\0"))
            fat.append(len(fat) + 1 if i < count - 1 else -2)
        return first if count else -2

    for entry in entries[1:]:
        if entry[1] == 2 and len(entry[6]) >= 4096:
            entry[5] = put(entry[6])
    entries[0][5] = put(small)
    minifat = put(struct.pack(f"<{len(mini)}i", *mini)) if mini else -2
    listed = b""
    for number, (name, kind, left, right, child, start, content) in enumerate(entries):
        size = len(small) if number == 0 else len(content)
        raw = name.encode("utf-16-le") + b"\0\0"
        listed += struct.pack("<64sHBBiii16sIQQiQ", raw, len(raw), kind, 1, left, right, child, b"", 0, 0, 0, start, size)
    directory = put(listed)
    count = 1
    while count * 128 < len(fat) + count:
        count += 1
    first = len(fat)
    fat += [-3] * count
    table = struct.pack(f"<{count * 128}i", *fat, *[-1] * (count * 128 - len(fat)))
    places = [first + i for i in range(count)] + [-1] * (109 - count)
    head = struct.pack("<8s16sHHHHH6sIIiIIiIiI", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 62, 3, 0xFFFE, 9, 6, b"", 0, count, directory, 0, 4096, minifat, max(1, -(-len(mini) * 4 // 512)), -2, 0)  # fmt: skip
    return head + struct.pack("<109i", *places) + b"".join(sectors) + table


def prop(number: int, kind: str, value: bytes) -> tuple[str, bytes]:
    return f"__substg1.0_{number:04X}{kind}", value


def wide(number: int, text: str) -> tuple[str, bytes]:
    return prop(number, WIDE, text.encode("utf-16-le"))


def fixed(head: int, **numbers: int) -> tuple[str, bytes]:
    rows = b"".join(struct.pack("<HHIq", 3, int(name[1:], 16), 6, value) for name, value in numbers.items())
    return "__properties_version1.0", b"\0" * head + rows


def attachment(name: str, data: bytes, **numbers: int) -> TREE:
    return dict([fixed(8, **({"p3705": 1} | numbers)), wide(0x3707, name), prop(0x3701, BYTES, data)])


SENT = int((datetime(2025, 6, 3, 1, 30, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
TEXT = "各乡镇：\n请于6月20日前报送防汛物资清单，联系电话0941-8210001。\n"


def mail(*streams: tuple[str, bytes], attached: tuple[TREE, ...] = (), head: int = 32, **numbers: int) -> TREE:
    tree: TREE = {"__nameid_version1.0": {"__substg1.0_00020102": b""}}
    tree |= dict([wide(0x0037, "关于报送防汛物资清单的通知"), wide(0x0C1A, "云岭县应急管理局"), wide(0x0E04, "各乡镇; 县水务局")])
    tree |= dict([fixed(head, p0039=SENT, **numbers), *streams])
    tree |= {f"__attach_version1.0_#{i:08X}": each for i, each in enumerate(attached)}
    return tree


HTML = "<html><body><p>各乡镇：</p><p>请于<b>6月20日</b>前报送。</p><p style='display:none'>看不见</p></body></html>"
BODIES = {
    "unicode": (mail(wide(0x1000, TEXT)), "请于6月20日前报送防汛物资清单"),
    "gbk": (mail(prop(0x1000, NARROW, TEXT.encode("gbk")), p3FFD=936), "请于6月20日前报送防汛物资清单"),
    "gbk, no code page": (mail(prop(0x1000, NARROW, TEXT.encode("gbk"))), "请于6月20日前报送防汛物资清单"),
    "utf-8": (mail(prop(0x1000, NARROW, TEXT.encode()), p3FFD=65001), "请于6月20日前报送防汛物资清单"),
    "a page in bytes": (mail(prop(0x1013, BYTES, HTML.encode("gb18030")), p3FDE=936), "请于6月20日前报送。"),
    "a page in utf-8": (mail(prop(0x1013, BYTES, HTML.encode()), p3FDE=65001), "请于6月20日前报送。"),
    "a page as text": (mail(wide(0x1013, HTML)), "请于6月20日前报送。"),
    "long, in large sectors": (mail(wide(0x1000, TEXT + "附注。" * 3000)), "请于6月20日前报送防汛物资清单"),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_text_is_read_in_whatever_form_it_is_kept(name: str) -> None:
    tree, words = BODIES[name]
    data = compound(tree)
    assert detect(data, "来信").name == "msg"
    doc = read(data, "来信.msg")
    assert doc.format == "msg" and doc.head.title == "关于报送防汛物资清单的通知"
    assert words in doc.text and "看不见" not in doc.text
    assert "发件人：云岭县应急管理局" in doc.text and "收件人：各乡镇; 县水务局" in doc.text
    assert "发送时间：2025年6月3日 09:30" in doc.text


def test_attachments_are_documents_and_the_rest_is_named(tmp_path: Path) -> None:
    inner = mail(
        wide(0x1000, "转上级通知，请办理。"), attached=(attachment("清单.csv", "物资,数量\n沙袋,500\n".encode()),), head=24
    )
    forwarded = dict([fixed(8, p3705=5), wide(0x3001, "转发")]) | {"__substg1.0_3701000D": inner}
    logo = attachment("logo.png", b"\x89PNG") | dict([wide(0x3712, "logo@1"), wide(0x370E, "image/png")])
    parts = (
        attachment("方案.txt", TEXT.encode()),
        attachment("录像.mp4", b"x"),
        attachment("图.bin", b"x", p3705=6),
        logo,
        forwarded,
    )
    path = tmp_path / "来信.msg"
    path.write_bytes(compound(mail(wide(0x1000, TEXT), attached=parts)))
    found = gather([path])
    inner_name = "来信.msg/关于报送防汛物资清单的通知.eml"
    assert [item.source for item in found] == ["来信.msg", "来信.msg/方案.txt", inner_name, f"{inner_name}/清单.csv"]
    assert found.inputs[1].read() == TEXT.encode() and found.inputs[1].origin == f"{path.resolve()}/方案.txt"
    assert [refused.source for refused in found.refused] == ["来信.msg/录像.mp4", "来信.msg/图.bin.ole"]
    issues = {issue.code: issue.message for issue in read(path.read_bytes(), path.name).issues}
    assert "录像.mp4" in issues["attachments"] and "1 张图片" in issues["pictures"]


def test_a_text_in_outlooks_own_format_alone_is_named() -> None:
    doc = read(compound(mail(prop(0x1009, BYTES, b"\x00" * 64))), "a.msg")
    assert next(issue.message for issue in doc.issues if issue.code == "mostly_unread").startswith("邮件正文只有 Outlook")


@pytest.mark.hostile
def test_streams_that_share_bytes_do_not_become_gigabytes() -> None:
    """M231: two hundred attachments whose streams are the same 4 MB."""
    data = bytearray(
        compound(
            mail(wide(0x1000, TEXT), attached=(attachment("a.txt", b"x" * (4 << 20)), *[attachment("b.txt", b"y" * 5000)] * 200))
        )
    )
    names = [
        at for at in range(0, len(data) - 128, 128) if data[at : at + 40].startswith("__substg1.0_37010102".encode("utf-16-le"))
    ]
    first = next(data[at + 116 : at + 128] for at in names if struct.unpack_from("<Q", data, at + 120)[0] == 4 << 20)
    for at in names:
        data[at + 116 : at + 128] = first
    with pytest.raises(RefusedInput) as caught:
        read(bytes(data), "a.msg")
    assert caught.value.reason == "size" and "请" in caught.value.message


@pytest.mark.hostile
@pytest.mark.parametrize("seed", range(60))
def test_damaged_mails_are_read_or_refused(seed: int) -> None:
    """M232: bytes changed or cut anywhere."""
    chance = random.Random(seed)
    data = bytearray(compound(mail(wide(0x1000, TEXT), attached=(attachment("方案.txt", TEXT.encode()),))))
    for _ in range(chance.randrange(1, 40)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        read(bytes(data[: chance.randrange(600, len(data))] if seed % 3 == 0 else data), "a.msg")
    except RefusedInput as refused:
        assert refused.reason in ("broken", "unsupported", "empty", "mismatch", "binary", "size", "markup")
