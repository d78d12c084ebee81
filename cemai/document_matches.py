"""Which documents a query of the search page means 查文件: those it names, and all that hold its words, so that they can be counted."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.text import readable
from graph.documents.resolver import name_span

if TYPE_CHECKING:
    from cemai.library import Library

_NAMING = ("number", "title", "part", "file")
"""How a query names documents; what is only like a title, or a description, orders them."""
_PHRASE = re.compile(r"[“\"「『＂]([^”\"」』＂“「『]{1,100})[”\"」』＂]")


@dataclass(frozen=True, slots=True)
class QueryMatches:
    """The documents a query means.

    Attributes:
        named: Rows of the documents that it names by number, title or file name, best first.
        worded: Rows of those that hold all of its words and phrases, best first; named ones may be among them.
        phrases: The texts that have to stand there as they are.
    """

    named: tuple[int, ...]
    worded: tuple[int, ...]
    phrases: tuple[str, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        """All of them, the named ones first."""
        return tuple(dict.fromkeys((*self.named, *self.worded)))


def quoted_phrases(query: str) -> tuple[str, ...]:
    """The texts in quotation marks: they have to stand in a document as they are.

    >>> quoted_phrases("养老 “护理补贴” 标准")
    ('护理补贴',)
    """
    return tuple(dict.fromkeys(phrase.strip() for phrase in _PHRASE.findall(query) if phrase.strip()))


def match_documents(library: Library, query: str, *, as_of: dt.date) -> QueryMatches:
    """The documents that a query means.

    Args:
        library: The library.
        query: Words; texts in quotation marks have to stand in a document as they are; numbers and titles name documents.
        as_of: The day that decides which version of a document is named.
    """
    query = readable(query)
    phrases = quoted_phrases(query)
    with library.corpus.steady():
        names = library.resolver.resolve(query, today=as_of)
        heads = library.corpus.heads
        named = dict.fromkeys(
            row
            for mention in names.mentions
            if mention.kind in _NAMING
            for row in (*mention.documents, *mention.also)
            if row in heads
        )
        # beside a name the other words have to be found; a name alone is also looked for as words
        rest = name_span(names.rest).of(names.rest) if named else query
        found = library.searcher.match_documents(_PHRASE.sub(" ", rest if rest.strip() else query), phrases)
        if phrases:
            named = {row: None for row in named if row in found}
    return QueryMatches(tuple(named), tuple(row for row in found if row in heads), phrases)
