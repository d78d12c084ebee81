"""The status 时效 of a document on a day, with the reason and the words it rests on: the one truth shown anywhere.

现行有效 in force · 征求意见稿 a draft · 已修订 a newer version replaces the text · 已废止 an authority says so · 已失效 a term ran out ·
尚未施行 not yet in force · 未载明 nothing in the library says.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import insort
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from corpus.document import HeadMatter, Span
from corpus.filters import STATUSES, Status
from corpus.numerals import chinese_number
from corpus.store import Corpus, DocumentInfo, Heads, View, year_of
from corpus.store.documents import AT_ONCE
from corpus.titles import in_marks
from graph.documents.kept_readings import KeptReadings, mark_text, version_of
from graph.documents.lineage import DocumentNames, NamingDocuments, names_asked
from graph.documents.names import extract_name, is_draft, normalize_title, normalize_without_issuer
from graph.documents.numbers import DocumentNumber, parse_number
from graph.documents.periods import PlanPeriod, period_of
from graph.documents.repeals import Extension, ForceStatements, Repeal, TrialRule, read_statements
from graph.documents.versions import day_of, is_draft_info
from graph.documents.works import NOTE, Works
from graph.lexicon import expand

OUT_OF_FORCE: frozenset[str] = frozenset({"已废止", "已失效", "已修订"})
"""A document of such a status was a rule once and is none on the day."""

_SAYS_REPEALED = re.compile(r"废止")
_SAYS_LAPSED = re.compile(r"失效|无效")
_SAYS_REVISED = re.compile(expand(r"[已被]{revising}"))
_SAYS_IN_FORCE = re.compile(expand(r"{in_force}"))
_SAYS_DRAFT = re.compile(expand("{says_draft}"))
_PUTS_OUT = re.compile(expand("{putting_out_drafts}"))
_DRAFT_REACH = 6000
_BLANK = re.compile(r"年\s*月|[*＊×xX]\s?[年月日]")
_INTENDS = re.compile(expand(r"(?:关于|^)拟(?:予以|将)?{intended_acts}"))
_TRIAL = re.compile(expand(r"{trials}"))
_NO_RULES_FOR = re.compile(r"(?:条例|法)(?:[（(][^（()）]{1,10}[)）])?$")
_AS_OTHER = re.compile(r"有效期限?[与同和]《(?P<title>[^《》\n]{2,80})》")
_YEARS = re.compile(expand(r"(?:{terms}[为是暂定共]{0,3}|{trials})\s?(?P<n>[{numerals}两]{1,2}|\d{1,2})\s?年(?!度|之?内)"))
_FROM_ISSUE = re.compile(expand(r"(?:{issue_acts}[之当]日|{issue_acts}|即日)(?:零[时点])?起"))
_CHANGES = re.compile(expand(r"{revising}[^《》]{0,6}《(?P<title>[^《》]{2,120})》"))
_CHANGING = re.compile(expand(r"{changing}[^《》]{2,60}的决定|{amendments}"))
_REVISED = re.compile(expand(r"{revising}"))
_PUBLISHED_ANEW = re.compile(expand(r"重新{issue_acts}"))
_EXPLAINS = re.compile(expand("{explaining}"))
_STOPS = "。；;\n"
_PLACE = re.compile(expand(r"[一-龥]{2,8}?[{divisions}]"))
_FIELD = re.compile(expand(r"{labels_of_days}\s*[:：|]|^[\d年月日./ -]+$"))
_DAYS_KEPT, _TEXTS_KEPT = 8, AT_ONCE + 64
_READ_BY = (
    "graph.documents/repeals.py", "graph.documents/numbers.py", "graph/lexicon.py", "graph/data/", "corpus/numerals.py",
    "corpus/wordlists.py", "corpus/data/words_text.tsv", "corpus/data/words_tables.tsv",
)  # fmt: skip
"""Files of the program that decide what is read of the force of other documents."""
_LONGEST_QUOTE = 300
_DAYS_OFF = 31
"""Days that the end of a term given by a page may differ from the one reckoned, the day of issue being uncertain."""
_BESIDE = 4
"""Characters between two sentences that are quoted as one."""


@dataclass(frozen=True, slots=True)
class StatusEvidence:
    """What a status rests on: words of a document, or what a person said."""

    document: int | None
    span: Span | None
    quote: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """The status on a day. ``reason`` is a Chinese sentence; ``expires_on`` is the last day of force where a term is known."""

    status: Status
    reason: str
    evidence: StatusEvidence | None = None
    effective_on: str | None = None
    expires_on: str | None = None
    replaced_by: tuple[int, ...] = ()

    @property
    def until(self) -> str | None:
        """The last day of force."""
        return self.expires_on


@dataclass(frozen=True, slots=True)
class _Act:
    """A repeal of a document of the library: by which document, in which words, from which day."""

    source: int
    repeal: Repeal
    on: str | None


@dataclass(frozen=True, slots=True)
class _Longer:
    """A longer term for a document of the library, by the document that sets it."""

    source: int
    extension: Extension


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of a document of the library, by the decision that makes it."""

    source: int


