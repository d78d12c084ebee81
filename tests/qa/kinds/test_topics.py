"""A policy named without a place, over which the documents of several places speak: one quote a place, none left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from cemai.library import Library
from tests.qa.conftest import library_of

DAY = dt.date(2026, 6, 1)
RULES = {
    "云南省昆明市": "对脱贫户参加合作养老给予保费补助，过渡期内补助比例为六成。",
    "贵州省遵义市": "脱贫户由财政给予保费补助，每人每年一百元，过渡期满后另行规定。",
    "四川省绵阳市": "完善养老保障。落实分档保费补助，确保应保尽保。脱贫户住房安全常态化监测。",
    "陕西省宝鸡市": "推进高标准农田建设，提高灌溉水平，健全管护机制。",
}
NOTICE = """{place}人民政府办公室关于巩固拓展脱贫攻坚成果的实施意见
各县区人民政府：
为巩固拓展脱贫攻坚成果，提出以下意见。
一、重点工作
{rule}
二、加强组织领导
各地要明确分工，抓好落实。
{place}人民政府办公室
2022年5月8日
"""


@pytest.fixture(scope="module")
def notices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    texts = [NOTICE.format(place=place, rule=rule) for place, rule in RULES.items()]
    with library_of(tmp_path_factory.mktemp("topics"), *texts) as opened:
        yield opened


@pytest.mark.parametrize("question", ["脱贫户保费补助", "脱贫户保费补助政策有哪些", "各地对脱贫户的保费补助怎么规定"])
def test_each_place_that_says_it_has_its_quote(notices: Library, question: str) -> None:
    answer = notices.ask(question, as_of=DAY, keep=False)
    quoted = " ".join(c.region or "" for c in answer.citations if "保费补助" in c.quote)
    assert [city for city in ("昆明", "遵义", "绵阳", "宝鸡") if city in quoted] == ["昆明", "遵义", "绵阳"]
    assert not any("灌溉" in c.quote for c in answer.citations)
    assert any("过渡期" in notice.text for notice in answer.notices)


@pytest.mark.parametrize("question", ["脱贫户保费补助是多少", "昆明市脱贫户保费补助", "脱贫户由哪个单位给予保费补助"])
def test_what_asks_more_than_a_topic_is_answered_as_before(notices: Library, question: str) -> None:
    answer = notices.ask(question, as_of=DAY, keep=False)
    assert not answer.answer.startswith("读了")
