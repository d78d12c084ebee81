"""Mend names of indicators that say no noun phrase yet, and give up those that nobody could read alone.

``可贷额度可在规定额度基础上上浮`` is 可贷额度上浮; ``取得购房发票当日起满`` is 取得购房发票后年限; of ``自破产清算完结之日起未`` with no time behind it
nothing is left. The names come from ``indicator`` and ``naming``; here only their borders and forms are looked at.
"""

from __future__ import annotations

import re
from functools import lru_cache

from graph.lexicon import expand, word_lists
from graph.targets.figure import AGES, Figure

_LEADS = re.compile(
    expand(
        r"^(?:{bare_leads}|[（(][一二三四五六七八九十\d]{1,2}[)）]|以?[上下](?=每)|度(?=[在我全实])|内(?=[出购办转申再首])|在(?=[^内中上下后时前间]{4,}(?:比例|额度|金额|标准|利率|面积)$)|经[一-龥]{2,12}?(?:批准|审核|同意|认定|评估|审批)后?可?(?=[一-龥]{4})|如(?![果期实何])|并(?![购联网轨列发])|可以|可(?![可再支回持用贷行比售移燃控靠信替能])|需(?![求要])|自(?=[^自]{2,14}(?:之日|日起|年起|月起|以来))|自?\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?起[,，]?|而(?!且)|其(?![他它余中])|该(?!省|市|县|区|州|院|套|项|户|批|类|宗)|[”’』」])+"
    )
)
_BEFORE_NOUN = re.compile(expand(r"^(?:对(?![外接口标照])|针对|对于|关于|作为)(?=[一-龥“《A-Za-z\d])"))
_TAILS = re.compile(
    expand(
        r"(?:{bare_tails}|不(?:应|得|宜|能|可)?(?:少|低|高|超|大|小|早|晚|多|长|短)(?:于|过)?$|以(?=为主$)|(?<=以)为主|[（(“‘《]|(?<![高平同中初一二三])等|(?<![之总缓中共])和|(?<![参给])与|(?<![普涉以])及|(?<![同占环价积贷业配容])比|(?<!成)就|(?<![响对供适效反感顺照])应|(?<![许认])可|(?<![预节公合大特])约|(?<![其尤])为)+$"
    )
)
_WHOLE = word_lists()["whole_words"]
_ON_TOP = re.compile(
    expand(
        r"^(?P<what>.*?)(?:可以?|适当)?(?:[在按](?P<base>.*?))?(?:的)?基础上(?:{adding_fillers})*(?P<how>{adding_verbs})(?:比例|幅度|额度)?$"
    )
)
_FROM = re.compile(expand(r"^(?P<what>.{4,}?)[由从](?:{former_times})?的?[^由从]{0,16}(?:{changing_verbs})[到至为]?$"))
_UP_TO = re.compile(expand(r"^(?P<what>.{3,}?)(?:可以?)?(?:{set_to})(?:{whose})?(?:{limit_words})?$"))
_SINCE = re.compile(expand(r"^(?:在|自|从)?(?P<what>.{2,30}?)(?:{since_days})起(?:{since_tails})*(?:年限)?$"))
_ACCORDING = re.compile(expand(r"^(?P<what>.{4,}?)可?按(?:照)?.{2,}?(?P<how>{adding_verbs})?(?:{settled})$"))
_BOUNDED_IN = re.compile(r"^(?P<what>.{3,}?)在\d(?!\d{3}年).*$")
_SINCE_BEFORE = re.compile(expand(r"^(?:在|自|从)?.{2,40}?(?:{since_days})起(?P<what>.{4,})$"))
_AS_PART = re.compile(r"^(?P<part>[^为由]{2,16}(?<!调整))为(?P<whole>[^为\d]{1,30}(?<!率))$")
_OTHER_FIGURE = re.compile(r"^.*\d[\d.]*[万亿]?(?:[一-龥%‰]{1,2})[、，,且](?=[一-龥])")
_END_FIGURE = re.compile(
    expand(
        r"(?:[由从为至到]|高达)?(?:{former_times})?的?(?:最高|最低)?不?得?(?:超过|低于|高于)?[\d.]+(?:%|个?百分点|万?元|倍|周?岁)$"
    )
)
_TOLD_BEFORE = re.compile(expand(r"(?<=[一-龥]{4})(?:{kept_verbs}|{growing}|{reached_words}|共)[\d.]+[万亿余多]*[一-龥%]{1,3}$"))
"""Another figure of the same thing that stands before this one: 通车里程新增3000公里、突破1.1万公里."""
_BOUND = r"(?:不得|不应|应|须)?不?(?:低于|少于|超过|高于|大于|小于|多于)"
_BOUND_SHARE = re.compile(rf"^(?P<what>.{{2,24}}?){_BOUND}(?P<of>.{{2,}})$")
_BOUND_BASE = re.compile(rf"{_BOUND}(?P<of>[一-龥]{{2,20}}?)的?$")
_TRIED = re.compile(expand(r"起(?P<what>{taking_force})$"))
_SUM_TWICE = re.compile(r"(?<=额度|限额|标准|补贴|补助)金额$")
_HALF_BRACKET = re.compile(r"[(（][^()（）]*(?=）$)")
_RAGGED = re.compile(
    r"[【】]|是指|\d倍|\d[\d.]*[万亿]?元/|^(?:比例|标准|金额|额度)(?:的|给予|按|为)|(?P<twice>.{4,}).?(?P=twice)|^(?:其余|当(?![地年期日前事])|自次月|原来的|每工龄)|^[\d一二三四五六七八九十—~-]+(?:年|个?月|日)|(?:回落|降至|规定|其)$"
)
"""What only part of a clause has: 其余10县上调, 当个贷率, 3年—5年(含)."""
_STREAK_TAIL = re.compile(r"(?:连续\d+(?:年|个?月)|\d{4}年[底末初]?)$")
_NOTHING = re.compile(expand(r"(?:{empty_words})+"))
_FINE = re.compile(r"(?:和|或者?|、|并处|处)[一二三四五六七八九十百千万]+元.*$")
_INSIDE = re.compile(r"^在(?P<what>.{4,})内$")
_BRACKET = re.compile(r"[（(][^（）()]*$")
_STRAY = re.compile(r"^[^（(]*[）)]")
_TIME_ENDS = (*word_lists()["time_nouns"], *word_lists()["time_itself"], "数")
_MONEY_ENDS = word_lists()["money_ends"]
_GROWING = (*word_lists()["growing"], *word_lists()["adding_verbs"])
_SPOKEN = re.compile(expand(r"{spoken}|[？?！!]"))
_NO_NAME = re.compile(expand(r"^(?:{no_openings})|(?:{no_endings})$"))
_SHARE_VERBS = word_lists()["share_verbs"]
_IN_FORCE = re.compile(expand(r"{taking_force}+"))
_NUMERAL = re.compile(r"[\d一二三四五六七八九十两百]")
_INNER_FIGURE = re.compile(
    r"\d%|^\d[\d.]*[万亿]?元|(?<!PM2\.)(?<!PM)\d$|应当|\d次$|(?<![初高集适其])中$|\d个?百分点|[\d一二三四五六七八九十]+日内期限"
)
_PAID = re.compile(
    expand(
        r"(?P<what>(?:(?![的、，,。；:：\s和与及给予发放按为提高降低调整优化实施加大申领享受不超过现行当期])[一-龥]){0,10}(?:{paid_nouns}|{allowed_nouns}))(?:标准|政策|金额)?"
    )
)
_OTHERS = {
    "time": ("利率", "税率"),
    "count": ("面积", "利率"),
}
"""What a name cannot end with where its figure is of another measure."""
_FLOOR_UNITS = ("平方米", "平米", "㎡", "m2", "m²")
_ROOMS = re.compile(expand(r"(?:{rooms})"))
_SIZES = ("面积", "时间", "年限", "人数")
_GROUP_ENDS = word_lists()["group_ends"]
_LOANED = re.compile(r"^最[高多](?:可)?(?:贷|提)")


