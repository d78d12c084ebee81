"""The figures of a library as one table 指标事实表: work, place, family, dimension, value in its base unit, year, kind, date.

The table is a cache of its own (``cache/figures.sqlite``): made of the figures in the store, kept up document by document after each
change, made anew where the data of the families or the program changed or the file is damaged. It holds numbers, codes and names of
indicators; whoever wants the words of a figure reads the fact itself (``read_facts``).
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path

from corpus.divisions import gazetteer
from corpus.filters import Filters
from corpus.five_year_plans import five_year_plans
from corpus.store import Corpus, DocumentInfo, Heads, StoredFact, View, year_of
from graph.codec.records import TargetRecord
from graph.facts import TargetKind
from graph.families.indicator import (
    IndicatorFamily,
    as_flow,
    as_state,
    family_of,
    is_of_one_year,
    is_state,
    summed_up,
    usual_unit,
)
from graph.families.units import ComparableValue, comparable_value
from graph.lexicon import expand, word_lists
from graph.units.resolve import home

FILE = "figures.sqlite"
LAYOUT = 6
"""Raised whenever columns or what is put into them change."""
WRITTEN, RECKONED, IN_REVIEW = 0, 1, 2
"""How the year of a figure is known: it stands in words, follows from the report, follows although several years are told of."""
LONGEST_NAME = 40
"""Characters of a name that is looked for in a text."""
LIST = 90
"""Characters in front of a figure in which the list begins that it stands in."""
LOOKED_BACK = 3_000
"""Characters in front of a result in which a report may say of which year it is."""
_SCHEMA = """
CREATE TABLE state (generation INTEGER NOT NULL, stamp TEXT NOT NULL) STRICT;
CREATE TABLE figures (
  fact INTEGER PRIMARY KEY, document INTEGER NOT NULL, place TEXT NOT NULL, concept TEXT NOT NULL, dimension TEXT NOT NULL,
  kind TEXT NOT NULL, year INTEGER, reckoned INTEGER NOT NULL, low REAL, high REAL, unit TEXT NOT NULL, comparator TEXT NOT NULL,
  binding TEXT, issued TEXT, start INTEGER NOT NULL) STRICT;
CREATE INDEX figures_family ON figures(concept, dimension, kind, year);
CREATE INDEX figures_place ON figures(place, concept);
CREATE INDEX figures_document ON figures(document);
"""
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_PLAN = re.compile(expand(r"[“\"]?(?P<plan>{five_year_plans})[”\"]?(?!(?:时期)?的?[^。]{0,6}{plan_openings})|{coming_years}"))
"""A plan period named in front of a goal; the year that opens one (“十五五”开局之年) is none."""
_SEVERAL = re.compile(expand(r"(?<!今后)(?<!未来)(?<!下个)(?:{of_the_years})"))
_COLUMNS = "fact, document, place, concept, dimension, kind, year, reckoned, low, high, unit, comparator, binding, issued, start"


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of the table.

    Attributes:
        fact: The row of its fact in the store.
        document: The row of its document.
        place: The code of the division it is of; empty where the document names none.
        family: What is measured, and in which respect.
        kind: Target, result, statistic or rule.
        year: The year it is of or due.
        reckoned: Whether the year follows from the document (a yearly report tells of the year before) and stands nowhere in words.
        in_review: Whether its year was reckoned although the report tells of several years there.
        value: The value in its base unit; None where it has no number.
        comparator: Whether it is exact, a bound, about, or a range.
        issued: The date of the document, as far as it is known.
    """

    fact: int
    document: int
    place: str
    family: IndicatorFamily
    kind: str
    year: int | None
    reckoned: bool
    in_review: bool
    value: ComparableValue | None
    comparator: str
    issued: str
    start: int


@dataclass(frozen=True, slots=True)
class FactQuery:
    """A question to the table. Whatever is None or empty sets no condition.

    Attributes:
        family: What is measured, and in which respect.
        any_dimension: All respects of the family's concept.
        kinds: Kinds of figures (target, achieved, statistic, rule).
        year: The year they are of or due.
        places: Codes of divisions.
        below: The divisions inside those too.
        documents: The documents that count, by row.
        least, most: Bounds of the value, in the base unit; a range counts by its middle.
        unit: The base unit.
    """

    family: IndicatorFamily | None = None
    any_dimension: bool = False
    kinds: tuple[str, ...] = ()
    year: int | None = None
    places: tuple[str, ...] = ()
    below: bool = False
    documents: frozenset[int] | None = None
    least: float | None = None
    most: float | None = None
    unit: str | None = None


