"""What is said of recognised text: the confidence of lines, doubtful characters and figures; needs no recogniser."""

from __future__ import annotations

import pytest

from ingest.formats.builder import GridCell, TextBuilder
from ingest.formats.pdf.glyphs import Sheet
from ingest.formats.pdf.ocr.marks import mark_recognised
from ingest.formats.pdf.ocr.page import RecognisedSheet
from ingest.formats.pdf.ocr.strip import ReadStrip


def strip(text: str, y: float, x: float = 100, *, unsure: dict[int, float] | None = None) -> ReadStrip:
    sure = tuple((unsure or {}).get(at, 1.0) for at in range(len(text)))
    places = tuple((at + 0.5) / len(text) for at in range(len(text)))
    return ReadStrip(text, sure, places, (x, y, x + 10 * len(text), y + 12))


def said(builder: TextBuilder) -> list[str]:
    return [issue.message for issue in builder.issues if issue.code == "doubtful"]


def test_a_line_has_the_mean_confidence_of_its_characters_and_a_doubtful_figure_is_named_whole() -> None:
    builder = TextBuilder("pdf")
    builder.line("完成投资3.86亿元。", page=2, box=(100, 50, 220, 62))
    builder.line("按期建成。", page=2, box=(100, 80, 160, 92))
    read = [strip("完成投资3.86亿元。", 50, unsure={6: 0.8}), strip("按期建成。", 80)]
    mark_recognised(builder, [RecognisedSheet(Sheet(2, 595, 842), read)])
    assert [anchor.confidence for anchor in builder.anchors] == [pytest.approx(1 - 0.2 / 11, abs=0.001), 1.0]
    (issue,) = [issue for issue in builder.issues if issue.code == "doubtful"]
    assert issue.message == "识别时把握不足的有 1 处，请逐处核对原件：第 2 页“3.86”"
    assert issue.span is not None and issue.span.of(builder.text()) == "3.86"


def test_a_doubtful_ideograph_is_named_with_those_beside_it_and_a_mark_is_not() -> None:
    builder = TextBuilder("pdf")
    builder.line("严格落实管护责任，每季度检查。", page=1, box=(100, 50, 250, 62))
    mark_recognised(
        builder, [RecognisedSheet(Sheet(1, 595, 842), [strip("严格落实管护责任，每季度检查。", 50, unsure={5: 0.5, 8: 0.3})])]
    )
    assert said(builder) == ["识别时把握不足的有 1 处，请逐处核对原件：第 1 页“落实管护责任”"]


def test_equal_cells_of_a_row_are_told_apart_by_their_order() -> None:
    builder = TextBuilder("pdf")
    rows = [[GridCell("修路"), GridCell("12"), GridCell("12")]]
    builder.grid(rows, places=[(1, (90, 40, 400, 60))])
    read = [strip("修路", 44), strip("12", 44, 200), strip("12", 44, 300, unsure={1: 0.4})]
    mark_recognised(builder, [RecognisedSheet(Sheet(1, 595, 842), read)])
    (issue,) = [issue for issue in builder.issues if issue.code == "doubtful"]
    assert issue.span is not None and issue.span.start == builder.text().rindex("12")


def test_what_stands_in_no_line_of_the_text_changes_nothing() -> None:
    builder = TextBuilder("pdf")
    builder.line("正文。", page=1, box=(100, 50, 140, 62))
    mark_recognised(builder, [RecognisedSheet(Sheet(1, 595, 842), [strip("— 1 —", 800, unsure={2: 0.1})])])
    assert not builder.issues and builder.anchors[0].confidence is None
