"""What the CPU of an answer says about free cores."""

from __future__ import annotations

import pytest

from benchmarks.server import Throughput


@pytest.mark.parametrize(
    ("found", "cores", "possible"),
    [
        (Throughput(100, 9.0, 4.0, 0.0, 0), 2, 25.0),  # one interpreter
        (Throughput(100, 9.0, 0.5, 3.5, 2), 2, 50.0),  # all cores at work
        (Throughput(100, 9.0, 0.5, 3.5, 2), 8, 2 / 0.035),  # all workers at work
        (Throughput(100, 9.0, 2.0, 2.0, 8), 64, 50.0),  # the process that serves
    ],
)
def test_what_is_possible_is_what_the_scarcest_allows(found: Throughput, cores: int, possible: float) -> None:
    assert found.possible(cores) == pytest.approx(possible)
    assert found.per_second == pytest.approx(100 / 9)
