"""A document's relations and versions, a unit's page, tasks by deadline: what the reader and the ledgers are drawn from."""

import datetime as dt

import pytest

from cemai.library import Library
from graph.queries.due import due, years
from graph.queries.relations import relations
from graph.queries.unit import unit_page
from qa.comparison.versions import describe_changes
from ui.desk.desk import Desk
from ui.desk.document_search import facet_table
from ui.page.reader import events as view_reader
from ui.page.tasks import events as view_tasks

FIRST = """云岫县农村供水管理办法（试行）

第一条 为加强农村供水管理，制定本办法。
第二条 供水单位应当每季度检测一次水质。
第三条 供水水价由村民委员会议定。
"""
SECOND = """云岫县农村供水管理办法（2025年修订）

第一条 为加强农村供水管理，制定本办法。
第二条 供水单位应当每月检测一次水质。
第四条 供水管网漏损率控制在10%以内。
"""
PLAN = """云岫县人民政府办公室关于印发云岫县农村供水提升实施方案的通知

为落实《云岫县农村供水管理办法（2025年修订）》，制定本方案。

二、重点任务
（一）建设规模化水厂。新建水厂6座，2028年底前完成。（牵头单位：县水务局；责任单位：县财政局、县发展改革局）
（二）加强水质检测。2024年6月底前建成检测中心。（牵头单位：县卫生健康局；责任单位：县水务局）
（三）抓好宣传。（责任单位：县水务局、各乡镇政府）
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    for name, text in (("旧办法.txt", FIRST), ("新办法.txt", SECOND), ("方案.txt", PLAN)):
        (folder / name).write_text(text, encoding="utf-8")
    with Library.open(folder / "library") as library:
        library.ingest(sorted(folder.glob("*.txt")))
        yield Desk(library)


def id_of(desk, source):
    return next(entry.info.id for entry in desk.entries() if entry.info.source == source)


def test_versions_and_who_names_whom(desk):
    found = desk.read(relations)
    new, old, plan = (id_of(desk, name) for name in ("新办法.txt", "旧办法.txt", "方案.txt"))
    assert [edition.document for edition in found[new].editions] == [old, new]
    assert found[new].previous(new).document == old and found[old].previous(old) is None
    (basis,) = found[plan].basis
    assert basis.document == new and [link.document for link in found[new].followers] == [plan]
    id, start, end = basis.place
    assert "农村供水管理办法" in desk.document(id).text[start:end]


def test_the_reader_shows_versions_and_their_differences(desk):
    new = id_of(desk, "新办法.txt")
    shown = view_reader.show_reader(desk, {"act": "open", "doc": new})
    assert "与上一版逐条对照" in shown and "方案的通知" in shown
    compared = view_reader.show_reader(desk, {"act": "versions", "doc": new})
    assert "“季度”改为“月”" in compared and "新增" in compared and "删去" in compared
    assert "没有找到上一个版本" in view_reader.show_reader(desk, {"act": "versions", "doc": id_of(desk, "旧办法.txt")})


def test_what_changed_is_on_the_path_of_a_post(desk):
    from qa.study.changes import of_post, revised
    from qa.study.post import Brief, BriefDocument

    new, old = id_of(desk, "新办法.txt"), id_of(desk, "旧办法.txt")
    entry = BriefDocument(new, "新办法.txt", "云岫县农村供水管理办法（2025年修订）", None, 1, "现行有效", "")
    whole = Brief(None, "云岫县", (), (), (), (), ())
    lead, *cards = revised(desk.versions(old, new), entry, "云岫县农村供水管理办法（试行）", whole)
    assert "修改 1 处" in lead.fact and {card.label for card in cards} == {"修改", "新增", "删去"}
    text = {id: desk.document(id).text for id in (new, old)}
    for card in cards:
        place = card.source
        assert "".join(card.quote.split()) in "".join(text[place.document_id][place.start : place.end].split())
    nobody = Brief("县融媒体中心", "云岫县", (), (), (), (), ())
    assert len(revised(desk.versions(old, new), entry, "", nobody)) == 1
    assert of_post(whole, desk.relations, desk.versions) == []
    named = Brief(None, "云岫县", (entry,), (), (), (), ())
    assert of_post(named, desk.relations, desk.versions)[1:] == cards


def test_the_page_of_a_unit(desk):
    page = desk.read(lambda corpus: unit_page(corpus, "县水务局", None))
    assert page.roles == (("牵头", 1), ("责任", 2)) and page.dated == 2
    assert dict(page.partners)["县财政局"] == 1 and not any(name.startswith("各") for name, _ in page.partners)
    shown = view_tasks.rows(desk, {"unit": "县水务局"})
    assert "牵头 1 项" in shown and "常合作" in shown and "<b" in shown
    assert "unit-card" not in view_tasks.rows(desk, {})


def test_tasks_by_deadline(desk):
    tasks, day = desk.tasks(all_versions=True), dt.date(2026, 1, 1)
    assert years(tasks) == ["2028", "2024"]
    assert [len(due(tasks, when, day)) for when in ("past", "open", "said", "none", "2028", "", None)] == [1, 1, 2, 1, 1, 3, 3]
    assert "1 项任务" in view_tasks.rows(desk, {"due": "2028"}) and "没有这样的任务" in view_tasks.rows(desk, {"due": "1999"})


def test_issuers_are_a_facet(desk):
    table = facet_table(desk)
    assert dict(table.counts({})["发文机关"]) == {"云岫县人民政府办公室": 1}
    kept = table.entries_of(table.meets({"发文机关": "云岫县人民政府办公室"}))
    assert [entry.info.source for entry in kept] == ["方案.txt"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("每季度检测", "每月检测", "“季度”改为“月”"),
        ("检测水质", "检测水质和水量", "增加“和水量”"),
        ("甲", None, ""),
        ("同", "同", ""),
    ],
)
def test_what_was_reworded_in_a_line(old, new, said):
    assert describe_changes(old, new) == said
