"""Units 单位 in lists: cutting 市发改委、市财政局牵头，各区政府配合 into names with roles.

Finding a mention is done here and in ``units_lists``/``units_actors``; deciding whom it names is done in ``units_resolve``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.divisions import gazetteer
from corpus.document import Span
from graph.facts import UnitRole
from graph.lexicon import expand, word_lists
from graph.units.pieces import split_pieces
from graph.units.resolve import body_of, places_in
from graph.units.words import CLOSING, ETC, LEVEL, OPENING, is_unit, opens_unit, strip_list_end, strip_note, strip_verb

_LONGEST_PIECE = 300
"""A stretch without a separator longer than this is running text, not names joined by 和."""
_JOINTS = re.compile(expand(r"{long_joints:spaced}|[和及与]"))
_DIVISION_WORDS = re.compile(
    expand(
        r"各?(?:{division_kinds}?{division_levels}级?|自治区|直辖市|[、,，和]|[（(〔\[〈][{divisions}{townships}街道、,，]{1,8}[）)〕\]〉])+"
    )
)
_BEHIND_JOINT = re.compile(expand(r"(?:以及|[及和与])(?=各)"))
_TAIL_WORDS = re.compile(expand(r"{local_powers}"))
_LEADING = re.compile(expand(r"^{list_openers}"))
_LABEL = re.compile(expand(r"{label_roles}{bodies}[∶﹕︰]?(?=各|[{divisions}])"))
_PLAN = re.compile(expand(r"[一-龥]{0,6}{divisions_of_work}[:：]"))
_PARTY_AND_GOVERNMENT = re.compile(expand(r"^(.{1,12}?)({party_committees})[、和及]?({governments})$"))
_BARE_GOVERNMENT = re.compile(expand(r"^(?:{governments}|行署)$"))
_GOVERNMENT = re.compile(expand(r"(?<=[{local_divisions}])(?:人民)?政府$"))
_ZONE = re.compile(expand(r"{zone_kinds}区$|新城$"))
_HAS_PARTY = re.compile(expand(r"^(.*?)(?:{party_committees}|委)$"))
_PARTY_PREFIX = re.compile(expand(r"^(.{0,10}?[{divisions}地]委).+$"))
_PARTY_BODIES = frozenset(word_lists()["party_bodies"])
_NOTE = re.compile(expand(r"{note_words}"))
_CARRY = re.compile(expand(r"^({office_levels}|市(?!场))(?![直级])"))
_NO_CARRY = re.compile(expand(r"^{not_carried_to}"))


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """One unit of a list: the name written out, its role where the list says so, and where it stands."""

    name: str
    role: UnitRole | None
    span: Span


def _joined(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """A piece cut at 和、及、与、会同 where both sides are units; 自然资源和规划局 stays whole. The flag marks 会同."""
    begin = start
    for match in _JOINTS.finditer(text, start, end if end - start <= _LONGEST_PIECE else start):
        left, right = text[begin : match.start()], text[match.end() : end]
        opened = sum(c in OPENING for c in left) - sum(c in CLOSING for c in left)
        if opened > 0 or match.start() < begin:
            continue
        together = match.group()[0] == "会"
        if together and left:
            yield begin, match.start(), True
            begin = match.end()
            continue
        right_starts = (
            bool(LEVEL.match(right))
            or right.startswith(("各", "有关", "相关", "省", "国家", "其他"))
            or next(places_in(right), None) is not None
        )
        strong = left.endswith((*word_lists()["office_ends"], "政府", "公司", "银行", "联社"))
        if is_unit(ETC.sub("", left.rstrip())) and len(left) > 1 and (right_starts or (strong and _begins_unit(right))):
            yield begin, match.start(), False
            begin = match.end()
    yield begin, end, False


def _begins_unit(right: str) -> bool:
    head = strip_list_end(right)
    return is_unit(head) and (body_of(head) is not None or len(head) >= 4)


def read_unit_list(text: str, start: int, end: int) -> list[ListedUnit]:
    """The units of a list, roles from its verbs: A、B牵头，C配合 → A lead, B lead, C supporting.

    Names are written out where the list leaves something to be carried over: 县市党委、政府 → 县市党委, 县市政府;
    省发展改革委、财政厅 → 省发展改革委, 省财政厅.
    """
    found: list[ListedUnit] = []
    pending: list[ListedUnit] = []
    spans = _merged(text, list(split_pieces(text, start, end)))
    for a, b in spans:
        for c, d, together in _joined(text, a, b):
            stop, role = strip_verb(text, c, d)
            c, stop = _trim(text, c, stop)
            for name, span in _named(text, c, stop, pending or found):
                pending.append(ListedUnit(name, None, span))
            if together:
                role = "responsible"
            if role:
                found += [ListedUnit(unit.name, role, unit.span) for unit in pending]
                pending = []
    found += pending
    return _governments(_with_shared_ends(text, start, found))


_SHARED_LEVEL = re.compile(r"(?:^|[，,、。；;：:（(\s各由及和与])(?P<level>[省市州县区])[、和及]\Z")
_SHARED_FIELD = re.compile(expand(r"(?P<level>各?[省市县区]级)(?P<field>[一-龥]{2,8})[、和及]\Z"))


def _with_shared_ends(text: str, start: int, units: list[ListedUnit]) -> list[ListedUnit]:
    """What several names of a row share is written out: 市、县招投标监督部门, 省级财政、住房城乡建设部门."""
    out: list[ListedUnit] = []
    for unit in units:
        if not unit.name.endswith("部门") or unit.span.start - start < 2 or unit.name.startswith(("各", "有关", "相关")):
            out.append(unit)
            continue
        low = max(start, unit.span.start - 14)
        level = _SHARED_LEVEL.search(text[low : unit.span.start]) if unit.name[0] in "省市州县区" else None
        field = _SHARED_FIELD.search(text[low : unit.span.start])
        if level is not None:
            at = unit.span.start - 2
            out.append(ListedUnit(level["level"] + unit.name[1:], unit.role, Span(at, unit.span.end)))
            out.append(unit)
        elif field is not None:
            at = low + field.start()
            bare = field["level"].removeprefix("各")
            out.append(ListedUnit(f"{bare}{field['field']}部门", unit.role, Span(at, unit.span.start - 1)))
            out.append(ListedUnit(f"{bare}{unit.name}", unit.role, unit.span))
        else:
            out.append(unit)
    return out


def _governments(units: list[ListedUnit]) -> list[ListedUnit]:
    """郑州市、开封市、洛阳市政府: what stands once at the end belongs to every division of the row."""
    out = list(units)
    for i in range(len(out) - 2, -1, -1):
        if out[i + 1].name.endswith("管委会") and _ZONE.search(out[i].name) and out[i].role == out[i + 1].role:
            # 示范区、航空港区管委会: the zones of a row have each a committee of their own
            out[i] = ListedUnit(out[i].name + "管委会", out[i].role, out[i].span)
            continue
        following = _GOVERNMENT.search(out[i + 1].name)
        if following and out[i].name[-1] in "市州县区旗盟" and gazetteer().named(out[i].name) and out[i].role == out[i + 1].role:
            out[i] = ListedUnit(out[i].name + following.group(), out[i].role, out[i].span)
    return out


def _is_joint(word: str, piece: str) -> bool:
    """Whether 和, 及, 与 at the beginning joins the piece to a list; 和田地区 begins its own name."""
    if word in ("由", "会同", "以及", "联合", "及") or not is_unit(piece):
        return True
    return next(places_in(piece), None) is None and is_unit(piece[len(word) :]) and opens_unit(piece[len(word) :])


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in "“”。．.:：·"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "“”。．.:：·"):
        end -= 1
    label = _LABEL.match(text, start, end)
    if label and label.end() < end:
        start = label.end()  # the label of a list without its colon
    plan = _PLAN.match(text, start, end)
    if plan and plan.end() < end:
        start = plan.end()  # （市分工方案：市科技局、…）
    leading = _LEADING.match(text[start:end])
    if leading and _is_joint(leading.group(), text[start:end]):
        start += leading.end()
    tail = ETC.search(text[start:end])
    if tail and tail.start() > 0:
        end = start + tail.start()
    # a bracket that explains the list, not the unit
    bare = strip_note(text[start:end])
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
        head_piece = _BEHIND_JOINT.split(piece)[-1]  # 各有关部门及各市、县级政府
        if (head_piece.startswith("各") or head_piece in ("省", "市", "县", "区", "州")) and _DIVISION_WORDS.fullmatch(
            head_piece
        ):
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


def _named(text: str, start: int, end: int, before: list[ListedUnit]) -> list[tuple[str, Span]]:
    name = re.sub(r"\s+", "", text[start:end])
    if not name:
        return []
    last = before[-1].name if before else ""
    if _BARE_GOVERNMENT.match(name) and last:
        party = _HAS_PARTY.match(last)
        if party and last.endswith(word_lists()["party_committees"]):
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
    if before and not LEVEL.match(name) and not _NO_CARRY.match(name) and _may_lack_level(name, last):
        for unit in reversed(before):
            level = _CARRY.match(unit.name)
            if level:
                return [(level.group(1) + name, Span(start, end))]
    return [(name, Span(start, end))]
