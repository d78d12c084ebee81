"""What is said of documents whose words were read from pictures 识别件: by the readers, and by answers that quote them."""

from __future__ import annotations

import re
from collections.abc import Iterable

MARK = "识别件，数字请核对原件"
"""Opens the warning of a document that was read by text recognition, wholly or in part."""
UNSURE = "识别时把握不足"
"""Opens the warning that names, in quotation marks, the characters and figures that were hard to read."""

_NAMED = re.compile(r"“([^”]+)”")


def is_recognised(warnings: Iterable[str]) -> bool:
    """Whether the warnings of a document say that it was read by text recognition."""
    return any(message.startswith(MARK) for message in warnings)


def list_unsure(warnings: Iterable[str]) -> list[str]:
    """The words a document's warnings name as hard to read.

    >>> list_unsure(["识别时把握不足的有 2 处，请逐处核对原件：第 1 页“3.86”、第 2 页“管护责任”"])
    ['3.86', '管护责任']
    """
    return [words for message in warnings if message.startswith(UNSURE) for words in _NAMED.findall(message)]
