"""The word lists of ``ingest/data`` that patterns are composed of, and the labels of head matter."""

from __future__ import annotations

from functools import lru_cache

from corpus import wordlists


def expand(template: str) -> str:
    """A regular expression in which every ``{name}`` is replaced by the words of that row of ``ingest/data/words_*.tsv``.

    ``expand(r"[（(](?:{drafts})[)）]$")`` finds the remark at the end of a title that calls a document a draft; see
    ``corpus.wordlists.expand`` for what may be written.
    """
    return wordlists.expand("ingest", template)


@lru_cache(maxsize=1)
def labels() -> dict[str, str]:
    """The labels of index tables and page headers, without blanks, with their fields: ``{"发文机关": "issuer", …}``."""
    pairs = (line.split("\t") for line in wordlists.entries("ingest", "labels.tsv"))
    return dict(pairs)


def label_of(cell: str) -> str | None:
    """The label that a cell or a line consists of, colon, brackets and blanks aside: 「发文 机关：」 → 发文机关."""
    if len(cell) > 20:
        return None
    name = "".join(cell.split()).strip(":：[]【】")
    return name if name in labels() else None
