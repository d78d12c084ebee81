"""Eligibility 对号入座: a person or an enterprise, as described, against provisions, condition by condition.

符合 is only said of a condition that was read whole and that what was told meets. What the person did not tell, what is said of somebody
else or of another time, and what was not read, is 未载明: it has to be met, and nobody knows yet whether it is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from corpus.divisions import Division, gazetteer
from corpus.document import Span
from corpus.errors import UsageError
from corpus.numerals import half_width
from corpus.store import DocumentInfo
from corpus.text import stretch_around
from graph.codec.records import ProvisionRecord
from graph.documents.status import statuses
from graph.lexicon import expand, table, word_lists
from graph.queries.counted import count_once

if TYPE_CHECKING:
    from cemai.library import Library

Verdict = Literal["符合", "不符合", "未载明"]
VERDICTS: tuple[Verdict, ...] = ("符合", "不符合", "未载明")
NOT_FOR_ANYBODY = frozenset({"征求意见稿", "已废止", "已失效", "已修订", "尚未施行"})
CAUTION = "只按所说的和规定的原文逐个条件对照；“未载明”的都须满足，是否符合以经办机构审核为准。"
OTHER_WAY = "与所说的不合，但另有别的途径，须核对"
NOT_TOLD, NOT_SURE = "没有说到", "说的可能不是本人或另有条件，须核对"
EXCLUDES = "这里说的是不予享受的情形或限制，须核对"
LONGEST = 500
"""Characters of a description."""
SHOWN_CONDITIONS = 12
"""Conditions of a provision that are listed."""
_FAR, _CLOSE = 8, 3
"""Characters behind an age and behind a state in which it is said whose it is: 年满60周岁的父母, 残疾人子女."""
_NEAR = 6
"""Characters in front of a state in which it is said whose it is."""
_EXCEPTED = re.compile(r"[^，,。；;\n]{0,6}除外")
_CLAUSE_ENDS = "，,；;。\n：:"
_OR_BEHIND = re.compile(r"的?[,，]?或")
_OR_BEFORE = re.compile(r"或者?(?:具有|是|为|属于)?$")
_QUALIFIED = re.compile(r"[”\"](?:大学|高校|院校)?$")
_AGE_SAID = re.compile(r"(\d{1,3})\s?(?:周?岁)|年龄\D{0,3}(\d{1,3})")
_GRADUATED = re.compile(r"((?:19|20)\d\d)\s?年[^，。；]{0,6}毕业|((?:19|20)\d\d)届")
_CHILDREN = re.compile(r"([一二两三四1-4])\s?(?:个|名)(?:未成年)?(?:子女|孩子|小孩|娃)")
_NO_CHILDREN = re.compile(r"(?:没有|无)(?:子女|孩子|小孩)(?!.{0,2}说)")
_HOME = re.compile(r"(?P<place>[一-龥]{2,20}?)(?P<kind>城镇|农村)?(?:户籍|户口)")
_AMOUNTS = re.compile(r"人均(?P<per>月|年)收入[^\d]{0,4}(?P<n>[\d.]+)\s?(?P<wan>万)?元")
_MONTHS = re.compile(
    r"(?P<lead>[^，,。；;]*?)(?P<what>公积金|社保|社会保险|养老保险|医保|参保)(?P<rest>[^，,。；;\d]{0,12})(?P<n>\d{1,3})\s?(?P<unit>个月|年)"
)
_FOUNDED = re.compile(
    r"((?:19|20)\d\d)年(?:(\d{1,2})月)?(?:\d{1,2}日)?(?:成立|注册|登记)|(?:成立|注册|登记)于((?:19|20)\d\d)年(?:(\d{1,2})月)?"
)
_STAFF = re.compile(r"(?:员工|职工|从业人员)[^\d，,。；;]{0,4}(\d+)\s?(?:人|名)|(\d+)\s?(?:名|个)(?:员工|职工)")
_TURNOVER = re.compile(r"(?:营业收入|销售额|营收)[^\d，,。；;]{0,4}([\d.]+)\s?(万|亿)元?")
_DENIED = re.compile(r"(?:不是|没有|并非|不算|非|无|未|不)[^，,。；;、]{0,3}$")
_ASKS = re.compile(expand(r"{requires}|的$"))
_SCALES = {"万": 1e4, "亿": 1e8}
_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}

_AGE = re.compile(
    r"(?P<before>年满|已满|未满|不满|不超过|未超过|超过|满)?(?P<low>\d{1,3})(?:周?岁)?(?:[-—–~～至到](?P<high>\d{1,3}))?周岁"
    r"(?P<after>[(（]含[^)）]{0,6}[)）]以[上下]|及以[上下]|以[上下内]|\(含\)|（含）)?(?P<not>[，,]?[(（]?不含\d{0,3}周?岁?)?"
)
_HOUSEHOLD = re.compile(
    r"(?P<not>非)?(?P<place>本[省市州县区]|(?:(?![本非])[一-龥]){2,10}?[省市州县区])(?P<kind>城镇|农村)?(?:常住)?户籍(?!所在|地|制度|改革|管理|性质|[^，,。；;]{0,6}限制)"
)
_RESIDES = re.compile(r"在本(?P<place>[省市州县区])(?:行政区域|辖区|域)?(?:范围)?内?(?:常住|居住)")
_SINCE_GRADUATION = re.compile(r"毕业(?P<n>\d{1,2})年(?:以?内|之内)")
_DEGREE = re.compile(r"(?P<d>{degrees})(?:学历|学位|研究生)?(?P<up>(?:及|或)?以上(?:学历|学位)?)?(?:毕业生)?")
_CHILDREN_IN = re.compile(r"(?P<n>[二三两])孩(?:及以上)?|(?P<many>多子女|多孩)")
_INSURED = re.compile(
    r"(?P<run>连续)?(?:正常)?(?:按时)?(?:足额)?(?:缴存|缴纳|参保|参加)(?P<what>住房公积金|公积金|社会保险|社保|养老保险|医保)?[^，,；;。\n\d]{0,8}?满?(?P<n>\d{1,3})个月(?P<up>[(（]含[)）])?(?:及?以上)?"
)
_AGE_OF_FIRM = re.compile(
    r"(?:成立|登记注册|注册登记|注册)(?:时间)?在?(?P<before>满|不满|未满|不足|不超过|超过)?(?P<n>\d{1,3})(?P<unit>年|个月)(?P<after>及?以[上下内]|之内|内)?"
)
_STAFF_IN = re.compile(
    r"(?:从业人员|在职职工|在职员工|职工|员工)(?:人数|总数)?(?P<before>不超过|不少于|达到|超过|在)?(?P<n>\d+)人(?P<after>[(（]含[^)）]{0,4}[)）])?(?P<bound>及?以[上下内])?"
)
_TURNOVER_IN = re.compile(
    r"(?:营业收入|主营业务收入|销售额)(?P<before>首次突破|首次达到|达到|超过|突破|不超过|不低于|在)?(?P<n>[\d.]+)(?P<unit>[万亿])元(?P<bound>及?以[上下内])?"
)
_INCOME = re.compile(r"人均(?P<per>月|年)收入(?P<bound>低于|不超过|不高于|在)(?P<n>[\d.]+)(?P<wan>万)?元(?:以下|以内)?")


@dataclass(frozen=True, slots=True)
class Described:
    """A person or an enterprise as far as it was told; None and empty mean that nothing was said.

    Attributes:
        text: The description.
        age: In years.
        sex: 男 or 女.
        place: Where the person lives, works or the enterprise is registered.
        home: The division of the household registration.
        home_kind: 城镇 or 农村.
        degree: The rank of the highest degree, from 0.
        graduated: The year of the last graduation.
        children: How many children there are.
        insured: Months of 公积金 and of 社保 by kind, each with whether they were said to be without a break.
        income: Income of each member of the household in a month, in yuan.
    """

    text: str
    age: int | None = None
    sex: str | None = None
    place: Division | None = None
    home: Division | None = None
    home_kind: str | None = None
    degree: int | None = None
    graduated: int | None = None
    children: int | None = None
    insured: dict[str, tuple[int, bool]] = field(default_factory=dict)
    income: float | None = None
    founded: tuple[int, int] | None = None
    """Year and month of an enterprise's founding; month 0 where only the year was told."""
    staff: int | None = None
    turnover: float | None = None
    """Yuan a year."""

    def record(self) -> dict[str, Any]:
        """What was understood, as other programs read it."""
        return {
            "text": self.text,
            "age": self.age,
            "sex": self.sex,
            "place": self.place.path if self.place else None,
            "household": self.home.path if self.home else None,
            "household_kind": self.home_kind,
            "degree": _ladder()[self.degree][0] if self.degree is not None else None,
            "graduated": self.graduated,
            "children": self.children,
            "income_per_month": self.income,
            "founded": list(self.founded) if self.founded else None,
            "staff": self.staff,
            "turnover": self.turnover,
        }