@dataclass(frozen=True, slots=True)
class _Own:
    """What a document says of its own force, its copies and the documents it carries included."""

    effective: str | None = None
    begins: StatusEvidence | None = None
    expires: str | None = None
    ends: StatusEvidence | None = None
    counted_from: str | None = None
    """The day a term was counted from where its head does not give it."""


class _Force(View):
    """What the documents of a library say of each other's force, and what follows for each on the days asked about.

    What a document says is resolved anew when it changes, when a document comes or goes that it may name, and when the works of
    either are worked out anew; what follows for a document, when what is said of it or of its work changes.
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.works = corpus.view(Works)
        self.names = corpus.view(DocumentNames)
        self.infos: dict[int, DocumentInfo] = {}
        self.acts: dict[int, list[_Act]] = {}
        self.partial: dict[int, list[_Act]] = {}
        self.extensions: dict[int, list[_Longer]] = {}
        self.amended: dict[int, list[_Change]] = {}
        self.rules: dict[int, TrialRule] = {}
        """By the document that says it, as ``by_issuer`` the days of documents by issuer and row."""
        self.by_issuer: dict[str, dict[int, str]] = defaultdict(dict)
        self.days: dict[dt.date, dict[int, DocumentStatus]] = {}
        self.periods: dict[int, dict[tuple[object, ...], PlanPeriod | None]] = {}
        self.pairs: dict[int, frozenset[str]] = {}
        self._statements: dict[int, tuple[str | None, ForceStatements]] = {}
        """What was read of each text under a title, of those texts that say anything."""
        self._kept: KeptReadings[ForceStatements] | None = None
        """What another process read; looked at while all documents are taken in at first."""
        self._said: dict[int, list[_Said]] = {}
        """What each document says of others, by the document that says it."""
        self.naming = NamingDocuments()
        self._on_trial: set[int] = set()
        self._texts: OrderedDict[int, str] = OrderedDict()

    def text(self, row: int) -> str:
        """The text of a document."""
        if row not in self._texts:
            self._texts[row] = self.corpus.text(row)
            if len(self._texts) > _TEXTS_KEPT:
                self._texts.popitem(last=False)
        return self._texts[row]

    def status(self, row: int, as_of: dt.date) -> DocumentStatus:
        """The status of a document on a day."""
        known = self.days.get(as_of)
        if known is None:
            if len(self.days) >= _DAYS_KEPT:
                self.days.pop(next(iter(self.days)))
            known = self.days[as_of] = {}
        if row not in known:
            known[row] = _judge(self, self.infos[row], as_of.isoformat(), None)
        return known[row]

    def statuses(self, rows: Sequence[int], as_of: dt.date) -> dict[int, DocumentStatus]:
        """The statuses of many documents on a day."""
        known = self.days.get(as_of, {})
        unknown = [row for row in rows if row not in known]
        for i in range(0, len(unknown), AT_ONCE):
            some = unknown[i : i + AT_ONCE]
            missing = [row for row in some if row not in self._texts]
            self._texts.update(self.corpus.texts(missing) if len(missing) > 1 else ())
            for row in some:
                self.status(row, as_of)
            while len(self._texts) > _TEXTS_KEPT:
                self._texts.popitem(last=False)
        return {row: self.status(row, as_of) for row in rows}

    # ------------------------------------------------------------------ keeping up

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out and in, and find anew what the documents they concern say of each other."""
        first = not self.infos
        if first and come:
            self._kept = KeptReadings(self.corpus, "statements", ForceStatements, version_of(*_READ_BY))
        touched = set(come)
        if not first:
            touched = {*gone, *come, *self.works.renewed}
            renewed = (self.infos[row] for row in self.works.renewed - gone.keys() - come.keys())
            touched |= self.naming.naming((*gone.values(), *come.values(), *renewed))
        changed = {row for row in touched if row in self.rules}
        doubtful = touched | self._on_one_subject(gone.values())
        for row in touched:
            doubtful |= self._forget(row)
        for row in gone:
            del self.infos[row]
            for known in (self.pairs, self.periods, self._texts):
                known.pop(row, None)
            if row not in come:
                self._statements.pop(row, None)
        self.infos.update(come)
        for row in sorted(touched):
            if row in self.infos:
                doubtful |= self._relate(self.infos[row])
        doubtful |= set() if first else self._on_one_subject(come.values())
        if changed or any(row in self.rules for row in touched):
            doubtful |= self._on_trial
        for known_on_day in self.days.values():
            for row in doubtful:
                known_on_day.pop(row, None)
        if self._kept is not None:
            self._kept.save()
            self._kept = None

    def storable_values(self) -> dict[str, Any]:
        """All but texts, which the library has, and days, which are past when they are read."""
        return {**vars(self), "_texts": OrderedDict(), "days": {}}

    def _on_one_subject(self, infos: Iterable[DocumentInfo]) -> set[int]:
        """The documents of the same issuers on like subjects."""
        found = set()
        for info in infos:
            own = _title_pairs(info)
            for row in self.by_issuer.get(info.head.issuers[0], ()) if info.head.issuers else ():
                if _alike(own, _pairs(self, self.infos[row])):
                    found.add(row)
        return found

    def _forget(self, row: int) -> set[int]:
        """Forget what a document says of others. Returns the documents it said something of."""
        self.naming.forget(row)
        targets = set()
        for said in self._said.pop(row, ()):
            left = [one for one in said.kept.get(said.target, ()) if one.source != row]
            if left:
                said.kept[said.target] = left
            else:
                said.kept.pop(said.target, None)
            targets.add(said.target)
        self.rules.pop(row, None)
        self._on_trial.discard(row)
        if row in self.infos and (issuers := self.infos[row].head.issuers):
            self.by_issuer[issuers[0]].pop(row, None)
        return targets

    def _relate(self, info: DocumentInfo) -> set[int]:
        """Find what a document says of others. Returns the documents it says something of."""
        title, row = info.head.title or "", info.row
        if _TRIAL.search(title):
            self._on_trial.add(row)
        said = self._read(info)
        if _is_no_act(info, info.head) or _EXPLAINS.search(title):
            return set()
        found: list[_Said] = []
        for repeal in said.repeals:
            act = _Act(row, repeal, repeal.on or _act_day(info, repeal.closing))
            for target in _meant(self, info, repeal.title, repeal.number, former=True):
                found.append(_Said(self.partial if repeal.partial else self.acts, target, act))
        for extension in said.extensions:
            for target in _meant(self, info, extension.title, extension.number, former=False):
                found.append(_Said(self.extensions, target, _Longer(row, extension)))
        if said.trial is not None:
            self.rules[row] = said.trial
        for name, number in _changed(info):
            for target in _meant(self, info, name, number, former=True):
                found.append(_Said(self.amended, target, _Change(row)))
        for issuer in info.head.issuers[:1]:
            self.by_issuer[issuer][row] = _day(info.head) or ""
        if found:
            self._said[row] = found
        for one in found:
            insort(one.kept.setdefault(one.target, []), one.what, key=_source)
        return {one.target for one in found}

    def _read(self, info: DocumentInfo) -> ForceStatements:
        """What a document says of others; a stored text never changes, so it is read once under a title."""
        known, title = self._statements.get(info.row), info.head.title
        if known is None or known[0] != title:
            key = f"{mark_text(info)} {title or ''}"
            said = self._kept.get(key) if self._kept is not None else None
            if said is None:
                said = read_statements(self.corpus.text(info.row), title)
                if self._kept is not None:
                    self._kept.put(key, said)
            known = self._statements[info.row] = title, said
        return known[1]


