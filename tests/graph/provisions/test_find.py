"""Provisions: articles, conditions and standards with whom, what, how much, how long and by whom."""

from __future__ import annotations

import pytest

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
    assert [provision.kind for provision in found[1:]] == ["definition", "rule", "standard", "prohibition", "procedure"]


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


@pytest.mark.parametrize(
    ("article", "field", "value"),
    [
        ("渡运许可申请人应当年满十八周岁。", "subject", "渡运许可申请人"),
        ("船户隐瞒事故情况的，渡口主管部门可以处一千元以上三千元以下罚款。", "subject", "渡口主管部门"),
        ("船户隐瞒事故情况的，渡口主管部门可以处一千元以上三千元以下罚款。", "condition", "船户隐瞒事故情况的"),
        ("对擅自改装渡船的行为，主管部门应当责令改正。", "subject", "主管部门"),
        (
            "在本县购置新能源渡船，并完成检验登记的船户，按照购置价的10%给予补贴。",
            "subject",
            "在本县购置新能源渡船，并完成检验登记的船户",
        ),
        ("渡船更新补贴由每船3000元提高至5000元。", "amount", "5000元"),
        ("主管部门受理后，应当在五个工作日内作出决定。", "term", "五个工作日内"),
        ("渡运期限届满，船户应当交回证书。", "term", None),
        ("本办法所称渡工，是指在渡口从事摆渡的人员。", "subject", "渡工"),
        ("船户未按期检验，渡船不予放行；渡船不得超载。", "kind", "prohibition"),
        ("船户应当建立台账；没有台账的，不得享受补贴。", "kind", "rule"),
        ("申请补贴的船户填写申请表，携带身份证原件到镇政府窗口办理。", "kind", "procedure"),
        ("渡口应当符合下列条件：\n（一）有固定码头；\n（二）有救生设备。", "kind", "condition"),
        ("法律、行政法规规定必须检验的渡船，应当检验。", "subject", None),
        ("渡运合同是船户将旅客运到约定渡口，旅客支付票款的合同。", "kind", "definition"),
        ("渡运空置率超过10%时，主管部门应当下调检验费，检验费补贴为每船300元。", "amount", "300元"),
        ("渡船补贴由原来每船2000元提高到每船3000元。", "amount", "3000元"),
        ("船户可以申请贷款；更新渡船的，给予补贴5000元。", "condition", "更新渡船的"),
        ("船户可以申请补贴5000元。本政策执行时间至2025年3月31日。", "term", "执行时间至2025年3月31日"),
    ],
)
def test_fields_are_whole_or_empty(article: str, field: str, value: str | None) -> None:
    found = provisions(
        f"云岫县渡口管理办法\n\n第一条 为加强渡口管理，制定本办法。\n第二条 {article}\n第三条 渡口由乡镇人民政府管理。\n"
    )
    assert getattr(found[1], field) == value


def test_a_document_that_speaks_of_itself_provides_nothing() -> None:
    text = "云岫县渡口补贴措施\n\n一、给予更新补贴。对更新渡船的船户，每船补贴5000元。\n二、以上政策自2025年1月1日起施行。\n三、本措施由县交通局负责解释。\n"
    assert [provision.section_path[-1][:2] for provision in provisions(text)] == ["一、"]
