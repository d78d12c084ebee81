import io

import pytest

from corpus.errors import RefusedInput
from ingest.formats.pdf import ocr
from ingest.reader import read, read_raw

reportlab = pytest.importorskip("reportlab")

PARAGRAPH = "为了加强农村公路养护，县交通运输局会同乡镇人民政府制定年度计划，落实养护经费，每季度检查一次，检查结果向社会公布，接受群众监督。"


def pdf(draw, pages=1, **options):
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, **options)
    for number in range(1, pages + 1):
        canvas.setFont("STSong-Light", 14)
        draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def wrapped(canvas, x, y, text, width=30, indent=2, pitch=24, size=14):
    line, rest = text[: width - indent], text[width - indent :]
    canvas.drawString(x + indent * size, y, line)
    while rest:
        y -= pitch
        canvas.drawString(x, y, rest[:width])
        rest = rest[width:]
    return y - pitch


def test_wrapped_lines_join_and_running_lines_go():
    def draw(canvas, number):
        canvas.drawString(200, 810, "某县农村公路养护办法汇编")
        y = 740
        for part in "甲乙":
            y = wrapped(canvas, 80, y, "春夏秋"[number - 1] + part + PARAGRAPH)
        canvas.drawString(290, 40, f"— {number} —")

    raw = read_raw(pdf(draw, 3), "办法.pdf")
    assert raw.text == "".join(f"{season}{part}{PARAGRAPH}\n" for season in "春夏秋" for part in "甲乙")
    assert {anchor.page for anchor in raw.anchors} == {1, 2, 3}
    first = raw.anchors[0]
    assert first.box is not None
    assert first.span.of(raw.text) == "春甲" + PARAGRAPH[:26]
    assert 60 < first.box[1] < 120


def table(canvas, x, y, rows, widths, height=24, merge=None):
    top = y
    for r, row in enumerate(rows):
        left = x
        for c, text in enumerate(row):
            canvas.drawString(left + 3, y - height + 8, text)
            if not (merge and (r, c) in merge):
                canvas.line(left, y, left + widths[c], y)
            left += widths[c]
        y -= height
    canvas.line(x, y, x + sum(widths), y)
    left = x
    for width in [0, *widths]:
        left += width
        canvas.line(left, top, left, y)
    return y


def test_a_table_keeps_rows_header_and_merged_cells():
    def draw(canvas, number):
        canvas.drawString(80, 760, "附件1 重点任务清单")
        table(
            canvas,
            80,
            740,
            [["序号", "任务", "责任单位"], ["1", "修路", "交通局"], ["2", "架桥", ""]],
            [60, 200, 120],
            merge={(2, 2)},
        )
        wrapped(canvas, 80, 600, PARAGRAPH)

    raw = read_raw(pdf(draw), "清单.pdf")
    (grid,) = raw.tables
    assert [[cell.of(raw.text) for cell in row] for row in grid.rows] == [
        ["序号", "任务", "责任单位"],
        ["1", "修路", "交通局"],
        ["2", "架桥", "交通局"],
    ]
    assert grid.header_rows == 1
    assert grid.caption is not None
    assert grid.caption.of(raw.text) == "附件1 重点任务清单"


def test_a_table_over_two_pages_is_one():
    def draw(canvas, number):
        rows = [["序号", "任务", "责任单位"], *[[str(number * 10 + i), "任务" + str(i), "某局"] for i in range(4)]]
        table(canvas, 80, 780, rows, [60, 200, 120])

    (grid,) = read_raw(pdf(draw, 2), "清单.pdf").tables
    assert len(grid.rows) == 9


ROWS = [
    ["指标", "单位", "2025年", "2030年"],
    ["粮食产量", "万吨", "12.5", "13.2"],
    ["森林覆盖率", "%", "45.1", "47.0"],
    ["床位数", "张", "620", "800"],
]
AT = [80, 200, 280, 380]


def columns(canvas, y, rows, at=AT, pitch=26):
    """Rows of text at the same places, without any line; returns where the next row would stand."""
    for row in rows:
        for x, text in zip(at, row, strict=True):
            canvas.drawString(x, y, text)
        y -= pitch
    return y


def rule(canvas, y, left=75, right=480):
    canvas.line(left, y, right, y)


def grids(raw):
    return [[[cell.of(raw.text) for cell in row] for row in table.rows] for table in raw.tables]


def three_lines(canvas, y, rows):
    rule(canvas, y + 20)
    rule(canvas, y - 6)
    rule(canvas, columns(canvas, y, rows) + 18)


