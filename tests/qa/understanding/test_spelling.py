"""Characters typed for others of the same sound are put right with the library's own words."""

from __future__ import annotations

import pytest

from cemai.library import Library
from index.spelling import sound_alike, sound_alikes
from qa.understanding.spelling import find_sound_slips

HELD = "村级集体经济的资产收益分配方案，由监督委员会审核，帮扶资金拨付到户。住房安全动态监测。"


def _frequency(piece: str) -> float:
    return HELD.count(piece) / 10


def _slips(text: str) -> list[tuple[int, str]]:
    return [(slip.at, slip.meant) for slip in find_sound_slips(text, _frequency, lambda piece: piece in HELD)]


def test_a_torn_word_is_mended() -> None:
    assert _slips("帮扶资今拨付") == [(3, "金")]


@pytest.mark.parametrize("asked", ["帮扶资金拨付", "资产收益怎么分", "监督委员会几个人", "今年拨付多少"])
def test_what_is_no_slip_stays(asked: str) -> None:
    assert _slips(asked) == []


def test_sounds_that_are_not_told_apart() -> None:
    assert sound_alike("资", "姿") and sound_alike("资", "知") and not sound_alike("资", "本")
    assert "园" in sound_alikes("圆") and "圆" not in sound_alikes("圆")


def test_a_slip_is_shown_as_a_correction(library: Library) -> None:
    right, wrong = (library.ask(asked, keep=False) for asked in ("甘南州参保资助政策", "甘南州餐保资助政策"))
    assert right.citations == wrong.citations
    assert ("餐保", "参保") in wrong.understood.corrections
