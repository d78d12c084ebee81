"""One document of a library by any name a person gives it: its id, file, title, number, short title or part of a title."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus.errors import UnknownDocument, UsageError
from corpus.titles import in_marks
from graph.documents.named import choose_documents, fold_versions, resolver_of

if TYPE_CHECKING:
    from corpus.store import Corpus, DocumentInfo

CHOICES = 10
"""Documents listed where a name fits several."""


def find_document(corpus: Corpus, name: str, *, as_of: dt.date | None = None) -> DocumentInfo:
    """The one document that a name means.

    Args:
        corpus: An open library.
        as_of: The day on which a version holds; today if None.
        name: An id or its beginning, a file name, a title or part of one, a document number in any writing.

    Raises ``UsageError`` with the choices where several fit, and ``UnknownDocument`` where none does.
    """
    day = as_of or dt.date.today()
    found = corpus.matches(name) or _named(corpus, name, day, loosely=False)
    if len(found) > 1:
        # copies and replaced versions stand behind the text that holds
        fronts = fold_versions(corpus, [info.row for info in found], day)
        found = [info for info in found if info.row in fronts]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"“{name}”对应 {len(found)} 份文件，请从下面选一份，写它的编号：\n{list_choices(found)}")
    near = _named(corpus, name, day, loosely=True)
    if near:
        raise UnknownDocument(f"文档库里没有“{name}”。名称相近的有：\n{list_choices(near)}")
    raise UnknownDocument(f"文档库里没有“{name}”。用 cemai docs list 查看编号和文件名，或用 cemai docs list --query 词 查找。")


def list_choices(found: Sequence[DocumentInfo]) -> str:
    """Documents one a line, with what tells them apart."""
    lines = [
        "  ".join(filter(None, (info.id[:8], in_marks(info.head.title) if info.head.title else "", info.head.doc_number, info.source)))
        for info in found[:CHOICES]
    ]  # fmt: skip
    return "\n".join([*lines, *([f"（另有 {len(found) - CHOICES} 份）"] if len(found) > CHOICES else [])])


def _named(corpus: Corpus, name: str, day: dt.date, *, loosely: bool) -> list[DocumentInfo]:
    """The documents a name means by the resolver; ``loosely`` those whose titles are only like it."""
    infos = {info.row: info for info in corpus.infos()}
    mentions = [m for m in resolver_of(corpus).resolve(name).mentions if (m.kind == "short") == loosely]
    rows = dict.fromkeys(row for mention in mentions for row in choose_documents(corpus, mention, name, day))
    return [infos[row] for row in rows if row in infos]
