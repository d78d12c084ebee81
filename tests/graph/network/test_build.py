"""The graph: nodes with evidence, neighbourhoods, exports others can read, and parts that come and go with a document."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import networkx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.store import Corpus
from graph.codec.rows import to_rows
from graph.extract import extract
from graph.network import build, files
from ingest.reader import read

TEXT = """昆明市湿地保护工作方案

根据《云南省湿地保护条例》，制定本方案。

一、重点任务
（一）修复湿地。到2025年，修复湿地200公顷。（牵头单位：市林草局；配合单位：市财政局）
"""


def library(folder: Path) -> Corpus:
    corpus = Corpus.open(folder)
    doc = read(TEXT.encode(), "湿地.txt")
    corpus.put(doc, original=b"", passages=[], facts=to_rows(doc, extract(doc)))
    return corpus


def test_nodes_and_edges(tmp_path: Path) -> None:
    with library(tmp_path) as corpus:
        graph = build.build(corpus)
        text = corpus.text(corpus.infos()[0].row)
        kinds = {facts["kind"] for _, facts in graph.nodes(data=True)}
        assert {"document", "task", "unit", "target", "region"} <= kinds
        lead = [(a, b, f) for a, b, f in graph.edges(data=True) if f["kind"] == "牵头"]
        assert [(b, text[f["start"] : f["end"]]) for _, b, f in lead] == [("unit:昆明市林业和草原局", "市林草局")]
        near = build.neighbourhood(graph, "unit:昆明市林业和草原局", 1)
        assert {facts["kind"] for _, facts in near.nodes(data=True)} >= {"unit", "task"}
        assert build.neighbourhood(graph, "unit:无").number_of_nodes() == 0


def test_removing_a_document_leaves_nothing(tmp_path: Path) -> None:
    with library(tmp_path) as corpus:
        corpus.remove(corpus.infos()[0].row)
        assert build.build(corpus).number_of_nodes() == 0


def test_exports(tmp_path: Path) -> None:
    with library(tmp_path / "l") as corpus:
        graph = build.build(corpus)
    files.write_graphml(graph, tmp_path / "g.graphml")
    again = networkx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    assert (again.number_of_nodes(), again.number_of_edges()) == (graph.number_of_nodes(), graph.number_of_edges())
    files.write_json(graph, tmp_path / "g.json")
    value = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    assert len(value["links"]) == graph.number_of_edges()
    assert {link["source"] for link in value["links"] if "start" in link} == {"湿地.txt"}
    nodes, edges = files.write_csv(graph, tmp_path / "g.csv")
    with nodes.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == graph.number_of_nodes()
    target = next(row for row in rows if row[":LABEL"] == "target")
    assert (target["value:double"], target["by_year:int"]) == ("200.0", "2025")
    with edges.open(encoding="utf-8", newline="") as lines:
        links = list(csv.DictReader(lines))
    assert len(links) == graph.number_of_edges()
    assert {row[end] for row in links for end in (":START_ID", ":END_ID")} <= {row["id:ID"] for row in rows}
    assert {row["inherited:boolean"] for row in links if row[":TYPE"] == "牵头"} == {"false"}


def test_cells_keep_numbers_and_disarm_formulas(tmp_path: Path) -> None:
    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    graph.add_node("target:1", kind="target", label="=1+1", value=-2.5, names="甲局、乙局")
    nodes, _ = files.write_csv(graph, tmp_path / "g.csv")
    with nodes.open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert (row["label:string"], row["value:double"], row["names:string[]"]) == ("'=1+1", "-2.5", "甲局;乙局")


def _shape(graph: networkx.MultiDiGraph[str]) -> tuple[set[str], list[str]]:
    nodes = {f"{node} {sorted(facts.items())}" for node, facts in graph.nodes(data=True)}
    return nodes, sorted(f"{one} {other} {sorted(facts.items())}" for one, other, facts in graph.edges(data=True))


def test_a_change_brings_the_graph_up_to_date(tmp_path: Path) -> None:
    other = (
        TEXT.replace("修复湿地", "监测湿地")
        .replace("市林草局", "市林业和草原局")
        .replace("《云南省湿地保护条例》", "《昆明市湿地保护工作方案》")
    )
    with library(tmp_path) as corpus:
        graph = build.build(corpus)
        doc = read(other.replace("昆明市湿地保护工作方案\n", "昆明市湿地监测方案\n", 1).encode(), "监测.txt")
        corpus.put(doc, original=b"", passages=[], facts=to_rows(doc, extract(doc)))
        assert build.update(graph, corpus) == 1
        assert _shape(graph) == _shape(build.build(corpus))
        assert any(a.startswith("document:") and b.startswith("document:") for a, b in graph.edges())
        first = next(info.row for info in corpus.infos() if info.source == "湿地.txt")
        corpus.remove(first)
        build.update(graph, corpus)
        assert _shape(graph) == _shape(build.build(corpus))
        assert build.update(graph, corpus) == 0
        corpus.remove(corpus.infos()[0].row)
        build.update(graph, corpus)
        assert graph.number_of_nodes() == 0


PLACES = ("云南省昆明市", "甘肃省甘南州", "贵州省")
UNITS = ("市林草局", "州林草局、州财政局", "农业农村部", "各县（市）人民政府", "省财政厅；配合单位：省林草局")
WORK = ("修复湿地。到2025年，修复湿地200公顷", "建设监测站。新建20个监测站", "落实“四个不摘”要求。做到不摘责任、不摘政策")
NAMED = ("《云南省湿地保护条例》", "《湿地方案0》", "《湿地方案1》", "《湿地方案2》（某政发〔2022〕1号）")


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str]:
    """A source name of a few, so that documents replace each other, and a text of the field's building blocks."""
    number = draw(st.integers(0, 2))
    lines = [f"{draw(st.sampled_from(PLACES))}湿地方案{number}" if draw(st.booleans()) else f"湿地方案{number}"]
    lines.append(f"\n根据{draw(st.sampled_from(NAMED))}，制定本方案。\n\n一、重点任务")
    for i, (work, unit) in enumerate(draw(st.lists(st.tuples(st.sampled_from(WORK), st.sampled_from(UNITS)), max_size=3)), 1):
        lines.append(f"（{'一二三'[i - 1]}）{work}。（责任单位：{unit}）")
    return f"{number}.txt", "\n".join(lines)


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), documents()),
        st.tuples(st.sampled_from(("remove", "restore", "废止", "purge")), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=8,
)


