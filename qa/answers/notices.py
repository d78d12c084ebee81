"""Warnings about the force of an answer 提示: 已废止, 征求意见稿, 已失效, 尚未施行, 过渡期已届满, 适用于其他地区, 口径不同."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from corpus.divisions import NATION
from corpus.recognition import is_recognised, list_unsure
from corpus.store import DocumentInfo
from corpus.titles import in_marks
from corpus.unread import say_mostly_unread
from qa.answer import AnswerCitation, Notice, NoticeKind
from qa.answers.draft import label_part
from qa.documents import LibraryView
from qa.understanding.question import ParsedQuestion

DAMAGED = "的内容与入库时的校验值不符，文件可能已损坏，引用前请核对原件，并运行 cemai doctor。"
FEW, NAMED = 2, 4
"""So many documents in the same state have a notice each; of more, so many are named in one notice."""

_KINDS: dict[str, NoticeKind] = {
    "已废止": "repealed",
    "征求意见稿": "draft",
    "已失效": "expired",
    "已修订": "repealed",
    "尚未施行": "pending",
}


def find_notices(
    parsed: ParsedQuestion,
    parts: Sequence[tuple[int, int]],
    citations: Sequence[AnswerCitation],
    view: LibraryView,
    as_of: dt.date,
) -> tuple[Notice, ...]:
    """The warnings for an answer that quotes these document parts, on a day."""
    from graph.documents.periods import transition_notice
    from graph.documents.status import status_on, statuses_of

    found: dict[Notice, None] = {}
    states: dict[tuple[NoticeKind, str], list[tuple[str, str, str]]] = {}
    quoted = tuple(dict.fromkeys(parts))
    view.prepare(row for row, _ in quoted)
    whole = [row for row, number in quoted if view.document(row).parts[number].head == view.infos[row].head]
    statuses_of(view.corpus, whole, as_of)
    for row, number in quoted:
        document = view.document(row)
        part = document.parts[number]
        name = label_part(document, part)
        state = status_on(view.corpus, document.info, as_of, part.head)
        kind = _KINDS.get(state.status)
        if kind is not None:
            inner = (part.head.title or "").replace("《", "〈").replace("》", "〉")
            if name.endswith("》"):  # a document of no region goes by its title
                title = ""
            else:
                title = f"《{' '.join(inner.split())}》" if inner else "" if name.endswith("文件") else "的文件"
            states.setdefault((kind, state.status), []).append((name, title, state.reason))
        if part.attached and part.division is not None and parsed.divisions and part.division not in parsed.divisions:
            found[
                Notice("scope", f"所引内容出自{name}的文件（随函转发），属{part.division.level}级文件，不是所问地区自己的规定。")
            ] = None
        elif (
            parsed.divisions
            and part.division is not None
            and part.division not in (NATION, *parsed.divisions)
            and not any(d.contains(part.division.code) for d in parsed.divisions if d != NATION)
        ):
            found[Notice("scope", f"所引内容出自{name}的文件，适用于{part.division.path}。")] = None
    of_states = [notice for (kind, status), documents in states.items() for notice in _of_one_state(kind, status, documents)]
    for citation in citations:
        row_number = view.by_id.get(citation.source_id)
        around = view.document(row_number).folded[:4000] if row_number is not None else ""
        text = transition_notice(citation.quote, as_of, context=around + citation.quote)
        if text:
            found[Notice("expired", text)] = None
    infos = [view.document(row).info for row in dict.fromkeys(row for row, _ in parts)]
    damaged = view.corpus.damaged(info.row for info in infos)
    of_reading = [
        *(Notice("damaged", f"{_name(info)}{DAMAGED}") for info in infos if info.row in damaged),
        *(Notice("unread", message) for info in infos if (message := _say_unread(info)) is not None),
        *(Notice("recognised", message) for info in infos if (message := _say_recognised(info, citations)) is not None),
    ]
    return tuple(dict.fromkeys((*of_states, *found, *of_reading)))


def find_unread(parsed: ParsedQuestion, view: LibraryView) -> tuple[Notice, ...]:
    """Where nothing answers: the documents of the places asked for of which most was not read, so that the answer may be there."""
    codes = [division.code for division in parsed.divisions if division != NATION]
    found = [
        info
        for info in view.infos.values()
        if say_mostly_unread(info.unread) and (not codes or (info.head.region_code or "").startswith(tuple(codes)))
    ]
    if not found:
        return ()
    named = "、".join(_name(info) for info in found[:NAMED])
    more = f"等 {len(found)} 份文件" if len(found) > NAMED else ""
    return (Notice("unread", f"{named}{more}大部分内容没有读入，答案可能在其中，请看原件。"),)


def _name(info: DocumentInfo) -> str:
    return in_marks(info.head.title) if info.head.title else info.source


def _say_unread(info: DocumentInfo) -> str | None:
    said = say_mostly_unread(info.unread)
    return said and f"{_name(info)}没有读全，回答可能不完整：{said}"


def _say_recognised(info: DocumentInfo, citations: Sequence[AnswerCitation]) -> str | None:
    """That a document was read from pictures, and which words of its quotes were hard to read there."""
    if not is_recognised(info.warnings):
        return None
    quotes = [citation.quote for citation in citations if citation.source_id == info.id]
    unsure = [words for words in dict.fromkeys(list_unsure(info.warnings)) if any(words in quote for quote in quotes)]
    named = "、".join(f"“{words}”" for words in unsure[:NAMED])
    return f"{_name(info)}是识别件，数字请核对原件{f'；其中{named}识别时把握不足' if named else ''}。"


def _of_one_state(kind: NoticeKind, status: str, documents: Sequence[tuple[str, str, str]]) -> list[Notice]:
    """Notices for documents of one status, given as (name, title, reason): one each for up to ``FEW``, else one for all."""
    if len(documents) <= FEW:
        return [Notice(kind, f"{name}{title}：{status}。{reason}") for name, title, reason in documents]
    named = "、".join(dict.fromkeys(f"{name}{title}" for name, title, _ in documents[:NAMED]))
    more = f"等 {len(documents)} 份文件" if len(documents) > NAMED else ""
    return [Notice(kind, f"{named}{more}：{status}，引用前请核对各文件的时效。")]
