"""What a search, a list or an answer is limited to; the same everywhere in the program."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that all have to hold; None means no condition.

    ``region`` is any name of a division and takes in everything below it; ``year`` is the year of issue or, failing that,
    of publication; ``status`` is matched against the status a user set, else the one read; ``topic`` holds for a document
    with a task on that topic.
    """

    region: str | None = None
    level: str | None = None
    issuer: str | None = None
    year: int | None = None
    topic: str | None = None
    status: str | None = None
    format: str | None = None
    documents: tuple[str, ...] | None = None

    def __bool__(self) -> bool:
        return any(
            value is not None
            for value in (
                self.region, self.level, self.issuer, self.year, self.topic, self.status, self.format, self.documents,
            )
        )  # fmt: skip
