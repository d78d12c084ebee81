"""Duties that stand in running text: who has to act, together with whom, and who is no organisation."""

from __future__ import annotations

import pytest

from graph.units.stated_duties import find_stated_duties


def by_role(text: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for duty in find_stated_duties(text, 0, len(text)):
        assert 0 <= duty.span.start < duty.span.end <= len(text)
        for unit in duty.units:
            assert unit.span.of(text).endswith(unit.name[-1])
            names = out.setdefault(unit.role or "responsible", [])
            if unit.name not in names:
                names.append(unit.name)
    return out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("各区住房城乡建设局负责受理辖区内的改造申请。", {"responsible": ["各区住房城乡建设局"]}),
        ("县财政局每年安排专项经费，县审计局予以配合。", {"responsible": ["县财政局"], "supporting": ["县审计局"]}),
        ("市水务局负责清淤，市财政局做好资金保障。", {"responsible": ["市水务局"], "supporting": ["市财政局"]}),
        ("联席会议办公室设在县水务局。", {"responsible": ["县水务局"]}),
        ("材料齐全的，由市科技局会同市财政局组织专家评审。", {"lead": ["市科技局"], "supporting": ["市财政局"]}),
        ("申报单位应于6月10日前向区商务主管部门提交申报书。", {"responsible": ["申报单位"]}),
        ("申报单位向区主管部门提交纸质材料一式三份。", {"responsible": ["申报单位"]}),
        ("会议要求各县市要压实属地责任，抓好春季防火。", {"responsible": ["各县市"]}),
        ("会议要求，各乡镇、县直各部门要对照清单逐项整改。", {"responsible": ["各乡镇", "县直各部门"]}),
        ("申请人向街道办事处提出申请，企业应当如实填报，个人负责保管凭证。", {}),
        (
            "市水务局牵头制定巡河办法，市公安局、市生态环境局配合。",
            {"lead": ["市水务局"], "supporting": ["市公安局", "市生态环境局"]},
        ),
        ("区教育局对申报材料进行初审，市教育局组织现场核查。", {"responsible": ["区教育局", "市教育局"]}),
        ("县财政局要及时拨付资金，县审计局应加强监督。", {"responsible": ["县财政局", "县审计局"]}),
        ("市民政部门应当会同市卫生健康部门制定评估规范。", {"lead": ["市民政部门"], "supporting": ["市卫生健康部门"]}),
        ("各区人民政府应当建立名册，每年更新一次。", {"responsible": ["各区人民政府"]}),
        ("省农业农村厅组织开展验收，省林草局协助。", {"responsible": ["省农业农村厅"], "supporting": ["省林草局"]}),
        ("逾期未缴的，由区城管执法局责令限期改正。", {"responsible": ["区城管执法局"]}),
        ("市文化和旅游局根据评审结果确定拟支持名单并公示。", {"responsible": ["市文化和旅游局"]}),
        ("推荐单位于每季度末前将汇总表报送市工业和信息化局。", {"responsible": ["推荐单位"]}),
        ("市发展改革委成立于1990年，市统计局发布的数据显示，增速加快。", {}),
        ("本通知由市医疗保障局负责解释。", {}),
        ("老年人家庭应当配合入户调查，物业服务企业负责张贴公告。", {}),
        ("会议强调，金融管理部门要加强协调，各商业银行要优化流程。", {"responsible": ["金融管理部门", "各商业银行"]}),
        (
            "初审通过后，区人力资源社会保障局将名单报市人力资源社会保障局复核。",
            {"responsible": ["区人力资源社会保障局", "市人力资源社会保障局"]},
        ),
        ("各地、各部门要提高认识，强化村级党组织负责落实。", {}),
        ("核实后，向同级财政部门报告，各单位要积极组织报送。", {}),
        ("市财政局要会同市金融办用好风险补偿资金。", {"lead": ["市财政局"], "supporting": ["市金融办"]}),
        ("申报单位应为在本市注册的法人，申报单位应具有独立法人资格。", {}),
        (
            "县住建局房产科汇总材料，由县住建局初审后报送县财政局复核。",
            {"responsible": ["县住建局房产科", "县住建局", "县财政局"]},
        ),
        ("市数据局将根据近一年的交易、专家评审意见，确定入选名单。", {"responsible": ["市数据局"]}),
        ("材料不全的由区行政审批局一次性告知。", {"responsible": ["区行政审批局"]}),
        ("名单经区教育局审核，报市政府批准后公布。", {"responsible": ["区教育局"]}),
        ("申报单位按要求编写信息表并加盖公章。", {"responsible": ["申报单位"]}),
        ("由于市水务局数据缺失，理由是各区上报较晚。", {}),
        ("用人单位汇总后统一提交，我局组织专家评审。", {"responsible": ["用人单位", "我局"]}),
        ("可向市住房主管部门提出专项补贴申请，方案报区政府审核批准。", {}),
        ("要加强与市交通运输局的沟通，提高服务水平。", {}),
    ],
)
def test_subjects_of_duties(text: str, expected: dict[str, list[str]]) -> None:
    assert by_role(text) == expected
