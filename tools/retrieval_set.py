"""A retrieval set on the disk: corpus.jsonl, queries.jsonl and qrels.tsv, as all tools that measure or learn read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def relevant(folder: Path) -> dict[str, set[str]]:
    """The documents that answer each question, by id; a question without any is left out."""
    found: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, gain = line.split("\t")
        if int(gain) > 0:
            found.setdefault(query, set()).add(document)
    return found
