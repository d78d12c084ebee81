"""What a name of a unit 单位 looks like: endings, words that only look like one, and the verbs behind a list of names."""

from __future__ import annotations

import re
from functools import lru_cache

from graph.facts import UnitRole
from graph.lexicon import entries
from graph.units.resolve import body_of, places_in

OPENING = "（(〔[【〈{｛［"
CLOSING = "）)〕]】〉}｝］"
LEVEL = re.compile(r"(?:各级|各|全)?(?:自治区|地区|省|市(?!场)|州|县|区|盟|旗|地(?!方|震)|厅|局|委|镇|乡)(?:级|直)?")
ETC = re.compile(
    r"等(?:[\u4e00-\u9fff（）()\s]{0,18}(?:部\s?门|单\s?位|处\s?室|科\s?室|机\s?构|成\s?员|方\s?面|企\s?业|和)(?:\s?[（(][^）)]{1,6}[）)])?)?$"
)
_NOT_UNIT = re.compile(
    r"^(?:并|对|将|按|在|于|到|须|应|等|根据|结合|通过|加强|推进|推动|持续|长期|每|全年|下同|排名|其中|以上|以下|立即|完成|实施|已|贯穿|适时"
    r"|根据|分别|依法|落实|建立|制定|开展|提升|优化|逗号|括号|涉及|具体|\d)"
)
# 全程网办, 跨省通办: ways to serve somebody, not offices
_NOT_OFFICE = re.compile(
    r"(?:(?<!联)网|(?<!交)通|帮|代|即|快|可|次|掌上|马上|速|易|秒|就近|延时|预约|集成|一并|容缺|程网|并联)办$"
)
# 由各区组织各街镇, 是本措施的…: a sentence, not a name
_SENTENCE = re.compile(r"由|简称|(?<!组)织各|[是为](?:本|各|牵|责)|要求|要(?:认真|切实|严格)|贯彻")
_VERBS: tuple[tuple[re.Pattern[str], UnitRole], ...] = (
    (re.compile(r"(?:共同|联合|分别|总)?牵头(?:负责|组织|实施|落实|推进|抓总|办理|完成|做好|协调|制定)*$"), "lead"),
    (re.compile(r"主办$|均?为牵头(?:单位|部门)$"), "lead"),
    (re.compile(r"均?为配合(?:单位|部门)$"), "supporting"),
    (re.compile(r"均?为责任(?:单位|部门)$"), "responsible"),
    (
        re.compile(
            r"(?:(?:共同|积极|协助|密切|依|按照|按|根据|各自|职责|职能|分工|做好|予以)*)(?:配合|协办|协助|参加|参与|协同|支持)(?:组织|落实|负责|做好|实施|推进|工作|完成|办理)*$"
        ),
        "supporting",
    ),
    (
        re.compile(
            r"(?:分别|共同|具体|组织|联合|各自|均|统筹|等)*(?:(?:按照?|依|依据|根据|结合)?(?:各自|部门|相关|有关|工作|单位)*(?:职责|职能|分工|权限|任务)(?:范围|任务|要求)?(?:和)?(?:分工|职责)*(?:内)?)?"
            r"(?:分别|共同|具体|组织|协同|推进|抓好|做好|推动|统筹|牵头|有关|相关|工作)*(?:负责(?:组织|落实|实施|推进|办理|完成)*|(?:组织)?落实|抓好落实|完成(?:有关|相关)?(?:工作)?|组织实施|实施|承担|办理)$"
        ),
        "responsible",
    ),
    (re.compile(r"(?:按照?|依|依据|根据)(?:各自|部门)*(?:职责|职能)(?:分工|范围)?$"), "responsible"),
)
_VERB_HINT = re.compile(r"牵头|责任|负责|配合|落实|参与|参加|协助|协同|协办|主办|支持|实施|完成|承担|办理|职责|职能|推进")


@lru_cache(maxsize=1)
def _suffixes() -> tuple[str, ...]:
    return entries("unit_suffixes.txt")


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    return frozenset(entries("unit_generic.txt"))


@lru_cache(maxsize=65536)
def is_unit(name: str) -> bool:
    """Whether a word may stand for a unit where a list of units is expected."""
    bare = without_note(name)
    if (
        not 2 <= len(bare) <= 40
        or bare in _generic()
        or _NOT_UNIT.match(bare)
        or any(mark in bare for mark in "。：:∶﹕！？%％《")
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


def without_note(name: str) -> str:
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


def bare_list(piece: str) -> str:
    """A piece of a list without the verb and the 等部门 at its end: 市财政局等部门按职责分工负责 → 市财政局."""
    stop, _ = strip_verb(piece, 0, len(piece))
    return ETC.sub("", piece[:stop]) or piece[:stop]
