"""Two versions of one document clause by clause 新旧对照: what was changed, added or removed, and in which words."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from corpus.text import SENTENCE_ENDS
from qa.answer import Cell, Comparison, ComparisonRow
from qa.answers.draft import cite, flatten
from qa.comparison.clauses import Clause, list_clauses
from qa.comparison.columns import ComparisonColumn
from qa.documents import LibraryView

SAME_PLACE, ALIKE = 0.3, 0.5
"""How alike two clauses must be to be one clause changed: under the same number, and anywhere."""
TOGETHER = 2
"""Changes with no more characters than this between them are shown as one."""
LONGEST = 3000
"""Beyond this many characters a clause is compared sentence by sentence."""
SHOWN = 3
"""Changes of wording named for one clause at most."""

ONE_LINE = 40
"""Characters of each side that fit on one line of a list."""

_token = re.compile(r"[0-9０-９.．]+%?|[A-Za-z]+|.", re.DOTALL)
_sentence = re.compile(f"[^{SENTENCE_ENDS}]*[{SENTENCE_ENDS}]?")


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause and its counterpart in the other version, or None."""

    old: Clause | None
    new: Clause | None

    @property
    def kind(self) -> str:
        """新增, 删去, 未变, 序号调整 or 修改."""
        if self.old is None:
            return "新增"
        if self.new is None:
            return "删去"
        if self.old.folded != self.new.folded:
            return "修改"
        return "未变" if self.old.number == self.new.number else "序号调整"


def compare_versions(old: ComparisonColumn, new: ComparisonColumn, view: LibraryView, *, as_of: dt.date) -> Comparison:
    """Compare two versions: one row for each clause that differs, in the order of the new version."""
    changes = align_clauses(list_clauses(old), list_clauses(new))
    counts = Counter(change.kind for change in changes)
    kinds = ("修改", "新增", "删去", "序号调整", "未变")
    lines = ["；".join(f"{kind} {counts[kind]} 处" for kind in kinds if counts[kind]) + "。"]
    shown = [change for change in changes if change.kind in ("修改", "新增", "删去")]
    for change in shown:
        lines += _reworded(change, old, new)
    return Comparison(
        question=f"{old.name}与{new.name}",
        topic=None,
        regions=(old.name, new.name),
        rows=tuple(
            ComparisonRow(f"{change.kind}　{_label(change)}", (_cell(old, change.old), _cell(new, change.new)))
            for change in shown
        ),
        differences=tuple(lines),
        columns=(old.head(view, as_of), new.head(view, as_of)),
        form="新旧对照",
    )


def align_clauses(old: Sequence[Clause], new: Sequence[Clause]) -> list[ClauseChange]:
    """Pair the clauses of two versions: by identical text, then by number with similar text, then by similarity alone."""
    partner: dict[int, int] = {}
    taken: set[int] = set()

    def pair(i: int, j: int) -> None:
        partner[j] = i
        taken.add(i)

    by_text: dict[str, list[int]] = defaultdict(list)
    by_path: dict[tuple[str | None, ...], list[int]] = defaultdict(list)
    for i, clause in enumerate(old):
        by_text[clause.folded].append(i)
        by_path[clause.path].append(i)
    for j, clause in enumerate(new):
        same = [i for i in by_text[clause.folded] if i not in taken]
        if same:
            pair(min(same, key=lambda i: (old[i].path != clause.path, abs(i - j))), j)
    pairs_old, pairs_new = [count_pairs(c.folded) for c in old], [count_pairs(c.folded) for c in new]
    for j, clause in enumerate(new):
        if j not in partner:
            near = [(share_pairs(pairs_old[i], pairs_new[j]), i) for i in by_path[clause.path] if i not in taken]
            if near and max(near)[0] >= SAME_PLACE:
                pair(max(near)[1], j)
    rest = [
        (share_pairs(pairs_old[i], pairs_new[j]), i, j)
        for j in range(len(new)) if j not in partner
        for i in range(len(old)) if i not in taken
    ]  # fmt: skip
    for score, i, j in sorted(rest, reverse=True):
        if score >= ALIKE and i not in taken and j not in partner:
            pair(i, j)
    return _in_order(old, new, partner, taken)


