"""Whatever is typed into the box, the engine answers: no question raises, and nothing is quoted that no document says."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from cemai.library import Library
from tests.qa.conftest import library_of

PLAN = """云岫县人民政府关于印发云岫县富民增收规划的通知
云政发〔2024〕3号
各乡镇人民政府：
现将《云岫县富民增收规划》印发给你们，请遵照执行。
云岫县人民政府
2024年2月6日
云岫县富民增收规划
一、发展目标
到2025年，主要指标见下表。
序号 | 指标 | 2020年 | 2025年
1 | 村集体经济收入 | 12 | 30
2 | 农民人均收入 | 1.1 | 1.6
二、重点任务
（一）发展林下种植。建设示范基地12个。（责任单位：县林业局、县农业农村局）
（二）培训技能人才。对参加培训的农民给予补助300元。
"""

ODD = [
    "", " ", "　", "\n\t", "\x00", "\u200b", "\udc80", "？", "……", "（", "）", "“", "”", "《", "《》", "〔2024〕", "[a", "(?", "(?:",
    "*", "\\", "\\d+", "(a+)+$", ".*", "{2,3}", "|", "1", "2025", "2025年", "9" * 30, "１２", "〇", "一二三", "万元", "%", "㎡", "亿",
    "😀", "👨\u200d👩\u200d👧", "hello", "吗", "谁？", "多少", "几", "哪", "的", "那呢？", "县", "医" * 10_000, "(" * 10_000, "《" * 5_000,
    "多少" * 3_000, "2025年人均收入万元", "|万元十四五",
]  # fmt: skip

PIECES = [
    "2025年", "十四五", "云岫县", "青禾市", "全国", "人均收入", "培训", "责任单位", "县林业局", "目标", "任务", "多少", "哪些", "哪几个", "什么时候", "谁",
    "由谁负责", "吗", "是什么意思", "有什么不同", "哪两项", "哪0项", "哪999项", "几年", "文号", "给谁", "是否", "率", "万元", "户", "%", "亩", "天", *"，。；：？“”《》（）〔〕[](){}*+?.\\|^$",
]  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("odd"), PLAN) as opened:
        yield opened


def mixed(seed: int) -> str:
    draw = random.Random(seed)
    return "".join(draw.choice(PIECES) for _ in range(draw.randrange(1, 9)))


@pytest.mark.parametrize("question", [pytest.param(q, id=ascii(q[:12])) for q in ODD])
def test_odd_questions_are_answered(library: Library, question: str) -> None:
    answer = library.ask(question, keep=False)
    text = library.corpus.document(next(iter(library.corpus.infos())).row).text
    assert answer.answer and answer.status in ("answered", "partial", "not_found")
    assert all(text[c.start : c.end] == c.quote for c in answer.citations)


def test_any_mixture_of_pieces_is_answered(library: Library) -> None:
    before = None
    for seed in range(150):
        question = mixed(seed)
        answer = library.ask(question, previous=before, keep=False)
        assert answer.answer, question
        before = answer.understood if seed % 3 == 0 else None


def test_a_row_of_a_table_that_scores_below_zero_is_still_quoted(library: Library) -> None:
    answer = library.ask("2025年人均收入万元", keep=False)
    assert answer.status == "answered" and "农民人均收入" in answer.answer
