"""Values kept until a library changes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from corpus.kept import KeptValues


def test_a_value_is_made_once_for_each_state() -> None:
    kept, made = KeptValues(), []

    def get(name: str, state: int) -> int:
        return kept.get(name, lambda: (made.append(state), state)[1], stamp=state)  # type: ignore[func-returns-value]

    assert [get("a", 1), get("a", 1), get("b", 1), get("a", 2)] == [1, 1, 1, 2]
    assert made == [1, 1, 2]


def test_none_is_a_value() -> None:
    made: list[None] = []
    kept = KeptValues()
    for _ in range(2):
        assert kept.get("a", lambda: made.append(None), stamp=1) is None
    assert len(made) == 1


def test_a_value_made_across_a_change_goes_with_the_former_state() -> None:
    kept = KeptValues()
    assert kept.get("outer", lambda: kept.get("inner", lambda: 2, stamp=2) - 1, stamp=1) == 1
    assert kept.get("outer", lambda: 2, stamp=2) == 2


def test_no_more_than_so_many_are_kept() -> None:
    kept, made = KeptValues(most=2), []
    for name in ("a", "b", "c", "a"):
        kept.get(name, lambda name=name: made.append(name), stamp=1)  # type: ignore[misc]
    assert made == ["a", "b", "c", "a"]


def test_threads_share_one_value() -> None:
    kept, made, ready = KeptValues(), [], threading.Barrier(8)

    def ask(_: int) -> object:
        ready.wait(10)
        return kept.get("a", lambda: made.append(1) or object(), stamp=1)

    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(ask, range(8)))
    assert len(made) == 1
    assert len(set(map(id, values))) == 1
