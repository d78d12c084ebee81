"""Knowledge of government web pages: which node holds the document, what the index table says, what belongs to the site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from corpus.wordlists import entries
from ingest.formats.web.dom import BLOCK, SILENT, Grid, Skip, clean, is_hidden, walk

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_SENTENCE = "。；，：！？、"
_NAMES = re.compile(r"[\s,]+")
_WORDS = re.compile(r"[-_\s\d]+")
_LABEL_SPACE = re.compile(r"[\s\u3000\u00a0]+")
_SITE_SUFFIX = re.compile(r"\s*[-_—|–－]+\s*")
_SITE = ("网", "政府", "门户", "网站", "平台")
_DOCUMENT_FILE = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?)(?:[?#&]|$)")
_SHARE = 0.72


def _table(name: str) -> tuple[str, ...]:
    return entries("ingest", name)


@cache
def containers() -> dict[str, int]:
    """Names of containers with their rank."""
    return {name: rank for rank, name in enumerate(_table("html_containers.txt"))}


@cache
def junk_names() -> frozenset[str]:
    """Names of what is no part of a document."""
    return frozenset(_table("html_junk.txt"))


@cache
def junk_lines() -> dict[str, list[tuple[str, int]]]:
    """Beginnings of lines that belong to the site, by their first character, with the greatest length of such a line."""
    found: dict[str, list[tuple[str, int]]] = {}
    for line in _table("html_lines.txt"):
        length, _, start = line.partition("\t")
        found.setdefault(start[0], []).append((start, int(length)))
    return found


@cache
def labels() -> dict[str, str]:
    """Labels of index tables with the field of head matter they fill ("-" for none)."""
    return dict(line.split("\t") for line in _table("html_labels.txt"))


@cache
def placeholders() -> frozenset[str]:
    """What stands in the fields of a search form before anything is chosen: no value of an index table."""
    return frozenset(_table("html_placeholders.txt"))


@cache
def meta_names() -> dict[str, str]:
    """Names of meta tags with the field they fill."""
    return dict(line.split("\t") for line in _table("html_meta.txt"))


def names_of(node: LexborNode) -> list[str]:
    """The id and classes of a node, lower case."""
    attributes = node.attributes
    joined = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".strip().lower()
    return [name for name in _NAMES.split(joined) if name]


def is_junk(node: LexborNode) -> bool:
    """Whether a node's names say that it is site furniture."""
    if node.tag in ("nav", "footer", "aside"):
        return True
    known = junk_names()
    return any(name in known or any(part in known for part in _WORDS.split(name)[:2]) for name in names_of(node))


def is_junk_line(text: str) -> bool:
    """Whether a line is a button, a counter or a pointer of the site."""
    packed = "".join(text.split()).lstrip("·|/>（(【[")
    if not packed:
        return True
    for start, length in junk_lines().get(packed[0], ()):
        if packed.startswith(start) and len(packed) <= length and not packed.endswith("。"):
            # One character is a button only where nothing else stands in the line.
            return len(start) > 1 or len(packed) <= 2
    return False


@dataclass(slots=True)
class _Weight:
    prose: int = 0
    text: int = 0
    link: int = 0


