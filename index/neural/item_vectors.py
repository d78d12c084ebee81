"""Vectors of items 条目向量: what is encoded of an item, and how the vectors of a document are kept.

A passage is as good as its best item, and an answer is an item: so the encoder reads items, each with the title and the nearest
headings in front. A document's vectors are one blob of ``VECTOR`` rows, eight bits a number and a scale each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from corpus.document import ParsedDocument, Span
from corpus.store import StoredPassage
from index.items import EvidenceItem, cut_items

if TYPE_CHECKING:
    from index.neural.encoder import ItemEncoder

CUT = 1
"""Version of how items are cut and written for the encoder: part of the name vectors are stored under."""
ITEMS = 256
"""Most items of one passage; the rest of a longer one is not encoded."""
AT_ONCE = 48
"""Items encoded between two looks whether to go on: two or three seconds."""
HEADINGS = 2
LONGEST_TITLE = 80


def stored_name(encoder: ItemEncoder) -> str:
    """The name under which the vectors of an encoder are stored: the encoder's own, and how items are cut."""
    return f"{encoder.name}-items{CUT}"


def item_number(passage: int, place: int) -> int:
    """The number of an item: the row of its passage and its place among the items of it."""
    return passage * ITEMS + place


def passage_items(doc: ParsedDocument, document: int, passage: StoredPassage) -> list[EvidenceItem]:
    """The items of a passage that have vectors: at least one, in order."""
    return cut_items(doc, document, passage.span)[:ITEMS] or [EvidenceItem(document, passage.span, passage.trail)]


def item_text(doc: ParsedDocument, item: EvidenceItem) -> str:
    """What the encoder reads of an item: title, nearest headings, the line that announces it, the item."""
    text = item.span.of(doc.text)
    above = [label for label in item.trail[-HEADINGS:] if not text.startswith(label)]
    title = " ".join((_title(doc, item.span) or "").split())[:LONGEST_TITLE]
    return "\n".join(part for part in (title, " ".join(above), item.lead if item.lead not in text else "", text) if part)


def _title(doc: ParsedDocument, span: Span) -> str | None:
    return doc.head_at(span.start).title or doc.head.title


def encode_document(
    encoder: ItemEncoder,
    doc: ParsedDocument,
    document: int,
    passages: Sequence[StoredPassage],
    go_on: Callable[[], bool] = lambda: True,
) -> bytes | None:
    """The vectors of all items of a document, as they are stored; None where ``go_on``, asked every few items, said to stop."""
    import numpy as np

    numbers, texts = [], []
    for passage in passages:
        for place, item in enumerate(passage_items(doc, document, passage)):
            numbers.append(item_number(passage.row, place))
            texts.append(item_text(doc, item))
    vectors = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
    for start in range(0, len(texts), AT_ONCE):
        if not go_on():
            return None
        vectors[start : start + AT_ONCE] = encoder.encode_passages(texts[start : start + AT_ONCE])
    out = np.zeros(len(texts), dtype=_layout(encoder.dimension))
    out["number"] = numbers
    out["scale"] = np.abs(vectors).max(axis=1, initial=1e-6) / 127
    out["values"] = np.rint(vectors / out["scale"][:, None])
    return out.tobytes()


def read_vectors(data: bytes, dimension: int) -> Iterator[tuple[int, bytes]]:
    """Number and float16 bytes of each vector of a document; nothing of a blob of another length."""
    import numpy as np

    layout = _layout(dimension)
    if len(data) % layout.itemsize:
        return
    rows = np.frombuffer(data, dtype=layout)
    vectors = (rows["values"] * rows["scale"][:, None]).astype("<f2")
    for number, vector in zip(rows["number"].tolist(), vectors, strict=True):
        yield number, vector.tobytes()


def _layout(dimension: int) -> Any:
    import numpy as np

    return np.dtype([("number", "<i8"), ("scale", "<f4"), ("values", "i1", (dimension,))])
