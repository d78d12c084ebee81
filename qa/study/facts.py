"""The documents behind the facts, read once: texts, head matter, sentences and citations."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from corpus.document import HeadMatter, ParsedDocument, Span
from corpus.store import Corpus, DocumentInfo, StoredFact
from corpus.text import sentence_around
from graph.codec.records import FactRecord, TargetRecord, TaskRecord
from graph.documents.status import DocumentStatus, status_on
from graph.named_periods import NamedPeriod, named_periods
from qa.answer import AnswerCitation
from qa.study.question import typeset

NUMBERING = re.compile(r"^(?:\d{1,3}[.．、](?!\d)|[（(]\d{1,2}[)）]|[①-⑳])\s*")
_DAY = re.compile(r"(20\d\d)年(?:(\d{1,2})月(?:(\d{1,2})日)?)?")
PLAN_OVER = "该文件的规划期已届满，本题考查文件当时的规定。"
_OPEN_END = re.compile(r"(?:[(（]含?[^)）]{0,6}[)）])?(?:及?以?后|之后|起|及?以前|之前|前|出生|生育)")
"""A day from which something holds, or before which something happened, is not the end of it."""
OVER = "规定所写的时间已过，本题考查当时的规定。"
_NO_RULE = ("已废止", "征求意见稿", "已修订")
"""States in which a document is not asked about."""


@dataclass(slots=True)
class StudyFacts:
    """Documents of a library by row number, each read when it is first needed."""

    corpus: Corpus
    as_of: dt.date = field(default_factory=dt.date.today)
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
        return self.title_at(fact.document, fact.span.start)

    def sentence(self, fact: StoredFact[FactRecord]) -> Span:
        """The sentence around the beginning of a fact, with the end of the fact in it where that is the same line."""
        text = self.document(fact.document).text
        whole = sentence_around(text, fact.span).trimmed(text)
        mark = NUMBERING.match(text[whole.start : whole.start + 12])
        # the number of an item is no part of its sentence; a fact that begins with it keeps it
        start = whole.start + (mark.end() if mark else 0)
        return Span(start, whole.end) if start <= fact.span.start else whole

    def title_at(self, row: int, at: int = 0) -> str:
        """The title of a document (of the one attached at a place), fit to stand between 《 and 》."""
        info = self.infos.get(row) or self.corpus.heads[row]
        name = "".join((self.document(row).head_at(at).title or info.head.title or "").split())
        if not name:
            name = PurePath(info.source).stem
        elif self._titles[name] > 1:
            # two documents of one title have to be told apart: by place and day, else by file
            told = _told(info)
            same = [other for other in self._of_title(name) if other.row != row and _told(other) == told]
            stem = PurePath(info.source).stem
            name += f"（{'，'.join(told)}）" if told and not same else f"（{stem}）" if stem != name else ""
        return typeset(name.replace("《", "〈").replace("》", "〉"))

    def _of_title(self, name: str) -> list[DocumentInfo]:
        return [info for info in self.corpus.heads.values() if "".join((info.head.title or "").split()) == name]

    def sentence_at(self, row: int, span: Span) -> Span:
        """The sentence around a stretch of a document."""
        text = self.document(row).text
        return sentence_around(text, span).trimmed(text)

    def cite(self, fact: StoredFact[FactRecord], span: Span | None = None) -> AnswerCitation:
        """A citation of a fact, or of a part of its document."""
        return self.cite_place(fact.document, span or fact.span)

    def cite_place(self, row: int, place: Span) -> AnswerCitation:
        """A citation of a stretch of a document."""
        doc = self.document(row)
        head = doc.head_at(place.start)
        return AnswerCitation(
            source_id=doc.id,
            source=doc.source,
            title=self.title_at(row, place.start),
            doc_number=head.doc_number,
            region=head.region,
            section_path=doc.heading_path(place.start),
            quote=place.of(doc.text),
            start=place.start,
            end=place.end,
            page=doc.page_at(place.start),
        )

    def mentions_ended_period(self, row: int, said: str, as_of: dt.date) -> bool:
        """Whether words of a document are for a named period that is over on a day."""
        return self._ended(self.document(row).text, re.sub(r"\s", "", said), as_of) is not None

    def ended_period(self, fact: StoredFact[FactRecord], as_of: dt.date) -> NamedPeriod | None:
        """The named period, over on a day, that the sentence of a fact or its deadline says it is for."""
        text = self.document(fact.document).text
        return self._ended(text, re.sub(r"\s", "", self.sentence(fact).of(text) + (_deadline(fact.value) or "")), as_of)

    def _ended(self, text: str, words: str, as_of: dt.date) -> NamedPeriod | None:
        for period in named_periods().values():
            meant = not period.context or any(word in text for word in period.context)
            if period.end < as_of and meant and any(marker in words for marker in period.markers):
                return period
        return None

    def note_of(self, said: str) -> str:
        """What has to be said beside a question about words whose last date is over; empty where there is none, or where it begins something."""
        days = list(_DAY.finditer(said))
        if not days or _OPEN_END.match(said, days[-1].end()):
            return ""
        year, month, day = days[-1].groups()
        return OVER if f"{year}-{int(month or 12):02}-{int(day or 31):02}" < self.as_of.isoformat() else ""

    def standing_note(self, fact: StoredFact[FactRecord], said: str = "") -> str:
        """What has to be said beside a question about a fact that may be asked about, and about the words it is made of."""
        return self.note_of(said) or self.standing(fact, self.as_of) or ""

    def standing(self, fact: StoredFact[FactRecord], as_of: dt.date) -> str | None:
        """Whether a fact may be asked about on a day: None if not, else what has to be said beside the question.

        A rule for a period that is over (过渡期内) is not asked at all, nor anything of a draft or a repealed document.
        """
        if self.ended_period(fact, as_of) is not None:
            return None
        state = self._validity(fact, as_of)
        if state.status in _NO_RULE:
            return None
        if state.status == "已失效":
            if self.head(fact).expires_on is not None:
                return None
            return PLAN_OVER
        year = fact.value.by_year if isinstance(fact.value, TargetRecord) else None
        if year is not None and year < as_of.year:
            return f"目标年份（{year}年）已过，本题考查文件当时提出的目标。"
        return ""

    def rules(self, as_of: dt.date) -> Iterator[tuple[int, str]]:
        """The documents that may be asked about on a day, in the order of their ids, each with what has to be said beside the question."""
        for row in sorted(self.infos, key=lambda row: self.infos[row].id):
            note = self._rule_note(row, as_of)
            if note is not None:
                yield row, note

    def _rule_note(self, row: int, as_of: dt.date) -> str | None:
        info = self.infos[row]
        status = status_on(self.corpus, info, as_of, info.head).status
        if status in (*_NO_RULE, "尚未施行") or (status == "已失效" and info.head.expires_on is not None):
            return None
        return PLAN_OVER if status == "已失效" else ""

    def binding(self, fact: StoredFact[FactRecord], as_of: dt.date) -> bool:
        """Whether the document of a fact was ever a rule and has not been taken back: no draft, not repealed."""
        state = self._validity(fact, as_of)
        return state.status not in _NO_RULE and not (state.status == "已失效" and self.head(fact).expires_on is not None)

    def _validity(self, fact: StoredFact[FactRecord], as_of: dt.date) -> DocumentStatus:
        return status_on(self.corpus, self.infos[fact.document], as_of, self.head(fact))


def _told(info: DocumentInfo) -> tuple[str, ...]:
    return tuple(part for part in (info.head.region, info.head.issued_on or info.head.published_on) if part)


def _deadline(fact: FactRecord) -> str | None:
    return fact.deadline if isinstance(fact, TaskRecord | TargetRecord) else None
