"""The registry of tabs, in the order they are shown. A new tab is a folder here and a row below."""

from __future__ import annotations

from ui.page.ask.events import TAB as ASK
from ui.page.compare.events import TAB as COMPARE
from ui.page.due.events import TAB as DUE
from ui.page.eligible.events import TAB as ELIGIBLE
from ui.page.graph.events import TAB as GRAPH
from ui.page.kit.html import Html, el, join
from ui.page.kit.tab import Tab
from ui.page.library.events import TAB as LIBRARY
from ui.page.search.events import TAB as SEARCH
from ui.page.study.events import TAB as STUDY
from ui.page.tasks.events import TAB as TASKS
from ui.page.today.events import TAB as TODAY

TABS: tuple[Tab, ...] = (ASK, TODAY, SEARCH, COMPARE, TASKS, DUE, ELIGIBLE, GRAPH, STUDY, LIBRARY)


def tab_data() -> Html:
    """What the page's script has to know of each tab, as data attributes of elements of the head."""
    return join(
        el(
            "meta",
            data_view=tab.id,
            data_title=tab.title,
            data_waiting=tab.waiting,
            data_again=tab.start_on_demand,
            data_apart=tab.start_apart,
            data_own=" ".join(tab.own) or None,
        )
        for tab in TABS
    )
