"""应知应会: what a post has to know, in the order one learns it: basis, tasks, figures, terms, whom one works with."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from corpus.errors import UsageError
from corpus.store import Corpus, StoredFact
from graph.documents.standing import standing
from graph.queries.facts import targets as graph_targets
from graph.queries.facts import tasks as graph_tasks
from graph.queries.facts import unit_keys
from graph.queries.unit import called
from qa.answers.places import place
from qa.study.facts import Shelf
from qa.study.glossary import terms as glossary
from qa.study.question import shortened

ROLES = (("牵头", "lead_units"), ("责任", "responsible_units"), ("配合", "supporting_units"))


@dataclass(frozen=True, slots=True)
class Brief:
    """What a post has to know; every entry is a record with its place in the documents."""

    unit: str | None
    region: str | None
    documents: tuple[dict[str, Any], ...]
    tasks: tuple[dict[str, Any], ...]
    targets: tuple[dict[str, Any], ...]
    terms: tuple[dict[str, Any], ...]
    partners: tuple[tuple[str, int], ...]
    notices: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The heading of the brief."""
        return f"{'·'.join(filter(None, (self.region, self.unit))) or '全库'}：应知应会"

    def record(self) -> dict[str, Any]:
        """The shape other programs read."""
        return {
            "unit": self.unit,
            "region": self.region,
            "documents": list(self.documents),
            "tasks": list(self.tasks),
            "targets": list(self.targets),
            "terms": list(self.terms),
            "partners": [{"unit": name, "tasks": count} for name, count in self.partners],
            "notices": list(self.notices),
        }

    def text(self) -> str:
        """The brief as printed."""
        lines = [self.title, ""]
        lines += [f"【注意】{notice}" for notice in self.notices]
        lines.append(f"一、先读这些文件（{len(self.documents)}份）")
        serials = {entry["id"]: i for i, entry in enumerate(self.documents, 1)}
        for entry in self.documents:
            number = f"（{entry['doc_number']}）" if entry["doc_number"] else ""
            lines.append(f"  [{serials[entry['id']]}] 《{entry['title']}》{number}　{entry['tasks']}项任务　{entry['validity']}")
        lines.append(f"二、要做的任务（{len(self.tasks)}项）")
        for serial, task in enumerate(self.tasks, 1):
            role = f"〔{task['role']}〕" if task["role"] else ""
            deadline = f"　时限：{task['deadline']}" if task.get("deadline") else ""
            lapsed = "　〔所限时期已届满，或出自未生效、已失效的文件〕" if task["lapsed"] else ""
            lines += [f"  {serial}. {role}{task['name']}{deadline}{lapsed}", f"     出处：{_where(task, serials)}"]
        lines.append(f"三、要记的数字（{len(self.targets)}个）")
        for target in self.targets:
            lines.append(f"  · {target['indicator']}：{target['value_text']}")
            lines.append(f"     原文：“{shortened(target['quote'])}”　{_where(target, serials)}")
        lines.append(f"四、要懂的术语（{len(self.terms)}个）")
        for term in self.terms:
            meaning = term["definition"] or "文件只提到，没有解释"
            lines.append(f"  · {term['term']}：{shortened(meaning)}")
        if self.partners:
            lines.append("五、常打交道的单位（共同承担的任务数）")
            lines.append("  " + "、".join(f"{name}（{count}）" for name, count in self.partners))
        return "\n".join(lines)


def brief(corpus: Corpus, *, unit: str | None = None, region: str | None = None, as_of: dt.date | None = None) -> Brief:
    """What a unit (in a region) has to know; without a unit, what the region as a whole has to."""
    if not unit and not region:
        raise UsageError("请写明岗位所在的单位或地区，例如 --unit 州医保局 --region 甘南州。")
    day = as_of or dt.date.today()
    shelf = Shelf(corpus)
    facts = graph_tasks(corpus, unit=unit, region=region)
    names = called(facts, [unit, *unit_keys(corpus, unit)]) if unit else frozenset()
    tasks = [_task(shelf, fact, names, day) for fact in facts]
    order = {role: i for i, (role, _) in enumerate(ROLES)}
    tasks.sort(key=lambda task: order.get(task["role"], len(order)))
    figures = _figures(corpus, facts, region if not unit else None)
    words = "".join(task["quote"] for task in tasks)
    known = list(corpus.keys("term"))
    terms = [entry for entry in glossary(corpus) if _stands_alone(entry["term"], known, words)]
    partners = Counter(name for task in tasks for _, key in ROLES for name in dict.fromkeys(task[key]) if name not in names)
    counts = Counter(fact.document for fact in facts)
    documents, notices = [], []
    for row, count in counts.most_common():
        info = shelf.infos[row]
        state = standing(corpus, info, day)
        documents.append(
            {"id": info.id, "source": info.source, "title": info.head.title or info.source, "doc_number": info.head.doc_number,
             "tasks": count, "validity": state.status, "reason": state.reason}
        )  # fmt: skip
        if state.status in ("废止", "征求意见稿", "已修订", "规划期届满"):
            notices.append(f"《{info.head.title or info.source}》：{state.reason}")
    late = sum(1 for task in tasks if task["lapsed"])
    if late:
        notices.append(f"有{late}项任务的规定限于过渡期等已届满的时期，或出自未生效、已失效的文件，执行前请核对现行政策。")
    return Brief(
        unit, region, tuple(documents), tuple(tasks), tuple(_figure(shelf, fact) for fact in figures), tuple(terms),
        tuple(partners.most_common(12)), tuple(notices),
    )  # fmt: skip


def _task(shelf: Shelf, fact: StoredFact, names: frozenset[str], day: dt.date) -> dict[str, Any]:
    payload = fact.payload
    role = next((role for role, key in ROLES if names.intersection(payload[key])), None)
    lapsed = shelf.standing(fact, day) is None
    return {**payload, "role": role, "lapsed": lapsed, "title": shelf.title(fact), "document_id": fact.document_id}


def _figure(shelf: Shelf, fact: StoredFact) -> dict[str, Any]:
    return {**fact.payload, "title": shelf.title(fact), "document_id": fact.document_id}


def _where(record: dict[str, Any], serials: dict[str, int]) -> str:
    """The place of a fact, its document by the number it has in the list."""
    serial = serials.get(record["document_id"])
    if serial is None:
        return place(record)
    return f"[{serial}] {record.get('place') or ' > '.join(record['section_path'])}"


def _stands_alone(term: str, known: list[str], words: str) -> bool:
    """Whether a term stands in a text other than as a part of a longer one: 三保障 not in 两不愁三保障."""
    inside = sum(words.count(other) for other in known if term in other and term != other)
    return words.count(term) > inside


def _figures(corpus: Corpus, tasks: list[StoredFact], region: str | None) -> list[StoredFact]:
    """The figures inside the tasks; of a whole region, its targets that stand outside tasks as well."""
    spans: dict[int, list[StoredFact]] = {}
    for task in tasks:
        spans.setdefault(task.document, []).append(task)
    found = [
        fact
        for fact in corpus.facts("target", documents=spans)
        if any(task.span.start <= fact.span.start < task.span.end for task in spans[fact.document])
    ]
    if region:
        known = {(fact.document, fact.id) for fact in found}
        found += [f for f in graph_targets(corpus, region=region, kind="target") if (f.document, f.id) not in known]
    return found
