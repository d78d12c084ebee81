"""The quiet states of a view: waiting, nothing there, nothing found, something went wrong. Each says what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.formats.registry import list_formats
from ui.page.kit.html import Html, el

ONE_LINE = 42
"""Characters of a warning that fit on a line beside its kind."""


def waiting(what: str) -> Html:
    """Work is going on; ``what`` says which."""
    return el("p", what, class_="waiting", role="status")


def empty_state(title: str, text: str, *actions: Html) -> Html:
    """An empty place with the next step."""
    return el("div", el("h2", title), el("p", text), el("p", *actions, class_="acts") if actions else None, class_="blank")


def error_message(message: str) -> Html:
    """An error in words for people."""
    return el("div", el("b", "没有完成。"), message, class_="notice trouble", role="alert")


def empty_library() -> Html:
    """No document yet."""
    return empty_state(
        "文档库还是空的",
        f"先放入几份政策文件（{list_formats(records=False)} 都可以），再回来提问、查找和比较。",
        el("button", "去文档库放入文件", class_="primary", data_tab="shelf", type="button", data_empty=True),
    )


def notice_banner(found: Sequence[tuple[str, str]]) -> Html | None:
    """One banner for all warnings about an answer, one line a kind; what is longer, or comes in numbers, opens on demand."""
    if not found:
        return None
    kinds: dict[str, list[str]] = {}
    for kind, text in found:
        kinds.setdefault(kind, []).append(text)
    parts = []
    for kind, texts in kinds.items():
        if len(texts) == 1 and len(texts[0]) <= ONE_LINE:
            parts.append(el("div", el("b", kind), el("p", texts[0]), class_="warn"))
            continue
        count = el("span", f"共 {len(texts)} 条", class_="how-many") if len(texts) > 1 else None
        summary = el("summary", el("b", kind), el("span", texts[0], class_="first"), count)
        parts.append(el("details", summary, [el("p", text) for text in texts], class_="warn"))
    return el("div", parts, class_="notice", role="note")
