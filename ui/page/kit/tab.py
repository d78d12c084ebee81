"""A tab of the page 页签: what it is called, what is drawn in it, and who answers when something in it is pressed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ui.desk.desk import Desk
from ui.page.events import Payload
from ui.page.kit.html import Html

Draw = Callable[[Desk], Html]
Step = tuple[Html, Any]
"""What is shown below the form, and the state for the next press."""
Act = Callable[[Desk, Payload, Any], Step] | Callable[[Desk, Payload, Any], Iterator[Step]]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: a form above, results below. Its panels have the ids ``{id}-form``, ``{id}-start``, ``{id}-side`` and ``{id}-out``.

    Example::

        TAB = Tab("terms", "查术语", "正在查找…", form=form, start=start, act=stateless(find))

    Attributes:
        id: The name in ids, in ``data-tab`` and in the page's script; letters only.
        title: The label on the tab.
        waiting: What is said while an answer is waited for.
        form: Markup that never changes, or how it is drawn from the library.
        start: What is shown before anything is asked. A press with the act ``start`` asks for it again.
        act: The answer to a press and the state after it; an iterator of answers is shown step by step.
        state: The state before the first press.
        start_follows: Whether ``start`` is drawn again, and the state put back, when the library changes.
        start_apart: Whether ``start`` has a panel of its own above the results. It is drawn after everything else, and again
            when the library changes.
        side: What stands left of the results in a given state.
        changes: Whether a press may change the library, so that everything drawn from it is drawn again.
        own: Fields that stand in no address, nor in what is sent elsewhere: they stay with the tab of the browser until it is closed.
    """

    id: str
    title: str
    waiting: str
    form: Html | Draw
    start: Draw
    act: Act
    state: Any = None
    start_follows: bool = False
    start_apart: bool = False
    side: Callable[[Desk, Any], Html] | None = None
    changes: Callable[[Payload], bool] | None = None
    own: tuple[str, ...] = ()

    @property
    def start_on_demand(self) -> bool:
        """Whether the page itself must ask for ``start`` again when files come into an empty library."""
        return not (self.start_follows or self.start_apart)


def stateless(act: Callable[[Desk, Payload], Html]) -> Act:
    """An act that needs no state, as one that keeps it."""

    def kept(desk: Desk, payload: Payload, state: Any) -> Step:
        return act(desk, payload), state

    return kept
