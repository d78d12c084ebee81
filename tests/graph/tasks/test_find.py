"""Tasks: which items are tasks, what belongs to them, and that nothing ever leaves the document."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import ParsedDocument, Section, Span, Table
from graph.codec.records import TaskRecord, task_record
from graph.codec.rows import to_rows
from graph.extract import extract
from graph.facts import Task
from graph.targets.find import find_targets
from graph.tasks.assemble import cut_name
from graph.tasks.beneficiaries import find_beneficiaries
from graph.tasks.deadlines import deadline_of, iso
from graph.tasks.find import find_tasks
from graph.tasks.measures import find_measures
from graph.terms import find_terms
from graph.units.actors import find_actors
from graph.units.answerability import find_answerable_units
from graph.units.find import read_unit_list
from graph.units.lists import find_responsibilities
from ingest.reader import read


def parsed(text: str) -> ParsedDocument:
    return read(text.encode(), "示例.txt", region="云南省昆明市")


def tasks(text: str) -> tuple[Task, ...]:
    return find_tasks(parsed(text))


PLAN = """安宁市绿道建设实施方案

一、总体要求
坚持生态优先，建设宜居城市。

二、重点任务
（一）完善绿道网络。到2025年，新建绿道60公里，连通主要公园。（责任单位：市园林局、市交通运输局）
（二）加强日常管护
1.健全巡查制度。每周巡查一次，及时修补破损路面。（市园林局负责）
2.引入社会力量。鼓励企业认养绿道，为老年人、残疾人增设休息设施。

三、组织保障
（一）加强组织领导。各区要成立专班，压实责任。

