"""Which format bytes are in: by their content first, by the name second."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import PurePosixPath
from typing import Literal

from corpus.errors import RefusedInput
from ingest.formats.text import looks_binary

Format = Literal["txt", "html", "pdf", "docx", "xlsx", "doc", "wps", "rtf", "xls", "mhtml", "csv"]

_HTML_START = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s{0,200}(?:<\?xml[^>]{0,200}>\s{0,50})?(?:<!--[^>]{0,400}>\s{0,50})?<(?:!doctype\s+html|html|head|body|meta|table|div)\b",
    re.I,
)
_HTML_NAMES = frozenset({"html", "htm", "shtml", "xhtml"})
_TEXT_NAMES = frozenset({"txt", "text", "md", "log", ""})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS = (
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"II*\x00", "图片"),
    (b"MM\x00*", "图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"MZ", "程序文件"),
    (b"\x7fELF", "程序文件"),
    (b"SQLite format 3", "数据库文件"),
)


def extension(source: str) -> str:
    """The extension of a name, lower case and without the dot."""
    return PurePosixPath(source.replace("\\", "/")).suffix.lower().lstrip(".")


def detect(data: bytes, source: str) -> Format:
    """The format, or a refusal that names what the file really is."""
    if not data.strip(b"\x00 \t\r\n\x0c\xef\xbb\xbf\xff\xfe"):
        raise RefusedInput(source, "empty", "文件是空的，没有可读的文字；请检查是否下载或保存完整")
    name = extension(source)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(data, source)
    if data.startswith(_OLE):
        return _compound(data, source, name)
    if data.startswith(b"{\\rtf"):
        if name in ("docx", "xlsx"):
            raise RefusedInput(source, "mismatch", f"类型不符：名为 .{name}，内容是旧式 RTF 文件；请用原软件另存为 .docx")
        return "rtf"
    head = data[:4096]
    if _HTML_START.match(head):
        return "html"
    if b"MIME-Version:" in head and b"multipart/related" in head:
        return "mhtml"
    for mark, kind in _OTHER_KINDS:
        if data.startswith(mark) and (mark != b"MZ" or looks_binary(data)):
            advice = (
                "；图片请先用文字识别软件转成文字" if kind == "图片" else "；请解压后导入其中的文件" if "压缩" in kind else ""
            )
            raise RefusedInput(source, "unsupported", f"这是{kind}，不是文档{advice or '，无法导入'}")
    if name in ("pdf", "docx", "xlsx", "doc", "xls", "wps"):
        if looks_binary(data):
            raise RefusedInput(source, "broken", f"文件已损坏，不是有效的 .{name} 文件；请重新下载或用原软件打开后另存")
        if name in ("pdf", "docx", "xlsx"):
            raise RefusedInput(source, "mismatch", f"类型不符：名为 .{name}，内容却是纯文本；请改用正确的文件")
    if looks_binary(data):
        raise RefusedInput(source, "binary", "内容是二进制数据，不是文字；请确认文件类型，改用 txt、html、pdf、docx 或 xlsx")
    if name in _HTML_NAMES:
        return "html"
    return "csv" if name == "csv" else "txt"


def _package(data: bytes, source: str) -> Format:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError) as error:
        raise RefusedInput(source, "broken", "压缩结构已损坏，文件不完整；请重新下载或用原软件打开后另存") from error
    if "word/document.xml" in names or any(n.startswith("word/document") for n in names):
        return "docx"
    if "xl/workbook.xml" in names or any(n.startswith("xl/workbook") for n in names):
        return "xlsx"
    if "OFD.xml" in names:
        raise RefusedInput(source, "unsupported", "这是 OFD 版式文件，暂不支持；请用 OFD 阅读器另存为 PDF 后导入")
    if any(n.startswith("ppt/") for n in names):
        raise RefusedInput(source, "unsupported", "这是演示文稿，暂不支持；请另存为 PDF 后导入")
    if "content.xml" in names and "mimetype" in names:
        raise RefusedInput(source, "unsupported", "这是 OpenDocument 文件，暂不支持；请另存为 docx 或 xlsx 后导入")
    if extension(source) in ("docx", "xlsx"):
        raise RefusedInput(source, "mismatch", f"类型不符：名为 .{extension(source)}，内容只是一个压缩包；请改用正确的文件")
    raise RefusedInput(source, "unsupported", "这是 ZIP 压缩包，不是文档；请解压后导入其中的文件")


def _compound(data: bytes, source: str, name: str) -> Format:
    """An OLE container: old Office files, and the wrapper of encrypted new ones."""
    names = {
        key
        for key in ("EncryptedPackage", "WordDocument", "Workbook", "Book", "PowerPoint Document")
        if key.encode("utf-16-le") in data
    }
    if "EncryptedPackage" in names:
        raise RefusedInput(source, "encrypted", "文件有密码保护（加密），无法读取；请用原软件取消密码后再导入")
    kind: Format
    if "WordDocument" in names:
        kind = "wps" if name == "wps" else "doc"
    elif names & {"Workbook", "Book"}:
        kind = "xls"
    else:
        raise RefusedInput(source, "unsupported", "这是旧版 Office 的其他文件，暂不支持；请另存为 docx、xlsx 或 PDF 后导入")
    if name in ("docx", "xlsx"):
        raise RefusedInput(source, "mismatch", f"类型不符：名为 .{name}，内容是旧版 .{kind} 文件；请用原软件另存为 .{name}")
    return kind
