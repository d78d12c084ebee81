"""问过的问题: what was asked in this browser, each to be opened again by its address, kept in sight, or checked against the library of today.

The list is the browser's own: on a server that several people share nobody reads what others asked. What was answered is in the library
(``cemai answers list`` shows an administrator all of it); only the number and the address of an answer are in the browser.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from qa.answer import Answer
from qa.answers.replay import Replay, question_of
from ui.desk.desk import Desk
from ui.labels import ANSWER_STATES, SEARCH_CONDITIONS
from ui.page.events import Payload, listed
from ui.page.kit.address import standing
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.states import empty_state
from ui.page.kit.wording import dotted_line

IN_SIGHT = 20
"""Questions shown before the rest is folded."""
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")
_ID = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of this browser: the number of its answer, its address, when it was asked, whether it was saved."""

    answer: str
    link: str
    at: str
    saved: bool = False

    @property
    def values(self) -> dict[str, list[str]]:
        """The values of its address."""
        return parse_qs(urlsplit(self.link).query)

    @property
    def question(self) -> str:
        """As it was typed."""
        return self.values.get("question", [""])[0]


def read_asked(payload: Payload) -> list[AskedQuestion]:
    """What the browser sent of its list; what is no entry of it is left out."""
    found = []
    for item in listed(payload, "asked"):
        try:
            entry = json.loads(item)
        except ValueError:
            continue
        if not isinstance(entry, dict):
            continue
        values = [entry.get(name) for name in ("answer", "link", "at")]
        answer, link, at = (value if isinstance(value, str) else "" for value in values)
        if _ID.fullmatch(answer) and _TIME.fullmatch(at) and link.startswith("/?tab=ask&question="):
            found.append(AskedQuestion(answer, link, at, entry.get("saved") is True))
    return found


def history_view(desk: Desk, asked: Sequence[AskedQuestion]) -> Html:
    """The questions, saved ones first."""
    here = standing("ask", {"do": "history"}, name="问过的问题")
    if not asked:
        return join(
            here, empty_state("还没有问过", "在上面提一个问题。问过的都会列在这里，可以再打开、收藏，或核对现在有没有变化。")
        )
    states = desk.read(lambda corpus: {one.answer: (corpus.answer(one.answer) or {}).get("status") for one in asked})
    saved = [_entry(one, states) for one in asked if one.saved]
    rest = [_entry(one, states) for one in asked if not one.saved]
    return join(
        here,
        el(
            "div",
            el("h2", "问过的问题", el("small", f"在这个浏览器里问过 {len(asked)} 个")),
            el("button", "清除没有收藏的", type="button", class_="open", data_forget=True) if rest else None,
            class_="lead",
        ),
        join(el("h3", "收藏的"), el("ul", saved, class_="asked")) if saved else None,
        join(el("h3", "最近的") if saved else None, el("ul", rest[:IN_SIGHT], class_="asked")) if rest else None,
        el(
            "details",
            el("summary", f"更早的 {len(rest) - IN_SIGHT} 个"),
            el("ul", rest[IN_SIGHT:], class_="asked"),
            class_="more",
        )
        if len(rest) > IN_SIGHT
        else None,
    )


def _entry(one: AskedQuestion, states: dict[str, str | None]) -> Html:
    values = one.values
    conditions = [f"{label} {values[name][0]}" for name, label in SEARCH_CONDITIONS.items() if name in values]
    after = values.get("after")
    follows = f"接着“{cut(after[-1], 24)}”问的" if after else None
    status = states.get(one.answer)
    return el(
        "li",
        el("a", cut(one.question, 120), href=one.link, class_="open"),
        el("div", dotted_line([one.at, ANSWER_STATES.get(status or "", ""), *conditions, follows]), class_="meta"),
        el(
            "div",
            el("button", "重新核对", type="button", class_="open", data_act="check", data_id=one.answer) if status else None,
            el(
                "button",
                "收藏",
                type="button",
                class_="open",
                data_save=one.answer,
                aria_pressed="true" if one.saved else "false",
            ),
            class_="foot",
        ),
    )


def check_view(desk: Desk, id: str, draw: Callable[[Answer], Html]) -> Html:
    """An answer asked for again: what changed since, and the answer as it is now (drawn by ``draw``)."""
    here = standing("ask", {"do": "check", "id": id}, name="重新核对")
    kept = desk.kept_answer(id) if _ID.fullmatch(id) else None
    if kept is None:
        return join(here, empty_state("没有保存这条回答", "它可能是在另一个文档库里问的。请重新提问。"))
    dated = (kept.get("asked") or {}).get("as_of")
    today = None if dated else dt.date.today()
    found = desk.read(lambda _: desk.library.replay(id, as_of=today))
    return join(here, _changes(found), el("h2", "现在的回答"), draw(found.now))


def _changes(found: Replay) -> Html:
    asked_at = dt.datetime.fromisoformat(found.asked_at).astimezone().strftime("%Y-%m-%d %H:%M")
    told = [f"{asked_at} 回答，按 {found.then['as_of']} 判断时效", f"现在按 {found.now.as_of}"]
    if found.changed:
        rows: list[Html] = [el("li", difference.text) for difference in found.differences]
        said = join(el("h2", f"有 {len(rows)} 处变化"), el("ul", rows, class_="differences"))
    else:
        said = el("p", "答案没有变化，引文逐字相同。", class_="checked")
    return el(
        "section",
        el("h2", question_of(found.then)),
        el("p", dotted_line(told), class_="meta"),
        [el("p", line, class_="meta") for line in found.library],
        said,
        class_="recheck",
        role="status",
    )
