"""Names in a library 已知名称, also misspelt: regions, documents, units, terms."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from corpus.divisions import NATION, Division
from corpus.document import Span
from corpus.folding import fold
from corpus.holding import TextsByPairs
from corpus.store import Corpus, FiledKeys, Heads, View, ViewPart
from graph.documents.named import resolver_of
from graph.documents.numbers import find_numbers
from graph.documents.resolver import SHORTEST_PART, SHORTEST_TITLE, DocumentMention, UnmatchedDescription, name_span
from graph.units.names import unit_keys
from graph.units.resolve import parts_of
from index.lexical.tokens import natures
from index.spelling import SpellingNames
from qa.documents import DocumentRegions, LibraryView
from qa.understanding.lexicons import phrases
from qa.understanding.spelling import TELLING
from qa.understanding.validity import strip_aspects

_PLACE_NATURES = frozenset({"ns", "nrt", "s"})
"""Parts of speech under which the dictionary has names of places, foreign ones among them."""
_COUNTY_ENDINGS = ("县", "市", "区", "旗")
UNPLACED, SPOKEN_OF = 40, 3
"""So many documents without a region are looked through for a place, and so often they must name it."""

_marked = re.compile(r"《[^《》]{4,80}》")
_gap = re.compile(r" {2,}")
_clause = re.compile(r"[^,，。;；?？!！]+")
_place = re.compile("[\u4e00-\u9fff]{2,4}?(?:省|市|州|县|区|旗|镇|乡|新区|开发区)")
LONGEST_DEPARTMENT = 12
"""Characters of the name of a department."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A region named in a question.

    Args:
        text: As written.
        divisions: The divisions of the library that are meant; none if the library has no document of the region.
        asked: The question is about this region and does not only mention it."""

    text: str
    divisions: tuple[Division, ...]
    asked: bool


@dataclass(frozen=True, slots=True)
class NamedDocuments:
    """The documents named in a question.

    Args:
        mentions: What the library resolves.
        numbers: The places of document numbers that the library does not have.
        names: The places of titles and descriptions that no title of the library holds.
        guesses: What may be a description of a document: all there is beside words that ask of its force.
        unmatched: What is said of a document (那份……的通知) that none of the library fits.
    """

    mentions: tuple[DocumentMention, ...] = ()
    numbers: tuple[Span, ...] = ()
    names: tuple[Span, ...] = ()
    guesses: tuple[Span, ...] = ()
    unmatched: UnmatchedDescription | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """The places of all of them."""
        return (*(mention.span for mention in self.mentions), *self.numbers, *self.names, *self.guesses)

    def sure(self, folded: str) -> tuple[DocumentMention, ...]:
        """The mentions to answer from whatever is asked: certain ones, what stands in title marks, what one is pointed at by."""
        return tuple(
            m for m in self.mentions if m.certain or m.kind == "described" or (m.kind in _TITLED and is_marked(m, folded))
        )


_TITLED = ("title", "short", "part")


def is_marked(mention: DocumentMention, text: str) -> bool:
    """Whether a mention stands in title marks in the text it was found in."""
    return text[mention.span.start] in "《〈<「『"


class FoldedNames(ViewPart):
    """Names by their folded form, found in a text by the two characters they begin with."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = defaultdict(set)
        self._by_opening: dict[str, set[str]] = defaultdict(set)

    def add(self, name: str) -> None:
        """Take a name in."""
        form = fold(name)
        self._names[form].add(name)
        self._by_opening[form[:2]].add(form)

    def discard(self, name: str) -> None:
        """Take a name out."""
        form = fold(name)
        self._names[form].discard(name)
        if not self._names[form]:
            del self._names[form]
            self._by_opening[form[:2]].discard(form)

    def standing_in(self, text: str) -> dict[str, str]:
        """The names that stand in a folded text, by their folded form."""
        openings = {text[i : i + size] for i in range(len(text)) for size in (1, 2)}
        forms = (form for opening in openings for form in self._by_opening.get(opening, ()) if form in text)
        return {form: max(self._names[form], key=lambda name: (-len(name), name)) for form in forms}