def test_three_lines_make_a_table_and_a_unit_is_no_caption():
    def draw(canvas, number):
        canvas.drawString(80, 780, "表3 发展指标")
        canvas.drawString(400, 760, "单位：见表")
        three_lines(canvas, 720, ROWS)
        wrapped(canvas, 80, 560, PARAGRAPH)

    raw = read_raw(pdf(draw), "指标.pdf")
    assert grids(raw) == [ROWS]
    (found,) = raw.tables
    assert (found.header_rows, found.label) == (1, "表3")
    assert found.caption is not None
    assert found.caption.of(raw.text) == "表3 发展指标"
    assert raw.text.count("森林覆盖率") == 1
    place = raw.text.index("森林覆盖率")
    (anchor,) = [anchor for anchor in raw.anchors if anchor.span.start <= place < anchor.span.end]
    assert anchor.page == 1
    assert anchor.box is not None
    assert 140 < anchor.box[1] < anchor.box[3] < 200


def test_white_between_columns_makes_a_table_where_a_header_names_them():
    def draw(canvas, number):
        y = wrapped(canvas, 80, 760, PARAGRAPH)
        y = columns(canvas, y - 10, ROWS)
        wrapped(canvas, 80, y - 20, "表内数据由统计部门核定。" + PARAGRAPH)

    raw = read_raw(pdf(draw), "指标.pdf")
    assert grids(raw) == [ROWS]
    assert raw.text.split("\n")[-2].startswith("表内数据由统计部门核定")


def test_rules_across_part_rows_and_wrapped_cells_stay_whole():
    rows = [
        ["序号", "工作任务", "责任单位"],
        ["1", "整修农村公路", "县交通运输局、"],
        ["", "并完成验收", "各乡镇人民政府"],
        ["2", "检查食堂", "县教育局"],
        ["3", "修建水渠", "县水利局"],
    ]

    def draw(canvas, number):
        columns(canvas, 740, rows, [80, 160, 330], 20)
        for y in (760, 735, 695, 675, 655):
            rule(canvas, y)

    assert grids(read_raw(pdf(draw), "清单.pdf")) == [
        [rows[0], ["1", "整修农村公路并完成验收", "县交通运输局、各乡镇人民政府"], rows[3], rows[4]]
    ]


def test_a_table_with_open_sides_keeps_its_outer_columns():
    def draw(canvas, number):
        columns(canvas, 740, ROWS)
        for y in (760, 734, 708, 682, 656):
            rule(canvas, y)
        for x in (190, 270, 370):
            canvas.line(x, 760, x, 656)

    assert grids(read_raw(pdf(draw), "指标.pdf")) == [ROWS]


def test_a_short_rule_in_the_header_makes_two_levels():
    def draw(canvas, number):
        canvas.drawString(305, 760, "目标值")
        canvas.drawString(80, 750, "指标")
        canvas.drawString(200, 750, "单位")
        canvas.line(275, 755, 425, 755)
        columns(canvas, 738, [["", "", "2026年", "2030年"]])
        columns(canvas, 712, ROWS[1:])
        for y in (780, 732, 640):
            rule(canvas, y)

    raw = read_raw(pdf(draw), "指标.pdf")
    (found,) = raw.tables
    assert grids(raw)[0][:2] == [["指标", "单位", "目标值", "目标值"], ["指标", "单位", "2026年", "2030年"]]
    assert found.header_rows == 2
    assert found.header(3, raw.text) == "目标值2030年"


def test_three_lines_run_on_over_pages():
    def draw(canvas, number):
        body = [[f"项目{number}{i}", "万元", str(number * 100 + i), str(number * 200 + i)] for i in range(5)]
        if number == 1:
            rule(canvas, 260)
            rule(canvas, 234)
        end = columns(canvas, 240 if number == 1 else 780, [["项目", "单位", "2025年", "2030年"], *body] if number == 1 else body)
        if number == 2:
            rule(canvas, end + 18)
            wrapped(canvas, 80, end - 30, PARAGRAPH)

    (found,) = grids(read_raw(pdf(draw, 2), "项目.pdf"))
    assert len(found) == 11
    assert found[6] == ["项目20", "万元", "200", "400"]


