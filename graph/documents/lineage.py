"""Lineage 文件渊源: which documents are based on, repeal or revise which others, inside the library and outside it.

An edge leads from the naming document to the named one. A number or a title that fits one document of the library makes an edge
inside it; what fits none is kept as an edge to the outside, by its title.
"""

from __future__ import annotations

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from corpus.divisions import gazetteer
from corpus.document import Relation, Span
from corpus.store import Corpus, DocumentInfo, Heads, View, ViewPart, year_of
from graph.documents.names import (
    extract_name,
    normalize_number,
    normalize_title,
    normalize_without_issuer,
    normalize_without_trial,
)
from graph.documents.numbers import DocumentNumber, parse_number
from graph.lexicon import expand

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
class NamesOfDocument:
    """What others may call a document: its normal title, that without issuer or 试行, its number, year and serial of that."""

    title: str | None
    bare: tuple[str, ...]
    written: str | None
    number: tuple[int | None, int | None] | None

    @property
    def all(self) -> set[object]:
        """All of them, as ``names_asked`` gives those that a document is asked for by."""
        return {name for name in (*self.bare, self.title, self.written, self.number) if name is not None}


def names_of(info: DocumentInfo) -> NamesOfDocument:
    """What others may call a document."""
    title = info.head.title
    own = normalize_title(title)
    bare = (normalize_without_issuer(title), normalize_without_trial(title))
    number = parse_number(info.head.doc_number) if info.head.doc_number else None
    return NamesOfDocument(
        own if len(own) >= _SHORTEST else None,
        tuple(name for name in bare if name is not None and len(name) >= _SHORTEST),
        normalize_number(info.head.doc_number) if info.head.doc_number else None,
        _key(number) if number is not None and number.serial is not None else None,
    )


def names_asked(title: str | None, number: DocumentNumber | None) -> set[object]:
    """What ``DocumentNames.find_all`` looks for: a document that has none of these names is not found."""
    asked = (normalize_title(title), normalize_without_issuer(title)) if title else ()
    return {name for name in (*asked, _key(number) if number is not None else None) if name is not None}


class NamingDocuments(ViewPart):
    """Which documents name others by which names: whose words have to be resolved anew when documents of those names come or go."""

    def __init__(self) -> None:
        self._naming: dict[object, set[int]] = defaultdict(set)
        self._names: dict[int, set[object]] = defaultdict(set)

    def note(self, row: int, names: set[object]) -> None:
        """Note that a document names others by some names."""
        self._names[row] |= names
        for name in names:
            self._naming[name].add(row)

    def forget(self, row: int) -> None:
        """Forget what a document names."""
        for name in self._names.pop(row, ()):
            self._naming[name].discard(row)
            if not self._naming[name]:
                del self._naming[name]

    def naming(self, infos: Iterable[DocumentInfo]) -> set[int]:
        """The documents that name one of some."""
        return {row for info in infos for name in names_of(info).all for row in self._naming.get(name, ())}


