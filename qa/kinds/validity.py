"""The force of a document 时效: whether it is in force on a day, from when, until when, what replaced it, how it was revised.

Every statement is the program's own conclusion (``graph.documents.status``, ``works``, the history in the head matter) with the
words it rests on beside it; where nothing is said, that is the answer.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.document import Span
from corpus.folding import fold
from graph.documents.named import APART, SHOWN, choose_documents, describe_document, resolver_of, share_of_title
from graph.documents.numbers import find_numbers, parse_number
from graph.documents.repeals import Repeal, read_statements
from graph.documents.resolver import DocumentMention, name_span
from graph.documents.status import OUT_OF_FORCE, DocumentStatus, status_on
from graph.documents.works import WorkVersion, works
from qa.answer import Notice, Status
from qa.answers.choices import offer_choices
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, title_span
from qa.documents import DocumentView
from qa.evidence.inquiry import Inquiry
from qa.evidence.selection import of_the_place
from qa.kinds.kind import QuestionKind

CITING = 3
"""Documents quoted that mention a number the library does not have."""
LIKE, HOLDS = 0.72, 0.85
"""The share of a name's pairs of characters that a title holds to be the one meant, and that a sentence holds to speak of it."""
LONGEST_QUOTE = 160
_SAYS_FORCE = re.compile("废止|失效|停止执行|有效")
_TITLED_BEFORE = re.compile(r"《[^《》\n]{4,120}》(?=[^《》]{0,30}$)")
_DATE = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})[日号](?![^，,。;；?？]{0,3}(?:发|印发|出台|公布|下发|关于|《))")
"""A day a question asks about; the day a document was issued on (2023年1月29日发的通知) is none."""


def answer_validity(inquiry: Inquiry) -> AnswerDraft | None:
    """What is known of the force of each document named; choices where a name fits several; what cites a number nobody has."""
    parsed = inquiry.parsed
    reader = ForceReader(inquiry)
    drafts: list[AnswerDraft | None] = [reader.answer_number(span.of(parsed.folded)) for span in parsed.named.numbers]
    # a title beside a number that nobody has may be that of another document
    drafts += [
        reader.answer_mention(mention)
        for mention in parsed.named.mentions
        if not parsed.named.numbers or mention.kind == "number"
    ]
    drafts += [reader.answer_name(span.of(parsed.folded)) for span in parsed.named.names]
    drafts += [reader.answer_guess(span.of(parsed.folded)) for span in parsed.named.guesses]
    found = [draft for draft in drafts if draft is not None]
    if not found:
        return None  # it is something else that is in force or not: a permit, a card, a rule inside a document
    states = [draft.status for draft in found]
    return AnswerDraft(
        "answered" if set(states) == {"answered"} else "not_found" if set(states) == {"not_found"} else "partial",
        tuple(dict.fromkeys(line for draft in found for line in draft.lines)),
        tuple(dict.fromkeys(notice for draft in found for notice in draft.notices)),
        tuple(dict.fromkeys(part for draft in found for part in draft.parts)),
        tuple(hit for draft in found for hit in draft.nearest),
    )


KIND = QuestionKind("validity", answer_validity, is_list=True, complete=True, otherwise="yes_no")


