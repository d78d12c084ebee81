"""Works 文件沿革: what is one document in several files 副本, and its versions from the draft to the last revision, oldest first.

Copies are found by their texts and told apart by their heads: a yearly notice repeats the text of the year before, but not its
number. Pairs that texts and heads leave open are proposals, never facts; a person decides them by a correction.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeVar

from corpus.corrections import Correction
from corpus.errors import StoreError
from corpus.store import Corpus, DocumentInfo, Heads, View, ViewPart
from graph.documents.kept_readings import KeptReadings, mark_text, version_of
from graph.documents.names import normalize_number, normalize_title, normalize_without_issuer, work_title
from graph.documents.near_copies import METHOD, BandIndex, Hashes, hash_shingles, overlap, sign
from graph.documents.versions import (
    Version,
    day_of,
    is_draft_info,
    mark_of_info,
    region_of_versions,
    replaces_text,
    title_of_versions,
    version_chains,
)
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
DAYS_KEPT = 8
_READ_BY = ("graph.documents/near_copies.py", "corpus/folding.py", "corpus/store/signatures.py")
"""Files of the program that decide how texts are compared."""
_OF_OTHERS = ("copy_of", "not_copy_of", "replaces", "replaced_by")
"""Corrections that say something of two documents."""
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


class Works(View):
    """The works of a library, by the row of any of their files.

    Documents are related where their texts may be near copies, where their titles name one work, or where a person said something
    of both. What is related directly or through others is worked out together, and only that is worked out anew after a change.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._infos: dict[int, DocumentInfo] = {}
        self._bands = BandIndex()
        self._overlaps: dict[int, dict[int, tuple[float, float]]] = defaultdict(dict)
        """Exact overlaps of texts, by either document: true for as long as both are there."""
        self._kept: KeptReadings[tuple[float, float]] | None = None
        """Overlaps that another process worked out; looked at while all documents are taken in at first."""
        self._said = _Said(corpus)
        self._names = _WorkTitles()
        self._related: dict[int, frozenset[int]] = {}
        """The documents worked out together, by each of them; one that is alone is not among them."""
        self._of: dict[int, Work] = {}
        self._version: dict[int, WorkVersion] = {}
        self._replaced: dict[int, tuple[int, ...]] = {}
        self._proposed: dict[int, tuple[CopyProposal, ...]] = {}
        """Proposals by the lowest row of what was worked out together."""
        self._behind: dict[str, tuple[frozenset[int], set[int]]] = {}
        """By day the documents behind others, and those of which that has to be found anew."""
        self.several: set[int] = set()
        """Documents whose work has more than one file."""
        self.renewed: frozenset[int] = frozenset()
        """The documents whose works were worked out anew at the last change, those that went included."""

    @property
    def all(self) -> list[Work]:
        """Every work, by id."""
        return sorted({(work := self.of(row)).id: work for row in self._infos}.values(), key=lambda work: work.id)

    def of(self, row: int) -> Work:
        """The work a document belongs to."""
        return self._of.get(row) or _work([_alone(self._infos[row])], self._infos, {}, NOTHING_SAID)

    def version(self, row: int) -> WorkVersion:
        """The version of its work that a document is."""
        return self._version.get(row) or self.of(row).versions[0]

    def copies(self, row: int) -> tuple[int, ...]:
        """The other files of the same version."""
        version = self._version.get(row)
        return tuple(other for other in (version.document, *version.copies) if other != row) if version else ()

    def representative(self, row: int) -> int:
        """The file that stands for a document and its copies: the one whose head says most."""
        return self._version[row].document if row in self._version else row

    def current(self, row: int, as_of: str) -> int:
        """The document whose text the work has on a day (ISO date): the last version that is out by then, drafts left aside."""
        out = [v for v in self.of(row).versions if v.step != "征求意见" and (v.on is None or v.on <= as_of)]
        return out[-1].document if out else self.representative(row)

    def replaced_by(self, row: int) -> tuple[int, ...]:
        """The versions that take the place of a document's text: the final text of a draft, the revision of a rule."""
        return self._replaced.get(self.representative(row), ())

    def front(self, row: int, as_of: str) -> int:
        """The document whose text holds in place of another one's on a day: its representative, the last version that replaced it."""
        newer = [r for r in self.replaced_by(row) if (on := self.version(r).on) is None or on <= as_of]
        return self.representative(newer[-1] if newer else row)

    def behind(self, as_of: str) -> frozenset[int]:
        """The documents that stand behind others of their work on a day; the same object until one comes or goes."""
        found, stale = self._behind.pop(as_of, (frozenset(), set(self.several)))
        if stale:
            rows = set(found)
            while stale:
                row = stale.pop()
                files = self.of(row).documents if row in self.several else (row,)
                groups: dict[int, list[int]] = defaultdict(list)
                for file in sorted(files) if row in self.several else ():
                    groups[self.front(file, as_of)].append(file)
                rows.difference_update(files)
                stale.difference_update(files)
                for front, group in groups.items():
                    ahead = front if front in group else group[0]
                    rows.update(file for file in group if file != ahead)
            found = frozenset(rows) if rows != found else found
        self._behind[as_of] = found, stale
        if len(self._behind) > DAYS_KEPT:
            del self._behind[next(iter(self._behind))]
        return found

    def proposals(self) -> tuple[CopyProposal, ...]:
        """Pairs that a person has to decide, the nearest first."""
        found = [proposal for proposals in self._proposed.values() for proposal in proposals]
        return tuple(sorted(found, key=lambda p: (-self._overlaps[p.document][p.other][1], p.document, p.other)))

    # ------------------------------------------------------------------ keeping up

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out and in, and work out anew what they are or were related to."""
        if not self._infos and come:
            self._kept = KeptReadings(self._corpus, "overlaps", tuple[float, float], version_of(*_READ_BY))
        touched = {*gone, *self._said.take(gone, come)}
        for row in gone:
            self._names.discard(row)
            del self._infos[row]
        for row, info in come.items():
            self._infos[row] = info
            self._names.add(info)
        kept = gone.keys() & come.keys()  # corrected: the text is the same
        moved = self._bands.update(gone.keys() - kept, self._signatures(come.keys() - kept))
        for row in gone.keys() - kept:
            for other in self._overlaps.pop(row, ()):
                del self._overlaps[other][row]
        self._compare_texts(moved)
        # what was alone and has no near copy now is alone still, whatever form it shares with others
        touched |= come.keys() | {row for row in moved if row in self._related or any(self._near_copies(row))}
        renewed = set(gone)
        for row in touched:
            renewed |= self._related.get(row, frozenset({row}))
            for other in self._relatives(row) if row in self._infos else ():
                renewed |= self._related.get(other, frozenset({other}))
        for row in renewed:
            for kept_by_row in (self._related, self._of, self._version, self._replaced, self._proposed):
                kept_by_row.pop(row, None)
            self.several.discard(row)
        for rows in self._clusters({row for row in renewed if row in self._infos}):
            self._work_out(rows)
        self.renewed = frozenset(renewed)
        for _, stale in self._behind.values():
            stale |= renewed
        if self._kept is not None:
            self._kept.save()
            self._kept = None

    def _signatures(self, rows: Set[int]) -> dict[int, bytes]:
        """The signatures of some texts; those that an older library lacks are made and stored."""
        found = self._corpus.signatures(METHOD, rows)
        missing = {row: sign(body) for row, body in self._corpus.bodies(rows - found.keys())}
        if missing:
            with suppress(StoreError):  # a library that cannot be written just now is read all the same
                self._corpus.put_signatures(METHOD, missing)
        return found | missing

    def _relatives(self, row: int) -> set[int]:
        """The documents directly related to one."""
        return {*self._near_copies(row), *self._names.alike(row), *self._said.others(row)}

    def _near_copies(self, row: int) -> Iterator[int]:
        """The documents that have so much of a text that they may be copies."""
        known = self._overlaps.get(row, {})
        return (other for other in self._bands.partners(row) if known[other][0] >= OPEN)

    def _clusters(self, rows: Set[int]) -> Iterator[list[int]]:
        """Documents in groups that are related to no other, each by row."""
        left = set(rows)
        while left:
            found, waiting = [], [left.pop()]
            while waiting:
                row = waiting.pop()
                found.append(row)
                near = self._relatives(row) & left
                left -= near
                waiting += near
            yield sorted(found)

    def _compare_texts(self, rows: Iterable[int]) -> None:
        """Work out the exact overlaps of pairs whose signatures are near."""
        pairs = {(min(row, other), max(row, other)) for row in rows for other in self._bands.partners(row)}
        fresh = [pair for pair in pairs if pair[1] not in self._overlaps[pair[0]] and not self._recalled(*pair)]
        hashes = {row: hash_shingles(body) for row, body in self._corpus.bodies({row for pair in fresh for row in pair})}
        for one, other in fresh:
            self._keep_overlap(one, other, overlap(hashes[one], hashes[other]))

    def _recalled(self, one: int, other: int) -> bool:
        """Whether another process worked out an overlap, which is then known here too."""
        if self._kept is None or (found := self._kept.get(self._mark(one, other))) is None:
            return False
        self._overlaps[one][other] = self._overlaps[other][one] = found
        return True

    def _keep_overlap(self, one: int, other: int, found: tuple[float, float]) -> None:
        self._overlaps[one][other] = self._overlaps[other][one] = found
        if self._kept is not None:
            self._kept.put(self._mark(one, other), found)

    def _mark(self, one: int, other: int) -> str:
        """What the texts of a pair are told by; the overlap is the same either way round."""
        return " ".join(mark_text(self._infos[row]) for row in sorted((one, other)))

    def _work_out(self, rows: Sequence[int]) -> None:
        """Work out the works of documents that are related to no others; one that is alone is a work by itself."""
        if len(rows) == 1:
            return
        infos = {row: self._infos[row] for row in rows}
        near = {
            (row, other): self._overlaps[row][other]
            for row in rows
            for other in self._bands.partners(row)
            if row < other and other in infos
        }
        said = self._said.of(rows)
        groups, proposals = _group(infos, near, said)
        heads = {row: max(group, key=lambda r: _telling(infos[r])) for group in groups for row in group}
        members = {heads[group[0]]: tuple(r for r in group if r != heads[group[0]]) for group in groups}
        chains = self._chains(infos, members, said)
        replaced = _replaced(chains, infos)
        _follow_persons(chains, replaced, said, members)
        self._replaced |= replaced
        if proposals:
            self._proposed[rows[0]] = proposals
        self._related |= dict.fromkeys(rows, frozenset(rows))
        for chain in chains:
            work = _work(chain, infos, members, said)
            files = work.documents
            self._of |= dict.fromkeys(files, work)
            self._version |= {row: version for version in work.versions for row in (version.document, *version.copies)}
            if len(files) > 1:
                self.several.update(files)

    def _chains(
        self, infos: Mapping[int, DocumentInfo], members: dict[int, tuple[int, ...]], said: _SaidOfSome
    ) -> list[list[Version]]:
        """The versions of each work; files of one number become copies in ``members``."""
        words: dict[int, Hashes] = {}

        def likeness(one: DocumentInfo, other: DocumentInfo) -> float:
            known = self._overlaps[one.row]
            if other.row not in known and not self._recalled(one.row, other.row):
                for row, body in self._corpus.bodies([row for row in (one.row, other.row) if row not in words]):
                    words[row] = hash_shingles(body)
                self._keep_overlap(one.row, other.row, overlap(words[one.row], words[other.row]))
            return known[other.row][0]

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
                chain.sort(
                    key=lambda version: (day_of(infos[version.document]) or "", not is_draft_info(infos[version.document]))
                )
        chained = {version.document for chain in chains for version in chain}
        return chains + [[_alone(infos[row])] for row in members if row not in chained]


def works(corpus: Corpus) -> Works:
    """The works of a library, kept up with it."""
    return corpus.view(Works)


class _WorkTitles(ViewPart):
    """Documents by the title that all versions of a work have, and by region."""

    def __init__(self) -> None:
        self._place: dict[int, tuple[str, str | None]] = {}
        self._rows: dict[str, dict[str | None, set[int]]] = defaultdict(partial(defaultdict, set))

    def add(self, info: DocumentInfo) -> None:
        """Take a document in, where its title may be that of a version."""
        if title := title_of_versions(info):
            place = self._place[info.row] = title, region_of_versions(info)
            self._rows[place[0]][place[1]].add(info.row)

    def discard(self, row: int) -> None:
        """Take a document out."""
        title, region = self._place.pop(row, ("", None))
        _drop(self._rows[title], region, row)
        if not self._rows[title]:
            del self._rows[title]

    def alike(self, row: int) -> Set[int]:
        """The documents that may be versions of the same work; where one has no region it may be of any."""
        title, region = self._place.get(row, ("", None))
        by_region = self._rows.get(title, {})
        return frozenset().union(*by_region.values()) if None in by_region else by_region.get(region, frozenset())


_Key = TypeVar("_Key")


def _drop(index: dict[_Key, set[int]], key: _Key, row: int) -> None:
    index[key].discard(row)
    if not index[key]:
        del index[key]


@dataclass(frozen=True, slots=True)
class _SaidOfSome:
    """What persons said of some documents being copies, or replacing each other, by row."""

    copies: list[tuple[int, int]]
    apart: set[frozenset[int]]
    replaced: list[tuple[int, int]]


NOTHING_SAID = _SaidOfSome([], set(), [])


class _Said(ViewPart):
    """What persons said of documents being copies or replacing each other, by row; others are named by id or title."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._rows: dict[str, set[int]] = defaultdict(set)
        """Documents by id and by title."""
        self._said: dict[int, list[Correction]] = {}
        self._naming: dict[str, set[int]] = defaultdict(set)
        """Of which documents something was said that names this id or title."""

    def take(self, gone: Heads, come: Heads) -> set[int]:
        """Take documents out and in. Returns those of which something was said that names one of them, now or before."""
        touched: set[int] = set()
        for row, info in gone.items():
            for name in _names(info):
                touched |= self._naming.get(name, set())
                _drop(self._rows, name, row)
            for correction in self._said.pop(row, ()):
                for name in correction.value or ():
                    _drop(self._naming, name, row)
        said = self._corpus.corrections_of_many([(info.id, info.source, info.origin) for info in come.values()])
        for (row, info), corrections in zip(come.items(), said, strict=True):
            if found := [c for c in corrections if c.field in _OF_OTHERS]:
                self._said[row] = found
                for correction in found:
                    for name in correction.value or ():
                        self._naming[name].add(row)
            for name in _names(info):
                self._rows[name].add(row)
        for info in come.values():
            for name in _names(info):
                touched |= self._naming.get(name, set())
        return touched

    def others(self, row: int) -> set[int]:
        """The documents of which something was said together with one."""
        named = {other for c in self._said.get(row, ()) for name in c.value or () for other in self._rows.get(name, ())}
        for name in _names(self._corpus.heads[row]) if self._naming else ():
            named |= self._naming.get(name, set())
        return named

    def of(self, rows: Iterable[int]) -> _SaidOfSome:
        """What was said of some documents."""
        found = _SaidOfSome([], set(), [])
        for row in rows:
            for correction in self._said.get(row, ()):
                others = {other for name in correction.value or () for other in self._rows.get(name, ())}
                for pair in ((row, other) for other in sorted(others)):
                    if correction.field == "copy_of":
                        found.copies.append(pair)
                    elif correction.field == "not_copy_of":
                        found.apart.add(frozenset(pair))
                    else:
                        found.replaced.append(pair if correction.field == "replaced_by" else pair[::-1])
        return found


