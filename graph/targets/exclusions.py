"""Numbers that are no figures: counts that close a formula or a list (四个到位, 等六个方面), times that only say when (5年内, 分2年)."""

from __future__ import annotations

import re

from corpus.document import Span
from graph.lexicon import expand, word_lists
from graph.quantities.quantity import Quantity
from graph.targets.figure import goal_cues

_FORMULA = re.compile(expand(r"(?:{counted_formulas})"))
_CLOSES_LIST = re.compile(expand(r"(?:等|[、和及][一-龥]{1,12}|[从在]|围绕|聚焦|通过)[ \u3000]?\Z"))
_ASPECT = re.compile(expand(r"(?:{counted_aspects})"))
# 等4个事项, A、B两个部门: a count that closes its own enumeration
_ENUMERATED = re.compile(r"(?:^|[,;:。])([^,;:。]{2,120}[、和与][^,;:。]{1,60}?)(等|这|各)?\Z")
_ADDED = re.compile(expand(r"{adding}"))
_COUNTERS = frozenset(word_lists()["loose_counters"])
"""Counters with which a small Chinese numeral says of how many sorts something is, not how much: 两种标准, 四个等次."""
_SESSION = re.compile(r"[届次、]第?\Z")
_STAGES = re.compile(expand(r"(?<![百千部])分(?:别用)?[ \u3000]?\Z"))
_STAGE_UNITS = frozenset("年期批步次轮")
_SINCE = re.compile(expand(r"(?:{since_then}|满|每|近|收到[^,，]{0,12})\Z"))
_EXAMPLE = re.compile(expand(r"(?:{examples})"))
_EXAMPLE_REACH = 80
"""Characters that an example reaches on from the word that opens it."""
_MEASURES = re.compile(expand(r"[^,，。;；]{0,4}(?:{kinds_of_steps})"))
_STREAK_UNITS = frozenset("年月届季周天")
_STREAK = re.compile(expand(r"(?:{in_a_row})\Z"))
_CONDITION_OF_TIME = re.compile(expand(r"[)）]?(?:以上|以内|的|未|无|不|缴|足额|正常)"))
_PREPOSITIONS = frozenset(word_lists()["bare_prepositions"])
_ONE_OF = re.compile(r"[^,，。;；\d]{1,24}之一|(?:部门|单位)[^,，。;；\d]{0,6}组成")
_BEFORE_THAT = re.compile(r"[之日时请布房]前\Z")
_AS_EXAMPLE = re.compile(r"[^。；;]{0,40}?为例")
_PLACES = frozenset("省市县区州")
_OFTEN = re.compile(r"每[一-龥]{0,6}$|[少多超足过可]$|提取|申请|享受")
_ATTACHED = re.compile(expand(r"(?:{attached_parts})"))
_ORDINAL_HOME = re.compile(r"(?:首|一|二|三)套(?:住?房)?[、及和或,，]?$|[(（]?包括[^,，]{0,4}$")
_HOME = re.compile(r"[(（]?(?:房|住房|个人|及以上|商业|公积金|自住|普通)")
_COUPLE = re.compile(r"(?:夫妻|夫妇|双方|父母)(?:双方)?$")
_PROJECT = re.compile(r"[一-龥]{2,10}?(?:工程|行动|计划|活动)")
_ASIDE = re.compile(r"[(（](?:不含|不包括|除|原为|原来为|原)[^()（）]*\Z")
_COPIES = re.compile(r"复印件|原件|身份证|户口")
SORTS = frozenset(("类", "种"))
_SAID = ("以上", "上述", "前述")
_EXCEPTED = re.compile(r"[^,，。;；]{0,24}?(?:以?外|之外)")
_FORBIDS = re.compile(expand(r"内[^,，。;；]{0,12}(?:{forbidding})"))


