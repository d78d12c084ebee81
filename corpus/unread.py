"""What of a document was not read 未读部分: one ledger for all formats, made of the issues that readers note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Issue, Span
from corpus.wordlists import entries


@dataclass(frozen=True, slots=True)
class UnreadPart:
    """A part of a file that is not in the text.

    Args:
        kind: The code of the issue, e.g. ``hidden_sheet``.
        label: What it is called, e.g. 隐藏的工作表.
        message: What was not read, as a Chinese sentence.
        span: The place in the text that names it, where there is one.
        is_body: Whether most of the document is in it.
    """

    kind: str
    label: str
    message: str
    span: Span | None = None
    is_body: bool = False

    def record(self) -> dict[str, object]:
        """As JSON."""
        span = self.span
        return {
            "kind": self.kind,
            "label": self.label,
            "message": self.message,
            "start": None if span is None else span.start,
            "end": None if span is None else span.end,
            "is_body": self.is_body,
        }


def list_unread(issues: Iterable[Issue]) -> tuple[UnreadPart, ...]:
    """The parts that were not read, in the order of the issues that say so; other issues are left out.

    >>> [part.label for part in list_unread([Issue("comments", "文档带有批注，没有读入"), Issue("numbering", "编号不连续")])]
    ['批注']
    """
    kinds = _read_kinds()
    return tuple(
        UnreadPart(issue.code, kinds[issue.code][0], issue.message, issue.span, kinds[issue.code][1])
        for issue in issues
        if issue.code in kinds
    )


def say_mostly_unread(parts: Iterable[UnreadPart]) -> str | None:
    """Where most of a document was not read: the sentence that says so; None for any other document."""
    return next((part.message for part in parts if part.is_body), None)


@lru_cache(maxsize=1)
def _read_kinds() -> dict[str, tuple[str, bool]]:
    rows = ((row.split("\t") + [""])[:3] for row in entries("corpus", "unread_parts.tsv"))
    return {code: (label, body == "正文") for code, label, body in rows}
