"""Builds the tree of headings: which lines are headings, their depths, and the ends of their bodies."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.document import Issue, Section, SectionKind, Span, fact_id
from ingest.lexicon import expand
from ingest.lines.lines import TextLine
from ingest.lines.marks import OPENERS, RANK, Mark, mark_at
from ingest.lines.organs import stock_headings
from ingest.outline.headings import heading_end
from ingest.outline.items import find_items

_CAPTION = re.compile(expand(r"专\s?栏\s?(?P<n>[{numerals}\d]{0,3})[:：]?"))
_MARKUP = re.compile(r"#{1,6}\s{0,4}|\*\*")
_BEFORE_DIGITS = re.compile(r"(?P<n>\d{1,2})[.．](?=\d{1,4}[一-龥A-Za-z“])")
"""An item whose text begins with digits (2.121工程), which reads as a decimal; only its place in the series tells."""
_FILE_ENDS = frozenset("fcxlsptdeirg")
_FILES = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".wps", ".et", ".ofd", ".zip", ".rar", ".jpg", ".png", ".ppt", ".pptx")
_PADDED = re.compile(expand(r"(?P<n>\d\d)(?:$|\s?(?=[一-龥“《])(?![{not_after_padded}]))"))
_SPLIT = ("一、", "(一)", "1.", "(1)", "1)", "①", "章", "节", "编", "分", "01")
_SIGNS = OPENERS | frozenset("#*")
_GROUP = 30
_LEAST_PLAIN, _MOST_PLAIN, _PARAGRAPH = 4, 36, 40
_NO_PLAIN = re.compile(r"[，,。；;：:|《》]$|\d{4}年\d{1,2}月|^[（(]")
_STOPS = frozenset("。；;：:，,！!？?、）)|")
_CLOSING = re.compile(
    expand(
        r"(?:请?各{everyone}|{asking_to}|请[一-龥]{2,14}{asked_bodies}[，,、{after_asked}]|{above_kinds}"
        r"|本{closing_kinds}{after_closing_kind}|{closing_words}|望{hoping_for}|{addressing}[!！,，:：])"
    )
)


@dataclass(slots=True)
class OutlineNode:
    """A section in the making; ``end_limit`` is where its body must end at the latest."""

    kind: SectionKind
    number: str | None
    start: int
    head_start: int
    end: int
    body_start: int
    depth: int
    parent: OutlineNode | None
    body_end: int = -1
    own_line: bool = False
    style: str = ""
    value: int = 0


@dataclass(frozen=True, slots=True)
class OutlinePart:
    """One document of the text (the document itself, or one attached): its title, 附件 label and the lines of its body."""

    body: Span
    title: Span | None = None
    label: Span | None = None
    inner: bool = False
    spoken: bool = False
    """Whether it is a report or a speech, in which short lines of their own are headings."""


Opening = tuple[Mark | None, int | None, int]
"""What a line opens with: its number, the depth that Markdown signs before it give, and where it starts behind those signs."""


def find_marks(
    text: str, lines: Sequence[TextLine], headings: dict[int, int], *, spoken: bool = False
) -> list[tuple[TextLine, Mark]]:
    """The lines that open a section, with their numbers; those a series makes implausible are left out."""
    found: list[tuple[TextLine, Mark]] = []
    last: dict[str, int] = {}
    paths: set[tuple[int, ...]] = set()
    opened, others = _openings(text, lines)
    for i, padded in _find_padded_numbers(text, lines, opened):
        opened[i] = (padded, *opened[i][1:])
    numbered = [(i, mark) for i, (mark, _, _) in opened.items() if mark is not None]
    bare = _find_unnumbered_headings(text, lines, numbered)
    late = _find_late_series(numbered)
    plain = _find_plain_headings(text, lines, opened) if spoken and not headings else {}
    styled = [i for i, line in enumerate(lines) if line.start in headings] if headings else []
    for i in sorted({*opened, *others, *bare, *styled, *plain}):
        line = lines[i]
        mark, depth, start = opened.get(i) or (None, None, line.start)
        if text[line.end - 1] in _FILE_ENDS and text.endswith(_FILES, start, line.end):
            continue
        depth = headings.get(line.start) or depth or (1 if i in bare else None)
        if mark is None or (mark.path and not _plausible(mark, last, paths)):
            mark = _mark_before_digits(text, line, last.get("1.", 0)) or mark
        if mark is not None and (_plausible(mark, last, paths) or (mark.style, mark.value) in late):
            last[mark.style] = mark.value
            if mark.path:
                paths.add(mark.path)
            found.append((line, mark))
        elif i in plain:
            found.append((line, Mark(Span(start, start), "行", plain[i])))
        elif depth is not None:
            found.append((line, Mark(Span(start, start), f"h{depth}", 0)))
        elif text[line.start] == "专":
            caption = _CAPTION.match(text, start, line.end)
            if caption and line.end - start <= 60 and text[line.end - 1] not in "。；;，,":
                found.append((line, Mark(caption_span(text, caption, line), "专栏", 0)))
    return found


def _mark_before_digits(text: str, line: TextLine, before: int) -> Mark | None:
    """The number of an item that begins with digits, where it counts on from the number before."""
    match = _BEFORE_DIGITS.match(text, line.start, line.end)
    if match is None or not before or int(match["n"]) != before + 1:
        return None
    return Mark(Span(match.start(), match.end()), "1.", before + 1)


def _openings(text: str, lines: Sequence[TextLine]) -> tuple[dict[int, Opening], list[int]]:
    """What the lines that begin with a sign of a number or of Markdown open with, and the lines that may be captions."""
    opened: dict[int, Opening] = {}
    captions: list[int] = []
    for i, line in enumerate(lines):
        char = text[line.start]
        if char in _SIGNS:
            opened[i] = _opening(text, line)
        elif char == "专":
            captions.append(i)
    return opened, captions


def _find_padded_numbers(text: str, lines: Sequence[TextLine], opened: Iterable[int]) -> list[tuple[int, Mark]]:
    """Headings that are numbered 01, 02, 03 … without any mark behind the number, where at least three follow one another."""
    found: list[tuple[int, Mark]] = []
    for i in opened:
        line = lines[i]
        match = _PADDED.match(text, line.start, line.end) if text[line.start] in "0123456789" else None
        if match is not None and int(match["n"]) == len(found) + 1 and (found or text[line.start] == "0"):
            found.append((i, Mark(Span(line.start, line.start + 2), "01", len(found) + 1)))
    return found if len(found) >= 3 else []


def _find_unnumbered_headings(text: str, lines: Sequence[TextLine], numbered: Sequence[tuple[int, Mark]]) -> set[int]:
    """Headings without a number, over a numbering that starts anew.

    A line that is nothing but a stock heading (附则), or lines over each run of the outermost numbers (面向单位的政策 一、… 面向个人的政策 一、…).
    """
    out: set[int] = set()
    seen: dict[str, int] = {}
    top = min({mark.style for _, mark in numbered}, key=lambda style: RANK[style], default="")
    groups: list[int] = []
    restarted = False
    before = -1
    for k, following in numbered:
        i, above = k - 1, before
        before = k
        if following.value == 1 and i != above and i >= 0:
            line = lines[i]
            if line.end - line.start <= _GROUP and text[line.end - 1] not in _STOPS:
                start = _opening(text, line)[2]
                name = "".join(text[start : line.end].split())
                if name in stock_headings() and following.style in seen:
                    out.add(i)
                elif following.style == top and (not seen or seen.get(top, 0) > 1):
                    groups.append(i)
                    restarted = restarted or bool(seen)
        seen[following.style] = following.value
    return out | (set(groups) if restarted and len(groups) > 1 else set())


def _find_plain_headings(text: str, lines: Sequence[TextLine], numbered: Iterable[int]) -> dict[int, int]:
    """Short lines without number and stop, each over a long paragraph and behind the end of one: headings of a report, counted.

    One alone is no heading: a report has several.
    """
    taken = set(numbered)
    found: list[int] = []
    for i in range(1, len(lines) - 1):
        line, above, below = lines[i], lines[i - 1], lines[i + 1]
        if i in taken or not _LEAST_PLAIN <= line.end - line.start <= _MOST_PLAIN or text[line.end - 1] in _STOPS:
            continue
        ended = text[above.end - 1] in "。！" or i - 1 in taken
        if (
            ended
            and (below.end - below.start >= _PARAGRAPH or i + 1 in taken)
            and _NO_PLAIN.search(text, line.start, line.end) is None
        ):
            found.append(i)
    return {i: k + 1 for k, i in enumerate(found)} if len(found) > 1 else {}


def _opening(text: str, line: TextLine) -> Opening:
    """The number a line opens with, behind Markdown signs where there are any."""
    start, depth = line.start, None
    if text[start] not in "#*":
        return line.mark(text), None, start
    markup = _MARKUP.match(text, start, line.end)
    if markup and markup.end() < line.end:
        depth = len(markup.group().rstrip()) if text[start] == "#" else None
        start = markup.end()
    return mark_at(text, start, line.end), depth, start


def caption_span(text: str, match: re.Match[str], line: TextLine) -> Span:
    """The number of a caption (专栏3) without the colon after it."""
    end = match.end()
    while end > match.start() and text[end - 1] in ":： ":
        end -= 1
    return Span(match.start(), min(end, line.end))


def _find_late_series(numbered: Sequence[tuple[int, Mark]]) -> set[tuple[str, int]]:
    """Series of at least three numbers that start high, because the text is part of a longer document (（300）, （301） …)."""
    runs: dict[str, list[int]] = {}
    out: set[tuple[str, int]] = set()
    for _, mark in numbered:
        if mark.path:
            continue
        run = runs.setdefault(mark.style, [])
        if run and mark.value != run[-1] + 1:
            run.clear()
        run.append(mark.value)
        if run[0] > 5 and len(run) >= (2 if mark.style in ("一、", "(一)", "条") else 3):
            out.update((mark.style, value) for value in run[-3:])
    return out


def _plausible(mark: Mark, last: dict[str, int], paths: set[tuple[int, ...]]) -> bool:
    before = last.get(mark.style)
    if mark.path:
        # 1.5 at the start of a line is as often a quantity: 1.2 needs 1.1 before it, 1.1 needs 1 or nothing before it
        *upper, value = mark.path
        if max(mark.path) > 40 or min(mark.path) == 0:
            return False
        return (value == 1 and mark.spaced) or (*upper, value - 1) in paths
    if mark.style in ("条", "节", "章") and not mark.spaced:
        return mark.value in (1, (before or 0) + 1)
    if before is None:
        return mark.value <= 5 or mark.style in ("条", "章", "节", "编", "分")
    return mark.value <= before + 5 or mark.style == "条"


def nest_marks(marks: Sequence[tuple[TextLine, Mark]]) -> list[int]:
    """The index of each mark's parent (-1 for none), from the order in which the styles nest in this document."""
    following: list[int | None] = [None] * len(marks)
    seen: dict[str, int] = {}
    for i in range(len(marks) - 1, -1, -1):
        following[i] = seen.get(marks[i][1].style)
        seen[marks[i][1].style] = i
    latest: dict[str, list[int]] = {}
    for i, (_, mark) in enumerate(marks):
        latest.setdefault(mark.style, []).append(i)
    above: set[tuple[str, str]] = set()
    stack: list[int] = []
    parents: list[int] = []
    for i, (_, mark) in enumerate(marks):
        style = mark.style
        at = next((k for k, j in enumerate(stack) if marks[j][1].style == style), None)
        if at is not None:
            del stack[at:]
        else:
            while stack and _outranks(i, stack[-1], marks, following, above):
                stack.pop()
        parents.append(stack[-1] if stack else -1)
        above.update((marks[j][1].style, style) for j in stack)
        stack.append(i)
    return parents


