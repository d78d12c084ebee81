"""Rows M301–M322 of the threat list: bytes, encodings and pages that mislead a reader. Inputs are built here, none is a mock."""

import random
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from corpus.errors import RefusedInput
from index.lexical.tokens import tokenise
from index.splitter import LONGEST_ROW, split
from ingest.files import gather
from ingest.reader import read, read_raw
from ingest.worker import SafeReader
from ui.page.kit.html import escape

pytestmark = pytest.mark.hostile

PLAIN = "关于做好全市冬春水利建设工作的通知\n各县区人民政府：\n一、到2027年，新增高效节水灌溉面积12万亩。\n"
TRADITIONAL = "關於進一步推動農村基礎設施建設的通知\n為貫徹落實國務院的決定，現就有關事項通知如下。\n"
HEAD = "某县人民政府关于加强河道管护的通知\n一、总体要求\n"
PAGE = "<!DOCTYPE html><html><head><meta charset='{}'><title>某县河道管护通知</title></head><body>{}</body></html>"
PROSE = "<h1>某县河道管护通知</h1><p>一、每月巡河两次，清理岸边垃圾。</p><p>二、县水利局牵头，年底前完成。</p>"


def codes(document):
    return [issue.code for issue in document.issues]


def text_of(data, name="a.txt"):
    return read(data if isinstance(data, bytes) else data.encode(), name)


@contextmanager
def within(seconds):
    """CPU seconds, so that other work on the machine does not count."""
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


def test_m301_a_broken_byte_is_counted_and_placed():
    data = bytearray((PLAIN * 20).encode("gb18030"))
    for line in (3, 7):
        at = -1
        for _ in range(line - 1):
            at = data.index(b"\n", at + 1)
        data[at + 1] = 0xFF
    document = text_of(bytes(data))
    (issue,) = document.issues[:1]
    assert issue.code == "bad_bytes"
    places = [i for i, character in enumerate(document.text) if character == "\ufffd"]
    assert issue.message.startswith(f"有 {len(places)} 处字节")
    assert f"第 {'、'.join(str(place + 1) for place in places)} 字" in issue.message
    assert issue.span.start == places[0]


def test_m301_more_than_one_in_a_hundred_is_refused():
    data = bytearray((PLAIN * 5).encode("gb18030"))
    for at in range(0, len(data), 20):
        data[at] = 0xFF
    with pytest.raises(RefusedInput) as caught:
        text_of(bytes(data))
    assert caught.value.reason == "encoding"


@pytest.mark.parametrize("name", ["𠮷田镇", "㐂街", "大夼镇", "\ue5e5乡"])
def test_m302_rare_characters_survive_the_round_trip(name):
    document = text_of((PLAIN + name).encode("gb18030"))
    assert document.text == PLAIN + name
    assert ("private_characters" in codes(document)) == ("\ue5e5" in name)


@pytest.mark.parametrize("text", [TRADITIONAL, TRADITIONAL[:10], TRADITIONAL * 40])
def test_m303_big5_is_read_as_big5_or_doubted(text):
    document = text_of(text.encode("big5"))
    assert document.text == text or "encoding_doubtful" in codes(document)
    private = any("\ue000" <= character <= "\uf8ff" for character in document.text)
    assert not private or "encoding_doubtful" in codes(document) or "private_characters" in codes(document)


def test_m304_two_encodings_in_one_file():
    document = text_of((PLAIN * 5).encode() + (PLAIN * 5).encode("gb18030"))
    assert document.text == PLAIN * 10
    assert "encoding_mixed" in codes(document)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_m305_wide_encodings_with_and_without_mark(encoding):
    document = text_of(PLAIN.encode(encoding))
    assert document.text == PLAIN
    assert "encoding_doubtful" not in codes(document)


def test_m305_utf7_is_refused():
    with pytest.raises(RefusedInput) as caught:
        text_of((PLAIN * 9).encode("utf-7"))
    assert caught.value.reason == "encoding"


@pytest.mark.parametrize(
    ("declared", "encoding"), [("gb2312", "utf-8"), ("utf-8", "gb18030"), ("big5", "gb18030"), ("windows-1252", "utf-8")]
)
def test_m306_bytes_win_over_the_declaration(declared, encoding):
    document = text_of(PAGE.format(declared, PROSE).encode(encoding), "a.html")
    assert "每月巡河两次" in document.text
    assert "charset" in codes(document)


@pytest.mark.parametrize(
    ("declared", "encoding"), [("gb2312", "gb18030"), ("GBK", "gb18030"), ("UTF-8", "utf-8"), ("big5", "big5")]
)
def test_m306_a_true_declaration_is_no_warning(declared, encoding):
    page = PAGE.format(declared, PROSE)
    if encoding == "big5":
        page = f"<html><head><meta charset='big5'></head><body><p>{TRADITIONAL}</p></body></html>"
    assert "charset" not in codes(text_of(page.encode(encoding), "a.html"))


def test_m307_ten_characters_are_read_or_doubted():
    rng = random.Random(307)
    common = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)]
    for _ in range(150):
        text = "".join(rng.choice(common) for _ in range(10))
        document = text_of(text.encode("gb18030"))
        assert document.text == text or "encoding_doubtful" in codes(document)
        assert not any("\uac00" <= character <= "\ud7a3" for character in document.text)


