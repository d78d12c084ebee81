"""What changed between two versions of a document 修订变化: its clauses side by side, each side quoted."""

from __future__ import annotations

from graph.documents.named import describe_document
from graph.documents.works import works
from qa.answer import ComparisonRow
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, title_span
from qa.evidence.inquiry import Inquiry
from qa.kinds.kind import QuestionKind

SHOWN = 20
"""Clauses quoted at most."""


def answer_changes(inquiry: Inquiry) -> AnswerDraft | None:
    """The clauses that differ between the document named and the version before it, or between the two documents named."""
    rows = [row for row in inquiry.parsed.documents if row in inquiry.view.infos]
    pair = _two_versions(rows, inquiry)
    if pair is None:
        return _only_version(rows[0], inquiry) if len(rows) == 1 else None
    if inquiry.compare_versions is None:
        return None
    compared = inquiry.compare_versions(*pair)
    names = [describe_document(inquiry.view.infos[row]) for row in pair]
    counts = compared.differences[0] if compared.differences else "没有不同。"
    said = f"{names[1]}与上一版{names[0]}相比：{counts}"
    titles = tuple(cite(document, title_span(document)) for document in map(inquiry.view.document, pair))
    lines = [AnswerLine(said, titles, derived=(said,))]
    lines += [_row_line(row) for row in compared.rows[:SHOWN]]
    if len(compared.rows) > SHOWN:
        rest = f"其余 {len(compared.rows) - SHOWN} 处见新旧对照。"
        lines.append(AnswerLine(rest, derived=(rest,)))
    return AnswerDraft("answered", tuple(lines), parts=tuple((row, len(inquiry.view.document(row).parts) - 1) for row in pair))


KIND = QuestionKind("changes", answer_changes, is_list=True, complete=True, of_versions=True)


def _two_versions(rows: list[int], inquiry: Inquiry) -> tuple[int, int] | None:
    """The older and the newer document: the two named, or the one named and the version before it."""
    known = works(inquiry.view.corpus)
    if len(rows) == 2 and known.of(rows[0]).id == known.of(rows[1]).id:
        order = [version.document for version in known.of(rows[0]).versions]
        first, second = sorted(rows, key=lambda row: order.index(known.version(row).document))
        return first, second
    if len(rows) != 1:
        return None
    chain = [version.document for version in known.of(rows[0]).versions]
    place = chain.index(known.version(rows[0]).document)
    if len(chain) < 2:
        return None
    return (chain[place - 1], chain[place]) if place else (chain[0], chain[1])


def _only_version(row: int, inquiry: Inquiry) -> AnswerDraft:
    document = inquiry.view.document(row)
    said = f"库里{describe_document(document.info)}只有这一个版本，没有可以对照的上一版。"
    return AnswerDraft("not_found", (AnswerLine(said, (cite(document, title_span(document)),), derived=(said,)),), final=True)


def _row_line(row: ComparisonRow) -> AnswerLine:
    """One clause: what it said and what it says, each with its quote."""
    old, new = row.cells
    sides = [
        f"{name}“{'……'.join(flatten(c.quote) for c in cell.citations)}”"
        for name, cell in (("原为", old), ("现为", new))
        if cell.citations
    ]
    label = " ".join(row.aspect.split())
    return AnswerLine(f"{label}：{'；'.join(sides)}", (*old.citations, *new.citations), derived=(label,))
