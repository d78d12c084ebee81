"""Kills, failing calls and damage by the hundred: nothing half done, nothing acknowledged lost, nothing wrong without a word.

The short form draws a few of each kind; ``make test-faults`` (CEMAI_FAULTS=long) runs them by the thousand, or that share of them which
CEMAI_FAULTS_SHARE says (0.2). CEMAI_FAULTS_SEED draws others.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults import harness

ROOT = Path(__file__).resolve().parents[2]
LONG = os.environ.get("CEMAI_FAULTS") == "long"
SEED = int(os.environ.get("CEMAI_FAULTS_SEED", "20"))
OPERATIONS = tuple(harness.OPERATIONS)
KILL, SHORT_WRITE = -1, -2
EIO, EMFILE, ENOSPC, EROFS = 5, 24, 28, 30
SHARE = float(os.environ.get("CEMAI_FAULTS_SHARE", "1"))
_MANY = tuple(max(1, round(SHARE * count)) for count in (1000, 640, 640, 60, 100))
KILLS, ERRORS, DAMAGES, MIXED, CUTS = _MANY if LONG else (20, 20, 24, 2, 4)

Trial = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """Runs one trial (``tests.faults.harness``) in a process under the shim."""
    home = tmp_path_factory.mktemp("faults")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("needs Linux and a C compiler: the library that makes calls fail is built by the test")
    shim = home / "shim.so"
    built = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-w", "-o", str(shim), str(ROOT / "tests" / "faults" / "shim.c"), "-ldl"],
        capture_output=True, text=True,
    )  # fmt: skip
    if built.returncode:
        pytest.skip(f"the library that makes calls fail cannot be built here: {built.stderr[:200]}")
    environment = {**os.environ, "LD_PRELOAD": str(shim), "OPENBLAS_NUM_THREADS": "1", "CEMAI_ITEM_ENCODER": "0"}
    command = [sys.executable, "-m", "tests.faults.harness", str(home / "work")]
    (home / "work").mkdir()
    with (home / "messages").open("w") as messages:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages, text=True
        )
    assert process.stdin and process.stdout

    def run(**given: Any) -> dict[str, Any]:
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(given) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, (home / "messages").read_text()[-2000:]
        found: dict[str, Any] = json.loads(line)
        return found

    yield run
    process.stdin.close()
    process.wait(30)


@pytest.fixture(scope="module")
def calls(trial: Trial) -> dict[str, int]:
    """How many calls that write each operation makes when nothing disturbs it."""
    found = {}
    for operation in OPERATIONS:
        undisturbed = trial(operation=operation, at=0, fault=0)
        assert undisturbed["verdict"] == "" and undisturbed["error"] is None, undisturbed
        found[operation] = undisturbed["calls"]
    assert all(count > 10 for count in found.values()), found
    return found


def drawn(calls: dict[str, int], count: int, faults: tuple[int, ...], seed: int) -> list[dict[str, Any]]:
    """Points of operations: each as often as any other, from one of its calls on."""
    draw = random.Random(seed)
    operations = [OPERATIONS[i % len(OPERATIONS)] for i in range(count)]
    return [
        {
            "operation": operation,
            "at": draw.randrange(1, calls[operation] + 1),
            "fault": draw.choice(faults),
            "forever": draw.random() < 0.4,
        }
        for operation in operations
    ]


def broken(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [result for result in results if result["verdict"] or (result["error"] or "").startswith("raw")]


def test_a_kill_at_any_call_leaves_the_library_whole(trial: Trial, calls: dict[str, int]) -> None:
    results = [trial(**given) for given in drawn(calls, KILLS, (KILL,), SEED)]
    assert broken(results) == []
    killed = sum(result["status"] == -9 for result in results)
    assert killed > KILLS / 2, "most trials ended before their call"
    print(f"killed at {killed} points")


def test_a_call_that_fails_is_said_and_harms_nothing(trial: Trial, calls: dict[str, int]) -> None:
    faults = (EIO, ENOSPC, EROFS, EMFILE, SHORT_WRITE)
    results = [trial(**given) for given in drawn(calls, ERRORS, faults, SEED + 1)]
    assert broken(results) == []
    print(Counter(result["error"] for result in results))


def test_a_power_cut_leaves_the_library_whole(trial: Trial) -> None:
    """What was acknowledged is there and what was not is wholly there or not, whatever the disk did not yet have."""
    results = [trial(operation=operation, seed=SEED + i, replays=CUTS) for i, operation in enumerate(OPERATIONS)]
    assert all(result["status"] == 0 and result["error"] is None for result in results), results
    assert all(result["made"] == CUTS and result["events"] > 20 for result in results), results
    assert [broken for result in results for broken in result["broken"]] == []
    print(f"{sum(result['made'] for result in results)} disks of {sum(result['events'] for result in results)} calls")


def test_damage_of_any_file_is_harmless_or_told(trial: Trial) -> None:
    # every third damages the store itself: most files are caches, whose damage harms nothing
    kinds = ["library.sqlite", None, None]
    results = [trial(way=harness.WAYS[i % len(harness.WAYS)], seed=SEED * 10_000 + i, kind=kinds[i % 3]) for i in range(DAMAGES)]
    assert [result for result in results if result["verdict"] not in ("harmless", "told", "doctor", "unchanged")] == []
    seen = Counter(result["verdict"] for result in results)
    assert seen["harmless"] and seen["told"] + seen["doctor"], seen
    print(seen)


def test_kills_under_mixed_load_lose_nothing_acknowledged(trial: Trial) -> None:
    """A writer and a reader that also makes backups, killed together; every backup left is whole."""
    results = [trial(seconds=random.Random(SEED + i).uniform(0.3, 3.0), seed=SEED + i) for i in range(MIXED)]
    assert [result for result in results if result["verdict"]] == []
    assert sum(result["changes"] for result in results) > 0
    print(f"{sum(result['changes'] for result in results)} changes")
