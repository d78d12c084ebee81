"""Doubts 待核对: what a person should look at in the documents of a library, what depends on most first.

A doubt is settled by a correction of its field, also by one that gives the value that was read: then a person has confirmed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from corpus.corrections import FIELDS, Correction, read_value
from corpus.divisions import NATION, gazetteer
from corpus.folding import fold
from corpus.store import Corpus, DocumentInfo, Heads, View
from corpus.titles import in_marks
from corpus.wordlists import expand
from graph.documents.lineage import Citations
from graph.documents.works import Works
from graph.lexicon import entries

if TYPE_CHECKING:
    from cemai.library import Library

DoubtReason = Literal[
    "title-missing", "title-from-file", "title-inferred", "region-missing", "date-missing", "copy", "changed", "text"
]
REASONS: dict[DoubtReason, str] = {
    "title-missing": "没有标题",
    "title-from-file": "标题取自文件名",
    "title-inferred": "标题为推定",
    "region-missing": "没有地区",
    "date-missing": "没有日期",
    "copy": "疑为副本",
    "changed": "更正后文件有变",
    "text": "正文可疑",
}
_ORDER = {reason: place for place, reason in enumerate(REASONS)}
EDGE = 1_200
"""Characters at both ends of a text in which a title, a region and a date are looked for to be proposed."""
TITLE_LINES, LINES_OF_TITLE, SHORTEST_TITLE, LONGEST_TITLE = 8, 4, 6, 90
"""Lines at the beginning of a text among which a title may be, those that it may fill, and the characters it has. Set on one
library of 2,700 documents, 2026-11."""
_NOTE = re.compile(r"[（(][^（()）]{1,14}[)）]$")
_NO_TITLE = re.compile(expand("corpus", r"[。；;，,：:！!]|^[{begin_no_title}{numerals}\d（(、]"))
_ABOUT = re.compile(expand("corpus", "{about_words}"))
_NUMBERED = re.compile(r"^\d{1,2}[.．、]")
_PAIRS = (("《", "》"), ("（", "）"), ("“", "”"), ("〔", "〕"))
_DATE = re.compile(
    expand(
        "corpus",
        r"(?<!\d)((?:19|20)\d{2})\s*[{year_signs}./-]?\s*(1[0-2]|0?[1-9])\s*[{month_signs}./-]?\s*(3[01]|[12]\d|0?[1-9])(?!\d)",
    )
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to look at: in which document and field, why, and what a person may write there.

    ``weight`` counts the tasks and targets of the document and the documents that cite it; ``other`` is the id of the document a
    copy is suspected of; ``number`` is that of the correction whose file has changed.
    """

    document: str
    title: str
    source: str
    reason: DoubtReason
    field: str
    message: str
    proposal: str | None
    weight: int
    other: str | None = None
    number: int | None = None

    @property
    def label(self) -> str:
        """The reason in Chinese."""
        return REASONS[self.reason]

    def to_record(self) -> dict[str, object]:
        """As JSON."""
        return {
            "document_id": self.document,
            "title": self.title,
            "source": self.source,
            "reason": self.reason,
            "label": self.label,
            "field": self.field,
            "message": self.message,
            "proposal": self.proposal,
            "weight": self.weight,
            "other": self.other,
            "correction": self.number,
        }


def list_doubts(library: Library) -> list[Doubt]:
    """Everything in a library that a person should look at, all doubts of a document together, the weightiest document first."""
    return list(library.corpus.view(DoubtsOfDocuments).listed)


def count_documents(doubts: Iterable[Doubt]) -> int:
    """The number of documents that doubts are about."""
    return len({doubt.document for doubt in doubts})


