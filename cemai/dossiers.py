"""Dossiers 专题夹: places of documents that a person collected, in an order, with remarks.

What is kept are ids, numbers and a person's own words, never words of a document (as with rounds of questions, ``qa.study.rounds``): a quote is
read anew where it is shown, so that erasing a document erases it from every dossier, and a quote can never differ from its text.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from cemai.accounts import current_caller
from corpus.document import ParsedDocument
from corpus.errors import StoreError, UsageError
from corpus.store import Corpus
from qa.answer import AnswerCitation

PREFIX = "dossier:"
"""What dossiers are kept under where there are no accounts; those of accounts under their number (``_prefix``)."""
MOST_ITEMS = 200
LONGEST_NAME, LONGEST_REMARK = 40, 2_000
ItemKind = Literal["quote", "question", "text"]


@dataclass(frozen=True, slots=True)
class DossierItem:
    """One entry: a place of a document (the whole of it where ``end`` is 0), a question by its address, or a text of one's own."""

    kind: ItemKind
    document: str = ""
    start: int = 0
    end: int = 0
    question: str = ""
    link: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A collection under a name. ``version`` grows with every change."""

    name: str
    items: tuple[DossierItem, ...] = ()
    version: int = 0
    changed_at: str = field(default="", compare=False)


def clean_name(name: str) -> str:
    """A name as it is kept. Raises ``UsageError`` for one that is empty or too long."""
    plain = " ".join("".join(char for char in name if char.isprintable()).split())
    if not plain:
        raise UsageError("请先写专题夹的名称。")
    if len(plain) > LONGEST_NAME:
        raise UsageError(f"专题夹的名称有 {len(plain)} 字，最多 {LONGEST_NAME} 字。")
    return plain


def list_dossiers(corpus: Corpus) -> list[Dossier]:
    """All dossiers, the one changed last first."""
    found = [_read(name, text) for name, text in corpus.settings(_prefix()).items()]
    return sorted(found, key=lambda one: one.changed_at, reverse=True)


def load_dossier(corpus: Corpus, name: str) -> Dossier:
    """A dossier, empty where there is none of this name."""
    name = clean_name(name)
    text = corpus.setting(_prefix() + name)
    return _read(name, text) if text else Dossier(name)


def add_to_dossier(corpus: Corpus, name: str, items: Sequence[DossierItem]) -> Dossier:
    """Put items at the end; a place that is in it already stays where it is. Raises ``UsageError`` where it would be too full."""
    before = load_dossier(corpus, name)
    known = {_key(item) for item in before.items}
    fresh = [item for item in items if item.kind == "text" or _key(item) not in known]
    if len(before.items) + len(fresh) > MOST_ITEMS:
        raise UsageError(f"专题夹“{before.name}”最多放 {MOST_ITEMS} 条。请另起一个名称。")
    return _save(corpus, replace(before, items=(*before.items, *(_bounded(item) for item in fresh))))


def change_dossier(corpus: Corpus, name: str, version: int, change: Callable[[list[DossierItem]], list[DossierItem]]) -> Dossier:
    """Change the items of a dossier as it was seen. Raises ``UsageError`` where somebody else changed it since."""
    before = load_dossier(corpus, name)
    if before.version != version:
        raise UsageError("专题夹刚被别人改过。下面是现在的内容，请看过再改。")
    return _save(corpus, replace(before, items=tuple(_bounded(item) for item in change(list(before.items)))))


def drop_dossier(corpus: Corpus, name: str) -> None:
    """Forget a dossier."""
    corpus.drop_setting(_prefix() + clean_name(name))


def cite_place(corpus: Corpus, item: DossierItem) -> AnswerCitation | None:
    """The quote of an item as its document has it now, or None where the document was removed, replaced or erased."""
    return cite_places(corpus, [item])[0]


def cite_places(corpus: Corpus, items: Sequence[DossierItem]) -> list[AnswerCitation | None]:
    """The quotes of items in their order, as ``cite_place`` gives each; a document is read once for all of its places."""
    documents = {id: _document(corpus, id) for id in {item.document for item in items}}
    return [_cite(documents[item.document], item) for item in items]


def _document(corpus: Corpus, id: str) -> ParsedDocument | None:
    try:
        info = corpus.find(id)
        return corpus.document(info.row) if info.id == id else None
    except StoreError:
        return None


def _cite(doc: ParsedDocument | None, item: DossierItem) -> AnswerCitation | None:
    if doc is None or item.end > len(doc.text):
        return None
    return AnswerCitation(
        source_id=doc.id,
        source=doc.source,
        title=doc.head.title,
        doc_number=doc.head.doc_number,
        region=doc.head.region,
        section_path=tuple(doc.heading_path(item.start)) if item.end else (),
        quote=doc.text[item.start : item.end],
        start=item.start,
        end=item.end,
        page=doc.page_at(item.start) if item.end else None,
    )


def _prefix() -> str:
    caller = current_caller()
    return PREFIX if caller.account is None else f"dossier.{caller.number}:"


def _key(item: DossierItem) -> tuple[object, ...]:
    return item.kind, item.document, item.start, item.end, item.link


def _bounded(item: DossierItem) -> DossierItem:
    return replace(item, remark=item.remark.strip()[:LONGEST_REMARK])


def _save(corpus: Corpus, dossier: Dossier) -> Dossier:
    stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    after = replace(dossier, version=dossier.version + 1, changed_at=stamp)
    kept = {"version": after.version, "changed_at": stamp, "items": [asdict(item) for item in after.items]}
    corpus.set_setting(_prefix() + after.name, json.dumps(kept, ensure_ascii=False, separators=(",", ":")))
    return after


def _read(name: str, text: str) -> Dossier:
    kept = json.loads(text)
    known = DossierItem.__dataclass_fields__
    items = tuple(DossierItem(**{key: value for key, value in item.items() if key in known}) for item in kept["items"])
    return Dossier(name, items, kept["version"], kept["changed_at"])