class FiledNames(View):
    """The units and terms of a library as a question may name them, also with one wrong character."""

    def __init__(self, corpus: Corpus) -> None:
        self._keys = corpus.view(FiledKeys)
        self.units, self.terms = FoldedNames(), FoldedNames()
        self.spellings = SpellingNames(telling=TELLING)
        for kind in ("unit", "term"):
            for name in self._keys.counts(kind):
                self._change(kind, name, came=True)
        self._new = True

    def take(self, gone: Heads, come: Heads) -> None:
        """Take in the names that came, and leave out those that no fact has any more."""
        for kind, name, came in () if self._new else self._keys.changed:
            if kind in ("unit", "term"):
                self._change(kind, name, came=came)
        self._new = False

    def _change(self, kind: str, name: str, *, came: bool) -> None:
        names = self.units if kind == "unit" else self.terms
        (names.add if came else names.discard)(name)
        if 4 <= len(form := fold(name)) <= 12:
            (self.spellings.add if came else self.spellings.discard)(form)


class TitlesInFull(View):
    """The folded titles of all documents, by what stands in them."""

    def __init__(self, corpus: Corpus) -> None:
        self.texts: TextsByPairs[int] = TextsByPairs()

    def take(self, gone: Heads, come: Heads) -> None:
        """Take titles out and in."""
        for row in gone:
            self.texts.discard(row)
        for row, info in come.items():
            self.texts.add(row, fold(info.head.title or ""))


class HeadNames(View):
    """The issuers and the kinds of documents, folded."""

    def __init__(self, corpus: Corpus) -> None:
        self._issuers: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._of: dict[int, tuple[list[str], list[str]]] = {}

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out and in."""
        for row in {*gone, *come}:
            issuers, kinds = self._of.pop(row, ([], []))
            self._issuers.subtract(issuers)
            self._kinds.subtract(kinds)
        for row, info in come.items():
            issuers, kinds = [fold(name) for name in info.head.issuers], [fold(info.head.kind)] if info.head.kind else []
            self._of[row] = issuers, kinds
            self._issuers.update(issuers)
            self._kinds.update(kinds)

    @property
    def issuers(self) -> frozenset[str]:
        """The issuers of documents."""
        return frozenset(+self._issuers)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of documents."""
        return frozenset(+self._kinds)


class RegionNames(View):
    """The divisions with documents in the library by their folded names, short names and aliases, also with one wrong character."""

    def __init__(self, corpus: Corpus) -> None:
        self.places = corpus.view(DocumentRegions)
        self._by_name: dict[str, set[Division]] = defaultdict(set)
        self.spellings = SpellingNames(telling=TELLING)
        for division in self.places.divisions:
            self._change(division, came=True)
        self._new = True

    def take(self, gone: Heads, come: Heads) -> None:
        """Take in the divisions that came, and leave out those without documents."""
        for division, came in () if self._new else self.places.changed:
            self._change(division, came=came)
        self._new = False

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def named(self, name: str) -> Division:
        """The division with a folded name; of several the one that came first."""
        return min(self._by_name[name], key=self.places.place)

    def _change(self, division: Division, *, came: bool) -> None:
        for name in {fold(name) for name in (division.name, division.short, *division.aliases)} if division != NATION else ():
            (self._by_name[name].add if came else self._by_name[name].discard)(division)
            if len(name) >= 3:
                (self.spellings.add if came else self.spellings.discard)(name)
            if not self._by_name[name]:
                del self._by_name[name]


