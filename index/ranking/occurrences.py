"""Where the words and pairs of a query stand in the texts of its candidates, found in one pass over all of them.

Looking for each token in each text costs tokens times texts; here every text is read once, as numbers of the query's
characters, and everything asked afterwards is asked of the few places where two of them stand as in a token.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from corpus.text import SENTENCE_ENDS

LIMIT = 200_000
"""Meetings of a place in the texts with a place in the query that are followed; only a query that repeats itself has more."""


class Occurrences:
    """Some texts, read for the tokens of one query and for ``core``, the query as it was written."""

    def __init__(self, texts: Sequence[str], tokens: Iterable[str], core: str) -> None:
        import numpy as np

        self._np, self._texts, self._core = np, texts, core
        grams = dict.fromkeys(gram for token in (*tokens, core) for gram in pairwise(token))
        letters = {letter: i for i, letter in enumerate(dict.fromkeys([*core, *(c for gram in grams for c in gram)]), 2)}
        # everything outside the query is 0, the end of a sentence 1 (no token has one); characters above the table are read as its last one, which is nobody's
        table = np.zeros(max(map(ord, [*letters, *SENTENCE_ENDS])) + 2, dtype=np.uint16)
        table[[ord(end) for end in SENTENCE_ENDS]] = 1
        table[[ord(letter) for letter in letters]] = list(letters.values())
        size = len(letters) + 2
        codes = np.frombuffer("\n".join((*texts, "")).encode("utf-32-le", "surrogatepass"), dtype="<u4")
        self._read = table.take(codes, mode="clip")
        numbers = np.zeros(size * size, dtype=np.int64)
        numbers[[letters[a] * size + letters[b] for a, b in grams]] = np.arange(1, len(grams) + 1)
        self._starts = np.cumsum([0, *(len(text) + 1 for text in texts)])[:-1]
        self._number = {a + b: i for i, (a, b) in enumerate(grams)}
        # the last character is an end, so that every other one has a next
        inside = np.flatnonzero(self._read > 1)
        number = numbers.take(self._read[inside] * np.int32(size) + self._read[inside + 1])
        known = np.flatnonzero(number)
        self._at, self._gram = inside[known], number[known] - 1
        """Places where a pair of a token stands, rising; and which pair it is."""
        self._text = self._text_at(self._at)
        self._there = np.zeros((len(texts), len(grams)), dtype=bool)
        self._there[self._text, self._gram] = True

    def _text_at(self, places: Any) -> Any:
        return self._np.searchsorted(self._starts, places, "right") - 1

    def holds(self, tokens: Iterable[str]) -> Any:
        """Which text (line) holds which token (column)."""
        wanted = list(tokens)
        out = self._np.zeros((len(self._texts), len(wanted)), dtype=bool)
        pairs = [(i, self._number[token]) for i, token in enumerate(wanted) if len(token) == 2]
        if pairs:
            columns, numbers = zip(*pairs, strict=True)
            out[:, columns] = self._there[:, numbers]
        for i, token in enumerate(wanted):
            if len(token) < 2:
                out[:, i] = [token in text for text in self._texts]
            elif len(token) > 2:
                likely = self._there[:, [self._number[a + b] for a, b in pairwise(token)]].all(axis=1)
                for k in self._np.flatnonzero(likely).tolist():
                    out[k, i] = token in self._texts[k]
        return out

    def opening(self, pairs: Iterable[str], size: int) -> Any:
        """Which of the pairs stand within the first ``size`` characters of each text."""
        early = self._at - self._starts[self._text] + 2 <= size
        out = self._np.zeros_like(self._there)
        out[self._text[early], self._gram[early]] = True
        return out[:, [self._number[pair] for pair in pairs]]

    def best_sentence(self, pairs: Iterable[str], weights: Any) -> Any:
        """The largest sum of weights of different pairs that one sentence of each text holds."""
        np = self._np
        column = np.full(len(self._number), -1)
        column[[self._number[pair] for pair in pairs]] = np.arange(len(weights))
        which = column[self._gram]
        kept = which >= 0
        ends = np.flatnonzero(self._read == 1)
        keys = np.sort(np.searchsorted(ends, self._at[kept]) * len(weights) + which[kept])
        sentence, pair = np.divmod(keys[np.diff(keys, prepend=-1) > 0], len(weights) or 1)
        sums = np.bincount(sentence, weights[pair], len(ends))
        full = np.flatnonzero(sums)
        out = np.zeros(len(self._texts))
        np.maximum.at(out, self._text_at(ends[full]), sums[full])
        return out

    @cached_property
    def runs(self) -> Any:
        """Length of the longest stretch of ``core`` that stands in each text."""
        np, core = self._np, self._core
        if not core:
            return np.zeros(len(self._texts), dtype=np.int64)
        # the numbers of core's own characters come first
        own = (self._read > 1) & (self._read < 2 + len(set(core)))
        best = np.logical_or.reduceat(own, self._starts).astype(np.int64)
        asked = np.array([self._number[a + b] for a, b in pairwise(core)], dtype=np.int64)
        order = np.argsort(asked, kind="stable")
        low = np.searchsorted(asked[order], self._gram)
        count = np.searchsorted(asked[order], self._gram, "right") - low
        total = int(count.sum())
        if total > LIMIT:
            return np.array([longest_run(core, text) for text in self._texts])
        # every place of a pair in a text with every place of it in the query: a run is a stretch of one diagonal
        place = np.arange(total) + np.repeat(low - np.cumsum(count) + count, count)
        inside = order[place]
        diagonal = np.repeat(self._at, count) - inside + len(core)
        step = len(core) + 1
        keys = np.sort(diagonal * step + inside)
        if total:
            last = np.append(np.flatnonzero(keys[1:] - keys[:-1] != 1), total - 1)
            length = last.copy()
            length[1:] -= last[:-1]
            length[0] += 1
            where, inside = np.divmod(keys[last], step)
            np.maximum.at(best, self._text_at(where - len(core) + inside), length + 1)
        return best


def longest_run(core: str, text: str) -> int:
    """Length of the longest stretch of ``core`` that stands in ``text``."""
    best = start = 0
    size = len(core)
    while start + best < size:
        if core[start : start + best + 1] in text:
            best += 1
        else:
            start += 1
    return best