@dataclass(frozen=True, slots=True)
class _Said:
    """Something one document says of another, and where it is kept."""

    kept: dict[int, list[Any]]
    target: int
    what: _Act | _Longer | _Change


_source = attrgetter("source")


def statuses(corpus: Corpus, as_of: dt.date) -> dict[int, DocumentStatus]:
    """The status of every document on a day; after a change it is worked out anew for the documents concerned."""
    return statuses_of(corpus, corpus.view(_Force).infos, as_of)


def statuses_of(corpus: Corpus, rows: Iterable[int], as_of: dt.date) -> dict[int, DocumentStatus]:
    """The statuses of some documents of the library on a day, their texts read many at once."""
    return corpus.view(_Force).statuses(list(dict.fromkeys(rows)), as_of)


def status_on(corpus: Corpus, info: DocumentInfo, as_of: dt.date, head: HeadMatter | None = None) -> DocumentStatus:
    """The status of one document on a day; with ``head``, of an attached document inside it."""
    force = corpus.view(_Force)
    if (head is None or head == info.head) and info.row in force.infos:
        return force.status(info.row, as_of)
    return _judge(force, force.infos.get(info.row, info), as_of.isoformat(), None if head == info.head else head)


# ------------------------------------------------------------------ what documents say of each other


def _changed(info: DocumentInfo) -> Iterator[tuple[str, DocumentNumber | None]]:
    """The documents a decision changes: named in its title, or in its text where its title says that it changes something."""
    title = info.head.title or ""
    changed = _CHANGES.search(title)
    if changed is not None:
        yield changed["title"], None
    elif _CHANGING.search(title):
        for reference in info.head.based_on:
            if reference.relation == "修订":
                yield reference.title, parse_number(reference.doc_number) if reference.doc_number else None


def _meant(
    force: _Force, source: DocumentInfo, title: str | None, number: DocumentNumber | None, *, former: bool
) -> Iterator[int]:
    """The documents of the library that ``source`` names, with their copies; ``former`` those that were there before it."""
    force.naming.note(source.row, names_asked(title, number))
    own = {source.row, *force.works.copies(source.row)}
    seen: set[int] = set()
    for info in force.names.find_all(source, title, number):
        if info.row in own or info.row in seen:
            continue
        by_number = number is not None and force.names.has_number(info, number)
        if former and not by_number and not _is_former(force, source, info, number):
            continue
        if former and not _may_repeal(source.head.region_code, info.head.region_code):
            continue
        for row in (info.row, *force.works.copies(info.row)):
            if row not in seen and row not in own:
                seen.add(row)
                yield row


