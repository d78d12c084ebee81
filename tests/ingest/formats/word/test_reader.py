import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from corpus.errors import RefusedInput
from ingest.formats.pdf import ocr
from ingest.formats.pdf.ocr import rapid
from ingest.formats.word.numbering import chinese, number
from ingest.reader import read, read_raw

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def package(body, extra=None, rels=""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {W} {R}><w:body>{body}</w:body></w:document>")
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rels}</Relationships>',
        )
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def relation(kind, target, identity="rId1"):
    return f'<Relationship Id="{identity}" Type="http://x/{kind}" Target="{target}"/>'


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_headings_tables_and_anchors():
    document = docx.Document()
    document.add_heading("总体要求", 1)
    document.add_paragraph("坚持统筹推进。")
    table = document.add_table(3, 3)
    for r, row in enumerate([["序号", "任务", "责任单位"], ["1", "建设粮仓", "县粮食局"], ["2", "修复堤坝", ""]]):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    table.cell(1, 2).merge(table.cell(2, 2))
    raw = read_raw(saved(document), "台账.docx")
    assert raw.text.split("\n")[:3] == ["总体要求", "坚持统筹推进。", "序号 | 任务 | 责任单位"]
    assert [(span.of(raw.text), depth) for span, depth in raw.headings] == [("总体要求", 1)]
    (grid,) = raw.tables
    assert grid.header_rows == 1
    assert [cell.of(raw.text) for cell in grid.rows[2]] == ["2", "修复堤坝", "县粮食局"]
    assert raw.anchors[0].element == "p1"


def test_automatic_numbers_are_written_out():
    numbering = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="0">
      <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl>
      <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
      <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
      </w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""

    def item(level, text):
        return f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>{run(text)}</w:p>'

    body = (
        item(0, "目标")
        + item(1, "近期")
        + item(2, "粮食")
        + item(2, "蔬菜")
        + item(1, "远期")
        + item(0, "保障")
        + item(1, "资金")
    )
    data = package(body, {"word/numbering.xml": numbering}, relation("numbering", "numbering.xml"))
    lines = read_raw(data, "a.docx").text.split()
    assert lines == ["一、目标", "（一）近期", "1.粮食", "2.蔬菜", "（二）远期", "二、保障", "（一）资金"]


@pytest.mark.parametrize(
    ("count", "shown"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (1008, "一千零八")],
)
def test_chinese_counting(count, shown):
    assert chinese(count) == shown


def test_other_number_formats():
    assert [number(4, style) for style in ("decimalEnclosedCircle", "upperRoman", "lowerLetter", "ideographTraditional")] == [
        "④",
        "IV",
        "d",
        "丁",
    ]


def test_revisions_hidden_runs_and_notes():
    body = (
        f"<w:p>{run('加强')}<w:ins>{run('全面')}</w:ins><w:del><w:r><w:delText>旧的</w:delText></w:r></w:del>{run('监管')}"
        f"{run('暗语', '<w:vanish/>')}<w:r><w:footnoteReference w:id='2'/></w:r></w:p>"
    )
    notes = f"<w:footnotes {W}><w:footnote w:id='2'><w:p>{run('数据截至年末。')}</w:p></w:footnote></w:footnotes>"
    raw = read_raw(package(body, {"word/footnotes.xml": notes}, relation("footnotes", "footnotes.xml")), "a.docx")
    assert raw.text.split("\n")[:2] == ["加强全面监管", "数据截至年末。"]
    assert {issue.code for issue in raw.issues} == {"revisions", "hidden_text"}


def test_text_boxes_are_read_once():
    box = f"<w:txbxContent><w:p>{run('专栏内容')}</w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:p>{run('正文')}<w:r><mc:AlternateContent {mc}><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert read_raw(package(body), "a.docx").text == "正文\n专栏内容\n"


def test_a_body_kept_as_html_is_read():
    page = "<html><body><p>第一条　为了规范管理，制定本办法。</p><p>第二条　本办法适用于全县。</p></body></html>"
    data = package('<w:altChunk r:id="rId1"/>', {"word/chunk.html": page}, relation("aFChunk", "chunk.html"))
    assert read_raw(data, "办法.docx").text.count("\n") == 2


