"""Complete lists 清单类回答: the headings under a section, or the sentence that counts its items up, always with the count."""

from __future__ import annotations

import re

from corpus.document import Section, Span
from corpus.folding import fold
from corpus.numerals import read_whole_number
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, label_part
from qa.documents import DocumentView, LibraryView
from qa.evidence.inquiry import Inquiry
from qa.evidence.scope import Scope, ScoredSentence
from qa.kinds.kind import QuestionKind
from qa.kinds.provision import line_of, quote_sentences
from qa.understanding.concepts import QueryConcepts
from qa.understanding.lexicons import first_phrase, phrases
from qa.understanding.question import ParsedQuestion

SECTION = 0.45
"""The share of the question that a section's headings must hold for its children to be the list."""
SENTENCE = 0.45
OF_IT = 0.15
HEADING, SPOKEN = 20, 0.5
"""A heading that names a kind of things is so short, and its document speaks of so much of the question."""

_asks_whole = re.compile("任务|措施|举措|方面|部分|内容|重点|工作|要求|政策|行动|工程|条|章")
_count = re.compile(
    r"(?<![0-9.第～~—-])(\d{1,3}|(?<![一二三四五六七八九十])[两一二三四五六七八九十]{1,3})(?:个|项|大|类|条|点|种|方面|家|户)"
)
_separators = re.compile(r"[、，,；;]")


def _find_list(
    parsed: ParsedQuestion, wanted: QueryConcepts, scope: Scope, found: list[ScoredSentence], view: LibraryView
) -> AnswerDraft | None:
    """The list asked for, or None where no section and no sentence gives one."""
    told = _counting_sentence(parsed, found, wanted)
    best: tuple[float, DocumentView, Section | None, list[Section]] | None = None
    for row in scope.rows:
        document = view.document(row)
        parts = {part for r, part in scope.parts if r == row}
        for parent, children in _families(document):
            place = children[0].start
            if document.part_at(place) not in parts:
                continue
            if (parent is None or parent.kind == "title") and not _asks_whole.search(parsed.folded):
                continue  # the chapters of a document are no list of what it says
            score = _fit(parsed, wanted, document, parent, children)
            if best is None or score > best[0]:
                best = (score, document, parent, children)
    if told is not None and (best is None or _named(parsed, wanted, best[2], best[3]) <= _told(wanted, told.sentence.folded)):
        return AnswerDraft("answered", (line_of([told], wanted, None),), parts=((told.row, told.sentence.part),))
    if best is None or best[0] < SECTION:
        return None
    score, document, parent, children = best
    if (
        not _called(parent, parsed)
        and found
        and parsed.count is None
        and _items(found[0]) >= 3
        and found[0].coverage + 0.1 > score
    ):
        return None
    return _listed(document, *_descended(parsed, document, parent, children))


def _descended(
    parsed: ParsedQuestion, document: DocumentView, parent: Section | None, children: list[Section]
) -> tuple[Section | None, list[Section]]:
    """Asked for the measures of a whole document, its list stands under the chapter called so, not in the names of its chapters."""
    noun = first_phrase(parsed.folded, phrases("list_nouns.txt"))
    if noun is None or parsed.count is not None or (parent is not None and parent.kind != "title"):
        return parent, children
    named = [child for child in children if fold(child.heading).rstrip(":：。").endswith(noun)]
    if len(named) != 1:
        return parent, children
    below = [s for s in document.doc.children(named[0]) if s.number is not None]
    return (named[0], below) if len(below) > 1 else (parent, children)


def _listed(document: DocumentView, parent: Section | None, children: list[Section]) -> AnswerDraft:
    place = document.part_at(children[0].start)
    part = document.parts[place]
    where = f"“{flatten(parent.heading)}”" if parent is not None and parent.heading else ""
    lines = [AnswerLine(f"{label_part(document, part)}{where}共 {len(children)} 项：", counts=(len(children),))]
    for child in children:
        citation = cite(document, _named_span(document, child))
        lines.append(AnswerLine(flatten(citation.quote), (citation,)))
    return AnswerDraft("answered", tuple(lines), parts=((document.info.row, place),))


def list_under_heading(noun: str, inquiry: Inquiry) -> AnswerDraft | None:
    """The numbered things under a heading that names their kind: 所需材料, 申请条件, 不予受理的情形."""
    wanted, scope, view = inquiry.wanted, inquiry.scope, inquiry.view
    best: tuple[float, DocumentView, Section, list[Section]] | None = None
    for row in scope.rows:
        document = view.document(row)
        parts = {part for r, part in scope.parts if r == row}
        text = document.folded
        spoken = wanted.share([min(1.0, 0.25 * text.count(c.text)) for c in wanted.concepts])
        for parent, children in _families(document):
            own = fold(parent.heading) if parent is not None else ""
            if parent is None or noun not in own or len(own) > HEADING or document.part_at(parent.start) not in parts:
                continue
            score = 0.5 * spoken + wanted.coverage(own) + (0.2 if own.rstrip(":：。").endswith(noun) else 0.0)
            if spoken >= SPOKEN and (best is None or score > best[0]):
                best = (score, document, parent, children)
    if best is None:
        return None
    _, document, parent, children = best
    return _listed(document, parent, children)


def _named_span(document: DocumentView, child: Section) -> Span:
    """The heading of an item; where its number stands alone on a line, with the sentence behind it."""
    if child.heading.strip(" .。、:："):
        return child.span
    index = next((i for i, start in enumerate(document.starts) if start >= child.end), None)
    if index is None or document.sentences[index].span.start - child.end > 4:
        return child.span
    return Span(child.start, document.sentences[index].span.end)


