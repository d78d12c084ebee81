"""What stands behind a document and after it 沿革: what it rests on, what rests on it, and its other versions."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.store import Corpus
from graph.documents.lineage import edges
from graph.documents.works import works

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Link:
    """A document named by another: ``document`` is its id where the library has it, ``place`` where it is named."""

    title: str
    relation: str
    number: str | None = None
    document: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of a document in its chain of versions, oldest first."""

    document: str
    title: str
    year: int | None
    mark: str


@dataclass(frozen=True, slots=True)
class Relations:
    """The relations of one document."""

    basis: tuple[Link, ...] = ()
    followers: tuple[Link, ...] = ()
    editions: tuple[Edition, ...] = ()

    def previous(self, document: str) -> Edition | None:
        """The state before this one."""
        ids = [edition.document for edition in self.editions]
        at = ids.index(document) if document in ids else 0
        return self.editions[at - 1] if at else None


UNRELATED = Relations()


def relations(corpus: Corpus) -> dict[str, Relations]:
    """The relations of every document that has any, by its id."""
    infos = {info.row: info for info in corpus.infos()}
    basis: dict[str, dict[str, Link]] = {}
    followers: dict[str, dict[str, Link]] = {}
    for edge in edges(corpus):
        source = infos[edge.source]
        place = (source.id, edge.span.start, edge.span.end) if edge.span else None
        target = infos[edge.target] if edge.target is not None else None
        named = target.head.title if target else None
        name = named or edge.title or edge.doc_number or ""
        link = Link(name, edge.relation, edge.doc_number, target.id if target else None, place)
        basis.setdefault(source.id, {}).setdefault(name, link)
        if target is not None:
            title = source.head.title or source.source
            back = Link(title, edge.relation, source.head.doc_number, source.id, place)
            followers.setdefault(target.id, {}).setdefault(title, back)
    chains: dict[str, tuple[Edition, ...]] = {}
    for work in works(corpus).all:
        if len(work.versions) < 2:
            continue
        editions = tuple(Edition(infos[v.document].id, v.title, v.year, v.label) for v in work.versions)
        for version, edition in zip(work.versions, editions, strict=True):
            chains[edition.document] = editions
            for copy in version.copies:
                chains.setdefault(infos[copy].id, editions)
    return {
        id: Relations(tuple(basis.get(id, {}).values()), tuple(followers.get(id, {}).values()), chains.get(id, ()))
        for id in {*basis, *followers, *chains}
    }
