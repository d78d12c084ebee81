"""Differences and similarities between the cells of a comparison 异同, computed from the cells alone."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.folding import fold
from graph.codec.records import TargetRecord
from graph.quantities.quantity import measure_of
from qa.answer import Cell
from qa.comparison.columns import ComparisonColumn
from qa.comparison.rows import SharedIndicator

MOST = 10
FEW = 8
"""Beyond this many columns what only one of them says tells little."""


def list_differences(
    aspect: str, columns: Sequence[ComparisonColumn], cells: Sequence[Cell], shared: Sequence[SharedIndicator], topic: str | None
) -> tuple[str, ...]:
    """Sentences on who has no text, the figures of shared indicators, and words common to all or special to one."""
    out: list[str] = []
    silent = [cell.region for cell in cells if cell.text is None]
    told = [cell for cell in cells if cell.text is not None]
    if silent and told:
        out.append(f"{'、'.join(dict.fromkeys(silent))}的文件未载明“{aspect}”。")
    out += [_figures(measured, columns) for measured in shared]
    out += _wording(told, topic)
    return tuple(out[:MOST])


def _figures(measured: SharedIndicator, columns: Sequence[ComparisonColumn]) -> str:
    """The targets of one indicator by region, and whether and why they are not comparable."""
    targets = measured.targets
    sides = "；".join(f"{columns[i].name}{target.value_text}{_year(target)}" for i, target in targets.items())
    line = f"“{measured.indicator}”：{sides}。"
    years = {target.by_year for target in targets.values()}
    if len({measure_of(target.unit) for target in targets.values()}) > 1:
        return f"{line}计量不同，不能直接比较。"
    if len(years) > 1:
        return f"{line}{'有的未写明年份' if None in years else '目标年份不同'}，不能直接比较。"
    if years == {None} and len({columns[i].year for i in targets}) > 1:
        return f"{line}文件年份不同，不能直接比较。"
    if len({(t.value, t.value_min, t.value_max, t.comparator) for t in targets.values()}) == 1:
        return f"{line}各地要求相同。"
    return line


def _year(target: TargetRecord) -> str:
    """The deadline as the text words it, in brackets."""
    return f"（{target.deadline}）" if target.deadline else ""


def _wording(told: Sequence[Cell], topic: str | None) -> list[str]:
    """Sentences about the words of the subject that are in every cell, and those in one cell only."""
    if len(told) < 2:
        return []
    words = _words(told, topic)
    regions = {word: [cell.region for cell in told if word in fold(cell.text or "")] for word in words}
    common = [word for word, where in regions.items() if len(where) == len(told)]
    out = []
    if common:
        out.append(f"各地都提到：{'、'.join(f'“{word}”' for word in common[:6])}。")
    if len(told) > FEW:
        return out
    only: dict[str, list[str]] = {}
    for word, where in regions.items():
        if len(where) == 1:
            only.setdefault(where[0], []).append(word)
    out += [f"只有{region}写到：{'、'.join(f'“{word}”' for word in found[:5])}。" for region, found in only.items()]
    return out


def _words(told: Sequence[Cell], topic: str | None) -> list[str]:
    """Lexicon words in the cells, most frequent first; with a topic only those of the topic."""
    from graph.topics import scores
    from index.lexical.tokens import lexicon, words_of

    known = {fold(word) for word in lexicon() if len(word) >= 3}
    found: dict[str, int] = {}
    for cell in told:
        for word in dict.fromkeys(words_of(cell.text or "")):
            if word in known and (topic is None or topic in scores("", word)):
                found[word] = found.get(word, 0) + 1
    return sorted(found, key=lambda w: (-found[w], -len(w), w))
