"""应知应会: what a post has to know, in the order one learns it: basis, tasks, figures, terms, whom one works with."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import asdict, dataclass

from corpus.document import Span
from corpus.errors import UsageError
from corpus.store import Corpus, StoredFact
from graph.codec.records import Json, TargetRecord, TaskRecord
from graph.documents.status import status_on
from graph.queries.cited import location
from graph.queries.counted import describe_folded
from graph.queries.facts import targets as graph_targets
from graph.queries.facts import tasks as graph_tasks
from graph.queries.facts import unit_keys
from graph.queries.unit import called
from qa.study.facts import StudyFacts
from qa.study.glossary import GlossaryEntry
from qa.study.glossary import terms as glossary
from qa.study.question import shortened

ROLES = ("牵头", "责任", "配合")


@dataclass(frozen=True, slots=True)
class BriefDocument:
    """A document that sets tasks of a post: how many, and whether it is in force."""

    id: str
    source: str
    title: str
    doc_number: str | None
    tasks: int
    validity: str
    reason: str


@dataclass(frozen=True, slots=True)
class BriefTask:
    """A task of a post: the part the unit has in it, and whether its time is over."""

    fact: TaskRecord
    title: str
    role: str | None
    lapsed: bool

    def record(self) -> Json:
        """The shape other programs read."""
        return {**self.fact.to_record(), "role": self.role, "lapsed": self.lapsed, "title": self.title}


@dataclass(frozen=True, slots=True)
class BriefTarget:
    """A figure a post has to know."""

    fact: TargetRecord
    title: str

    def record(self) -> Json:
        """The shape other programs read."""
        return {**self.fact.to_record(), "title": self.title}


@dataclass(frozen=True, slots=True)
class Brief:
    """What a post has to know; every entry has its place in the documents."""

    unit: str | None
    region: str | None
    documents: tuple[BriefDocument, ...]
    tasks: tuple[BriefTask, ...]
    targets: tuple[BriefTarget, ...]
    terms: tuple[GlossaryEntry, ...]
    partners: tuple[tuple[str, int], ...]
    notices: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The heading of the brief."""
        return f"{'·'.join(filter(None, (self.region, self.unit))) or '全库'}：应知应会"

    @property
    def fact_ids(self) -> list[str]:
        """The ids of its tasks, figures and terms."""
        return [entry.fact.id for entries in (self.tasks, self.targets, self.terms) for entry in entries]

    @property
    def asked_about(self) -> list[str]:
        """What questions of the post are about: its facts, and what else its documents say."""
        return [*self.fact_ids, *(document.id for document in self.documents)]

    @property
    def document_ids(self) -> frozenset[str]:
        """The ids of the documents its tasks and figures are in."""
        return frozenset(entry.fact.document_id for entries in (self.tasks, self.targets) for entry in entries)

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "unit": self.unit,
            "region": self.region,
            "documents": [asdict(document) for document in self.documents],
            "tasks": [task.record() for task in self.tasks],
            "targets": [target.record() for target in self.targets],
            "terms": [term.record() for term in self.terms],
            "partners": [{"unit": name, "tasks": count} for name, count in self.partners],
            "notices": list(self.notices),
        }

    def text(self) -> str:
        """The brief as printed."""
        lines = [self.title, ""]
        lines += [f"【注意】{notice}" for notice in self.notices]
        lines.append(f"一、先读这些文件（{len(self.documents)}份）")
        serials = {document.id: i for i, document in enumerate(self.documents, 1)}
        for document in self.documents:
            number = f"（{document.doc_number}）" if document.doc_number else ""
            lines.append(f"  [{serials[document.id]}] 《{document.title}》{number}　{document.tasks}项任务　{document.validity}")
        lines.append(f"二、要做的任务（{len(self.tasks)}项）")
        for serial, task in enumerate(self.tasks, 1):
            role = f"〔{task.role}〕" if task.role else ""
            deadline = f"　时限：{task.fact.deadline}" if task.fact.deadline else ""
            lapsed = "　〔所限时期已届满，或出自未生效、已失效的文件〕" if task.lapsed else ""
            lines += [f"  {serial}. {role}{task.fact.name}{deadline}{lapsed}", f"     出处：{_where(task, serials)}"]
        lines.append(f"三、要记的数字（{len(self.targets)}个）")
        for target in self.targets:
            lines.append(f"  · {target.fact.indicator}：{target.fact.value_text}")
            lines.append(f"     原文：“{shortened(target.fact.quote)}”　{_where(target, serials)}")
        lines.append(f"四、要懂的术语（{len(self.terms)}个）")
        for term in self.terms:
            meaning = term.fact.definition or "文件只提到，没有解释"
            lines.append(f"  · {term.fact.term}：{shortened(meaning)}")
        if self.partners:
            lines.append("五、常打交道的单位（共同承担的任务数）")
            lines.append("  " + "、".join(f"{name}（{count}）" for name, count in self.partners))
        return "\n".join(lines)


