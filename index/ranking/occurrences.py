"""Occurrences of a query's words and pairs in the texts of all candidates, found in one pass.

Searching each token in each text costs tokens times texts. Here every text is mapped once to numbers of the query's characters;
all further questions only look at the few positions where two neighbouring characters form a pair of the query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from corpus.text import SENTENCE_ENDS

LIMIT = 200_000
"""Largest number of pairs (position in a text, position in the query) examined for ``runs``. Only repetitive queries have more."""


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
        """Positions of pairs of the query in ascending order, and the number of each pair."""
        self._text = self._text_at(self._at)
        self._there = np.zeros((len(texts), len(grams)), dtype=bool)
        self._there[self._text, self._gram] = True

    def _text_at(self, places: Any) -> Any:
        return self._np.searchsorted(self._starts, places, "right") - 1

    def holds(self, tokens: Iterable[str]) -> Any:
        """A matrix of texts (rows) and tokens (columns): whether the text contains the token."""
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
        """A matrix of texts and pairs: whether the pair is in the first ``size`` characters of the text."""
        early = self._at - self._starts[self._text] + 2 <= size
        out = self._np.zeros_like(self._there)
        out[self._text[early], self._gram[early]] = True
        return out[:, [self._number[pair] for pair in pairs]]

    def best_sentence(self, pairs: Iterable[str], weights: Any) -> Any:
        """For each text the largest sum of weights of different pairs within one sentence."""
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
        """For each text the length of the longest substring of ``core`` in it."""
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
    """Length of the longest substring of ``core`` in ``text``."""
    best = start = 0
    size = len(core)
    while start + best < size:
        if core[start : start + best + 1] in text:
            best += 1
        else:
            start += 1
    return best
