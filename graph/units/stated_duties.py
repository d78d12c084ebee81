"""Find units that running text gives something to do: 各区住房城乡建设局负责受理…, 由市科技局会同市财政局组织评审."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from corpus.document import Span
from graph.facts import UnitRole
from graph.lexicon import alternatives, expand, word_lists
from graph.units.find import ListedUnit, read_unit_list
from graph.units.lists import ResponsibilityClause
from graph.units.words import is_named_unit, is_unit

_CLAUSE = re.compile(r"[^，,。；;：:！!\n]+")
_SENTENCE_END = re.compile(r"[。；;\n]")
_OPENING = re.compile(
    expand(
        r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]\s*|第[一-龥\d]{1,6}条\s*)?(?:{duty_reports}?{duty_report_verbs})?由?"
    )
)
# what stands between subject and act; the act itself
_ACT = re.compile(
    expand(
        r"(?:{duty_modals}(?![求素急届])(?!{duty_conditions})|{duty_manners_stated}|{duty_verbs_stated}(?![人方的])"
        r"|{duty_prepositions}[^。；;\n]{1,90}?{duty_verbs_stated}(?![人方的]))"
    )
)
# 经区教育局审核, 材料不全的由区行政审批局告知: the one that acts stands inside the clause
_INSIDE = re.compile(
    expand(
        r"(?:(?<!事)(?<!理)(?<!自)(?<!缘)由(?!于)(?P<who>[^，,。；;：:\n]{3,60})|{duty_passages}(?P<checks>[^，,。；;：:\n]{3,40}?)(?={duty_checks}(?!后?[，,]?(?:批准|同意))))"
    )
)
_INWARD = re.compile(expand(r"由|{duty_passages}"))
"""What every match of ``_INSIDE`` has."""
# 联席会议办公室设在县卫生健康局
_SEAT = "设在"
_SEATED = re.compile(expand(r"{offices_seated}设在(?P<who>[^，,。；;：:（(\n]{3,40})"))
_EXPLAINS = re.compile(r"[^，。；\n]{0,12}解释")
_SUPPORTS = re.compile(expand(r"(?:{duty_modals}|{duty_manners_stated})*{duty_support}"))
_LEADS = re.compile(expand(r"(?:{duty_modals}|{duty_manners_stated})*牵头"))
_TOGETHER = re.compile(expand(r"(?:{duty_modals}|{duty_manners_stated}|负责|牵头)*{duty_with}"))
# 向同级政府采购监管部门, 各单位要积极组织: more than a name
_PART_OF_SENTENCE = re.compile(
    expand(
        r"^[并可均也再]?[向将对按在从报]|会(?:有关|相关|同)|.[报送](?:{levels}|市|上级|同级)|..{duty_modals}{duty_manners_stated}*{duty_verbs_stated}"
    )
)
_LONGEST_SUBJECT = 60
_LEAST_COVERED = 0.6


@lru_cache(maxsize=1)
def _demand() -> re.Pattern[str]:
    return re.compile(alternatives("demand_verbs.txt"))


def find_stated_duties(text: str, start: int, end: int) -> list[ResponsibilityClause]:
    """Find the units that are the subject of a duty in the running text of ``text[start:end]``, in order.

    牵头 and 会同 give the role lead, what stands behind 会同 and before 配合 is supporting, every other subject is responsible.
    申请人, 企业 and 个人 are no organisation and are left out; so is who explains the document (负责解释).

    Args:
        text: The text.
        start: Where to begin.
        end: Where to stop.

    Returns:
        One clause for each subject, with its units and their roles.

    Example:
        >>> [(u.name, u.role) for d in find_stated_duties("由市科技局会同市财政局组织评审。", 0, 16) for u in d.units]
        [('市科技局', 'lead'), ('市财政局', 'supporting')]
    """
    out: list[ResponsibilityClause] = []
    acts = _NextAct(text)
    stop = start
    inward, seating = _INWARD.search(text, start, end), text.find(_SEAT, start, end) >= 0
    for clause in _CLAUSE.finditer(text, start, end):
        opening = _OPENING.match(text, clause.start(), clause.end())
        begin = opening.end() if opening else clause.start()
        if stop < clause.end():
            sentence = _SENTENCE_END.search(text, clause.end(), end)
            stop = sentence.start() if sentence else end
        duties: list[ResponsibilityClause] = []
        if acts.begins(begin + 2, min(clause.end(), begin + _LONGEST_SUBJECT + 1), stop):
            duties += _duty_of_clause(text, begin, clause.end(), stop)
        for inside in _INSIDE.finditer(text, duties[0].span.end - 1 if duties else begin, clause.end()) if inward else ():
            duties += _duty_of_clause(text, inside.start(inside.lastgroup or 0), clause.end(), stop)
        seat = _SEATED.search(text, clause.start(), clause.end()) if seating and not duties else None
        seated = _subjects(text, seat.start("who"), seat.end("who")) if seat else []
        if seat and seated:
            units = tuple(ListedUnit(unit.name, "responsible", unit.span) for unit in seated)
            duties.append(ResponsibilityClause(Span(seat.start(), seat.end()), units))
        out += duties
    return out


class _NextAct:
    """Where the next act of a text begins, asked for from left to right: clauses without one do not each look for it anew."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._from = self._at = self._stop = -1

    def begins(self, start: int, before: int, stop: int) -> bool:
        """Whether an act, which may reach to ``stop``, begins from ``start`` on but before a place."""
        if stop != self._stop or not self._from <= start <= self._at:
            act = _ACT.search(self._text, start, stop)
            self._from, self._at, self._stop = start, act.start() if act else len(self._text), stop
        return self._at < before


