"""One status of a document wherever it is shown: list, facets, export, graph, answers."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from corpus.filters import Filters
from graph.documents.status import OUT_OF_FORCE, STATUSES, statuses
from qa.answers.notices import find_notices
from qa.documents import LibraryView
from qa.understanding.names import KnownNames
from qa.understanding.question import parse_question
from ui.desk.desk import Desk
from ui.exports.graph_tables import lineage_table

DAY = dt.date(2026, 6, 1)
FILES = [
    ("节约用水办法", "2020年4月1日", "本办法自2020年5月1日起施行。", "现行有效"),
    ("公园管理办法", "2018年4月1日", "本办法自2018年5月1日起施行。", "已废止"),
    ("城市绿地办法", "2021年4月1日", "本办法自2021年5月1日起施行。《云岫县公园管理办法》同时废止。", "现行有效"),
    ("旧衣回收办法", "2019年4月1日", "本办法自2019年5月1日起施行，有效期三年。", "已失效"),
    ("电梯维护办法", "2026年4月1日", "本办法自2099年1月1日起施行。", "尚未施行"),
    ("停车收费办法（征求意见稿）", "2026年4月1日", "本办法自20××年×月×日起施行。", "征求意见稿"),
    ("集市管理办法", "2017年4月1日", "本办法自2017年5月1日起施行。", "已修订"),
    ("集市管理办法（2022年修订）", "2022年4月1日", "本办法自2022年5月1日起施行。", "现行有效"),
    ("路灯检查通知", "2026年4月1日", "请各乡镇于月底前完成检查。", "未载明"),
]
WORDS = {
    "节约用水": "用水单位应当安装计量水表",
    "公园管理": "游客不得攀折花木",
    "城市绿地": "建设单位应当按比例配套草坪",
    "旧衣回收": "小区门口应当摆放回收箱",
    "电梯维护": "维保人员每半月润滑一次钢丝绳",
    "停车收费": "路边泊位前半小时免费",
    "集市管理": "摊主应当亮照经营并保持过道畅通",
    "路灯检查": "请逐杆记下不亮的灯",
}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, day, closing, _ in FILES:
        lines = (f"云岫县{name}", f"第一条 {WORDS[name[:4]]}。", f"第二条 {closing}", "云岫县人民政府", day, "")
        (folder / f"云岫县{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    with Library.open(tmp_path / "library") as opened:
        opened.ingest([folder])
        yield opened


def test_a_made_library_has_every_status(library: Library) -> None:
    known = statuses(library.corpus, DAY)
    found = {Path(info.source).stem.removeprefix("云岫县"): known[info.row].status for info in library.documents()}
    assert found == {name: status for name, _, _, status in FILES}
    assert set(found.values()) == set(STATUSES)


def test_every_place_shows_the_same_status(library: Library, tmp_path: Path) -> None:
    today = dt.date.today()
    known = statuses(library.corpus, today)
    by_id = {info.id: known[info.row].status for info in library.documents()}
    assert {info.id: library.validity(info).status for info in library.documents()} == by_id

    for status in STATUSES:
        assert {info.id for info in library.documents(Filters(status=status))} == {
            id for id, own in by_id.items() if own == status
        }

    desk = Desk(library)
    assert {entry.info.id: entry.status for entry in desk.entries()} == by_id
    facets = Counter(value for entry in desk.entries() for value in entry.facets["时效"])
    assert facets == Counter(by_id.values())

    library.export(tmp_path / "export")
    written = json.loads((tmp_path / "export" / "documents.json").read_text(encoding="utf-8"))
    assert {record["id"]: record["validity"] for record in written} == by_id

    for id, status in by_id.items():
        record = library.lineage(id)
        assert record["validity"]["status"] == status
        assert any(f"时效：{status}。" in note for note in lineage_table(record).notes)


def test_answers_warn_by_the_same_status(library: Library) -> None:
    known = statuses(library.corpus, DAY)
    view = LibraryView(library.corpus)
    parsed = parse_question("云岫县有什么规定？", KnownNames(view))
    for info in library.documents():
        state = known[info.row]
        notices = find_notices(parsed, [(info.row, 0)], (), view, DAY)
        warned = any(state.reason.rstrip("。") in notice.text for notice in notices)
        if state.status in (*OUT_OF_FORCE, "征求意见稿"):
            assert warned, (info.source, notices)
        elif state.status in ("现行有效", "未载明"):
            assert not warned, (info.source, notices)
