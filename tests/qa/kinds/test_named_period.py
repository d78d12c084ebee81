"""A period with a name asked about by itself: its years, its end, who speaks of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from cemai.library import Library
from tests.qa.conftest import library_of

DAY = dt.date(2026, 6, 1)
TEXTS = (
    "云岫县关于巩固脱贫成果的意见\n云岫县人民政府\n2021年9月1日\n一、总体要求。脱贫县设立5年过渡期，过渡期内保持帮扶政策稳定。\n二、落实资助参保政策。\n",
    "青禾市节水办法\n青禾市人民政府\n2024年3月1日\n第一条 用水单位应当节约用水。\n",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("period"), *TEXTS) as opened:
        yield opened


@pytest.mark.parametrize(
    "asked", ["过渡期有几年", "什么叫过渡期？", "过渡期到哪一年结束", "脱贫攻坚过渡期什么时候结束", "过渡期结束了吗"]
)
def test_the_years_are_told_with_who_speaks_of_them(library: Library, asked: str) -> None:
    answer = library.ask(asked, as_of=DAY, keep=False)
    assert answer.kind == "named_period"
    assert "2021年至2025年，共5年，到2025年12月31日结束，已经届满。" in answer.answer
    assert [c.quote for c in answer.citations] == ["脱贫县设立5年过渡期，过渡期内保持帮扶政策稳定。"]
    before = library.ask(asked, as_of=dt.date(2024, 6, 1), keep=False)
    assert "已经届满" not in before.answer


@pytest.mark.parametrize("asked", ["过渡期资助参保政策", "过渡期内保持什么稳定", "过渡期", "过渡期医保资助到什么时候"])
def test_what_holds_in_a_period_is_another_question(library: Library, asked: str) -> None:
    assert library.ask(asked, as_of=DAY, keep=False).kind != "named_period"


def test_a_period_no_document_speaks_of_is_not_told(library: Library) -> None:
    assert "2016" not in library.ask("“十三五”是哪几年", as_of=DAY, keep=False).answer


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Three places on what holds in the period, one of them in other words, among files about something else."""
    said = {
        "甘肃省甘南藏族自治州": "过渡期内逐步调整脱贫人口参保资助政策。",
        "贵州省黔南布依族苗族自治州": "落实分类资助参保政策，有效防范因病返贫。",
        "陕西省延安市": "过渡期内对脱贫人口参保资助实行逐步退坡。",
    }
    texts = [
        f"{place}巩固拓展脱贫攻坚成果同乡村振兴有效衔接实施方案\n{place}人民政府\n2021年9月1日\n"
        f"一、总体要求。脱贫县设立5年过渡期，过渡期内保持帮扶政策稳定。\n二、医疗保障。{rule}\n三、组织保障。加强领导。\n"
        for place, rule in said.items()
    ]
    things = ("供水", "供热", "档案", "绿化", "路灯", "集市", "渔港", "茶园", "校车", "公厕")
    for place in ("湖北省宜昌市", "湖南省岳阳市", "江苏省南通市"):
        texts += [
            f"{place}{thing}管理办法\n{place}人民政府\n2023年3月1日\n第一条 {thing}由主管单位管理。\n第二条 每年检查一次{thing}。\n"
            for thing in things
        ]
    with library_of(tmp_path_factory.mktemp("wide"), *texts) as opened:
        yield opened


@pytest.mark.parametrize("asked", ["各地过渡期参保资助怎么规定", "参保资助"])
def test_each_place_is_told_whatever_its_words(wide: Library, asked: str) -> None:
    answer = wide.ask(asked, as_of=DAY, keep=False).answer
    for place in ("甘南州", "黔南州", "延安市"):
        assert f"{place}：“" in answer, answer