def make_readable(name: str, figure: Figure, group_of: str = "") -> str | None:
    """The name with its measure, as it is to be shown; None where nobody could tell what is measured.

    Args:
        name: The name, with groups and conditions in brackets behind it.
        figure: The figure.
        group_of: What the figures before it in its sentence, or its heading, pay or allow; a name that is only a group
            (``博士``) is put behind it: 购房补贴（博士）.
    """
    core, groups = _split(name)
    if not figure.in_digits:
        return name if len(core) >= 2 and not _SPOKEN.search(core) else None
    own = find_paid(figure.quantity.span.of(figure.text)) if _is_group(core) else ""
    if own:
        return f"{own}（{core}）{groups}"  # 四类人才可享受不超过贷款额度上限的1.5倍
    paying = figure.quantity.measure in ("money", "percent") and figure.manner != "account" and not figure.looks_back
    if paying and (is_each(core) or _is_group(core)):
        group_of = find_paid(figure.lead[: len(figure.lead) - len(figure.near)]) or group_of
    else:
        group_of = ""
    if group_of and group_of not in core:
        core, groups = group_of, f"（{core}）{groups}"
    if not is_readable(core) or (core.endswith("后") and figure.quantity.measure != "time"):
        return None
    if groups.count("“") != groups.count("”"):
        groups = ""  # half a quotation says nothing
    if core.endswith(_OTHERS.get(figure.quantity.measure, ())):
        return None  # 5年以下和5年以上利率: the time is part of the name
    if groups.count("(") + groups.count("（") > groups.count(")") + groups.count("）"):
        groups = _HALF_BRACKET.sub("", groups)  # a group that was too long was cut inside a bracket of its own
    return f"{_with_measure(core, figure, groups)}{groups}"


