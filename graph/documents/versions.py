"""Versions 版本: the states of one document (征求意见稿, 试行, 修订, the plan of each year) as a chain, oldest first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from corpus.document import HeadMatter
from corpus.store import DocumentInfo, year_of
from graph.documents.names import extract_name, find_version_mark, is_draft, names_a_document, normalize_number, work_title
from graph.lexicon import expand

SAME_TEXT, SAME_WORK = 0.8, 0.3
"""The share of the words of the shorter text that the longer one has too: of copies, and of two states of one work."""
_YEARS = re.compile(r"(?:19|20)\d\d(?=年|版|[)）])")
_EDITION = re.compile(expand(r"{revising}|[版本]$"))
_RULES = re.compile(expand(r"{kinds_of_regulations}(?:[（(][^（()）]{1,12}[)）])?$"))
_PLANS = re.compile(expand("{names_of_plans}"))
_DRAFT_FILE = re.compile(expand("{draft_files}"))
_DATED_FILE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?=_)")
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


def version_chains(infos: Iterable[DocumentInfo], *, likeness: Likeness | None = None) -> list[tuple[Version, ...]]:
    """Chains of versions: same work, same region, another year, state or text. Single documents and mere copies make no chain.

    ``likeness`` says from 0 to 1 how much of the shorter text the longer one has; without it, documents that nothing in their head
    matter tells apart are taken for copies.
    """
    works: dict[str, dict[str | None, list[DocumentInfo]]] = defaultdict(lambda: defaultdict(list))
    for info in infos:
        if work := title_of_versions(info):
            works[work][region_of_versions(info)].append(info)
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


def title_of_versions(info: DocumentInfo) -> str | None:
    """The title that the versions of a document's work share; None for what has no versions."""
    work = work_title(info.head.title)
    return work if len(work) >= _SHORTEST and names_a_document(info.head.title) else None


def region_of_versions(info: DocumentInfo) -> str | None:
    """What tells works of one title in several places apart."""
    return info.head.region_code or info.head.region


def _beside(found: Sequence[Version]) -> bool:
    """Whether these are separate notices of one name and year, each with its own document number, and so no versions."""
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
        out.append(Version(best.row, title, _year(best.head), mark_of_info(best), best.head.doc_number, rest))
    return out


def _are_copies(one: DocumentInfo, other: DocumentInfo, likeness: Likeness | None) -> bool:
    if one.head.doc_number and other.head.doc_number:
        return normalize_number(one.head.doc_number) == normalize_number(other.head.doc_number)
    years = {_in_title(one.head.title), _in_title(other.head.title)}
    if mark_of_info(one) != mark_of_info(other) or (len(years) > 1 and None not in years):
        return False
    if likeness is None:
        days = {_year(one.head), _year(other.head)}
        return len(days) == 1 or None in days
    return likeness(one, other) >= (SAME_WORK if mark_of_info(one) == "征求意见稿" else SAME_TEXT)


def _ordered(found: list[Version]) -> tuple[Version, ...]:
    """By year where all have one, else by what they say of themselves; a draft comes before what it became."""

    def rank(version: Version) -> int:
        return 0 if version.is_draft else 1 if _TRIAL.search(version.mark) else 3 if version.is_edition else 2

    if all(version.year for version in found):
        return tuple(sorted(found, key=lambda v: (v.year or 0, rank(v), v.document)))
    return tuple(sorted(found, key=lambda v: (rank(v), v.year or 0, v.document)))


def replaces_text(later: DocumentInfo, former: DocumentInfo) -> bool:
    """Whether a later version of one work takes the place of a former one: the text behind a draft, the revision of a rule.

    The plans of two years stand beside each other; so do two notices of one name, unless the later one says that it revises.
    """
    if is_draft_info(later):
        return False
    years = _year(former.head), _year(later.head)
    if is_draft_info(former):
        return not (years[0] and years[1]) or 0 <= years[1] - years[0] <= 2
    days = day_of(former), day_of(later)
    if days[0] and days[1] and days[0] >= days[1]:
        return False
    edition = _EDITION.search(mark_of_info(later)) is not None or any(e.act == "修订" for e in later.head.history)
    if edition and not (_in_title(later.head.title) and _PLANS.search(later.head.title or "")):
        return True
    return bool(days[0] and days[1]) and _RULES.search(extract_name(later.head.title)) is not None


def is_draft_info(info: DocumentInfo) -> bool:
    """Whether a document is a draft by its title or by what it says of its state."""
    return (
        is_draft(info.head.title)
        or mark_of_info(info) == "征求意见稿"
        or _DRAFT_FILE.search(info.source.rsplit("/", 1)[-1]) is not None
    )


def day_of(info: DocumentInfo) -> str | None:
    """The day a document is of: of issue or publication, else the date that its file name begins with."""
    written = _DATED_FILE.match(info.source.rsplit("/", 1)[-1])
    return info.head.issued_on or info.head.published_on or (written.group() if written else None)


def mark_of_info(info: DocumentInfo) -> str:
    """What tells a document from the other versions of its work."""
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
