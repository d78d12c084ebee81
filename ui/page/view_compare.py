"""比地区: a topic or question across regions."""

from __future__ import annotations

from ui.page.backend import QUESTION_LIMIT, Desk
from ui.page.events import Payload, text
from ui.page.figures import figures
from ui.rendering.forms import ask_box, examples, toggles
from ui.rendering.html import EMPTY, Html, el, join
from ui.rendering.matrix import coverage, matrix_view
from ui.rendering.states import blank, empty_library, trouble

REGIONS_SHOWN = 40


def form(desk: Desk) -> Html:
    """Subject, regions, topics to start from."""
    regions = desk.regions()[:REGIONS_SHOWN]
    return join(
        ask_box("compare-subject", "比较的主题或问题", "比较", act="compare", placeholder="输入主题或问题，例如医疗保障"),
        el("form", toggles("regions", "地区（不选即全部）", regions), data_act="compare", class_="filters") if regions else None,
        examples(desk.topics()[:10], lead="主题", act="compare") if regions else None,
    )


def start(desk: Desk) -> Html:
    """Before anything is asked: how much each region says on each topic."""
    if not desk.entries():
        return empty_library()
    return coverage(*desk.coverage()) or EMPTY


def compare(desk: Desk, payload: Payload) -> Html:
    """The matrix."""
    subject = text(payload, "subject")
    if not desk.entries():
        return empty_library()
    if not subject:
        return start(desk)
    if len(subject) > QUESTION_LIMIT:
        return trouble(f"主题有 {len(subject)} 字，超过 {QUESTION_LIMIT} 字。请写一个主题词或一句问题。")
    known = desk.regions()
    chosen = [r for r in payload.get("regions", []) if r in known] if isinstance(payload.get("regions"), list) else []
    if len(chosen) == 1:
        return blank("还差一个地区", "比较至少要两个地区。请再选一个，或一个也不选（即比较全部）。")
    comparison = desk.compare(subject, regions=chosen or None)
    return matrix_view(comparison, chosen=chosen, bars=figures(desk, comparison))
