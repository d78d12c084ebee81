"""What a row of the comparison is: a search that is ready, over one collection of documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import ModelUnavailable
from index.neural.encoder import ItemEncoder
from tools.arena.documents import Document
from tools.arena.measures import FoundSpan
from tools.arena.passages import Passages


class Kept:
    """Things that several rows need, made once."""

    def __init__(self) -> None:
        self._things: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Make a thing when it is first asked for."""
        if name not in self._things:
            self._things[name] = make()
        return self._things[name]


class Refusal(Exception):
    """A row that cannot be measured here; the message says why."""


Ask = Callable[[str, str], list[FoundSpan]]
"""Searches for a question (its id, its text)."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A search that is ready, and the processor seconds it took to get there."""

    ask: Ask
    build_s: float
    note: str = ""


@dataclass(slots=True)
class Place:
    """The documents one run of questions is searched in, and what is made of them once for several rows."""

    set: str
    documents: Sequence[Document]
    distractors: int
    work: Path
    kept: Kept = field(default_factory=Kept)


@dataclass(slots=True)
class Options:
    """What was asked for on the command line, and what several places share."""

    sets: Path
    work: Path
    encoder_folder: Path | None
    threads: int
    encode: int
    closing: ExitStack
    kept: Kept = field(default_factory=Kept)

    def encoder(self) -> ItemEncoder:
        """The encoder given, or the one that comes with the program."""
        encoder: ItemEncoder = self.kept.once("encoder", lambda: ItemEncoder(self.encoder_folder, self.threads))
        try:
            encoder.name  # noqa: B018 - reads the files
        except ModelUnavailable as error:
            raise Refusal("there is no encoder that can be read (--encoder)") from error
        return encoder


def passages_of(place: Place) -> Passages:
    """The passages of a place, cut once."""
    found: Passages = place.kept.once("passages", lambda: Passages(place.documents))
    return found
