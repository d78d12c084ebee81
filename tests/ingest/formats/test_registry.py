"""Every list of input formats, in code and in what people read, is the registry's; every row of the registry works."""

from __future__ import annotations

import argparse
import inspect
import io
import re
import zipfile
from pathlib import Path

import pytest

from corpus.errors import RefusedInput
from ingest.files import gather
from ingest.formats.registry import ENDINGS, FORMATS, fits_ending, format_named, label_of_format
from ingest.formats.sniff import detect
from ui.cli import build_parser
from ui.commands.shared import add_filters
from ui.desk.uploads import refusal
from ui.page.kit.states import empty_library
from ui.page.library.events import form

ROOT = Path(__file__).resolve().parents[3]
AS_THEY_ARE = {format.name for format in FORMATS if not format.converted_to}
CONVERTED = {format.name for format in FORMATS if format.converted_to}
ONE_DOCUMENT = {format.name for format in FORMATS if not format.converted_to and not format.records and not format.archive}


def formats_in(text: str) -> set[str]:
    """The names of formats a text mentions."""
    return set(re.findall(r"(?<![.\w])[a-z0-9]{2,5}(?!\w)", text, re.ASCII)) & (
        {format.name for format in FORMATS} | ENDINGS | {"mp4"}
    )


def unwrapped(text: str) -> str:
    """A help text without its line breaks, which may fall inside a name: Chinese text has no blanks to break at."""
    return re.sub(r"\n\s*", "", text)


def test_names_and_endings_belong_to_one_format_each() -> None:
    names = [format.name for format in FORMATS]
    endings = [ending for format in FORMATS for ending in format.endings]
    assert len(set(names)) == len(names) and len(set(endings)) == len(endings)
    assert all(format.label and format.endings for format in FORMATS)
    assert [label_of_format(name) for name in ("docx", "未知")] == ["Word", "未知"]


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_every_format_is_read_or_converted_to_one_that_is(format) -> None:
    if format.converted_to:
        target = format_named(format.converted_to)
        assert not format.reader and target.reader and not target.converted_to
        return
    if format.opener:
        assert list(inspect.signature(format.load_opener()).parameters) == ["file", "source", "limits"]
    if format.archive:
        return
    parameters = inspect.signature(format.load_reader()).parameters
    taken = [p for p in parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert len(taken) >= 2 if format.records else len(taken) == 3
    assert all(p.default is not p.empty for p in taken[2:]) or not format.records
    assert ("ocr" in parameters) is format.paged


def test_all_doors_take_in_the_same_files(tmp_path) -> None:
    for ending in ENDINGS:
        (tmp_path / f"通知.{ending}").write_text("某县通知", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "通知.zip", "w") as archive:
        archive.writestr("附件.txt", "某县通知")
    (tmp_path / "录像.mp4").write_bytes(b"x")
    found = gather([tmp_path])
    opened = {"rar", "7z", "msg"}  # what has to be opened to look inside, and is a text here
    assert {item.path.suffix[1:] for item in found} == ENDINGS - opened
    assert {refused.source: refused.reason for refused in found.refused} == {
        "录像.mp4": "unsupported",
        **{f"通知.{ending}": "broken" for ending in opened},
    }
    assert {ending for ending in {*ENDINGS, "mp4", "exe", "gz"} if refusal(f"通知.{ending}", b"x") is None} == ENDINGS
    accepted = re.search(r'accept="([^"]*)"', str(form()))
    assert accepted is not None and set(accepted[1].split(",")) == {f".{ending}" for ending in ENDINGS}
    assert {item.source for item in found if item.is_records} == {"通知.jsonl", "通知.ndjson"}


def test_what_people_read_names_the_formats_of_the_registry(tmp_path) -> None:
    (tmp_path / "录像.mp4").write_bytes(b"x")
    refused_upload = refusal("录像.mp4", b"x")
    assert refused_upload is not None
    with pytest.raises(RefusedInput) as binary:
        detect(b"\x00\x01\x02\x03" * 100, "录像.bin")
    filters = argparse.ArgumentParser()
    add_filters(filters)
    texts = {
        "a folder's refusal": (gather([tmp_path]).refused[0].message, AS_THEY_ARE),
        "an upload's refusal": (refused_upload[1], ONE_DOCUMENT),
        "binary data": (binary.value.message, ONE_DOCUMENT),
        "the upload box": (re.sub(r"<input[^>]*>", "", str(form())), AS_THEY_ARE | CONVERTED),
        "the empty library": (str(empty_library()), ONE_DOCUMENT),
        "help of --file-format": (unwrapped(filters.format_help()), ONE_DOCUMENT | {"jsonl"}),
        "help of ingest": (unwrapped(build_parser().format_help()), AS_THEY_ARE | CONVERTED),
    }
    assert {where: formats_in(text) for where, (text, _) in texts.items()} == {
        where: names for where, (_, names) in texts.items()
    }


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("README.md", r"^策脉把各地的.*$"),
        ("README.en.md", r"^cemai takes .*\n.*$"),
        ("ARCHITECTURE.md", r"^bytes \(.*$"),
    ],
)
def test_the_documents_name_the_formats_of_the_registry(name: str, line: str) -> None:
    found = re.search(line, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    assert formats_in(found[0]) == AS_THEY_ARE | CONVERTED


@pytest.mark.parametrize(
    ("format", "ending", "fits"),
    [
        ("docx", "docm", True),
        ("docx", "doc", True),  # an Office file of any age
        ("docx", "xlsx", False),
        ("html", "mht", True),
        ("html", "jsp", True),  # named by a person; a folder is not searched for it
        ("html", "doc", False),
        ("txt", "pdf", False),
    ],
)
def test_an_ending_that_does_not_fit_the_content_is_a_warning(format: str, ending: str, fits: bool) -> None:
    assert fits_ending(format_named(format), ending) is fits


def test_a_web_page_inside_another_file_does_not_make_it_one() -> None:
    page = b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/afchunk.mht", page)
        archive.writestr("word/document.xml", "<w:document/>")
    assert detect(packed.getvalue(), "通知.docx").name == "docx"
    assert detect(b"%PDF-1.7\n" + page, "通知.pdf").name == "pdf"
    assert detect(b"{\\rtf1 " + page, "通知.rtf").name == "rtf"
    assert detect(page, "通知.mht").name == "html"
