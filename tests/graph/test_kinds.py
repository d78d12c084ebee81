"""The kinds of facts: everything that goes through them has all of them, and a kind needs no place but its row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.library import Library
from corpus.document import ParsedDocument, Span, fact_id
from graph import kinds
from graph.codec import rows
from graph.codec.columns import LedgerColumn
from graph.codec.records import FactRecord
from graph.extract import extract
from graph.kinds import KINDS, PUBLISHED, FactKind
from graph.network import build
from graph.queries.cited import cite_facts
from ui.desk.desk import Desk
from ui.desk.imports import Imports
from ui.exports import fact_table
from ui.rest.app import mount_api

PLAN = """云岫县山塘整治实施方案

一、重点任务
（一）开展安全鉴定。到2030年，山塘安全鉴定率达到97%以上。（牵头单位：县水务局；责任单位：县财政局）
（二）推行“一塘一长”。“一塘一长”是指每座山塘明确一名责任人。各地要加强巡查。
二、补助标准
（一）对连续管护满三年的管护员，每人每年给予补助500元。
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    plan = tmp_path / "山塘方案.txt"
    plan.write_text(PLAN, encoding="utf-8")
    with Library.open(tmp_path / "library") as opened:
        opened.ingest([plan])
        yield opened


def test_every_record_class_has_a_row_of_its_own() -> None:
    classes = {record.fact_kind: record for record in FactRecord.__subclasses__() if record.__module__.startswith("graph.")}
    assert {kind.name: kind.record for kind in KINDS} == classes
    assert len({kind.plural for kind in KINDS}) == len(KINDS)
    for at, kind in enumerate(KINDS):
        assert set(kind.needs) <= {earlier.name for earlier in KINDS[:at]}
        assert kind.columns or not kind.published


def test_store_export_rest_ledgers_and_network_have_every_kind(library: Library, tmp_path: Path) -> None:
    library.export(tmp_path / "out")
    app = FastAPI()
    desk = Desk(library)
    mount_api(app, desk, Imports(desk))
    client = TestClient(app)
    names = {path.stem for path in (tmp_path / "out").iterdir()}
    assert names == {"documents", "sections", *(kind.plural for kind in PUBLISHED)}
    for kind in KINDS:
        stored = library.corpus.facts(kind.record)
        assert stored, kind.name
        if not kind.published:
            assert client.get(f"/api/v1/facts/{kind.plural}").status_code == 404
            continue
        records = [fact.value.to_record() for fact in stored]
        assert json.loads((tmp_path / "out" / f"{kind.plural}.json").read_text("utf-8")) == records
        given = client.get(f"/api/v1/facts/{kind.plural}").json()
        assert given == [cited.record() for cited in library.facts(kind.record)]
        assert [{name: record[name] for name in kind.record.__struct_fields__} for record in given] == records
        table = fact_table(kind, library.facts(kind.record))
        assert len(table.rows) == len(stored) and table.notes[0].startswith(f"共 {len(stored)} ")
        assert client.get(f"/api/v1/facts/{kind.plural}", params={"format": "csv"}).text.count(kind.columns[0].header)
        if client.get(f"/api/v1/{kind.plural}").status_code == 200:
            assert client.get(f"/api/v1/{kind.plural}").json() == given
        assert kind.name in {facts["kind"] for _, facts in build.build(library.corpus).nodes(data=True)}
    assert library.facts(KINDS[0].record, region="青禾市") == []


class ContactRecord(FactRecord, frozen=True, kw_only=True):
    """联系电话, a kind that only this test knows."""

    fact_kind: ClassVar[str] = "contact"

    number: str
    quote: str
    start: int
    end: int


def find_contacts(doc: ParsedDocument) -> Iterator[Span]:
    at = doc.text.find("电话：")
    while at >= 0:
        yield Span(at + 3, at + 11)
        at = doc.text.find("电话：", at + 11)


def contact_record(doc: ParsedDocument, span: Span) -> ContactRecord:
    id = fact_id(doc.id, "contact", span, span.of(doc.text))
    return ContactRecord(
        id=id,
        document_id=doc.id,
        source=doc.source,
        number=span.of(doc.text),
        quote=span.of(doc.text),
        start=span.start,
        end=span.end,
    )


def test_a_new_kind_is_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number: LedgerColumn[ContactRecord] = LedgerColumn("号码", 10, lambda contact: contact.fact.number)
    contacts = FactKind(
        plural="contacts",
        label="联系电话",
        title="联系电话表",
        record=ContactRecord,
        find=find_contacts,
        to_record=contact_record,
        keys=lambda doc, span: [("number", span.of(doc.text))],
        columns=(number,),
    )
    for module in (kinds, rows, build):
        monkeypatch.setattr(module, "KINDS", (*KINDS, contacts))
    monkeypatch.setattr("graph.extract.KINDS", (*KINDS, contacts))
    monkeypatch.setattr(kinds, "PUBLISHED", (*PUBLISHED, contacts))
    monkeypatch.setattr(build, "_OWN", build._OWN | {"contact"})
    with Library.open(tmp_path / "library") as library:
        notice = tmp_path / "通知.txt"
        notice.write_text("云岫县水务局关于山塘巡查的通知\n\n各乡镇：\n请按时报送，电话：87654321。\n", encoding="utf-8")
        library.ingest([notice])
        (stored,) = library.corpus.facts(ContactRecord, key=("number", "87654321"))
        assert extract(library.document("通知.txt")).by_kind["contact"] == (stored.span,)
        assert library.export(tmp_path / "out")["contacts"] == 1
        app = FastAPI()
        desk = Desk(library)
        mount_api(app, desk, Imports(desk))
        (given,) = TestClient(app).get("/api/v1/facts/contacts").json()
        assert (given["number"], given["title"]) == ("87654321", "云岫县水务局关于山塘巡查的通知")
        assert fact_table(contacts, cite_facts(library.corpus, [stored])).rows == ((1, "87654321"),)
        graph = build.build(library.corpus)
        assert graph.nodes[f"contact:{stored.id}"]["label"] == "87654321"
        library.remove("通知.txt")
        build.update(graph, library.corpus)
        assert not graph.nodes
