import io

import pytest

from corpus.errors import RefusedInput
from ingest.ocr import parse_tsv
from ingest.reader import read_raw

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


def test_two_columns_are_read_one_after_the_other():
    def draw(canvas, number):
        for i in range(14):
            canvas.drawString(60, 760 - 20 * i, f"左栏第{i:02}行文字内容在此处占满一栏")
            canvas.drawString(320, 760 - 20 * i, f"右栏第{i:02}行文字内容在此处占满一栏")

    text = read_raw(pdf(draw), "通讯.pdf").text
    assert text.index("左栏第13行") < text.index("右栏第00行")


def test_a_scan_is_refused_and_a_mixed_file_names_its_pages():
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    picture = ImageReader(Image.new("L", (600, 800), 200))

    def scan(canvas, number):
        if number == 2:
            wrapped(canvas, 80, 700, PARAGRAPH)
        else:
            canvas.drawImage(picture, 0, 0, 595, 842)

    with pytest.raises(RefusedInput, match="--ocr") as caught:
        read_raw(pdf(scan), "扫描.pdf")
    assert caught.value.reason == "scan"
    raw = read_raw(pdf(scan, 4), "混合.pdf")
    assert [(i.code, "第 1、3–4 页" in i.message) for i in raw.issues] == [("scan", True)]


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


def test_words_of_tesseract_become_lines():
    head = "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext\n"
    rows = "5\t1\t1\t1\t1\t1\t100\t50\t80\t20\t96.5\t农村\n5\t1\t1\t1\t1\t2\t180\t50\t80\t20\t95\t公路\n5\t1\t1\t1\t2\t1\t100\t90\t80\t20\t91\t养护\n"
    assert [line.text for line in parse_tsv(head + rows, 3, 2.0)] == ["农村公路", "养护"]
