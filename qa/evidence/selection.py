"""Selecting the documents of a question 选定文件: those the filters allow, copies and replaced versions counted once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from corpus.filters import Filters
from corpus.store import Corpus
from graph.documents.named import choose_documents, fold_versions
from graph.documents.status_filter import resolve_status
from qa.understanding.question import ParsedQuestion


def select_documents(
    parsed: ParsedQuestion, corpus: Corpus, filters: Filters | None, as_of: dt.date
) -> tuple[ParsedQuestion, set[int] | None]:
    """The question with the documents it names for certain, and the rows to answer from; None for every document.

    A work counts once, by the text that holds on the day; a version that the question names itself is always among them.
    """
    resolved = resolve_status(corpus, filters, as_of)
    allowed = corpus.select(resolved) if resolved else None
    named = parsed.named if allowed is None else parsed.named.within(allowed)
    sure = [row for m in named.sure(parsed.folded) for row in choose_documents(corpus, m, parsed.folded, as_of)]
    documents = tuple(dict.fromkeys(row for row in sure if allowed is None or row in allowed)) or parsed.documents
    rows = {info.row for info in corpus.infos()} if allowed is None else allowed
    kept = set(fold_versions(corpus, sorted(rows), as_of)) | (set(documents) & rows)
    return replace(parsed, named=named, documents=documents), None if allowed is None and len(kept) == len(rows) else kept


def find_ambiguous(parsed: ParsedQuestion, corpus: Corpus, as_of: dt.date) -> tuple[str, tuple[int, ...]] | None:
    """A name in the question that is the whole title or number of several documents, with those documents."""
    for mention in parsed.named.mentions:
        rows = choose_documents(corpus, mention, parsed.folded, as_of)
        if mention.certain and mention.kind in ("number", "title") and len(rows) > 1:
            return mention.text, rows
    return None
