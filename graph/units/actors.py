"""Units named as acting subjects 行为主体 in running text: 各县市、各部门要强化责任, without formal responsibility."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import ParsedDocument
from graph.facts import Task, UnitMention
from graph.lexicon import expand
from graph.units.find import read_unit_list
from graph.units.resolve import resolve
from graph.units.words import is_named_unit

# the subject stands between the beginning of its clause and the modal verb
_SUBJECT = re.compile(
    expand(r"(?:^|[。；;，,！\n])([^。；;，,：:！\n要应须]{2,60}?)(?:{modals}|{subject_verbs})(?![求素急届用])"), re.M
)


def find_actors(doc: ParsedDocument, tasks: Sequence[Task] = ()) -> tuple[UnitMention, ...]:
    """The acting subjects of the policy text of a document."""
    formal = sorted(unit.span for task in tasks for unit in task.units if not unit.inherited)
    out: list[UnitMention] = []
    seen = 0
    for zone in doc.body_spans() if doc.zones else ():
        for match in _SUBJECT.finditer(doc.text, zone.start, zone.end):
            for unit in read_unit_list(doc.text, match.start(1), match.end(1)):
                if not is_named_unit(unit.name):
                    continue
                while seen < len(formal) and formal[seen].end <= unit.span.start:
                    seen += 1
                if seen < len(formal) and formal[seen].overlaps(unit.span):
                    continue
                out.append(UnitMention(unit.name, "actor", unit.span, resolve(unit.name, doc.head_at(unit.span.start))))
    return tuple(out)
