"""Statements 规定句: the sentences of evidence items, each with the values it states and how far it speaks of the subject."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from corpus.document import Span
from corpus.folding import fold
from corpus.numerals import half_width
from corpus.text import sentences
from corpus.wordlists import entries, expand, word_lists
from graph.families.units import ComparableValue, to_base
from graph.quantities.find import find_quantities
from graph.tasks.deadlines import deadline_span
from index.equivalents import unify_terms
from qa.documents import DocumentView
from qa.understanding.concepts import QueryConcepts
from qa.understanding.lexicons import phrases

LONG = 150
"""Characters of a sentence that is one statement; a longer one is cut at its commas."""
PIECE = 110
"""Characters of the pieces it is cut into."""
NAMED_BEFORE = 34
"""Characters in front of a value in which its head and its group are looked for."""
_CHANGED_TO = expand("qa", "(?:{changed}(?:至|到|为|成)为?)")
_CHANGED = re.compile(_CHANGED_TO)
_JUST_CHANGED = re.compile(rf"{_CHANGED_TO}[“\"]?$")
_JOINED = re.compile(rf"[、和及](?:(?:由|从)[\d.]+[万亿]?元?{_CHANGED_TO})?")
_SOME = re.compile(expand("qa", "[{some_before}]几"))
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_ONE_AND_BOTH = re.compile(r"单[、和]双(?=(?:方|人)?缴存|职工)")
_FAMILY = re.compile(r"(?<![女孩缴工存方人])家庭(?=(?:住房)?公积金|可贷|最高|贷款最高|\(夫妻)")
_ONE_FAMILY = re.compile(r"(单缴存|单职工|单方缴存|一方缴存|单人缴存)(?:职工|人员|人|者)?家庭")
_QUESTION = re.compile(r"[?？]|^问[:：]")
_NUMBER = re.compile(
    r"^[\s]*(?:第?[一二三四五六七八九十百\d]{1,4}[、.．条是)）]|[(（][一二三四五六七八九十\d]{1,3}[)）]|答[:：])\s*"
)
_AIM = re.compile(r"^为(?!期|主)[^。；]{4,}[，,；]?$|^为(?!期|主).{6,60}[，,](?:根据|按照|结合|现)")
_TITLE = re.compile(r"(?:方案|清单|通知|意见|办法|规定|细则|样表|措施|规划|条例|公告|一览表)[》）)]?[（(]?[^，。；]{0,4}[）)]?$")
_PER = re.compile(
    r"每(?:一)?(月|年|人|户|平方米|套|次|亩|天|日|家|学期|学年)[^，,；;。]{0,16}$|(?<!\d)(月|年)(?:最高|不超过|提取)[^，,；;。\d]{0,6}$"
)
_PER_TIME = re.compile(r"每(?:一)?(月|年)")
_ADDRESSEES = re.compile(r"^各[^。；]{2,60}[:：]$|^(?:附件|抄送|联系人|联系电话)[:：]?")
_BOUND = re.compile(
    r"(?:[不未](?:得|能|应|可|再)?(?:超过|低于|高于|少于|多于|大于|小于)|最高|最低|至少|超过|最长|最多|上浮|约)+$"
)
_UNITS = re.compile(
    r"^[\s]*[（(【\[]?(?:责任单位|牵头单位|责任部门|配合单位|省|市)[^。]{0,120}(?:负责|单位)[^。]{0,8}[）)】\]]?[。]?$"
)
EVERYDAY = frozenset({"双方缴存", "单方缴存"})
"""Groups one of which everybody belongs to: a value for one of them may stand for the rule itself."""
_MEASURES = {"money": "金额", "percent": "比例", "time": "期限", "count": "数量", "person": "数量", "area": "数量", "mass": "数量",
             "ratio": "倍数", "energy": "数量", "length": "数量", "volume": "数量"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value that a statement gives.

    Attributes:
        text: The value as written, with its bounds.
        kind: What sort of value it is, in Chinese: 金额, 比例, 期限, 数量, 倍数, 时限.
        head: What it is a value of (最高额度), empty where no known word says so.
        group: Whom it is for (多子女家庭), empty where it is for all.
        value: The value in its base unit; None for a deadline.
        span: Its place in the document.
        clause: The clause that gives it.
        per: What it is given for each of (月 for 每月1800元), as far as the value itself does not say so.
    """

    text: str
    kind: str
    head: str
    group: str
    value: ComparableValue | None
    span: Span
    clause: Span
    per: str = ""


