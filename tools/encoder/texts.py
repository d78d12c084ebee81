"""Texts and documents that the encoder's vocabulary is counted on and its questions are made from."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from corpus.document import ParsedDocument
from corpus.errors import PolicyError
from ingest.files import gather
from ingest.reader import read


def read_documents(folder: Path) -> Iterator[ParsedDocument]:
    """Every document under a folder that can be read, in the order of their paths; what cannot is named on standard error."""
    for item in gather([folder]).inputs:
        try:
            yield read(item.path.read_bytes(), item.source)
        except PolicyError as error:
            print(f"{item.source}: {error}", file=sys.stderr)


def read_strings(folder: Path) -> Iterator[str]:
    """Every string of the JSON Lines files under a folder."""
    for path in sorted(folder.rglob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield from (value for value in json.loads(line).values() if isinstance(value, str))


def read_texts(folder: Path) -> Iterator[str]:
    """All text under a folder: the strings of JSON Lines files and the text of every document."""
    yield from read_strings(folder)
    for document in read_documents(folder):
        yield document.text