def test_a_row_cut_by_the_page_break_is_put_together():
    def draw(canvas, number):
        if number == 1:
            table(canvas, 80, 160, [["序号", "任务", "责任单位"], ["1", "整修道路并", "县交通局"]], [60, 200, 120])
        else:
            table(canvas, 80, 780, [["", "完成验收。", ""], ["2", "架桥", "县水利局"]], [60, 200, 120])

    assert grids(read_raw(pdf(draw, 2), "清单.pdf")) == [
        [["序号", "任务", "责任单位"], ["1", "整修道路并完成验收。", "县交通局"], ["2", "架桥", "县水利局"]]
    ]


def test_the_index_frame_of_a_page_is_label_and_value():
    def draw(canvas, number):
        wrapped(canvas, 80, 780, PARAGRAPH)
        canvas.rect(70, 560, 440, 100)
        for y, left, value, right, other in (
            (635, "索引号：", "0001/2026-1", "主题分类：", "交通"),
            (605, "发文机关：", "某县人民政府", "成文日期：", "2026年3月2日"),
        ):
            for x, text in ((80, left), (160, value), (300, right), (380, other)):
                canvas.drawString(x, y, text)
        canvas.drawString(80, 575, "标题：")
        canvas.drawString(160, 575, "某县人民政府关于修路的通知")

    raw = read_raw(pdf(draw), "通知.pdf")
    (found,) = grids(raw)
    assert found[0] == ["索引号：", "0001/2026-1", "主题分类：", "交通"]
    assert found[1] == ["发文机关：", "某县人民政府", "成文日期：", "2026年3月2日"]
    assert found[2][:2] == ["标题：", "某县人民政府关于修路的通知"]
    assert raw.tables[0].header_rows == 0


def contents(canvas, number):
    for i, (name, page) in enumerate((("一、总体要求", "1"), ("二、重点任务", "3"), ("三、保障措施", "9"), ("四、附则", "12"))):
        canvas.drawString(80, 760 - 26 * i, name)
        canvas.drawString(460, 760 - 26 * i, page)


def names(canvas, number):
    canvas.drawString(80, 780, "领导小组名单")
    columns(
        canvas,
        740,
        [["组长：", "张某", "县长"], ["副组长：", "李某", "副县长"], ["成员：", "王某", "局长"], ["", "赵某", "局长"]],
        [80, 200, 320],
    )


def signatures(canvas, number):
    y = wrapped(canvas, 80, 760, PARAGRAPH)
    columns(canvas, y - 40, [["某县财政局", "某县审计局"], ["2026年3月2日", "2026年3月2日"]], [120, 340])


def imprint(canvas, number):
    y = wrapped(canvas, 80, 760, PARAGRAPH)
    for gap in (20, 50, 80):
        rule(canvas, y - gap)
    canvas.drawString(80, y - 42, "抄送：县委办公室，县人大常委会办公室，县政协办公室。")
    canvas.drawString(80, y - 72, "某县人民政府办公室")
    canvas.drawString(350, y - 72, "2026年3月2日印发")


def numbered(canvas, number):
    for i in range(6):
        canvas.drawString(80, 760 - 26 * i, f"第{i + 1}条")
        canvas.drawString(150, 760 - 26 * i, "县交通局负责本条所列事项的落实。")


@pytest.mark.parametrize("draw", [contents, names, signatures, imprint, numbered])
def test_what_only_stands_in_columns_is_no_table(draw):
    raw = read_raw(pdf(draw), "a.pdf")
    assert raw.tables == ()


def test_vertical_writing_is_read_from_the_right_and_said():
    lines = ["县交通局负责农村公路养护工作", "每季度检查一次并公布检查结果", "各乡镇配合做好日常巡查的工作"]

    def draw(canvas, number):
        for i, line in enumerate(lines):
            for j, character in enumerate(line):
                canvas.drawString(480 - 30 * i, 760 - 18 * j, character)

    raw = read_raw(pdf(draw), "竖排.pdf")
    places = [raw.text.index(line) for line in lines]
    assert places == sorted(places)
    assert [issue.code for issue in raw.issues] == ["order"]


def test_a_slanting_watermark_is_left_out_and_said():
    def draw(canvas, number):
        wrapped(canvas, 80, 700, PARAGRAPH)
        canvas.translate(150, 500)
        canvas.rotate(45)
        canvas.drawString(0, 0, "内部资料")

    raw = read_raw(pdf(draw), "水印.pdf")
    assert raw.text == PARAGRAPH + "\n"
    assert [issue.code for issue in raw.issues] == ["slanted"]


