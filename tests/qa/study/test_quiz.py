import datetime as dt
import io
import random
from importlib import resources

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UsageError
from corpus.store import Corpus
from graph.codec.records import TaskRecord
from graph.codec.rows import to_rows
from graph.extract import extract
from ingest.reader import read
from qa import study
from qa.study.facts import StudyFacts
from qa.study.proof import faults
from qa.study.question import KINDS
from qa.study.responsibility_questions import duties
from ui.exports.paper import write_paper

TODAY = dt.date(2026, 3, 1)
DURING = dt.date(2023, 3, 1)
PLAN = """云岫县人民政府关于印发云岫县农村供水提升实施方案的通知

各乡镇人民政府：
现将《云岫县农村供水提升实施方案》印发给你们。

一、工作目标
到2030年，农村自来水普及率达到96%以上，规模化供水工程服务人口18万人。“一图三册”指全县供水管网图和工程册、人员册、维修册。

二、重点任务
（一）建设规模化水厂。新建水厂6座，2028年底前完成。（牵头单位：县水务局；责任单位：县发展改革局、县财政局）
（二）加强水质检测。每季度检测一次出厂水。（责任单位：县卫生健康局、县生态环境局）
（三）优化用水补贴。过渡期内对脱贫户水费给予补贴，2025年补贴资金达到320万元。（责任单位：县民政局、县乡村振兴局）
（四）培训管水队伍。培训管水员450人次，2027年6月底前完成。（责任单位：县人力资源社会保障局、县总工会）
（五）抓好宣传。（责任单位：县融媒体中心等有关单位）
"""
DRAFT = """云岫县农村供水条例（征求意见稿）

一、总则
供水水质合格率应当达到99%以上，供水保证率达到95%以上。
"""


def library(folder, documents):
    corpus = Corpus.open(folder)
    for name, data in documents.items():
        doc = read(data, name)
        corpus.put(doc, original=data, passages=[], facts=to_rows(doc, extract(doc)))
    return corpus


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = resources.files("corpus") / "samples"
    names = sorted(p.name for p in folder.iterdir() if p.name.endswith((".txt", ".html", ".docx", ".pdf", ".xlsx")))
    with library(tmp_path_factory.mktemp("samples"), {name: (folder / name).read_bytes() for name in names}) as corpus:
        yield corpus


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    documents = {"供水方案.txt": PLAN.encode(), "供水条例.txt": DRAFT.encode()}
    with library(tmp_path_factory.mktemp("county"), documents) as corpus:
        yield corpus


def test_terms_are_explained_first_and_mentioned_ones_stand_apart(samples):
    terms = [entry.fact for entry in study.terms(samples)]
    states = [bool(term.definition) for term in terms]
    assert states == sorted(states, reverse=True) and True in states and False in states
    five = next(term for term in terms if term.term == "五无甘南")
    assert "无垃圾" in (five.definition or "")
    formulas = [term for term in terms if term.term == "四个不摘"]
    # others only mention it: that does not make it unexplained
    assert len({bool(term.definition) for term in formulas}) == 1


def test_a_brief_has_the_tasks_of_the_unit_with_their_places(samples):
    brief = study.brief(samples, unit="州医保局", region="甘南州", as_of=TODAY)
    assert "合理确定农牧村医疗保障待遇水平" in [task.fact.name for task in brief.tasks]
    assert all("州医保局" in task.fact.quote and task.role == "责任" for task in brief.tasks)
    assert "州医保局" not in dict(brief.partners)
    assert any("过渡期" in notice for notice in brief.notices)
    assert "二、要做的任务" in brief.text() and brief.record()["unit"] == "州医保局"


def test_a_brief_needs_a_post(samples):
    with pytest.raises(UsageError, match="单位或地区"):
        study.brief(samples)


