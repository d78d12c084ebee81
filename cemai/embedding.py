"""Embed passages that have no vector of the current model: after a change of models or an update of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.store import Corpus

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus.document import ParsedDocument
    from index.dense.encoder import Encoder

BATCH = 500
"""Passages per stored batch: an interrupted run keeps the batches that are complete."""


def embed_missing(corpus: Corpus, encoder: Encoder, progress: Callable[[int, int, str], None] | None = None) -> int:
    """Embed every passage without a vector of ``encoder``; vectors of other models are kept. Returns the number of passages."""
    missing = corpus.unembedded(encoder.name)
    if not missing:
        return 0
    from index.dense.vectors import drop_copy
    from index.passages import Passage
    from index.splitter import embedding_text

    docs: dict[int, ParsedDocument] = {}
    for first in range(0, len(missing), BATCH):
        if progress:
            progress(first, len(missing), "")
        passages = [p for _, p in sorted(corpus.passages_by_row(missing[first : first + BATCH]).items())]
        docs = {n: docs.get(n) or corpus.document(n) for n in {p.document for p in passages}}
        texts = [embedding_text(docs[p.document], Passage("", p.ordinal, p.span, p.trail)) for p in passages]
        vectors = encoder.encode(texts).astype("<f2")
        corpus.put_vectors(encoder.name, [(p.row, v.tobytes()) for p, v in zip(passages, vectors, strict=True)])
    if progress:
        progress(len(missing), len(missing), "")
    # the generation has not changed, so the copy used for searching would not notice that it is out of date
    drop_copy(corpus.folder)
    return len(missing)
