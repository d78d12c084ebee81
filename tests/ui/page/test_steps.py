"""An answer in steps: what each shows, and that the library is free while a model is waited for."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from cemai.library import Library
from qa.answer import Answer
from ui.desk.desk import Desk
from ui.page.ask.events import ask

PLAN = """石溪县山塘整治实施方案

一、工作目标
到2030年，山塘安全鉴定率达到97%以上。

二、重点任务
（一）开展安全鉴定。2027年底前完成鉴定。（牵头单位：县水务局；责任单位：县财政局）
"""
QUESTION = "山塘安全鉴定率的目标是多少？"


@pytest.fixture
def library(tmp_path: Path):
    path = tmp_path / "山塘方案.txt"
    path.write_text(PLAN, encoding="utf-8")
    with Library.open(tmp_path / "library") as made:
        made.ingest([path])
        yield made


def test_what_was_understood_comes_first_then_the_kept_answer(library):
    first, last = (shown for shown, _ in ask(Desk(library), {"question": QUESTION}, None))
    assert "理解为" in first and "coming" in first and "97%" not in first
    assert "97%" in last and "coming" not in last and "导出 Word" in last
    assert library.answers()[0].payload["question"] == QUESTION


def test_where_a_model_words_the_answer_its_quotes_come_before(library, monkeypatch):
    monkeypatch.setattr(Library, "has_model", True)
    monkeypatch.setattr(Library, "worded", lambda self, plain: replace(plain, id="worded"))
    steps = [shown for shown, _ in ask(Desk(library), {"question": QUESTION}, None)]
    assert len(steps) == 3
    first, second, last = steps
    assert "理解为" in first and "coming" in first and "claim" not in first
    assert "97%" in second and "coming" in second and "导出 Word" not in second
    assert "97%" in last and "coming" not in last and "导出 Word" in last and "接着问" not in first
    assert library.answers()[0].payload["question"] == QUESTION


def test_the_library_is_not_held_while_a_model_is_waited_for(library, monkeypatch):
    asked, go = threading.Event(), threading.Event()

    def slow(self: Library, plain: Answer) -> Answer:
        asked.set()
        assert go.wait(60)
        return plain

    monkeypatch.setattr(Library, "has_model", True)
    monkeypatch.setattr(Library, "worded", slow)
    desk = Desk(library)
    answers: list[Answer] = []
    waiting = threading.Thread(target=lambda: answers.append(desk.ask(QUESTION)))
    waiting.start()
    assert asked.wait(60)
    free = threading.Event()
    other = threading.Thread(target=lambda: (desk.search("山塘"), free.set()))
    other.start()
    assert free.wait(50), "another reader waits for the model of the first"
    assert not answers
    go.set()
    waiting.join(60)
    other.join(60)
    assert answers and desk.answer(answers[0].id) is answers[0]


def test_trying_out_examples_keeps_nothing(library):
    assert Desk(library).answerable("examples", [QUESTION, "火星上有什么？"], 5) == [QUESTION]
    assert library.answers() == []


def test_a_server_started_anew_tries_out_only_what_no_other_has(library, tmp_path, monkeypatch):
    tried: list[str] = []
    ask_library = Library.ask

    def ask_noting(self: Library, question: str, **options: object) -> Answer:
        tried.append(question)
        return ask_library(self, question, **options)

    monkeypatch.setattr(Library, "ask", ask_noting)
    nowhere = "火星上有什么？"
    assert Desk(library).answerable("examples", [nowhere, QUESTION], 5) == [QUESTION]
    assert tried == [nowhere, QUESTION]
    assert Desk(library).answerable("examples", [nowhere, QUESTION, "山塘鉴定由谁负责？"], 1) == [QUESTION]
    assert tried == [nowhere, QUESTION], "tried again, or one more than is wanted"

    (tmp_path / "另一份.txt").write_text("石溪县通告\n\n县水务局负责巡查。\n", encoding="utf-8")
    library.ingest([tmp_path / "另一份.txt"])
    Desk(library).answerable("examples", [QUESTION], 5)
    assert tried[2:] == [QUESTION], "of another state of the library"

    files = list((library.corpus.folder / "cache").glob("readings.tried*"))
    assert files, "nothing is kept"
    library.remove(library.corpus.infos()[-1].id)
    library.purge()
    assert not any(file.exists() for file in files), "words of a text that was erased"
