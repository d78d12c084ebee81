"""The list of asked questions without a browser: what a browser sends is read with care, a check says what changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cemai.library import Library
from index.dense.encoder import load
from ui.desk.desk import Desk
from ui.page.ask.events import ask
from ui.page.ask.history import history_view, read_asked

PLAN = "石溪县山塘整治实施方案\n一、工作目标\n到2030年，山塘安全鉴定率达到{}%以上。\n"
QUESTION = "山塘安全鉴定率的目标是多少？"


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    (tmp_path / "方案.txt").write_text(PLAN.format(97), encoding="utf-8")
    with Library.open(tmp_path / "库", encoder=load(None)) as library:
        library.ingest([tmp_path / "方案.txt"])
        yield Desk(library)


def entry(**values: object) -> str:
    return json.dumps(
        {"answer": "0123456789abcdef", "link": "/?tab=ask&question=%E9%97%AE", "at": "2026-01-02 03:04"} | values,
        ensure_ascii=False,
    )


def test_what_is_no_entry_is_left_out() -> None:
    bad = ["", "[]", "{", entry(answer="../x"), entry(answer=3), entry(link="https://example.org/?tab=ask&question=x"),
           entry(link="//example.org"), entry(link="/?tab=shelf&act=remove"), entry(at="<b>")]  # fmt: skip
    assert read_asked({"asked": bad}) == [] and read_asked({}) == []
    (kept,) = read_asked({"asked": [*bad, entry(saved=True)]})
    assert kept.question == "问" and kept.saved
    assert not read_asked({"asked": [entry(saved="yes")]})[0].saved


def test_the_list_shows_conditions_and_escapes(desk: Desk) -> None:
    link = "/?tab=ask&question=%3Cscript%3E&region=%3Cb%3E&after=%3Ci%3E"
    shown = history_view(desk, read_asked({"asked": [entry(link=link)]}))
    assert "<script>" not in shown and "地区 &lt;b&gt;" in shown and "接着" in shown
    assert "重新核对" not in shown, "the library has no such answer"


def test_a_check_tells_of_a_change(desk: Desk, tmp_path: Path) -> None:
    answer = list(ask(desk, {"act": "ask", "question": QUESTION}, None))[-1][0]
    id = desk.library.answers()[0].id
    assert id in answer
    ((same, _),) = ask(desk, {"act": "check", "id": id}, None)
    assert "没有变化" in same and "97%" in same
    (tmp_path / "方案.txt").write_text(PLAN.format(98), encoding="utf-8")
    desk.change(lambda library: library.ingest([tmp_path / "方案.txt"]))
    ((other, _),) = ask(desk, {"act": "arrive", "do": "check", "id": id}, None)
    assert "处变化" in other and "97%" in other and "98%" in other
    ((unknown, _),) = ask(desk, {"act": "check", "id": "../../x"}, None)
    assert "没有保存这条回答" in unknown
