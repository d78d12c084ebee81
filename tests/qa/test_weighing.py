"""What the search thinks of a passage counts by how far it lies behind the best, whatever the size of the scores."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from index.passages import Hit
from qa.weighing import _Priors

_shelf = cast(Any, SimpleNamespace(by_id={}))


def _hit(score: float) -> Hit:
    return Hit("d", "d.txt", None, (), "文", 0, 1, score)


@pytest.mark.parametrize("shift", [0.0, 3.0, -3.0])
def test_only_differences_of_scores_count(shift: float) -> None:
    hits = [_hit(score + shift) for score in (1.0, 0.5, -2.0)]
    priors = _Priors(hits, _shelf)
    best, second, last = map(priors._trust, hits)
    assert best == 1.0 > second > last > 0.0
    assert second == pytest.approx(_Priors([_hit(1.0), _hit(0.5)], _shelf)._trust(_hit(0.5)))
