"""Marks inside a text, made by slicing: the browser never sees an offset, and the text cannot imitate a mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.document import Span
from ui.page.kit.html import Html, el, escape


@dataclass(frozen=True, slots=True)
class Layer:
    """A stretch to be wrapped in an element; ``id`` goes to its first piece only."""

    span: Span
    tag: str
    class_: str | None = None
    id: str | None = None


def mark_spans(text: str, spans: Iterable[Span], *, offset: int = 0, class_: str | None = None) -> Html:
    """``text`` with its parts under ``spans`` in ``<mark>``; spans count from ``offset`` (a hit's are of the whole document)."""
    whole = Span(0, len(text))
    layers = [
        Layer(Span(max(0, span.start - offset), max(0, min(len(text), span.end - offset))), "mark", class_)
        for span in spans
        if span.start - offset < len(text) and span.end - offset > 0
    ]
    return wrap_layers(text, whole, layers)


def wrap_layers(text: str, within: Span, layers: Sequence[Layer]) -> Html:
    """``text[within]`` with every layer that meets it, outermost first where they overlap."""
    active = [layer for layer in layers if layer.span.overlaps(within)]
    if not active:
        return escape(within.of(text))
    edges = {within.start, within.end}
    for layer in active:
        edges |= {max(within.start, layer.span.start), min(within.end, layer.span.end)}
    cuts = sorted(edges)
    out = []
    for start, end in pairwise(cuts):
        piece = escape(text[start:end])
        for layer in reversed(active):
            if layer.span.start <= start and end <= layer.span.end:
                first = layer.id if start == layer.span.start else None
                piece = el(layer.tag, piece, class_=layer.class_, id=first)
        out.append(piece)
    return Html("".join(out))


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Overlapping and touching spans united, in order."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start <= out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        elif len(span):
            out.append(span)
    return out