class DocumentNames(View):
    """Index of the documents of a library by title and document number; those of one name in the order they came."""

    def __init__(self, corpus: Corpus | None = None) -> None:
        self._by_title: dict[str, list[DocumentInfo]] = defaultdict(list)
        self._by_bare: dict[str, list[DocumentInfo]] = defaultdict(list)
        self._by_number: dict[str, list[DocumentInfo]] = defaultdict(list)
        self._by_parsed: dict[tuple[int | None, int | None], list[DocumentInfo]] = defaultdict(list)

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out and in, by their titles and numbers."""
        for info in gone.values():
            for index, key in self._places(info):
                index[key].remove(info)
                if not index[key]:
                    del index[key]
        for info in come.values():
            for index, key in self._places(info):
                insort(index[key], info, key=_row)

    def _places(self, info: DocumentInfo) -> Iterator[tuple[dict[Any, list[DocumentInfo]], Any]]:
        """Where a document is filed."""
        names = names_of(info)
        if names.title is not None:
            yield self._by_title, names.title
        yield from ((self._by_bare, name) for name in names.bare)
        if names.written is not None:
            yield self._by_number, names.written
        if names.number is not None:
            yield self._by_parsed, names.number

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

    def find_all(self, source: DocumentInfo, title: str | None, number: DocumentNumber | None) -> list[DocumentInfo]:
        """Every document that ``source`` may mean by a title and a number: several files and versions may bear them.

        One with another number is not meant, nor one of another place, unless the number is the very one.
        """
        found: dict[int, DocumentInfo] = {}
        asked = normalize_title(title) if title else ""
        for info in self._by_parsed.get(_key(number), ()) if number is not None else ():
            own = normalize_title(info.head.title)
            if number is None or not self.has_number(info, number):
                continue
            if not asked or not own or asked in own or own in asked or _resembles(asked, own):
                found[info.row] = info
        if asked and len(asked) >= _SHORTEST and title:
            bare = normalize_without_issuer(title)
            named_so = [
                *self._by_title.get(asked, ()),
                *self._by_bare.get(asked, ()),
                *(self._by_title.get(bare, ()) if bare else ()),
            ]
            for info in named_so:
                if (
                    number is not None
                    and (own_number := parse_number(info.head.doc_number or ""))
                    and not _same_number(own_number, number)
                ):
                    continue
                if _speaks_to(source, info, title):
                    found.setdefault(info.row, info)
        found.pop(source.row, None)
        return list(found.values())

    def has_number(self, info: DocumentInfo, number: DocumentNumber) -> bool:
        """Whether a document bears this number."""
        own = parse_number(info.head.doc_number) if info.head.doc_number else None
        return own is not None and _same_number(own, number)

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


_row = attrgetter("row")


def _key(number: DocumentNumber) -> tuple[int | None, int | None]:
    return number.year, number.serial


def _same_number(one: DocumentNumber, other: DocumentNumber) -> bool:
    """Whether two numbers are one; the agency of a number in running text may have other words in front."""
    return _key(one) == _key(other) and (one.agency.endswith(other.agency) or other.agency.endswith(one.agency))


def _resembles(one: str, other: str) -> bool:
    pairs = [{name[i : i + 2] for i in range(len(name) - 1)} for name in (one, other)]
    return len(pairs[0] & pairs[1]) >= 0.5 * min(len(pairs[0]), len(pairs[1]))


class Citations(View):
    """The edges from each document to those it names, and by whom each is named."""

    def __init__(self, corpus: Corpus) -> None:
        self._names = corpus.view(DocumentNames)
        self._naming = NamingDocuments()
        self._infos: dict[int, DocumentInfo] = {}
        self.edges: dict[int, list[Edge]] = {}
        """By the naming document; one that names none is not there."""
        self.cited: dict[int, set[int]] = defaultdict(set)
        """The documents that name one, by its row."""

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out and in, and resolve anew what names them."""
        touched = {*gone, *come}
        if self._infos:
            touched |= self._naming.naming((*gone.values(), *come.values()))
        for row in touched:
            self._naming.forget(row)
            for edge in self.edges.pop(row, ()):
                if edge.target is not None:
                    self.cited[edge.target].discard(row)
        for row in gone:
            del self._infos[row]
            if row not in come:
                self.cited.pop(row, None)
        self._infos.update(come)
        for row in touched & self._infos.keys():
            info = self._infos[row]
            for reference in info.head.based_on:
                written = {normalize_number(reference.doc_number)} if reference.doc_number else set()
                self._naming.note(row, names_asked(reference.title, None) | written)
            if found := _edges_of(info, self._names, None):
                self.edges[row] = found
                for edge in found:
                    if edge.target is not None:
                        self.cited[edge.target].add(row)


def edges(corpus: Corpus) -> list[Edge]:
    """Every edge between the documents of a library and from them to documents outside it."""
    known = corpus.view(Citations).edges
    return [edge for row in sorted(known) for edge in known[row]]


def edges_among(infos: Iterable[DocumentInfo], relations: Container[Relation] | None = None) -> list[Edge]:
    """The edges of some documents, or those of some relations; references of attached documents are those of the file around them."""
    known = list(infos)
    names = DocumentNames()
    names.take({}, {info.row: info for info in known})
    return [edge for info in known for edge in _edges_of(info, names, relations)]


def _edges_of(info: DocumentInfo, names: DocumentNames, relations: Container[Relation] | None) -> list[Edge]:
    """The edges from one document."""
    unique: dict[tuple[int | None, Relation, str], Edge] = {}
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
        unique.setdefault((target, edge.relation, "" if target else normalize_title(edge.title)), edge)
    return list(unique.values())


def _speaks_to(source: DocumentInfo, other: DocumentInfo, title: str) -> bool:
    """Whether a title without a number can mean a document of that region: a region above, its own, or one in the title."""
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
