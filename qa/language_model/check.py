"""What a language model wrote, held against the quotes it was given: a closed vocabulary, character by character.

Quotes must be whole clauses of the places they cite; between them only connectives and the names of the cited documents may stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from corpus.divisions import gazetteer
from corpus.document import Span
from corpus.text import sentence_around
from qa.answer import AnswerCitation
from qa.answers.draft import flatten
from qa.answers.guard import is_supported
from qa.understanding.lexicons import phrases

LONGEST_PASSAGE = 1500
LONGEST_OUTPUT = 20_000
SHORTEST_QUOTE = 4
_PAIRS = {"“": "”", "「": "」"}
_marks = re.compile(r"\[([0-9]{1,4})\]")
_link = re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE)
_edges = frozenset("，,；;。！？：:!?\n")
_loose = frozenset("，,、；;。：:（）()《》 　…—\n·“”")


@dataclass(frozen=True, slots=True)
class QuotedPassage:
    """A cited place as the model sees it: plain text, and for each of its characters the place in the quote."""

    number: int
    citation: AnswerCitation
    text: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, number: int, citation: AnswerCitation) -> QuotedPassage:
        """Strip what is no text: hidden characters, links, anything like our delimiters."""
        quote = citation.quote
        links = {i for match in _link.finditer(quote) for i in range(match.start(), match.end())}
        kept = [(i, c) for i, c in enumerate(quote) if i not in links and visible(c)][:LONGEST_PASSAGE]
        return cls(number, citation, "".join(c for _, c in kept), tuple(i for i, _ in kept))

    def original(self, words: str) -> str | None:
        """The source's own characters for words the model copied, where they are whole clauses of it; else None."""
        words = "".join(c for c in words if visible(c))
        at = self.text.find(words) if words else -1
        while at >= 0:
            end = at + len(words)
            before, after = self.text[:at].rstrip(), self.text[end:].lstrip()
            if (not before or before[-1] in _edges) and (not after or after[0] in _edges or words[-1] in _edges):
                return None if self._turned(at, end) else flatten(self.citation.quote[self.places[at] : self.places[end - 1] + 1])
            at = self.text.find(words, at + 1)
        return None

    def _turned(self, start: int, end: int) -> bool:
        """Whether what was left out of the sentence could turn its sense: a negation, a condition, an exception."""
        # a negation or condition holds for the whole enumeration
        whole = sentence_around(self.text, Span(start, end), semicolons=False)
        omitted = self.text[whole.start : start] + self.text[end : whole.end]
        return any(word in omitted for word in _turning())


def check_lines(reply: str, passages: Sequence[QuotedPassage]) -> tuple[list[str], set[int]]:
    """The sentences of a reply that pass, made of the source's own characters, and the numbers of the places they cite."""
    by_number = {passage.number: passage for passage in passages}
    lines: list[str] = []
    cited: set[int] = set()
    for sentence, numbers in _sentences(reply[:LONGEST_OUTPUT]):
        if not numbers or any(number not in by_number for number in numbers):
            continue
        used = [by_number[number] for number in numbers]
        made = _made(sentence, used)
        if made is None:
            continue
        text, places = made
        citations = [p.citation for p in used if p.number in places]
        if not is_supported(text, citations) or text in (line.rpartition("”")[0] for line in lines):
            continue
        begin = "" if any(name in text for c in citations for name in _regions(c)) else lead(citations[0])
        lines.append(begin + text + "".join(f"[{number}]" for number in sorted(places)))
        cited |= places
    return lines, cited