各区、各部门要高度重视，抓紧制定具体方案，确保按期完成。
"""


def test_leaves_that_demand_something() -> None:
    found = tasks(PLAN)
    assert [task.name for task in found][:4] == ["完善绿道网络", "健全巡查制度", "引入社会力量", "加强组织领导"]
    assert found[0].section_path == ("二、重点任务", "（一）完善绿道网络")
    assert found[0].named("responsible") == ("市园林局", "市交通运输局")
    assert found[0].deadline == "到2025年"
    assert found[0].region == "昆明市"
    assert "老年人" in found[2].beneficiaries
    assert "组织领导" in found[3].topics


@pytest.mark.parametrize(
    "item",
    [
        "购船人提供虚假材料骗取补贴的，一经查实，取消补助资格。",
        "贷款期限最长不得超过68岁，本条不再另行要求。",
        "围绕渡运发展，提出5项指标，其中渡运量增长8%以上。",
        "对问题渡船怎么办？\n答：要加强管理。",
        "符合二孩政策的船户，购买渡船时由县财政给予5000元补贴。",
        "对购买新能源渡船的船户一次性给予购置价（以发票为准）5%的补贴。",
        "以上政策自2025年3月1日起执行，之后购买的按新政策办理。",
        "其他事项\n此前发布的规定与本方案不一致的，以本方案为准。",
        "在渡口二十里内购买的住房；",
        "享受补贴的渡船，五年内不得转让。",
    ],
)
def test_what_provides_for_all_or_answers_is_no_task(item: str) -> None:
    found = tasks(f"安宁市渡运工作方案\n\n一、主要任务\n（一）完善渡运网络。新建渡口六处。\n（二）{item}\n")
    assert [task.name for task in found] == ["完善渡运网络"]


def test_long_names_do_not_end_with_a_circumstance() -> None:
    name = (
        "鼓励政策性银行、商业银行在依法合规、商业可持续前提下"
        + "，支持船户购买新型渡船并给予期限较长、利率较低的贷款支持和相应的服务保障措施安排"
    )
    assert cut_name(name) == name


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (
            "自2025年7月18日起,降低渡船检验收费,首次检验收费调整为不高于三百元,再次检验收费调整为不高于二百元,停航渡船不再收费,检验所需时间不长于三日。",
            "降低渡船检验收费",
        ),
        (
            "按照全省统一部署,组织开展渡船检验,首次检验收费调整为不高于三百元,再次检验收费调整为不高于二百元,停航渡船不再收费,检验所需时间不长于三日。",
            "组织开展渡船检验",
        ),
        (
            "渡船停航时,组织旅客转乘,首次检验收费调整为不高于三百元,再次检验收费调整为不高于二百元,停航渡船不再收费,检验所需时间不长于三日。",
            "组织旅客转乘",
        ),
        (
            "对停航的渡口,加强巡查并设置警示牌,首次检验收费调整为不高于三百元,再次检验收费调整为不高于二百元,停航渡船不再收费,检验所需时间不长于三日。",
            "加强巡查并设置警示牌",
        ),
        ("对渡船开展年度检验。", "对渡船开展年度检验"),
    ],
)
def test_a_name_says_what_is_to_be_done(item: str, name: str) -> None:
    found = tasks(f"安宁市渡运工作方案\n\n一、主要任务\n（一）完善渡运网络。新建渡口六处。\n（二）{item}\n")
    assert found[1].name.startswith(name)


def test_steps_of_an_application_are_no_tasks_though_they_name_an_organ() -> None:
    found = tasks(
        "安宁市渡船补贴方案\n\n一、主要任务\n（一）完善渡运网络。新建渡口六处。\n（二）更新渡船。更新三艘。\n\n"
        "二、补贴申请流程\n（一）提交申请。船户提交材料，由市交通局审核。\n（二）发放补贴。由市财政局拨付资金。\n"
    )
    assert [task.name for task in found] == ["完善渡运网络", "更新渡船"]


def test_closing_demand() -> None:
    last = tasks(PLAN)[-1]
    assert last.kind == "unnumbered"
    assert last.name == "抓紧制定具体方案" or last.name.startswith("各区")


def test_a_list_of_the_section_is_inherited() -> None:
    found = tasks(
        "绿化方案\n\n一、增绿行动（市园林局牵头，市财政局配合）\n1.新建公园。建设公园十处。\n2.补种行道树。补种五万株。\n"
    )
    assert [task.named("lead") for task in found] == [("市园林局",), ("市园林局",)]
    assert all(unit.inherited for task in found for unit in task.units)


def test_a_list_that_closes_a_paragraph_of_items_makes_it_one_task() -> None:
    found = tasks(
        "绿化方案\n\n一、重点任务\n（一）扩大绿地。一是建设口袋公园。利用边角地块。二是改造老公园。更新设施。（市园林局负责）\n（二）提升品质。推广本地树种。\n"
    )
    assert [task.name for task in found] == ["扩大绿地", "提升品质"]
    assert len(found[0].measures) >= 2


def test_results_of_past_years_are_no_tasks() -> None:
    found = tasks("政府工作报告\n\n一、2024年工作回顾\n（一）推进产业升级。新增企业300家。\n（二）改善民生。新建学校5所。\n\n二、2025年重点工作\n（一）推进产业升级。培育龙头企业。\n（二）改善民生。扩建医院。\n")  # fmt: skip
    assert [task.section_path[0] for task in found] == ["二、2025年重点工作"] * 2


def test_articles_are_no_tasks() -> None:
    found = tasks("绿道管理办法\n\n第一条 为规范绿道管理，制定本办法。\n第二条 本办法所称绿道，是指供步行和骑行的线形绿地。\n第三条 市园林主管部门应当每年组织检查：\n（一）检查路面；\n（二）检查设施。\n")  # fmt: skip
    assert not found


def test_ledger_rows() -> None:
    text = "序号\n任务\n责任单位\n完成时限\n1\n修建绿道六公里\n市园林局、市水利局\n2024年6月\n2\n安装路灯\n市城管局\n2024年底\n"
    spans: list[Span] = []
    at = 0
    for line in text.splitlines(keepends=True):
        spans.append(Span(at, at + len(line) - 1))
        at += len(line)
    table = Table(Span(0, len(text)), tuple(tuple(spans[i : i + 4]) for i in range(0, 12, 4)))
    found = find_tasks(ParsedDocument("d", "d.xlsx", "xlsx", "", text, parsed("x").head, tables=(table,)))
    assert [(t.kind, t.name, t.deadline, t.place) for t in found] == [
        ("row", "修建绿道六公里", "2024年6月", "表1第1行"),
        ("row", "安装路灯", "2024年底", "表1第2行"),
    ]
    assert found[0].named("responsible") == ("市园林局", "市水利局")


def test_dates() -> None:
    assert iso("2023年6月底前") == "2023-06-30"
    assert iso("到2025年") == "2025-12-31"
    assert iso("“十四五”末") == "2025-12-31"
    assert iso("过渡期内") is None


BLOCKS = st.sampled_from(
    ["一、", "（一）", "1.", "一是", "第三条", "\n", "。", "，", "、", "；", "（", "）", "责任单位：", "牵头单位：", "市财政局", "各县（市、区）人民政府",
     "县市党委、政府", "牵头", "配合", "按职责分工负责", "由", "加强", "建设", "到2025年", "80%以上", "过渡期内", "脱贫人口", "附件：", "总体要求", "各部门要", " ", "\u3000",
     "从财政、金融、土地等方面", "序号|任务|责任单位", "〔2023〕", "《", "》", "“", "”", "市教\n育局", "强化县区政府主体责任", "是责任主体", "请于2024年1月2日前反馈",
     "符合下列条件之一的：", "各单位：", "1万", "1.2万、", "(含", "对甲、乙的单位", "分别给予", "和", "12", "3至5个"]
)  # fmt: skip


WHOLE = (find_tasks, find_targets, find_terms, find_actors)
PARTS = (find_responsibilities, read_unit_list, find_answerable_units, find_measures, deadline_of, find_beneficiaries)


@pytest.mark.parametrize(
    "piece",
    ["和", "及", "（", "、", "，", "\n", "\n市局", "1、", "1万、", "和1", "一", "1年", "第3位", "“一是", "责任单位：", "主体责任", "强化", "由市局", "请前反馈",
     "各单位：\n", "对甲、", "分别", "全覆盖", "应", "等", "简称", "（一）", "2025年"],
)  # fmt: skip
def test_repetition_stays_linear(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    section = Section("s", "heading", "一、", "", 1, 0, 0, 0, len(text))
    doc = ParsedDocument("d", "d", "txt", "", text, parsed("x").head, outline=(section,))
    for extracts in WHOLE:
        assert _spent(lambda extracts=extracts: extracts(doc)) < 0.5, extracts.__name__  # type: ignore[misc]
    for reads in PARTS:
        assert _spent(lambda reads=reads: reads(text, 0, len(text))) < 0.5, reads.__name__  # type: ignore[misc]


def _spent(run: Callable[[], object]) -> float:
    """CPU seconds of the better of two runs; the bound is generous because the machine may be shared."""
    times = []
    for _ in range(2):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return min(times)


@settings(max_examples=120)
@given(st.lists(BLOCKS, max_size=60).map("".join), st.data())
def test_no_text_breaks_extraction(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=8)))
    outline = tuple(
        Section(str(i), "heading", "一、", text[a : min(b, a + 10)], 1, a, min(b, a + 10), min(b, a + 10), b)
        for i, (a, b) in enumerate(pairwise(cuts))
    )
    for doc in (
        ParsedDocument("d", "d", "txt", "", text, parsed("x").head, outline=outline),
        *([read(text.encode(), "d.txt")] if len(text.strip()) > 2 else []),
    ):
        for row in to_rows(doc, extract(doc)):
            assert 0 <= row.record.start <= row.record.end <= len(doc.text)
            assert row.record.quote == row.record.span.of(doc.text)
            for part in (*row.record.measures, *row.record.units) if isinstance(row.record, TaskRecord) else ():
                assert 0 <= part.start <= part.end <= len(doc.text)


def test_gold(shared: Path, tmp_path: Path) -> None:
    tasks_found = []
    for path in sorted((shared / "seeds").glob("00[013]_*.txt")):
        doc = read(path.read_bytes(), path.name)
        tasks_found += [task_record(doc, task).to_record() for task in extract(doc).tasks]
    for name, value in (("tasks", tasks_found), ("documents", []), ("sections", []), ("targets", [])):
        (tmp_path / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    command = [sys.executable, shared / "eval/score.py", "extraction", tmp_path, shared / "eval/gold", "--docs", "000,001,003"]
    score = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert score["tasks"]["f1"] >= 0.97
    assert score["units"]["f1"] >= 0.985
    assert score["topics"]["f1"] >= 0.75


def test_what_is_glued_to_the_last_list_is_not_the_item() -> None:
    first, second, closing = tasks(
        "安宁市渡口改造措施\n\n一、更换渡船。更新老旧船只。（责任单位：市交通运输局）\n二、加固码头。（责任单位：市水利局）"
        "各部门要加强协作，按季度报送进展，确保各项措施落到实处。"
    )
    assert (second.name, closing.kind) == ("加固码头", "unnumbered")
    assert first.span.end <= second.span.start < second.span.end <= closing.span.start
    (only,) = tasks("安宁市渡口改造措施\n\n一、更换渡船。（责任单位：市交通运输局）本措施自2024年5月1日起施行，有效期三年。")
    assert only.span.of(
        parsed("安宁市渡口改造措施\n\n一、更换渡船。（责任单位：市交通运输局）本措施自2024年5月1日起施行，有效期三年。").text
    ).endswith("）")


def test_the_unit_listed_first_leads_where_the_text_says_so() -> None:
    found = tasks(
        "安宁市渡口改造方案\n\n一、更换渡船。\n（市交通运输局、市财政局负责。列第一位者为牵头单位，下同）\n二、加固码头。\n（市水利局、市财政局负责）"
    )
    assert [task.named("lead") for task in found] == [("市交通运输局",), ("市水利局",)]


def test_what_stands_under_a_list_of_conditions_is_no_task() -> None:
    text = (
        "安宁市绿道认养办法\n\n二、认养方式\n（一）鼓励企业认养绿道。符合下列条件之一的，给予命名：\n"
        "1.连续认养三年的；\n2.自愿捐资修缮的。\n（二）建立认养台账，按季度公布认养情况。\n"
    )
    # what is granted under conditions is laid down for all, and gives nobody something to do
    assert [task.name for task in tasks(text)] == ["建立认养台账，按季度公布认养情况"]


def test_scope_and_goals_side_by_side_are_no_task() -> None:
    text = "安宁市绿道改造意见\n\n一、改造范围和工作目标\n改造老旧绿道，以环湖绿道为主。\n\n二、重点任务\n（一）修缮路面。全面修缮破损路面。\n"
    assert [task.name for task in tasks(text)] == ["修缮路面"]


def test_a_numbered_row_without_verbs_follows_its_chapter() -> None:
    items = "".join(f"{i}.健全第{i}类绿道的巡查制度，按月通报巡查情况，及时整改问题。\n" for i in range(1, 5))
    odd = "5.已停用绿道的土地，原使用人不再使用的，经核实后由原单位收回，另行安排用途，不再保留原有的标识。\n"
    text = f"安宁市绿道管理通知\n\n一、分类处置\n（一）日常巡查\n{items}（二）停用处理\n{odd}"
    assert len(tasks(text)) == 5


def test_who_is_called_answerable_without_a_list() -> None:
    text = (
        "安宁市绿道建设意见\n\n一、组织保障\n（一）健全管护机制。压实县区政府管护主体责任，按月巡查。\n"
        "（二）明确分工。各区政府是绿道建设的责任主体，要制定年度计划。\n（三）强化企业主体责任，落实安全措施。\n"
    )
    assert [task.named("responsible") for task in tasks(text)] == [("县区政府",), ("各区政府",), ()]


LETTER = """安宁市园林局
关于征求《安宁市绿道管理办法（征求意见稿）》意见的函

