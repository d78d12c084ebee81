"""The documents behind the facts, read once: texts, head matter, sentences and citations."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePath

from corpus.document import HeadMatter, ParsedDocument, Span
from corpus.store import Corpus, DocumentInfo, StoredFact
from corpus.text import sentence_around
from graph.codec.records import FactRecord, TargetRecord, TaskRecord
from graph.documents.status import DocumentStatus, status_on
from graph.named_periods import named_periods
from qa.answer import AnswerCitation
from qa.study.question import typeset

NUMBERING = re.compile(r"^(?:\d{1,3}[.．、](?!\d)|[（(]\d{1,2}[)）]|[①-⑳])\s*")
_NO_RULE = ("已废止", "征求意见稿", "已修订")
"""States in which a document is not asked about."""


@dataclass(slots=True)
class StudyFacts:
    """Documents of a library by row number, each read when it is first needed."""

    corpus: Corpus
    infos: dict[int, DocumentInfo] = field(default_factory=dict)
    _documents: dict[int, ParsedDocument] = field(default_factory=dict)
    _titles: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.infos = {info.row: info for info in self.corpus.infos()}
        self._titles = Counter("".join((info.head.title or "").split()) for info in self.infos.values())

    def document(self, row: int) -> ParsedDocument:
        """The whole document."""
        if row not in self._documents:
            self._documents[row] = self.corpus.document(row)
        return self._documents[row]

    def head(self, fact: StoredFact[FactRecord]) -> HeadMatter:
        """The head matter that governs a fact: that of the attached document it stands in, or the document's own."""
        return self.document(fact.document).head_at(fact.span.start)

    def title(self, fact: StoredFact[FactRecord]) -> str:
        """The title to name a fact's document by, fit to stand between 《 and 》."""
        name = "".join((self.head(fact).title or self.infos[fact.document].head.title or "").split())
        # two documents of one title have to be told apart
        if not name or self._titles[name] > 1:
            name += PurePath(fact.source).stem if not name else f"（{PurePath(fact.source).stem}）"
        return typeset(name.replace("《", "〈").replace("》", "〉"))

    def sentence(self, fact: StoredFact[FactRecord]) -> Span:
        """The sentence around the beginning of a fact, with the end of the fact in it where that is the same line."""
        text = self.document(fact.document).text
        whole = sentence_around(text, fact.span).trimmed(text)
        mark = NUMBERING.match(text[whole.start : whole.start + 12])
        # the number of an item is no part of its sentence; a fact that begins with it keeps it
        start = whole.start + (mark.end() if mark else 0)
        return Span(start, whole.end) if start <= fact.span.start else whole

    def cite(self, fact: StoredFact[FactRecord], span: Span | None = None) -> AnswerCitation:
        """A citation of a fact, or of a part of its document."""
        doc, head = self.document(fact.document), self.head(fact)
        place = span or fact.span
        return AnswerCitation(
            source_id=doc.id,
            source=doc.source,
            title=self.title(fact),
            doc_number=head.doc_number,
            region=head.region,
            section_path=doc.heading_path(place.start),
            quote=place.of(doc.text),
            start=place.start,
            end=place.end,
            page=doc.page_at(place.start),
        )

    def standing(self, fact: StoredFact[FactRecord], as_of: dt.date) -> str | None:
        """Whether a fact may be asked about on a day: None if not, else what has to be said beside the question.

        A rule for a period that is over (过渡期内) is not asked at all, nor anything of a draft or a repealed document.
        """
        text = self.document(fact.document).text
        words = re.sub(r"\s", "", self.sentence(fact).of(text) + (_deadline(fact.value) or ""))
        for period in named_periods().values():
            meant = not period.context or any(word in text for word in period.context)
            if period.end < as_of and meant and any(marker in words for marker in period.markers):
                return None
        state = self._validity(fact, as_of)
        if state.status in _NO_RULE:
            return None
        if state.status == "已失效":
            if self.head(fact).expires_on is not None:
                return None
            return "该文件的规划期已届满，本题考查文件当时的规定。"
        year = fact.value.by_year if isinstance(fact.value, TargetRecord) else None
        if year is not None and year < as_of.year:
            return f"目标年份（{year}年）已过，本题考查文件当时提出的目标。"
        return ""

    def binding(self, fact: StoredFact[FactRecord], as_of: dt.date) -> bool:
        """Whether the document of a fact was ever a rule and has not been taken back: no draft, not repealed."""
        state = self._validity(fact, as_of)
        return state.status not in _NO_RULE and not (state.status == "已失效" and self.head(fact).expires_on is not None)

    def _validity(self, fact: StoredFact[FactRecord], as_of: dt.date) -> DocumentStatus:
        return status_on(self.corpus, self.infos[fact.document], as_of, self.head(fact))


def _deadline(fact: FactRecord) -> str | None:
    return fact.deadline if isinstance(fact, TaskRecord | TargetRecord) else None
