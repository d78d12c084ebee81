"""What differs between the cells of a comparison 异同: stated from the cells alone."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.folding import fold
from qa.answer import Cell
from qa.shelf import Shelf

MOST = 8


def differences(aspect: str, cells: Sequence[Cell], shelf: Shelf, topic: str | None) -> tuple[str, ...]:
    """Who is silent, what all say, what only some say, and the figures side by side."""
    out: list[str] = []
    silent = [cell.region for cell in cells if cell.text is None]
    told = [cell for cell in cells if cell.text is not None]
    if silent and told:
        out.append(f"{'、'.join(dict.fromkeys(silent))}的文件未载明“{aspect}”。")
    out += _figures(told, shelf)
    out += _wording(told, topic)
    return tuple(out[:MOST])


def _figures(told: Sequence[Cell], shelf: Shelf) -> list[str]:
    """The targets that stand in the cells, by region; flagged where their indicators are not the same."""
    found: list[tuple[str, str, str]] = []
    for cell in told:
        row = shelf.by_id.get(cell.source_id or "")
        if row is None:
            continue
        for fact in shelf.corpus.facts("target", documents=[row]):
            if any(c.start <= fact.span.start and fact.span.end <= c.end for c in cell.citations) and fact.payload["value_text"]:
                found.append((cell.region, fact.payload["indicator"], fact.payload["value_text"]))
    found = list(dict.fromkeys(found))
    if not found:
        return []
    text = "数值：" + "；".join(f"{region}“{indicator}”{value}" for region, indicator, value in found[:10]) + "。"
    regions = {region for region, _, _ in found}
    indicators = {fold(indicator) for _, indicator, _ in found}
    if len(regions) > 1 and len(indicators) > 1:
        text += "指标名称不同，口径不同，不能直接比较。"
    return [text]


def _wording(told: Sequence[Cell], topic: str | None) -> list[str]:
    """The words of the topic that every cell holds, and those that only some hold."""
    if len(told) < 2:
        return []
    words = _words(told, topic)
    regions = {word: [cell.region for cell in told if word in fold(cell.text or "")] for word in words}
    common = [word for word, where in regions.items() if len(where) == len(told)]
    out = []
    if common:
        out.append(f"各地都提到：{'、'.join(f'“{word}”' for word in common[:6])}。")
    only: dict[str, list[str]] = {}
    for word, where in regions.items():
        if len(where) == 1:
            only.setdefault(where[0], []).append(word)
    out += [f"只有{region}写到：{'、'.join(f'“{word}”' for word in found[:5])}。" for region, found in only.items()]
    return out


def _words(told: Sequence[Cell], topic: str | None) -> list[str]:
    from index.segmentation import lexicon, words_of

    known = {fold(word) for word in lexicon() if len(word) >= 3}
    found: dict[str, int] = {}
    for cell in told:
        for word in dict.fromkeys(words_of(cell.text or "")):
            if word in known:
                found[word] = found.get(word, 0) + 1
    return sorted(found, key=lambda w: (-found[w], -len(w), w))
