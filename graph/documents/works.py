"""Works 文件沿革: what is one document in several files 副本, and its versions from the draft to the last revision, oldest first.

Copies are found by their texts and told apart by their heads: a yearly notice repeats the text of the year before, but not its
number. Pairs that texts and heads leave open are proposals, never facts; a person decides them by a correction.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal
from weakref import WeakKeyDictionary

from corpus.errors import StoreError
from corpus.store import Corpus, DocumentInfo
from graph.documents.names import normalize_number, normalize_title, normalize_without_issuer, work_title
from graph.documents.near_copies import METHOD, BandIndex, Hashes, hash_shingles, overlap, sign
from graph.documents.versions import Version, day_of, is_draft_info, mark_of_info, replaces_text, version_chains
from graph.lexicon import expand

Step = Literal["公布", "征求意见", "修订", "修正", "再版"]
COPY, EXCERPT = 0.86, 0.97
"""Parts of the shorter text that the longer one has too: of copies that share most of both, and of an excerpt of a longer text."""
ALIKE = 0.6
"""Part of all shingles of two texts that both have, for copies that are not excerpts."""
OPEN = 0.6
"""Part of the shorter text from which a pair is proposed to a person."""
SAME = 0.97
"""Part of all shingles that both have from which different days are those of page and text, not of two documents."""
DAYS_APART = 60
NOTE = re.compile(expand(r"[（(][^（()）]*{acts_of_history}[^（()）]*[)）]"))
_SERIAL = re.compile(expand(r"第?[{numerals_to_hundred}\d]+[{series}]|[上下]半年|\d+"))


@dataclass(frozen=True, slots=True)
class WorkVersion:
    """One version of a work: the document that stands for it, further files of the same text, and how it came about.

    ``label`` is what its title tells it from the others by (征求意见稿, 2023年修订), often nothing. ``on`` is the day of issue as far as known (a date or a year); ``evidence`` says in Chinese what the place in the chain rests on.
    """

    document: int
    copies: tuple[int, ...]
    title: str
    label: str
    on: str | None
    step: Step
    evidence: str

    @property
    def year(self) -> int | None:
        """The year it is of."""
        return int(self.on[:4]) if self.on else None


@dataclass(frozen=True, slots=True)
class Work:
    """One document through its versions, oldest first. ``id`` is the lowest row among its files."""

    id: int
    versions: tuple[WorkVersion, ...]

    @property
    def documents(self) -> tuple[int, ...]:
        """The rows of all its files."""
        return tuple(row for version in self.versions for row in (version.document, *version.copies))


@dataclass(frozen=True, slots=True)
class CopyProposal:
    """A pair of documents that may be one, with the shared part of the shorter text and what is left open."""

    document: int
    other: int
    overlap: float
    reason: str


@dataclass(frozen=True, slots=True)
class Works:
    """The works of a library, by the row of any of their files."""

    all: tuple[Work, ...]
    _of: Mapping[int, Work]
    _version: Mapping[int, WorkVersion]
    _replaced: Mapping[int, tuple[int, ...]]
    _proposals: tuple[CopyProposal, ...] = ()

    def of(self, row: int) -> Work:
        """The work a document belongs to."""
        return self._of[row]

    def version(self, row: int) -> WorkVersion:
        """The version of its work that a document is."""
        return self._version[row]

    def copies(self, row: int) -> tuple[int, ...]:
        """The other files of the same version."""
        version = self._version[row]
        return tuple(other for other in (version.document, *version.copies) if other != row)

    def representative(self, row: int) -> int:
        """The file that stands for a document and its copies: the one whose head says most."""
        return self._version[row].document

    def current(self, row: int, as_of: str) -> int:
        """The document whose text the work has on a day (ISO date): the last version that is out by then, drafts left aside."""
        out = [v for v in self._of[row].versions if v.step != "征求意见" and (v.on is None or v.on <= as_of)]
        return out[-1].document if out else self._version[row].document

    def replaced_by(self, row: int) -> tuple[int, ...]:
        """The versions that take the place of a document's text: the final text of a draft, the revision of a rule."""
        return self._replaced.get(self._version[row].document, ())

    def proposals(self) -> tuple[CopyProposal, ...]:
        """Pairs that a person has to decide."""
        return self._proposals


