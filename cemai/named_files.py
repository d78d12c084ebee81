"""The one file to be changed that a person names, by its id, file name, title, number or part of a title.

Who asks may be given one of several copies; who corrects or removes is never given a file that was not named alone.
"""

from __future__ import annotations

from corpus.errors import UnclearDocument, UnknownDocument, UsageError
from corpus.store import Corpus, DocumentInfo
from graph.documents.named import explain_choices, list_choices, resolver_of

_LOOSE = ("short", "described")
"""How a document may be meant without being named: it is offered, never changed."""


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
        raise UsageError(explain_choices(name, found))
    near = _named(corpus, name, loosely=True)
    if near:
        raise UnclearDocument(f"文档库里没有叫“{name}”的文件。相近的有：\n{list_choices(near)}")
    raise UnknownDocument(f"文档库里没有“{name}”。用 cemai docs list 查看编号和文件名，或用 cemai docs list --query 词 查找。")


def _named(corpus: Corpus, name: str, *, loosely: bool) -> list[DocumentInfo]:
    """The documents a name means by the resolver; ``loosely`` those whose titles are only like it, and those that are described."""
    infos = corpus.heads
    resolved = resolver_of(corpus).resolve(name, alone=loosely)
    mentions = [m for m in resolved.mentions if (m.kind in _LOOSE) == loosely]
    rows = dict.fromkeys(row for mention in mentions for row in mention.documents)
    if loosely and resolved.unmatched is not None:
        rows = dict.fromkeys(resolved.unmatched.near)
    return [infos[row] for row in rows if row in infos]
