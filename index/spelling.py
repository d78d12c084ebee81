"""Find names that a misspelt part of a question may mean 错别字: those that differ by one character."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator


class SpellingNames:
    """Names indexed by all their characters but one, so that the cost of a look-up does not grow with their number."""

    def __init__(self, names: Iterable[str], telling: frozenset[str] = frozenset()) -> None:
        """Index names; a difference in a character of ``telling`` makes another name and is no slip."""
        self._telling = telling
        self._names = frozenset(names)
        self._sizes = sorted({len(name) for name in self._names}, reverse=True)
        self._holed: dict[tuple[int, str], list[str]] = defaultdict(list)
        for name in sorted(self._names):
            for i, character in enumerate(name):
                if "\u4e00" <= character <= "\u9fff" and character not in telling:
                    self._holed[i, name[:i] + name[i + 1 :]].append(name)

    def near(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, place of the wrong character, name) for each stretch that is one character off a name, long names first."""
        for size in self._sizes:
            for start in range(len(text) - size + 1):
                window = text[start : start + size]
                if window in self._names:
                    continue
                for i, character in enumerate(window):
                    if not "\u4e00" <= character <= "\u9fff" or character in self._telling:
                        continue
                    for name in self._holed.get((i, window[:i] + window[i + 1 :]), ()):
                        yield start, start + i, name
