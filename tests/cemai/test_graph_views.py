"""The views of the graph over made documents of three levels: what they say is quoted, in order, and gaps are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from cemai.views.steps import GraphView
from corpus.errors import UnknownDocument, UsageError
from ui.exports.graph_tables import view_table

PROVINCE = """贵州省人民政府办公厅关于加强校车安全管理的意见
黔府办发〔2022〕7号
各市（州）人民政府：
一、落实校车逐车检验。校车每半年检验一次，检验不合格的不得上路。（牵头单位：省公安厅；责任单位：省教育厅）
二、本意见自2022年5月1日起施行。
贵州省人民政府办公厅
2022年4月2日
"""
PREFECTURE = """黔南州人民政府办公室关于印发黔南州校车安全管理实施方案的通知
黔南府办发〔2022〕19号
为贯彻落实《贵州省人民政府办公厅关于加强校车安全管理的意见》（黔府办发〔2022〕7号），制定本方案。
一、落实校车逐车检验。校车每季度检验一次，建立检验台账。（牵头单位：州公安局；责任单位：州教育局、州交通运输局）
二、加强驾驶人培训。对校车驾驶人每年培训不少于24学时。（责任单位：州教育局、州财政局）
黔南州人民政府办公室
2022年8月15日
"""
REPEAL = """黔南州人民政府办公室关于废止部分文件的通知
黔南府办发〔2025〕3号
经研究，决定废止《黔南州人民政府办公室关于印发黔南州校车安全管理实施方案的通知》（黔南府办发〔2022〕19号），自本通知印发之日起停止执行。
黔南州人民政府办公室
2025年6月10日
"""
OTHER = """独山县水务局关于山塘整治的通知
独水发〔2023〕5号
一、开展山塘安全鉴定。今年完成全部山塘鉴定。（责任单位：县水务局）
独山县水务局
2023年3月1日
"""
DAY = dt.date(2026, 1, 5)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("views")
    texts = {"省意见": PROVINCE, "州方案": PREFECTURE, "州废止": REPEAL, "县通知": OTHER}
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with Library.open(folder / "lib") as made:
        made.ingest([folder / f"{name}.txt" for name in texts])
        yield made


def quotes_are_verbatim(library: Library, view: GraphView) -> bool:
    cited = [citation for step in view.steps for citation in step.citations]
    return bool(cited) and all(library.document(c.source_id).text[c.start : c.end] == c.quote for c in cited)


def test_a_time_line_tells_basis_issue_and_end_in_order(library: Library) -> None:
    view = library.timeline("黔南府办发〔2022〕19号", as_of=DAY)
    (steps,) = view.rows
    assert [(step.said, step.when) for step in steps] == [("贯彻", "2022-04-02"), ("印发", "2022-08-15"), ("废止", "2025-06-10")]
    ended = next(step for step in steps if step.said == "废止")
    assert any("决定废止" in citation.quote for citation in ended.citations)
    assert quotes_are_verbatim(library, view)


def test_a_time_line_says_when_a_document_takes_effect_and_who_follows_it(library: Library) -> None:
    (steps,) = library.timeline("贵州省人民政府办公厅关于加强校车安全管理的意见", as_of=DAY).rows
    said = {step.said: step for step in steps}
    assert said["施行"].when == "2022-05-01" and "2022年5月1日起施行" in said["施行"].citations[0].quote
    assert "黔南州" in said["被它贯彻"].label and said["被它贯彻"].when == "2022-08-15"
    assert [step.when for step in steps] == sorted(step.when for step in steps)


def test_two_units_meet_in_the_task_they_share(library: Library) -> None:
    view = library.paths("州教育局", "州财政局", as_of=dt.date(2023, 1, 1))
    assert [step.said for step in view.rows[0]] == ["", "责任", "责任"]
    assert view.rows[0][1].label == "加强驾驶人培训" and len(view.rows) == 1
    assert "州教育局、州财政局" in view.rows[0][2].citations[0].quote
    assert quotes_are_verbatim(library, view)


def test_units_of_two_levels_meet_over_the_documents(library: Library) -> None:
    """省公安厅 and 州交通运输局 share no task: what joins them is that the one document carries out the other."""
    view = library.paths("省公安厅", "州交通运输局", as_of=dt.date(2023, 1, 1))
    said = [step.said for step in view.rows[0]]
    assert said[0] == "" and said[1] == "牵头" and said[-1] == "责任" and {"贯彻", "被它贯彻"} & set(said)
    assert quotes_are_verbatim(library, view)


def test_units_that_are_nobody_in_particular_join_nothing(tmp_path: Path) -> None:
    for place, unit in (("青禾市", "青禾市水务局"), ("云岫市", "云岫市林业局")):
        text = f"{place}河湖整治方案\n一、开展巡查。每月巡查一次。（责任单位：{unit}、各县区人民政府、市财政局）\n"
        (tmp_path / f"{place}.txt").write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "lib") as made:
        made.ingest(sorted(tmp_path.glob("*.txt")))
        assert made.paths("青禾市水务局", "各县区人民政府")
        assert not made.paths("青禾市水务局", "云岫市林业局")


def test_what_nothing_joins_has_no_path(library: Library) -> None:
    view = library.paths("县水务局", "省公安厅")
    assert not view and "没有" in view.notes[0]


@pytest.mark.parametrize(("one", "other"), [("州教育局", "州教育局"), ("州教育局", "没有这个单位的名字")])
def test_ends_that_are_none_are_refused_in_words(library: Library, one: str, other: str) -> None:
    with pytest.raises(UsageError, match=r"换一个|两个不同"):
        library.paths(one, other)


def test_a_chain_goes_from_the_nation_down_and_shows_gaps(library: Library) -> None:
    view = library.chain("校车逐车检验", region="黔南州", as_of=DAY)
    (steps,) = view.rows
    assert [step.label for step in steps] == ["全国", "贵州", "黔南州"]
    assert [step.gap for step in steps] == [True, False, False]
    assert "每半年检验一次" in steps[1].citations[0].quote and "牵头：省公安厅" in steps[1].note
    assert "每季度检验一次" in steps[2].citations[0].quote and "已废止" in steps[2].note
    assert "全国" in view.notes[0] and quotes_are_verbatim(library, view)


def test_a_level_is_not_spoken_for_by_a_place_below_it(library: Library) -> None:
    (steps,) = library.chain("驾驶人培训学时", region="黔南州", as_of=DAY).rows
    assert [step.gap for step in steps] == [True, True, False]


def test_a_chain_without_a_place_has_a_row_for_each_level(library: Library) -> None:
    view = library.chain("校车逐车检验", as_of=DAY)
    assert [[step.label for step in row] for row in view.rows] == [["贵州"], ["黔南州"]]
    assert [row[0].said for row in view.rows] == ["省", "市州"] and "国家" in view.notes[0]


def test_unknown_names_are_refused(library: Library) -> None:
    with pytest.raises(UsageError, match="没有叫"):
        library.chain("校车", region="不存在的地方")
    with pytest.raises(UsageError, match="请写全称"):
        library.chain("校车", region="鼓楼区")
    with pytest.raises(UsageError, match="换一个"):
        library.paths("unit:没有这个单位的名字", "州教育局")
    with pytest.raises(UnknownDocument):
        library.timeline("没有这份文件的名字")


def test_a_view_becomes_a_table_with_a_row_for_each_step(library: Library) -> None:
    view = library.chain("校车逐车检验", region="黔南州", as_of=DAY)
    table = view_table(view)
    assert len(table.rows) == 3 and table.title == "层级链：校车逐车检验：黔南州"
    assert "校车每半年检验一次" in str(table.rows[1]) and "黔府办发〔2022〕7号" in str(table.rows[1])
