"""Finding the sentences that carry an answer: which documents to look at, and what each of their sentences says of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.divisions import NATION, Division
from corpus.document import Span
from corpus.filters import Filters
from corpus.folding import fold
from index.passages import Hit
from index.searcher import Searcher
from qa.concepts import Wanted
from qa.lexicons import first_phrase, phrases
from qa.question import Reading
from qa.shelf import Part, Sentence, Shelf, Shelved

SMALL = 24
"""A selection of documents up to this size is read whole; of a larger one only what the search brings up."""
SEARCHED, SURVEYED = 3, 10
"""Documents read of a larger selection: for one answer, and where several documents are asked about."""

LONG = 120
PREAMBLE = 0.4
"""What a sentence loses that announces or gives reasons and rules nothing."""
LEADS = 0.9
MEANING = 0.12
"""What nearness in meaning adds, for the JUDGED best sentences."""
JUDGED = 40
PASSAGE_PRIOR, DOCUMENT_PRIOR, FIRST = 0.7, 1.0, 0.3
"""What the search's opinion of the passage and of its document adds to the score of a sentence."""
_clause = re.compile("[,:;，：；]")
_value_clause = re.compile("[,;，；]")

THROUGHOUT, OFTEN = 0.45, 0.08
"""How much a concept counts that a document names in so large a share of its sentences."""
LEAF = 0.75
HEADING = 0.6
NEIGHBOUR = 0.5
TITLE = 0.5
"""How much a concept counts that stands not in the sentence but in a heading above it, beside it, or in the title."""


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence with its score. ``coverage`` is the share of the question it holds by itself, ``context`` with its headings."""

    shelved: Shelved
    index: int
    score: float
    coverage: float
    context: float

    @property
    def sentence(self) -> Sentence:
        """The sentence."""
        return self.shelved.sentences[self.index]

    @property
    def part(self) -> Part:
        """The document or attached document it stands in."""
        return self.shelved.parts[self.sentence.part]

    @property
    def row(self) -> int:
        """The number of its document."""
        return self.shelved.info.row


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: documents with the parts that count; ``loose`` holds documents of other regions that name the region."""

    parts: tuple[tuple[int, int], ...]
    hits: tuple[Hit, ...] = ()
    loose: frozenset[int] = frozenset()

    @property
    def rows(self) -> tuple[int, ...]:
        """The documents, in order."""
        return tuple(dict.fromkeys(row for row, _ in self.parts))


def scope_of(
    reading: Reading,
    shelf: Shelf,
    searcher: Searcher,
    allowed: set[int] | None = None,
    divisions: Sequence[Division] | None = None,
) -> Scope:
    """The documents a question is to be answered from."""
    divisions = reading.divisions if divisions is None else tuple(divisions)
    rows = [row for row in shelf.infos if allowed is None or row in allowed]
    if reading.documents and any(row in reading.documents for row in rows):
        rows = [row for row in rows if row in reading.documents]
    elif divisions:
        inside = [row for row in rows if any(speaks_for(d, division) for d in shelf.regions[row] for division in divisions)]
        if len(rows) > SMALL:
            hits = _hits(reading, searcher, rows if allowed is not None else None, shelf)
            others = [shelf.by_id[hit.source_id] for hit in hits if hit.source_id in shelf.by_id]
            if len(inside) > SMALL:
                near = _hits(reading, searcher, inside, shelf)
                inside = list(dict.fromkeys(shelf.by_id[hit.source_id] for hit in near))[: _most(reading)]
                hits += near
            called = place_names(reading, divisions)
            loose = [
                row
                for row in dict.fromkeys(others)
                if row not in inside
                and (
                    not inside
                    or not elsewhere(shelf, row, divisions)
                    or any(name in shelf.document(row).folded for name in called)
                )
            ][: _most(reading)]
            return Scope(
                _parts(shelf, inside, reading, divisions) + _parts(shelf, loose, reading, ()), tuple(hits), frozenset(loose)
            )
        names = [fold(m) for m in reading.places]
        # a document that does not say of which region it is counts where it names the place
        unplaced = [row for row in rows if not shelf.regions[row] and any(name in shelf.document(row).folded for name in names)]
        rows = [row for row in rows if row in {*inside, *unplaced}] or rows
    if len(rows) > SMALL:
        hits = _hits(reading, searcher, rows if len(rows) < len(shelf) else None, shelf)
        rows = list(dict.fromkeys(shelf.by_id[hit.source_id] for hit in hits if hit.source_id in shelf.by_id))[: _most(reading)]
        return Scope(_parts(shelf, rows, reading, ()), tuple(hits))
    return Scope(_parts(shelf, rows, reading, divisions))


