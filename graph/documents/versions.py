"""Versions 版本: the states of one document (征求意见稿, 试行, 修订, the plan of each year) as a chain, oldest first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from corpus.document import HeadMatter
from corpus.folding import fold
from corpus.store import Corpus, DocumentInfo, year_of
from graph.documents.names import find_version_mark, is_draft, names_a_document, normalize_number, work_title
from graph.lexicon import expand

SAME_TEXT, SAME_WORK = 0.8, 0.3
"""The share of the words of the shorter text that the longer one has too: of copies, and of two states of one work."""
_YEARS = re.compile(r"(?:19|20)\d\d(?=年|版|[)）])")
_EDITION = re.compile(expand(r"{revising}|[版本]$"))
_TRIAL = re.compile(expand(r"{trials}"))
_SAMPLE = 6000
_SHORTEST = 6
Likeness = Callable[[DocumentInfo, DocumentInfo], float]


@dataclass(frozen=True, slots=True)
class Version:
    """A document in a chain of versions, with what tells it from the others; ``copies`` are the rows of further copies of it."""

    document: int
    title: str
    year: int | None
    mark: str
    number: str | None = None
    copies: tuple[int, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether it is a draft 征求意见稿."""
        return is_draft(self.title) or self.mark in ("征求意见稿", "草案")

    @property
    def is_edition(self) -> bool:
        """Whether it says of itself that it takes the place of a former one 修订, 2023年版."""
        return not self.is_draft and _EDITION.search(self.mark) is not None


def versions(corpus: Corpus) -> list[tuple[Version, ...]]:
    """The chains of a library; two documents of one name count as copies where their texts are the same."""
    kept: dict[int, frozenset[str]] = {}

    def words(info: DocumentInfo) -> frozenset[str]:
        if info.row not in kept:
            text = re.sub(r"\s", "", fold(corpus.text(info.row)))[:_SAMPLE]
            kept[info.row] = frozenset(text[i : i + 4] for i in range(len(text) - 3))
        return kept[info.row]

    def likeness(one: DocumentInfo, other: DocumentInfo) -> float:
        small, large = sorted((words(one), words(other)), key=len)
        return len(small & large) / len(small) if small else 1.0

    return version_chains(corpus.infos(), likeness=likeness)


def version_chains(infos: Iterable[DocumentInfo], *, likeness: Likeness | None = None) -> list[tuple[Version, ...]]:
    """Chains of versions: same work, same region, another year, state or text. Single documents and mere copies make no chain.

    ``likeness`` says from 0 to 1 how much of the shorter text the longer one has; without it, documents that nothing in their head
    matter tells apart are taken for copies.
    """
    works: dict[str, dict[str | None, list[DocumentInfo]]] = defaultdict(lambda: defaultdict(list))
    for info in infos:
        work = work_title(info.head.title)
        if len(work) >= _SHORTEST and names_a_document(info.head.title):
            works[work][info.head.region_code or info.head.region].append(info)
    chains = []
    for by_region in works.values():
        strays = by_region.pop(None, [])
        for group in [*by_region.values(), []]:
            # a document that does not say where it is from has to show by its text that it is the same work
            group += [info for info in strays if likeness and all(likeness(info, other) >= SAME_WORK for other in group)]
            strays = [info for info in strays if info not in group]
            found = _without_copies(sorted(group, key=lambda info: info.row), likeness) if len(group) > 1 else []
            if len({(version.year, version.mark, version.number) for version in found}) > 1 and not _beside(found):
                chains.append(_ordered(found))
    return sorted(chains, key=lambda chain: chain[0].document)


def _beside(found: Sequence[Version]) -> bool:
    """Several notices of one name in one year, each with a number of its own, stand beside each other."""
    return len({(version.year, version.mark) for version in found}) == 1 and all(version.number for version in found)


def _without_copies(group: Sequence[DocumentInfo], likeness: Likeness | None) -> list[Version]:
    sets: list[list[DocumentInfo]] = []
    for info in group:
        for members in sets:
            if _are_copies(members[0], info, likeness):
                members.append(info)
                break
        else:
            sets.append([info])
    out = []
    for members in sets:
        best = max(members, key=lambda info: (bool(info.head.doc_number), bool(_day(info.head)), -info.row))
        rest = tuple(info.row for info in members if info.row != best.row)
        title = best.head.title or best.source
        out.append(Version(best.row, title, _year(best.head), _mark(best), best.head.doc_number, rest))
    return out


def _are_copies(one: DocumentInfo, other: DocumentInfo, likeness: Likeness | None) -> bool:
    if one.head.doc_number and other.head.doc_number:
        return normalize_number(one.head.doc_number) == normalize_number(other.head.doc_number)
    years = {_in_title(one.head.title), _in_title(other.head.title)}
    if _mark(one) != _mark(other) or (len(years) > 1 and None not in years):
        return False
    if likeness is None:
        days = {_year(one.head), _year(other.head)}
        return len(days) == 1 or None in days
    return likeness(one, other) >= (SAME_WORK if _mark(one) == "征求意见稿" else SAME_TEXT)


def _ordered(found: list[Version]) -> tuple[Version, ...]:
    """By year where all have one, else by what they say of themselves; a draft comes before what it became."""

    def rank(version: Version) -> int:
        return 0 if version.is_draft else 1 if _TRIAL.search(version.mark) else 3 if version.is_edition else 2

    if all(version.year for version in found):
        return tuple(sorted(found, key=lambda v: (v.year or 0, rank(v), v.document)))
    return tuple(sorted(found, key=lambda v: (rank(v), v.year or 0, v.document)))


def replaced(chains: Iterable[Sequence[Version]]) -> dict[int, Version]:
    """For each version that a later one takes the place of, that one: the text behind a draft, the edition behind a former one.

    The plans of two years stand beside each other; so do two notices of one name.
    """
    out: dict[int, Version] = {}
    for chain in chains:
        for i, version in enumerate(chain):
            later = [other for other in chain[i + 1 :] if not other.is_draft]
            if version.is_draft:
                nearest = [other for other in later if not (version.year and other.year) or 0 <= other.year - version.year <= 2]
                follower = nearest[0] if nearest else None
            else:
                follower = next((other for other in reversed(later) if other.is_edition), None)
            if follower is not None:
                out.update(dict.fromkeys((version.document, *version.copies), follower))
    return out


def _mark(info: DocumentInfo) -> str:
    if info.head.status and is_draft(info.head.status):
        return "征求意见稿"
    return find_version_mark(info.head.title)


def _year(head: HeadMatter) -> int | None:
    return _in_title(head.title) or year_of(head)


def _in_title(title: str | None) -> int | None:
    years = _YEARS.findall(title or "")
    return int(years[-1]) if years else None


def _day(head: HeadMatter) -> str | None:
    return head.issued_on or head.published_on
