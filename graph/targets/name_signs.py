"""The signs of an indicator's name by which a model weighs whether anybody could read it alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.loglinear import load_model
from graph.targets.figure import Figure

_MOST = 0.5
"""The probability of saying nothing from which on a name is given up, and its figure with it."""
_MOST_OF_COUNT = 0.8
"""The same for counts of what there is, which may be worth keeping for their sentence."""
_LENGTHS = ((3, "to 3"), (6, "to 6"), (12, "to 12"), (20, "to 20"), (30, "to 30"))
_LINKS = frozenset("的为至按在由从对将把以及和与或并且其该各每等到是有共")
"""Characters that a name has inside where a part of a clause was taken for it."""
_MARK = re.compile(r"[,，。;；:：]")
_DIGIT = re.compile(r"\d")
_BEHIND = 30
_SHARED = 8


def is_senseless(name: str, figure: Figure, kind: str) -> bool:
    """Whether a name is more likely than not to say nothing, or something else, read alone."""
    if not figure.in_digits:
        return False
    most = _MOST_OF_COUNT if kind == "statistic" else _MOST
    return load_model("figure_names.json").probabilities(signs_of_name(name, figure, kind))["senseless"] >= most


def signs_of_name(name: str, figure: Figure, kind: str) -> Iterator[str]:
    """The signs of a name: its form, its measure, and where in the clause of its figure it was found."""
    bare, _, bracket = name.partition("（")
    measure = figure.quantity.measure
    length = next((word for most, word in _LENGTHS if len(bare) <= most), "longer")
    yield "bias"
    yield f"bracket:{min(4, len(bracket) // 6) if bracket else 'none'}"
    yield f"length:{length}"
    yield f"measure:{measure}"
    yield f"measure:{measure}&length:{length}"
    yield f"form:{figure.quantity.form}"
    yield f"bound:{figure.quantity.comparator}"
    yield f"unit:{figure.quantity.unit}"
    yield f"kind:{kind}"
    yield f"kind:{kind}&measure:{measure}"
    yield f"title:{figure.title_kind}"
    yield f"first:{bare[:1]}"
    yield f"first:{bare[:2]}"
    yield f"last:{bare[-1:]}"
    yield f"last:{bare[-2:]}"
    yield f"last:{bare[-1:]}&measure:{measure}"
    if _DIGIT.search(bare):
        yield "digit"
    if _MARK.search(bare):
        yield "mark"
    if "、" in bare:
        yield "list"
    for character in _LINKS.intersection(bare[1:-1]):
        yield f"inside:{character}"
    yield from _signs_of_place(bare, figure)


def _signs_of_place(bare: str, figure: Figure) -> Iterator[str]:
    end = figure.quantity.span.end
    behind = figure.text[end : end + _BEHIND]
    after = behind.lstrip()
    shared = next((k for k in range(min(_SHARED, len(bare)), 0, -1) if after.startswith(bare[-k:])), 0)
    yield f"counted:{min(shared, 3)}"
    at = figure.near.find(bare)
    if at >= 0:
        gap = figure.near[at + len(bare) :]
        yield f"gap:{min(6, len(gap))}"
        yield f"gap:{gap[:2]}"
        yield f"lead:{min(4, (at + 3) // 4)}"
        yield f"behind:{figure.near[at - 1] if at else ''}"
    else:
        yield "found:" + ("clause" if bare in figure.whole else "parts" if bare[:2] in figure.whole else "elsewhere")
    yield f"after:{behind[:1]}"
    yield f"after:{after[:2]}"
