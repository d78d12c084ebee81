"""Complete lists with exact counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.store import Corpus
from graph.codec.rows import to_rows
from graph.extract import extract
from graph.queries import facts
from ingest.reader import read

NORTH = """甘南州草原保护工作方案

一、重点任务
（一）修复退化草原。（责任单位：州林草局、州发改委）
（二）发展草原旅游。（责任单位：州发展改革委、州财政局）
（三）加强草原监测。到2025年，监测站达到20个。（责任单位：州生态环境局、州生态办）
"""
SOUTH = """昆明市湿地保护工作方案

一、重点任务
（一）修复湿地。（牵头单位：市财政局；配合单位：市林草局）
（二）开展湿地监测。（责任单位：市生态环境局）
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.open(tmp_path) as library:
        for name, text, region in (("北.txt", NORTH, "甘肃省甘南藏族自治州"), ("南.txt", SOUTH, "云南省昆明市")):
            doc = read(text.encode(), name, region=region)
            library.put(doc, original=b"", passages=[], facts=to_rows(doc, extract(doc)))
        yield library


@pytest.mark.parametrize(
    ("unit", "count"),
    [
        ("州发改委", 2),
        ("甘南州发展和改革委员会", 2),
        ("财政局", 2),
        ("州财政局", 1),
        ("州生态办", 1),
        ("州生态环境局", 1),
        ("生态环境局", 2),
        ("市发改委", 0),
    ],
)
def test_tasks_of_a_unit(corpus: Corpus, unit: str, count: int) -> None:
    assert len(facts.tasks(corpus, unit=unit)) == count


def test_conditions_combine(corpus: Corpus) -> None:
    assert [f.value.name for f in facts.tasks(corpus, unit="财政局", region="昆明市")] == ["修复湿地"]
    assert len(facts.tasks(corpus, unit="财政局", role="lead")) == 1
    assert len(facts.tasks(corpus, region="甘南州")) == 3
    assert facts.tasks(corpus, topic="生态保护")


def test_counts(corpus: Corpus) -> None:
    found = {entry.name: entry for entry in facts.units(corpus)}
    assert found["甘南州发展改革委"].total == 2
    assert found["昆明市财政局"].lead == 1
    duty = facts.responsibilities(corpus, "市林草局")
    assert [fact.value.name for fact in duty["supporting"]] == ["修复湿地"]


def test_targets(corpus: Corpus) -> None:
    assert [fact.value.value for fact in facts.targets(corpus, indicator="监测站", year=2025)] == [20]
    assert facts.targets(corpus, region="昆明市") == []


FORMER = """甘肃省甘南州脱贫攻坚工作方案

一、重点任务
（一）完善防返贫监测。（责任单位：州扶贫办、州生态办）
"""


def test_former_names_are_found_and_marked(corpus: Corpus) -> None:
    doc = read(FORMER.encode(), "旧.txt", region="甘肃省甘南藏族自治州")
    corpus.put(doc, original=b"", passages=[], facts=to_rows(doc, extract(doc)))
    (duty,) = facts.duties_of(corpus, "州乡村振兴局")
    assert duty.former is not None and (duty.former.name, duty.former.since) == ("扶贫办", "2021-02-25")
    assert duty.roles == ("responsible",)
    assert [d.former.name for d in facts.duties_of(corpus, "州农业农村局") if d.former] == ["扶贫办"]
    assert facts.tasks(corpus, unit="州乡村振兴局") == []
    assert len(facts.tasks(corpus, unit="州乡村振兴局", former=True)) == 1


def test_a_former_name_is_no_ending_of_another(corpus: Corpus) -> None:
    """旅游局 became a part of 文化和旅游局; 文化广电旅游局 beside it is another body."""
    text = "昆明市旅游工作方案\n\n一、重点任务\n（一）{}。（责任单位：{}）\n"
    for name, unit in (("整治旅游市场", "市旅游局"), ("办好旅游节庆", "市文化广电旅游局"), ("规范旅行社", "市文化和旅游局")):
        doc = read(text.format(name, unit).encode(), f"{name}.txt", region="云南省昆明市")
        corpus.put(doc, original=b"", passages=[], facts=to_rows(doc, extract(doc)))
    found = {duty.fact.value.name: duty.former and duty.former.name for duty in facts.duties_of(corpus, "昆明市文化和旅游局")}
    assert found.keys() >= {"规范旅行社"} and "办好旅游节庆" not in found
    found = {duty.fact.value.name: duty.former and duty.former.name for duty in facts.duties_of(corpus, "市文化和旅游局")}
    assert found == {"规范旅行社": None, "整治旅游市场": "旅游局"}


def test_a_name_with_its_place_finds_what_documents_of_the_place_say(corpus: Corpus) -> None:
    assert len(facts.tasks(corpus, unit="甘南州生态办")) == 1
    assert facts.tasks(corpus, unit="昆明市生态办") == []


def test_one_name_in_several_regions_is_grouped(corpus: Corpus) -> None:
    found = facts.by_region(facts.duties_of(corpus, "财政局"))
    assert {region: len(duties) for region, duties in found.items()} == {"甘南藏族自治州": 1, "昆明市": 1}


def test_partners(corpus: Corpus) -> None:
    (partner,) = facts.partners(corpus, "昆明市财政局")
    assert (partner.name, partner.shared, partner.roles) == ("昆明市林业和草原局", 1, ((("lead", "supporting"), 1),))


def test_targets_by_year(corpus: Corpus) -> None:
    found = facts.targets_by_year(facts.targets(corpus, region="甘南州"))
    assert {year: len(targets) for year, targets in found.items()} == {2025: 1}
