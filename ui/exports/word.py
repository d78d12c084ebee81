"""Exports as docx: tables on A4 landscape, answers as a letter that quotes its sources."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from corpus.titles import in_marks
from qa.answer import Answer
from qa.answers.places import describe_citation
from ui.exports.cleaning import printable
from ui.exports.tables import ExportTable
from ui.exports.workbook import footnote
from ui.labels import ANSWER_STATES

TITLE_FONT, HEAD_FONT, TEXT_FONT = "黑体", "黑体", "宋体"
QUOTE_FONT = "仿宋"
LONG = 200
"""A row with a cell of more characters may run over a page; all of its cells then begin at the top."""


def table_bytes(table: ExportTable, made_on: dt.date) -> bytes:
    """A table with borders whose header row is repeated on every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    document = new_document(landscape=True)
    title(document, table.title)
    grid = document.add_table(rows=1, cols=len(table.columns))
    grid.style = "Table Grid"
    grid.autofit = False
    cell_margins(grid)
    places = {"text": WD_ALIGN_PARAGRAPH.LEFT, "number": WD_ALIGN_PARAGRAPH.RIGHT, "short": WD_ALIGN_PARAGRAPH.CENTER}
    section = document.sections[0]
    room = (section.page_width - section.left_margin - section.right_margin) / Cm(1)
    # a narrow column still has to hold two characters beside the margins of its cells
    weights = [max(column.width, 5.0) for column in table.columns]
    widths = [Cm(weight * room / sum(weights)) for weight in weights]
    for i, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        grid.columns[i].width = width
        cell = grid.rows[0].cells[i]
        cell.width = width
        # the schema wants the shade before the alignment that fill sets
        shade(cell, "E3EAF2")
        fill(cell, column.header, font=HEAD_FONT, place=WD_ALIGN_PARAGRAPH.CENTER)
    repeat_header(grid.rows[0])
    for row in table.rows:
        made = grid.add_row()
        long = any(len(value) > LONG for value in row if isinstance(value, str))
        for cell, value, column, width in zip(made.cells, row, table.columns, widths, strict=True):
            cell.width = width
            fill(cell, "" if value is None else str(value), place=places[column.kind], top=long)
        if not long:
            keep_together(made)
    for note in table.notes:
        paragraph(document, note, size=9)
    paragraph(document, footnote(made_on), size=9)
    return saved(document)


def answer_bytes(answer: Answer, made_on: dt.date) -> bytes:
    """A question with its answer, the warnings first, then each quote with its source."""
    document = new_document()
    title(document, "政策问答")
    paragraph(document, f"问：{answer.question}", font=HEAD_FONT, size=14)
    for notice in answer.notices:
        paragraph(document, f"【注意】{notice.text}", font=HEAD_FONT, size=11)
    paragraph(document, f"答（{ANSWER_STATES[answer.status]}）：", font=HEAD_FONT, size=14)
    for line in answer.answer.split("\n"):
        if line.strip():
            paragraph(document, line, size=12)
    if answer.citations:
        paragraph(document, "原文与出处", font=HEAD_FONT, size=14)
    for number, citation in enumerate(answer.citations, 1):
        region = f"　{citation.region}" if citation.region else ""
        paragraph(document, f"[{number}] {describe_citation(citation)}{region}", size=10.5)
        for line in citation.quote.split("\n"):
            if line.strip():
                paragraph(document, line, font=QUOTE_FONT, size=12, indent=0.8)
    if answer.nearest and not answer.citations:
        paragraph(document, "最接近的内容（不能直接回答问题）", font=HEAD_FONT, size=14)
        for hit in answer.nearest[:5]:
            paragraph(document, f"{in_marks(hit.title or hit.source)}{' > '.join(hit.section_path)}", size=10.5)
            paragraph(document, " ".join(hit.text.split()), font=QUOTE_FONT, size=12, indent=0.8)
    if answer.as_of:
        paragraph(document, f"时效按 {answer.as_of} 判断。", size=9)
    paragraph(document, footnote(made_on), size=9)
    return saved(document)


def new_document(*, landscape: bool = False) -> Any:
    """An empty A4 document with Chinese fonts and page numbers."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Cm(1.8) if landscape else Cm(2.7)
    section.top_margin = section.bottom_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.size = Pt(10.5)
    east_asian(style, TEXT_FONT)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(foot.add_run(), "PAGE")
    properties = document.core_properties
    properties.author = properties.last_modified_by = "策脉"
    properties.created = properties.modified = dt.datetime.now(dt.UTC).replace(tzinfo=None)  # the template's are of 2013
    return document


def title(document: Any, text: str) -> None:
    """The title, centred."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    made = paragraph(document, text, font=TITLE_FONT, size=18)
    made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.paragraph_format.space_after = Pt(8)
    document.core_properties.title = printable(text)[:200]


def paragraph(document: Any, text: str, *, font: str = TEXT_FONT, size: float = 10.5, indent: float = 0) -> Any:
    """One paragraph of plain text."""
    from docx.shared import Cm, Pt

    made = document.add_paragraph()
    made.paragraph_format.space_after = Pt(3)
    if indent:
        made.paragraph_format.left_indent = Cm(indent)
    run = made.add_run(printable(text))
    run.font.size = Pt(size)
    east_asian(run, font)
    return made


def fill(cell: Any, text: str, *, font: str = TEXT_FONT, place: Any = None, top: bool = False) -> None:
    """Put a text into a cell, one paragraph a line."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.shared import Pt

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP if top else WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for i, line in enumerate(printable(text).split("\n")):
        made = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
        made.alignment = place
        made.paragraph_format.space_after = Pt(0)
        run = made.add_run(line)
        run.font.size = Pt(9)
        east_asian(run, font)


def east_asian(holder: Any, font: str) -> None:
    """Set the font of a run or style for Chinese too; python-docx alone sets it for Latin letters."""
    from docx.oxml.ns import qn

    holder.font.name = font
    holder.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def shade(cell: Any, colour: str) -> None:
    """Fill a cell with a colour."""
    _child(cell._tc.get_or_add_tcPr(), "w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": colour})


def cell_margins(table: Any, *, above: int = 45) -> None:
    """Room above and below the text of every cell, in twentieths of a point: lines that touch the text are hard to read."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side, width in (("w:top", above), ("w:left", 80), ("w:bottom", above), ("w:right", 80)):
        element = OxmlElement(side)
        element.set(qn("w:w"), str(width))
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    # the schema wants the margins before the look
    look.addprevious(margins) if look is not None else table._tbl.tblPr.append(margins)


def repeat_header(row: Any) -> None:
    """Repeat a row at the top of every page."""
    _child(row._tr.get_or_add_trPr(), "w:tblHeader", {"w:val": "true"})


def keep_together(row: Any) -> None:
    """Do not break a row across pages."""
    _child(row._tr.get_or_add_trPr(), "w:cantSplit", {"w:val": "true"})


def saved(document: Any) -> bytes:
    """The bytes of a document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _child(parent: Any, tag: str, attributes: dict[str, str]) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(name), value)
    parent.append(element)


def _field(run: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", None, "end"):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = code
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