def _is_former(force: _Force, source: DocumentInfo, target: DocumentInfo, number: DocumentNumber | None) -> bool:
    """Whether a document named by its title alone was there before the one that names it, and is of the year of the number given."""
    one, other = _known_day(force, target), _known_day(force, source)
    if one and number is not None and number.year and abs(int(one[:4]) - number.year) > 1:
        return False
    if one and other:
        return one < other
    # of one name: what a new text repeals is its own former one, and the library may hold only the new one
    return not (
        {normalize_title(target.head.title), normalize_title(extract_name(target.head.title))}
        & {normalize_title(source.head.title)}
    )


def _known_day(force: _Force, info: DocumentInfo) -> str | None:
    """The day of a document, its copies' where it has none."""
    files = [info, *(force.infos[row] for row in force.works.copies(info.row))]
    return next((day for file in files if (day := day_of(file) or file.head.effective_on)), None)


def _may_repeal(own: str | None, other: str | None) -> bool:
    """Whether an authority of one place may repeal what one of another issued: its own and what is below."""
    return not own or not other or own == "0" or other.startswith(own)


def _act_day(info: DocumentInfo, closing: bool) -> str | None:
    head = next((h for h in _heads(info) if h.effective_on), info.head)
    return head.effective_on or _day(info.head) if closing or head.effective_on else _day(info.head)


# ------------------------------------------------------------------ one document


def _judge(force: _Force, info: DocumentInfo, day: str, part: HeadMatter | None) -> DocumentStatus:
    """What a person says, then a draft, repeals by others, the page, the term, a newer version, the period, the entry into force."""
    head = part or info.head
    own = _own(force, info, part, day)
    base = DocumentStatus("未载明", "", None, own.effective, own.expires)
    if info.user_status:
        note = f"，注明：{info.user_note.strip().rstrip('。')}" if info.user_note and info.user_note.strip() else ""
        person = _person(force.corpus, info, "status")
        said = f"{person or '使用者'}将本文件标为“{info.user_status}”{note}。"
        return replace(
            base,
            status=_normal(info.user_status),
            reason=said,
            evidence=StatusEvidence(None, None, info.user_status, person or "使用者"),
            replaced_by=force.works.replaced_by(info.row),
        )
    if _is_no_act(info, head):
        return _draft(force, info, head)
    repealed = _repealed(force, info, day, base)
    lapsed = own.expires is not None and own.expires < day
    if repealed is not None and not (
        lapsed and repealed[1] is not None and own.expires is not None and own.expires < repealed[1]
    ):
        return repealed[0]
    if head.status and not lapsed and (_SAYS_REPEALED.search(head.status) or _SAYS_LAPSED.search(head.status)):
        status: Status = "已废止" if _SAYS_REPEALED.search(head.status) else "已失效"
        return replace(
            base, status=status, reason=f"文件的时效栏写明“{head.status}”。", evidence=_of_field(force, info, head, "status")
        )
    if own.effective and day < own.effective:
        return replace(
            base,
            status="尚未施行",
            reason=f"文件自{_written(own.effective)}起施行，到{_written(day)}尚未施行。",
            evidence=own.begins,
        )
    if lapsed and own.expires:
        return replace(
            base,
            status="已失效",
            reason=f"文件的有效期到{_written(own.expires)}为止{_counted(own)}，到{_written(day)}已失效。",
            evidence=own.ends,
        )
    revised = _revised(force, info, day, base) if part is None else None
    if revised is not None:
        return revised
    if head.status and _SAYS_REVISED.search(head.status):
        return replace(
            base, status="已修订", reason=f"文件的时效栏写明“{head.status}”。", evidence=_of_field(force, info, head, "status")
        )
    coming = _coming(force, info, own, day, base) if part is None else None
    if coming is not None:
        return coming
    issued = _day(head)
    if issued and len(issued) == 10 and issued > day:
        return replace(
            base,
            status="尚未施行",
            reason=f"文件{_written(issued)}才印发，到{_written(day)}尚未施行。",
            evidence=_of_field(force, info, head, "issued_on"),
        )
    found = _in_force_or_unstated(force, info, head, own, day, base)
    return _less(force, info, day, found) if part is None else found


def _less(force: _Force, info: DocumentInfo, day: str, found: DocumentStatus) -> DocumentStatus:
    """What is in force, less the articles that others repealed."""
    acts = [act for act in force.partial.get(info.row, ()) if act.on is None or act.on <= day]
    if found.status != "现行有效" or not acts:
        return found
    said = f"{found.reason.rstrip('。')}；{_titled(force, acts[0].source)}只废止了其中的部分条款，其余仍然有效。"
    return replace(found, reason=said, evidence=_words(force, acts[0].source, acts[0].repeal.span))


