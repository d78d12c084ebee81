"""What the page calls things: kinds of questions and formats, states, lines of head matter. Labels shared with exports: ui/labels.py."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import HeadMatter
from graph.codec.columns import UNSTATED
from ui.page.kit.html import Html, el, join

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


IN_FORCE = frozenset({"现行有效", "现行", "有效", "施行中", "正式"})
UNKNOWN = frozenset({"", "未载明", "原文未载明", "未标明", "不明"})


def needs_notice(status: str | None) -> bool:
    """Whether a state must be seen: 废止, 失效, 届满, 征求意见稿 … anything but in force or unknown."""
    return (status or "") not in IN_FORCE | UNKNOWN


def state_tag(status: str | None, reason: str | None = None) -> Html | None:
    """The one look of every state; in force and unknown are left out."""
    return el("span", status, class_="state", title=reason or None) if status and needs_notice(status) else None


def document_date(head: HeadMatter) -> str | None:
    """Date of issue, else of publication."""
    return head.issued_on or head.published_on


def head_matter_parts(head: HeadMatter, *, full: bool = False) -> list[str]:
    """The line of head matter: issuer, number, date. With ``full`` what is missing is named."""
    named = [("发文机关", "、".join(head.issuers[:3]) + ("等" if len(head.issuers) > 3 else "")), ("文号", head.doc_number)]
    parts = [value for _, value in named if value]
    missing = [label for label, value in named if not value]
    if date := document_date(head):
        parts.append(date)
    else:
        missing.append("日期")
    if full and missing:
        parts.append(f"{'、'.join(missing)}：{UNSTATED}")
    return parts


def dotted_line(parts: Sequence[str | None]) -> Html:
    """Parts on one line with dots between; a date is never broken."""
    shown = [part for part in parts if part]
    return join(
        [
            [" · " if i else None, el("span", part, class_="date") if _DATE.fullmatch(part) else part]
            for i, part in enumerate(shown)
        ]
    )
