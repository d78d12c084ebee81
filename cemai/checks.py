"""Questions with what is expected of their answers 自定考题: what is right, and what changed since the last run.

A file of questions has one JSON object a line: ``question``, and what is expected: ``document`` (a name by which the library finds it, or
several), ``words`` (one or several) or ``refusal`` (true: the documents do not say). What people said of answers
(``cemai feedback export``) is such a file: an answer judged right has to quote the same document again, one judged wrong must not be
given again. Of a run is kept what was right, hashes and places, never words of a document, so that erasing a document erases it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from corpus.errors import UnknownDocument, UsageError
from corpus.filters import Filters
from corpus.folding import fold

if TYPE_CHECKING:
    from cemai.library import Library
    from qa.answer import Answer

Outcome = Literal["right", "wrong", "open"]
"""``open``: nothing is expected, or only that it is no longer the answer that was judged wrong: a person has to look."""
PREFIX = "check:"
"""What runs are kept under among the settings of a library."""
FORMAT = 1
_CONDITIONS = {item.name for item in fields(Filters)}


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """A question with what is expected of its answer.

    Attributes:
        id: Its id, or its words where it has none; by it the last run is compared.
        question: Its words.
        documents: One of these has to be quoted; names as ``Library.find`` takes them.
        words: Each of these has to be in the answer, however written (width, blanks).
        refusal: Whether the documents do not say; None where nothing is expected of that.
        unlike: The hash of an answer that a person judged wrong or incomplete.
        filters: What the question is limited to.
        as_of: The day the status of documents is judged for.
        after: The questions asked before it.
    """

    id: str
    question: str
    documents: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    refusal: bool | None = None
    unlike: str | None = None
    filters: Filters | None = None
    as_of: dt.date | None = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedQuestion:
    """How one question was answered: the outcome, why it is not right, and by what a change is told."""

    id: str
    question: str
    outcome: Outcome
    reasons: tuple[str, ...]
    status: str
    digest: str
    documents: tuple[str, ...]
    """The documents that are quoted, by id."""
    answer: str = field(compare=False)

    def kept(self) -> dict[str, Any]:
        """What is kept of it until the next run."""
        return {"outcome": self.outcome, "status": self.status, "digest": self.digest, "documents": list(self.documents)}


@dataclass(frozen=True, slots=True)
class ChangedQuestion:
    """A question that was answered otherwise at the last run. ``what`` is a Chinese sentence; ``worse`` and ``better`` are of outcomes."""

    id: str
    question: str
    what: str
    worse: bool = False
    better: bool = False


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A run: every question, what changed since the run before (``before``: when that was, None for the first), what was dropped."""

    checked: tuple[CheckedQuestion, ...]
    changes: tuple[ChangedQuestion, ...]
    dropped: tuple[str, ...]
    before: str | None
    run_at: str
    generation: int

    def count(self, outcome: Outcome) -> int:
        """How many questions had an outcome."""
        return sum(item.outcome == outcome for item in self.checked)

    def record(self) -> dict[str, Any]:
        """The shape other programs read."""
        return {
            "run_at": self.run_at,
            "before": self.before,
            "generation": self.generation,
            "right": self.count("right"),
            "wrong": self.count("wrong"),
            "open": self.count("open"),
            "questions": [
                {"id": item.id, "question": item.question, "reasons": list(item.reasons), "answer": item.answer, **item.kept()}
                for item in self.checked
            ],
            "changes": [
                {"id": item.id, "question": item.question, "what": item.what, "worse": item.worse, "better": item.better}
                for item in self.changes
            ],
            "dropped": list(self.dropped),
        }

    def kept(self) -> str:
        """What is kept until the next run, as JSON."""
        questions = {item.id: item.kept() for item in self.checked}
        value = {"format": FORMAT, "run_at": self.run_at, "generation": self.generation, "questions": questions}
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def digest_of(answer: str, status: str = "answered") -> str:
    """The hash by which two answers are told to be the same; all refusals are, whatever they name as nearest."""
    return "" if status == "not_found" else hashlib.sha256(answer.encode()).hexdigest()[:16]