@dataclass(slots=True)
class _Kept:
    """What is known of a library's texts: overlaps of pairs stay true for as long as both documents are there."""

    bands: BandIndex = field(default_factory=BandIndex)
    overlaps: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    generation: int = -1
    works: Works | None = None


_known: WeakKeyDictionary[Corpus, _Kept] = WeakKeyDictionary()


def works(corpus: Corpus) -> Works:
    """The works of a library, worked out once a generation; after a change only texts that are new are compared."""
    kept = _known.setdefault(corpus, _Kept())
    generation = corpus.generation
    if kept.works is None or kept.generation != generation:
        kept.works, kept.generation = _find(corpus, kept), generation
    return kept.works


def _find(corpus: Corpus, kept: _Kept) -> Works:
    infos = {info.row: info for info in corpus.infos()}
    overlaps = _overlaps(corpus, infos, kept)
    said = _Said(corpus, infos)
    groups, proposals = _group(infos, overlaps, said)
    heads = {row: max(rows, key=lambda r: _telling(infos[r])) for rows in groups for row in rows}
    members = {heads[rows[0]]: tuple(r for r in rows if r != heads[rows[0]]) for rows in groups}
    words: dict[int, Hashes] = {}

    def likeness(one: DocumentInfo, other: DocumentInfo) -> float:
        pair = (min(one.row, other.row), max(one.row, other.row))
        if pair not in overlaps:
            for row, body in corpus.bodies([row for row in pair if row not in words]):
                words[row] = hash_shingles(body)
            overlaps[pair] = overlap(words[pair[0]], words[pair[1]])
        return overlaps[pair][0]

    chains = [list(chain) for chain in version_chains([infos[row] for row in members], likeness=likeness)]
    for chain in chains:
        for i, version in enumerate(chain):
            # one number, one document: texts that differ are an excerpt or a page with much around it
            same = tuple(
                r
                for r in version.copies
                if frozenset((r, version.document)) not in said.apart and _one_number(infos[r], infos[version.document])
            )
            members[version.document] += tuple(row for r in same for row in (r, *members.pop(r)))
            chain[i] = replace(version, copies=())
        if all(day_of(infos[version.document]) for version in chain):
            chain.sort(key=lambda version: (day_of(infos[version.document]) or "", not is_draft_info(infos[version.document])))
    chained = {version.document for chain in chains for version in chain}
    chains += [[_alone(infos[row])] for row in members if row not in chained]
    replaced = _replaced(chains, infos, members)
    _follow_persons(chains, replaced, said, heads)
    made = [_work(chain, infos, members, said) for chain in chains]
    of = {row: work for work in made for row in work.documents}
    by_row = {row: v for work in made for v in work.versions for row in (v.document, *v.copies)}
    return Works(tuple(sorted(made, key=lambda work: work.id)), of, by_row, replaced, proposals)


def _overlaps(corpus: Corpus, infos: Mapping[int, DocumentInfo], kept: _Kept) -> dict[tuple[int, int], tuple[float, float]]:
    """The exact overlaps of the pairs whose signatures are near; signatures that an older library lacks are made and stored."""
    signatures = corpus.signatures(METHOD)
    missing = {row: sign(body) for row, body in corpus.bodies(infos.keys() - signatures.keys())}
    if missing:
        signatures |= missing
        with suppress(StoreError):  # a library that cannot be written just now is read all the same
            corpus.put_signatures(METHOD, missing)
    kept.bands.update({row: data for row, data in signatures.items() if row in infos})
    fresh = kept.bands.pairs - kept.overlaps.keys()
    hashes = {row: hash_shingles(body) for row, body in corpus.bodies({row for pair in fresh for row in pair})}
    kept.overlaps = {pair: known for pair, known in kept.overlaps.items() if pair[0] in infos and pair[1] in infos}
    kept.overlaps |= {pair: overlap(hashes[pair[0]], hashes[pair[1]]) for pair in fresh}
    return kept.overlaps


