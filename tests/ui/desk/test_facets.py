"""Counts of facets are those of the lists, for any documents and choices."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corpus.divisions import gazetteer
from corpus.document import HeadMatter
from corpus.filters import STATUSES
from corpus.store import DocumentInfo
from ui.desk.desk import ShelfEntry, lies_in
from ui.desk.facets import FACETS, FacetTable, date_of

PLACES = [division for division in gazetteer().by_code.values() if division.code[:2] in ("", "0", "53", "46")][:40]


def head(place: Any, **values: Any) -> HeadMatter:
    return HeadMatter(region=place.path if place else None, region_code=place.code if place else None, **values)


heads = st.builds(
    head,
    st.sampled_from([None, *PLACES]),
    level=st.sampled_from([None, "国家", "省", "县"]),
    kind=st.sampled_from([None, "通知", "办法"]),
    issuers=st.lists(st.sampled_from(["省水利厅", "县水务局"]), max_size=2, unique=True).map(tuple),
    issued_on=st.sampled_from([None, "2021-03-05", "2024-12-31"]),
    published_on=st.sampled_from([None, "2022-01-01"]),
)


def entry(row: int, head: HeadMatter, status: str, topics: frozenset[str]) -> ShelfEntry:
    info = DocumentInfo(row, f"d{row}", f"{row}.txt", None, "txt", "", head, None, None, None, "", 1, ())
    return ShelfEntry(info, status, "", topics)


@given(
    st.lists(st.tuples(heads, st.sampled_from(STATUSES), st.frozensets(st.sampled_from(["供水", "就业"]))), max_size=25),
    st.sets(st.integers(0, 24)),
    st.dictionaries(st.sampled_from(sorted(FACETS)), st.integers(0, 3), max_size=3),
    st.sampled_from(["", "2021-03-05", "2022-01-01"]),
    st.sampled_from(["", "2022-01-01", "2024-12-31"]),
)
def test_counts_are_those_of_the_lists(
    rows: list[Any], within: set[int], choices: dict[str, int], since: str, until: str
) -> None:
    entries = [entry(7 + number, *row) for number, row in enumerate(rows)]
    table = FacetTable(entries)
    held = table.mask_of(7 + number for number in within)
    every = table.counts({})
    chosen = {name: every[name][at % len(every[name])][0] for name, at in choices.items() if every[name]}

    def meets(one: ShelfEntry, name: str, value: str) -> bool:
        return lies_in(one.info, value) if name == "地区" else value in one.facets.get(name, ())

    inside = [one for number, one in enumerate(entries) if number in within]
    for name, counted in table.counts(chosen, held).items():
        others = [one for one in inside if all(meets(one, *item) for item in chosen.items() if item[0] != name)]
        assert {value: sum(meets(one, name, value) for one in others) for value, _ in counted} == dict(counted)
        offered = {value for one in others for value in one.facets.get(name, ())}
        assert offered <= {value for value, _ in counted}, name
    listed = table.entries_of(held & table.meets(chosen) & table.between(since, until))
    days = [
        one for one in inside if (not since and not until) or (date_of(one) and (since or "0") <= date_of(one) <= (until or "9"))
    ]
    assert listed == [one for one in days if all(meets(one, *item) for item in chosen.items())]
