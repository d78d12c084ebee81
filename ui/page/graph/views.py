"""看图谱: the picture of a node, its legend, and the same neighbours as a list."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from graph.queries.counted import describe_folded
from graph.queries.neighbourhood import KINDS, GraphNode, Surroundings
from ui.page.graph.network import MOST, draw_picture
from ui.page.kit.address import address, copy_link, document_link
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.states import empty_state

LISTED = 12


def graph_view(found: Surroundings, trail: Sequence[tuple[str, str]] = ()) -> Html:
    """The view of one node. ``trail`` are the nodes walked through before, key and label."""
    key = found.centre.key or ""
    total = len(found)
    said = f"{total} 个相邻节点" + (f"，图上画出 {MOST} 个以内，其余在清单里" if total > MOST else "")
    steps = [
        el("li", el("button", cut(label, 14), type="button", class_="open", data_act="walk", data_node=step))
        for step, label in trail
    ]
    opened = _open(found.centre, "打开原文") if found.centre.place else None
    line = address("graph", {"look": "timeline", "node": key.removeprefix("document:")}) if key.startswith("document:") else None
    return join(
        el("ol", steps, el("li", cut(found.centre.label, 14), aria_current="page"), class_="trail", aria_label="走过的节点")
        if steps
        else None,
        el(
            "div",
            el("h2", el("span", found.centre.kind, class_="tag"), cut(found.centre.label, 60), tabindex="-1", class_="stage-name", data_focus=bool(trail)),
            el("div", opened, el("a", "时间线", href=line) if line else None, copy_link(), el("a", "保存图片", href=f"/api/v1/graph?{urlencode({'node': key, 'format': 'svg'})}", download=True), class_="foot"),
            class_="lead",
        ),
        el("p", f"{said}。{describe_folded(found.folded)}" if found.folded else said, class_="count"),
        el("div", el("div", draw_picture(found), class_="canvas", tabindex="0"), el("div", [_section(kind, found.rings.get(kind, ())) for kind in KINDS], class_="beside"),
           class_="graph"),
    ) if total else empty_state("没有相邻的节点", "这里没有读出任务、单位、指标或依据。换一个单位、主题或文件。")  # fmt: skip


def _section(kind: str, nodes: Sequence[GraphNode]) -> Html | None:
    if not nodes:
        return None
    rows = [_row(node) for node in nodes]
    rest = el("details", el("summary", f"其余 {len(rows) - LISTED} 项"), el("ul", rows[LISTED:])) if len(rows) > LISTED else None
    return el(
        "section",
        el("h3", el("i", class_=f"k{KINDS.index(kind)}"), kind, el("span", len(nodes), class_="count")),
        el("ul", rows[:LISTED]),
        rest,
    )


def _row(node: GraphNode) -> Html:
    name = cut(node.label, 60)
    walk = el("button", name, type="button", class_="open", data_act="walk", data_node=node.key) if node.key else el("span", name)
    return el(
        "li", walk, el("span", node.note, class_="soft") if node.note else None, _open(node, "原文") if node.place else None
    )


def _open(node: GraphNode, label: str) -> Html | None:
    if node.place is None:
        return None
    id, start, end = node.place
    return document_link(label, id, start, end, class_="open where", aria_label=f"{label}：{cut(node.label, 40)}")
