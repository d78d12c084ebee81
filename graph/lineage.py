"""Lineage 文件渊源: who rests on whom among the documents of a library and beyond, and the versions of one document.

An edge leads from the naming document to the named one. A title or document number that fits a document of the library makes an
edge inside it; what fits none is kept as an edge to the outside, by its title.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.document import HeadMatter, Relation
from corpus.folding import fold
from corpus.store import Corpus, DocumentInfo, year_of

_LEADING_ISSUER = re.compile(r"^.{2,40}?(?:关于(?:印发|转发|批转|发布|公布|下发)|印发|转发)[《<〈]?")
_TRAILING = re.compile(r"(?:的(?:通知|意见|公告|函|决定|批复|通告))$")
_STATE = re.compile(
    r"[(（](?:征求意见稿|试行|暂行|草案|送审稿|修订|修正|修订稿|修订版|20\d\d年(?:修订|修正|版|本)|\d{4}年?版?)[)）]"
)
_YEAR = re.compile(r"(?:19|20)\d\d年?(?:[-—–~至到]{1,2}(?:19|20)\d\d年?)?|“?十[一二三四五六]五”?")
_MARKS = re.compile(r"[“”‘’\"'《》〈〉<>()（）\[\]【】〔〕,，。、;；:：·—\-\s]")
_NUMBER = re.compile(r"[\[〔(（【﹝]\s*(\d{4})\s*[\]〕)）】﹞]\s*(?:第)?\s*(\d+)\s*号")
_REVISION = re.compile(r"修订|修正|修改")


@dataclass(frozen=True, slots=True)
class Edge:
    """One document names another. ``target`` is the row of a document of the library, None for one outside it."""

    source: int
    target: int | None
    relation: Relation
    title: str
    doc_number: str | None = None

    @property
    def outside(self) -> bool:
        """Whether the named document is not in the library."""
        return self.target is None


@dataclass(frozen=True, slots=True)
class Version:
    """A document in a chain of versions, oldest first, with what tells it from the others."""

    document: int
    title: str
    year: int | None
    mark: str


@dataclass(frozen=True, slots=True)
class Superseded:
    """The titles of the documents that repeal 废止 and that revise 修订 a document."""

    repealed_by: tuple[str, ...] = ()
    revised_by: tuple[str, ...] = ()


def normal_title(title: str | None) -> str:
    """A title freed of marks, of the issuer in front (…关于印发) and of 的通知 behind: the name other documents use."""
    text = (title or "").strip()
    quoted = re.search(r"《([^《》]{4,120})》", text)
    if quoted and _LEADING_ISSUER.match(text):
        text = quoted[1]
    else:
        stripped = _LEADING_ISSUER.sub("", text)
        text = stripped if len(stripped) >= 6 else text
    return _TRAILING.sub("", _MARKS.sub("", fold(text)))


def normal_number(number: str | None) -> str:
    """A document number in one form: ``某政发[2022] 12号`` and ``某政发〔2022〕12号`` are one."""
    text = fold(number or "")
    match = _NUMBER.search(text)
    return f"{_MARKS.sub('', text[: match.start()])}{match[1]}-{int(match[2])}" if match else _MARKS.sub("", text)


def work_title(title: str | None) -> str:
    """What the versions of one document have in common: the normal title without year, period and state (征求意见稿, 修订)."""
    text = _YEAR.sub("", _STATE.sub("", title or ""))
    return re.sub(r"^(?:年度|年)", "", normal_title(text))


def edges(corpus: Corpus) -> list[Edge]:
    """Every edge between the documents of a library and from them to documents outside it."""
    return edges_among(corpus.infos())


def edges_among(infos: Iterable[DocumentInfo]) -> list[Edge]:
    """The edges of some documents; references of attached documents are those of the file that holds them."""
    known = list(infos)
    by_title: dict[str, list[DocumentInfo]] = defaultdict(list)
    by_number: dict[str, list[DocumentInfo]] = defaultdict(list)
    for info in known:
        for title in {normal_title(info.head.title), normal_title(re.sub(r"^.{2,20}?关于", "关于", info.head.title or ""))}:
            if len(title) >= 5:
                by_title[title].append(info)
        if info.head.doc_number:
            by_number[normal_number(info.head.doc_number)].append(info)
    out: list[Edge] = []
    for info in known:
        for reference in info.head.based_on:
            found = _match(info, reference.title, reference.doc_number, by_title, by_number)
            out.append(Edge(info.row, found, reference.relation, reference.title, reference.doc_number))
    unique = {(edge.source, edge.target, edge.relation, normal_title(edge.title)): edge for edge in out}
    return list(unique.values())


def superseded(infos: Iterable[DocumentInfo]) -> dict[int, Superseded]:
    """For each document that others of the library repeal or revise, the titles of those; one pass over all documents."""
    known = list(infos)
    titles = {info.row: info.head.title or info.source for info in known}
    acting: dict[int, dict[str, dict[str, None]]] = defaultdict(lambda: {"废止": {}, "修订": {}})
    for edge in edges_among(known):
        if edge.target is not None and edge.relation in ("废止", "修订"):
            acting[edge.target][edge.relation][titles[edge.source]] = None
    return {row: Superseded(tuple(found["废止"]), tuple(found["修订"])) for row, found in acting.items()}


def version_chains(infos: Iterable[DocumentInfo]) -> list[tuple[Version, ...]]:
    """Chains of versions: same work, same region, another year or state; oldest first. Single documents make no chain."""
    works: dict[tuple[str, str | None], list[DocumentInfo]] = defaultdict(list)
    for info in infos:
        work = work_title(info.head.title)
        if len(work) >= 6:
            works[work, info.head.region_code or info.head.region].append(info)
    chains: list[tuple[Version, ...]] = []
    for group in works.values():
        versions = [Version(info.row, info.head.title or info.source, _year(info.head), _mark(info.head)) for info in group]
        if len({(version.year, version.mark) for version in versions}) > 1:
            chains.append(
                tuple(sorted(versions, key=lambda version: (version.year or 0, "征求" not in version.mark, version.document)))
            )
    return sorted(chains, key=lambda chain: chain[0].document)


def _match(
    info: DocumentInfo,
    title: str,
    number: str | None,
    by_title: dict[str, list[DocumentInfo]],
    by_number: dict[str, list[DocumentInfo]],
) -> int | None:
    if number:
        found = [other for other in by_number.get(normal_number(number), ()) if other.row != info.row]
        if len(found) == 1:
            return found[0].row
    found = [other for other in by_title.get(normal_title(title), ()) if other.row != info.row]
    if len(found) == 1:
        return found[0].row
    if len(found) > 1:
        # several documents of one name: the one of the same region, else undecided
        near = [other for other in found if other.head.region_code and other.head.region_code == info.head.region_code]
        return near[0].row if len(near) == 1 else None
    return None


def _year(head: HeadMatter) -> int | None:
    years = re.findall(r"(?:19|20)\d\d(?=年)", head.title or "")
    return int(years[-1]) if years else year_of(head)


def _mark(head: HeadMatter) -> str:
    title = head.title or ""
    state = _STATE.search(title)
    if state:
        return state.group().strip("()（）")
    if _REVISION.search(title):
        return "修订"
    years = _YEAR.search(title)
    return years.group() if years else ""
