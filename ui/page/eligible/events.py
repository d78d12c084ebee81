"""对号入座: a person or an enterprise described in a sentence or a form, and the provisions with each condition judged.

Who somebody is never stands in an address, nor in the title of the page: histories and logs keep those. It stays with the tab of the browser,
and what opens the results again (``MATCH``) shows a colleague the empty form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from cemai.eligibility import CAUTION, VERDICTS, JudgedCondition, JudgedProvision, compose_description
from corpus.errors import UsageError
from corpus.titles import in_marks
from ui.desk.desk import Desk
from ui.page.events import Payload, page_start, text
from ui.page.kit.address import ARRIVE, document_link, standing
from ui.page.kit.forms import ask_box, select, text_field
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.states import empty_library, empty_state, error_message
from ui.page.kit.tab import Tab, stateless
from ui.page.kit.wording import state_tag
from ui.page.tasks.ledgers import pager

OWN = ("who", "age", "sex", "place", "household", "income")
"""The sentence and the fields of the form that say who it is."""
MATCH = "match"
"""What an address with results says of them: that this tab knows who it is."""
FILES = (("xlsx", "导出 Excel"), ("docx", "导出 Word"))
MOST, SHOWN = 100, 10
"""Provisions that are looked up, and those of a page."""
_LOOKS = {"符合": "met", "不符合": "unmet", "未载明": "open"}


def form() -> Html:
    """The sentence, and the fields for those who would rather fill in."""
    return join(
        ask_box("eligible-who", "是谁", "对照", act="rows", placeholder="一句话，例如：女，66岁，低保户，广州市越秀区户籍"),
        el(
            "form",
            text_field("age", "年龄", type="number"),
            select("sex", "性别", [("男", "男"), ("女", "女")]),
            text_field("place", "住在、工作或注册在"),
            text_field("household", "户籍"),
            text_field("income", "家庭人均月收入（元）", type="number"),
            text_field("topic", "规定里要有的词", placeholder="例如 补贴"),
            data_act="rows",
            data_auto=True,
            class_="filters",
        ),
    )


def start(desk: Desk) -> Html:
    """Before anything is asked."""
    if not desk.entries():
        return empty_library()
    said = "写明年龄、户籍、住地、收入、身份等，写到的才能判断；没有写到的条件一律列为“未载明”，须由本人和经办机构核实。"
    return empty_state("看哪些规定的条件对得上", said)


def rows(desk: Desk, payload: Payload) -> Html:
    """The provisions, a page of them, with their address."""
    own = {name: text(payload, name) or "" for name in OWN}
    topic = text(payload, "topic") or ""
    is_asked = text(payload, "act") != ARRIVE or text(payload, "do") == MATCH
    if not desk.entries() or not is_asked or not any(own.values()):
        return join(start(desk), standing("eligible", {"topic": topic}))
    who = compose_description(own["who"], own)
    here = standing("eligible", {"do": MATCH, "topic": topic, "start": page_start(payload)})
    try:
        found = desk.eligible(who, topic=topic, top=MOST)
    except UsageError as error:
        return join(error_message(str(error)), here)
    if not found.provisions:
        return join(empty_state("没有对得上的规定", "".join(found.notes)), here)
    first = min(page_start(payload), len(found.provisions) - 1)
    links = el("div", [_file_button(label, format, {**own, "topic": topic}) for format, label in FILES], class_="foot")
    return join(
        el(
            "div",
            el("h2", cut(who, 60), el("small", found.notes[0])),
            el("div", links, class_="links"),
            class_="lead",
        ),
        el("p", CAUTION, class_="count"),
        [_card(one) for one in found.provisions[first : first + SHOWN]],
        pager(len(found.provisions), first, "provisions", size=SHOWN),
        here,
    )


def _file_button(label: str, format: str, asked: Mapping[str, str]) -> Html:
    """A button for the same rows as a file; what is asked goes in the body of the request."""
    body = json.dumps({**asked, "top": MOST, "format": format}, ensure_ascii=False)
    return el("button", label, type="button", class_="open", data_file="/api/v1/eligible", data_body=body)


def _card(one: JudgedProvision) -> Html:
    head, provision = one.info.head, one.provision
    title = f"{in_marks(head.title or one.info.source)}{provision.position}"
    counted = "，".join(f"{verdict} {one.count(verdict)}" for verdict in VERDICTS if one.count(verdict))
    return el(
        "section",
        el(
            "p",
            document_link(cut(title, 120), one.info.id, provision.start, provision.end),
            state_tag(one.status),
            class_="hit-title",
        ),
        el(
            "p",
            f"{one.summary}（{counted}）",
            el("span", f"　数额：{provision.amount}") if provision.amount else None,
            class_="meta",
        ),
        el("ul", [_condition(one, condition) for condition in one.conditions], class_="conditions"),
        class_="hit",
    )


def _condition(one: JudgedProvision, condition: JudgedCondition) -> Html:
    return el(
        "li",
        el("b", condition.verdict, class_=f"verdict {_LOOKS[condition.verdict]}"),
        document_link(cut(condition.quote, 120), one.info.id, condition.span.start, condition.span.end),
        el("span", condition.reason, class_="meta"),
    )


TAB = Tab("eligible", "对号入座", "正在逐条对照…", form=form(), start=start, act=stateless(rows), start_follows=True, own=OWN)
