"""What a question's words say about the answering sentence 期待: that it names people, places, a list, a limit."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from corpus.divisions import gazetteer
from corpus.folding import fold
from corpus.numerals import read_whole_number
from qa.documents import Sentence
from qa.understanding.concepts import find_asked_noun
from qa.understanding.question import ParsedQuestion

_people = re.compile(
    r"人口|人员|群体|对象|家庭|户|学生|儿童|老年人|残疾人|群众|居民|职工|企业|个体|市场主体|毕业生|军人|农民|患者"
)
_directed = re.compile(r"对|为|给予?|向|面向|针对|包括|优先|重点")
_denied = re.compile("(?:不予|不得|不能|不可以|不准|不许|不享受|不给|不让|不)([\u4e00-\u9fff]{2})")
_most = re.compile("最高|最多|上限|封顶|不超过|至多")
_at_most = re.compile("最高|不超过|上限|封顶|以内|最多|限额|不高于|至多|不得超过")
MOST = 0.2
"""What a sentence gains that sets a limit where a limit is asked for."""
DENIAL = 0.25
"""What a sentence gains that denies what the question asks to be denied (不受理哪些事项)."""
_place_nouns = frozenset(["直辖市", "省", "省份", "城市", "市", "县", "区", "州", "地区", "国家", "乡镇", "地方", "地市"])
_names = re.compile(r"(?:[\u4e00-\u9fff“”\"]{2,12}、){1,40}[\u4e00-\u9fff“”\"]{2,12}")


def choose_bonus(parsed: ParsedQuestion) -> Callable[[Sentence], float] | None:
    """A function that gives a bonus to sentences with the kind of thing asked for, or None."""
    if (denied := _denied.search(parsed.folded)) is not None and parsed.kind != "yes_no":
        denial = re.compile(f"(?:不|不予|不得|不能|不可|不准|不再|不享受|禁止|严禁|不允许|不纳入){denied[1]}")
        return lambda sentence: DENIAL if denial.search(sentence.folded) else 0.0
    noun = find_asked_noun(parsed.folded)
    topic = _topic_of(parsed) if parsed.several else None
    if topic is not None:
        from graph.topics import scores

        about = topic

        def topical(sentence: Sentence) -> float:
            found = scores("", sentence.folded)
            mine, most = found.get(about, 0.0), max(found.values(), default=0.0)
            return min(0.5, 0.2 * mine * mine / most) if most else 0.0

        return topical
    if _most.search(parsed.folded):
        return lambda sentence: MOST if _at_most.search(sentence.folded) else 0.0
    if noun in _place_nouns:
        own = {name for d in parsed.divisions for name in (d.name, d.short, *d.aliases)}

        def places(sentence: Sentence) -> float:
            return 0.12 if any(m.text not in own for m in gazetteer().mentions(sentence.folded)) else 0.0

        return places
    if parsed.kind == "beneficiary" or re.search("哪些人|哪些户|什么人|哪类人|哪些对象|给谁|对谁", parsed.folded):

        def people(sentence: Sentence) -> float:
            return 0.04 * bool(_people.search(sentence.folded)) + 0.04 * bool(_directed.search(sentence.folded))

        return people
    if noun and len(noun) == 1:
        ending = noun

        def listed(sentence: Sentence) -> float:
            return 0.12 if sentence.folded.count(ending) >= 2 and "、" in sentence.folded else 0.0

        return listed
    return None


_modal = re.compile("不得|不予|不能|禁止|严禁|可以|可(?!持续|再生|靠|行|能)|允许|应当|只能|不享受|不纳入|必须|自愿")


def governs(folded: str) -> bool:
    """True if a folded text allows, forbids or orders something."""
    return _modal.search(folded) is not None


def _topic_of(parsed: ParsedQuestion) -> str | None:
    """The topic named in the subject, if any (各地教育保障)."""
    from graph.topics import topic_names

    subject = parsed.subject.replace(" ", "")
    return next((name for name in topic_names() if fold(name) in subject or (len(subject) > 3 and subject in fold(name))), None)


def clause_wanted(parsed: ParsedQuestion) -> Callable[[str], bool] | None:
    """A test whether a clause names the kind of thing asked for (哪些户: 脱贫不稳定户), or None."""
    noun = find_asked_noun(parsed.folded)
    if noun and len(noun) == 1:
        ending = noun
        return lambda clause: ending in clause
    return None


_place_kinds = frozenset("县市区村乡镇州省")
_body_endings = (
    "公司",
    "集团",
    "企业",
    "局",
    "委",
    "厅",
    "办",
    "中心",
    "大学",
    "学院",
    "学校",
    "医院",
    "银行",
    "园区",
    "景区",
    "协会",
)


_organisation = re.compile(r"[\u4e00-\u9fffa-z]{2,}(?:公司|集团|银行|大学|学院|学校|医院|工厂|研究院)")
_asks_organisation = re.compile(r"(?:哪个|哪家|哪一家|哪几家)(?:企业|公司|集团|银行|大学|学校|医院|机构)")


def organisation_wanted(parsed: ParsedQuestion) -> Callable[[Sentence], bool] | None:
    """A test whether a sentence names an organisation, if the question asks for one; else None."""
    if not _asks_organisation.search(parsed.folded):
        return None
    return lambda sentence: _organisation.search(sentence.folded) is not None


def names_asked(parsed: ParsedQuestion) -> tuple[int, str] | None:
    """How many names of which kind the question asks for: (5, 县) for 具体是哪5个县; None if it asks for none."""
    kinds = "县|市|区|村|乡|镇|州|省|企业|学校|单位|部门|城市|园区|景区"
    match = re.search(f"(?:是|有|包括)哪(\\d{{1,2}}|[两一二三四五六七八九十]{{1,3}})(?:个|家|座|所)({kinds})", parsed.folded)
    if match:
        return read_whole_number(match[1]) or 2, match[2]
    match = re.search(f"(?:具体是哪些|具体包括哪些|分别是哪些|是哪些|是哪几个|有哪几个|包括哪几个)({kinds})", parsed.folded)
    return (2, match[1]) if match else None


_kind_asked = re.compile(
    "(?:哪些|什么)(?:[\u4e00-\u9fff]{0,2})(材料|条件|情形|资料|程序|流程|手续|要件|职责|原则|方式|渠道|证件)|(材料|条件|情形|资料|程序|流程|手续|要件|职责|原则)(?:有|都有|包括|是)(?:哪些|什么|啥)"
)


def kind_asked(parsed: ParsedQuestion) -> str | None:
    """The kind of things to list (材料, 条件, 程序 …), for which documents have a heading of that name; else None."""
    match = _kind_asked.search(parsed.folded)
    return (match[1] or match[2]) if match else None


def lists_names(sentence: Sentence, number: int, kind: str) -> bool:
    """True if a sentence lists at least ``number`` names of a kind."""
    for match in _names.finditer(sentence.folded):
        items = [item.strip('“”"') for item in match.group().split("、")]
        named = [item for item in items if _is_name(item, kind)]
        if len(named) >= number:
            return True
    return False


def _is_name(item: str, kind: str) -> bool:
    if kind in _place_kinds or kind == "城市":
        found = list(gazetteer().mentions(item[-8:]))
        return (
            item in _stems()
            or any(m.span.end == len(item[-8:]) for m in found)
            or item[-1] in "县村乡镇"
            or item[-2:] in _stems()
        )
    return item.endswith(_body_endings)


@lru_cache(maxsize=1)
def _stems() -> frozenset[str]:
    """County names without their class word: 三都, 罗甸."""
    return frozenset(d.name[:-1] for d in gazetteer().by_code.values() if len(d.name) >= 3 and d.name[-1] in "县市区旗")
