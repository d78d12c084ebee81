"""The head of a unit's page: its duties in numbers, its partners and figures, and where to go on from it."""

from __future__ import annotations

from graph.queries.unit import UnitPage
from ui.page.kit.html import EMPTY, Html, cut, el, join
from ui.page.tasks.ledgers import source_link, target_value


def unit_card(unit: UnitPage) -> Html:
    """Above the ledger of a unit; empty where the name is no unit of the library."""
    if not unit.roles:
        return EMPTY
    counts = "　".join(f"{word} {count} 项" for word, count in unit.roles)
    places = "、".join(f"{name}（{count}）" for name, count in unit.regions[:6]) if len(unit.regions) > 1 else ""
    rows = [
        ("职责", join(counts, f"　其中写明时限 {unit.dated} 项" if unit.dated else None)),
        ("地区", places),
        ("原名", "、".join(unit.former)),
        ("常合作", _partners(unit)),
        ("数字", _figures(unit)),
    ]
    return el(
        "section",
        el("h2", unit.name, el("small", unit.region) if unit.region else None),
        el("dl", [join(el("dt", name), el("dd", value)) for name, value in rows if value], class_="matter"),
        el(
            "div",
            _onward("看图谱", "graph", "graph-node", unit.name),
            el("button", "学这个岗位", type="button", class_="open", data_tab="study", data_unit=unit.name, data_region=unit.region or ""),
            class_="foot",
        ),
        class_="unit-card",
    )  # fmt: skip


def _partners(unit: UnitPage) -> Html:
    made = [
        el(
            "button",
            name,
            el("span", f" {count}", class_="count"),
            type="button",
            class_="example",
            data_act="rows",
            data_unit=name,
        )
        for name, count in unit.partners
    ]
    return el("div", made, class_="examples") if made else EMPTY


def _figures(unit: UnitPage) -> Html:
    made = [
        el("li", cut(figure.fact.indicator, 40), "　", source_link(figure, target_value(figure.fact))) for figure in unit.figures
    ]
    return el("ul", made, class_="cited") if made else EMPTY


def _onward(label: str, tab: str, box: str, text: str) -> Html:
    return el("button", label, type="button", class_="open", data_tab=tab, data_fill=box, data_text=text, data_act="find")
