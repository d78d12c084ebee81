"""One ledger of what was not read: files of every format, each with a part that cannot be read, which has to be named."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from email.message import EmailMessage

import pytest

from corpus.document import Issue
from corpus.unread import list_unread, say_mostly_unread
from ingest.formats.pdf.ocr import available
from ingest.reader import read, read_record

TITLE = "云岭县人民政府办公室关于做好春耕备耕工作的通知"
BODY = "各乡镇要在2026年3月底前完成农资储备，储备化肥不少于1200吨，新建机耕道12公里。" * 6
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
V = "urn:schemas-microsoft-com:vml"
OFFICE = "urn:schemas-microsoft-com:office:office"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


def zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def links(*pairs: tuple[str, str], outside: str = "") -> str:
    found = "".join(f'<Relationship Id="{i}" Type="{R}/{kind}" Target="{target}"/>' for i, (kind, target) in enumerate(pairs))
    found += f'<Relationship Id="x" Type="{R}/image" Target="{outside}" TargetMode="External"/>' if outside else ""
    return f'<Relationships xmlns="{RELS}">{found}</Relationships>'


def para(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


def run(inner: str) -> str:
    return f"<w:r>{inner}</w:r>"


def text(words: str) -> str:
    return para(run(f"<w:t>{words}</w:t>"))


def docx(
    more: str = "", *pairs: tuple[str, str], outside: str = "", parts: dict[str, str | bytes] | None = None, body: str = BODY
) -> bytes:
    spaces = f'xmlns:w="{W}" xmlns:r="{R}" xmlns:a="{A}" xmlns:v="{V}" xmlns:o="{OFFICE}" xmlns:c="{CHART}"'
    spaces += ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": links(("officeDocument", "word/document.xml")),
            "word/document.xml": f"<w:document {spaces}><w:body>{text(TITLE)}{text(body)}{more}</w:body></w:document>",
            "word/_rels/document.xml.rels": links(*pairs, outside=outside),
            **(parts or {}),
        }
    )


BLIP = '<a:blip r:embed="0"/>'
DOCX = {
    "picture": ("pictures", docx(para(run(f"<w:drawing>{BLIP}</w:drawing>")))),
    "picture_body": ("picture_body", docx(para(run(f'<w:drawing><wp:extent cx="5000000" cy="7000000"/>{BLIP}</w:drawing>')), body="见图")),
    "old_picture": ("pictures", docx(para(run('<w:pict><v:shape><v:imagedata r:id="0"/></v:shape></w:pict>')))),
    "chart": ("embedded", docx(para(run('<w:drawing><c:chart r:id="0"/></w:drawing>')))),
    "object": ("embedded", docx(para(run("<w:object><o:OLEObject/></w:object>")))),
    "control": ("form_fields", docx(para(run('<w:object><w:control r:id="0"/></w:object>')))),
    "check_box": ("form_fields", docx(para(run('<w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox/></w:ffData></w:fldChar>') + run("<w:instrText>FORMCHECKBOX</w:instrText>") + run('<w:fldChar w:fldCharType="end"/>')))),
    "empty_field": ("form_fields", docx("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>" + text("单击输入") + "</w:sdtContent></w:sdt>")),
    "comment": ("comments", docx("", ("comments", "comments.xml"), parts={"word/comments.xml": "<a/>"})),
    "hidden": ("hidden_text", docx(para("<w:r><w:rPr><w:vanish/></w:rPr><w:t>暗语</w:t></w:r>"))),
    "outside": ("external", docx(outside="file:///x.png")),
    "chunk": ("chunk_missing", docx('<w:altChunk r:id="7"/>')),
    "inner_word": ("chunk_skipped", docx('<w:altChunk r:id="0"/>', ("aFChunk", "a.docx"), parts={"word/a.docx": b"x"})),
    "macro": ("macro", docx(parts={"word/vbaProject.bin": b"x"})),
    "annex": ("attachment-missing", docx(text("附件：春耕备耕任务分解表"))),
}  # fmt: skip


def xlsx(change=lambda book, sheet: None, **parts: bytes) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "任务"
    for row in (["区县", "任务", "面积（亩）"], ["云岭县", "造林", 1200], ["平湖县", "管护", 900], ["清河县", "造林", 700]):
        sheet.append(row)
    change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    if not parts:
        return out.getvalue()
    with zipfile.ZipFile(out, "a") as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def _hide_sheet(state: str):
    def change(book, _) -> None:
        other = book.create_sheet("底稿")
        other["A1"] = "底稿文字"
        other.sheet_state = state

    return change


def _hide_row(_, sheet) -> None:
    sheet.row_dimensions[3].hidden = True


def _hide_column(_, sheet) -> None:
    sheet.column_dimensions["C"].hidden = True


def _comment(_, sheet) -> None:
    from openpyxl.comments import Comment

    sheet["A2"].comment = Comment("核对", "张三")


def _picture(_, sheet) -> None:
    from openpyxl.drawing.image import Image

    sheet.add_image(Image(io.BytesIO(PICTURE)), "E5")


def _chart(_, sheet) -> None:
    from openpyxl.chart import BarChart, Reference

    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=4))
    sheet.add_chart(chart, "E5")


def _chart_sheet(book, sheet) -> None:
    from openpyxl.chart import BarChart, Reference

    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=4))
    book.create_chartsheet("图").add_chart(chart)


def _formula(_, sheet) -> None:
    sheet["C5"] = "=SUM(C2:C4)"


def _most_hidden(_, sheet) -> None:
    for row in range(6, 30):
        sheet.append(["某县", "任务", row])
    for row in range(3, 30):
        sheet.row_dimensions[row].hidden = True


XLSX = {
    "sheet": ("hidden_sheet", xlsx(_hide_sheet("hidden"))),
    "very_hidden": ("hidden_sheet", xlsx(_hide_sheet("veryHidden"))),
    "row": ("hidden_cells", xlsx(_hide_row)),
    "column": ("hidden_cells", xlsx(_hide_column)),
    "most": ("mostly_unread", xlsx(_most_hidden)),
    "comment": ("comments", xlsx(_comment)),
    "picture": ("pictures", xlsx(_picture)),
    "chart": ("embedded", xlsx(_chart)),
    "chart_sheet": ("embedded", xlsx(_chart_sheet)),
    "formula": ("formula_empty", xlsx(_formula)),
    "text_box": ("text_boxes", xlsx(xl__drawings__drawing9_dot_xml=f'<d xmlns:a="{A}"><a:t>框里的字</a:t></d>'.encode())),
    "object": ("embedded", xlsx(xl__embeddings__oleObject1_dot_bin=b"x")),
    "control": ("form_fields", xlsx(xl__ctrlProps__ctrlProp1_dot_xml=b"<a/>")),
    "macro": ("macro", xlsx(xl__vbaProject_dot_bin=b"x")),
    "outside": ("external", xlsx(xl__externalLinks__externalLink1_dot_xml=b"<a/>")),
}


def page(inner: str, body: str = f"<p>{BODY}</p><p>{BODY}</p>") -> bytes:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{TITLE}</title></head><body><div class='article'><h1>{TITLE}</h1>{body}{inner}</div></body></html>".encode()


HTML = {
    "picture": ("pictures", page("<p><img src='W020260101.jpg'></p>")),
    "frame": ("frames", page("<iframe src='table.html' width='800' height='600'></iframe>")),
    "body_in_frame": ("body_elsewhere", page("", "<iframe src='W020.pdf'></iframe>")),
    "script": ("script", page("<div id='list'></div><script>document.write('<p>附表</p>')</script>")),
    "form": (
        "form_fields",
        page("<form><input name='a' value='填报单位'><textarea>意见</textarea><select><option>甲</select></form>"),
    ),
    "video": ("media", page("<video src='a.mp4'></video>")),
    "audio": ("media", page("<audio src='a.mp3'></audio>")),
    "object": ("embedded", page("<object data='a.swf'></object>")),
    "embed": ("embedded", page("<embed src='a.pdf'>")),
    "canvas": ("embedded", page("<canvas id='chart'></canvas>")),
    "hidden": ("hidden_text", page("<p style='display:none'>暗语</p>")),
    "annex": ("attachment-missing", page("<p>附件：春耕备耕任务分解表</p>")),
    "linked_annex": ("attachments", page("<p><a href='./P020260101.docx'>春耕备耕任务分解表.docx</a></p>")),
}


def saved_page() -> bytes:
    return (
        b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        + HTML["picture"][1]
        + b"\r\n--x--\r\n"
    )


def pdf(draw, *, pages: int = 1) -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for number in range(pages):
        canvas.setFont("STSong-Light", 14)
        if number == 0:
            for i, line in enumerate([TITLE, *[BODY[j : j + 36] for j in range(0, len(BODY), 36)]]):
                canvas.drawString(60, 780 - 24 * i, line)
        draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _scan(canvas, number: int) -> None:
    from reportlab.lib.utils import ImageReader

    if number:
        canvas.drawImage(ImageReader(io.BytesIO(PICTURE)), 0, 0, 595, 842)


def _figure(canvas, number: int) -> None:
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(io.BytesIO(PICTURE)), 60, 100, 400, 300)


def _field(canvas, _) -> None:
    canvas.acroForm.textfield(name="a", value="filled in 2026", x=60, y=200, width=200)


def _note(canvas, _) -> None:
    canvas.textAnnotation("批注：请核对数字", Rect=[60, 60, 80, 80])


# where scans are read these pages turn out to hold no word
PDF = {
    "scan": ("wordless" if available() else "scan", pdf(_scan, pages=2)),
    "mostly_scan": ("wordless" if available() else "mostly_unread", pdf(_scan, pages=5)),
    "figure": ("picture", pdf(_figure)),
    "field": ("form_fields", pdf(_field)),
    "note": ("comments", pdf(_note)),
}


def ofd(
    inner: str = "", *, more: str = "", annex: str = "", parts: dict[str, str | bytes] | None = None, page2: str = ""
) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    lines = [TITLE, *[BODY[i : i + 30] for i in range(0, len(BODY), 30)]]
    objects = "".join(
        f'<ofd:TextObject Boundary="20 {20 + 8 * i} 170 8" Size="4"><ofd:TextCode X="0" Y="4">{line}</ofd:TextCode></ofd:TextObject>'
        for i, line in enumerate(lines)
    )
    second = '<ofd:Page ID="2" BaseLoc="Pages/P1/Content.xml"/>' if page2 else ""
    found: dict[str, str | bytes] = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{more}</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/P0/Content.xml"/>{second}</ofd:Pages>{annex}</ofd:Document>',
        "Doc_0/Pages/P0/Content.xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer>{objects}{inner}</ofd:Layer></ofd:Content></ofd:Page>",
        **(parts or {}),
    }
    if page2:
        found["Doc_0/Pages/P1/Content.xml"] = (
            f"<ofd:Page {space}><ofd:Content><ofd:Layer>{page2}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return zipped(found)


_IMAGE = '<ofd:ImageObject Boundary="0 0 210 297" ResourceID="3"/>'
OFD = {
    "scan": ("scan", ofd(page2=_IMAGE)),
    "picture": ("pictures", ofd('<ofd:ImageObject Boundary="20 200 120 80" ResourceID="3"/>')),
    "annex": ("attachments", ofd(annex="<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>", parts={"Doc_0/Attachs/Attachments.xml": "<a/>"})),
    "note": ("comments", ofd(annex="<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>", parts={"Doc_0/Annots/Annotations.xml": "<a/>"})),
    "seal": ("seals", ofd(more="<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>", parts={"Doc_0/Signs/Signatures.xml": "<a/>"})),
}  # fmt: skip


def pptx(
    inner: str,
    *,
    rels: tuple[tuple[str, str], ...] = (),
    second: str = "",
    parts: dict[str, str | bytes] | None = None,
    body: str = BODY,
) -> bytes:
    def slide(content: str, show: str = "") -> str:
        return f'<p:sld xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{R}"{show}><p:cSld><p:spTree>{content}</p:spTree></p:cSld></p:sld>'

    def words(value: str) -> str:
        return (
            f"<p:sp><p:nvSpPr><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:p><a:r><a:t>{value}</a:t></a:r></a:p></p:txBody></p:sp>"
        )

    return zipped(
        {
            "_rels/.rels": links(("officeDocument", "ppt/presentation.xml")),
            "ppt/presentation.xml": f'<p:presentation xmlns:p="{P}" xmlns:r="{R}"><p:sldIdLst><p:sldId r:id="0"/><p:sldId r:id="1"/></p:sldIdLst></p:presentation>',
            "ppt/_rels/presentation.xml.rels": links(("slide", "slides/a.xml"), ("slide", "slides/b.xml")),
            "ppt/slides/a.xml": slide(words(TITLE) + words(body) + inner),
            "ppt/slides/b.xml": slide(words("第二页"), second),
            "ppt/slides/_rels/a.xml.rels": links(*rels),
            **(parts or {}),
        }
    )


_PIC = "<p:pic><p:nvPicPr/><p:spPr/></p:pic>"
PPTX = {
    "picture": ("pictures", pptx(_PIC)),
    "pictures_only": ("picture_body", pptx(_PIC * 3, body="见图")),
    "chart": ("embedded", pptx(f'<p:graphicFrame><a:graphic><a:graphicData uri="{CHART}"/></a:graphic></p:graphicFrame>')),
    "comment": ("comments", pptx("", rels=(("comments", "../c.xml"),))),
    "video": ("media", pptx("", rels=(("video", "../a.mp4"),))),
    "slide": ("hidden_slide", pptx("", second=' show="0"')),
    "macro": ("macro", pptx("", parts={"ppt/vbaProject.bin": b"x"})),
}

NAMES = {
    "office": "office:1.0",
    "text": "text:1.0",
    "table": "table:1.0",
    "draw": "drawing:1.0",
    "style": "style:1.0",
    "svg": "svg-compatible:1.0",
}
SPACES = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}"' for short, name in NAMES.items())


def odf(kind: str, body: str, styles: str = "", **parts: str) -> bytes:
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
            **parts,
        }
    )


def odt(inner: str, styles: str = "", **parts: str) -> bytes:
    return odf("text", f"<text:p>{TITLE}</text:p><text:p>{BODY}</text:p><text:p>{inner}</text:p>", styles, **parts)


def ods(rows: str = "", sheets: str = "", styles: str = "") -> bytes:
    line = "<table:table-row><table:table-cell><text:p>{}</text:p></table:table-cell><table:table-cell><text:p>{}</text:p></table:table-cell></table:table-row>"
    given = "".join(line.format(*pair) for pair in (("区县", "面积（亩）"), ("云岭县", "1200"), ("平湖县", "900")))
    return odf("spreadsheet", f'<table:table table:name="任务">{given}{rows}</table:table>{sheets}', styles)


ODF = {
    "odt_picture": ("pictures", odt("<draw:frame><draw:image/></draw:frame>")),
    "odt_object": ("embedded", odt("<draw:frame><draw:object/></draw:frame>")),
    "odt_comment": ("comments", odt("<office:annotation><text:p>核对</text:p></office:annotation>")),
    "odt_hidden": ("hidden_text", odt('<text:span text:style-name="T">暗语</text:span>', '<style:style style:name="T"><style:text-properties text:display="none"/></style:style>')),
    "odt_macro": ("macro", odt("", **{"Basic/a.xml": "<a/>"})),
    "ods_sheet": ("hidden_sheet", ods("", '<table:table table:name="底稿" table:style-name="h"><table:table-row><table:table-cell><text:p>底稿</text:p></table:table-cell></table:table-row></table:table>', '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>')),
    "ods_row": ("hidden_cells", ods('<table:table-row table:visibility="collapse"><table:table-cell><text:p>清河县</text:p></table:table-cell></table:table-row>')),
    "ods_comment": ("comments", ods("<table:table-row><table:table-cell><office:annotation><text:p>核对</text:p></office:annotation><text:p>甲</text:p></table:table-cell></table:table-row>")),
}  # fmt: skip

XML = {
    "word_picture": ("pictures", f'<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" xmlns:v="{V}"><w:body><w:p><w:r><w:t>{TITLE}</w:t></w:r></w:p><w:p><w:r><w:t>{BODY}</w:t></w:r></w:p><w:p><w:r><w:pict><w:binData>AAAA</w:binData><v:shape><v:imagedata src="a"/></v:shape></w:pict></w:r></w:p></w:body></w:wordDocument>'.encode()),
    "sheet_comment": ("comments", '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="任务"><Table><Row><Cell><Data ss:Type="String">区县</Data></Cell><Cell><Data ss:Type="String">面积</Data><Comment><Data>核对</Data></Comment></Cell></Row><Row><Cell><Data ss:Type="String">云岭县</Data></Cell><Cell><Data ss:Type="Number">12</Data></Cell></Row></Table></Worksheet></Workbook>'.encode()),
}  # fmt: skip


def mail(*, annex: tuple[str, bytes] | None = None, picture: bool = False, hidden: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = "a@b.cn", "c@d.cn", TITLE, "<1>"
    message.set_content(f"<p>{BODY}</p>{hidden}", subtype="html")
    if picture:
        message.add_related(PICTURE, "image", "png", cid="<a>")
    if annex:
        message.add_attachment(annex[1], maintype="application", subtype="octet-stream", filename=annex[0])
    return message.as_bytes()


EML = {
    "annex": ("attachments", mail(annex=("录像.mp4", b"x"))),
    "picture": ("pictures", mail(picture=True)),
    "hidden": ("hidden_text", mail(hidden="<p style='display:none'>暗语</p>")),
}
ENCODED = "\n".join(base64.b64encode(bytes((i * 7 + j) % 251 for j in range(57))).decode() for i in range(8))
TEXTS = {
    "a.txt": (
        "attachment-missing",
        f"{TITLE}\n\n{BODY}\n\n附件：春耕备耕任务分解表\n\n云岭县人民政府办公室\n2026年2月3日\n".encode(),
    ),
    "b.txt": ("encoded", f"{TITLE}\n\n{BODY}\n\n{ENCODED}\n\n云岭县人民政府办公室\n2026年2月3日\n".encode()),
    "a.md": ("pictures", f"# {TITLE}\n\n{BODY}\n\n![流程图](a.png)\n".encode()),
    "b.md": ("attachment-missing", f"# {TITLE}\n\n{BODY}\n\n附件：春耕备耕任务分解表\n".encode()),
    "c.md": ("hidden_text", f"# {TITLE}\n\n{BODY}\n\n<p style='display:none'>暗语</p>\n".encode()),
    "a.mhtml": ("pictures", saved_page()),
}
FAMILIES = {"docx": DOCX, "xlsx": XLSX, "html": HTML, "pdf": PDF, "ofd": OFD, "pptx": PPTX, "xml": XML, "eml": EML}
CASES = [(f"{name}.{ending}", kind, data) for ending, family in FAMILIES.items() for name, (kind, data) in family.items()]
CASES += [(f"{name}.{name[:3]}", kind, data) for name, (kind, data) in ODF.items()]
CASES += [(name, kind, data) for name, (kind, data) in TEXTS.items()]


@pytest.mark.parametrize(("name", "kind", "data"), CASES, ids=[name for name, _, _ in CASES])
def test_what_is_not_read_is_named(name: str, kind: str, data: bytes) -> None:
    doc = read(data, name)
    parts = list_unread(doc.issues)
    assert kind in {part.kind for part in parts}, [issue.code for issue in doc.issues]
    assert all(part.label and part.message for part in parts)
    assert "暗语" not in doc.text


def test_there_are_sixty_of_them_in_all_formats() -> None:
    assert len(CASES) >= 60 and len({name.rpartition(".")[2] for name, _, _ in CASES}) >= 12


def test_a_record_names_its_missing_annex() -> None:
    record = {"_id": "1", "title": TITLE, "text": f"{BODY}\n附件：春耕备耕任务分解表\n"}
    assert "attachment-missing" in {part.kind for part in list_unread(read_record(record, "a.jsonl").issues)}


@pytest.mark.parametrize(
    "data",
    [docx(), xlsx(), page(""), pdf(lambda *_: None), ofd(), pptx(""), odt(""), ods(), mail()],
    ids=["docx", "xlsx", "html", "pdf", "ofd", "pptx", "odt", "ods", "eml"],
)
def test_a_file_that_was_read_whole_names_nothing(data: bytes) -> None:
    assert list_unread(read(data, "a").issues) == ()


def test_the_ledger_of_issues() -> None:
    issues = [Issue("comments", "有批注"), Issue("numbering", "编号"), Issue("picture_body", "正文是图片")]
    parts = list_unread(issues)
    assert [part.label for part in parts] == ["批注", "图片"]
    assert say_mostly_unread(parts) == "正文是图片" and say_mostly_unread(parts[:1]) is None
    assert json.dumps(parts[0].record())