def is_no_figure(text: str, sentence: Span, clause: Span, quantity: Quantity) -> bool:
    """Whether a quantity is part of a formula, closes a list of aspects, numbers a session or only tells when.

    Args:
        text: The text in half width.
        sentence: The sentence around the quantity.
        clause: The clause around it.
        quantity: The quantity.
    """
    if quantity.form == "words":
        return _is_attribute_of_list(text, quantity)
    if _EXAMPLE.search(text, max(sentence.start, quantity.core.start - _EXAMPLE_REACH), quantity.core.start):
        return True
    near = text[clause.start : quantity.span.start]
    if "以" in near and _AS_EXAMPLE.search(text, quantity.span.end, min(sentence.end, quantity.span.end + 40)):
        return True
    after = quantity.core.end
    unit = quantity.unit or ""
    exact = quantity.comparator == "="
    if quantity.form == "chinese" and _is_word_with_numeral(text, quantity, near):
        return True
    if unit.endswith("方面") or (exact and text.startswith("方面", after)):
        return True
    if unit in ("条", "项") and exact and _MEASURES.match(text, after):
        return True  # 恢复和扩大消费的二十条措施
    if exact and unit.endswith("字"):
        return True
    if unit.lstrip("个") in _STREAK_UNITS and exact and _STREAK.search(near) and not _CONDITION_OF_TIME.match(text, after):
        return True
    if exact and quantity.measure == "count" and _ONE_OF.match(text, after):
        return True  # 全国40个重点城市之一
    if quantity.measure == "time" and exact and _BEFORE_THAT.search(near) and not text.startswith("内", quantity.span.end):
        return True  # 申请之日前十二个月
    if unit == "年" and exact and (near.endswith("创") or text.startswith("时间", after)):
        return True  # 创20年新高, 用3年时间
    if exact and quantity.measure in ("count", "person") and near.strip() in _PREPOSITIONS:
        return True  # 由1家单位牵头
    if exact and unit in ("个", "项", "份") and _ATTACHED.match(text, after):
        return True
    if (
        exact
        and unit in ("个", "项", "大", "条")
        and _FORMULA.match(text, after)
        and quantity.value is not None
        and quantity.value <= 12
    ):
        return True
    if exact and unit in ("个", "大", "项", "方面", "个方面", "类"):
        aspect = unit.endswith("方面") or _ASPECT.match(text, after) is not None
        if aspect and _CLOSES_LIST.search(near):
            return True
    if exact and quantity.measure in ("count", "person", "loose"):
        if near.rstrip().endswith("方面"):
            return True  # 科技成果转化激励方面4项
        listed = closes_enumeration(near, quantity.value)
        if (listed and (near.rstrip().endswith("等") or unit in SORTS)) or (unit in _PLACES and (listed or not near.strip())):
            return True  # 甲、乙、丙等3个船型; 4省市要深入学习
    if quantity.form == "chinese" and exact and unit in _COUNTERS and quantity.value is not None and quantity.value <= 12:
        return not near.endswith(goal_cues())
    if unit == "次" and quantity.form == "chinese" and quantity.value == 2 and not _OFTEN.search(near):
        return exact  # 推动二次创新
    if unit == "次" and _SESSION.search(text, max(0, quantity.core.start - 2), quantity.core.start):
        return True
    if unit in _STAGE_UNITS and exact and _STAGES.search(near):
        return True
    if exact and near.endswith(_SAID) and quantity.measure in ("count", "loose", "person"):
        return True  # 以上十四条
    end = quantity.span.end
    if not exact and end > after and text[quantity.span.start - 1] == "、" and text[end : end + 1] in ("、", "的"):
        return True  # 聚焦用作经营、3层及以上、人员密集的房屋
    if _ASIDE.search(near):
        return True  # (不含已执行5%存款准备金率的机构), (原为10倍)
    if unit == "份" and (_COPIES.search(near[-12:]) or _COPIES.match(text, after)):
        return True
    if near.startswith("除") and _EXCEPTED.match(text, after):
        return True  # 除12家企业外
    return _only_tells_when(text, clause, quantity, near)


