"""Make the name of an indicator readable alone: subject and measure, with the group or the condition it holds for in brackets.

``按照成交价格的1.5%给予购房补贴`` behind ``对购买第三套住房的`` is 购房补贴（购买第三套住房）; ``标准为2万元/套`` behind ``给予团购补贴`` is 团购补贴标准.
"""

from __future__ import annotations

import re
from functools import lru_cache

from graph.lexicon import expand, word_lists
from graph.targets.figure import Figure
from graph.targets.readable import is_each, is_readable, says_nothing, shape_name

_PAID_FOR = re.compile(
    expand(r"^[^,，。;；:：()（）\d]{0,14}?(?P<noun>(?:(?![处以元的式予给并可])[一-龥]){0,6}?{paid_nouns})(?![一-龥]{0,2}的)")
)
_PAID_BEFORE = re.compile(
    expand(
        r"(?P<noun>(?:(?![处以元的式予给并可])[一-龥]){0,16}?(?:{paid_nouns}))(?:标准|金额|额度|比例)?[为按达至到]?{filling_words}*\Z"
    )
)
_GRANT_LEAD = re.compile(expand(r"^(?:的?标准|{grant_verbs}|一次性|相应|每人|每户|每年|每月|最高)+"))
_HEAD_VERBS = re.compile(expand(r"^(?:{grant_verbs}|{head_verbs})+"))
_BY_SHARE = re.compile(r"(?P<what>[^,，。;；:：]{0,30}?)按(?:照)?[^,，。;；:：]{2,40}?的?\Z")
_GRANTS = re.compile(expand(r"{grant_verbs}"))
_WHOM = re.compile(
    expand(
        r"(?:^|[,，。;；:：\n])[^,，。;；:：\n]{0,6}?(?:对(?![外接标照])|给(?!予)|向)(?P<who>[^,，。;；:：\n]{3,40}?)(?:的)?(?:[,，]|{grant_verbs}|每人|每户|按|分别|再)"
    )
)
_CONDITION = re.compile(expand(r"(?:^|[,，。;；:：\n])(?P<who>[^,，。;；:：\n]{3,36}(?:的|以上|以下|以内|\)|）))[,，]\s?\Z"))
_BASE = re.compile(expand(r"(?:比|较|与|同)(?:\d{4}年|{years_compared})(?:同期|底|末|初)?(?:相比|同期|同口径)?[,，]?"))
_LEADS = re.compile(
    expand(
        r"^(?:{name_leads}|处(?=罚款)|处(?![理置罚分方室所级长境])|即(?![时办日])|为(?![民了])|请(?![示求])|[（(]?其中[:：]?)+"
    )
)
_TAILS = re.compile(expand(r"(?:{name_tails}|(?<!之)和|[（(])+$"))
_OWN = re.compile(r"[一-龥A-Za-zＡ-Ｚ]")
_NUMBERED = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|第[一二三四五六七八九十百零]{1,6}条(?:之[一二三])?|【[^】]{1,20}】)\s*"
)
_BOUND_NAME = re.compile(r"最[高低多少长短](?:(?![为是可不达约])[一-龥]){2,8}")
_MEASURE_ENDS = word_lists()["measure_ends"]
_WHO_LEADS = re.compile(r"^(?:对于|对|凡是|凡|如果|如|若|或者|或|并且|而且|以及|且|并)+")
_IS_BASE = re.compile(expand(r"(?:{limits}|不得?[低高超少]|相当于)"))
_ROOM = re.compile(expand(r"{rooms}"))
_MEASURED = ("年龄", "年限", "时间", "时限", "期限", "面积", "比例", "率")
"""What a name ends with that says its own measure, so that no other is put behind it."""
_EXTENTS = ("面积", "房", "住宅", "公寓", "地", "林", "田")
_OWN_DOCUMENT = re.compile(expand(r"{own_documents}"))
_TOPIC = re.compile(expand(r"(?P<topic>[一-龥]{2,8}?)(?:{topic_verbs})"))
_WHOLE = word_lists()["whole_words"]
_EACH = re.compile(expand(r"(?:按照?)?(?P<each>每(?:{each_units})(?:每(?:{each_times}))?)"))
_ONLY_BOUND = re.compile(expand(r"^(?:{limits}|{limits_of_size})"))
_UNFINISHED = word_lists()["unfinished"]
_FROM = re.compile(r"(?<![自理])[由从](?:原来?的?|现行的?|目前的?)?(?:[^由从]{0,12})$")
_OWN_FIGURE = re.compile(r"\d[\d.,]*[万亿多余]*[一-龥%‰]{0,2}$")
_PENALTIES = word_lists()["penalties"]
_OFFENCES = re.compile(r"【([^【】]{2,30}罪)】")
_ARTICLE = re.compile(r"第[一二三四五六七八九十百零]{1,7}条")
_ARTICLE_REACH = 600
_ANNOUNCING = word_lists()["announcing"]
_MOST = 40


