"""What the policy graph answers 图谱查询, as records: the same for the command line, the page, REST and MCP."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from corpus.errors import UsageError
from corpus.store import Corpus, DocumentInfo, StoredFact

Record = dict[str, Any]
LINKS = 200
"""Pairs of like tasks that one answer shows at most."""


class PolicyGraph:
    """Questions to the stored facts that need more than one list; every count is exact, every row has its place in a document."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    def duties(self, unit: str, *, region: str | None = None, role: str | None = None, former: bool = True) -> Record:
        """All tasks of a unit with the part it has in each, those under a former name marked; counts by role and by region."""
        from graph.queries.facts import duties_of

        found = [
            duty for duty in duties_of(self.corpus, unit, region=region, former=former) if role is None or role in duty.roles
        ]
        records = self.titled(duty.fact for duty in found)
        tasks = [
            {**record, "roles": list(duty.roles), "former": _former(duty.former)}
            for record, duty in zip(records, found, strict=True)
        ]
        roles = Counter(name for duty in found for name in duty.roles)
        regions = Counter(record["region"] or "" for record in records)
        names: dict[str, Record] = {}
        for duty in found:
            if duty.former is not None:
                entry = names.setdefault(duty.former.name, {**(_former(duty.former) or {}), "count": 0})
                entry["count"] += 1
        return {
            "unit": unit,
            "region": region,
            "total": len(tasks),
            "roles": {name: roles.get(name, 0) for name in ("lead", "responsible", "supporting")},
            "regions": [{"region": name or None, "count": count} for name, count in regions.most_common()],
            "former_names": list(names.values()),
            "tasks": tasks,
        }

    def unit_counts(self, *, region: str | None = None) -> list[Record]:
        """Every unit with a duty and the exact number of its tasks by role, most first."""
        from graph.queries.facts import units

        return [
            {
                "unit": entry.name,
                "total": entry.total,
                "lead": entry.lead,
                "responsible": entry.responsible,
                "supporting": entry.supporting,
                "regions": list(entry.regions),
            }
            for entry in units(self.corpus, region=region)
        ]

    def partners(self, unit: str, *, region: str | None = None) -> list[Record]:
        """The units that share tasks with a unit, most first, with the parts the two have in them."""
        from graph.queries.facts import partners

        return [
            {
                "unit": partner.name,
                "shared": partner.shared,
                "roles": [{"own": own, "partner": other, "count": count} for (own, other), count in partner.roles],
            }
            for partner in partners(self.corpus, unit, region=region)
        ]

    def targets_by_year(self, *, region: str | None = None, kind: str | None = "target") -> list[Record]:
        """The targets of a region by the year they are due, earliest first; those without a year come last."""
        from graph.queries.facts import targets_by_year

        found = targets_by_year(self.corpus, region=region, kind=kind)
        return [{"year": year, "count": len(facts), "targets": self.titled(facts)} for year, facts in found.items()]

    def coverage(self, upper: str, lower: str) -> Record:
        """落实对照: each task and target of an upper document with what takes it up in a lower one; names are ids or file names.

        ``mention`` quotes the lower document where it takes a task up in other words and not as a task of its own.
        """
        from graph.alignment.coverage import coverage
        from qa.comparison.columns import column_of
        from qa.comparison.implementation import mentioned
        from qa.documents import Shelf

        documents = [self.corpus.find(name) for name in (upper, lower)]
        if documents[0].row == documents[1].row:
            raise UsageError("落实对照要两份不同的文件：先写上级文件，再写下级文件。")
        found = coverage(self.corpus, documents[0].row, documents[1].row)
        rows = [info.row for info in documents]
        shelf = Shelf(self.corpus)
        elsewhere = mentioned([task.name for task in found.missing], column_of(rows[1], shelf), shelf)
        missing = sum(task.name not in elsewhere for task in found.missing)
        records = {
            (kind, record["document_id"], record["id"]): record
            for kind in ("task", "target")
            for record in self.titled(self.corpus.facts(kind, documents=rows))
        }

        def of(fact: Any, kind: str) -> Record | None:
            return None if fact is None else records[kind, fact.document_id, fact.id]

        return {
            "upper": _document(documents[0]),
            "lower": _document(documents[1]),
            "counts": {
                "tasks": len(found.tasks),
                "taken_up": len(found.tasks) - missing,
                "missing": missing,
                "targets": len(found.targets),
                "missing_targets": len(found.missing_targets),
                "own": len(found.own),
            },
            "tasks": [
                {
                    "upper": of(entry.upper, "task"),
                    "lower": of(entry.lower, "task"),
                    "score": entry.score,
                    "words": list(entry.words),
                    "nearest": of(entry.nearest, "task"),
                    "mention": [c.record() for c in elsewhere.get(entry.upper.name, ())] if entry.lower is None else [],
                }
                for entry in found.tasks
            ],
            "targets": [
                {
                    "upper": of(entry.upper, "target"),
                    "lower": of(entry.lower, "target"),
                    "score": entry.score,
                    "reason": entry.reason,
                }
                for entry in found.targets
            ],
            "own": [of(task, "task") for task in found.own],
        }

    def lineage(self, name: str, *, as_of: dt.date | None = None) -> Record:
        """What a document names and who names it, its versions, and whether it is in force on a day, with the reason."""
        from graph.documents.lineage import edges
        from graph.documents.standing import relations, standing

        info = self.corpus.find(name)
        day = as_of or dt.date.today()
        infos = {other.row: other for other in self.corpus.infos()}
        basis, followers = [], []
        for edge in edges(self.corpus):
            source = infos[edge.source]
            place = {"start": edge.span.start, "end": edge.span.end} if edge.span else None
            if edge.source == info.row:
                inside = _document(infos[edge.target]) if edge.target is not None else None
                basis.append(
                    {
                        "relation": edge.relation,
                        "title": edge.title,
                        "doc_number": edge.doc_number,
                        "document": inside,
                        "place": place,
                    }
                )
            elif edge.target == info.row:
                followers.append({"relation": edge.relation, "document": _document(source), "place": place})
        known = relations(self.corpus)
        chain = next((c for c in known.chains if any(info.row in (v.document, *v.copies) for v in c)), ())
        state = standing(self.corpus, info, day)
        return {
            "document": _document(info),
            "as_of": day.isoformat(),
            "validity": {"status": state.status, "reason": state.reason, "until": state.until},
            "names": basis,
            "named_by": followers,
            "versions": [
                {**_document(infos[v.document]), "mark": v.mark, "year": v.year, "copies": len(v.copies)}
                for v in chain
                if v.document in infos
            ],
        }

    def same_indicators(self, words: str, *, kind: str | None = "target") -> list[Record]:
        """Targets whose indicator holds some words, in groups of the same indicator under whatever name; groups of most regions first."""
        from graph.alignment.indicators import align_targets
        from graph.codec.rows import from_fact
        from graph.queries.facts import targets

        facts = targets(self.corpus, indicator=words, kind=kind)
        records = {(r["document_id"], r["id"]): r for r in self.titled(facts)}
        groups = [[records[t.document_id, t.id] for t in group] for group in align_targets(_targets(map(from_fact, facts)))]
        found = [
            {
                "indicator": Counter(r["indicator"] for r in group).most_common(1)[0][0],
                "names": list(dict.fromkeys(r["indicator"] for r in group)),
                "regions": sorted({r["region"] for r in group if r["region"]}),
                "targets": group,
            }
            for group in groups
        ]
        return sorted(found, key=lambda entry: (-len(entry["regions"]), -len(entry["targets"])))

    def like_tasks(self, *, topic: str, regions: Sequence[str] = ()) -> list[Record]:
        """Tasks of one topic that do the same thing in different regions, in pairs with a score and the words that carried it."""
        from graph.alignment.tasks import align_tasks
        from graph.codec.rows import from_fact
        from graph.facts import Task
        from graph.queries.facts import tasks

        facts = tasks(self.corpus, topic=topic)
        if regions:
            inside = {fact.row for region in regions for fact in tasks(self.corpus, topic=topic, region=region)}
            facts = [fact for fact in facts if fact.row in inside]
        records = {(r["document_id"], r["id"]): r for r in self.titled(facts)}
        links = align_tasks([task for task in map(from_fact, facts) if isinstance(task, Task)])
        return [
            {
                "first": records[link.first.document_id, link.first.id],
                "second": records[link.second.document_id, link.second.id],
                "score": link.score,
                "words": list(link.words),
            }
            for link in links[:LINKS]
        ]

    def titled(self, facts: Iterable[StoredFact]) -> list[Record]:
        """The records of facts with the title and number of their documents, and what was doubtful in reading those."""
        found = list(facts)
        documents = {fact.document for fact in found}
        names, doubts = self.corpus.names(documents), self.corpus.doubts(documents)
        out = []
        for fact in found:
            title, number = names[fact.document]
            known = {"document_id": fact.document_id, "title": title, "doc_number": number}
            out.append({**fact.payload, **known, "warnings": doubts.get(fact.document, [])})
        return out


def _targets(facts: Iterable[Any]) -> list[Any]:
    from graph.facts import Target

    return [fact for fact in facts if isinstance(fact, Target)]


def _former(change: Any) -> Record | None:
    return (
        None
        if change is None
        else {"name": change.name, "successor": change.successor, "since": change.since, "note": change.note}
    )


def _document(info: DocumentInfo) -> Record:
    head = info.head
    return {
        "id": info.id,
        "source": info.source,
        "title": head.title,
        "doc_number": head.doc_number,
        "region": head.region,
        "date": head.issued_on or head.published_on,
    }


def counted(record: Mapping[str, Any]) -> str:
    """The counts of a unit's tasks in words."""
    roles = record["roles"]
    parts = [
        f"{word} {roles[name]}"
        for name, word in (("lead", "牵头"), ("responsible", "责任"), ("supporting", "配合"))
        if roles[name]
    ]
    former = "".join(
        f"；其中 {n['count']} 项记在原{n['name']}名下（{n['since']} 起为{n['successor']}）" for n in record["former_names"]
    )
    return f"共 {record['total']} 项任务（{'、'.join(parts) or '未分职责'}）{former}。"
