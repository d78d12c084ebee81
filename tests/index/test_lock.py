"""The right to write the caches: one holder at a time, and none that outlives its process."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index.lock import writing

HOLD = "import sys, time; from pathlib import Path; from index.lock import writing\nwith writing(Path(sys.argv[1]), 5) as held: print(held, flush=True); time.sleep(60)"


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    with writing(tmp_path / "cache", 0) as first, writing(tmp_path / "cache", 0) as second:
        assert (first, second) == (True, False)
    with writing(tmp_path / "cache", 0) as third:
        assert third


def test_a_thread_waits_for_another(tmp_path: Path) -> None:
    inside, leave, found = threading.Event(), threading.Event(), []

    def hold() -> None:
        with writing(tmp_path, 0):
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(10)
    with writing(tmp_path, 0.05) as held:
        found.append(held)
    threading.Timer(0.1, leave.set).start()
    with writing(tmp_path, 10) as held:
        found.append(held)
    thread.join()
    assert found == [False, True]


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "True"
        with writing(tmp_path, 0) as held:
            assert not held
        process.kill()
        process.wait()
    with writing(tmp_path, 0) as held:
        assert held


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError), writing(tmp_path / "cache", 0):
        pass