def parse_questions(text: str) -> list[CheckQuestion]:
    """The questions of a file of JSON Lines.

    Raises:
        UsageError: With the number of the line, for what is no question, or for two with one id.

    Example:
        >>> parse_questions('{"question": "储备多少沙袋？", "words": "3万条"}')[0].words
        ('3万条',)
    """
    found: dict[str, CheckQuestion] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line.lstrip("\ufeff"))
            if not isinstance(value, dict):
                raise UsageError('不是一个对象，要写成 {"question": …, "words": …}。')
            question = _read_question(value)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"第 {number} 行不是能读的 JSON。") from error
        except UsageError as error:
            raise UsageError(f"第 {number} 行：{error}") from error
        # of an answer that was judged more than once the last word counts
        if question.id in found and "verdict" not in value:
            raise UsageError(f"第 {number} 行：编号“{question.id}”在前面已经用过。")
        found[question.id] = question
    if not found:
        raise UsageError("文件里没有问题。")
    return list(found.values())


def _read_question(value: Mapping[str, Any]) -> CheckQuestion:
    question = value.get("question")
    if not isinstance(question, str) or not question.strip():
        raise UsageError("没有问题，question 要是一段文字。")
    refusal = value.get("refusal")
    if refusal is not None and not isinstance(refusal, bool):
        raise UsageError("refusal 要写 true（文件没有说）或 false。")
    documents, words = _texts(value, "document"), _texts(value, "words")
    unlike: str | None = None
    if (verdict := value.get("verdict")) is not None and not documents and not words and refusal is None:
        documents, refusal, unlike = _expected_by_verdict(verdict, value)
    if refusal and (documents or words):
        raise UsageError("refusal 为 true 时不能再写 document 或 words。")
    return CheckQuestion(
        id=str(value.get("id") or value.get("_id") or question),
        question=question,
        documents=documents,
        words=words,
        refusal=refusal,
        unlike=unlike,
        filters=_filters(value),
        as_of=_day(value.get("as_of")),
        after=_texts(value, "after"),
    )


def _expected_by_verdict(verdict: object, value: Mapping[str, Any]) -> tuple[tuple[str, ...], bool | None, str | None]:
    """What a person's verdict on an answer lets expect: documents, whether it refuses, and the hash of what is not to come again."""
    if verdict != "right":
        return (), None, digest_of(str(value.get("answer") or ""), str(value.get("status")))
    if value.get("status") == "not_found":
        return (), True, None
    cited = dict.fromkeys(str(c["source_id"]) for c in value.get("citations") or () if isinstance(c, dict) and c.get("source_id"))
    return tuple(cited), False, None