def test_hidden_paragraph_mark_does_not_hide_text():
    document = docx.Document()
    paragraph = document.add_paragraph("看得见")
    mark = OxmlElement("w:rPr")
    mark.append(OxmlElement("w:vanish"))
    paragraph._p.get_or_add_pPr().append(mark)
    assert paragraph._p.pPr.find(qn("w:rPr")) is not None
    assert read_raw(saved(document), "a.docx").text == "看得见\n"


def bomb(size=30 << 20):
    return package("<w:p>" + run("字" * 10) + "</w:p>" * 1 + "<w:p/>" * (size // 6))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (package("").replace(b"PK\x01\x02", b"XX\x01\x02"), "broken"),
        (package(f"<w:p>{run('甲')}</w:p>")[:-40], "broken"),
        (bomb(), "size"),
        (package("<w:p>" * 50_000 + "</w:p>" * 50_000), "broken"),
        (package("", {"../evil.txt": "x"}), "broken"),
        (b"PK\x05\x06" + bytes(18), "mismatch"),
    ],
)
def test_hostile_and_broken_packages_are_refused(data, reason):
    with pytest.raises(RefusedInput) as caught:
        read_raw(data, "文件.docx")
    assert caught.value.reason == reason


def test_entities_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document {W}><w:body><w:p>{run("&x;")}</w:p></w:body></w:document>',
        )
    with pytest.raises(RefusedInput) as caught:
        read_raw(out.getvalue(), "a.docx")
    assert caught.value.reason == "entity"


@pytest.mark.parametrize(
    ("marker", "name", "reason"), [("EncryptedPackage", "a.docx", "encrypted"), ("WordDocument", "a.docx", "needs_office")]
)
def test_old_and_encrypted_containers_are_named(marker, name, reason, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + marker.encode("utf-16-le") + bytes(512)
    with pytest.raises(RefusedInput) as caught:
        read_raw(data, name)
    assert caught.value.reason == reason


def test_old_word_without_libreoffice_says_what_to_install(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le") + bytes(512)
    with pytest.raises(RefusedInput, match="LibreOffice") as caught:
        read_raw(data, "a.doc")
    assert caught.value.reason == "needs_office"


def field(instruction, result):
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"{mark.format('begin')}<w:r><w:instrText>{instruction}</w:instrText></w:r>{mark.format('separate')}{result}{mark.format('end')}"


def test_results_of_fields_are_read_once_and_instructions_never():
    inner = field("PAGE", run("3"))
    body = (
        f"<w:p>{run('见')}{field('REF _Ref1', run('第三条'))}{run('和')}<w:fldSimple w:instr='DATE'>{run('2026年')}</w:fldSimple></w:p>"
        f"<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r>{run('条件 ')}{inner}<w:r><w:fldChar w:fldCharType='separate'/></w:r>"
        f"{run('结果')}<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
        f"<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r></w:p><w:p>{run('后文')}</w:p>"
    )
    assert read_raw(package(body), "a.docx").text == "见第三条和2026年\n结果\n后文\n"


def test_lines_of_the_contents_are_no_part_of_the_document():
    styles = f"<w:styles {W}><w:style w:type='paragraph' w:styleId='TOC1'><w:name w:val='toc 1'/></w:style></w:styles>"
    entry = f"<w:p><w:pPr><w:pStyle w:val='TOC1'/></w:pPr>{run('一、总体要求')}<w:r><w:tab/></w:r>{run('1')}</w:p>"
    data = package(entry + f"<w:p>{run('一、总体要求')}</w:p>", {"word/styles.xml": styles}, relation("styles", "styles.xml"))
    raw = read_raw(data, "a.docx")
    assert [span.of(raw.text) for span in raw.boilerplate] == ["一、总体要求\t1"]
    assert raw.text.endswith("\n一、总体要求\n")


def test_content_controls_show_what_was_filled_in_and_no_prompt():
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('单击此处输入文字。')}</w:sdtContent></w:sdt>"
    filled = f"<w:sdt><w:sdtContent><w:p>{run('已填')}</w:p></w:sdtContent></w:sdt>"
    assert read_raw(package(f"<w:p>{run('单位：')}{prompt}</w:p>{filled}"), "a.docx").text == "单位：\n已填\n"


def test_signs_of_symbol_fonts():
    fonts = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
    body = f"<w:p>{run(chr(0xF0FC), fonts)}{run('是')}<w:r><w:sym w:font='Wingdings' w:char='F0A8'/></w:r>{run('否')}{run(chr(0xF0B7))}</w:p>"
    assert read_raw(package(body), "a.docx").text == "✓是☐否•\n"


def cells(*rows):
    lines = "".join(f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in row)}</w:tr>" for row in rows)
    return f"<w:tbl>{lines}</w:tbl>"