def is_readable(name: str) -> bool:
    """Whether a name says a thing: neither a bare measure or verb, nor half a clause, nor talk."""
    if len(name) < 2 or name in _unreadable() or is_each(name) or says_nothing(name):
        return False
    return not (_NO_NAME.search(name) or _RAGGED.search(name) or _SPOKEN.search(name) or _INNER_FIGURE.search(name))


def says_nothing(name: str) -> bool:
    """Whether a name is made of adverbs and verbs of giving alone: 分别按现行执行."""
    return _NOTHING.fullmatch(name) is not None


def is_each(name: str) -> bool:
    """Whether a name says only for what something is given: 每套."""
    return name in _each()


def shape_name(name: str, figure: Figure) -> str:
    """The noun phrase in a name: without what opens or closes a clause, some forms of clauses turned into nouns."""
    if not figure.in_digits:
        return _clean(name, tails=False)
    return _reshape(_clean(name), figure)


def _split(name: str) -> tuple[str, str]:
    """A name and the groups and conditions in brackets behind it."""
    end = len(name)
    while name.endswith("）", 0, end):
        depth, at = 0, end - 1
        while at > 0:
            depth += (name[at] == "）") - (name[at] == "（")
            if not depth:
                break
            at -= 1
        if depth or at == 0:
            break
        end = at
    return name[:end], name[end:]


def without_groups(name: str) -> str:
    """A name without the groups and conditions in brackets behind it."""
    return _split(name)[0]


def find_paid(words: str) -> str:
    """What a heading or a name says is paid or allowed (购房补贴, 贷款最高额度), empty for one that says nothing of it."""
    found = max(_PAID.finditer(_split(words)[0]), key=lambda match: match.end(), default=None)
    return found["what"] if found is not None else ""


def _clean(name: str, *, tails: bool = True) -> str:
    """A name without what opens or closes a clause but names nothing."""
    name = _TOLD_BEFORE.sub("", name) if tails else name
    name = _END_FIGURE.sub("", _FINE.sub("", _OTHER_FIGURE.sub("", name)))
    last = re.split("[,，]", name)[-1]
    name = last if len(last) >= 4 else name
    for _ in range(4):
        before = name
        name = _BRACKET.sub("", name) if name.count("（") + name.count("(") > name.count("）") + name.count(")") else name
        name = _STRAY.sub("", name) if name.count("（") + name.count("(") < name.count("）") + name.count(")") else name
        name = _BEFORE_NOUN.sub("", _LEADS.sub("", name))
        if tails and not name.endswith(_WHOLE):
            name = _TAILS.sub("", name)
        name = name.strip("的,，、:： 　")
        if name == before:
            break
    return name