def _outranks(
    i: int, top: int, marks: Sequence[tuple[TextLine, Mark]], following: Sequence[int | None], above: set[tuple[str, str]]
) -> bool:
    mark, other = marks[i][1], marks[top][1]
    if other.style == "专栏":
        return mark.style.startswith("h") or mark.style in ("编", "分", "章", "节", "条", "一、", "(一)")
    if mark.style == "专栏":
        return False
    if (other.style, mark.style) in above:
        return False
    if (mark.style, other.style) in above:
        return True
    if mark.style.startswith("h") and other.style.startswith("h"):
        return int(mark.style[1:]) < int(other.style[1:])
    if mark.style.startswith("h") or other.style.startswith("h"):
        return mark.style.startswith("h")
    if RANK[mark.style] > RANK[other.style]:
        return False
    # the usual order says this style stands above; it stands below only if the other series goes on after it
    later = following[top]
    return not (mark.value == 1 and later is not None and marks[later][1].value == other.value + 1)


def build_nodes(
    text: str, part: OutlinePart, lines: Sequence[TextLine], headings: dict[int, int], parent: OutlineNode | None, stop: int
) -> list[OutlineNode]:
    """The nodes of one part, in order of place, with their bodies closed."""
    nodes: list[OutlineNode] = []
    depth = parent.depth + 1 if parent else 0
    base = parent
    if part.label is not None:
        base = OutlineNode(
            "attachment", part.label.of(text).strip(":： 　"), part.label.start, part.label.end, part.label.end, 0, depth, base
        )
        nodes.append(base)
        depth += 1
    if part.title is not None:
        base = OutlineNode("title", None, part.title.start, part.title.start, part.title.end, 0, depth, base)
        nodes.append(base)
    depth = base.depth + 1 if base else 1
    for node in nodes:
        node.body_start, node.body_end = _next_char(text, node.end, stop), stop
    marks = find_marks(text, lines, headings, spoken=part.spoken)
    first = marks[0][0].start if marks else part.body.end
    if lines and lines[0].start < first:
        start = lines[0].start
        nodes.append(OutlineNode("preamble", None, start, start, start, start, depth, base, _trim(text, start, first)))
    made: list[OutlineNode] = []
    opening = {line.start for line, _ in marks}
    nxt = 0
    boxes = _find_boxes(text, lines, marks)
    parents = nest_marks(marks)
    for box in boxes:
        for i in range(box.caption + 1, box.last + 1):
            parents[i] = box.caption if marks[i][1].style == marks[box.caption + 1][1].style else parents[i]
    for (line, mark), above in zip(marks, parents, strict=True):
        owner = made[above] if above >= 0 else base
        following: TextLine | None = None
        if mark.span.end == line.end or text[mark.span.end : line.end].isspace():
            while nxt < len(lines) and lines[nxt].start <= line.start:
                nxt += 1
            following = lines[nxt] if nxt < len(lines) and lines[nxt].start not in opening else None
        made.append(_heading_node(text, line, following, mark, owner, owner.depth + 1 if owner else depth))
    _close_bodies(text, made, part.body.end)
    for box in boxes:
        for node in made[box.caption : box.last + 1]:
            node.body_end = min(node.body_end, max(box.end, node.end))
            node.body_start = min(node.body_start, node.body_end)
    closing = _closing_node(text, made, lines, base, depth)
    nodes += made
    nodes += _item_nodes(text, nodes)
    if closing:
        nodes.append(closing)
    nodes.sort(key=lambda n: (n.start, n.depth))
    return nodes