def test_every_question_is_proven_by_its_citation(samples):
    questions = study.quiz(samples, 60, 5, as_of=TODAY)
    assert len(questions) >= 20
    assert {question.kind for question in questions} >= {"single", "fill"}
    assert len({question.id for question in questions}) == len(questions)
    study_facts = StudyFacts(samples)
    for question in questions:
        assert not faults(question, study_facts)
        for citation in question.citations:
            assert samples.text(samples.find(citation.source_id).row)[citation.start : citation.end] == citation.quote


def test_what_is_only_remembered_keeps_to_its_share(samples):
    for seed in (1, 2, 3):
        questions = study.quiz(samples, 30, seed, as_of=TODAY)
        for aim in ("number", "unit"):
            assert 5 * sum(question.aim == aim for question in questions) <= max(5, len(questions))


@settings(max_examples=5)
@given(seed=st.integers(0, 10_000))
def test_the_same_seed_gives_the_same_quiz(county, seed):
    first = study.quiz(county, 12, seed, as_of=DURING)
    assert [q.text(answers=True) for q in first] == [q.text(answers=True) for q in study.quiz(county, 12, seed, as_of=DURING)]
    study_facts = StudyFacts(county)
    assert not [fault for question in first for fault in faults(question, study_facts)]


def asked(corpus, day):
    return "\n".join(question.text(answers=True) for question in study.quiz(corpus, 80, 1, as_of=day))


def test_what_has_lapsed_is_not_asked_as_if_it_held(county):
    assert "320" in asked(county, DURING)
    for question in study.quiz(county, 80, 1, as_of=TODAY, guessable=True):
        assert "320" not in question.text()
        if "优化用水补贴" in "".join((question.prompt, *question.left)) + "".join(question.answer):
            assert "已届满" in question.note or question.aim == "validity" or question.kind == "match"


def test_a_draft_is_not_asked_about(county):
    assert "征求意见稿" not in asked(county, DURING)


def test_a_task_left_to_the_units_concerned_is_not_asked_about(county):
    # “等有关单位”: any other unit might be one of them
    tasks = county.facts(TaskRecord)
    named = {duty.name for duty in duties(StudyFacts(county, DURING), tasks, DURING, random.Random(1))}
    assert "培训管水队伍" in named and "抓好宣传" in {task.value.name for task in tasks} - named


def test_answers_are_compared_by_what_they_say(samples):
    questions = study.quiz(samples, 60, 9, as_of=TODAY, guessable=True)
    fill = next(q for q in questions if q.kind == "fill")
    assert fill.is_right([f" {fill.answer[0]} "]) and not fill.is_right(["0"])
    match = next(q for q in questions if q.kind == "match")
    assert match.is_right(match.answer) and not match.is_right(match.answer[::-1])


def test_the_paper_has_the_key_on_its_own_page(samples):
    questions = study.quiz(samples, 12, 3, as_of=TODAY)
    out = io.BytesIO()
    write_paper(questions, out, made_on=TODAY)
    lines = [paragraph.text for paragraph in docx.Document(io.BytesIO(out.getvalue())).paragraphs]
    key = next(i for i, line in enumerate(lines) if line.endswith("答案与依据"))
    assert not any(line.startswith("答案") for line in lines[:key])
    assert sum(1 for line in lines[key:] if line[:1].isdigit()) == len(questions)
    sheet = next(i for i, line in enumerate(lines) if line.endswith("答题卡"))
    assert sheet < key, "the answer sheet comes before the key, on a page of its own"
    cells = [cell.text for row in docx.Document(io.BytesIO(out.getvalue())).tables[0].rows for cell in row.cells]
    boxes = {cell for cell in cells if cell}
    assert boxes == {str(i) for i, q in enumerate(sorted(questions, key=order), 1) if q.kind in ("single", "multiple")}
    assert lines[2].startswith(f"共 {len(questions)} 题，满分 100 分")


def order(question):
    return list(KINDS).index(question.kind)


def test_an_empty_library_gives_an_empty_quiz(tmp_path):
    with Corpus.open(tmp_path) as corpus:
        assert study.quiz(corpus, 10, 1) == []
        assert study.terms(corpus) == []
