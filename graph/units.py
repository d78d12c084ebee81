"""Units 单位 in lists: cutting 市发改委、市财政局牵头，各区政府配合 into names with roles.

Finding a mention is done here and in ``units_lists``/``units_actors``; deciding whom it names is done in ``units_resolve``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus.divisions import gazetteer
from corpus.document import Span
from graph.facts import UnitRole
from graph.lexicon import entries
from graph.units_resolve import body_of, places_in

OPENING = "（(〔[【〈{｛［"
CLOSING = "）)〕]】〉}｝］"
_SEPARATORS = "、，,；;\n\r\t \u3000|/"
_JOINTS = re.compile(r"以及|会同|[和及与]")
_LEVEL = re.compile(r"(?:各级|各|全)?(?:自治区|地区|省|市(?!场)|州|县|区|盟|旗|地(?!方|震)|厅|局|委|镇|乡)(?:级|直)?")
_DIVISION_WORDS = re.compile(
    r"各?(?:(?:设区|县级|自治|地级以上)?(?:省|市|州|县|区|旗|盟|地区|乡|镇|街道)|自治区|直辖市|[、,，和]|[（(〔\[〈][省市州县区旗盟乡镇街道、,，]{1,8}[）)〕\]〉])+"
)
_TAIL_WORDS = re.compile(r"(?:人民)?政府|党委|党政|党工委|管委会|有关部门|相关部门|部门|主管部门")
_ETC = re.compile(r"等(?:[\u4e00-\u9fff]{0,8}(?:部门|单位|处室|科室|机构|成员|方面|企业|和)(?:[（(][^）)]{1,6}[）)])?)?$")
_LEADING = re.compile(r"^(?:以及|会同|联合|由|及|和|与|并|或)")
_LABEL = re.compile(r"(?:责任|牵头|配合|主办|协办|承办|落实|实施|参加)(?:单位|部门)[∶﹕︰]?(?=各|[省市县区州盟旗])")
_NOT_UNIT = re.compile(
    r"^(?:并|对|将|按|在|于|根据|结合|通过|加强|推进|推动|持续|长期|每|全年|下同|排名|其中|以上|以下|立即|完成|实施|已|贯穿|适时"
    r"|根据|分别|依法|落实|建立|制定|开展|提升|优化|逗号|括号|涉及|具体|\d)"
)
_VERBS: tuple[tuple[re.Pattern[str], UnitRole], ...] = (
    (re.compile(r"(?:共同|联合|分别|总)?牵头(?:负责|组织|实施|落实|推进|抓总|办理|完成|做好|协调|制定)*$"), "lead"),
    (re.compile(r"主办$"), "lead"),
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
_VERB_HINT = re.compile(r"牵头|负责|配合|落实|参与|参加|协助|协同|协办|主办|支持|实施|完成|承担|办理|职责|职能|推进")
_PARTY_AND_GOVERNMENT = re.compile(r"^(.{1,12}?)(党委|党工委)(?:、|和|及)?(人民政府|政府|管委会)$")
_BARE_GOVERNMENT = re.compile(r"^(?:人民政府|政府|管委会|行署)$")
_GOVERNMENT = re.compile(r"(?<=[市州县区旗盟])(?:人民政府|政府)$")
_ZONE = re.compile(r"(?:开发|示范|试验|高新|经开|实验|合作|港|新|风景|度假|产业|保税|功能|管理|园)区$|新城$|园区$")
_HAS_PARTY = re.compile(r"^(.*?)(?:党委|党工委|委)$")
_PARTY_PREFIX = re.compile(r"^(.{0,10}?(?:省|市|州|县|区|旗|盟|地)委)(?:.+)$")
_PARTY_BODIES = frozenset(
    ("组织部", "宣传部", "统战部", "政法委", "网信办", "编办", "农办", "社会工作部", "改革办", "办公厅", "金融办", "军民融合办")
)
_NOTE = re.compile(r"下同|牵头|排名|排在|以下|负责|联系|简称|分工|逗号|排第|列第|列首")
_CARRY = re.compile(r"^(自治区|地区|省|市(?!场)|州|县|区|盟|旗)(?![直级])")
_NO_CARRY = re.compile(r"^(?:团|各|有关|相关|国家|人民银行|中国|银保监|证监|海关|海事|其他|人行|外汇)")


@dataclass(frozen=True, slots=True)
class Listed:
    """One unit of a list: the name written out, its role where the list says so, and where it stands."""

    name: str
    role: UnitRole | None
    span: Span


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
    ):
        return False
    return bare.endswith(_suffixes())


@lru_cache(maxsize=65536)
def is_named_unit(name: str) -> bool:
    """Whether a word names a unit of its own: a known department, a body with a level or a place, not just 各部门."""
    if not is_unit(name):
        return False
    return body_of(name) is not None or bool(_LEVEL.match(name)) or name.startswith(("各", "国家", "人民银行", "中国"))


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


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between separators that stand outside brackets, trimmed."""
    depth = 0
    begin = start
    for i in range(start, end):
        char = text[i]
        if char in OPENING:
            depth += 1
        elif char in CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0 and char in _SEPARATORS:
            if begin < i:
                yield begin, i
            begin = i + 1
    if begin < end:
        yield begin, end


