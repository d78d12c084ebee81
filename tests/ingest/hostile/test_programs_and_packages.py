"""Inputs that are known to hold or break parsers: each must end as the threat list says, in bounded time and memory."""

import io
import os
import sys
import tempfile
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

pytestmark = pytest.mark.hostile


@pytest.fixture(scope="module")
def reader():
    with SafeReader(replace(DEFAULT, seconds=60.0, memory_bytes=768 * MEGABYTE)) as safe:
        yield safe


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


def ten_thousand_pages():
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count 10000>>" % (b"3 0 R " * 10_000),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    )


def form_in_itself():
    form = stream(b"/F Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>")
    return one_page(stream(b"/F Do"), b"/XObject<</F 5 0 R>>", [form])


REFUSED = {
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
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(reader, name):
    kind, reason, make = REFUSED[name]
    data = make()
    with pytest.raises(RefusedInput) as caught:
        reader.read(data, f"a.{kind}")
    assert reason in (None, caught.value.reason)
    assert caught.value.reason != "timeout"
    assert "Traceback" not in caught.value.message
    assert "/" not in caught.value.message
    assert isinstance(reader.read("<p>一、做好春耕备耕。</p>".encode(), "后.html"), ParsedDocument)


def codes(document):
    return {issue.code for issue in document.issues}


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
    import openpyxl

    empty, out = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(empty)
    cells = "".join(f'<row r="{i}"><c t="inlineStr"><is><t>{"字" * 40}</t></is></c></row>' for i in range(1, 120_001))
    with zipfile.ZipFile(empty) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"<sheetData></sheetData>", f"<sheetData>{cells}</sheetData>".encode())
                assert len(data) > MEGABYTE
            target.writestr(name, data)
    with SafeReader(replace(DEFAULT, seconds=60.0, memory_bytes=160 * MEGABYTE)) as small:
        with pytest.raises(RefusedInput) as caught:
            small.read(out.getvalue(), "a.xlsx")
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
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    with SafeReader(replace(DEFAULT, seconds=3.0)) as safe:
        with pytest.raises(RefusedInput) as caught:
            safe.read(rb"{\rtf1 text}", "a.rtf")
        assert caught.value.reason == "timeout"
        assert list(scratch.iterdir()) == []
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
