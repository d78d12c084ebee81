"""Mails: the text, the attachments as documents of their own, what is not read named, hostile ones refused."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from cemai.library import Library
from corpus.errors import RefusedInput
from ingest.files import gather
from ingest.limits import DEFAULT
from ingest.reader import read, read_raw

SUBJECT = "关于报送2026年防汛物资储备情况的函"
BODY = "各乡镇水利站：\n\n请于2026年5月10日前报送防汛物资储备情况，储备沙袋不少于3万条。\n\n榕江区水务局\n2026年4月2日\n"
ANNEX = "榕江区防汛物资管理办法\n\n第一条 防汛物资由区水务局统一调配。\n"


def mail(body: str = BODY, *, subtype: str = "plain", subject: str = SUBJECT) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "区水务局 <shuiwu@example.gov.cn>", "各站 <zhan@example.gov.cn>"
    message["Date"], message["Message-ID"] = "Thu, 02 Apr 2026 09:30:00 +0800", "<1@example.gov.cn>"
    message.set_content(body, subtype=subtype, charset="utf-8")
    return message


def attach(message: EmailMessage, name: str, data: bytes, kind: str = "application/octet-stream") -> EmailMessage:
    main, _, sub = kind.partition("/")
    message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message


def saved(path: Path, message: EmailMessage | bytes) -> Path:
    path.write_bytes(message if isinstance(message, bytes) else message.as_bytes())
    return path


def codes(raw) -> set[str]:
    return {issue.code for issue in raw.issues}


def test_a_mail_is_a_document_with_its_subject_as_title() -> None:
    doc = read(mail().as_bytes(), "来函.eml")
    assert doc.format == "eml" and doc.head.title == SUBJECT
    assert "储备沙袋不少于3万条" in doc.text and "发送时间：2026年4月2日 09:30" in doc.text
    assert not any(sign in doc.text for sign in ("Content-", "=?utf", "base64"))
    assert doc.head.issued_on == "2026-04-02"


def test_a_page_is_read_as_a_page_and_its_pictures_are_named() -> None:
    message = mail(
        "<html><body><h1>通报</h1><p>全区建成水库<b>12</b>座。</p><table><tr><th>乡镇</th><th>水库</th></tr>"
        "<tr><td>平江乡</td><td>7</td></tr></table><p style='display:none'>暗语</p><img src='cid:a'></body></html>",
        subtype="html",
    )
    message.add_related(b"\x89PNG", "image", "png", cid="<a>")
    raw = read_raw(message.as_bytes(), "通报.eml")
    assert "全区建成水库12座。" in raw.text and "<" not in raw.text.replace("<shuiwu", "").replace("<zhan", "")
    assert [[cell.of(raw.text) for cell in row] for row in raw.tables[0].rows] == [["乡镇", "水库"], ["平江乡", "7"]]
    assert codes(raw) == {"pictures", "hidden_text"} and "暗语" not in raw.text


def test_both_forms_of_a_text_are_read_once() -> None:
    message = mail()
    message.add_alternative("<p>" + BODY + "</p>", subtype="html")
    assert read_raw(message.as_bytes(), "a.eml").text.count("储备沙袋") == 1


def test_attachments_are_documents_of_their_own(tmp_path) -> None:
    message = attach(attach(mail(), "管理办法.txt", ANNEX.encode()), "录像.mp4", b"x")
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("表/储备表.csv", "乡镇,沙袋\n平江乡,3000\n")
    path = saved(tmp_path / "来函.eml", attach(message, "附件.zip", inner.getvalue(), "application/zip"))
    with Library.open(tmp_path / "库") as library:
        report = library.ingest([path])
        infos = {info.source: info for info in library.documents()}
    assert set(infos) == {"来函.eml", "来函.eml/管理办法.txt", "来函.eml/附件.zip/表/储备表.csv"}
    assert infos["来函.eml/附件.zip/表/储备表.csv"].origin == f"{path.resolve()}/附件.zip/表/储备表.csv"
    assert [refused.source for refused in report.refused] == ["来函.eml/录像.mp4"]
    said = " ".join(report.warnings["来函.eml"])
    assert "管理办法.txt" in said and "录像.mp4" in said


def test_a_mail_in_a_mail_and_two_files_of_one_name(tmp_path) -> None:
    inner = attach(mail("转发的正文。\n", subject="原邮件"), "说明.txt", "说明".encode())
    message = attach(attach(mail(), "表.txt", b"1"), "表.txt", b"2")
    message.add_attachment(inner)
    found = gather([saved(tmp_path / "a.eml", message)])
    assert [item.source for item in found] == [
        "a.eml", "a.eml/表.txt", "a.eml/表（2）.txt", "a.eml/原邮件.eml", "a.eml/原邮件.eml/说明.txt"
    ]  # fmt: skip
    assert [item.read() for item in found][1:3] == [b"1", b"2"]
    assert "转发的正文" in found.inputs[3].read().decode() or read_raw(found.inputs[3].read(), "b.eml").text


def test_bare_bytes_and_wrong_charsets_in_the_lines_above() -> None:
    head = "From: 市水利局 <a@b.cn>\r\nTo: c@d.cn\r\nSubject: 关于镕基渠的批复\r\nMessage-ID: <1>\r\n".encode("gb18030")
    raw = read_raw(
        head + b"Content-Type: text/plain; charset=gb2312\r\n\r\n" + "同意镕基渠改造。\r\n".encode("gb18030"), "批复.eml"
    )
    assert raw.fields["title"] == "关于镕基渠的批复" and "同意镕基渠改造。" in raw.text and "市水利局" in raw.text


def test_a_mail_is_told_by_its_content_and_a_saved_page_is_none() -> None:
    data = mail().as_bytes()
    assert read_raw(data, "来函.txt").format == "eml"
    page = (
        b"From: <Saved by Blink>\r\nSubject: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
    )
    page += b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>" + "网页的正文在这里。".encode() + b"</p>\r\n--x--\r\n"
    assert read_raw(page, "页.mhtml").format == "html"


@pytest.mark.hostile
def test_names_that_lead_elsewhere_stay_in_the_mail(tmp_path) -> None:
    message = attach(attach(mail(), "../../etc/passwd.txt", b"x"), "..\\..\\a.txt", b"y")
    assert [item.members for item in gather([saved(tmp_path / "a.eml", message)])][1:] == [("passwd.txt",), ("a.txt",)]


@pytest.mark.hostile
def test_an_encrypted_mail_and_one_too_large_are_refused(tmp_path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "a@b.cn", "c@d.cn", "<1>"
    message.set_content(b"x", maintype="application", subtype="pkcs7-mime", filename="smime.p7m")
    with pytest.raises(RefusedInput, match="解密后") as caught:
        read_raw(message.as_bytes(), "密.eml")
    assert caught.value.reason == "encrypted"
    (refused,) = gather([saved(tmp_path / "密.eml", message)]).refused
    assert refused.reason == "encrypted"
    (tmp_path / "大.eml").write_bytes(mail().as_bytes() + b" " * DEFAULT.file_bytes)
    (refused,) = gather([tmp_path / "大.eml"]).refused
    assert refused.reason == "size"


@pytest.mark.hostile
def test_parts_without_end_are_refused_or_read_flat() -> None:
    data = b"From: a@b.cn\r\nTo: c@d.cn\r\nMessage-ID: <1>\r\nSubject: " + "深".encode() + b"\r\n"
    for i in range(3000):
        data += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i)
    try:
        text = read_raw(data + b"\r\nx", "深.eml").text
    except RefusedInput as refusal:
        assert refusal.reason == "broken"
    else:
        assert "boundary" not in text
