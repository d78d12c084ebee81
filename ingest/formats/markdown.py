"""Markdown, as text recognition and editors write it: the text people see, its headings and its tables, without the marks.

The frozen text holds no mark of layout: ``**1000万千瓦**`` is frozen as ``1000万千瓦``, and a table in pipes or in HTML is a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.document import Issue
from corpus.errors import RefusedInput
from ingest.formats.builder import GridCell, TextBuilder
from ingest.formats.tables import header_rows
from ingest.formats.text import decode, odd_characters, unify_newlines
from ingest.formats.web.dom import blocks, clean, is_hidden, write
from ingest.formats.web.reader import nesting_depth
from ingest.limits import Limits
from ingest.raw import RawText

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

_FRONT = re.compile(r"---[ \t]*\n((?:[^\n]{0,500}\n){1,60}?)(?:---|\.\.\.)[ \t]*(?:\n|$)")
_FRONT_TITLE = re.compile(r"title[ \t]{0,4}:[ \t]{0,4}[\"']?(.*?)[\"']?[ \t]*")
_NOTE = re.compile(r"\[\^([^\]\s]{1,40})\]:[ \t]*(.*)")
_NOTE_MARK = re.compile(r"\[\^[^\]\s]{1,40}\]")
_LEFT_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n*_]{1,500}?)(?<=\S)\1")
"""Strong text that CommonMark leaves as it is, because a Chinese character touches the mark: ``**“十四五”**规划``."""
_TIMES = re.compile(r"(?<=\d)\*(?=\d)")
"""A sign of multiplication (3*2*5), which CommonMark takes for emphasis: figures may not run together."""
_BREAK = re.compile(r"<br\s{0,3}/?>", re.I)


def read_markdown(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a Markdown file.

    Args:
        data: the bytes, in any encoding a plain text may have.
        source: the name of the file, for messages.
        limits: how many cells its tables and how many paragraphs it may hold.

    Raises:
        RefusedInput: where it holds more than the limits allow.
    """
    decoded = decode(data, source)
    text = unify_newlines(decoded.text)
    builder = TextBuilder("md")
    # Where bytes were lost is said by place in the file, which is not that in the frozen text.
    builder.issues.extend(Issue(issue.code, issue.message) for issue in decoded.issues)
    if front := _FRONT.match(text):
        _write_front(builder, front.group(1))
        text = text[front.end() :]
    _Writer(builder, source, limits).write(_parser().parse(_TIMES.sub(r"\*", text)))
    builder.issues.extend(odd_characters(builder.text()))
    return builder.finish()


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    # Paragraphs of Chinese texts are set in; they are no code.
    parser.disable("code")
    parser.block.ruler.before("reference", "note", _read_note, {"alt": ["paragraph", "blockquote"]})
    return parser


def _read_note(state: StateBlock, line: int, _last: int, silent: bool) -> bool:
    """A rule of the parser: ``[^1]: …`` is a paragraph of its own, not the target of a link."""
    found = _NOTE.match(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]])
    if found is None:
        return False
    if silent:
        return True
    state.line = line + 1
    state.push("paragraph_open", "p", 1).map = [line, line + 1]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = f"\\[{found[1]}\\] {found[2]}", [line, line + 1], []
    state.push("paragraph_close", "p", -1)
    return True


def _write_front(builder: TextBuilder, front: str) -> None:
    """Write the fields before the text, line by line; the title among them is the document's."""
    for line in filter(None, map(str.strip, front.splitlines())):
        title = _FRONT_TITLE.fullmatch(line)
        span = builder.line(title.group(1) if title else line)
        if title and len(span) and "title" not in builder.fields:
            builder.fields["title"], builder.field_spans["title"] = title.group(1), span


