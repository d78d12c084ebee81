"""The catalogue of a library 目录: documents chosen by words and conditions and put in order, alike for page, REST and command line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.document import LEVELS
from corpus.filters import STATUSES
from corpus.folding import fold
from corpus.store import DocumentInfo
from ingest.formats.registry import label_of_format
from ui.desk.desk import ShelfEntry, count_regions, lies_in, short_region
from ui.labels import REGION_FILTER

CONDITIONS: Mapping[str, str] = {"region": REGION_FILTER, "level": "层级", "kind": "文种", "status": "时效", "format": "格式"}
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """What is looked for in the catalogue; None and empty mean no condition.

    ``query`` is words that title, number, file name or issuers hold, all of them; ``region`` takes in those below it; ``doubtful`` keeps what a person should look at; ``sort`` is one of ``SORTS``,
    without it documents stay as they came.
    """

    query: str = ""
    region: str | None = None
    level: str | None = None
    kind: str | None = None
    status: str | None = None
    format: str | None = None
    doubtful: bool = False
    sort: str | None = None

    @property
    def conditions(self) -> int:
        """How many conditions there are, the words among them."""
        return sum(bool(value) for value in (self.query, self.doubtful, *(getattr(self, name) for name in CONDITIONS)))


def select_entries(
    entries: Sequence[ShelfEntry], wanted: CatalogueQuery, doubtful: frozenset[str] = frozenset()
) -> list[ShelfEntry]:
    """The documents that meet a query, in its order; ``doubtful`` are the ids of those with doubts."""
    words = _words(wanted)
    kept = [entry for entry in entries if _meets(entry, wanted, words, doubtful)]
    if wanted.sort == "added":
        return kept[::-1]
    sort = wanted.sort
    return sorted(kept, key=lambda entry: _place(entry, sort)) if sort else kept


def count_values(
    entries: Sequence[ShelfEntry], wanted: CatalogueQuery, doubtful: frozenset[str]
) -> dict[str, list[tuple[str, str, int]]]:
    """For each condition the values that exist under the others: value, label, number of documents; and under ``doubtful`` one row."""
    words = _words(wanted)
    found: dict[str, Counter[str]] = {name: Counter() for name in CONDITIONS}
    of_regions: list[DocumentInfo] = []
    doubtful_too = 0
    for entry in entries:
        unmet = [name for name in CONDITIONS if (value := getattr(wanted, name)) and not _has(entry, name, value)]
        doubted = entry.info.id in doubtful
        if len(unmet) > 1 or (wanted.doubtful and not doubted) or not _has_words(entry, words):
            continue
        doubtful_too += doubted and not unmet
        for name in unmet or CONDITIONS:
            if name == "region":
                of_regions.append(entry.info)
            elif value := value_of(entry, name):
                found[name][value] += 1
    counts: dict[str, list[tuple[str, str, int]]] = {}
    found["region"] = count_regions(of_regions)
    for name, values in found.items():
        chosen = getattr(wanted, name)
        if chosen and chosen not in values:
            values[chosen] = 0
        counts[name] = [(value, _label(name, value), values[value]) for value in sorted(values, key=_order(name, values))]
    counts["doubtful"] = [("1", "待核对", doubtful_too)]
    return counts


def value_of(entry: ShelfEntry, name: str) -> str | None:
    """What a document is filed under for a condition."""
    head = entry.info.head
    values = {
        "region": short_region(entry.info), "level": head.level, "kind": head.kind, "status": entry.status, "format": entry.info.format,
    }  # fmt: skip
    return values[name]


def _meets(entry: ShelfEntry, wanted: CatalogueQuery, words: Sequence[str], doubtful: frozenset[str]) -> bool:
    if wanted.doubtful and entry.info.id not in doubtful:
        return False
    if any((value := getattr(wanted, name)) and not _has(entry, name, value) for name in CONDITIONS):
        return False
    return _has_words(entry, words)


def _words(wanted: CatalogueQuery) -> list[str]:
    return [word for part in wanted.query.split() if (word := _plain(part))]


def _has_words(entry: ShelfEntry, words: Sequence[str]) -> bool:
    if not words:
        return True
    info = entry.info
    own = " ".join(_plain(part) for part in (info.head.title or "", info.head.doc_number or "", info.source, *info.head.issuers))
    return all(word in own or info.id.startswith(word) for word in words)


def _has(entry: ShelfEntry, name: str, value: str) -> bool:
    return lies_in(entry.info, value) if name == "region" else value_of(entry, name) == value


def _plain(text: str) -> str:
    """A text without marks, so that a number is found in any writing: 青政发〔2024〕3号, 青政发[2024]3号."""
    return _MARKS.sub("", fold(text))


def _label(name: str, value: str) -> str:
    return label_of_format(value) if name == "format" else value


def _order(name: str, found: Counter[str]) -> Callable[[str], Any]:
    if name == "level":
        return lambda value: [*LEVELS, value].index(value)
    if name == "status":
        return lambda value: [*STATUSES, value].index(value)
    return lambda value: (-found[value], value)


def _place(entry: ShelfEntry, sort: str) -> tuple[Any, ...]:
    """What a document is put in order by."""
    head = entry.info.head
    if sort == "title":
        return (not head.title, fold(head.title or entry.info.source))
    if sort == "status":
        return ([*STATUSES, entry.status].index(entry.status), entry.info.row)
    return tuple(-ord(character) for character in head.issued_on or head.published_on or "") or (0,)  # the newest date first
