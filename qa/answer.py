"""The values an answer is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from index.passages import Hit

if TYPE_CHECKING:
    from graph.families.units import ComparableValue

Status = Literal["answered", "partial", "not_found"]
Form = Literal["地区对比", "新旧对照", "落实对照"]
NoticeKind = Literal["expired", "draft", "repealed", "pending", "scope", "related", "wording", "unread", "recognised", "damaged"]
"""``pending``: not yet in force. ``related``: what is quoted may only be related to the question. ``wording``: what a language model
had to do with the wording; only where one is configured. ``unread``: most of a document was not read.
``recognised``: a document was read from pictures."""


@dataclass(frozen=True, slots=True)
class AnswerCitation:
    """One quoted place: ``quote == text[start:end]`` of the document ``source_id``."""

    source_id: str
    source: str
    title: str | None
    doc_number: str | None
    region: str | None
    section_path: tuple[str, ...]
    quote: str
    start: int
    end: int
    page: int | None = None

    def lies_in(self, other: AnswerCitation) -> bool:
        """Whether another quote of the same document holds all of this one."""
        return other.source_id == self.source_id and other.start <= self.start and self.end <= other.end

    def overlaps(self, other: AnswerCitation) -> bool:
        """Whether another quote of the same document shares some of its words."""
        return other.source_id == self.source_id and other.start < self.end and self.start < other.end

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        return {
            "source_id": self.source_id,
            "source": self.source,
            "title": self.title,
            "doc_number": self.doc_number,
            "region": self.region,
            "section_path": list(self.section_path),
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "page": self.page,
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning about the answer's force: 过渡期已届满, 征求意见稿, 已废止, 适用于其他层级或地区."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of a question, to be shown and corrected (识别结果)."""

    kind: str
    """The name of a kind of question: a row of ``data/kinds.tsv``."""
    regions: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()
    """Typos and everyday words that were read otherwise: (as written, as read)."""
    subject: str = ""
    """What remains when region, document and question words are taken away: what a follow-up question goes on about."""
    every_region: bool = False
    """Whether all regions of the library are asked for (各地)."""
    question: str = ""
    """The whole question, folded: a follow-up completed by what was asked before it."""
    kept: tuple[tuple[str, str], ...] = ()
    """What a follow-up has from the question before: (slot, value)."""

    @property
    def follow_up(self) -> dict[str, object] | None:
        """The question as completed and what was kept, in the shape other programs read; None for a whole question."""
        if not self.kept:
            return None
        return {"question": self.question, "kept": [{"slot": slot, "value": value} for slot, value in self.kept]}


