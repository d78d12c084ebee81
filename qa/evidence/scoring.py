"""Weighing sentences 句子评分: how much of the question each sentence of some documents holds, by itself and where it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

import numpy as np

from corpus.document import Span
from corpus.folding import fold
from index.passages import Hit
from qa.documents import DocumentView, LibraryView, Sentence
from qa.evidence.scope import Scope, ScoredSentence
from qa.understanding.concepts import Flags, Matrix, QueryConcepts
from qa.understanding.lexicons import first_phrase, phrases

SHORT = 60
"""What announces a list is read with each item where it is no longer than this."""
FAINT = 0.25
"""A sentence that holds less of the question, its surroundings counted, is of no use for anything."""
LONG = 120
PREAMBLE = 0.4
"""What a sentence loses that announces or gives reasons and rules nothing."""
LEADS = 0.9
MEANING = 0.12
"""What nearness in meaning adds, for the JUDGED best sentences."""
JUDGED = 40
PASSAGE_PRIOR, DOCUMENT_PRIOR, FIRST = 0.7, 1.0, 0.3
"""What the search's opinion of the passage and of its document adds to the score of a sentence."""
SPREAD = 1.4
"""How far the score of a hit lies below the best one's when it is trusted e times less."""
_clause = re.compile("[,:;，：；]")
GOVERNING = 0.1
"""What a sentence gains that allows or forbids, by itself or by what announces it, where that is asked."""
YEAR = 0.3
"""What a sentence gains that the year asked for governs, and loses that another does."""
HEARSAY = 0.3
"""What a sentence loses that only tells who says something."""
_only_says = re.compile("^[^。;]{0,40}(?:说|表示|介绍|获悉|透露|强调|了解到)[。,:]?$|^[(（]?记者")
_purpose = re.compile(r"第一条\s{0,2}为")
_value_clause = re.compile("[,;，；]")

THROUGHOUT, OFTEN = 0.45, 0.08
"""How much a concept counts that a document names in so large a share of its sentences."""
LEAF = 0.75
HEADING = 0.6
NEIGHBOUR = 0.5
TITLE = 0.5
"""How much a concept counts that stands not in the sentence but in a heading above it, beside it, or in the title."""


class SentenceScorer:
    """The sentences of documents weighed for one question; what was weighed once serves every further look at it."""

    def __init__(self, wanted: QueryConcepts, view: LibraryView) -> None:
        self.wanted = wanted
        self.view = view
        self._scored: dict[tuple[int, frozenset[int]], list[ScoredSentence]] = {}

    def score(
        self,
        scope: Scope,
        *,
        bonus: Callable[[Sentence], float] | None = None,
        required: Callable[[Sentence], bool] | None = None,
        measured: Callable[[str], bool] | None = None,
        governing: Callable[[str], bool] | None = None,
        similar: Callable[[Sequence[str]], Sequence[float]] | None = None,
    ) -> list[ScoredSentence]:
        """Every sentence of the scope that says something of what is wanted, best first."""
        found: list[ScoredSentence] = []
        prior = _Priors(scope.hits, self.view)
        for row, pairs in groupby(sorted(scope.parts), key=lambda pair: pair[0]):
            parts = frozenset(part for _, part in pairs)
            if (row, parts) not in self._scored:
                self._scored[row, parts] = _scored(self.wanted, self.view.document(row), parts)
            before = prior.of(row)
            for item in self._scored[row, parts]:
                sentence = item.sentence
                if required is not None and not required(sentence):
                    continue
                score = item.score + before(item.index)
                score += bonus(sentence) if bonus else 0.0
                lead = item.lead.folded if item.lead is not None else ""
                if measured is not None:
                    score += 0.4 * beside_value(self.wanted, sentence.folded, measured, lead)
                if governing is not None and governing(lead + sentence.folded):
                    score += GOVERNING
                found.append(ScoredSentence(item.document, item.index, score, item.coverage, item.context))
        found.sort(key=_order)
        if similar is not None and found:
            head = found[:JUDGED]
            closeness = similar([f.sentence.span.of(f.document.text) for f in head])
            head = [
                ScoredSentence(f.document, f.index, f.score + MEANING * c, f.coverage, f.context)
                for f, c in zip(head, closeness, strict=True)
            ]
            found = sorted(head, key=_order) + found[JUDGED:]
        return found


def _order(found: ScoredSentence) -> tuple[float, int, int]:
    return -found.score, found.row, found.index


