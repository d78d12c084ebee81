"""What rules of one place set in several years 历年的规定: a row for each year, from the documents issued in it."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from corpus.numerals import half_width
from corpus.wordlists import word_lists
from qa.across.evidence import GENERAL, PlaceEvidence, Subject, day_of, gather_places
from qa.across.places import ComparedPlace, place_of, places_asked
from qa.across.rule_subjects import rows_naming, rule_subject, subject_words, value_kind
from qa.across.rule_values import RuleValue, find_rule_value, read_asked_value
from qa.across.statements import EVERYDAY, groups_in
from qa.across.sweeps import own_words, years_named
from qa.answer import AnswerFigure, CellValue
from qa.answers.draft import AnswerDraft, AnswerLine, quote_line
from qa.documents import ChosenDocuments, LibraryView
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

MOST = 10
"""Years that are shown where the question names none, the latest."""
LEAST = 2
"""Years with a value from which there is something to list."""
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?:年度|年)?(?:[、,，和与至到—-](?:19|20)\d\d(?:年度|年)?)*(?:比|较)?")


def answer_years_beside(
    parsed: ParsedQuestion, view: LibraryView, known: KnownNames, chosen: ChosenDocuments, as_of: dt.date
) -> AnswerDraft | None:
    """A row for each year asked about, of one place; None for another question, or where fewer than two years give a value."""
    read = places_asked(parsed, known)
    if view.searcher is None or "《" in parsed.folded or len(read.divisions) != 1 or read.whole:
        return None
    years = years_named(parsed.folded, as_of)
    if parsed.documents and len(years) < LEAST:
        return None
    asked_over = any(word in parsed.folded for word in word_lists("qa")["sweeps_series"])
    if len(years) < LEAST and not asked_over:
        return None
    text = _YEARS.sub(" ", half_width(own_words(parsed)))
    for word in word_lists("qa")["years_asked"]:
        text = text.replace(word, " ")
    plain = subject_words(parsed, None, read, every=False, text=text)
    kind = value_kind(plain, parsed)
    if not kind or len(plain) < 3:
        return None
    subject = rule_subject(plain, kind, parsed, view, known)
    by_year = _rows_by_year(place_of(view, read.divisions[0], frozenset(chosen.of(view))), subject, view)
    shown = tuple(sorted(years) if len(years) >= LEAST else sorted(by_year)[-MOST:])
    place = read.divisions[0]
    columns = [ComparedPlace(f"{year}年", place, by_year.get(year, frozenset()), frozenset()) for year in shown]
    found = gather_places(columns, subject, view, view.searcher, as_of)
    asked = read_asked_value(own_words(parsed), subject)
    # 二孩、三孩各多少: a value for each of them
    people = sorted(groups_in(own_words(parsed)) - EVERYDAY - GENERAL)
    several = [replace(asked, groups=frozenset({name})) for name in people] if len(people) > 1 else [asked]
    told: list[tuple[int, PlaceEvidence, RuleValue]] = []
    for year, one in zip(shown, found, strict=True):
        values = dict.fromkeys(find_rule_value(one.statements, subject, of) for of in several)
        told += [(year, one, value) for value in values if value is not None]
    if len({year for year, _, _ in told}) < LEAST:
        return None
    return _drafted(subject, place.short, shown, told, several=len(several) > 1)


def _rows_by_year(place: ComparedPlace, subject: Subject, view: LibraryView) -> dict[int, frozenset[int]]:
    """The documents of a place that name the subject, by the year in which they were issued."""
    assert view.searcher is not None
    years: dict[int, set[int]] = defaultdict(set)
    for row in rows_naming(subject, place.own or place.below, view, view.searcher):
        day = day_of(view.infos[row])
        if day[:4].isdigit():
            years[int(day[:4])].add(row)
    return {year: frozenset(rows) for year, rows in years.items()}


def _drafted(
    subject: Subject, place: str, asked: Sequence[int], told: Sequence[tuple[int, PlaceEvidence, RuleValue]], *, several: bool
) -> AnswerDraft:
    lacking = [f"{year}年" for year in asked if year not in {year for year, _, _ in told}]
    years = len({year for year, _, _ in told})
    text = f"“{subject.label}”共有 {years} 个年份的数{'；未见：' + '、'.join(lacking) if lacking else ''}"
    lines = [AnswerLine(f"{text}。", counts=(years,), derived=(text,))]
    parts = []
    for year, one, value in told:
        assert one.document is not None
        group = f"{value.value.group} " if several and value.value.group else ""
        label = f"{year}年文件 {group}{value.value.text}"
        figure = AnswerFigure(f"{place} {group}".strip(), subject.label, CellValue.of(value.value.text, value.value.value, year))
        span = value.statement.span
        line = quote_line(label, one.document, [span if span.covers(value.value.span) else value.value.span])
        lines.append(replace(line, derived=(label,), figures=(figure,)))
        parts.append((one.document.info.row, one.document.part_at(span.start)))
    return AnswerDraft("answered", tuple(lines), parts=tuple(dict.fromkeys(parts)), final=True, table=True)
