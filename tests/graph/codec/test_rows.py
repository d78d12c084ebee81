"""Facts as rows of the store and back again."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from corpus.document import Span
from corpus.errors import StoreError
from corpus.store import Corpus
from graph.codec.records import ActorRecord, TargetRecord, TaskRecord, TermRecord, target_record, task_record, term_record
from graph.codec.rows import to_rows
from graph.extract import extract
from ingest.reader import read

TEXT = """昆明市绿道建设实施方案

一、重点任务
（一）完善绿道网络。到2025年，新建绿道60公里。（牵头单位：市园林局；配合单位：市财政局、各区政府）
（二）推行“一园一策”。“一园一策”是指每个公园制定一个方案。各地要加强管护。
"""


def test_there_and_back(tmp_path: Path) -> None:
    doc = read(TEXT.encode(), "绿道.txt")
    facts = extract(doc)
    with Corpus.open(tmp_path) as corpus:
        corpus.put(doc, original=b"", passages=[], facts=to_rows(doc, facts))
        assert [fact.value for fact in corpus.facts(TaskRecord)] == [task_record(doc, task) for task in facts.tasks]
        assert [fact.value for fact in corpus.facts(TargetRecord)] == [target_record(doc, target) for target in facts.targets]
        assert {fact.value for fact in corpus.facts(TermRecord)} == {term_record(doc, term) for term in facts.terms}
        assert [fact.value.name for fact in corpus.facts(ActorRecord)] == [actor.name for actor in facts.actors] == ["各地"]


def test_a_record_and_its_keys() -> None:
    doc = read(TEXT.encode(), "绿道.txt")
    row = next(row for row in to_rows(doc, extract(doc)) if isinstance(row.record, TaskRecord))
    assert isinstance(row.record, TaskRecord)
    assert row.record.lead_units == ("市园林局",)
    assert row.record.supporting_units == ("市财政局", "各区政府")
    assert row.record.document_id == doc.id
    assert row.record.quote == row.record.span.of(doc.text)
    assert [unit.span.of(doc.text) for unit in row.record.units][:2] == ["市园林局", "市财政局"]
    assert ("unit", "市园林局") in row.keys
    assert ("unit", "昆明市财政局") in row.keys
    assert ("region", "昆明市") in row.keys


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        (
            TaskRecord,
            "id document_id source section_path name quote start end kind region lead_units responsible_units supporting_units units"
            " units_inherited topics beneficiaries deadline deadline_iso measures place page",
        ),
        (
            TargetRecord,
            "id document_id source indicator comparator value value_min value_max value_text unit by_year base_year deadline region"
            " kind topic binding section_path quote start end place page as_of base_value",
        ),
        (
            TermRecord,
            "id document_id source term definition definition_start definition_end defined section_path quote start end page",
        ),
        (ActorRecord, "id document_id source name canonical quote start end"),
    ],
)
def test_the_fields_are_those_of_the_contract_in_their_order(record: type[msgspec.Struct], fields: str) -> None:
    assert record.__struct_fields__ == tuple(fields.split())


def test_figures_are_written_as_they_were_found() -> None:
    target = TargetRecord(
        id="g", document_id="d", source="方案.txt", indicator="参保率", comparator=">=", value=95.0, value_text="95%", kind="target",
        quote="参保率达到95%", start=0, end=8,
    )  # fmt: skip
    for value in (95, 95.0, 0.00001, 1e22):
        one = msgspec.structs.replace(target, value=value)
        assert json.dumps(json.loads(one.to_json())["value"]) == json.dumps(value)
        assert f'"value":{json.dumps(value)},' in one.to_json()
        assert json.dumps(TargetRecord.from_json(one.to_json().encode()).value) == json.dumps(value)


def test_fields_of_a_later_version_and_missing_ones_do_no_harm() -> None:
    term = TermRecord.from_json(
        '{"id":"t","document_id":"d","source":"s","term":"四有","quote":"四有","start":3,"end":5,"x":1}'.encode()
    )
    assert (term.definition_span, term.defined, term.span) == (None, False, Span(3, 5))


@pytest.mark.parametrize("written", [b"{}", b"[]", b"{", b'{"id":1}', b"\xff"])
def test_a_damaged_record_says_what_to_do(written: bytes) -> None:
    with pytest.raises(StoreError, match="cemai doctor"):
        TermRecord.from_json(written)