@dataclass(frozen=True, slots=True)
class _Box:
    """A box 专栏 that holds a numbering of its own: the indices of its caption and of its last mark, and where it ends."""

    caption: int
    last: int
    end: int


def _find_boxes(text: str, lines: Sequence[TextLine], marks: Sequence[tuple[TextLine, Mark]]) -> list[_Box]:
    """The boxes whose first line behind the caption opens a numbering; they end at the first paragraph that is not part of it.

    A box whose items have several paragraphs ends with its numbering, at the next heading.
    """
    out: list[_Box] = []
    starts = [line.start for line in lines]
    for i, (line, mark) in enumerate(marks):
        if mark.style != "专栏" or i + 1 >= len(marks):
            continue
        first = marks[i + 1][1]
        k = bisect_right(starts, line.start)
        if k >= len(lines) or lines[k].start != marks[i + 1][0].start or first.value != 1 or first.style in ("专栏", "章", "编"):
            continue
        last, value = i, 0
        while last + 1 < len(marks) and marks[last + 1][1].style == first.style and marks[last + 1][1].value == value + 1:
            if last > i and bisect_left(starts, marks[last + 1][0].start) - bisect_left(starts, marks[last][0].start) > 1:
                break
            last, value = last + 1, value + 1
        if value >= 2:
            out.append(_Box(i, last, marks[last][0].end))
    return out


