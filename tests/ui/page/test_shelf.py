"""The tab 文档库 without a browser: what a press does to the library, what is shown after it, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cemai.backups import list_backups
from cemai.library import Library
from index.dense.encoder import load
from ui.desk.desk import Desk
from ui.page.library.events import TAB, answer
from ui.page.library.state import ShelfState

NOTICE = "云岫县人民政府关于加强{0}工作的通知\n云政发〔2024〕{1}号\n各乡镇人民政府：\n加强{0}。\n云岫县人民政府\n2024年3月{1}日\n"
SUBJECTS = ("供水管护", "道路管护", "防火巡查")


class Presses:
    """A browser window on the tab: its state goes from press to press."""

    def __init__(self, library: Library) -> None:
        self.library, self.desk, self.state = library, Desk(library), ShelfState()

    def __call__(self, act: str, **payload: Any) -> str:
        before = self.library.generation
        shown, self.state = answer(self.desk, {"act": act, **payload}, self.state)  # type: ignore[assignment]
        assert (TAB.changes is not None and TAB.changes({"act": act})) or self.library.generation == before, (
            "a press that only looks"
        )
        return shown

    def id(self, source: str) -> str:
        return self.library.find(source).id


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Presses]:
    with Library.open(tmp_path / "库", encoder=load(None)) as library:
        for number, subject in enumerate(SUBJECTS, 1):
            (tmp_path / f"件{number}.txt").write_text(NOTICE.format(subject, number), encoding="utf-8")
        (tmp_path / "无题.txt").write_text("各村：\n做好值守。\n", encoding="utf-8")
        library.ingest(sorted(tmp_path.glob("*.txt")))
        yield Presses(library)


def rows(shown: str) -> int:
    return shown.count("data-tick value=")


def test_conditions_limit_the_rows_and_their_counts(press: Presses) -> None:
    shown = press("filter", query="管护", sort="title")
    assert rows(shown) == 2 and "符合条件的 2 份，共 4 份文件" in shown
    assert "通知（2）" in shown and "道路管护" in shown and "防火巡查" not in shown
    assert rows(press("filter", doubtful="1")) == rows(press("filter", region="", doubtful="1")) > 0
    assert "没有这样的文件" in press("filter", query="火星")
    assert rows(press("clear")) == 4


def test_the_editor_shows_what_was_read_and_what_was_corrected(press: Presses) -> None:
    id = press.id("件1.txt")
    assert "读自原文" in press("edit", doc=id)
    fields = {
        f"to-{field}": value
        for field, value in (
            ("title", "云岫县供水通知"),
            ("doc_number", "云政发〔2024〕1号"),
            ("kind", "通知"),
            ("issuers", "云岫县人民政府"),
            ("issued_on", "2024-03-01"),
        )
    }
    shown = press("save", doc=id, who="李四", note="见原件", **fields)
    assert "已更正《云岫县供水通知》的" in shown and "人工更正" in shown
    given = {c.field: c for c in press.library.corrections(id)}
    assert (
        given["title"].who == "李四"
        and given["title"].note == "见原件"
        and "doc_number" not in given
        and "issued_on" not in given
    )
    shown = press("edit", doc=id)
    assert "读出：云岫县人民政府关于加强供水管护工作的通知" in shown and "李四" in shown
    shown = press("revert", number=str(given["title"].number))
    assert "恢复读出的内容" in shown and press.library.find("件1.txt").head.title == "云岫县人民政府关于加强供水管护工作的通知"


def test_a_save_is_undone(press: Presses) -> None:
    id = press.id("件2.txt")
    before = press.library.document(id).head
    press("edit", doc=id)
    press("save", doc=id, **{"to-title": "别的标题", "to-issued_on": "2020-01-01"})
    assert press.library.document(id).head != before
    press("undo")
    assert press.library.document(id).head == before
    assert "没有可以撤销的改动" in press("undo")


def test_what_makes_no_sense_is_said_and_nothing_saved(press: Presses) -> None:
    id = press.id("件2.txt")
    shown = press("save", doc=id, **{"to-title": "别的标题", "to-issued_on": "去年"})
    assert "2024-05-01" in shown and "没有完成" in shown and press.library.corrections() == []
    assert "已不在文档库里" in press("save", doc="没有")
    assert "请写全称" in press("bulk-region", doc=[id], value="云岫县")
    assert "还没有选中" in press("bulk-remove")


def test_many_are_changed_after_a_word_and_taken_back(press: Presses) -> None:
    ids = [press.id(f"件{number}.txt") for number in (1, 2, 3)]
    shown = press("bulk-region", doc=ids, value="昆明市")
    assert "将把 3 份文件的地区设为“云南省昆明市”" in shown and press.library.corrections() == []
    assert "将把" not in press("dismiss")
    press("bulk-region", doc=ids, value="昆明市")
    assert "已把 3 份文件的地区设为“云南省昆明市”" in press("confirm")
    assert {press.library.document(id).head.region for id in ids} == {"云南省昆明市"}
    press("undo")
    assert "云南省昆明市" not in {press.library.document(id).head.region for id in ids}
    press("filter", query="管护")
    press("bulk-status", everything="1", value="已废止")
    press("confirm")
    assert sum(info.user_status == "已废止" for info in press.library.documents()) == 2
    press("clear")
    press("bulk-remove", doc=ids[:2])
    assert "已移除 2 份文件" in press("confirm") and len(press.library.documents()) == 2
    assert "已恢复 2 份文件" in press("undo") and len(press.library.documents()) == 4


def test_the_queue_goes_on_to_the_next_and_ends(press: Presses) -> None:
    shown = press("queue")
    left = len({doubt.document for doubt in press.desk.doubts()})
    assert f"还有 {left} 份" in shown
    for _ in range(left):
        open_ones = [doubt.document for doubt in press.desk.doubts() if doubt.document not in press.state.skipped]
        shown = press(
            "save-next", doc=open_ones[0], ok=["title", "region", "issued_on", "checked"], **_as_shown(press, open_ones[0])
        )
    assert "核对完了" in shown and press.desk.doubts() == []
    assert rows(press("list")) == 4


def _as_shown(press: Presses, id: str) -> dict[str, str]:
    head = press.library.document(id).head
    plain = (
        "title",
        "doc_number",
        "index_number",
        "level",
        "kind",
        "issued_on",
        "published_on",
        "effective_on",
        "expires_on",
        "region",
    )
    return {f"to-{name}": value for name in plain if (value := getattr(head, name))} | {"to-issuers": "、".join(head.issuers)}


def test_what_is_left_open_in_the_queue_is_put_aside(press: Presses) -> None:
    press("queue", reason="title-missing")
    id = press.id("无题.txt")
    shown = press("save-next", doc=id, **_as_shown(press, id))
    assert "核对完了" in shown and "1 份先跳过了" in shown and press.library.corrections() == []
    assert "还有 1 份" in press("queue", reason="title-missing")


def test_a_press_makes_a_backup_of_the_library(press: Presses, tmp_path: Path) -> None:
    assert 'data-act="backup"' in press("list")
    said = press("backup")
    (made,) = list_backups(tmp_path / "库.backups")
    assert made.manifest.counts["documents"] == 4 and f"cemai restore {made.folder}" in said
    made.verify()