def _in_force_or_unstated(
    force: _Force, info: DocumentInfo, head: HeadMatter, own: _Own, day: str, base: DocumentStatus
) -> DocumentStatus:
    if own.ends is not None and own.expires:
        said = f"文件的有效期到{_written(own.expires)}为止{_counted(own)}，没有见到废止或修订。"
        return replace(base, status="现行有效", reason=said, evidence=own.ends)
    period = _period(force, info, head) if own.begins is None else None
    if period is not None:
        evidence = StatusEvidence(info.row, period.span, period.span.of(force.text(info.row))) if period.span else None
        over = period.end < day
        words = f"{period.said}，到{_written(period.end)}届满。"
        return replace(
            base,
            status="已失效" if over else "现行有效",
            reason=words if over else f"{period.said}，在{_written(day)}尚未届满，没有见到废止或修订。",
            evidence=evidence,
            expires_on=own.expires or period.end,
        )
    if head.status and _SAYS_IN_FORCE.search(head.status):
        said = f"文件的时效栏写明“{head.status}”，没有见到废止或修订。"
        return replace(base, status="现行有效", reason=said, evidence=_of_field(force, info, head, "status"))
    if own.begins is not None:
        since = f"自{_written(own.effective)}起施行" if own.effective else "写明自印发（公布）之日起施行"
        return replace(base, status="现行有效", reason=f"文件{since}，没有写明期限，没有见到废止或修订。", evidence=own.begins)
    return replace(base, reason=_unstated(force, info, head, day))


def _period(force: _Force, info: DocumentInfo, head: HeadMatter) -> PlanPeriod | None:
    """The period of a plan, looked for once in each text."""
    key = (head.title, head.plan_period)
    kept = force.periods.setdefault(info.row, {})
    if key not in kept:
        kept[key] = period_of(head, force.text(info.row))
    return kept[key]


def _own(force: _Force, info: DocumentInfo, part: HeadMatter | None, day: str) -> _Own:
    """The clauses of force of a document: its own, those of what it issues, those of its copies; then extensions and trial rules."""
    heads = (
        [(info.row, part)]
        if part is not None
        else [(row, head) for row in (info.row, *force.works.copies(info.row)) for head in _heads(force.infos[row])]
    )
    effective, begins = _surest(force, heads, "effective_on")
    expires, ends = _surest(force, heads, "expires_on")
    if begins is None and part is None:
        effective, begins = _from_history(force, info) or (effective, begins)
    counted: str | None = None
    if ends is not None and expires is None:
        expires = _as_other(force, info, ends.quote, day)
        if expires is None:
            counted = effective or _known_day(force, info)
            expires = _years_from(counted, ends.quote)
    for given in force.extensions.get(info.row, ()):
        source, extension = given.source, given.extension
        said = _day(force.infos[source].head)
        if said and said > day:
            continue
        longer = extension.until or (expires and extension.years and _plus(expires, extension.years)) or None
        if longer and (expires is None or longer > expires):
            expires, ends, counted = longer, _quoted(force, source, extension.span), None
    if ends is None and expires is None:
        ruled = _trial_end(force, info, part or info.head, effective, day)
        if ruled is not None:
            expires, ends = ruled
    return _Own(effective, begins, expires, ends, counted if expires and not effective else None)


def _from_history(force: _Force, info: DocumentInfo) -> tuple[str, StatusEvidence] | None:
    """The entry into force that only the note under a title tells (某日公布施行)."""
    for enactment in info.head.history:
        if enactment.act in ("公布", "施行") and enactment.span.of(force.text(info.row)).endswith("施行"):
            return enactment.on, _words(force, info.row, enactment.span)
    return None


def _counted(own: _Own) -> str:
    return f"（按{_written(own.counted_from)}印发起算）" if own.counted_from else ""


def _heads(info: DocumentInfo) -> list[HeadMatter]:
    """The head of a document, and those of the documents that it issues: what they say of their force is said of it."""
    issued = [head for head in info.attached if {"doc_number", "issued_on", "issuers"} & head.inferred and head.title]
    title = normalize_title(info.head.title)
    names = {title, normalize_title(extract_name(info.head.title))} if title else set()
    # an announcement carries the law itself, with the note on its adoption behind the title
    named_in = [head for head in info.attached if head.title and normalize_title(NOTE.sub("", head.title)) in names]
    return [info.head, *(named_in or issued)[:1]]


def _surest(force: _Force, heads: list[tuple[int, HeadMatter]], name: str) -> tuple[str | None, StatusEvidence | None]:
    """A date of force and the words for it: a clause of the text with a date, the line of a page, a clause without a date."""
    best: tuple[int, str | None, StatusEvidence | None] = (0, None, None)
    for row, head in heads:
        clause = _clause(force, row, head, name)
        if clause is None:
            continue
        value = getattr(head, name)
        rank = 1 if value is None else 2 if _FIELD.search(clause.quote) else 3
        if name in head.corrected:
            rank = 4
        reckoned = rank == 3 and name in head.inferred
        if rank > best[0]:
            # the words of a clause from which no date follows explain the date that a page gives
            words = best[2] if best[0] == 1 and rank == 2 else clause
            given = best[1] if best[0] == 2 and reckoned and _near(best[1], value) else value
            best = (rank, given, words)
        elif rank == 1 and best[0] == 2:
            best = (2, best[1], clause)
        elif rank == best[0] == 3 and value == best[1] and best[2] is not None and best[2].document == row:
            # the closing article of what is issued says it of itself
            best = (3, value, clause)
    return best[1], best[2]


