"""The HTML that a Word document may carry in place of its own body, bare or wrapped as MHTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.formats.builder import TextBuilder
from ingest.formats.web.dom import blocks, clean, is_hidden, write
from ingest.formats.web.mhtml import extract_html
from ingest.limits import Limits

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def write_chunk(builder: TextBuilder, data: bytes, name: str, source: str, limits: Limits) -> None:
    """Write the blocks of an embedded HTML body."""
    from selectolax.lexbor import LexborHTMLParser

    if name.lower().endswith((".docx", ".doc", ".rtf")):
        builder.issue("chunk_skipped", "文档嵌入了另一个 Word 文件，其内容没有读入；请打开原件另存后再导入")
        return
    page = extract_html(data, source)
    root = LexborHTMLParser(page).body
    if root is None:
        return
    hidden = 0

    def skip(node: LexborNode) -> bool:
        nonlocal hidden
        if not is_hidden(node):
            return False
        hidden += bool(clean(node.text(deep=True)[:200]))
        return True

    write(builder, blocks(root, skip))
    if hidden:
        builder.issue("hidden_text", f"嵌入的网页里有 {hidden} 处隐藏文字没有读入")
