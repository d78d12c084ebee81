"""The paths between two things of the graph 路径: how a unit, an indicator and a document come together, each step with its words.

What leads from one to the other is read from the keys of the facts, level by level from both ends, until the two meet; the graph of
the whole library is never built. Shortest paths are those with the fewest steps: 甲局 —牵头→ 任务 —配合→ 乙局.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import networkx as nx

from cemai.views.steps import GraphStep, GraphView, cite_sentences
from corpus.document import Span
from corpus.errors import UnknownDocument, UsageError
from corpus.store import Corpus
from graph.codec.records import TargetRecord, TaskRecord
from graph.documents.lineage import edges
from graph.documents.named import describe_document, rows_behind
from graph.queries.facts import unit_keys
from graph.queries.neighbourhood import resolve
from graph.queries.unit import GENERAL
from graph.units.words import LEVEL
from qa.answer import AnswerCitation
from qa.documents import LibraryView
from qa.suggestions import is_single_unit

ROLES = {"duty:lead": "牵头", "duty:responsible": "责任", "duty:supporting": "配合"}
WAYS = 5
"""Paths shown at most."""
LONGEST = 6
"""Steps of a path at most: what is further apart has nothing to do with one another."""
MOST = 40_000
"""Nodes looked at before the search is given up."""

Node = tuple[str, str | int]
"""``("unit", name)``, ``("task", row of the fact)``, ``("indicator", name)``, ``("document", row)``."""


@dataclass(frozen=True, slots=True)
class _Join:
    """What joins two nodes: a word for it, and the fact or the place in a document that says so."""

    said: str
    fact: int | None = None
    document: int | None = None
    span: Span | None = None


def find_paths(
    corpus: Corpus, one: str, other: str, *, as_of: dt.date | None = None, view: LibraryView | None = None
) -> GraphView:
    """The shortest paths between two things.

    Args:
        corpus: An open library.
        one: A unit, an indicator or a document, by its key (``unit:州医保局``) or as a person names it.
        other: The other end.
        as_of: The day that decides which version of a work counts, today without it.
        view: The documents of the library, where they are prepared already.

    Returns:
        A row for each of at most ``WAYS`` paths; no row where nothing of at most ``LONGEST`` steps joins the two.

    Raises:
        UsageError: One of the two is not in the library, or both are the same.
    """
    day = as_of or dt.date.today()
    view = view or LibraryView(corpus)
    ends = [_ends(corpus, words) for words in (one, other)]
    if ends[0] & ends[1]:
        raise UsageError("两端是同一个，没有路径可找。请写两个不同的单位、指标或文件。")
    graph = _Explorer(corpus, rows_behind(corpus, None, day), ends)
    found = sorted(graph.shortest(), key=lambda path: graph.newest(path, view), reverse=True)[:WAYS]
    title = f"{_bare(one)} — {_bare(other)}"
    rows = tuple(tuple(_steps(path, graph, view)) for path in found)
    if not rows:
        return GraphView("路径", title, (), (f"文档库里没有 {LONGEST} 步以内的联系。",))
    more = (f"同样长的路径不止这些，这里列出较新的 {WAYS} 条。",) if graph.more else ()
    return GraphView("路径", title, rows, more)


def _is_one_unit(name: str) -> bool:
    """Whether a name is that of one unit wherever it stands: 各区政府 are many, and 市财政局 without its city is one in each."""
    return is_single_unit(name) and not name.startswith(GENERAL) and LEVEL.match(name) is None


def _bare(words: str) -> str:
    kind, mark, name = words.partition(":")
    return name if mark and kind in ("unit", "indicator", "document", "topic") else words


def _ends(corpus: Corpus, words: str) -> frozenset[Node]:
    """The nodes that one end means: a unit under all its keys."""
    kind, mark, name = words.partition(":")
    if not mark or kind not in ("unit", "indicator", "document"):
        key = resolve(corpus, words)
        kind, _, name = (key or "").partition(":")
    if kind == "document":
        row = corpus.rows.get(name)
        if row is None:
            raise UnknownDocument(name)
        return frozenset({("document", row)})
    if kind == "unit" and (keys := unit_keys(corpus, name)):
        return frozenset(("unit", key) for key in keys)
    if kind == "indicator" and name in corpus.keys("indicator"):
        return frozenset({("indicator", name)})
    raise UsageError(f"文档库里没有叫“{words[:40]}”的单位、指标或文件。路径的两端要是单位、指标或文件，换一个名称试试。")


class _Explorer:
    """The part of the graph between two ends, read level by level."""

    def __init__(self, corpus: Corpus, behind: frozenset[int], ends: list[frozenset[Node]]) -> None:
        self._corpus = corpus
        self._behind = behind
        self._ends = ends
        self._graph: nx.Graph = nx.Graph()
        self.more = False
        self._links: dict[int, list[tuple[int, _Join]]] = defaultdict(list)
        for edge in edges(corpus):
            if edge.target is not None and edge.source not in behind and edge.target not in behind:
                join = _Join(edge.relation, document=edge.source, span=edge.span)
                self._links[edge.source].append((edge.target, join))
                self._links[edge.target].append((edge.source, join))

    def shortest(self) -> list[list[Node]]:
        """Shortest paths from the one end to the other, some more than are shown."""
        seen = [set(end) for end in self._ends]
        rims: list[set[Node]] = [set(end) for end in self._ends]
        for _ in range(LONGEST):
            side = 0 if len(rims[0]) <= len(rims[1]) else 1
            rims[side] = self._grow(rims[side]) - seen[side]
            seen[side] |= rims[side]
            if rims[side] & seen[1 - side]:
                return self._ways()
            if not rims[side] or sum(map(len, seen)) > MOST:
                return []
        return []

    def newest(self, path: list[Node], view: LibraryView) -> tuple[str, ...]:
        """The dates of the documents of a path, to put those of newer ones first."""
        rows = {join.document for a, b in pairwise(path) if (join := self.join(a, b)).document is not None}
        heads = [view.infos[row].head for row in sorted(row for row in rows if row is not None)]
        return tuple(sorted((head.issued_on or head.published_on or "" for head in heads), reverse=True))

    def join(self, a: Node, b: Node) -> _Join:
        """What joins two neighbours."""
        found: _Join = self._graph.edges[a, b]["join"]
        return found

    def _ways(self) -> list[list[Node]]:
        # one node for each end, whatever names it goes by
        for number, end in enumerate(self._ends):
            for node in end:
                if node in self._graph:
                    self._graph.add_edge(("end", number), node)
        every = nx.all_shortest_paths(self._graph, ("end", 0), ("end", 1))
        found = [path[1:-1] for path in islice(every, 20 * WAYS)]
        self.more = len(found) > WAYS
        return found

    def _add(self, a: Node, b: Node, join: _Join) -> None:
        if not self._graph.has_edge(a, b):
            self._graph.add_edge(a, b, join=join)

    def _grow(self, rim: set[Node]) -> set[Node]:
        """The neighbours of some nodes, with what joins them.

        No path leads through a unit that is nobody in particular, nor through an indicator: two documents that both set a 罚款 have
        nothing to do with one another.
        """
        found: set[Node] = set()
        ends = self._ends[0] | self._ends[1]
        for a, b, join in self._neighbours(rim):
            if b not in ends and (b[0] == "indicator" or (b[0] == "unit" and not _is_one_unit(str(b[1])))):
                continue
            self._add(a, b, join)
            found.add(b)
        return found

    def _neighbours(self, rim: set[Node]) -> Iterator[tuple[Node, Node, _Join]]:
        by_kind: dict[str, list[str | int]] = defaultdict(list)
        for kind, name in rim:
            by_kind[kind].append(name)
        units = [str(name) for name in by_kind["unit"]]
        for role, unit, document, fact in self._filed(tuple(ROLES), keys=units) if units else ():
            yield ("unit", unit), ("task", fact), _Join(ROLES[role], fact, document)
        names = [str(name) for name in by_kind["indicator"]]
        for _, name, document, fact in self._filed(("indicator",), keys=names) if names else ():
            yield ("indicator", name), ("document", document), _Join("指标", fact, document)
        tasks = [int(fact) for fact in by_kind["task"]]
        documents = {task.row: task.document for task in self._corpus.facts_at(TaskRecord, tasks)} if tasks else {}
        for fact, document in documents.items():
            yield ("task", fact), ("document", document), _Join("任务", fact, document)
        for role, unit, fact in self._corpus.keyed(tuple(ROLES), facts=tasks) if tasks else ():
            yield ("task", fact), ("unit", unit), _Join(ROLES[role], fact, documents[fact])
        yield from self._of_documents([int(row) for row in by_kind["document"]])

    def _of_documents(self, rows: list[int]) -> Iterator[tuple[Node, Node, _Join]]:
        for row in rows:
            for other, join in self._links[row]:
                yield ("document", row), ("document", other), join
        if not rows:
            return
        for _, _, document, fact in self._filed(tuple(ROLES), documents=rows):
            yield ("document", document), ("task", fact), _Join("任务", fact, document)
        for _, name, document, fact in self._filed(("indicator",), documents=rows):
            yield ("document", document), ("indicator", name), _Join("指标", fact, document)

    def _filed(
        self, kinds: tuple[str, ...], *, keys: Iterable[str] | None = None, documents: Iterable[int] | None = None
    ) -> list[tuple[str, str, int, int]]:
        return [one for one in self._corpus.filed(kinds, keys, documents=documents) if one[2] not in self._behind]


def _steps(path: list[Node], graph: _Explorer, view: LibraryView) -> Iterator[GraphStep]:
    """A path as steps: how each node is joined to the one before, and the words that say so."""
    yield _step(path[0], "", view, ())
    for before, node in pairwise(path):
        join = graph.join(before, node)
        yield _step(node, _word(before, node, join), view, _words(before, node, join, view))


def _word(before: Node, node: Node, join: _Join) -> str:
    """The word for a step; a relation of documents is that of the one that names the other."""
    if before[0] == node[0] == "document" and join.document == node[1]:
        return f"被它{join.said}"
    return join.said


def _step(node: Node, said: str, view: LibraryView, citations: tuple[AnswerCitation, ...]) -> GraphStep:
    kind, name = node
    if kind == "document":
        info = view.infos[int(name)]
        date = info.head.issued_on or info.head.published_on or ""
        return GraphStep(said, describe_document(info), f"document:{info.id}", date, "", citations)
    if kind == "task":
        task = view.corpus.facts_at(TaskRecord, [int(name)])[0]
        note = task.value.deadline or ""
        return GraphStep(said, task.value.name, f"task:{task.document_id}/{task.id}", "", note, citations)
    return GraphStep(said, str(name), f"{kind}:{name}", "", "", citations)


def _words(before: Node, node: Node, join: _Join, view: LibraryView) -> tuple[AnswerCitation, ...]:
    """The sentences that a step rests on."""
    if join.document is None:
        return ()
    document = view.document(join.document)
    if join.span is not None:
        return cite_sentences(document, [join.span])
    if join.fact is None:
        return ()
    unit = next((str(name) for kind, name in (before, node) if kind == "unit"), None)
    tasks = view.corpus.facts_at(TaskRecord, [join.fact])
    if unit is not None and tasks:
        named = [one.span for one in tasks[0].value.units if unit in (one.name, one.canonical)]
        return cite_sentences(document, named[:1] or [tasks[0].span])
    if tasks:
        start = tasks[0].span.start
        return cite_sentences(document, [Span(start, min(tasks[0].span.end, start + 1))])
    return cite_sentences(document, [fact.span for fact in view.corpus.facts_at(TargetRecord, [join.fact])])
