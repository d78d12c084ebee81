"""Who issued what, when, under which number, on what basis 文件出处: from head matter and from the sentences that name documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from corpus.divisions import NATION
from corpus.document import HeadMatter, Span
from corpus.folding import fold
from qa.answer import Status
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, label_part
from qa.documents import DocumentPart, DocumentView, LibraryView
from qa.evidence.inquiry import Inquiry
from qa.evidence.scope import Scope
from qa.kinds.kind import QuestionKind
from qa.kinds.period_of_force import answer_period_of_force
from qa.understanding.concepts import QueryConcepts
from qa.understanding.question import ParsedQuestion

FIELDS = {
    "doc_number": ("文号", re.compile("文号|发文字号|字号")),
    "index_number": ("索引号", re.compile("索引号")),
    "issuers": (
        "发文机关",
        re.compile(
            "谁发|谁出|谁印发|谁制定|谁解读|发文机关|发文单位|发布机构|(?:哪个|哪家|什么)(?:机关|部门|单位)(?:印发|发布|制定|发的|出)|由谁|谁发布|是谁|来源"
        ),
    ),
    "issued_on": (
        "成文日期",
        re.compile(
            "成文|落款|印发(?:日期|时间)|(?:什么时候|何时|哪天|哪一天|哪年|几月几日|几号|几月)[^,。]{0,4}(?:印发|成文|制定|出台|下发)|签发|日期|[,，]什么时候"
        ),
    ),
    "published_on": (
        "发布日期",
        re.compile(
            "发布(?:日期|时间)|(?:什么时候|什么时间|何时|哪天|哪一天|啥时候)(?:发布|公布|发的|公开|发出)|日期|发布[^。]{0,4}[,，]什么时(?:间|候)"
        ),
    ),
    "effective_on": ("施行日期", re.compile("施行|实施日期|生效")),
    "expires_on": ("废止日期", re.compile("废止日期|有效期|失效")),
    "status": ("时效", re.compile("时效|是否有效|有效吗|现行有效")),
}
_basis = re.compile("依据|根据|上位|贯彻|转发|解读的|为落实|制定的")
_basis_sentence = re.compile(
    r"(?:根据|依据|按照|为了?(?:深入|全面|认真)?贯彻|为了?(?:进一步)?落实|为(?:全面|深入|认真)?(?:贯彻|落实)|贯彻落实好?|转发|解读|遵照|现将)"
)
_forwards = re.compile("现将|转发|印发给|解读如下")
_number_line = re.compile(
    r"^[ \t\u3000]*([\u4e00-\u9fff]{2,10}[〔\[（(](?:19|20)\d\d[〕\]）)] ?\d{1,5} ?号)[ \t\u3000]*$", re.MULTILINE
)
_named = re.compile(r"《[^《》\n]{2,120}》")


def answer_provenance(inquiry: Inquiry) -> AnswerDraft | None:
    """Who issued a document, when, under which number, on what basis; or the period it is in force."""
    period = answer_period_of_force(inquiry)
    return period or _answer_from_head(inquiry.parsed, inquiry.wanted, inquiry.scope, inquiry.view)


KIND = QuestionKind("provenance", answer_provenance, computed=True)


def _answer_from_head(parsed: ParsedQuestion, wanted: QueryConcepts, scope: Scope, view: LibraryView) -> AnswerDraft | None:
    """What the head matter says on the fields that are asked for; what it does not say is said too."""
    if (elsewhere := _told_in_text(parsed, scope, view)) is not None:
        return elsewhere
    asked = [name for name, (_, pattern) in FIELDS.items() if pattern.search(parsed.folded)]
    wants_basis = (_basis.search(parsed.folded) is not None and not {"doc_number"} & set(asked)) or bool(
        re.search("上位文件|根据哪|依据哪|贯彻.{0,4}哪|转发.{0,4}哪|为贯彻|制定依据|编制依据", parsed.folded)
    )
    if (
        "issued_on" in asked
        and "published_on" in asked
        and not re.search("成文|落款|印发", parsed.folded)
        and "日期" not in parsed.folded
    ):
        asked.remove("issued_on")
    lines: list[AnswerLine] = []
    silent: list[str] = []
    rests: list[tuple[int, int]] = []
    for row, number in _documents(_by_title(wanted, scope, view), view, parsed):
        document = view.document(row)
        part = document.parts[number]
        name = label_part(document, part)
        told: list[AnswerLine] = []
        if wants_basis:
            told += _basis_lines(name, document, part.span, parsed.folded)
        missing: list[str] = []
        for field in asked if not wants_basis else []:
            line = _field_line(name, field, document, part.head)
            if line is None and part.attached:
                # what is printed and sent under a covering letter has the letter's issuer, number and dates
                line = _field_line(name, field, document, document.parts[-1].head)
            if line is None:
                missing.append(FIELDS[field][0])
            else:
                told.append(line)
        if wants_basis and not told:
            missing.append("制定依据")
        if missing:
            # nothing is quoted here, so that no unit may be named
            silent.append(f"{_place(part) or name}的文件未载明{'、'.join(missing)}。")
        if told:
            rests.append((row, number))
        lines += told
    if not lines:
        return AnswerDraft("not_found", tuple(AnswerLine(text) for text in silent)) if silent else None
    status: Status = "partial" if silent else "answered"
    return AnswerDraft(status, (*lines, *(AnswerLine(text) for text in silent)), parts=tuple(rests))


def _place(part: DocumentPart) -> str | None:
    """The region a part speaks for, in a word."""
    if part.division == NATION or part.head.level == "国家":
        return "国家"
    return part.division.short if part.division is not None else None


def _told_in_text(parsed: ParsedQuestion, scope: Scope, view: LibraryView) -> AnswerDraft | None:
    """What a sentence tells of a document that is not in the library, and which documents this one repeals."""
    titles = [m.group()[1:-1] for m in _named.finditer(parsed.folded)]
    if titles and not parsed.documents:
        wanted_words, verb = titles, re.compile("印发|发布|出台|制定|颁布|下发")
    elif re.search("废止了?(?:哪|什么)|(?:哪|什么)[^，。]{0,10}(?:同时)?废止", parsed.folded):
        wanted_words, verb = ["《"], re.compile("同时废止|予以废止|停止执行")
    else:
        return None
    for row in scope.rows:
        document = view.document(row)
        for sentence in document.sentences:
            if (
                (row, sentence.part) in scope.parts
                and verb.search(sentence.folded)
                and any(w in sentence.folded for w in wanted_words)
            ):
                name = label_part(document, document.parts[sentence.part])
                citation = cite(document, sentence.span)
                return AnswerDraft(
                    "answered", (AnswerLine(f"{name}：“{flatten(citation.quote)}”", (citation,)),), parts=((row, sentence.part),)
                )
    return None


def _by_title(wanted: QueryConcepts, scope: Scope, view: LibraryView) -> Scope:
    """Of several documents those whose title says most of what the question calls them."""
    if len(scope.rows) < 2:
        return scope
    titles = {row: wanted.coverage(fold(view.infos[row].head.title or "")) for row in scope.rows}
    best = max(titles.values())
    if best < 0.3:
        return scope
    return replace(scope, parts=tuple((row, part) for row, part in scope.parts if titles[row] >= 0.9 * best))


def _documents(scope: Scope, view: LibraryView, parsed: ParsedQuestion) -> Iterator[tuple[int, int]]:
    """The documents meant, one part each: the attached one where its region or its title is named."""
    for row in scope.rows[:6]:
        parts = [part for r, part in scope.parts if r == row]
        document = view.document(row)
        named = [
            p for p in parts
            if document.parts[p].attached and any(w in fold(document.parts[p].head.title or "") for w in parsed.document_words)
        ]  # fmt: skip
        own = len(document.parts) - 1
        if named and re.search("文号|字号|发布日期|索引号", parsed.folded) and own in parts:
            yield row, own
        elif named:
            yield row, named[0]
        else:
            yield row, own if own in parts else parts[0]


def _field_line(name: str, field: str, document: DocumentView, head: HeadMatter) -> AnswerLine | None:
    span = head.spans.get(field) or (head.spans.get("issuer") if field == "issuers" else None)
    value = getattr(head, field)
    if field == "doc_number" and not value and (match := _number_line.search(document.text, 0, 3000)) is not None:
        value, span = match[1], Span(match.start(1), match.end(1))
    if not value or field in head.inferred:
        return None
    shown = "、".join(value) if isinstance(value, tuple) else str(value)
    if span is None:
        at = document.text.find(shown)
        if at < 0:
            return None
        span = Span(at, at + len(shown))
    citation = cite(document, _line_around(document.text, span))
    if field.endswith("_on"):
        shown = span.of(document.text)  # the date as it is written: a reformed one would not stand in the quote
    return AnswerLine(f"{name}：{FIELDS[field][0]}为{flatten(shown)}", (citation,))


def _line_around(text: str, span: Span) -> Span:
    """The span with the label in front of it on the same line, where it is near (发布日期: | 2022-04-26)."""
    start = text.rfind("\n", 0, span.start) + 1
    before = text[start : span.start]
    cut = max(before.rfind("|", 0, max(0, len(before) - 4)), before.rfind("，"), before.rfind(","))
    near = before[cut + 1 :]
    return Span(span.start - len(near.lstrip()), span.end) if len(near.strip()) <= 12 else span


def _basis_lines(name: str, document: DocumentView, stretch: Span, folded: str) -> list[AnswerLine]:
    """The sentences at the beginning that name the documents this one is made under."""
    lines: list[AnswerLine] = []
    forwards = re.search("转发|印发|解读", folded) is not None and not re.search("贯彻|根据|依据", folded)
    limit = stretch.start + min(len(stretch), 3000)
    for sentence in document.sentences:
        if not stretch.start <= sentence.span.start < limit:
            continue
        text = sentence.span.of(document.text)
        basis, named = _basis_sentence.search(text), _named.search(text)
        if named and basis and basis.start() < named.start() and forwards == bool(_forwards.search(text)):
            span = _clauses_naming(document.text, sentence.span)
            lines.append(AnswerLine(f"{name}：“{flatten(span.of(document.text))}”", (cite(document, span),)))
        if len(lines) == 2:
            break
    return lines


def _clauses_naming(text: str, span: Span) -> Span:
    """The part of a sentence from the word that tells the basis to the last document it names."""
    body = span.of(text)
    begin = _basis_sentence.search(body)
    names = list(_named.finditer(body))
    if not begin or not names or len(span) <= 160:
        return span
    start = begin.start() if begin.start() <= names[0].start() else names[0].start()
    stop = names[-1].end()
    comma = re.search("[，,。；;]", body[stop:])
    return Span(span.start + start, span.start + (stop + comma.end() if comma else len(body)))
