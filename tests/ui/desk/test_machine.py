"""How many worker processes a machine gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.desk.machine import EACH, available_memory, choose_workers, count_cores, memory_of_worker


@pytest.mark.parametrize(
    ("asked", "cores", "memory", "count", "words"),
    [
        (None, 1, 8_000, 0, None),
        (None, 2, 8_000, 2, None),
        (None, 4, 8_000, 4, None),
        (None, 64, 64_000, 8, None),
        (None, 2, None, 2, None),
        (None, 8, 2_300, 3, "只开 3 个"),
        (None, 2, 1_700, 0, "逐个回答"),
        (None, 2, 300, 0, "--workers 2"),
        (None, 1, 300, 0, None),
        (0, 8, 8_000, 0, None),
        (1, 8, 8_000, 0, None),
        (3, 2, 300, 3, None),
    ],
)
def test_workers_by_cores_and_memory(asked: int | None, cores: int, memory: int | None, count: int, words: str | None) -> None:
    found, line = choose_workers(asked, cores, memory, 400)
    assert found == count
    assert (line is None) == (words is None) and (words or "") in (line or "")


def test_a_worker_over_a_larger_library_takes_more(tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite"
    assert memory_of_worker(file) == EACH
    with file.open("wb") as out:
        out.truncate(100 << 20)
    assert memory_of_worker(file) == EACH + 40


def test_this_machine_says_what_it_has() -> None:
    memory = available_memory()
    assert count_cores() >= 1 and (memory is None or 10 < memory < 100_000_000)
