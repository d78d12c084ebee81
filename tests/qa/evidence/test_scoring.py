"""What the search thinks of a passage counts by how far it lies behind the best, whatever the size of the scores."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from index.passages import Hit
from qa.evidence.scoring import _governing, _Priors
from tests.qa.conftest import library_of

_view = cast(Any, SimpleNamespace(by_id={}))


def _hit(score: float) -> Hit:
    return Hit("d", "d.txt", None, (), "文", 0, 1, score)


@pytest.mark.parametrize("shift", [0.0, 3.0, -3.0])
def test_only_differences_of_scores_count(shift: float) -> None:
    hits = [_hit(score + shift) for score in (1.0, 0.5, -2.0)]
    priors = _Priors(hits, _view)
    best, second, last = map(priors._trust, hits)
    assert best == 1.0 > second > last > 0.0
    assert second == pytest.approx(_Priors([_hit(1.0), _hit(0.5)], _view)._trust(_hit(0.5)))


_REPORT = """某县人民政府工作报告

一、工作回顾
五年来，全县综合实力快速提升，地区生产总值达到137亿元，地区生产总值增长33.6%，增速多年居全省前列。
刚刚过去的2025年，全县上下顶压前行。加力落实各项政策，地区生产总值增长5.8%，增速居全省第二位。
2024年，全县上下苦干实干。着力扩大投资，地区生产总值增长4.7%，增速居全省第五位。
"""


@pytest.mark.parametrize(("year", "value"), [("2025", "5.8%"), ("2024", "4.7%")])
def test_a_year_governs_what_follows_in_its_paragraph(tmp_path: Path, year: str, value: str) -> None:
    with library_of(tmp_path, _REPORT) as library:
        assert value in library.ask(f"{year}年地区生产总值增速是多少？", keep=False).answer.splitlines()[0]


def test_years_that_govern_sentences() -> None:
    told = ["2025年扩大投资。", "增长5%。", "2024年增长6%。", "居第二位。", "\n编号120251号。", "到2021-2025年。"]
    lines = [sum(text.count("\n") for text in told[: i + 1]) for i in range(len(told))]
    sentences = [SimpleNamespace(folded=text.strip(), line=line) for text, line in zip(told, lines, strict=True)]
    years = [sorted(found) for found in _governing(cast(Any, sentences))]
    assert years == [["2025"], ["2025"], ["2024"], ["2024"], [], ["2021", "2025"]]
