"""Mails as they were sent (.eml): the mail is a document, and each file attached to it another."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parsedate_to_datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import RefusedInput
from ingest.formats.builder import TextBuilder
from ingest.formats.contents import extension
from ingest.formats.registry import ENDINGS
from ingest.formats.text import decode, list_first, odd_characters, unify_newlines
from ingest.formats.web.dom import SILENT, blocks, clean, is_hidden, write
from ingest.limits import Limits
from ingest.raw import RawText

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_LABELS = {"from": "发件人", "to": "收件人", "cc": "抄送"}
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+')
_NAMED = 8
_MEDIA_ENDINGS = {"text/plain": "txt", "text/html": "html", "message/rfc822": "eml", "application/pdf": "pdf"}
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})


class _AsWritten(Compat32):
    """Headers with the bare bytes that some programs write, which the usual policy replaces."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file attached to a mail, under a name that no other has and that leads to no folder."""

    name: str
    part: Message

    def read(self) -> bytes:
        """Its bytes."""
        if self.part.get_content_type() == "message/rfc822":
            inner = self.part.get_payload()
            return inner[0].as_bytes() if isinstance(inner, list) and inner and isinstance(inner[0], Message) else b""
        return _bytes_of(self.part)


class Mail:
    """A mail that was parsed.

    Args:
        data: the bytes.
        source: what it is called in messages.

    Raises:
        RefusedInput: where it is encrypted, or its parts lie in each other without end.
    """

    def __init__(self, data: bytes, source: str) -> None:
        try:
            self.message = email.message_from_bytes(data.removeprefix(b"\xef\xbb\xbf"), policy=_AsWritten())
            self.parts = list(_leaves(self.message))
        except (RecursionError, ValueError, LookupError) as error:
            raise RefusedInput(source, "broken", "邮件结构已损坏或嵌套过深，无法读取；请在邮件软件里另存后再导入") from error
        if any(part.get_content_type() in _ENCRYPTED for part in self.parts):
            raise RefusedInput(source, "encrypted", "邮件已加密，无法读取；请在邮件软件里解密后另存为 .eml，再导入")

    def header(self, name: str) -> str:
        """A line above the text, decoded; empty where there is none."""
        return " ".join(_decoded(self.message.get(name) or "").split())

    @cached_property
    def body(self) -> Message | None:
        """The part that is the mail's own text: the plain one where there is one with words, else the page."""
        texts = [part for part in self.parts if part.get_content_maintype() == "text" and not _is_attached(part)]
        plain = [part for part in texts if part.get_content_type() == "text/plain" and _bytes_of(part).strip()]
        pages = [part for part in texts if part.get_content_type() == "text/html"]
        return next(iter(plain or pages), None)

    @cached_property
    def pictures(self) -> int:
        """How many pictures stand in the text of the mail."""
        return sum(1 for part in self.parts if _is_drawn(part))

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files attached, in order."""
        found: list[Attachment] = []
        names: set[str] = set()
        for part in self.parts:
            if part.get_content_type() in _SIGNATURES or _is_drawn(part) or not _is_attached(part):
                continue
            name = _name_of(part, len(found) + 1)
            stem, dot, ending = name.rpartition(".")
            number = 1
            while name.lower() in names:
                number += 1
                name = f"{stem}（{number}）.{ending}" if dot else f"{ending}（{number}）"
            names.add(name.lower())
            found.append(Attachment(name, part))
        return tuple(found)


class OpenedMail:
    """A mail as a file that holds others."""

    is_document = False

    def __init__(self, data: bytes, source: str, limits: Limits) -> None:
        self._held = {attachment.name: attachment for attachment in Mail(data, source).attachments}
        self.refused: tuple[RefusedInput, ...] = ()
        if len(self._held) > limits.archive_members:
            raise RefusedInput(source, "size", f"邮件附件超过 {limits.archive_members} 个；请另存附件后导入")

    def names(self) -> Iterator[str]:
        """The names of the attachments, in order."""
        yield from self._held

    def size(self, name: str) -> int:
        """The size of an attachment as it is encoded, in bytes."""
        payload = self._held[name].part.get_payload()
        return len(payload) if isinstance(payload, str) else 0

    def read(self, name: str) -> bytes:
        """The bytes of an attachment."""
        return self._held[name].read()


def open_mail(file: Path | BytesIO, source: str, limits: Limits) -> OpenedMail:
    """Open a mail for its attachments. Raises ``RefusedInput`` for one that is too large, encrypted or broken."""
    return OpenedMail(bytes_of_file(file, source, limits), source, limits)


def bytes_of_file(file: Path | BytesIO, source: str, limits: Limits) -> bytes:
    """The bytes of a mail that lies by itself or in another file. Raises ``RefusedInput`` for one that is too large."""
    size = file.stat().st_size if isinstance(file, Path) else file.getbuffer().nbytes
    if size > limits.file_bytes:
        raise RefusedInput(source, "size", f"文件有 {size >> 20} MB，超过上限 {limits.file_bytes >> 20} MB；请拆分后导入")
    return file.read_bytes() if isinstance(file, Path) else file.getvalue()


def read_mail(data: bytes, source: str, _limits: Limits) -> RawText:
    """Read the mail itself: its subject, who it is from and to, when it was sent, and its text.

    Raises:
        RefusedInput: where it is encrypted or broken.
    """
    mail = Mail(data, source)
    builder = TextBuilder("eml")
    if subject := mail.header("subject"):
        builder.field_spans["title"] = builder.line(subject, element="subject")
        builder.fields["title"] = subject
    for name, label in _LABELS.items():
        if value := mail.header(name):
            builder.line(f"{label}：{value}", element=name)
    if (sent := _day(mail.header("date"))) is not None:
        builder.line(f"发送时间：{sent}", element="date")
    if mail.body is not None:
        _write_body(builder, mail.body, source)
    _report(builder, mail)
    builder.issues.extend(odd_characters(builder.text()))
    return builder.finish()


def _write_body(builder: TextBuilder, part: Message, source: str) -> None:
    decoded = decode(_bytes_of(part), source, part.get_content_charset())
    text = unify_newlines(decoded.text).replace("\x00", "")
    builder.issues.extend(decoded.issues)
    if part.get_content_type() != "text/html":
        for line in text.strip("\n").split("\n"):
            builder.line(line.rstrip())
        return
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(text).body
    hidden = 0

    def skip(node: LexborNode) -> bool:
        nonlocal hidden
        if not is_hidden(node):
            return False
        hidden += node.tag not in SILENT and bool(clean(node.text(deep=True)[:200]))
        return True

    if root is not None:
        write(builder, blocks(root, skip))
    if hidden:
        builder.issue("hidden_text", f"邮件里有 {hidden} 处隐藏文字没有读入")


def _report(builder: TextBuilder, mail: Mail) -> None:
    read = [held.name for held in mail.attachments if extension(held.name) in ENDINGS]
    unread = [held.name for held in mail.attachments if extension(held.name) not in ENDINGS]
    if read:
        builder.issue("mail_attachments", f"邮件带有 {len(read)} 个附件，各作为一份文件读入：{list_first(read, _NAMED)}")
    if unread:
        builder.issue("attachments", f"邮件有 {len(unread)} 个附件不能读取：{list_first(unread, _NAMED)}")
    if mail.pictures:
        builder.issue("pictures", f"邮件正文里有 {mail.pictures} 张图片，图片里的文字没有读入")


def _bytes_of(part: Message) -> bytes:
    """What a part holds, as it was before it was encoded."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _leaves(message: Message) -> Iterator[Message]:
    """The parts of a mail that hold something, without looking into mails that are attached to it."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [inner for inner in reversed(payload) if isinstance(inner, Message)]
        else:
            yield part


def _is_attached(part: Message) -> bool:
    """Whether a part is a file of its own and not the text of the mail."""
    if part.get_content_disposition() == "attachment" or part.get_filename() or part.get_param("name"):
        return True
    return part.get_content_maintype() not in ("text", "multipart")


def _is_drawn(part: Message) -> bool:
    """Whether a part is a picture that the page of the mail shows in its text."""
    drawn = part.get_content_disposition() == "inline" or part.get("Content-ID") is not None
    return part.get_content_maintype() == "image" and drawn and part.get_content_disposition() != "attachment"


def _name_of(part: Message, number: int) -> str:
    """The name of an attached file, safe and never empty."""
    name = part.get_filename() or part.get_param("name") or ""
    name = _decoded(name if isinstance(name, str) else name[2])
    if not name and part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        subject = _decoded(inner[0].get("subject") or "") if isinstance(inner, list) and isinstance(inner[0], Message) else ""
        name = f"{subject[:60] or f'转发邮件{number}'}.eml"
    name = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" ._")[-120:]
    if not name:
        name = f"附件{number}"
    kind = _MEDIA_ENDINGS.get(part.get_content_type(), "")
    return name if extension(name) or not kind else f"{name}.{kind}"


def _decoded(value: str) -> str:
    """A header as it is meant: encoded words, and the bare bytes that some programs write."""
    pieces: list[str] = []
    try:
        found = decode_header(value)
    except (ValueError, HeaderParseError):
        found = [(value, None)]
    for piece, charset in found:
        raw = piece.encode("utf-8", "surrogateescape") if isinstance(piece, str) else piece
        # GB 2312 is declared where GB 18030 is written
        names = ["gb18030" if (charset or "").lower() in ("gb2312", "gbk", "gb18030") else charset or "utf-8", "utf-8", "gb18030"]
        for name in names:
            try:
                pieces.append(raw.decode(name))
            except (ValueError, LookupError):  # no such encoding, or a name that is none
                continue
            break
        else:
            pieces.append(raw.decode("utf-8", "replace"))
    return "".join(pieces)


def _day(date: str) -> str | None:
    """When a mail was sent, on the clock of its sender."""
    try:
        sent = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError):
        return None
    return f"{sent.year}年{sent.month}月{sent.day}日 {sent.hour:02d}:{sent.minute:02d}"