class FactTable(View):
    """The table of one library, kept up with it."""

    storable = False  # it lies on the disk itself

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._lock = threading.RLock()
        # who only reads the library has a copy: the table that all share goes on while a question is answered from one state
        self._db = (_copy if corpus.read_only else _open)(corpus.folder / "cache" / FILE)

    def take(self, gone: Heads, come: Heads) -> None:
        """Bring the table up to the library."""
        with self._lock:
            try:
                self._catch_up()
            except sqlite3.Error:
                # locked by another process, read-only, damaged: this process has a table of its own
                self._db.close()
                self._db = _create(":memory:")
                self._catch_up()

    def select(self, query: FactQuery) -> list[FigureRow]:
        """The figures that meet a query, in order of document and place."""
        conditions: list[str] = []
        values: list[object] = []

        def require(condition: str, *parameters: object) -> None:
            conditions.append(condition)
            values.extend(parameters)

        if query.family is not None:
            require("concept=?", query.family.concept)
            if not query.any_dimension:
                require("dimension=?", query.family.dimension)
        if query.kinds:
            require("kind IN (SELECT value FROM json_each(?))", json.dumps(query.kinds))
        if query.year is not None:
            require("year=?", query.year)
        if query.places and not query.below:
            require("place IN (SELECT value FROM json_each(?))", json.dumps(query.places))
        elif query.places:
            inside = " OR ".join("place GLOB ?" for _ in query.places)
            require(f"({inside})", *(f"{code}*" for code in query.places))
        if query.unit is not None:
            require("unit=?", query.unit)
        if query.least is not None:
            require("(low+high)/2>=?", query.least)
        if query.most is not None:
            require("(low+high)/2<=?", query.most)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        with self._lock:
            found = self._db.execute(f"SELECT {_COLUMNS} FROM figures{where} ORDER BY document, start", values).fetchall()
        rows = (_figure(row) for row in found)
        return [row for row in rows if query.documents is None or row.document in query.documents]

    def of_documents(self, query: FactQuery, documents: Collection[int]) -> list[FigureRow]:
        """The figures of some documents that meet a query, from the index of documents."""
        kinds = json.dumps(query.kinds)
        with self._lock:
            found = self._db.execute(
                f"SELECT {_COLUMNS} FROM json_each(?) one CROSS JOIN figures ON document=one.value"
                " WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY document, start",
                (json.dumps(sorted(documents)), kinds),
            ).fetchall()
        return [_figure(row) for row in found]

    def concepts(self) -> list[str]:
        """The names of what is measured, most figures first."""
        with self._lock:
            found = self._db.execute("SELECT concept FROM figures GROUP BY concept ORDER BY count(*) DESC, concept")
            return [concept for (concept,) in found]

    def longest_concept(self, text: str) -> str | None:
        """The longest name of something measured that a folded text holds, of goals and results; None without one."""
        pieces = {text[i:j] for i in range(len(text)) for j in range(i + 2, min(len(text), i + LONGEST_NAME) + 1)}
        with self._lock:
            found = self._db.execute(
                "SELECT DISTINCT concept FROM figures WHERE concept IN (SELECT value FROM json_each(?)) AND kind<>'rule'",
                (json.dumps(sorted(pieces), ensure_ascii=False),),
            )
            return max((concept for (concept,) in found), key=lambda name: (len(name), name), default=None)

    def _catch_up(self) -> None:
        generation, stamp = self._corpus.generation, _stamp()
        known = self._db.execute("SELECT generation, stamp FROM state").fetchone()
        if known == (generation, stamp):
            return
        anew = known is None or known[1] != stamp or known[0] > generation
        changed = None if anew else [change.document for change in self._corpus.changes_since(known[0])]
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if changed is None:
                self._db.execute("DELETE FROM figures")
            else:
                self._db.execute("DELETE FROM figures WHERE document IN (SELECT value FROM json_each(?))", (json.dumps(changed),))
            self._put(changed)
            self._db.execute("DELETE FROM state")
            self._db.execute("INSERT INTO state VALUES (?,?)", (generation, stamp))
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def _put(self, documents: Collection[int] | None) -> None:
        facts = self._corpus.facts(TargetRecord, documents=documents)
        infos = {info.row: info for info in self._corpus.infos(None if documents is None else _of(self._corpus, documents))}
        places = "?" + ",?" * (_COLUMNS.count(","))
        reports = dict(self._corpus.texts(row for row, info in infos.items() if _is_report(info)))
        rows = (_row(fact, infos[fact.document], reports.get(fact.document, "")) for fact in facts if fact.document in infos)
        self._db.executemany(f"INSERT OR REPLACE INTO figures VALUES ({places})", rows)


def fact_table(corpus: Corpus) -> FactTable:
    """The table of a library, up to date."""
    return corpus.view(FactTable)


def read_facts(corpus: Corpus, rows: Iterable[FigureRow]) -> dict[int, StoredFact[TargetRecord]]:
    """The facts behind some figures, by their rows in the store."""
    return {fact.row: fact for fact in corpus.facts_at(TargetRecord, [row.fact for row in rows])}


