"""The time line of a policy 时间线: what it rests on, when each version was issued, what followed it and when it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from cemai.views.steps import GraphStep, GraphView, cite_sentences
from corpus.store import Corpus, DocumentInfo
from corpus.titles import in_marks
from graph.documents.lineage import Edge, edges
from graph.documents.named import describe_document, find_document
from graph.documents.status import OUT_OF_FORCE, status_on
from graph.documents.works import WorkVersion, works
from qa.answers.draft import cite
from qa.documents import LibraryView

ISSUED, DRAFT, EFFECTIVE, ENDS = "印发", "征求意见", "施行", "有效期至"
ENDING = ("被它废止", "被它修订")
"""Links that are told already where their words end the force of a version."""
UNDATED = "日期未载明的列在最后。"


def timeline(corpus: Corpus, name: str, *, as_of: dt.date | None = None, view: LibraryView | None = None) -> GraphView:
    """The time line of a document and all its versions.

    Args:
        corpus: An open library.
        name: The document, as a person names it.
        as_of: The day its status is of, today without it.
        view: The documents of the library, where they are prepared already.

    Returns:
        One row of steps, the earliest first: the documents it rests on, its versions, the days it takes effect and ends, and the
        documents that name it. What has no date comes last.

    Raises:
        UnknownDocument: There is no such document, or several may be meant.
    """
    day = as_of or dt.date.today()
    view = view or LibraryView(corpus)
    info = find_document(corpus, name, as_of=day)
    work = works(corpus).of(info.row)
    own = set(work.documents)
    force = list(_of_force(work.versions, view, day))
    ending = {citation.source_id for step in force for citation in step.citations}
    links = [
        step for step in _of_links(own, view) if step.said not in ENDING or not {c.source_id for c in step.citations} <= ending
    ]
    steps = [*_of_versions(work.versions, view), *force, *links]
    steps.sort(key=lambda step: (step.when == "", step.when))  # a month or a year stands before its days
    missing = (UNDATED,) if any(not step.when for step in steps) else ()
    return GraphView("时间线", describe_document(info), (tuple(steps),), missing)


def _of_versions(versions: Iterable[WorkVersion], view: LibraryView) -> Iterator[GraphStep]:
    """When each version was issued."""
    for version in versions:
        info = view.infos[version.document]
        document = view.document(version.document)
        day, title = (info.head.spans.get(name) for name in ("issued_on", "title"))
        spans = [span for span in (title, day or info.head.spans.get("published_on")) if span is not None and len(span)]
        copies = f"库里另有 {len(version.copies)} 份副本" if version.copies else ""
        note = "；".join(filter(None, (version.label, version.evidence if version.label else "", copies)))
        yield GraphStep(
            DRAFT if version.step == "征求意见" else ISSUED,
            describe_document(info),
            f"document:{info.id}",
            _issued(info) or version.on or "",
            note,
            tuple(cite(document, span) for span in spans),
        )


def _of_force(versions: Iterable[WorkVersion], view: LibraryView, day: dt.date) -> Iterator[GraphStep]:
    """When each version takes effect, ends or was ended, and by which words."""
    for version in versions:
        info = view.infos[version.document]
        state = status_on(view.corpus, info, day)
        issued = _issued(info)
        effective = info.head.effective_on or state.effective_on
        if effective and effective != issued:
            place = info.head.spans.get("effective_on")
            said = cite_sentences(view.document(info.row), [place]) if place is not None else ()
            yield GraphStep(EFFECTIVE, describe_document(info), f"document:{info.id}", effective, "", said)
        ended = state.status in OUT_OF_FORCE
        if not ended and state.expires_on is None:
            continue
        evidence = state.evidence
        by = view.infos.get(evidence.document) if evidence is not None and evidence.document is not None else None
        when = state.expires_on or (_issued(by) if by is not None and by.row != info.row else None) or ""
        words = (
            (cite(view.document(by.row), evidence.span),)
            if by is not None and evidence is not None and evidence.span is not None and len(evidence.span)
            else ()
        )
        name = state.status.removeprefix("已") if ended else ENDS
        yield GraphStep(name, describe_document(info), f"document:{info.id}", when, state.reason, words)


def _of_links(own: set[int], view: LibraryView) -> Iterator[GraphStep]:
    """The documents it rests on and those that name it, each once; files of the same work are versions and no links."""
    seen: set[tuple[str, object]] = set()
    for edge in edges(view.corpus):
        inward = edge.target in own
        if inward == (edge.source in own):
            continue
        other = edge.source if inward else edge.target
        front = works(view.corpus).representative(other) if other is not None else None
        key = ("in" if inward else "out", front if front is not None else edge.title)
        if key in seen:
            continue
        seen.add(key)
        yield _link(edge, front, view, inward=inward)


def _link(edge: Edge, other: int | None, view: LibraryView, *, inward: bool) -> GraphStep:
    source = view.document(edge.source)
    words = cite_sentences(source, [edge.span]) if edge.span is not None else ()
    info = view.infos.get(other) if other is not None else None
    number = f"（{edge.doc_number}）" if edge.doc_number else ""
    label = describe_document(info) if info is not None else in_marks(edge.title) + number
    said = f"被它{edge.relation}" if inward else edge.relation
    note = "" if info is not None else "文档库里没有这份文件"
    return GraphStep(
        said,
        label,
        f"document:{info.id}" if info is not None else None,
        (_issued(info) or "") if info is not None else "",
        note,
        words,
    )


def _issued(info: DocumentInfo) -> str | None:
    return info.head.issued_on or info.head.published_on
