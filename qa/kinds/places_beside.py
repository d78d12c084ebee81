"""What several places say on a subject 多地所说: a line for each place asked about, from its current document."""

from __future__ import annotations

import datetime as dt

from corpus.region_groups import find_groups
from corpus.wordlists import word_lists
from qa.across.evidence import STATED, PlaceEvidence, Subject, choose_foremost, find_headline, gather_places
from qa.across.places import find_places
from qa.across.statements import StatedValue
from qa.across.subjects import everywhere, level_asked, names_in, subject_of, without_places
from qa.answers.draft import AnswerDraft, AnswerLine, quote_line
from qa.documents import ChosenDocuments, LibraryView
from qa.evidence.scope import SMALL
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

MOST = 40
"""Places of a level that are answered for."""
SHORT = 2
"""Statements quoted of each of many places."""


def answer_places_beside(
    parsed: ParsedQuestion, view: LibraryView, known: KnownNames, chosen: ChosenDocuments, as_of: dt.date
) -> AnswerDraft | None:
    """A line for each place asked about; None for a question about one place, or in a library of few documents."""
    if chosen.count(view) <= SMALL or view.searcher is None or parsed.documents or "《" in parsed.folded:
        return None
    lists = word_lists("qa")
    names, level = names_in(parsed), level_asked(parsed, view, known)
    groups = [group for _, group in find_groups(parsed.folded) if not group.whole_level]
    beside = any(word in parsed.folded for word in (*lists["places_beside"], *lists["sweeps_highest"], *lists["sweeps_lowest"]))
    several = len(names) > 1 or bool(groups)
    if not (level or (several and (beside or parsed.kind in ("comparison", "multi_doc")))):
        return None
    plain = without_places(parsed.folded, parsed)
    if len(plain) < 3:
        return None
    subject = subject_of(plain, parsed, view, known)
    counted = frozenset(chosen.of(view))
    if level:
        there = everywhere(plain, None, view, view.searcher, None, counted)
        places = [place for place in there if place.division in set(level)][:MOST]
    else:
        places = find_places(view, known, names, only=counted)
    if len(places) < 2:
        return None
    found = gather_places(places, subject, view, view.searcher, as_of)
    speaking = [one for one in found if one.document is not None and _gives(one, subject)]
    if len(speaking) < 2:
        return None
    return _drafted(parsed, subject, found, speaking, bool(level))


def _gives(one: PlaceEvidence, subject: Subject) -> bool:
    """Whether a place gives a value of the sort asked for; true where none is."""
    foremost = choose_foremost(one.statements)
    return not subject.kind or any(map(subject.wants, (v for ranked in foremost for v in ranked.statement.values)))


def _drafted(
    parsed: ParsedQuestion, subject: Subject, found: list[PlaceEvidence], speaking: list[PlaceEvidence], of_level: bool
) -> AnswerDraft:
    most = SHORT if of_level else STATED
    lines: list[AnswerLine] = []
    headlines: list[tuple[PlaceEvidence, StatedValue]] = []
    for one in speaking:
        assert one.document is not None
        foremost = choose_foremost(one.statements)[:most]
        if (value := find_headline(foremost, subject)) is not None:
            headlines.append((one, value))
        lines.append(quote_line(one.place.name, one.document, [ranked.statement.span for ranked in foremost]))
    silent = [one.place.name for one in found if one not in speaking]
    text = f"{len(found)} 个地区中 {len(speaking)} 个写到" + (f"；未见：{'、'.join(silent)}" if silent else "")
    if of_level:
        text = f"查到 {len(speaking)} 个地区写到"
    counts = (len(speaking),) if of_level else (len(found), len(speaking))
    cover = AnswerLine(f"{text}。", counts=counts, derived=(text,))
    lead = _lead(parsed, headlines, speaking)
    parts = tuple((one.document.info.row, one.part) for one in speaking if one.document is not None)
    return AnswerDraft("answered", (*lead, cover, *lines), parts=parts, final=True, table=True)


def _lead(
    parsed: ParsedQuestion, headlines: list[tuple[PlaceEvidence, StatedValue]], speaking: list[PlaceEvidence]
) -> list[AnswerLine]:
    """The place whose value is highest or lowest, where that is asked and every place that says something gives one to compare."""
    lists = word_lists("qa")
    ascending = any(word in parsed.folded for word in lists["sweeps_lowest"])
    asked = ascending or ("哪" in parsed.folded and any(word in parsed.folded for word in lists["sweeps_highest"]))
    units = {value.value.unit for _, value in headlines if value.value}
    if not asked or len(headlines) < len(speaking) or len(units) != 1:
        return []
    ordered = sorted(headlines, key=lambda pair: pair[1].value.order if pair[1].value else 0.0, reverse=not ascending)
    best = [pair for pair in ordered if pair[1].value == ordered[0][1].value]
    names = "、".join(one.place.name for one, _ in best)
    cited = tuple(
        citation
        for one, value in best
        if one.document is not None
        for citation in quote_line("", one.document, [value.clause]).citations
    )
    group = f"（{best[0][1].group}）" if best[0][1].group else ""
    return [AnswerLine(f"{'最低' if ascending else '最高'}的是{names}，{best[0][1].text}{group}。", cited)]
