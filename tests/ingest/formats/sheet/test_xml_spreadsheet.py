"""Excel 2003 XML: read as a table under any name, never as mark-up."""

import io
import zipfile

import openpyxl
import pytest

from corpus.errors import RefusedInput
from ingest.reader import read_raw

SS = 'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
X = 'xmlns:x="urn:schemas-microsoft-com:office:excel"'


def cell(text, kind="String", attributes=""):
    return f'<Cell {attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


def rows(*lines):
    return "".join(f"<Row>{''.join(line)}</Row>" for line in lines)


def book(
    *tables, styles="", head='<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n', options=""
):
    sheets = "".join(
        f'<Worksheet ss:Name="表{i}"><Table>{table}</Table>{options}</Worksheet>' for i, table in enumerate(tables, start=1)
    )
    return f"{head}<Workbook {SS} {X}><Styles>{styles}</Styles>{sheets}</Workbook>"


HEAD = [cell("序号"), cell("任务"), cell("责任单位")]


def cells_of(table, text):
    return [[span.of(text) for span in row] for row in table.rows]


@pytest.mark.parametrize("name", ["清单.xls", "清单.xml", "清单.et", "清单"])
def test_it_is_a_table_under_any_name(name):
    data = book(rows(HEAD, [cell("1", "Number"), cell("修复堤坝12处"), cell("县水利局")])).encode()
    raw = read_raw(data, name)
    assert raw.format == "xml"
    assert cells_of(raw.tables[0], raw.text) == [["序号", "任务", "责任单位"], ["1", "修复堤坝12处", "县水利局"]]
    assert "<" not in raw.text and not [issue for issue in raw.issues if issue.code != "mismatch"]


def test_places_merged_cells_and_formats():
    styles = (
        '<Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style><Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style>'
        '<Style ss:ID="t"><NumberFormat ss:Format="#,##0&quot;亩&quot;"/></Style>'
    )
    table = rows(
        [cell("县区"), cell("面积"), cell("占比"), cell("日期")],
        [
            cell("甲县", attributes='ss:MergeDown="1"'),
            cell("12000", "Number", 'ss:StyleID="t"'),
            cell("0.125", "Number", 'ss:StyleID="p"'),
            cell("2024-11-05T00:00:00.000", "DateTime", 'ss:StyleID="d"'),
        ],
        [cell("3.5", "Number", 'ss:Index="2"'), cell("1", "Boolean"), cell("#DIV/0!", "Error")],
    )
    raw = read_raw(book(table, styles=styles).encode(), "a.xls")
    assert cells_of(raw.tables[0], raw.text)[1:] == [
        ["甲县", "12,000亩", "12.50%", "2024-11-05"],
        ["甲县", "3.5", "TRUE", "#DIV/0!"],
    ]


def test_prefixed_elements_and_text_with_marks_of_its_own():
    html = 'xmlns:html="http://www.w3.org/TR/REC-html40"'
    data = (
        f"<ss:Workbook {SS}><ss:Worksheet ss:Name='a'><ss:Table><ss:Row><ss:Cell><ss:Data ss:Type='String'>任务</ss:Data></ss:Cell>"
        f"<ss:Cell><ss:Data ss:Type='String' {html}><html:B>责任</html:B>单位</ss:Data></ss:Cell></ss:Row>"
        "<ss:Row><ss:Cell><ss:Data ss:Type='String'>面积&lt;5亩的地块&#10;复垦</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type='String'>县局"
        "</ss:Data></ss:Cell></ss:Row></ss:Table></ss:Worksheet></ss:Workbook>"
    )
    raw = read_raw(data.encode(), "a.xls")
    assert cells_of(raw.tables[0], raw.text) == [["任务", "责任单位"], ["面积<5亩的地块 复垦", "县局"]]


