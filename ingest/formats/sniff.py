"""Which format bytes are in: by their content first, by the name second."""

from __future__ import annotations

from corpus.errors import RefusedInput
from ingest.formats.contents import Contents, xml_kind
from ingest.formats.other_files import OTHER_ARCHIVES, say_what_else
from ingest.formats.registry import FORMATS, PLAIN_TEXT, InputFormat, format_of_ending, list_formats
from ingest.formats.text import looks_binary

_OTHER_FILES = (
    (b"GIF8", "picture"),
    *OTHER_ARCHIVES,
    (b"BZh", "tar"),
    (b"\xfd7zXZ", "tar"),
    (b"\x78\x9f\x3e\x22", "winmail"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3", "database"),
)
"""Signatures of files that are not read, and what they are."""
_OLD_OFFICE = (("VisioDocument", "drawing"),)
"""Streams of old Office containers that are not read, and what they are."""
_TEXT_MAY_BEGIN_SO = (b"MZ", b"BZh")


def detect(data: bytes, source: str) -> InputFormat:
    """The format of a file. Raises ``RefusedInput``, with words for what the file really is, where it cannot be read."""
    contents = Contents(data, source)
    if contents.is_blank:
        raise RefusedInput(source, "empty", "文件是空的，没有可读的文字；请检查是否下载或保存完整")
    named = format_of_ending(contents.ending)
    found = next((format for format in FORMATS if format.recognise is not None and format.recognise(contents)), None)
    if found is None:
        _refuse_other_files(contents, named)
        return _detect_text(contents, named)
    return found


def _refuse_other_files(contents: Contents, named: InputFormat | None) -> None:
    """Refuse archives, pictures, programs and documents of kinds that cannot be read, each by its name."""
    source = contents.source
    if contents.is_package:
        _refuse_package(contents, named)
    if contents.is_compound:
        kind = next((kind for stream, kind in _OLD_OFFICE if contents.has_stream(stream)), "compound")
        raise RefusedInput(source, "unsupported", say_what_else(kind))
    for signature, kind in _OTHER_FILES:
        if contents.begins_with(signature) and (signature not in _TEXT_MAY_BEGIN_SO or looks_binary(contents.data)):
            raise RefusedInput(source, "unsupported", say_what_else(kind))


def _refuse_package(contents: Contents, named: InputFormat | None) -> None:
    source, names = contents.source, contents.members
    if "content.xml" in names and "mimetype" in names:
        raise RefusedInput(source, "unsupported", say_what_else("opendocument"))
    if "uof.xml" in names:
        raise RefusedInput(source, "unsupported", say_what_else("uof"))
    if named is not None and named.content == "package":
        message = f"类型不符：名为 .{contents.ending}，内容只是一个压缩包；请改用正确的文件"
        raise RefusedInput(source, "mismatch", message)
    raise RefusedInput(source, "unsupported", "这是 ZIP 压缩包，不是文档；请解压后导入其中的文件")


def _detect_text(contents: Contents, named: InputFormat | None) -> InputFormat:
    """The format of bytes that bear no signature: a text, told by its ending."""
    source, binary = contents.source, looks_binary(contents.data)
    kind = xml_kind(contents)
    if kind == "uof":
        raise RefusedInput(source, "unsupported", say_what_else("uof"))
    if kind and (named is None or named.name == "xml" or named.content != "text"):
        raise RefusedInput(source, "unsupported", "这是 XML 数据，不是文档；请用原软件另存为 docx 或 xlsx 后导入")
    if named is not None and named.content != "text":
        if binary:
            message = f"文件已损坏，不是有效的 .{contents.ending} 文件；请重新下载或用原软件打开后另存"
            raise RefusedInput(source, "broken", message)
        if not named.converted_to:
            message = f"类型不符：名为 .{contents.ending}，内容却是纯文本；请改用正确的文件"
            raise RefusedInput(source, "mismatch", message)
    if binary:
        message = f"内容是二进制数据，不是文字；请确认文件类型，改用 {list_formats(records=False, last=' 或 ')}"
        raise RefusedInput(source, "binary", message)
    return named if named is not None and named.by_ending else PLAIN_TEXT
