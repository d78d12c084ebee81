"""The indicator 指标 of a quantity: the noun phrase it measures, found around the number."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from corpus.document import Span
from graph.quantities import Quantity

# what stands between an indicator and its number: verbs of reaching, of change, and fillers
_REACHING = re.compile(
    r"(?:[要均都需应可将总也仍]?(?:分别|基本|总体|逐步|全部|力争|稳定|持续|平均|累计|合计|普遍|预计|原则上|一般)?"
    r"(?:达到|达成|达|实现|为|在|至|到|是|有|占|不少于|不低于|不超过|控制在|保持在|保持|稳定在|维持在|约|设|近))+$"
)
_CLAUSE_LEAD = re.compile(
    r"^(?:到|至|截至|力争|确保|争取|努力|推动|推进|实现|做到|切实|坚决|继续|全面|逐步|同时|并|其中|以及|和|及|或|对|将|把|使|让|加快|着力|积极|基本|"
    r"新增|新建|建成|建设|打造|培育|完成|创建|形成|守住|守牢|发展|引进|组织|举办|全州|全省|全市|全县|全区|全国|本市|我市|我省|我州|我区|我县|全盟|全旗|"
    r"各县|各地|计划|预计|要|应|应当|支持|开展|选定|累计|不断|[一二三四五六七八九十]+是|第[一二三四五六七八九十]+|\d+[.、]|"
    r"(?:“?十[三四五六]五”?(?:期间|时期|末|期末))|(?:[12]\d{3}年(?:\d{1,2}月)?(?:底前|底|末|前|以前|之前|以来|起)?)|[的,，、:：\s“”])"
)
_NOUN_STOP = re.compile(r"[,，。;；:：、（(）)\n]|(?:进行|给予|予以|实施|开展|并|且|用于)")
_LEADING_PARTICLE = re.compile(r"^(?:的|左右|以上|以下|以内|多|余|规模的)+")


def indicator_of(text: str, clause: Span, quantity: Quantity, previous: str = "") -> str:
    """A noun phrase for the quantity, made of characters of its clause (or of the clause before, where its own has none).

    ``废旧农膜基本实现全回收`` → 废旧农膜全回收; ``打造10个左右现代化农业产业示范园`` → 现代化农业产业示范园; ``示范县4个`` → 示范县.
    """
    left = text[clause.start : quantity.span.start].strip(" 　")
    right = text[quantity.span.end : clause.end].strip(" 　")
    bare = _without_lead(_REACHING.sub("", left))
    if quantity.form == "words":
        tail = text[quantity.core.start : quantity.core.end]
        rest = right if tail in _OPEN_FORMULAS else ""
        return _short(f"{bare}{tail}{rest}") if len(bare) >= 2 or rest else _short(f"{previous}{tail}{rest}")
    after = _LEADING_PARTICLE.sub("", right)
    stop = _NOUN_STOP.search(after)
    noun = (after[: stop.start()] if stop else after).strip()
    verb_only = bare in _verbs() or not bare
    if verb_only or (noun and left and not _REACHING.search(left) and not _is_noun_before(left, right)):
        name = noun if len(noun) >= 2 else bare
        if bare and not verb_only and name == noun and len(bare) <= 12:
            name = f"{bare}{noun}"
        return _short(name or previous)
    return _short(bare if len(bare) >= 2 else previous + bare + noun)


_OPEN_FORMULAS = frozenset(
    {"不发生", "杜绝", "消除", "全部", "一律", "全额资助", "全额补助", "全额保障", "基本完成", "基本解决", "基本消除", "基本补齐"}
)


def _is_noun_before(left: str, right: str) -> bool:
    """``示范县4个``: the noun stands before a number that ends its clause."""
    return not _LEADING_PARTICLE.sub("", right)


def _without_lead(phrase: str) -> str:
    for _ in range(12):
        match = _CLAUSE_LEAD.match(phrase)
        if match is None or not match.end():
            return phrase.strip("的,，、:： “”\"'")
        phrase = phrase[match.end() :]
    return phrase.strip("的,，、:： “”\"'")


def _short(phrase: str) -> str:
    phrase = phrase.strip("的,，、:：;；。 “”\"'()（）")
    return phrase[-40:] if len(phrase) > 40 else phrase


@lru_cache(maxsize=1)
def _verbs() -> frozenset[str]:
    lines = resources.files("graph").joinpath("data", "goal_cues.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
