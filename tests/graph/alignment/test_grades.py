"""Grades of 落实对照: what is demanded, how much of it is said, and figures that go as far or not."""

from __future__ import annotations

import msgspec
import pytest

from graph.alignment.grades import DemandWords, core_of, grade_target, raise_grade
from graph.codec.records import TargetRecord

SAID = ["建设宜居宜业和美乡村", "积极融入全国统一大市场", "做优公共服务体系", "扩大有效益的投资", "推进农村改厕", "完善水利设施"]


@pytest.mark.parametrize(
    ("demand", "core"),
    [
        ("坚决破除阻碍全国统一大市场建设卡点堵点", "阻碍全国统一大市场建设卡点堵点"),
        ("大力提振消费", "提振消费"),
        ("完善河长制", "河长制"),
        ("积极稳妥推进和实现碳达峰", "碳达峰"),
    ],
)
def test_what_is_demanded_is_the_name_without_verbs_and_manners(demand: str, core: str) -> None:
    assert core_of(demand) == core


@pytest.mark.parametrize(
    ("demand", "said", "grade"),
    [
        ("推进宜居宜业和美乡村建设", "建设宜居宜业和美乡村", "写到"),
        ("坚决破除阻碍全国统一大市场建设卡点堵点", "服务全国统一大市场建设", "部分写到"),
        ("加快先进战斗力建设", "做优公共服务体系", "未写到"),
        ("健全社会保障体系", "做优公共服务体系", "未写到"),
    ],
)
def test_general_nouns_alone_say_nothing(demand: str, said: str, grade: str) -> None:
    found = DemandWords([demand], SAID).grade(demand, said)
    assert found.grade == grade
    assert bool(found.words) == (grade != "未写到")


def test_a_like_task_takes_up_part_of_a_demand_whose_words_it_lacks() -> None:
    absent = DemandWords(["加快建设健康中国"], SAID).grade("加快建设健康中国", "")
    assert raise_grade(absent, 0.66, "加快建设健康甘肃", ("健康",)).grade == "部分写到"
    assert raise_grade(absent, 0.2, "加快建设健康甘肃", ("健康",)) == absent


def target(text: str, value: float, comparator: str = "=", year: int | None = 2025) -> TargetRecord:
    return TargetRecord(
        id="t", document_id="d", source="d.txt", indicator="湿地保护率", comparator=comparator, value=value, value_text=text, unit="%",  # type: ignore[arg-type]
        by_year=year, kind="target", quote=text, start=0, end=3,
    )  # fmt: skip


def test_a_lower_figure_is_written_where_it_goes_as_far() -> None:
    upper = target("60%", 60)
    assert grade_target(upper, target("65%", 65)).grade == "写到"
    short = grade_target(upper, target("55%", 55))
    assert (short.grade, short.reason) == ("部分写到", "上级60%，下级55%；数不到上级的")
    assert grade_target(upper, target("65%", 65, year=2030)).grade == "部分写到"
    assert grade_target(upper, None).grade == "未写到"
    limit = replace_comparator(upper)
    assert grade_target(limit, target("55%", 55)).grade == "写到"


def replace_comparator(upper: TargetRecord) -> TargetRecord:
    return msgspec.structs.replace(upper, comparator="<=")