@dataclass(frozen=True)
class PlaceStatement:
    """A sentence, or a piece of a long one, that says something on the subject."""

    document: DocumentView
    span: Span
    score: float
    """How well the item it is from answers, by the selector."""
    heading: str = ""
    """The headings above it, folded."""
    asked: frozenset[str] = frozenset()
    """The groups that are asked about: a value for one of them is for no group among others."""

    @cached_property
    def text(self) -> str:
        """Its words."""
        return self.span.of(self.document.text)

    @cached_property
    def folded(self) -> str:
        """Its words, folded."""
        return fold(self.text)

    @cached_property
    def unified(self) -> str:
        """Its words, folded, with every thing called by one name, as questions call it: 最高可贷额度 is 贷款最高额度."""
        return unify_terms(self.folded)

    @cached_property
    def values(self) -> tuple[StatedValue, ...]:
        """The values it gives that hold now: of 由60万元提高到80万元 the second."""
        return tuple(_values(self))

    @cached_property
    def background(self) -> bool:
        """Whether it only gives reasons, announces or asks."""
        text = self.text.strip()
        lists = word_lists("qa")
        return bool(
            _QUESTION.search(text)
            or _ADDRESSEES.search(text)
            or _UNITS.match(text)
            or _AIM.match(text)
            or (_TITLE.search(text) and not re.search("[，,。；;]", text))
            or any(self.folded.find(word) in range(12) for word in lists["backgrounds"])
            or any(phrase in self.folded for phrase in phrases("preambles.txt"))
            or len(self.folded) < 8
        )

    def speaks_of(self, sought: QueryConcepts) -> float:
        """The share of the subject in its words; headings count less."""
        own, above = sought.profile(self.unified), sought.profile(self.heading)
        return sought.share([max(a, 0.6 * b) for a, b in zip(own, above, strict=True)])


def cut_statements(
    document: DocumentView, span: Span, score: float, asked: frozenset[str] = frozenset()
) -> Iterator[PlaceStatement]:
    """The statements of an item.

    Args:
        document: The document.
        span: The item.
        score: How well it answers.
        asked: The groups that are asked about.
    """
    text = document.text
    for sentence in sentences(span.of(text)):
        whole = Span(span.start + sentence.start, span.start + sentence.end).trimmed(text)
        for piece in _pieces(text, whole) if len(whole) > LONG else (whole,):
            number = _NUMBER.match(piece.of(text))
            start = piece.start + (number.end() if number else 0)
            found = Span(start, piece.end).trimmed(text) if start < piece.end else piece
            if len(found) >= 6:
                yield PlaceStatement(document, found, score, fold(" ".join(document.doc.heading_path(found.start))), asked)


def _pieces(text: str, sentence: Span) -> Iterator[Span]:
    start = end = sentence.start
    for cut in (*(m.end() for m in re.finditer("[，,]", sentence.of(text))), len(sentence)):
        stop = sentence.start + cut
        if end > start and stop - start > PIECE:
            yield Span(start, end).trimmed(text)
            start = end
        end = stop
    if end > start:
        yield Span(start, end).trimmed(text)


