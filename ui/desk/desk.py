"""A desk over a library that many readers can share: what the page and the REST interface work with."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cemai.accounts import Right, current_caller, require_right
from cemai.doubts import Doubt, list_doubts
from cemai.embedding import ItemProgress
from cemai.library import Library
from cemai.policy_graph import PolicyGraph
from corpus.corrections import Correction
from corpus.divisions import gazetteer
from corpus.document import ParsedDocument
from corpus.errors import StoreError
from corpus.filters import Filters
from corpus.kept import KeptValues
from corpus.store import Corpus, DocumentInfo, Heads, View, year_of
from corpus.store.stored_views import program_state
from graph.codec.records import TargetRecord, TaskRecord
from graph.documents.kept_readings import KeptReadings
from graph.documents.status import statuses
from graph.documents.works import works
from graph.kinds import FactKind
from graph.queries.cited import CitedFact, R
from graph.queries.counted import CountedList
from graph.queries.fact_table import fact_table
from graph.queries.figures import FoundFigure
from graph.queries.neighbourhood import Surroundings, around
from graph.queries.relations import UNRELATED, Relations, relations
from graph.queries.unit import UnitPage, unit_page
from index.passages import Hit
from qa import study
from qa.answer import Answer, Comparison, Understanding
from ui.desk.answer_queue import AnswerQueue

if TYPE_CHECKING:
    from cemai.consistency import ConsistencyReport
    from cemai.document_matches import QueryMatches
    from cemai.eligibility import Eligibility
    from cemai.views.steps import GraphView
    from ui.desk.metrics import Metrics
    from ui.desk.pool import WorkerPool

Tasks = CountedList[CitedFact[TaskRecord]]
Targets = CountedList[CitedFact[TargetRecord]]
T = TypeVar("T")

log = logging.getLogger("cemai.desk")

QUESTION_LIMIT = 2_000
"""Longest question that is answered; the box takes 10,000 characters and says so beyond this."""
ANSWERS_KEPT = 500


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """A document as lists show it: its info, its state today, the topics of its tasks."""

    info: DocumentInfo
    status: str
    reason: str
    topics: frozenset[str]

    @property
    def facets(self) -> dict[str, tuple[str, ...]]:
        """What it is filed under."""
        head, year = self.info.head, year_of(self.info.head)
        values: dict[str, tuple[object, ...]] = {
            "地区": (short_region(self.info),),
            "层级": (head.level,),
            "发文机关": head.issuers,
            "年份": (year,),
            "主题": tuple(sorted(self.topics)),
            "时效": (self.status,),
            "文种": (head.kind,),
        }
        return {name: tuple(str(value) for value in found if value) for name, found in values.items()}


class _TopicsOfTasks(View):
    """The topics that the tasks of each document carry."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.of: dict[int, frozenset[str]] = {}

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out and in."""
        for row in gone:
            self.of.pop(row, None)
        found: dict[int, set[str]] = {}
        for row, topic in self._corpus.keys_of_facts("task", "topic", come):
            found.setdefault(row, set()).add(topic)
        self.of |= {row: frozenset(topics) for row, topics in found.items()}


class Desk:
    """One library for many readers at once: calls take turns, what lists need is kept until the library changes.

    Whatever a call returns is of one state of the library (``state``); several calls are where they are made inside one.

    Changes go through ``writer``, a second connection to the same library where there is one, so that taking in a long file
    does not hold up those who read. With a ``pool`` questions, searches and comparisons are answered by its worker processes.
    """

    def __init__(self, library: Library, writer: Callable[[], Library] | None = None, uploads: Path | None = None) -> None:
        self.library = library
        self.pool: WorkerPool | None = None
        self.uploads = uploads
        self._open_writer = writer
        self._writer: Library | None = None
        self._reading = threading.RLock()
        self._writing = threading.Lock()
        self._following = threading.Lock()
        """Held by a thread that waits to bring the caches up to a change: one is enough for all changes before it begins."""
        self._closed = threading.Event()
        self._kept = KeptValues()
        self.asked_at = float("-inf")
        """When somebody asked or changed something last, by the monotonic clock: background work waits for a pause."""
        self.embedding = ItemProgress()
        """How far the background work on items is."""
        self._answers: OrderedDict[tuple[int, str], Answer] = OrderedDict()
        """By the number of the account and the id of the answer."""
        self._remembering = threading.Lock()
        self._queue = AnswerQueue(partial(Corpus.open, library.corpus.address, create=False)) if writer is not None else None
        self._held = 0
        """How often the thread that holds ``_reading`` entered a state or a change."""
        self._tried: dict[str, tuple[object, list[str]]] = {}
        self.after_change: Callable[[Corpus], None] | None = None
        """Called after each change with the store it was made in."""
        self.note_question: Callable[[str, str], None] = lambda what, question: None
        """Called with what is asked (``ask``, ``search``, ``compare``) and the words, before anything is answered."""
        self.metrics: Metrics | None = None
        """Where calls are counted and timed, for who runs several servers."""

    # ------------------------------------------------------------------ questions

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        as_of: dt.date | None = None,
        previous: Understanding | None = None,
        after: Sequence[str] = (),
        keep: bool = True,
    ) -> Answer:
        """Answer a question, asked after some others; the answer is kept for its export unless ``keep`` is false."""
        if after and previous is None:
            previous = self._answered("understand_all", questions=after)[0]
        *_, answer = self.answers(question, filters=filters, as_of=as_of, previous=previous, keep=keep)
        return answer

    def understand(self, question: str, *, previous: Understanding | None = None) -> Understanding:
        """Parse a question; much faster than answering it."""
        understood: Understanding = self._answered("understand", question=question, previous=previous)[0]
        return understood

    def answers(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        as_of: dt.date | None = None,
        previous: Understanding | None = None,
        keep: bool = True,
    ) -> Iterator[Answer]:
        """Answer a question in steps: as soon as the quotes are found, then, where a model is configured, in the words of the model.

        The last step is kept for its export unless ``keep`` is false. The library is locked while quotes are found, never while the model works or
        the answer is stored.
        """
        self.asked_at = time.monotonic()
        self.note_question("ask", question)
        plain: Answer = self._answered("ask", question=question, filters=filters, as_of=as_of, previous=previous, keep=False)[0]
        plain = worded = _of_caller(plain)
        if self.library.has_model:
            yield plain
            worded = self.library.worded(plain)
        if keep:
            record = self.library.answer_record(plain, worded, question, filters=filters, as_of=as_of, previous=previous)
            self._keep(worded, {**record, **({"account": number} if (number := current_caller().number) else {})})
        yield worded

    def kept_answer(self, id: str) -> dict[str, Any] | None:
        """An answer as it is kept in the library; None for one of another account."""
        kept = self.read(lambda corpus: corpus.answer(id))
        caller = current_caller()
        return kept if kept is None or caller.account is None or kept.get("account") == caller.number else None

    def _keep(self, worded: Answer, record: dict[str, Any]) -> None:
        with self._remembering:
            self._answers[current_caller().number, worded.id] = worded
            while len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)
        if self._queue is not None:
            self._queue.put(worded.id, record)
            return
        with self._reading, suppress(StoreError):  # a library that cannot be written just now still answers
            self.library.corpus.save_answer(worded.id, record)

    def answer(self, id: str) -> Answer | None:
        """An answer given lately to whoever calls."""
        with self._remembering:
            return self._answers.get((current_caller().number, id))

    def answerable(self, name: str, candidates: list[str], most: int) -> list[str]:
        """Try out questions and return at most ``most`` that the library answers; kept under ``name`` until it changes.

        Which of them were answered is kept on the disk too, for a server that starts over the same library on the same day.
        """

        # nothing is held meanwhile: others read while the questions are answered one by one
        stamp = self.generation, dt.date.today()
        made, found = self._tried.get(name, (None, []))
        if made != stamp:
            corpus = self.library.corpus
            kept = KeptReadings(corpus, f"tried-{name}", bool, program_state())
            state = f"{corpus.id} {self.library.model} {stamp[0]} {stamp[1]}"
            found = []
            for question in candidates:
                if len(found) == most:
                    break
                answered = kept.get(key := f"{state} {question}")
                if answered is None:
                    # past the counters: nobody asked it
                    answered = self._reply("ask", {"question": question, "keep": False})[0].status == "answered"
                    kept.put(key, answered)
                if answered:
                    found.append(question)
            self._tried[name] = stamp, found
            kept.save()
        return found

    def search(self, query: str, *, filters: Filters | None = None, top: int = 10, as_of: dt.date | None = None) -> list[Hit]:
        """Passages for a query."""
        return self.search_state(query, filters=filters, top=top, as_of=as_of)[0]

    def search_state(
        self, query: str, *, filters: Filters | None = None, top: int = 10, as_of: dt.date | None = None
    ) -> tuple[list[Hit], int]:
        """Passages for a query, and the generation of the library they were found in."""
        self.asked_at = time.monotonic()
        self.note_question("search", query)
        return self._answered("search", query=query, filters=filters, top=top, as_of=as_of)

    def match_documents(self, query: str) -> QueryMatches:
        """All documents that a query means, kept until the library changes."""
        found: QueryMatches = self._cached(f"match|{query}", lambda: self._answered("match_documents", query=query)[0])
        return found

    def best_passages(self, query: str, documents: Sequence[str]) -> list[Hit]:
        """Of each of some documents the passage that says most of a query."""
        found: list[Hit] = self._answered("best_passages", query=query, documents=list(documents))[0]
        return found

    def compare(
        self,
        subject: str,
        *,
        regions: Sequence[str] | None = None,
        as_of: dt.date | None = None,
        status: str | None = None,
        below: bool = False,
        instead: Sequence[str] = (),
    ) -> Comparison:
        """Regions side by side."""
        self.asked_at = time.monotonic()
        self.note_question("compare", subject)
        compared: Comparison = self._answered(
            "compare", subject=subject, regions=regions, as_of=as_of, status=status, below=below, instead=instead
        )[0]
        return compared

    # ------------------------------------------------------------------ documents

    @contextmanager
    def state(self) -> Iterator[int]:
        """While the block runs everything read through the desk is of one state, whatever is written meanwhile. Yields its generation.

        Others wait for it; questions, searches and comparisons of worker processes do not.
        """
        with self._reading:
            if self._held:  # inside another one, or in the midst of a change
                yield self.library.generation
                return
            self._held += 1
            try:
                with self.library.corpus.snapshot() as generation:
                    yield generation
            finally:
                self._held -= 1

    def document(self, id: str) -> ParsedDocument:
        """A whole document."""
        with self.state():
            return self.library.document(id)

    def original(self, id: str) -> tuple[str, bytes]:
        """The file as it came in."""
        with self.state():
            return self.library.original(id)

    def entries(self, as_of: dt.date | None = None) -> list[ShelfEntry]:
        """All documents with their status on a day (default today), in the order they came."""
        return self._cached(f"entries|{as_of}", lambda: self._entries(as_of))

    def entry(self, id: str) -> ShelfEntry | None:
        """The document with this id or source."""
        with self.state():
            entries = self._cached("entries by id", lambda: {e.info.id: e for e in self.entries()})
            return entries.get(id) or next((e for e in self.entries() if e.info.source == id), None)

    def others_of_work(self, entry: ShelfEntry) -> list[ShelfEntry]:
        """The other files of a document's work: its copies and other versions, in the order they came."""
        with self.state():
            rows = {*works(self.library.corpus).of(entry.info.row).documents} - {entry.info.row}
            return [other for other in self.entries() if other.info.row in rows] if rows else []

    def _entries(self, as_of: dt.date | None) -> list[ShelfEntry]:
        corpus = self.library.corpus
        states, topics = statuses(corpus, as_of or dt.date.today()), corpus.view(_TopicsOfTasks).of
        return [
            ShelfEntry(info, states[row].status, states[row].reason, topics.get(row, frozenset()))
            for row, info in corpus.heads.items()
        ]

    def doubts(self) -> list[Doubt]:
        """What a person should look at, the weightiest document first; kept until the library changes."""
        return self._cached("doubts", lambda: list_doubts(self.library))

    def corrections(self, id: str) -> list[Correction]:
        """What was corrected in a document, with what was taken back since."""
        with self.state():
            return self.library.corrections(id)

    # ------------------------------------------------------------------ facts

    def tasks(
        self,
        *,
        unit: str | None = None,
        region: str | None = None,
        topic: str | None = None,
        status: str | None = None,
        as_of: dt.date | None = None,
        all_versions: bool = False,
    ) -> Tasks:
        """Tasks, every work counted once unless ``all_versions``; kept until the library changes."""

        def find() -> Tasks:
            return self.library.tasks(
                unit=unit, region=region, topic=topic, status=status, as_of=as_of, all_versions=all_versions
            )

        return self._cached(f"tasks|{unit}|{region}|{topic}|{status}|{as_of}|{all_versions}", find)

    def targets(
        self,
        *,
        indicator: str | None = None,
        region: str | None = None,
        kind: str | None = None,
        status: str | None = None,
        as_of: dt.date | None = None,
        all_versions: bool = False,
    ) -> Targets:
        """Targets, every work counted once unless ``all_versions``; kept until the library changes."""

        def find() -> Targets:
            return self.library.targets(
                indicator=indicator, region=region, kind=kind, status=status, as_of=as_of, all_versions=all_versions
            )

        return self._cached(f"targets|{indicator}|{region}|{kind}|{status}|{as_of}|{all_versions}", find)

    def figures(self, family: str, **conditions: Any) -> CountedList[FoundFigure]:
        """The figures of a family of indicators, see ``Library.figures``."""
        with self.state():
            return self.library.figures(family, **conditions)

    def facts(
        self,
        kind: FactKind[Any, R],
        *,
        region: str | None = None,
        status: str | None = None,
        as_of: dt.date | None = None,
        all_versions: bool = False,
    ) -> CountedList[CitedFact[R]]:
        """All facts of one kind, of the library, of a region or of documents of a status."""
        return self.read(
            lambda corpus: PolicyGraph(corpus).facts(
                kind.record, region=region, status=status, as_of=as_of, all_versions=all_versions
            )
        )

    def facts_of(self, id: str) -> tuple[Tasks, Targets]:
        """Tasks and targets of one document, be it a copy or a former version of another."""

        def group() -> tuple[dict[str, Tasks], dict[str, Targets]]:
            return _grouped(self.tasks(all_versions=True)), _grouped(self.targets(all_versions=True))

        grouped = self._cached("by document", group)
        return grouped[0].get(id, CountedList()), grouped[1].get(id, CountedList())

    def unit(self, name: str, region: str | None) -> UnitPage:
        """A unit's duties in numbers, its partners and figures."""
        return self.read(lambda corpus: unit_page(corpus, name, region), keep=f"unit|{name}|{region}")

    def brief(self, region: str | None, unit: str | None) -> study.Brief | None:
        """What one has to know at a post (应知应会); None where neither region nor unit is given."""
        if not region and not unit:
            return None
        return self.read(lambda corpus: study.brief(corpus, unit=unit, region=region), keep=f"brief|{region}|{unit}")

    def surroundings(self, key: str) -> Surroundings | None:
        """What is around a node of the graph; None where there is no such node."""
        return self.read(lambda corpus: around(corpus, key), keep=f"around|{key}")

    def relations(self, id: str) -> Relations:
        """What a document rests on, what rests on it, its versions."""
        return self.read(relations, keep="relations").get(id, UNRELATED)

    def versions(self, old: str, new: str) -> Comparison:
        """Two versions of a document clause by clause."""
        return self._cached(f"versions|{old}|{new}", lambda: self.library.versions(old, new))

    def compare_documents(self, first: str, second: str, *, carried_out: bool, third: str = "") -> Comparison:
        """Two documents named by id, title, number or file name: 落实对照 of an upper and a lower one, or 新旧对照 of two versions.

        ``third`` is a document below the second one: 落实对照 over three levels.
        """
        if not carried_out:
            return self.versions(first, second)
        lower = (second, third) if third else (second,)
        return self._cached("|".join(("carried_out", first, *lower)), lambda: self.library.carried_out(first, *lower))

    def consistency(self, upper: str, lower: str, *, as_of: dt.date | None = None) -> ConsistencyReport:
        """Where a lower document does not meet an upper one, see ``Library.consistency``."""
        return self._cached(f"consistency|{upper}|{lower}|{as_of}", lambda: self.library.consistency(upper, lower, as_of=as_of))

    def eligible(self, who: str, *, topic: str = "", as_of: dt.date | None = None, top: int | None = 50) -> Eligibility:
        """A person or an enterprise against provisions, see ``Library.eligible``."""
        with self.state():
            return self.library.eligible(who, topic=topic, as_of=as_of, top=top)

    def chain(self, subject: str, *, region: str | None = None, as_of: dt.date | None = None) -> GraphView:
        """What each level says of a requirement, see ``Library.chain``."""
        self.asked_at = time.monotonic()
        self.note_question("compare", subject)
        return self._cached(f"chain|{subject}|{region}|{as_of}", lambda: self.library.chain(subject, region=region, as_of=as_of))

    def timeline(self, document: str) -> GraphView:
        """The time line of a document, see ``Library.timeline``."""
        return self._cached(f"timeline|{document}", lambda: self.library.timeline(document))

    def paths(self, one: str, other: str) -> GraphView:
        """How two things come together, see ``Library.paths``."""
        return self._cached(f"paths|{one}|{other}", lambda: self.library.paths(one, other))

    def regions(self) -> list[str]:
        """Regions of the library."""
        return self._cached("regions", self.library.regions)

    def topics(self) -> list[str]:
        """Topics of the library, most frequent first."""
        return self._cached("topics", self.library.topics)

    def units(self) -> list[tuple[str, int]]:
        """Units with their number of tasks."""
        return self._cached("units", self.library.units)

    def coverage(self) -> tuple[list[str], list[tuple[str, list[int]]]]:
        """Regions, and per topic the number of tasks the documents of each region itself (not of those below) have on it."""

        def count() -> tuple[list[str], list[tuple[str, list[int]]]]:
            home = {entry.info.id: short_region(entry.info) for entry in self.entries()}
            found: Counter[tuple[str | None, str]] = Counter()
            for task in self.tasks():
                found.update((home.get(task.fact.document_id), topic) for topic in task.fact.topics)
            said = {region for region, _ in found}
            regions = [region for region in self.regions() if region in said][:12]
            return regions, [(topic, [found[region, topic] for region in regions]) for topic in self.topics()[:16]]

        return self._cached("coverage", count)

    def read(self, work: Callable[[Corpus], T], *, keep: str | None = None) -> T:
        """Run ``work`` on the store; with ``keep`` its result is kept under that name until the library changes."""

        if keep is not None:
            return self._cached(keep, lambda: work(self.library.corpus))
        with self.state():
            return work(self.library.corpus)

    @property
    def generation(self) -> int:
        """Grows with every change."""
        with self.state():
            return self.library.generation

    # ------------------------------------------------------------------ changes

    def change(self, work: Callable[[Library], T], *, needs: Right = Right.EDIT) -> T:
        """Run a change of the library; one at a time. Raises ``NotAllowed`` where whoever calls has not the right that it ``needs``."""
        require_right(needs)
        self.asked_at = time.monotonic()
        with self._writing:
            if self._queue is not None:
                self._queue.flush()
            if self._open_writer is None:
                with self._reading:
                    self._held += 1
                    try:
                        return work(self.library)
                    finally:
                        self._held -= 1
            if self._writer is None:
                self._writer = self._open_writer()
            done = work(self._writer)
            if self.after_change is not None:
                self.after_change(self._writer.corpus)
        self._follow()
        return done

    def _follow(self) -> None:
        """Bring the indexes up to a change in the background, so that the next question need not."""
        if self._following.acquire(blocking=False):
            threading.Thread(target=self._bring_indexes, name="cemai-following", daemon=True).start()

    def _bring_indexes(self) -> None:
        with self._writing:
            self._following.release()
            if self._writer is None or self._closed.is_set():
                return
            try:
                self._writer.bring_indexes()
            except Exception:  # the next question meets it too, and says so to whoever asks
                log.exception("the indexes could not follow a change")

    def close(self) -> None:
        """End the workers, keep the answers that wait, and close the second connection."""
        self._closed.set()
        if self.pool is not None:
            self.pool.close()
        if self._queue is not None:
            self._queue.close()
        with self._writing:
            if self._writer is not None:
                self._writer.close()
            self._writer = None

    def catch_up(self) -> None:
        """Bring the caches on the disk up to the library, for those who only read them."""
        with self.state():
            self.library.searcher.refresh()
            fact_table(self.library.corpus)

    def _answered(self, name: str, **arguments: Any) -> tuple[Any, int]:
        """The result of a method of the library, of a worker where there are any, and the generation it is of."""
        if self.metrics is None:
            return self._reply(name, arguments)
        reply = self.metrics.measured(name, partial(self._reply, name, arguments))
        if isinstance(reply[0], Answer):
            self.metrics.count_answer(reply[0].status)
        return reply

    def _reply(self, name: str, arguments: dict[str, Any]) -> tuple[Any, int]:
        if self.pool is not None:
            from ui.desk.pool import NoWorkerError

            with suppress(NoWorkerError):
                reply = self.pool.call(name, arguments)
                return reply.value, reply.generation
        with self.state() as generation:
            return getattr(self.library, name)(**arguments), generation

    def _cached(self, name: str, make: Callable[[], T]) -> T:
        with self.state() as generation:
            return self._kept.get(name, make, stamp=(generation, dt.date.today()))


