"""The list of input formats. Detection, reading, gathering files, uploads, messages and help all use it.

To add a format: write its reader, add its row here. What people read about formats in README and ARCHITECTURE is compared
with this list by ``tests/ingest/formats/test_registry.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from ingest.formats.contents import (
    Contents,
    is_doc,
    is_docx,
    is_jpg,
    is_mail,
    is_odp,
    is_ods,
    is_odt,
    is_ofd,
    is_office_xml,
    is_outlook_mail,
    is_pdf,
    is_png,
    is_ppt,
    is_pptx,
    is_rtf,
    is_tif,
    is_web_page,
    is_wps,
    is_xls,
    is_xlsx,
)


@dataclass(frozen=True, slots=True)
class InputFormat:
    """One format of files.

    Args:
        name: what people and filters call it, e.g. ``docx``; documents are stored under it.
        label: what the page calls it in Chinese.
        endings: file names that end so are taken in, the usual one first.
        reader: ``module:function``, loaded when the first such file is read, so that a text file does not pay for the
            libraries of PDF and Office. It is called with the bytes, the source and the limits and returns ``RawText``; for a
            ``paged`` format also with ``ocr=``; for ``records`` with lines and the source, and yields numbered records.
        recognise: whether the content is of this format; None where only the ending tells.
        content: what the bytes are. A text under the ending of a binary format, or another archive under that of a package
            (ZIP), is refused.
        converted_to: the format LibreOffice turns it into before it is read.
        by_ending: a text whose name ends so is of this format, whatever it begins with.
        paged: it has pages that can be shown as pictures, and that may be scanned.
        records: a file holds many documents, one a record.
        opener: ``module:function`` where a file holds other files, each of which is read as if it lay in a folder. It is called
            with the path or an open file, the source and the limits and returns ``ingest.formats.archive.Container``. A format
            with a reader too (a mail) is a document beside those it holds.
        plain: nothing is parsed: files may be larger, and short ones are read without a process of their own.
        also_named: further endings that call for no warning in a file named by a person; folders are not searched for them.
    """

    name: str
    label: str
    endings: tuple[str, ...]
    reader: str = ""
    recognise: Callable[[Contents], bool] | None = None
    content: Literal["text", "binary", "package"] = "text"
    converted_to: str = ""
    by_ending: bool = False
    paged: bool = False
    records: bool = False
    opener: str = ""
    plain: bool = False
    also_named: tuple[str, ...] = ()

    @property
    def archive(self) -> bool:
        """Whether a file holds other files and is no document itself."""
        return bool(self.opener) and not self.reader

    def load_reader(self) -> Callable[..., Any]:
        """The function that reads this format."""
        return _load(self.reader)

    def load_opener(self) -> Callable[..., Any]:
        """The function that opens a file of this format, which holds other files."""
        return _load(self.opener)


def _load(place: str) -> Callable[..., Any]:
    module, _, function = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


_PICTURE = "ingest.formats.picture:read_picture"
_ARCHIVE = "ingest.formats.archive:open_archive"
FORMATS = (
    InputFormat(
        "txt", "文本", ("txt", "text"), "ingest.formats.plain:read_text", by_ending=True, plain=True, also_named=("log", "")
    ),
    InputFormat("md", "Markdown", ("md", "markdown"), "ingest.formats.markdown:read_markdown", by_ending=True),
    InputFormat(
        "html",
        "网页",
        ("html", "htm", "shtml", "xhtml", "mht", "mhtml"),
        "ingest.formats.web.reader:read_html",
        is_web_page,
        by_ending=True,
        also_named=("jsp", "asp", "php"),
    ),
    InputFormat("pdf", "PDF", ("pdf",), "ingest.formats.pdf.reader:read_pdf", is_pdf, content="binary", paged=True),
    InputFormat("docx", "Word", ("docx", "docm"), "ingest.formats.word.reader:read_docx", is_docx, content="package"),
    InputFormat("ofd", "OFD", ("ofd",), "ingest.formats.ofd:read_ofd", is_ofd, content="package"),
    InputFormat("png", "PNG 图片", ("png",), _PICTURE, is_png, content="binary", paged=True),
    InputFormat("jpg", "JPEG 图片", ("jpg", "jpeg"), _PICTURE, is_jpg, content="binary", paged=True),
    InputFormat("tif", "TIFF 图片", ("tif", "tiff"), _PICTURE, is_tif, content="binary", paged=True),
    InputFormat("xlsx", "Excel", ("xlsx", "xlsm"), "ingest.formats.sheet.workbook:read_xlsx", is_xlsx, content="package"),
    InputFormat(
        "pptx", "演示文稿", ("pptx", "pptm", "ppsx"), "ingest.formats.presentation:read_pptx", is_pptx, content="package"
    ),
    InputFormat("odt", "OpenDocument 文本", ("odt",), "ingest.formats.opendocument.reader:read_odt", is_odt, content="package"),
    InputFormat("ods", "OpenDocument 表格", ("ods",), "ingest.formats.opendocument.sheets:read_ods", is_ods, content="package"),
    InputFormat("odp", "OpenDocument 演示", ("odp",), "ingest.formats.opendocument.reader:read_odp", is_odp, content="package"),
    InputFormat("csv", "CSV 表格", ("csv",), "ingest.formats.sheet.csv_file:read_csv", by_ending=True),
    InputFormat("xml", "Office XML", ("xml",), "ingest.formats.office_xml:read_office_xml", is_office_xml),
    InputFormat("jsonl", "记录", ("jsonl", "ndjson"), "ingest.formats.jsonl:read_records", records=True),
    InputFormat(
        "eml", "邮件", ("eml",), "ingest.formats.mail:read_mail", is_mail, by_ending=True, opener="ingest.formats.mail:open_mail"
    ),
    InputFormat(
        "msg",
        "Outlook 邮件",
        ("msg",),
        "ingest.formats.outlook:read_outlook_mail",
        is_outlook_mail,
        content="binary",
        opener="ingest.formats.outlook:open_outlook_mail",
    ),
    InputFormat("zip", "压缩包", ("zip",), opener=_ARCHIVE),
    InputFormat("rar", "RAR 压缩包", ("rar",), opener=_ARCHIVE),
    InputFormat("7z", "7z 压缩包", ("7z",), opener=_ARCHIVE),
    InputFormat("doc", "旧版 Word", ("doc",), recognise=is_doc, content="binary", converted_to="docx"),
    InputFormat("wps", "WPS 文字", ("wps",), recognise=is_wps, content="binary", converted_to="docx"),
    InputFormat("rtf", "RTF", ("rtf",), recognise=is_rtf, converted_to="docx"),
    InputFormat("xls", "旧版 Excel", ("xls", "et"), recognise=is_xls, content="binary", converted_to="xlsx"),
    InputFormat("ppt", "旧版演示文稿", ("ppt", "dps"), recognise=is_ppt, content="binary", converted_to="pptx"),
)
_BY_NAME = {format.name: format for format in FORMATS}
_BY_ENDING = {ending: format for format in FORMATS for ending in format.endings}
PLAIN_TEXT = _BY_NAME["txt"]
"""What a text is that nothing else claims."""
ENDINGS = frozenset(_BY_ENDING)
"""All endings that are taken in, on the command line, by the page and by REST."""


def format_named(name: str) -> InputFormat:
    """The format of a name, e.g. ``docx``. Raises ``KeyError`` for one that is not in the list."""
    return _BY_NAME[name]


def format_of_ending(ending: str) -> InputFormat | None:
    """The format that files with this ending claim to be."""
    return _BY_ENDING.get(ending)


def label_of_format(name: str) -> str:
    """What the page calls the format of a document; the name itself where the format is not known here."""
    format = _BY_NAME.get(name)
    return name if format is None else format.label


def has_page_pictures(name: str) -> bool:
    """Whether the pages of a document's original can be shown as pictures."""
    return name in _BY_NAME and _BY_NAME[name].paged


def list_formats(*, records: bool = True, archives: bool = True, convertible: bool = False, last: str = "、") -> str:
    """The names of formats as a Chinese list: those read as they are (txt、html、pdf …), or those LibreOffice converts first.

    Args:
        records: also those that hold many documents in one file, as records or as files.
        archives: also those whose files hold other files, unless ``records`` is false.
        convertible: those that need LibreOffice, instead.
        last: what comes before the last name, e.g. 「 或 」.
    """
    *names, end = [
        format.name
        for format in FORMATS
        if bool(format.converted_to) == convertible
        and (records or not format.records)
        and ((records and archives) or not format.archive)
    ]
    return "、".join(names) + last + end


def fits_ending(format: InputFormat, ending: str) -> bool:
    """Whether a file whose content is ``format`` is rightly named so; an old ending is no surprise on any Office file."""
    own = ending in format.endings or ending in format.also_named
    old = ending in _BY_ENDING and bool(_BY_ENDING[ending].converted_to)
    return own or (old and not format.by_ending)
