"""Replay of an answer 重放: ask a stored question again and report what changed.

A stored answer records how it was asked: question, filters, date, previous question and the generation of the library.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from corpus.errors import StoreError
from corpus.filters import Filters
from corpus.store import Corpus
from qa.answer import Answer, Understanding

Json = dict[str, Any]
What = Literal["status", "answer", "added", "removed", "moved", "document", "notice"]

STATUSES = {"answered": "已回答", "partial": "部分回答", "not_found": "未载明"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between then and now: its kind, and a Chinese sentence that describes it."""

    what: What
    text: str


@dataclass(frozen=True, slots=True)
class Replay:
    """An answer then and now. ``library`` says how the library changed in between, even if the answer did not."""

    id: str
    asked_at: str
    then: Json
    now: Answer
    differences: tuple[Difference, ...]
    library: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """True if the answer differs."""
        return bool(self.differences)

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "id": self.id,
            "asked_at": self.asked_at,
            "question": self.then["question"],
            "as_of": self.now.as_of,
            "generation_then": self.then.get("generation"),
            "generation_now": self.now.generation,
            "changed": self.changed,
            "differences": [{"what": d.what, "text": d.text} for d in self.differences],
            "library": list(self.library),
            "then": {name: self.then.get(name) for name in ("status", "answer", "notices", "citations")},
            "now": self.now.record(),
        }


def make_kept_record(
    answer: Answer,
    *,
    question: str,
    filters: Filters | None,
    as_of: dt.date | None,
    previous: Understanding | None,
    model: str | None = None,
    worded: Answer | None = None,
) -> Json:
    """The record to store of an answer: the answer, how it was asked, and the wording by a language model, if any."""
    asked = {
        "question": question,
        "filters": {name: value for name, value in asdict(filters).items() if value is not None} if filters else {},
        "as_of": as_of.isoformat() if as_of else None,
        "previous": asdict(previous) if previous else None,
        "model": model,
    }
    record = {**answer.record(), "asked": asked}
    del record["statements"]  # quoted once in the citations, which a purge erases
    if worded is not None and worded != answer:
        record["worded"] = {"answer": worded.answer, "notices": worded.record()["notices"]}
    return record


def filters_of(kept: Mapping[str, Any]) -> Filters | None:
    """The filters of a stored answer."""
    values = dict(kept.get("asked", {}).get("filters") or {})
    if "documents" in values:
        values["documents"] = tuple(values["documents"])
    return Filters(**values) if values else None


def previous_of(kept: Mapping[str, Any]) -> Understanding | None:
    """The previous question's understanding, if the stored question was a follow-up."""
    value = kept.get("asked", {}).get("previous")
    if not value:
        return None
    known = {f.name for f in fields(Understanding)}
    return Understanding(**{name: _frozen(item) for name, item in value.items() if name in known})


def date_of(kept: Mapping[str, Any]) -> dt.date | None:
    """The date a stored answer is valid for."""
    value = kept.get("as_of")
    return dt.date.fromisoformat(value) if value else None


def question_of(kept: Mapping[str, Any]) -> str:
    """The question as typed."""
    return str(kept.get("asked", {}).get("question") or kept["question"])


def compare_answers(id: str, asked_at: str, then: Json, now: Answer, corpus: Corpus) -> Replay:
    """Compare a stored answer with the one given now, and explain differences from the history of the library."""
    found: list[Difference] = []
    if then.get("erased"):
        found.append(Difference("document", "当时引用的文件已被彻底清除，当时的答案文字不再保存。"))
    if then["status"] != now.status:
        before, after = (STATUSES.get(str(s), str(s)) for s in (then["status"], now.status))
        found.append(Difference("status", f"结论由“{before}”变为“{after}”。"))
    old = [] if then.get("erased") else list(then["citations"])
    found += _documents(then["citations"], corpus)
    found += _citations(old, now.record()["citations"])  # type: ignore[arg-type]
    known = {notice["text"] for notice in then["notices"]}
    fresh = {notice.text for notice in now.notices}
    if not then.get("erased"):
        found += [Difference("notice", f"新的提示：{n.text}") for n in now.notices if n.text not in known]
        found += [Difference("notice", f"不再有的提示：{n['text']}") for n in then["notices"] if n["text"] not in fresh]
        if then["answer"] != now.answer and not found:
            found.append(Difference("answer", "引用相同，答案的文字不同。"))
    return Replay(id, asked_at, then, now, tuple(found), tuple(_library(then, corpus)))


def _citations(old: Iterable[Json], new: Iterable[Json]) -> Iterable[Difference]:
    before, after = list(old), list(new)
    left = {_place(c): c for c in after}
    gone: list[Json] = []
    for citation in before:
        if left.pop(_place(citation), None) is None:
            gone.append(citation)
    for citation in gone:
        same = next((key for key, c in left.items() if c["source"] == citation["source"] and _plain(c) == _plain(citation)), None)
        if same is not None:
            other = left.pop(same)
            where = "" if other["source_id"] == citation["source_id"] else "，文件已换成另一版"
            yield Difference(
                "moved", f"{_name(citation)}的引文位置由第 {citation['start']} 字移到第 {other['start']} 字{where}。"
            )
        else:
            yield Difference("removed", f"不再引用{_name(citation)}：“{_short(citation)}”")
    for citation in left.values():
        yield Difference("added", f"新引用{_name(citation)}：“{_short(citation)}”")


def _documents(citations: Iterable[Json], corpus: Corpus) -> Iterable[Difference]:
    removed = {info.id for info in corpus.removed()}
    seen: set[str] = set()
    for citation in citations:
        id = citation["source_id"]
        if id in seen:
            continue
        seen.add(id)
        try:
            corpus.find(id)
        except StoreError:
            if id in removed:
                yield Difference("document", f"{_name(citation)}已从文档库移除（可用 cemai docs restore 恢复）。")
            elif corpus.by_source(citation["source"]):
                yield Difference("document", f"{_name(citation)}已换成另一版。")
            else:
                yield Difference("document", f"{_name(citation)}已不在文档库中。")


def _library(then: Mapping[str, Any], corpus: Corpus) -> Iterable[str]:
    since = int(then.get("generation") or 0)
    if corpus.generation < since:
        yield "这个文档库比当时的更旧，或是从较早的备份恢复的。"
        return
    changes = corpus.changes_since(since)
    put = sum(change.operation == "put" for change in changes)
    removed = len(changes) - put
    if changes:
        parts = [f"新增或更新 {put} 份" if put else "", f"移除 {removed} 份" if removed else ""]
        yield f"从那以后文档库{'、'.join(part for part in parts if part)}（库版本 {since} → {corpus.generation}）。"
    else:
        yield "从那以后文档库没有变化。"


def _place(citation: Mapping[str, Any]) -> tuple[str, int, int]:
    return citation["source_id"], citation["start"], citation["end"]


def _plain(citation: Mapping[str, Any]) -> str:
    return "".join(str(citation["quote"]).split())


def _name(citation: Mapping[str, Any]) -> str:
    return f"《{citation.get('title') or citation['source']}》"


def _short(citation: Mapping[str, Any]) -> str:
    quote = " ".join(str(citation["quote"]).split())
    return quote if len(quote) <= 80 else quote[:80] + "……"


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
