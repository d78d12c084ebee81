"""The Gradio app: a panel for each part of each tab, one reader beside them, and who answers when something is pressed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast

from cemai.accounts import calling, current_caller
from corpus.store.audit import acting, current_actor
from ui.accounts.door import STATE
from ui.desk.desk import Desk
from ui.page.events import HIDDEN_FROM_API, STREAMED, Payload, explain_error, panel, payload_of, safely, text
from ui.page.gradio_parts import import_gradio
from ui.page.kit.html import EMPTY, Html, el, join
from ui.page.kit.tab import Step, Tab
from ui.page.masthead import masthead
from ui.page.reader import events as reader_events
from ui.page.tabs import TABS, tab_data
from ui.page.theme import asset

TITLE = "策脉"


def page_head() -> str:
    """What goes into the head of the page: data of the tabs, then style and script (which reads the data when it is loaded)."""
    # Gradio would put its own container before every selector given as css
    return f"{tab_data()}<style>{asset('page.css')}</style><script>{asset('page.js')}</script>"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A panel and how it is drawn from the library."""

    panel: Any
    draw: Callable[[Desk], Html]

    def show(self, desk: Desk) -> Html:
        """The markup, or an error in words."""
        return safely(partial(self.draw, desk))


@dataclass(slots=True)
class DrawingPlan:
    """All drawings of the page by when they are made.

    Attributes:
        once: When the page is loaded.
        again: When the page is loaded and when the library changes.
        late: As ``again``, but only after everything else is there: the first screen does not wait for them.
        fresh: States that are put back when the library changes, with their first value.
    """

    once: list[Drawing] = field(default_factory=list)
    again: list[Drawing] = field(default_factory=list)
    late: list[Drawing] = field(default_factory=list)
    fresh: list[tuple[Any, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TabParts:
    """A tab with what Gradio made for it."""

    tab: Tab
    state: Any
    side: Any
    out: Any

    @property
    def shown(self) -> list[Any]:
        """What a press in the results fills."""
        return [*([self.side] if self.tab.side else []), self.out, self.state]


def build_page(desk: Desk) -> Any:
    """The page over a desk."""
    gr = import_gradio()
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=(600, 3600)) as page:
        plan = DrawingPlan(again=[Drawing(panel(EMPTY, "masthead"), masthead)])
        with gr.Tabs(elem_id="views", overflow_behavior="wrap"):
            parts = [_lay_out(tab, plan) for tab in TABS]
        reader = panel(EMPTY, "reader")

        _draw_first(page, plan, desk)
        for part in parts:
            if part.tab.changes is not None:
                _answer_changes(part, part.tab.changes, plan, desk)
            else:
                _answer_presses(part, desk)
        reader.click(_open_document(desk), None, reader, **HIDDEN_FROM_API)
    return page


def prepare_drawings(desk: Desk, go_on: Callable[[], bool] = lambda: True) -> None:
    """Work out what the panels show, so that the first visitor does not wait for it: the desk keeps it until the library changes.

    ``go_on`` is asked before each panel, of which one may take seconds in a large library.
    """
    drawings: list[Callable[[Desk], Html]] = [masthead]
    for tab in TABS:
        drawings += [] if isinstance(tab.form, Html) else [tab.form]
        drawings += [tab.start, partial(_side, tab)]
    for draw in drawings:
        if go_on():
            safely(partial(draw, desk))


def _lay_out(tab: Tab, plan: DrawingPlan) -> TabParts:
    """Make the panels of a tab, and note how and when each is drawn."""
    import gradio as gr

    side = None
    with gr.Tab(tab.title, id=tab.id, render_children=True):
        state = gr.State(tab.state)
        if isinstance(tab.form, Html):
            panel(tab.form, f"{tab.id}-form")
        else:
            plan.again.append(Drawing(panel(EMPTY, f"{tab.id}-form"), tab.form))
        if tab.start_apart:
            plan.late.append(Drawing(panel(EMPTY, f"{tab.id}-start"), tab.start))
        if tab.side is None:
            out = panel(EMPTY, f"{tab.id}-out")
        else:
            with gr.Row(elem_id=f"{tab.id}-body"):
                side, out = panel(EMPTY, f"{tab.id}-side"), panel(EMPTY, f"{tab.id}-out")
            plan.again.append(Drawing(side, partial(_side, tab)))
    if tab.start_follows:
        plan.again.append(Drawing(out, tab.start))
        plan.fresh.append((state, tab.state))
    elif not tab.start_apart:
        plan.once.append(Drawing(out, tab.start))
    return TabParts(tab, state, side, out)


def _side(tab: Tab, desk: Desk) -> Html:
    return tab.side(desk, tab.state) if tab.side else EMPTY


def _draw_first(page: Any, plan: DrawingPlan, desk: Desk) -> None:
    """Draw every panel when the page is loaded."""
    first = [*plan.again, *plan.once]
    shown = page.load(
        lambda: [drawing.show(desk) for drawing in first], None, [drawing.panel for drawing in first], **HIDDEN_FROM_API
    )
    _draw_late(shown, plan, desk)


def _draw_late(shown: Any, plan: DrawingPlan, desk: Desk) -> None:
    """Draw what takes long once the rest is shown."""
    for drawing in plan.late:
        shown.then(_shows(drawing, desk), None, drawing.panel, **HIDDEN_FROM_API)


def _shows(drawing: Drawing, desk: Desk) -> Callable[[], Html]:
    return lambda: drawing.show(desk)


def _listener(work: Callable[..., Any]) -> Callable[..., Any]:
    """Gradio finds the parameters for its event and request by the annotation, which must be the class itself, not its name."""
    import gradio as gr

    work.__annotations__["event"] = gr.EventData
    if "request" in work.__annotations__:
        work.__annotations__["request"] = gr.Request
    return work


def _press(tab: Tab, desk: Desk, payload: Payload, before: Any) -> list[Any]:
    """What a press shows: side, results and state; an error leaves the state as it was."""
    state = before

    def work() -> Html:
        nonlocal state
        shown, state = cast(Step, tab.act(desk, payload, before))
        return shown

    actor = current_actor()
    with acting(replace(actor, action=f"page:{tab.id}/{(text(payload, 'act') or '')[:40]}") if actor is not None else None):
        shown = safely(work)
    return [*([tab.side(desk, state)] if tab.side else []), _numbered(shown, payload), state]


def _numbered(shown: Html, payload: Payload) -> Html:
    """What is shown, with the number of the press: the page waits for a change even where the same is shown again."""
    turn = text(payload, "turn")
    return join(shown, el("span", hidden=True, data_turn=turn)) if turn else shown


def _answer_presses(part: TabParts, desk: Desk) -> None:
    """Let a tab answer what is pressed in it, in one go or step by step."""
    tab = part.tab

    @_listener
    def answer(event: Any, before: Any) -> list[Any]:
        return _press(tab, desk, payload_of(event), before)

    @_listener
    def answer_in_steps(event: Any, before: Any, request: Any = None) -> Iterator[list[Any]]:
        state, payload = before, payload_of(event)
        # Gradio runs what is queued outside of the task of the call, where nobody calls, and each step in a thread of its own
        who, actor = request.request.scope["state"][STATE] if request is not None else (current_caller(), current_actor())
        try:
            steps = cast(Iterator[Step], tab.act(desk, payload, before))
            while True:
                with calling(who), acting(actor):
                    step = next(steps, None)
                if step is None:
                    break
                shown, state = step
                yield [_numbered(shown, payload), state]
        except Exception as error:
            yield [_numbered(explain_error(error), payload), state]

    if inspect.isgeneratorfunction(tab.act):
        part.out.click(answer_in_steps, part.state, part.shown, **STREAMED)
    else:
        part.out.click(answer, part.state, part.shown, **HIDDEN_FROM_API)


def _answer_changes(part: TabParts, changes: Callable[[Payload], bool], plan: DrawingPlan, desk: Desk) -> None:
    """Let a tab answer presses that may change the library: then everything drawn from the library is drawn again."""
    import gradio as gr

    @_listener
    def answer(event: Any, before: Any) -> list[Any]:
        payload = payload_of(event)
        shown = _press(part.tab, desk, payload, before)
        if not changes(payload):
            return [*shown, *[gr.skip()] * (len(plan.fresh) + len(plan.again))]
        return [*shown, *(value for _, value in plan.fresh), *(drawing.show(desk) for drawing in plan.again)]

    drawn = [*(state for state, _ in plan.fresh), *(drawing.panel for drawing in plan.again)]
    changed = part.out.click(answer, part.state, [*part.shown, *drawn], **HIDDEN_FROM_API)
    _draw_late(changed, plan, desk)


def _open_document(desk: Desk) -> Callable[..., Any]:
    @_listener
    def open_document(event: Any) -> Any:
        return safely(lambda: reader_events.show_reader(desk, payload_of(event)))

    return open_document