def test_a_large_picture_beside_text_is_named(monkeypatch):
    monkeypatch.setattr(ocr, "available", lambda: False)
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    picture = ImageReader(Image.new("L", (300, 200), 200))

    def draw(canvas, number):
        wrapped(canvas, 80, 760, PARAGRAPH)
        size = 400 if number == 2 else 60
        canvas.drawImage(picture, 80, 200, size, size)

    raw = read_raw(pdf(draw, 3), "图.pdf")
    assert [(issue.code, "第 2 页" in issue.message) for issue in raw.issues] == [("picture", True)]


def test_paragraphs_set_apart_by_space_need_no_indent():
    parts = ["甲" + PARAGRAPH, "乙" + PARAGRAPH[:29], "丙" + PARAGRAPH, "丁" + PARAGRAPH]

    def draw(canvas, number):
        y = 780
        for part in parts:
            y = wrapped(canvas, 80, y, part, indent=0, pitch=18) - 14

    assert read_raw(pdf(draw), "网页.pdf").text.split("\n")[:-1] == parts


def test_names_written_side_by_side_keep_their_distance():
    def draw(canvas, number):
        wrapped(canvas, 80, 760, PARAGRAPH)
        canvas.drawString(200, 500, "某县财政局")
        canvas.drawString(277, 500, "某县审计局")

    assert "某县财政局 某县审计局" in read_raw(pdf(draw), "通知.pdf").text


def test_two_columns_are_read_one_after_the_other():
    def draw(canvas, number):
        for i in range(14):
            canvas.drawString(60, 760 - 20 * i, f"左栏第{i:02}行文字内容在此处占满一栏")
            canvas.drawString(320, 760 - 20 * i, f"右栏第{i:02}行文字内容在此处占满一栏")

    text = read_raw(pdf(draw), "通讯.pdf").text
    assert text.index("左栏第13行") < text.index("右栏第00行")


def test_a_scan_is_refused_and_a_mixed_file_names_its_pages(monkeypatch):
    monkeypatch.setattr(ocr, "available", lambda: False)
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    picture = ImageReader(Image.new("L", (600, 800), 200))

    def scan(canvas, number):
        if number == 2:
            wrapped(canvas, 80, 700, PARAGRAPH)
        else:
            canvas.drawImage(picture, 0, 0, 595, 842)

    with pytest.raises(RefusedInput, match=r"管理员.*requirements-ocr\.lock") as caught:
        read_raw(pdf(scan), "扫描.pdf")
    assert caught.value.reason == "scan"
    raw = read_raw(pdf(scan, 4), "混合.pdf")
    assert [(i.code, "第 1、3–4 页" in i.message) for i in raw.issues] == [("scan", True), ("mostly_unread", False)]


@pytest.mark.parametrize(("data", "reason"), [(b"%PDF-1.7\n" + b"x" * 300, "broken"), (b"%PDF-1.4\n%%EOF", "broken")])
def test_broken_files_are_refused(data, reason):
    with pytest.raises(RefusedInput) as caught:
        read_raw(data, "a.pdf")
    assert caught.value.reason == reason


def test_a_password_is_named():
    from reportlab.lib.pdfencrypt import StandardEncryption

    data = pdf(lambda canvas, number: canvas.drawString(80, 700, "内容"), encrypt=StandardEncryption("secret"))
    with pytest.raises(RefusedInput) as caught:
        read_raw(data, "a.pdf")
    assert caught.value.reason == "encrypted"


SCAN = (
    "平湖区人民政府关于同意建设口袋公园的批复",
    "平政函〔2023〕27号",
    "区城市管理局：",
    "同意建设口袋公园6处，总投资1250.5万元，2024年底完成。",
)


def scanned(*lines, spaced=True, whole_words=False):
    """A page of a picture with recognised text that is not drawn (mode 3), a blank behind every character or every word."""
    import re

    def draw(canvas, _number):
        canvas.rect(20, 20, 550, 800, fill=1)
        for i, line in enumerate(lines):
            pieces = re.findall(r"[0-9A-Za-z.]+|.", line) if whole_words else list(line)
            shown = canvas.beginText(80, 700 - 30 * i)
            shown.setTextRenderMode(3)
            shown.setFont("STSong-Light", 12)
            shown.textOut(" ".join(pieces) if spaced else line)
            canvas.drawText(shown)

    return pdf(draw)


@pytest.mark.parametrize("whole_words", [False, True])
def test_blanks_behind_every_character_of_recognised_text_go(whole_words):
    raw = read_raw(scanned(*SCAN, whole_words=whole_words), "扫描件.pdf")
    assert raw.text.split() == list(SCAN)


