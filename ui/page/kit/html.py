"""A small HTML writer that escapes by default: only what it made itself passes unescaped.

Text of a document, a file name, a question, an error: all are ``str`` and are escaped; ``Html`` is made here and nowhere else.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

_VOID = frozenset({"br", "hr", "input", "col", "img", "meta"})
_LINKS = frozenset({"href", "src", "action", "formaction"})
# control characters say nothing to a reader, and bidirectional overrides can make a line read as another one
_HIDDEN = (range(32), range(127, 160), (0xAD, 0x61C, 0xFEFF), range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x206A))
_UNSEEN = dict.fromkeys(code for codes in (*_HIDDEN, range(0xFE00, 0xFE10), range(0xE0000, 0xE01F0)) for code in codes)
del _UNSEEN[0x09], _UNSEEN[0x0A]


class Html(str):
    """Markup that needs no escaping."""

    __slots__ = ()


EMPTY = Html("")


def escape(text: str) -> Html:
    """Text as markup. Braces, ``$`` and back ticks are written as entities too, so that no template takes them for its own."""
    plain = html.escape(text.translate(_UNSEEN), quote=True)
    for char in "{}$`\\":
        plain = plain.replace(char, f"&#{ord(char)};")
    return Html(plain)


def join(*children: object) -> Html:
    """Children in order: strings escaped, ``Html`` as it is, None left out, iterables flattened."""
    return Html("".join(_child(child) for child in children))


def el(tag: str, /, *children: object, **attributes: object) -> Html:
    """An element. ``class_`` → class, ``data_act`` → data-act; None and False leave an attribute out, True gives a bare one.

    Links may only stay on this server: anything but ``/path`` and ``#place`` raises ``ValueError``.
    """
    written = []
    for key, value in attributes.items():
        key = key.rstrip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            written.append(f" {key}")
            continue
        text = str(value)
        if key.startswith("on") or key == "style":
            raise ValueError(f"attribute not allowed: {key}")
        if key in _LINKS and not (text.startswith("#") or (text.startswith("/") and not text.startswith(("//", "/\\")))):
            raise ValueError(f"link leaves the server: {text[:60]}")
        written.append(f' {key}="{escape(text)}"')
    start = f"<{tag}{''.join(written)}>"
    return Html(start if tag in _VOID else f"{start}{join(*children)}</{tag}>")


def cut(text: str, length: int) -> str:
    """Text cut to a length, with … where something is missing."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _child(child: object) -> str:
    if child is None or child is False:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return escape(child)
    if isinstance(child, Iterable):
        return "".join(_child(part) for part in child)
    return escape(str(child))
