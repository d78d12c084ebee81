"""The note under the title of a law, and the day of the version whose text it is."""

from __future__ import annotations

import pytest

from corpus.document import HeadMatter, Span
from corpus.store.codec import pack_head, unpack_head
from ingest.headmatter.history import find_note, number_of, publication_of, read_history, version_of
from ingest.reader import read

ASSEMBLY = "青禾市第三届人民代表大会常务委员会第{}次会议"
NOTES = [
    (
        f"（2005年4月27日{ASSEMBLY.format('五')}通过　根据2017年9月1日{ASSEMBLY.format('九')}《关于修改〈青禾市供水条例〉等三件法规的决定》修正）",
        [("通过", "2005-04-27"), ("修正", "2017-09-01")],
    ),
    (
        f"（2005年4月27日{ASSEMBLY.format('五')}通过\n根据2017年9月1日{ASSEMBLY.format('九')}《关于修改部分法规的决定》第一次修正2021年10月\n17日{ASSEMBLY.format('二')}修订）",
        [("通过", "2005-04-27"), ("修正", "2017-09-01"), ("修订", "2021-10-17")],
    ),
    ("（1996年3月1日青禾市人民政府令第12号公布 自1996年5月1日起施行）", [("公布", "1996-03-01"), ("施行", "1996-05-01")]),
    (
        "2003年2月8日青禾市人民政府令第3号公布\n根据2010年6月1日青禾市人民政府令第41号修正",
        [("公布", "2003-02-08"), ("修正", "2010-06-01")],
    ),
    ("（根据近年来的修改情况整理）", []),
    ("（2020年5月6日）", []),
]


@pytest.mark.parametrize(("note", "acts"), NOTES)
def test_a_note_in_brackets_or_lines_run_together_or_not(note: str, acts: list[tuple[str, str]]) -> None:
    text = f"青禾市供水条例\n{note}\n第一条 为了节约用水，制定本条例。"
    span = find_note(text, 7, len(text))
    found = read_history(text, span) if span else ()
    assert [(enactment.act, enactment.on) for enactment in found] == acts


def test_decisions_organs_and_numbers_are_named_in_the_words_of_the_note() -> None:
    text = NOTES[0][0]
    first, last = read_history(text, Span(0, len(text)))
    assert first.by == ASSEMBLY.format("五") and last.by == "关于修改〈青禾市供水条例〉等三件法规的决定"
    assert last.span.of(text).startswith("2017年9月1日") and last.span.of(text).endswith("修正")
    published, amended = read_history(text := NOTES[3][0], Span(0, len(text)))
    assert (published.number, amended.number) == ("青禾市人民政府令第3号", "青禾市人民政府令第41号")
    assert number_of((published, amended)) == amended == version_of((published, amended))
    assert publication_of((published, amended)) == published, "an amendment leaves 自公布之日起 with the first text"


def law(note: str, closing: str) -> HeadMatter:
    body = f"青禾市供水条例\n{note}\n第一条 为了节约用水，制定本条例。\n第二条 用水单位应当安装计量设施。\n第三条 {closing}\n"
    return read(body.encode(), "青禾市供水条例.txt").head


def test_a_law_carries_the_day_of_the_version_whose_text_it_is() -> None:
    head = law(NOTES[1][0], "本条例自2022年1月1日起施行。")
    assert (head.issued_on, head.effective_on) == ("2021-10-17", "2022-01-01")
    assert unpack_head(pack_head(head)).history == head.history != ()
    head = law(NOTES[2][0], "本条例自公布之日起施行。")
    assert (head.issued_on, head.effective_on, head.doc_number) == ("1996-03-01", "1996-03-01", "青禾市人民政府令第12号")


def test_a_record_without_a_history_can_still_be_read() -> None:
    record = pack_head(HeadMatter(title="青禾市供水条例"))
    del record["history"]
    assert unpack_head(record).history == ()
