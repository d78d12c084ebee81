"""The policy graph as files other programs read: GraphML, JSON (node-link), CSV for Neo4j."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    import networkx

Json = dict[str, Any]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_json(graph: networkx.MultiDiGraph[str]) -> Json:
    """Nodes and links as plain values; a link runs ``from`` one node ``to`` another, its ``source`` is the cited document."""
    import networkx

    value: Json = networkx.node_link_data(graph, source="from", target="to", edges="links")
    return value


def write_graphml(graph: networkx.MultiDiGraph[str], path: Path) -> None:
    """Write the graph as GraphML (streamed: the general writer takes a minute for a large library)."""
    keys: dict[tuple[str, str], tuple[str, str]] = {}
    for scope, items in (("node", graph.nodes(data=True)), ("edge", graph.edges(data=True))):
        for item in items:
            for name, value in item[-1].items():
                kind = _xml_kind(value)
                known = keys.get((scope, name))
                # whole and broken numbers under one name make it broken, anything else a string
                merged = (
                    kind if known is None or known[1] == kind else "double" if {known[1], kind} == {"int", "double"} else "string"
                )
                keys[scope, name] = (known[0] if known else f"d{len(keys)}", merged)
    with path.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="utf-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        for (scope, name), (key, kind) in keys.items():
            out.write(f'<key id="{key}" for="{scope}" attr.name={quoteattr(name)} attr.type="{kind}"/>\n')
        out.write('<graph edgedefault="directed">\n')
        for node, facts in graph.nodes(data=True):
            out.write(f"<node id={quoteattr(_xml(node))}>{_xml_data(facts, keys, 'node')}</node>\n")
        for one, other, facts in graph.edges(data=True):
            ends = f"source={quoteattr(_xml(one))} target={quoteattr(_xml(other))}"
            out.write(f"<edge {ends}>{_xml_data(facts, keys, 'edge')}</edge>\n")
        out.write("</graph>\n</graphml>\n")


def _xml_kind(value: object) -> str:
    return {bool: "boolean", int: "int", float: "double"}.get(type(value), "string")


def _xml(text: object) -> str:
    return _NOT_XML.sub("", str(text))


def _xml_data(facts: Json, keys: dict[tuple[str, str], tuple[str, str]], scope: str) -> str:
    parts = []
    for name, value in facts.items():
        written = str(value).lower() if isinstance(value, bool) else escape(_xml(value))
        parts.append(f'<data key="{keys[scope, name][0]}">{written}</data>')
    return "".join(parts)


def write_json(graph: networkx.MultiDiGraph[str], path: Path) -> None:
    """Write the graph as JSON (node-link form)."""
    path.write_text(json.dumps(to_json(graph), ensure_ascii=False, indent=1), encoding="utf-8")


def write_csv(graph: networkx.MultiDiGraph[str], path: Path) -> tuple[Path, Path]:
    """Write nodes and edges for ``neo4j-admin database import``: ``NAME_nodes.csv`` and ``NAME_edges.csv`` beside ``path``.

    Headers carry types (``start:int``, ``names:string[]`` with ``;`` between), the kind of a node is its label.
    """
    nodes = path.with_name(f"{path.stem}_nodes.csv")
    edges = path.with_name(f"{path.stem}_edges.csv")
    with nodes.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id:ID", ":LABEL", *(f"{name}:{kind}" for name, kind in _NODE_FIELDS.items())])
        for node, facts in graph.nodes(data=True):
            writer.writerow([node, facts.get("kind", ""), *(_cell(facts.get(name), kind) for name, kind in _NODE_FIELDS.items())])
    with edges.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([":START_ID", ":END_ID", ":TYPE", *(f"{name}:{kind}" for name, kind in _EDGE_FIELDS.items())])
        for one, other, facts in graph.edges(data=True):
            writer.writerow([one, other, facts["kind"], *(_cell(facts.get(name), kind) for name, kind in _EDGE_FIELDS.items())])
    return nodes, edges


_NODE_FIELDS = {
    "label": "string", "title": "string", "name": "string", "source": "string", "start": "int", "end": "int", "region": "string",
    "level": "string", "doc_number": "string", "issued_on": "string", "status": "string", "deadline": "string", "path": "string",
    "names": "string[]", "indicator": "string", "comparator": "string", "value": "double", "unit": "string", "by_year": "int",
    "target_kind": "string",
}  # fmt: skip
_EDGE_FIELDS = {"source": "string", "start": "int", "end": "int", "name": "string", "inherited": "boolean"}


def _cell(value: object, kind: str) -> str:
    if value is None:
        return ""
    if kind == "boolean":
        return str(value).lower()
    text = " ".join(_xml(value).split()) if kind.startswith("string") else str(value)
    if kind == "string[]":
        text = text.replace(";", "；").replace("、", ";")
    # a cell that a spreadsheet would run as a formula
    return f"'{text}" if kind.startswith("string") and text[:1] in ("=", "+", "-", "@") and len(text) > 1 else text
