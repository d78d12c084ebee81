"""Lists of units: splitting, roles, what is carried over, and whom a name means."""

from __future__ import annotations

import time

import pytest

from corpus.document import HeadMatter
from graph.units.find import read_unit_list
from graph.units.lists import find_responsibilities
from graph.units.resolve import resolve

PREFECTURE = HeadMatter(region="甘肃省甘南藏族自治州", region_code="6230", level="市州")
PROVINCE = HeadMatter(region="云南省", region_code="53", level="省")


def by_role(text: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for duty in find_responsibilities(text, 0, len(text)):
        for unit in duty.units:
            out.setdefault(unit.role or "responsible", []).append(unit.name)
            assert 0 <= unit.span.start < unit.span.end <= len(text)
    return out


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("改善河道。（责任单位：市水利局、市财政局，各区人民政府）", {"responsible": ["市水利局", "市财政局", "各区人民政府"]}, "label"),
        ("疏浚沟渠。(责任单位∶市水利局、市财政局)", {"responsible": ["市水利局", "市财政局"]}, "ratio sign for a colon"),
        ("疏浚沟渠。(责任单位市水利局、市财政局)", {"responsible": ["市水利局", "市财政局"]}, "label without its colon"),
        (
            "改造渡口。（责任单位：市交通运输局，以下各项均需各县（市、区）人民政府落实）",
            {"responsible": ["市交通运输局"]},
            "a note at the end of the list",
        ),
        (
            "改造渡口。（责任单位：各县政府和临江示范区、空港区管委会）",
            {"responsible": ["各县政府", "临江示范区管委会", "空港区管委会"]},
            "zones with one word for their committees",
        ),
        ("办好渡口。（市商务局牵头，各市、县级政府负责）", {"lead": ["市商务局"], "responsible": ["各市、县级政府"]}, "levels share one word"),
        ("办好渡口。（各有关部门及各市、县级政府负责）", {"responsible": ["各有关部门", "各市、县级政府"]}, "the same behind 及"),
        ("疏浚沟渠。（市水\n利局、市财政局负责）", {"responsible": ["市水利局", "市财政局"]}, "a line break inside a name"),
        ("疏浚沟渠。\n责任单位：市水利局、市教\n育局\n二、其他", {"responsible": ["市水利局", "市教育局"]}, "the same without a bracket"),
        ("疏浚沟渠。（责任单位：市水利局\n市教育局）", {"responsible": ["市水利局", "市教育局"]}, "a line for each name"),
        ("疏浚沟渠。（责任单位：市水利局 市教育局）", {"responsible": ["市水利局", "市教育局"]}, "a blank between names"),
        ("疏浚沟渠。［牵\n头单位：市水利局］", {"lead": ["市水利局"]}, "a line break inside the label"),
        ("疏浚沟渠。（市水利局等市级有\n关部门按职责分工负责）", {"responsible": ["市水利局"]}, "a line break in 等…部门"),
        (
            "责任单位：市水利局，各县（区）人民政府、开发区\n（投资区）管委会\n（四）下一项",
            {"responsible": ["市水利局", "各县（区）人民政府", "开发区（投资区）管委会"]},
            "a bracket that belongs to a name opens the next line",
        ),
        (
            "公开抽查。（省“双查、双公开”联席会议成员单位、省财政厅负责）",
            {"responsible": ["省“双查、双公开”联席会议成员单位", "省财政厅"]},
            "a mark inside quotation marks",
        ),
        ("（市财政局牵头，各区政府、空港经开区管委会均为责任单位）", {"lead": ["市财政局"], "responsible": ["各区政府", "空港经开区管委会"]}, "verb"),
        ("【全程网办】\n除另有规定外，许可在线办理。", {}, "ways to serve are no offices"),
        ("稳定信贷。（人民银行、银保监会等负责。列第一位者为牵头单位，下同）", {"responsible": ["人民银行", "银保监会"]}, "note"),
        ("本规则由市水利局负责解释。", {}, "who explains a rule has no duty"),
        (
            "办好展会。牵头单位：市商务局；配合单位：市公安局、交通运输局",
            {"lead": ["市商务局"], "supporting": ["市公安局", "市交通运输局"]},
            "two labels; a level stands for the whole list",
        ),
        (
            "此事由市商务局牵头，市财政局、市税务局配合。",
            {"lead": ["市商务局"], "supporting": ["市财政局", "市税务局"]},
            "in a sentence",
        ),
        ("核实账目。（市审计局、市财政局按职责分工负责）", {"responsible": ["市审计局", "市财政局"]}, "verb at the end"),
        ("建设平台。（市数据局牵头，各县（市、区）人民政府配合）", {"lead": ["市数据局"], "supporting": ["各县（市、区）人民政府"]}, "roles"),
        ("培育企业。（市工信局、市科技局）", {"responsible": ["市工信局", "市科技局"]}, "nothing but names"),
        ("(责任单位:州民政局、州人社局,县市党委、政府)", {"responsible": ["州民政局", "州人社局", "县市党委", "县市政府"]}, "ellipsis"),
        ("(责任单位:州民政局,县市党委政府)", {"responsible": ["州民政局", "县市党委", "县市政府"]}, "no comma at all"),
        ("（省卫生健康委和昆明市、曲靖市政府负责）", {"responsible": ["省卫生健康委", "昆明市政府", "曲靖市政府"]}, "和, shared ending"),
        ("（市自然资源和规划局、市文化和旅游局等部门负责）", {"responsible": ["市自然资源和规划局", "市文化和旅游局"]}, "和 in a name"),
        ("（责任单位：\n市林业局、\n市水利局）", {"responsible": ["市林业局", "市水利局"]}, "line breaks"),
        ("（责任单位：市林业局、市水利局\n\n下一段", {"responsible": ["市林业局", "市水利局"]}, "missing bracket"),
        ("牵头单位：市医保局责任单位：各区政府完成时限：2023年12月", {"lead": ["市医保局"], "responsible": ["各区政府"]}, "labels run together"),
        ("〔各市、县（区）人民政府，市委宣传部（市文明办）、组织部负责〕", {"responsible": ["各市、县（区）人民政府", "市委宣传部（市文明办）", "市委组织部"]}, "nested"),
        ("各单位要加强宣传（以下简称宣传工作）。", {}, "no list"),
        ("设立窗口（线上线下同步）。", {}, "no list"),
    ],
)  # fmt: skip
def test_lists(text: str, expected: dict[str, list[str]], why: str) -> None:
    assert by_role(text) == expected, why


