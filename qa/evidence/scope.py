"""Finding the sentences that carry an answer: which documents to look at, and what each of their sentences says of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.divisions import NATION, Division
from corpus.folding import fold
from index.passages import Hit
from index.searcher import Searcher
from qa.documents import EVERYTHING, ChosenDocuments, DocumentPart, DocumentView, LibraryView, Sentence, speaks_for
from qa.understanding.question import ASKS_DUTIES, ParsedQuestion

SMALL = 24
"""A selection of documents up to this size is read whole; of a larger one only what the search brings up. In a library of so few the
doubt is learned apart: the best item is near to many a question that nothing answers."""
FEW = 8
"""… where one place is enough to answer from, in a large library."""
LOOKED_INTO = 10
"""Documents of other regions that are looked into for the name of the place asked about."""
_COMPLETE = frozenset({"list_tasks", "multi_doc", "comparison"})
SEARCHED, SURVEYED = 3, 10
"""Documents read of a larger selection: for one answer, and where several documents are asked about."""


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence with its score. ``coverage`` is the share of the question it holds by itself, ``context`` with its headings."""

    document: DocumentView
    index: int
    score: float
    coverage: float
    context: float

    @property
    def sentence(self) -> Sentence:
        """The sentence."""
        return self.document.sentences[self.index]

    @property
    def lead(self) -> Sentence | None:
        """The sentence that announces the list in which this one stands."""
        section = self.sentence.section
        index = self.document.announced.get(section) if section is not None else None
        return self.document.sentences[index] if index is not None and index < self.index else None

    @property
    def part(self) -> DocumentPart:
        """The document or attached document it stands in."""
        return self.document.parts[self.sentence.part]

    @property
    def row(self) -> int:
        """The number of its document."""
        return self.document.info.row


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: documents with the parts that count; ``loose`` holds documents of other regions that name the region."""

    parts: tuple[tuple[int, int], ...]
    hits: tuple[Hit, ...] = ()
    loose: frozenset[int] = frozenset()

    @property
    def rows(self) -> tuple[int, ...]:
        """The documents, in order."""
        return tuple(dict.fromkeys(row for row, _ in self.parts))


NOWHERE = Scope(())
"""No document is looked into."""


def scope_of(
    parsed: ParsedQuestion,
    view: LibraryView,
    searcher: Searcher,
    chosen: ChosenDocuments = EVERYTHING,
    divisions: Sequence[Division] | None = None,
) -> Scope:
    """The documents a question is to be answered from."""
    divisions = parsed.divisions if divisions is None else tuple(divisions)
    named = sorted(row for row in {*parsed.documents} if row in view.infos and row in chosen)
    many = not named and chosen.count(view) > SMALL
    rows = named or ([] if many else list(chosen.of(view)))
    if divisions and not named:
        speaking = frozenset[int]().union(*(view.inside(division) for division in divisions))
        inside = sorted(row for row in speaking if row in chosen)
        if many:
            hits = _hits(parsed, searcher, chosen, view)
            others = [view.by_id[hit.source_id] for hit in hits if hit.source_id in view.by_id]
            complete = parsed.kind in _COMPLETE or (parsed.kind == "responsible_unit" and ASKS_DUTIES.search(parsed.folded))
            whole = SMALL if complete else FEW
            if len(inside) > whole:
                most = _most(parsed) if len(inside) > SMALL else whole
                own = [row for row in dict.fromkeys(others) if row in inside]
                if len(own) < min(most, SEARCHED):
                    near = _hits(parsed, searcher, ChosenDocuments(frozenset(inside)), view)
                    own = list(dict.fromkeys((*own, *(view.by_id[hit.source_id] for hit in near))))
                    hits += near
                inside = own[:most]
            called = place_names(parsed, divisions)
            loose: list[int] = []
            for document in view.documents([row for row in dict.fromkeys(others) if row not in inside][:LOOKED_INTO]):
                row = document.info.row
                if not inside or not elsewhere(view, row, divisions) or any(name in document.folded for name in called):
                    loose.append(row)
                if len(loose) == _most(parsed):
                    break
            return Scope(_parts(view, inside, parsed, divisions) + _parts(view, loose, parsed, ()), tuple(hits), frozenset(loose))
        names = [fold(m) for m in parsed.places]
        # a document that does not say of which region it is counts where it names the place
        nowhere = view.documents(row for row in rows if not view.regions[row])
        unplaced = [document.info.row for document in nowhere if any(name in document.folded for name in names)]
        rows = [row for row in rows if row in {*inside, *unplaced}] or rows
    if many or len(rows) > SMALL:
        hits = _hits(parsed, searcher, chosen if many else ChosenDocuments(frozenset(rows)), view)
        rows = list(dict.fromkeys(view.by_id[hit.source_id] for hit in hits if hit.source_id in view.by_id))[: _most(parsed)]
        return Scope(_parts(view, rows, parsed, ()), tuple(hits))
    return Scope(_parts(view, rows, parsed, divisions))


def place_names(parsed: ParsedQuestion, divisions: Sequence[Division]) -> tuple[str, ...]:
    """The names, folded, by which a document may speak of the regions asked about."""
    names = [fold(name) for d in divisions for name in (d.name, d.short, *d.aliases)]
    return tuple(dict.fromkeys([*map(fold, parsed.places), *names]))


def elsewhere(view: LibraryView, row: int, divisions: Sequence[Division]) -> bool:
    """Whether a document says itself that it is of another region, neither above nor inside the regions asked about."""
    own = view.regions[row]
    if NATION in divisions:
        return bool(own) and NATION not in own
    return bool(own) and not any(d == NATION or d.contains(w.code) or w.contains(d.code) for d in own for w in divisions)


def of_the_place(found: ScoredSentence, names: Sequence[str]) -> bool:
    """Whether a sentence of another region's document speaks of the place: itself, its headings, or the title over it."""
    sentence = found.sentence
    beside = (sentence.folded, sentence.heading, fold(found.part.head.title or ""))
    return any(name in text for name in names for text in beside)