def complete_name(
    name: str, figure: Figure, previous: str, heading: str, told: str = "", like: str = "", *, lays_down: bool = True
) -> str | None:
    """The name of an indicator as it can be read alone; None where nothing around the figure gives a subject.

    Args:
        name: The noun phrase found in the clause of the figure.
        figure: The figure.
        previous: The clause before.
        heading: The nearest heading, without its number.
        told: The name of the figure before it in its sentence.
        like: The same, where that figure measures the like: what a figure without any noun goes on with.
        lays_down: Whether the figure is of a rule, so that a bound in the clause before may be its condition, not a figure beside it.
    """
    if figure.base_value is not None:
        name = _FROM.sub("", name) or name
    bare = _NUMBERED.sub("", name)
    # 应满尽满 ends with a word that closes other names
    subject = shape_name(_clean(bare) if figure.in_digits else _LEADS.sub("", bare), figure)
    paid = _paid_name(figure)
    if paid is not None:
        return paid
    bound = _BOUND_NAME.match(figure.text, figure.quantity.span.start, figure.quantity.core.start)
    if bound is not None and bound.group() not in subject and bound.group().endswith(_MEASURE_ENDS):
        # 夫妻双方最高可贷额度65万元: the bound has the measure in it
        subject = f"{subject}{bound.group()}"
    subject, each = ("", subject) if is_each(subject) else _without_each(subject)
    if subject in _terms_of_force() and (topic := _topic(figure)):
        subject = f"{topic}{subject}"
    elif _needs_subject(subject) or (not figure.in_digits and subject == figure.quantity.span.of(figure.text)):
        above = next(
            (
                part
                for part in (
                    *(
                        (told, _head(previous))
                        if each
                        else (_head(previous), (told if subject and not told.endswith(_MEASURED) else like))
                    ),
                    _head(heading),
                    shape_name(_clean(figure.near[-24:]), figure),
                )
                if len(part) >= 2 and not _needs_subject(part)
            ),
            "",
        )
        if figure.quantity.measure == "area" and not above.endswith(_EXTENTS):
            room = max(_ROOM.finditer(figure.lead), key=lambda match: match.start(), default=None)
            above = room.group() if room is not None and subject == "面积" else ""
        if not above:
            return None
        keeps = (
            subject not in _bare_verbs()
            and not says_nothing(subject)
            and not _ONLY_BOUND.match(subject)
            and not above.endswith(subject)
        )
        subject = f"{above}{subject}" if keeps else above
    if each and each not in subject:
        subject = f"{subject}（{each}）"
    condition = _CONDITION.search(figure.lead[: len(figure.lead) - len(figure.near)]) if figure.in_digits else None
    if (
        condition is not None
        and figure.quantity.measure in ("money", "percent", "time")
        and (condition["who"].endswith("的") or (lays_down and re.search(r"\d", condition["who"]) is not None))
    ):
        who = _NUMBERED.sub("", condition["who"]).removesuffix("的")
        who = _WHO_LEADS.sub("", who)
        if len(who) >= 3 and who not in subject:
            subject = f"{subject}（{who}）"
    if subject.startswith(_PENALTIES):
        subject = f"{_offence(figure)}{subject}"
    return subject[: 2 * _MOST]


def _offence(figure: Figure) -> str:
    """The offence an article names before its penalties: 【失火罪】…处三年以上七年以下有期徒刑; empty where it names none."""
    at = figure.quantity.core.start
    before = figure.text[max(0, at - _ARTICLE_REACH) : at]
    article = max((match.start() for match in _ARTICLE.finditer(before)), default=0)
    named = _OFFENCES.findall(before, article)
    return named[-1] if named else ""