def _joined(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """A piece cut at 和、及、与、会同 where both sides are units; 自然资源和规划局 stays whole. The flag marks 会同."""
    begin = start
    for match in _JOINTS.finditer(text, start, end):
        left, right = text[begin : match.start()], text[match.end() : end]
        opened = sum(c in OPENING for c in left) - sum(c in CLOSING for c in left)
        if opened > 0 or match.start() < begin:
            continue
        together = match.group() == "会同"
        if together and left:
            yield begin, match.start(), True
            begin = match.end()
            continue
        right_starts = (
            bool(_LEVEL.match(right))
            or right.startswith(("各", "有关", "相关", "省", "国家", "其他"))
            or next(places_in(right), None) is not None
        )
        strong = left.endswith(("局", "委", "办", "厅", "政府", "公司", "中心", "处", "科", "院", "联社", "银行", "部"))
        if is_unit(left) and len(left) > 1 and (right_starts or (strong and _begins_unit(right))):
            yield begin, match.start(), False
            begin = match.end()
    yield begin, end, False


def _begins_unit(right: str) -> bool:
    verb = next((m.start() for m in (p.search(right) for p, _ in _VERBS) if m), len(right))
    head = _ETC.sub("", right[:verb]) or right[:verb]
    return is_unit(head) and (body_of(head) is not None or len(head) >= 4)


def _strip_verb(text: str, start: int, end: int) -> tuple[int, UnitRole | None]:
    """Where the verb at the end of a piece begins, and the role it gives."""
    piece = text[start:end]
    if len(piece) > 60 or not _VERB_HINT.search(piece):
        return end, None
    for pattern, role in _VERBS:
        match = pattern.search(piece)
        if match:
            return start + match.start(), role
    return end, None


def listed(text: str, start: int, end: int) -> list[Listed]:
    """The units of a list, roles from its verbs: A、B牵头，C配合 → A lead, B lead, C supporting.

    Names are written out where the list leaves something to be carried over: 县市党委、政府 → 县市党委, 县市政府;
    省发展改革委、财政厅 → 省发展改革委, 省财政厅.
    """
    found: list[Listed] = []
    pending: list[Listed] = []
    spans = _merged(text, list(pieces(text, start, end)))
    for a, b in spans:
        for c, d, together in _joined(text, a, b):
            stop, role = _strip_verb(text, c, d)
            c, stop = _trim(text, c, stop)
            for name, span in _named(text, c, stop, pending or found):
                pending.append(Listed(name, None, span))
            if together:
                role = "responsible"
            if role:
                found += [Listed(unit.name, role, unit.span) for unit in pending]
                pending = []
    found += pending
    return _governments(found)


def _governments(units: list[Listed]) -> list[Listed]:
    """郑州市、开封市、洛阳市政府: what stands once at the end belongs to every division of the row."""
    out = list(units)
    for i in range(len(out) - 2, -1, -1):
        if out[i + 1].name.endswith("管委会") and _ZONE.search(out[i].name) and out[i].role == out[i + 1].role:
            # 示范区、航空港区管委会: the zones of a row have each a committee of their own
            out[i] = Listed(out[i].name + "管委会", out[i].role, out[i].span)
            continue
        following = _GOVERNMENT.search(out[i + 1].name)
        if following and out[i].name[-1] in "市州县区旗盟" and gazetteer().named(out[i].name) and out[i].role == out[i + 1].role:
            out[i] = Listed(out[i].name + following.group(), out[i].role, out[i].span)
    return out


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in "“”。．.:：·"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "“”。．.:：·"):
        end -= 1
    label = _LABEL.match(text, start, end)
    if label and label.end() < end:
        start = label.end()  # the label of a list without its colon
    leading = _LEADING.match(text[start:end])
    if (leading and not is_unit(text[start:end])) or (leading and leading.group() in ("由", "会同", "以及", "联合")):
        start += leading.end()
    tail = _ETC.search(text[start:end])
    if tail and tail.start() > 0:
        end = start + tail.start()
    # a bracket that explains the list, not the unit
    bare = without_note(text[start:end])
    if bare != text[start:end] and _NOTE.search(text[start + len(bare) : end]):
        end = start + len(bare)
    # one stray closing bracket at the end of a list whose opening one is missing, or the reverse
    piece = text[start:end]
    if piece and piece[-1] in CLOSING and not any(c in OPENING for c in piece):
        end -= 1
    elif piece and piece[0] in OPENING and not any(c in CLOSING for c in piece):
        start += 1
    return start, end


