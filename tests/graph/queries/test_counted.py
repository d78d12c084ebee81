"""Lists of facts count a work once: a document as two files, and its former version, add no rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from cemai.library import Library
from graph.codec.records import TaskRecord, TermRecord
from graph.queries.counted import CountedList, counted_documents, describe_folded
from graph.queries.due import due
from graph.queries.facts import tasks
from graph.queries.neighbourhood import around
from qa import study
from tests.qa.conftest import library_of
from ui.desk.desk import Desk
from ui.exports import fact_table, unit_duties
from ui.exports.graph_tables import units_table
from ui.page.tasks.events import rows

HEAD = "云岫县山塘管护办法{mark}\n{number}\n云岫县人民政府\n{day}\n"
BODY = (
    "一、开展安全鉴定。对全县山塘逐座登记建档，到2027年，山塘安全鉴定率达到{rate}%以上。（牵头单位：县水务局；配合单位：县财政局）\n"
    "二、落实管护责任。推行“一塘一册”，每座山塘明确一名管护员，按月巡查并留存记录。（责任单位：县水务局）\n"
    "三、加强资金保障。管护经费列入年度预算，专款专用，不得挪作他用，接受审计监督。（责任单位：县财政局）\n"
)
OLD = HEAD.format(mark="", number="云政发〔2019〕4号", day="2019年3月1日") + BODY.format(rate=80)
NEW = (
    HEAD.format(mark="（2024年修订）", number="云政发〔2024〕9号", day="2024年3月1日")
    + BODY.format(rate=95)
    + "四、做好应急值守。汛期实行二十四小时值班，发现险情立即报告。（责任单位：县应急局）\n"
)
COPY = "来源：某网站\n" + NEW
OTHER = (
    "云岫县茶园改造方案\n云政办发〔2025〕2号\n云岫县人民政府办公室\n2025年2月1日\n"
    "一、改造老茶园。到2027年，改造低产茶园3万亩。（牵头单位：县农业农村局；配合单位：县财政局）\n"
)
DAY = dt.date(2026, 6, 1)
BEFORE = dt.date(2020, 6, 1)


@pytest.fixture(scope="module")
def ponds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("ponds"), OLD, NEW, COPY, OTHER) as opened:
        yield opened


def sources(found: CountedList[object]) -> set[str]:
    return {one.fact.source for one in found}  # type: ignore[attr-defined]


def test_a_list_counts_a_work_once_and_says_what_it_left_out(ponds: Library) -> None:
    found = ponds.tasks(as_of=DAY)
    assert (sources(found), len(found), found.folded) == ({"b.txt", "d.txt"}, 5, 2)
    every = ponds.tasks(as_of=DAY, all_versions=True)
    assert (len(every), every.folded) == (12, 0)
    named = ponds.tasks(unit="县应急局", as_of=DAY)
    assert (sources(named), named.folded) == ({"b.txt"}, 1)
    assert ponds.tasks(unit="县农业农村局", as_of=DAY).folded == 0


def test_the_version_of_the_day_is_counted(ponds: Library) -> None:
    assert "a.txt" in sources(ponds.targets(indicator="鉴定率", as_of=BEFORE))
    assert [t.fact.value for t in ponds.targets(indicator="鉴定率", as_of=DAY)] == [95]


def test_former_versions_are_found_where_they_are_asked_for(ponds: Library) -> None:
    found = ponds.tasks(status="已修订", as_of=DAY)
    assert (sources(found), found.folded) == ({"a.txt"}, 0)


def test_a_given_document_shows_its_own_facts(ponds: Library) -> None:
    rows_of = {info.source: info.row for info in ponds.documents()}
    for name, count in (("a.txt", 3), ("b.txt", 4), ("c.txt", 4)):
        assert len(tasks(ponds.corpus, documents=[rows_of[name]])) == count
        assert len(Desk(ponds).facts_of(ponds.find(name).id)[0]) == count
    assert counted_documents(ponds.corpus, [rows_of["c.txt"]]) == {rows_of["c.txt"]}


def test_units_partners_years_and_duties_agree_with_the_list(ponds: Library) -> None:
    units = ponds.unit_counts(as_of=DAY)
    finance = next(unit for unit in units if unit.name.endswith("财政局"))
    assert (finance.total, units.folded) == (3, 2)
    assert next(u for u in ponds.unit_counts(all_versions=True) if u.name == finance.name).total == 7
    duties = ponds.duties("县财政局", as_of=DAY)
    assert (len(duties.tasks), duties.folded, duties.record()["folded"]) == (3, 2, 2)
    assert duties.summary.endswith(describe_folded(2))
    shared = {partner.name.removeprefix("云岫县"): partner.shared for partner in ponds.partners("县财政局", as_of=DAY)}
    assert shared.get("县水务局", shared.get("水务局")) == 1
    years = ponds.targets_by_year(as_of=DAY)
    assert [(year.year, len(year.targets)) for year in years] == [(2027, 2)] and years.folded == 2
    assert [len(group.targets) for group in ponds.same_indicators("鉴定率")] == [1]


def test_other_kinds_of_facts_and_study_count_alike(ponds: Library) -> None:
    assert len(ponds.facts(TermRecord, as_of=DAY)) == 1 and len(ponds.facts(TermRecord, all_versions=True)) == 3
    glossary = study.terms(ponds.corpus, as_of=DAY)
    assert [(entry.mentions, entry.also_in) for entry in glossary] == [(1, ())] and glossary.folded == 2
    brief = study.brief(ponds.corpus, unit="县水务局", as_of=DAY)
    assert {task.fact.source for task in brief.tasks} == {"b.txt"} and describe_folded(2) in brief.notices
    asked = study.quiz(ponds.corpus, 20, as_of=DAY)
    assert {citation.source for question in asked for citation in question.citations} <= {"b.txt", "d.txt"}


def test_the_graph_counts_alike_and_shows_what_only_former_versions_say(ponds: Library) -> None:
    found = around(ponds.corpus, "unit:县水务局")
    assert found is not None and len(found.rings["任务"]) == 2 and found.folded == 2
    assert len(found.rings["依据"]) == 1


def test_tables_and_the_page_say_what_was_left_out(ponds: Library) -> None:
    found = ponds.tasks(as_of=DAY)
    from graph.kinds import TASKS

    for table in (fact_table(TASKS, found), unit_duties(found), units_table(ponds.unit_counts(as_of=DAY))):
        assert describe_folded(2) in table.notes
    assert due(found, "said").folded == 2
    desk = Desk(ponds)
    assert describe_folded(2) in rows(desk, {})
    every = rows(desk, {"versions": "all"})
    assert "未计入" not in every and "all_versions=true" in every
    assert describe_folded(0) == ""


def test_facts_of_a_kind_are_those_of_the_ledger(ponds: Library) -> None:
    assert [one.fact.id for one in ponds.facts(TaskRecord)] == [one.fact.id for one in ponds.tasks()]
