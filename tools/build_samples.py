"""Build the binary documents of corpus/samples and its manifest: ``python tools/build_samples.py``.

The same input gives the same bytes, so that the manifest's hashes hold. The text samples are written by hand.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import sample_texts as texts

FOLDER = Path(__file__).resolve().parent.parent / "corpus" / "samples"
STAMP = (2022, 1, 1, 0, 0, 0)
SOURCES = {
    "黔南州衔接规划解读摘编.txt": "摘编自黔南州乡村振兴局2022年6月27日发布的规划解读",
    "大兴安岭地区实施方案摘编.html": "摘编自大署办〔2022〕21号及所附实施方案",
    "全面推进乡村振兴工作综述摘编.txt": "摘编自全国乡村振兴宣传教育中心2024年7月23日发布的文章",
    "甘南州实施意见摘编.txt": "摘编自甘南州有效衔接实施意见",
    "延安市转发征求意见函摘编.txt": "摘编自延市老扶函〔2019〕28号及所附征求意见稿",
    "青禾市帮扶机制实施意见.docx": "自行编写，青禾市为虚构地区",
    "青禾市衔接规划.pdf": "自行编写，青禾市为虚构地区",
    "青禾市重点任务台账.xlsx": "自行编写，青禾市为虚构地区",
}


def main() -> None:
    """Write the three binary samples and the manifest."""
    (FOLDER / "青禾市帮扶机制实施意见.docx").write_bytes(opinion())
    (FOLDER / "青禾市衔接规划.pdf").write_bytes(plan())
    (FOLDER / "青禾市重点任务台账.xlsx").write_bytes(ledger())
    lines = ["file\ttitle\tsource\tformat\tsha256\tmarked"]
    for name, source in SOURCES.items():
        data = (FOLDER / name).read_bytes()
        lines.append(
            "\t".join((name, title(name, data), source, name.rsplit(".", 1)[1], hashlib.sha256(data).hexdigest(), texts.MARK))
        )
    (FOLDER / "manifest.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def title(name: str, data: bytes) -> str:
    """The title a document bears."""
    if name.endswith(".docx"):
        return texts.OPINION_TITLE
    if name.endswith(".pdf"):
        return texts.PLAN_TITLE
    if name.endswith(".xlsx"):
        return texts.LEDGER_TITLE
    text = data.decode("utf-8")
    if name.endswith(".html"):
        found = re.search("<h1>(.*?)</h1>", text)
        return found[1] if found else ""
    lines = text.split("\n\n", 1)[0].splitlines()
    return "".join(line for line in lines if "来源：" not in line)


def opinion() -> bytes:
    """The opinion as docx, its numbered headings in Word's heading styles."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    document = docx.Document()
    for name, font, size in (
        ("Normal", "仿宋", 14),
        ("Title", "黑体", 20),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体", 15),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = font, Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), font)
    document.add_paragraph(texts.OPINION_TITLE, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(texts.MARK).runs[0].bold = True
    document.add_paragraph(texts.ORIGIN + "。")
    for depth, line in texts.OPINION:
        if depth:
            document.add_heading(line, depth)
        else:
            document.add_paragraph(line).paragraph_format.first_line_indent = Pt(28)
    out = io.BytesIO()
    document.save(out)
    return settled(out.getvalue())


def ledger() -> bytes:
    """The task ledger as xlsx: a title row, a header of two rows with merged cells, merged unit cells below."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    book = Workbook()
    sheet = book.active
    sheet.title = "任务台账"
    sheet.append([texts.LEDGER_TITLE])
    sheet.append([f"{texts.MARK}{texts.ORIGIN}"])
    sheet.append(list(texts.LEDGER_HEADER))
    sheet.append(list(texts.LEDGER_SUBHEADER))
    for number, task, measures, lead, responsible, deadlines in texts.LEDGER:
        first = sheet.max_row + 1
        for i, (measure, deadline) in enumerate(zip(measures, deadlines, strict=True)):
            sheet.append(
                [int(number), task, measure, lead, responsible, deadline]
                if i == 0
                else [None, None, measure, None, None, deadline]
            )
        for column in "ABDE":
            sheet.merge_cells(f"{column}{first}:{column}{sheet.max_row}")
    last = sheet.max_row
    sheet.append([texts.LEDGER_NOTE])
    for block in ("A1:F1", "A2:F2", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:F4", f"A{last + 1}:F{last + 1}"):
        sheet.merge_cells(block)
    line = Side(style="thin")
    for row in sheet.iter_rows(min_row=3, max_row=last, max_col=6):
        for cell in row:
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center" if cell.column in (1, 6) else None)
            if cell.row < 5:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="E8EEF4")
                cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = sheet["A2"].alignment = Alignment(horizontal="center")
    for column, width in zip("ABCDEF", (6, 22, 38, 20, 36, 16), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A5"
    out = io.BytesIO()
    book.save(out)
    return settled(out.getvalue())


def plan() -> bytes:
    """The plan as pdf, with a table of targets, a table of units, a running header and page numbers."""
    from reportlab.lib import colors
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    font = "STSong-Light"
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    body = ParagraphStyle("body", fontName=font, fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK")
    styles = {
        0: body,
        1: ParagraphStyle("h1", parent=body, fontSize=14, leading=24, firstLineIndent=0, spaceBefore=8, keepWithNext=1),
        2: ParagraphStyle("h2", parent=body, fontSize=13, leading=22, firstLineIndent=0, spaceBefore=4, keepWithNext=1),
    }
    centred = ParagraphStyle("centred", parent=body, alignment=TA_CENTER, firstLineIndent=0)
    cell = ParagraphStyle("cell", parent=centred, fontSize=10, leading=14)

    def table(rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> Table:
        grid = Table([[Paragraph(text, cell) for text in row] for row in rows], [w * mm for w in widths], repeatRows=1)
        grid.setStyle(
            TableStyle(
                [
                    ("GRID", (0, 0), (-1, -1), 0.6, colors.black),
                    ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e8eef4")),
                    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ]
            )
        )
        return grid

    def furniture(canvas: object, _: object) -> None:
        page = canvas.getPageNumber()  # type: ignore[attr-defined]
        canvas.setFont(font, 9)  # type: ignore[attr-defined]
        canvas.drawCentredString(A4[0] / 2, A4[1] - 14 * mm, "青禾市衔接规划（示例摘编，不作为执行依据）")  # type: ignore[attr-defined]
        canvas.drawCentredString(A4[0] / 2, 12 * mm, f"— {page} —")  # type: ignore[attr-defined]

    def lines(parts: tuple[tuple[int, str], ...]) -> list[Paragraph]:
        return [Paragraph(text, styles[depth]) for depth, text in parts]

    flow = [
        Paragraph(texts.PLAN_TITLE, ParagraphStyle("title", parent=centred, fontSize=18, leading=28)),
        Paragraph(texts.MARK, centred),
        Paragraph(texts.ORIGIN + "。", centred),
        Spacer(1, 6 * mm),
        *lines(texts.PLAN_BEFORE),
        Paragraph(texts.TARGET_CAPTION, centred),
        table(texts.TARGETS, (14, 62, 20, 24, 24, 24)),
        *lines(texts.PLAN_MIDDLE),
        Paragraph(texts.DUTY_CAPTION, centred),
        table(texts.DUTIES, (14, 52, 32, 44, 28)),
        *lines(texts.PLAN_AFTER),
    ]
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out, pagesize=A4, topMargin=25 * mm, bottomMargin=22 * mm, leftMargin=20 * mm, rightMargin=20 * mm,
        title=texts.PLAN_TITLE, author="策脉", invariant=1,
    )  # fmt: skip
    template.build(flow, onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


def settled(data: bytes) -> bytes:
    """An Office file without the time of its making, neither in the zip entries nor in the properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2022-01-01T00:00:00Z", content)
                content = re.sub(rb"(<dc:creator[^>]*>)[^<]*", "\\1策脉".encode(), content)
            fixed = zipfile.ZipInfo(entry.filename, STAMP)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            new.writestr(fixed, content)
    return out.getvalue()


if __name__ == "__main__":
    main()