def _texts(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    given = value.get(name)
    if given is None:
        return ()
    items = [given] if isinstance(given, str) else given
    if not isinstance(items, list) or not all(isinstance(item, str) and item.strip() for item in items):
        raise UsageError(f"{name} 要是一段文字，或几段文字的列表。")
    return tuple(items)


def _filters(value: Mapping[str, Any]) -> Filters | None:
    given = value.get("filters") or {}
    if not isinstance(given, dict) or (unknown := set(given) - _CONDITIONS):
        known = "、".join(sorted(_CONDITIONS))
        raise UsageError(
            f"filters 里可以写 {known}" + (f"，没有 {'、'.join(sorted(unknown))}。" if isinstance(given, dict) else "。")
        )
    conditions = dict(given)
    if isinstance(documents := conditions.get("documents"), list):
        conditions["documents"] = tuple(documents)
    if isinstance(region := value.get("region"), str):
        conditions.setdefault("region", region)
    return Filters(**conditions) if conditions else None


def _day(written: object) -> dt.date | None:
    if not written:
        return None
    try:
        return dt.date.fromisoformat(str(written))
    except ValueError as error:
        raise UsageError(f"as_of 要写成 2025-06-30 这样的日期，现在是“{written}”。") from error


def run_checks(
    library: Library,
    questions: Sequence[CheckQuestion],
    *,
    before: str | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> CheckReport:
    """Ask every question and compare with what is expected and with the last run. Keeps nothing.

    Args:
        library: The library; its answers are not kept.
        questions: As ``parse_questions`` gives them.
        before: What ``CheckReport.kept`` gave at the last run.
        progress: Called with (done, total, question).

    Raises:
        UsageError: Where ``before`` is not what a run kept.
    """
    last = _read_kept(before)
    checked = []
    for number, question in enumerate(questions):
        if progress:
            progress(number, len(questions), question.question)
        answer = library.ask(question.question, filters=question.filters, as_of=question.as_of, after=question.after, keep=False)
        checked.append(judge_answer(library, question, answer))
    then = last.get("questions", {})
    changes = [change for item in checked if (change := _compare(item, then.get(item.id))) is not None]
    now = {item.id for item in checked}
    return CheckReport(
        checked=tuple(checked),
        changes=tuple(changes) if last else (),
        dropped=tuple(id for id in then if id not in now),
        before=last.get("run_at"),
        run_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        generation=library.generation,
    )


def judge_answer(library: Library, question: CheckQuestion, answer: Answer) -> CheckedQuestion:
    """Hold one answer against what is expected of it."""
    cited = tuple(dict.fromkeys(citation.source_id for citation in answer.citations))
    reasons = list(_faults(library, question, answer, cited))
    digest = digest_of(answer.answer, answer.status)
    expects = question.documents or question.words or question.refusal is not None
    outcome: Outcome = "wrong" if reasons else "right" if expects else "open"
    if not reasons and question.unlike is not None:
        if digest == question.unlike:
            outcome, reasons = "wrong", ["和评为错误或不全的那条答案一样"]
        else:
            reasons = ["和评为错误或不全的那条答案不同了，请看一看"]
    return CheckedQuestion(question.id, question.question, outcome, tuple(reasons), answer.status, digest, cited, answer.answer)


def _faults(library: Library, question: CheckQuestion, answer: Answer, cited: Iterable[str]) -> Iterable[str]:
    refused = answer.status == "not_found"
    if question.refusal and not refused:
        yield "应答“未载明”，却给出了答案"
    if refused and (question.refusal is False or question.documents or question.words):
        yield "应有答案，却答“未载明”"
        return
    if question.documents:
        wanted, unknown = set(), []
        for name in question.documents:
            try:
                wanted.add(library.find(name, as_of=question.as_of).id)
            except UnknownDocument:
                unknown.append(name)
        if not wanted & set(cited):
            missing = f"（库里找不到 {'、'.join(unknown)}）" if unknown else ""
            yield f"没有引用 {'、'.join(question.documents)}{missing}"
    text = _plain(answer.answer)
    if lacking := [word for word in question.words if _plain(word) not in text]:
        yield f"答案里没有 {'、'.join(lacking)}"


def _plain(text: str) -> str:
    return "".join(fold(text).split())


def _read_kept(written: str | None) -> dict[str, Any]:
    if not written:
        return {}
    try:
        value = json.loads(written)
    except ValueError as error:
        raise UsageError("上次检查的记录读不出来。请删去它再运行，这一次就作为第一次。") from error
    if not isinstance(value, dict) or value.get("format") != FORMAT or not isinstance(value.get("questions"), dict):
        raise UsageError("上次检查的记录不是这个版本的 cemai 写的。请换一个文件名，这一次就作为第一次。")
    return value


def _compare(now: CheckedQuestion, then: Mapping[str, Any] | None) -> ChangedQuestion | None:
    if then is None:
        return ChangedQuestion(now.id, now.question, "新加的问题")
    if then["outcome"] != now.outcome:
        words = {"right": "对", "wrong": "错", "open": "待看"}
        what = f"上次{words.get(then['outcome'], '不明')}，这次{words[now.outcome]}"
        return ChangedQuestion(now.id, now.question, what, worse=then["outcome"] == "right", better=now.outcome == "right")
    if then["digest"] != now.digest:
        gone = [id for id in then["documents"] if id not in now.documents]
        new = [id for id in now.documents if id not in then["documents"]]
        places = (f"，不再引用 {'、'.join(gone)}" if gone else "") + (f"，新引用 {'、'.join(new)}" if new else "")
        return ChangedQuestion(now.id, now.question, f"答案的文字变了{places}")
    return None
