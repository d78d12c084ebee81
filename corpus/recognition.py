"""What is said of documents whose words were read from pictures 识别件: by the readers, and by answers that quote them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.document import Anchor, ParsedDocument, Span

MARK = "识别件，数字请核对原件"
"""Opens the warning of a document that was read by text recognition, wholly or in part."""
UNSURE = "识别时把握不足"
"""Opens the warning that names, in quotation marks, the characters and figures that were hard to read."""

CERTAIN = 0.9
"""A line that was read with less certainty on the whole is to be held against the original."""

_NAMED = re.compile(r"“([^”]+)”")
_NAMED_ON = re.compile(r"第 (\d+) [^“”、]{1,3}“([^”]+)”")


def is_recognised(warnings: Iterable[str]) -> bool:
    """Whether the warnings of a document say that it was read by text recognition."""
    return any(message.startswith(MARK) for message in warnings)


def list_unsure(warnings: Iterable[str]) -> list[str]:
    """The words a document's warnings name as hard to read.

    >>> list_unsure(["识别时把握不足的有 2 处，请逐处核对原件：第 1 页“3.86”、第 2 页“管护责任”"])
    ['3.86', '管护责任']
    """
    return [words for message in warnings if message.startswith(UNSURE) for words in _NAMED.findall(message)]


def list_lines(doc: ParsedDocument, page: int | None = None) -> list[Anchor]:
    """The lines of a document that were read by text recognition, in order, each with its confidence.

    Args:
        doc: The document.
        page: Those of one page (or slide, or picture of a text document) only.
    """
    return [anchor for anchor in doc.anchors if anchor.confidence is not None and page in (None, _number(anchor))]


def find_unsure(doc: ParsedDocument) -> list[Span]:
    """Where the words stand that the warnings of a document name as hard to read; every place on the page that reads so."""
    named = {
        (int(page), words)
        for issue in doc.issues
        if issue.message.startswith(UNSURE)
        for page, words in _NAMED_ON.findall(issue.message)
    }
    found: set[Span] = set()
    for anchor in list_lines(doc) if named else []:
        for page, words in named:
            if page != _number(anchor):
                continue
            at = doc.text.find(words, anchor.span.start, anchor.span.end)
            while at >= 0:
                found.add(Span(at, at + len(words)))
                at = doc.text.find(words, at + len(words), anchor.span.end)
    return sorted(found)


def _number(anchor: Anchor) -> int | None:
    """The page of a line, or the number of the picture that it was read in."""
    if anchor.page is not None:
        return anchor.page
    number = (anchor.element or "").removeprefix("picture")
    return int(number) if number.isascii() and number.isdigit() else None
