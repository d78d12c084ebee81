"""The library as question answering sees it: documents split into parts and sentences, kept until they change."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

from corpus.divisions import NATION, Division, gazetteer
from corpus.document import HeadMatter, ParsedDocument, Section, Span
from corpus.folding import fold
from corpus.store import Corpus, DocumentInfo, Heads, StoredFact, StoredRecord, View
from corpus.table_cells import TableCells, read_table_cells
from corpus.text import sentence_end

if TYPE_CHECKING:
    from index.searcher import Searcher

R = TypeVar("R", bound=StoredRecord)

KEPT = 200
"""Prepared documents held in memory; the least recently used goes first."""

COUNTED = 24
"""In a library of more documents than this, how common a word is comes from the index; below, passages are too few to tell."""
SAMPLE = 1500
"""Passages looked at to learn how common a word is in this library."""

ANNOUNCES = re.compile("(?:以下|如下|下列)[^。]{0,24}。?$|[:：]$")
"""What a sentence ends with that announces a list."""
_gap = re.compile(r"[ \u3000](?<=[\u4e00-\u9fff”》）].)[ \u3000]*(?=[\u4e00-\u9fff“《\d])")
_filled_in = re.compile(r"[\u4e00-\u9fff][:：]\s*[^\s:：]")
"""A field with its value (受理时限：1个工作日) announces nothing."""
_STATES = re.compile(r"\d|[，,；;].*[。；;]$")
"""A figure, or clauses and a stop: what a heading seldom has."""
LONGEST_UNITS = 160
_units_list = re.compile(r"^[（(【\[]?(?:责任单位|牵头单位|责任部门|牵头部门|配合单位|参加单位|责任领导)")


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A document or an attached document: the unit that has a region and a level."""

    span: Span
    head: HeadMatter
    division: Division | None
    attached: bool = False

    @property
    def draft(self) -> bool:
        """True for a draft for comment (征求意见稿)."""
        return "征求意见" in (self.head.title or "") and (self.attached or not (self.head.title or "").startswith("关于征求"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the body or an attachment.

    Args:
        span: Its place in the text.
        folded: Its folded text, without the number of a heading.
        heading: The folded headings above it.
        leaf: The folded nearest heading.
        part: The number of its document part.
        line: The number of its paragraph.
        section: The id of its section.
        is_heading: It is the heading of a section.
        is_units: It is a list of units (责任单位：…).
        leads: It only announces what follows: a question, or a line without a full stop."""

    span: Span
    folded: str
    heading: str
    leaf: str
    part: int
    line: int
    section: str | None = None
    is_heading: bool = False
    is_units: bool = False
    leads: bool = False


class DocumentView:
    """A document with its parts and sentences."""

    def __init__(self, info: DocumentInfo, doc: ParsedDocument) -> None:
        self.info = info
        self.doc = doc
        self.text = doc.text

    @cached_property
    def parts(self) -> tuple[DocumentPart, ...]:
        """The attached documents, then the document itself, which is always last."""
        own = [
            DocumentPart(part.span, part.head, division_of(part.head) or division_of(self.doc.head), True)
            for part in self.doc.attached
        ]
        return (*own, DocumentPart(Span(0, len(self.text)), self.doc.head, division_of(self.doc.head)))

    def part_at(self, position: int) -> int:
        """The number of the part at a position."""
        last = len(self.parts) - 1
        for i in range(last):
            if self.parts[i].span.start <= position < self.parts[i].span.end:
                return i
        return last

    @cached_property
    def tables(self) -> tuple[TableCells, ...]:
        """The tables, cell by cell."""
        return read_table_cells(self.doc)

    @cached_property
    def folded(self) -> str:
        """The whole folded text, to test whether something is mentioned at all."""
        return fold(self.text)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of the body and the attachments, in order; head matter and boilerplate have none."""
        zones = [zone.span for zone in self.doc.zones if zone.kind in ("body", "attachment")] or [Span(0, len(self.text))]
        outline = sorted(self.doc.outline, key=lambda s: (s.start, s.depth))
        starts = [section.start for section in outline]
        trails: dict[str, tuple[str, str]] = {}
        """The folded headings above a section, and its own."""
        found: list[Sentence] = []
        line = 0
        for zone in zones:
            position = zone.start
            while position < zone.end:
                match = sentence_end.search(self.text, position, zone.end)
                stop = match.end() if match else zone.end
                gap = _gap.search(self.text, position, stop)
                if gap and _is_title_line(self.text[position : gap.start()]):
                    stop = gap.end()
                span = Span(position, stop).trimmed(self.text)
                if len(span):
                    section = self._section(outline, starts, span.end - 1)
                    label = leaf = ""
                    if section is not None:
                        if section.id not in trails:
                            above = fold(" ".join(s.label for s in self.doc.trail(section) if s.kind != "preamble"))
                            trails[section.id] = above, fold(section.heading)
                        label, leaf = trails[section.id]
                    heading = (
                        section is not None
                        and section.number is not None
                        and section.start <= span.start
                        and (span.end <= section.end + 1)
                        and not self._says_all(section, span)
                    )
                    text = span.of(self.text)
                    number = section.number if heading and section is not None else None
                    # the 15 of a heading's number is no figure of the text
                    plain = text[len(number) :] if number and len(text) > len(number) and text.startswith(number) else text
                    found.append(
                        Sentence(
                            span, fold(plain), label, leaf, self.part_at(span.start), line, section.id if section else None,
                            heading, _units_list.match(text) is not None, _leads(text, gap is not None or (match is not None and "\n" in match.group())),
                        )
                    )  # fmt: skip
                if stop < zone.end and (
                    "\n" in self.text[span.end - 1 if len(span) else position : stop] or "\u3000" in self.text[span.end : stop]
                ):
                    line += 1
                position = stop
        return tuple(found)

    def _says_all(self, section: Section, span: Span) -> bool:
        """Whether a numbered sentence is no heading but all its section says, but for who is responsible (1.硬化道路85公里。（责任单位：…）)."""
        behind = self.text[span.end : section.whole.end].strip()
        if behind and not (_units_list.match(behind) and len(behind) <= LONGEST_UNITS and "。" not in behind.rstrip("。")):
            return False
        return _STATES.search(self.text, span.start + len(section.number or ""), span.end) is not None

    def _section(self, outline: list[Section], starts: list[int], position: int) -> Section | None:
        i = bisect_right(starts, position) - 1
        section: Section | None = outline[i] if i >= 0 else None
        while section is not None and position >= section.whole.end:
            section = self.doc.sections.get(section.parent) if section.parent else None
        return section

    @cached_property
    def announced(self) -> dict[str, int]:
        """The number of the sentence that announces a list (有下列情形之一的，不得申报：), by the ids of the list's sections."""
        found: dict[str, int] = {}
        first: dict[str | None, int | None] = {}
        for section in self.doc.outline:
            if section.number is None:
                continue
            if section.parent not in first:
                before = bisect_left(self.starts, section.start) - 1
                leads = before >= 0 and ANNOUNCES.search(self.sentences[before].folded) is not None
                first[section.parent] = before if leads else None
            lead = first[section.parent]
            if lead is not None:
                found[section.id] = lead
        return found

    @cached_property
    def starts(self) -> list[int]:
        """The start positions of the sentences."""
        return [sentence.span.start for sentence in self.sentences]

    def sentence_at(self, position: int) -> int | None:
        """The number of the sentence at a position, or None."""
        i = bisect_right(self.starts, position) - 1
        return i if i >= 0 and position < self.sentences[i].span.end else None

    def between(self, span: Span) -> list[int]:
        """The numbers of the sentences that start inside a span."""
        return list(range(bisect_left(self.starts, span.start), bisect_left(self.starts, span.end)))


class DocumentRegions(View):
    """The divisions of each document, its own and those of its attached documents, and the documents of each division."""

    def __init__(self, corpus: Corpus) -> None:
        self.of: dict[int, tuple[Division, ...]] = {}
        self.unplaced: set[int] = set()
        """Documents of no known division."""
        self._rows: dict[Division, set[int]] = defaultdict(set)
        self._first: dict[Division, int] = {}
        self._below: dict[str, set[Division]] = defaultdict(set)
        """The divisions with documents by what their codes begin with."""
        self.changed: list[tuple[Division, bool]] = []
        """The divisions that came with the last change, and those that went."""
        self._inside: dict[Division, frozenset[int]] = {}

    @property
    def divisions(self) -> Set[Division]:
        """The divisions with documents in the library."""
        return self._first.keys()

    def place(self, division: Division) -> tuple[int, int]:
        """What puts divisions in the order in which they came to the library."""
        first = self._first[division]
        return first, self.of[first].index(division)

    def inside(self, wanted: Division) -> frozenset[int]:
        """The rows of the documents of a division or of one inside it; for the nation only its own."""
        if wanted not in self._inside:
            self._inside[wanted] = frozenset().union(*(self._rows[d] for d in self._below.get(wanted.code, ())))
        return self._inside[wanted]

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out and in, by their divisions."""
        self.changed = []
        before = {row: self.of.pop(row) for row in gone}
        for row, info in come.items():
            divisions = [division_of(info.head), *(division_of(head) for head in info.attached)]
            self.of[row] = tuple(dict.fromkeys(d for d in divisions if d is not None))
        for row in {*gone, *come}:
            old, new = before.get(row), self.of.get(row)
            if old == new:
                continue
            self._inside.clear()
            (self.unplaced.add if new == () else self.unplaced.discard)(row)
            for division in {*(old or ()), *(new or ())}:
                self._move(division, row, there=division in (new or ()))

    def _move(self, division: Division, row: int, *, there: bool) -> None:
        """Take a document into a division or out of it."""
        rows = self._rows[division]
        (rows.add if there else rows.discard)(row)
        first = self._first.get(division)
        if not rows:
            del self._rows[division]
            if self._first.pop(division, None) is not None:
                self.changed.append((division, False))
                for prefix in accumulate(division.code):
                    self._below[prefix].discard(division)
        elif there and (first is None or row < first):
            self._first[division] = row
            if first is None:
                self.changed.append((division, True))
                for prefix in accumulate(division.code):
                    self._below[prefix].add(division)
        elif not there and row == first:
            self._first[division] = min(rows)


@dataclass(frozen=True, slots=True)
class ChosenDocuments:
    """The documents to answer from, by row: those of ``only``, or without it all of the library; those of ``without`` left out."""

    only: frozenset[int] | None = None
    without: frozenset[int] = frozenset()

    def __contains__(self, row: int) -> bool:
        return row not in self.without and (self.only is None or row in self.only)

    def of(self, view: LibraryView) -> Iterable[int]:
        """The rows, in order."""
        return (row for row in (view.infos if self.only is None else sorted(self.only)) if row not in self.without)

    def count(self, view: LibraryView) -> int:
        """How many they are."""
        return len(view) - len(self.without) if self.only is None else len(self.only - self.without)


EVERYTHING = ChosenDocuments()


class LibraryView:
    """All documents of a library, each prepared when it is first needed; the ``KEPT`` most recently used stay in memory.

    ``infos`` and ``by_id`` are those of the library, kept up: ``follow`` brings them to its present state.
    """

    def __init__(self, corpus: Corpus, searcher: Searcher | None = None) -> None:
        self.corpus = corpus
        self.searcher = searcher
        self.generation = -1
        self._kept: OrderedDict[int, DocumentView] = OrderedDict()
        self._facts: OrderedDict[tuple[type[StoredRecord], int], tuple[DocumentInfo, list[Any]]] = OrderedDict()
        self._share: dict[str, float] = {}
        self.follow()

    def follow(self) -> None:
        """Bring the view up to the state of the library."""
        generation = self.corpus.generation
        if generation == self.generation:
            return
        self.generation = generation
        self.infos: Mapping[int, DocumentInfo] = self.corpus.heads
        self.by_id: Mapping[str, int] = self.corpus.rows
        self._places = self.corpus.view(DocumentRegions)
        self._share.clear()
        self.__dict__.pop("_sample", None)

    def __len__(self) -> int:
        return len(self.infos)

    @property
    def regions(self) -> Mapping[int, tuple[Division, ...]]:
        """The divisions of each document: its own and those of its attached documents."""
        return self._places.of

    @property
    def divisions(self) -> Set[Division]:
        """The divisions with documents in the library."""
        return self._places.divisions

    @property
    def unplaced(self) -> Set[int]:
        """Documents of no known division."""
        return self._places.unplaced

    def document(self, row: int) -> DocumentView:
        """The prepared document of a row."""
        info, kept = self.infos[row], self._kept.get(row)
        if kept is not None and kept.info is info:  # a changed document has another info
            self._kept.move_to_end(row)
            return kept
        document = self._kept[row] = DocumentView(info, self.corpus.document(row))
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return document

    def prepare(self, rows: Iterable[int]) -> None:
        """Read those of some documents that are not in memory, as many as stay there, in one go: ``document`` then has them."""
        missing = []
        for row in list(dict.fromkeys(rows))[:KEPT]:
            info, kept = self.infos.get(row), self._kept.get(row)
            if kept is not None and kept.info is info:
                self._kept.move_to_end(row)
            elif info is not None:
                missing.append(row)
        if missing:
            self._kept.update((row, DocumentView(self.infos[row], doc)) for row, doc in self.corpus.documents(missing).items())
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def documents(self, rows: Iterable[int]) -> Iterator[DocumentView]:
        """The prepared documents of some rows in their order, read a few at a time and then more: who looks for the first that
        fits seldom needs all."""
        waiting, size = deque(rows), 8
        while waiting:
            some = [waiting.popleft() for _ in range(min(size, len(waiting)))]
            self.prepare(some)
            yield from map(self.document, some)
            size = min(2 * size, KEPT // 2)

    def facts(self, record: type[R], row: int) -> list[StoredFact[R]]:
        """The facts of one kind in a document."""
        info, kept = self.infos[row], self._facts.get((record, row))
        if kept is None or kept[0] is not info:
            kept = self._facts[record, row] = info, self.corpus.facts(record, documents=[row])
            if len(self._facts) > 2 * KEPT:
                self._facts.popitem(last=False)
        return kept[1]

    def inside(self, wanted: Division) -> frozenset[int]:
        """The rows of the documents of a division or of one inside it; for the nation only its own."""
        return self._places.inside(wanted)

    @cached_property
    def _sample(self) -> list[str]:
        """Pieces of text spread evenly over the library."""
        rows = sorted(self.infos)
        step = max(1, len(rows) // 300)
        # of a handful of documents only small pieces can tell common words from rare ones
        size = 300 if len(rows) > 20 else 150 if len(rows) > 3 else 60
        texts: list[str] = []
        for _, text in self.corpus.texts(rows[::step]):
            folded = fold(text[:30_000])
            texts += [folded[i : i + size] for i in range(0, len(folded), size)]
        return texts[:: max(1, len(texts) // SAMPLE)]

    def frequency(self, word: str) -> float:
        """The share of passages that contain a folded word, from the index in a large library, else from a sample."""
        if word not in self._share:
            self._share[word] = self._counted(word)
        return self._share[word]

    def holds(self, words: str) -> bool:
        """True if the words occur anywhere in the library."""
        return self.frequency(words) > 0 or (len(words) > 2 and self._indexed and self._index.holds(words))

    def _counted(self, word: str) -> float:
        if self._indexed:
            share = self._index.share(word)
            if share or len(word) <= 2 or any(not self._index.share(word[i : i + 2]) for i in range(len(word) - 1)):
                return share
        return sum(word in text for text in self._sample) / max(1, len(self._sample))

    @property
    def _indexed(self) -> bool:
        return self.searcher is not None and len(self.infos) > COUNTED

    @property
    def _index(self) -> Searcher:
        assert self.searcher is not None
        return self.searcher


def _is_title_line(before: str) -> bool:
    """True if the text before a gap is a title line: no stop or comma, and too long to be part of a date."""
    plain = before.strip()
    return 8 <= len(plain) <= 80 and not any(c in "，,。；;、（(《“" for c in plain[-40:])


def _leads(text: str, ends_line: bool) -> bool:
    """True for a question, or for a short line without a full stop."""
    last = text.rstrip('”’」』）)》" ')[-1:]
    return last in "？?" or (ends_line and last not in "。；;！!，,、：:" and len(text) <= 60 and not _filled_in.search(text))


def speaks_for(division: Division, wanted: Division) -> bool:
    """True if ``division`` is the region ``wanted`` or inside it. Nothing counts as inside 全国."""
    return division == wanted or (wanted != NATION and division != NATION and wanted.contains(division.code))


def division_of(head: HeadMatter) -> Division | None:
    """The division named by a document's metadata, or None."""
    names = gazetteer()
    if head.region_code:
        return names.by_code.get(head.region_code)
    if head.level == "国家":
        return names.by_code["0"]
    return next(iter(names.named(head.region)), None) if head.region else None
