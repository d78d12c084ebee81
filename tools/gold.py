"""Fingerprints of the material that floors were set on, so that a figure is never held against a floor of other questions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

MATERIAL: dict[str, tuple[str, ...]] = {
    "extraction": (
        "seeds/*", "eval/gold/documents.json", "eval/gold/sections.json", "eval/gold/tasks.json", "eval/gold/targets.json",
        "eval/gold/terms.json", "eval/topics.txt", "eval/score.py",
    ),
    "qa": ("seeds/*", "eval/gold/qa.jsonl", "eval/score.py"),
    "comparison": ("seeds/*", "eval/gold/comparison.json"),
    "ncp": ("eval/ncp/*", "eval/score.py"),
    "govmsg": ("eval/govmsg/*", "eval/score.py"),
}  # fmt: skip
"""The files that a group of figures is measured on and by."""
KEY = "fingerprints"
"""Where they stand in eval/floors.json, beside the floors."""


def group_of(figure: str) -> str:
    """The group of a figure: its first word, else extraction.

    >>> group_of("ncp_recall@5"), group_of("tasks_f1")
    ('ncp', 'extraction')
    """
    first = figure.partition("_")[0]
    return first if first in MATERIAL else "extraction"


def fingerprint(shared: Path, group: str) -> str:
    """A SHA-256 over names and bytes of the files of a group; line ends count.

    Raises:
        FileNotFoundError: Where a file of the group is missing.
    """
    told = hashlib.sha256()
    for pattern in MATERIAL[group]:
        found = sorted(path for path in shared.glob(pattern) if path.is_file())
        if not found:
            raise FileNotFoundError(f"{shared / pattern}")
        for path in found:
            told.update(f"{path.relative_to(shared).as_posix()}\0{path.stat().st_size}\0".encode())
            told.update(path.read_bytes())
    return told.hexdigest()


def changed_material(shared: Path, figures: Iterable[str], recorded: Mapping[str, str]) -> dict[str, str]:
    """The groups whose files are not those the floors were set on, with what to tell.

    Args:
        shared: The folder with ``seeds`` and ``eval``.
        figures: Names of what was measured; only their groups are looked at.
        recorded: The fingerprints beside the floors.
    """
    told = {}
    for group in sorted({group_of(figure) for figure in figures}):
        now, then = fingerprint(shared, group), recorded.get(group)
        if now != then:
            told[group] = (
                f"the floors of {group} were set on other material ({(then or 'not recorded')[:12]}, now {now[:12]}): "
                f"{', '.join(MATERIAL[group])}. Its figures are not held against them. If the new material is meant, look at the "
                "figures and run again with --raise, which records it and sets its floors anew."
            )
    return told
