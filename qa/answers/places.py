"""Describe where a quote comes from, as officials write it: 《标题》（文号）section, page."""

from __future__ import annotations

from corpus.titles import in_marks
from qa.answer import AnswerCitation


def describe_citation(citation: AnswerCitation) -> str:
    """Where a citation comes from: title, document number, section and page."""
    number = f"（{citation.doc_number}）" if citation.doc_number else ""
    page = f"，第 {citation.page} 页" if citation.page else ""
    return f"{in_marks(citation.title or citation.source)}{number}{' > '.join(citation.section_path)}{page}"