def test_m308_controls_are_counted_and_do_not_cut_words():
    text = HEAD + "县水\x00利\x07局牵头。\x0c\n（一）每月巡河\x85两次。\n"
    document = text_of(text)
    assert document.text == text  # offsets of a text file are promised to be those of the file
    (issue,) = [issue for issue in document.issues if issue.code == "control_characters"]
    assert "含 4 个控制字符" in issue.message
    assert tokenise("县水\x00利\x07局牵头") == tokenise("县水利局牵头")
    assert escape("水\x00利\x07局") == "水利局"


def test_m308_what_stands_behind_a_null_is_stored_and_found(tmp_path):
    from cemai.library import Library

    text = HEAD + "由县水利局\x00牵头，每月巡河两次。\n二、加强宣传\n由县公安局牵头，组织志愿者护河。\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "lib") as library:
        library.ingest([tmp_path / "a.txt"])
        (info,) = library.documents()
        assert library.corpus.text(info.row) == text
        quotes = library.corpus.quotes(passage.row for passage in library.corpus.passages(info.row))
        assert quotes and all(quote.text == quote.span.of(text) for quote in quotes.values())
        assert any("志愿者护河" in hit.text for hit in library.search("志愿者护河"))


def test_m308_nulls_of_a_page_are_removed_and_counted():
    document = text_of(PAGE.format("utf-8", PROSE.replace("巡河", "巡\x00河")), "a.html")
    assert "每月巡河两次" in document.text
    assert "control_characters" in codes(document)


HIDDEN = ("\u202e", "\u2066", "\u200b", "\u200d", "\u2060", "\ufeff", "\U000e0041", "\ufe0f", "\U000e0100")


@pytest.mark.parametrize("mark", HIDDEN, ids=[f"U+{ord(mark):04X}" for mark in HIDDEN])
def test_m309_hidden_characters_are_out_of_index_and_display(mark):
    text = f"{HEAD}加强河道管{mark}护，巡{mark}河两次。\n"
    document = text_of(text)
    assert document.text == text
    assert "hidden_characters" in codes(document)
    assert tokenise(f"河道管{mark}护") == tokenise("河道管护")
    assert escape(f"河道管{mark}护") == "河道管护"


def test_m310_lone_surrogates_never_reach_the_store():
    document = text_of(b"\xff\xfe" + PLAIN.encode("utf-16-le") + b"\x00\xd8" + "完".encode("utf-16-le"))
    assert "bad_bytes" in codes(document)
    document.text.encode()


