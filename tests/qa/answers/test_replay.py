"""Answers can be asked again: what is kept of them, what changed since; and 60 questions of the library's own, read anew."""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cemai.library import Library
from corpus.errors import UsageError
from corpus.filters import Filters
from tests.encoders import BlankEncoder

PLAN = """云溪县人民政府办公室关于印发云溪县农村供水工作方案的通知
云政办发〔2024〕3号
各乡镇人民政府：
现将《云溪县农村供水工作方案》印发给你们，请抓好落实。
云溪县人民政府办公室
2024年2月6日
云溪县农村供水工作方案
一、主要任务
（一）改造老旧管网。到2026年，农村自来水普及率达到94%以上。（责任单位：县水利局、县财政局）
（二）加强水质检测。供水单位每季度检测一次水质，结果向用水户公开。（责任单位：县卫生健康局）
"""
QUESTION = "农村自来水普及率要达到多少？"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "供水方案.txt"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def library(tmp_path: Path, plan: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as opened:
        opened.ingest([plan])
        yield opened


def kinds(replay: Any) -> set[str]:
    return {difference.what for difference in replay.differences}


def test_an_unchanged_library_gives_the_same_answer(library: Library) -> None:
    day = dt.date(2024, 6, 1)
    answer = library.ask(QUESTION, filters=Filters(year=2024, documents=(library.documents()[0].id,)), as_of=day)
    kept = library.kept_answer(answer.id[:6])
    assert kept.payload["asked"]["filters"] == {"year": 2024, "documents": [library.documents()[0].id]}
    assert kept.payload["as_of"] == "2024-06-01" and kept.payload["generation"] == library.generation
    assert kept.payload["citations"] and kept.payload["asked"]["model"] == "blank"
    again = library.replay(answer.id)
    assert not again.changed and again.now.as_of == "2024-06-01" and again.now.citations == answer.citations
    assert again.library == ("从那以后文档库没有变化。",)


def test_a_document_that_came_since_is_told_though_the_answer_is_the_same(library: Library, tmp_path: Path) -> None:
    answer = library.ask(QUESTION)
    other = tmp_path / "别的.txt"
    other.write_text("北山县人民政府关于加强森林防火的通告\n一、禁止野外用火。\n二、加强巡护。", encoding="utf-8")
    library.ingest([other])
    again = library.replay(answer.id)
    assert not again.changed and "新增或更新 1 份" in again.library[0]


def test_words_that_moved_are_not_words_that_changed(library: Library, plan: Path) -> None:
    answer = library.ask(QUESTION)
    plan.write_text(PLAN.replace("各乡镇人民政府：", "各乡镇人民政府、各有关单位："), encoding="utf-8")
    library.ingest([plan])
    again = library.replay(answer.id)
    assert kinds(again) == {"moved", "document"}
    assert any("换成另一版" in d.text for d in again.differences)


def test_a_changed_sentence_shows_the_old_and_the_new(library: Library, plan: Path) -> None:
    answer = library.ask(QUESTION)
    plan.write_text(PLAN.replace("94%", "96%"), encoding="utf-8")
    library.ingest([plan])
    again = library.replay(answer.id)
    texts = " ".join(d.text for d in again.differences)
    assert {"added", "removed", "document"} <= kinds(again) and "94%" in texts and "96%" in texts
    record = again.record()
    assert record["changed"] is True and record["then"]["answer"] == answer.answer and record["now"]["answer"] == again.now.answer


def test_a_removed_document_and_a_repealed_one(library: Library) -> None:
    answer = library.ask(QUESTION)
    library.set_status("供水方案.txt", "废止")
    assert kinds(library.replay(answer.id)) == {"notice"}
    library.remove("供水方案.txt")
    again = library.replay(answer.id)
    assert {"status", "removed", "document"} <= kinds(again) and any("移除" in d.text for d in again.differences)
    assert again.now.status == "not_found"


def test_another_date_is_another_answer_to_the_same_question(library: Library) -> None:
    answer = library.ask(QUESTION, as_of=dt.date(2024, 6, 1))
    again = library.replay(answer.id, as_of=dt.date(2030, 1, 1))
    assert again.now.as_of == "2030-01-01"


def test_a_follow_up_is_replayed_with_what_it_followed(library: Library) -> None:
    first = library.ask("云溪县的农村自来水普及率要达到多少？")
    second = library.ask("那水质检测呢？", previous=first.understood)
    assert not library.replay(second.id).changed


def test_purged_words_are_in_no_kept_answer(library: Library) -> None:
    answer = library.ask(QUESTION)
    library.feedback(answer.id, "right", "核对过")
    library.remove("供水方案.txt")
    library.purge()
    kept = library.kept_answer(answer.id).payload
    assert kept["erased"] and kept["question"] == QUESTION and kept["feedback"][0]["note"] == "核对过"
    for file in library.corpus.folder.rglob("library.sqlite*"):
        assert "农村自来水普及率达到94%".encode() not in file.read_bytes()
    assert library.replay(answer.id).changed


def test_a_library_that_is_being_written_still_answers(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus.errors import LibraryBusy
    from corpus.store import Corpus

    def busy(*_: object) -> None:
        raise LibraryBusy("正在写入")

    monkeypatch.setattr(Corpus, "save_answer", busy)
    answer = library.ask(QUESTION)
    assert answer.status == "answered"
    with pytest.raises(UsageError, match="没有编号"):
        library.replay(answer.id)


# ------------------------------------------------------------------ what stands in no quote


def benchmark() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "benchmarks" / "answers.py"
    spec = importlib.util.spec_from_file_location("answers_benchmark", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_no_answer_to_the_library_s_own_questions_holds_what_no_quote_holds(tmp_path: Path, plan: Path) -> None:
    from ingest.files import gather  # the samples of the project are ordinary files

    samples = Path(__file__).resolve().parents[3] / "corpus" / "samples"
    assert gather([samples])
    tool = benchmark()
    with Library.open(tmp_path / "samples") as library:
        library.ingest([samples, plan])
        names = tool.written_names(library)
        found = {}
        for question in tool.questions(library, 60, 7):
            answer = library.ask(question, keep=False)
            if wrong := list(tool.unsupported(answer, library, names)):
                found[question] = (wrong, answer.answer)
        assert not found


def test_the_reading_of_the_benchmark_finds_what_is_unsupported(library: Library) -> None:
    from dataclasses import replace

    tool = benchmark()
    answer = library.ask(QUESTION, keep=False)
    names = tool.written_names(library)
    assert not list(tool.unsupported(answer, library, names))
    for wrong in ("共有37处", "自2025年3月起", "由县卫生健康局负责"):
        assert list(tool.unsupported(replace(answer, answer=answer.answer + wrong), library, names)), wrong