def _scored(wanted: QueryConcepts, document: DocumentView, parts: frozenset[int]) -> list[ScoredSentence]:
    """The sentences of some parts of a document that hold something of what is wanted, in order."""
    sentences = document.sentences
    inside = np.array([sentence.part in parts for sentence in sentences], dtype=bool)
    if not inside.any():
        return []
    own = wanted.profiles([s.folded if s.part in parts else "" for s in sentences])
    for k, concept in enumerate(wanted.concepts):
        if concept.place:
            for part in parts:
                if concept.text in fold(document.parts[part].head.title or ""):
                    own[[i for i, s in enumerate(sentences) if s.part == part], k] = 1.0
    years = frozenset(concept.text for concept in wanted.concepts if _year.fullmatch(concept.text))
    governing = _governing(sentences) if years else [frozenset[str]()] * len(sentences)
    context = _in_context(wanted, document, parts, own, inside, governing)
    coverages, wides = wanted.shares(own), wanted.shares(context)
    titles = {part: fold(document.parts[part].head.title or "") for part in parts}
    preambles = phrases("preambles.txt")
    found: list[ScoredSentence] = []
    for i in np.flatnonzero(inside & (wides >= FAINT)).tolist():
        sentence, coverage, wide = sentences[i], float(coverages[i]), float(wides[i])
        lead = document.announced.get(sentence.section, i) if sentence.section is not None else i
        whole = sentences[lead].folded + sentence.folded if lead < i and len(sentences[lead].folded) <= SHORT else sentence.folded
        score = 0.75 * wide + 0.15 * wanted.coverage(whole) + 0.25 * wanted.closeness(whole)
        length = len(sentence.folded)
        score -= 0.05 if length < 10 else 0.0
        if length > LONG:
            # a long sentence holds many words far apart: what counts is how much of them stands together
            score -= 0.35 * max(0.0, coverage - _densest(wanted, sentence.folded))
        if sentence.leads and i + 1 < len(sentences):
            score -= LEADS
        elif only_heads(document, i):
            score -= 0.4
        if governing[i]:
            score += YEAR if governing[i] & years else -YEAR
        score -= 0.3 if sentence.is_units else 0.0
        score -= HEARSAY if _only_says.search(sentence.folded) else 0.0
        score -= PREAMBLE if first_phrase(sentence.folded, preambles) or _purpose.match(sentence.folded) else 0.0
        score -= 0.4 if len(titles[sentence.part]) > 8 and (sentence.folded.rstrip("。") in titles[sentence.part]) else 0.0
        found.append(ScoredSentence(document, i, score, coverage, wide))
    return found


def _in_context(
    wanted: QueryConcepts,
    document: DocumentView,
    parts: frozenset[int],
    own: Matrix,
    inside: Flags,
    governing: Sequence[frozenset[str]],
) -> Matrix:
    """What each sentence holds of each concept when its headings, its neighbours and the title are counted for their share."""
    sentences = document.sentences
    headings = {(s.heading, s.leaf): n for n, s in enumerate({(s.heading, s.leaf): s for s in sentences}.values())}
    trails = wanted.profiles([heading for heading, _ in headings])
    leaves = wanted.profiles([leaf for _, leaf in headings])
    above = np.maximum(LEAF * leaves, HEADING * trails)[[headings[s.heading, s.leaf] for s in sentences]]
    title = wanted.profiles([fold(part.head.title or "") for part in document.parts])[[s.part for s in sentences]]
    context: Matrix = np.maximum(np.maximum(own, above), TITLE * title)
    told = own[inside]
    throughout = (told >= 0.9).sum(axis=0) >= max(4, OFTEN * len(told))
    context = np.maximum(context, THROUGHOUT * throughout)
    leads = [document.announced.get(s.section, -1) if s.section is not None else -1 for s in sentences]
    items = np.array([0 <= lead < i for i, lead in enumerate(leads)])
    if items.any():
        context[items] = np.maximum(context[items], LEAF * own[[lead for i, lead in enumerate(leads) if items[i]]])
    for k, concept in enumerate(wanted.concepts):
        if _year.fullmatch(concept.text):
            governed = np.array([concept.text in years for years in governing])
            context[:, k] = np.maximum(context[:, k], LEAF * governed)
    opening: dict[str, int] = {}
    for i, sentence in enumerate(sentences):
        if sentence.part in parts and sentence.section is not None:
            opening.setdefault(sentence.section, i)
    first = [opening.get(s.section, i) if s.section is not None else i for i, s in enumerate(sentences)]
    context = np.maximum(context, NEIGHBOUR * own[first])
    if len(sentences) > 1:
        lines = np.array([s.line for s in sentences])
        same = (lines[1:] == lines[:-1])[:, None]
        context[1:] = np.maximum(context[1:], NEIGHBOUR * own[:-1] * same)
        context[:-1] = np.maximum(context[:-1], NEIGHBOUR * own[1:] * same)
        # 执行期限至2024年底, 该项工作于4月底前完成: a term of what the sentence before it tells
        follows = same & np.array([bare_term(s.folded) for s in sentences[1:]])[:, None]
        led = np.array([(a.leads or a.is_heading) and not b.leads for a, b in pairwise(sentences)])[:, None]
        context[1:] = np.maximum(context[1:], np.maximum(own[:-1] * follows, LEAF * own[:-1] * led))
    return context


