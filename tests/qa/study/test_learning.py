import datetime as dt
from types import SimpleNamespace

import pytest

from corpus.errors import UsageError
from corpus.store import Corpus
from graph.codec.rows import to_rows
from graph.extract import extract
from ingest.reader import read
from qa import study
from qa.study import learners, rounds
from qa.study.path import DAY, QUIZ, days_of, stages
from qa.study.question import QuizQuestion
from ui.desk.desk import Desk
from ui.exports.score_sheet import score_sheet
from ui.page.study.events import act

NOON = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)
PLAN = """石溪县人民政府关于印发石溪县山塘整治实施方案的通知

各乡镇人民政府：
现将《石溪县山塘整治实施方案》印发给你们。

一、工作目标
到2030年，山塘安全鉴定率达到97%以上，整治病险山塘38座。“三清一固”指清障、清淤、清杂草，加固塘坝。

二、重点任务
（一）开展安全鉴定。2027年底前完成鉴定。（牵头单位：县水务局；责任单位：县发展改革局、县财政局）
（二）落实管护经费。每座山塘每年安排管护费3000元。（责任单位：县财政局、县民政局）
（三）建立巡查制度。聘用巡查员120名。（责任单位：县人力资源社会保障局、县总工会）
（四）治理塘坝水质。水质监测每年4次。（责任单位：县生态环境局、县卫生健康局）
（五）推广节水灌溉。推广面积1.6万亩。（责任单位：县农业农村局、县供销社）
"""


@pytest.fixture
def county(tmp_path):
    with Corpus.open(tmp_path) as corpus:
        doc = read(PLAN.encode(), "山塘方案.txt")
        corpus.put(doc, original=PLAN.encode(), passages=[], facts=to_rows(doc, extract(doc)))
        yield corpus


def test_a_path_has_short_stages_and_every_card_its_place(county):
    post = study.brief(county, unit="县财政局", as_of=NOON.date())
    path = stages(post)
    assert [stage.kind for stage in path][:2] == ["文件", "任务"]
    assert [stage.day for stage in path] == sorted(stage.day for stage in path) and path[0].day == 1
    assert all(stage.minutes >= 1 and stage.why for stage in path)
    for day, minutes in days_of(path):
        mine = [stage for stage in path if stage.day == day]
        assert minutes == sum(stage.minutes for stage in mine) + QUIZ and (len(mine) == 1 or minutes <= DAY)
    assert path[0].cards[0].why == "给本岗位派了 2 项任务"
    text = county.text(county.infos()[0].row)
    for stage in path:
        assert 1 <= len(stage.cards) <= 6
        for card in stage.cards:
            if card.quote and card.label == "任务":
                assert card.quote == text[card.source.start : card.source.end]


def test_a_wrong_answer_comes_back_and_a_right_one_later(county):
    first, second = study.quiz(county, 2, 1, as_of=NOON.date())
    learners.note_answer(county, "王　芳", first, False, now=NOON)
    person = learners.note_answer(county, "王 芳", second, True, now=NOON)
    assert (person.answered, person.right, person.name) == (2, 1, "王 芳")
    wrong, right = person.items[first.facts[0]], person.items[second.facts[0]]
    assert wrong.due < right.due
    soon = NOON + dt.timedelta(minutes=5)
    assert [item.fact for item in person.due(soon)] == list(first.facts)
    _, again = rounds.begin(county, person, None, number=6, now=soon)
    assert set(again[0].facts) & set(first.facts)


def test_a_record_keeps_no_words_of_a_document(county):
    for question in study.quiz(county, 8, 1, as_of=NOON.date()):
        learners.note_answer(county, "李明", question, True, now=NOON)
    kept = county.setting("study:李明")
    assert kept and not any(word in kept for word in ("山塘", "财政", "石溪"))


def test_a_quiz_about_some_facts_asks_about_nothing_else(county):
    post = study.brief(county, unit="县财政局", as_of=NOON.date())
    wanted = {task.fact.id for task in post.tasks}
    questions = study.quiz(county, 10, 1, as_of=NOON.date(), about=wanted)
    assert questions and all(wanted.intersection(question.facts) for question in questions)