def p(text, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


def test_a_table_in_a_cell_is_read_as_words_and_said():
    inner = cells((p("村道"), p("12公里")), (p("桥"), p("3座")))
    raw = read_raw(package(cells((p("任务"), p("内容")), (p("修路"), inner + "<w:p/>"))), "a.docx")
    assert raw.text == "任务 | 内容\n修路 | 村道 12公里 桥 3座\n"
    assert [issue.code for issue in raw.issues] == ["nested_table"]


def test_text_boxes_in_a_cell_stand_after_the_table_once():
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:txbxContent>{p('框内')}</w:txbxContent>"
    both = f"<w:r><mc:AlternateContent {mc}><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    raw = read_raw(package(cells((p("任务"), p("单位")), (f"<w:p>{run('修路')}{both}</w:p>", p("县局")))), "a.docx")
    assert raw.text == "任务 | 单位\n修路 | 县局\n框内\n"


def test_a_frame_table_is_read_once_and_its_numbers_count_once():
    numbering = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>
      <w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>
      <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = cells((p("目标", numbered) + p("任务", numbered),)) + p("保障", numbered)
    raw = read_raw(package(body, {"word/numbering.xml": numbering}, relation("numbering", "numbering.xml")), "a.docx")
    assert raw.text.split() == ["一、目标", "二、任务", "三、保障"]


def test_headings_by_outline_level_without_a_style():
    body = (
        p("总体要求", '<w:outlineLvl w:val="0"/>')
        + p("近期目标", '<w:outlineLvl w:val="1"/>')
        + p("正文。", '<w:outlineLvl w:val="9"/>')
    )
    raw = read_raw(package(body), "a.docx")
    assert [(span.of(raw.text), depth) for span, depth in raw.headings] == [("总体要求", 1), ("近期目标", 2)]


def test_the_words_of_a_diagram_are_read():
    a, dgm = "http://schemas.openxmlformats.org/drawingml/2006/main", "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    data = (
        f"<d:dataModel xmlns:d='{dgm}' xmlns:a='{a}'>"
        + "".join(f"<a:p><a:r><a:t>{t}</a:t></a:r></a:p>" for t in ("申报", "审核"))
        + "</d:dataModel>"
    )
    body = f"<w:p>{run('流程如下')}<w:r><w:drawing><d:relIds xmlns:d='{dgm}' r:dm='rId1'/></w:drawing></w:r></w:p>"
    raw = read_raw(package(body, {"word/diagrams/data1.xml": data}, relation("diagramData", "diagrams/data1.xml")), "a.docx")
    assert raw.text == "流程如下\n申报\n审核\n"


LEVELS = (
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Sub"/><w:suff w:val="nothing"/><w:lvlText w:val="%2."/></w:lvl>'
)


def numbered(lists, styles, body):
    parts = {
        "word/numbering.xml": f"<w:numbering {W}>{lists}</w:numbering>",
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
    }
    rels = relation("numbering", "numbering.xml") + relation("styles", "styles.xml", "rId2")
    return read_raw(package(body, parts, rels), "a.docx").text.split()


def item(text, level="0", number="2"):
    return f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>{run(text)}</w:p>'


OWNER = f'<w:abstractNum w:abstractNumId="8">{{}}{LEVELS}</w:abstractNum>'
POINTER = '<w:abstractNum w:abstractNumId="3"><w:multiLevelType w:val="multilevel"/><w:numStyleLink w:val="L"/></w:abstractNum>'
NUMS = '<w:num w:numId="7"><w:abstractNumId w:val="8"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="3"/></w:num>'
LIST_STYLE = '<w:style w:type="numbering" w:styleId="L"><w:name w:val="公文"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'


