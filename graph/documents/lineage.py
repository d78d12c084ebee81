"""Lineage 文件渊源: who rests on whom among the documents of a library and beyond.

An edge leads from the naming document to the named one. A number or a title that fits one document of the library makes an edge
inside it; what fits none is kept as an edge to the outside, by its title.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from corpus.divisions import gazetteer
from corpus.document import Relation, Span
from corpus.store import Corpus, DocumentInfo, year_of
from graph.documents.names import (
    extract_name,
    is_draft,
    normalize_number,
    normalize_title,
    normalize_without_issuer,
    normalize_without_trial,
    work_title,
)
from graph.lexicon import expand

_CHANGING = re.compile(expand(r"{revising}|{prolonging}"))
_OF_ITS_OWN = re.compile(expand(r"{kinds_of_law}$"))
_SHORTEST, _TELLING = 5, 16


@dataclass(frozen=True, slots=True)
class Edge:
    """One document names another. ``target`` is the row of a document of the library, None for one outside it."""

    source: int
    target: int | None
    relation: Relation
    title: str
    doc_number: str | None = None
    span: Span | None = None

    @property
    def outside(self) -> bool:
        """Whether the named document is not in the library."""
        return self.target is None


@dataclass(frozen=True, slots=True)
class Act:
    """What another document does to one: its relation, the title of the acting document, its row and its date."""

    relation: Relation
    title: str
    document: int
    on: str | None = None


@dataclass(frozen=True, slots=True)
class Superseded:
    """The acts that repeal 废止 and that revise 修订 a document."""

    acts: tuple[Act, ...] = ()

    @property
    def repealed_by(self) -> tuple[str, ...]:
        """The titles of the documents that repeal it."""
        return self.by("废止")

    @property
    def revised_by(self) -> tuple[str, ...]:
        """The titles of the documents that revise it."""
        return self.by("修订")

    def by(self, relation: Relation, as_of: str | None = None) -> tuple[str, ...]:
        """The titles of the documents that do so, up to a day; an act without a date counts."""
        found = (act.title for act in self.acts if act.relation == relation and not (as_of and act.on and act.on > as_of))
        return tuple(dict.fromkeys(found))


class DocumentNames:
    """The documents of a library by the names and numbers others use for them."""

    def __init__(self, infos: Sequence[DocumentInfo]) -> None:
        self._by_title: dict[str, list[DocumentInfo]] = defaultdict(list)
        self._by_bare: dict[str, list[DocumentInfo]] = defaultdict(list)
        self._by_number: dict[str, list[DocumentInfo]] = defaultdict(list)
        for info in infos:
            title = info.head.title
            own = normalize_title(title)
            if len(own) >= _SHORTEST:
                self._by_title[own].append(info)
            for other in (normalize_without_issuer(title), normalize_without_trial(title)):
                if other is not None and len(other) >= _SHORTEST:
                    self._by_bare[other].append(info)
            if info.head.doc_number:
                self._by_number[normalize_number(info.head.doc_number)].append(info)

    def find(self, source: DocumentInfo, title: str, number: str | None) -> DocumentInfo | None:
        """The one document of the library that ``source`` means by a title and a number, or None."""
        asked = normalize_title(title)
        if number:
            wanted = normalize_number(number)
            numbered = self._by_number.get(wanted, ())
            # a number may have been misread: of several, those whose title fits too
            found = self._decided(source, [other for other in numbered if normalize_title(other.head.title) == asked] or numbered)
            if found is not None:
                return found
        else:
            wanted = ""
        bare = normalize_without_issuer(title)
        for candidates in (
            self._by_title.get(asked, ()),
            self._by_bare.get(asked, ()),
            self._by_title.get(bare, ()) if bare else (),
        ):
            fitting = [
                other
                for other in candidates
                if _speaks_to(source, other, title) and (not wanted or _has_number(source, other, wanted))
            ]
            found = self._decided(source, fitting)
            if found is not None:
                return found
        return None

    def _decided(self, source: DocumentInfo, candidates: Iterable[DocumentInfo]) -> DocumentInfo | None:
        """One of several documents of one name: copies count as one, of several years the last one not after the source."""
        found = [other for other in candidates if other.row != source.row]
        if len(found) <= 1:
            return found[0] if found else None
        code = source.head.region_code
        near = [other for other in found if code and other.head.region_code == code]
        found = near or found
        if len({other.head.region_code for other in found if other.head.region_code}) > 1:
            return None
        day = _day(source)
        if day:
            found = [other for other in found if not (on := _day(other)) or on <= day] or found
        numbered = [other for other in found if other.head.doc_number] or found
        return max(numbered, key=lambda other: (_day(other) or "", -other.row))


def edges(corpus: Corpus) -> list[Edge]:
    """Every edge between the documents of a library and from them to documents outside it."""
    return edges_among(corpus.infos())


def edges_among(infos: Iterable[DocumentInfo], relations: Container[Relation] | None = None) -> list[Edge]:
    """The edges of some documents, or those of some relations; references of attached documents are those of the file around them."""
    known = list(infos)
    names = DocumentNames(known)
    unique: dict[tuple[int, int | None, Relation, str], Edge] = {}
    for info in known:
        own = {normalize_title(info.head.title), normalize_without_issuer(info.head.title)}
        for reference in info.head.based_on:
            if relations is not None and reference.relation not in relations:
                continue
            found = names.find(info, reference.title, reference.doc_number)
            if (
                found is not None
                and normalize_title(found.head.title) in own
                and reference.relation in ("依据", "贯彻", "引用", "转发")
            ):
                continue  # a copy of the document itself
            target = found.row if found is not None else None
            edge = Edge(info.row, target, reference.relation, reference.title, reference.doc_number, reference.span)
            unique.setdefault((edge.source, target, edge.relation, "" if target else normalize_title(edge.title)), edge)
    return list(unique.values())


def superseded(infos: Iterable[DocumentInfo]) -> dict[int, Superseded]:
    """For each document that others of the library repeal or revise, those acts; one pass over all documents.

    A draft repeals nothing yet, and a plan of work that means to revise a document has not revised it: the acting document has to
    be of the same matter or to say in its title that it changes something.
    """
    known = {info.row: info for info in infos}
    acts: dict[int, dict[Act, None]] = defaultdict(dict)
    for edge in edges_among(known.values(), ("废止", "修订")):
        if edge.target is None:
            continue
        source, target = known[edge.source], known[edge.target]
        title = source.head.title or source.source.rsplit("/", 1)[-1]
        if is_draft(title) or not _stands_above(source, target):
            continue
        if edge.relation == "修订" and not _revises(title, target.head.title):
            continue
        if edge.relation == "废止" and _is_heir(source, target) and not _is_former(source, target, edge.doc_number):
            continue
        acts[edge.target][Act(edge.relation, title, edge.source, _day(source))] = None
    return {row: Superseded(tuple(found)) for row, found in acts.items()}


def _revises(title: str, other: str | None) -> bool:
    return _CHANGING.search(title) is not None or work_title(title) == work_title(other)


def _is_heir(source: DocumentInfo, target: DocumentInfo) -> bool:
    """Whether the two are of one name: what a new 办法 repeals is its own former text, and the library may hold only the new one."""
    one, other = work_title(source.head.title), work_title(target.head.title)
    return bool(one and other) and (one.startswith(other) or other.startswith(one))


def _is_former(source: DocumentInfo, target: DocumentInfo, number: str | None) -> bool:
    if number and target.head.doc_number:
        return normalize_number(number) == normalize_number(target.head.doc_number)
    one, other = _day(target), _day(source)
    return bool(one and other and one < other)


def _stands_above(source: DocumentInfo, target: DocumentInfo) -> bool:
    own, other = source.head.region_code, target.head.region_code
    return not own or not other or own == "0" or other.startswith(own)


def _speaks_to(source: DocumentInfo, other: DocumentInfo, title: str) -> bool:
    """Whether a title alone can mean a document of that region: one above, its own, or one the title names."""
    code, own = other.head.region_code, source.head.region_code
    if code == "0" or (code and own and own.startswith(code)):
        return True
    if not code:
        # of unknown home: a law is known by its name, a 通知 of a common name is not
        return _OF_ITS_OWN.search(extract_name(title)) is not None or own is None
    division = gazetteer().by_code.get(code)
    if division is None:
        return False
    return division.short in title or division.name in title or (own is None and len(normalize_title(title)) >= _TELLING)


def _has_number(source: DocumentInfo, other: DocumentInfo, number: str) -> bool:
    """Whether a document may have a number: its own is the same, or it shows none and the number is not that of another region."""
    if other.head.doc_number:
        return normalize_number(other.head.doc_number) == number
    own = gazetteer().by_code.get(source.head.region_code or "")
    if own is None or own.level == "国家" or other.head.region_code == own.code:
        return True
    # 滨房公委发〔2022〕1号 begins with a character of the place that gave it
    return number[:1] not in own.short


def _day(info: DocumentInfo) -> str | None:
    year = year_of(info.head)
    return info.head.issued_on or info.head.published_on or (str(year) if year else None)