def _near(given: str | None, reckoned: str | None) -> bool:
    """Whether the day a page gives is the one reckoned from a clause, but for the day the term was counted from."""
    if not given or not reckoned or len(given) < 10 or len(reckoned) < 10:
        return False
    return abs((dt.date.fromisoformat(given) - dt.date.fromisoformat(reckoned)).days) <= _DAYS_OFF


def _clause(force: _Force, row: int, head: HeadMatter, name: str) -> StatusEvidence | None:
    span = head.spans.get(name)
    if span is not None:
        return _quoted(force, row, span)
    value = getattr(head, name)
    return StatusEvidence(row, None, value, None) if value else None


def _years_from(issued: str | None, quote: str) -> str | None:
    """The end of a term of years from 印发之日 on a day."""
    term = _YEARS.search(quote)
    if term is None or issued is None or len(issued) < 10 or not _FROM_ISSUE.search(quote):
        return None
    years = int(term["n"]) if term["n"].isdigit() else int(chinese_number(term["n"]) or 0)
    return _before_anniversary(issued, years) if 0 < years <= 30 else None


def _as_other(force: _Force, info: DocumentInfo, quote: str, day: str) -> str | None:
    """The end of a term that is that of another document (有效期与《…》一致)."""
    match = _AS_OTHER.search(quote)
    if match is None:
        return None
    for row in _meant(force, info, match["title"], None, former=False):
        other = force.infos[row]
        if not _AS_OTHER.search(quote) or row == info.row:
            continue
        found = next((head.expires_on for head in _heads(other) if head.expires_on), None)
        if found:
            return found
    return None


def _trial_end(
    force: _Force, info: DocumentInfo, head: HeadMatter, effective: str | None, day: str
) -> tuple[str, StatusEvidence] | None:
    """The end of a 试行 or 暂行 document where a rule of its place sets one."""
    title = head.title or ""
    if not _TRIAL.search(title) or _NO_RULES_FOR.search(title) or not effective or len(effective) < 10:
        return None
    for row, rule in sorted(force.rules.items()):
        code, own = _place(force.infos[row].head), _place(head) or _place(info.head)
        began = next((h.effective_on for h in _heads(force.infos[row]) if h.effective_on), None)
        if not code or not own or code == "0" or not own.startswith(code) or row == info.row or (began and began > effective):
            continue
        return _before_anniversary(effective, rule.years), _quoted(force, row, rule.span)
    return None


def _place(head: HeadMatter) -> str | None:
    """The code of the place a document is for, or the name its title or issuer begins with where the gazetteer has no such place."""
    if head.region_code:
        return head.region_code
    found = next((m for name in (*head.issuers, head.title or "") if (m := _PLACE.match(name))), None)
    return found.group() if found else None


def _draft(force: _Force, info: DocumentInfo, head: HeadMatter) -> DocumentStatus:
    blank = _blank(force, info, head)
    final = force.works.replaced_by(info.row)
    words = f"“{head.status}”" if head.status and _SAYS_DRAFT.search(head.status) else "征求意见的稿子"
    said = f"本文件是{words}{'，施行日期还空着' if blank else ''}，尚无约束力"
    if final:
        said += f"；库中另有正式文件{_titled(force, final[0])}"
    return DocumentStatus("征求意见稿", said + "。", _draft_evidence(force, info, head), None, None, final)


def _draft_evidence(force: _Force, info: DocumentInfo, head: HeadMatter) -> StatusEvidence | None:
    """The sentence that puts a draft out for opinions, the day left open, the title or remark that calls it a draft, its name."""
    text, title = force.text(info.row), head.spans.get("title")
    marks = [Span(m.start(), m.end()) for m in _SAYS_DRAFT.finditer(text[:_DRAFT_REACH])]
    quotes = [_quoted(force, info.row, mark) for mark in marks]
    said = next((quote for quote in quotes if _PUTS_OUT.search(quote.quote)), None) or _blank(force, info, head)
    if said is not None:
        return said
    if title is not None and marks and title.end <= marks[0].start and len(text[title.end : marks[0].start].strip()) <= 1:
        return _quoted(force, info.row, Span(title.start, marks[0].end))
    if title is not None and _SAYS_DRAFT.search(title.of(text)):
        return _words(force, info.row, title)
    return quotes[0] if quotes else StatusEvidence(info.row, None, head.title or info.source)


def _blank(force: _Force, info: DocumentInfo, head: HeadMatter) -> StatusEvidence | None:
    """The clause on the entry into force of a draft whose day is left open."""
    clauses = (_clause(force, info.row, part, "effective_on") for part in (head, info.head, *info.attached))
    return next((clause for clause in clauses if clause is not None and _BLANK.search(clause.quote)), None)


