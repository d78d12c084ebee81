"""Questions about the library itself are told from questions about what its documents say."""

from __future__ import annotations

import datetime as dt

import pytest

from corpus.folding import fold
from qa.understanding.due_times import DueTime, RecurringDue, RelativeDueTime
from qa.understanding.library_questions import read_library_question

ISSUERS = ("国务院办公厅", "云岫县人民政府")
KINDS = ("通知", "办法", "意见", "实施方案")

ABOUT_THE_LIBRARY = [
    ("库里有哪些文件", "documents", ()),
    ("一共有多少份文件", "documents", ()),
    ("文档库里都有什么文件？", "documents", ()),
    ("请列出全部文件", "documents", ()),
    ("目前收录了几份文件", "documents", ()),
    ("库里有什么", "documents", ()),
    ("你们库里现在总共存了多少篇文档", "documents", ()),
    ("文件清单", "documents", ()),
    ("有几份文件", "documents", ()),
    ("2024年的文件有哪些", "documents", ()),
    ("2023年印发了几份文件", "documents", ()),
    ("国务院办公厅发了哪些文件", "documents", ()),
    ("云岫县人民政府印发的通知有几份", "documents", ()),
    ("库里有多少份实施方案", "documents", ()),
    ("关于供水的文件有几份", "documents", ()),
    ("库里有哪些有关医疗保障的文件", "documents", ()),
    ("最新收进来的是什么", "documents", ("newest_added",)),
    ("刚导入的文件是哪一份", "documents", ("newest_added",)),
    ("最近印发的文件", "documents", ("newest_issued",)),
    ("最新的文件是哪份", "documents", ("newest_issued",)),
    ("最早的文件是哪一年的", "documents", ("oldest_issued",)),
    ("哪些文件没有文号", "documents", ("without_number",)),
    ("没写成文日期的文件有几份", "documents", ("without_date",)),
    ("哪些文件已失效", "documents", ("已失效",)),
    ("库里还有效的文件有哪些", "documents", ("现行有效",)),
    ("有哪些已经废止的文件", "documents", ("已废止",)),
    ("征求意见稿有几份", "documents", ("征求意见稿",)),
    ("涉及哪些部门", "units", ()),
    ("库里的任务涉及几个部门", "units", ()),
    ("一共涉及多少个单位", "units", ()),
    ("有哪些地区的文件", "regions", ()),
    ("库里覆盖哪些地方", "regions", ()),
    ("文件来自几个省份", "regions", ()),
    ("库里有哪些年份的文件", "years", ()),
    ("有多少条任务", "tasks", ()),
    ("库里一共有多少项任务", "tasks", ()),
    ("哪些任务没有牵头单位", "tasks", ("without_lead",)),
    ("没有责任单位的任务有多少条", "tasks", ("without_units",)),
    ("哪些任务没写完成时限", "tasks", ("without_deadline",)),
    ("有多少个指标", "targets", ()),
    ("库里有多少目标指标", "targets", ()),
    ("库里有哪些发文机关", "issuers", ()),
    ("库里收录了多少个术语", "terms", ()),
    ("库里的文件涉及哪些主题", "topics", ()),
]

ABOUT_WHAT_DOCUMENTS_SAY = [
    "医保参保资助由哪些部门负责",
    "哪些文件提到了易地搬迁",
    "申请材料有哪些",
    "需要什么材料",
    "主要目标是什么",
    "目标是多少",
    "目标值多少",
    "2026年GDP目标是多少",
    "重点任务有哪些",
    "主要任务有哪些",
    "有哪些任务",
    "牵头单位是谁",
    "供水保障由哪个部门牵头",
    "公积金贷款最高额度现在是多少，以最新文件为准",
    "这个办法什么时候失效",
    "这份文件还有效吗",
    "最新的低保标准是多少",
    "有哪些政策",
    "有效期几年",
    "什么是过渡期",
    "文件要求什么时候完成",
    "印发的通知里写了哪些措施",
    "哪些地区提高了补贴标准",
    "各地怎么规定",
    "试点城市有哪些",
    "发文日期是哪天",
    "文号是多少",
    "谁印发的",
    "最近三年的增长率是多少",
    "库区移民有哪些补助",
    "数据库建设由谁负责",
    "目录清单怎么编制",
    "有没有征求意见",
    "责任单位有哪些",
    "配合单位是哪几个",
    "哪些企业可以申请",
]


@pytest.mark.parametrize(("question", "asked", "conditions"), ABOUT_THE_LIBRARY, ids=[row[0] for row in ABOUT_THE_LIBRARY])
def test_a_question_about_the_library_is_read(question: str, asked: str, conditions: tuple[str, ...]) -> None:
    found = read_library_question(fold(question), issuers=ISSUERS, kinds=KINDS)
    assert found is not None
    assert (found.asked, found.conditions) == (asked, conditions)


@pytest.mark.parametrize("question", ABOUT_WHAT_DOCUMENTS_SAY)
def test_a_question_about_what_documents_say_is_not(question: str) -> None:
    assert read_library_question(fold(question), issuers=ISSUERS, kinds=KINDS) is None


def test_only_a_number_or_the_list() -> None:
    read = {q: read_library_question(q) for q in ("有几份文件", "有哪些文件", "最新的文件是哪一份")}
    assert [found and (found.counted, found.one) for found in read.values()] == [(True, False), (False, False), (False, True)]