@dataclass(frozen=True, slots=True)
class CellValue:
    """The value a cell is compared by.

    Attributes:
        text: As written (180万元, 5.5%左右).
        low, high: In the base unit; of a single value both are the same. None where it is no number (a date).
        unit: The base unit; values of different units are not compared.
        year: The year it is of or due, where that is known.
        kind: ``target``, ``achieved``, ``statistic`` or ``rule``.
        note: Whom or what it is for, where that differs between the places (双方缴存).
        order: What a date is sorted by.
    """

    text: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    year: int | None = None
    kind: str = "rule"
    note: str = ""
    order: str = ""

    @classmethod
    def of(cls, text: str, value: ComparableValue | None, year: int | None = None, kind: str = "rule") -> CellValue:
        """A value as written, with the number it was read as; None where it is no number."""
        if value is None:
            return cls(text, year=year, kind=kind)
        return cls(text, value.low, value.high, value.unit, year, kind)

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        return {
            "text": self.text, "low": self.low, "high": self.high, "unit": self.unit, "year": self.year, "kind": self.kind,
            "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnswerFigure:
    """A figure that a line of an answer tells, as a table or a chart shows it.

    Attributes:
        place: Whose it is: the short name of the place.
        indicator: What is measured.
        value: The value, with its year and kind as far as they are known.
    """

    place: str
    indicator: str
    value: CellValue

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        return {"place": self.place, "indicator": self.indicator, "value": self.value.record()}


Grade = Literal["answered", "related", "not_stated"]
"""How a statement answers: it does; it may only be related (可能相关); the documents do not tell (未载明)."""


@dataclass(frozen=True, slots=True)
class AnswerStatement:
    """One line of an answer as values; what it looks like is made of them by ``qa.answers.rendering``.

    Args:
        label: Whose it is: the region, the issuer or the title; "" where it is nobody's.
        slot: What it tells, a row of ``data/slots.tsv``.
        grade: How it answers.
        words: What the program says itself: a count, a status, that nothing was found; "" where the quotes stand alone.
        quotes: The places quoted, or cited for the words.
        written_out: Whether the quotes are part of the line, after the words; else they only stand behind it as sources.
        item: Whether it is an entry of a list, written without quotation marks.
        figures: The figures it tells, where it is a row of a table of figures, each in the order of the quotes.
    """

    label: str
    slot: str
    grade: Grade
    words: str = ""
    quotes: tuple[AnswerCitation, ...] = ()
    written_out: bool = False
    item: bool = False
    figures: tuple[AnswerFigure, ...] = ()

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        places = [{"source_id": q.source_id, "start": q.start, "end": q.end, "quote": q.quote} for q in self.quotes]
        told = {"figures": [figure.record() for figure in self.figures]} if self.figures else {}
        return {"label": self.label, "slot": self.slot, "grade": self.grade, "words": self.words, "quotes": places, **told}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer built from quotes. Every number, date, unit and document number in it is in a quote, but for counts (共 12 项)."""

    id: str
    question: str
    status: Status
    kind: str
    answer: str
    citations: tuple[AnswerCitation, ...] = ()
    notices: tuple[Notice, ...] = ()
    nearest: tuple[Hit, ...] = ()
    understood: Understanding | None = None
    generation: int = 0
    as_of: str | None = None
    statements: tuple[AnswerStatement, ...] = ()
    """The lines of the answer as values; ``answer`` is rendered from them, or is what a language model made of their quotes."""

    def __repr__(self) -> str:
        return f"<Answer {self.id} {self.question[:40]!r} {self.status} kind={self.kind} citations={len(self.citations)}>"

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        return {
            "id": self.id,
            "question": self.question,
            "status": self.status,
            "kind": self.kind,
            "answer": self.answer,
            "notices": [{"kind": notice.kind, "text": notice.text} for notice in self.notices],
            "citations": [citation.record() for citation in self.citations],
            "nearest": [hit.record() for hit in self.nearest],
            "generation": self.generation,
            "as_of": self.as_of,
            "statements": [statement.record() for statement in self.statements],
            "follow_up": self.understood.follow_up if self.understood else None,
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a comparison: the carrying sentences of one region, or nothing (``text`` None → 原文未载明)."""

    region: str
    source: str | None
    text: str | None
    citations: tuple[AnswerCitation, ...] = ()
    source_id: str | None = None
    value: CellValue | None = None
    """The value that is compared, of the indicator, year and kind asked for; None where the cell has none."""

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        return {
            "region": self.region,
            "source": self.source,
            "source_id": self.source_id,
            "text": self.text,
            "citations": [citation.record() for citation in self.citations],
            "value": self.value.record() if self.value is not None else None,
        }


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One aspect across the regions; ``cells`` stand in the order of ``Comparison.regions``.

    Of 落实对照 ``grade`` is 写到, 部分写到 or 未写到, and ``because`` says by which words and figures.
    """

    aspect: str
    cells: tuple[Cell, ...]
    grade: str | None = None
    because: str = ""

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        graded = {"grade": self.grade, "because": self.because} if self.grade is not None else {}
        return {"aspect": self.aspect, "cells": [cell.record() for cell in self.cells], **graded}


@dataclass(frozen=True, slots=True)
class FoldedDocument:
    """A document behind a column: a former version, or another one of the place on the subject, which may take its place."""

    source_id: str
    source: str
    title: str | None
    region: str | None
    day: str

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        return {"source_id": self.source_id, "source": self.source, "title": self.title, "region": self.region, "day": self.day}


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """Whose column it is: the document, and its standing 时效 on the day of the comparison with the reason."""

    region: str
    source_id: str
    source: str
    title: str | None
    doc_number: str | None
    status: str
    reason: str
    spoken_for_by: str = ""
    """The place inside the region whose document it is, where the region has none of its own on the subject."""
    others: tuple[FoldedDocument, ...] = ()
    """The documents behind it."""

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        return {
            "region": self.region,
            "source_id": self.source_id,
            "source": self.source,
            "title": self.title,
            "doc_number": self.doc_number,
            "status": self.status,
            "reason": self.reason,
            "spoken_for_by": self.spoken_for_by or None,
            "others": [other.record() for other in self.others],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Regions side by side, every cell cited. ``columns`` says of each region whose document it is and whether it is in force."""

    question: str | None
    topic: str | None
    regions: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]
    differences: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = field(default=())
    columns: tuple[ColumnHead, ...] = ()
    form: Form = "地区对比"
    """What kind of comparison it is: regions, two versions, or an upper and a lower document."""

    def __repr__(self) -> str:
        about = self.question or self.topic or ""
        return f"<Comparison {self.form} {about[:40]!r} columns={len(self.regions)} rows={len(self.rows)}>"

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        head = {"question": self.question} if self.question else {"topic": self.topic}
        return {
            **head,
            "regions": list(self.regions),
            "columns": [column.record() for column in self.columns],
            "rows": [row.record() for row in self.rows],
            "differences": list(self.differences),
            "notices": [{"kind": notice.kind, "text": notice.text} for notice in self.notices],
        }
