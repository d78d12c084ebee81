"""Names of one indicator that differ in qualifiers only 近似指标名: 既有住宅加装电梯 and 更新住宅老旧电梯, 规上 and 规模以上高技术制造业增加值."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache

from corpus.wordlists import word_lists
from graph.families.indicator import FoundConcept, IndicatorFamily, family_asked, family_of, is_state
from graph.queries.fact_table import FactQuery, FactTable, FigureRow

SHORTEST, SHORTEST_WITH_UNIT = 4, 2
"""Characters that a name without its qualifiers must have to be looked for in a question, and where the question gives the unit."""
PLACES = 3
"""Places with a figure from which a name without its qualifiers is one of an indicator."""
LONGER = 2
"""Characters by which a name may be longer at its end: 地下管网管廊 for 地下管网."""


@lru_cache(maxsize=65536)
def core_name(concept: str) -> str:
    """The name of an indicator without the qualifiers that do not make another one of it, a share under its usual name.

    >>> core_name("既有住宅加装(更新)电梯"), core_name("清洁能源装机比重")
    ('电梯', '清洁能源装机占比')
    """
    rest = _qualifiers().sub("", concept)
    usual, *others = word_lists("qa")["share_ends"]
    for end in others:
        if rest.endswith(end) and len(rest) > len(end) + 1:
            rest = rest.removesuffix(end) + usual
            break
    return rest if len(rest) >= SHORTEST_WITH_UNIT else concept


def is_rate(family: IndicatorFamily) -> bool:
    """Whether what is measured is what there is at a day or a rate, by the data of families or by the end of its name."""
    return family.dimension == "level" and (
        is_state(family) or core_name(family.concept).endswith(word_lists("qa")["state_ends"])
    )


def near_figures(family: IndicatorFamily, query: FactQuery, table: FactTable) -> list[FigureRow]:
    """The figures whose indicator differs from a family in qualifiers only, as figures of that family.

    Args:
        family: The family asked for; figures of the family itself are not among those given.
        query: Its other conditions.
        table: The figures.
    """
    found = []
    for concept in _near(family, table):
        rows = table.select(replace(query, family=IndicatorFamily(concept, family.dimension)))
        found += [replace(row, family=replace(row.family, concept=family.concept)) for row in rows]
    return found


def find_core(folded: str, unit: str, table: FactTable) -> FoundConcept | None:
    """The indicator that a question names, where only the names without their qualifiers agree.

    Args:
        folded: The question, folded.
        unit: The unit asked for (多少部), in its base form; empty where the question gives none.
        table: The figures.
    """
    asked = _qualifiers().sub("", folded)
    qualified = {match[1] for match in re.finditer(rf"(?:{_qualifiers().pattern})([\u4e00-\u9fff]{{2}})", folded)}
    places: Counter[tuple[str, str]] = Counter()
    for concept in table.concepts():
        core = core_name(concept)
        least = SHORTEST_WITH_UNIT if unit or core in qualified else SHORTEST
        if len(core) >= least and core in asked:
            rows = table.select(FactQuery(IndicatorFamily(concept, "level"), any_dimension=True, unit=unit or None))
            places.update({(core, concept): len({row.place for row in rows})})
    by_core: Counter[str] = Counter()
    for (core, _), count in places.items():
        by_core[core] += count
    told = [core for core, count in by_core.items() if count >= PLACES]
    if not told:
        return None
    core = max(told, key=lambda name: (len(name), by_core[name]))
    name = max((concept for c, concept in places if c == core), key=lambda concept: (places[core, concept], -len(concept)))
    return FoundConcept(replace(family_asked(asked, core), concept=name), core)


def _near(family: IndicatorFamily, table: FactTable) -> list[str]:
    core, known = core_name(family.concept), family.known and family_of(family.concept, None).known
    return [
        concept
        for concept in table.concepts()
        if concept != family.concept
        and core[0] in concept
        and (_same_core(core, core_name(concept)) or (known and family_of(core_name(concept), None).concept == family.concept))
        and not family_of(concept, None).known
    ]


def _same_core(asked: str, other: str) -> bool:
    return other == asked or (len(asked) >= SHORTEST and other.startswith(asked) and len(other) <= len(asked) + LONGER)


@lru_cache(maxsize=1)
def _qualifiers() -> re.Pattern[str]:
    words = sorted(word_lists("qa")["concept_qualifiers"], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))