def test_a_number_below_a_wide_title_is_read():
    doc = read(scanned(*SCAN), "扫描件.pdf")
    assert (doc.head.title, doc.head.doc_number) == (SCAN[0], SCAN[1])


def test_latin_words_of_spaced_text_stay_apart():
    line = "本县推广 GDP per capita 核算方法，由县统计局会同各乡镇人民政府实施"

    def draw(canvas, _number):
        canvas.drawString(60, 700, "".join(c + " " if c > "\u2e80" else c for c in line))

    assert read_raw(pdf(draw), "a.pdf").text.strip() == "本县推广GDP per capita核算方法，由县统计局会同各乡镇人民政府实施"


def test_a_title_set_wide_on_an_ordinary_page_is_left_as_it_is():
    def draw(canvas, _number):
        canvas.drawString(200, 760, "目  录")
        wrapped(canvas, 80, 700, PARAGRAPH)

    assert read_raw(pdf(draw), "a.pdf").text.split("\n")[0] == "目 录"


LONG = "全县新建改建农村公路一百二十公里，力争实现具备条件的建制村全部通客车率"
OVERLEAF = "稳定在百分之百的水平，并按照年度计划推进养护"


def full_line(marks):
    """As much of the sentence as fills the line with the marks behind it."""
    wide = (len(marks) + 1) // 2 if marks.isascii() else len(marks)
    return LONG[: 34 - wide] + marks


def noted(marks, notes, *, foot=9, table_rows=(), rule=False):
    """Two pages: a sentence with marks of notes runs on overleaf, and the notes stand at the foot of the first."""

    def draw(canvas, number):
        if number == 2:
            canvas.drawString(60, 780, OVERLEAF + "。")
            wrapped(canvas, 60, 740, PARAGRAPH, width=34)
            return
        y = 780.0
        for _ in range(4):
            y = wrapped(canvas, 60, y, PARAGRAPH, width=34)
        canvas.drawString(60, 160, full_line(marks))
        if table_rows:
            table(canvas, 60, 150, table_rows, [150, 150], height=20)
        if rule:
            canvas.line(60, 96, 200, 96)
        canvas.setFont("STSong-Light", foot)
        for i, note in enumerate(notes):
            canvas.drawString(60, 80 - 14 * i, note)

    return pdf(draw, 2)


@pytest.mark.parametrize(
    ("marks", "notes", "lines"),
    [
        ("①", ("①指已通硬化路的建制村。",), 1),
        ("[1]", ("[1] 通客车率＝通客车的建制村数÷建制村总数。",), 1),
        ("②③", ("②按年末统计，不含已经撤并的行政村，也不含列入搬迁的", "自然村。", "③数据来自县交通运输局。"), 2),
        ("*", ("* 含公交化改造的班线。",), 1),
    ],
    ids=["circled", "bracketed", "two, one of two lines", "star"],
)
@pytest.mark.parametrize("rule", [False, True])
def test_a_sentence_runs_on_overleaf_past_the_footnotes(marks, notes, lines, rule):
    doc = read(noted(marks, notes, rule=rule), "规划.pdf")
    written = doc.text.split("\n")
    at = next(i for i, line in enumerate(written) if line.startswith(LONG[:20]))
    assert written[at] == full_line(marks) + OVERLEAF + "。"
    assert "".join(written[at + 1 : at + 1 + lines]) == "".join(notes)
    assert not any(section.number in {"①", "②", "③", "[1]"} for section in doc.outline)
    place = doc.text.index(notes[0])
    assert next(anchor for anchor in doc.anchors if anchor.span.start == place).page == 1


def test_small_print_that_nothing_refers_to_is_no_footnote():
    text = read_raw(noted("", ("①农村公路司负责路网。", "②运输司负责客运。")), "规划.pdf").text.split("\n")
    at = next(i for i, line in enumerate(text) if line.startswith(LONG[:20]))
    assert text[at + 1 : at + 3] == ["①农村公路司负责路网。", "②运输司负责客运。"]


def test_numbers_of_the_text_are_no_marks_of_notes():
    text = read_raw(noted("达9", ("9 农村公路司负责路网。",), foot=13), "规划.pdf").text
    assert text.index("农村公路司") < text.index(OVERLEAF)


def test_notes_below_a_table_stay_there():
    raw = read_raw(noted("①", ("①指硬化路。",), table_rows=[["指标", "数值"], ["里程", "120公里"]]), "规划.pdf")
    assert raw.tables and raw.text.index("120公里") < raw.text.index("①指硬化路") and not raw.notes
