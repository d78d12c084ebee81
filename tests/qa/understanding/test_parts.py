"""Questions that ask for several things are cut into them."""

from __future__ import annotations

import pytest

from qa.understanding.parts import split_question


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("云岫县租房补贴每月多少、最长几个月？", ["云岫县租房补贴每月多少", "最长几个月"]),
        ("在云岫县买新房，每平方米补多少，一套封顶多少？", ["每平方米补多少", "一套封顶多少"]),
        ("云岫县供水工程谁牵头，什么时候完成", ["云岫县供水工程谁牵头", "什么时候完成"]),
        ("孩子生病错过了报名，还能补报吗，哪天去", ["能补报吗", "哪天去"]),
        ("云岫县租房补贴涨到多少，博士那一档又是多少？", ["云岫县租房补贴涨到多少", "博士那一档又是多少"]),
        ("《关于供水、供电的通知》有效期几年，取代了哪个文件", ["《关于供水、供电的通知》有效期几年", "取代了哪个文件"]),
    ],
)
def test_each_thing_asked_is_a_part(question: str, asked: list[str]) -> None:
    assert [part.asked for part in split_question(question)] == asked


@pytest.mark.parametrize(
    "question",
    [
        "云岫县租房补贴每月多少？",
        "云岫县、临川县的租房补贴分别是多少",
        "什么时候、在哪里报名",
        "云岫县对脱贫人口、低保对象参保有哪些资助",
        "《关于怎么办、找谁办的通知》讲了什么",
        "",
    ],
)
def test_one_thing_asked_is_left_whole(question: str) -> None:
    assert split_question(question) == ()


def test_a_part_is_asked_with_what_stands_in_front() -> None:
    first, second = split_question("在云岫县买新房，购房补贴每平方米多少、单套最高多少？")
    assert first.whole == "在云岫县买新房，购房补贴每平方米多少"
    assert second.whole == "在云岫县买新房，购房补贴，单套最高多少"
