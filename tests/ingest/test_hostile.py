"""Inputs that are known to hold or break parsers: each must end as the threat list says, in bounded time and memory."""

import io
import os
import struct
import sys
import time
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.document import ParsedDocument
from corpus.errors import RefusedInput
from ingest.limits import DEFAULT, MEGABYTE
from ingest.worker import SafeReader

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/word/document.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
ROOT = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="word/document.xml"/></Relationships>'
)
WHITE = '<w:color w:val="FFFFFF"/>'
PLAIN = "<w:p><w:r><w:t>一、做好春耕备耕，落实种植面积。</w:t></w:r></w:p>"


@pytest.fixture(scope="module")
def reader():
    with SafeReader(replace(DEFAULT, seconds=20.0, memory_bytes=768 * MEGABYTE)) as safe:
        yield safe


def package(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return out.getvalue()


def docx(body=PLAIN, *, prolog="", more=(), **options):
    document = f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    parts = [("[Content_Types].xml", TYPES), ("_rels/.rels", ROOT), ("word/document.xml", document.encode()), *more]
    return package(parts, **options)


def pdf(*objects):
    """A PDF of numbered objects; the first is the catalogue."""
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    return out + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def stream(data, entries=b""):
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(data), data)


def one_page(contents, resources=b"", more=()):
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%b>>>>" % resources,
        contents,
        *more,
    )


def nested_forms(depth=30):
    """Form 1 draws form 2 twice, form 2 draws form 3 twice …: 2 to the power of ``depth`` drawings from a few kilobytes."""
    forms = []
    for level in range(depth):
        last = level == depth - 1
        inner = b"0 0 1 1 re f" if last else b"/F Do /F Do"
        resources = b"" if last else b"/Resources<</XObject<</F %d 0 R>>>>" % (level + 6)
        forms.append(stream(inner, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]%b" % resources))
    return one_page(stream(b"/F Do"), b"/XObject<</F 5 0 R>>", forms)


def repeated(data, times):
    """``data`` many times over, compressed, without ever holding it."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(data) for _ in range(times)) + packer.flush()


def double_flate():
    inner = repeated(b" " * MEGABYTE, 400)
    return one_page(stream(zlib.compress(inner, 9), b"/Filter[/FlateDecode/FlateDecode]"))


def lying_directory():
    """A member whose directory entries claim a kilobyte and that unpacks to a hundred megabytes."""
    data = bytearray(docx("<w:p>" + " " * (110 * MEGABYTE) + "</w:p>"))
    at = data.index(b"word/document.xml")
    data[at - 8 : at - 4] = struct.pack("<I", 1000)
    at = data.rindex(b"word/document.xml")
    data[at - 22 : at - 18] = struct.pack("<I", 1000)
    return bytes(data)


def ten_thousand_pages():
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count 10000>>" % (b"3 0 R " * 10_000),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    )


def form_in_itself():
    form = stream(b"/F Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>")
    return one_page(stream(b"/F Do"), b"/XObject<</F 5 0 R>>", [form])


def many_cells(count, text=None):
    cell = "<c><v>1</v></c>" if text is None else f'<c t="inlineStr"><is><t>{text}</t></is></c>'
    return "".join(f'<row r="{i}">{cell}</row>' for i in range(1, count + 1)).encode()


def sheet(rows):
    """A workbook whose one sheet is written by hand."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kinds = TYPES.replace(b"/word/document.xml", b"/xl/workbook.xml").replace(
        b"wordprocessingml.document.main", b"spreadsheetml.sheet.main"
    )
    links = ROOT.replace(b"word/document.xml", b"xl/workbook.xml")
    book = f'<workbook xmlns="{namespace}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
    inner = links.replace(b"officeDocument/2006/relationships/officeDocument", b"officeDocument/2006/relationships/worksheet")
    return package(
        [
            ("[Content_Types].xml", kinds),
            ("_rels/.rels", links),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", inner.replace(b"xl/workbook.xml", b"worksheets/sheet1.xml")),
            (
                "xl/worksheets/sheet1.xml",
                f'<worksheet xmlns="{namespace}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>",
            ),
        ]
    )