def test_m311_ten_megabytes_on_one_line():
    with within(30):
        document = text_of(HEAD + "的发展" * (10_000_000 // 9))
        passages = split(document)
    assert max(len(passage.span) for passage in passages) <= LONGEST_ROW


@pytest.mark.parametrize("run", ["龘" * 300_000, "".join(chr(0x20000 + i % 40_000) for i in range(300_000))], ids=["one", "many"])
def test_m312_a_long_run_of_rare_characters(run):
    with within(5):
        document = text_of(HEAD + run)
        for passage in split(document):
            tokenise(passage.span.of(document.text))


@pytest.mark.parametrize("unit", [" ", "第一条", "一、", "（", "《", "、", "附件：", "2026年", "1."])
def test_m313_five_megabytes_of_one_thing(unit):
    with within(5):
        read((HEAD + unit * (5_000_000 // len(unit.encode()))).encode(), "a.txt")


@pytest.mark.parametrize("unit", ["第一条\n", "一、\n", "（一）\n", "附件：1.\n", "（\n"])
def test_m313_half_a_megabyte_of_lines(unit):
    with within(5):
        read((HEAD + unit * (500_000 // len(unit.encode()))).encode(), "a.txt")


@pytest.mark.parametrize(
    "unit",
    ["附件1\n", "1.某市人民政府关于某事的通知（2023年5月4日）\n各单位：\n", "一、好 二、坏 "],
    ids=["attachments", "documents", "series"],
)
def test_m313_nothing_is_looked_up_among_all_the_others(unit):
    with within(5):
        read((HEAD + unit * (300_000 // len(unit.encode()))).encode(), "a.txt")


def test_m313_blanks_inside_a_line():
    with within(5):
        document = text_of(HEAD + "第一句。" + " " * 1_500_000 + "最后一句。\n")
        assert max(len(passage.span) for passage in split(document)) < 2000


def test_m314_a_pile_of_marks_grows_nothing():
    text = HEAD + "e" + "\u0301" * 10_000 + "\ufdfa" * 200
    document = text_of(text)
    assert len(document.text) == len(text)
    words = [token for passage in split(document) for token in tokenise(passage.span.of(text)).words]
    assert sum(map(len, words)) < 3 * len(text)


def test_m315_monstrous_numbers_and_dates_are_none():
    line = f"到2027年达到{'9' * 5000}亿元。9999年99月99日印发。国发〔99999〕99999号。二〇二六年十三月四十日。\n"
    head = text_of(HEAD + line).head
    assert head.issued_on is None
    assert head.doc_number is None


def test_m316_all_text_of_a_page_nested_too_deep():
    page = (
        "<html><body>" + "<div>" * 100_000 + "<p>最深处的文字。</p>" + "</div>" * 100_000 + "<p>最外面的文字。</p></body></html>"
    )
    document = text_of(page, "a.html")
    assert "最深处的文字" in document.text
    assert "最外面的文字" in document.text


@pytest.mark.parametrize(
    "junk", [b"<a " * 5_000_000, b"<![" * 5_000_000, b"<!--" + b"x" * 15_000_000], ids=["tags", "cdata", "comment"]
)
def test_m317_fifteen_megabytes_of_markup_that_never_ends(junk):
    with SafeReader() as safe:
        try:
            text = safe.read(PAGE.format("utf-8", PROSE).encode()[:-14] + junk, "a.html").text
        except RefusedInput as refusal:
            assert refusal.reason != "timeout"
        else:
            assert "每月巡河两次" in text


@pytest.mark.parametrize(
    ("markup", "hidden"),
    [
        ("<script>var a='暗文'</script>", False),
        ("<style>p::before{content:'暗文'}</style>", False),
        ("<template><p>暗文</p></template>", False),
        ("<!-- 暗文 -->", False),
        ("<noscript>暗文</noscript>", False),
        ("<p style='display:none'>暗文</p>", True),
        ("<p hidden>暗文</p>", True),
        ("<span aria-hidden='true'>暗文</span>", True),
        ("<p style='visibility:hidden'>暗文</p>", True),
    ],
)
def test_m318_what_a_reader_of_the_page_does_not_see(markup, hidden):
    document = text_of(PAGE.format("utf-8", PROSE + markup), "a.html")
    assert "暗文" not in document.text
    assert ("hidden_text" in codes(document)) == hidden


@contextmanager
def listening():
    """A server that counts who comes."""
    visits = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    stop = threading.Event()

    def serve():
        while not stop.is_set():
            try:
                visits.append(server.accept())
            except TimeoutError:
                continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1], visits
    finally:
        stop.set()
        thread.join()
        server.close()


def test_m319_a_page_never_causes_a_request():
    with listening() as (port, visits):
        there = f"http://127.0.0.1:{port}/x"
        page = (
            f"<html><head><base href='{there}'><link rel=stylesheet href='{there}'><meta http-equiv=refresh content='0;url={there}'>"
            f"</head><body>{PROSE}<img src='{there}' srcset='{there} 2x'><iframe src='{there}'></iframe>"
            f"<svg><image href='{there}'/></svg><object data='{there}'></object></body></html>"
        )
        assert "每月巡河两次" in text_of(page, "a.html").text
        time.sleep(0.3)
    assert visits == []


def mhtml(parts):
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n"
    body = b"".join(b"--B\r\nContent-Type: " + kind + b"\r\n\r\n" + content + b"\r\n" for kind, content in parts)
    return head + body + b"--B--\r\n"


def test_m320_an_archived_page_is_read():
    page = PAGE.format("utf-8", PROSE).encode()
    assert "每月巡河两次" in text_of(mhtml([(b"image/png", b"x"), (b"text/html; charset=utf-8", page)]), "a.mht").text


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (mhtml([(b"image/png", b"x")]), "a.mhtml"),
        (b"<html><frameset cols='20%,80%'><frame src='nav.html'><frame src='main.html'></frameset></html>", "a.html"),
    ],
)
def test_m320_a_page_without_text_of_its_own_is_refused_with_the_reason(data, name):
    with pytest.raises(RefusedInput) as caught:
        text_of(data, name)
    assert "另存" in caught.value.message


def test_m320_the_folder_of_a_saved_page_is_passed_over_and_said(tmp_path):
    (tmp_path / "通知.html").write_text(PAGE.format("utf-8", PROSE), encoding="utf-8")
    for name in ("通知_files", "通知.files"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "frame.html").write_text("<p>广告</p>", encoding="utf-8")
    (tmp_path / "方案_files").mkdir()
    (tmp_path / "方案_files" / "方案.txt").write_text(PLAIN, encoding="utf-8")
    found = gather([tmp_path])
    assert sorted(item.source for item in found) == ["方案_files/方案.txt", "通知.html"]
    assert {(refusal.source, refusal.reason) for refusal in found.refused} == {
        ("通知_files", "saved_page"),
        ("通知.files", "saved_page"),
    }


@pytest.mark.parametrize(
    "data", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n\t \x0c", "\u3000\n\u3000".encode(), bytes(range(256)) * 8]
)
def test_m321_nothing_to_read_is_refused(data):
    with pytest.raises(RefusedInput) as caught:
        text_of(data)
    assert caught.value.reason in ("empty", "binary")


def test_m322_one_character_too_many():
    with pytest.raises(RefusedInput) as caught:
        read_raw(("文" * 20_000_001).encode(), "a.txt")
    assert caught.value.reason == "size"
    assert len(read_raw(("文" * 2_000_000).encode(), "a.txt").text) == 2_000_000