def _merged(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """各市、县（区）人民政府 is one unit although a separator stands in it."""
    out: list[tuple[int, int]] = []
    i = 0
    while i < len(spans):
        a, b = spans[i]
        piece = text[a:b].strip()
        j = i + 1
        if (piece.startswith("各") or piece in ("省", "市", "县", "区", "州")) and _DIVISION_WORDS.fullmatch(piece):
            while j < len(spans) and spans[j][0] - spans[j - 1][1] == 1:
                following = text[spans[j][0] : spans[j][1]].strip()
                head = _DIVISION_WORDS.match(following)
                if not head or following.startswith("各"):
                    break
                rest = following[head.end() :]
                if rest and not _TAIL_WORDS.match(rest):
                    break
                j += 1
                if rest:
                    break
            b = spans[j - 1][1]
        out.append((a, b))
        i = j
    return out


def _may_lack_level(name: str, last: str) -> bool:
    """财政厅 after 省发展改革委: a known department, or a short one right behind a unit with a level."""
    if body_of(name) == (None, name):
        return True
    short = len(name) <= 6 and name[-1] in "局委办厅" and next(places_in(name), None) is None
    return short and _CARRY.match(last) is not None


def _named(text: str, start: int, end: int, before: list[Listed]) -> list[tuple[str, Span]]:
    name = re.sub(r"\s+", "", text[start:end])
    if not name:
        return []
    last = before[-1].name if before else ""
    if _BARE_GOVERNMENT.match(name) and last:
        party = _HAS_PARTY.match(last)
        if party and last.endswith(("党委", "党工委")):
            return [(party.group(1) + name, Span(start, end))]
    both = _PARTY_AND_GOVERNMENT.match(name)
    if both:
        at = text.find(both.group(2), start, end) + len(both.group(2))
        at = at if start < at < end else end
        return [(both.group(1) + both.group(2), Span(start, at)), (both.group(1) + both.group(3), Span(start, end))]
    if not is_unit(name):
        return []
    if name in _PARTY_BODIES and last:
        party = _PARTY_PREFIX.match(last)
        if party:
            return [(party.group(1) + name, Span(start, end))]
    if before and not _LEVEL.match(name) and not _NO_CARRY.match(name) and _may_lack_level(name, last):
        for unit in reversed(before):
            level = _CARRY.match(unit.name)
            if level:
                return [(level.group(1) + name, Span(start, end))]
    return [(name, Span(start, end))]
