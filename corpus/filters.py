"""What a search, a list or an answer is limited to; the same everywhere in the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["现行有效", "征求意见稿", "已修订", "已废止", "已失效", "尚未施行", "未载明"]
STATUSES: tuple[Status, ...] = ("现行有效", "征求意见稿", "已修订", "已废止", "已失效", "尚未施行", "未载明")
"""The statuses 时效 a document may have on a day; which one it has is worked out by ``graph.documents.status``."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that all have to hold; None means no condition.

    ``region`` is any name of a division and takes in everything below it; ``year`` is the year of issue or, failing that,
    of publication; ``topic`` holds for a document with a task on that topic. ``status`` is one of the seven of
    ``graph.documents.status`` on a day: ``graph.documents.status_filter.resolve_status`` turns it into documents, the store does not
    know it.
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
