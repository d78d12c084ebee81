"""Deadlines as data: days, periods and no end, from words as documents have them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from corpus.document import HeadMatter
from corpus.store import DocumentInfo
from graph.codec.records import TaskRecord
from graph.queries.schedule import read_schedule
from graph.tasks.deadlines import deadline_of, iso


def task(quote: str, **values: Any) -> TaskRecord:
    deadline = values.pop("deadline", None) or deadline_of(quote, 0, len(quote))
    return TaskRecord(
        id="t", document_id="d", source="d.txt", name=quote[:8], quote=quote, start=0, end=len(quote),
        deadline=deadline, deadline_iso=iso(deadline) if deadline else None, **values,
    )  # fmt: skip


def document(title: str = "某县关于加强管护的通知", issued: str | None = "2026-03-10") -> DocumentInfo:
    head = HeadMatter(title=title, issued_on=issued)
    return DocumentInfo(1, "d", "d.txt", None, "txt", "", head, None, None, None, "", 1, ())


@pytest.mark.parametrize(
    ("quote", "title", "day", "reckoned"),
    [
        ("2026年6月底前完成改造。", "某县通知", "2026-06-30", False),
        ("到2027年，全面建成。", "某县通知", "2027-12-31", False),
        ("6月底前完成改造。", "某县通知", "2026-06-30", True),
        ("1月底前报送总结。", "某县通知", "2027-01-31", True),  # the first such day after the issue
        ("1月底前报送总结。", "某县2026年工作要点", "2026-01-31", True),  # of the year the title names
        ("1月底前报送总结。", "某县2021年规划实施情况", "2027-01-31", True),  # which is that of something else
        ("年底前完成改造。", "某县通知", "2026-12-31", True),
        ("明年底前完成改造。", "某县通知", "2027-12-31", True),
        ("今年6月底前完成改造。", "某县通知", "2026-06-30", True),
        ("脱贫户过渡期内继续享受。", "某县通知", "2025-12-31", True),
        ("脱贫户过渡期前3年按八折缴纳。", "某县通知", "2023-12-31", True),
        ("许可证过渡期内继续使用。", "某县通知", None, False),  # of another 过渡期 nobody knows the end
    ],
)  # fmt: skip
def test_a_day(quote: str, title: str, day: str | None, reckoned: bool) -> None:
    found = read_schedule(task(quote), document(title))
    assert found is not None and found.words in quote and found.every is None
    assert (found.day.isoformat() if found.day else None, found.reckoned) == (day, reckoned)


def test_without_a_date_of_the_document_no_year_is_made_up() -> None:
    found = read_schedule(task("6月底前完成改造。"), document(issued=None))
    assert found is not None and found.day is None and found.label == "未写年份"


@pytest.mark.parametrize(
    ("quote", "label", "words", "days"),
    [
        ("每季度向县政府报告一次。", "每季度", "每季度向县政府报告", ["03-31", "06-30", "09-30", "12-31"]),
        ("每半年组织一次演练。", "每半年", "每半年组织", ["06-30", "12-31"]),
        ("每年至少召开2次会议。", "每年", "每年至少召开", ["12-31"]),
        ("每年6月底前报送总结。", "每年6月", "每年6月底前", ["06-30"]),
        ("每年的6月30日前报送总结。", "每年6月30日", "每年的6月30日前", ["06-30"]),
        ("每年一季度向社会公开供地计划。", "每年3月", "每年一季度向社会公开", ["03-31"]),
        ("每年8月集中组织开放活动。", "每年8月", "每年8月集中组织", ["08-31"]),
    ],
)
def test_a_period(quote: str, label: str, words: str, days: list[str]) -> None:
    found = read_schedule(task(quote), document())
    assert found is not None and found.label == label and found.words.replace("的", "") in quote.replace("的", "")
    assert found.words.replace("的", "") == words.replace("的", "")
    year = [day.isoformat()[5:] for day in found.days(dt.date(2026, 1, 1), dt.date(2026, 12, 31))]
    assert year == days
    assert found.next(dt.date(2026, 12, 31)) is not None


def test_what_comes_every_month_or_week() -> None:
    monthly = read_schedule(task("每月5日前报送进度。"), document())
    assert monthly is not None and monthly.next(dt.date(2026, 2, 6)) == dt.date(2026, 4, 5)  # not before its document
    weekly = read_schedule(task("每周通报进度。"), document())
    assert weekly is not None and weekly.next(dt.date(2026, 6, 15)) == dt.date(2026, 6, 21)
    assert len(list(weekly.days(dt.date(2026, 6, 1), dt.date(2026, 6, 30)))) == 4


@pytest.mark.parametrize(
    "quote",
    [
        "分别给予每月3000元、2500元租房补贴，组织发放。",
        "单个企业每年累计补助不超过1万元。",
        "按照公积金中心每年公布的缴存上限执行。",
        "可按月、按季、按年缴存。",
        "推动保费每年增长10%，组织实施。",
    ],
)
def test_what_is_paid_or_grows_by_the_year_is_no_duty_of_every_year(quote: str) -> None:
    assert read_schedule(task(quote), document()) is None


def test_what_goes_on_without_an_end() -> None:
    standing = read_schedule(task("巡查水源。", deadline="长期坚持"), document())
    assert standing is not None and standing.standing and standing.day is None and standing.label == "长期"
    both = read_schedule(task("2026年12月底前并长期坚持。", deadline="2026年12月底前并长期坚持"), document())
    assert both is not None and both.standing and both.day == dt.date(2026, 12, 31)


def test_no_limit_is_none() -> None:
    assert read_schedule(task("加强供水管护。"), document()) is None