def _names(info: DocumentInfo) -> set[str]:
    return {info.id, info.head.title or info.id}


def _group(
    infos: Mapping[int, DocumentInfo], overlaps: Mapping[tuple[int, int], tuple[float, float]], said: _SaidOfSome
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


def _replaced(chains: Iterable[list[Version]], infos: Mapping[int, DocumentInfo]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for chain in chains:
        for i, version in enumerate(chain):
            later = [infos[v.document] for v in chain[i + 1 :] if replaces_text(infos[v.document], infos[version.document])]
            if later:
                found[version.document] = tuple(info.row for info in later)
    return found


def _follow_persons(
    chains: list[list[Version]], replaced: dict[int, tuple[int, ...]], said: _SaidOfSome, members: Mapping[int, tuple[int, ...]]
) -> None:
    """Chains joined where a person says that one document takes the place of another."""
    stands = {row: document for document, copies in members.items() for row in (document, *copies)}
    for old, new in ((stands[one], stands[other]) for one, other in said.replaced):
        if old == new:
            continue
        one, other = (next(chain for chain in chains if any(v.document == row for v in chain)) for row in (old, new))
        if one is not other:
            one.extend(other)
            chains.remove(other)
        replaced[old] = (new, *(row for row in replaced.get(old, ()) if row != new))


def _work(
    chain: list[Version], infos: Mapping[int, DocumentInfo], members: Mapping[int, tuple[int, ...]], said: _SaidOfSome
) -> Work:
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
