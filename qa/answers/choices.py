"""Choices 可选的文件: what is answered where a name fits several documents equally well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from graph.documents.named import SHOWN, describe_document, describe_unmatched, one_of_each_work
from graph.documents.resolver import UnmatchedDescription
from graph.documents.status import status_on
from qa.answer import Notice
from qa.answers.draft import AnswerDraft, AnswerLine, cite, title_span
from qa.documents import LibraryView


def offer_near(unmatched: UnmatchedDescription, view: LibraryView) -> AnswerDraft:
    """That no document fits what is said of one; those that come near are shown beside, nothing is answered from them."""
    said = describe_unmatched(unmatched.text)
    rows = one_of_each_work(view.corpus, unmatched.near)[:SHOWN]
    line = AnswerLine(f"{said}{'；下面列出最接近的' if rows else ''}。", derived=(said,))
    nearest = tuple(hit for row in rows if view.searcher and (hit := view.searcher.opening(row)) is not None)
    return AnswerDraft("not_found", (line,), nearest=nearest)


def offer_choices(name: str, rows: Sequence[int], view: LibraryView, as_of: dt.date) -> AnswerDraft:
    """The documents that a name fits, each with its status on the day; none is chosen for the person who asks."""
    if len(rows) == 1:
        # one that is only like the name may be another document: it is named as such
        document = view.document(rows[0])
        status = status_on(view.corpus, document.info, as_of).status
        said = f"库里没有找到叫“{name}”的文件；名称相近的{describe_document(document.info)}：{status}。"
        near = view.searcher.opening(rows[0]) if view.searcher else None
        lines = [AnswerLine(said, (cite(document, title_span(document)),), derived=(said,))]
        return AnswerDraft("partial", tuple(lines), nearest=(near,) if near is not None else ())
    lines = [
        AnswerLine(f"“{name}”可以指库里的 {len(rows)} 份文件，请写明是哪一份：", counts=(len(rows),), derived=(f"“{name}”",))
    ]
    view.prepare(rows[:SHOWN])
    for row in rows[:SHOWN]:
        document = view.document(row)
        said = f"{describe_document(document.info)}：{status_on(view.corpus, document.info, as_of).status}"
        lines.append(AnswerLine(said, (cite(document, title_span(document)),), derived=(said,)))
    notice = Notice("scope", f"“{name}”对应多份文件，没有替您选定；写出文号或全名可以得到确切的回答。")
    searcher = view.searcher
    nearest = tuple(hit for row in rows[:SHOWN] if searcher and (hit := searcher.opening(row)) is not None)
    return AnswerDraft("partial", tuple(lines), (notice,), nearest=nearest)
