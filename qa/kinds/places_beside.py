"""What several places say on a subject 多地所说: a line for each place asked about, from its current document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from corpus.region_groups import PlacesRead
from corpus.wordlists import word_lists
from qa.across.coverage import PlacesCovered, cover_line
from qa.across.evidence import (
    STATED,
    PlaceEvidence,
    Subject,
    choose_foremost,
    day_of,
    find_headline,
    gather_places,
    share_around,
    share_said,
)
from qa.across.places import ComparedPlace, place_of, places_asked, places_listed, with_documents
from qa.across.rule_answers import draft_rule_values
from qa.across.rule_subjects import rows_naming, rule_subject, subject_words, value_kind
from qa.across.statements import PlaceStatement, StatedValue
from qa.across.subjects import WIDE, everywhere, is_topic, passages_on
from qa.across.sweeps import own_words, read_bound
from qa.across.windows import find_window
from qa.answers.draft import AnswerDraft, AnswerLine, quote_line
from qa.documents import ChosenDocuments, LibraryView
from qa.evidence.scope import SMALL
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

BESIDE = ("places_beside", "sweeps_highest", "sweeps_lowest", "sweeps_which", "sweeps_values")
"""Lists of the words by which the values of several places are asked for one beside the other."""
EVERY = 100
"""Places answered for where every place is asked about."""
FULLY, ITSELF = 0.78, 0.5
"""The share of the subject that a statement with what stands above it, and the statement itself, says to count as an answer."""
SHORT = 2
"""Statements quoted of each of many places."""
WINDOW = 800
"""Documents issued in the time asked about up to which all that name the subject are read."""
LEVEL = 0.1
"""How far behind the fullest statement of a place another may be to be quoted with it."""
TOUCHING = 10
"""Places that only touch a subject that are shown."""


def answer_places_beside(
    parsed: ParsedQuestion, view: LibraryView, known: KnownNames, chosen: ChosenDocuments, as_of: dt.date
) -> AnswerDraft | None:
    """A line for each place asked about; None for a question about one place, or in a library of few documents."""
    if view.searcher is None or parsed.documents or "《" in parsed.folded:
        return None
    read = places_asked(parsed, known)
    level = frozenset(places_listed(read, view)) if read.whole_level else frozenset()
    every = not read.divisions and (parsed.every_region or _says(parsed, "sweeps_all") or is_topic(parsed))
    if not _asks_of_places(parsed, read, view, every=every, of_level=bool(level)):
        return None
    window = find_window(parsed.folded)
    plain = subject_words(parsed, window, read, every=every)
    if len(plain) < 3:
        return None
    # 各地怎么规定参保资助 asks how, not how much
    kind = "" if every and not _says(parsed, "sweeps_values") else value_kind(plain, parsed)
    subject = rule_subject(plain, kind, parsed, view, known)
    counted = frozenset(chosen.of(view))
    issued = counted if window is None else frozenset(r for r in counted if window[0] <= day_of(view.infos[r]) <= window[1])
    looked, rows, given = 0, None, None
    of_all_times = every and window is None
    inside = issued if not level else frozenset(r for r in issued if not level.isdisjoint(view.regions[r]))
    # few enough to read each of them: who says nothing is told too
    whole = bool(level) and len(read.divisions) <= WIDE
    if whole:
        places = with_documents(view, read.divisions, only=inside)
    elif level or every:
        # where it is asked how, none is left out for a word it does not use: 分类资助参保 is what 参保资助 asks for
        named = len(inside) <= WINDOW and (subject.kind or not every)
        rows = rows_naming(subject, inside, view, view.searcher) if named else None
        most = EVERY if every or rows else WIDE
        if of_all_times and len(counted) > WINDOW:
            given = passages_on(plain, view, view.searcher, EVERY)
        there = everywhere(plain, None, view, view.searcher, issued or None, rows or inside or issued or counted, most, given)
        looked = len(there) if rows is None else 0
        places = [place for place in there if (place.division in level if level else place.division is not None)]
    else:
        places = [_of_window(place, issued) for place in with_documents(view, read.divisions, only=counted)]
    if len(places) < 2:
        return None
    if given is None and of_all_times and rows is None and len(places) > WIDE:
        given = passages_on(plain, view, view.searcher, EVERY)  # of so many places at once
    found = gather_places(places, subject, view, view.searcher, as_of, given=given)
    if window is not None and not (level or every):
        # what was said at another time, where nothing was said in the time asked about
        again = [place_of(view, one.place.division, counted) for one in found if one.document is None and one.place.division]
        more = {one.place.name: one for one in gather_places(again, subject, view, view.searcher, as_of)}
        found = [more.get(one.place.name, one) if one.document is None else one for one in found]
    if subject.kind:
        named_one_by_one = not (level or every)
        valued = draft_rule_values(
            own_words(parsed), subject, found, named=named_one_by_one, open_scope=not (named_one_by_one or whole)
        )
        if valued is not None:
            return valued
    if every or whole:
        return _swept([_fullest(one, subject) for one in found], subject, cut=looked >= EVERY, whole=whole)
    speaking = [one for one in found if one.document is not None and _gives(one, subject)]
    if len(speaking) < 2:
        return None
    return _drafted(parsed, subject, found, speaking, of_level=bool(level), cut=looked >= WIDE)


def _asks_of_places(parsed: ParsedQuestion, read: PlacesRead, view: LibraryView, *, every: bool, of_level: bool) -> bool:
    """Whether a question is about what several places say; few documents are read whole, and compared, by the kinds of questions."""
    if len(view) <= SMALL:
        return every and parsed.kind != "comparison"
    if every or of_level:
        return True
    several = not read.whole_level and (len(read.divisions) > 1 or bool(read.whole))
    beside = parsed.kind in ("comparison", "multi_doc") or _says(parsed, *BESIDE) or read_bound(parsed.folded) is not None
    return several and beside


def _says(parsed: ParsedQuestion, *names: str) -> bool:
    """Whether a question has a word of one of some lists."""
    lists = word_lists("qa")
    return any(word in parsed.folded for name in names for word in lists[name])


def _of_window(place: ComparedPlace, issued: frozenset[int]) -> ComparedPlace:
    """A place with its documents of the time asked about; with all where it has none of that time."""
    own, below = place.own & issued, place.below & issued
    return replace(place, own=own, below=below) if own or below else place


def _fullest(one: PlaceEvidence, subject: Subject) -> PlaceEvidence:
    """What a place says with the statement first that says most of the subject."""
    ordered = sorted(one.statements, key=lambda r: (-round(r.statement.speaks_of(subject.sought), 1), -r.rank))
    return replace(one, statements=tuple(ordered))


def _swept(found: list[PlaceEvidence], subject: Subject, *, cut: bool, whole: bool) -> AnswerDraft | None:
    """The quotes of each place that says the subject, those that say all of it first; places that only touch it are named.

    Where the places are all of a level (``whole``) those that say nothing are told too.
    """
    graded = [(one, _whole_statements(one, subject)) for one in found if one.document is not None and one.statements]
    full = [(one, said) for one, said in graded if said]
    if len(full) < 2:
        return None
    touching = [one for one, said in graded if not said]
    if whole:
        silent = [one.place for one in found if one.document is None]
        coverage = PlacesCovered(
            possible=[one.place.name for one in touching],
            silent=[place.name for place in silent if place.own | place.below],
            absent=[place.name for place in silent if not place.own | place.below],
        )
        said = f"{len(found)} 个地区中 {len(full)} 个写到“{subject.label}”"
        cover = cover_line(said, coverage, (len(found), len(full)))
    else:
        text = f"读了 {len(found)} 个地区的文件，{len(full)} 个写到“{subject.label}”"
        text += f"；{len(touching)} 个可能相关，请看原文" if touching else ""
        text += "；检索靠后的地区没有读，可能还有" if cut else ""
        counts = (len(found), len(full), len(touching)) if touching else (len(found), len(full))
        cover = AnswerLine(f"{text}。", counts=counts, derived=(text,))
    lines = [cover]
    lines += [_quoted(f"{number}. {one.place.name}", one, said) for number, (one, said) in enumerate(full, 1)]
    if not whole:
        lines += [_quoted(f"{one.place.name}（可能相关）", one, [one.statements[0].statement]) for one in touching[:TOUCHING]]
    parts = tuple((one.document.info.row, one.document.part_at(said[0].span.start)) for one, said in full if one.document)
    return AnswerDraft("answered", tuple(lines), parts=parts, final=True, table=True)


def _whole_statements(one: PlaceEvidence, subject: Subject) -> list[PlaceStatement]:
    """The statements of a place that say the subject, the fullest first: with what stands above and around them."""
    said = [
        ranked.statement
        for ranked in one.statements
        if not ranked.statement.background and ranked.statement.speaks_of(subject.sought) >= ITSELF
    ]
    shares = {statement.span: share_said(statement, subject) for statement in said}
    full = [s for s in said if shares[s.span] >= FULLY or share_around(s, subject) >= FULLY]
    most = max((shares[s.span] for s in full), default=0.0)
    return sorted([s for s in full if shares[s.span] >= most - LEVEL][:SHORT], key=lambda s: s.span.start)


def _quoted(label: str, one: PlaceEvidence, said: Sequence[PlaceStatement]) -> AnswerLine:
    assert one.document is not None
    line = quote_line(label, one.document, [statement.span for statement in said])
    return replace(line, derived=(label,))


def _gives(one: PlaceEvidence, subject: Subject) -> bool:
    """Whether a place gives a value of the sort asked for; true where none is."""
    foremost = choose_foremost(one.statements)
    return not subject.kind or any(map(subject.wants, (v for ranked in foremost for v in ranked.statement.values)))


def _drafted(
    parsed: ParsedQuestion,
    subject: Subject,
    found: list[PlaceEvidence],
    speaking: list[PlaceEvidence],
    *,
    of_level: bool,
    cut: bool,
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
        text = f"查到 {len(speaking)} 个地区写到" + (f"；只读了检索最靠前的 {len(found)} 个地区的文件，可能还有" if cut else "")
    counts = ((len(speaking), len(found)) if cut else (len(speaking),)) if of_level else (len(found), len(speaking))
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
