"""落实对照 over three levels: each demand of the uppermost document by every level, and where it is lost on the way down."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import UsageError
from tests.qa.conftest import library_of

UPPER = """云南省人民政府关于加强水利工作的意见
各州、市人民政府：
提出以下意见。
一、重点任务
（一）推广高效节水灌溉。在干旱地区推广高效节水灌溉技术。
（二）建设城乡供水一体化工程。完善城乡供水管网。
（三）健全水权交易制度。开展水权交易试点。
云南省人民政府
2023年1月5日
"""
MIDDLE = """大理州人民政府关于加强水利工作的实施方案
各县市人民政府：
制定本方案。
一、重点任务
（一）推广高效节水灌溉。全州推广高效节水灌溉技术。
（二）建设城乡供水一体化工程。实施城乡供水管网改造。
大理州人民政府
2023年4月5日
"""
LOWER = """祥云县人民政府关于加强水利工作的实施方案
各乡镇人民政府：
制定本方案。
一、重点任务
（一）推广高效节水灌溉。推广高效节水灌溉技术3万亩。
祥云县人民政府
2023年6月5日
"""


def test_each_level_is_graded_and_breaks_are_named(tmp_path: Path) -> None:
    with library_of(tmp_path, UPPER, MIDDLE, LOWER) as library:
        chain = library.carried_out("a.txt", "b.txt", "c.txt")
        assert len(chain.regions) == 3 and all(len(row.cells) == 3 for row in chain.rows)
        grades = {row.aspect.partition("：")[2][:10]: row for row in chain.rows}
        irrigation = next(row for name, row in grades.items() if "节水灌溉" in name)
        supply = next(row for name, row in grades.items() if "供水" in name)
        rights = next(row for name, row in grades.items() if "水权" in name)
        assert (irrigation.grade, supply.grade, rights.grade) == ("写到", "未写到", "未写到")
        middle, lower = chain.regions[1:]
        assert f"{middle}：写到" in supply.because and f"{lower}：未写到" in supply.because
        assert any("供水" in line and f"到{lower}未写到" in line for line in chain.differences)
        assert any("水权" in line and f"到{middle}未写到" in line for line in chain.differences)


def test_a_document_is_not_below_itself(tmp_path: Path) -> None:
    with library_of(tmp_path, UPPER, MIDDLE) as library, pytest.raises(UsageError):
        library.carried_out("a.txt", "b.txt", "b.txt")
