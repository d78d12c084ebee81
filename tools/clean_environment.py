"""An empty virtual environment in which an installation is tried: what it takes on the disk, and what its commands say."""

from __future__ import annotations

import os
import subprocess
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

MEGABYTE = 1 << 20
LONGEST = 900
"""Seconds that one command may take."""


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


class CleanEnvironment:
    """An environment and a folder to work in. ``right`` is false once a command did not do what it should.

    Args:
        folder: Where both are made.
    """

    def __init__(self, folder: Path) -> None:
        environment = folder / "venv"
        self.work = folder / "work"
        self.work.mkdir(parents=True, exist_ok=True)
        venv.create(environment, with_pip=True)
        self.binaries = environment / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.binaries / "python"
        self.environment = environment
        self.right = True
        foreign = ("PYTHONPATH", "VIRTUAL_ENV", "CEMAI_LIBRARY")
        self.variables = {name: value for name, value in os.environ.items() if name not in foreign}
        self.variables["CEMAI_LIBRARY"] = str(self.work / "库")
        self._empty = size_of(environment)

    def install(self, *arguments: str) -> None:
        command = [self.python, "-m", "pip", "install", "--quiet", "--no-compile", *arguments]
        subprocess.run(command, check=True, env=self.variables)

    def describe_size(self) -> str:
        added = size_of(self.environment) - self._empty
        return f"installed: {added / MEGABYTE:.0f} MB beside pip's {self._empty / MEGABYTE:.0f} MB"

    def judge(self, right: bool, what: str, told: str = "") -> None:
        self.right &= right
        print(("right  " if right else "WRONG  ") + what, flush=True)
        if not right and told:
            print(told[-2000:], flush=True)

    def run(self, words: Sequence[str], says: Callable[[str], bool], *, fails: bool = False, script: bool = False) -> None:
        """Run ``cemai`` with some words; ``says`` tells of what it printed whether that is right.

        Args:
            words: The words behind ``cemai``.
            says: Called with both outputs together.
            fails: Whether the exit status has to be other than 0.
            script: Whether the installed script is run instead of ``python -m cemai``.
        """
        command = [self.binaries / "cemai"] if script else [self.python, "-m", "cemai"]
        ended = subprocess.run(
            [*command, *words], capture_output=True, text=True, encoding="utf-8", env=self.variables, cwd=self.work,
            timeout=LONGEST, check=False,
        )  # fmt: skip
        told = ended.stdout + ended.stderr
        self.judge(says(told) and (ended.returncode != 0) == fails and "Traceback" not in told, " ".join(words), told)

    def run_python(self, code: str, *, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, "-c", code], capture_output=True, text=True, encoding="utf-8", env=self.variables, cwd=cwd or self.work,
            check=False,
        )  # fmt: skip
