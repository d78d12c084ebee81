"""Documents that a person names 指名的文件: the one resolver of a library, and which file of a work is meant."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence, Set

from corpus.errors import UnclearDocument, UnknownDocument
from corpus.folding import fold
from corpus.store import Corpus, DocumentInfo
from corpus.titles import in_marks
from graph.documents.numbers import parse_number
from graph.documents.resolver import DocumentMention, DocumentResolver
from graph.documents.works import WorkVersion, works
from graph.lexicon import expand

SHOWN = 5
"""Documents that a message offers as choices."""
APART = 0.12
"""How far the title that fits a text best must lead the next one for its document to be meant."""
_DRAFT = re.compile(expand(r"[(（\[【]?{draft_marks}"))
_MARKS = re.compile(r"[\W_]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d")


def resolver_of(corpus: Corpus) -> DocumentResolver:
    """The documents of a library by everything they may be called, kept up with the library."""
    return corpus.view(DocumentResolver)


def choose_documents(corpus: Corpus, mention: DocumentMention, text: str, as_of: dt.date) -> tuple[int, ...]:
    """The documents a mention means, one for each work, best first.

    A number names one version. A title that several versions have names the one of the year that the text gives, else the one
    in force on the day; copies never count beside the document they are copies of. Where several works are left, the one whose
    title clearly says most of the text is meant.
    """
    known = works(corpus)
    found: dict[int, int] = {}
    for row in _drafts(corpus, mention, text) or mention.documents:
        work = known.of(row)
        if work.id in found:
            continue
        if mention.kind == "number" or _asks_for_draft(mention, text):
            found[work.id] = known.representative(row)
            continue
        named = [v for v in work.versions if set(mention.documents) & {v.document, *v.copies}]
        asked = _of_year(named, text) or _of_year(work.versions, text)
        if asked is not None:
            found[work.id] = asked.document
        elif len(named) < 2:
            found[work.id] = known.representative(row)
        else:
            current = known.current(row, as_of.isoformat())
            found[work.id] = current if current in {v.document for v in named} else named[-1].document
    rows = tuple(found.values())
    return _fitting(corpus, rows, mention, text) if len(rows) > 1 and mention.kind != "described" else rows


def _asks_for_draft(mention: DocumentMention, text: str) -> bool:
    """Whether a title is named with the mark of a draft (…办法（征求意见稿）)."""
    return _DRAFT.search(mention.text) is not None or _DRAFT.match(text, mention.span.end) is not None


def _drafts(corpus: Corpus, mention: DocumentMention, text: str) -> tuple[int, ...]:
    """The drafts among the documents named and their earlier versions, where a draft is named."""
    if mention.kind == "number" or not _asks_for_draft(mention, text):
        return ()
    known = works(corpus)
    versions = (v for row in (*mention.documents, *mention.also) for v in known.of(row).versions)
    return tuple(dict.fromkeys(v.document for v in versions if v.step == "征求意见"))


def _fitting(corpus: Corpus, rows: tuple[int, ...], mention: DocumentMention, text: str) -> tuple[int, ...]:
    """Of several documents those that have a number themselves, where one is named, and the one whose title fits the text."""
    infos = corpus.heads
    if mention.kind == "number":
        # a collection has the numbers of what it holds, too
        number = parse_number(mention.text)
        own = [(row, parse_number(infos[row].head.doc_number or "")) for row in rows]
        same = tuple(row for row, one in own if one and number and (one.year, one.serial) == (number.year, number.serial))
        rows = same or tuple(row for row, one in own if one) or rows
    scored = sorted(((share_of_title(text, infos[row]), row) for row in rows), reverse=True)
    return (scored[0][1],) if len(scored) < 2 or scored[0][0] - scored[1][0] >= APART else rows


def share_of_title(text: str, info: DocumentInfo) -> float:
    """The share of the pairs of characters of a text that the titles of a document hold."""
    plain = _MARKS.sub("", fold(text))
    title = _MARKS.sub("", fold("".join(head.title or "" for head in (info.head, *info.attached))))
    pairs = {plain[i : i + 2] for i in range(len(plain) - 1)}
    return sum(pair in title for pair in pairs) / max(1, len(pairs))


def _of_year(versions: Iterable[WorkVersion], text: str) -> WorkVersion | None:
    """The one version of a year that the text gives, outside the title itself."""
    years = {int(year) for year in _YEAR.findall(text)}
    fitting = [v for v in versions if v.year in years]
    return fitting[0] if len(fitting) == 1 else None


def find_document(corpus: Corpus, name: str, *, as_of: dt.date | None = None) -> DocumentInfo:
    """The document that a person names by id, file, number, title, short title or part of a title, or describes.

    Where several documents fit equally well none is chosen: the ``UnclearDocument`` raised offers them. Raises ``UnknownDocument``.
    """
    try:
        return corpus.find(name)
    except UnknownDocument as error:
        found = resolver_of(corpus).resolve(name, alone=True, today=as_of)
        infos = corpus.heads
        if found.unmatched is not None:
            near = [infos[row] for row in one_of_each_work(corpus, found.unmatched.near)]
            raise UnclearDocument(explain_unmatched(found.unmatched.text, near)) from None
        if not found.mentions:
            if len(several := corpus.matches(name)) > 1:
                raise UnclearDocument(explain_choices(name, several)) from None
            raise error
    chosen = [infos[row] for row in choose_documents(corpus, found.mentions[0], name, as_of or dt.date.today())]
    if len(chosen) == 1:
        return chosen[0]
    raise UnclearDocument(explain_choices(name, chosen))


def explain_choices(name: str, found: Sequence[DocumentInfo]) -> str:
    """That a name fits several documents, and which."""
    return f"“{name}”可以指 {len(found)} 份文件，请从下面选一份，写它的编号：\n{list_choices(found)}"


def explain_unmatched(said: str, near: Sequence[DocumentInfo]) -> str:
    """That no document fits what is said of one, and which come near."""
    if not near:
        return f"{describe_unmatched(said)}。请换一种说法，或写标题、文号里的字。"
    return f"{describe_unmatched(said)}。最接近的有：\n{list_choices(near)}"


def list_choices(found: Sequence[DocumentInfo]) -> str:
    """Documents one a line, with what tells them apart: id, title and number, file."""
    lines = [f"{info.id[:8]}  {describe_document(info)}  {info.source}" for info in found[:SHOWN]]
    return "\n".join([*lines, *([f"（另有 {len(found) - SHOWN} 份）"] if len(found) > SHOWN else [])])


def describe_unmatched(said: str) -> str:
    """That no document fits what is said of one, for people."""
    return f"文档库里没有完全符合“{said}”这个说法的文件"


def one_of_each_work(corpus: Corpus, rows: Iterable[int]) -> tuple[int, ...]:
    """Documents, one for each work, in the order given."""
    known = works(corpus)
    return tuple({known.of(row).id: known.representative(row) for row in reversed(tuple(rows))}.values())[::-1]


def describe_document(info: DocumentInfo) -> str:
    """A document by its title and number: 《云岫县供水条例》（云政发〔2024〕3号）."""
    title = in_marks(" ".join((info.head.title or info.source.rsplit("/", 1)[-1]).split()))
    return f"{title}（{info.head.doc_number}）" if info.head.doc_number else title


def fold_versions(corpus: Corpus, rows: Iterable[int], as_of: dt.date) -> dict[int, tuple[int, ...]]:
    """The documents that count, in the order given, each with the copies and replaced versions of it that stand behind it.

    Where what stands in front is not among the rows, the first one that is takes its place.
    """
    known, day = works(corpus), as_of.isoformat()
    groups: dict[int, list[int]] = {}
    for row in dict.fromkeys(rows):
        groups.setdefault(known.front(row, day) if row in known.several else row, []).append(row)
    fronts = {front if front in group else group[0]: group for front, group in groups.items()}
    return {row: tuple(other for other in group if other != row) for row, group in fronts.items()}


def rows_behind(corpus: Corpus, rows: Set[int] | None, as_of: dt.date) -> frozenset[int]:
    """Of some documents, or of all, those that stand behind others when each work counts once."""
    known = works(corpus)
    if rows is None:
        return known.behind(as_of.isoformat())
    several = rows & known.several
    return frozenset(several - fold_versions(corpus, sorted(several), as_of).keys())