def _sentences(reply: str) -> list[tuple[str, tuple[int, ...]]]:
    """Stretches of text with the citation marks that close them; what has none is a sentence without a source."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for line in reply.splitlines():
        start = 0
        marks: list[int] = []
        text = ""
        for match in _marks.finditer(line):
            between = line[start : match.start()]
            if between.strip("，,、 ") and marks:
                found.append((text, tuple(dict.fromkeys(marks))))
                marks, text = [], ""
            text += between
            marks.append(int(match[1]))
            start = match.end()
        if marks:
            found.append((text, tuple(dict.fromkeys(marks))))
        if line[start:].strip("。；， "):
            found.append((line[start:], ()))
    return found


def _made(sentence: str, used: Sequence[QuotedPassage]) -> tuple[str, set[int]] | None:
    """A sentence rebuilt from the sources, with the places its quotes stand in; None where a word of it is not allowed."""
    pieces = _pieces(sentence.strip())
    if pieces is None:
        return None
    allowed = _connectives() | {name for p in used for name in _names(p.citation)}
    out: list[str] = []
    places: set[int] = set()
    for is_quote, piece in pieces:
        if not is_quote:
            if not _only(piece, allowed):
                return None
            out.append(piece)
            continue
        whole = next(((p, o) for p in used if (o := p.original(piece.strip())) is not None), None)
        if whole is None or len(piece.strip()) < SHORTEST_QUOTE:
            return None
        places.add(whole[0].number)
        out.append(f"“{whole[1]}”")
    # a place named beside the text but not quoted carries nothing
    return (("".join(out).lstrip("，,；;。、 "), places)) if places == {p.number for p in used} else None


def _pieces(sentence: str) -> list[tuple[bool, str]] | None:
    """The sentence cut into (is a quote, text); quotes inside quotes belong to the outer one. None where one is left open."""
    pieces: list[tuple[bool, str]] = []
    start, depth, opener = 0, 0, ""
    for i, c in enumerate(sentence):
        if depth == 0 and c in _PAIRS:
            pieces.append((False, sentence[start:i]))
            start, depth, opener = i + 1, 1, c
        elif depth and c == opener:
            depth += 1
        elif depth and c == _PAIRS[opener]:
            depth -= 1
            if depth == 0:
                pieces.append((True, sentence[start:i]))
                start = i + 1
    if depth:
        return None
    pieces.append((False, sentence[start:]))
    return [(is_quote, text) for is_quote, text in pieces if text or is_quote]


def _only(text: str, allowed: AbstractSet[str]) -> bool:
    """Whether a text is made of allowed words and punctuation alone."""
    reach = [True] + [False] * len(text)
    lengths = sorted({len(word) for word in allowed})
    for i in range(len(text)):
        if not reach[i]:
            continue
        if text[i] in _loose:
            reach[i + 1] = True
        for length in lengths:
            if i + length <= len(text) and text[i : i + length] in allowed:
                reach[i + length] = True
    return reach[-1]


def _names(citation: AnswerCitation) -> set[str]:
    title = {citation.title, clean(citation.title)} if citation.title else set()
    number = {citation.doc_number} if citation.doc_number else set()
    return {name for name in (*title, *number, *_regions(citation)) if name}


def _regions(citation: AnswerCitation) -> set[str]:
    if not citation.region:
        return set()
    return {citation.region, *(name for d in gazetteer().named(citation.region) for name in (d.short, d.name, d.path))}


def lead(citation: AnswerCitation) -> str:
    """The region a sentence begins with where it names none itself."""
    if not citation.region:
        return ""
    division = next(iter(gazetteer().named(citation.region)), None)
    return f"{division.short if division else citation.region}："


def visible(c: str) -> bool:
    """Whether a character is text a person sees: no hidden or direction mark, nothing that could pass for a delimiter."""
    return (
        c not in "⟦⟧"
        and (c == "\n" or unicodedata.category(c) not in ("Cf", "Cc", "Cs", "Co", "Cn"))
        and not "\ufe00" <= c <= "\ufe0f"
    )


def clean(text: str | None) -> str:
    """A name on one line without hidden characters."""
    return " ".join("".join(c for c in text or "" if visible(c)).split())


@cache
def _connectives() -> frozenset[str]:
    return frozenset(phrases("connectives.txt"))


def _turning() -> tuple[str, ...]:
    return phrases("turning.txt")