各县区园林局：

现将《安宁市绿道管理办法（征求意见稿）》发给你们。请结合实际，于2024年3月8日17:00前，将修改意见反馈至市园林局办公室。

附件：《安宁市绿道管理办法（征求意见稿）》

安宁市园林局
2024年3月1日

附件

安宁市绿道管理办法
（征求意见稿）

第一条 为加强绿道管理，制定本办法。
第二条 市园林局应当每年公布绿道名录。
"""


def test_what_a_covering_letter_asks_for() -> None:
    asked = next(task for task in tasks(LETTER) if task.kind == "unnumbered")
    assert asked.named("responsible") == ("各县区园林局",)
    assert asked.deadline == "2024年3月8日17:00前"
    assert "反馈" in asked.name


def test_in_force_is_no_demand() -> None:
    text = PLAN.replace(
        "各区、各部门要高度重视，抓紧制定具体方案，确保按期完成。", "本方案自2024年3月1日起施行，由市园林局负责组织实施。"
    )
    assert not any(task.kind == "unnumbered" for task in tasks(text))


@pytest.mark.parametrize(
    ("item", "is_one"),
    [
        ("调整贷款额度。缴存职工家庭购买首套住房申请公积金贷款的，最高贷款额度由50万元提高至60万元。", False),
        ("支持租房提取。无房职工每人每月可提取1200元，夫妻双方可分别提取。", False),
        ("加强渡口巡查。组织船员每月排查隐患，建立台账，限期整改。", True),
        ("支持渡口改造。对完成改造的企业给予每座2万元补助。（责任单位：市水利局、市财政局）", True),
    ],
)
def test_what_holds_for_all_is_no_task_unless_somebody_is_charged_with_it(item: str, is_one: bool) -> None:
    text = f"安宁市关于促进住房消费若干措施的通知\n\n一、主要措施\n（一）{item}\n（二）组织船员培训，建立培训台账。\n"
    assert (item.split("。")[0] in [task.name for task in tasks(text)]) == is_one


def test_time_limits_without_their_label_and_with_their_day() -> None:
    text = (
        "安宁市绿道计划\n\n一、任务\n（一）修缮路面。（市园林局负责落实，完成时限：2024年10月）\n"
        "（二）开放驿站。自2024年3月1日至2024年9月30日，免费开放驿站。\n（三）完善规则。科学设置过渡期等缓冲措施。\n"
    )
    assert [task.deadline for task in tasks(text)] == ["2024年10月", "至2024年9月30日", None]


def test_what_a_meeting_demands_is_a_task_with_those_it_is_demanded_of() -> None:
    news = (
        "青泽市召开金融支持小微企业座谈会\n3月8日，青泽市召开金融支持小微企业座谈会，总结去年工作。\n"
        "会议指出，去年全市贷款增长较快，融资环境明显改善。\n"
        "会议要求，各县市要建立融资需求清单，每月更新一次。各商业银行要降低收费，优化流程。\n"
        "会议强调，市财政局要会同市金融办用好风险补偿资金，提高使用效率。\n"
        "市发展改革委有关负责人在会上发言。\n"
    )
    first, second = find_tasks(read(news.encode(), "会议.txt"))
    assert [(unit.name, unit.role) for unit in first.units] == [("各县市", "responsible"), ("各商业银行", "responsible")]
    assert [(unit.name, unit.role) for unit in second.units] == [("市财政局", "lead"), ("市金融办", "supporting")]
