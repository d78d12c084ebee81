"""Names of figures can be read alone; what is no figure, a parameter or a part of a name makes no target."""

from __future__ import annotations

import pytest

from corpus.document import HeadMatter, ParsedDocument
from graph.facts import Target
from graph.targets.find import find_targets

COUNTY = HeadMatter(title="安宁县渡口管理实施意见", region="云南省昆明市", region_code="5301", level="县", issued_on="2024-06-01")
RULES = HeadMatter(title="安宁县渡口管理办法", region="云南省昆明市", region_code="5301", level="县", issued_on="2024-06-01")


def targets(text: str, head: HeadMatter = COUNTY) -> list[Target]:
    return list(find_targets(ParsedDocument("d", "d.txt", "txt", "", text, head)))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("新增2家渡运企业。", ["新增渡运企业"]),
        ("新建渡口6处。", ["新建渡口"]),
        ("渡运收入完成3亿元，为年度预算的101%，增长5%。", ["渡运收入", "渡运收入完成年度预算比例", "渡运收入增长"]),
        ("渡运企业净增3家、达到12家。", ["渡运企业净增", "渡运企业"]),
        ("新签约渡口项目8个、开工率90%。", ["新签约渡口项目", "新签约渡口项目开工率"]),
        ("基金收入7亿元，支出4亿元。", ["基金收入", "基金支出"]),
        ("生活垃圾处置率达到98%。", ["生活垃圾处置率"]),
        ("处置渡运险情12起。", ["处置渡运险情"]),
        ("渡运量从全省第9位提升到第3位。", ["渡运量排名"]),
        ("渡船年检费可在规定费用基础上上浮10%。", ["渡船年检费上浮"]),
        ("盘活渡口房产34处、货币价值8亿元。", ["盘活渡口房产", "盘活渡口房产货币价值"]),
        ("培育100家以上行业级、场景级渡运模型。", ["培育行业级、场景级渡运模型"]),
        ("扶持临江、望海2个重点渡运县。", ["重点渡运县"]),
        ("第二轮渡口承包到期后再延长30年。", ["第二轮渡口承包到期后延长时间"]),
    ],
)
def test_names_say_what_is_measured(text: str, names: list[str]) -> None:
    assert [target.indicator for target in targets(text)] == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("渡工年龄不超过45周岁。", "渡工年龄"),
        ("对购买渡船3年以上的船户，免收检验费。", "购买渡船年限（船户）"),
        ("补贴标准为每船300元。", "补贴标准（每船）"),
        ("市级补贴标准为每亩300元。", "市级补贴标准（每亩）"),
        ("主管部门应当自收到投诉之日起七个工作日内，予以处理并告知投诉人。", "处理时限"),
        ("申请人应当自收到通知之日起十日内，提交船舶证书。", "提交船舶证书时限"),
        ("主管部门应在7日内完成核实整改。", "核实整改时限"),
        ("简单事项在1个工作日内完成答复。", "简单事项答复时限"),
        ("所持渡船证书一年内不得转让。", "所持渡船证书不得转让期限"),
        ("检查工作应以3年为周期开展。", "检查工作周期"),
        ("处五百元以上二千元以下罚款。", "罚款"),
        ("对船长可以处二千元以下的罚款。", "罚款（船长）"),
        ("女性渡工不满50周岁。", "女性渡工年龄"),
        ("渡船改造连续停航满6个月的，报主管部门。", "渡船改造连续停航时间"),
        ("申请人取得船舶证书之日起满一年。", "申请人取得船舶证书后年限"),
        ("四类船户可享受最高不超过现行贷款额度上限的1.5倍。", "贷款额度（四类船户）"),
        ("按照5000元/船标准发放更新补贴。", "更新补贴"),
        ("适用3%征收率的渡运服务。", "征收率（渡运服务）"),
        ("船票采用实名制，有效期为12个月。", "船票有效期"),
        ("单船贷款最高额度上调至60万元。", "单船贷款最高额度"),
        ("船户自筹资金不得少于船价的三分之一。", "船户自筹资金占船价比例"),
        ("监管账户资金余额不得低于渡口工程总投资额的3%。", "监管账户资金余额占渡口工程总投资额比例"),
        ("(1)剔除预收款后的渡船负债率大于70%。", "剔除预收款后的渡船负债率"),
        ("船长应当自发生事故之日起三日内，向海事局、渡口主管部门作出书面报告。", "船长书面报告时限"),
        ("船龄与贷款年限之和不超过45年。", "船龄与贷款年限之和"),
        ("以上政策自2025年6月1日起试行1年。", "政策试行期限"),
        ("渡运用地商业比不超过10%。", "渡运用地商业比"),
        ("【毁坏渡口罪】故意毁坏渡口设施的，处三年以上七年以下有期徒刑。", "毁坏渡口罪有期徒刑（故意毁坏渡口设施）"),
    ],
)
def test_names_of_what_rules_lay_down(text: str, name: str) -> None:
    assert [target.indicator for target in targets(text, RULES)] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "一九九六年十一月五日",
        "渡运量连续4年稳居前列。",
        "渡运量创20年新高。",
        "出台恢复渡运的二十条措施。",
        "推动渡运管理实现八个方面转变。",
        "现场监测站设在马鬃山村水坪5组。",
        "建设千船千面的渡运平台。",
        "构建多层次、全覆盖、人性化的渡运网络。",
        "举个例子，船户购买一艘144平方米的渡船。",
        "安宁是全国40个重点渡运城市之一。",
        "由1家单位作为牵头单位。",
        "用3年时间打造渡运示范县。",
        "九台区可参照执行。",
        "听取临江、望海、安渡等3县工作情况介绍。",
        "本阶段包括小艇、渔船、客轮等3个船型。",
        "渡运服务方面4项：安检、售票、引导、救援。",
        "以100万元的渡船贷款为例。",
        "推动渡口二次创新。",
        "我们这里是有13亿人的国家。",
        "除12家渡运企业外，其他企业也可申报。",
        "降低渡船保证金缴存（不含已执行5%缴存率的企业）。",
        "夫妻二人共同购买渡船的，可以申请。",
        "对首套、二套渡口住房实施同一政策。",
        "做好百万亩护岸造林工程信息公开。",
        "推进第二轮渡口承包试点。",
        "提交船舶证书复印件2份。",
        "窗口设置为综合、受理、缴费3类。",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert targets(text) == []


