"""Doubts 待核对: what a person should look at in the documents of a library, what depends on most first.

A doubt is settled by a correction of its field, also by one that gives the value that was read: then a person has confirmed it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

from corpus.corrections import FIELDS, Correction, read_value
from corpus.divisions import NATION, gazetteer
from corpus.folding import fold
from corpus.kept import kept_value
from corpus.store import Corpus, DocumentInfo
from corpus.titles import in_marks
from corpus.wordlists import expand
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
    return list(kept_value(library.corpus, "doubts", lambda: _find(library.corpus)))


def count_documents(doubts: Iterable[Doubt]) -> int:
    """The number of documents that doubts are about."""
    return len({doubt.document for doubt in doubts})


_proposals: WeakKeyDictionary[Corpus, dict[tuple[int, str, str], str | None]] = WeakKeyDictionary()
"""What was proposed for a document with some head: a stored text never changes, so it is read once."""
_changed: WeakKeyDictionary[Corpus, dict[tuple[int, str], object]] = WeakKeyDictionary()
"""What was read for a corrected field of a stored document."""


def _find(corpus: Corpus) -> list[Doubt]:
    infos = {info.row: info for info in corpus.infos()}
    weights = _weights(corpus, infos)
    found: list[tuple[int, Doubt]] = []
    for info in infos.values():
        found += [(info.row, doubt) for doubt in _of_head(info, weights[info.row])]
    found += _of_copies(corpus, infos, weights)
    found += _of_changed_files(corpus, infos, weights)
    found += _of_texts(corpus, infos, weights)
    order = list(REASONS)
    found.sort(key=lambda item: (-item[1].weight, item[0], order.index(item[1].reason)))
    return _with_proposals(corpus, infos, found)


def _weights(corpus: Corpus, infos: dict[int, DocumentInfo]) -> dict[int, int]:
    """What depends on each document: its tasks and targets, and the documents that cite it."""
    from graph.documents.lineage import edges

    facts = corpus.count_facts(("task", "target"))
    cited = Counter(target for _, target in {(edge.source, edge.target) for edge in edges(corpus)} if target is not None)
    return {row: facts.get(row, 0) + cited[row] for row in infos}


def _doubt(info: DocumentInfo, reason: DoubtReason, field: str, message: str, weight: int) -> Doubt:
    return Doubt(info.id, info.head.title or "", info.source, reason, field, message, None, weight)


def _of_head(info: DocumentInfo, weight: int) -> Iterator[Doubt]:
    """Fields of the head matter that are missing or were concluded."""
    head = info.head
    if "title" not in head.corrected:
        if not head.title:
            yield _doubt(info, "title-missing", "title", "没有找到标题。", weight)
        elif "title" in head.inferred:
            from_file = fold(head.title) in fold(_stem(info))
            reason: DoubtReason = "title-from-file" if from_file else "title-inferred"
            said = "文中没有标题行，标题取自文件名。" if from_file else "文中没有标题行，标题由首段推定。"
            yield _doubt(info, reason, "title", said, weight)
    if not head.region and "region" not in head.corrected:
        yield _doubt(info, "region-missing", "region", "没有读出属于哪个地区。", weight)
    if not (head.issued_on or head.published_on) and not head.corrected & {"issued_on", "published_on"}:
        yield _doubt(info, "date-missing", "issued_on", "没有读出成文或发布的日期。", weight)


def _of_copies(corpus: Corpus, infos: dict[int, DocumentInfo], weights: dict[int, int]) -> Iterator[tuple[int, Doubt]]:
    """Pairs that texts and heads leave open, listed once, with the document that came later."""
    from graph.documents.works import works

    for pair in works(corpus).proposals():
        first, later = infos[min(pair.document, pair.other)], infos[max(pair.document, pair.other)]
        name = in_marks(first.head.title) if first.head.title else first.source
        doubt = _doubt(
            later, "copy", "copy_of", f"与{name}有{pair.overlap:.0%}的文字相同，请看是不是同一份。", weights[later.row]
        )
        yield later.row, replace(doubt, other=first.id, proposal=first.id)


def _of_changed_files(corpus: Corpus, infos: dict[int, DocumentInfo], weights: dict[int, int]) -> Iterator[tuple[int, Doubt]]:
    """Corrections of a file that another has taken the place of, in which something else is read now."""
    from cemai.corrections import CHECKED

    known = _changed.setdefault(corpus, {})
    for info in infos.values() if corpus.corrections() else ():
        for correction in corpus.corrections_of(info.id, info.source, info.origin):
            if correction.field not in FIELDS:
                continue
            if correction.field == "attached":
                if correction.document_id == info.id:
                    continue
                yield info.row, _of_correction(info, correction, "文件已换成新的一份，原来的划分不再适用。", None, weights)
                continue
            if (key := (info.row, correction.field)) not in known:
                known[key] = read_value(corpus.document(info.row, as_read=True), correction.field)
            read = known[key]
            if correction.field == "checked":
                if read != correction.was:
                    message = "核对过正文以后，文件换成了新的一份。"
                    yield info.row, _of_correction(info, correction, message, CHECKED, weights)
            elif read not in (correction.was, correction.value):
                shown = _shown(read)
                message = f"{correction.label}更正为“{_shown(correction.value)}”以后，文件有变，现在读出的是“{shown}”。"
                yield info.row, _of_correction(info, correction, message, shown, weights)


def _of_correction(
    info: DocumentInfo, correction: Correction, message: str, proposal: str | None, weights: dict[int, int]
) -> Doubt:
    doubt = _doubt(info, "changed", correction.field, message, weights[info.row])
    return replace(doubt, proposal=proposal, number=correction.number)


def _of_texts(corpus: Corpus, infos: dict[int, DocumentInfo], weights: dict[int, int]) -> Iterator[tuple[int, Doubt]]:
    """Texts whose words may differ from the original."""
    from cemai.corrections import CHECKED

    open_ones = [row for row, info in infos.items() if info.warnings and "checked" not in info.head.corrected]
    for row, messages in corpus.doubts(open_ones).items():
        doubt = _doubt(infos[row], "text", "checked", "".join(dict.fromkeys(messages)), weights[row])
        yield row, replace(doubt, proposal=CHECKED)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "、".join(str(part) for part in (value[:1] if len(value) == 3 and value[1:2] != [None] else value) if part)
    return str(value) if value is not None else "未载明"


# ------------------------------------------------------------------ proposals


def _with_proposals(corpus: Corpus, infos: dict[int, DocumentInfo], found: list[tuple[int, Doubt]]) -> list[Doubt]:
    """The doubts of missing and concluded fields with what the edges of the texts suggest."""
    known = _proposals.setdefault(corpus, {})
    wanted = {
        (row, doubt.field, _key(infos[row]))
        for row, doubt in found
        if doubt.reason in ("title-missing", "title-from-file", "title-inferred", "region-missing", "date-missing")
    }
    fresh = wanted - known.keys()
    edges = corpus.edges_of_text({row for row, _, _ in fresh}, EDGE)
    for row, field, key in fresh:
        first, last = edges[row]
        known[row, field, key] = _PROPOSE[field](infos[row], first, last)
    for key_of_old in [key for key in known if key not in wanted]:
        del known[key_of_old]
    return [
        replace(doubt, proposal=known[row, doubt.field, _key(infos[row])])
        if (row, doubt.field, _key(infos[row])) in wanted
        else doubt
        for row, doubt in found
    ]


def _key(info: DocumentInfo) -> str:
    return f"{info.head.title}|{'、'.join(info.head.issuers)}"


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
