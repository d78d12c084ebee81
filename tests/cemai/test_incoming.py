"""Incoming documents: every planted change told of, with the words of before and after, and nothing else."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cemai.dossiers import DossierItem, add_to_dossier
from cemai.incoming import IncomingDocument, changed_answers, find_incoming, list_arrived, saved_answers
from cemai.library import Library
from cemai.today import OwnUnit, find_expiring, keep_own_unit, load_own_unit, summarize_day
from tests.planted import AFTER, BEFORE, DAY, open_planted, write_texts
from tests.stores import take_in

QUESTION = "改造水窖的农户每户补助多少"
STEADY = "校园供水安全教育由谁负责"


@dataclass
class Planted:
    library: Library
    since: str
    answers: dict[str, str]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    folder = tmp_path_factory.mktemp("planted")
    with open_planted(folder) as library:
        take_in(library, write_texts(folder / "files", BEFORE))
        answers = {}
        for question in (QUESTION, STEADY):
            answer = library.ask(question)
            library.keep(answer, answer, question)
            answers[question] = answer.id
        time.sleep(1.1)  # a moment is kept in seconds
        since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        take_in(library, write_texts(folder / "files", AFTER))
        yield Planted(library, since, answers)


def incoming(planted: Planted, **conditions: str | None) -> dict[str, IncomingDocument]:
    found = find_incoming(planted.library, planted.since, as_of=DAY, **conditions)  # type: ignore[arg-type]
    return {one.info.source: one for one in found}


def told(one: IncomingDocument) -> set[tuple[str, str | None, str | None]]:
    return {(c.kind, c.before.quote[:14] if c.before else None, c.after.quote[:14] if c.after else None) for c in one.changes}


def test_every_change_for_a_unit_and_nothing_else(planted: Planted) -> None:
    found = incoming(planted, unit="县水务局", region="榆中县")
    assert {*found} == {*AFTER}, "only what came in since"
    rules, drought = found["供水管理办法2026.txt"], found["抗旱工作.txt"]
    assert [info.head.doc_number for info in rules.replaced] == ["榆政发〔2024〕5号"] and rules.is_version
    assert told(rules) == {
        ("amount", "第二条 县水务局对改造水窖的", "第二条 县水务局对改造水窖的"),
        ("limit", "第三条 县水务局应当在6月底", "第三条 县水务局应当在9月底"),
        ("ended", "第四条 县水务局负责收取供水", None),
        ("new_task", None, "第四条 县水务局负责建立水源"),
    }
    (amount,) = [change for change in rules.changes if change.kind == "amount"]
    assert amount.before and amount.after and "800元" in amount.before.quote and "1200元" in amount.after.quote
    assert [info.head.doc_number for info in drought.replaced] == ["榆政发〔2022〕7号"] and not drought.is_version
    assert told(drought) == {("new_task", None, "（一）调度抗旱水源。县水务局"), ("ended", "（一）组建抗旱服务队。县水务", None)}
    for change in (*rules.changes, *drought.changes):
        for cited in (change.before, change.after):
            assert cited is None or planted.library.document(cited.source_id).text[cited.start : cited.end] == cited.quote


def test_another_unit_and_another_place(planted: Planted) -> None:
    assert {source: told(one) for source, one in incoming(planted, unit="县教育局").items()} == {
        source: set() for source in AFTER
    }
    assert incoming(planted, region="黔南州") == {}
    assert {*incoming(planted, region="甘肃省")} == {*AFTER}


def test_without_a_unit_every_task_of_a_document_that_replaces_another(planted: Planted) -> None:
    found = incoming(planted)
    assert {c.name for c in found["抗旱工作.txt"].changes} == {"调度抗旱水源", "发放抗旱物资", "组建抗旱服务队"}
    assert {c.kind for c in found["供水管理办法2026.txt"].changes} == {"amount", "limit"}


def test_what_came_before_is_not_told_of_and_a_draft_sets_no_task(planted: Planted) -> None:
    every = {one.info.source: one for one in find_incoming(planted.library, "2000-01-01", unit="县水务局", as_of=DAY)}
    assert len(every) == 7 and every["办法征求意见稿.txt"].changes == () and "征求意见稿" in every["办法征求意见稿.txt"].note
    assert {c.name for c in every["榆中县水务局重点任务.txt"].changes} == {
        "改造水窖",
        "报告供水情况",
        "清理取水口",
        "巡查水源",
        "宣传节水",
    }
    assert find_incoming(planted.library, "2999-01-01") == []


def test_only_the_last_that_came_are_looked_at(planted: Planted) -> None:
    every = find_incoming(planted.library, "2000-01-01", as_of=DAY)
    assert [one.info for one in every] == list_arrived(planted.library.corpus, "2000-01-01")
    assert find_incoming(planted.library, "2000-01-01", as_of=DAY, most=2) == every[:2]


def test_an_answer_that_changed_with_both_quotes(planted: Planted) -> None:
    found = changed_answers(planted.library, planted.answers.values(), dt.date(2026, 6, 15))
    (change,) = [one for one in found if one.question == QUESTION]
    assert ["800元" in cited.quote for cited in change.before] == [True] == ["1200元" in cited.quote for cited in change.after]
    assert changed_answers(planted.library, ["0" * 16], DAY) == []


def test_questions_of_dossiers_are_watched(planted: Planted) -> None:
    assert saved_answers(planted.library.corpus) == []
    add_to_dossier(planted.library.corpus, "供水", [DossierItem("question", question=QUESTION, link="/?tab=ask&question=x")])
    assert saved_answers(planted.library.corpus) == [planted.answers[QUESTION]]


def test_what_ends_soon_or_ended_lately(planted: Planted) -> None:
    def ends(day: str, region: str | None = "榆中县") -> list[tuple[str, int]]:
        return [(one.info.source, one.left) for one in find_expiring(planted.library.corpus, region, dt.date.fromisoformat(day))]

    assert ends("2026-06-15") == [("供水管理办法2026.txt", 77)]
    assert ends("2026-05-15") == [], "more than 90 days before its end"
    assert ends("2026-10-31") == [("榆中县水务局重点任务.txt", 61), ("供水管理办法2026.txt", -61)]
    assert ends("2026-06-15", "黔南州") == [] and ends("2026-01-31", None)[-1] == ("供水规划.txt", -31)


def test_the_day_of_a_unit(planted: Planted) -> None:
    own = OwnUnit("县水务局", "榆中县")
    day = summarize_day(planted.library, own, since=planted.since, as_of=DAY)
    assert {one.info.source for one in day.incoming} == {*AFTER}
    assert {one.cited.fact.name for one in day.due} == {"改造水窖", "报告供水情况", "清理取水口", "建设供水点"}
    assert {one.cited.fact.name for one in day.overdue} == {"清理取水口", "建设供水点"}
    assert [one.info.source for one in day.expiring] == ["供水管理办法2026.txt"] and not day.is_quiet
    quiet = summarize_day(planted.library, OwnUnit(None, "黔南州"), since="2999-01-01", as_of=DAY)
    assert not (quiet.incoming or quiet.expiring or quiet.due)


def test_a_unit_is_kept_and_forgotten(planted: Planted) -> None:
    corpus = planted.library.corpus
    assert load_own_unit(corpus) == OwnUnit()
    keep_own_unit(corpus, OwnUnit("县水务局", "榆中县"))
    assert load_own_unit(corpus) == OwnUnit("县水务局", "榆中县")
    keep_own_unit(corpus, OwnUnit())
    assert load_own_unit(corpus) == OwnUnit()
