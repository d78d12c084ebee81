"""Government web pages: the document without the site around it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from corpus.errors import RefusedInput
from ingest.formats.builder import TextBuilder
from ingest.formats.text import decode, odd_characters, unify_newlines
from ingest.formats.web.dom import BLOCK, Block, Grid, Paragraph, blocks, clean, is_hidden, write
from ingest.formats.web.main_content import (
    count_sentences,
    find_frame,
    find_main,
    index_pairs,
    is_junk,
    is_junk_line,
    labels,
    meta_names,
    mostly_links,
    outer_pairs,
    page_title,
)
from ingest.formats.web.mhtml import extract_html
from ingest.formats.web.unread import report_unread
from ingest.limits import Limits
from ingest.raw import RawText

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_CHARSET = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_-]{1,30})", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_ANY_TAG = re.compile(r"</?([A-Za-z!][A-Za-z0-9]{0,15})[^<>]{0,4000}>")
_OPEN_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,15}\s?(?=<)")
_ELSEWHERE = "网页没有正文：正文在框架里的另一个文件（如 PDF）中，没有读入，请另取该文件导入"
_FEW_WORDS = 150
"""Characters in sentences; a page with less, and a document in a frame, has its body there."""
_NESTING = frozenset(
    {"div", "span", "font", "b", "i", "table", "ul", "ol", "blockquote", "section", "center", "a", "em", "strong"}
)


def read_html(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a saved page."""
    from selectolax.lexbor import LexborHTMLParser

    builder = TextBuilder("html")
    if b"MIME-Version:" in data[:4096]:
        text = extract_html(data, source)
    else:
        declared = _CHARSET.search(data[:4096])
        decoded = decode(data, source, declared.group(1).decode("ascii") if declared else None)
        builder.issues.extend(decoded.issues)
        if declared and not _are_one_encoding(declared.group(1).decode("ascii"), decoded.encoding):
            said, read = declared.group(1).decode("ascii").upper(), decoded.encoding.upper()
            builder.issue("charset", f"网页声明的编码是 {said}，内容实际是 {read}，已按内容读取，请核对文字")
        text = decoded.text
    if nulls := text.count("\x00"):
        builder.issue("control_characters", f"网页里有 {nulls} 个空字符，已去掉，请核对")
    text = unify_newlines(text).replace("\x00", "")
    if nesting_depth(text) > limits.html_depth:
        return _read_flat(builder, text, source)
    tree = LexborHTMLParser(text)
    main = find_main(tree)
    if tree.css_first("frameset") is not None:
        raise RefusedInput(
            source, "unsupported", "网页由几个框架拼成，正文在别的文件里；请在浏览器里打开正文那一框，另存后再导入"
        )
    if main is None:
        raise RefusedInput(source, "empty", "网页里没有可读的文字；请确认保存的是完整网页")
    hidden = [0]
    found = _document(main, hidden)
    written = count_sentences(main) if find_frame(tree) is not None else _FEW_WORDS
    elsewhere = written < _FEW_WORDS and not any(isinstance(block, Grid) for block in found)
    if elsewhere and not written:
        found, hidden = [], [0]
    fields = _meta(tree)
    pairs = outer_pairs(tree, main)
    title = fields.get("title") or dict(pairs).get("标题") or page_title(tree) or (_first_heading(tree) if elsewhere else None)
    if elsewhere and not found and not title:
        raise RefusedInput(source, "empty", _ELSEWHERE)
    for label, value in pairs:
        span = builder.line(f"{label}：{value}", element="index")
        _keep_field(builder, label, value, span.end - len(value))
    if title and not _repeats_title(found, title):
        span = builder.line(title, element="title")
        builder.field_spans.setdefault("title", span)
    start = builder.length
    write(builder, found)
    for name, value in fields.items():
        builder.fields.setdefault(name, value)
    if title:
        builder.fields["title"] = title
        at = builder.text().find(title, start)
        if "title" not in builder.field_spans and at >= 0:
            from corpus.document import Span

            builder.field_spans["title"] = Span(at, at + len(title))
    _inner_fields(builder, found, start)
    if elsewhere:
        builder.issue("body_elsewhere", _ELSEWHERE)
    elif mostly_links(main, builder.text()[start:]):
        builder.issue("link_list", "网页的文字大半是链接，可能是栏目目录而不是文件，请核对")
    if hidden[0]:
        builder.issue("hidden_text", f"网页里有 {hidden[0]} 处隐藏文字没有读入")
    report_unread(builder, main, body_elsewhere=elsewhere)
    builder.issues.extend(odd_characters(builder.text()))
    return builder.finish()