def _values(statement: PlaceStatement) -> Iterator[StatedValue]:
    base, text = statement.span.start, half_width(statement.text)
    quantities = find_quantities(text)
    changes = [m.start() for m in _CHANGED.finditer(text)]
    held = [q for q in quantities if not _before_change(text, q.core.start, q.span.end, changes)]
    listed = _respectively(text, _row_of_values(text, [(q.core.start, q.core.end, q.measure) for q in held]))
    for quantity in quantities:
        kind = _MEASURES.get(quantity.measure)
        if kind is None or (quantity.form == "words" and kind != "比例"):
            continue
        clause = _clause(text, quantity.core.start, quantity.span.end)
        if text.count("（", 0, quantity.core.start) + text.count("(", 0, quantity.core.start) > text.count(
            "）", 0, quantity.core.start
        ) + text.count(")", 0, quantity.core.start):
            continue  # what stands in brackets explains
        if quantity not in held:
            continue  # the value before the change
        before = text[max(0, quantity.core.start - NAMED_BEFORE) : quantity.core.start]
        near = text[clause.start : quantity.core.start]
        head = _head(quantity.measure, before) or _head(quantity.measure, statement.heading[-40:])
        bound = _BOUND.search(text, clause.start, quantity.core.start)
        begin = bound.start() if bound and bound.end() == quantity.core.start and len(bound.group()) <= 6 else quantity.core.start
        low = quantity.value if quantity.value is not None else quantity.value_min
        high = quantity.value if quantity.value is not None else quantity.value_max
        per = _PER.search(text, clause.start, begin)
        each = (per[1] or per[2]) if per is not None and "/" not in (quantity.unit or "") else ""
        if per is not None and each and (times := _PER_TIME.findall(text, per.start(), begin)):
            each = times[-1]  # 每人每月
        unit = f"{quantity.unit or ''}/{each}" if each else quantity.unit
        value = to_base(low, high, unit) if low is not None and high is not None else None
        group = _groups_before(text, near, before, quantity.core.start, statement.asked)
        if (own := listed.get(quantity.core.start)) is not None:
            group = "" if own in statement.asked else own
        place = Span(base + begin, base + quantity.span.end)
        yield StatedValue(
            place.of(statement.document.text), kind, head, group, value, place, Span(base + clause.start, base + clause.end), each,
        )  # fmt: skip
    deadline = deadline_span(text, 0, len(text))
    if deadline is not None:
        clause = _clause(text, deadline.start, deadline.end)
        place = Span(base + deadline.start, base + deadline.end)
        # the clause behind says what is due then
        behind = (
            _clause(text, min(len(text) - 1, clause.end + 1), min(len(text), clause.end + 2))
            if clause.end - clause.start < 16
            else clause
        )
        yield StatedValue(
            place.of(statement.document.text),
            "时限",
            "",
            "",
            None,
            place,
            Span(base + clause.start, base + max(clause.end, behind.end)),
        )


def _before_change(text: str, start: int, end: int, changes: Sequence[int]) -> bool:
    """Whether a value is the one that held before a change in its clause: of 由80万元调整为100万元、由130万元调整为150万元 the first and third."""
    if _JUST_CHANGED.search(text[:start]):
        return False
    clause = _clause(text, start, end)
    return any(start < change <= clause.end for change in changes)


def _row_of_values(text: str, values: Sequence[tuple[int, int, str]]) -> list[int]:
    """Where the values stand that are the longest row of one measure with nothing but 、 between them."""
    best: list[int] = []
    row: list[tuple[int, int, str]] = []
    for value in values:
        joined = row and value[2] == row[-1][2] and _JOINED.fullmatch(text[row[-1][1] : value[0]].strip()) is not None
        row = [*row, value] if joined else [value]
        best = [start for start, _, _ in row] if len(row) > len(best) else best
    return best if len(best) > 1 else []


def _clause(text: str, start: int, end: int) -> Span:
    """The clause between commas and semicolons around a stretch."""
    low = max(text.rfind(mark, 0, start) for mark in ",，;；。\n") + 1
    stops = [at for mark in ",，;；。\n" if (at := text.find(mark, end)) >= 0]
    return Span(low, min(stops, default=len(text)))


def _head(measure: str, before: str) -> str:
    best = (-1, 0, "")
    for name, words in _heads().get(measure, ()):
        for word in words:
            best = max(best, (before.rfind(word) + len(word) if word in before else -1, len(word), name))
    return best[2] if best[0] >= 0 else ""


def _groups_before(text: str, near: str, before: str, position: int, asked: frozenset[str]) -> str:
    """Whom a value is for: the special group last named in front of it, and which of the everyday ones its clause names."""
    # 单缴存职工家庭最高 is no 家庭最高
    # 个人公积金最高150万元，家庭公积金最高200万元: a family is two who pay
    near, before = (_FAMILY.sub("双缴存家庭", _ONE_FAMILY.sub(r"\1", part)) for part in (near, before))
    special = _last(text[:position], EVERYDAY)
    plain = _last(near, frozenset(name for name, _ in groups()) - EVERYDAY) or _last(
        before, frozenset(n for n, _ in groups()) - EVERYDAY
    )
    if special == "个人" and plain == "双方缴存":
        special = ""
    return "、".join(name for name in (special if special not in asked else "", plain) if name)


def _last(text: str, without: frozenset[str]) -> str:
    """The group named last in a text; of names that end together the longest."""
    best = (-1, 0, "")
    for name, words in groups():
        for word in words if name not in without else ():
            best = max(best, (text.rfind(word) + len(word) if word in text else -1, len(word), name))
    return best[2] if best[0] >= 0 else ""


