"""Reading the word lists of ``graph/data``: one entry a line, ``#`` starts a comment line, columns stand between tabs."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=64)
def entries(name: str) -> tuple[str, ...]:
    """The entries of a list of ``graph/data``, in order."""
    lines = resources.files("graph").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=64)
def table(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a table of ``graph/data``."""
    return tuple(tuple(cell.strip() for cell in line.split("\t")) for line in entries(name))


@lru_cache(maxsize=64)
def alternatives(name: str) -> str:
    """The entries of a list as a regular expression group body, longest first so that no entry hides a longer one."""
    import re

    return "|".join(re.escape(entry) for entry in sorted(set(entries(name)), key=len, reverse=True))
