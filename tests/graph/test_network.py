"""The graph: nodes with evidence, neighbourhoods, exports others can read, and parts that come and go with a document."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import networkx

from corpus.store import Corpus
from graph import network, network_files
from graph.extract import extract
from graph.rows import to_rows
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
        graph = network.build(corpus)
        text = corpus.text(corpus.infos()[0].row)
        kinds = {facts["kind"] for _, facts in graph.nodes(data=True)}
        assert {"document", "task", "unit", "target", "region"} <= kinds
        lead = [(a, b, f) for a, b, f in graph.edges(data=True) if f["kind"] == "牵头"]
        assert [(b, text[f["start"] : f["end"]]) for _, b, f in lead] == [("unit:昆明市林业和草原局", "市林草局")]
        near = network.neighbourhood(graph, "unit:昆明市林业和草原局", 1)
        assert {facts["kind"] for _, facts in near.nodes(data=True)} >= {"unit", "task"}
        assert network.neighbourhood(graph, "unit:无").number_of_nodes() == 0


def test_removing_a_document_leaves_nothing(tmp_path: Path) -> None:
    with library(tmp_path) as corpus:
        corpus.remove(corpus.infos()[0].row)
        assert network.build(corpus).number_of_nodes() == 0


def test_exports(tmp_path: Path) -> None:
    with library(tmp_path / "l") as corpus:
        graph = network.build(corpus)
    network_files.write_graphml(graph, tmp_path / "g.graphml")
    again = networkx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    assert (again.number_of_nodes(), again.number_of_edges()) == (graph.number_of_nodes(), graph.number_of_edges())
    network_files.write_json(graph, tmp_path / "g.json")
    value = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    assert len(value["links"]) == graph.number_of_edges()
    assert {link["source"] for link in value["links"] if "start" in link} == {"湿地.txt"}
    nodes, edges = network_files.write_csv(graph, tmp_path / "g.csv")
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
    nodes, _ = network_files.write_csv(graph, tmp_path / "g.csv")
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
        graph = network.build(corpus)
        doc = read(other.replace("昆明市湿地保护工作方案\n", "昆明市湿地监测方案\n", 1).encode(), "监测.txt")
        corpus.put(doc, original=b"", passages=[], facts=to_rows(doc, extract(doc)))
        assert network.update(graph, corpus) == 1
        assert _shape(graph) == _shape(network.build(corpus))
        assert any(a.startswith("document:") and b.startswith("document:") for a, b in graph.edges())
        first = next(info.row for info in corpus.infos() if info.source == "湿地.txt")
        corpus.remove(first)
        network.update(graph, corpus)
        assert _shape(graph) == _shape(network.build(corpus))
        assert network.update(graph, corpus) == 0
        corpus.remove(corpus.infos()[0].row)
        network.update(graph, corpus)
        assert graph.number_of_nodes() == 0
