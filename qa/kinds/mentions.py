"""Questions after mentions 哪些地区提到: one quote a place or a document, with how many were looked through."""

from __future__ import annotations

import datetime as dt

from corpus.wordlists import word_lists
from qa.across.coverage import NAMED, PlacesCovered, cover_line, listed
from qa.across.evidence import title_of
from qa.across.mentions import FoundMentions, PlaceMention, find_mentions, parse_mention_question
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, label_at
from qa.documents import ChosenDocuments, LibraryView
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

MOST = 60
"""Rows that are shown; the rest is counted."""
ENOUGH = 2
"""Mentions from which there is something to list; one alone is a question of a document."""


def answer_mentions(
    parsed: ParsedQuestion, view: LibraryView, known: KnownNames, chosen: ChosenDocuments, as_of: dt.date
) -> AnswerDraft | None:
    """The places or documents that mention a thing by its name; None for another question, or where hardly one does."""
    question = parse_mention_question(parsed, view, known)
    if question is None:
        return None
    if any(word in parsed.folded for word in word_lists("qa")["rules_denied"]):
        return None  # what is not ruled may be said in other words
    found = find_mentions(question, view, chosen, as_of)
    if len(found.mentions) < ENOUGH:
        return None
    if question.negated:
        return _denied(found)
    shown = sorted(found.mentions, key=lambda mention: bool(mention.by))[:MOST]
    lines = [_cover(found), *(_row(number, mention) for number, mention in enumerate(shown, 1))]
    parts = tuple((m.document.info.row, m.document.part_at(m.span.start)) for m in shown)
    return AnswerDraft("answered", tuple(lines), parts=parts, final=True, table=True)


def _denied(found: FoundMentions) -> AnswerDraft | None:
    """The places whose documents do not mention the thing; None where documents are asked for, or there is no such place."""
    if found.question.of_documents or not found.silent:
        return None
    names = [division.short for division in found.silent]
    text = f"文档库的文件里没有见到“{found.question.thing}”的有 {len(names)} 个"
    line = AnswerLine(
        f"{text}：{'、'.join(names[:NAMED])}{'等' if len(names) > NAMED else ''}。", counts=(len(names),), derived=(text,)
    )
    return AnswerDraft("answered", (line, _cover(found)), final=True, table=True)


def _cover(found: FoundMentions) -> AnswerLine:
    thing = found.question.thing
    near = [mention for mention in found.mentions if mention.by]
    count = len(found.mentions) - len(near)
    coverage = PlacesCovered()
    if found.question.of_documents:
        text = f"提到“{thing}”的文件有 {count} 份" + (f"；另有 {len(near)} 份只提到“{near[0].by}”" if near else "")
        counts: tuple[int, ...] = (count, len(near)) if near else (count,)
    else:
        places = len(found.mentions) + len(found.silent)
        text = f"{places} 个地区中 {count} 个提到“{thing}”"
        text += listed(f"只提到“{near[0].by}”", [m.place.short for m in near if m.place is not None]) if near else ""
        counts = (places, count)
        if found.question.places is not None:
            coverage = PlacesCovered(silent=[d.short for d in found.silent], absent=[d.short for d in found.without])
    if len(found.mentions) > MOST:
        text += f"；下面列出 {MOST} 个"
        counts = (*counts, MOST)
    return cover_line(text, coverage, counts)


def _document_name(mention: PlaceMention) -> str:
    """Whose document it is, and its title."""
    title, whose = f"《{title_of(mention.document)}》", label_at(mention.document, mention.span.start)
    return title if whose.startswith("《") else f"{whose}{title}"


def _row(number: int, mention: PlaceMention) -> AnswerLine:
    cited = cite(mention.document, mention.span)
    name = mention.place.short if mention.place is not None else _document_name(mention)
    label = f"{number}. {name}"
    more = f"（只提到“{mention.by}”）" if mention.by else f"（另有 {mention.more} 处）" if mention.more else ""
    return AnswerLine(f"{label}：“{flatten(cited.quote)}”{more}", (cited,), derived=(label, more))
