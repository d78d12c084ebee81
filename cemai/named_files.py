"""The one file to be changed that a person names, by its id, file name, title, number or part of a title.

Who asks may be given one of several copies; who corrects or removes is never given a file that was not named alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.errors import UnknownDocument, UsageError
from corpus.store import Corpus, DocumentInfo
from graph.documents.named import describe_document, resolver_of

CHOICES = 10
"""Documents listed where a name fits several."""


def find_file(corpus: Corpus, name: str) -> DocumentInfo:
    """The one file that a name means.

    Args:
        corpus: An open library.
        name: An id or its beginning, a file name, a title or part of one, a document number in any writing.

    Raises ``UsageError`` with the choices where several fit, and ``UnknownDocument`` where none does.
    """
    found = corpus.matches(name) or _named(corpus, name, loosely=False)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"“{name}”对应 {len(found)} 份文件，请从下面选一份，写它的编号：\n{list_choices(found)}")
    near = _named(corpus, name, loosely=True)
    if near:
        raise UnknownDocument(f"文档库里没有“{name}”。名称相近的有：\n{list_choices(near)}")
    raise UnknownDocument(f"文档库里没有“{name}”。用 cemai docs list 查看编号和文件名，或用 cemai docs list --query 词 查找。")


def list_choices(found: Sequence[DocumentInfo]) -> str:
    """Documents one a line, with what tells them apart."""
    lines = [f"{info.id[:8]}  {describe_document(info)}  {info.source}" for info in found[:CHOICES]]
    return "\n".join([*lines, *([f"（另有 {len(found) - CHOICES} 份）"] if len(found) > CHOICES else [])])


def _named(corpus: Corpus, name: str, *, loosely: bool) -> list[DocumentInfo]:
    """The documents a name means by the resolver; ``loosely`` those whose titles are only like it."""
    infos = {info.row: info for info in corpus.infos()}
    mentions = [m for m in resolver_of(corpus).resolve(name).mentions if (m.kind == "short") == loosely]
    rows = dict.fromkeys(row for mention in mentions for row in mention.documents)
    return [infos[row] for row in rows if row in infos]
