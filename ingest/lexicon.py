"""The word lists of ``ingest/data`` that patterns are composed of."""

from __future__ import annotations

from corpus import wordlists


def expand(template: str) -> str:
    """A regular expression in which every ``{name}`` is replaced by the words of that row of ``ingest/data/words_*.tsv``.

    ``expand(r"[（(](?:{drafts})[)）]$")`` finds the remark at the end of a title that calls a document a draft; see
    ``corpus.wordlists.expand`` for what may be written.
    """
    return wordlists.expand("ingest", template)
