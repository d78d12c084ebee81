"""A rule and its negation, both asked both ways: the rule is quoted, and no verdict says the opposite."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.qa.conftest import library_of
from tools.polarity_pairs import ask_pairs, make_pairs

RULES = """云岫县人民政府关于印发云岫县惠民服务办法的通知
云政发〔2025〕3号
各乡镇人民政府：
现将《云岫县惠民服务办法》印发给你们，请遵照执行。
云岫县人民政府
2025年2月6日
云岫县惠民服务办法
第一条 本办法实施期间，返乡农民工可享受用电优惠。
第二条 个体工商户不再享受用电优惠，由供电所按月公示。
"""


def test_no_verdict_says_the_opposite_of_the_rule(tmp_path: Path) -> None:
    told = Counter(told for told, *_ in ask_pairs(tmp_path, make_pairs(20, seed=3)))
    assert told["wrong"] == 0
    assert told["first"] + told["later"] >= 0.97 * told.total()


def test_whether_people_still_benefit_is_no_question_of_validity(tmp_path: Path) -> None:
    with library_of(tmp_path, RULES) as library:
        for who in ("返乡农民工", "个体工商户"):
            answer = library.ask(f"云岫县{who}还能享受用电优惠吗？")
            assert answer.kind == "yes_no"
            assert who in answer.answer.split("\n")[0], answer.answer
