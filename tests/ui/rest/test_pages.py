import io
from importlib import resources

import pytest
from PIL import Image

from corpus.document import Span
from ingest.reader import read
from ui.page.reader.document import _page
from ui.rest.pages import draw
from ui.rest.requests import Failure

SAMPLES = resources.files("corpus") / "samples"


def pdf():
    return next(p for p in SAMPLES.iterdir() if p.name.endswith(".pdf"))


def test_a_page_is_drawn_with_the_quoted_lines_marked():
    data = pdf().read_bytes()
    plain = Image.open(io.BytesIO(draw(data, 1)))
    marked = Image.open(io.BytesIO(draw(data, 1, "60,80,530,100")))
    part = Image.open(io.BytesIO(draw(data, 1, "60,80,530,100", part=True)))
    assert plain.size == marked.size and plain.size[0] <= 1201
    assert plain.convert("RGB").tobytes() != marked.convert("RGB").tobytes()
    assert part.size[0] == plain.size[0] and part.size[1] < plain.size[1] / 2


@pytest.mark.parametrize(("data", "number"), [(b"%PDF-1.7 broken", 1), (b"", 1), (None, 999)])
def test_what_cannot_be_drawn_is_said_in_words(data, number):
    with pytest.raises(Failure, match="画不出来"):
        draw(pdf().read_bytes() if data is None else data, number)


def test_the_reader_asks_for_the_lines_of_the_quote():
    doc = read(pdf().read_bytes(), "规划.pdf")
    first = doc.anchors[0]
    shown = _page(doc, 1, [Span(first.span.start, first.span.end)], part=True)
    assert f"/api/v1/documents/{doc.id}/pages/1?boxes=" in shown and "part=true" in shown
    assert _page(doc, 1, [], part=True) == ""
