"""What the bytes of a file show before they are read: signatures, parts of a ZIP package, streams of an old Office file."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import PurePosixPath

from corpus.errors import RefusedInput

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_START = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s{0,200}(?:<\?xml[^>]{0,200}>\s{0,50})?(?:<!--[^>]{0,400}>\s{0,50})?<(?:!doctype\s+html|html|head|body|meta|table|div)\b",
    re.I,
)

_WHOLE_PAGE = re.compile(rb"<(?:!doctype\s+html|html)\b", re.I)
_HOLDS_HTML = frozenset({"md", "markdown"})
"""Endings of texts that may begin with a piece of HTML, such as a table, and yet are no web page."""
_OPENDOCUMENT = "application/vnd.oasis.opendocument."
_HEADER_LINE = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{1,60}):", re.M)
_OF_MAILS = frozenset({b"to", b"cc", b"bcc", b"received", b"delivered-to"})
_XML_ROOT = re.compile(rb"<(?:[A-Za-z]\w{0,20}:)?(?P<name>[A-Za-z][\w.-]{0,40})[\s/>]")
_XML_KINDS = {
    "Workbook": (b"urn:schemas-microsoft-com:office:spreadsheet", "spreadsheet"),
    "wordDocument": (b"http://schemas.microsoft.com/office/word/2003/wordml", "document"),
    "package": (b"http://schemas.microsoft.com/office/2006/xmlPackage", "package"),
    "UOF": (b"uof", "uof"),
}


def extension(source: str) -> str:
    """The ending of a file name, in lower case and without the dot, e.g. ``extension("通知.PDF") == "pdf"``."""
    return PurePosixPath(source.replace("\\", "/")).suffix.lower().lstrip(".")


class Contents:
    """The bytes of one file and its name. Costly properties (members of a ZIP archive) are computed once, on demand."""

    def __init__(self, data: bytes, source: str) -> None:
        self.data = data
        self.source = source
        self.ending = extension(source)

    def begins_with(self, *signatures: bytes) -> bool:
        """Whether the bytes begin with one of the signatures."""
        return self.data.startswith(signatures)

    @property
    def is_package(self) -> bool:
        """Whether the bytes are a ZIP archive."""
        return self.begins_with(*_ZIP)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but blanks and byte order marks."""
        return not self.data.strip(b"\x00 \t\r\n\x0c\xef\xbb\xbf\xff\xfe")

    @cached_property
    def members(self) -> frozenset[str]:
        """The paths inside a ZIP archive. Raises ``RefusedInput`` for a damaged one."""
        if not self.is_package:
            return frozenset()
        import zipfile
        from io import BytesIO

        try:
            with zipfile.ZipFile(BytesIO(self.data)) as archive:
                return frozenset(name.replace("\\", "/") for name in archive.namelist())
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError) as error:
            message = "压缩结构已损坏，文件不完整；请重新下载或用原软件打开后另存"
            raise RefusedInput(self.source, "broken", message) from error

    def has_member(self, beginning: str) -> bool:
        """Whether a path inside the ZIP archive begins so."""
        return any(name.startswith(beginning) for name in self.members)

    @cached_property
    def is_compound(self) -> bool:
        """Whether the bytes are an OLE container (old Office). Raises ``RefusedInput`` where it wraps an encrypted file."""
        if not self.begins_with(_OLE):
            return False
        if _stream_name("EncryptedPackage") in self.data:
            raise RefusedInput(self.source, "encrypted", "文件有密码保护（加密），无法读取；请用原软件取消密码后再导入")
        return True

    def has_stream(self, name: str) -> bool:
        """Whether the OLE container names a stream so."""
        return self.is_compound and _stream_name(name) in self.data

    @cached_property
    def kind_of_package(self) -> str:
        """The media type that an OpenDocument package gives itself in its first member, empty for any other file."""
        if "mimetype" not in self.members:
            return ""
        import zipfile
        import zlib
        from io import BytesIO

        try:
            with zipfile.ZipFile(BytesIO(self.data)) as archive, archive.open("mimetype") as stream:
                return stream.read(200).decode("ascii", "replace").strip()
        except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError):
            return ""


def _stream_name(name: str) -> bytes:
    return name.encode("utf-16-le")


def is_pdf(contents: Contents) -> bool:
    """PDF: the header may come after other bytes, which some servers put before it."""
    return b"%PDF-" in contents.data[:1024]


