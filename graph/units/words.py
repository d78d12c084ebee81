"""What a name of a unit 单位 looks like: endings, words that only look like one, and the verbs behind a list of names."""

from __future__ import annotations

import re
from functools import lru_cache

from graph.facts import UnitRole
from graph.lexicon import entries, expand
from graph.units.resolve import body_of, places_in

OPENING = "（(〔[【〈{｛［"
CLOSING = "）)〕]】〉}｝］"
LEVEL = re.compile(expand(r"{level_openers}?(?:{levels}|市(?!场)|地(?!方|震))[级直]?"))
ETC = re.compile(expand(r"等(?:[\u4e00-\u9fff（）()\s]{0,18}{etc_nouns:spaced}(?:\s?[（(][^）)]{1,6}[）)])?)?$"))
_NOT_UNIT = re.compile(expand(r"^(?:{no_unit_opens_with}|\d)"))
# 全程网办, 跨省通办: ways to serve somebody, not offices
_NOT_OFFICE = re.compile(expand(r"(?:(?<!联)网|(?<!交)通|{ways_to_serve})办$"))
# 由各区组织各街镇, 是本措施的…: a sentence, not a name
_SENTENCE = re.compile(expand(r"{sentence_marks}|(?<!组)织各|[是为][本各牵责]"))
_VERBS: tuple[tuple[re.Pattern[str], UnitRole], ...] = (
    (re.compile(expand(r"{lead_manners}?牵头{duty_acts}*$")), "lead"),
    (re.compile(expand(r"主办$|均?为牵头{bodies}$")), "lead"),
    (re.compile(expand(r"均?为配合{bodies}$")), "supporting"),
    (re.compile(expand(r"均?为责任{bodies}$")), "responsible"),
    (re.compile(expand(r"{support_manners}*{support_verbs}{duty_acts}*$")), "supporting"),
    (
        re.compile(
            expand(
                r"{duty_manners}*(?:{according_to}?{duty_owners}*{duties}{duty_extents}?和?{divided_duties}*内?)?"
                r"{duty_steps}*(?:负责{duty_acts}*|{duty_verbs})$"
            )
        ),
        "responsible",
    ),
    (re.compile(expand(r"{according_to}{own}*{duty_words}{duty_bounds}?$")), "responsible"),
)
_VERB_HINT = re.compile(expand(r"{role_words}"))


@lru_cache(maxsize=1)
def _suffixes() -> tuple[str, ...]:
    return entries("unit_suffixes.txt")


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    return frozenset(entries("unit_generic.txt"))


@lru_cache(maxsize=65536)
def is_unit(name: str) -> bool:
    """Whether a word may stand for a unit where a list of units is expected."""
    bare = strip_note(name)
    if (
        not 2 <= len(bare) <= 40
        or bare in _generic()
        or _NOT_UNIT.match(bare)
        or any(mark in bare for mark in "。：:∶﹕！？%％《的")
        or _NOT_OFFICE.search(bare)
        or _SENTENCE.search(bare)
    ):
        return False
    return bare.endswith(_suffixes())


@lru_cache(maxsize=65536)
def is_named_unit(name: str) -> bool:
    """Whether a word names a unit of its own: a known department, a body with a level or a place, not just 各部门."""
    if not is_unit(name):
        return False
    return body_of(name) is not None or bool(LEVEL.match(name)) or name.startswith(("各", "国家", "人民银行", "中国"))


def strip_note(name: str) -> str:
    """A name without the bracket at its end: 市委宣传部（市文明办） → 市委宣传部."""
    if name and name[-1] in CLOSING:
        depth = 0
        for i in range(len(name) - 1, -1, -1):
            if name[i] in CLOSING:
                depth += 1
            elif name[i] in OPENING:
                depth -= 1
                if depth == 0:
                    return name[:i] if i else name
    return name


def strip_verb(text: str, start: int, end: int) -> tuple[int, UnitRole | None]:
    """Where the verb at the end of a piece begins, and the role it gives."""
    piece = text[start:end]
    if len(piece) > 60 or not _VERB_HINT.search(piece):
        return end, None
    for pattern, role in _VERBS:
        match = pattern.search(piece)
        if match:
            return start + match.start(), role
    return end, None


def opens_unit(name: str) -> bool:
    """Whether a word begins the way a whole unit does: a known department, a level, a place, 各 or 有关."""
    return (
        body_of(name) is not None
        or LEVEL.match(name) is not None
        or name.startswith(("各", "有关", "相关", "国家", "其他", "人民银行", "中国", "驻"))
        or next(places_in(name), None) is not None
    )


def strip_list_end(piece: str) -> str:
    """A piece of a list without the verb and the 等部门 at its end: 市财政局等部门按职责分工负责 → 市财政局."""
    stop, _ = strip_verb(piece, 0, len(piece))
    return ETC.sub("", piece[:stop]) or piece[:stop]