def _most(parsed: ParsedQuestion) -> int:
    return SURVEYED if parsed.several or parsed.kind in ("multi_doc", "comparison") else SEARCHED


def _hits(parsed: ParsedQuestion, searcher: Searcher, chosen: ChosenDocuments, view: LibraryView) -> list[Hit]:
    if chosen.only is None:
        return searcher.search(parsed.query, without=chosen.without, top=40)
    return searcher.search(parsed.query, within=chosen.of(view), top=40)


def _parts(
    view: LibraryView, rows: Iterable[int], parsed: ParsedQuestion, divisions: Sequence[Division]
) -> tuple[tuple[int, int], ...]:
    """The parts of documents that speak for the divisions; where a document as a whole is meant, all its parts."""
    found: list[tuple[int, int]] = []
    for document in view.documents(rows):
        row = document.info.row
        every = list(range(len(document.parts)))
        own = document.parts[-1].division
        if divisions and not any(own is not None and speaks_for(own, d) for d in divisions):
            every = [
                i for i in every if (d := document.parts[i].division) is not None and any(speaks_for(d, w) for w in divisions)
            ] or every
        found += [(row, i) for i in every]
    if parsed.document_words:
        named = [
            (row, i) for row, i in found
            if any(word in fold(view.document(row).parts[i].head.title or "") for word in parsed.document_words)
        ]  # fmt: skip
        rows_named = {row for row, _ in named}
        # 实施方案 tells documents apart only where some have it in the title and some have not
        if named and not divisions and not parsed.every_region:
            found = [(row, i) for row, i in found if row in rows_named]
    return tuple(found)


def own_figures(parsed: ParsedQuestion, scope: Scope, view: LibraryView) -> Scope:
    """The scope without what a region only forwards: the figures of a province's paper are not those of the city that sent it on."""
    kept = tuple(
        (row, number)
        for row, number in scope.parts
        if (d := view.document(row).parts[number].division) is None
        or any(speaks_for(d, wanted) for wanted in parsed.divisions)
        or row in scope.loose
    )
    return replace(scope, parts=kept) if kept else scope


def hits_of_place(parsed: ParsedQuestion, hits: Sequence[Hit], view: LibraryView) -> list[Hit]:
    """The hits in documents of the places asked about or above them; all, where the question names none or nothing is left."""
    if parsed.documents:
        named = [hit for hit in hits if view.by_id.get(hit.source_id) in parsed.documents]
        return named or list(hits)
    if not parsed.divisions:
        return list(hits)
    kept = [
        hit for hit in hits
        if (row := view.by_id.get(hit.source_id)) is not None and not elsewhere(view, row, parsed.divisions)
    ]  # fmt: skip
    return kept or list(hits)
