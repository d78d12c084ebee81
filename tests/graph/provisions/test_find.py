"""Provisions: articles, conditions and standards with whom, what, how much, how long and by whom."""

from __future__ import annotations

from graph.facts import Provision
from graph.provisions.find import find_provisions
from graph.tasks.find import find_tasks
from ingest.reader import read

RULES = """云岫县山塘管护办法

第一条 为加强山塘管护，制定本办法。
第二条 本办法所称山塘，是指总库容不足十万立方米的蓄水工程。
第三条 管护员应当每月巡查，并留存记录。
第四条 对连续管护满三年的管护员，给予一次性奖励2000元。
第五条 任何单位不得擅自填埋山塘。
第六条 认养山塘的，应当向县水务局提出申请，期限为五年。
第七条 本办法自2024年5月1日起施行。
"""


def provisions(text: str) -> list[Provision]:
    return list(find_provisions(read(text.encode(), "a.txt")))


def test_articles_are_provisions_and_no_tasks() -> None:
    doc = read(RULES.encode(), "a.txt")
    assert not find_tasks(doc)
    found = find_provisions(doc)
    assert [provision.section_path[-1][:3] for provision in found] == ["第一条", "第二条", "第三条", "第四条", "第五条", "第六条"]
    assert [provision.kind for provision in found[1:]] == ["definition", "rule", "standard", "prohibition", "rule"]


def test_a_standard_says_who_gets_how_much() -> None:
    standard = provisions(RULES)[3]
    assert (standard.kind, standard.subject, standard.amount, standard.value) == (
        "standard",
        "连续管护满三年的管护员",
        "2000元",
        2000,
    )


def test_a_provision_names_its_authority_and_its_term() -> None:
    adopting = provisions(RULES)[5]
    assert (adopting.authority, adopting.term) == ("县水务局", "期限为五年")


def test_a_prohibition() -> None:
    ban = provisions(RULES)[4]
    assert (ban.kind, ban.subject, ban.object) == ("prohibition", "任何单位", "擅自填埋山塘")


def test_what_is_to_be_done_is_no_provision() -> None:
    text = "云岫县茶园改造方案\n\n一、改造老茶园\n（一）推进低产茶园改造，到2027年改造3万亩。\n二、申请条件\n（一）茶园面积在十亩以上；\n（二）连续经营三年以上。\n"
    assert [p.section_path[-1][:3] for p in provisions(text)] == ["（一）", "（二）"]
    assert [task.name for task in find_tasks(read(text.encode(), "b.txt"))] == ["推进低产茶园改造，到2027年改造3万亩"]
