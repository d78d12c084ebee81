"""A list of units cut into pieces: at its separators, and at line breaks and blanks where a name does not run on over them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.lexicon import expand, word_lists
from graph.units.resolve import body_of
from graph.units.words import CLOSING, OPENING, is_unit, opens_unit, strip_list_end, strip_verb

_OPENERS = OPENING + "“"
_CLOSERS = CLOSING + "”"
_MARK = re.compile("[、，,；;|/" + re.escape(_OPENERS + _CLOSERS) + "]")
_CLOSER = re.compile("[" + re.escape(_CLOSERS) + "]")
_BLANK = re.compile(r"[\n\r\t \u3000]+")
_STEP = {**dict.fromkeys(OPENING, 1), **dict.fromkeys(CLOSING, -1)}
_LONGEST = 40
_CUT = re.compile(r"[、，,；;。：:\n（）()〔〕【】\[\]]")
# 开发区 / （投资区）管委会, 各县 / （市、区）人民政府
_DIVISION_NOTE = re.compile(expand(r"[（(〔\[〈][{divisions}{townships}{zone_letters}、,，]{1,8}[）)〕\]〉]{governing_bodies}"))
# 市教育局等市政府 / 有关部门
_OTHERS = re.compile(expand(r"[{office_letters}]等[^、，,]{0,8}$"))
_WEAK = word_lists()["names_no_unit_alone"]
_LABEL_LIKE = re.compile(expand(r"{label_words}"))


def split_pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between separators that stand outside brackets and quotation marks, not empty."""
    depth = 0
    begin = start
    for match in _MARK.finditer(text, start, end):
        char, i = match.group(), match.start()
        if char in _OPENERS:
            # a bracket nobody closes opens nothing
            depth += _CLOSER.search(text, i + 1, min(end, i + _LONGEST)) is not None
        elif char in _CLOSERS:
            depth = max(0, depth - 1)
        elif depth == 0:
            if begin < i:
                yield from _lines(text, begin, i)
            begin = i + 1
    if begin < end:
        yield from _lines(text, begin, end)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A piece cut at blanks and line breaks, but not inside a name: 市教 / 育局 is one, 市教育局 / 市民政局 are two."""
    begin = stop = at = start
    depth = 0
    seen = start
    for gap in _BLANK.finditer(text, start, end):
        depth += sum(_STEP.get(char, 0) for char in text[seen : gap.start()])
        seen = gap.end()
        if depth > 0:
            continue
        depth = 0
        if begin < stop and not is_one_name(text[begin:stop], text[at : gap.start()]):
            yield begin, stop
            begin = at
        elif begin == stop:
            begin = at
        stop, at = gap.start(), gap.end()
        if stop <= begin:
            begin = stop = at
    if at < end:
        if begin < stop and not is_one_name(text[begin:stop], text[at:end]):
            yield begin, stop
            begin = at
        elif begin == stop:
            begin = at
        stop = end
    if begin < stop:
        yield begin, stop


def is_one_name(left: str, right: str) -> bool:
    """Whether a break between two words stands inside one name, or between a name and what is said of it."""
    left, right = _BLANK.sub("", left), _BLANK.sub("", right)
    if not left or not right or len(left) + len(right) > _LONGEST:
        return False
    if strip_verb(left, 0, len(left))[1]:
        return False
    head = strip_list_end(right)
    if right[0] in OPENING:
        return is_unit(left) or is_unit(left + head)
    if not head or _OTHERS.search(left):
        return True
    if not is_unit(left + head):
        return False
    known = body_of(left + head) is not None
    whole = is_unit(head) and opens_unit(head)
    if not whole:
        return known or not is_unit(left) or body_of(left) is None or len(head) <= 2
    if known or (left.endswith("党委") and len(head) <= 6):
        return True
    if not is_unit(left):
        return _LABEL_LIKE.search(left) is None
    # 市地方 / 金融局, 漳州 / 海关: a department without a level behind what cannot stand alone
    return body_of(left) is None and left.endswith(_WEAK) and body_of(head) == (None, head)


def runs_on(text: str, begin: int, line_end: int, limit: int) -> bool:
    """Whether the name at the end of a line goes on in the next: …、市教 / 育局、…."""
    left = max(begin, line_end - _LONGEST)
    for i in range(line_end - 1, left - 1, -1):
        if _CUT.match(text, i):
            left = i + 1
            break
    start = line_end + 1
    if _DIVISION_NOTE.match(text, start, limit):
        return is_unit(_BLANK.sub("", text[left:line_end]))
    stop = _CUT.search(text, start, min(limit, start + _LONGEST))
    right = text[start : stop.start() if stop else min(limit, start + _LONGEST)]
    return is_one_name(text[left:line_end], right)
