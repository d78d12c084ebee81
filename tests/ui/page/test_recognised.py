"""A document read from pictures says so in the reader, beside its page and in the ledgers; one with a text of its own does not."""

from __future__ import annotations

from dataclasses import replace

from corpus.document import Anchor, Issue, Span
from corpus.recognition import MARK, find_unsure, list_lines
from graph.codec.records import task_record
from graph.extract import extract
from graph.queries.cited import CitedFact
from ingest.reader import read
from ui.page.reader.document import _page
from ui.page.reader.policy import policy_text
from ui.page.tasks.ledgers import tasks_table

TEXT = "云岭县山塘水库除险加固方案\n一、到2026年，除险加固山塘126座，每座补助1850元。\n二、管护责任由县水利局落实，126座山塘逐座建档。\n"
OCR = Issue("ocr", f"{MARK}：第 1–2 页由文字识别得到，可能有错字")
DOUBT = Issue("doubtful", "识别时把握不足的有 3 处，请逐处核对原件：第 1 页“1850”、第 2 页“126”、第 2 页“管护责任”")


def scanned():
    """A scan of two pages: its second line is on the first, its third on the second."""
    doc = read(TEXT.encode(), "方案.txt")
    starts = [0, TEXT.index("一、"), TEXT.index("二、")]
    ends = [TEXT.index("\n"), TEXT.index("\n二、"), len(TEXT) - 1]
    sure = (0.995, 0.87, 0.96)
    anchors = tuple(
        Anchor(Span(start, end), page=page, box=(0.0, 0.0, 9.0, 9.0), confidence=value)
        for start, end, page, value in zip(starts, ends, (1, 1, 2), sure, strict=True)
    )
    return replace(doc, format="pdf", anchors=anchors, issues=(OCR, DOUBT))


def test_doubtful_words_are_found_on_their_page_and_nowhere_else() -> None:
    doc = scanned()
    assert [(span.of(TEXT), span.start) for span in find_unsure(doc)] == [
        ("1850", TEXT.index("1850")),
        ("管护责任", TEXT.index("管护责任")),
        ("126", TEXT.rindex("126")),
    ]
    assert [line.confidence for line in list_lines(doc, 1)] == [0.995, 0.87]


def test_words_in_a_picture_of_a_text_document_are_found_by_the_number_of_the_picture() -> None:
    doc = scanned()
    anchors = tuple(replace(anchor, page=None, element=f"picture{anchor.page}") for anchor in doc.anchors)
    named = replace(DOUBT, message=DOUBT.message.replace(" 页", " 张图片"))
    found = find_unsure(replace(doc, format="docx", anchors=anchors, issues=(OCR, named)))
    assert [span.of(TEXT) for span in found] == ["1850", "管护责任", "126"]


def test_the_reader_says_so_and_marks_what_was_hard_to_read() -> None:
    markup = str(policy_text(scanned()))
    assert f"{MARK}。有 3 行由文字识别得到，其中 1 行把握不足90%" in markup and "对照原页" in markup
    assert '<span class="unsure">1850</span>' in markup and markup.count('class="unsure"') == 3
    quoted = str(policy_text(scanned(), [Span(TEXT.index("每座"), TEXT.index("元。") + 1)]))
    assert '<span class="unsure">1850</span>' in quoted and "<mark" in quoted


def test_the_lines_of_a_page_stand_beside_its_picture_with_their_confidence() -> None:
    first, second = (str(_page(scanned(), number, ())) for number in (1, 2))
    assert "把握 87%" in first and '<span class="tag doubtful">把握 87%</span>' in first and "管护责任" not in first
    assert "把握 96%" in second and "doubtful" not in second
    assert "把握" not in str(_page(replace(scanned(), anchors=()), 1, ()))


def test_a_ledger_says_which_rows_come_from_a_scan() -> None:
    doc = scanned()
    tasks = [task_record(doc, task) for task in extract(doc).tasks]
    assert str(tasks_table([CitedFact(task, "方案", None, (OCR.message,)) for task in tasks])).count(MARK) == len(tasks) > 0
    assert MARK not in str(tasks_table([CitedFact(task, "方案") for task in tasks]))


def test_a_document_with_a_text_of_its_own_says_nothing() -> None:
    assert MARK not in str(policy_text(read(TEXT.encode(), "方案.txt")))