def find_main(tree: LexborHTMLParser) -> LexborNode | None:
    """The node that holds the document: a container sites are known to use, else the deepest one with most of the prose."""
    body = tree.body
    if body is None:
        return None
    weights, _ = _weigh(body, lambda node: node.tag in SILENT)
    raw = weights[body.mem_id].prose

    def skipped(node: LexborNode) -> bool:
        # Scripts show some pages only when all is loaded, and some sites wrap everything in a box of a telling name: what
        # holds the greater part of the page is neither hidden nor furniture. (A hidden copy of the text holds half.)
        if node.tag in SILENT:
            return True
        if node.tag not in BLOCK:
            return False
        share = weights[node.mem_id].prose / raw if raw else 0.0
        return (share < 0.8 and is_hidden(node)) or (share < 0.4 and is_junk(node))

    inner_weights, nodes = _weigh(body, skipped)
    total = inner_weights[body.mem_id].prose
    if not total:
        return body
    known = containers()
    best: tuple[int, int] | None = None
    chosen: LexborNode | None = None
    for identity, node in nodes.items():
        ranks = [known[name] for name in names_of(node) if name in known]
        weight = inner_weights[identity]
        if not ranks or weight.prose < 0.35 * total or weight.link > 0.5 * weight.text:
            continue
        # Containers nest: the inner one is the closer fit, as long as it holds nearly all of what the outer one holds.
        key = (round(weight.prose / total * 10), -weight.text)
        if best is None or key > best:
            best, chosen = key, node
    if chosen is not None:
        return chosen
    node = body
    while True:
        inner = None
        for child in node.iter(include_text=False):
            found = inner_weights.get(child.mem_id)
            if found is not None and found.prose >= _SHARE * total:
                inner = child
        # A table around other tables only parts the page, as pages once were laid out: its cells are boxes like others.
        parted = inner is not None and inner.tag == "table" and _holds_tables(inner)
        if inner is None or (inner.tag in ("p", "table", "pre") and not parted):
            return body if is_junk(node) else node
        node = inner


def _holds_tables(table: LexborNode) -> bool:
    return table.css_first("table:has(table)") is not None


def _names_body(node: LexborNode) -> bool:
    """Whether a node shows another file in the page: a frame or an object with a document in it."""
    attributes = node.attributes
    address = unquote((attributes.get("src") or attributes.get("data") or "")[:2000]).lower()
    return bool(_DOCUMENT_FILE.search(address)) or (attributes.get("type") or "").lower() == "application/pdf"


def find_frame(tree: LexborHTMLParser) -> LexborNode | None:
    """The frame or object that shows a document from another file (a PDF, mostly), where the page has one."""
    found = (node for node in tree.css("iframe, embed, object")[:200] if _names_body(node))
    return next(found, None)


def count_sentences(main: LexborNode) -> int:
    """How many characters of a node stand in sentences that are no links."""
    count = links = 0
    for node, entering in walk(main, lambda node: node.tag in SILENT or (node.tag in BLOCK and is_junk(node))):
        links += (node.tag == "a") * (1 if entering else -1)
        if entering and not links and node.tag == "-text" and (text := (node.text_content or "").strip()).endswith(("。", "；")):
            count += len(text)
    return count


def mostly_links(main: LexborNode, text: str) -> bool:
    """Whether what was taken for the document is a list of links to documents."""
    written = "".join(text.split())
    links = {"".join(node.text(deep=True).split()) for node in main.css("a")[:2000]}
    kept = [len(link) for link in links if len(link) >= 8 and link in written]
    return len(kept) >= 6 and sum(kept) > 0.5 * len(written)


def _weigh(body: LexborNode, skipped: Skip) -> tuple[dict[int, _Weight], dict[int, LexborNode]]:
    """How much prose, text and link text each block holds."""
    weights: dict[int, _Weight] = {}
    nodes: dict[int, LexborNode] = {}
    stack: list[_Weight] = []
    links = 0
    for node, entering in walk(body, skipped):
        tag = node.tag or ""
        if tag == "-text":
            if entering and stack:
                text = (node.text_content or "").strip()
                weight = stack[-1]
                weight.text += len(text)
                weight.link += len(text) if links else 0
                if not links or len(text) > 60:
                    weight.prose += len(text) if any(mark in text for mark in _SENTENCE) or len(text) > 25 else 0
            continue
        if entering:
            links += tag == "a"
            stack.append(_Weight())
        else:
            links -= tag == "a"
            weight = stack.pop()
            if tag in BLOCK or tag == "body":
                weights[node.mem_id] = weight
                nodes[node.mem_id] = node
            if stack:
                above = stack[-1]
                above.prose += weight.prose
                above.text += weight.text
                above.link += weight.link
    return weights, nodes


