import json
import tracemalloc

import pytest

from corpus.errors import RefusedInput
from ingest import reader
from ingest.files import Input, records
from ingest.formats import jsonl
from ingest.limits import DEFAULT, MEGABYTE


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


BODY = "为帮助困难群众渡过难关，现就有关事项通知如下：" + "各地要抓好落实。" * 20


@pytest.mark.parametrize(
    ("given", "behind", "title"),
    [
        ("民政厅", "财政厅 关于做好临时救助工作的通知 各市（州）民政局：", "民政厅 财政厅 关于做好临时救助工作的通知"),
        ("关于用好救助资金", "切实保障困难群众生活的通知 民发〔2022〕5号", "关于用好救助资金 切实保障困难群众生活的通知"),
        ("多措并举稳岗位", "今年新增就业三万人 本报讯（记者 张三）", "多措并举稳岗位 今年新增就业三万人"),
        ("关于做好临时救助工作的通知", "某县民政局 各乡镇：", "关于做好临时救助工作的通知"),
        ("送温暖到家", "某市民政局", "送温暖到家"),
        ("某省人民政府", "政策文件 某省人民政府关于做好救助工作的意见", "某省人民政府关于做好救助工作的意见"),
        ("救助工作问答", "救助工作问答 什么人可以申请？", "救助工作问答"),
        ("临时救助有了新标准", "2022年3月1日", "临时救助有了新标准"),
        ("临时救助有了新标准", "一、对象范围", "临时救助有了新标准"),
    ],
)
def test_a_title_of_which_only_the_beginning_is_given_goes_on_in_the_text(given, behind, title):
    doc = reader.read_record({"_id": "a", "title": given, "text": f"{given} {behind} {BODY}"}, "a")
    assert doc.head.title == title
    assert doc.head.spans["title"].of(doc.text) == title


def test_issuers_of_such_a_title_are_all_named():
    text = f"湖南省民政厅 湖南省财政厅 湖南省教育厅关于做好救助工作的通知湘民发〔2022〕5号 各市（州）民政局： {BODY}"
    head = reader.read_record({"_id": "a", "title": "湖南省民政厅", "text": text}, "a").head
    assert (head.issuers, head.doc_number) == (("湖南省民政厅", "湖南省财政厅", "湖南省教育厅"), "湘民发〔2022〕5号")


def test_a_line_as_long_as_the_disk_is_refused_early(tmp_path):
    path = tmp_path / "稀疏.jsonl"
    with path.open("wb") as file:
        file.write(b'{"_id": "1", "text": "\xe7\x94\xb2"}\n')
        file.seek(300 * MEGABYTE)  # holes take no room on the disk
        file.write(b'\n{"_id": "2", "text": "\xe4\xb9\x99"}\n')
    tracemalloc.start()
    found = list(records(Input(path, path.name)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [value["_id"] for value in found if not isinstance(value, RefusedInput)] == ["1", "2"]
    (refused,) = (value for value in found if isinstance(value, RefusedInput))
    assert (refused.source, refused.reason) == ("稀疏.jsonl#2", "size") and "16 MB" in refused.message
    assert peak < 4 * DEFAULT.record_bytes


@pytest.mark.parametrize(
    "id", ['""', "null", "true", "1.5", "NaN", "[1]", '{"a": 1}', '"\\ud800"', '"' + "长" * 501 + '"', "9" * 30]
)
def test_what_cannot_name_a_document_is_refused(id):
    ((_, found),) = jsonl.read_records([f'{{"_id": {id}, "text": "甲"}}'.encode()], "r")
    assert isinstance(found, RefusedInput) and "_id" in found.message


def test_halves_of_characters_in_fields_are_replaced():
    raw = jsonl.read_record({"_id": "1", "text": "甲", "issuers": "\ud800厅", "doc_number": "\udfff"}, "1")
    assert raw.fields == {"issuers": "\ufffd厅", "doc_number": "\ufffd"}
