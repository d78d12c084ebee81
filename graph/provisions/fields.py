"""Read who, what, under which condition, how much and how long a provision says, from its main text: what stands before its list.

A field is left empty rather than filled with half a clause: ``行政许可申请人`` holds no 可 that would end its subject at 许.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from corpus.document import Span
from graph.lexicon import expand
from graph.quantities.find import find_quantities
from graph.quantities.quantity import Quantity
from graph.tasks.deadlines import deadline_span
from graph.tasks.measures import demand_opening
from graph.units.find import read_unit_list
from graph.units.words import is_named_unit

_SENTENCE = re.compile(r"[^。;；\n]+")
_CLAUSE = re.compile(r"[^,，:：]+")
_LIST = re.compile(r"[:：]\s*\n?\s*(?=[(（]?[一二三四五六七八九十\d]{1,2}[)）、.．])")
"""Where the list of a provision opens: what its items say of others is none of its fields."""
_MODAL = re.compile(
    expand(
        r"(?P<modal>应当(?!知道)|必须|不得|可以|(?<!所)有权|负责|(?<![已未])享[受有](?!期)|(?<![适对相响反供])应(?![对急用届邀聘收付缴交税纳计选保]|.尽)"
        r"|(?<![许认])可(?![持支行靠信抵售再贷供比能销])|须(?!知)|只能|方能|能够|不能|禁止|严禁|按照)"
    )
)
_BAN = re.compile(r"不得(?!不)|(?<!国家)禁止|严禁")
_PARTY = re.compile(expand(r"(?:{provision_parties})(?:[(（][^()（）]*[)）])?$"))
_OPENS = re.compile(expand(r"(?:但是?|其中|同时|并且?|且|凡是?|对于?|该(?![市省县区])|而|则|又|其他?(?=符合))+"))
_NO_NAME = re.compile(
    expand(
        r"^(?:[由向予以根依违需将把因如若与或除]|禁止|严禁|组织$|[〔\[【(（]|.{1,6}是(?!否)|{provision_list_heads}$|在(?![校职岗])|按(?!揭)|从(?!业)|经(?![营办理济])|为|自(?!然)|未(?!成年)|有(?![关限])|被(?![征告害保继执])"
        r"|当(?!事)|不(?!动)|{provision_encouraging}|{provision_if})|.(?:若|(?<!自)由)|{provision_no_ends}$"
    )
)
_NO_PARTY = re.compile(expand(r"[由为经按未将以]|{provision_encouraging}|(?:19|20)\d\d年[^,，]*期间[,，]?"))
_ADVERBS = re.compile(expand(r"(?:{provision_adverbs}|[在于自][^,，在于自]{1,16}(?:内|前|后|时|起|之日|期间))+$"))
_ACTS = re.compile(expand(r"[^,，。;；:：]{0,24}?(?:{provision_parties})(?={provision_acting})"))
"""A party before the verb or preposition that opens what it does."""
_AFTER_THAT = re.compile(r"[^,，。;；:：]{0,20}后[,，]")
_GIVEN = re.compile(expand(r"{provision_giving}"))
_DECLARES = re.compile(expand(r"^(?P<who>{provision_declaring})(?!的|决定|规定|批准|办公厅|有关|授权)(?=[一-龥]{2})"))
_TERM_OF = re.compile(
    r"所称(?:的)?[“\"]?(?P<who>[^,，“”\"]{2,30}?)[”\"]?[,，]?(?:是指|指|包括)|^(?P<what>(?:(?!所称)[^,，。]){2,20}?)[,，]?是指"
)
_OBJECT = re.compile(
    r"(?:(?<!为)给予|予以|享受(?!期)|发放(?![额的])|处以?(?=[\d一二三四五六七八九十百]))(?P<what>(?!政策|标准|对象|范围)[^,，。;；:：\n(（]{2,40})"
    r"|(?:奖励|补贴|补助)(?P<sum>[\d其][^,，。;；:：\n(（]{2,40})"
)
_NO_OBJECT = re.compile(r"^(?:是|为|的|到|在|结合|根据|依据)|[?？]$|的(?:情形|条件|商品)?$")
_CONDITION = re.compile(r"(?P<if>[^。;；\n:：]{2,120}?[^目]的)(?=[,，])")
_INTRODUCES = re.compile(
    expand(
        r"(?:\s*(?:为|更好|合理|进一步|根据|按照?|依据|结合|自|从|在?(?:19|20)\d\d年|即日起|期间|对(?:19|20)\d\d年|凡(?:在|自)?(?:19|20)\d\d年|本(?:办法|通知|措施))[^,，]*[,，])+"
    )
)
_LAYS_DOWN = re.compile(
    r"应当|必须|可以|不得|给予|予以|只能|(?<![适对相响反供])应(?=[全按及立在加提])|(?<![许认])可(?=随时|按|申请|享受|提取|在|向|[^,，]{0,3}调整)"
)
_NUMBERED = r"(?:(?<!\d)\d{1,3}|[一二三四五六七八九十两半]{1,3})个?(?:工作日|自然日|周年|学年|月|年|日|天|小时|周|期)"
_TERM = re.compile(
    expand(r"{provision_terms}限?[^,，。;；\n由从]{0,10}?(?:(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?|") + rf"{_NUMBERED})"
    r"|自[^,，。;；\n]{2,30}?起(?:至(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?止?|[^,，。;；\n]{0,12}?(?:"
    + _NUMBERED
    + r")(?:以?内|之内))"
    r"|自\s?(?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日起"
    rf"|(?<![满近前足购]){_NUMBERED}(?:以?内|之内)(?!的)"
)
_HOLDS = re.compile(r"有效期|执行期|执行时间|实施时间|政策期|期限至|自[^,，]{2,30}起至|自\s?(?:19|20)\d\d")
_AUTHORITY = re.compile(expand(r"{provision_by}(?P<who>[^，,。；;：:（(\n]{2,30}?)(?:{provision_acts})"))
_FROM = re.compile(r"[由从](?:\d{4}年)?[^,，。;；由从]{0,12}\Z")
_TRIGGERS = re.compile(r"(?:[(（][^()（）]{0,12}[)）])?(?:时(?!间)|的?情况下|的[,，])")
_WHEN = re.compile(r"当[^,，。;；]{2,16}\Z")
_TO = re.compile(expand(r"[^,，。;；]{0,4}?(?:{changing_verbs}|上浮|放宽|下调|上调|统一)[^,，。;；]{0,10}"))
_SIGNS = "<>≤≥"
_MONEY = ("money", "percent")
_SENTENCES = 4
"""Sentences of a provision that are asked for its subject."""
_LONGEST_THING = 16
"""Characters of a subject that is no party: 董事会会议, 贷款利率."""
_LONGEST_PARTY = 44
_CHANGE_REACH = 18
_LONGEST_GROUP = 64
"""Characters of those who are given something: they are told by what they have done."""


@dataclass(frozen=True, slots=True)
class ProvisionFields:
    """Where a provision names its subject, object and condition; None where it does not say so."""

    subject: Span | None = None
    object: Span | None = None
    condition: Span | None = None


def find_main(text: str, start: int, end: int) -> int:
    """Where the main text of a provision ends: at the colon before its list, else at its end."""
    opening = _LIST.search(text, start, end)
    return opening.start() if opening is not None else end


def read_fields(text: str, start: int, end: int, *, grants: bool) -> ProvisionFields:
    """The subject, object and condition of a provision.

    Args:
        text: The text in half width.
        start: Where its words begin, behind its number.
        end: Where its main text ends.
        grants: Whether it says how much somebody gets or pays; its subject is then a party, not a thing.
    """
    defined = _TERM_OF.search(text[start : min(end, start + 60)])
    if defined is not None:
        name = "who" if defined["who"] is not None else "what"
        return ProvisionFields(Span(start + defined.start(name), start + defined.end(name)))
    for match, _ in zip(_SENTENCE.finditer(text, start, end), range(_SENTENCES), strict=False):
        fields = _sentence(text, match.start(), match.end(), grants=grants)
        if fields is not None:
            return fields
    return ProvisionFields()


def _sentence(text: str, begin: int, stop: int, *, grants: bool) -> ProvisionFields | None:
    """The fields of a sentence; None where it lays nothing down (a heading, a purpose)."""
    condition = _condition(text, begin, stop)
    subject, said = _subject(text, begin, stop, grants=grants)
    demanded, granted = _demanded(text, begin, stop), _granted(text, begin, stop)
    if subject is None and condition is None and demanded is None and granted is None:
        return None
    if subject is None:
        subject = _acting_in(text, begin, stop, condition)
    if subject is not None and not _is_whole(subject.of(text)):
        subject = None
    ways = (granted, said, demanded) if grants else (said, demanded, granted)
    return ProvisionFields(subject, next((way for way in ways if way is not None), None), condition)


def _is_whole(words: str) -> bool:
    """Whether a subject ends outside of the brackets it opens."""
    return words.count("(") + words.count("（") == words.count(")") + words.count("）")


def find_amount(text: str, start: int, end: int) -> Quantity | None:
    """The first sum or share of a provision; of 由30%调整为20% the second, which is what holds."""
    found = [q for q in find_quantities(text, start, end, most=12) if q.measure in _MONEY and q.form != "words"]
    found = [q for q in found if not _is_trigger(text, start, q)]
    for quantity, following in zip_longest(found, found[1:]):
        if following is None or following.span.start - quantity.span.end > _CHANGE_REACH:
            return quantity
        changed = _TO.fullmatch(text, quantity.span.end, following.span.start) is not None
        if not changed or _FROM.search(text, max(start, quantity.span.start - 16), quantity.span.start) is None:
            return quantity
    return None


def _is_trigger(text: str, start: int, quantity: Quantity) -> bool:
    """Whether a share only says when something holds: 个贷率超过90%时, 当个贷率低于85%."""
    if quantity.comparator == "=":
        return False
    if text[quantity.span.start] in _SIGNS:
        return True  # 个贷率<85%,风险防控系数为1
    after = _TRIGGERS.match(text, quantity.span.end) is not None
    return after or _WHEN.search(text, max(start, quantity.span.start - 20), quantity.span.start) is not None


def sentence_at(text: str, start: int, end: int, position: int) -> Span:
    """The sentence of a stretch that holds a position."""
    for match in _SENTENCE.finditer(text, start, end):
        if match.start() <= position < match.end():
            return Span(match.start(), match.end())
    return Span(start, end)


def find_term(text: str, start: int, end: int) -> Span | None:
    """Until when or how long a provision holds, or within which time something has to be done."""
    found = _TERM.search(text, start, end)
    if found is not None:
        return Span(found.start(), found.end())
    limit = deadline_span(text, start, end)
    return limit if limit is not None and not text.startswith(("已", "的"), limit.end) else None


def find_validity(text: str, start: int, end: int) -> Span | None:
    """How long a provision holds, as any of its sentences says (执行期限至…, 自…起至…)."""
    found = _TERM.search(text, start, end)
    while found is not None and not _HOLDS.match(found.group()):
        found = _TERM.search(text, found.end(), end)
    return Span(found.start(), found.end()) if found is not None else None


def find_authority(text: str, start: int, end: int) -> str | None:
    """The organs that handle or decide it."""
    for match in _AUTHORITY.finditer(text, start, end):
        units = read_unit_list(text, match.start("who"), match.end("who"))
        if units and all(is_named_unit(unit.name) or unit.name.endswith("部门") for unit in units):
            return "、".join(unit.name for unit in units)
    return None


def opens_with_ban(text: str, start: int, end: int) -> bool:
    """Whether the first thing a provision says of what one may do is that one may not."""
    for match in _SENTENCE.finditer(text, start, end):
        ban = _BAN.search(text, match.start(), match.end())
        modal = _MODAL.search(text, match.start(), match.end())
        if ban is not None:
            return modal is None or ban.start() <= modal.start()
        if modal is not None:
            return False
    return False


def _clauses(text: str, begin: int, stop: int) -> Iterator[Span]:
    for match in _CLAUSE.finditer(text, begin, stop):
        span = Span(match.start(), match.end()).trimmed(text)
        if len(span) >= 2:
            yield span


def _subject(text: str, begin: int, stop: int, *, grants: bool) -> tuple[Span | None, Span | None]:
    """The party or thing a sentence is about, and what it says of it."""
    clauses = list(_clauses(text, begin, stop))
    gives = grants or _OBJECT.search(text, begin, stop) is not None
    for number, clause in enumerate(clauses):
        party = _given_to(text, clauses, number) if gives else None
        if party is not None:
            return party, None
        modal = _MODAL.search(text, clause.start, clause.end)
        if modal is None:
            continue
        who = _name(text, clause.start, modal.start(), first=number == 0 and not grants)
        if who is None and modal.start() - clause.start <= 1 and number > 0:
            # 申请人,应当…: the subject is the clause before
            who = _name(text, clauses[number - 1].start, clauses[number - 1].end, first=False)
        if who is not None:
            said = Span(modal.end(), clause.end)
            kept = len(said) >= 2 and modal["modal"] != "按照" and not _NO_OBJECT.search(said.of(text))
            return who, said if kept else None
    declared = _DECLARES.match(text[begin:stop].lstrip()) if not grants else None
    if declared is not None and _acting_in(text, begin, stop, None) is None:
        at = text.index(declared["who"], begin)
        if not demand_opening().match(text, at + len(declared["who"])):
            return None, None  # 本市户籍居民家庭: half of who it is
        return Span(at, at + len(declared["who"])), None
    return None, None


def _given_to(text: str, clauses: Sequence[Span], number: int) -> Span | None:
    """The party to whom the next clause gives something: 对连续管护满三年的管护员,给予…."""
    if number + 1 >= len(clauses) or not _GIVEN.match(text, clauses[number + 1].start):
        return None
    clause = clauses[number]
    if not _PARTY.search(text[clause.start : clause.end]):
        return None
    start = clause.start
    while number > 0 and text[start] in "并且" and not _INTRODUCES.match(text, clauses[number - 1].start, start):
        number -= 1  # 购买新建商品住房,并缴纳契税的个人
        start = clauses[number].start
    opening = _OPENS.match(text, start, clause.end)
    whole = Span(opening.end() if opening is not None else start, clause.end)
    if len(whole) <= _LONGEST_GROUP and not _NO_PARTY.match(text, whole.start, whole.end):
        return whole
    return _name(text, start, clause.end, first=False)


def _acting_in(text: str, begin: int, stop: int, condition: Span | None) -> Span | None:
    """The party that a condition, or a sentence without one, opens with: 用人单位未与劳动者订立合同的."""
    start = condition.start if condition is not None else begin
    found = _ACTS.match(text, start, stop)
    if found is not None and _AFTER_THAT.match(text, found.end(), stop):
        return None  # 人民法院受理案件后,当事人…
    return _name(text, start, found.end(), first=False) if found is not None else None


def _name(text: str, start: int, end: int, *, first: bool) -> Span | None:
    """The noun phrase of a stretch: a party, or at the opening of a provision (``first``) a thing in a few characters."""
    opening = _OPENS.match(text, start, end)
    start = opening.end() if opening is not None else start
    while (adverb := _ADVERBS.search(text[start:end])) is not None:
        end = start + adverb.start()
    span = Span(start, max(start, end)).trimmed(text)
    words = span.of(text)
    if not 2 <= len(words) <= _LONGEST_PARTY or _NO_NAME.search(words):
        head = words.rpartition("的")[2]
        if _PARTY.search(words) and 2 <= len(head) <= 12 and head != words and not _NO_NAME.search(head):
            return Span(span.end - len(head), span.end)  # 在本市购买新建商品住房的个人
        return None
    if _PARTY.search(words):
        return span
    if first and (acting := _ACTS.match(text, span.start, span.end)) is not None:
        return Span(span.start, acting.end())  # 纳税人申请享受…的
    thing = first and len(words) <= _LONGEST_THING and "的" not in words[-2:]
    return span if thing and demand_opening().match(words) is None else None


def _demanded(text: str, begin: int, stop: int) -> Span | None:
    """What a sentence without a subject demands or allows."""
    modal = _MODAL.search(text, begin, stop)
    if modal is None or modal["modal"] == "按照":
        return None
    end = next((at for at in range(modal.end(), stop) if text[at] in ",，:："), stop)
    said = Span(modal.end(), end).trimmed(text)
    return said if 2 <= len(said) <= 60 and not _NO_OBJECT.search(said.of(text)) else None


def _granted(text: str, begin: int, stop: int) -> Span | None:
    """What a sentence gives: 给予10000元补贴."""
    found = _OBJECT.search(text, begin, stop)
    if found is None:
        return None
    name = "what" if found["what"] is not None else "sum"
    return None if _NO_OBJECT.search(found[name]) else Span(found.start(name), found.end(name)).trimmed(text)


def _condition(text: str, begin: int, stop: int) -> Span | None:
    """The clauses up to 的 before what holds under them; without the reasons and times that open a sentence."""
    introduced = _INTRODUCES.match(text, begin, stop)
    start = introduced.end() if introduced is not None else begin
    found = _CONDITION.match(text, start, stop)
    if found is None or _LAYS_DOWN.search(found["if"]) is not None:
        return None
    opening = _OPENS.match(text, start, found.end())
    span = Span(opening.end() if opening is not None else start, found.end("if")).trimmed(text)
    return span if len(span) >= 4 else None
