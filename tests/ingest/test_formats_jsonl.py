import json

import pytest

from corpus.errors import RefusedInput
from ingest import reader
from ingest.files import Input, records
from ingest.formats import jsonl


def test_a_record_keeps_its_text_and_gives_its_title():
    raw = jsonl.read_record({"_id": "a1", "title": "某县方案", "text": "第一行\r\n第二行"}, "a1")
    assert raw.text == "第一行\n第二行"
    assert raw.fields["title"] == "某县方案"


def test_a_record_is_named_by_its_id():
    doc = reader.read_record({"_id": "a1", "title": "某县方案", "text": "一、总体要求\n做好工作。"}, "a1")
    assert (doc.id, doc.source) == ("a1", "a1")


def test_lone_surrogates_are_replaced_and_said():
    raw = jsonl.read_record(json.loads('{"_id": "a", "text": "\\ud800甲"}'), "a")
    assert raw.text == "\ufffd甲"
    assert raw.issues[0].code == "bad_bytes"


def test_a_bad_line_does_not_stop_the_rest(tmp_path):
    path = tmp_path / "批量.jsonl"
    path.write_text('{"_id": "1", "text": "甲"}\n{broken\n\n{"_id": "2"}\n{"_id": "3", "text": "乙"}\n', encoding="utf-8")
    found = list(records(Input(path, path.name)))
    assert [type(value) is RefusedInput for value in found] == [False, True, True, False]


def test_an_empty_record_is_refused():
    with pytest.raises(RefusedInput):
        jsonl.read_record({"_id": "1", "text": "  "}, "1")