def _is_word_with_numeral(text: str, quantity: Quantity, near: str) -> bool:
    """首套、二套住房, 夫妻二人, 第二轮承包, 百万亩造林工程: a numeral in a name."""
    unit, after = quantity.unit or "", quantity.core.end
    if unit == "套" and quantity.value in (1, 2, 3):
        return _ORDINAL_HOME.search(near) is not None or _HOME.match(text, after) is not None
    if unit == "轮" or (unit == "人" and _COUPLE.search(near)):
        return True
    return text[quantity.core.start] in "百千万" and _PROJECT.match(text, after) is not None


def closes_enumeration(lead: str, value: float | None) -> bool:
    """Whether a count stands behind the very things it counts: A、B、C等5个事项, A、B两个部门."""
    match = _ENUMERATED.search(lead)
    if match is None or value is None or not 2 <= value <= 30:
        return False
    if _ADDED.search(match[1]):
        return False  # 新增A、B、C等3个口岸 is to be done, however it is listed
    # 从财政、金融等方面扶持甲、乙2个县: the list before 等 is another
    listed = match[1] if match[2] == "等" else match[1].rsplit("等", 1)[-1]
    members = re.split("[、和与]", listed)
    if match[2] == "等":
        return len(members) == value
    return len(members) == value and not re.search(r"\d", match[1])


def is_part_of_name(text: str, quantity: Quantity, following: Quantity) -> bool:
    """Whether a time or an age belongs to the name of the figure behind it: 3岁以下婴幼儿托位数达到5.2个, 240小时过境免签带动….

    Args:
        text: The text in half width.
        quantity: The quantity that may be part of a name.
        following: The next quantity of the sentence.
    """
    if quantity.measure != "time" or quantity.form == "words":
        return False
    if (quantity.unit or "") not in _NAMING_UNITS:
        bounded = quantity.span.end > quantity.core.end
        return bounded and _RATE_BETWEEN.fullmatch(text, quantity.span.end, following.span.start) is not None
    return _NAME_BETWEEN.fullmatch(text, quantity.span.end, following.span.start) is not None


_NAMING_UNITS = frozenset(("岁", "周岁", "小时", "分钟", "天"))
_RATE_BETWEEN = re.compile(r"(?:[(（][^()（）]{2,10}[)）])?[一-龥]{2,20}?(?:率|额度|价格|比例|标准)(?:分别)?(?:调整)?[为是至到]?")
_NAME_BETWEEN = re.compile(expand(r"(?![的内])(?:(?!以内)[一-龥“”]){4,24}?(?:{reaching_verbs}|带动|增长|提高|不低于|不少于)?"))


def _is_attribute_of_list(text: str, quantity: Quantity) -> bool:
    """多层次、全覆盖、人性化的…; 无禁区、全覆盖、零容忍: one of several attributes, of which nothing is measured."""
    before, after = text[quantity.span.start - 1 : quantity.span.start], text[quantity.span.end : quantity.span.end + 1]
    return before == "、" and after in ("、", "的") and text[quantity.span.start] in "全零"


def _only_tells_when(text: str, clause: Span, quantity: Quantity, near: str) -> bool:
    """5年内引进…, 三年内建成…: when something is to be done; what may not be done in that time is a rule and stays."""
    unit, end = quantity.unit or "", quantity.span.end
    if unit.lstrip("个") not in ("年", "月") or quantity.comparator != "<=" or text[end - 1] != "内":
        return False
    if _SINCE.search(near) or near.strip(" \n\u3000、") not in ("", "在", "力争", "争取", "力争在", "用", "未来", "今后"):
        return False
    rest = text[end : clause.end].strip()
    return bool(rest) and _FORBIDS.match(text, end - 1, clause.end) is None