@pytest.mark.parametrize(
    ("lists", "styles"),
    [
        (OWNER.format('<w:styleLink w:val="L"/>') + POINTER + NUMS, LIST_STYLE),
        (POINTER + OWNER.format("") + NUMS, LIST_STYLE),
        (POINTER + OWNER.format('<w:styleLink w:val="L"/>') + NUMS, ""),
    ],
    ids=["both", "style only", "list only"],
)
def test_lists_of_a_list_style_are_numbered(lists, styles):
    body = item("目标") + item("粮食", "1") + item("蔬菜", "1") + item("保障", number="7") + item("资金", "1")
    assert numbered(lists, styles, body) == ["一、目标", "1.粮食", "2.蔬菜", "二、保障", "1.资金"]


def test_a_list_that_points_nowhere_or_to_itself_has_no_numbers():
    itself = f'<w:abstractNum w:abstractNumId="3"><w:styleLink w:val="L"/><w:numStyleLink w:val="L"/></w:abstractNum>{NUMS}'
    assert numbered(POINTER + NUMS, LIST_STYLE, item("目标")) == ["目标"]
    assert numbered(itself, LIST_STYLE, item("目标")) == ["目标"]


def test_a_list_gives_a_paragraph_style_its_level():
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
        for name in ("Top", "Sub")
    )
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run(text)}</w:p>'
        for style, text in (("Top", "目标"), ("Sub", "粮食"), ("Sub", "蔬菜"), ("Top", "保障"))
    )
    assert numbered(OWNER.format("") + NUMS, styles, body) == ["一、目标", "1.粮食", "2.蔬菜", "二、保障"]


def headed(header, section, body="", kind="first"):
    reference = f'<w:headerReference w:type="{kind}" r:id="rId1"/>'
    body = body + f"<w:p>{run('关于做好防汛工作的通知')}</w:p><w:sectPr>{reference}{section}</w:sectPr>"
    parts = {"word/header1.xml": f"<w:hdr {W}>{header}</w:hdr>"}
    return read_raw(package(body, parts, relation("header", "header1.xml")), "a.docx").text.split()


MARK, NUMBER = f"<w:p>{run('某县水利局文件')}</w:p>", f"<w:p>{run('某水发〔2025〕3号')}</w:p>"
BOX = f"<w:p><w:r><w:pict><w:txbxContent>{MARK}{NUMBER}</w:txbxContent></w:pict></w:r></w:p>"
CELLS = f"<w:tbl><w:tr><w:tc>{MARK}</w:tc></w:tr><w:tr><w:tc>{NUMBER}</w:tc></w:tr></w:tbl>"


@pytest.mark.parametrize(
    ("header", "section", "kind"),
    [
        (MARK + NUMBER, "<w:titlePg/>", "first"),
        (BOX, "<w:titlePg/>", "first"),
        (CELLS, "<w:titlePg/>", "first"),
        (MARK + NUMBER, "", "default"),
        (MARK + NUMBER, "<w:titlePg/>", "default"),
    ],
)
def test_a_red_head_in_the_header_over_the_first_page_is_read(header, section, kind):
    assert headed(header, section, kind=kind) == ["某县水利局文件", "某水发〔2025〕3号", "关于做好防汛工作的通知"]


@pytest.mark.parametrize(
    ("header", "section", "body"),
    [
        (f"<w:p>{run('内部资料')}</w:p>", "<w:titlePg/>", ""),
        (f"<w:p>{run('（某水发〔2025〕3号附件）')}</w:p>", "<w:titlePg/>", ""),
        (MARK + NUMBER, "", ""),  # a header of the first page that the section does not show
        (MARK + NUMBER, "<w:titlePg/>", MARK + NUMBER),  # said in the body already
    ],
    ids=["running title", "quoted", "not shown", "twice"],
)
def test_other_headers_are_no_text(header, section, body):
    own = ["某县水利局文件", "某水发〔2025〕3号"] if body else []
    assert headed(header, section, body) == [*own, "关于做好防汛工作的通知"]


