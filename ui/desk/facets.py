"""Facets 分面: what documents are filed under, as one number of bits for each value, so that counts under any conditions cost next to nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from corpus.divisions import gazetteer
from corpus.document import LEVELS
from corpus.filters import STATUSES
from ui.desk.desk import ShelfEntry, short_region

Chosen = Mapping[str, str]
Count = tuple[str, int]
FACETS: Mapping[str, str] = {
    "文种": "kind",
    "层级": "level",
    "时效": "status",
    "地区": "region",
    "发文机关": "issuer",
    "年份": "year",
    "主题": "topic",
}
"""The facets by their headings, with their names in an address; in the order they are shown."""
REGION = "地区"


def _frequent(item: Count) -> tuple[int, str]:
    return -item[1], item[0]


_ORDER: Mapping[str, Callable[[Count], tuple[int, str]]] = {
    "层级": lambda item: ([*LEVELS, item[0]].index(item[0]), ""),
    "时效": lambda item: ([*STATUSES, item[0]].index(item[0]), ""),
    "年份": lambda item: (-int(item[0]), ""),
}


def date_of(entry: ShelfEntry) -> str:
    """The day a document was issued, else published (ISO); empty where it says neither."""
    return entry.info.head.issued_on or entry.info.head.published_on or ""


class FacetTable:
    """The documents of a library under each value of each facet. A set of documents is an ``int`` with a bit for each.

    Example: ``table.counts({"层级": "省"}, table.mask_of(rows))``.
    """

    def __init__(self, entries: Sequence[ShelfEntry]) -> None:
        self.entries = entries
        self.all = (1 << len(entries)) - 1
        self._places = {entry.info.row: place for place, entry in enumerate(entries)}
        self._dates = [date_of(entry) for entry in entries]
        places: dict[str, dict[str, list[int]]] = {name: defaultdict(list) for name in FACETS}
        for place, entry in enumerate(entries):
            for name, values in entry.facets.items():
                for value in values if name != REGION else ():
                    places[name][value].append(place)
        self._masks = {name: {value: _bits(found) for value, found in values.items()} for name, values in places.items()}
        self._own: dict[str, list[int]] = {}
        """Of a region the documents that are its own, by code."""
        self._below: dict[str, list[int]] = {}
        """Of a region the documents of each region below it."""
        self._masks[REGION] = self._regions()

    def _regions(self) -> dict[str, int]:
        """As ``lies_in`` has it: a region takes in those below; all names of documents, and those above them."""
        groups: dict[tuple[str | None, str], list[int]] = defaultdict(list)
        for place, entry in enumerate(self.entries):
            if own := short_region(entry.info):
                groups[entry.info.head.region_code, own].append(place)
        below: dict[str, int] = defaultdict(int)
        by_name: dict[str, list[int]] = defaultdict(list)
        parts: dict[str, list[int]] = defaultdict(list)
        for (code, own), found in groups.items():
            mask = _bits(found)
            for length in range(len(code or "") + 1):
                below[(code or "")[:length]] |= mask
            by_name[own].append(mask)
            division = gazetteer().by_code.get(code or "")
            for parent in gazetteer().parents(division) if division else ():
                parts[parent.short].append(mask)
        masks: dict[str, int] = {}
        for name in by_name.keys() | parts.keys():
            mask = 0
            for code in gazetteer().region_codes(name):
                mask |= below[code] if code else self.all
            for own_mask in by_name.get(name, ()):
                mask |= own_mask
            masks[name] = mask
        self._own, self._below = by_name, parts
        return masks

    def mask_of(self, rows: Iterable[int]) -> int:
        """The documents with these row numbers."""
        return _bits([self._places[row] for row in rows if row in self._places])

    def entries_of(self, mask: int) -> list[ShelfEntry]:
        """The documents of a set, in the order they came."""
        return [self.entries[place] for place in _places(mask)]

    def meets(self, chosen: Chosen, *, but: str | None = None) -> int:
        """The documents that meet every chosen facet, leaving one out."""
        mask = self.all
        for name, value in chosen.items():
            if name != but:
                mask &= (
                    self._masks[name].get(value, 0) if name != REGION or value in self._masks[REGION] else self._lying_in(value)
                )
        return mask

    def _lying_in(self, region: str) -> int:
        """The documents of a region that is named in another way than the lists name it (云南省)."""
        known = gazetteer()
        return _bits([place for place, entry in enumerate(self.entries) if known.covers(region, entry.info.head.region_code)])

    def between(self, since: str | None, until: str | None) -> int:
        """The documents issued (or published) from one day to another (ISO dates, both included); without dates all of them."""
        if not since and not until:
            return self.all
        first, last = since or "0", until or "9"
        return _bits([place for place, date in enumerate(self._dates) if date and first <= date <= last])

    def counts(self, chosen: Chosen, within: int | None = None) -> dict[str, list[Count]]:
        """The values of each facet that exist under the other choices, with their numbers of documents.

        Args:
            chosen: The chosen value of each facet.
            within: The documents to count, all by default.
        """
        within = self.all if within is None else within
        out: dict[str, list[Count]] = {}
        for name in FACETS:
            under = within & self.meets(chosen, but=name)
            found = [(value, count) for value, mask in self._masks[name].items() if (count := (mask & under).bit_count())]
            if name == REGION:
                found = [(value, count) for value, count in found if self._is_offered(value, under)]
            out[name] = sorted(found, key=_ORDER.get(name, _frequent))
        return out

    def _is_offered(self, region: str, under: int) -> bool:
        """Whether a region has documents of its own, or joins several regions that have."""
        if any(mask & under for mask in self._own.get(region, ())):
            return True
        return sum(bool(mask & under) for mask in self._below.get(region, ())) > 1


def _bits(places: Sequence[int]) -> int:
    """A number with these bits set."""
    if not places:
        return 0
    held = bytearray(max(places) // 8 + 1)
    for place in places:
        held[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(held, "little")


def _places(mask: int) -> list[int]:
    held = mask.to_bytes((mask.bit_length() + 7) // 8, "little")
    return [8 * number + bit for number, byte in enumerate(held) if byte for bit in range(8) if byte >> bit & 1]
