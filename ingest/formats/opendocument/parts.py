"""What all OpenDocument files have: names of elements, opening the package, the words of a paragraph, the numbers of lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.errors import RefusedInput
from corpus.numerals import DIGITS, PLACES, chinese_numeral
from ingest.formats.package import Package

if TYPE_CHECKING:
    from lxml import etree

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_MOST_BLANKS = 1_000
_STEMS = "甲乙丙丁戊己庚辛壬癸"


def open_content(package: Package, source: str) -> etree._Element:
    """The contents of a package. Raises ``RefusedInput`` where they are encrypted or missing."""
    manifest = package.read("META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest:
        raise RefusedInput(source, "encrypted", "文件有密码保护（加密），无法读取；请用原软件取消密码后再导入")
    root = package.xml("content.xml")
    if root is None:
        raise RefusedInput(source, "broken", "文件没有正文部分；请用原软件打开后另存")
    return root


def count_of(node: etree._Element, name: str) -> int:
    """How many rows or columns an attribute of a table's element counts: 1 where it says nothing sensible."""
    value = node.get(TABLE + name, "")
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 8 else 1


def words(node: etree._Element, on_aside: Callable[[etree._Element], None] | None = None) -> str:
    """The words of a paragraph: blanks, tabulators and line breaks written out, comments left out.

    Args:
        node: the paragraph or another element with words in it.
        on_aside: called with what hangs on the paragraph and is no part of its line: notes, frames, comments.
    """
    pieces: list[str] = [node.text or ""]
    waiting = [(child, True) for child in reversed(node)]
    while waiting:
        inner, entering = waiting.pop()
        if not entering:
            pieces.append(inner.tail or "")
            continue
        waiting.append((inner, False))
        tag = inner.tag
        if tag == TEXT + "s":
            count = inner.get(TEXT + "c", "1")
            pieces.append(" " * (min(int(count), _MOST_BLANKS) if count.isdigit() else 1))
        elif tag == TEXT + "tab":
            pieces.append("\t")
        elif tag == TEXT + "line-break":
            pieces.append("\n")
        elif tag in (TEXT + "note", OFFICE + "annotation") or (isinstance(tag, str) and tag.startswith(DRAW)):
            if on_aside is not None:
                on_aside(inner)
        elif tag == TEXT + "ruby":
            base = inner.find(TEXT + "ruby-base")
            pieces.append("" if base is None else words(base))
        elif isinstance(tag, str) and tag not in (OFFICE + "annotation-end", TEXT + "note-citation"):
            pieces.append(inner.text or "")
            waiting += [(child, True) for child in reversed(inner)]
    return "".join(pieces)


@dataclass(frozen=True, slots=True)
class ListLevel:
    """How one level of a list shows its numbers; an empty form shows none."""

    form: str = ""
    before: str = ""
    after: str = ""
    shown: int = 1
    start: int = 1


@dataclass(slots=True)
class ListStyles:
    """The list styles of a file and how far each list has been counted."""

    levels: dict[str, dict[int, ListLevel]] = field(default_factory=dict)
    outline: dict[int, ListLevel] = field(default_factory=dict)
    of_paragraph: dict[str, str] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, *roots: etree._Element | None) -> ListStyles:
        """Read the styles of the parts given."""
        self = cls()
        for root in roots:
            for node in [] if root is None else root.iter(TEXT + "list-style", TEXT + "outline-style"):
                levels = {int(level): _level(child) for child in node if (level := child.get(TEXT + "level", "")).isdigit()}
                if node.tag == TEXT + "outline-style":
                    self.outline = levels
                else:
                    self.levels[node.get(STYLE + "name", "")] = levels
            for node in [] if root is None else root.iter(STYLE + "style"):
                if (name := node.get(STYLE + "list-style-name")) is not None:
                    self.of_paragraph[node.get(STYLE + "name", "")] = name
        return self

    def next(self, key: str, levels: dict[int, ListLevel], depth: int, start: str | None = None) -> str:
        """Count one item of a list and return its number as shown, empty for none and for bullets."""
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self.counts.setdefault(key, {})
        for deeper in [place for place in counts if place > depth]:
            del counts[deeper]
        counts[depth] = int(start) if start and start.isdigit() else counts.get(depth, level.start - 1) + 1
        if not level.form:
            return ""
        first = max(1, depth - level.shown + 1)
        numbers = [_write(counts.get(i, levels[i].start), levels[i].form) for i in range(first, depth + 1) if i in levels]
        return level.before + ".".join(filter(None, numbers)) + level.after


def _level(node: etree._Element) -> ListLevel:
    def whole(name: str) -> int:
        value = node.get(TEXT + name, "")
        return int(value) if value.isdigit() and len(value) < 6 else 1

    form = node.get(STYLE + "num-format", "") if not node.tag.endswith(("-bullet", "-image")) else ""
    before, after = node.get(STYLE + "num-prefix", ""), node.get(STYLE + "num-suffix", "")
    return ListLevel(form, before, after, whole("display-levels"), whole("start-value"))


def _write(count: int, form: str) -> str:
    """A number in a form, which is given by its first member: 1, a, A, i, I, 一, 甲, ①."""
    first = form[:1]
    if first in ("一", "壹"):
        return chinese_numeral(count, DIGITS, PLACES)
    if first == "甲":
        return _STEMS[(count - 1) % len(_STEMS)]
    if first == "①" and count <= 20:
        return chr(0x2460 + count - 1)
    if first in ("a", "A") and count <= 26:
        return chr(ord(first) + count - 1)
    if first in ("i", "I"):
        roman = _roman(count)
        return roman if first == "I" else roman.lower()
    return str(count)


def _roman(count: int) -> str:
    pieces: list[str] = []
    for value, sign in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while count >= value and len(pieces) < 40:
            pieces.append(sign)
            count -= value
    return "".join(pieces)
