"""The controls: question boxes, selects, chips that can be pressed, facets with counts. Names are what the page's events carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ui.page.kit.html import EMPTY, Html, el, join

Option = tuple[str, str]
"""Value and label."""


IN_SIGHT = 14
"""Chips shown before the rest is folded."""


def ask_box(name: str, label: str, button: str, *, act: str, placeholder: str = "", value: str = "") -> Html:
    """One box, one button; Enter sends."""
    return el(
        "form",
        el("label", label, for_=name, class_="unseen"),
        el("input", id=name, name=name.split("-")[-1], type="search", placeholder=placeholder, autocomplete="off", maxlength=10000,
           enterkeyhint="search", value=value or None),
        el("button", button, type="submit", class_="primary"),
        class_="box",
        data_act=act,
    )  # fmt: skip


def select(name: str, label: str, options: Sequence[Option], chosen: str | None = None, *, any_of: bool = True) -> Html:
    """A labelled select; the first option is “全部” unless one has to be chosen."""
    return el(
        "label",
        el("span", label),
        el(
            "select",
            el("option", "全部", value="") if any_of else None,
            [el("option", text, value=value, selected=value == chosen) for value, text in options],
            name=name,
        ),
        class_="field",
    )


def text_field(name: str, label: str, *, type: str = "text", placeholder: str | None = None, value: str | None = None) -> Html:
    """A labelled input."""
    return el("label", el("span", label), el("input", name=name, type=type, placeholder=placeholder, value=value), class_="field")


def choice_field(
    name: str,
    label: str,
    choices: str,
    *,
    type: str = "text",
    placeholder: str | None = None,
    longest: int = 300,
    value: str | None = None,
) -> Html:
    """A labelled input that proposes the entries of a list (``choices_list``) while one writes."""
    return el(
        "label",
        el("span", label),
        el(
            "input",
            name=name,
            type=type,
            list=choices,
            placeholder=placeholder,
            autocomplete="off",
            maxlength=longest,
            value=value,
        ),
        class_="field",
    )


def choices_list(id: str, values: Sequence[str]) -> Html:
    """What ``choice_field`` proposes."""
    return el("datalist", [el("option", value=value) for value in values], id=id)


def toggles(name: str, label: str, values: Sequence[str], chosen: Sequence[str] = ()) -> Html:
    """Chips of which any number can be pressed; the pressed ones are sent with the form. Beyond ``IN_SIGHT`` they are folded."""
    made = [
        el(
            "button",
            value,
            type="button",
            class_="toggle",
            data_toggle=name,
            value=value,
            aria_pressed="true" if value in chosen else "false",
        )
        for value in values
    ]
    rest = made[IN_SIGHT:] if len(made) > IN_SIGHT + 4 else []
    folded = (
        el("details", el("summary", f"其余 {len(rest)} 个"), el("div", rest, class_="toggles"), class_="more") if rest else None
    )
    return el("fieldset", el("legend", label), made[: len(made) - len(rest)], folded, class_="toggles")


def examples(questions: Sequence[str], *, lead: str = "可以这样问", act: str = "ask") -> Html | None:
    """Questions to start from, made from the library's own contents."""
    if not questions:
        return None
    made = [el("button", q, type="button", class_="example", data_act=act, data_question=q) for q in questions]
    return el("div", el("span", lead), made, class_="examples")


def facets(
    groups: Mapping[str, Sequence[tuple[str, int]]],
    chosen: Mapping[str, str],
    *,
    shown: int = 8,
    labels: Mapping[str, str] | None = None,
    cleared: Mapping[str, str] | None = None,
) -> Html:
    """Facets with counts: only what exists; a pressed one is taken back by pressing it again.

    ``labels`` are headings that say more; ``cleared`` are attributes of the button that takes all of them back.
    """
    parts = []
    for name, values in groups.items():
        if not values:
            continue
        buttons = [_facet(name, value, count, chosen.get(name) == value) for value, count in values]
        picked = any(chosen.get(name) == value for value, _ in values[shown:])
        rest = (
            el("details", el("summary", f"其余 {len(values) - shown} 个"), buttons[shown:], open=picked)
            if len(values) > shown
            else None
        )
        parts.append(el("section", el("h2", (labels or {}).get(name, name)), buttons[:shown], rest))
    if not parts:
        return EMPTY
    clear = el("button", "清除全部条件", type="button", class_="open", data_act="clear", **(cleared or {})) if chosen else None
    body = el("div", parts, clear, class_="facets")
    narrow = el(
        "details",
        el("summary", f"筛选（已选 {len(chosen)} 项）" if chosen else "筛选"),
        body,
        class_="facets-narrow",
        open=bool(chosen),
    )
    return join(el("div", body, class_="facets-wide"), narrow)


def _facet(name: str, value: str, count: int, pressed: bool) -> Html:
    return el(
        "button", el("span", value), el("span", count, class_="count"), type="button", class_="facet", data_act="facet", data_name=name,
        data_value=value, aria_pressed="true" if pressed else "false",
    )  # fmt: skip
