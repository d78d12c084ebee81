"""The values a question asks for: a text without any such value does not answer it."""

from __future__ import annotations

import pytest

from corpus.folding import fold
from qa.evidence.asked_values import find_asked_contents, find_asked_values


@pytest.mark.parametrize(
    ("question", "stating", "silent"),
    [
        ("这栋楼最高可以盖到多少层", "建筑高度不超过18层", "严格控制建筑高度12米"),
        ("服务中心的联系电话", "咨询电话：0938-8212345", "欢迎来电咨询"),
        ("牧民节定在每年的哪一天", "每年8月18日为牧民节", "设立牧民节，每月举办赛马会"),
        ("物业费一平米收多少钱", "物业服务费每平方米2.5元", "物业服务由街道负责"),
        ("契税补贴能补百分之几", "按契税的50%给予补贴", "按一定比例给予补贴"),
        ("一共资助了多少家单位", "共资助56家单位", "资助符合条件的单位3000万元"),
        ("申请以后几天内答复", "应当在十五个工作日内答复", "应当及时答复"),
        ("云岫县惠企十条里的第十二条规定了什么", "第十二条 降低物流成本", "第十条 降低物流成本"),
        ("云岫县改革清单的第3项是什么", "3.推进一网通办", "4.推进一网通办"),
        ("云岫县 智慧乡村 第五个场景", "（五）智慧水务", "（四）智慧水务"),
        ("云岫县为什么暂停发放购房补贴", "因资金用完，停止发放购房补贴", "购房补贴每平方米200元"),
        ("云岫县 家政服务 工本费", "工本费20元", "家政服务按规范收费"),
        ("云岫县 双随机抽查 事项总数", "共抽查56个事项", "制定抽查事项清单"),
    ],
)
def test_a_text_states_what_is_asked(question: str, stating: str, silent: str) -> None:
    asked = find_asked_values(question)
    assert asked
    assert all(value.search(fold(stating)) for value in asked)
    assert not all(value.search(fold(silent)) for value in asked)


@pytest.mark.parametrize("question", ["过渡期医保资助政策", "谁负责污水管网改造", "什么叫灵活就业人员"])
def test_no_value_is_asked_for(question: str) -> None:
    assert not find_asked_values(question)


def test_both_values_of_a_question_are_asked_for() -> None:
    assert len(find_asked_values("审核要多少个工作日，补贴多少钱？")) == 2


@pytest.mark.parametrize(
    ("question", "telling", "silent"),
    [
        ("什么叫灵活就业人员", "本办法所称灵活就业人员是指以非全日制方式就业的人员", "灵活就业人员可以自愿缴存"),
        ("谁负责污水管网改造", "市住房城乡建设局负责污水管网改造", "加快污水管网改造"),
        ("外来务工人员能不能申请公租房", "外来务工人员不得申请", "外来务工人员较多"),
    ],
)
def test_a_text_tells_what_is_asked(question: str, telling: str, silent: str) -> None:
    (asked,) = find_asked_contents(question)
    assert asked.search(fold(telling))
    assert not asked.search(fold(silent))