def place_names(reading: Reading, divisions: Sequence[Division]) -> tuple[str, ...]:
    """The names, folded, by which a document may speak of the regions asked about."""
    names = [fold(name) for d in divisions for name in (d.name, d.short, *d.aliases)]
    return tuple(dict.fromkeys([*map(fold, reading.places), *names]))


def elsewhere(shelf: Shelf, row: int, divisions: Sequence[Division]) -> bool:
    """Whether a document says itself that it is of another region, neither above nor inside the regions asked about."""
    own = shelf.regions[row]
    if NATION in divisions:
        return bool(own) and NATION not in own
    return bool(own) and not any(d == NATION or d.contains(w.code) or w.contains(d.code) for d in own for w in divisions)


def of_the_place(found: Found, names: Sequence[str]) -> bool:
    """Whether a sentence of another region's document speaks of the place: itself, its headings, or the title over it."""
    sentence = found.sentence
    beside = (sentence.folded, sentence.heading, fold(found.part.head.title or ""))
    return any(name in text for name in names for text in beside)


def _most(reading: Reading) -> int:
    return SURVEYED if reading.several or reading.kind in ("multi_doc", "comparison") else SEARCHED


def speaks_for(division: Division, wanted: Division) -> bool:
    """Whether a document of ``division`` is one of the region ``wanted``: the same, or inside it (but nothing is inside 全国)."""
    return division == wanted or (wanted != NATION and division != NATION and wanted.contains(division.code))


def _hits(reading: Reading, searcher: Searcher, rows: Iterable[int] | None, shelf: Shelf) -> list[Hit]:
    filters = Filters(documents=tuple(shelf.infos[row].id for row in rows)) if rows is not None else None
    return searcher.search(reading.text, filters=filters, top=40)


def _parts(shelf: Shelf, rows: Iterable[int], reading: Reading, divisions: Sequence[Division]) -> tuple[tuple[int, int], ...]:
    """The parts of documents that speak for the divisions; where a document as a whole is meant, all its parts."""
    found: list[tuple[int, int]] = []
    for row in rows:
        shelved = shelf.document(row)
        every = list(range(len(shelved.parts)))
        own = shelved.parts[-1].division
        if divisions and not any(own is not None and speaks_for(own, d) for d in divisions):
            every = [
                i for i in every if (d := shelved.parts[i].division) is not None and any(speaks_for(d, w) for w in divisions)
            ] or every
        found += [(row, i) for i in every]
    if reading.document_words:
        named = [
            (row, i) for row, i in found
            if any(word in fold(shelf.document(row).parts[i].head.title or "") for word in reading.document_words)
        ]  # fmt: skip
        rows_named = {row for row, _ in named}
        # 实施方案 tells documents apart only where some have it in the title and some have not
        if named and not divisions and not reading.every_region:
            found = [(row, i) for row, i in found if row in rows_named]
    return tuple(found)


def own_figures(reading: Reading, scope: Scope, shelf: Shelf) -> Scope:
    """The scope without what a region only forwards: the figures of a province's paper are not those of the city that sent it on."""
    kept = tuple(
        (row, number)
        for row, number in scope.parts
        if (d := shelf.document(row).parts[number].division) is None
        or any(speaks_for(d, wanted) for wanted in reading.divisions)
        or row in scope.loose
    )
    return replace(scope, parts=kept) if kept else scope