def _heading_node(
    text: str, line: TextLine, following: TextLine | None, mark: Mark, parent: OutlineNode | None, depth: int
) -> OutlineNode:
    head = mark.span.end
    while head < line.end and text[head].isspace():
        head += 1
    if head == line.end and following is not None and mark.style in _SPLIT:
        # a number alone on its line: the heading opens the next one
        line, head = following, following.start
    end = heading_end(text, head, line.end, mark)
    body = end
    while body < line.end and text[body] in "。；;：:，,*）)】 　":
        body += 1
        if text[body - 1] in "。；;：:，,":
            break
    while end > head and text[end - 1] in " 　*#":
        end -= 1
    number = mark.span.of(text) or None
    kind: SectionKind = "attachment" if mark.style == "专栏" else "heading"
    return OutlineNode(
        kind,
        number,
        mark.span.start,
        head,
        max(end, mark.span.end),
        body,
        depth,
        parent,
        own_line=body >= line.end and text[line.end - 1] not in "。；;！？",
        style=mark.style,
        value=mark.value,
    )


def _close_bodies(text: str, nodes: list[OutlineNode], stop: int) -> None:
    """Give every node the end of its body: where the next node that is not inside it starts."""
    open_nodes: list[OutlineNode] = []
    for node in nodes:
        while open_nodes and open_nodes[-1].depth >= node.depth:
            _close_body(text, open_nodes.pop(), node.start)
        open_nodes.append(node)
    while open_nodes:
        _close_body(text, open_nodes.pop(), stop)


