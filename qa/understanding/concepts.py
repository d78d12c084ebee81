"""What a question is about, as weighted concepts, and how much of it a text contains."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpus.divisions import gazetteer
from corpus.five_year_plans import five_year_plans
from index.lexical.tokens import is_word, natures, tokenise
from qa.documents import LibraryView
from qa.understanding.lexicons import everyday_forms, function_words, pairs, phrases
from qa.understanding.question import ParsedQuestion, find_everyday

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ALTERNATIVE = 0.9
"""A written form found for an everyday phrase counts a little less than the very word."""
EVERYDAY = 1.6
"""The least weight of an everyday phrase: it is what the person came to ask, however common its written forms."""
UNKNOWN, UNKNOWN_LONG = 1.5, 2.6
HALVES = 0.8
RARE = 0.05
CORE = 0.5
PARTIAL = 0.55
"""How much of a word counts whose characters are there only in pieces."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A word or phrase of the question, with the forms it may have in a document."""

    text: str
    weight: float
    variants: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    core: str = ""
    """The rarer half of a word of four characters: 驻村 in 驻村帮扶."""
    known: bool = False
    """A word that occurs in the library, so that its absence from a document means something."""
    substance: float = 1.0
    """How far it names a thing: 1 for a noun, less for a verb, little for a count or an adverb. Absence counts by this."""
    place: bool = False
    """It names a place; a document with it in the title is about that place throughout."""
    foreign: bool = False
    """It occurs nowhere in the library in any form: the question may be about something else."""

    def found_in(self, folded: str) -> float:
        """1 if the word is in a folded text, less for another form or for parts of it, 0 if nothing is found."""
        if self.text in folded:
            return 1.0
        best = 0.0
        if len(self.text) == 4 and self.text[:2] in folded and self.text[2:] in folded:
            best = HALVES  # 资助参保 for 参保资助
        for variant in self.variants:
            if variant in folded:
                return ALTERNATIVE
        if self.core and self.core in folded:
            best = max(best, CORE)
        if len(self.pairs) > 1:
            best = max(best, PARTIAL * sum(pair in folded for pair in self.pairs) / len(self.pairs))
        return best

    def found_in_all(self, texts: Sequence[str]) -> list[float]:
        """``found_in`` for many texts."""
        if self.variants or self.core or len(self.pairs) > 1:
            return [self.found_in(text) for text in texts]
        return [1.0 if self.text in text else 0.0 for text in texts]


@dataclass(frozen=True, slots=True)
class QueryConcepts:
    """The concepts of a question. ``pairs`` are the weighted character bigrams of its content, to compare wording."""

    concepts: tuple[Concept, ...]
    pairs: tuple[tuple[str, float], ...] = ()
    quoted: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """The weight of all concepts."""
        return sum(concept.weight for concept in self.concepts) or 1.0

    def profile(self, folded: str) -> tuple[float, ...]:
        """``found_in`` for each concept."""
        return tuple(concept.found_in(folded) for concept in self.concepts)

    def profiles(self, texts: Sequence[str]) -> Matrix:
        """The profiles of many texts as a matrix, one row a text."""
        columns = [concept.found_in_all(texts) for concept in self.concepts]
        return np.array(columns, dtype=np.float64).T if columns else np.zeros((len(texts), 0))

    def shares(self, profiles: Matrix) -> Matrix:
        """The weighted share of concepts in each of many profiles."""
        shares: Matrix = profiles @ np.array([concept.weight for concept in self.concepts], dtype=np.float64) / self.total
        return shares

    def share(self, profile: Sequence[float]) -> float:
        """The weighted share of concepts in a profile."""
        return sum(c.weight * found for c, found in zip(self.concepts, profile, strict=True)) / self.total

    def coverage(self, folded: str) -> float:
        """The weighted share of concepts in a folded text."""
        return self.share(self.profile(folded))

    def closeness(self, folded: str) -> float:
        """The weighted share of the question's character bigrams in a folded text."""
        total = sum(weight for _, weight in self.pairs)
        return sum(weight for pair, weight in self.pairs if pair in folded) / total if total else 0.0


_IN_CHARGE = frozenset(["承担", "负责", "牵头", "主管", "主体", "责任", "组织", "统筹", "配合", "承办", "实施"])
"""Words that ask who is in charge; a document says so in one of many ways."""