def _repealed(force: _Force, info: DocumentInfo, day: str, base: DocumentStatus) -> tuple[DocumentStatus, str | None] | None:
    acts = [act for act in force.acts.get(info.row, ()) if act.on is None or act.on <= day]
    if not acts:
        return None
    act = min(acts, key=lambda act: (act.on is None, act.on or "", act.source))
    by = _titled(force, act.source)
    when = f"自{_written(act.on)}起" if act.on else ""
    kept = f"（{act.repeal.kept}除外）" if act.repeal.kept else ""
    sources = tuple(dict.fromkeys(act.source for act in acts))
    found = replace(
        base,
        status="已废止",
        reason=f"{by}{when}废止了本文件{kept}。",
        evidence=_words(force, act.source, act.repeal.span),
        replaced_by=sources,
    )
    return found, act.on


def _coming(force: _Force, info: DocumentInfo, own: _Own, day: str, base: DocumentStatus) -> DocumentStatus | None:
    """In force until a day that an act already sets: a repeal or a newer version to come within a year."""
    horizon = min(_plus(day, 1), own.expires or _plus(day, 1))
    acts = [act for act in force.acts.get(info.row, ()) if act.on is not None and day < act.on <= horizon]
    if own.begins is None and not acts:
        return None
    if acts:
        act = min(acts, key=lambda act: act.on or "")
        said = f"{_titled(force, act.source)}自{_written(act.on or '')}起才废止本文件，到{_written(day)}仍然有效。"
        return replace(base, status="现行有效", reason=said, evidence=_dated_repeal(force, act))
    for row in (*force.works.replaced_by(info.row), *(change.source for change in force.amended.get(info.row, ()))):
        since, out = _since(force.infos[row]), _day(force.infos[row].head)
        # a text that is not out yet says nothing on the day
        if since and day < since <= horizon and not (out and day < out):
            said = f"{_titled(force, row)}自{_written(since)}起才取代本文件的文本，到{_written(day)}仍然有效。"
            return replace(base, status="现行有效", reason=said, evidence=_begins(force, row) or own.begins)
    return None


def _dated_repeal(force: _Force, act: _Act) -> StatusEvidence:
    """The words of a repeal with those that date it: its own, the sentence before it, the entry into force of what lists it."""
    words, begins = _words(force, act.source, act.repeal.span), _begins(force, act.source)
    if act.repeal.on or begins is None or begins.span is None or begins.document != act.source:
        return words
    if not act.repeal.closing:
        return begins
    between = force.text(act.source)[begins.span.end : act.repeal.span.start]
    if begins.span.end <= act.repeal.span.start and len(between) <= _BESIDE and "\n" not in between:
        return _words(force, act.source, Span(begins.span.start, act.repeal.span.end))
    return begins


def _begins(force: _Force, row: int) -> StatusEvidence | None:
    """The clause on the entry into force of a document."""
    return next((c for head in _heads(force.infos[row]) if (c := _clause(force, row, head, "effective_on"))), None)


def _since(info: DocumentInfo) -> str | None:
    """From when a document holds: its entry into force, else its day."""
    return next((head.effective_on for head in _heads(info) if head.effective_on), None) or _day(info.head)


def _revised(force: _Force, info: DocumentInfo, day: str, base: DocumentStatus) -> DocumentStatus | None:
    """A newer version of the text, or a decision that changes it."""
    for row in force.works.replaced_by(info.row):
        newer = force.infos[row]
        since = _since(newer)
        if since and since > day[: len(since)]:
            continue
        when = f"自{_written(since)}起" if since and len(since) == 10 else ""
        return replace(
            base,
            status="已修订",
            reason=f"{_titled(force, row)}{when}取代了本文件的文本。",
            evidence=_revision_evidence(force, newer),
            replaced_by=(row,),
        )
    for row in (change.source for change in force.amended.get(info.row, ())):
        since = _since(force.infos[row])
        known = {enactment.on for enactment in info.head.history}
        if since and (since > day or since in known or _day(force.infos[row].head) in known):
            continue
        return replace(
            base,
            status="已修订",
            reason=f"{_titled(force, row)}修改了本文件。",
            evidence=_revision_evidence(force, force.infos[row]),
            replaced_by=(row,),
        )
    return None


def _revision_evidence(force: _Force, newer: DocumentInfo) -> StatusEvidence:
    if newer.head.history and newer.head.history[-1].act in ("修订", "修正"):
        span = newer.head.history[-1].span
        return StatusEvidence(newer.row, span, span.of(force.text(newer.row)))
    text = force.text(newer.row)
    title = newer.head.spans.get("title")
    below = title.end if title else 0
    found = _PUBLISHED_ANEW.search(text, below) or _REVISED.search(text, below, below + 1500)
    if found is not None:
        return _quoted(force, newer.row, Span(found.start(), found.end()))
    return StatusEvidence(newer.row, title, title.of(text) if title else newer.head.title or newer.source)