class DoubtsOfDocuments(View):
    """The doubts of each document: those of its own head, corrections and text are kept until it changes."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._works = corpus.view(Works)
        self._citations = corpus.view(Citations)
        self._infos: dict[int, DocumentInfo] = {}
        self._own: dict[int, list[Doubt]] = {}
        self._facts: dict[int, int] = {}
        """Tasks and targets of each document."""
        self._listed: list[Doubt] | None = None

    @property
    def listed(self) -> list[Doubt]:
        """All doubts, the weightiest document first; never to be changed."""
        if self._listed is None:
            found = [(row, doubt) for row, doubts in self._own.items() for doubt in doubts]
            found += _of_copies(self._works, self._infos)
            weights = {row: self._facts.get(row, 0) + len(self._citations.cited.get(row, ())) for row, _ in found}
            found.sort(key=lambda item: (-weights[item[0]], item[0], _ORDER[item[1].reason]))
            self._listed = [replace(doubt, weight=weights[row]) for row, doubt in found]
        return self._listed

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out, and find the doubts of others."""
        self._listed = None
        for row in gone:
            del self._infos[row]
            for known in (self._own, self._facts):
                known.pop(row, None)
        self._infos.update(come)
        self._facts |= self._corpus.count_facts(("task", "target"), come if gone or self._own else None)
        found = [(row, doubt) for row, info in come.items() for doubt in _of_head(info)]
        found = _with_proposals(self._corpus, come, found)
        found += _of_changed_files(self._corpus, come)
        found += _of_texts(self._corpus, come)
        for row, doubt in found:
            self._own.setdefault(row, []).append(doubt)


def _doubt(info: DocumentInfo, reason: DoubtReason, field: str, message: str) -> Doubt:
    return Doubt(info.id, info.head.title or "", info.source, reason, field, message, None, 0)


def _of_head(info: DocumentInfo) -> Iterator[Doubt]:
    """Fields of the head matter that are missing or were concluded."""
    head = info.head
    if "title" not in head.corrected:
        if not head.title:
            yield _doubt(info, "title-missing", "title", "没有找到标题。")
        elif "title" in head.inferred:
            from_file = fold(head.title) in fold(_stem(info))
            reason: DoubtReason = "title-from-file" if from_file else "title-inferred"
            said = "文中没有标题行，标题取自文件名。" if from_file else "文中没有标题行，标题由首段推定。"
            yield _doubt(info, reason, "title", said)
    if not head.region and "region" not in head.corrected:
        yield _doubt(info, "region-missing", "region", "没有读出属于哪个地区。")
    if not (head.issued_on or head.published_on) and not head.corrected & {"issued_on", "published_on"}:
        yield _doubt(info, "date-missing", "issued_on", "没有读出成文或发布的日期。")


def _of_copies(works: Works, infos: Heads) -> Iterator[tuple[int, Doubt]]:
    """Pairs that texts and heads leave open, listed once, with the document that came later."""
    for pair in works.proposals():
        first, later = infos[min(pair.document, pair.other)], infos[max(pair.document, pair.other)]
        name = in_marks(first.head.title) if first.head.title else first.source
        doubt = _doubt(later, "copy", "copy_of", f"与{name}有{pair.overlap:.0%}的文字相同，请看是不是同一份。")
        yield later.row, replace(doubt, other=first.id, proposal=first.id)


def _of_changed_files(corpus: Corpus, infos: Heads) -> Iterator[tuple[int, Doubt]]:
    """Corrections of a file that another has taken the place of, in which something else is read now."""
    from cemai.corrections import CHECKED

    given = corpus.corrections_of_many([(info.id, info.source, info.origin) for info in infos.values()])
    for info, corrections in zip(infos.values(), given, strict=True):
        if not corrections:
            continue
        doc = corpus.document(info.row, as_read=True)
        for correction in corrections:
            if correction.field not in FIELDS:
                continue
            if correction.field == "attached":
                if correction.document_id == info.id:
                    continue
                yield info.row, _of_correction(info, correction, "文件已换成新的一份，原来的划分不再适用。", None)
                continue
            read = read_value(doc, correction.field)
            if correction.field == "checked":
                if read != correction.was:
                    message = "核对过正文以后，文件换成了新的一份。"
                    yield info.row, _of_correction(info, correction, message, CHECKED)
            elif read not in (correction.was, correction.value):
                shown = _shown(read)
                message = f"{correction.label}更正为“{_shown(correction.value)}”以后，文件有变，现在读出的是“{shown}”。"
                yield info.row, _of_correction(info, correction, message, shown)


