"""The Gradio app: panels in tabs, one reader beside them, and who answers when something is pressed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from qa.answer import Understanding
from ui.desk.desk import Desk
from ui.page.ask import events as ask_events
from ui.page.compare import events as compare_events
from ui.page.events import HIDDEN_FROM_API, STREAMED, in_words, panel, payload_of, safely
from ui.page.graph import events as graph_events
from ui.page.kit.html import EMPTY
from ui.page.library import events as library_events
from ui.page.masthead import masthead
from ui.page.reader import events as reader_events
from ui.page.search import events as search_events
from ui.page.study import events as study_events
from ui.page.tasks import events as tasks_events

TITLE = "策脉"


def build_page(desk: Desk) -> Any:
    """The page over a desk."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "0"  # read when gradio is imported; otherwise it looks up its makers' host
    import gradio as gr

    # listeners find their event by the annotation, which must be the class itself, not its name
    def listener(work: Callable[..., Any]) -> Callable[..., Any]:
        work.__annotations__["event"] = gr.EventData
        return work

    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=(600, 3600)) as page:
        top = panel(EMPTY, "masthead")
        previous = gr.State(None)
        chosen = gr.State({})
        learning = gr.State(None)
        walked = gr.State(())
        with gr.Tabs(elem_id="views", overflow_behavior="wrap"):
            with gr.Tab("问政策", id="ask"):
                ask_form, ask_start, ask_out = panel(EMPTY, "ask-form"), panel(EMPTY, "ask-start"), panel(EMPTY, "ask-out")
            with gr.Tab("查文件", id="search", render_children=True):
                search_form = panel(search_events.form(), "search-form")
                with gr.Row(elem_id="search-body"):
                    search_side, search_out = panel(EMPTY, "search-side"), panel(EMPTY, "search-out")
            with gr.Tab("比地区", id="compare", render_children=True):
                compare_form, compare_out = panel(EMPTY, "compare-form"), panel(EMPTY, "compare-out")
            with gr.Tab("看任务", id="tasks", render_children=True):
                tasks_form, tasks_out = panel(EMPTY, "tasks-form"), panel(EMPTY, "tasks-out")
            with gr.Tab("看图谱", id="graph", render_children=True):
                graph_form, graph_out = panel(EMPTY, "graph-form"), panel(EMPTY, "graph-out")
            with gr.Tab("学政策", id="study", render_children=True):
                study_form, study_out = panel(EMPTY, "study-form"), panel(EMPTY, "study-out")
            with gr.Tab("文档库", id="shelf", render_children=True):
                panel(library_events.form(), "shelf-form")
                shelf_out = panel(EMPTY, "shelf-out")
        reader = panel(EMPTY, "reader")

        def surroundings() -> list[Any]:
            return [
                masthead(desk),
                ask_events.form(desk),
                search_events.side(desk, {}),
                search_events.results(desk, {}, {}),
                compare_events.form(desk),
                tasks_events.form(desk),
                tasks_events.rows(desk, {}),
                study_events.form(desk),
                graph_events.form(desk),
            ]

        around = [top, ask_form, search_side, search_out, compare_form, tasks_form, tasks_out, study_form, graph_form]

        def load() -> list[Any]:
            return [
                *surroundings(),
                compare_events.start(desk),
                study_events.start(desk),
                graph_events.start(desk),
                library_events.table(desk, {}),
            ]

        @listener
        def ask(event: Any, before: Understanding | None) -> Iterator[ask_events.Step]:
            understood = before
            try:
                for shown, understood in ask_events.ask(desk, payload_of(event), before):
                    yield shown, understood
            except Exception as error:
                yield in_words(error), understood

        @listener
        def search(event: Any, facets: dict[str, str]) -> tuple[Any, Any, Any]:
            payload = payload_of(event)
            after = search_events.change(payload, facets or {})
            return search_events.side(desk, after), safely(lambda: search_events.results(desk, payload, after)), after

        @listener
        def compare(event: Any) -> Any:
            return safely(lambda: compare_events.compare(desk, payload_of(event)))

        @listener
        def tasks(event: Any) -> Any:
            return safely(lambda: tasks_events.rows(desk, payload_of(event)))

        @listener
        def walk(event: Any, before: graph_events.Trail) -> tuple[Any, Any]:
            trail = before

            def work() -> Any:
                nonlocal trail
                view, trail = graph_events.walk(desk, payload_of(event), before)
                return view

            return safely(work), trail

        @listener
        def learn(event: Any, before: study_events.Session | None) -> tuple[Any, Any]:
            session = before

            def work() -> Any:
                nonlocal session
                view, session = study_events.act(desk, payload_of(event), before)
                return view

            return safely(work), session

        @listener
        def shelf(event: Any) -> list[Any]:
            payload = payload_of(event)
            shown = safely(lambda: library_events.table(desk, payload))
            if payload.get("act") == "page":
                return [shown, *[gr.skip()] * (len(around) + 1)]
            return [shown, {}, *surroundings()]

        @listener
        def open_document(event: Any) -> Any:
            return safely(lambda: reader_events.shown(desk, payload_of(event)))

        # the first screen does not wait for the questions that are tried out
        first = page.load(load, None, [*around, compare_out, study_out, graph_out, shelf_out], **HIDDEN_FROM_API)
        first.then(lambda: ask_events.start(desk), None, ask_start, **HIDDEN_FROM_API)
        ask_out.click(ask, previous, [ask_out, previous], **STREAMED)
        search_out.click(search, chosen, [search_side, search_out, chosen], **HIDDEN_FROM_API)
        compare_out.click(compare, None, compare_out, **HIDDEN_FROM_API)
        tasks_out.click(tasks, None, tasks_out, **HIDDEN_FROM_API)
        graph_out.click(walk, walked, [graph_out, walked], **HIDDEN_FROM_API)
        study_out.click(learn, learning, [study_out, learning], **HIDDEN_FROM_API)
        changed = shelf_out.click(shelf, None, [shelf_out, chosen, *around], **HIDDEN_FROM_API)
        changed.then(lambda: ask_events.start(desk), None, ask_start, **HIDDEN_FROM_API)
        reader.click(open_document, None, reader, **HIDDEN_FROM_API)
        _ = search_form
    return page
