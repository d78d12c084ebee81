"""What a term means: each meaning once, of whichever document explains it, and nothing where none does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cemai.library import Library
from tests.qa.conftest import library_of


def of_place(place: str, year: int, article: str) -> str:
    return f"""{place}人民政府办公室关于印发{place}住房补贴管理办法的通知
政办发〔{year}〕6号
各有关部门：
现将《{place}住房补贴管理办法》印发给你们，请遵照执行。
{place}人民政府办公室
{year}年3月8日
{place}住房补贴管理办法
第一条 为规范住房补贴管理，制定本办法。
{article}
第三条 本办法自印发之日起施行。
"""


ONE = "第二条 本办法所称多子女家庭，是指有两个及以上未成年子女的家庭。"
OTHER = "第二条 本办法所称多子女家庭，是指同时符合下列条件的家庭：\n（一）有三个及以上子女；\n（二）在本县落户满五年。"
MENTIONED = "第二条 对多子女家庭购买住房给予补贴，落实“三个减半”要求。"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    texts = [of_place("甘南州", 2024, ONE), of_place("黔南州", 2023, OTHER), of_place("青川县", 2022, MENTIONED)]
    with library_of(tmp_path_factory.mktemp("terms"), *texts, of_place("临沧市", 2021, ONE)) as opened:
        yield opened


def test_several_meanings_stand_side_by_side(library: Library) -> None:
    answer = library.ask("什么是多子女家庭？")
    assert answer.status == "answered"
    first, *meanings = answer.answer.split("\n")
    assert first == "3 份文件解释了“多子女家庭”，说法不完全相同，分列如下。"
    assert sum("两个及以上未成年子女" in line for line in meanings) == 1
    assert sum("三个及以上子女" in line for line in meanings) == 1


def test_a_list_that_a_definition_announces_is_quoted_to_its_end(library: Library) -> None:
    answer = library.ask("黔南州的多子女家庭是指什么？")
    assert "在本县落户满五年" in answer.answer
    assert "两个及以上未成年子女" not in answer.answer


def test_a_term_that_no_document_explains(library: Library) -> None:
    answer = library.ask("什么是“三个减半”？")
    assert answer.status != "answered"


def test_a_term_in_front_of_what_is_asked_is_not_asked(library: Library) -> None:
    answer = library.ask("多子女家庭住房补贴申请材料审核办理工作流程具体指的是什么？")
    assert "份文件解释了" not in answer.answer