@pytest.mark.parametrize(("encoding", "declared"), [("gb18030", "gb2312"), ("utf-16", "UTF-16"), ("utf-8-sig", "utf-8")])
def test_encodings(encoding, declared):
    text = book(rows(HEAD, [cell("1"), cell("修复堤坝"), cell("县水利局")]), head=f'<?xml version="1.0" encoding="{declared}"?>')
    raw = read_raw(text.encode(encoding), "a.xls")
    assert "1 | 修复堤坝 | 县水利局" in raw.text


def test_hidden_parts_comments_and_formulas_are_said():
    table = '<Column/><Column/><Column ss:Hidden="1"/>' + rows(
        HEAD, [cell("1"), '<Cell><Data ss:Type="String">修复堤坝</Data><Comment><Data>核实</Data></Comment></Cell>', cell("县局")]
    )
    table += f'<Row ss:Hidden="1">{cell("2")}{cell("作废")}</Row>' + rows(
        [cell("3", "Number", 'ss:Formula="=R[-1]C+1"'), cell("清淤")]
    )
    hidden = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    data = book(table).replace(
        "</Workbook>", f'<Worksheet ss:Name="底稿"><Table>{rows(HEAD)}</Table>{hidden}</Worksheet></Workbook>'
    )
    raw = read_raw(data.encode(), "a.xml")
    assert {issue.code for issue in raw.issues} == {"hidden_cells", "hidden_sheet", "comments", "formula"}
    assert "3 | 清淤" in raw.text
    for word in ("作废", "县局", "底稿\n", "核实"):
        assert word not in raw.text


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("data", "code"),
    [
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + book(rows(HEAD), head=""), "entity"),
        (book(rows(HEAD)).replace("<Workbook ", "<!-- <!DOCTYPE a> --><Workbook "), "entity"),
        (book(rows(HEAD))[:-30], "broken"),
        (book("<Row>" + "<Cell/>" * 200_001 + "</Row>"), "size"),
        (book(rows(*[[cell("1", attributes='ss:MergeAcross="1"')]] * 20_001)), "size"),
    ],
)
def test_what_may_harm_is_refused(data, code):
    with pytest.raises(RefusedInput) as refused:
        read_raw(data.encode(), "a.xls")
    assert refused.value.reason == code


@pytest.mark.hostile
def test_far_corners_cost_nothing():
    far = (
        '<Row ss:Index="1048576" ss:Span="9999999" ss:Hidden="0">'
        + cell("远", attributes='ss:Index="16384" ss:MergeAcross="9999999"')
        + "</Row>"
    )
    table = '<Column ss:Span="9999999"/>' + rows([cell("任务", attributes='ss:MergeDown="9999999" ss:MergeAcross="9999"')]) + far
    assert "远" in read_raw(book(table).encode(), "a.xls").text


@pytest.mark.parametrize(
    ("data", "name", "word", "reason"),
    [
        (
            '<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>',
            "a.doc",
            "没有正文",
            "broken",
        ),
        ('<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>', "a.xml", "单文件 XML", "unsupported"),
        ('<?xml version="1.0"?><config><a>1</a></config>', "a.xml", "XML 数据", "unsupported"),
    ],
)
def test_empty_and_other_xml_is_refused_by_what_it_is(data, name, word, reason):
    with pytest.raises(RefusedInput, match=word) as refused:
        read_raw(data.encode(), name)
    assert refused.value.reason == reason


def test_a_strict_workbook_is_read_as_the_usual_form():
    workbook = openpyxl.Workbook()
    for row in (["任务", "责任单位", "完成率"], ["修复堤坝", "县水利局", 0.5]):
        workbook.active.append(row)
    workbook.active["C2"].number_format = "0%"
    usual, out = io.BytesIO(), io.BytesIO()
    workbook.save(usual)
    with zipfile.ZipFile(usual) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            for kind in (b"spreadsheetml", b"officeDocument"):
                part = part.replace(
                    b"http://schemas.openxmlformats.org/" + kind + b"/2006/", b"http://purl.oclc.org/ooxml/" + kind + b"/"
                )
            new.writestr(name, part)
    assert read_raw(out.getvalue(), "a.xlsx") == read_raw(usual.getvalue(), "a.xlsx")
