"""The signs of a figure by which a model weighs its kind: the rule that decided, its block, its document, its clause and its time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from graph.facts import TargetKind
from graph.lexicon import expand
from graph.loglinear import load_model
from graph.sign_words import groups_in
from graph.targets.figure import Figure, contains, goal_cues
from graph.targets.kind import decide_kind

_BEHIND = 24
"""Characters behind a figure that are looked at."""
_FORE = 80
"""Characters of the sentence before the clause of a figure that are looked at."""


_CHARGED = re.compile(expand(r"{sign_charged}"))
_CHARGED_REACH = 240
"""Characters behind a figure in which somebody may be charged with its item: （牵头单位：…）."""
_SURE = 0.9
_TRUSTED = frozenset(
    (
        "is_shortened_limit",
        "is_under_past_heading",
        "is_held_rank",
        "is_bounded_in_measures",
        "is_provision",
        "opens_rule",
        "is_parameter",
        "is_condition_or_limit",
        "is_handed_out",
        "is_attribute",
        "is_age_or_meaning",
        "is_ceiling_of_money",
        "is_required_for_favour",
        "is_let",
        "is_paid_for_each",
        "is_defined",
        "is_rate_of_pay",
        "opens_with_bound",
    )
)
"""Rules that decide alone: they are right nineteen times in twenty, or what they find is too rare in what the model was trained on."""
_LEAST = 0.55
"""The probability below which nothing is called a target."""
_LEAST_AGAINST = 0.65
"""The same where a rule found it to be something else."""
_LEAST_OF_PLAN = 0.3
"""The probability from which on what a plan names with a word of doing is one, whatever else it may be: 新增就业5万人."""


def weigh_kind(figure: Figure) -> TargetKind:
    """The kind of a figure: what the model says of the signs around it, the decision of the rules among them."""
    kind, rule = decide_kind(figure)
    planned = kind == "target" and figure.title_kind == "plan" and figure.is_framed("plan", least=_SURE) and _is_charged(figure)
    if planned or rule in _TRUSTED:
        return kind
    shares = load_model("figure_kinds.json").probabilities(signs_of_figure(figure, kind, rule))
    announced = kind == "target" and figure.title_kind == "plan" and contains(figure.near, goal_cues())
    if announced and shares["target"] >= _LEAST_OF_PLAN:
        return "target"
    least = _LEAST if kind == "target" else _LEAST_AGAINST
    if shares["target"] < least or (kind != "target" and _is_over(figure)):
        del shares["target"]
    return cast("TargetKind", max(shares, key=lambda name: shares[name]))


def _is_over(figure: Figure) -> bool:
    """Whether the year of a figure lies before its document's own: nothing is still to be reached by then."""
    year, reference = figure.year, figure.reference_year
    return year is not None and reference is not None and year.year < reference


def _is_charged(figure: Figure) -> bool:
    """Whether somebody is charged with the item of a figure: （牵头单位：县人社局）."""
    end = figure.quantity.span.end
    return _CHARGED.search(figure.text, end, end + _CHARGED_REACH) is not None


def signs_of_figure(figure: Figure, kind: str, rule: str) -> Iterator[str]:
    """The signs of a figure.

    Args:
        figure: The figure.
        kind: The kind that the rules decided on.
        rule: The name of the rule that decided; ``none`` where no rule did.
    """
    yield "bias"
    yield f"kind:{kind}"
    yield f"rule:{rule}"
    yield from _signs_of_place(figure, rule)
    yield from _signs_of_time(figure)
    yield from _signs_of_words(figure)


def _signs_of_place(figure: Figure, rule: str) -> Iterator[str]:
    frame, context = figure.frame, figure.context
    if frame is None:
        yield "frame:none"
    else:
        sure = "sure" if frame.probability >= 0.9 else "likely" if frame.probability >= 0.6 else "unsure"
        yield f"frame:{frame.kind}"
        yield f"frame:{frame.kind}:{sure}"
        yield f"frame:{frame.kind}&rule:{rule}"
    yield f"manner:{figure.manner}"
    yield f"title:{figure.title_kind}"
    yield f"title:{figure.title_kind}&rule:{rule}"
    if frame is not None:
        yield f"title:{figure.title_kind}&frame:{frame.kind}"
    for name in ("past", "future", "preamble", "goals"):
        if getattr(context, name):
            yield f"context:{name}"


def _signs_of_time(figure: Figure) -> Iterator[str]:
    year, reference = figure.year, figure.reference_year
    if year is None:
        yield "year:none"
        return
    yield f"year:{year.role}"
    if reference is not None:
        side = "before" if year.year < reference else "own" if year.year == reference else "after"
        yield f"year:{side}"
        yield f"year:{year.role}:{side}"


def _signs_of_words(figure: Figure) -> Iterator[str]:
    quantity, text = figure.quantity, figure.text
    measure, form = quantity.measure, "digits" if figure.in_digits else "words"
    yield f"measure:{measure}"
    yield f"measure:{measure}&title:{figure.title_kind}"
    yield f"form:{form}:{quantity.comparator}"
    if "/" in (quantity.unit or ""):
        yield "unit:rate"
    for name in ("is_goal", "is_bounded", "is_limit", "is_condition", "is_announced_goal"):
        if getattr(figure, name):
            yield name
    number, end = quantity.span.start, quantity.span.end
    near = figure.near.strip()
    start = figure.clause.start
    head = text[start:number].strip(' \u3000\n（(“"')
    yield f"before:{head[-2:]}" if head else "before:"
    yield f"before:{head[-1:]}"
    yield f"opens:{head[:2]}"
    yield f"opens:{head[:1]}"
    after = text[end : min(figure.sentence.end, end + _BEHIND)]
    yield f"after:{after[:1]}"
    closed = after.find(",")
    if closed >= 0:
        yield f"next:{after[closed + 1 : closed + 2]}"
        if closed and after[closed - 1] == "的":
            yield "attribute"
    if _is_charged(figure):
        yield "charged"
    fore = text[max(figure.sentence.start, start - _FORE) : start]
    for where, words in (("near", near), ("after", after), ("fore", fore)):
        for group in groups_in(words):
            yield f"{where}:{group}"
