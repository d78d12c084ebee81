"""Find the indicator 指标 of a quantity: the noun phrase that it measures, taken from the words around the number."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from corpus.document import Span
from graph.lexicon import entries, expand, word_lists
from graph.quantities.quantity import Quantity
from graph.targets.exclusions import closes_enumeration
from graph.targets.figure import AGES

# what stands between an indicator and its number: verbs of reaching and fillers
_REACHING = re.compile(expand(r"(?:{before_figures}|(?<![拥具享持公国])有|(?<![最附临])近)$"))
_CLAUSE_LEAD = re.compile(
    expand(
        r"^(?:{clause_leads}|到(?![期位达账访岗场会])|及(?!时)|对(?![外接口标照])|守住了?|要(?![求素点件])|应当?"
        r"|[一二三四五六七八九十]+是|第[一二三四五六七八九十]+(?:条|(?=[,，、:：]))|\d{1,2}[.、．]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
        r"|[一二三四五六七八九十]{1,3}、(?:{goal_kinds}?(?:目标|要求))?|[“\"]?{five_year_plans}[”\"]?{plan_times}"
        r"|[12]\d{3}年(?:\d{1,2}月)?{year_tails}?(?:度|后(?![备勤续]))?|[的,，、:：\s”—])"
    )
)
_NOUN_STOP = re.compile(expand(r"[,，。;；:：、（(）)\n]|{after_nouns}"))
_WITHIN = re.compile(expand(r"[以之]?内(?:{modals}|需)?([^,，。;；:：]{2,24})"))
_WITHIN_OPEN = re.compile(expand(r"(?:{modals}|需)?([^,，。;；:：]{2,24})"))
_SINCE = re.compile(expand(r"(?:{since_then}|收到[^,，]{1,12})的?$"))
_RANKED = re.compile(expand(r"{ranked_manners}*[由从]?{ranked}+在?(?P<among>[一-龥]{0,10})$"))
_LEADING_PARTICLE = re.compile(expand(r"^{particles}+"))
_CHANGE = re.compile(r"^(.{2,40}?)(?:将|把)?[由从](?=[^由从]*$)")
_OPEN_FORMULAS = frozenset(word_lists()["open_formulas"])
_REACHED = re.compile(expand(r"{reached}$"))
_LIST_TAIL = re.compile(expand(r"(?:年均)?{list_tails}?[到至]?$"))


def find_indicator(text: str, clause: Span, quantity: Quantity, previous: str = "", following: str = "") -> str:
    """A noun phrase for the quantity, made of characters of its clause (or of the clause before, where its own has none).

    ``废旧农膜基本实现全回收`` → 废旧农膜基本实现全回收; ``打造10个左右现代化农业产业示范园`` → 现代化农业产业示范园; ``示范县4个`` → 示范县.
    """
    left = text[clause.start : quantity.span.start].strip(" 　")
    right = text[quantity.span.end : clause.end].strip(" 　")
    left, right = _before_distribution(left), _behind_row(right) if "分别" in left else right
    right = _SORTS.sub("", _INCLUDED.sub("", right))
    within = _WITHIN.match(right) if quantity.measure == "time" else None
    if within is None and quantity.measure == "time" and text[quantity.span.end - 1] == "内":
        within = _WITHIN_OPEN.match(right)
    if within is not None and len(within[1]) >= 2 and (not left or _SINCE.search(left)):
        # 自受理之日起5个工作日内办结: what has to be done within it
        return _time_limit(left, within[1])
    ban = _BAN_AFTER.match(right) if quantity.measure == "time" else None
    if ban is not None:
        # 5年内不得上市交易
        subject = _without_lead(_without_tail(left)).rstrip("在的")
        named = len(subject) >= 2 and subject not in _verbs() and not _SINCE.search(left)
        return _short(f"{subject if named and len(subject) <= 20 else ''}{ban['act'][:20]}期限")
    counted = ((not left or _SINCE.search(left)) and text[quantity.span.end - 1] == "内") or _SINCE_DAY.search(left)
    if quantity.measure == "time" and not right.strip("的") and counted and following:
        # 在每一会计年度结束之日起四个月内，报送年度报告: what has to be done stands in the next clause
        act = _ACT_LEAD.sub("", following.strip())
        told = _TO_WHOM.match(act)
        return _time_limit(left, told["act"] if told is not None and "、" in told.group() else _NOUN_STOP.split(act)[0][:24])
    if quantity.measure == "rank":
        left = _RISING.split(left)[0] or left
        row = _RANKED.search(left)
        name = _without_lead(left[: row.start()] if row else left)
        return _short(f"{name or _head_of(previous)}{row['among'] if row else ''}排名")
    change = _CHANGE.match(left)
    if change is not None and quantity.form != "words":
        rest = left[change.end() :]
        if not rest or rest[:1].isdigit() or rest.endswith("年的"):
            return _short(_without_lead(change[1]))
    stem = _without_tail(left)
    bare = _without_lead(stem)
    if quantity.form == "words":
        tail = text[quantity.core.start : quantity.core.end]
        rest = right if tail in _OPEN_FORMULAS else ""
        if tail == "全部" and bare:
            rest = _NOUN_STOP.split(rest)[0]
        return _short(f"{bare}{tail}{rest}" if len(bare) >= 2 or rest else f"{_head_of(previous)}{tail}")
    noun = _noun_after(right)
    reached = stem != left.rstrip() and not left.endswith(_NO_REACHING)
    if noun and _THERE_ARE.search(left):
        # 理事会应当有二至三名会员理事
        return _short(f"{_without_lead(_without_tail(_THERE_ARE.sub('', left)))}{noun}")
    if len(noun) >= 3 and quantity.measure == "count" and closes_enumeration(left, quantity.value):
        return _short(noun)  # 扶持三都、罗甸2个国家重点帮扶县
    share = _SHARE_OF.match(left[-70:]) if quantity.measure in ("percent", "ratio") and not noun else None
    if share is not None:
        part = _without_lead(_without_tail(share["part"]))
        return _short(part if "基点" in (quantity.unit or "") else f"{part}占{share['whole'].rstrip('的')}比例")
    if quantity.measure == "time" and left.endswith(_DURATIVE):
        lasting = re.sub(r"(?:再|可以?|应当|应|将|须|的)+$", "", _without_lead(left[:-2]))
        return _short(f"{lasting if len(lasting) <= 20 and not lasting.startswith('进行') else ''}{left[-2:]}时间")
    fined = _FINED.search(left) if quantity.measure in ("money", "percent", "ratio", "count") else None
    fine = _FINE_AFTER.match(right) if fined is not None else None
    if fined is not None and fine is not None:
        return f"{fine['fine']}（{fined['who']}）" if fined["who"] else fine["fine"]
    standard = _STANDARD_AFTER.match(right) if _APPLIED_TO.search(left) else None
    if standard is not None:
        # 按5000元/套标准发放消费券
        return _short(f"{standard['what'] or ''}{standard['act']}标准")
    if quantity.measure == "percent":
        rate = _RATE_AFTER.match(right) if _APPLIED.search(left) else None
        if rate is not None:
            return _short(f"{rate['tax'] or ''}{rate['rate']}{'（' + rate['of'] + '）' if rate['of'] else ''}")
        counts = _COUNTS_AS.match(right) if left.endswith("的") else None
        if counts is not None:
            return _short(f"{counts['what']}占{_without_lead(left)}比例")
    attribute = _as_attribute(bare, noun, right, quantity)
    if attribute is not None:
        return _short(attribute)
    if bare in _GIVING and noun:
        return _short(f"{_head_of(previous)}{noun}")
    if bare in _KEPT_VERBS and len(noun) >= 2:
        # 新增2户独角兽企业: how many more there are, not how many there are
        return _short(f"{bare}{noun}")
    if not bare or bare in _verbs():
        return _short(noun if len(noun) >= 2 or noun in _PLACES else f"{_head_of(previous)}{bare}{noun}")
    lasts = quantity.measure == "time" and quantity.span.end > quantity.core.end
    if noun and lasts and len(bare) >= 2 and "的" in noun:
        return _short(bare)  # 毕业5年以内中专及以上学历的青年人才
    if noun and (not reached or (quantity.measure == "time" and left.endswith("有"))):
        return _short(_joined(bare, noun) if len(bare) + len(noun) <= 40 else noun)
    return _short(bare if len(bare) >= 2 else f"{_head_of(previous)}{bare}{noun}")


_INCLUDED = re.compile(r"^[（(]不?(?:含|包含|包括)[^()（）]{0,12}[)）]")
_SORTS = re.compile(r"^[一二三四五六七八九十两]个?(?:类型|档次|等级|标准|层次|档|类)的?")
_APPLIED = re.compile(r"(?:适用|按照?|以|执行|实行)$")
_RATE_AFTER = re.compile(
    r"^的?(?P<rate>[一-龥]{0,6}?(?:税率|费率|利率|征收率|预征率|缴存率))(?:的(?P<of>[一-龥]{2,16}))?(?:(?:征收|缴纳|计征)(?P<tax>[一-龥]{2,8}))?"
)
_FINED = re.compile(r"(?:^对(?P<who>[一-龥]{2,12}?))?(?:可以|应当|并|单|可|判)*处(?:以|或者)?[^,，]{0,24}$")
_FINE_AFTER = re.compile(r"^[^,，。;；]{0,10}?(?P<fine>罚款|罚金)")
_APPLIED_TO = re.compile(r"按照?[^,，]{0,12}$")
_STANDARD_AFTER = re.compile(expand(r"^的?标准(?:,|，)?(?P<act>{giving_acts})(?P<what>[一-龥]{2,10})?"))
_COUNTS_AS = re.compile(r"^(?:作为|为|用于|计入)(?P<what>[一-龥]{3,14})")
_KEPT_VERBS = frozenset(word_lists()["kept_verbs"])
_BEFORE_LIMIT = re.compile(expand(r"(?:{since_then}|{modals}|请|可|并|需|将|的)$"))
_BEFORE_COUNT = re.compile(expand(r"(?:(?:{modals})?以|{modals}|按)$"))
_SINCE_DAY = re.compile(r"之日起满?$")
_BAN_AFTER = re.compile(expand(r"[以之]?内?(?P<act>(?:不得|不再|不予|禁止|严禁|不能|暂停)[^,，。;；:：的]{2,})"))
_RISING = re.compile(r"[从由](?=[^从由]{0,12}第[\d一二三四五六七八九十]+位?)")
_DURATIVE = word_lists()["durative"]
_TIME_NOUNS = word_lists()["time_nouns"]
_ACT_LEAD = re.compile(expand(r"^(?:{act_leads})+"))
_LIMIT_SUBJECTS = word_lists()["limit_subjects"]
_TO_WHOM = re.compile(expand(r"^向[^,，。;；]{2,40}?(?P<act>(?:{reporting_acts})[^,，。;；]{0,12})"))
"""To whom something is handed in stands before it: 向登记机关、监督机构作出书面报告."""
_SINCE_INSIDE = re.compile(expand(r"(?<=[一-龥]{2})(?:{modals}|可以)?[自从在][^自从在]{2,}$"))
_WHO_ACTS = re.compile(expand(r"(?<=[一-龥]{4})的(?:[一-龥]{0,4}(?:{group_ends}|纳税人))$"))
_SINCE_LEAD = re.compile(expand(r"^(?:自|从|收到|接到|由|于)|日起|后$|(?:{since_events})"))
_FORBIDDEN = word_lists()["forbidding"]
_MEASURES = {"time": "时间", "money": "金额", "area": "面积", "percent": "比例", "length": "长度", "person": "人数"}
_MEASURE_ENDS = word_lists()["measure_ends"]
_OF = re.compile(r"^(?:[(（][^()（）]{1,14}[)）])?的(?=[一-龥]|$)")
_VERB_AFTER = re.compile(expand(r"^(?:[(（][^()（）]{1,14}[)）])?的?(?:{verbs_after})"))
_PERIOD_AFTER = re.compile(expand(r"^为(?P<noun>{periods_after})"))


def _time_limit(left: str, act: str) -> str:
    """The name of a time limit: what has to be done, and for what where its clause says so: 简单问题答复时限."""
    act = _ACT_LEAD.sub("", act)
    act = _WHO_ACTS.sub("", act) or act
    subject = left.rstrip("的")
    for _ in range(4):
        shorter = _BEFORE_LIMIT.sub("", subject)
        if shorter == subject:
            break
        subject = shorter
    subject = _without_lead(_SINCE_INSIDE.sub("", subject))
    if (
        len(subject) > 10
        or subject[:1] in ("在", "自", "从", "于")
        or _SINCE_LEAD.search(subject)
        or subject.endswith(_LIMIT_SUBJECTS)
        or re.search(r"\d", subject)
    ):
        subject = ""
    if not act or act in _verbs():
        act = f"{_head_of(left)}办理" if len(act) < 2 else act
    end = "" if act.endswith(_TIME_NOUNS) else "期限" if act.startswith(_FORBIDDEN) else "时限"
    return _short(f"{subject}{act}"[:36]) + end


def _as_attribute(bare: str, noun: str, right: str, quantity: Quantity) -> str | None:
    """The name where the number says which things are meant: 年龄不超过45周岁的人员, 购买2年以上的住房, 实施满两年需要继续的.

    What is measured stands before the number, the things in brackets behind it. None where the number counts the noun behind it.
    """
    bounded = quantity.span.start < quantity.core.start or quantity.span.end > quantity.core.end
    period = _PERIOD_AFTER.match(right)
    bare = _BEFORE_COUNT.sub("", bare) or bare
    if period is not None and len(bare) >= 2:
        return f"{bare}{period['noun']}"
    measure = _MEASURES.get(quantity.measure)
    if quantity.measure in ("count", "person") and bare.endswith(_MEASURE_ENDS) and bounded:
        measure = "数"
    elif quantity.measure == "person":
        return None
    if quantity.measure == "percent" and not bare.endswith(_MEASURE_ENDS):
        return None
    if measure is None or quantity.form == "words" or not _OWN_CHARACTER.search(bare):
        return None
    of, acts = _OF.match(right), _VERB_AFTER.match(right)
    aged = (quantity.unit or "") in AGES
    if not (of or acts or (bounded and noun and bare.endswith(_MEASURE_ENDS))) or (not bounded and not acts):
        return None
    if bare in _verbs() and not aged and quantity.measure != "time":
        return None
    if aged:
        measure = "年龄"
    elif quantity.measure == "time" and (quantity.unit or "").endswith("年"):
        measure = "年限"
    name = bare if bare.endswith(_MEASURE_ENDS) else f"{bare}{measure}"
    things = "" if acts or noun.startswith("基础") else noun
    return f"{name}（{things}）" if 2 <= len(things) <= 24 and things not in name else name


_OWN_CHARACTER = re.compile(r"[一-龥A-Za-z]{2}")
_DISTRIBUTED = re.compile(r"分别([一-龥]{0,6})[\d.].*$")


def _before_distribution(left: str) -> str:
    """``分别增加40万元、`` before the second number of a row: the verb stays, the numbers before go."""
    return _DISTRIBUTED.sub(r"\1", left)


def _behind_row(right: str) -> str:
    """What stands behind the last number of a row: ``、20万元服务奖励`` → 服务奖励."""
    behind = right
    for last in re.finditer(
        r"[、和及与]\s?[\d.]+(?:[万亿千百]{1,2})?(?:元|美元|个|家|人|名|户|%|亩|公里|吨|件|项|套|台|次|场|岁|倍)(?:/(?:平方米|[一-龥]{1,2}(?=[、补奖资标给])))?",
        right,
    ):
        behind = right[last.end() :]
    return behind


def _joined(bare: str, noun: str) -> str:
    """The words before a number and those behind it as one name: what both have (带动就业5人及以上就业) stands once."""
    shared = next((k for k in range(min(len(bare), len(noun), 8), 1, -1) if bare.endswith(noun[:k])), 0)
    return bare + noun[shared:]


_THERE_ARE = re.compile(expand(r"(?:(?:{modals}|可以?)(?:有|由)|的有|(?<=[一-龥])(?:{modals}))$"))
_SHARE_OF = re.compile(expand(r"(?P<part>[^,，]{2,30}?)(?:{limits})(?P<whole>[^,，]{4,30}?)的?$"))
_ITS_FIGURE = re.compile(expand(r"(?:{before_figures})?\d[\d.,]*[万亿多余]*[一-龥%‰]{0,3}(?:{bounds_behind})?$"))
_ATTRIBUTIVE = ("级", "型", "化", "性", "式")
_PLACES = frozenset("省市县区州盟旗乡镇村户人家")


def _noun_after(right: str) -> str:
    """The noun a number counts: ``个生态宜居、各具特色的小康村`` → 小康村; ``个方面重点工作`` → 重点工作方面."""
    after = _LEADING_PARTICLE.sub("", right)
    after = re.split(r"\d", after, maxsplit=1)[0] if re.match(r"[^\d,，。;；]{2,}\d", after) else after
    modified = re.match(r"[^,，。;；\d]{0,30}的", after)
    if modified is not None and "、" in modified.group():
        after = after[modified.end() :]
    stop = _NOUN_STOP.search(after)
    noun = (after[: stop.start()] if stop else after).strip()
    if stop and stop.group() == "、" and noun.endswith(_ATTRIBUTIVE):
        # 行业级、场景级大模型: the noun stands behind its last attribute
        noun = re.split(r"[,，。;；:：（(）)\n\d]", after, maxsplit=1)[0][:24]
    return f"{noun[2:]}方面" if noun.startswith("方面") and len(noun) > 2 else noun


def _head_of(clause: str) -> str:
    """The noun a whole clause is about, for the clause after it that names none: ``切实保障…的住房安全`` → 住房安全."""
    bare = _without_lead(_without_tail(_ITS_FIGURE.sub("", clause[-60:])))
    last = bare.rsplit("的", 1)[-1]
    return last if 4 <= len(last) < len(bare) else bare


def find_distributed_indicator(text: str, clause: Span, quantities: list[Quantity], i: int, previous: str = "") -> str | None:
    """The indicator of the i-th number after 分别: ``工业、投资分别增长7%、6%`` pairs the k-th name with the k-th number.

    Where the clause holds no names, those of the clause before count: ``对获金奖、银奖的单位,分别给予15万元、10万元奖励``.
    """
    at = text.find("分别", clause.start, clause.end)
    if at < 0 and (pair := _TOWN_AND_COUNTRY.search(previous)) is not None and "分别" in previous:
        # 城乡居民收入分别达6.9万元、3.4万元，增长4.2%、5.3%: the clause behind goes on with the pair of the one before
        return _of_pair(text, clause, quantities, i, pair)
    if at < 0 or quantities[i].core.start < at:
        return None
    first = bisect_left(quantities, max(clause.start, at + 1), key=lambda q: q.core.start)
    last = bisect_left(quantities, clause.end, key=lambda q: q.core.start)
    numbers = [q for q in quantities[first:last] if q.form != "words"]
    if quantities[i] not in numbers:
        return None
    names = [name for name in re.split(r"[、和与及]", _without_lead(_without_tail(text[clause.start : at]))) if name]
    giver = _GIVEN_TO.match(previous) if len(names) < 2 else None
    if giver is not None:
        given = previous[giver.end() :]
        names = [name for name in re.split(r"[、和与及]", given.rpartition("的")[0] or given) if name]
        noun = _noun_after(text[numbers[-1].span.end : clause.end])
        return _short(names[numbers.index(quantities[i])] + noun) if 2 <= len(names) == len(numbers) else None
    if len(names) == 1 and names[0].startswith("一二三产") and len(numbers) == 3:
        rest = names[0][4:].removeprefix("业")
        names = [f"第{order}产业{rest}" for order in "一二三"]
    if len(names) == 1 and len(numbers) == 2 and (pair := _TOWN_AND_COUNTRY.search(names[0])) is not None:
        names = [f"{place}{pair['what']}" for place in ("城镇", "农村")]
    if len(names) != len(numbers) or len(names) < 2:
        return None
    names = _written_out(names)
    verb = _LIST_TAIL.search(text[at + 2 : numbers[0].span.start])
    return _short(names[numbers.index(quantities[i])] + (_REACHED.sub("", verb.group()) if verb else ""))


def _of_pair(text: str, clause: Span, quantities: list[Quantity], i: int, pair: re.Match[str]) -> str | None:
    """The indicator of one of two values in a clause of nothing but a change: 增长4.2%、5.3%."""
    numbers = [q for q in quantities if clause.covers(q.core) and q.form != "words"]
    changed = _LIST_TAIL.fullmatch(text[clause.start : numbers[0].span.start].strip()) if len(numbers) == 2 else None
    if changed is None or quantities[i] not in numbers:
        return None
    return _short(f"{('城镇', '农村')[numbers.index(quantities[i])]}{pair['what']}{changed.group()}")


_TOWN_AND_COUNTRY = re.compile(expand(r"城乡(?P<what>(?:常住)?{earners}(?:人均)?{incomes}(?:年均)?)"))
_GIVEN_TO = re.compile(r"\s*(?:第[一二三四五六七八九十百]{1,5}条)?\s*(?:对|给|按)")
# what several names of a row share, where the last one writes it: 电子信息、装备制造业产业规模
_SHARED_END = re.compile(expand(r"(?:{earners}(?:人均)?{incomes}|{sizes}规模|{shared_ends})$"))
_INDICATOR_END = re.compile(expand(r"{indicator_ends}$"))
_LONG_MODIFIERS = word_lists()["long_modifiers"]


def _written_out(names: list[str]) -> list[str]:
    """Names that share their end or their beginning: 城镇和农村居民人均收入 → 城镇居民人均收入, 农村居民人均收入."""
    first, last = names[0], names[-1]
    shared = _SHARED_END.search(last)
    if shared is not None and 2 <= shared.start() <= 12 and not any(_SHARED_END.search(name) for name in names[:-1]):
        return [name + shared.group() for name in names[:-1]] + [last]
    if not _INDICATOR_END.search(last) or any(_INDICATOR_END.search(name) for name in names[:-1]) or not 2 <= len(first) <= 12:
        return names
    cut = next((len(word) for word in _LONG_MODIFIERS if last.startswith(word)), 0)
    cut = cut or next((k for k in range(2, len(first) + 2) if k < len(last) and last[k - 1] == first[-1]), 2)
    own, tail = last[:cut], last[cut:]
    head = first[: -len(own)] if len(first) > len(own) + 1 else ""
    middle = [name if name == first else head + name for name in names[:-1]]
    return [name + tail for name in middle] + [head + last]


def _without_tail(phrase: str) -> str:
    phrase = phrase.rstrip()
    for _ in range(6):
        if phrase.endswith(_WHOLE):
            return phrase
        match = _REACHING.search(phrase, max(0, len(phrase) - 4))
        if match is None:
            return phrase
        phrase = phrase[: match.start()].rstrip()
    return phrase


def _without_lead(phrase: str) -> str:
    for _ in range(12):
        match = _CLAUSE_LEAD.match(phrase)
        if match is None or not match.end():
            break
        phrase = phrase[match.end() :]
    return phrase.strip("的,，、:： \"'")


_NO_REACHING = word_lists()["no_reaching"]
_WHOLE = word_lists()["whole_words"]
_PART_END = re.compile(r"[、,，等的]")
_BLANK = re.compile(r"(?<![A-Za-z0-9])\s+|\s+(?![A-Za-z0-9])")
_GIVING = frozenset(word_lists()["giving"])


def _short(phrase: str) -> str:
    phrase = _BLANK.sub("", phrase)
    phrase = phrase.strip("的,，、:：;；。 ")
    if len(phrase) > 40:
        # from the first mark that leaves a name of bearable length, not from the middle of a word
        mark = _PART_END.search(phrase, len(phrase) - 41, len(phrase) - 6)
        phrase = phrase[mark.end() if mark else len(phrase) - 40 :]
    for opener, closer in ("“”", "()", "（）", "《》"):
        if phrase.count(opener) != phrase.count(closer):
            # half of a pair is no part of a name
            phrase = (
                phrase.strip(opener + closer) if phrase[:1] in (opener, closer) or phrase[-1:] in (opener, closer) else phrase
            )
            if phrase.count(opener) != phrase.count(closer):
                phrase = phrase.replace(opener, "").replace(closer, "")
    return phrase.strip("的,，、:：;；。 ")


@lru_cache(maxsize=1)
def _verbs() -> frozenset[str]:
    return frozenset(entries("goal_cues.txt"))
