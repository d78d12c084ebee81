"""What may not go into an Office file or a spreadsheet as it is."""

from __future__ import annotations

import re

CHARACTERS_OF_FORMULAS = tuple("=+-@＝＋－＠")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Not allowed in XML 1.0, or half a character."""


def printable(text: str) -> str:
    """The text without characters that XML forbids, its line ends as ``\\n``."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
