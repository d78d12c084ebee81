"""The quiet states of a view: waiting, nothing there, nothing found, something went wrong. Each says what to do next."""

from __future__ import annotations

from ui.rendering.html import Html, el


def waiting(what: str) -> Html:
    """Work is going on; ``what`` says which."""
    return el("p", what, class_="waiting", role="status")


def blank(title: str, text: str, *actions: Html) -> Html:
    """An empty place with the next step."""
    return el("div", el("h3", title), el("p", text), el("p", *actions, class_="acts") if actions else None, class_="blank")


def trouble(message: str) -> Html:
    """An error in words for people."""
    return el("div", el("b", "没有完成。"), message, class_="notice trouble", role="alert")


def empty_library() -> Html:
    """No document yet."""
    return blank(
        "文档库还是空的",
        "先放入几份政策文件（txt、html、pdf、docx、xlsx 都可以），再回来提问、查找和比较。",
        el("button", "去文档库放入文件", class_="primary", data_tab="shelf", type="button"),
    )


def notice(kind: str, text: str) -> Html:
    """A banner above an answer."""
    return el("div", el("b", f"{kind}　"), text, class_="notice", role="note")