def _first_heading(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("h1") or tree.css_first("h2")
    return (clean(node.text(deep=True)[:300]) or None) if node is not None else None


def _document(main: LexborNode, hidden: list[int]) -> list[Block]:
    """The blocks of the main container without hidden text and the site's buttons, index tables as labelled lines."""

    def skip(node: LexborNode) -> bool:
        if node.tag != "body" and is_hidden(node):
            if node.tag != "-text" and clean(node.text(deep=True)[:200]):
                hidden[0] += 1
            return True
        return node.tag in BLOCK and node.mem_id != main.mem_id and is_junk(node) and len(node.text(deep=True)) < 400

    out: list[Block] = []
    for block in blocks(main, skip):
        if isinstance(block, Grid):
            pairs = index_pairs(block)
            if pairs:
                out.extend(Paragraph(f"{label}：{value}") for label, value in pairs)
            else:
                out.append(block)
        elif not is_junk_line(block.text):
            out.append(block)
    return out


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    fields: dict[str, str] = {}
    known = meta_names()
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").strip().lower()
        value = clean(attributes.get("content") or "")
        if name in known and value:
            fields.setdefault(known[name], value)
    return fields


def _keep_field(builder: TextBuilder, label: str, value: str, start: int) -> None:
    from corpus.document import Span

    field = labels()[label]
    if field != "-" and value and field not in builder.fields:
        builder.fields[field] = value
        builder.field_spans[field] = Span(start, start + len(value))


def _inner_fields(builder: TextBuilder, found: list[Block], start: int) -> None:
    """Fields of an index table that stands inside the main container."""
    at = start
    text = builder.text()
    for block in found:
        if not isinstance(block, Paragraph):
            continue
        label, colon, value = block.text.partition("：")
        if colon and label in labels() and labels()[label] != "title":
            at = text.find(block.text, at)
            if at < 0:
                return
            _keep_field(builder, label, value, at + len(block.text) - len(value))


def _repeats_title(found: list[Block], title: str) -> bool:
    """Whether the first lines of the document already say its title, perhaps over several lines."""
    first = "".join("".join(block.text.split()) for block in found[:14] if isinstance(block, Paragraph))[:600]
    packed = "".join(title.split())
    return packed in first


def _are_one_encoding(declared: str, encoding: str) -> bool:
    """Whether the encoding a page declares reads its bytes as the one found does; GB2312 and GBK are parts of GB18030."""
    from codecs import lookup

    try:
        name = lookup(declared).name
    except LookupError:
        return False
    families = ({"gb2312", "gbk", "gb18030"}, {"big5", "big5hkscs", "cp950"}, {"utf-8", "utf-8-sig", "ascii"})
    return name == encoding or any(name in family and encoding in family for family in families)


def nesting_depth(text: str) -> int:
    """How deep elements nest at most, counted without building a tree (a tree of this depth costs quadratic time)."""
    deepest = level = 0
    for match in _TAG.finditer(text):
        if match.group(2).lower() in _NESTING:
            level += -1 if match.group(1) else 1
            level = max(level, 0)
            deepest = max(deepest, level)
    return deepest


def _read_flat(builder: TextBuilder, text: str, source: str) -> RawText:
    """All text of a page whose nesting no tree can hold, in linear passes."""
    for name in ("script", "style"):
        pieces: list[str] = []
        for piece in re.split(f"<{name}\\b", text, flags=re.I):
            _, closed, rest = piece.partition(f"</{name}")
            pieces.append(rest if pieces and closed else piece if not pieces else "")
        text = "".join(pieces)
    text = _ANY_TAG.sub(_line_break, text)
    text = _OPEN_TAG.sub("", text)
    for line in html.unescape(text).split("\x1f"):
        if cleaned := clean(line):
            builder.line(cleaned)
    builder.issue("nesting", "网页结构嵌套过深，未能分辨正文与导航，全部文字都已读入，请核对")
    return builder.finish()


def _line_break(match: re.Match[str]) -> str:
    return "\x1f" if match.group(1).lower() in BLOCK or match.group(1).lower() == "br" else ""