def label_of(text: str) -> str | None:
    """The label a cell or a line consists of, without spaces and colon, if it is one."""
    if len(text) > 24:
        return None
    packed = _LABEL_SPACE.sub("", text).strip("[]【】:：")
    return packed if packed in labels() else None


def index_pairs(grid: Grid) -> list[tuple[str, str]]:
    """Labels and values of an index table laid out as a grid, or nothing where it is an ordinary table."""
    pairs: list[tuple[str, str]] = []
    cells = 0
    for row in grid.rows:
        filled = [cell.text for cell in row if cell is not None]
        i = 0
        while i < len(filled):
            text = filled[i]
            if not text:
                i += 1
                continue
            cells += 1
            if label := label_of(text):
                value = filled[i + 1] if i + 1 < len(filled) and not label_of(filled[i + 1]) else ""
                pairs.append((label, value))
                i += 2
            elif inline := split_label(text):
                pairs.append(inline)
                i += 1
            else:
                i += 1
    return pairs if len(pairs) >= 3 and len(pairs) * 2 >= cells else []


def split_label(text: str) -> tuple[str, str] | None:
    """``索引号：000014349`` as label and value."""
    head, colon, tail = text.replace(":", "：", 1).partition("：") if "：" not in text[:12] else text.partition("：")
    label = label_of(head) if colon else None
    return (label, tail.strip()) if label else None


def outer_pairs(tree: LexborHTMLParser, main: LexborNode) -> list[tuple[str, str]]:
    """Labels and values of the index table that stands outside the main container."""
    body = tree.body
    if body is None:
        return []
    pieces: list[str] = []
    buffer: list[str] = []

    def flush() -> None:
        text = clean("".join(buffer))
        buffer.clear()
        if text:
            pieces.append(text)

    def prune(node: LexborNode) -> bool:
        return node.mem_id == main.mem_id or node.tag in SILENT

    for node, entering in walk(body, prune):
        tag = node.tag or ""
        if tag == "-text":
            if entering:
                buffer.append(node.text_content or "")
        elif tag in BLOCK or tag in ("br", "b", "strong", "span", "label", "em", "i"):
            flush()
    flush()
    pairs: dict[str, str] = {}
    for i, piece in enumerate(pieces):
        if found := split_label(piece):
            label, value = found
        elif label := label_of(piece) or "":
            value = ""
        else:
            continue
        if not value and i + 1 < len(pieces) and not label_of(pieces[i + 1]) and not split_label(pieces[i + 1]):
            value = pieces[i + 1].lstrip("：: ")
        if value and label not in pairs and _plausible(labels()[label], value) and not is_junk_line(value):
            pairs[label] = value
    strong = sum(1 for label in pairs if labels()[label] != "-")
    return list(pairs.items()) if strong >= 2 else []


def _plausible(field: str, value: str) -> bool:
    """Whether a value can be what its label says; empty cells make the next label's value slip up."""
    if not any(c.isalnum() for c in value) or value in placeholders():
        return False
    if field == "status":
        return len(value) <= 12
    if field.endswith("_on") or field in ("doc_number", "index_number"):
        return len(value) <= 60 and any(c.isdigit() or c in "〇一二三四五六七八九" for c in value)
    return len(value) <= 200


def page_title(tree: LexborHTMLParser) -> str | None:
    """The title as the page's own title element has it, without the name of the site."""
    node = tree.css_first("title")
    text = clean(node.text() if node is not None else "")
    parts = [part for part in _SITE_SUFFIX.split(text) if part]
    while len(parts) > 1 and (parts[-1].endswith(_SITE) or any(word in parts[-1] for word in _SITE)):
        parts.pop()
    title = parts[0] if parts else ""
    return title if len(title) >= 6 and not title.endswith(_table("html_sites.txt")) else None
