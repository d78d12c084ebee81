"""Rows M101–M120 and M401–M409 of the threat list: packages, Word documents and workbooks that mislead or exhaust a reader."""

import io
import re
import shutil
import socket
import struct
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from corpus.errors import RefusedInput
from ingest.limits import DEFAULT, MEGABYTE
from ingest.reader import read
from ingest.worker import SafeReader

pytestmark = pytest.mark.hostile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/package/2006/content-types"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PLAIN = "<w:p><w:r><w:t>一、做好春耕备耕，落实种植面积。</w:t></w:r></w:p>"
DOCUMENT, SHEET = "wordprocessingml.document.main", "spreadsheetml.sheet.main"


@pytest.fixture(scope="module")
def reader():
    with SafeReader(replace(DEFAULT, seconds=60.0, memory_bytes=1024 * MEGABYTE)) as safe:
        yield safe


def relations(*lines):
    inner = "".join(
        f'<Relationship Id="r{i}" Type="{R}/{kind}" Target="{target}"{" TargetMode=" + chr(34) + mode + chr(34) if mode else ""}/>'
        for i, (kind, target, mode) in enumerate(lines, 1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{LINKS}">{inner}</Relationships>'


def package(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return out.getvalue()


def frame(main, kind):
    return [
        (
            "[Content_Types].xml",
            f'<?xml version="1.0"?><Types xmlns="{KINDS}"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
            f'PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/></Types>',
        ),
        ("_rels/.rels", relations(("officeDocument", main, ""))),
    ]


def docx_parts(body=PLAIN, *, prolog="", more=()):
    document = f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}</w:body></w:document>'
    return [*frame("word/document.xml", DOCUMENT), ("word/document.xml", document), *more]


def docx(body=PLAIN, *, compression=zipfile.ZIP_DEFLATED, **options):
    return package(docx_parts(body, **options), compression)


def workbook(rows, *, after="", parts=(), links=(), book=""):
    """A workbook whose one sheet is written by hand."""
    main = f'<workbook xmlns="{SHEETS}" xmlns:r="{R}">{book}<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
    return package(
        [
            *frame("xl/workbook.xml", SHEET),
            ("xl/workbook.xml", main),
            ("xl/_rels/workbook.xml.rels", relations(("worksheet", "worksheets/sheet1.xml", ""), *links)),
            ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{SHEETS}"><sheetData>{rows}</sheetData>{after}</worksheet>'),
            *parts,
        ]
    )


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text_cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def codes(document):
    return {issue.code for issue in document.issues}


def refused(reader, data, name="a.docx"):
    with pytest.raises(RefusedInput) as caught:
        reader.read(data, name)
    assert "Traceback" not in caught.value.message
    return caught.value


def peak_of(reader):
    """The most memory the worker has held so far, in megabytes."""
    status = Path(f"/proc/{reader._process.pid}/status")
    if not status.exists():
        pytest.skip("needs the process table of Linux")
    return int(re.search(r"VmHWM:\s+(\d+)", status.read_text()).group(1)) >> 10


def test_m101_a_part_too_large_is_refused_before_it_is_unpacked():
    with SafeReader() as fresh:
        fresh.read(docx(), "先.docx")
        before = peak_of(fresh)
        assert refused(fresh, docx("<w:p>" + " " * (400 * MEGABYTE) + "</w:p>")).reason == "size"
        assert peak_of(fresh) < before + 20
        assert peak_of(fresh) < 150


def test_m102_a_directory_that_lies_about_sizes(reader):
    data = bytearray(docx("<w:p>" + " " * (110 * MEGABYTE) + "</w:p>"))
    at = data.index(b"word/document.xml", data.index(b"_rels/.rels"))
    data[at - 8 : at - 4] = struct.pack("<I", 1000)
    at = data.rindex(b"word/document.xml")
    data[at - 22 : at - 18] = struct.pack("<I", 1000)
    assert refused(reader, bytes(data)).reason in ("broken", "size")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_m103_a_million_empty_paragraphs(reader, compression):
    assert refused(reader, docx("<w:p/>" * 1_000_000, compression=compression)).reason == "size"


def test_m104_a_zip_inside_a_zip(reader):
    assert refused(reader, package([("a.zip", package([("a.txt", b"x")]))])).reason == "mismatch"


def test_m104_members_that_overlap(reader):
    """Every entry of the directory points to the same bytes: a few kilobytes that unpack to gigabytes."""
    parts = docx_parts(more=[(f"word/media/{i:04}.bin", b"") for i in range(200)])
    data = bytearray(package(parts))
    first = data.index(b"PK\x01\x02")
    place = data.index(b"PK\x03\x04", data.index(b"word/document.xml"))
    at = first
    while (at := data.find(b"PK\x01\x02", at)) != -1:
        if data[at + 46 : at + 56] == b"word/media":
            data[at + 42 : at + 46] = struct.pack("<I", place)
        at += 4
    assert refused(reader, bytes(data)).reason == "size"


def test_m105_a_hundred_thousand_members(reader):
    entries, directory = bytearray(), bytearray()
    for i in range(100_000):
        name = f"word/media/{i:06}".encode()
        start = len(entries)
        entries += struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
        directory += (
            struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, start) + name
        )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), len(entries), 0)
    data = bytes(entries + directory + end).replace(b"word/media/000000", b"word/document.xml")
    assert refused(reader, data).reason == "size"