class KnownNames:
    """The names in a library, kept up with it."""

    def __init__(self, view: LibraryView) -> None:
        self.view = view

    @property
    def region_names(self) -> RegionNames:
        """The divisions with documents in the library by their names."""
        return self.view.corpus.view(RegionNames)

    @property
    def _filed(self) -> FiledNames:
        return self.view.corpus.view(FiledNames)

    @property
    def head_names(self) -> tuple[frozenset[str], frozenset[str]]:
        """The issuers of the documents and their kinds 文种, folded."""
        heads = self.view.corpus.view(HeadNames)
        return heads.issuers, heads.kinds

    def divisions_named(self, name: str) -> tuple[Division, ...]:
        """The library's divisions with a name."""
        places = self.region_names.places
        found = [d for d in places.divisions if name in (d.name, d.short, d.path, *d.aliases)]
        return tuple(sorted(found, key=places.place))

    def match(self, candidates: Sequence[Division]) -> tuple[tuple[Division, ...], bool]:
        """The library's divisions that a mention means, and whether the mention is only a part of them (三都县 for 黔南州)."""
        places = self.region_names.places
        for candidate in candidates:
            if candidate in places.divisions:
                return (candidate,), False
        for candidate in candidates:
            if any(d != NATION and candidate.contains(d.code) for d in places.divisions):
                return (candidate,), False
        for candidate in candidates:
            above = [d for d in places.divisions if d != NATION and d.contains(candidate.code)]
            if above:
                # a province is named for a county only where it is all the library has of that place
                return (min(above, key=lambda d: (-len(d.code), places.place(d))),), True
        return (), False

    def misspelt_regions(self, text: str, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int, str, tuple[Division, ...]]]:
        """Names of the library's regions with one wrong character: (start, end, the name as it should be, divisions)."""
        found: list[tuple[int, int, str, tuple[Division, ...]]] = []
        busy = list(taken)
        for start, wrong, name in self.region_names.spellings.near(text):
            end = start + len(name)
            if any(a < end and start < b for a, b in busy) or (len(name) == 3 and wrong == start):
                continue
            if not self.occurs(text[start:end]):
                found.append((start, end, name, (self.region_names.named(name),)))
                busy.append((start, end))
        return found

    def county_at_start(self, text: str) -> tuple[str, Division] | None:
        """A county of the library that a question begins with, by its name without the class word (建德 for 建德市)."""
        first, nature = next(iter(natures(text[:8])), ("", ""))
        if len(first) < 2 or nature not in _PLACE_NATURES:
            return None
        whole = next((first + ending for ending in _COUNTY_ENDINGS if first + ending in self.region_names), None)
        return (first, self.region_names.named(whole)) if whole else None

    def title(self, row: int) -> str:
        """The title of a document, else its file name."""
        info = self.view.infos[row]
        return info.head.title or info.source

    def documents_named(self, folded: str) -> NamedDocuments:
        """What a folded question names by number or title: in marks, whole in the question, or as all that is asked about."""
        resolver = resolver_of(self.view.corpus)
        resolved = resolver.resolve(folded)
        found = resolved.mentions
        taken = [mention.span for mention in found]
        numbers = [one.span for one in find_numbers(folded) if one.bracketed and one.number.serial is not None]
        numbers = [span for span in numbers if not any(span.overlaps(other) for other in taken)]
        names: list[Span] = []
        guesses: list[Span] = []
        if not found:
            asked = _blank(strip_aspects(folded), numbers)
            described = [
                span for clause in _clauses(asked) if len(span := _before_gap(asked, _described(clause))) >= SHORTEST_PART
            ]
            texts = (asked, *(_only(asked, span) for span in described)) if asked != folded else ()
            found = next((mentions for text in texts if (mentions := resolver.resolve(text).mentions)), ())
            names = [] if found else described[:1]
            guess = _before_gap(asked, name_span(asked))
            guesses = [guess] if asked != folded and not found and not names and len(guess) >= SHORTEST_PART else []
        marked = [Span(*match.span()) for match in _marked.finditer(folded)]
        taken = [*(mention.span for mention in found), *names, *numbers]
        names += [span for span in marked if not any(span.overlaps(other) for other in taken)]
        mentions = tuple(self._narrowed(mention, folded) for mention in found)
        unmatched = None if mentions or numbers or marked else resolved.unmatched
        return NamedDocuments(mentions, tuple(numbers), tuple(names), () if names or numbers else tuple(guesses), unmatched)

    def _narrowed(self, mention: DocumentMention, folded: str) -> DocumentMention:
        """A mention without marks at the place of what its titles have in common with it: words of asking stand behind it."""
        if mention.kind not in _TITLED or is_marked(mention, folded):
            return mention
        text = mention.span.of(folded)
        blocks = [
            SequenceMatcher(None, text, fold(title), autojunk=False).find_longest_match()
            for title in self.titles(mention.documents[:3])
        ]
        best = max(blocks, key=lambda block: block.size, default=None)
        if best is None or best.size < SHORTEST_TITLE:
            return mention
        start = mention.span.start + best.a
        return replace(mention, span=Span(start, start + best.size), text=folded[start : start + best.size])

    def titles(self, rows: Iterable[int]) -> tuple[str, ...]:
        """Everything some documents are called: their titles, those of what they carry, their file names."""
        infos = [self.view.infos[row] for row in rows]
        heads = [head for info in infos for head in (info.head, *info.attached)]
        return (*(head.title for head in heads if head.title), *(info.source.rsplit("/", 1)[-1] for info in infos))

    def place_in_titles(self, folded: str) -> tuple[str, ...]:
        """A place at the start of the question that is in a title but not in the gazetteer (new towns, zones)."""
        match = _place.match(folded)
        return (match[0],) if match and self.titled(match[0]) else ()

    def unplaced(self, name: str) -> tuple[int, ...]:
        """Documents without a region that mention a place at least ``SPOKEN_OF`` times."""
        rows = self.view.unplaced
        if len(rows) > UNPLACED:
            return ()
        return tuple(row for row in sorted(rows) if self.view.document(row).folded.count(name) >= SPOKEN_OF)

    def titled(self, name: str) -> tuple[int, ...]:
        """The documents with a name in their title."""
        return tuple(sorted(self.view.corpus.view(TitlesInFull).texts.holding(name)))

    def department_at_start(self, folded: str) -> str | None:
        """A department that a text begins with, by a name that units of the library have with their level or place (教育局)."""
        start = folded.lstrip()
        for size in range(min(LONGEST_DEPARTMENT, len(start)), 2, -1):
            if parts_of(start[:size]) is not None and unit_keys(self.view.corpus, start[:size]):
                return start[:size]
        return None

    def units_in(self, folded: str) -> tuple[str, ...]:
        """The library's units in a folded question, longest first, without overlaps."""
        found: list[str] = []
        named = {form: unit for form, unit in self._filed.units.standing_in(folded).items() if len(form) > 2}
        for name in sorted(named, key=lambda n: (-len(n), n)):
            if name in folded:
                found.append(named[name])
                folded = folded.replace(name, " ")
        return tuple(found)

    @property
    def fixed_names(self) -> SpellingNames:
        """Terms and units, in which one wrong character can be corrected."""
        return self._filed.spellings

    def terms_in(self, *texts: str) -> set[str]:
        """The library's terms that stand in one of some folded texts, folded."""
        return {form for text in texts for form in self._filed.terms.standing_in(text)}

    def occurs(self, words: str) -> bool:
        """True if the words occur in the library."""
        return self.view.holds(words)

    def frequency(self, words: str) -> float:
        """The share of passages of the library that hold some words."""
        return self.view.frequency(words)

    def topics(self, text: str) -> tuple[str, ...]:
        """The topics of a text."""
        from graph.topics import topics_of

        return topics_of(text) if text else ()

    def beneficiaries_in(self, folded: str) -> tuple[str, ...]:
        """The library's beneficiary groups in a folded question."""
        groups = self.view.corpus.view(FiledKeys).ordered("beneficiary")
        return tuple(group for group in groups if len(group) > 1 and fold(group) in folded)


def _clauses(text: str) -> Iterator[str]:
    """A text with everything but one clause blanked, for each clause, longest first; places stay."""
    for clause in sorted(_clause.finditer(text), key=lambda match: -len(match[0].strip())):
        yield " " * clause.start() + clause[0]


def _described(clause: str) -> Span:
    """The place of what is described as a document in a clause: up to the last word for a document (…那个实施办法)."""
    ends = [at + len(word) for word in phrases("document_words.txt") if (at := clause.rfind(word)) >= 0]
    return name_span(clause[: max(ends)]) if ends else Span(0, 0)


def _before_gap(text: str, span: Span) -> Span:
    """A stretch up to the words of asking that were taken out of it."""
    gap = _gap.search(text, span.start, span.end)
    return name_span(text[: gap.start()]) if gap is not None and gap.start() > span.start else span


def _blank(text: str, spans: Iterable[Span]) -> str:
    for span in spans:
        text = text[: span.start] + " " * len(span) + text[span.end :]
    return text


def _only(text: str, span: Span) -> str:
    return " " * span.start + span.of(text)
