"""Addresses 地址: every state of the page is a query of its address, so that it can be gone back to, reloaded, kept and sent to a colleague.

The values of an address are those of the tab's form, under the same names, and what was pressed since; a tab draws what an address says when
its ``act`` is asked for ``ARRIVE``. An address only ever shows something: what changes the library is never taken from one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from corpus.document import Span
from ui.labels import COPY_LINK
from ui.page.kit.html import Html, el

ARRIVE = "arrive"
"""The act of a payload that was read from an address."""
LONGEST = 8_000
"""Characters of an address. A longer one is not cut (half a question is another question): its state has no address."""
PLACES = 20
"""Further places of a document that an address marks beside the first one."""


def address(tab: str, values: Mapping[str, object] | None = None) -> str:
    """The address of a state of a tab: ``/?tab=search&query=…``. Values that are empty are left out; lists are repeated.

    Raises nothing: a state that is too long gives the address of the tab.
    """
    kept = [(name, value) for name, value in (values or {}).items() if value]
    made = f"/?{urlencode([('tab', tab), *kept], doseq=True)}"
    return made if len(made) <= LONGEST else f"/?{urlencode({'tab': tab})}"


def document_address(document: str, start: int = 0, end: int = 0, places: Sequence[Span] = ()) -> str:
    """The address of a document in the reader alone, with a place and some more of them marked: ``/?doc=ID&at=12-80``."""
    return f"/?{urlencode(_document_values(document, start, end, places))}"


def written_places(places: Sequence[Span]) -> str:
    """Places of a document as an address and the page's script say them: ``12-80 95-120``."""
    return " ".join(f"{place.start}-{place.end}" for place in places)


def _document_values(document: str, start: int, end: int, places: Sequence[Span]) -> dict[str, str]:
    values = {"doc": document}
    if end > start:
        values["at"] = f"{start}-{end}"
    if places:
        values["more"] = written_places(places[:PLACES])
    return values


def standing(tab: str, values: Mapping[str, object] | None = None, *, name: str = "") -> Html:
    """Says inside a panel what it shows: its address, and the name it gives to the page's title."""
    return el("span", hidden=True, **standing_data(tab, values, name=name))


def standing_data(tab: str, values: Mapping[str, object] | None = None, *, name: str = "") -> dict[str, Any]:
    """The attributes of ``standing``, for an element that is there anyway."""
    return {"data_address": address(tab, values), "data_name": name or None}


def copy_link(link: str | None = None) -> Html:
    """A button that puts an address on the clipboard; without one that of the page as it is."""
    return el("button", COPY_LINK, type="button", class_="open", data_link=link or "")


def document_link(
    label: object,
    document: str,
    start: int = 0,
    end: int = 0,
    *,
    places: Sequence[Span] = (),
    class_: str = "open",
    **attributes: object,
) -> Html:
    """A link to a place of a document: a press opens it in the reader, a press with Ctrl in a tab of its own."""
    return el(
        "a",
        label,
        href=document_address(document, start, end, places),
        class_=class_,
        data_act="open",
        data_doc=document,
        data_start=start,
        data_end=end,
        data_spans=written_places(places) or None,
        **attributes,
    )