def weigh(
    wanted: Wanted,
    scope: Scope,
    shelf: Shelf,
    *,
    bonus: Callable[[Sentence], float] | None = None,
    required: Callable[[Sentence], bool] | None = None,
    measured: Callable[[str], bool] | None = None,
    similar: Callable[[Sequence[str]], Sequence[float]] | None = None,
) -> list[Found]:
    """Every sentence of the scope that says something of what is wanted, best first."""
    found: list[Found] = []
    prior = _priors(scope, shelf)
    preambles = phrases("preambles.txt")
    for row in scope.rows:
        shelved = shelf.document(row)
        parts = {part for r, part in scope.parts if r == row}
        titles = {part: fold(shelved.parts[part].head.title or "") for part in parts}
        title_profiles = {part: wanted.profile(fold(shelved.parts[part].head.title or "")) for part in parts}
        headings: dict[str, tuple[float, ...]] = {}
        opening: dict[str, tuple[float, ...]] = {}
        profiles = [wanted.profile(s.folded) if s.part in parts else () for s in shelved.sentences]
        throughout = _throughout(profiles)
        for i, sentence in enumerate(shelved.sentences):
            if sentence.section is not None and profiles[i]:
                opening.setdefault(sentence.section, profiles[i])
            if sentence.part not in parts or (required is not None and not required(sentence)):
                continue
            own = profiles[i]
            if not any(own) and not (i and (shelved.sentences[i - 1].leads or shelved.sentences[i - 1].is_heading)):
                continue
            key = sentence.heading
            if key not in headings:
                leaf, trail = wanted.profile(sentence.leaf), wanted.profile(sentence.heading)
                headings[key] = tuple(max(LEAF * a, HEADING * b) for a, b in zip(leaf, trail, strict=True))
            heading, title = headings[key], title_profiles[sentence.part]
            beside = [
                profiles[j]
                for j in (i - 1, i + 1)
                if 0 <= j < len(profiles) and profiles[j] and shelved.sentences[j].line == sentence.line
            ]
            announced = (
                profiles[i - 1]
                if i and (shelved.sentences[i - 1].leads or shelved.sentences[i - 1].is_heading) and profiles[i - 1]
                else ()
            )
            if sentence.section is not None and sentence.section in opening:
                beside.append(opening[sentence.section])
            context = [
                max(o, h, TITLE * t, u, *(NEIGHBOUR * b[k] for b in beside)) if beside else max(o, h, TITLE * t, u)
                for k, (o, h, t, u) in enumerate(zip(own, heading, title, throughout, strict=True))
            ]
            if i and profiles[i - 1] and _bare_term.match(sentence.folded) and shelved.sentences[i - 1].line == sentence.line:
                # 执行期限至2024年底, 该项工作于4月底前完成: a term of what the sentence before it tells
                context = [max(c, b) for c, b in zip(context, profiles[i - 1], strict=True)]
            if announced and not sentence.leads:
                context = [max(c, LEAF * a) for c, a in zip(context, announced, strict=True)]
            coverage, wide = wanted.share(own), wanted.share(context)
            score = 0.75 * wide + 0.15 * coverage + 0.25 * wanted.closeness(sentence.folded)
            length = len(sentence.folded)
            score -= 0.05 if length < 10 else 0.0
            if length > LONG:
                # a long sentence holds many words far apart: what counts is how much of them stands together
                score -= 0.35 * max(0.0, coverage - _densest(wanted, sentence.folded))
            if sentence.leads and i + 1 < len(profiles):
                score -= LEADS
            elif only_heads(shelved, i):
                score -= 0.4
            score -= 0.3 if sentence.is_units else 0.0
            score -= PREAMBLE if first_phrase(sentence.folded, preambles) else 0.0
            score -= 0.4 if len(titles[sentence.part]) > 8 and (sentence.folded.rstrip("。") in titles[sentence.part]) else 0.0
            score += bonus(sentence) if bonus else 0.0
            if measured is not None:
                score += 0.4 * beside_value(wanted, sentence.folded, measured)
            score += prior.get((row, i), 0.0) if prior else 0.0
            found.append(Found(shelved, i, score, coverage, wide))
    found.sort(key=lambda f: (-f.score, f.row, f.index))
    if similar is not None and found:
        head = found[:JUDGED]
        closeness = similar([f.sentence.span.of(f.shelved.text) for f in head])
        head = [
            Found(f.shelved, f.index, f.score + MEANING * c, f.coverage, f.context) for f, c in zip(head, closeness, strict=True)
        ]
        found = sorted(head, key=lambda f: (-f.score, f.row, f.index)) + found[JUDGED:]
    return found


