"""Several things asked at once: a line for each, with its own quote, or that no text was found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cemai.library import Library
from tests.qa.conftest import library_of

TALENTS = """云岫县人民政府办公室关于印发云岫县人才租房补贴实施办法的通知
云政办发〔2024〕12号
各乡镇人民政府，县直有关部门：
现将《云岫县人才租房补贴实施办法》印发给你们，请认真贯彻执行。
云岫县人民政府办公室
2024年5月8日
云岫县人才租房补贴实施办法
第一条 为吸引人才来云岫县就业创业，制定本办法。
第二条 对新引进的博士研究生，每月发放租房补贴1800元。
第三条 申请人应当提交身份证、学历证书、租赁合同和社会保险缴纳证明等材料。
第四条 租房补贴由县人力资源和社会保障局负责受理和审核，县财政局负责拨付。
第五条 同一申请人享受租房补贴的期限最长不超过36个月。
第六条 本办法自印发之日起施行，有效期5年。
"""


@pytest.fixture(scope="module")
def talents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("parts"), TALENTS) as opened:
        yield opened


def test_two_values_of_two_articles_have_a_line_each(talents: Library) -> None:
    answer = talents.ask("云岫县新引进的博士租房补贴每月多少元、期限最长几个月？")
    assert "1800元" in answer.answer
    assert "关于期限最长几个月" in answer.answer
    assert "36个月" in answer.answer
    assert answer.statements[0].grade == "answered"
    slots = {statement.slot for statement in answer.statements}
    assert len(slots) > 1
    assert len({(quote.start, quote.end) for quote in answer.citations}) == len(answer.citations)


def test_the_unit_and_the_papers_are_both_told(talents: Library) -> None:
    answer = talents.ask("云岫县租房补贴由哪个部门受理，申请要提交什么材料？")
    assert "人力资源和社会保障局" in answer.answer
    assert "关于申请要提交什么材料" in answer.answer
    assert "学历证书" in answer.answer


def test_a_part_that_nothing_tells_is_named(talents: Library) -> None:
    answer = talents.ask("云岫县新引进的博士租房补贴每月多少元，咨询电话是多少？")
    assert "1800元" in answer.answer
    assert "关于咨询电话是多少：没有找到载明的原文。" in answer.answer
    assert answer.status == "partial"
    assert [statement.grade for statement in answer.statements].count("not_stated") == 1


def test_what_one_quote_tells_is_said_once(talents: Library) -> None:
    answer = talents.ask("云岫县租房补贴由谁受理，由谁拨付？")
    assert answer.answer.count("县财政局负责拨付") == 1
