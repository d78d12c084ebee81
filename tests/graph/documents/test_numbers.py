"""Document numbers in running text and how long hostile text takes."""

from __future__ import annotations

import time

import pytest

from graph.documents.numbers import find_numbers

TEXTS = [
    ("根据云政办发〔2019〕14号、云水发[2020] 3 号的要求", ["云政办发〔2019〕14号", "云水发〔2020〕3号"]),
    ("国 务 院 令 第 七 百 四 十 三 号不是一个号", []),
    ("依照云岫县人民政府令第12号执行", ["云岫县政府令第12号"]),
    ("云岫县水务局公告2023年第70号", ["云岫县水务局公告〔2023〕70号"]),
    ("云政办发2019 14有效吗", ["云政办发〔2019〕14号"]),
    ("2004年云政函80号", ["云政函〔2004〕80号"]),
    ("云政函80号", ["云政函第80号"]),
]
HOSTILE = ["文号废止", "文1号废", "令一号", "令 ", "国 、", "云政发〔2018", "公告(", "云办2018-", "2018年云办", "一", "\u3000号"]


@pytest.mark.parametrize(("text", "numbers"), TEXTS)
def test_numbers_in_text(text: str, numbers: list[str]) -> None:
    found = find_numbers(text)
    assert [str(mention.number).removeprefix("根据").removeprefix("依照") for mention in found] == numbers
    assert all(mention.span.of(text)[0] not in " 、，" for mention in found)


@pytest.mark.parametrize("piece", HOSTILE)
def test_ten_thousand_characters_take_linear_time(piece: str) -> None:
    def took(length: int) -> float:
        text = (piece * length)[:length]
        started = time.perf_counter()
        find_numbers(text)
        return time.perf_counter() - started

    assert min(took(10_000) for _ in range(5)) < 0.1
