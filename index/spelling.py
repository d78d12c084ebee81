"""Names that a misspelt stretch of a question may have been meant for 错别字: looked up by all their characters but one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator


class SpellingNames:
    """Names looked up by all their characters but one, so that a question costs its own length and not theirs."""

    def __init__(self, names: Iterable[str], telling: frozenset[str] = frozenset()) -> None:
        """``telling`` are characters that make another name, not a slip."""
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