def strict(data):
    """The same package in the names of Strict Open XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith((".xml", ".rels")):
                part = re.sub(
                    rb"http://schemas\.openxmlformats\.org/(\w+)/2006/(main|relationships|math|diagram)",
                    rb"http://purl.oclc.org/ooxml/\1/\2",
                    part,
                ).replace(b"ooxml/package/relationships", b"ooxml/kept")
                part = part.replace(
                    b"http://purl.oclc.org/ooxml/kept", b"http://schemas.openxmlformats.org/package/2006/relationships"
                )
            new.writestr(name, part)
    return out.getvalue()


def test_strict_open_xml_is_read_as_the_usual_form():
    document = docx.Document()
    document.add_heading("总体要求", 1)
    document.add_paragraph("坚持统筹推进，见 http://purl.oclc.org/ooxml/ 的说明。")
    table = document.add_table(2, 2)
    for place, text in enumerate(["任务", "责任单位", "修复堤坝", "县水利局"]):
        table.cell(place // 2, place % 2).text = text
    usual = saved(document)
    data = strict(usual)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert b"purl.oclc.org/ooxml/wordprocessingml/main" in package.read("word/document.xml")
    assert read_raw(data, "a.docx") == read_raw(usual, "a.docx")


def picture(width, height, identity="rId1"):
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    wp = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    inside = f'<wp:extent cx="{width}" cy="{height}"/><a:blip {a} r:embed="{identity}"/>'
    return f"<w:p><w:r><w:drawing><wp:inline {wp}>{inside}</wp:inline></w:drawing></w:r></w:p>"


OLD_PICTURE = (
    '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="width:415.3pt;height:600pt">'
    '<v:imagedata r:id="rId1"/></v:shape></w:pict></w:r></w:p>'
)
TITLE = f"<w:p>{run('关于同意设立开发区的批复')}</w:p>"
LONG = f"<w:p>{run('各地要落实责任，确保按期完成。' * 20)}</w:p>"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (TITLE + picture(5_000_000, 7_000_000), "picture_body"),
        (TITLE + OLD_PICTURE, "picture_body"),
        (f"{TITLE}<w:tbl><w:tr><w:tc>{picture(5_000_000, 7_000_000)}</w:tc></w:tr></w:tbl>", "picture_body"),
        (TITLE + picture(900_000, 900_000), "pictures"),
        (LONG + picture(5_000_000, 7_000_000), "pictures"),
    ],
    ids=["scan", "old scan", "scan in a table", "a seal", "an illustration"],
)
def test_pictures_are_said_and_a_body_in_them_is_doubted(body, code, monkeypatch):
    monkeypatch.setattr(ocr, "available", lambda: False)
    raw = read_raw(package(body), "a.docx")
    (issue,) = [issue for issue in raw.issues if issue.code.startswith("picture")]
    assert issue.code == code and "1 张图片" in issue.message
    assert issue.doubts_text is (code == "picture_body")


@pytest.mark.slow
@pytest.mark.skipif(rapid.models() is None, reason="RapidOCR is not installed (make test-ocr)")
def test_a_body_in_pictures_is_read_behind_the_text(tmp_path):
    pages = Path(__file__).parent.parent / "pdf" / "ocr" / "pages"
    document = docx.Document()
    document.add_paragraph("附件扫描件如下：")
    document.add_picture(str(pages / "table.jpg"), width=docx.shared.Cm(15))
    doc = read(saved(document), "附件.docx")
    assert doc.text.startswith("附件扫描件如下：\n") and len(doc.tables) == 1
    assert any(issue.message.startswith("识别件，数字请核对原件：第 1 张图片") for issue in doc.issues)
    assert not any(issue.code.startswith("picture") for issue in doc.issues)
    anchor = doc.anchor_at(doc.text.index("农村自来水普及率"))
    assert anchor is not None and anchor.element == "picture1" and anchor.page is None and anchor.confidence is not None


def test_a_document_without_pictures_says_nothing_of_them():
    assert not read_raw(package(TITLE + LONG), "a.docx").issues