def extract_concepts(parsed: ParsedQuestion, view: LibraryView) -> QueryConcepts:
    """Extract the concepts of a question, weighted by their rarity in the library and by what the kind of question needs."""
    found = extract_text_concepts(
        parsed.subject, view, parsed.quoted, parsed.alternatives, without_figures=parsed.kind == "yes_no"
    )
    noun = find_asked_noun(parsed.folded)
    if parsed.kind in ("target_value", "deadline"):
        measures = phrases("measure_nouns.txt")
        found = replace(
            found, concepts=tuple(replace(c, weight=c.weight * 0.3) if c.text in measures else c for c in found.concepts)
        )
    if parsed.kind == "responsible_unit":
        found = replace(
            found,
            concepts=tuple(replace(c, weight=c.weight * 0.3, known=False) if c.text in _IN_CHARGE else c for c in found.concepts),
        )
    if parsed.kind == "yes_no":
        # 会一直保持不变吗: the sentence that denies it does not hold these words
        opposed = [word for left, _ in pairs("polarity.tsv") for word in left]
        found = replace(
            found,
            concepts=tuple(
                replace(c, weight=c.weight * 0.3) if any(c.text in word or word in c.text for word in opposed) else c
                for c in found.concepts
            ),
        )
    if noun and len(found.concepts) > 1 and parsed.kind != "list_tasks":
        # 哪个直辖市: the answer names one, it seldom holds the word itself
        concepts = tuple(replace(c, weight=c.weight * 0.3) if c.text == noun else c for c in found.concepts)
        return replace(found, concepts=concepts)
    return found


_bare_verb = re.compile("[要需得将应][建交办做给用改增减种养修买发打花拿管]")
"""要建, 要交: a verb of one character with its auxiliary; documents use longer ones."""
_asked = re.compile(
    r"(?:哪(?:一|几|\d+|[一二两三四五六七八九十]+)?(?:个|些|家|类|种|级|项|条|份|方面|座|所)?|什么样?的?|啥|多少(?:个|家|项|种)?)([\u4e00-\u9fff]{1,6})"
)


def find_asked_noun(folded: str) -> str | None:
    """The word right after the question word: 直辖市 in 跟哪个直辖市对接."""
    match = _asked.search(folded)
    if not match:
        return None
    words = tokenise(match[1]).words
    return words[0] if words and words[0] not in function_words() else None


def extract_text_concepts(
    subject: str,
    view: LibraryView,
    quoted: tuple[str, ...] = (),
    alternatives: tuple[tuple[str, str], ...] = (),
    *,
    without_figures: bool = False,
) -> QueryConcepts:
    """Extract the concepts of a folded text: everyday phrases with their written forms, quoted phrases, and words.

    Args:
        subject: The folded text, pieces separated by blanks.
        view: The library, for the frequency of words.
        quoted: Phrases in quotation marks.
        alternatives: Words given in two forms: 扶贫（帮扶）车间.
        without_figures: Leave out numbers."""
    forms = everyday_forms()
    found: dict[str, Concept] = {}
    rest = subject
    for phrase in find_everyday(subject):
        variants = forms[phrase]
        share = min(0.3, max(view.frequency(v) for v in (phrase, *variants)))
        found[phrase] = Concept(
            phrase,
            max(EVERYDAY, _weight(share)),
            variants,
            _pairs(phrase) if share == 0 else (),
            known=view.frequency(phrase) > 0,
        )
        if phrase not in variants:
            rest = rest.replace(phrase, " ")
    for one, other in alternatives:
        share = max(view.frequency(one), view.frequency(other))
        found[one] = Concept(one, _weight(share), (other,), _pairs(one))
        rest = rest.replace(one, " ")
    empty = set(function_words())
    generic = set(phrases("generic_words.txt"))
    for word, nature in _words(rest, view):
        word = _known_part(word, view, empty)
        if word in empty or word in found or any(word in concept.text for concept in found.values()):
            continue
        substance = _substance(word, nature)
        if without_figures and word[0].isdigit():
            continue
        if (word.isdigit() and len(word) == 4 and word[:2] in ("19", "20")) or word in five_year_plans():
            found[word] = Concept(word, 0.4, substance=0.0)
            continue
        if (len(word) == 1 and not word.isdigit()) or _bare_verb.fullmatch(word):
            continue
        share = view.frequency(word)
        # a short word the library does not know is more likely another way of saying it than a rare thing
        if word in generic:
            found[word] = Concept(word, 0.3, substance=0.0)
            continue
        weight = (UNKNOWN_LONG if len(word) > 2 else UNKNOWN) if share == 0 else _weight(share)
        weight *= ACCESSORY if substance < VERB else 1.0
        variants = forms.get(word, ())
        if len(word) > 2 and word[-1] in "县市区州省" and gazetteer().named(word):
            variants = (*variants, word[:-1])
        kind_of_value = next(
            (noun for noun in phrases("measure_nouns.txt") if word.endswith(noun) and len(word) > len(noun) + 1), ""
        )
        if share == 0 and kind_of_value:
            variants = (*variants, word.removesuffix(kind_of_value))  # 控制目标: 控制在28微克以下
        elif share == 0 and len(word) > 2 and word[-1] in "数额量值":
            variants = (*variants, word[:-1])  # 项目数: 项目1448个
        found[word] = Concept(
            word, weight, variants, _pairs(word), _core(word, view), known=share > 0, foreign=share == 0 and not variants,
            substance=substance,
            place=nature == "ns",
        )  # fmt: skip
    for phrase in quoted:
        if len(phrase) >= 3:
            found[phrase] = Concept(phrase, 3.0, (), _pairs(phrase))
    close: dict[str, float] = {}
    for piece in rest.split():
        for pair in _pairs(piece):
            close[pair] = _weight(view.frequency(pair)) if pair not in empty else 0.1
    return QueryConcepts(tuple(found.values()), tuple(close.items()), quoted)


