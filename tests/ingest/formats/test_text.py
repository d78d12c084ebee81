import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RefusedInput
from ingest.formats.plain import read_text
from ingest.formats.text import decode, odd_characters, unify_newlines
from ingest.reader import read_raw

PLAIN = "关于做好全市冬春水利建设工作的通知\n各县区人民政府：\n一、到2027年，新增高效节水灌溉面积12万亩。\n"
TRADITIONAL = "關於進一步推動農村基礎設施建設的通知\n為貫徹落實國務院的決定，現就有關事項通知如下。\n"


def codes(raw):
    return [issue.code for issue in raw.issues]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_gives_the_same_text(encoding):
    raw = read_raw(PLAIN.encode(encoding), "通知.txt")
    assert raw.text == PLAIN
    assert codes(raw) == []


def test_big5_is_not_taken_for_gb18030():
    assert decode(TRADITIONAL.encode("big5"), "x.txt").text == TRADITIONAL


@pytest.mark.parametrize("name", ["𠮷田镇", "㐂街", "大夼镇"])
def test_four_byte_and_rare_characters_survive(name):
    text = PLAIN + name
    assert decode(text.encode("gb18030"), "x.txt").text == text


def test_only_newlines_change():
    assert read_text("甲\r\n乙\r丙\n\n 丁\t".encode(), "x.txt").text == "甲\n乙\n丙\n\n 丁\t"


def test_a_broken_byte_is_counted_and_placed():
    data = bytearray((PLAIN * 20).encode("gb18030"))
    data[1] = 0xFF
    raw = read_text(bytes(data), "x.txt")
    assert codes(raw) == ["bad_bytes"]
    span = raw.issues[0].span
    assert span is not None
    assert span.of(raw.text) == "\ufffd"


def test_two_encodings_in_one_file_are_read_line_by_line_and_said():
    raw = read_text((PLAIN * 5).encode() + (PLAIN * 5).encode("gb18030"), "x.txt")
    assert raw.text == PLAIN * 10
    assert "encoding_mixed" in codes(raw)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n\t ", "empty"),
        (bytes(range(256)) * 8, "binary"),
        (b"GIF89a" + b"\x00" * 50, "unsupported"),
        (b"MZ\x90\x00\x03" + bytes(60), "unsupported"),
        ((PLAIN * 9).encode("utf-7"), "encoding"),
    ],
)
def test_what_is_no_text_is_refused(data, reason):
    with pytest.raises(RefusedInput) as caught:
        read_raw(data, "文件.txt")
    assert caught.value.reason == reason
    assert "文件.txt" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [("甲\x00乙", "control_characters"), ("甲\u200b乙\u202e", "hidden_characters"), ("甲\ue123乙", "private_characters")],
)
def test_characters_no_text_should_hold_are_kept_and_said(text, code):
    raw = read_text((PLAIN + text).encode(), "x.txt")
    assert raw.text == PLAIN + text
    assert codes(raw) == [code]


@pytest.mark.parametrize("mark", ["机密★1年", "秘密★", "绝 密 ★ 长期", "密级：机密", "000012 机密★3年 特急", "秘密"])
def test_classified_documents_are_refused(mark):
    with pytest.raises(RefusedInput) as caught:
        read_raw(f"{mark}\n某市文件\n{PLAIN}".encode(), "x.txt")
    assert caught.value.reason == "classified"


@pytest.mark.parametrize("line", ["严守国家秘密，做好保密工作。", "商业秘密保护示范区创建方案", "一、加强机密文件管理"])
def test_speaking_of_secrets_is_not_being_secret(line):
    assert read_raw(f"{line}\n{PLAIN}".encode(), "x.txt").text.startswith(line)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_utf8_round_trip(text):
    marked = "文" + text
    assert decode(marked.encode(), "x.txt").text == marked
    assert "\r" not in unify_newlines(text)
    odd_characters(text)