def is_web_page(contents: Contents) -> bool:
    """HTML, alone or as a page saved with its pictures in one file (MHTML); documents may hold such a page inside."""
    if contents.is_package or contents.is_compound or is_pdf(contents) or is_rtf(contents) or is_mail(contents):
        return False
    head = contents.data[:4096]
    if contents.ending in _HOLDS_HTML and not _WHOLE_PAGE.search(head[:1000]):
        return False
    return _HTML_START.match(head) is not None or (b"MIME-Version:" in head and b"multipart/related" in head)


def is_docx(contents: Contents) -> bool:
    """A package of WordprocessingML."""
    return contents.has_member("word/document")


def is_ofd(contents: Contents) -> bool:
    """A package of the Chinese standard for documents with a fixed layout."""
    return "OFD.xml" in contents.members


def is_xlsx(contents: Contents) -> bool:
    """A package of SpreadsheetML that is no Word file with a sheet inside."""
    return contents.has_member("xl/workbook") and not is_docx(contents)


def is_pptx(contents: Contents) -> bool:
    """A package of PresentationML."""
    return contents.has_member("ppt/presentation") and not is_docx(contents) and not is_xlsx(contents)


def is_odt(contents: Contents) -> bool:
    """A text of OpenDocument."""
    return contents.kind_of_package.startswith(_OPENDOCUMENT + "text")


def is_ods(contents: Contents) -> bool:
    """A sheet of OpenDocument."""
    return contents.kind_of_package.startswith(_OPENDOCUMENT + "spreadsheet")


def is_odp(contents: Contents) -> bool:
    """A presentation of OpenDocument."""
    return contents.kind_of_package.startswith(_OPENDOCUMENT + "presentation")


def is_mail(contents: Contents) -> bool:
    """A mail as it was sent: the lines above its text name who it is from and to, which those of a saved web page do not."""
    head = contents.data[:16_384].replace(b"\r\n", b"\n").lstrip(b"\xef\xbb\xbf\n").split(b"\n\n", 1)[0]
    if not _HEADER_LINE.match(head):
        return False
    names = {name.lower() for name in _HEADER_LINE.findall(head)}
    if contents.ending == "eml":
        return b"from" in names and bool(names & (_OF_MAILS | {b"subject"}))
    return b"from" in names and bool(names & _OF_MAILS) and bool(names & {b"message-id", b"received"})


def is_outlook_mail(contents: Contents) -> bool:
    """A mail of Outlook; its attachments may hold streams of other files, but those of an Office file hold no mail's."""
    return contents.has_stream("__properties_version1.0") and contents.has_stream("__nameid_version1.0")


def is_ppt(contents: Contents) -> bool:
    """An old PowerPoint file; those of WPS (.dps) are the same."""
    return contents.has_stream("PowerPoint Document")


def is_doc(contents: Contents) -> bool:
    """An old Word file."""
    return contents.has_stream("WordDocument") and contents.ending != "wps"


def is_wps(contents: Contents) -> bool:
    """A text of WPS: its bytes are those of an old Word file, only the name differs."""
    return contents.has_stream("WordDocument") and contents.ending == "wps"


def is_xls(contents: Contents) -> bool:
    """An old Excel file; those of WPS (.et) are the same."""
    return (contents.has_stream("Workbook") or contents.has_stream("Book")) and not contents.has_stream("WordDocument")


def xml_kind(contents: Contents) -> str:
    """What an XML file of an office program is by its first element: ``spreadsheet``, ``document`` (both of Office 2003),
    ``package`` (Flat OPC), ``uof``, ``other`` for any other XML that is no web page, or empty for what is no XML."""
    head = contents.data[:8192]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head[:4]
    head = head.replace(b"\x00", b"") if wide else head
    head = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    declared = head.startswith(b"<?xml")
    root = _XML_ROOT.search(head) if declared else _XML_ROOT.match(head)
    if root is None:
        return "other" if declared else ""
    signature, kind = _XML_KINDS.get(root["name"].decode("ascii"), (b"", ""))
    return kind if kind and signature in head else "other" if declared else ""


def is_office_xml(contents: Contents) -> bool:
    """A file of an office program in XML alone: Excel or Word of 2003, or a package in one file (Flat OPC)."""
    return xml_kind(contents) in ("spreadsheet", "document", "package")


def is_rtf(contents: Contents) -> bool:
    """Rich Text Format."""
    return contents.begins_with(b"{\\rtf")


def is_png(contents: Contents) -> bool:
    """A PNG picture."""
    return contents.begins_with(b"\x89PNG")


def is_jpg(contents: Contents) -> bool:
    """A JPEG picture."""
    return contents.begins_with(b"\xff\xd8\xff")


def is_tif(contents: Contents) -> bool:
    """A TIFF picture, of one page or several."""
    return contents.begins_with(b"II*\x00", b"MM\x00*")