def _close_body(text: str, node: OutlineNode, limit: int) -> None:
    start = _next_char(text, node.body_start, limit)
    end = _trim(text, node.body_start, limit)
    if end > node.body_start:
        node.body_start = min(start, end)
    node.body_end = max(node.body_start, end)


def _closing_node(
    text: str, nodes: list[OutlineNode], lines: Sequence[TextLine], base: OutlineNode | None, depth: int
) -> OutlineNode | None:
    """The closing paragraphs (各地要…, 特此通知) after the last numbered section; they are cut off from the sections before them."""
    if not nodes:
        return None
    last = nodes[-1]
    inside = [line for line in lines if last.start < line.start < last.body_end and line.start >= last.end]
    if last.own_line:
        inside = inside[1:]
    for line in inside:
        if _CLOSING.match(text, line.start, line.end):
            break
    else:
        return None
    start, end = line.start, last.body_end
    node: OutlineNode | None = last
    while node is not None and node is not base:
        stop = _trim(text, node.end, start)
        node.body_start = min(node.body_start, stop)
        node.body_end = stop
        node = node.parent
    return OutlineNode("closing", None, start, start, start, start, depth, base, end)


def _item_nodes(text: str, nodes: list[OutlineNode]) -> list[OutlineNode]:
    out: list[OutlineNode] = []
    ordered = sorted((n for n in nodes if n.kind in ("heading", "preamble")), key=lambda n: n.start)
    numbered = any(n.kind == "heading" for n in ordered)
    for i, node in enumerate(ordered):
        if node.kind == "preamble" and numbered:
            continue
        limit = min(node.body_end, ordered[i + 1].start if i + 1 < len(ordered) else node.body_end)
        start = node.head_start if node.body_start >= limit else node.body_start
        for item in find_items(text, min(start, limit), limit):
            number, heading = item.number, item.heading
            out.append(
                OutlineNode(
                    "item",
                    number.of(text),
                    number.start,
                    heading.start,
                    heading.end,
                    item.body_start,
                    node.depth + 1,
                    node,
                    item.end,
                )
            )
    return out


def _next_char(text: str, start: int, limit: int) -> int:
    while start < limit and text[start].isspace():
        start += 1
    return min(start, limit)


def _trim(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def to_sections(text: str, nodes: Sequence[OutlineNode], document_id: str) -> tuple[Section, ...]:
    """The nodes as sections, with ids made from document and place."""
    ids = {id(node): fact_id(document_id, "section", Span(node.start, node.end), node.kind) for node in nodes}
    return tuple(
        Section(
            id=ids[id(node)],
            kind=node.kind,
            number=node.number,
            heading=text[node.head_start : node.end] if node.end > node.head_start else "",
            depth=node.depth,
            start=node.start,
            end=node.end,
            body_start=max(node.end, node.body_start) if node.kind not in ("preamble", "closing") else node.body_start,
            body_end=max(node.end, node.body_start, node.body_end),
            parent=ids.get(id(node.parent)) if node.parent is not None else None,
        )
        for node in nodes
    )


def numbering_issues(nodes: Sequence[OutlineNode], limit: int = 5) -> list[Issue]:
    """Numbers that do not follow on from their neighbour: kept as written, but worth a look."""
    out: list[Issue] = []
    last: dict[tuple[int, str], OutlineNode] = {}
    for node in nodes:
        if node.kind != "heading" or not node.number or node.style.startswith("h"):
            continue
        key = (id(node.parent), node.style)
        before = last.get(key)
        last[key] = node
        if before is not None and node.value not in (before.value + 1, 1) and len(out) < limit:
            message = f"编号不连续：“{before.number}”之后是“{node.number}”，按原文保留，请核对是否有缺漏。"
            out.append(Issue("numbering", message, Span(node.start, node.end)))
    return out