def test_what_narrows_a_question_is_told() -> None:
    found = read_library_question("2024年国务院办公厅印发的关于供水的通知有几份", issuers=ISSUERS, kinds=KINDS)
    assert found is None or found.issuers == ("国务院办公厅",)
    found = read_library_question("2024年国务院办公厅印发的通知有几份", issuers=ISSUERS, kinds=KINDS)
    assert found is not None
    assert (found.years, found.issuers, found.kind) == ((2024,), ("国务院办公厅",), "通知")


def test_behind_another_question_the_library_has_to_be_named() -> None:
    assert read_library_question("涉及哪些部门", named=False) is None
    assert read_library_question("库里涉及哪些部门", named=False) is not None


DUE = [
    ("2026年6月底前要完成哪些任务", ("", "2026-06-30")),
    ("2025年底前应完成的任务有哪些", ("", "2025-12-31")),
    ("2024年10月要完成哪些工作", ("2024-10-01", "2024-10-31")),
    ("2025年要完成的任务有几项", ("2025-01-01", "2025-12-31")),
    ("2025年6月15日前完成的任务有哪些", ("", "2025-06-15")),
    ("今年要完成哪些任务", ("2026-01-01", "2026-12-31")),
    ("明年上半年要完成哪些任务", ("2027-01-01", "2027-06-30")),
    ("哪些任务2025年到期", ("2025-01-01", "2025-12-31")),
    ("今年年底前必须办结的事项有哪些", ("", "2026-12-31")),
]


@pytest.mark.parametrize(("question", "between"), DUE, ids=[row[0] for row in DUE])
def test_a_time_in_which_tasks_are_due_is_read(question: str, between: tuple[str, str]) -> None:
    found = read_library_question(fold(question))
    assert found is not None and found.due is not None
    assert found.due.between(dt.date(2026, 11, 29)) == between


@pytest.mark.parametrize(
    "question",
    [
        "2025年底前完成危房改造多少户",
        "2025年完成任务的比例",
        "供水管网什么时候完成",
        "2026年目标完成了吗",
        "2025年要完成多少目标",
    ],
)
def test_what_else_is_to_be_done_is_no_question_about_the_library(question: str) -> None:
    assert read_library_question(fold(question)) is None


DAY = dt.date(2026, 6, 15)
SEEN_FROM_A_DAY = [
    ("本月到期的任务有哪些", ("2026-06-01", "2026-06-30")),
    ("上个月到期的任务", ("2026-05-01", "2026-05-31")),
    ("下个季度要完成哪些任务", ("2026-07-01", "2026-09-30")),
    ("本周到期的任务", ("2026-06-15", "2026-06-21")),
    ("明天到期的任务有哪些", ("2026-06-16", "2026-06-16")),
    ("30日内到期的任务", ("2026-06-15", "2026-07-15")),
    ("未来三个月要完成的任务有哪些", ("2026-06-15", "2026-09-15")),
    ("半年内到期的任务有哪些", ("2026-06-15", "2026-12-15")),
    ("两周内到期的任务有几条", ("2026-06-15", "2026-06-29")),
    ("月底前要完成的事项有哪些", ("", "2026-06-30")),
    ("七月底之前必须完成的任务有哪些", ("", "2026-07-31")),
    ("6月30日到期的任务有哪些", ("2026-06-30", "2026-06-30")),
    ("二季度要完成的工作有哪些", ("2026-04-01", "2026-06-30")),
    ("下半年到期的任务有哪些", ("2026-07-01", "2026-12-31")),
    ("年底前要办结的任务有哪些", ("", "2026-12-31")),
]


@pytest.mark.parametrize(("question", "between"), SEEN_FROM_A_DAY, ids=[row[0] for row in SEEN_FROM_A_DAY])
def test_a_time_is_seen_from_the_day_of_asking(question: str, between: tuple[str, str]) -> None:
    found = read_library_question(fold(question))
    assert found is not None and isinstance(found.due, DueTime | RelativeDueTime)
    assert found.due.between(DAY) == between


def test_a_month_at_the_end_of_a_year() -> None:
    for question, between in (
        ("下个月到期的任务", ("2027-01-01", "2027-01-31")),
        ("上个季度到期的任务", ("2026-07-01", "2026-09-30")),
    ):
        found = read_library_question(question)
        assert found is not None and isinstance(found.due, RelativeDueTime)
        assert found.due.between(dt.date(2026, 12, 31)) == between


@pytest.mark.parametrize(
    ("question", "due"),
    [
        ("每季度要做的任务有哪些", RecurringDue("quarter")),
        ("每年要开展的工作有哪些", RecurringDue("year")),
        ("定期要做的任务有哪些", RecurringDue()),
        ("有哪些长期坚持的任务", RecurringDue(standing=True)),
    ],
)
def test_what_comes_again_or_has_no_end(question: str, due: RecurringDue) -> None:
    found = read_library_question(question)
    assert found is not None and found.due == due


def test_a_unit_narrows_what_is_due() -> None:
    found = read_library_question("县水务局本月有哪些任务到期", units={"县水务局": "榆中县水务局"})
    assert found is not None and found.units == ("榆中县水务局",)
    assert read_library_question("县水务局本月有哪些任务到期") is None, "a name nobody knows is no word of such a question"


@pytest.mark.parametrize(
    "question",
    [
        "每年补助多少钱",
        "30日内不办结怎么处理",
        "本月发放多少补贴",
        "每季度报告什么",
        "长期坚持什么制度",
        "三个月内完成验收的任务由谁负责",
    ],
)
def test_a_time_alone_does_not_ask_for_what_is_due(question: str) -> None:
    assert read_library_question(fold(question)) is None