@pytest.mark.parametrize("name", ["../../etc/a", "/etc/a", "C:/a", "..\\a", "word/\x00a", "word/../../a"])
def test_m106_member_names_that_lead_out(reader, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = docx(more=[(name.replace("\x00", "~"), b"x")]).replace(b"word/~a", b"word/\x00a")
    assert refused(reader, data).reason == "broken"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["word/document.xml", "Word/Document.xml"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_m107_the_same_part_twice(reader, name):
    assert refused(reader, docx(more=[(name, b"<a/>")])).reason == "broken"


@pytest.mark.parametrize("place", ["file:///etc/passwd", "http://127.0.0.1:9/a", "ftp://127.0.0.1/a", "\\\\server\\share\\a"])
def test_m108_an_external_entity(reader, place):
    refusal = refused(reader, docx(PLAIN.replace("春耕", "&x;"), prolog=f'<!DOCTYPE d [<!ENTITY x SYSTEM "{place}">]>'))
    assert refusal.reason == "entity"
    assert "外部实体" in refusal.message


LAUGHS = "<!DOCTYPE z [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + i)} '{('&' + chr(97 + i) + ';') * 10}'>" for i in range(9)
)
QUADRATIC = f"<!DOCTYPE z [<!ENTITY j '{'x' * 50_000}'>"


@pytest.mark.parametrize("prolog", [LAUGHS, QUADRATIC], ids=["laughs", "quadratic"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_m109_entities_that_multiply(reader, prolog, encoding):
    parts = dict(docx_parts(PLAIN.replace("春耕", "&j;" * 1000), prolog=prolog + "]>"))
    parts["word/document.xml"] = parts["word/document.xml"].replace("UTF-8", encoding).encode(encoding)
    assert refused(reader, package(parts.items())).reason == "entity"


def test_m110_external_targets_are_never_followed(reader):
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.3)
    there = f"http://127.0.0.1:{server.getsockname()[1]}/a"
    kinds = ("attachedTemplate", "image", "oleObject", "hyperlink")
    links = relations(*((kind, there, "External") for kind in kinds))
    body = PLAIN + '<w:p><w:hyperlink r:id="r4"><w:r><w:t>链接的文字</w:t></w:r></w:hyperlink></w:p>'
    document = reader.read(docx(body, more=[("word/_rels/document.xml.rels", links)]), "a.docx")
    assert "落实种植面积" in document.text
    assert "链接的文字" in document.text
    assert "external" in codes(document)
    with pytest.raises(TimeoutError):
        server.accept()
    server.close()


def test_m111_an_embedded_page_is_read_an_embedded_document_is_said(reader):
    body = PLAIN + '<w:altChunk r:id="r1"/><w:altChunk r:id="r2"/><w:altChunk r:id="r3"/>'
    links = relations(("aFChunk", "a.html", ""), ("aFChunk", "b.docx", ""), ("aFChunk", "none.html", ""))
    page = "<html><body><p>二、落实责任。</p><p style='display:none'>暗文</p></body></html>"
    parts = [("word/_rels/document.xml.rels", links), ("word/a.html", page), ("word/b.docx", docx(PLAIN.replace("春耕", "秋收")))]
    document = reader.read(docx(body, more=parts), "a.docx")
    assert "二、落实责任。" in document.text
    assert "秋收" not in document.text
    assert "暗文" not in document.text
    assert {"chunk_skipped", "chunk_missing", "hidden_text"} <= codes(document)


def test_m112_macros_are_ignored_and_said(reader):
    document = reader.read(docx(more=[("word/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 100)]), "a.docm")
    assert "落实种植面积" in document.text
    assert "macro" in codes(document)


def compound(*streams):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + b"".join(s.encode("utf-16-le") for s in streams) + b"\x00" * 4000


def test_m113_a_password(reader):
    refusal = refused(reader, compound("EncryptionInfo", "EncryptedPackage"))
    assert refusal.reason == "encrypted"
    assert "加密" in refusal.message


@pytest.mark.parametrize(
    ("data", "real"),
    [(compound("WordDocument"), ".doc"), (compound("Workbook"), ".xls"), (compound("PowerPoint Document"), ".ppt")],
)
def test_m114_old_formats_under_a_new_name(reader, data, real):
    refusal = refused(reader, data)
    if shutil.which("soffice"):
        assert refusal.reason == "broken"  # told for what it is, and nothing LibreOffice can open
    else:
        assert refusal.reason == "needs_office"
        assert "文件名是 .docx" in refusal.message
        assert real in refusal.message


def run(text, properties=""):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


WHITE = '<w:color w:val="FFFFFF"/>'


def test_m115_hidden_tiny_and_white_runs(reader):
    shaded = f'<w:p><w:pPr><w:shd w:fill="1F497D"/></w:pPr>{run("蓝底白字", WHITE)}</w:p>'
    hidden = "".join(run(f"看不见{i}", how) for i, how in enumerate(("<w:vanish/>", '<w:sz w:val="2"/>', WHITE)))
    document = reader.read(docx(PLAIN + f"<w:p>{hidden}</w:p>" + shaded), "a.docx")
    assert "看不见" not in document.text
    assert "蓝底白字" in document.text
    assert "hidden_text" in codes(document)


def test_m116_tracked_changes_are_read_as_accepted(reader):
    body = (
        f"<w:p>{run('加强')}<w:ins>{run('全面')}</w:ins><w:del><w:r><w:delText>旧的</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('挪走')}</w:moveFrom><w:moveTo>{run('挪来')}</w:moveTo>{run('监管。')}</w:p>"
        f"<w:tbl><w:tr><w:tc><w:p>{run('任务')}</w:p></w:tc><w:tc><w:p>{run('单位')}</w:p></w:tc></w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p>{run('删去的行')}</w:p></w:tc><w:tc><w:p>{run('某局')}</w:p></w:tc></w:tr>"
        f"<w:tr><w:tc><w:p>{run('修路')}</w:p></w:tc><w:tc><w:p><w:ins>{run('县交通局')}</w:ins></w:p></w:tc></w:tr></w:tbl>"
    )
    document = reader.read(docx(body), "a.docx")
    assert document.text == "加强全面挪来监管。\n任务 | 单位\n修路 | 县交通局\n"
    assert "revisions" in codes(document)


def test_m117_notes_boxes_and_tables_in_comments_out(reader):
    box = f"<w:pict><w:txbxContent><w:p>{run('文本框内容')}</w:p></w:txbxContent></w:pict>"
    body = (
        f"<w:p><w:commentRangeStart w:id='1'/>{run('正文')}<w:commentRangeEnd w:id='1'/>"
        f"<w:r><w:commentReference w:id='1'/></w:r><w:r><w:footnoteReference w:id='2'/></w:r><w:r>{box}</w:r></w:p>"
        f"<w:tbl><w:tr><w:tc><w:p>{run('甲')}</w:p></w:tc><w:tc><w:p>{run('乙')}<w:r><w:footnoteReference w:id='3'/></w:r></w:p></w:tc></w:tr>"
        f"<w:tr><w:tc><w:p>{run('丙')}</w:p></w:tc><w:tc><w:p>{run('丁')}</w:p></w:tc></w:tr></w:tbl>"
    )
    notes = "".join(f"<w:footnote w:id='{i}'><w:p>{run(f'脚注{i}。')}</w:p></w:footnote>" for i in (2, 3))
    parts = [
        ("word/_rels/document.xml.rels", relations(("footnotes", "footnotes.xml", ""), ("comments", "comments.xml", ""))),
        ("word/footnotes.xml", f"<w:footnotes xmlns:w='{W}'>{notes}</w:footnotes>"),
        (
            "word/comments.xml",
            f"<w:comments xmlns:w='{W}'><w:comment w:id='1'><w:p>{run('批注的话')}</w:p></w:comment></w:comments>",
        ),
    ]
    document = reader.read(docx(body, more=parts), "a.docx")
    for word in ("正文", "脚注2。", "脚注3。", "文本框内容", "甲 | 乙"):
        assert document.text.count(word) == 1, word
    assert "批注的话" not in document.text
    assert "comments" in codes(document)
    assert len(document.tables) == 1


def test_m118_fifty_thousand_levels(reader):
    nest = "<w:p>" + "<w:smartTag>" * 50_000 + "</w:smartTag>" * 50_000 + "</w:p>"
    assert refused(reader, docx(nest, compression=zipfile.ZIP_STORED)).reason == "broken"


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_m119_a_cut_archive(reader, cut):
    assert refused(reader, docx()[:-cut]).reason == "broken"


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml"])
def test_m119_a_part_with_a_wrong_checksum(reader, part):
    more = [
        ("word/_rels/document.xml.rels", relations(("styles", "styles.xml", ""))),
        ("word/styles.xml", f"<w:styles xmlns:w='{W}'/>"),
    ]
    data = bytearray(docx(PLAIN * 50, more=more, compression=zipfile.ZIP_STORED))
    at = data.index(part.encode(), data.index(b"_rels/.rels"))
    while data[at - 30 : at - 26] != b"PK\x03\x04":
        at = data.index(part.encode(), at + 1)
    data[at + len(part) + 30] ^= 1
    assert refused(reader, bytes(data)).reason == "broken"


class Unseekable(io.RawIOBase):
    """A stream that can only be written: sizes then stand behind each member, not before it."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, piece):
        self.data += piece
        return len(piece)


def test_m120_zip64_descriptors_and_stored_members(reader):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in docx_parts():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data.encode())
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in docx_parts():
            archive.writestr(name, data)
    for data in (out.getvalue(), bytes(stream.data), docx(compression=zipfile.ZIP_STORED)):
        assert reader.read(data, "a.docx").text == "一、做好春耕备耕，落实种植面积。\n"


def test_m401_a_cell_in_the_far_corner(reader):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "起", "止"
    start = time.process_time()
    document = read(saved(book), "a.xlsx")
    assert time.process_time() - start < 2
    assert document.text.split() == ["起", "|", "|", "止"] or {"起", "止"} <= set(document.text.split())


def test_m402_a_million_rows(reader):
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(1, 1_000_001))
    assert refused(reader, workbook(rows), "a.xlsx").reason == "size"


def test_m403_a_merge_over_the_whole_sheet(reader):
    rows = f'<row r="1">{text_cell("A1", "说明")}</row><row r="2">{text_cell("A2", "甲")}</row>'
    merge = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert refused(reader, workbook(rows, after=merge), "a.xlsx").reason == "size"


def test_m403_merges_styles_and_names_without_end(reader):
    merges = "".join(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(1, 60_000))
    assert refused(reader, workbook("<row r='1'/>", after=f"<mergeCells>{merges}</mergeCells>"), "a.xlsx").reason == "size"
    row = f'<row r="1">{text_cell("A1", "甲")}</row>'
    names = "".join(f'<definedName name="n{i}">S!$A$1</definedName>' for i in range(100_000))
    data = workbook(row).replace(b"", b"")
    main = f'<workbook xmlns="{SHEETS}" xmlns:r="{R}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets><definedNames>{names}</definedNames></workbook>'
    assert refused(reader, replaced(data, "xl/workbook.xml", main), "a.xlsx").reason == "size"
    formats = "<xf/>" * 1_000_000
    styles = f'<styleSheet xmlns="{SHEETS}"><cellXfs count="1000000">{formats}</cellXfs></styleSheet>'
    data = workbook(row, parts=[("xl/styles.xml", styles)], links=[("styles", "styles.xml", "")])
    assert refused(reader, data, "a.xlsx").reason == "size"


def replaced(data, name, content):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(n, content if n == name else archive.read(n)) for n in archive.namelist()]
    return package(parts)


@pytest.mark.parametrize("index", [5, 2**31, -1])
def test_m404_shared_strings_that_are_not_there(reader, index):
    strings = f'<sst xmlns="{SHEETS}" count="2147483648" uniqueCount="2147483648"><si><t>甲</t></si></sst>'
    rows = f'<row r="1"><c r="A1" t="s"><v>{index}</v></c><c r="B1" t="s"><v>0</v></c></row>'
    data = workbook(rows, parts=[("xl/sharedStrings.xml", strings)], links=[("sharedStrings", "sharedStrings.xml", "")])
    assert refused(reader, data, "a.xlsx").reason == "broken"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/core.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_m405_entities_in_any_part(reader, part, encoding):
    row = f'<row r="1">{text_cell("A1", "甲")}</row>'
    bomb = f"<?xml version='1.0' encoding='{encoding}'?>{LAUGHS}]><a>&j;</a>"
    parts = [(part, "<a/>")] if part.startswith(("docProps", "xl/shared")) else []
    data = replaced(workbook(row, parts=parts), part, bomb.encode(encoding))
    assert refused(reader, data, "a.xlsx").reason == "entity"


def test_m406_links_out_of_a_workbook_are_ignored_and_said(reader):
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.3)
    there = f"http://127.0.0.1:{server.getsockname()[1]}/a"
    parts = [
        ("xl/externalLinks/externalLink1.xml", f'<externalLink xmlns="{SHEETS}"/>'),
        ("xl/externalLinks/_rels/externalLink1.xml.rels", relations(("externalLinkPath", there, "External"))),
        (
            "xl/connections.xml",
            f'<connections xmlns="{SHEETS}"><connection id="1" type="4"><webPr url="{there}"/></connection></connections>',
        ),
        (
            "xl/pivotCache/pivotCacheRecords1.xml",
            f'<pivotCacheRecords xmlns="{SHEETS}"><r><s v="缓存的底数"/></r></pivotCacheRecords>',
        ),
    ]
    cell = '<c r="B1" t="str"><f>cmd|\'/c calc\'!A0</f><v>所见的值</v></c>'
    data = workbook(f'<row r="1">{text_cell("A1", "甲")}{cell}</row><row r="2">{text_cell("A2", "乙")}</row>', parts=parts)
    document = reader.read(data, "a.xlsx")
    assert "所见的值" in document.text
    assert "缓存的底数" not in document.text
    assert "external" in codes(document)
    with pytest.raises(TimeoutError):
        server.accept()
    server.close()


@pytest.mark.parametrize(("base", "shown"), [("", "2026-03-02"), ('<workbookPr date1904="1"/>', "2030-03-03")])
def test_m407_values_as_they_show(reader, base, shown):
    styles = f'<styleSheet xmlns="{SHEETS}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    rows = (
        f'<row r="1">{text_cell("A1", "项")}{text_cell("B1", "值")}</row>'
        f'<row r="2">{text_cell("A2", "日期")}<c r="B2" s="1"><v>46083</v></c></row>'
        f'<row r="3">{text_cell("A3", "没有结果")}<c r="B3"><f>1+1</f></c></row>'
        f'<row r="4">{text_cell("A4", "出错")}<c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        f'<row r="5">{text_cell("A5", "合计")}<c r="B5"><f>1+1</f><v>2</v></c></row>'
    )
    data = workbook(rows, parts=[("xl/styles.xml", styles)], links=[("styles", "styles.xml", "")], book=base)
    document = reader.read(data, "a.xlsx")
    assert document.text.split("\n")[1:5] == [f"日期 | {shown}", "没有结果 | ", "出错 | #DIV/0!", "合计 | 2"]
    messages = {issue.code: issue.message for issue in document.issues}
    assert "1 个" in messages["formula_empty"]
    assert "1 个" in messages["formula_error"]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_m408_hidden_sheets_rows_and_columns(reader, state):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["任务", "内部价", "单位"], ["修路", "暗价", "县交通局"], ["暗行", "0", "某局"]):
        sheet.append(row)
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[3].hidden = True
    book.create_sheet("底稿").append(["暗表"])
    book["底稿"].sheet_state = state
    document = reader.read(saved(book), "a.xlsx")
    assert "暗" not in document.text
    assert "修路 | 县交通局" in document.text
    assert {"hidden_sheet", "hidden_cells"} <= codes(document)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_m409_what_looks_like_a_formula_is_text_and_safe_in_exports(reader, start):
    import csv
    import datetime

    from ui.exports.tables import ExportTable, TableColumn
    from ui.exports.writing import to_bytes

    book = openpyxl.Workbook()
    book.active.append(["任务", "单位"])
    book.active.append(["占位", "县局"])
    cell = book.active["A2"]
    cell.value, cell.data_type = f"{start}1+1", "s"
    document = reader.read(saved(book), "a.xlsx")
    assert f"{start.strip()}1+1 | 县局" in document.text
    table = ExportTable("台账", (TableColumn("任务", 10),), ((f"{start}1+1",),))
    made = datetime.date(2026, 3, 2)
    out = openpyxl.load_workbook(io.BytesIO(to_bytes(table, "xlsx", made_on=made))).active["A3"]
    assert out.data_type == "s"
    assert out.quotePrefix
    lines = list(csv.reader(io.StringIO(to_bytes(table, "csv", made_on=made).decode("utf-8-sig"))))
    assert any(value.startswith("'") for line in lines for value in line if "1+1" in value)


def test_m410_a_table_of_plain_text_is_read(reader):
    text = '序号,任务,责任单位\n1,"修路，12公里\n含桥",县交通局\n\n2,清淤,县水利局\n'
    for data in (text.encode("utf-8-sig"), text.encode("gb18030"), text.replace(",", "\t").encode("utf-16")):
        document = reader.read(data, "台账.csv")
        assert document.text == "序号 | 任务 | 责任单位\n1 | 修路，12公里 含桥 | 县交通局\n2 | 清淤 | 县水利局\n"
        (table,) = document.tables
        assert table.header_rows == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a," * 100_000 + b"b\n", "size"),
        (b"1,2,3\n" * 70_000, "size"),
        ('甲,"'.encode() + b"x" * (45 << 20), "broken"),
        ("任务,单位\n修\x00路,县局\n".encode(), "broken"),
    ],
    ids=["columns", "cells", "unclosed quote", "NUL"],
)
def test_m410_a_table_of_plain_text_that_cannot_be_one(reader, data, reason):
    start = time.monotonic()
    assert refused(reader, data, "a.csv").reason == reason
    assert time.monotonic() - start < 20
