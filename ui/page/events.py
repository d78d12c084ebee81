"""Panels and their events: a panel is markup; what is pressed in it arrives at one Python function with the fields of its form."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from corpus.errors import PolicyError
from corpus.filters import Filters
from ui.page.kit.address import ARRIVE
from ui.page.kit.html import Html
from ui.page.kit.states import error_message

log = logging.getLogger("cemai.page")

MOUNT = "window.cemai.mount(element, trigger, watch)"
HIDDEN_FROM_API: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "queue": False,
    "trigger_mode": "always_last",
}
"""Every listener: no endpoint of its own (REST is /api/v1), no English progress text, an answer in the same request.
A press while another is under way is kept, not dropped: the last one wins."""

Payload = Mapping[str, Any]


def panel(value: str, elem_id: str) -> Any:
    """A piece of the page, filled with markup by the events of its tab."""
    import gradio as gr

    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=MOUNT, elem_classes=["panel"])


def payload_of(event: Any) -> dict[str, Any]:
    """What the page's script sent: only strings and lists of strings, of bounded length."""
    found = getattr(event, "_data", None)
    clean: dict[str, Any] = {}
    for key, value in list(found.items())[:40] if isinstance(found, Mapping) else ():
        if isinstance(value, str):
            clean[str(key)[:40]] = value[:20_000]
        elif isinstance(value, list):
            clean[str(key)[:40]] = [str(item)[:2_000] for item in value[:200]]
    return clean


def text(payload: Payload, name: str) -> str | None:
    """A field, stripped; None where it is empty."""
    value = payload.get(name)
    return (value.strip() or None) if isinstance(value, str) else None


def listed(payload: Payload, name: str) -> list[str]:
    """A field that may be there several times: every value once, without the empty ones."""
    value = payload.get(name)
    values = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return list(dict.fromkeys(item.strip() for item in values if item.strip()))


def page_start(payload: Payload) -> int:
    """The first row asked for, by a press on the next page or by an address; any other press begins at the first one."""
    return integer(payload, "start") if text(payload, "act") in ("page", ARRIVE) else 0


def integer(payload: Payload, name: str, default: int = 0) -> int:
    """A number field, or the default where it is none."""
    value = text(payload, name)
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else default


def filters_of(payload: Payload) -> Filters | None:
    """The conditions of a form."""
    made = Filters(
        region=text(payload, "region"),
        level=text(payload, "level"),
        year=integer(payload, "year") or None,
        topic=text(payload, "topic"),
        status=text(payload, "status"),
    )
    return made or None


STREAMED: dict[str, Any] = {**HIDDEN_FROM_API, "queue": True, "concurrency_limit": 20}
"""A listener that shows its result in steps: Gradio streams only what goes through its queue."""


def safely(work: Callable[[], Html]) -> Html:
    """The result, or the error in words for people; what is not meant for people goes to the log."""
    try:
        return work()
    except Exception as error:
        return explain_error(error)


def explain_error(error: Exception) -> Html:
    """An error as people read it."""
    if isinstance(error, PolicyError):
        return error_message(str(error))
    log.error("view failed", exc_info=error)
    return error_message("程序内部出错，已写入日志。请换个说法再试；如果反复出现，请运行 cemai doctor 检查文档库。")