def _of(corpus: Corpus, documents: Collection[int]) -> Filters:
    heads = corpus.heads
    return Filters(documents=tuple(heads[row].id for row in documents if row in heads) or ("",))


def _row(fact: StoredFact[TargetRecord], info: DocumentInfo, text: str) -> tuple[object, ...]:
    record = fact.value
    family = summed_up(family_of(_indicator(record), record.unit), record.quote)
    value = comparable_value(record)
    if value is not None and (usual := usual_unit(family)) and usual.startswith(value.unit):
        value = replace(value, unit=usual)
    if text and family.dimension == "level" and is_state(family) and _flows(record, text):
        family = as_flow(family)
    elif (state := as_state(family)) is not None and _own_words(record).endswith(word_lists()["state_totals"]):
        family = state  # 新增境内上市公司62家、总数186家
    kind, year, reckoned = record.kind, record.by_year, WRITTEN
    if year is None and text and kind in ("achieved", "target"):
        kind, year, reckoned = _year_meant(record, family, info, text)
    return (
        fact.row, fact.document, _place(record, info, bool(text)), family.concept, family.dimension, kind, year, int(reckoned),
        value.low if value else None, value.high if value else None, value.unit if value else "", record.comparator,
        record.binding, info.head.issued_on or info.head.published_on or _year_known(info, bool(text)),
        fact.start,
    )  # fmt: skip


def _indicator(record: TargetRecord) -> str:
    """The indicator of a figure; with 比 where the text has it and the figure has no unit: 城乡居民收入比降至2.2."""
    ratio = f"{record.indicator}比"
    return ratio if record.unit is None and ratio in record.quote else record.indicator


def _year_known(info: DocumentInfo, report: bool) -> str:
    year = _year_of_report(info) if report else year_of(info.head)
    return f"{year}" if year else ""


def _is_report(info: DocumentInfo) -> bool:
    return any(word in (info.head.title or "") for word in word_lists()["yearly_reports"])


def _year_meant(
    record: TargetRecord, family: IndicatorFamily, info: DocumentInfo, text: str
) -> tuple[TargetKind, int | None, int]:
    """Kind and year of a figure of a yearly report whose sentence names no year, and how it is known; None where it is of several years.

    A result is of the year before the report, a goal of the report's own year or of the last year of the plan period: which is what the
    report named last in front of the figure (过去一年, 五年来; 今年, “十五五”). Where several years are told of, a state (城镇化率, 里程)
    and a value that something has come to (突破5万亿元) are still those of the last. What stands behind 过去五年 is no goal.
    """
    year = _year_of_report(info)
    if year is None:
        return record.kind, None, WRITTEN
    lists, before = word_lists(), text[max(0, record.start - LOOKED_BACK) : record.end]
    # 2025年和“十四五”时期工作回顾 tells of neither more than of the other
    own = f"{year - 1}年"
    several = max(
        (f.start() for f in _SEVERAL.finditer(before) if own not in before[max(0, f.start() - 8) : f.start()]), default=-1
    )
    one = max((before.rfind(word) for word in (*lists["of_the_year"], own)), default=-1)
    at, planned = _year_planned(before, year)
    sentence = before[max(before.rfind("。"), before.rfind("\n")) + 1 :]
    if record.kind == "achieved" and any(word in sentence for word in lists["of_drafts"]):
        # 今年拟安排赤字2.18万亿元，赤字率提高到3%; 从去年的2.1%提高到2.3% has last year's rate too
        said = record.quote[: max(0, record.quote.rfind(record.value_text))]
        return ("achieved", year - 1, RECKONED) if said.endswith(lists["of_last_year"]) else ("target", year, RECKONED)
    if record.kind == "target" and several <= at:
        return "target", planned, RECKONED if planned is not None else WRITTEN
    paragraph = before[before.rfind("\n") + 1 :]
    if at > max(several, one) and planned is not None and planned > year and any(w in paragraph for w in lists["of_plans"]):
        return "target", planned, RECKONED
    if family.dimension in ("mean growth", "total growth", "sum"):
        return "achieved", None, WRITTEN
    if several <= one:
        return "achieved", year - 1, RECKONED
    if family.dimension == "level" and _come_to(record, family):
        return "achieved", year - 1, IN_REVIEW
    return "achieved", None, WRITTEN


def _year_of_report(info: DocumentInfo) -> int | None:
    """The year in which a yearly report was given, by its title, its dates or the name of its file."""
    named = _YEAR.search(info.head.title or "")
    if named is not None:
        return int(named[1])
    filed = _YEAR.search(info.source.rsplit("/", 1)[-1])
    return year_of(info.head) or (int(filed[1]) if filed else None)