class _Writer:
    """Writes the tokens of the parser, one after another."""

    def __init__(self, builder: TextBuilder, source: str, limits: Limits) -> None:
        self.builder = builder
        self.source = source
        self.limits = limits
        self.numbers: list[int | None] = []
        """The number of the next item of each list that is open; None for one of bullets."""
        self.prefix = ""
        self.pictures = 0
        self.cells = 0
        self.paragraphs = 0
        self.hidden = 0

    def write(self, tokens: Sequence[Token]) -> None:
        """Write them all and say what was not read."""
        stream = iter(tokens)
        depth: int | None = None
        for token in stream:
            match token.type:
                case "heading_open":
                    depth = int(token.tag[1:])
                case "heading_close":
                    depth = None
                case "ordered_list_open":
                    first = token.attrGet("start")
                    self.numbers.append(1 if first is None else int(first))
                case "bullet_list_open":
                    self.numbers.append(None)
                case "ordered_list_close" | "bullet_list_close":
                    self.numbers.pop()
                case "list_item_open":
                    self._begin_item(token.markup)
                case "inline":
                    self._write_lines(self._read_inline(token), depth)
                case "fence" | "code_block":
                    self._write_lines(token.content, None)
                case "html_block":
                    self._write_html(token.content)
                case "table_open":
                    self._write_table(stream)
        if self.pictures:
            self.builder.issue("pictures", f"有 {self.pictures} 张图片没有读入，请对照原件")
        if self.hidden:
            self.builder.issue("hidden_text", f"有 {self.hidden} 处隐藏文字没有读入")

    def _begin_item(self, markup: str) -> None:
        number = self.numbers[-1]
        if number is None:
            self.prefix = ""
            return
        self.prefix = f"{number}{markup} "
        self.numbers[-1] = number + 1

    def _write_lines(self, text: str, depth: int | None) -> None:
        lines = [line for line in text.split("\n") if line.strip()]
        self.paragraphs += len(lines)
        if self.paragraphs > self.limits.paragraphs:
            raise RefusedInput(self.source, "size", f"文件超过 {self.limits.paragraphs} 段；请拆分后导入")
        for line in lines:
            # A heading of several lines is a paragraph with a rule below it.
            self.builder.line(self.prefix + line.strip(), heading=depth if len(lines) == 1 else None)
            self.prefix = ""

    def _read_inline(self, token: Token) -> str:
        """The text of a paragraph or cell as it is seen."""
        pieces: list[str] = []
        for child in token.children or ():
            match child.type:
                case "text" | "code_inline":
                    pieces.append(child.content)
                case "softbreak" | "hardbreak":
                    pieces.append("\n")
                case "html_inline" if _BREAK.fullmatch(child.content):
                    pieces.append("\n")
                case "image":
                    self.pictures += 1
        text = _NOTE_MARK.sub("", "".join(pieces))
        return _LEFT_STRONG.sub(r"\2", text)

    def _write_table(self, stream: Iterator[Token]) -> None:
        rows: list[list[GridCell | None]] = []
        for token in stream:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(GridCell(" ".join(self._read_inline(token).split())))
                self.cells += 1
                if self.cells > self.limits.cells:
                    raise RefusedInput(self.source, "size", f"表格超过 {self.limits.cells} 个单元格；请拆分后导入")
        if any(cell and cell.text for row in rows for cell in row):
            if not any(cell and cell.text for cell in rows[0]):
                rows = rows[1:]  # the row of names that Markdown asks for, left empty
            self.builder.grid(rows, header_rows=header_rows(rows), label=f"表{len(self.builder.tables) + 1}")

    def _write_html(self, html: str) -> None:
        """Write what HTML between the paragraphs shows: most often a table with merged cells."""
        from selectolax.lexbor import LexborHTMLParser, LexborNode

        if nesting_depth(html) > self.limits.html_depth:
            raise RefusedInput(
                self.source, "size", f"网页代码嵌套超过 {self.limits.html_depth} 层，不予读取；请用原软件另存后再导入"
            )
        root = LexborHTMLParser(html).body
        if root is None:
            return

        def skip(node: LexborNode) -> bool:
            if not is_hidden(node):
                return False
            self.hidden += bool(clean(node.text(deep=True)[:200]))
            return True

        self.pictures += len(root.css("img"))
        write(self.builder, blocks(root, skip))
