"""Values kept until a library changes."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

from corpus.kept import KeptValues, kept_value


class Shelf:
    def __init__(self) -> None:
        self.generation = 1


def test_a_value_is_made_once_for_each_state() -> None:
    shelf, made = Shelf(), []

    def make() -> int:
        made.append(shelf.generation)
        return shelf.generation

    assert [kept_value(shelf, "a", make), kept_value(shelf, "a", make)] == [1, 1]
    assert kept_value(shelf, "b", make) == 1
    assert kept_value(Shelf(), "a", make) == 1
    shelf.generation = 2
    assert kept_value(shelf, "a", make) == 2
    assert made == [1, 1, 1, 2]


def test_none_is_a_value() -> None:
    made: list[None] = []
    kept = KeptValues()
    for _ in range(2):
        assert kept.get("a", lambda: made.append(None), stamp=1) is None
    assert len(made) == 1


def test_a_value_made_across_a_change_goes_with_the_former_state() -> None:
    shelf = Shelf()

    def make() -> int:
        former = shelf.generation
        shelf.generation = 2
        assert kept_value(shelf, "inner", lambda: shelf.generation) == 2
        return former

    assert kept_value(shelf, "outer", make) == 1
    assert kept_value(shelf, "outer", lambda: shelf.generation) == 2


def test_what_is_kept_does_not_keep_the_library() -> None:
    shelf = Shelf()
    kept_value(shelf, "a", list)
    reference = weakref.ref(shelf)
    del shelf
    gc.collect()
    assert reference() is None


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