def _year_planned(before: str, year: int) -> tuple[int, int | None]:
    """The year a goal is for, from the text in front of it (the report's year, or the last one of the plan period), and where it says so."""
    own = max((before.rfind(word) for word in (*word_lists()["of_this_year"], f"{year}年")), default=-1)
    period = max(_PLAN.finditer(before), key=lambda found: found.start(), default=None)
    if period is None or period.start() < own:
        return own, year if own >= 0 else None
    end = five_year_plans()[period["plan"]][1] if period["plan"] else year + 4
    return period.start(), end if end >= year else None


def _flows(record: TargetRecord, text: str) -> bool:
    """Whether a figure of a list is what was added, by the word in front of the list: 新增规上工业企业1494家、“小巨人”企业81家."""
    at = text.rfind(record.value_text, record.start, record.end)
    before = text[max(0, record.start - LIST) : at if at >= 0 else record.end]
    listed = re.split("[，,；;。：:\n]", before)[-1].strip()
    own = listed.split("、")[-1]
    lists = word_lists()
    return listed.startswith(lists["added_heads"]) and not own.rstrip().endswith((*lists["come_to"], *lists["sums"]))


def _own_words(record: TargetRecord) -> str:
    """What stands in front of a value in its own part of the quote.

    连续迈上4个万亿元台阶、达14.2万亿元、年均增长5.7%: what stands at the other values is not said of this one.
    """
    before = record.quote[: max(0, record.quote.rfind(record.value_text))].rstrip()
    return re.split("[、，,]", before)[-1]


def _come_to(record: TargetRecord, family: IndicatorFamily) -> bool:
    """Whether a figure tells what something has come to, not what several years add up to or what holds in each of them."""
    lists = word_lists()
    before = _own_words(record)
    own = before + record.value_text
    sums = () if is_state(family) else lists["sums"]  # 经营主体总量达474万户 is what there is
    if any(word in own for word in (*sums, *lists["each_year"])) or any(w in record.indicator for w in sums):
        return False
    return is_of_one_year(family) or before.endswith(lists["come_to"]) or record.value_text.startswith(lists["come_to"])


@lru_cache(maxsize=4096)
def _code(region: str, document_code: str) -> str:
    named = gazetteer().named(region)
    inside = [d for d in named if document_code and (d.code.startswith(document_code) or document_code.startswith(d.code))]
    best = (inside or list(named))[:1]
    return best[0].code if best else ""


def _place(record: TargetRecord, info: DocumentInfo, report: bool) -> str:
    own = home(info.head.region_code, info.head.region)
    document_code = own.code if own is not None else ""
    region = record.region
    if report and document_code and region == "全国" and not any(word in record.quote for word in ("全国", "我国")):
        # 全国重点实验室达8家，全社会研发投入强度突破2%: a report tells of its own place
        return document_code
    return _code(region, document_code) if region else document_code


def _figure(row: Sequence[object]) -> FigureRow:
    fact, document, place, concept, dimension, kind, year, reckoned, low, high, unit, comparator, _, issued, start = row
    value = ComparableValue(float(low), float(high), str(unit)) if low is not None and high is not None else None  # type: ignore[arg-type]
    family = IndicatorFamily(str(concept), dimension, known=True)  # type: ignore[arg-type]
    return FigureRow(
        int(fact), int(document), str(place), family, str(kind), year, bool(reckoned), reckoned == IN_REVIEW, value, str(comparator), str(issued or ""), int(start),  # type: ignore[call-overload, arg-type]
    )  # fmt: skip


@lru_cache(maxsize=1)
def _stamp() -> str:
    """What the table was made with: the program's layout and the data of the families."""
    data = resources.files("graph").joinpath("data")
    names = ("indicator_families.tsv", "words_families.tsv", "unit_scales.tsv")
    read = b"".join(data.joinpath(name).read_bytes() for name in names)
    return f"{LAYOUT}-{hashlib.sha256(read).hexdigest()[:16]}"


def _open(path: Path) -> sqlite3.Connection:
    for _ in range(2):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return _create(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                break
            with suppress(OSError):
                path.unlink()
        except OSError:
            break
    return _create(":memory:")


def _copy(path: Path) -> sqlite3.Connection:
    """A table in memory that holds what the one on the disk holds just now; an empty one where that cannot be read."""
    db = _create(":memory:")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)) as shared:
            shared.backup(db)
            db.execute("SELECT generation, stamp FROM state").fetchone()
    except sqlite3.Error:
        db.close()
        return _create(":memory:")
    return db


def _create(path: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=2.0, isolation_level=None, check_same_thread=False)
    for pragma in ("secure_delete=ON", "journal_mode=WAL", "synchronous=NORMAL", "trusted_schema=OFF"):
        db.execute(f"PRAGMA {pragma}")
    if not db.execute("SELECT count(*) FROM sqlite_master WHERE name='figures'").fetchone()[0]:
        db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
    return db
