"""The text of a PDF whose fonts are not embedded is the same on every machine, also on one without any font."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("reportlab")

ROOT = Path(__file__).resolve().parents[4]
LINE = "第一条，县交通局负责，2026年起每季度检查一次。"
WITHOUT_FONTS = """
import ctypes, sys
import pypdfium2
from pypdfium2 import _library_scope, raw

paths = (ctypes.POINTER(ctypes.c_char) * 2)(ctypes.cast(ctypes.create_string_buffer(sys.argv[1].encode()), ctypes.POINTER(ctypes.c_char)))
_library_scope.destroy_lib()
raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=paths))
_library_scope.bases.LIBRARY_AVAILABLE = True

from ingest.formats.pdf.fonts import stand_in
from ingest.reader import read_raw

fonts = stand_in()
assert not fonts.before["MapFont"](fonts.info, 400, 0, 134, 16, b"SimSun", ctypes.c_int()), "a font was found"
sys.stdout.buffer.write(read_raw(sys.stdin.buffer.read(), "办法.pdf").text.encode())
"""


def pdf(draw, font="STSong-Light"):
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont(font))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setFont(font, 14)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def read_without_fonts(data, folder):
    """The text as a process reads it that is given an empty folder for all its fonts."""
    command = [sys.executable, "-c", WITHOUT_FONTS, str(folder)]
    done = subprocess.run(command, input=data, capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def in_one_piece(canvas):
    canvas.drawString(80, 700, LINE)


def character_by_character(canvas):
    x = 80
    for character in LINE:
        canvas.drawString(x, 700, character)
        x += canvas.stringWidth(character)


def up_the_page(canvas):
    canvas.rotate(90)
    canvas.drawString(80, -300, LINE)


@pytest.mark.parametrize("font", ["STSong-Light", "MSung-Light", "HeiseiMin-W3"])
@pytest.mark.parametrize("draw", [in_one_piece, character_by_character, up_the_page])
def test_without_any_font_every_character_is_read(draw, font, tmp_path):
    assert read_without_fonts(pdf(draw, font), tmp_path).strip() == LINE


def test_columns_of_single_characters_are_read_in_their_order(tmp_path):
    columns = ["县交通局负责农村公路养护工作", "每季度检查一次并公布检查结果"]

    def draw(canvas):
        for i, column in enumerate(columns):
            for j, character in enumerate(column):
                canvas.drawString(480 - 30 * i, 760 - 18 * j, character)

    assert "".join(read_without_fonts(pdf(draw), tmp_path).split()) == "".join(columns)


def test_a_blank_stays_a_blank(tmp_path):
    def draw(canvas):
        canvas.drawString(80, 700, "张\u3000三、李\u3000四")

    assert "张三、李四" in "".join(read_without_fonts(pdf(draw), tmp_path).split())


def test_the_stand_in_draws_nothing(tmp_path):
    """A page shown to somebody must not have marks on it that the file does not hold."""
    code = WITHOUT_FONTS.split("sys.stdout.buffer.write")[0] + (
        "image = pypdfium2.PdfDocument(sys.stdin.buffer.read())[0].render(scale=3).to_pil().convert('L')\n"
        "print(image.getextrema())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], input=pdf(in_one_piece), capture_output=True, cwd=ROOT, check=True
    )
    assert done.stdout.decode().strip() == "(255, 255)"