def _duty_of_clause(text: str, begin: int, end: int, stop: int) -> Iterator[ResponsibilityClause]:
    """The duty whose subject begins at ``begin`` and whose act begins before ``end``; a phrase before the verb may reach to ``stop``."""
    for act in _ACT.finditer(text, begin + 2, stop):
        if act.start() >= end or act.start() - begin > _LONGEST_SUBJECT:
            return
        units = _subjects(text, begin, act.start())
        if not units:
            continue
        if _EXPLAINS.match(text, act.start(), end):
            return
        together = _TOGETHER.match(text, act.start(), end)
        role = "lead" if together else _role_in(text, act.start(), end)
        found = [ListedUnit(unit.name, role, unit.span) for unit in units]
        if together:
            found += [ListedUnit(unit.name, "supporting", unit.span) for unit in _others(text, together.end(), end)]
        yield ResponsibilityClause(Span(begin, act.end()), tuple(found))
        return


def _role_in(text: str, start: int, end: int) -> UnitRole:
    """The role of who alone does what an act says."""
    if _SUPPORTS.match(text, start, end):
        return "supporting"
    return "lead" if _LEADS.match(text, start, end) else "responsible"


def _others(text: str, start: int, end: int) -> list[ListedUnit]:
    """The units behind 会同, up to the act they share."""
    for act in _ACT.finditer(text, start + 2, end):
        units = _subjects(text, start, act.start())
        if units:
            return units
    # 会同市金融办用好资金: the longest stretch that is nothing but units
    for stop in range(min(end, start + _LONGEST_SUBJECT), start + 2, -1):
        units = _subjects(text, start, stop)
        if units and units[-1].span.end == stop:
            return units
    return []


def _subjects(text: str, start: int, end: int) -> list[ListedUnit]:
    """The units of a subject; none where a word of it is no organisation, or most of it is something else."""
    units = read_unit_list(text, start, end)
    if not units or not all(_acts(unit.name) for unit in units):
        return []
    covered = sum(len(unit.span) for unit in units)
    return units if covered >= _LEAST_COVERED * len(text[start:end].strip()) else []


def _acts(name: str) -> bool:
    if not is_unit(name) or name.endswith(word_lists()["no_organisations"]):
        return False
    if name in word_lists()["everyone_named"] or _PART_OF_SENTENCE.search(name):
        return False
    holders = word_lists()["duty_holders"]
    return is_named_unit(name) or name in holders or (name.endswith(holders) and not _demand().match(name))