class _Said:
    """What persons said of documents being copies or replacing each other, by row."""

    def __init__(self, corpus: Corpus, infos: Mapping[int, DocumentInfo]) -> None:
        self.copies: list[tuple[int, int]] = []
        self.apart: set[frozenset[int]] = set()
        self.replaced: list[tuple[int, int]] = []
        fields = ("copy_of", "not_copy_of", "replaces", "replaced_by")
        found = [c for c in corpus.corrections() if c.field in fields]
        if not found:
            return
        for info in infos.values():
            for correction in corpus.corrections_of(info.id, info.source, info.origin):
                if correction.field not in fields:
                    continue
                for other in _named(correction.value or (), infos):
                    pair = (info.row, other)
                    if correction.field == "copy_of":
                        self.copies.append(pair)
                    elif correction.field == "not_copy_of":
                        self.apart.add(frozenset(pair))
                    else:
                        self.replaced.append(pair if correction.field == "replaced_by" else (other, info.row))


def _named(values: Iterable[str], infos: Mapping[int, DocumentInfo]) -> list[int]:
    """The rows of the documents a person named by id or title."""
    wanted = set(values)
    return [info.row for info in infos.values() if info.id in wanted or info.head.title in wanted]


def _group(
    infos: Mapping[int, DocumentInfo], overlaps: Mapping[tuple[int, int], tuple[float, float]], said: _Said
) -> tuple[list[list[int]], tuple[CopyProposal, ...]]:
    """Documents in groups of copies, the surest pairs first; nothing joins two groups that hold documents told apart."""
    group: dict[int, list[int]] = {row: [row] for row in infos}
    proposals: list[CopyProposal] = []

    def join(one: int, other: int, apart: Callable[[int, int], bool]) -> bool:
        if group[one] is group[other]:
            return True
        if any(apart(a, b) for a in group[one] for b in group[other]):
            return False
        group[one].extend(group[other])
        for row in group[other]:
            group[row] = group[one]
        return True

    for one, other in said.copies:
        join(one, other, lambda a, b: False)
    told: dict[tuple[int, int], str | None] = {}

    def apart(one: int, other: int) -> bool:
        pair = (min(one, other), max(one, other))
        if pair not in told:
            told[pair] = _told_apart(infos[pair[0]], infos[pair[1]], overlaps.get(pair, (0.0, 0.0))[1])
        return frozenset(pair) in said.apart or told[pair] is not None

    for (one, other), (part, whole) in sorted(overlaps.items(), key=lambda item: (-item[1][1], item[0])):
        if part < OPEN or frozenset((one, other)) in said.apart:
            continue
        same_name = _same_name(infos[one], infos[other])
        sure = part >= COPY and (whole >= ALIKE or part >= EXCERPT) and (same_name or whole >= COPY)
        if sure and join(one, other, apart):
            continue
        if group[one] is group[other] or apart(one, other) or not (sure or same_name):
            continue
        proposals.append(
            CopyProposal(one, other, part, f"两份文件有{part:.0%}的文字相同，题名、文号和日期不足以断定是否为同一份。")
        )
    return [rows for row, rows in group.items() if rows[0] == row], tuple(proposals)


def _one_number(one: DocumentInfo, other: DocumentInfo) -> bool:
    numbers = {normalize_number(info.head.doc_number) for info in (one, other) if info.head.doc_number}
    return len(numbers) == 1 and bool(one.head.doc_number and other.head.doc_number)


def _told_apart(one: DocumentInfo, other: DocumentInfo, whole: float) -> str | None:
    """What shows that two documents of like texts are two: number, state, serial or year in the title, place, day."""
    a, b = one.head, other.head
    orders = "令" in (a.doc_number or "") and "令" in (b.doc_number or "") and whole >= COPY
    if a.doc_number and b.doc_number and normalize_number(a.doc_number) != normalize_number(b.doc_number) and not orders:
        return "文号不同"
    if is_draft_info(one) != is_draft_info(other):
        return "一份是征求意见稿"
    titled = a.title and b.title and not ({"title"} & (a.inferred | b.inferred))
    if a.title and b.title and _serials(a.title) != _serials(b.title) and (titled or (_serials(a.title) and _serials(b.title))):
        return "标题中的批次或年份不同"
    if a.region_code and b.region_code and a.region_code != b.region_code and not ({"region"} & (a.inferred | b.inferred)):
        return "地区不同"
    dates = [{enactment.on for enactment in head.history} for head in (a, b)]
    if a.history and b.history and a.history[-1].on not in dates[1] and b.history[-1].on not in dates[0]:
        return "文本的修正日期不同"
    days = day_of(one), day_of(other)
    if days[0] and days[1] and _far(days[0], days[1]) and whole < SAME and not (a.history or b.history):
        return "日期不同"
    return None