def _respectively(text: str, positions: Sequence[int]) -> dict[int, str]:
    """The groups of values in a row that stand for a row of groups in front: 博士、硕士、本科生分别给予30万元、10万元、5万元.

    The groups may stand behind the word too: 分别按照博士、硕士、本科生补贴5万元、3万元、1万元.
    """
    at = text.rfind("分别", 0, positions[0]) if positions else -1
    if at < 0 or len(positions) < 2:
        return {}
    named_before = _BRACKETS.sub("", _ONE_AND_BOTH.sub("单缴存、双", text[:at]))
    behind = _BRACKETS.sub("", text[at + 2 : positions[0]])
    clauses = reversed([c for c in re.split("[,，;；。:：]", named_before) if c])
    for clause in (behind, *clauses) if "、" in behind else clauses:
        parts = (
            re.split("、|和(?=[^、]*$)|及(?=[^、]*$)", clause) if clause.count("、") + 1 != len(positions) else clause.split("、")
        )
        if len(parts) == len(positions):
            named = [_last(part, EVERYDAY) or _last(part, frozenset()) for part in parts]
            return dict(zip(positions, named, strict=True)) if all(named) else {}
    return {}


@lru_cache(maxsize=1)
def _heads() -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for line in entries("qa", "value_heads.tsv"):
        measure, name, words = line.split("\t")
        found.setdefault(measure, []).append((name, tuple(words.split(","))))
    return {measure: tuple(rows) for measure, rows in found.items()}


@lru_cache(maxsize=1)
def groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The groups that values are given for: the usual name, and the words for it."""
    return tuple((name, words) for name, words, _ in _group_rows())


@lru_cache(maxsize=1)
def _group_rows() -> tuple[tuple[str, tuple[str, ...], str], ...]:
    rows = (line.split("\t") for line in entries("qa", "value_groups.tsv"))
    return tuple((name, tuple(words.split(",")), "" if above == "-" else above) for name, words, above in rows)


def groups_in(text: str) -> set[str]:
    """The groups named in a text."""
    return {name for name, words in groups() if any(word in text for word in words)}


def groups_asked(text: str) -> frozenset[str]:
    """The groups named in a text with those that belong to them: who asks of 多子女家庭 asks of 二孩家庭 too."""
    named = groups_in(text)
    return frozenset(named | {name for name, _, above in _group_rows() if above in named})


def words_below(name: str) -> tuple[str, ...]:
    """The words for the groups that belong to one: 二孩 and 三孩 for 多子女家庭; nothing for a name that is no such group.

    >>> "二孩" in words_below("多子女家庭"), words_below("公积金")
    (True, ())
    """
    return tuple(dict.fromkeys(word for _, words, above in _group_rows() if above == name for word in words))


def find_change(text: str) -> int | None:
    """Where a text says that a value was changed to another (提高至); None where it does not."""
    found = _CHANGED.search(text)
    return found.start() if found is not None else None


def head_asked(text: str, kind: str) -> str:
    """What a value of a kind is asked of (最高额度, 提取额度 of an amount, 补贴比例 of a share); empty where no known word says so."""
    return next((head for measure, of in _MEASURES.items() if of == kind and (head := _head(measure, text))), "")


@cache
def _kinds(file: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    rows = (line.split("\t") for line in entries("qa", file))
    return tuple((kind, tuple(words.split())) for kind, words in rows)


def kind_of_unit(unit: str) -> str:
    """The sort of value that a unit is of: 金额 of 元; empty for a unit of none."""
    measured = find_quantities(f"1{unit}")
    return _MEASURES.get(measured[0].measure, "") if measured else ""


def kind_by_unit(question: str) -> str:
    """The sort of value whose unit a question asks for (多少倍, 百分之几); empty where it asks for none, as 近几年 does.

    >>> kind_by_unit("提高到账户余额的几倍"), kind_by_unit("近几年怎么变化")
    ('倍数', '')
    """
    return _first_kind("value_units.tsv", _SOME.sub("", question))


def kind_asked(text: str) -> str:
    """The sort of value that a subject asks for (金额, 比例, 期限, 倍数), by its unit, else by its words; empty where it names none."""
    return kind_by_unit(text) or _first_kind("value_kinds.tsv", text)


def _first_kind(file: str, text: str) -> str:
    return next((kind for kind, words in _kinds(file) if any(word in text for word in words)), "")
