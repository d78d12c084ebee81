"""Word styles: which are headings, which hide text, and what they inherit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEADING_NAME = re.compile(r"^(?:heading|标题)\s?([1-9])$", re.I)

_CONTENTS_NAME = re.compile(r"^(?:toc|目录)\s?[1-9]$", re.I)


def w(name: str) -> str:
    """The qualified name of a WordprocessingML element or attribute."""
    return f"{{{WORD}}}{name}"


def value(parent: etree._Element | None, *path: str) -> str | None:
    """The ``w:val`` of a descendant, by child names."""
    node = parent
    for name in path:
        if node is None:
            return None
        node = node.find(w(name))
    return None if node is None else node.get(w("val"))


def flag(parent: etree._Element | None, name: str) -> bool | None:
    """A toggle: True, False, or None where it is not stated."""
    node = None if parent is None else parent.find(w(name))
    if node is None:
        return None
    return node.get(w("val"), "1") not in ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class Style:
    """What one style says about the things that matter here."""

    name: str
    based_on: str | None
    outline: int | None
    num_id: str | None
    level: str | None
    hidden: bool | None


class Styles:
    """The styles part, with inheritance."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self.default_paragraph: str | None = None
        self.lists: dict[str, str] = {}
        if root is None:
            return
        for node in root.iter(w("style")):
            identity = node.get(w("styleId"))
            if identity is None:
                continue
            paragraph, run = node.find(w("pPr")), node.find(w("rPr"))
            outline = value(paragraph, "outlineLvl")
            self._styles[identity] = Style(
                name=(value(node, "name") or "").strip(),
                based_on=value(node, "basedOn"),
                outline=int(outline) if outline and outline.isdigit() else None,
                num_id=value(paragraph, "numPr", "numId"),
                level=value(paragraph, "numPr", "ilvl"),
                hidden=flag(run, "vanish"),
            )
            if node.get(w("type")) == "numbering" and (number := self._styles[identity].num_id):
                self.lists[identity] = number
            if node.get(w("type")) == "paragraph" and node.get(w("default")) in ("1", "true"):
                self.default_paragraph = identity

    def chain(self, identity: str | None) -> list[Style]:
        """A style and what it is based on, nearest first."""
        found: list[Style] = []
        while identity in self._styles and len(found) < 20:
            style = self._styles[identity]
            found.append(style)
            identity = style.based_on
        return found

    def heading(self, identity: str | None) -> int | None:
        """The heading depth of a paragraph style, 1 outermost, 0 for a title."""
        for style in self.chain(identity):
            match = _HEADING_NAME.match(style.name)
            if match:
                return int(match.group(1))
            if style.name.lower() in ("title", "标题"):
                return 0
            if style.outline is not None:
                return style.outline + 1 if style.outline < 9 else None
        return None

    def is_contents(self, identity: str | None) -> bool:
        """Whether a paragraph style is that of a line in the table of contents."""
        return any(_CONTENTS_NAME.match(style.name) for style in self.chain(identity))

    def numbering(self, identity: str | None) -> tuple[str | None, str | None]:
        """List and level that a style puts its paragraphs in."""
        number: str | None = None
        level: str | None = None
        for style in self.chain(identity):
            number = number or style.num_id
            level = level or style.level
        return number, level

    def hidden(self, identity: str | None) -> bool:
        """Whether a style hides its text."""
        return next((style.hidden for style in self.chain(identity) if style.hidden is not None), False)