def _named(parsed: ParsedQuestion, wanted: QueryConcepts, parent: Section | None, children: list[Section]) -> float:
    """How surely a section is the list: the question's share in its own heading, if it has as many items as are asked for."""
    if parent is None or parsed.count != len(children):
        return 0.0
    own = fold(parent.heading)
    return 2.0 if parsed.counted and parsed.counted in own else _told(wanted, own)


def _told(wanted: QueryConcepts, folded: str) -> float:
    return wanted.coverage(folded) + 0.5 * wanted.closeness(folded)


def _families(document: DocumentView) -> list[tuple[Section | None, list[Section]]]:
    """Sections with their numbered children; numbered items that run on through a whole document are a family too."""
    families: dict[str | None, list[Section]] = {}
    for section in document.doc.outline:
        if section.number is not None and section.kind in ("heading", "item"):
            families.setdefault(section.parent, []).append(section)
    out = [(document.doc.sections.get(parent) if parent else None, children) for parent, children in families.items()]
    grandchildren: dict[str, list[Section]] = {}
    for section in document.doc.outline:
        parent = document.doc.sections.get(section.parent) if section.parent else None
        if section.number is not None and parent is not None and parent.parent is not None and parent.number is not None:
            grandchildren.setdefault(parent.parent, []).append(section)
    out += [(document.doc.sections.get(parent), children) for parent, children in grandchildren.items()]
    return [(parent, children) for parent, children in out if len(children) > 1]


def _called(parent: Section | None, parsed: ParsedQuestion) -> bool:
    """Whether the question calls a list by the plain name that its heading has (主要任务, 保障措施)."""
    plain = fold(parent.heading).strip(" .。:：、") if parent is not None else ""
    return 3 < len(plain) <= 6 and plain in parsed.folded


def _fit(
    parsed: ParsedQuestion, wanted: QueryConcepts, document: DocumentView, parent: Section | None, children: list[Section]
) -> float:
    own = fold(parent.heading) if parent is not None else ""
    lead = document.announced.get(children[0].id)
    if lead is not None:
        own = f"{own} {document.sentences[lead].folded.rstrip(':：。')}"
    trail = fold(" ".join(s.label for s in document.doc.trail(parent))) if parent is not None else ""
    title = fold(document.doc.head.title or "")
    a, b, c = wanted.profile(own), wanted.profile(trail), wanted.profile(title)
    inner = wanted.profile(fold(" ".join(child.heading for child in children)))
    each = [min(values) for values in zip(*(wanted.profile(fold(child.heading)) for child in children), strict=True)]
    # what every item says is what the list is of (持续强化…、持续强化…)
    # 主要任务, 保障措施: what they are of stands in the title alone
    of_title = 0.9 if _called(parent, parsed) else 0.35
    mixed = [max(x, 0.6 * y, of_title * z, 0.4 * w, 0.9 * v) for x, y, z, w, v in zip(a, b, c, inner, each, strict=True)]
    score = wanted.share(mixed) + 0.2 * wanted.closeness(own)
    if any(len(phrase) >= 4 and (phrase in own or own in phrase) and own for phrase in wanted.quoted):
        score += 0.4
    if parsed.counted and parsed.counted in own:
        score += 0.6
    if parsed.count == len(children) and parsed.counted[-2:] and own.endswith(parsed.counted[-2:]):
        score += 0.3
    if parsed.count is not None:
        score += 0.35 if parsed.count == len(children) and score >= 0.3 else -0.15
    return score


def _counting_sentence(parsed: ParsedQuestion, found: list[ScoredSentence], wanted: QueryConcepts) -> ScoredSentence | None:
    """The sentence that names the number asked for and lists as many things (…等9个方面)."""
    number = parsed.count
    if number is None:
        return None
    for item in found[:12]:
        if item.context >= SENTENCE and _counts(item.sentence.folded, number) and _items(item) >= number:
            return item
    for item in found[:3]:
        if number > 2 and item.context >= 0.6 and number in _runs(item, wanted):
            return item
    return None


def _counts(folded: str, number: int) -> bool:
    """Whether a sentence has so many of something (十二项, 12个方面)."""
    return any(read_whole_number(match[1]) == number for match in _count.finditer(folded))


def _runs(found: ScoredSentence, wanted: QueryConcepts) -> set[int]:
    """The lengths of the enumerations with 、 in a sentence that are of what is asked about."""
    clauses = [c for c in re.split("[。;，,:]", found.sentence.folded) if wanted.coverage(c) >= OF_IT]
    return {
        n for clause in clauses if (n := clause.count("、") + 1 + bool(re.search("和|以及|及", clause.split("、")[-1]))) > 1
    } | {clause.count("、") + 1 for clause in clauses if "、" in clause}


def _items(found: ScoredSentence) -> int:
    """How many things a sentence lists side by side, at most: separators between its stops, plus one."""
    text = found.sentence.folded
    runs = re.split(r"[。:：]|(?=即)", text)
    return max(len(_separators.findall(run)) + run.count("和") + 1 for run in runs)


def answer_list_tasks(inquiry: Inquiry) -> AnswerDraft | None:
    """The complete list asked for, else the sentences that say most about it."""
    listed = _find_list(inquiry.parsed, inquiry.wanted, inquiry.scope, inquiry.find_sentences(), inquiry.view)
    return listed or quote_sentences(inquiry)


KIND = QuestionKind("list_tasks", answer_list_tasks, is_list=True, computed=True)