def _reshape(name: str, figure: Figure) -> str:
    """The noun phrase in a name of some known forms."""
    measure = figure.quantity.measure
    on_top = _ON_TOP.match(name)
    if on_top is not None:
        how = f"增{on_top['how']}" if on_top["how"] == "加" else on_top["how"]
        return f"{_clean(on_top['what']) or _clean(on_top['base'] or '')}{how}"
    settled = _ACCORDING.match(name)
    if settled is not None:
        return f"{_clean(settled['what'])}{settled['how'] or ''}"
    name = _STREAK_TAIL.sub("", _SUM_TWICE.sub("", name)) or name
    share = _BOUND_SHARE.match(name)
    if share is not None and not share["what"].endswith(("年", "月", "日")):
        of = share["of"].removesuffix("比例").rstrip("的")
        within = measure in ("percent", "ratio") and of in figure.near
        return f"{_clean(share['what'])}占{of}比例" if within else _clean(share["what"])
    bounded = _BOUNDED_IN.match(name)
    if bounded is not None:
        return _clean(bounded["what"])
    changed = _FROM.match(name)
    if changed is not None and not name.endswith("增长"):
        return _clean(changed["what"])
    bounded = _UP_TO.match(name) if measure in ("money", "percent", "ratio", "count", "multiple") else None
    if bounded is not None:
        return _clean(bounded["what"])
    if measure == "time":
        tried = _TRIED.search(name)
        if tried is not None:
            return f"政策{tried['what']}期限"
        since = _SINCE.match(name)
        if since is not None:
            return f"{since['what']}后"
        since = _SINCE_BEFORE.match(name)
        if since is not None and _IN_FORCE.fullmatch(since["what"]):
            return "施行期限"
        if since is not None and since["what"][0] not in "前后" and not _NUMERAL.match(since["what"]):
            return _clean(since["what"])
        inside = _INSIDE.match(name)
        if inside is not None:
            return inside["what"]
    part = _AS_PART.match(name) if measure in ("percent", "ratio") else None
    if part is not None:
        return f"{part['part']}占{part['whole']}比例"
    return name


def _with_measure(name: str, figure: Figure, groups: str) -> str:
    """A name that says what is measured of its thing: 可免租金时间, 男性年龄, 区内商品住房贷款额度."""
    quantity = figure.quantity
    unit = (quantity.unit or "").lstrip("个")
    if unit in AGES:
        return name if "年龄" in name or name.endswith("期") else f"{name}年龄"
    if quantity.measure == "time" and not name.endswith(_TIME_ENDS) and not groups.endswith("时限）"):
        return f"{name}年限" if unit.endswith("年") and name.endswith("后") else f"{name}时间"
    written = figure.text[quantity.span.start : quantity.core.start]
    if quantity.measure == "money" and not name.endswith(_MONEY_ENDS):
        loaned = _LOANED.match(written)
        if loaned is not None:
            return f"{name}{'贷款' if loaned.group().endswith('贷') else '提取'}额度"
    floor = quantity.measure == "area" and unit.endswith(_FLOOR_UNITS) and quantity.comparator != "="
    if floor and _ROOMS.search(name) and "面积" not in name:
        return f"{name}面积"
    base = _BOUND_BASE.match(written) if quantity.measure in ("percent", "ratio") else None
    if base is not None and "占" not in name and not name.endswith(("率", "比例", "比重")):
        return f"{name}占{base['of']}比例"
    of_sum = (quantity.unit or "") == "%" and name.endswith((*_MONEY_ENDS, *_SIZES)) and not name.endswith((*_GROWING, "份额"))
    if quantity.measure == "percent" and (of_sum or name.endswith(_SHARE_VERBS)):
        return f"{name}比例"
    return name


def _is_group(name: str) -> bool:
    """Whether a name says only who or what gets the money: 博士, 单个活动, 三孩家庭."""
    measured = any(word in name for word in _MONEY_ENDS) or name.endswith(("比例", "率", "占比", "比重"))
    return len(name) <= 24 and not measured and name.endswith(_GROUP_ENDS)


@lru_cache(maxsize=1)
def _each() -> frozenset[str]:
    return frozenset(f"每{thing}" for thing in word_lists()["each_units"])


@lru_cache(maxsize=1)
def _unreadable() -> frozenset[str]:
    return frozenset(word_lists()["unreadable"])
