"""比地区: compare a topic or question across regions, or two documents with each other."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from corpus.region_groups import read_places, unknown_in
from qa.comparison.figures import find_figures
from ui.desk.desk import QUESTION_LIMIT, Desk
from ui.page.compare.consistency import consistency_view
from ui.page.compare.matrix import coverage_grid, matrix_view
from ui.page.events import Payload, listed, text
from ui.page.kit.address import ARRIVE, standing
from ui.page.kit.forms import ask_box, choice_field, choices_list, examples, select, text_field, toggles
from ui.page.kit.html import EMPTY, Html, el, join
from ui.page.kit.states import empty_library, empty_state, error_message
from ui.page.kit.tab import Tab, stateless

REGIONS_SHOWN = 40
TITLES = 2000
"""Documents proposed for a comparison of two."""
FORMS = (
    ("carried_out", "落实对照（上级与下级）"),
    ("consistency", "一致性检查（下级有没有不合上级的）"),
    ("versions", "新旧对照（旧版与新版）"),
)


def form(desk: Desk) -> Html:
    """Subject, regions, topics to start from."""
    regions = desk.regions()
    return join(
        ask_box("compare-subject", "比较的主题或问题", "比较", act="compare", placeholder="输入主题或问题，例如医疗保障"),
        el(
            "form",
            text_field("places", "地区（不写即全部）", placeholder="例如 杭州、宁波、绍兴，或 京津冀、31个省"),
            toggles("regions", "常用地区", regions[:REGIONS_SHOWN]),
            data_act="compare",
            class_="filters",
        )
        if regions
        else None,
        examples(desk.topics()[:10], lead="主题", act="compare") if regions else None,
        _pair_form(desk) if len(desk.entries()) > 1 else None,
    )


def _pair_form(desk: Desk) -> Html:
    titles = dict.fromkeys(entry.info.head.title or entry.info.source for entry in desk.entries()[:TITLES])
    placeholder = "输入标题、文号或文件名"
    return el(
        "details",
        el("summary", "两份文件逐条对照"),
        el(
            "form",
            select("form", "对照什么", FORMS, any_of=False),
            choice_field("first", "上级文件或旧版", "compare-titles", placeholder=placeholder),
            choice_field("second", "下级文件或新版", "compare-titles", placeholder=placeholder),
            choice_field("third", "再下一级（可不写）", "compare-titles", placeholder="三级落实对照时写，如国、省、市"),
            el("button", "对照", type="submit", class_="primary"),
            choices_list("compare-titles", list(titles)),
            data_act="pair",
            class_="filters",
        ),
        class_="more",
    )


def start(desk: Desk) -> Html:
    """Before anything is asked: how much each region says on each topic."""
    if not desk.entries():
        return empty_library()
    return coverage_grid(*desk.coverage()) or EMPTY


def compare(desk: Desk, payload: Payload) -> Html:
    """The matrix."""
    subject = text(payload, "subject")
    if not desk.entries():
        return empty_library()
    if text(payload, "act") == "pair" or (text(payload, "act") == ARRIVE and text(payload, "first")):
        return compare_documents(desk, payload)
    if not subject:
        return start(desk)
    if len(subject) > QUESTION_LIMIT:
        return error_message(f"主题有 {len(subject)} 字，超过 {QUESTION_LIMIT} 字。请写一个主题词或一句问题。")
    chosen = places_of(desk, payload)
    if unknown := [words for name in chosen if (words := unknown_in(name)) is not None]:
        return empty_state("有的地区没有认出来", f"“{'”“'.join(unknown)}”不是行政区划的名称，也不是合称。请写全称、简称或合称。")
    if len(chosen) == 1 and len(read_places(chosen[0]).divisions) == 1:
        return empty_state("还差一个地区", "比较至少要两个地区。请再写一个，或一个也不写（即比较全部）。")
    instead = [id for id in (text(payload, "instead") or "").split(",") if id]
    comparison = desk.compare(subject, regions=chosen or None, instead=instead)
    values = {
        "subject": subject,
        "places": text(payload, "places"),
        "regions": _ticked(desk, payload),
        "instead": ",".join(instead),
    }
    here = standing("compare", values, name=" ".join((subject, *chosen)))
    return join(matrix_view(comparison, chosen=chosen, bars=find_figures(comparison), swap=subject, instead=instead), here)


def places_of(desk: Desk, payload: Payload) -> list[str]:
    """The places written into the form and those ticked, each once."""
    written = [name for name in re.split(r"[,，、;；\s]+", text(payload, "places") or "") if name]
    return list(dict.fromkeys((*written, *_ticked(desk, payload))))


def _ticked(desk: Desk, payload: Payload) -> list[str]:
    known = desk.regions()
    return [region for region in listed(payload, "regions") if region in known]


def compare_documents(desk: Desk, payload: Payload) -> Html:
    """Compare two documents in the form that was chosen."""
    form, first, second, third = (text(payload, name) or "" for name in ("form", "first", "second", "third"))
    if not first or not second:
        return empty_state(
            "还差一份文件", "请写明两份文件：先写上级文件或旧版，再写下级文件或新版。输入几个字就会列出库里的标题。"
        )
    values = {"form": form, "first": first, "second": second, "third": third}
    here = standing("compare", values, name=" ".join(filter(None, (first, second, third))))
    if form == "consistency":
        return join(consistency_view(desk.consistency(first, second), first, second), here)
    comparison = desk.compare_documents(first, second, carried_out=form == "carried_out", third=third)
    if not comparison.rows:
        return empty_state("没有可列的差别", "两份文件逐条相同，或者读不出条款和任务。")
    shown = matrix_view(comparison, chosen=comparison.regions, files=f"/api/v1/compare/documents?{urlencode(values)}")
    return join(shown, here)


TAB = Tab("compare", "比地区", "正在逐个地区比较…", form=form, start=start, act=stateless(compare))
