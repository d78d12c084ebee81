"""问政策: one box, the answer left, its source right."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from corpus.document import LEVELS
from corpus.errors import UsageError
from qa.answer import Understanding
from ui.desk.desk import QUESTION_LIMIT, Desk
from ui.page.ask.answers import answer_view, coming
from ui.page.events import Payload, filters_of, text
from ui.page.kit.forms import ask_box, examples, select, text_field
from ui.page.kit.html import EMPTY, Html, el, join
from ui.page.kit.states import empty_library, trouble
from ui.page.kit.wording import flagged
from ui.page.search.hits import recent

RECENT = 4
EXAMPLES = 5
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def form(desk: Desk) -> Html:
    """Box and conditions."""
    entries = desk.entries()
    years = sorted({year for e in entries for year in e.facets["年份"]}, reverse=True)
    levels = [level for level in LEVELS if any(e.info.head.level == level for e in entries)]
    conditions = el(
        "form",
        select("region", "地区", [(r, r) for r in desk.regions()]),
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
    return join(box, conditions)


def start(desk: Desk) -> Html:
    """Under the box before anything is asked: questions to try, and what came last."""
    entries = desk.entries()
    if not entries:
        return empty_library()
    return join(examples(questions(desk)), recent([(e.info, e.status) for e in reversed(entries[-RECENT:])]))


def questions(desk: Desk) -> list[str]:
    """Questions to start from, made of the library's own topics, regions, units and indicators; only such as it answers."""
    return desk.answered("examples", _candidates(desk), EXAMPLES)


def _candidates(desk: Desk) -> list[str]:
    topics, regions, units = desk.topics(), desk.regions(), [name for name, _ in desk.units()]
    made: list[str] = []
    for n in range(3):
        if n < len(topics):
            made.append(f"{topics[n]}有哪些政策规定？")
        if n + 1 < len(topics) and len(regions) > 1:
            made.append(f"各地区{topics[n + 1]}政策有什么不同？")
        if n + 2 < len(topics) and regions:
            made.append(f"{regions[-1 - n % len(regions)]}{topics[n + 2]}由哪些单位负责？")
        if n < len(units):
            made.append(f"{units[n]}有哪些任务？")
        targets = [cited.fact for cited in desk.targets(kind="target")]
        named = [target for target in targets if 3 <= len(target.indicator) <= 12 and target.region and target.value]
        if n < len(named):
            made.append(f"{named[n].region}{named[n].indicator}的目标是多少？")
    return list(dict.fromkeys(made))


Step = tuple[Html, Understanding | None]


def ask(desk: Desk, payload: Payload, previous: Understanding | None) -> Iterator[Step]:
    """The answer to the question in the form, in steps: what was understood, then the kept answer with its export; between them the
    quotes, where a model has yet to connect them.

    Each step comes with what was understood, for the next question.
    """
    question = text(payload, "question")
    if not question:
        yield EMPTY, previous
        return
    if len(question) > QUESTION_LIMIT:
        shown = f"问题有 {len(question)} 字，超过 {QUESTION_LIMIT} 字。请只写要问的那句话；整篇文件请放到“文档库”里。"
        yield trouble(shown), previous
        return
    if not desk.entries():
        yield empty_library(), previous
        return
    filters, written = filters_of(payload), text(payload, "as_of")
    as_of = day(written)
    yield coming(desk.understand(question, previous=previous), written), previous
    for answer in desk.answers(question, filters=filters, as_of=as_of, previous=previous):
        kept = desk.answer(answer.id) is answer
        yield answer_view(answer, describe=lambda id: describe(desk, id), as_of=written, done=kept), answer.understood


def day(value: str | None) -> dt.date | None:
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


def describe(desk: Desk, id: str) -> str | None:
    """What stands beside the region of a quote: level, kind, number, and a state that must be seen."""
    entry = desk.entry(id)
    if entry is None:
        return None
    head = entry.info.head
    parts: list[Any] = [
        f"{head.level}级" if head.level else None,
        head.kind,
        head.doc_number,
        entry.status if flagged(entry.status) else None,
    ]
    return " · ".join(str(part) for part in parts if part) or None
