"""An HTML tree as a list of blocks: paragraphs and tables in reading order, walked without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.document import Span
from corpus.numerals import DIGITS, PLACES, chinese_numeral
from ingest.formats.builder import GridCell, TextBuilder
from ingest.formats.tables import header_rows, is_layout
from ingest.lexicon import expand

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

SILENT = frozenset(
    {"script", "style", "template", "noscript", "head", "title", "meta", "link", "iframe", "object", "embed", "applet", "svg"}
    | {"canvas", "audio", "video", "select", "option", "button", "input", "textarea", "datalist", "-comment", "_comment", "map"}
)
BLOCK = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dir", "div", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "menu"}
    | {
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
        "ucaptitle",
    }
)
_SPACES = re.compile(r"[ \t\n\r\f\v\u00a0\u2002-\u200a]+")
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|\s*;|\s*$)|(?<![-\w])opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"
    r"|(?:text-indent|(?<![-\w])left|(?<![-\w])top)\s*:\s*-\d{3,}",
    re.I,
)
_LIST_STYLE = re.compile(
    r"list-style(?:-type)?\s*:[^;]{0,200}?\b(none|disc|circle|square|decimal|(?:low|upp)er-(?:alpha|latin)|[\w-]{1,40})", re.I
)
_CHINESE_STYLES = frozenset({"cjk-ideographic", "simp-chinese-informal", "simp-chinese-formal", "trad-chinese-informal"})
_OWN_NUMBER = re.compile(
    expand(r"^[（(〔【\[]?(?:第\s?)?(?:[{numerals}]{1,4}|\d{1,3})(?:[、.．)）〕】\]]|\s?[编章节条款])|^[①-⒛㈠-㈩]")
)
_MAX_PLACES = 400_000
_EMPTY = GridCell("")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text; ``heading`` is 1–6 for h1–h6."""

    text: str
    heading: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A data table as rows of cells, rectangular, None where a span reaches."""

    rows: tuple[tuple[GridCell | None, ...], ...]
    header_rows: int
    caption: str | None = None


Block = Paragraph | Grid
Skip = Callable[["LexborNode"], bool]


def is_hidden(node: LexborNode) -> bool:
    """Whether a browser would not show the node."""
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return bool(style) and bool(_HIDDEN_STYLE.search((style or "")[:2000]))


def walk(root: LexborNode, prune: Skip) -> Iterator[tuple[LexborNode, bool]]:
    """Every node on entering (True) and on leaving (False), in order; subtrees that ``prune`` names are only entered."""
    # Nodes are compared by identity: selectolax compares them by their markup, which costs the size of the page each time.
    top = root.mem_id
    node = root
    while True:
        yield node, True
        child = None if prune(node) else node.child
        if child is not None:
            node = child
            continue
        yield node, False
        while node.mem_id != top:
            following = node.next
            if following is not None:
                node = following
                break
            parent = node.parent
            if parent is None:
                return
            node = parent
            yield node, False
        else:
            return


def clean(text: str) -> str:
    """Collapse white space as a browser does; a line break of the source between Chinese characters is no space at all."""

    def one(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return "" if "\n" in match.group() and before > "\u2e7f" and after > "\u2e7f" else " "

    return _SPACES.sub(one, text).strip(" \u3000\u00a0\ufeff\u200b")


def blocks(root: LexborNode, skip: Skip | None = None) -> list[Block]:
    """The blocks of a subtree, without what ``skip`` names."""
    found: list[Block] = []
    buffer: list[str] = []
    heading: int | None = None
    grids: dict[int, Grid] = {}
    lists: list[_List] = []
    number = ""
    kept = 0

    def prune(node: LexborNode) -> bool:
        return node.tag in SILENT or node.mem_id in grids or (skip is not None and skip(node))

    def flush() -> None:
        nonlocal number
        text = clean("".join(buffer))
        buffer.clear()
        if text:
            found.append(Paragraph(text if _OWN_NUMBER.match(text) else number + text, heading))
            number = ""

    for node, entering in walk(root, prune):
        tag = node.tag or ""
        if tag == "-text":
            if entering and kept:
                for i, piece in enumerate((node.text_content or "").split("\n")):
                    if i:
                        flush()
                    buffer.append(piece)
            elif entering:
                buffer.append(node.text_content or "")
        elif tag == "br":
            if entering:
                flush()
        elif tag in BLOCK:
            if entering and (tag in SILENT or (skip is not None and skip(node))):
                flush()
                continue
            flush()
            kept += (1 if entering else -1) if tag == "pre" else 0
            if tag in ("ol", "ul", "menu", "dir"):
                if entering:
                    lists.append(_List.of(node))
                elif lists:
                    lists.pop()
                number = ""
            elif tag == "li":
                number = lists[-1].next(node) if entering and lists else ""
            if tag == "table" and entering:
                grid = table(node, skip)
                if grid is not None:
                    grids[node.mem_id] = grid
                    found.append(grid)
            elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
                heading = int(tag[1]) if entering else None
    flush()
    return found


@dataclass(slots=True)
class _List:
    """A list while it is walked: how it numbers its items, which the browser draws, and the number of the next one."""

    style: str
    count: int = 1
    step: int = 1

    @classmethod
    def of(cls, node: LexborNode) -> _List:
        attributes = node.attributes
        if node.tag != "ol":
            return cls("none")
        self = cls(_list_style(node) or {"a": "lower-alpha", "A": "upper-alpha"}.get(attributes.get("type") or "", "decimal"))
        if "reversed" in attributes:
            self.step, self.count = -1, sum(child.tag == "li" for child in node.iter(include_text=False))
        self.count = _whole(attributes.get("start"), self.count)
        return self

    def next(self, node: LexborNode) -> str:
        """The number of one item as shown, empty for none."""
        count = _whole(node.attributes.get("value"), self.count)
        self.count = count + self.step
        style = _list_style(node) or self.style
        if style in ("none", "disc", "circle", "square"):
            return ""
        if style in _CHINESE_STYLES and 0 < count < 10_000:
            return f"{chinese_numeral(count, DIGITS, PLACES)}、"
        if style in ("lower-alpha", "upper-alpha", "lower-latin", "upper-latin") and 1 <= count <= 26:
            return f"{chr(ord('a' if style.startswith('lower') else 'A') + count - 1)}. "
        return f"{count}. "


def _list_style(node: LexborNode) -> str:
    match = _LIST_STYLE.search((node.attributes.get("style") or "")[:2000])
    return match[1].lower() if match else ""


def _whole(text: str | None, otherwise: int) -> int:
    packed = (text or "").strip()
    return int(packed) if packed.removeprefix("-").isdecimal() and packed.isascii() and len(packed) < 8 else otherwise


def table(root: LexborNode, skip: Skip | None = None) -> Grid | None:
    """A data table, or None for one that only places things on the page (its contents are then ordinary blocks)."""
    rows: list[list[tuple[str, int, int]]] = []
    caption: str | None = None
    cell: list[str] | None = None
    head = 0
    inside_head = False

    def prune(node: LexborNode) -> bool:
        return node.tag in SILENT or (skip is not None and skip(node))

    for node, entering in walk(root, prune):
        tag = node.tag or ""
        if tag == "-text":
            if entering and cell is not None:
                cell.append(node.text_content or "")
        elif tag == "table" and entering and node.mem_id != root.mem_id:
            return None
        elif tag == "thead":
            inside_head = entering
        elif tag == "tr" and entering:
            rows.append([])
            head += inside_head
        elif tag in ("td", "th", "caption"):
            if entering:
                cell = []
            else:
                text = clean(" ".join(part for part in (clean(p) for p in "".join(cell or []).split("\x1f")) if part))
                cell = None
                if tag == "caption":
                    caption = text or None
                    continue
                if not rows:
                    rows.append([])
                rows[-1].append((text, _number(node, "rowspan"), _number(node, "colspan")))
        elif cell is not None and (tag == "br" or tag in BLOCK):
            cell.append("\x1f")
    grid = fill_rectangle(rows)
    if is_layout(grid):
        return None
    return Grid(tuple(tuple(row) for row in grid), head or header_rows(grid), caption)


def _number(node: LexborNode, name: str) -> int:
    value = (node.attributes.get(name) or "").strip()
    return max(1, min(1000, int(value))) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def fill_rectangle(rows: Sequence[Sequence[tuple[str, int, int]]]) -> list[list[GridCell | None]]:
    """Place cells with spans on a grid, as a browser does; short rows are filled with empty cells."""
    places: list[dict[int, GridCell | None]] = [{} for _ in rows]
    for r, row in enumerate(rows):
        c = 0
        for text, down, across in row:
            while c in places[r]:
                c += 1
            down = min(down, len(rows) - r)
            for rr in range(r, r + down):
                for cc in range(c, c + across):
                    places[rr].setdefault(cc, None)
            places[r][c] = GridCell(text, down, across)
            c += across
    width = max((max(place, default=-1) + 1 for place in places), default=0)
    if width * len(rows) > _MAX_PLACES:
        return [[GridCell(text) for text, _, _ in row] for row in rows]
    return [[place.get(c, _EMPTY) if c in place else _EMPTY for c in range(width)] for place in places]


def write(builder: TextBuilder, found: Iterable[Block], *, prefix: str = "") -> None:
    """Write blocks to the frozen text, each paragraph anchored by its number."""
    paragraphs = tables = 0
    last: Span | None = None
    for block in found:
        if isinstance(block, Paragraph):
            paragraphs += 1
            last = builder.line(block.text, heading=block.heading, element=f"{prefix}p{paragraphs}")
        else:
            tables += 1
            caption = builder.line(block.caption, element=f"{prefix}t{tables}") if block.caption else caption_of(builder, last)
            builder.grid(block.rows, header_rows=block.header_rows, caption=caption, label=f"表{tables}", page=None)
            last = None


def caption_of(builder: TextBuilder, last: Span | None) -> Span | None:
    """The line right above a table, where it is short enough to be the table's caption."""
    if last is None or len(last) > 60:
        return None
    text = "".join(builder.parts[-2:]).strip() if builder.length - last.end <= 1 else ""
    return last if text and not text.endswith(("。", "；", "：")) else None