@dataclass(frozen=True)
class ForceReader:
    """Reads the force of documents of one library for one question."""

    inquiry: Inquiry

    @property
    def day(self) -> dt.date:
        """The day asked about: the one the question gives, else the one it is asked for."""
        parsed = self.inquiry.parsed
        text = parsed.folded
        for mention in parsed.named.mentions:
            text = text.replace(mention.text, " ")
        match = _DATE.search(text) if "in_force" in parsed.aspects or "repealed" in parsed.aspects else None
        try:
            return dt.date(*map(int, match.groups())) if match else self.inquiry.as_of
        except ValueError:
            return self.inquiry.as_of

    def state(self, row: int) -> DocumentStatus:
        """The status of a document on the day."""
        return status_on(self.inquiry.view.corpus, self.inquiry.view.infos[row], self.day)

    # ------------------------------------------------------------------ which document

    def answer_mention(self, mention: DocumentMention) -> AnswerDraft | None:
        """The answer about the document a mention means, or the documents it may mean."""
        corpus = self.inquiry.view.corpus
        rows = choose_documents(corpus, mention, self.inquiry.parsed.folded, self.day)
        if not rows:
            return None
        return self.answer_document(rows[0]) if len(rows) == 1 else self._offer(mention.text, rows)

    def answer_number(self, number: str) -> AnswerDraft:
        """What the library has about a number that none of its documents has: the document cited under it, else who cites it."""
        found = list(self._citing(lambda text: _plain(number) in _plain(text), number))
        if not found and (code := self._cited_code(number)) != number:
            return self.answer_number(code)
        repealing = next((repeal for document, _ in found for repeal in self._repeals(document, number)), None)
        if repealing is not None:
            document, act = repealing
            said = f"库里没有{number}的原文；{describe_document(document.info)}已将它{'部分' * act.partial}废止："
            return AnswerDraft("answered", (self._line(document.info.row, said, (document, act.span)),))
        for document, span in found:
            row = self._cited_row(span.of(document.text), number)
            if row is not None and row != document.info.row:
                draft = self.answer_document(row)
                said = f"{number}是{self._described(row)}的文号，见{describe_document(document.info)}："
                return replace(draft, lines=(self._line(document.info.row, said, (document, span)), *draft.lines))
        said = f"库里没有文号为{number}的文件"
        titled = [m for m in self.inquiry.parsed.named.mentions if m.kind != "number"]
        if found or not titled:
            return self._not_found(said, found)
        rows = choose_documents(self.inquiry.view.corpus, titled[0], self.inquiry.parsed.folded, self.day)
        choices = self._offer(titled[0].text, rows)
        first = AnswerLine(f"{said}，题名相近的有：", derived=(said,))
        return replace(choices, lines=(first, *choices.lines[1:]))

    def _repeals(self, document: DocumentView, number: str) -> Iterator[tuple[DocumentView, Repeal]]:
        """Where a document that is out by the day asked about, and no draft, takes what bears a number out of force."""
        asked = parse_number(number)
        if asked is None or self.state(document.info.row).status in ("征求意见稿", "尚未施行"):
            return
        for repeal in read_statements(document.text, document.info.head.title).repeals:
            of = repeal.number
            same = of is not None and (of.year, of.serial) == (asked.year, asked.serial) and of.agency.endswith(asked.agency)
            if same and (repeal.on or "") <= self.day.isoformat():
                yield document, repeal

    def _cited_code(self, number: str) -> str:
        """The number without words of asking in front of its agency code (原来穗府办规…), as far as a sentence cites it so."""
        asked = parse_number(number)
        if asked is None:
            return number
        for row in self._found_by_search(number):
            for mention in find_numbers(self.inquiry.view.document(row).text):
                cited = mention.number
                same = (cited.year, cited.serial) == (asked.year, asked.serial)
                if same and len(cited.agency) < len(asked.agency) and asked.agency.endswith(cited.agency):
                    return number[number.find(cited.agency) :] if cited.agency in number else str(cited)
        return number

    def _cited_row(self, text: str, number: str) -> int | None:
        """The one document that a sentence calls by its title right before a number."""
        at = _plain_find(text, number)
        title = _TITLED_BEFORE.search(text[:at]) if at is not None else None
        mentions = resolver_of(self.inquiry.view.corpus).resolve(title[0]).mentions if title else ()
        rows = choose_documents(self.inquiry.view.corpus, mentions[0], text, self.day) if mentions else ()
        if len(rows) != 1 or not mentions[0].certain:
            return None
        info = self.inquiry.view.infos[rows[0]]
        # a file called by a name that its text does not bear is another document
        return rows[0] if info.head.doc_number is None and _share(info.head.title or "", text) >= HOLDS else None

    def answer_guess(self, name: str) -> AnswerDraft | None:
        """The document whose title is clearly most like what may be a description of one."""
        scored = self._like(name)
        return self.answer_document(scored[0][1]) if _leads(scored) else None

    def answer_name(self, name: str) -> AnswerDraft:
        """The document whose title is clearly most like a name that no title holds, else who speaks of it, else choices."""
        asked = name_span(name.strip("《》")).of(name.strip("《》"))
        scored = self._like(asked)
        if _leads(scored):
            return self.answer_document(scored[0][1])
        said = list(self._citing(lambda text: _SAYS_FORCE.search(text) is not None and _share(asked, text) >= HOLDS, asked))
        if said:
            return self._not_found(f"库里没有“{asked}”这份文件", said)
        near = [row for share, row in scored if share >= LIKE - 2 * APART]
        return self._offer(asked, near) if near else self._not_found(f"库里没有找到叫“{asked}”的文件", [])

    def _like(self, asked: str) -> list[tuple[float, int]]:
        """The works found for a description with the share of it that their titles hold, best first."""
        view = self.inquiry.view
        known = works(view.corpus)
        best: dict[int, tuple[float, int]] = {}
        place = "".join(division.short for division in self.inquiry.parsed.divisions if division.short not in asked)
        for row in of_the_place(self._found_by_search(place + asked), self.inquiry.parsed, view):
            share = share_of_title(asked, view.infos[row])
            best[known.of(row).id] = max(best.get(known.of(row).id, (0.0, 0)), (share, known.representative(row)))
        return sorted(best.values(), reverse=True)

    def _found_by_search(self, words: str) -> list[int]:
        view = self.inquiry.view
        hits = view.searcher.search(words, top=20) if view.searcher is not None else []
        return list(dict.fromkeys(view.by_id[hit.source_id] for hit in hits if hit.source_id in view.by_id))

    def _citing(self, holds: Callable[[str], bool], words: str) -> Iterator[tuple[DocumentView, Span]]:
        """The sentences of documents found by some words that speak of what is asked."""
        for row in self._found_by_search(words):
            document = self.inquiry.view.document(row)
            sentence = next((s for s in document.sentences if holds(s.folded)), None)
            if sentence is not None:
                yield document, sentence.span

    def _not_found(self, said: str, found: Sequence[tuple[DocumentView, Span]]) -> AnswerDraft:
        """That a document is not in the library, with what others say of it."""
        lines = [self._line(d.info.row, f"{describe_document(d.info)}：", (d, span)) for d, span in found[:CITING]]
        if not lines:
            return AnswerDraft("not_found", (AnswerLine(f"{said}，也没有文件提到它。", derived=(said,)),))
        notice = Notice("scope", f"{said}，所引是提到它的文件。")
        return AnswerDraft("partial", (AnswerLine(f"{said}；提到它的文件有：", derived=(said,)), *lines), (notice,))

    def _offer(self, name: str, rows: Sequence[int]) -> AnswerDraft:
        return offer_choices(name, rows, self.inquiry.view, self.day)

    # ------------------------------------------------------------------ what is said of one document

    def answer_document(self, row: int) -> AnswerDraft:
        """Everything that is asked of one document, its status always among it."""
        state = self.state(row)
        aspects = self.inquiry.parsed.aspects
        lines: list[AnswerLine] = []
        if "official" in aspects and state.status != "征求意见稿":
            lines.append(self._official(row))
        if "begins" in aspects:
            lines.append(self._begins(row, state))
        if "ends" in aspects:
            lines.append(self._ends(row, state))
        if "history" in aspects:
            lines += self._history(row)
        lines.append(self._status(row, state, quoted={c for line in lines for c in line.citations}))
        if state.replaced_by:
            lines.append(self._replacing(state))
            if state.status == "征求意见稿" and "begins" in aspects:
                final = state.replaced_by[0]
                lines.append(self._begins(final, self.state(final)))
        elif "replaced" in aspects:
            lines += self._versions(row)
        document = self.inquiry.view.document(row)
        told: Status = "partial" if state.status == "未载明" else "answered"
        return AnswerDraft(told, tuple(lines), parts=((row, len(document.parts) - 1),))

    def _described(self, row: int) -> str:
        return describe_document(self.inquiry.view.infos[row])

    def _line(self, row: int, said: str, quoted: tuple[DocumentView, Span] | None) -> AnswerLine:
        """A line about a document: the program's own words, then the words they rest on."""
        own = self.inquiry.view.document(row)
        title = cite(own, title_span(own))
        if quoted is None:
            return AnswerLine(said, (title,), derived=(said,))
        citation = cite(*quoted)
        quote = flatten(citation.quote)
        shown = quote if len(quote) <= LONGEST_QUOTE else f"{quote[:LONGEST_QUOTE]}……"
        citations = (citation,) if citation.source_id == own.info.id else (citation, title)
        return AnswerLine(f"{said}“{shown}”", citations, derived=(said,))

    def _status(self, row: int, state: DocumentStatus, quoted: set[object]) -> AnswerLine:
        said = f"{self._described(row)}：{state.status}。{state.reason}"
        evidence = state.evidence
        if evidence is None or evidence.document is None or evidence.span is None or not len(evidence.span):
            return self._line(row, said, None)
        line = self._line(row, said, (self.inquiry.view.document(evidence.document), evidence.span))
        return replace(line, text=said) if set(line.citations) <= quoted else line

    def _replacing(self, state: DocumentStatus) -> AnswerLine:
        rows = [row for row in dict.fromkeys(state.replaced_by) if row in self.inquiry.view.infos][:SHOWN]
        names = "、".join(self._described(row) for row in rows)
        word = {"征求意见稿": "正式文件是", "已修订": "现在的文本是"}.get(state.status, "废止或代替它的是")
        titles = tuple(cite(document, title_span(document)) for document in map(self.inquiry.view.document, rows))
        said = f"{word}{names}。"
        return AnswerLine(said, titles, derived=(said,))

    def _official(self, row: int) -> AnswerLine:
        """That a document is no draft, and the drafts of it that the library holds."""
        versions = works(self.inquiry.view.corpus).of(row).versions
        drafts = [v.document for v in versions if v.step == "征求意见" and v.document in self.inquiry.view.infos]
        said = f"{self._described(row)}是正式文本，不是征求意见稿"
        also = f"；库里另有它的征求意见稿{self._described(drafts[0])}" if drafts else ""
        return self._line(row, f"{said}{also}。", None)

    def _begins(self, row: int, state: DocumentStatus) -> AnswerLine:
        name = self._described(row)
        found = self._clause(row, "effective_on")
        if state.effective_on:
            said = f"{name}：自{_written(state.effective_on)}起施行。"
            return self._line(row, said, found or self._evidence(state))
        if found is not None:
            return self._line(row, f"{name}：施行的日子文件是这样写的：", found)
        issued = self._clause(row, "issued_on") or self._clause(row, "published_on")
        said = f"{name}：文件没有写明施行日期。"
        return self._line(row, f"{said}落款或发布的日期是", issued) if issued else self._line(row, said, None)

    def _ends(self, row: int, state: DocumentStatus) -> AnswerLine:
        name = self._described(row)
        if state.expires_on:
            said = f"{name}：有效期到{_written(state.expires_on)}为止。"
            return self._line(row, said, self._clause(row, "expires_on") or self._evidence(state))
        if state.status in OUT_OF_FORCE:
            return self._line(row, f"{name}：文件没有写明有效期，{state.reason}", self._evidence(state))
        return self._line(row, f"{name}：文件没有写明有效期或失效日期。", None)

    def _history(self, row: int) -> list[AnswerLine]:
        """The acts by which a law was passed and revised, then the versions that the library holds."""
        document = self.inquiry.view.document(row)
        name = self._described(row)
        lines = [
            self._line(row, f"{name}：{_written(event.on)}{event.act}。", (document, event.span))
            for event in document.info.head.history
            if event.act in ("通过", "公布", "修正", "修订", "废止")
        ]
        shown: list[AnswerLine] = []
        for line in lines:
            repeated = any(line.citations == other.citations for other in shown)
            shown.append(replace(line, text=line.derived[0]) if repeated else line)
        versions = self._versions(row)
        return [*shown, *versions] or [self._line(row, f"{name}：文件没有写明修订的经过，库里也没有它的其他版本。", None)]

    def _versions(self, row: int) -> list[AnswerLine]:
        """The versions of a work that the library holds, oldest first, the one that holds on the day named as such."""
        known = works(self.inquiry.view.corpus)
        versions = [v for v in known.of(row).versions if v.document in self.inquiry.view.infos]
        if len(versions) < 2:
            return []
        current = known.current(row, self.day.isoformat())
        return [self._line(v.document, self._version(v, v.document == current), None) for v in versions]

    def _version(self, version: WorkVersion, current: bool) -> str:
        on = f"，{_written(version.on)}" if version.on else ""
        state = self.state(version.document).status
        return (
            f"版本：{self._described(version.document)}{on}{version.step}，{state}{'，是库里最新的正式文本' if current else ''}"
        )

    def _evidence(self, state: DocumentStatus) -> tuple[DocumentView, Span] | None:
        evidence = state.evidence
        if evidence is None or evidence.document is None or evidence.span is None:
            return None
        return self.inquiry.view.document(evidence.document), evidence.span

    def _clause(self, row: int, field: str) -> tuple[DocumentView, Span] | None:
        """The sentence that gives a date of the head matter: of the document, of what it issues, of a copy."""
        view = self.inquiry.view
        for one in (row, *works(view.corpus).copies(row)):
            document = view.document(one)
            heads = [document.info.head, *(part.head for part in document.parts)]
            for head in sorted(heads, key=lambda head: getattr(head, field) is None):
                span = head.spans.get(field)
                if span is not None and len(span):
                    return document, _sentence(document, span)
        return None


def _leads(scored: Sequence[tuple[float, int]]) -> bool:
    """Whether the first of some documents with their likeness is clearly the one meant."""
    return bool(scored) and scored[0][0] >= LIKE and (len(scored) < 2 or scored[0][0] - scored[1][0] >= APART)


def _sentence(document: DocumentView, span: Span) -> Span:
    index = document.sentence_at(span.start)
    return document.sentences[index].span if index is not None else span


def _share(asked: str, text: str) -> float:
    """The share of the pairs of characters of a name that a text holds."""
    wanted, plain = _plain(asked), _plain(text)
    pairs = {wanted[i : i + 2] for i in range(len(wanted) - 1)}
    return sum(pair in plain for pair in pairs) / max(1, len(pairs))


def _plain_find(text: str, number: str) -> int | None:
    """Where a number begins in a text that may write its brackets otherwise."""
    digits = re.findall(r"\d+", number)
    pattern = r"\D{0,3}".join(digits)
    found = re.search(pattern, fold(text)) if digits and len(fold(text)) == len(text) else None
    return found.start() if found else None


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def _written(day: str) -> str:
    parts = [int(part) for part in day.split("-")]
    return "".join(f"{part}{unit}" for part, unit in zip(parts, "年月日", strict=False))