@dataclass(frozen=True, slots=True)
class JudgedCondition:
    """A condition of a provision, with its words (``quote`` is the text of the document from ``span``)."""

    verdict: Verdict
    quote: str
    span: Span
    reason: str

    def record(self) -> dict[str, Any]:
        """The shape other programs read."""
        return {
            "verdict": self.verdict,
            "quote": self.quote,
            "start": self.span.start,
            "end": self.span.end,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class JudgedProvision:
    """A provision with its conditions judged; its document, and whether that is known to be in force."""

    provision: ProvisionRecord
    info: DocumentInfo
    status: str
    conditions: tuple[JudgedCondition, ...]

    def count(self, verdict: Verdict) -> int:
        """How many conditions are judged so."""
        return sum(condition.verdict == verdict for condition in self.conditions)

    @property
    def summary(self) -> str:
        """The provision as a whole, in words; never that it is met as long as something is open."""
        if self.count("不符合"):
            return f"有 {self.count('不符合')} 个条件不符合"
        open_ = self.count("未载明")
        return f"说到的 {self.count('符合')} 个条件符合" + (f"，还须满足 {open_} 个" if open_ else "，其他要求以原文为准")

    def record(self) -> dict[str, Any]:
        """The shape other programs read."""
        return {
            "provision": self.provision.to_record(),
            "title": self.info.head.title,
            "doc_number": self.info.head.doc_number,
            "status": self.status,
            "summary": self.summary,
            "conditions": [condition.record() for condition in self.conditions],
        }


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who asked, as understood, and the provisions that say something of them."""

    told: Described
    topic: str
    provisions: tuple[JudgedProvision, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """How many provisions there are, and how far it can be relied on."""
        place = self.told.place
        where = f"{place.path}及上级的文件" if place is not None else "各地的文件（没有说到地方）"
        found = f"{len(self.provisions)} 条规定与所说的有关" if self.provisions else "没有一条规定的条件与所说的相合"
        return f"{where}里，{found}。", CAUTION

    def record(self) -> dict[str, Any]:
        """The shape other programs read."""
        provisions = [one.record() for one in self.provisions]
        return {"told": self.told.record(), "topic": self.topic, "provisions": provisions, "notes": list(self.notes)}


# ------------------------------------------------------------------ what was told


def read_description(text: str) -> Described:
    """What a sentence or a form says of a person or an enterprise.

    >>> told = read_description("王大爷，男，66岁，住在广州市越秀区")
    >>> told.age, told.sex, told.place.name
    (66, '男', '越秀区')
    """
    plain = half_width(text)
    age = next((int(m[1] or m[2]) for m in _AGE_SAID.finditer(plain) if not _is_of_others(plain, m)), None)
    sex = next((s for s in ("男", "女") if re.search(rf"(?:^|[，,。；;、\s：:]){s}(?:性)?(?=[，,。；;、\s]|$)", plain)), None)
    home_said = next((m for m in _HOME.finditer(plain) if gazetteer_place(m["place"])), None)
    home = gazetteer_place(home_said["place"]) if home_said else None
    places = [d for m in gazetteer().mentions(plain) if (d := gazetteer().resolve(m.candidates, [home] if home else []))]
    others = [d for d in places if home is None or d != home or len(places) == 1]
    place = max(others, key=lambda d: len(d.code), default=None) if others else None
    graduated = next((int(m[1] or m[2]) for m in _GRADUATED.finditer(plain)), None)
    children = next(
        (_NUMBERS.get(m[1]) or int(m[1]) for m in _CHILDREN.finditer(plain)), 0 if _NO_CHILDREN.search(plain) else None
    )
    insured: dict[str, tuple[int, bool]] = {}
    for m in _MONTHS.finditer(plain):
        insured[_insurance(m["what"])] = (int(m["n"]) * (12 if m["unit"] == "年" else 1), "连续" in m["lead"] + m["rest"])
    income = next((_per_month(m) for m in _AMOUNTS.finditer(plain)), None)
    ranks = [rank for rank, names in enumerate(_ladder()) if any(name in plain for name in names)]
    return Described(
        text, age, sex, place or home, home, home_said["kind"] if home_said else None, max(ranks, default=None), graduated, children,
        insured, income,
        next(((int(m[1] or m[3]), int(m[2] or m[4] or 0)) for m in _FOUNDED.finditer(plain)), None),
        next((int(m[1] or m[2]) for m in _STAFF.finditer(plain)), None),
        next((float(m[1]) * _SCALES[m[2]] for m in _TURNOVER.finditer(plain)), None),
    )  # fmt: skip


def _is_of_others(plain: str, match: re.Match[str]) -> bool:
    """Whether an age that was told is that of a relative: 孩子3岁, 3岁的女儿."""
    clause = _clause_before(plain, match.start()) + "|" + _behind(plain, match.end(), _FAR)
    return any(word in clause for word in word_lists()["relatives"])


def compose_description(text: str, form: Mapping[str, str]) -> str:
    """A description of a sentence and the fields of a form: ``age``, ``sex``, ``place``, ``household``, ``income`` (yuan a month and head).

    >>> compose_description("低保户", {"age": "66", "place": "广州市"})
    '低保户，66岁，住在广州市'
    """
    written = {"age": "{}岁", "sex": "{}", "place": "住在{}", "household": "{}户籍", "income": "家庭人均月收入{}元"}
    parts = [pattern.format(value) for name, pattern in written.items() if (value := form.get(name, "").strip())]
    return "，".join(part for part in (text.strip().rstrip("，。"), *parts) if part)


def gazetteer_place(words: str) -> Division | None:
    """The division that some words end with: 家住广州市 → 广州市."""
    for start in range(len(words) - 1):
        named = gazetteer().named(words[start:])
        if named and (found := gazetteer().resolve(named)) is not None:
            return found
    return None


def _per_month(match: re.Match[str]) -> float:
    amount = float(match["n"]) * (10_000 if match["wan"] else 1)
    return amount / 12 if match["per"] == "年" else amount


def _insurance(words: str) -> str:
    return "公积金" if "公积金" in words else "社保"


@lru_cache(maxsize=1)
def _ladder() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split("/")) for group in sorted(word_lists()["degrees"], key=_degree_order))


def _degree_order(group: str) -> int:
    return ("初中", "高中", "大专", "本科", "硕士", "博士").index(group.split("/")[0])


# ------------------------------------------------------------------ conditions


_LEAST_SAID = 6
"""Characters of a part of a subject that says something of it."""


def judge_provision(
    text: str,
    span: Span,
    info: DocumentInfo,
    told: Described,
    as_of: dt.date,
    *,
    path: Sequence[str] = (),
    subject: str | None = None,
) -> tuple[JudgedCondition, ...]:
    """The conditions of a provision, each judged by what was told.

    Args:
        text: The text of the document.
        span: Where the provision is.
        info: Its document, whose region is that of 本市.
        told: Who asks.
        as_of: The day from which years are counted.
        path: The headings above it, which may say that it is about who gets nothing.
        subject: Whom it is for, in its own words: what of them nothing else was read of is a condition too.
    """
    words = half_width(span.of(text))
    found: list[JudgedCondition] = []
    for judged in _atoms(words, info, told, as_of):
        if judged.verdict != "未载明" and _is_excluding(words, judged.span, path):
            judged = JudgedCondition("未载明", judged.quote, judged.span, EXCLUDES)
        shifted = Span(judged.span.start + span.start, judged.span.end + span.start)
        quote = shifted.of(text)
        again = any((other.verdict, other.quote) == (judged.verdict, quote) for other in found)
        if not again and not any(shifted.overlaps(other.span) for other in found):
            found.append(JudgedCondition(judged.verdict, quote, shifted, judged.reason))
    for clause in (*_demands(words), *_parts_of_subject(words, subject)):
        shifted = Span(clause.start + span.start, clause.end + span.start).trimmed(text)
        if not any(shifted.overlaps(other.span) for other in found):
            found.append(JudgedCondition("未载明", shifted.of(text), shifted, NOT_TOLD))
    return tuple(sorted(found, key=lambda one: one.span.start)[:SHOWN_CONDITIONS])


def _is_excluding(words: str, span: Span, path: Sequence[str]) -> bool:
    """Whether a place is about who gets nothing: by its sentence, by what opens the provision, by the headings above."""
    opening = re.split(r"[:：\n]", words)[0] if re.search(r"[:：\n]", words) else ""
    said = "|".join((stretch_around(words, span).of(words), opening, *path))
    return _EXCEPTED.match(words, span.end) is not None or any(word in said for word in word_lists()["excluding"])


def _atoms(words: str, info: DocumentInfo, told: Described, as_of: dt.date) -> Iterator[JudgedCondition]:
    """The conditions that are read whole."""
    for match in _AGE.finditer(words):
        if (judged := _age(words, match, told)) is not None:
            yield judged
    for match in _HOUSEHOLD.finditer(words):
        yield _judge(words, match, _household(match, info, told), told)
    for match in _RESIDES.finditer(words):
        yield _judge(words, match, _lies_in(_own_division(info, match["place"]), told.place), told)
    for match in _SINCE_GRADUATION.finditer(words):
        years = as_of.year - told.graduated if told.graduated else None
        limit = int(match["n"])
        # the day of graduation is not told: in the last year it may be either
        yield _judge(words, match, None if years is None or years == limit else years < limit, told)
    for match in _degrees().finditer(words):
        yield _degree(words, match, told)
    for match in _CHILDREN_IN.finditer(words):
        least = 2 if match["many"] else _NUMBERS[match["n"]]
        many = told.children
        # 二孩或三孩: each is a way of its own
        met = None if many is None else many >= least if match["many"] else many == least
        yield _judge(
            words, match, False if many is not None and many < 2 else met or (None if met is False else met), told, sure=True
        )
    for match in _INSURED.finditer(words):
        yield _judge(words, match, _months(words, match, told), told)
    for match in _INCOME.finditer(words):
        limit_ = _per_month(match)
        met = None if told.income is None or told.income == limit_ else told.income < limit_
        yield _judge(words, match, met, told)
    for match in _AGE_OF_FIRM.finditer(words):
        yield _judge(words, match, _old_enough(match, told, as_of), told)
    for match in _STAFF_IN.finditer(words):
        yield _judge(words, match, _in_bounds(told.staff, float(match["n"]), match["before"], match["bound"]), told, sure=True)
    for match in _TURNOVER_IN.finditer(words):
        met = _in_bounds(told.turnover, float(match["n"]) * _SCALES[match["unit"]], match["before"], match["bound"])
        # whether it is the first time was not told
        yield _judge(words, match, None if met and "首次" in (match["before"] or "") else met, told, sure=True)
    yield from _states(words, told)


def _old_enough(match: re.Match[str], told: Described, as_of: dt.date) -> bool | None:
    """Whether an enterprise is as old as asked for; open where only the month would tell."""
    if told.founded is None:
        return None
    year, month = told.founded
    longest = 12 * (as_of.year - year) + as_of.month - (month or 1)
    shortest = 12 * (as_of.year - year) + as_of.month - (month or 12) - 1
    limit = int(match["n"]) * (12 if match["unit"] == "年" else 1)
    before, after = match["before"] or "", match["after"] or ""
    if before in ("满", "超过") or after.endswith("上"):
        return True if shortest >= limit else False if longest < limit else None
    if before in ("不满", "未满", "不足", "不超过") or after.endswith(("下", "内")):
        return True if longest < limit else False if shortest > limit else None
    return None


def _in_bounds(told: float | None, limit: float, before: str | None, bound: str | None) -> bool | None:
    """Whether a figure that was told keeps a bound; None where nothing was told or the words set none."""
    if told is None:
        return None
    if before == "不超过" or (bound or "").endswith(("下", "内")):
        return told <= limit
    if before in ("不少于", "不低于", "达到", "首次达到") or (bound or "").endswith("上"):
        return told >= limit
    return told > limit if before in ("超过", "突破", "首次突破") else None


def _judge(words: str, match: re.Match[str], met: bool | None, told: Described, *, sure: bool = False) -> JudgedCondition:
    """A condition as met, not met or open; what is said of others, and one of two ways, is never not met."""
    clause = _clause_before(words, match.start())
    span = Span(match.start(), match.end())
    if met is None:
        return JudgedCondition("未载明", match[0], span, NOT_TOLD)
    if not sure and any(word in clause or word in _behind(words, match.end(), _FAR) for word in _others(told)):
        return JudgedCondition("未载明", match[0], span, NOT_SURE)
    if not met and not sure and (_OR_BEHIND.match(words, match.end()) or _OR_BEFORE.search(words, 0, match.start())):
        return JudgedCondition("未载明", match[0], span, OTHER_WAY)
    return JudgedCondition("符合" if met else "不符合", match[0], span, "与所说的相合" if met else "与所说的不合")


def _others(told: Described) -> tuple[str, ...]:
    """Words that say of whom else something is; who runs a business is the one its rules call 经营者."""
    lists = word_lists()
    if any(word in told.text for word in lists["runs_business"]):
        return tuple(word for word in lists["of_others"] if word not in lists["business_roles"])
    return lists["of_others"]


def _clause_before(words: str, at: int) -> str:
    start = max((words.rfind(mark, 0, at) for mark in _CLAUSE_ENDS), default=-1) + 1
    return words[start:at]


def _behind(words: str, at: int, reach: int) -> str:
    """What stands behind a place in its clause: 未满18周岁的子女."""
    return re.split(f"[{_CLAUSE_ENDS}]", words[at : at + reach])[0]


def _has_other_ways(words: str, span: Span) -> bool:
    """Whether the sentence offers other ways than the one at a place."""
    sentence = stretch_around(words, span)
    near = words[max(sentence.start, span.start - 12) : min(sentence.end, span.end + 12)]
    return any(word in near for word in word_lists()["other_ways"])


def _age(words: str, match: re.Match[str], told: Described) -> JudgedCondition | None:
    low, high = int(match["low"]), int(match["high"]) if match["high"] else None
    before, after = match["before"] or "", match["after"] or ""
    lead = words[max(0, match.start() - 6) : match.start()]
    sex = next((s for s, name in (("男", "men"), ("女", "women")) if any(lead.endswith(w) for w in word_lists()[name])), None)
    if sex is not None and told.sex is not None and sex != told.sex:
        return None  # a limit for others
    met: bool | None
    if told.age is None or (sex is not None and told.sex is None):
        met = None
    elif high is not None:
        met = low <= told.age <= high
    elif before in ("未满", "不满"):
        met = told.age < low
    elif before in ("不超过", "未超过") or after.endswith(("下", "内")):
        met = None if match["not"] and told.age == low else told.age <= low
    elif before == "超过":
        met = told.age > low
    elif before in ("年满", "已满", "满") or after.endswith("上"):
        met = told.age >= low
    else:
        met = None
    return _judge(words, match, met, told)


def _own_division(info: DocumentInfo, level: str) -> Division | None:
    """The division that 本市 means in a document."""
    code = info.head.region_code or ""
    own = gazetteer().by_code.get(code)
    if own is None:
        return None
    chain = [own, *gazetteer().parents(own)]
    return next((d for d in chain if d.name.endswith(level) or (level == "省" and d.level == "省")), None)


def _lies_in(wanted: Division | None, told: Division | None) -> bool | None:
    if wanted is None or told is None:
        return None
    if told.code.startswith(wanted.code):
        return True
    return None if wanted.code.startswith(told.code) else False


def _household(match: re.Match[str], info: DocumentInfo, told: Described) -> bool | None:
    place = match["place"]
    wanted = _own_division(info, place[1]) if place.startswith("本") else gazetteer_place(place)
    inside = _lies_in(wanted, told.home)
    if inside is None:
        return None
    if match["not"]:
        return not inside
    if inside and match["kind"]:
        return None if told.home_kind is None else told.home_kind == match["kind"]
    return inside


@lru_cache(maxsize=1)
def _degrees() -> re.Pattern[str]:
    names = sorted((name for group in _ladder() for name in group), key=len, reverse=True)
    return re.compile(_DEGREE.pattern.replace("{degrees}", "|".join(names)))


def _degree(words: str, match: re.Match[str], told: Described) -> JudgedCondition:
    span = Span(match.start(), match.end())
    wanted = next(rank for rank, names in enumerate(_ladder()) if match["d"] in names)
    if told.degree is None:
        return JudgedCondition("未载明", match[0], span, NOT_TOLD)
    if _QUALIFIED.search(words, 0, match.start()) and told.degree >= wanted:
        return JudgedCondition("未载明", match[0], span, NOT_SURE)  # “双一流”大学本科: of which university was not told
    if match["up"]:
        return _judge(words, match, told.degree >= wanted, told)
    if told.degree == wanted:
        return _judge(words, match, True, told)
    return JudgedCondition("未载明", match[0], span, "学历另有对应的一档")


def _months(words: str, match: re.Match[str], told: Described) -> bool | None:
    said = match["what"] or ("公积金" if "公积金" in words[max(0, match.start() - 30) : match.end()] else "社保")
    known = told.insured.get(_insurance(said))
    if known is None:
        return None
    months, unbroken = known
    if match["run"] and not unbroken:
        return None if months >= int(match["n"]) else False
    return months >= int(match["n"])


def _states(words: str, told: Described) -> Iterator[JudgedCondition]:
    """States that the provision names, and whether the person said to be in them."""
    for state in _person_states():
        said = _is_said(told.text, state)
        for match in state.named.finditer(words):
            lead = _clause_before(words, match.start())[-4:]
            span = Span(match.start(), match.end())
            excepted = any(lead.endswith(word) for word in word_lists()["no_state"])
            if said is None or (excepted and not said):
                yield JudgedCondition("未载明", match[0], span, NOT_TOLD)
            elif excepted:
                yield JudgedCondition("不符合", match[0], span, "规定说的是不含")
            elif not said:
                several = _has_other_ways(words, span)
                yield JudgedCondition("未载明" if several else "不符合", match[0], span, "与所说的不合")
            else:
                beside = _clause_before(words, match.start())[-_NEAR:] + "|" + _behind(words, match.end(), _CLOSE)
                others = any(word in beside for word in word_lists()["of_others"])
                yield JudgedCondition("未载明" if others else "符合", match[0], span, NOT_SURE if others else "与所说的相合")


class _PersonState(NamedTuple):
    """A state of a person or an enterprise: how provisions name it, how people say that they are in it, and that they are not."""

    names: tuple[str, ...]
    own: tuple[str, ...]
    against: tuple[str, ...]
    named: re.Pattern[str]
    """Its names in a provision, the longest first."""


@lru_cache(maxsize=1)
def _person_states() -> tuple[_PersonState, ...]:
    found = []
    for row in table("person_states.tsv"):
        names, own, against = (tuple(word for word in cell.split(",") if word) for cell in (*row, "", "")[:3])
        named = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
        found.append(_PersonState(names, own or names, against, named))
    return tuple(found)


def _is_said(text: str, state: _PersonState) -> bool | None:
    """Whether somebody said to be in a state: True, denied it: False, or said nothing of it."""
    if any(word in text for word in state.against):
        return False
    found = [_DENIED.search(text, 0, at.start()) is None for word in state.own for at in re.finditer(re.escape(word), text)]
    return all(found) if found else None


def _demands(words: str) -> Iterator[Span]:
    """The other clauses that demand something: nothing was told of them."""
    start = 0
    for match in re.finditer(r"[，,；;。\n：:]|$", words):
        clause = Span(start, match.start()).trimmed(words)
        start = match.end()
        if 4 <= len(clause) <= 120 and _ASKS.search(clause.of(words)):
            yield clause


def _parts_of_subject(words: str, subject: str | None) -> Iterator[Span]:
    """What a provision says of whom it is for, part by part: 年满65周岁 and 纳入最低生活保障的失能老年人. A bare noun says nothing."""
    at = words.find(half_width(subject)) if subject else -1
    if subject is None or at < 0:
        return
    for match in re.finditer("[^、，,且并]+", half_width(subject)):
        if len(match[0]) >= _LEAST_SAID and "的" in match[0][1:-1]:
            yield Span(at + match.start(), at + match.end())


# ------------------------------------------------------------------ over the library


def check_eligibility(library: Library, who: str, *, topic: str = "", as_of: dt.date, top: int | None = 50) -> Eligibility:
    """Read a description and find the provisions for it, see ``find_eligible``. Raises ``UsageError`` where nothing was said."""
    if not 2 <= len(who.strip()) <= LONGEST:
        raise UsageError(f"请用一句话说明是谁：年龄、户籍、住在哪里、收入、身份等，不超过 {LONGEST} 字。")
    told = read_description(who.strip())
    return Eligibility(told, topic.strip(), tuple(find_eligible(library, told, topic=topic, as_of=as_of, top=top)))


def find_eligible(
    library: Library, told: Described, *, topic: str = "", as_of: dt.date, top: int | None = 50
) -> list[JudgedProvision]:
    """The provisions that say something of what was told, over documents in force of the place and those above it, the most fitting first.

    A provision comes in with a condition that is met, in its own right or not met; one that only asks what was not told does not.

    Args:
        library: The library.
        told: Who asks; without a place documents of all places are looked at.
        topic: Words that the provision, its heading or the title must have.
        as_of: The day on which documents are judged and years counted.
        top: How many at most.
    """
    corpus = library.corpus
    known = statuses(corpus, as_of)
    codes = [division.code for division in (told.place, told.home) if division is not None]
    rows = {
        row
        for row, info in corpus.heads.items()
        if known[row].status not in NOT_FOR_ANYBODY and (not codes or _speaks_for(info, codes))
    }
    facts = count_once(corpus, corpus.facts(ProvisionRecord, documents=rows), rows, as_of=as_of, all_versions=False)
    wanted, touched = topic.split(), _touched(told)
    texts: dict[int, str] = {}
    found: list[JudgedProvision] = []
    for fact in facts:
        provision = fact.value
        info = corpus.heads[fact.document]
        if wanted and not all(word in f"{info.head.title}{''.join(provision.section_path)}{provision.quote}" for word in wanted):
            continue
        if not touched.search(provision.quote) or not _GIVES.search(provision.quote):
            continue
        if fact.document not in texts:
            texts[fact.document] = corpus.text(fact.document)
        span = Span(provision.start, provision.end)
        judged = judge_provision(
            texts[fact.document], span, info, told, as_of, path=provision.section_path, subject=provision.subject
        )
        if any(condition.verdict == "符合" for condition in judged):
            found.append(JudgedProvision(provision, info, known[fact.document].status, judged))
    found.sort(key=lambda one: (one.count("不符合"), -one.count("符合"), one.status != "现行有效", one.count("未载明")))
    return found[:top]


def _touched(told: Described) -> re.Pattern[str]:
    """Words one of which a condition has that what was told can meet: most provisions are passed over by them."""
    words = {
        "周岁": told.age, "户籍": told.home, "居住": told.place, "毕业": told.graduated, "孩": told.children, "个月": told.insured or None,
        "人均": told.income, "成立": told.founded, "注册": told.founded, "人员": told.staff, "职工": told.staff, "员工": told.staff,
        "收入": told.turnover, "销售额": told.turnover,
    }  # fmt: skip
    found = [word for word, value in words.items() if value is not None]
    found += [name for names in _ladder()[: (told.degree or 0) + 1] for name in names] if told.degree is not None else []
    for state in _person_states():
        if _is_said(told.text, state):
            found += state.names
    return re.compile("|".join(map(re.escape, found)) or r"(?!)")


_GIVES = re.compile(expand(r"{grant_verbs}|{paid_nouns}|享受|可以?申请|领取"))


def _speaks_for(info: DocumentInfo, codes: Sequence[str]) -> bool:
    """Whether a document is of one of the places, or of a place above it; one of no known place speaks for nobody in particular."""
    code = info.head.region_code
    return code is not None and (code == "0" or any(own.startswith(code) for own in codes))
