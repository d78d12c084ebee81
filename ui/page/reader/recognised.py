"""What of a document was read from pictures: said above the text, marked in it, and listed beside the picture of the page."""

from __future__ import annotations

from corpus.document import ParsedDocument
from corpus.recognition import CERTAIN, MARK, find_unsure, list_lines
from ui.page.kit.html import Html, cut, el, join
from ui.page.reader.marking import Layer

_LINES = 200
"""Lines of one page that are listed; a page has some forty."""


def recognition_note(doc: ParsedDocument, *, has_page: bool) -> Html | None:
    """That words were read by text recognition, how many lines with little certainty, and the way to the picture of the page."""
    lines = list_lines(doc)
    if not lines:
        return None
    doubtful = sum(1 for line in lines if (line.confidence or 0.0) < CERTAIN)
    told = f"{MARK}。有 {len(lines)} 行由文字识别得到"
    told += f"，其中 {doubtful} 行把握不足{CERTAIN * 100:.0f}%" if doubtful else ""
    told += "；把握不足的字和数字下有点线。" if find_unsure(doc) else "。"
    button = el("button", "对照原页", type="button", class_="open", data_pane="page") if has_page else None
    return el("p", told, button, class_="recognised", role="note")


def unsure_layers(doc: ParsedDocument) -> list[Layer]:
    """Marks under the words that were hard to read."""
    return [Layer(span, "span", "unsure") for span in find_unsure(doc)]


def lines_of_page(doc: ParsedDocument, number: int) -> Html | None:
    """The lines read on a page with the certainty of each, for beside its picture; None for a page that has a text of its own."""
    lines = list_lines(doc, number)[:_LINES]
    if not lines:
        return None
    rows = []
    for line in lines:
        sure = line.confidence or 0.0
        label = el("span", f"把握 {sure:.0%}", class_="tag" if sure >= CERTAIN else "tag doubtful")
        rows.append(el("li", el("span", cut(line.span.of(doc.text), 120)), " ", label))
    return join(el("h3", MARK), el("ol", rows, class_="read-lines"))
