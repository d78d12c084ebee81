"""What stands around a document, unit, topic, task or indicator, read from the stored facts without building the whole graph."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from corpus.errors import UnclearDocument, UnknownDocument
from corpus.store import Corpus, DocumentInfo, StoredFact
from graph.codec.records import TargetRecord, TaskRecord
from graph.documents.named import find_document
from graph.queries.counted import CountedList, R, count_once
from graph.queries.facts import tasks as graph_tasks
from graph.queries.facts import unit_keys
from graph.queries.relations import UNRELATED, relations
from graph.queries.unit import called

KINDS = ("任务", "单位", "指标", "依据")


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A neighbour: what it is called, what is said of it, where it leads (``key``) and where it stands in a document."""

    kind: str
    label: str
    key: str | None = None
    note: str = ""
    place: tuple[str, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A node in the middle and its neighbours by kind, in order of weight or of the text.

    Works are counted once: ``folded`` is the number of copies and former versions left out. What only such documents say is shown.
    """

    centre: GraphNode
    rings: dict[str, tuple[GraphNode, ...]]
    folded: int = 0

    def __len__(self) -> int:
        return sum(len(nodes) for nodes in self.rings.values())


def around(corpus: Corpus, key: str) -> Surroundings | None:
    """The surroundings of ``document:ID``, ``unit:NAME``, ``topic:NAME``, ``task:DOCUMENT/ID`` or ``indicator:NAME``."""
    kind, _, name = key.partition(":")
    infos = {info.row: info for info in corpus.infos()}
    if kind == "document":
        return _document(corpus, infos, name)
    if kind == "unit":
        keys = unit_keys(corpus, name)
        facts = _once(corpus, graph_tasks(corpus, unit=name, all_versions=True)) if keys else CountedList()
        return _of_tasks(corpus, infos, GraphNode("单位", name, key), facts, called(facts, [name, *keys])) if facts else None
    if kind == "topic":
        facts = _once(corpus, graph_tasks(corpus, topic=name, all_versions=True))
        return _of_tasks(corpus, infos, GraphNode("主题", name, key), facts) if facts else None
    if kind == "task":
        document, _, id = name.partition("/")
        row = next((row for row, info in infos.items() if info.id == document), None)
        facts = (
            CountedList(f for f in corpus.facts(TaskRecord, documents=[row]) if f.id == id) if row is not None else CountedList()
        )
        if not facts:
            return None
        centre = GraphNode("任务", facts[0].value.name, key, facts[0].value.deadline or "", _place(facts[0]))
        return _of_tasks(corpus, infos, centre, facts, itself=True)
    if kind == "indicator":
        return _indicator(corpus, infos, name)
    return None


def resolve(corpus: Corpus, words: str) -> str | None:
    """The key of the node that words name: a topic, a unit, an indicator, or a document by anything it may be called.

    None where there is none; raises ``UnclearDocument`` where several documents may be meant.
    """
    words = words.strip()
    if not words:
        return None
    if words in corpus.keys("topic"):
        return f"topic:{words}"
    if unit_keys(corpus, words):
        return f"unit:{words}"
    for info in corpus.infos():
        if words in (info.id, info.source, info.head.title, info.head.doc_number):
            return f"document:{info.id}"
    for kind in ("topic", "indicator", "unit"):
        for name in corpus.keys(kind):
            if words in name:
                return f"{kind}:{name}"
    try:
        return f"document:{find_document(corpus, words).id}"
    except UnclearDocument:
        raise
    except UnknownDocument:
        return None


def _once(corpus: Corpus, facts: list[StoredFact[R]]) -> CountedList[StoredFact[R]]:
    """The facts with every work counted once; all of them where only copies and former versions have any."""
    return count_once(corpus, facts) or CountedList(facts)


def _document(corpus: Corpus, infos: dict[int, DocumentInfo], id: str) -> Surroundings | None:
    info = next((info for info in infos.values() if info.id == id), None)
    if info is None:
        return None
    facts = corpus.facts(TaskRecord, documents=[info.row])
    rings = _parts(infos, facts)
    rings["指标"] = _targets(corpus.facts(TargetRecord, documents=[info.row]))
    rings["依据"] = _references(corpus, id)
    title = info.head.title or info.source
    return Surroundings(GraphNode("文件", title, f"document:{id}", info.head.doc_number or "", (id, 0, 0)), rings)


def _references(corpus: Corpus, id: str) -> tuple[GraphNode, ...]:
    """What a document names as its basis, and the documents of the library that name it."""
    found = relations(corpus).get(id, UNRELATED)
    linked = [(link, link.relation) for link in found.basis] + [(link, f"被它{link.relation}") for link in found.followers]
    return tuple(
        GraphNode("依据", link.title, f"document:{link.document}" if link.document else None, said, link.place)
        for link, said in linked
    )


def _of_tasks(
    corpus: Corpus,
    infos: dict[int, DocumentInfo],
    centre: GraphNode,
    facts: CountedList[StoredFact[TaskRecord]],
    names: frozenset[str] = frozenset(),
    *,
    itself: bool = False,
) -> Surroundings:
    rings = _parts(infos, facts, names)
    if itself:
        rings["任务"] = tuple(
            GraphNode("任务", measure.name, None, "措施", (facts[0].document_id, measure.start, measure.end))
            for measure in facts[0].value.measures
        )
    spans: dict[int, list[StoredFact[TaskRecord]]] = {}
    for fact in facts:
        spans.setdefault(fact.document, []).append(fact)
    inside = [
        target
        for target in corpus.facts(TargetRecord, documents=spans)
        if any(task.span.start <= target.span.start < task.span.end for task in spans[target.document])
    ]
    rings["指标"] = _targets(inside)
    counts = Counter(fact.document for fact in facts)
    rings["依据"] = tuple(
        GraphNode(
            "依据",
            infos[row].head.title or infos[row].source,
            f"document:{infos[row].id}",
            f"{count} 项任务",
            (infos[row].id, 0, 0),
        )
        for row, count in counts.most_common()
    )
    return Surroundings(centre, rings, facts.folded)


def _parts(
    infos: dict[int, DocumentInfo], facts: list[StoredFact[TaskRecord]], names: frozenset[str] = frozenset()
) -> dict[str, tuple[GraphNode, ...]]:
    """Tasks in order of the text, and the units that have them, most tasks first."""
    several = len({fact.document for fact in facts}) > 1
    counts: dict[str, Counter[str]] = {}
    tasks = []
    for fact in facts:
        role = ""
        for word, units in fact.value.units_by_role:
            for unit in dict.fromkeys(units):
                if unit in names:
                    role = role or word
                else:
                    counts.setdefault(unit, Counter())[word] += 1
        where = infos[fact.document].head.region or "" if several else ""
        note = "　".join(part for part in (role, fact.value.deadline or "", where) if part)
        tasks.append(GraphNode("任务", fact.value.name, f"task:{fact.document_id}/{fact.id}", note, _place(fact)))
    named = [
        GraphNode("单位", unit, f"unit:{unit}", "，".join(f"{word} {n} 项" for word, n in found.items()))
        for unit, found in sorted(counts.items(), key=lambda item: -item[1].total())
    ]
    return {"任务": tuple(tasks), "单位": tuple(named)}


def _targets(facts: list[StoredFact[TargetRecord]]) -> tuple[GraphNode, ...]:
    def note(target: TargetRecord) -> str:
        year = f"{target.by_year}年" if target.by_year else ""
        return "　".join(part for part in (target.value_text, year) if part)

    return tuple(
        GraphNode("指标", fact.value.indicator, f"indicator:{fact.value.indicator}", note(fact.value), _place(fact))
        for fact in facts
    )


def _indicator(corpus: Corpus, infos: dict[int, DocumentInfo], name: str) -> Surroundings | None:
    filed = corpus.facts(TargetRecord, key=("indicator", name)) or [
        f for f in corpus.facts(TargetRecord) if f.value.indicator == name
    ]
    facts = _once(corpus, filed)
    if not facts:
        return None
    values = tuple(
        GraphNode(
            "指标",
            f.value.value_text or name,
            None,
            "　".join(str(p) for p in (f.value.region, f.value.by_year) if p),
            _place(f),
        )
        for f in facts
    )
    holders = [
        task
        for task in corpus.facts(TaskRecord, documents={f.document for f in facts})
        if any(task.document == f.document and task.span.start <= f.span.start < task.span.end for f in facts)
    ]
    rings = _parts(infos, holders)
    rings["指标"] = values
    counts = Counter(f.document for f in facts)
    rings["依据"] = tuple(
        GraphNode(
            "依据", infos[row].head.title or infos[row].source, f"document:{infos[row].id}", f"{n} 处", (infos[row].id, 0, 0)
        )
        for row, n in counts.most_common()
    )
    return Surroundings(GraphNode("指标", name, f"indicator:{name}"), rings, facts.folded)


def _place(fact: StoredFact[TaskRecord] | StoredFact[TargetRecord]) -> tuple[str, int, int]:
    return fact.document_id, fact.span.start, fact.span.end