TWO_PLACES = [
    ("put", (f"{n}.txt", f"{place}湿地方案{n}\n\n一、重点任务\n（一）修复湿地。（责任单位：农业农村部）"))
    for n, place in enumerate(PLACES[:2])
]


@pytest.mark.slow
@settings(max_examples=40)
@given(CHANGES)
@example([*TWO_PLACES, ("remove", 0)])
def test_a_graph_that_follows_changes_is_the_graph_built_anew(changes: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Corpus.open(Path(folder)) as corpus:
        graph = build.build(corpus)
        for kind, what in changes:
            infos, removed = corpus.infos(), corpus.removed()
            if isinstance(what, tuple):
                source, text = what
                doc = read(text.encode(), source)
                former = [info.row for info in corpus.by_source(source)]
                corpus.put(doc, original=text.encode(), passages=[], facts=to_rows(doc, extract(doc)), replaces=former)
            elif kind == "purge":
                corpus.purge()
            elif kind == "restore" and removed:
                corpus.restore(removed[int(str(what)) % len(removed)].row)
            elif kind == "remove" and infos:
                corpus.remove(infos[int(str(what)) % len(infos)].row)
            elif kind == "废止" and infos:
                corpus.set_status(infos[int(str(what)) % len(infos)].row, "废止")
            build.update(graph, corpus)
            assert _shape(graph) == _shape(build.build(corpus))
        for info in corpus.infos():
            corpus.remove(info.row)
        build.update(graph, corpus)
        assert graph.number_of_nodes() == 0
