"""Questions about the library itself 问库: how many documents there are, of which places, what came in last, which tasks have no lead.

Such a question is recognised by having nothing else in it: its words are those of ``data/library_words.tsv``, names of places and
issuers, and a year. One word more, and it asks what documents say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from corpus.folding import fold
from corpus.wordlists import entries
from qa.understanding.due_times import AskedDue, read_due_time, read_recurring

OBJECTS = ("documents", "units", "issuers", "regions", "years", "topics", "tasks", "targets", "terms")
"""What a library holds, as rows of the list of words."""
STATUS_ROLES = ("已失效", "已废止", "已修订", "现行有效", "征求意见稿", "尚未施行")
ORDERS = ("newest_added", "newest_issued", "oldest_issued")
OF_TASKS = ("without_lead", "without_units", "without_deadline", "with_deadline", "overdue")
OF_DOCUMENTS = ("without_number", "without_date", "without_issuer", "without_title", *STATUS_ROLES, *ORDERS)
_SHEETS = frozenset("份篇部件")
"""Measure words of documents: 几份通知 counts documents, 几项规定 need not."""
_ASKS = ("count", "list", "one")
_year = re.compile(r"(?<!\d)((?:19|20)\d\d)年?")
_about = re.compile(
    r"(?:关于|有关|涉及|围绕)(?P<front>[\u4e00-\u9fffA-Za-z0-9]{2,14}?)(?:方面)?的(?=[^的]{0,3}(?:文件|文档|公文))"
    r"|(?P<back>[\u4e00-\u9fffA-Za-z0-9]{2,10}?)(?:方面|相关|有关)的(?=(?:文件|文档|公文))"
)
_doing = re.compile("完成|办结|到期|做完|落实")
_task_words = re.compile("任务|工作|事项")
_OF_DUE_QUESTIONS = frozenset({"due_tasks", "doing"})
"""Roles of words that ask for the library only beside a time."""
_leading = re.compile(r"^.*?(?:哪些|哪几份|几份|多少份|多少|有|的)(?=[\u4e00-\u9fff]{2})")


@dataclass(frozen=True, slots=True)
class LibraryQuestion:
    """What is asked of the library itself.

    Args:
        asked: What is counted or listed, one of ``OBJECTS``.
        conditions: Roles of words that narrow it: ``without_lead``, ``newest_issued``, a status.
        counted: Only a number is asked for (几份).
        one: A single one is asked for (最新的是哪一份).
        kind: The kind of documents (通知), or None.
        issuers: Issuers of the library that are named.
        about: What the documents are to be about, folded, or "".
        years: Years of issue.
        due: The time in which tasks are due, or that they come again or have no end; None where none is asked about.
        units: The units whose tasks are asked for; only beside ``due`` or where tasks are overdue.
    """

    asked: str
    conditions: tuple[str, ...] = ()
    counted: bool = False
    one: bool = False
    kind: str | None = None
    issuers: tuple[str, ...] = ()
    about: str = ""
    years: tuple[int, ...] = ()
    due: AskedDue | None = None
    units: tuple[str, ...] = ()


@cache
def _roles() -> dict[str, frozenset[str]]:
    """The roles of each word."""
    found: dict[str, set[str]] = {}
    for row in entries("qa", "library_words.tsv"):
        role, _, words = row.partition("\t")
        for word in words.split():
            found.setdefault(fold(word), set()).add(role)
    return {word: frozenset(roles) for word, roles in found.items()}


def read_library_question(
    text: str,
    *,
    places: bool = False,
    issuers: Iterable[str] = (),
    kinds: Collection[str] = (),
    named: bool = True,
    units: Mapping[str, str] | None = None,
) -> LibraryQuestion | None:
    """What a question asks of the library itself; None where it asks something else.

    Args:
        text: The folded question, names of places taken out.
        places: Whether places were taken out.
        issuers: The issuers of the documents, folded.
        kinds: The kinds of the documents 文种, folded.
        named: Whether the question may do without naming the library; False where it may go on about another question.
        units: The units named in the text, by the words that name them.

    >>> read_library_question("库里一共有多少份文件").counted
    True
    """
    by_date = _read_due_question(text, frozenset(kinds), units or {})
    if by_date is not None:
        return by_date
    found_issuers = tuple(_standing_in(text, issuers))
    for name in found_issuers:
        text = text.replace(name, " ")
    years = tuple(dict.fromkeys(int(match[1]) for match in _year.finditer(text)))
    text = _year.sub(" ", text)
    about = ""
    if (match := _about.search(text)) is not None:
        about = match["front"] or _leading.sub("", match["back"])
        text = text.replace(about, " ", 1)
    tokens = list(_tokens(text, frozenset(kinds), _OF_DUE_QUESTIONS))
    if any(roles is None for _, roles in tokens):
        return None
    roles = [role or frozenset() for _, role in tokens]
    words = [word for word, _ in tokens]
    said = frozenset().union(*roles)
    kind = next((word for word, role in zip(words, roles, strict=True) if "kind" in role), None)
    conditions = tuple(role for role in (*OF_TASKS, *OF_DOCUMENTS) if role in said)
    in_library = "library" in said or "newest_added" in said
    sheets = any("count" in role and _SHEETS & set(word) for word, role in zip(words, roles, strict=True))
    asked = _asked(roles)
    if asked is None and "weak_documents" in said and in_library:
        asked = "documents"
    if asked is None and (kind or sheets or in_library or (conditions and "issued" in said)):
        asked = "documents"
    if asked is None or not (named or in_library):
        return None
    asks = bool(said & {*_ASKS})
    if any(role in OF_TASKS for role in conditions):
        return LibraryQuestion("tasks", conditions, "list" not in said and "count" in said, "one" in said, years=years)
    if asked == "documents":
        limited = bool(conditions or years or found_issuers or about or kind or places)
        told = in_library or "documents" in said or sheets
        if not told or not (asks or limited or in_library) or (not asks and not in_library and not set(conditions) & {*ORDERS}):
            return None
    elif asked in ("issuers", "regions", "years", "topics"):
        if not asks or not (in_library or "documents" in said or "count" in said):
            return None
    elif not in_library and not ("count" in said and "one" not in said and not _values(words)) and not _spread(words, asked):
        return None
    counted = "count" in said and "list" not in said and "one" not in said
    return LibraryQuestion(asked, conditions, counted, "one" in said, kind, found_issuers, about, years)


def _read_due_question(text: str, kinds: frozenset[str], units: Mapping[str, str]) -> LibraryQuestion | None:
    """The tasks asked for by when they are due, also those of a unit; None where something else is asked, too."""
    due: AskedDue | None
    due, left = read_due_time(text) if _doing.search(text) else (None, text)
    recurs = due is None and _task_words.search(text) is not None
    if recurs:
        due, left = read_recurring(text)
    named = tuple(dict.fromkeys(unit for words, unit in units.items() if words in left))
    for words in sorted(units, key=len, reverse=True):
        left = left.replace(words, " ")
    tokens = list(_tokens(left, kinds))
    if not tokens or any(roles is None for _, roles in tokens):
        return None
    roles = [role or frozenset() for _, role in tokens]
    said = frozenset().union(*roles)
    overdue = due is None and "overdue" in said
    if (
        (due is None and not (overdue and named))
        or not said & {"tasks", "due_tasks"}
        or not (recurs or said & {"doing", "overdue"})
    ):
        return None
    if not said & {*_ASKS} and not roles[-1] & {"tasks", "due_tasks"}:
        return None  # neither a question nor the name of a list (本月到期的任务)
    counted = "count" in said and "list" not in said
    return LibraryQuestion("tasks", ("overdue",) if overdue else (), counted, due=due, units=named)


def _tokens(
    text: str, kinds: frozenset[str], left_out: frozenset[str] = frozenset()
) -> Iterator[tuple[str, frozenset[str] | None]]:
    """The words of a text, the longest first at each place, with their roles; None for what is no word of such a question."""
    known = {word: rest for word, roles in _roles().items() if (rest := roles - left_out)}
    longest = max(map(len, known))
    for clause in re.findall(r"[\w%]+", text):
        at = 0
        while at < len(clause):
            for size in range(min(longest, len(clause) - at), 0, -1):
                word = clause[at : at + size]
                if word in known or word in kinds:
                    roles = known.get(word, frozenset())
                    yield word, roles | {"kind"} if word in kinds and not roles & {*OBJECTS, *STATUS_ROLES} else roles
                    at += size
                    break
            else:
                yield clause[at:], None
                return


def _asked(roles: list[frozenset[str]]) -> str | None:
    """The object that is counted or listed: the one behind the word that asks, else the last one before it, else the first."""
    objects = [next((o for o in OBJECTS if o in role), None) for role in roles]
    asks = next((i for i, role in enumerate(roles) if role & {*_ASKS}), None)
    if asks is None:
        return next((o for o in objects if o), None)
    behind = next((i for i in range(asks + 1, len(roles)) if not roles[i] <= {"filler", "issued", *_ASKS}), None)
    if behind is not None and objects[behind]:
        return objects[behind]
    return next((o for o in reversed(objects[:asks]) if o), None) or next((o for o in objects if o), None)


def _values(words: Iterable[str]) -> bool:
    """Whether the count may ask for a value (目标多少) and not for how many there are."""
    return not any(len(word) > 1 and word not in ("多少", "数量") and word[:1] in "几多" for word in words)


def _spread(words: list[str], asked: str) -> bool:
    """Whether it is asked how far the library spreads (涉及哪些部门)."""
    return asked == "units" and bool({"涉及", "涉及到", "覆盖"} & {*words})


def _standing_in(text: str, names: Iterable[str]) -> Iterator[str]:
    for name in sorted({name for name in names if len(name) > 2}, key=lambda name: (-len(name), name)):
        if name in text:
            yield name
            text = text.replace(name, " ")