def brief(corpus: Corpus, *, unit: str | None = None, region: str | None = None, as_of: dt.date | None = None) -> Brief:
    """What a unit (in a region) has to know; without a unit, what the region as a whole has to."""
    if not unit and not region:
        raise UsageError("请写明岗位所在的单位或地区，例如 --unit 州医保局 --region 甘南州。")
    day = as_of or dt.date.today()
    study_facts = StudyFacts(corpus)
    facts = graph_tasks(corpus, unit=unit, region=region, as_of=day)
    names = called(facts, [unit, *unit_keys(corpus, unit)]) if unit else frozenset()
    tasks = [_task(study_facts, fact, names, day) for fact in facts]
    tasks.sort(key=lambda task: ROLES.index(task.role) if task.role else len(ROLES))
    figures = _figures(corpus, facts, region if not unit else None, day)
    words = "".join(task.fact.quote for task in tasks)
    known = list(corpus.keys("term"))
    terms = [entry for entry in glossary(corpus, as_of=day) if _stands_alone(entry.fact.term, known, words)]
    partners = Counter(
        name for task in tasks for _, units in task.fact.units_by_role for name in dict.fromkeys(units) if name not in names
    )
    counts = Counter(fact.document for fact in facts)
    documents, notices = [], []
    for row, count in counts.most_common():
        info = study_facts.infos[row]
        state = status_on(corpus, info, day)
        documents.append(
            BriefDocument(
                info.id, info.source, info.head.title or info.source, info.head.doc_number, count, state.status, state.reason
            )
        )
        if state.status in ("已废止", "征求意见稿", "已修订", "已失效"):
            notices.append(f"《{info.head.title or info.source}》：{state.reason}")
    if facts.folded:
        notices.append(describe_folded(facts.folded))
    late = sum(1 for task in tasks if task.lapsed)
    if late:
        notices.append(f"有{late}项任务的规定限于过渡期等已届满的时期，或出自未生效、已失效的文件，执行前请核对现行政策。")
    return Brief(
        unit, region, tuple(documents), tuple(tasks), tuple(BriefTarget(fact.value, study_facts.title(fact)) for fact in figures), tuple(terms),
        tuple(partners.most_common(12)), tuple(notices),
    )  # fmt: skip


def _task(study_facts: StudyFacts, fact: StoredFact[TaskRecord], names: frozenset[str], day: dt.date) -> BriefTask:
    role = next((role for role, units in fact.value.units_by_role if names.intersection(units)), None)
    return BriefTask(fact.value, study_facts.title(fact), role, lapsed=study_facts.standing(fact, day) is None)


def _where(entry: BriefTask | BriefTarget, serials: dict[str, int]) -> str:
    """The place of a fact, its document by the number it has in the list."""
    serial = serials.get(entry.fact.document_id)
    if serial is None:
        return location(entry.fact, entry.title)
    return f"[{serial}] {entry.fact.place or ' > '.join(entry.fact.section_path)}"


def _stands_alone(term: str, known: list[str], words: str) -> bool:
    """Whether a term stands in a text other than as a part of a longer one: 三保障 not in 两不愁三保障."""
    inside = sum(words.count(other) for other in known if term in other and term != other)
    return words.count(term) > inside


def _figures(
    corpus: Corpus, tasks: list[StoredFact[TaskRecord]], region: str | None, day: dt.date
) -> list[StoredFact[TargetRecord]]:
    """The figures inside the tasks; of a whole region, its targets that stand outside tasks as well."""
    spans: dict[int, list[Span]] = {}
    for task in tasks:
        spans.setdefault(task.document, []).append(task.span)
    found = [
        fact
        for fact in corpus.facts(TargetRecord, documents=spans)
        if any(span.start <= fact.start < span.end for span in spans[fact.document])
    ]
    if region:
        known = {(fact.document, fact.id) for fact in found}
        others = graph_targets(corpus, region=region, kind="target", as_of=day)
        found += [f for f in others if (f.document, f.id) not in known]
    return found
