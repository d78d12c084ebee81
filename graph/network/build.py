"""The policy graph 政策图谱: documents, tasks, units, targets, topics, regions, terms and cited policies, with their evidence.

It is made from the store alone and can be made for some documents only, so that a change to one changes its part.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from corpus.divisions import gazetteer
from corpus.store import Corpus, DocumentInfo
from graph.codec.records import ActorRecord, FactRecord, TargetRecord, TaskRecord, TermRecord
from graph.documents.lineage import edges_among
from graph.kinds import KINDS
from graph.units.resolve import home, resolve

if TYPE_CHECKING:
    import networkx

Json = dict[str, Any]

_SHARED = frozenset({TermRecord.fact_kind, ActorRecord.fact_kind})
"""Kinds whose facts become nodes that several documents name."""
_OWN = frozenset(kind.name for kind in KINDS) - _SHARED
"""Kinds whose facts are nodes of one document, named after the kind."""
_ROLE_EDGES = {"lead": "牵头", "responsible": "责任", "supporting": "配合", "actor": "行为主体"}


def build(corpus: Corpus, documents: Iterable[int] | None = None) -> networkx.MultiDiGraph[str]:
    """The graph of the library, or of some documents of it (their row numbers)."""
    import networkx

    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    graph.graph["generation"] = corpus.generation
    every = corpus.infos()
    chosen = set(documents) if documents is not None else None
    _add(graph, corpus, [info for info in every if chosen is None or info.row in chosen])
    _link(graph, every)
    return graph


def update(graph: networkx.MultiDiGraph[str], corpus: Corpus, since: int | None = None) -> int:
    """Bring a graph of the whole library up to date: only documents changed after ``since`` are read. Returns how many.

    ``since`` is the generation the graph was made at, which it remembers. Parts of changed documents go out with every node that
    nothing else names, and come in anew; who rests on whom is linked again, because a title may now be in the library or no more.
    """
    changes = corpus.changes_since(int(graph.graph.get("generation", 0)) if since is None else since)
    rows = {change.document for change in changes}
    graph.graph["generation"] = corpus.generation
    if not rows:
        return 0
    _take_out(graph, rows)
    every = corpus.infos()
    _add(graph, corpus, [info for info in every if info.row in rows])
    _link(graph, every)
    return len(rows)


def _add(graph: networkx.MultiDiGraph[str], corpus: Corpus, infos: list[DocumentInfo]) -> None:
    """The parts of some documents: all but who rests on whom."""
    regions = {info.row: info.head.region for info in infos}
    for info in infos:
        _document(graph, info)
    rows = list(regions)
    for kind in KINDS:
        for fact in corpus.facts(kind.record, documents=rows):
            _fact(graph, fact.value, regions[fact.document])


def _take_out(graph: networkx.MultiDiGraph[str], rows: set[int]) -> None:
    """Remove documents with their tasks and targets, and what then hangs on nothing."""
    gone = [node for node, facts in graph.nodes(data=True) if facts["kind"] == "document" and facts.get("row") in rows]
    touched: dict[str, None] = {}
    for node in gone:
        own = [node, *(other for other in graph.successors(node) if graph.nodes[other]["kind"] in _OWN)]
        for one in own:
            touched |= dict.fromkeys(graph.successors(one))
        graph.remove_nodes_from(own)
    _drop_unused(graph, list(touched))


def _drop_unused(graph: networkx.MultiDiGraph[str], nodes: list[str]) -> None:
    """Drop nodes that nothing names any more, and those above them in turn; the others forget names nobody uses."""
    while nodes:
        node = nodes.pop()
        if node not in graph:
            continue
        if not graph.in_degree(node):
            nodes += list(graph.successors(node))
            graph.remove_node(node)
        elif graph.nodes[node]["kind"] == "unit":
            used = {facts["name"] for _, _, facts in graph.in_edges(node, data=True) if "name" in facts}
            graph.nodes[node]["names"] = "、".join(sorted(used))


def _edge(
    graph: networkx.MultiDiGraph[str], one: str, other: str, kind: str, evidence: Json | None = None, *, name: str | None = None
) -> None:
    graph.add_edge(one, other, kind=kind, **(evidence or {}), **_present({"name": name}))


def _evidence(fact: FactRecord) -> Json:
    return {"source": fact.source, "start": fact.start, "end": fact.end}


def _document(graph: networkx.MultiDiGraph[str], info: DocumentInfo) -> None:
    node = f"document:{info.id}"
    head = info.head
    facts = {
        "title": head.title,
        "doc_number": head.doc_number,
        "level": head.level,
        "issued_on": head.issued_on,
        "status": info.status,
        "source": info.source,
        "row": info.row,
    }
    graph.add_node(node, kind="document", label=head.title or info.source, **_present(facts))
    region = _region(graph, head.region_code, head.region)
    if region:
        _edge(graph, node, region, "属于")
    for issuer in head.issuers:
        unit = _unit(graph, resolve(issuer, head), issuer, head.region)
        _edge(graph, node, unit, "发文机关", name=issuer)


def _link(graph: networkx.MultiDiGraph[str], infos: list[DocumentInfo]) -> None:
    """Who rests on whom, for every document of the graph; what is not in the library becomes a policy of its own."""
    graph.remove_nodes_from([node for node, facts in graph.nodes(data=True) if facts["kind"] == "policy"])
    between = [
        (one, other, key)
        for one, other, key in graph.edges(keys=True)
        if one.startswith("document:") and other.startswith("document:")
    ]
    graph.remove_edges_from(between)
    known = {info.row: info for info in infos}
    for edge in edges_among(infos):
        info = known[edge.source]
        node = f"document:{info.id}"
        if node not in graph:
            continue
        place = {"source": info.source, "start": edge.span.start, "end": edge.span.end} if edge.span else None
        if edge.target is not None:
            inside = known[edge.target]
            other = f"document:{inside.id}"
            if other not in graph:
                graph.add_node(other, kind="document", label=inside.head.title or inside.source)
        else:
            other = f"policy:{edge.doc_number or edge.title}"
            graph.add_node(other, kind="policy", label=edge.title, **_present({"doc_number": edge.doc_number}))
        _edge(graph, node, other, edge.relation, place)


def _region(graph: networkx.MultiDiGraph[str], code: str | None, name: str | None) -> str | None:
    division = home(code, name)
    if division is None:
        return None
    names = gazetteer()
    below: str | None = None
    for place in (division, *names.parents(division)):
        node = f"region:{place.code}"
        known = node in graph
        graph.add_node(node, kind="region", label=place.short, name=place.path, level=place.level)
        if below is not None:
            _edge(graph, below, node, "隶属")
        if known:
            break
        below = node
    return f"region:{division.code}"


def _unit(graph: networkx.MultiDiGraph[str], canonical: str | None, name: str, region: str | None) -> str:
    """The node of a unit; one that was not decided is kept apart by the region whose text names it."""
    node = f"unit:{canonical}" if canonical else f"unit:{region or ''}|{name}"
    if node not in graph:
        # many regions name 农业农村部: only an undecided name is of the one that names it
        own = {"region": None if canonical else region}
        graph.add_node(node, kind="unit", label=canonical or name, names=name, **_present(own))
    elif name not in graph.nodes[node]["names"].split("、"):
        graph.nodes[node]["names"] = "、".join(sorted([*graph.nodes[node]["names"].split("、"), name]))
    return node


def _fact(graph: networkx.MultiDiGraph[str], fact: FactRecord, region: str | None) -> None:
    """The part of one fact; of a kind that has no form of its own here a node under its document."""
    if isinstance(fact, TaskRecord):
        _task(graph, fact)
    elif isinstance(fact, TargetRecord):
        _target(graph, fact)
    elif isinstance(fact, TermRecord):
        _term(graph, fact)
    elif isinstance(fact, ActorRecord):
        unit = _unit(graph, fact.canonical, fact.name, region)
        _edge(graph, f"document:{fact.document_id}", unit, "提及", _evidence(fact), name=fact.name)
    else:
        node = f"{fact.fact_kind}:{fact.id}"
        graph.add_node(node, kind=fact.fact_kind, label=fact.quote, **_evidence(fact))
        _edge(graph, f"document:{fact.document_id}", node, "包含", _evidence(fact))


def _task(graph: networkx.MultiDiGraph[str], task: TaskRecord) -> None:
    node = f"task:{task.id}"
    facts = {"deadline": task.deadline, "region": task.region, "path": " > ".join(task.section_path)}
    graph.add_node(node, kind="task", label=task.name, **_evidence(task), **_present(facts))
    _edge(graph, f"document:{task.document_id}", node, "包含", _evidence(task))
    for unit in task.units:
        graph.add_edge(
            node,
            _unit(graph, unit.canonical, unit.name, task.region),
            kind=_ROLE_EDGES[unit.role],
            source=task.source,
            start=unit.start,
            end=unit.end,
            inherited=unit.inherited,
            name=unit.name,
        )
    for topic in task.topics:
        _topic(graph, node, topic, task)


def _target(graph: networkx.MultiDiGraph[str], target: TargetRecord) -> None:
    node = f"target:{target.id}"
    facts = {
        "indicator": target.indicator,
        "comparator": target.comparator,
        "value": target.value,
        "unit": target.unit,
        "by_year": target.by_year,
        "region": target.region,
        "target_kind": target.kind,
    }
    label = f"{target.indicator} {target.value_text}"
    graph.add_node(node, kind="target", label=label, **_evidence(target), **_present(facts))
    _edge(graph, f"document:{target.document_id}", node, "指标", _evidence(target))
    if target.topic:
        _topic(graph, node, target.topic, target)


def _topic(graph: networkx.MultiDiGraph[str], node: str, topic: str, fact: FactRecord) -> None:
    graph.add_node(f"topic:{topic}", kind="topic", label=topic)
    _edge(graph, node, f"topic:{topic}", "主题", _evidence(fact))


def _term(graph: networkx.MultiDiGraph[str], term: TermRecord) -> None:
    node = f"term:{term.term}"
    graph.add_node(node, kind="term", label=term.term)
    _edge(graph, f"document:{term.document_id}", node, "定义" if term.defined else "提到", _evidence(term))


def _present(facts: Json) -> Json:
    return {name: value for name, value in facts.items() if value is not None}


def neighbourhood(graph: networkx.MultiDiGraph[str], node: str, depth: int = 1) -> networkx.MultiDiGraph[str]:
    """The part of the graph within ``depth`` steps of a node, whatever the direction; empty for an unknown node."""
    import networkx

    if node not in graph:
        return networkx.MultiDiGraph()
    reached = {node}
    edge = {node}
    for _ in range(depth):
        edge = {other for one in edge for other in (*graph.successors(one), *graph.predecessors(one))} - reached
        reached |= edge
    return graph.subgraph(reached).copy()