def _governing(sentences: Sequence[Sentence]) -> list[frozenset[str]]:
    """The years that govern each sentence: its own, else those last named before it in its paragraph."""
    out: list[frozenset[str]] = []
    governing: frozenset[str] = frozenset()
    line = -1
    for sentence in sentences:
        if sentence.line != line:
            governing, line = frozenset(), sentence.line
        governing = frozenset(_year.findall(sentence.folded)) or governing
        out.append(governing)
    return out


_year = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_bare_term = re.compile(
    "(?:该|此|上述|以上|这)(?:项|些|类)?(?:工作|任务|措施|事项|行动|项目|政策|资金|补贴|补助)|[(（]?(?:[\u4e00-\u9fff]{2,4})?(?:期限|有效期|时限|时间|期)(?:为|至|自|截至|到|从|延长|暂定|按)"
)


def bare_term(folded: str) -> bool:
    """Whether a sentence only tells something more, a term above all, of what stands before it."""
    return _bare_term.match(folded) is not None


def beside_value(wanted: QueryConcepts, folded: str, measured: Callable[[str], bool] | None, lead: str = "") -> float:
    """How much of the question stands in the clause that holds the value asked for, or in what announces it (个人缴费费率：)."""
    return max(
        (wanted.coverage(lead + clause) for clause in _value_clause.split(folded) if measured is None or measured(clause)),
        default=0.0,
    )


def _densest(wanted: QueryConcepts, folded: str) -> float:
    """The coverage of the three neighbouring clauses of a sentence that hold most of the question."""
    clauses = _clause.split(folded)
    if len(clauses) <= 3:
        return wanted.coverage(folded)
    return max(wanted.coverage(",".join(clauses[i : i + 3])) for i in range(len(clauses) - 2))


def only_heads(document: DocumentView, i: int) -> bool:
    """Whether a sentence is a heading with something under it: what it announces is told there."""
    sentences = document.sentences
    return sentences[i].is_heading and i + 1 < len(sentences) and sentences[i + 1].heading.startswith(sentences[i].heading)


class _Priors:
    """What the search thought of the passage a sentence stands in, and of its document."""

    def __init__(self, hits: Sequence[Hit], view: LibraryView) -> None:
        self._view = view
        self._best = max((hit.score for hit in hits), default=0.0)
        self._hits: dict[int, list[Hit]] = {}
        self._first = view.by_id.get(hits[0].source_id) if hits else None
        for hit in hits:
            row = view.by_id.get(hit.source_id)
            if row is not None:
                self._hits.setdefault(row, []).append(hit)

    def of(self, row: int) -> Callable[[int], float]:
        """The prior of the sentences of a document, by their number."""
        hits = self._hits.get(row)
        if not hits:
            return lambda index: 0.0
        whole = DOCUMENT_PRIOR * self._trust(hits[0]) + (FIRST if row == self._first else 0.0)
        document = self._view.document(row)
        passages: dict[int, float] = {}
        for hit in hits:
            for i in document.between(Span(hit.start, hit.end)):
                passages[i] = max(passages.get(i, 0.0), PASSAGE_PRIOR * self._trust(hit))
        return lambda index: whole + passages.get(index, 0.0)

    def _trust(self, hit: Hit) -> float:
        """1 for the best hit, less for others: only the difference of two scores means something."""
        return math.exp((hit.score - self._best) / SPREAD)
