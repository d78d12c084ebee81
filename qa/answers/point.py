"""The point of an answer 要点: the part of a quote that the question did not already say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Span
from corpus.folding import fold, folded
from corpus.text import COMMAS, SENTENCE_ENDS
from qa.understanding.measure import ValueMeasure, in_title
from qa.understanding.question import ParsedQuestion

SHORTER = 0.9
"""A point is worth showing where it is so much shorter than what it is taken from."""
AFTER = 0.6
"""What words of the question behind a value count, against those in front of it (1月28日，中心正式启用)."""
REPEATED = 0.45
"""A clause with a smaller share of new character pairs says again what was asked."""

_piece = re.compile(f"[^{COMMAS}{SENTENCE_ENDS}]+[{COMMAS}{SENTENCE_ENDS}]*")
_said_by = re.compile(
    "(?:介绍|表示|指出|获悉|透露|强调|了解到|认为|提出|要求|明确|如下)[，,：:]?$|^(?:新华社|本报|人民日报|中新网|记者|据|为(?:了)?(?!.{0,3}提供))"
)
"""A clause that only says who tells it, or what for: 据介绍，为进一步加强管理，."""
_stop = re.compile("[,;:。]")
_shapes = (
    (re.compile("邮箱|电子邮件"), re.compile(r"[A-Za-z0-9._-]{2,40}@[A-Za-z0-9.-]{3,40}")),
    (re.compile("网址|网站是|链接"), re.compile(r"https?://[^\s，。；、）)]{4,100}|www\.[^\s，。；、）)]{4,80}")),
    (
        re.compile("(?:电话|热线|号码)(?:号码)?(?:是|为)?(?:多少|什么|几)|(?:哪个|什么)(?:[\u4e00-\u9fff]{0,4})(?:电话|热线)"),
        re.compile(r"(?<!\d)(?:0\d{2,3}[-—]?\d{7,8}|1\d{10}|\d{3,4}-\d{3}-\d{4}|12\d{3}|400\d{7})(?!\d)"),
    ),
)
"""What is asked for by a name that has a shape of its own: mail addresses, telephone numbers, addresses on the web."""

_about = re.compile(r"(?:不超过|不低于|不少于|不得超过|至少|最高|最低|约|超过|达到|近|前|截至|自|从)?$")
_after = re.compile(r"^(?:以上|以下|以内|左右|之内|之前|前|起|止|内|为止)?")


def find_point(parsed: ParsedQuestion, text: str, spans: Sequence[Span], measure: ValueMeasure | None) -> Span | None:
    """The part of the first span that is new to the question, or None if that is nearly the whole span.

    For a question about a value this is the value nearest to the words of the question."""
    if not spans:
        return None
    span = spans[0]
    if measure is not None:
        found = _value(text, span, measure, parsed)
        if found is not None:
            return found
    for asks, shape in _shapes:
        if asks.search(parsed.folded) and (match := shape.search(span.of(text))):
            return Span(span.start + match.start(), span.start + match.end())
    asked = parsed.folded
    pairs = {asked[i : i + 2] for i in range(len(asked) - 1)}
    whole = span
    pieces = [Span(span.start + m.start(), span.start + m.end()) for m in _piece.finditer(span.of(text))]
    while len(pieces) > 1 and (_said_by.search(pieces[0].of(text)) or _new(fold(pieces[0].of(text)), pairs) < REPEATED):
        pieces.pop(0)
    if not pieces:
        return None
    while len(pieces) > 1 and _new(fold(pieces[-1].of(text)), pairs) < REPEATED:
        pieces.pop()
    span = Span(span.start, pieces[-1].end)
    start = pieces[0].start + _repeated(text[pieces[0].start : pieces[0].end], pairs)
    point = Span(start, span.end).trimmed(text)
    return point if 2 <= len(point) <= SHORTER * len(whole) else None


def _new(clause: str, pairs: set[str]) -> float:
    """The share of a clause's character bigrams that are not in the question."""
    own = [clause[i : i + 2] for i in range(len(clause) - 1)]
    return sum(pair not in pairs for pair in own) / len(own) if own else 1.0


def _repeated(clause: str, pairs: set[str]) -> int:
    """How many leading characters of a clause repeat the question; 0 if too little would remain."""
    copy = folded(clause)
    text = copy.folded
    held = [text[i : i + 2] in pairs for i in range(len(text) - 1)]
    best = 0
    for i, yes in enumerate(held):
        if yes and sum(held[: i + 1]) >= 0.7 * (i + 1) and len(text) - (i + 2) >= 4:
            best = i + 2
    return copy.ends[best - 1] if best >= 4 else 0


def _value(text: str, span: Span, measure: ValueMeasure, parsed: ParsedQuestion) -> Span | None:
    """The value of the asked kind with most words of the question around it, with its comparator (不低于, 以上)."""
    copy = folded(span.of(text))
    asked = parsed.folded
    pairs = {asked[i : i + 2] for i in range(len(asked) - 1)}
    best: tuple[float, int, int] | None = None
    former = 0
    for match in measure.pattern.finditer(copy.folded):
        # 金奖不超过4项、优秀奖不超过8项: what stands before another value is of that one
        before = _stop.split(copy.folded[max(former, match.start() - 24) : match.start()])[-1]
        former = match.end()
        if match.group().isdigit() or in_title(copy.folded, match.start()):
            continue
        near = 1.0 * sum(not before[i].isdigit() and before[i : i + 2] in pairs for i in range(len(before) - 1))
        if match.group() in asked:
            continue
        behind = _stop.split(copy.folded[match.end() : match.end() + 30])
        after = behind[0] if len(behind[0]) > 2 or len(behind) < 2 else behind[1]
        near += sum(not after[i].isdigit() and after[i : i + 2] in pairs for i in range(len(after) - 1)) * AFTER
        if best is None or near > best[0]:
            lead = _about.search(copy.folded[: match.start()])
            tail = _after.match(copy.folded[match.end() :])
            start = lead.start() if lead else match.start()
            end = match.end() + (tail.end() if tail else 0)
            best = (near, start, end)
    if best is None or best[0] == 0:
        return None
    inner = copy.original(best[1], best[2])
    return Span(span.start + inner.start, span.start + inner.end)
