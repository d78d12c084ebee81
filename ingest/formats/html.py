"""Government web pages: the document without the site around it."""

from __future__ import annotations

import re

from corpus.errors import RefusedInput
from ingest.formats.builder import TextBuilder
from ingest.formats.dom import blocks, is_hidden, write
from ingest.formats.text import decode
from ingest.limits import Limits
from ingest.raw import RawText

_CHARSET = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_-]{1,30})", re.I)


def read_html(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a saved page."""
    from selectolax.lexbor import LexborHTMLParser

    declared = _CHARSET.search(data[:4096])
    decoded = decode(data, source, declared.group(1).decode("ascii") if declared else None)
    builder = TextBuilder("html")
    builder.issues.extend(decoded.issues)
    tree = LexborHTMLParser(decoded.text)
    main = tree.css_first(".TRS_Editor, .article-content, #UCAP-CONTENT, #zoom, .pages_content") or tree.body
    if main is None:
        raise RefusedInput(source, "empty", "网页里没有可读的文字")
    write(builder, blocks(main, is_hidden))
    return builder.finish()