def _core(word: str, view: LibraryView) -> str:
    if len(word) != 4:
        return ""
    one, other = view.frequency(word[:2]), view.frequency(word[2:])
    rarer, rare, common = (word[:2], one, other) if one < other else (word[2:], other, one)
    return rarer if 0 < rare <= RARE and rare * 3 <= common else ""


def _words(text: str, view: LibraryView) -> list[tuple[str, str]]:
    """The words of a text with their parts of speech; adjacent single characters are taken as one word."""
    words: dict[str, str] = {}
    empty = set(function_words())
    for piece in text.split():
        pending = before = ""
        for word, nature in natures(piece):
            if len(word) == 1 and "\u4e00" <= word <= "\u9fff":
                if word not in empty:
                    pending += word
                    continue
                word = ""
            elif word and not is_word(word):
                word = _stripped(word, empty)
            before = _settled(words, before, pending, view)
            pending = ""
            if word and word[0].isalnum():
                words.setdefault(word, nature)
            before = word
        _settled(words, before, pending, view)
    return list(words.items())


def _settled(words: dict[str, str], before: str, pending: str, view: LibraryView) -> str:
    """Take single characters as a word, or as the end of the word before them if the library has that word: 专利奖, 保障房."""
    if len(pending) > 1:
        words.setdefault(pending, "n")
    elif pending and len(before) > 1 and view.frequency(before + pending) >= JOINED * view.frequency(before) > 0:
        words[before + pending] = "n"
        words.pop(before, None)
    return ""


def _stripped(word: str, empty: set[str]) -> str:
    """A word without a particle the segmenter joined to it (给瞪羚, 能扣); "" if one character remains."""
    while len(word) > 1 and word[0] in empty:
        word = word[1:]
    while len(word) > 1 and word[-1] in empty:
        word = word[:-1]
    return word if len(word) > 1 else ""


def _known_part(word: str, view: LibraryView, empty: set[str]) -> str:
    """An unknown word without a first or last character that was wrongly joined to it (给瞪羚, 类工单)."""
    if len(word) < 3 or not "\u4e00" <= word[0] <= "\u9fff" or view.frequency(word) > 0:
        return word
    parts = [part for part in (word[1:], word[:-1]) if view.frequency(part) > 0 and part not in empty]
    return min(parts, key=view.frequency) if parts else word


JOINED = 0.05
"""How often, against the word alone, a word with one character more must stand in the library to be taken for a word."""
VERB, ACCESSORY = 0.45, 0.35
"""The substance of a verb, and what a word of less counts."""


def _substance(word: str, nature: str) -> float:
    if word.isascii():
        return 1.0
    if nature == "v":
        return VERB
    return 1.0 if nature[:1] in "nlijsx" or nature in ("vn", "an", "eng", "zg", "nr") else 0.2


def _pairs(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[i : i + 2] for i in range(len(text) - 1)))


def _weight(share: float) -> float:
    return max(0.25, min(4.0, math.log(1 / max(share, 1e-3)) * 0.75))