def _of_correction(info: DocumentInfo, correction: Correction, message: str, proposal: str | None) -> Doubt:
    doubt = _doubt(info, "changed", correction.field, message)
    return replace(doubt, proposal=proposal, number=correction.number)


def _of_texts(corpus: Corpus, infos: Heads) -> Iterator[tuple[int, Doubt]]:
    """Texts whose words may differ from the original."""
    from cemai.corrections import CHECKED

    open_ones = [row for row, info in infos.items() if info.warnings and "checked" not in info.head.corrected]
    for row, messages in corpus.doubts(open_ones).items():
        doubt = _doubt(infos[row], "text", "checked", "".join(dict.fromkeys(messages)))
        yield row, replace(doubt, proposal=CHECKED)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "、".join(str(part) for part in (value[:1] if len(value) == 3 and value[1:2] != [None] else value) if part)
    return str(value) if value is not None else "未载明"


# ------------------------------------------------------------------ proposals


def _with_proposals(corpus: Corpus, infos: Heads, found: list[tuple[int, Doubt]]) -> list[tuple[int, Doubt]]:
    """The doubts of missing and concluded fields with what the edges of the texts suggest."""
    edges = corpus.edges_of_text({row for row, _ in found}, EDGE)
    return [(row, replace(doubt, proposal=_PROPOSE[doubt.field](infos[row], *edges[row]))) for row, doubt in found]


def _stem(info: DocumentInfo) -> str:
    return PurePath(info.source).stem


def _propose_title(info: DocumentInfo, first: str, last: str) -> str | None:
    """The first line of a text that ends as titles do, the very first ones taken together; else the title concluded so far."""
    lines = [_NUMBERED.sub("", "".join(line.strip("#* \t　").split())) for line in first.splitlines() if line.strip()]
    for i in range(min(TITLE_LINES, len(lines))):
        for size in range(1, LINES_OF_TITLE + 1):
            whole = "".join(lines[i : i + size])
            # the end of a title that fills two lines looks like a title too
            if _is_title(whole) and (i == 0 or _ABOUT.search(whole) or _begins_with_place(whole)):
                return _NOTE.sub("", whole).strip("《》")
    return info.head.title


def _begins_with_place(line: str) -> bool:
    return any(mention.span.start == 0 for mention in gazetteer().mentions(line[:20]))


def _is_title(line: str) -> bool:
    bare = _NOTE.sub("", line)
    return (
        SHORTEST_TITLE <= len(bare) <= LONGEST_TITLE
        and not _NO_TITLE.search(bare)
        and all(bare.count(opening) == bare.count(closing) for opening, closing in _PAIRS)
        and bare.strip("《》").endswith(entries("document_kinds.txt"))
    )


def _propose_region(info: DocumentInfo, first: str, last: str) -> str | None:
    """The division that issuer, title, file name or the first lines name alone."""
    places = gazetteer()
    for text in (*info.head.issuers[:1], info.head.title or "", _stem(info), first[:200], last[-200:]):
        named = {
            division.code: division
            for mention in places.mentions(text)
            if (division := places.resolve(d for d in mention.candidates if d != NATION)) is not None
        }
        lowest = [d for d in named.values() if not any(o is not d and d.contains(o.code) for o in named.values())]
        if len(lowest) == 1:
            return lowest[0].path
    return None


def _propose_date(info: DocumentInfo, first: str, last: str) -> str | None:
    """The last date of a text, else one in the file name, else the first one."""
    for text, at in ((last[-400:], -1), (_stem(info), 0), (first[:400], 0)):
        if found := list(_DATE.finditer(text)):
            year, month, day = found[at].groups()
            return f"{year}-{int(month):02}-{int(day):02}"
    return None


_PROPOSE = {"title": _propose_title, "region": _propose_region, "issued_on": _propose_date}
