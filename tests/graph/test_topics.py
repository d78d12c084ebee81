"""Topics by keyword evidence."""

from __future__ import annotations

from pathlib import Path

from graph.topics import topic_names, topics_of


def test_heading_and_body() -> None:
    assert topics_of("统筹城镇和村庄供水，改造老旧管网，监测水质。", heading="提升饮水安全保障水平")[0] == "饮水安全"


def test_enumerated_fields_count_fully() -> None:
    found = topics_of("从财政、金融、土地、人才等方面给予支持。", heading="倾斜支持重点帮扶县")
    assert {"重点帮扶县村", "财政投入", "金融服务", "土地政策", "人才支撑"} <= set(found)


def test_other_fields_and_nothing() -> None:
    assert topics_of("压减材料，推行告知承诺，实现一网通办。", heading="优化政务服务")[0] == "政务服务"
    assert topics_of("今天天气晴朗。") == ()


def test_names_are_those_agreed(shared: Path) -> None:
    wanted = (shared / "eval/topics.txt").read_text(encoding="utf-8").split()
    assert list(topic_names())[: len(wanted)] == wanted or set(wanted) <= set(topic_names())