def test_the_score_sheet_and_forgetting(county):
    question = study.quiz(county, 1, 1, as_of=NOON.date())[0]
    learners.note_answer(county, "赵刚", question, True, now=NOON)
    table = score_sheet(county, NOON)
    assert table.rows == ((1, "赵刚", 1, 1, "100%", 0, NOON.astimezone().date().isoformat()),)
    assert learners.forget(county, "赵刚") and not learners.forget(county, "赵刚")
    assert score_sheet(county, NOON).rows == ()


@pytest.mark.parametrize("name", ["", "  ", "长" * 31])
def test_a_name_that_is_none(county, name):
    with pytest.raises(UsageError, match="姓名"):
        learners.load(county, name)


def test_what_is_typed_is_read_as_options():
    single = QuizQuestion("single", "哪个？", ("乙",), (), ("甲", "乙", "丙"))
    assert single.is_right(single.read(" b")) and not single.is_right(single.read("a"))


def library_of(corpus):
    return SimpleNamespace(
        corpus=corpus, generation=corpus.generation, tasks=lambda **_: [], targets=lambda **_: [], documents=lambda _=None: corpus.infos(),
        regions=lambda: ["石溪县"], topics=list, units=lambda: [("县财政局", 2)], validity=lambda _, __=None: SimpleNamespace(status="", reason=""),
    )  # fmt: skip


def test_a_round_on_the_page(county):
    desk = Desk(library_of(county))
    view, session = act(desk, {"act": "quiz", "unit": "县财政局"}, None)
    assert "请先填姓名" in view
    view, session = act(desk, {"act": "quiz", "unit": "县财政局", "learner": "孙<b>"}, session)
    assert session.questions and "第 1 题" in view
    for question in session.questions:
        given = {"option": list(question.answer)}
        if question.kind == "match":
            given = {f"match{i}": answer for i, answer in enumerate(question.answer, 1)}
        view, session = act(desk, {"act": "answer", **given}, session)
        assert "答对了" in view and "原文" in view and "<b>孙" not in view
        view, session = act(desk, {"act": "next"}, session)
    assert f"答对 {len(session.questions)} 题" in view and "孙&lt;b&gt;" in view
    view, session = act(desk, {"act": "scores"}, session)
    assert "100%" in view


def test_a_round_survives_the_loss_of_the_page(county):
    desk = Desk(library_of(county))
    _, session = act(desk, {"act": "quiz", "unit": "县财政局", "learner": "周敏"}, None)
    first, total = session.questions[0], len(session.questions)
    _, session = act(desk, {"act": "answer", "option": list(first.answer)}, session)
    kept = county.setting("round:周敏")
    assert kept and not any(word in kept for word in ("山塘", "管护费", "安全鉴定"))
    # another page, or another server, knows nothing but the address and the name
    address = {"act": "arrive", "do": "quiz", "unit": "县财政局"}
    view, again = act(Desk(library_of(county)), {**address, "learner": "周敏"}, None)
    assert f"第 2 题，共 {total} 题" in view and "接着上次" in view
    # a colleague who opens the same address gets the path, and begins no round
    path, others = act(Desk(library_of(county)), {**address, "learner": "王芳"}, None)
    assert "第 1 题" not in path and "下一段" in path and others.round is None and county.setting("round:王芳") is None
    assert [q.id for q in again.questions] == [q.id for q in session.questions] and again.unit == "县财政局"
    view, _ = act(desk, {"act": "quiz", "unit": "县财政局", "learner": "周敏"}, None)
    assert "第 2 题" in view
    view, other = act(desk, {"act": "quiz", "unit": "县民政局", "learner": "周敏"}, None)
    assert not other.questions or "第 1 题" in view
    learners.forget(county, "周敏")
    assert county.setting("round:周敏") is None


def test_a_round_whose_facts_are_gone_is_not_resumed(county):
    desk = Desk(library_of(county))
    act(desk, {"act": "quiz", "unit": "县财政局", "learner": "吴琼"}, None)
    county.remove(county.infos()[0].row)
    county.put(read(b"x", "x.txt"), original=b"x", passages=[], facts=[])
    view, session = act(Desk(library_of(county)), {"act": "arrive", "do": "quiz", "learner": "吴琼", "unit": "县财政局"}, None)
    assert session.round is None and "没有可学的内容" in view
