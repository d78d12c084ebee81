"""The graph as a picture 图谱: one node in the middle, a ring for each kind, no two labels on one another.

Places are found by trying: a ring is widened until none of its labels, evenly spread, meets another one or the rings inside it. The same surroundings always give the same picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from graph.queries.neighbourhood import KINDS, GraphNode, Surroundings
from ui.page.kit.html import Html, cut, el, join

MOST = 60
"""Nodes shown; of a fuller ring the rest is one node that says how many."""
LABEL = 11
HEIGHT = 26.0
GAP = 8.0
STEPS = 180
_SPREADS = (4.0, 2.4, 1.6, 1.2, 1.0)
COLOURS = {"任务": "#1f4e79", "单位": "#5b646b", "指标": "#6b4a0b", "依据": "#3d5a45"}


@dataclass(frozen=True, slots=True)
class Box:
    """A label in its place: the middle, and the size."""

    node: GraphNode
    text: str
    x: float
    y: float
    width: float
    height: float = HEIGHT

    def meets(self, other: Box, gap: float = GAP) -> bool:
        """True where two labels are closer than ``gap``."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2 + gap
            and abs(self.y - other.y) < (self.height + other.height) / 2 + gap
        )


@dataclass(frozen=True, slots=True)
class Ring:
    """A kind with its ellipse."""

    kind: str
    across: float
    down: float
    total: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything placed, around (0, 0)."""

    centre: Box
    boxes: tuple[Box, ...]
    rings: tuple[Ring, ...]

    @property
    def extent(self) -> tuple[float, float]:
        """Half the width and half the height of the picture."""
        everything = (self.centre, *self.boxes)
        return (
            max(max(abs(b.x) + b.width / 2 for b in everything), *(ring.across for ring in self.rings), 0) + 16,
            max(max(abs(b.y) + b.height / 2 for b in everything), *(ring.down for ring in self.rings), 0) + 16,
        )


def share_nodes(counts: Sequence[int], most: int = MOST) -> list[int]:
    """How many of each ring are shown so that all together are at most ``most``; small rings are shown whole."""
    left, out = most, [0] * len(counts)
    for rank, i in enumerate(sorted(range(len(counts)), key=lambda i: counts[i])):
        room = left // (len(counts) - rank)
        # a ring that is cut needs one node for the rest
        out[i] = counts[i] if counts[i] <= room else max(0, room - 1)
        left -= out[i] + (counts[i] > out[i])
    return out


def place_labels(found: Surroundings) -> Picture:
    """Places for the centre and at most 60 neighbours."""
    kinds = [(kind, found.rings.get(kind, ())) for kind in KINDS if found.rings.get(kind)]
    # the smallest ring stands inside
    kinds.sort(key=lambda pair: len(pair[1]))
    title = cut(found.centre.label, 14)
    centre = Box(found.centre, title, 0, 0, _width(title, 15) + 36, 40)
    placed: list[Box] = [centre]
    rings = []
    down = 30.0
    for turn, ((kind, nodes), shown) in enumerate(zip(kinds, share_nodes([len(nodes) for _, nodes in kinds]), strict=True)):
        labels = [(node, cut(node.label, LABEL)) for node in nodes[:shown]]
        if len(nodes) > shown:
            rest = GraphNode(kind, f"另 {len(nodes) - shown} 项", None, "见旁边的清单")
            labels.append((rest, rest.label))
        down += 46
        ring: list[Box] | None = None
        while ring is None:
            ring = _ring(labels, down, placed, turn)
            if ring is None:
                down += 20
        placed += ring
        rings.append(Ring(kind, _across(down), down, len(nodes)))
    return Picture(centre, tuple(placed[1:]), tuple(rings))


def _across(down: float) -> float:
    return down * 1.15 + 70


def _ring(labels: Sequence[tuple[GraphNode, str]], down: float, placed: Sequence[Box], turn: int) -> list[Box] | None:
    """The labels on one ellipse as evenly as it allows, or None where they do not fit."""
    across = _across(down)
    even = [
        _box(node, text, across, down, 2 * math.pi * i / len(labels) - math.pi / 2 + turn * 2.4)
        for i, (node, text) in enumerate(labels)
    ]
    if not any(box.meets(other) for i, box in enumerate(even) for other in (*placed, *even[:i])):
        return even
    # each ring begins a little further round, so that labels do not stand in rows
    angles = [2 * math.pi * step / STEPS - math.pi / 2 + turn * 2.4 for step in range(STEPS)]
    # only what this ellipse can touch stands in the way
    near = [b for b in placed if math.hypot(b.x / across, b.y / down) > 0.3 or not b.x]
    for spread in _SPREADS:
        own = GAP * (1 + (spread - 1) * 3)
        out: list[Box] = []
        for angle in angles:
            if len(out) == len(labels):
                return out
            box = _box(*labels[len(out)], across, down, angle)
            if out and (box.meets(out[-1], own) or box.meets(out[0], own)):
                continue
            if any(box.meets(b) for b in out) or any(box.meets(b) for b in near):
                continue
            out.append(box)
        if len(out) == len(labels):
            return out
    return None


def _box(node: GraphNode, text: str, across: float, down: float, angle: float) -> Box:
    return Box(node, text, across * math.cos(angle), down * math.sin(angle), _width(text, 13) + 22)


@lru_cache(maxsize=4096)
def _width(text: str, size: float) -> float:
    return sum(size if ord(char) > 0x2E7F or char in "“”‘’…—" else size * 0.62 for char in text)


def draw_picture(found: Surroundings, *, file: bool = False) -> Html:
    """The picture as SVG: on the page its labels can be pressed; as a file it carries its own colours."""
    drawn = place_labels(found)
    across, down = drawn.extent
    parts: list[Html] = []
    for ring in drawn.rings:
        parts.append(
            el("ellipse", cx=0, cy=0, rx=_n(ring.across), ry=_n(ring.down), fill="none", stroke="#e5e2db", class_="orbit")
        )
    for box in drawn.boxes:
        parts.append(el("line", x1=0, y1=0, x2=_n(box.x), y2=_n(box.y), stroke="#d8d5ce", class_="edge"))
    parts += [_label(box, file) for box in drawn.boxes]
    parts.append(_centre(drawn.centre))
    options = {"xmlns": "http://www.w3.org/2000/svg"} if file else {}
    if file:
        box_ = el("rect", x=_n(-across), y=_n(-down), width=_n(2 * across), height=_n(2 * down), fill="#ffffff")
        parts.insert(0, box_)
    return el(
        "svg", parts, viewBox=f"{_n(-across)} {_n(-down)} {_n(2 * across)} {_n(2 * down)}", width=_n(2 * across), height=_n(2 * down),
        role="group", aria_label=f"{found.centre.label}的图谱", class_="network", font_family="Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif",
        **options,
    )  # fmt: skip


def _label(box: Box, file: bool) -> Html:
    node = box.node
    colour = COLOURS[node.kind]
    told = f"{node.kind}：{node.label}" + (f"（{node.note}）" if node.note else "")
    inner = join(
        el("title", told),
        el("rect", x=_n(box.x - box.width / 2), y=_n(box.y - box.height / 2), width=_n(box.width), height=_n(box.height), rx=6, fill="#ffffff", stroke=colour),
        el("text", box.text, x=_n(box.x), y=_n(box.y + 4.5), text_anchor="middle", font_size=13, fill=colour),
    )  # fmt: skip
    options: dict[str, object] = {"class_": f"node k{KINDS.index(node.kind)}"}
    if not file and node.key:
        options |= {"role": "button", "tabindex": "0", "data_act": "walk", "data_node": node.key}
    elif not file and node.place:
        id, start, end = node.place
        options |= {"role": "button", "tabindex": "0", "data_act": "open", "data_doc": id, "data_start": start, "data_end": end}
    return el("g", inner, **options)


def _centre(box: Box) -> Html:
    return el(
        "g",
        el("title", f"{box.node.kind}：{box.node.label}"),
        el("rect", x=_n(-box.width / 2), y=_n(-box.height / 2), width=_n(box.width), height=_n(box.height), rx=8, fill="#1d2327"),
        el("text", box.text, x=0, y=5.5, text_anchor="middle", font_size=15, font_weight=600, fill="#ffffff"),
        class_="centre",
    )


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
