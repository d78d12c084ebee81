"""问政策: one box, the answer left, its source right."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.document import LEVELS
from corpus.errors import UsageError
from qa.answer import Answer, Understanding
from qa.suggestions import starting_questions
from ui.desk.desk import QUESTION_LIMIT, Desk
from ui.labels import REGION_FILTER, SEARCH_CONDITIONS
from ui.page.ask.answers import answer_view, pending_view
from ui.page.ask.dossiers import act_on_dossiers, collect_form, is_of_dossiers
from ui.page.ask.history import check_view, history_view, read_asked
from ui.page.events import Payload, filters_of, listed, text
from ui.page.kit.address import ARRIVE
from ui.page.kit.forms import ask_box, examples, select, text_field
from ui.page.kit.html import EMPTY, Html, el, join
from ui.page.kit.states import empty_library, error_message
from ui.page.kit.tab import Tab
from ui.page.kit.wording import needs_notice
from ui.page.search.hits import recent_documents
from ui.page.today.line import today_line

RECENT = 4
EXAMPLES = 5
CHAIN = 20
"""Questions before a follow-up that its address names."""
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def form(desk: Desk) -> Html:
    """Box and conditions."""
    entries = desk.entries()
    years = sorted({year for e in entries for year in e.facets["年份"]}, reverse=True)
    levels = [level for level in LEVELS if any(e.info.head.level == level for e in entries)]
    conditions = el(
        "form",
        select("region", REGION_FILTER, [(r, r) for r in desk.regions()]),
        select("level", "层级", [(level, level) for level in levels]),
        select("year", "年份", [(year, f"{year} 年") for year in years]),
        select("topic", "主题", [(t, t) for t in desk.topics()]),
        text_field("as_of", "截至日期", placeholder="如 2025-12-31"),
        class_="filters",
        id="ask-filters",
        hidden=True,
        data_act="ask",
        data_auto=True,
    )
    box = ask_box("ask-question", "问题", "提问", act="ask", placeholder="问政策规定、责任单位、目标数值")
    beside = (("history", "问过的问题"), ("dossiers", "专题夹"))
    asked = el(
        "p", [el("button", label, type="button", class_="open", data_act=act) for act, label in beside], class_="beside-box"
    )
    return join(box, conditions, asked)


def start(desk: Desk) -> Html:
    """What is shown before anything is asked: questions to try, and the newest documents."""
    entries = desk.entries()
    if not entries:
        return empty_library()
    return join(
        today_line(desk),
        examples(example_questions(desk)),
        recent_documents([(e.info, e.status) for e in reversed(entries[-RECENT:])]),
    )


def example_questions(desk: Desk) -> list[str]:
    """Questions to start from; only such as the library answers."""
    units = [name for name, _ in desk.units()]
    targets = [cited.fact for cited in desk.targets(kind="target")]
    made = starting_questions(desk.topics(), desk.regions(), units, targets)
    return desk.answerable("examples", made, EXAMPLES)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was asked before: how the last question was understood, and the questions it takes to understand it so."""

    understood: Understanding | None = None
    questions: tuple[str, ...] = ()


Step = tuple[Html, Conversation]


def ask(desk: Desk, payload: Payload, before: Conversation | None) -> Iterator[Step]:
    """The answer to the question in the form, in steps: what was understood, then the kept answer with its export; between them the
    quotes, where a model has yet to connect them.

    Each step comes with what was asked so far, for the next question. An address brings its own: the questions before it.
    """
    what = text(payload, "act")
    before = _recalled(desk, listed(payload, "after")) if what == ARRIVE else before or Conversation()
    what = text(payload, "do") if what == ARRIVE else what
    if is_of_dossiers(what) and (text(payload, "act") != ARRIVE or what in ("dossier", "dossiers")):
        yield act_on_dossiers(desk, what or "", payload), before
        return
    if what == "history":
        yield history_view(desk, read_asked(payload)), before
        return
    if what == "check":
        yield check_view(desk, text(payload, "id") or "", lambda now: _drawn(desk, now, files=False)), before
        return
    question = text(payload, "question")
    if not question:
        yield EMPTY, before
        return
    if len(question) > QUESTION_LIMIT:
        shown = f"问题有 {len(question)} 字，超过 {QUESTION_LIMIT} 字。请只写要问的那句话；整篇文件请放到“文档库”里。"
        yield error_message(shown), before
        return
    if not desk.entries():
        yield empty_library(), before
        return
    filters, written = filters_of(payload), text(payload, "as_of")
    as_of = parse_day(written)
    understood = desk.understand(question, previous=before.understood)
    after = _continued(desk, before, question, understood)
    values = {"question": question, **{name: text(payload, name) for name in SEARCH_CONDITIONS}, "after": after.questions[:-1]}
    yield pending_view(understood, written, values), before
    for answer in desk.answers(question, filters=filters, as_of=as_of, previous=before.understood):
        kept = desk.answer(answer.id) is answer
        yield _drawn(desk, answer, as_of=written, done=kept, values=values), after


def _drawn(desk: Desk, answer: Answer, **how: Any) -> Html:
    form = collect_form(desk, "collect-answer", hidden=True, data_answer=answer.id) if how.get("done") else None
    return answer_view(answer, describe=lambda id: describe_document(desk, id), collect=form, **how)


def _recalled(desk: Desk, questions: list[str]) -> Conversation:
    """The conversation in which some questions were asked one after the other."""
    said = Conversation()
    for question in questions[-CHAIN:]:
        understood = desk.understand(question[:QUESTION_LIMIT], previous=said.understood)
        said = Conversation(understood, (*said.questions, question[:QUESTION_LIMIT]))
    return said


def _continued(desk: Desk, before: Conversation, question: str, understood: Understanding) -> Conversation:
    """The conversation after a question; one that says everything itself begins a new one."""
    alone = not before.questions or desk.understand(question) == understood
    return Conversation(understood, (question,) if alone else (*before.questions, question)[-CHAIN:])


def parse_day(value: str | None) -> dt.date | None:
    """A day as people write it: 2025-12-31, 2025年12月31日, 2025/12/31. Raises ``UsageError`` for anything else."""
    if not value:
        return None
    found = _DAY.fullmatch(value)
    try:
        return dt.date(*(int(part) for part in found.groups())) if found else _no_day(value)
    except ValueError:
        return _no_day(value)


def _no_day(value: str) -> dt.date:
    raise UsageError(f"“{value[:20]}”不是日期。请写成 2025-12-31 这样，或留空（即今天）。")


def describe_document(desk: Desk, id: str) -> str | None:
    """The line beside the region of a quote: level, kind, number, and a state that readers must notice (废止, 征求意见稿)."""
    entry = desk.entry(id)
    if entry is None:
        return None
    head = entry.info.head
    parts: list[Any] = [
        f"{head.level}级" if head.level else None,
        head.kind,
        head.doc_number,
        entry.status if needs_notice(entry.status) else None,
    ]
    return " · ".join(str(part) for part in parts if part) or None


TAB = Tab("ask", "问政策", "正在文档库里查找…", form=form, start=start, act=ask, start_apart=True)