_bare_term = re.compile("(?:该|此|上述|以上|这)(?:项|些|类)?(?:工作|任务|措施|事项|行动|项目|政策|资金|补贴|补助)|[(（]?(?:[\u4e00-\u9fff]{2,4})?(?:期限|有效期|时限|时间|期)(?:为|至|自|截至|到|从|延长|暂定|按)")


def bare_term(folded: str) -> bool:
    """Whether a sentence only tells something more, a term above all, of what stands before it."""
    return _bare_term.match(folded) is not None


def _throughout(profiles: Sequence[Sequence[float]]) -> list[float]:
    """For each concept whether the document speaks of it all along, so that its sentences need not name it."""
    told = [profile for profile in profiles if profile]
    if not told:
        return []
    return [
        THROUGHOUT if sum(value >= 0.9 for value in column) >= max(4, OFTEN * len(told)) else 0.0
        for column in zip(*told, strict=True)
    ]


def beside_value(wanted: Wanted, folded: str, measured: Callable[[str], bool] | None) -> float:
    """How much of the question stands in the clause that holds the value asked for."""
    return max(
        (wanted.coverage(clause) for clause in _value_clause.split(folded) if measured is None or measured(clause)), default=0.0
    )


def _densest(wanted: Wanted, folded: str) -> float:
    """The coverage of the three neighbouring clauses of a sentence that hold most of the question."""
    clauses = _clause.split(folded)
    if len(clauses) <= 3:
        return wanted.coverage(folded)
    return max(wanted.coverage(",".join(clauses[i : i + 3])) for i in range(len(clauses) - 2))


def only_heads(shelved: Shelved, i: int) -> bool:
    """Whether a sentence is a heading with something under it: what it announces is told there."""
    sentences = shelved.sentences
    return sentences[i].is_heading and i + 1 < len(sentences) and sentences[i + 1].heading.startswith(sentences[i].heading)


def _priors(scope: Scope, shelf: Shelf) -> dict[tuple[int, int], float]:
    """What the search thought of the passage a sentence stands in."""
    if not scope.hits:
        return {}
    best = max(hit.score for hit in scope.hits) or 1.0
    prior: dict[tuple[int, int], float] = {}
    documents: dict[int, float] = {}
    for place, hit in enumerate(scope.hits):
        row = shelf.by_id.get(hit.source_id)
        if row is not None and row not in documents:
            documents[row] = DOCUMENT_PRIOR * hit.score / best + (FIRST if place == 0 else 0.0)
    for hit in scope.hits:
        row = shelf.by_id.get(hit.source_id)
        if row is None or row not in scope.rows:
            continue
        shelved = shelf.document(row)
        for i in shelved.between(Span(hit.start, hit.end)):
            prior[(row, i)] = max(prior.get((row, i), 0.0), PASSAGE_PRIOR * hit.score / best)
    for row, value in documents.items():
        if row in scope.rows:
            for i in range(len(shelf.document(row).sentences)):
                prior[(row, i)] = prior.get((row, i), 0.0) + value
    return prior
