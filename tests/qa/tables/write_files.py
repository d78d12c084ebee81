"""Writes specimens as the files that offices publish."""

from __future__ import annotations

from html import escape
from pathlib import Path

from tests.qa.tables.specimens import Specimen

Merge = tuple[int, int, int, int]
"""Row, column, rows and columns of a cell."""


def write_file(specimen: Specimen, folder: Path) -> Path:
    """Write a specimen in the format that its name ends with."""
    path = folder / specimen.name
    {".xlsx": _xlsx, ".docx": _docx, ".html": _html, ".pdf": _pdf, ".txt": _txt}[path.suffix](specimen, path)
    return path


def cells_of(rows: list[list[str]]) -> list[tuple[Merge, str]]:
    """The cells of a grid with what they cover, in order."""
    out: list[tuple[Merge, str]] = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("<", "^"):
                continue
            across = 1
            while c + across < len(row) and row[c + across] == "<":
                across += 1
            down = 1
            while r + down < len(rows) and rows[r + down][c] == "^":
                down += 1
            out.append(((r, c, down, across), text))
    return out


def _pieces(specimen: Specimen) -> list[list[list[str]]]:
    """The table, or the two pieces of a continued one, each with the header."""
    rows = specimen.rows
    if not specimen.split:
        return [rows]
    return [rows[: specimen.split], rows[: specimen.headers] + rows[specimen.split :]]


def _xlsx(specimen: Specimen, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    width = len(specimen.rows[0])
    lines = [specimen.title, *specimen.above]
    for number, line in enumerate(lines, 1):
        sheet.cell(number, 1, line)
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=width)
    top = len(lines) + 1
    for (r, c, down, across), text in cells_of(specimen.rows):
        bare = text.replace(",", "")
        cell = sheet.cell(top + r, 1 + c, float(bare) if bare.replace(".", "", 1).isdigit() else text or None)
        if isinstance(cell.value, float):
            decimals = len(bare.split(".")[1]) if "." in bare else 0
            cell.number_format = ("#,##0" if "," in text else "0") + (f".{'0' * decimals}" if decimals else "")
        if down > 1 or across > 1:
            sheet.merge_cells(start_row=top + r, start_column=1 + c, end_row=top + r + down - 1, end_column=c + across)
    book.save(path)


def _docx(specimen: Specimen, path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph(specimen.title)
    for line in specimen.above:
        document.add_paragraph(line)
    for number, rows in enumerate(_pieces(specimen)):
        if number:
            document.add_paragraph("续表")
        table = document.add_table(len(rows), len(rows[0]))
        for (r, c, down, across), text in cells_of(rows):
            cell = table.cell(r, c)
            if down > 1 or across > 1:
                cell = cell.merge(table.cell(r + down - 1, c + across - 1))
            cell.text = text
    document.save(str(path))


def _html(specimen: Specimen, path: Path) -> None:
    out = [f"<html><head><title>{specimen.title}</title></head><body><h1>{specimen.title}</h1>"]
    out += [f"<p>{escape(line)}</p>" for line in specimen.above]
    out.append('<table border="1">')
    cells = cells_of(specimen.rows)
    for r in range(len(specimen.rows)):
        out.append("<tr>")
        for (row, _, down, across), text in cells:
            if row == r:
                out.append(f'<td rowspan="{down}" colspan="{across}">{escape(text)}</td>')
        out.append("</tr>")
    out.append("</table></body></html>")
    path.write_text("\n".join(out), encoding="utf-8")


def _txt(specimen: Specimen, path: Path) -> None:
    lines = [specimen.title, *specimen.above, *("\t".join(row) for row in specimen.rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _pdf(specimen: Specimen, path: Path) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont("STSong-Light", 16)
    canvas.drawCentredString(A4[0] / 2, 780, specimen.title)
    canvas.setFont("STSong-Light", 10.5)
    for number, line in enumerate(specimen.above):
        canvas.drawRightString(540, 752 - 16 * number, line)
    rows = specimen.rows
    left, top, wide, high = 60.0, 720.0, 480.0 / len(rows[0]), 24.0
    for (r, c, down, across), text in cells_of(rows):
        x, y = left + c * wide, top - r * high
        canvas.drawCentredString(x + across * wide / 2, y - high * down / 2 - 4, text)
        if specimen.ruled:
            canvas.rect(x, y - high * down, across * wide, high * down)
        elif across > 1:
            canvas.line(x + 8, y - high, x + across * wide - 8, y - high)
    if not specimen.ruled:
        for row in (0, specimen.headers, len(rows)):
            canvas.line(left, top - row * high, left + 480, top - row * high)
    canvas.save()
