"""Reading the data files of a package: one entry a line, blank lines and lines that start with ``#`` left out."""

from __future__ import annotations

from importlib import resources


def entries(package: str, name: str) -> tuple[str, ...]:
    """The entries of ``package/data/name`` in order, without blanks at their ends."""
    lines = resources.files(package).joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return tuple(line.rstrip() for line in lines if line.strip() and not line.startswith("#"))