def _far(one: str, other: str) -> bool:
    days = dt.date.fromisoformat(one), dt.date.fromisoformat(other)
    return abs((days[0] - days[1]).days) > DAYS_APART


def _serials(title: str) -> tuple[str, ...]:
    """The numbers in a title by which its editions differ; those of a note on its adoption are none."""
    bare = NOTE.sub("", "".join(title.split()))
    return tuple(re.sub(r"\D", "", found) or found for found in _SERIAL.findall(bare))


def _same_name(one: DocumentInfo, other: DocumentInfo) -> bool:
    names = [
        {normalize_title(i.head.title), normalize_without_issuer(i.head.title) or "", work_title(i.head.title)} - {""}
        for i in (one, other)
    ]
    return bool(names[0] & names[1]) or any(
        len(a) >= 8 and len(b) >= 8 and (a in b or b in a) for a in names[0] for b in names[1]
    )


def _telling(info: DocumentInfo) -> tuple[bool, bool, bool, int]:
    head = info.head
    return bool(head.doc_number), bool(head.issued_on), "title" not in head.inferred, -info.row


def _alone(info: DocumentInfo) -> Version:
    return Version(info.row, info.head.title or info.source, None, mark_of_info(info), info.head.doc_number)


def _replaced(
    chains: Iterable[list[Version]], infos: Mapping[int, DocumentInfo], members: Mapping[int, tuple[int, ...]]
) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for chain in chains:
        for i, version in enumerate(chain):
            later = [infos[v.document] for v in chain[i + 1 :] if replaces_text(infos[v.document], infos[version.document])]
            if later:
                found[version.document] = tuple(info.row for info in later)
    return found


def _follow_persons(
    chains: list[list[Version]], replaced: dict[int, tuple[int, ...]], said: _Said, heads: Mapping[int, int]
) -> None:
    """Chains joined where a person says that one document takes the place of another."""
    for old, new in said.replaced:
        one, other = (next(chain for chain in chains if any(v.document == heads[row] for v in chain)) for row in (old, new))
        if one is not other:
            one.extend(other)
            chains.remove(other)
        replaced[heads[old]] = (heads[new], *(row for row in replaced.get(heads[old], ()) if row != heads[new]))


def _work(chain: list[Version], infos: Mapping[int, DocumentInfo], members: Mapping[int, tuple[int, ...]], said: _Said) -> Work:
    by_person = {row for pair in said.replaced for row in pair}
    found = []
    for i, version in enumerate(chain):
        info = infos[version.document]
        copies = members.get(version.document, ())
        on = day_of(info) or (str(version.year) if version.year else None)
        on = on or next((day for row in copies if (day := infos[row].head.issued_on or infos[row].head.published_on)), None)
        step: Step = "公布"
        if is_draft_info(info):
            step = "征求意见"
        elif info.head.history and info.head.history[-1].act in ("修订", "修正"):
            step = "修订" if info.head.history[-1].act == "修订" else "修正"
        elif "修订" in version.mark or "修正" in version.mark:
            step = "修正" if "修正" in version.mark else "修订"
        elif any(not is_draft_info(infos[earlier.document]) for earlier in chain[:i]):
            step = "再版"
        why = "由人指明" if version.document in by_person else "题名、地区相同" if len(chain) > 1 else "只有这一个版本"
        if copies:
            why += f"；另有{len(copies)}份文字相同的文件"
        found.append(WorkVersion(version.document, copies, version.title, version.mark, on, step, why + "。"))
    rows = [row for version in found for row in (version.document, *version.copies)]
    return Work(min(rows), tuple(found))
