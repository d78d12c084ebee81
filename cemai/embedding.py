"""Embed what has no vectors yet: passages after a change of models, items of documents in the background."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import UnknownDocument
from corpus.store import Corpus

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus.document import ParsedDocument
    from index.dense.encoder import Encoder
    from index.neural.encoder import ItemEncoder

COMPLETE = "embedded up to:"
"""Begins the name of the setting that says up to which passage all have a vector of a model."""
BATCH = 500
"""Passages per stored batch: an interrupted run keeps the batches that are complete."""


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """How many documents of those that lacked vectors of their items are done; ``total`` is 0 where nothing is under way."""

    done: int = 0
    total: int = 0


def embed_missing(
    corpus: Corpus,
    encoder: Encoder,
    progress: Callable[[int, int, str], None] | None = None,
    *,
    everything: bool = False,
) -> int:
    """Embed every passage without a vector of ``encoder``; vectors of other models are kept. Returns the number of passages.

    Up to which passage all have one is noted with the library, so that only later ones are looked at, unless ``everything`` is set.
    """
    noted = f"{COMPLETE}{encoder.name}"
    last = corpus.last_passage()
    complete = int(corpus.setting(noted) or 0)
    missing = corpus.unembedded(encoder.name, after=0 if everything else complete)
    count = _embed(corpus, encoder, missing, progress) if missing else 0
    if last != complete:
        corpus.set_setting(noted, str(last))
    return count


def _embed(corpus: Corpus, encoder: Encoder, missing: list[int], progress: Callable[[int, int, str], None] | None) -> int:
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


def embed_items(
    corpus: Corpus,
    encoder: ItemEncoder,
    progress: Callable[[int, int, str], None] | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Encode the items of every document that has no vectors of ``encoder``; each document is stored when it is done.

    Args:
        corpus: The library.
        encoder: The model.
        progress: Called with (documents done, documents in all, "").
        go_on: Asked every few items; may wait. False ends the run, the rest is done by the next one.

    Returns:
        The number of documents encoded. Where none is left, questions rely on the vectors from then on.

    Raises:
        ModelUnavailable: The model cannot be read.
    """
    from index.neural.item_index import ItemIndex
    from index.neural.item_vectors import encode_document, stored_name

    name = stored_name(encoder)
    missing = corpus.without_item_vectors(name)
    for done, document in enumerate(missing):
        if progress:
            progress(done, len(missing), "")
        with suppress(UnknownDocument):  # gone in the meantime
            data = encode_document(encoder, corpus.document(document), document, list(corpus.passages(document)), go_on)
            if data is None:
                return done
            corpus.put_item_vectors(name, document, data)
    if progress and missing:
        progress(len(missing), len(missing), "")
    ItemIndex.mark_complete(corpus, encoder)
    return len(missing)