def _unstated(force: _Force, info: DocumentInfo, head: HeadMatter, day: str) -> str:
    """What is known where nothing says how long a document holds: its age, and what its issuer did later on the subject."""
    said = ["文件没有写明施行日期和期限，库中也没有废止或修订它的文件"]
    issued = _day(head)
    if issued and len(issued) >= 4 and issued[:4] <= day[:4]:
        years = int(day[:4]) - int(issued[:4]) - (len(issued) == 10 and issued[5:] > day[5:])
        said.append(f"{issued[:4]}年印发，已{years}年" if years > 0 else f"{issued[:4]}年印发")
    later = _later_on_subject(force, info, day)
    if later:
        said.append(f"同一机关此后就相近事项印发了{'、'.join(_titled(force, row) for row in later)}")
    return "；".join(said) + "。"


def _later_on_subject(force: _Force, info: DocumentInfo, day: str) -> list[int]:
    issued = _day(info.head)
    same = force.by_issuer.get(info.head.issuers[0], {}) if info.head.issuers else {}
    if not issued or len(same) < 2 or len(own := _pairs(force, info)) < 4:
        return []
    found = []
    for row, on in same.items():
        if issued < on <= day and _alike(own, _pairs(force, force.infos[row])) and row not in force.works.of(info.row).documents:
            found.append((on, row))
    return [row for _, row in sorted(found, reverse=True)[:2]]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two titles are about like subjects."""
    return len(one) >= 4 and len(one & other) >= 0.5 * min(len(one), len(other))


def _pairs(force: _Force, info: DocumentInfo) -> frozenset[str]:
    if info.row not in force.pairs:
        force.pairs[info.row] = _title_pairs(info)
    return force.pairs[info.row]


def _title_pairs(info: DocumentInfo) -> frozenset[str]:
    """The pairs of characters of a title."""
    title = normalize_without_issuer(info.head.title) or normalize_title(info.head.title)
    title = title.removeprefix("关于")
    return frozenset(title[i : i + 2] for i in range(len(title) - 1))


# ------------------------------------------------------------------ words


def _proposes(head: HeadMatter) -> bool:
    """Whether a title says that something is only intended (关于拟废止…的公示)."""
    return _INTENDS.search("".join((head.title or "").split())) is not None


def _is_no_act(info: DocumentInfo, head: HeadMatter) -> bool:
    """Whether a document is a draft or says what is only intended: it has no force, and takes none from others."""
    return _is_draft(head) or is_draft_info(info) or _proposes(info.head)


def _is_draft(head: HeadMatter) -> bool:
    return is_draft(head.title) or bool(head.status and _SAYS_DRAFT.search(head.status))


def _quoted(force: _Force, row: int, span: Span) -> StatusEvidence:
    """The sentence around a place, within reason."""
    text = force.text(row)
    start = max(text.rfind(stop, max(0, span.start - _LONGEST_QUOTE), span.start) for stop in _STOPS) + 1
    start = start if start > 0 else max(0, span.start - 40)
    ends = [at for stop in _STOPS if (at := text.find(stop, span.end, span.end + _LONGEST_QUOTE)) >= 0]
    whole = Span(min(start, span.start), min(ends, default=span.end)).trimmed(text)
    return StatusEvidence(row, whole, whole.of(text))


def _words(force: _Force, row: int, span: Span) -> StatusEvidence:
    return StatusEvidence(row, span, span.of(force.text(row)))


def _of_field(force: _Force, info: DocumentInfo, head: HeadMatter, name: str) -> StatusEvidence:
    span = head.spans.get(name)
    return StatusEvidence(info.row, span, span.of(force.text(info.row)) if span else str(getattr(head, name) or ""))


def _person(corpus: Corpus, info: DocumentInfo, name: str) -> str | None:
    given = [c for c in corpus.corrections_of(info.id, info.source, info.origin) if c.field == name]
    return given[0].who if given else None


def _titled(force: _Force, row: int) -> str:
    info = force.infos[row]
    return in_marks(info.head.title or info.source.rsplit("/", 1)[-1])


def _normal(status: str) -> Status:
    if status in STATUSES:
        return status
    if _SAYS_REPEALED.search(status):
        return "已废止"
    if _SAYS_LAPSED.search(status) or "届满" in status or "到期" in status:
        return "已失效"
    if _SAYS_DRAFT.search(status) or "征求" in status:
        return "征求意见稿"
    if "修订" in status or "修改" in status:
        return "已修订"
    if "尚未" in status or "未施行" in status or "未生效" in status:
        return "尚未施行"
    return "现行有效" if _SAYS_IN_FORCE.search(status) else "未载明"


def _day(head: HeadMatter) -> str | None:
    year = year_of(head)
    return head.issued_on or head.published_on or (str(year) if year else None)


def _plus(day: str, years: int) -> str:
    return f"{int(day[:4]) + years}{day[4:]}" if day[5:] != "02-29" else f"{int(day[:4]) + years}-02-28"


def _before_anniversary(day: str, years: int) -> str:
    return (dt.date.fromisoformat(_plus(day, years)) - dt.timedelta(days=1)).isoformat()


def _written(day: str) -> str:
    parts = [int(part) for part in day.split("-")]
    return "".join(f"{part}{unit}" for part, unit in zip(parts, "年月日", strict=False))