def test_deadline_beside_the_list() -> None:
    text = "整治乱象。（市城管局牵头，10月底前完成）"
    assert find_responsibilities(text, 0, len(text))[0].deadline == "10月底前完成"


@pytest.mark.parametrize("name", ["州发改委", "州发展改革委", "甘南州发展和改革委员会", "甘南藏族自治州发展和改革委员会"])
def test_one_unit_under_many_names(name: str) -> None:
    assert resolve(name, PREFECTURE) == "甘南州发展改革委"


def test_what_stays_apart_or_undecided() -> None:
    assert resolve("州生态办", PREFECTURE) != resolve("州生态环境局", PREFECTURE)
    assert resolve("县财政局", PREFECTURE) is None, "which county?"
    assert resolve("市财政局", PROVINCE) is None
    assert resolve("州发改委", HeadMatter()) is None, "no region, no decision"
    assert resolve("省财政厅", PREFECTURE) == "甘肃省财政厅"
    assert resolve("国家发改委", PREFECTURE) == "国家发展改革委"
    assert resolve("州市场监管局", PREFECTURE) == "甘南州市场监管局"


def test_written_out_names_keep_their_place() -> None:
    text = "省教育厅、财政厅"
    assert [(u.name, u.span.of(text)) for u in read_unit_list(text, 0, len(text))] == [
        ("省教育厅", "省教育厅"),
        ("省财政厅", "财政厅"),
    ]


@pytest.mark.parametrize("piece", ["（", "责任单位：", "市财政局、", "由市局", "和", "等", "牵头", "〔（", "各市、"])
def test_nothing_backtracks(piece: str) -> None:
    text = piece * (10_000 // len(piece))
    started = time.process_time()
    find_responsibilities(text, 0, len(text))
    assert time.process_time() - started < 1.0


def test_who_pays_for_what_others_lead_supports_them() -> None:
    text = "由县教育局和县住建局牵头、县财政局保障资金，9月底前建成第三小学。"
    (duty,) = find_responsibilities(text, 0, len(text))
    assert [(unit.name, unit.role) for unit in duty.units] == [
        ("县教育局", "lead"), ("县住建局", "lead"), ("县财政局", "supporting"),
    ]  # fmt: skip


def test_what_names_of_a_row_share_is_written_out() -> None:
    def names(text: str) -> list[str]:
        return [unit.name for unit in read_unit_list(text, 0, len(text))]

    assert names("市、县水务监督部门") == ["市水务监督部门", "县水务监督部门"]
    assert names("省级财政、住房城乡建设部门") == ["省级财政部门", "省级住房城乡建设部门"]