def _topic(figure: Figure) -> str:
    """What a term is the term of: the document where its sentence names it, else what opens the sentence (房票采用实名制，有效期…)."""
    lead = figure.lead
    own = max(_OWN_DOCUMENT.finditer(lead), key=lambda match: match.start(), default=None)
    if own is not None:
        return own.group()
    opened = _TOPIC.match(_NUMBERED.sub("", lead.strip(" 　\n")))
    return opened["topic"] if opened is not None and "," in lead and not _needs_subject(opened["topic"]) else ""


def _needs_subject(subject: str) -> bool:
    """Whether a name cannot be read alone: 标准, 给予, 不高于月平均工资, 公告之日起."""
    return (
        subject in _generic()
        or len(_OWN.findall(subject)) < 2
        or subject in _bare_verbs()
        or _ONLY_BOUND.match(subject) is not None
        or subject.endswith(_UNFINISHED)
        or not is_readable(subject)
    )


def _without_each(subject: str) -> tuple[str, str]:
    """A name and what it is given for: 市级补贴标准为每亩 → 市级补贴标准, 每亩."""
    found = _EACH.search(subject)
    if found is None or (subject.startswith(found["each"]) and len(subject) - len(found["each"]) < 2):
        return subject, ""
    rest = _clean(subject[: found.start()] + subject[found.end() :])
    return (rest, found["each"]) if len(rest) >= 2 else (subject, "")


def _clean(name: str) -> str:
    name = _BASE.sub("", name)
    for _ in range(3):
        shorter = _LEADS.sub("", name)
        shorter = (shorter if shorter.endswith(_WHOLE) else _TAILS.sub("", shorter)).strip("的,，、:： 　")
        if shorter == name:
            break
        name = shorter
    return name


def _paid_name(figure: Figure) -> str | None:
    """What is paid, and to whom: 购房补贴（多子女家庭）."""
    if not figure.in_digits or figure.quantity.measure not in ("money", "percent"):
        return None
    after = figure.text[figure.quantity.span.end : figure.clause.end]
    if not _GRANTS.search(figure.near) and not _GRANTS.search(after[:20]):
        return None
    found = _PAID_FOR.match(after) or _PAID_BEFORE.search(figure.near)
    if found is None:
        return None
    noun = _LEADS.sub("", found["noun"].lstrip("的和及"))
    if _IS_BASE.match(noun):
        return None  # 按照不低于基本生活费15%的标准: of what, not what
    noun = _GRANT_LEAD.sub("", noun) or found["noun"]
    whom = max(_WHOM.finditer(figure.lead + "，"), key=lambda match: match.start(), default=None)
    share = _BY_SHARE.search(figure.near) if figure.quantity.measure == "percent" else None
    if share is not None and not noun.endswith("比例"):
        noun = f"{_head(share['what']) if whom is None else ''}{noun}比例"
    if whom is None:
        return noun if len(noun) > 2 else None
    return f"{noun}（{_NUMBERED.sub('', whom['who']).strip('的')}）"[: 2 * _MOST]


def _head(clause: str) -> str:
    """The noun phrase a clause or a heading is about, as far as one can tell without a parser: what follows its verb."""
    bare = _NUMBERED.sub("", clause.strip(" 　\n,，。;；:："))
    bare = _HEAD_VERBS.sub("", _OWN_FIGURE.sub("", bare))
    bare = bare.rsplit("，", 1)[-1].rsplit(",", 1)[-1]
    if bare.endswith(_ANNOUNCING):
        return ""
    bare = _clean(bare.rpartition("的")[2] if re.search(r"\d", bare) else bare)
    return bare if 2 <= len(bare) <= 24 and not re.search(r"\d", bare) else ""


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    return frozenset(word_lists()["generic_names"])


@lru_cache(maxsize=1)
def _terms_of_force() -> frozenset[str]:
    return frozenset(word_lists()["terms_of_force"])


@lru_cache(maxsize=1)
def _bare_verbs() -> frozenset[str]:
    return frozenset(word_lists()["bare_verbs"])
