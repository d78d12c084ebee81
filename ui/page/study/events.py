"""学政策: a post's path, and quizzes whose results are kept under the name of the account, or that a learner types."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from cemai.accounts import Right, account_names, current_caller
from cemai.library import Library
from corpus.divisions import NATION
from qa.study import changes, learners, rounds
from qa.study.overview import learning_overview
from qa.study.path import Stage, stages
from qa.study.question import QuizQuestion
from qa.suggestions import starting_posts
from ui.desk.desk import Desk, short_region
from ui.exports.score_sheet import score_sheet
from ui.labels import REGION_FILTER
from ui.page.events import Payload, integer, text
from ui.page.kit.address import ARRIVE, standing
from ui.page.kit.forms import select, text_field
from ui.page.kit.html import EMPTY, Html, el, join
from ui.page.kit.states import empty_library, empty_state
from ui.page.kit.tab import Tab
from ui.page.study.views import overview_view, path_view, question_view, result_view, scores_view, welcome

ROUND = 10
UNITS_LISTED = 300
POSTS = 4
RESUME = "resume"
"""What an address with questions asks for: the learner's round under way at this post; none is begun by it."""


@dataclass(frozen=True, slots=True)
class StudySession:
    """The progress of a learner in this window: post, stage, and the round of questions under way."""

    region: str | None = None
    unit: str | None = None
    stage: int = 0
    round: rounds.Round | None = None
    questions: tuple[QuizQuestion, ...] = ()
    given: tuple[str, ...] | None = None


def form(desk: Desk) -> Html:
    """The post and the learner."""
    units = [el("option", value=name) for name, _ in desk.units()[:UNITS_LISTED]]
    return el(
        "form",
        select("region", REGION_FILTER, [(r, r) for r in desk.regions()]),
        el("label", el("span", "单位"), el("input", name="unit", type="search", list="study-units", autocomplete="off"), class_="field"),
        el("datalist", units, id="study-units"),
        None if current_caller().account else text_field("learner", "姓名（成绩按姓名记）"),
        el(
            "span",
            el("button", "看应知应会", type="submit", class_="primary"),
            el("button", "做练习题", type="button", class_="quiet tall", data_act="quiz"),
            class_="pair-of-buttons",
        ),
        class_="filters",
        data_act="path",
    )  # fmt: skip


def start(desk: Desk) -> Html:
    """Before a post is chosen."""
    return welcome(_posts(desk)) if desk.entries() else empty_library()


def _posts(desk: Desk) -> list[tuple[str, str]]:
    """In each region the unit its own documents give most tasks."""
    home = {entry.info.id: short_region(entry.info) for entry in desk.entries()}
    known = set(desk.regions()) - {NATION.short}
    named = [
        (region, name)
        for task in desk.tasks()
        if (region := home.get(task.fact.document_id)) in known and region
        for name in {*task.fact.lead_units, *task.fact.responsible_units}
    ]
    return starting_posts(named, POSTS)


def act(desk: Desk, payload: Payload, before: StudySession | None) -> tuple[Html, StudySession]:
    """Do what was pressed, or show what an address says: the post, the stage, and whether questions or the score sheet are on.

    The learner is never part of an address: who opens the link of a colleague's round sees the path of the post.
    """
    session = before or StudySession()
    if not desk.entries():
        return empty_library(), session
    what = text(payload, "act")
    if what == ARRIVE:
        session = StudySession(region=text(payload, "region"), unit=text(payload, "unit"), stage=integer(payload, "stage"))
        what = {"quiz": RESUME, "scores": "scores"}.get(text(payload, "do") or "")
    shown, after, view = _do(desk, what, payload, session)
    values = {"region": after.region, "unit": after.unit, "stage": after.stage, "do": view}
    name = " ".join(part for part in (after.region, after.unit) if part)
    return join(shown, standing("study", values, name=name)), after


def _do(desk: Desk, what: str | None, payload: Payload, session: StudySession) -> tuple[Html, StudySession, str | None]:
    """What a press shows, the session after it, and what is on: questions, the score sheet, or (None) the path."""
    name = _learner(payload)
    if what in ("path", "quiz"):
        session = replace(
            session,
            region=text(payload, "region"),
            unit=text(payload, "unit"),
            stage=0 if _moved(session, payload) else session.stage,
        )
    if what == "stage":
        session = replace(session, stage=integer(payload, "index"))
    elif what == "quiz":
        return *_begin(desk, session, name), "quiz"
    elif what == RESUME and name and (found := _resumed(desk, session, name)) is not None:
        return *found, "quiz"
    elif what == "answer" and session.round is not None and session.given is None:
        return *_answer(desk, session, session.round, payload), "quiz"
    elif what == "next" and session.round is not None and session.given is not None:
        after = replace(session, given=None)
        return _ask(desk, after, session.round), after, "quiz"
    elif what in ("scores", "forget"):
        if what == "forget" and (forgotten := text(payload, "name")) and (_sees_all() or forgotten == name):
            desk.change(lambda library: learners.forget(library.corpus, forgotten), needs=Right.OWN)
        rows = [row[1:] for row in desk.read(score_sheet).rows]
        seen = [row for row in rows if _sees_all() or row[0] == name]
        return scores_view(seen, _overview(desk)), session, "scores"
    return _path(desk, session), session, None


