"""Mails as Outlook keeps them (.msg, [MS-OXMSG]): turned into a mail as it was sent, and read as one.

olefile reads the container; what its streams mean is read here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import HeaderParser
from email.utils import format_datetime
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.document import Issue
from corpus.errors import RefusedInput
from ingest.formats.mail import OpenedMail, bytes_of_file, read_mail
from ingest.formats.other_files import say_what_else
from ingest.limits import Limits
from ingest.raw import RawText

if TYPE_CHECKING:
    from olefile import OleFileIO

_DEEPEST = 3
"""How deep mails attached to mails are turned; one that lies deeper is named and not read."""
_CHINA = timezone(timedelta(hours=8))
"""Outlook keeps when a mail was sent in UTC, without the clock of its sender."""
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_SUBJECT, _TO, _CC, _BODY, _RTF, _HTML, _SENT = 0x0037, 0x0E04, 0x0E03, 0x1000, 0x1009, 0x1013, 0x0039
_TRANSPORT, _SENDER, _ADDRESS, _SMTP = 0x007D, 0x0C1A, 0x0C1F, 0x5D01
_CODE_PAGE, _CODE_PAGE_OF_TEXT = 0x3FDE, 0x3FFD
_DATA, _LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _METHOD, _MEDIA, _CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x3001, 0x3705, 0x370E, 0x3712
"""Properties of a mail, its sender, its encodings, its attachments."""
_MAIL, _OBJECT = 5, 6
"""Ways in which something is attached: a mail, an object of another program."""
_ENCODINGS = {65001: "utf-8", 950: "big5", 1252: "cp1252"}
"""By the number of a code page; all others as GB 18030, of which GB 2312 and GBK are parts."""
_RTF_ONLY = "邮件正文只有 Outlook 自己的格式（RTF），没有读入；请在 Outlook 里打开，另存为 .eml 或 .docx 后导入"


def read_outlook_mail(data: bytes, source: str, limits: Limits) -> RawText:
    """Read the mail itself, as ``mail.read_mail`` does.

    Raises:
        RefusedInput: for a damaged one.
    """
    converted, has_text = _convert(data, source, limits)
    raw = read_mail(converted, source, limits)
    issues = raw.issues if has_text else (*raw.issues, Issue("mostly_unread", _RTF_ONLY))
    return replace(raw, format="msg", issues=issues)


def open_outlook_mail(file: Path | BytesIO, source: str, limits: Limits) -> OpenedMail:
    """Open a mail for its attachments. Raises ``RefusedInput`` for one that is too large or broken."""
    return OpenedMail(_convert(bytes_of_file(file, source, limits), source, limits)[0], source, limits)


def _convert(data: bytes, source: str, limits: Limits) -> tuple[bytes, bool]:
    """A mail of Outlook as it would be sent (RFC 5322), and whether it has a text that can be read.

    Raises:
        RefusedInput: for a damaged one, and one whose streams share their bytes to become larger than any mail.
    """
    if find_spec("olefile") is None:
        raise RefusedInput(source, "unsupported", say_what_else("msg"))
    import olefile

    try:
        with olefile.OleFileIO(BytesIO(data)) as container:
            names = {"/".join(path) for path in container.listdir(streams=True, storages=True)}
            if sum("__attach_version1.0_" in name.rpartition("/")[2] for name in names) > limits.archive_members:
                raise RefusedInput(source, "size", f"邮件附件超过 {limits.archive_members} 个；请另存附件后导入")
            mail, has_text = _Storage(container, names, "", 32, [limits.part_bytes]).write(0)
    except _TooLarge as error:
        raise RefusedInput(source, "size", "邮件展开后的内容过大，不予读取；请在 Outlook 里另存附件后导入") from error
    except (OSError, ValueError, LookupError, struct.error, RecursionError) as error:
        raise RefusedInput(source, "broken", "邮件已损坏或不完整，无法读取；请在 Outlook 里打开后另存为 .eml，再导入") from error
    return mail.as_bytes(), has_text


class _TooLarge(Exception):
    """The streams read of one mail have more bytes than are allowed."""


class _Storage:
    """One storage of the container with properties: the mail, something attached, or a mail attached.

    Args:
        container: that was opened.
        names: of all its streams and storages.
        place: of this storage, empty for the root, else ending in ``/``.
        head: how many bytes stand before the list of its properties of fixed length.
        left: how many bytes may still be read of the whole mail.
    """

    def __init__(self, container: OleFileIO, names: set[str], place: str, head: int, left: list[int]) -> None:
        self.container, self.names, self.place, self.left = container, names, place, left
        self.fixed: dict[int, bytes] = {}
        listed = self._stream("__properties_version1.0")[head:]
        for at in range(0, len(listed) - 15, 16):
            _, number = struct.unpack_from("<HH", listed, at)
            self.fixed[number] = listed[at + 8 : at + 16]
        page = self.whole(_CODE_PAGE_OF_TEXT) or self.whole(_CODE_PAGE)
        self.encoding = _ENCODINGS.get(page, "gb18030")

    def _stream(self, name: str) -> bytes:
        if self.place + name not in self.names:
            return b""
        content: bytes = self.container.openstream((self.place + name).split("/")).read()
        self.left[0] -= len(content)
        if self.left[0] < 0:
            raise _TooLarge
        return content

    def whole(self, number: int) -> int:
        """A property that is a number, 0 where there is none."""
        return int(struct.unpack("<i", self.fixed[number][:4])[0]) if number in self.fixed else 0

    def binary(self, number: int) -> bytes:
        """A property that is bytes."""
        return self._stream(f"__substg1.0_{number:04X}0102")

    def text(self, number: int) -> str:
        """A property that is a text, in either of its forms."""
        if wide := self._stream(f"__substg1.0_{number:04X}001F"):
            return wide.decode("utf-16-le", "replace").rstrip("\x00")
        return self._stream(f"__substg1.0_{number:04X}001E").decode(self.encoding, "replace").rstrip("\x00")

    def write(self, depth: int) -> tuple[Message, bool]:
        """The mail, and whether it has a text that can be read; ``depth`` is how deep it lies in others."""
        mail = MIMEMultipart()
        mail["Subject"] = _encoded(self.text(_SUBJECT))
        sender, address = self.text(_SENDER), self.text(_SMTP) or self.text(_ADDRESS)
        shown = f"{sender} <{address}>" if "@" in address and address != sender else sender or address
        for name, value in (("From", shown), ("To", self.text(_TO)), ("Cc", self.text(_CC))):
            if value:
                mail[name] = _encoded(value)
        if sent := self._sent():
            mail["Date"] = sent
        plain, page = self.text(_BODY), self._page()
        if plain.strip():
            mail.attach(MIMEText(plain, "plain", "utf-8"))
        elif page is not None:
            mail.attach(page)
        for attached in self._attachments(depth):
            mail.attach(attached)
        return mail, bool(plain.strip()) or page is not None or not self.binary(_RTF)

    def _page(self) -> Message | None:
        """The text as a page, where there is one."""
        if written := self.text(_HTML):
            return MIMEText(written, "html", "utf-8")
        if not (raw := self.binary(_HTML)):
            return None
        page = MIMEBase("text", "html", charset=_ENCODINGS.get(self.whole(_CODE_PAGE), "gb18030"))
        _hold(page, raw)
        return page

    def _sent(self) -> str:
        """When it was sent: as its head says that came with it, else as Outlook noted it."""
        if date := HeaderParser().parsestr(self.text(_TRANSPORT)).get("Date"):
            return " ".join(str(date).split())
        ticks = int(struct.unpack("<Q", self.fixed[_SENT])[0]) if _SENT in self.fixed else 0
        try:
            return format_datetime((_EPOCH + timedelta(microseconds=ticks // 10)).astimezone(_CHINA)) if ticks else ""
        except (OverflowError, ValueError):
            return ""

    def _attachments(self, depth: int) -> Iterator[Message]:
        beginning = self.place + "__attach_version1.0_"
        for name in sorted(name for name in self.names if name.startswith(beginning) and "/" not in name[len(self.place) :]):
            yield _Storage(self.container, self.names, name + "/", 8, self.left).attached(depth, self.encoding)

    def attached(self, depth: int, encoding: str) -> Message:
        """What is attached here, to a mail whose texts are in an encoding."""
        self.encoding = encoding
        name = self.text(_LONG_NAME) or self.text(_SHORT_NAME) or self.text(_SHOWN_NAME)
        inner = f"{self.place}__substg1.0_{_DATA:04X}000D"
        if self.whole(_METHOD) == _MAIL and inner in self.names and depth < _DEEPEST:
            mail, _ = _Storage(self.container, self.names, inner + "/", 24, self.left).write(depth + 1)
            return MIMEMessage(mail)
        part = MIMEBase("application", "octet-stream")
        media = self.text(_MEDIA).partition("/")
        if (
            media[0].isalpha()
            and media[0] not in ("multipart", "message", "text")
            and media[2].isascii()
            and media[2].isprintable()
            and "/" not in media[2]
        ):
            part.set_type("/".join((media[0], media[2])))
        if self.whole(_METHOD) == _OBJECT:
            name = f"{name or '嵌入的对象'}.ole"
        _hold(part, self.binary(_DATA))
        content_id = "".join(self.text(_CONTENT_ID).split()) if part.get_content_maintype() == "image" else ""
        if content_id.isascii() and content_id:
            part["Content-ID"] = f"<{content_id}>"
            part.add_header("Content-Disposition", "inline", filename=("utf-8", "", name))
        else:
            part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
        return part


def _encoded(value: str) -> str:
    return Header(" ".join(value.split()), "utf-8", maxlinelen=0).encode()


def _hold(part: Message, content: bytes) -> None:
    from email.encoders import encode_base64

    part.set_payload(content)
    encode_base64(part)
