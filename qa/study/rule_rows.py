"""Rows of rules 规定的情形和标准: a situation that a document names and what it provides for it, each as a stretch of one sentence."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.document import Span
from corpus.numerals import half_width
from corpus.store import StoredFact
from corpus.text import sentences
from corpus.wordlists import expand
from graph.codec.records import ProvisionRecord
from graph.quantities.find import find_quantities
from graph.quantities.quantity import Quantity
from qa.study.question import is_balanced

_CLAUSE = re.compile(r"[,，:：]")
_PREDICATE = re.compile(
    expand(
        "qa",
        r"(?:(?:再|可|均|应|最高|一次性|每[人户月年套次]?|分别)*(?:{row_grants})|{row_moves}|{row_sets})",
    )
)
_OPENS = re.compile(
    r"^(?:其中|同时|此外|另外|并且?|且|而|还|即|以及|\s)+[,，]?|^(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.、．]|[①-⑳]|第[一二三四五六七八九十百零\d]+[条款项])\s*"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FROM = re.compile(r"由[^，,。；;]*\d[^，,。；;]*$")
_CHANGED = re.compile(expand("qa", r"{change_acts}"))
_ALONE = 20
"""Characters of a situation behind a semicolon that says by itself whom it is about; a shorter one leans on what stands before."""
_UNCERTAIN = re.compile(expand("qa", r"{row_doubts}"))
_PUNISHES = re.compile(expand("qa", r"{row_punishes}"))
_SHORTEST, _LONGEST = 8, 90
"""Characters of a situation that can be told from others and still be read at a glance."""
_LONGEST_RULE = 36
MONEY = frozenset(("元", "万元", "亿元", "%", "％", "倍", "元/月", "元/年"))
"""Units in which something is granted or set."""
_NO_SITUATION = re.compile(expand("qa", r"^(?:{row_fragments})"))
_NO_END = re.compile(expand("qa", r"(?:{situation_no_ends})$"))
_NO_RULE_END = re.compile(expand("qa", r"(?:{rule_no_ends})$"))
_CUT_NAME = re.compile(expand("qa", r"(?:{row_cut_names})$"))


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A situation with the rule for it.

    ``situation`` and ``rule`` are spans of the document, the rule behind the situation in one sentence; ``amount`` the written number
    with its unit inside the rule, and ``quantity`` what it says.
    """

    fact: StoredFact[ProvisionRecord]
    situation: Span
    rule: Span
    amount: Span
    quantity: Quantity

    @property
    def whole(self) -> Span:
        """Situation and rule."""
        return Span(self.situation.start, self.rule.end)


def find_rows(fact: StoredFact[ProvisionRecord], text: str) -> Iterator[RuleRow]:
    """The rows of a provision: sentences with one amount, granted or set, behind the words that say for what.

    Args:
        fact: The provision.
        text: The text of its document.
    """
    plain = half_width(text[fact.value.start : fact.value.end])
    for sentence in sentences(plain):
        part = sentence.of(plain)
        if len(part) > 240 or not re.search(r"\d", part) or _PUNISHES.search(part):
            continue
        row = None if _is_broken_off(plain, sentence) else _row(fact, plain, sentence)
        leans = plain[max(0, sentence.start - 1) : sentence.start] in "；;" and sentence.start > 0
        if row is not None and not (leans and len(row.situation) < _ALONE and not row.situation.of(text).startswith("对")):
            yield row


def _is_broken_off(plain: str, sentence: Span) -> bool:
    """Whether the line above breaks off in the middle of a sentence that goes on here."""
    above = plain[: sentence.start].rstrip("\n ").rpartition("\n")[2]
    return plain[sentence.start - 1 : sentence.start] == "\n" and len(above) > _ALONE and above[-1] not in "。；;：:！!？?”）)"


def _row(fact: StoredFact[ProvisionRecord], plain: str, sentence: Span) -> RuleRow | None:
    end = sentence.end
    while end > sentence.start and plain[end - 1] in "。；;\n!?！？ ":
        end -= 1
    start = sentence.start
    while (mark := _OPENS.match(plain[start:end])) is not None and mark.end():
        start += mark.end()
    cuts = [start, *(start + found.end() for found in _CLAUSE.finditer(plain[start:end])), end]
    clauses = [Span(a, b) for a, b in itertools.pairwise(cuts) if b > a]
    for clause in clauses:
        found = _PREDICATE.search(plain, clause.start, clause.end)
        if found is None:
            continue
        stop = clause.end - (plain[clause.end - 1] in ",，:：")
        amounts = [q for q in find_quantities(plain, found.start(), stop) if (q.unit or "") in MONEY and q.form == "arabic"]
        if len(amounts) != 1 or amounts[0].comparator == "range":
            continue
        return _checked(fact, plain, Span(start, found.start()), Span(found.start(), stop), amounts[0])
    return None


def _checked(fact: StoredFact[ProvisionRecord], plain: str, situation: Span, rule: Span, amount: Quantity) -> RuleRow | None:
    while situation.end > situation.start and plain[situation.end - 1] in ",，:： ":
        situation = Span(situation.start, situation.end - 1)
    said, given = situation.of(plain), rule.of(plain)
    if not _SHORTEST <= len(said) <= _LONGEST or len(given) > _LONGEST_RULE or _UNCERTAIN.search(said + given):
        return None
    if (
        _FROM.search(said)
        or _CHANGED.search(said)
        or _NO_SITUATION.match(said)
        or _NO_END.search(said)
        or _NO_RULE_END.search(given)
        or (given.startswith("为") and not _CUT_NAME.search(said))
    ):
        return None
    if "\n" in said + given or not is_balanced(said) or not is_balanced(given) or len(_NUMBER.findall(given)) != 1:
        return None
    at = fact.value.start
    core = amount.core
    return RuleRow(
        fact, Span(at + situation.start, at + situation.end), Span(at + rule.start, at + rule.end), Span(at + core.start, at + core.end), amount
    )  # fmt: skip