def _overview(desk: Desk) -> Html:
    """How all together learn, for those who see all."""
    if not _sees_all():
        return EMPTY
    return overview_view(desk.read(lambda corpus: learning_overview(corpus, account_names(corpus.address))))


def _learner(payload: Payload) -> str:
    """Whose answers are kept: those of the account, where there is one, else of the name that was typed."""
    caller = current_caller()
    return caller.name if caller.account is not None else text(payload, "learner") or ""


def _sees_all() -> bool:
    """Whether whoever calls sees how all the others learn."""
    return Right.EDIT in current_caller().rights


def _moved(session: StudySession, payload: Payload) -> bool:
    return (session.region, session.unit) != (text(payload, "region"), text(payload, "unit"))


def _path(desk: Desk, session: StudySession) -> Html:
    brief = desk.brief(session.region, session.unit)
    if brief is None:
        return start(desk)
    found: list[Stage] = stages(brief, changes.of_post(brief, desk.relations, desk.versions))
    query = {key: value for key, value in (("region", session.region), ("unit", session.unit)) if value}
    return path_view(brief.title, found, session.stage, warned=brief.notices[-1:], query=query)


def _begin(desk: Desk, session: StudySession, name: str) -> tuple[Html, StudySession]:
    """The round the learner left unfinished at this post, else a new one."""
    if not name:
        return empty_state("请先填姓名", "在上面填写姓名再做题：成绩按姓名记，答错的题过后会再来。"), session
    name = learners.named(name)
    if (found := _resumed(desk, session, name)) is not None:
        return found
    brief = desk.brief(session.region, session.unit)
    learner = desk.read(lambda corpus: learners.load(corpus, name))
    begun, questions = desk.read(
        lambda corpus: rounds.begin(corpus, learner, brief, region=session.region, unit=session.unit, number=ROUND)
    )
    if not questions:
        return empty_state("出不了题", "这个岗位的文件里没有可以核对的事实。换一个单位或地区，或先放入更多文件。"), session
    desk.change(lambda library: rounds.save(library.corpus, begun), needs=Right.OWN)
    session = replace(session, round=begun, questions=tuple(questions), given=None)
    return _ask(desk, session, begun), session


def _resumed(desk: Desk, session: StudySession, name: str) -> tuple[Html, StudySession] | None:
    """The learner's round under way at the post of the session, at the question it had come to."""
    kept = desk.read(lambda corpus: rounds.load(corpus, name))
    if kept is None or (kept.region, kept.unit) != (session.region, session.unit):
        return None
    brief = desk.brief(kept.region, kept.unit)
    questions = desk.read(lambda corpus: rounds.resume(corpus, kept, brief))
    if questions is None:
        return None
    session = replace(session, round=kept, questions=tuple(questions), given=None)
    note = el("p", f"接着上次没做完的一轮：{kept.learner}，已答 {len(kept.results)} 题。", class_="count", role="status")
    return join(note, _ask(desk, session, kept)), session


def _ask(desk: Desk, session: StudySession, under_way: rounds.Round) -> Html:
    if under_way.done:
        learner = desk.read(lambda corpus: learners.load(corpus, under_way.learner))
        waiting = len(learner.due(dt.datetime.now(dt.UTC) + dt.timedelta(days=1)))
        return result_view(under_way.learner, under_way.results, waiting, learner.answered)
    return _shown(session, under_way, len(under_way.results))


def _shown(session: StudySession, under_way: rounds.Round, number: int) -> Html:
    return question_view(
        session.questions[number], number, under_way.results, len(session.questions), session.given, number in under_way.old
    )


def _answer(desk: Desk, session: StudySession, under_way: rounds.Round, payload: Payload) -> tuple[Html, StudySession]:
    number = len(under_way.results)
    if under_way.done:
        return _ask(desk, session, under_way), session
    question = session.questions[number]
    if question.kind == "match":
        given = tuple(text(payload, f"match{i}") or "" for i in range(1, len(question.left) + 1))
    else:
        value = payload.get("option")
        given = tuple(value) if isinstance(value, list) else (value,) if isinstance(value, str) and value.strip() else ()
    if not any(given):
        return join(el("p", "还没有作答。", class_="notice", role="status"), _ask(desk, session, under_way)), session
    right = question.is_right(given)
    after = under_way.answered(right)

    def keep(library: Library) -> None:
        learners.note_answer(library.corpus, after.learner, question, right)
        rounds.save(library.corpus, after)

    desk.change(keep, needs=Right.OWN)
    session = replace(session, round=after, given=given)
    return _shown(session, after, number), session


TAB = Tab("study", "学政策", "正在准备…", form=form, start=start, act=act, own=("learner",))
