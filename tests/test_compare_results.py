"""The table of what a change gains and loses counts what came, went, moved and changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tools.compare_results import compare_answers, compare_facts, draw, merged_questions, report


def fact(start: int, end: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"{start}", "document_id": "d", "source": "甲.txt", "start": start, "end": end, "name": "任务"} | fields


def test_facts_are_the_same_at_the_same_place() -> None:
    before = [fact(0, 10, units=["水务局"]), fact(20, 30), fact(40, 50), fact(60, 70)]
    after = [fact(0, 10, units=["水利局"], deadline="2026"), fact(20, 30, id="other"), fact(42, 55), fact(80, 90)]
    changes = compare_facts(before, after)
    assert (changes.before, changes.after) == (4, 4)
    assert (changes.came, changes.went, changes.moved, changes.changed) == (1, 1, 1, 1)
    assert changes.fields == {"units": 1, "deadline": 1}, "ids and places say nothing of a fact"


def test_several_facts_at_one_place_are_told_apart() -> None:
    assert compare_facts([fact(0, 5, name="a"), fact(0, 5, name="b")], [fact(0, 5, name="a")]).went == 1


def test_documents_are_the_same_by_source() -> None:
    changes = compare_facts([{"source": "甲.txt", "title": "一"}], [{"source": "甲.txt", "title": "二"}])
    assert (changes.changed, changes.fields["title"]) == (1, 1)


def answer(id: str, status: str, *places: tuple[int, int], words: str = "答") -> dict[str, Any]:
    cited = [{"source": "甲.txt", "start": start, "end": end, "quote": f"引{start}"} for start, end in places]
    return {"id": id, "question": "问", "status": status, "answer": words, "citations": cited}


def test_answers() -> None:
    before = [
        answer("1", "answered", (0, 5)),
        answer("2", "answered", (0, 5)),
        answer("3", "answered", (0, 5)),
        answer("4", "answered"),
    ]
    after = [
        answer("1", "not_found"),
        answer("2", "answered", (7, 9)),
        answer("3", "answered", (0, 5), words="别的"),
        answer("4", "answered"),
    ]
    counts, shown = compare_answers(before, after)
    assert counts == {"answered → not_found": 1, "other places cited": 1, "other words": 1, "the same": 1}
    assert any("引0" in text and "引7" in text for _, text in shown)


def test_the_report_shows_no_more_than_asked_for() -> None:
    changes = compare_facts([], [fact(n * 10, n * 10 + 5) for n in range(9)])
    text = report({"tasks": changes}, compare_answers([], []), 3, 2)
    assert "| tasks | 0 | 9 | 9 | 0 | 0 | 0 |  |" in text
    assert text.count("\n- ") == 2


def test_the_same_documents_are_drawn_whatever_else_is_there(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text("x", encoding="utf-8")
    first = draw(tmp_path, 30)
    (tmp_path / "30.txt").write_text("x", encoding="utf-8")
    (tmp_path / "31.exe").write_text("x", encoding="utf-8")
    assert [path for path in draw(tmp_path, 40) if path.name != "30.txt"] == first
    assert len(draw(tmp_path, 5)) == 5


def test_questions_of_several_files_keep_apart(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "1", "question": "问", "region": "甲市"}\n', encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"_id": "1", "text": "另问"}\n', encoding="utf-8")
    merged_questions([tmp_path / "a.jsonl", tmp_path / "b.jsonl"], tmp_path / "all.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows == [{"id": "a:1", "question": "问", "region": "甲市"}, {"id": "b:1", "question": "另问"}]
