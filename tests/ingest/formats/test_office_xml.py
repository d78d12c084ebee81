"""Office files in XML alone, mislabelled files, packages with backslashes, and what looks like mark-up."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest

from corpus.errors import RefusedInput
from ingest.files import gather
from ingest.reader import read, read_raw

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OLD = "http://schemas.microsoft.com/office/word/2003/wordml"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
TITLE = "云岭县人民政府办公室关于做好春耕备耕工作的通知"
BODY = "各乡镇要在2026年3月底前完成农资储备，储备化肥不少于1200吨。"


def docx(separator: str = "/") -> bytes:
    out = io.BytesIO()
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in (TITLE, BODY))
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="a" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{lines}</w:body></w:document>',
    }
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name)
            info.filename = name.replace("/", separator)
            archive.writestr(info, text)
    return out.getvalue()


def wordml(body: str, more: str = "") -> bytes:
    spaces = f'xmlns:w="{OLD}" xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" xmlns:aml="http://schemas.microsoft.com/aml/2001/core"'
    return f'<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?><w:wordDocument {spaces}>{more}<w:body><wx:sect>{body}</wx:sect></w:body></w:wordDocument>'.encode()


def para(text: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}<w:r><w:t>{text}</w:t></w:r></w:p>"


def flat(data: bytes) -> bytes:
    pieces = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode()
            pieces.append(
                f'<pkg:part pkg:name="/{name}" pkg:contentType="application/xml"><pkg:xmlData>{text}</pkg:xmlData></pkg:part>'
            )
    pieces.append(
        f'<pkg:part pkg:name="/word/media/a.png"><pkg:binaryData>{base64.encodebytes(bytes(900)).decode()}</pkg:binaryData></pkg:part>'
    )
    return f'<?xml version="1.0" standalone="yes"?><?mso-application progid="Word.Document"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">{"".join(pieces)}</pkg:package>'.encode()


@pytest.mark.parametrize("name", ["通知.xml", "通知.doc", "通知.docx", "通知.txt"])
@pytest.mark.parametrize("data", [flat(docx()), wordml(para(TITLE) + para(BODY))], ids=["flat", "2003"])
def test_word_in_one_xml_file_is_read_under_any_name(name: str, data: bytes) -> None:
    raw = read_raw(data, name)
    assert raw.text == f"{TITLE}\n{BODY}\n" and raw.format == "xml"
    assert read(data, name).head.title == TITLE


def test_word_2003_lists_tables_notes_and_revisions() -> None:
    lists = '<w:lists><w:listDef w:listDefId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:nfc w:val="37"/><w:suff w:val="Nothing"/><w:lvlText w:val="%1、"/></w:lvl></w:listDef><w:list w:ilfo="1"><w:ilst w:val="0"/></w:list></w:lists>'
    listed = '<w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="1"/></w:listPr>'
    cell = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"
    table = (
        "<w:tbl><w:tr>"
        + cell.format('<w:vmerge w:val="restart"/>', para("区县"))
        + cell.format("", para("面积"))
        + "</w:tr><w:tr>"
        + cell.format("<w:vmerge/>", "<w:p/>")
        + cell.format("", para("1200亩"))
        + "</w:tr></w:tbl>"
    )
    note = f"<w:p><w:r><w:t>覆盖率62%</w:t></w:r><w:r><w:footnote>{para('县林业局数据。')}</w:footnote></w:r><w:r><w:t>。</w:t></w:r></w:p>"
    change = '<w:p><aml:annotation w:type="Word.Insertion"><aml:content><w:r><w:t>新增一句。</w:t></w:r></aml:content></aml:annotation><aml:annotation w:type="Word.Deletion"><aml:content><w:r><w:delText>旧句</w:delText></w:r></aml:content></aml:annotation><aml:annotation w:type="Word.Comment"><aml:content><w:p><w:r><w:t>批注语</w:t></w:r></w:p></aml:content></aml:annotation></w:p>'
    raw = read_raw(
        wordml(para(TITLE) + para("加强领导", listed) + para("落实经费", listed) + table + note + change, lists), "a.xml"
    )
    assert raw.text.split("\n")[1:3] == ["一、加强领导", "二、落实经费"]
    assert [[cell.of(raw.text) for cell in row] for row in raw.tables[0].rows] == [["区县", "面积"], ["区县", "1200亩"]]
    assert "覆盖率62%。\n县林业局数据。\n新增一句。" in raw.text and "旧句" not in raw.text and "批注语" not in raw.text
    assert {issue.code for issue in raw.issues} >= {"revisions", "comments"}


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0"?><svg xmlns="a"><text>1</text></svg>',
        b'<?xml version="1.0"?><\xe6\xa0\x87:UOF xmlns:\xe6\xa0\x87="a"/>',
        b'<?xml version="1.0"?><uof:UOF xmlns:uof="uof">1</uof:UOF>',
    ],
)
def test_other_xml_is_refused_with_its_reason(data: bytes) -> None:
    with pytest.raises(RefusedInput) as caught:
        read_raw(data, "a.xml")
    assert caught.value.reason == "unsupported" and "请" in caught.value.message


@pytest.mark.hostile
@pytest.mark.parametrize(
    "data",
    [
        flat(docx()).replace(b"<pkg:package", b"<!DOCTYPE a [<!ENTITY b 'c'>]><pkg:package"),
        flat(docx()).replace(b"/word/media/a.png", b"/../../a.png"),
        wordml(para(TITLE))[:-40],
    ],
)
def test_hostile_xml_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedInput) as caught:
        read_raw(data, "a.xml")
    assert caught.value.reason in ("entity", "broken")


def test_backslashes_between_folders_are_read() -> None:
    assert read_raw(docx("\\"), "通知.docx").text == f"{TITLE}\n{BODY}\n"


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (docx(), "通知.txt", "docx"),
        (docx(), "通知.pdf", "docx"),
        (f"<html><body><p>{TITLE}</p><p>{BODY}</p></body></html>".encode(), "通知.doc", "html"),
        (f"<html><body><p>{TITLE}</p><p>{BODY}</p></body></html>".encode("gb18030"), "通知.docx", "html"),
    ],
)
def test_a_wrong_name_is_told_by_the_content_and_said(data: bytes, name: str, format: str) -> None:
    raw = read_raw(data, name)
    assert raw.format == format and BODY in raw.text and "mismatch" in {issue.code for issue in raw.issues}


def test_an_old_word_file_under_a_new_name_is_one(monkeypatch) -> None:
    import shutil

    monkeypatch.setattr(shutil, "which", lambda name: None)
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(4000)
    with pytest.raises(RefusedInput, match=r"文件名是 \.docx，内容是旧版 Word") as caught:
        read_raw(data, "通知.docx")
    assert caught.value.reason == "needs_office"


ENCODED = "\n".join(base64.b64encode(bytes((i * 7 + j) % 251 for j in range(57))).decode() for i in range(60))


@pytest.mark.parametrize(
    "text",
    [
        ENCODED,
        "<svg><g>" + '<path d="M0 0L1 1" fill="red"/>' * 50 + "</g></svg>",
        "<Relationships>" + '<Relationship Id="a" Target="b"/>' * 60 + "</Relationships>",
    ],
)
def test_encoded_data_and_mark_up_are_no_text(text: str) -> None:
    with pytest.raises(RefusedInput) as caught:
        read_raw(text.encode(), "通知.txt")
    assert caught.value.reason == "markup" and "请" in caught.value.message


def test_encoded_data_inside_a_text_is_left_out_and_said() -> None:
    text = f"{TITLE}\n\n{BODY * 40}\n\n{ENCODED}\n\n云岭县人民政府办公室\n2026年2月3日\n"
    doc = read(text.encode(), "通知.txt")
    assert doc.text == text and "encoded" in {issue.code for issue in doc.issues}
    at = doc.text.index(ENCODED)
    assert any(zone.kind == "boilerplate" and zone.span.start <= at < zone.span.end for zone in doc.zones)


def test_a_text_about_mark_up_stays_a_text() -> None:
    text = f"{TITLE}\n\n网页应当使用<title>和<meta>标签，标签写法为<meta name='ArticleTitle'>。{BODY}\n" * 5
    assert read_raw(text.encode(), "规范.txt").text == text


@pytest.mark.parametrize(
    ("name", "begin", "said"),
    [
        ("a.zip", b"Rar!\x1a\x07\x01\x00", "解压后导入"),
        ("a.zip", b"7z\xbc\xaf\x27\x1c", "解压后导入"),
        ("a.rar", b"Rar!", "解压后导入"),
        ("a.7z", b"x", "解压后导入"),
        ("信.msg", b"x", ".eml"),
        ("a.gz", b"\x1f\x8b", "gzip"),
        ("a.z01", b"x", "分卷"),
        ("a.uof", b"x", "标文通"),
    ],
)
def test_other_archives_and_mails_are_refused_with_the_next_step(tmp_path, name: str, begin: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(begin + bytes(500))
    (refused,) = gather([tmp_path]).refused
    # What is read where its library is installed is damaged here; the others are not read anywhere.
    assert refused.reason in ("unsupported", "broken") and said in refused.message and "请" in refused.message
