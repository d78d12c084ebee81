"""What figures, tasks and terms of seven small texts mean: bulletins, rhetoric, lost line breaks, glued heads, boxes, conditions."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.document import ParsedDocument
from graph.extract import extract
from graph.facts import Facts, Target
from ingest.reader import read

Case = tuple[ParsedDocument, Facts]


@pytest.fixture
def case(shared: Path, request: pytest.FixtureRequest) -> Case:
    path = shared / "cases/extraction" / f"{request.param}.txt"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    doc = read(path.read_bytes(), path.name)
    return doc, extract(doc)


def values(targets: tuple[Target, ...]) -> list[tuple[float | None, str, int | None]]:
    return [(t.value, t.kind, t.as_of if t.kind in ("achieved", "statistic") else t.by_year) for t in targets]


@pytest.mark.parametrize("case", ["r01"], indirect=True)
def test_a_bulletin_tells_results_of_its_year(case: Case) -> None:
    _, facts = case
    assert not facts.tasks
    assert len(facts.targets) == 6
    assert {t.kind for t in facts.targets} <= {"achieved", "statistic"}
    assert {t.as_of for t in facts.targets} == {2022}
    assert {t.by_year for t in facts.targets} == {None}
    assert [t.indicator for t in facts.targets[:2]] == ["生产总值", "生产总值同比增长"]


@pytest.mark.parametrize("case", ["r02"], indirect=True)
def test_a_report_with_slogans_for_headings(case: Case) -> None:
    _, facts = case
    assert values(facts.targets) == [
        *((value, "achieved", 2025) for value in (12, 25.6, 30, 62.3, 3200, 8)),
        *((value, "target", 2026) for value in (15, 25, 3)),
    ]
    assert facts.targets[0].indicator == "新增规模以上工业企业"


@pytest.mark.parametrize("case", ["r03"], indirect=True)
def test_a_plan_without_line_breaks(case: Case) -> None:
    doc, facts = case
    assert [s.number for s in doc.outline if s.kind == "heading"] == [
        "一、", "（一）", "1．", "2．", "3．", "（二）", "1．", "2．", "二、", "（三）", "1．", "2．",
    ]  # fmt: skip
    assert len(facts.tasks) == 7
    first, second, *rest = facts.tasks
    assert first.named("lead") == ("县财政局",) and first.named("responsible") == ("各乡镇",)
    assert second.named("lead") == ("县税务局",) and second.named("supporting") == ("县财政局",)
    assert [task.named("responsible") for task in rest] == [
        ("县金融办",), ("县人社局", "县教育局"), ("县人社局",), ("县政务服务局",), ("县政务服务局", "县公安局"),
    ]  # fmt: skip


@pytest.mark.parametrize("case", ["r04"], indirect=True)
def test_a_head_on_one_line(case: Case) -> None:
    doc, _ = case
    head = doc.head
    assert head.title == "云岭县人民政府办公室关于改善农村人居环境的指导意见"
    assert (head.doc_number, head.issuers) == ("云政办发〔2025〕12号", ("云岭县人民政府办公室",))
    assert (head.issued_on, head.region, head.level) == ("2025-03-06", "云岭县", "县")
    assert [s.number for s in doc.outline if s.kind == "heading"] == ["一、", "（一）", "（二）", "二、", "（三）", "（四）"]


@pytest.mark.parametrize("case", ["r05"], indirect=True)
def test_numbers_beside_digits_and_counts_that_are_no_figures(case: Case) -> None:
    _, facts = case
    tasks = {task.name: task for task in facts.tasks}
    assert tasks["121梯队项目"].named("lead") == ("县人社局",)
    assert tasks["青年英才项目"].named("supporting") == ("县人社局",)
    assert [m.name for m in tasks["青年英才项目"].measures] == [
        "对企业引进的紧缺人才，分2年给予安家补助",
        "对企业现有的紧缺人才，5年内享受薪酬补贴",
    ]
    assert [(t.value, t.kind) for t in facts.targets] == [(value, "target") for value in (100, 10, 1, 20, 100, 100, 1000)]


@pytest.mark.parametrize("case", ["r06"], indirect=True)
def test_a_box_ends_before_the_text_behind_it(case: Case) -> None:
    doc, facts = case
    at = doc.text.index("优先保护")
    assert doc.heading_path(at) == ("二、水环境",)
    assert [(t.value, t.by_year, t.base_year) for t in facts.targets if t.by_year == 2025] == [
        (95, 2025, 2020), (13.5, 2025, 2020), (2, 2025, 2020),
    ]  # fmt: skip
    assert [t.by_year for t in facts.targets if "保护区划定" in t.indicator] == [2023]


@pytest.mark.parametrize("case", ["r07"], indirect=True)
def test_duties_conditions_and_a_definition(case: Case) -> None:
    doc, facts = case
    assert [(task.section_path[-1][:3], task.named("responsible")) for task in facts.tasks] == [
        ("（一）", ("县市场监管局",)), ("（二）", ("县财政局",)), ("（三）", ()),
    ]  # fmt: skip
    assert [(t.kind, t.comparator, t.value, t.unit) for t in facts.targets] == [("rule", ">=", 5, "个工作日")]
    assert [(t.term, t.definition.of(doc.text)) for t in facts.terms if t.definition] == [("应急粮", "县级储备中可动用的粮食")]
    assert [p.section_path[-1][:2] for p in facts.provisions] == ["1.", "2.", "3."]