def _in_order(old: Sequence[Clause], new: Sequence[Clause], partner: dict[int, int], taken: set[int]) -> list[ClauseChange]:
    """The pairs in the order of the new version; a removed clause comes after the clause it used to follow."""
    place = {i: j for j, i in partner.items()}
    behind: dict[int, list[int]] = defaultdict(list)
    last = -1
    for i in range(len(old)):
        if i in taken:
            last = place[i]
        else:
            behind[last].append(i)
    out = [ClauseChange(old[i], None) for i in behind[-1]]
    for j, clause in enumerate(new):
        out.append(ClauseChange(old[partner[j]] if j in partner else None, clause))
        out += [ClauseChange(old[i], None) for i in behind[j]]
    return out


def count_pairs(text: str) -> Counter[str]:
    """The pairs of characters side by side in a text, each with how often it is there."""
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


def share_pairs(a: Counter[str], b: Counter[str]) -> float:
    """The share of the pairs of characters that two texts have in common, from 0 to 1 (Dice)."""
    total = a.total() + b.total()
    return 2 * sum(min(n, b[pair]) for pair, n in a.items() if pair in b) / total if total else 0.0


def _label(change: ClauseChange) -> str:
    clause = change.new or change.old
    return " ".join((clause.label if clause else "").split())[:30]


def _cell(column: ComparisonColumn, clause: Clause | None) -> Cell:
    info = column.document.info
    if clause is None:
        return Cell(column.name, info.source, None, (), info.id)
    cited = cite(column.document, clause.span)
    return Cell(column.name, info.source, flatten(cited.quote), (cited,), info.id)


def _reworded(change: ClauseChange, old: ComparisonColumn, new: ComparisonColumn) -> list[str]:
    """The old and new words of a changed clause, as in the texts."""
    if change.old is None or change.new is None:
        return []
    said = [flatten(column.document.text[c.span.start : c.span.end]) for column, c in ((old, change.old), (new, change.new))]
    told = describe_changes(*said)
    return [f"{_label(change)}：{told}。"] if told else []


def describe_changes(old: str | None, new: str | None, *, longest: int | None = None) -> str:
    """What was changed between two wordings, in one line; each side cut to ``longest`` characters; "" where one is missing.

    >>> describe_changes("补助800元。", "补助1000元。")
    '“800”改为“1000”'
    """
    if not old or not new:
        return ""
    found = [(_cut(before, longest), _cut(after, longest)) for before, after in diff_wording(old, new)]
    out = [
        f"“{before}”改为“{after}”" if before and after else f"删去“{before}”" if before else f"增加“{after}”"
        for before, after in found[:SHOWN]
    ]
    more = f"，另有 {len(found) - SHOWN} 处" if len(found) > SHOWN else ""
    return "；".join(out) + more


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"


def diff_wording(before: str, after: str) -> list[tuple[str, str]]:
    """The differing parts of two texts as (old, new); changes with at most ``TOGETHER`` characters between them are joined."""
    split = _sentence if max(len(before), len(after)) > LONGEST else _token
    a, b = [m.group() for m in split.finditer(before)], [m.group() for m in split.finditer(after)]
    runs: list[list[int]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if runs and i1 - runs[-1][1] <= TOGETHER and j1 - runs[-1][3] <= TOGETHER:
            runs[-1][1], runs[-1][3] = i2, j2
        else:
            runs.append([i1, i2, j1, j2])
    return [("".join(a[i1:i2]).strip(), "".join(b[j1:j2]).strip()) for i1, i2, j1, j2 in runs]