LAUGHS = "<!DOCTYPE z [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + i)} '{('&' + chr(97 + i) + ';') * 10}'>" for i in range(9)
)
NEST = "<w:p>" + "<w:smartTag>" * 50_000 + "</w:smartTag>" * 50_000 + "</w:p>"

REFUSED = {
    "M101 a text part of 300 MB": ("docx", "size", lambda: docx("<w:p>" + " " * (300 * MEGABYTE) + "</w:p>")),
    "M102 a directory that lies": ("docx", "broken", lying_directory),
    "M103 a million paragraphs": ("docx", "size", lambda: docx("<w:p/>" * 1_000_000, compression=zipfile.ZIP_STORED)),
    "M103 the same, packed": ("docx", "size", lambda: docx("<w:p/>" * 1_000_000)),
    "M104 a zip inside": ("docx", "mismatch", lambda: package([("a.zip", package([("a.txt", b"x")]))])),
    "M105 thousands of members": ("docx", "size", lambda: docx(more=[(f"word/media/{i}", b"") for i in range(3_000)])),
    "M106 names that climb": ("docx", "broken", lambda: docx(more=[("../../etc/a", b"x")])),
    "M107 a part twice": ("docx", "broken", lambda: docx(more=[("Word/Document.xml", b"<a/>")])),
    "M108 an external entity": (
        "docx",
        "entity",
        lambda: docx(PLAIN.replace("春耕", "&x;"), prolog='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    ),
    "M109 a billion laughs": ("docx", "entity", lambda: docx(PLAIN.replace("春耕", "&j;"), prolog=LAUGHS + "]>")),
    "M113 a password": (
        "docx",
        "encrypted",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 4000,
    ),
    "M118 fifty thousand levels": ("docx", "broken", lambda: docx(NEST, compression=zipfile.ZIP_STORED)),
    "M119 a cut archive": ("docx", "broken", lambda: docx()[:-40]),
    "M201 ten thousand pages": ("pdf", "size", ten_thousand_pages),
    "M203 flate, 360 MB": ("pdf", None, lambda: one_page(stream(repeated(b" " * MEGABYTE, 360), b"/Filter/FlateDecode"))),
    "M204 flate in flate": ("pdf", None, double_flate),
    "M205 forms in forms": ("pdf", None, nested_forms),
    "M206 a form in itself": ("pdf", None, form_in_itself),
    "M206 a page tree in itself": (
        "pdf",
        None,
        lambda: pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
    ),
    "M216 a cut PDF": ("pdf", "broken", lambda: one_page(stream(b"BT ET"))[:120]),
    "M321 nothing but blanks": ("txt", "empty", lambda: b"\xef\xbb\xbf  \n\t\n"),
    "M402 a million rows": ("xlsx", "size", lambda: sheet(many_cells(1_000_000))),
    "M405 an entity in a sheet": ("xlsx", None, lambda: sheet(b"<row><c><v>&j;</v></c></row>")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(reader, name):
    kind, reason, make = REFUSED[name]
    data = make()
    start = time.monotonic()
    with pytest.raises(RefusedInput) as caught:
        reader.read(data, f"a.{kind}")
    assert reason in (None, caught.value.reason)
    assert caught.value.reason != "timeout"
    assert "Traceback" not in caught.value.message
    assert "/" not in caught.value.message.replace("word/document.xml", "")
    assert time.monotonic() - start < 20
    assert isinstance(reader.read("<p>一、做好春耕备耕。</p>".encode(), "后.html"), ParsedDocument)


def codes(document):
    return {issue.code for issue in document.issues}


def test_deep_html_keeps_all_its_text(reader):
    page = "<html><body>" + "<div>" * 100_000 + "<p>一、做好春耕备耕，落实种植面积。</p>" + "</div>" * 100_000
    assert "落实种植面积" in reader.read(page.encode(), "深.html").text


@pytest.mark.parametrize("junk", [b"<a " * 2_000_000, b"<![" * 500_000, b"<!--" + b"x" * 3_000_000])
def test_markup_that_never_ends_is_read_or_refused(reader, junk):
    start = time.monotonic()
    try:
        text = reader.read("<html><body><p>一、做好春耕备耕。</p>".encode() + junk, "a.html").text
    except RefusedInput as refusal:
        assert refusal.reason != "timeout"
    else:
        assert "春耕备耕" in text
    assert time.monotonic() - start < 15


def test_external_links_are_never_followed(reader):
    link = ROOT.replace(
        b"officeDocument/2006/relationships/officeDocument", b"officeDocument/2006/relationships/attachedTemplate"
    )
    link = link.replace(b'Target="word/document.xml"', b'Target="http://127.0.0.1:9/a.dotm" TargetMode="External"')
    document = reader.read(docx(more=[("word/_rels/document.xml.rels", link)]), "a.docx")
    assert "落实种植面积" in document.text


def test_stored_members_are_read(reader):
    assert "落实种植面积" in reader.read(docx(compression=zipfile.ZIP_STORED), "a.docx").text


def test_hidden_small_and_white_runs_are_left_out_and_said(reader):
    run = "<w:r><w:rPr>{}</w:rPr><w:t>{}</w:t></w:r>"
    shaded = f'<w:p><w:pPr><w:shd w:fill="1F497D"/></w:pPr>{run.format(WHITE, "蓝底白字")}</w:p>'
    hidden = "".join(run.format(how, f"看不见{i}") for i, how in enumerate(("<w:vanish/>", '<w:sz w:val="2"/>', WHITE)))
    document = reader.read(docx(PLAIN + f"<w:p>{hidden}</w:p>" + shaded), "a.docx")
    assert "看不见" not in document.text
    assert "蓝底白字" in document.text
    assert "hidden_text" in codes(document)


@pytest.mark.parametrize("style", ["display:none", "visibility: hidden", "opacity:0", "text-indent:-9999px", "font-size:0"])
def test_text_a_browser_would_not_show_is_left_out_and_said(reader, style):
    page = f"<html><body><h1>某县通知</h1><p>一、做好春耕备耕，落实种植面积。</p><p style='{style}'>看不见的话</p></body></html>"
    document = reader.read(page.encode(), "a.html")
    assert "看不见" not in document.text
    assert "hidden_text" in codes(document)


def test_white_and_invisible_text_of_a_pdf_is_left_out_and_said(reader):
    drawn = b"BT /F 20 Tf 50 700 Td (seen seen seen seen) Tj ET BT 1 g /F 20 Tf 50 650 Td (white) Tj ET "
    drawn += b"BT 3 Tr 0 g /F 20 Tf 50 600 Td (third mode) Tj ET 0 0 0.5 rg 40 540 300 30 re f BT 0 Tr 1 g /F 20 Tf 50 550 Td (banner) Tj ET"
    font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    document = reader.read(one_page(stream(drawn), font), "a.pdf")
    assert "seen" in document.text
    assert "banner" in document.text
    assert "white" not in document.text
    assert "third" not in document.text
    assert "hidden_text" in codes(document)


def test_memory_runs_out_inside_the_wall():
    rows = sheet(many_cells(120_000, "字" * 40))
    with SafeReader(replace(DEFAULT, seconds=60.0, memory_bytes=256 * MEGABYTE)) as small:
        with pytest.raises(RefusedInput) as caught:
            small.read(rows, "a.xlsx")
        assert caught.value.reason in ("memory", "crash")
        assert small.read("<p>一、做好春耕备耕。</p>".encode(), "后.html").text


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are a thing of POSIX")
def test_what_the_worker_started_ends_with_it(tmp_path, monkeypatch):
    """A converter that hangs is stopped together with the worker that waits for it."""
    note = tmp_path / "pid"
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {note}\nwait\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with SafeReader(replace(DEFAULT, seconds=3.0)) as safe:
        with pytest.raises(RefusedInput) as caught:
            safe.read(rb"{\rtf1 text}", "a.rtf")
        assert caught.value.reason == "timeout"
    pid = int(note.read_text())
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.02)
    pytest.fail("the converter outlived the worker")
