"""Find tasks without a number 未编号要求: demands to 各县市、各部门 in closing paragraphs, and what a covering letter asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from corpus.document import ParsedDocument, Span
from graph.facts import Task
from graph.lexicon import expand, word_lists
from graph.tasks.assemble import cut_name, make_task, path_of
from graph.tasks.measures import demand_opening
from graph.units.answerability import find_addressees
from graph.units.lists import ResponsibilityClause, find_responsibilities
from graph.units.stated_duties import find_stated_duties

_CLOSING = re.compile(
    expand(
        r"[请望]?(?:{everybody}(?![类种项户位名])|全[{divisions}]|[{divisions}]直)[^。；\n]{0,60}?(?:{modals}|{urging})|^请[^。；\n]{2,60}"
    )
)
# 会议要求，各县市要…: the news of a meeting, or a notice, tells what was demanded
_REPORTED = re.compile(expand(r"{duty_reports}{reported_demands}[，,：:]?[^。；\n]{0,120}?(?:{modals}|{urging})(?![求素件点])"))
_FORMULA = re.compile(expand(r"请{formula_openers}?[^。]{0,16}{carrying_out}|{letter_formulas}"))
# what follows the last item and is about the document, not a demand of the item
_IN_FORCE = re.compile(
    expand(r"{this_document}[^。；\n]{1,30}(?:自[^。\n]{0,24}{taking_effect}|有效期)|附件[:：\d]|[（(]{publishing_notes}")
)

# 请…于3月1日前将意见反馈至…: what a letter or a notice asks to be sent back
_REPLY = re.compile(expand(r"请[^。；\n]{0,60}?[前内][^。；\n]{0,80}?{replying}[^。；\n]{0,60}"))


def cut_before_closing(text: str, span: Span, listed: Sequence[ResponsibilityClause]) -> Span:
    """A paragraph 各县市、各部门要… behind the list of units that closes an item is no longer part of the item."""
    if not listed:
        return span
    last = listed[-1].span.end
    line_end = text.find("\n", last, span.end)
    if line_end < 0 or line_end - last > 2:
        # glued to the bracket of the list without a line end
        line_end = last + 1 if text[last : last + 1] == "。" else last
        if line_end >= span.end or text[last - 1] not in "）)】]〕":
            return span
    rest = text[line_end : span.end].strip()[:400]
    if not _CLOSING.match(rest) and not _IN_FORCE.match(rest):
        return span
    return Span(span.start, line_end).trimmed(text)


def find_unnumbered_tasks(doc: ParsedDocument, found: Sequence[Task]) -> list[Task]:
    """Closing paragraphs that demand something of 各县市、各部门, outside every numbered item."""
    out: list[Task] = []
    bare = not any(section.number for section in doc.outline)
    parents = {section.parent for section in doc.outline}
    ends = {task.span.start: task.span.end for task in found}
    for section in doc.outline:
        if section.kind in ("heading", "item") and section.id not in parents:
            end = ends.get(section.start)
            if end is not None and end < section.whole.trimmed(doc.text).end:
                out += _closing_demands(doc, Span(end, section.whole.end))
            continue
        if section.kind not in ("closing", "title", "preamble") or (section.kind == "title" and section.id in parents):
            continue
        path = ("(结尾段)",) if section.kind == "closing" else path_of(doc, section)
        whole = section.whole
        every = find_responsibilities(doc.text, whole.start, whole.end)
        for span in _paragraphs(doc.text, whole, every):
            if any(task.span.overlaps(span) for task in found):
                continue
            if _IN_FORCE.match(span.of(doc.text)):
                continue
            listed = [duty for duty in every if span.covers(duty.span)]
            reply = None if listed else _REPLY.search(doc.text, span.start, span.end)
            if reply is not None and doc.attached:
                out.append(_asked(doc, Span(reply.start(), reply.end()), path))
                continue
            reported = bare and _REPORTED.match(span.of(doc.text)) is not None
            if reported and not listed:
                listed = find_stated_duties(doc.text, span.start, span.end)
            demands = _demands(span.of(doc.text)) and (section.kind == "closing" or bare)
            if listed or demands or reported:
                out.append(replace(make_task(doc, span, _closing_name(doc.text, span), path, listed, []), kind="unnumbered"))
    return out


def _asked(doc: ParsedDocument, span: Span, path: tuple[str, ...]) -> Task:
    """What a covering letter asks of those it is addressed to."""
    to = find_addressees(doc.text, span.start)
    task = make_task(doc, span, _closing_name(doc.text, span), path, [to] if to else [], [])
    return replace(task, kind="unnumbered")


def _closing_demands(doc: ParsedDocument, rest: Span) -> Iterable[Task]:
    for span in _paragraphs(doc.text, rest, ()):
        if _demands(span.of(doc.text)):
            yield replace(make_task(doc, span, _closing_name(doc.text, span), ("(结尾段)",), [], []), kind="unnumbered")


def _paragraphs(text: str, span: Span, listed: Sequence[ResponsibilityClause]) -> list[Span]:
    """The paragraphs of a stretch; one that holds only units, or part of a list of units, belongs to the one before it."""
    inside = {position for duty in listed for position in range(duty.span.start + 1, duty.span.end)}
    opening = {duty.span.start for duty in listed}
    out: list[Span] = []
    begin = span.start
    for i in range(span.start, span.end + 1):
        if i == span.end or text[i] == "\n":
            piece = Span(begin, i).trimmed(text)
            begin = i + 1
            if not len(piece):
                continue
            if out and (piece.start in inside or piece.start in opening):
                out[-1] = Span(out[-1].start, piece.end)
            else:
                out.append(piece)
    return [piece for piece in out if len(piece) >= 12]


def _demands(paragraph: str) -> bool:
    return len(paragraph) < 1500 and _CLOSING.match(paragraph) is not None and not _FORMULA.search(paragraph[:120])


_PREPOSITIONS = frozenset(word_lists()["opening_prepositions"])


def _closing_name(text: str, span: Span) -> str:
    """The first clause that opens with what is to be done; one that opens with 围绕 or 对 only where no other does."""
    clauses = [clause.strip() for clause in re.split(r"[，,。；;]", span.of(text))]
    found = [(clause, opening.group()) for clause in clauses if (opening := demand_opening().match(clause)) is not None]
    name = next((clause for clause, verb in found if verb not in _PREPOSITIONS), found[0][0] if found else "")
    return cut_name(name or re.split(r"[。；;]", span.of(text))[0])
