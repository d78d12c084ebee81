"""A question of a quiz, with its answer and the place that proves it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from qa.answer import AnswerCitation
from qa.answers.places import describe_citation

QuizQuestionKind = Literal["single", "multiple", "fill", "match"]
QuizAim = Literal[
    "entitlement", "case", "validity", "difference", "source", "steps", "deadline", "term", "number", "unit"
]  # fmt: skip
KINDS: dict[QuizQuestionKind, str] = {
    "single": "单选题",
    "multiple": "多选题",
    "fill": "填空题",
    "match": "连线题",
}
AIMS: dict[QuizAim, str] = {
    "entitlement": "待遇", "case": "案例", "validity": "时效", "difference": "比较", "source": "出处", "steps": "步骤",
    "deadline": "时限", "term": "提法", "number": "数值", "unit": "单位",
}  # fmt: skip
"""What a question is about, and its name."""
UNDERSTANDING: frozenset[QuizAim] = frozenset({"entitlement", "case", "validity", "difference"})
"""Aims that ask for more than a word of the text."""
LETTERS = "ABCDEFGHIJ"
BLANK = "＿＿＿＿"


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """A question made from cited facts.

    ``answer`` holds the right options as written; for ``fill`` what belongs into the blank, for ``match`` the option that goes
    with each of ``left``, in order. ``facts`` are the ids of the facts it asks about; ``proof`` the words of the quote that
    decide it, where those are not the answer itself. ``aim`` is what it is about.
    """

    kind: QuizQuestionKind
    prompt: str
    answer: tuple[str, ...]
    citations: tuple[AnswerCitation, ...]
    options: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    note: str = ""
    facts: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()
    aim: QuizAim = "term"

    @property
    def id(self) -> str:
        """The same question has the same id, however often it is made."""
        key = "|".join((self.kind, self.prompt, *self.left, *sorted(self.options), *self.answer))
        return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def letters(self) -> str:
        """The answer as it stands in a key: B, ACD, 1—C 2—A, or the words of the blank."""
        if self.kind == "fill":
            return "；".join(self.answer)
        marks = [LETTERS[self.options.index(option)] for option in self.answer]
        if self.kind == "match":
            return "　".join(f"{i}—{mark}" for i, mark in enumerate(marks, 1))
        return "".join(sorted(marks))

    def is_right(self, given: Sequence[str]) -> bool:
        """Whether these options (or these words in the blank) are the answer."""
        if self.kind == "match":
            return tuple(given) == self.answer
        return {_bare(text) for text in given} == {_bare(text) for text in self.answer}

    def read(self, typed: str) -> tuple[str, ...]:
        """What somebody typed as the options it means: B, ACD, 1A2C3B, or the words of a blank."""
        marks = [self.options[at] for letter in typed.upper() if 0 <= (at := LETTERS.find(letter)) < len(self.options)]
        if self.kind == "fill":
            return (typed,)
        return tuple(marks)

    def text(self, *, answers: bool = False) -> str:
        """The question as printed, with the answer and its source where asked for."""
        lines = [f"【{KINDS[self.kind]}·{AIMS[self.aim]}】{self.prompt}"]
        if self.note:
            lines.append(f"   （{self.note}）")
        lines += [f"   {i}. {item}" for i, item in enumerate(self.left, 1)]
        lines += [f"   {LETTERS[i]}. {option}" for i, option in enumerate(self.options)]
        if answers:
            lines.append(f"   答案：{self.letters}")
            lines += [f"   依据：{line}" for line in self.sources()]
        return "\n".join(lines)

    def sources(self) -> list[str]:
        """Where the answer stands, one line a citation, with the words that prove it."""
        return [f"{describe_citation(c)}：{excerpt(c.quote, self._proving(i))}" for i, c in enumerate(self.citations)]

    def _proving(self, citation: int) -> tuple[str, ...]:
        return (self.answer[citation],) if self.kind == "match" else self.proof or self.answer

    def record(self) -> dict[str, Any]:
        """The shape other programs read."""
        return {
            "id": self.id,
            "kind": self.kind,
            "aim": self.aim,
            "prompt": self.prompt,
            "note": self.note or None,
            "left": list(self.left),
            "options": list(self.options),
            "answer": list(self.answer),
            "key": self.letters,
            "citations": [citation.record() for citation in self.citations],
        }


def closed(sentence: str) -> str:
    """A sentence with a full stop, in place of the comma or colon it may have been cut at."""
    return sentence.rstrip("，,、：:；;。 ") + "。"


_HALF = re.compile(r"(?<=[\u4e00-\u9fff”’》）〉%])[,;:?!()]|[,;:?!()](?=[\u4e00-\u9fff“‘《（〈])")
_FULL = str.maketrans(",;:?!()", "，；：？！（）")


def typeset(text: str) -> str:
    """A text as it is printed in a question: half-width marks between Chinese characters become full-width ones."""
    return _HALF.sub(lambda found: found[0].translate(_FULL), text)


def is_balanced(text: str) -> bool:
    """Whether as many brackets and quotation marks are closed as opened."""
    pairs = ("(（", ")）"), ("“", "”"), ("《", "》")
    return all(sum(text.count(c) for c in opening) == sum(text.count(c) for c in closing) for opening, closing in pairs)


def inner(text: str) -> str:
    """A text that will stand between “ and ”: its own quotation marks become the inner ones."""
    return text.replace("“", "‘").replace("”", "’")


def shortened(quote: str, limit: int = 120) -> str:
    """A quote on one line, its middle left out where it is long."""
    line = " ".join(quote.split())
    return line if len(line) <= limit else f"{line[: limit * 2 // 3]}……{line[-(limit // 3) :]}"


def excerpt(quote: str, words: Sequence[str], limit: int = 120) -> str:
    """A long quote cut to its beginning and the stretch that holds the words."""
    line = " ".join(quote.split())
    places = [at for word in words if (at := line.find(word)) >= 0]
    if len(line) <= limit or not places:
        return shortened(quote, limit)
    start, end = max(0, min(places) - 16), min(len(line), max(places) + 24)
    if start <= 40:
        return line[:end] + ("……" if end < len(line) else "")
    return f"{line[:36]}……{line[start:end]}" + ("……" if end < len(line) else "")


def _bare(text: str) -> str:
    from corpus.folding import fold

    return fold(text).strip("。,.，")