def _of_caller(answer: Answer) -> Answer:
    """The answer under an id of its own for each account: ids are made of the question, and two people may ask the same."""
    number = current_caller().number
    if not number:
        return answer
    return replace(answer, id=hashlib.sha256(f"{number}:{answer.id}".encode()).hexdigest()[:16])


def short_region(info: DocumentInfo) -> str | None:
    """The everyday name of a document's region (黔南州), as the lists of regions have it."""
    division = gazetteer().by_code.get(info.head.region_code or "")
    return division.short if division else info.head.region


def lies_in(info: DocumentInfo, region: str) -> bool:
    """Whether a document is of a region or of one below it: the filter by region of every list."""
    return gazetteer().covers(region, info.head.region_code) or short_region(info) == region


def count_regions(infos: Iterable[DocumentInfo]) -> Counter[str]:
    """The regions of documents, and those above that several of them share, with the number of documents there and below."""
    groups = Counter((info.head.region_code, own) for info in infos if (own := short_region(info)))
    above: Counter[str] = Counter()
    below: Counter[str] = Counter()
    by_name: dict[str, list[str | None]] = {}
    for (code, own), count in groups.items():
        division = gazetteer().by_code.get(code or "")
        above.update(parent.short for parent in (gazetteer().parents(division) if division else ()))
        # each division's documents under all that its code begins with: no pair of divisions is ever compared
        below.update({(code or "")[:length]: count for length in range(len(code or "") + 1)})
        by_name.setdefault(own, []).append(code)
    found: Counter[str] = Counter()
    for name in by_name.keys() | {name for name, parts in above.items() if parts > 1}:
        codes = gazetteer().region_codes(name)
        outermost = {code for code in codes if not any(code != other and code.startswith(other) for other in codes)}
        others = (code for code in by_name.get(name, ()) if not gazetteer().covers(name, code))
        found[name] = sum(below[code] for code in outermost) + sum(groups[code, name] for code in others)
    return found


def desk_of(library: Library, workers: int = 0) -> Desk:
    """The desk of a library, with a second connection for changes, a folder for uploads and, not yet started, so many workers."""
    folder = library.corpus.folder

    def writer() -> Library:
        return Library.open(library.corpus.address, encoder=library.encoder)  # one model in memory

    desk = Desk(library, writer, folder / "uploads")
    if workers:
        from ui.desk.pool import WorkerPool

        desk.pool = WorkerPool(library.corpus.address, library.model, workers, desk.catch_up)
    return desk


def _grouped(facts: Iterable[CitedFact[R]]) -> dict[str, CountedList[CitedFact[R]]]:
    out: dict[str, CountedList[CitedFact[R]]] = {}
    for cited in facts:
        out.setdefault(cited.fact.document_id, CountedList()).append(cited)
    return out
