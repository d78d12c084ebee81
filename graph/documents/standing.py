"""The standing 时效 of a stored document on a day: its own words, what a user set, and what the rest of the library says of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from corpus.document import HeadMatter
from corpus.kept import kept_value
from corpus.store import Corpus, DocumentInfo
from graph.documents.lineage import Superseded, superseded
from graph.documents.validity import Validity, validity
from graph.documents.versions import Version, replaced, versions


@dataclass(frozen=True, slots=True)
class DocumentRelations:
    """What the documents of a library say of each other, by row: acts on a document, and the version behind it."""

    acts: dict[int, Superseded]
    later: dict[int, Version]
    chains: tuple[tuple[Version, ...], ...]


def relations(corpus: Corpus) -> DocumentRelations:
    """What the documents of a library say of each other, worked out once a generation."""

    def make() -> DocumentRelations:
        chains = versions(corpus)
        return DocumentRelations(superseded(corpus.infos()), replaced(chains), tuple(chains))

    return kept_value(corpus, "relations", make)


def standing(corpus: Corpus, info: DocumentInfo, as_of: dt.date, *, head: HeadMatter | None = None) -> Validity:
    """Whether a document is in force on a day, and why; with ``head``, an attached document inside it.

    Acts of other documents count from their own day on. What replaces the whole file does not speak of a part of it.
    """
    known = relations(corpus)
    acts = known.acts.get(info.row, Superseded())
    later = known.later.get(info.row)
    day = as_of.isoformat()
    revised = list(acts.by("修订", day))
    if later is not None and not (later.year and later.year > as_of.year):
        revised.append(later.title)
    return validity(
        head or info.head,
        as_of=as_of,
        user_status=info.user_status,
        user_note=info.user_note,
        repealed_by=acts.by("废止", day),
        revised_by=revised,
    )
