import xml.etree.ElementTree as ET
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.store import Corpus
from graph.codec.rows import to_rows
from graph.extract import extract
from graph.queries.neighbourhood import KINDS, GraphNode, Surroundings, around, resolve
from ingest.reader import read
from ui.page.graph.network import MOST, draw_picture, place_labels, share_nodes
from ui.page.graph.views import graph_view

PLAN = """石溪县山塘整治实施方案
一、开展安全鉴定。到2030年，山塘安全鉴定率达到97%以上。（牵头单位：县水务局；责任单位：县财政局）
二、落实管护经费。每座山塘每年安排管护费3000元。（责任单位：县财政局、县民政局）
"""


def made(counts, label="县水务局综合管理和执法监督科"):
    rings = {
        kind: tuple(GraphNode(kind, f"{label[: 3 + i % 9]}{i}", f"unit:{i}") for i in range(n))
        for kind, n in zip(KINDS, counts, strict=True)
    }
    return Surroundings(GraphNode("单位", "县水务局", "unit:县水务局"), rings)


@settings(max_examples=12)
@given(st.lists(st.integers(0, 140), min_size=4, max_size=4))
def test_no_label_stands_on_another_and_there_are_at_most_sixty(counts):
    drawn = place_labels(made(counts))
    assert len(drawn.boxes) <= MOST
    for one, other in combinations((drawn.centre, *drawn.boxes), 2):
        assert not one.meets(other, 0)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=4))
def test_shares_stay_under_the_limit_and_cut_only_where_they_must(counts):
    given_ = share_nodes(counts)
    assert sum(g + (c > g) for g, c in zip(given_, counts, strict=True)) <= MOST
    if sum(counts) <= MOST:
        assert given_ == counts


def test_a_full_picture_says_how_many_are_left_out():
    drawn = place_labels(made([400, 60, 30, 10]))
    rest = [box.text for box in drawn.boxes if box.text.startswith("另 ")]
    assert len(rest) >= 2
    across, down = drawn.extent
    assert across < 900 and down < 700


def test_the_saved_picture_is_well_formed_and_carries_no_markup_of_a_name():
    found = made([3, 2, 0, 1], label='<script>"&')
    root = ET.fromstring(draw_picture(found, file=True))
    assert root.tag.endswith("svg") and not [e for e in root.iter() if e.tag.endswith("script")]
    assert "<script>" not in graph_view(found)


@pytest.fixture
def county(tmp_path):
    with Corpus.open(tmp_path) as corpus:
        doc = read(PLAN.encode(), "山塘方案.txt")
        corpus.put(doc, original=PLAN.encode(), passages=[], facts=to_rows(doc, extract(doc)))
        yield corpus


def test_one_walks_from_a_unit_to_its_task_and_to_the_document(county):
    key = resolve(county, "县财政局")
    found = around(county, key)
    assert len(found.rings["任务"]) == 2 and "县水务局" in [node.label for node in found.rings["单位"]]
    assert "县财政局" not in [node.label for node in found.rings["单位"]]
    task = around(county, found.rings["任务"][0].key)
    assert {node.label for node in task.rings["单位"]} == {"县水务局", "县财政局"}
    document = around(county, task.rings["依据"][0].key)
    assert len(document.rings["任务"]) == 2 and document.rings["指标"]
    for node in document.rings["指标"]:
        assert around(county, node.key)
    text = county.text(county.infos()[0].row)
    for nodes in document.rings.values():
        for node in nodes:
            assert node.place is None or 0 <= node.place[1] <= node.place[2] <= len(text)


@pytest.mark.parametrize("key", ["unit:没有", "topic:没有", "document:0", "task:0/0", "indicator:没有", "别的", ""])
def test_an_unknown_node_is_none(county, key):
    assert around(county, key) is None
