"""Facts as rows of the store and back again."""

from __future__ import annotations

from pathlib import Path

from corpus.store import Corpus
from graph.codec.rows import from_fact, to_rows
from graph.extract import extract
from graph.facts import Task, Term
from ingest.reader import read

TEXT = """昆明市绿道建设实施方案

一、重点任务
（一）完善绿道网络。到2025年，新建绿道60公里。（牵头单位：市园林局；配合单位：市财政局、各区政府）
（二）推行“一园一策”。“一园一策”是指每个公园制定一个方案。
"""


def test_there_and_back(tmp_path: Path) -> None:
    doc = read(TEXT.encode(), "绿道.txt")
    facts = extract(doc)
    rows = to_rows(doc, facts)
    with Corpus.open(tmp_path) as corpus:
        corpus.put(doc, original=b"", passages=[], facts=rows)
        assert tuple(from_fact(fact) for fact in corpus.facts("task")) == facts.tasks
        assert tuple(from_fact(fact) for fact in corpus.facts("target")) == facts.targets
        assert {fact.term for fact in map(from_fact, corpus.facts("term")) if isinstance(fact, Term)} == {
            t.term for t in facts.terms
        }


def test_payload_and_keys() -> None:
    doc = read(TEXT.encode(), "绿道.txt")
    facts = extract(doc)
    row = next(row for row in to_rows(doc, facts) if row.kind == "task")
    assert isinstance(facts.tasks[0], Task)
    assert row.payload["lead_units"] == ["市园林局"]
    assert row.payload["supporting_units"] == ["市财政局", "各区政府"]
    assert row.payload["document_id"] == doc.id
    assert row.payload["quote"] == doc.text[row.payload["start"] : row.payload["end"]]
    assert ("unit", "市园林局") in row.keys
    assert ("unit", "昆明市财政局") in row.keys
    assert ("region", "昆明市") in row.keys
