"""Where sentences and clauses of a text end 断句: one answer for extracting, searching, answering and showing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.document import Span

FULL_STOPS = "。！？!?"
SEMICOLONS = "；;"
COMMAS = "，,"
COLONS = "：:"
SENTENCE_ENDS = f"{FULL_STOPS}{SEMICOLONS}\n"
"""Characters that end a sentence. The parts of an enumeration between semicolons are sentences of their own: each can be
found, quoted and understood alone."""
PERIOD_ENDS = f"{FULL_STOPS}\n"
"""Characters that end a sentence with its whole enumeration: a year, a subject or a negation reaches across semicolons."""
CLAUSE_ENDS = f"{COMMAS}{SEMICOLONS}{COLONS}"
CLOSERS = '”’」』）)》"'
"""Characters after an end that still belong to the sentence: 他说：“好。”"""

# written out: only a pattern that begins with a single set of characters is looked for at the speed of a search for one
sentence_end = re.compile(f"[{SENTENCE_ENDS}][{SENTENCE_ENDS}]*[{CLOSERS}]{{0,3}}")
"""The end of a sentence with its closing marks."""
_ends = {semicolons: re.compile(f"[{SENTENCE_ENDS if semicolons else PERIOD_ENDS}]") for semicolons in (True, False)}


def split_names(listed: str | None) -> list[str]:
    """The names that a person listed with commas of either width; none for None.

    >>> split_names("甘南州， 黔南州,")
    ['甘南州', '黔南州']
    """
    return [name.strip() for name in (listed or "").replace("，", ",").split(",") if name.strip()]


def readable(text: str) -> str:
    """The text with "?" for halves of characters (lone surrogates), which no file and no index can contain."""
    return text.encode("utf-8", "replace").decode("utf-8")


def sentences(text: str, *, semicolons: bool = True) -> Iterator[Span]:
    """The sentences of a text in order, with their ends; together they cover the text.

    Args:
        text: Any text.
        semicolons: Whether a semicolon ends a sentence.
    """
    start = 0
    for match in _ends[semicolons].finditer(text):
        yield Span(start, match.end())
        start = match.end()
    if start < len(text):
        yield Span(start, len(text))


def stretch_around(text: str, span: Span, marks: str = "。；;\n") -> Span:
    """The stretch of text that a span lies in, from behind the last of some marks before it to the first one behind it.

    Example: around 水利 in ``修路。建水利设施。`` it is ``建水利设施``.
    """
    start = max(text.rfind(mark, 0, span.start) for mark in marks) + 1
    return Span(start, min((at for mark in marks if (at := text.find(mark, span.end)) >= 0), default=len(text)))


def sentence_around(text: str, span: Span, *, semicolons: bool = True) -> Span:
    """The sentence a stretch of text lies in, without its end; from the first to the last where it lies in several.

    Example: around 水利 in ``修路。建水利设施。`` it is ``建水利设施``.
    """
    ends = SENTENCE_ENDS if semicolons else PERIOD_ENDS
    start = max(text.rfind(end, 0, span.start) for end in ends) + 1
    stop = _ends[semicolons].search(text, max(span.start, span.end - 1))
    return Span(start, max(span.end, stop.start() if stop else len(text)))