def test_two_bounds_are_one_range() -> None:
    (fine,) = targets("逾期不改正的，处五百元以上二千元以下罚款。", RULES)
    assert (fine.comparator, fine.value_min, fine.value_max, fine.unit) == ("range", 500, 2000, "元")
    (tax,) = targets("渡运收入超过100万元但不超过300万元的部分减按25%计征。", RULES)[:1]
    assert (tax.comparator, tax.value_min, tax.value_max) == ("range", 100, 300)


def test_a_time_inside_a_name_belongs_to_it() -> None:
    (found,) = targets("每千人口拥有3岁以下婴幼儿托位数达到5.2个。")
    assert (found.value, found.unit) == (5.2, "个")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("首付比例由30%降至20%。", "rule"),
        ("2025年底前竣工的，每台补助20万元。", "rule"),
        ("渡运量居全省第7位。", "achieved"),
        ("二、渡运融合方面（共6项）", "statistic"),
        ("到2026年，渡船合格率达到98%。", "target"),
        ("2026年底前建造的渡船，检验费可在下水前缴纳50%。", "rule"),
        ("渡船使用满5年并完成检验后可转让。", "rule"),
        ("2016年1月1日后生育二孩的船户，给予所缴船税50%的补贴。", "rule"),
        ("公开9类渡运补助标准。", "statistic"),
        ("推动2024年渡运量增长15%左右。", "target"),
        ("2023年已发放渡运补贴300万元。", "achieved"),
    ],
)
def test_kinds_of_parameters_ranks_and_tallies(text: str, kind: str) -> None:
    assert [target.kind for target in targets(text)] == [kind]


def test_the_year_a_change_starts_from_is_no_year_of_the_result() -> None:
    head = HeadMatter(
        title="安宁县2025年渡运统计公报", region="云南省昆明市", region_code="5301", level="县", issued_on="2026-03-01"
    )
    found = targets("渡船合格率由2020年的90%提高到95%。渡运量368吨。", head)
    assert [target.as_of for target in found] == [2025, 2025]
