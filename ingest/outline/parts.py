"""Finds the documents inside a document: what a notice issues or forwards, and its numbered attachments 附件."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from corpus.divisions import gazetteer
from corpus.document import Span
from ingest.lexicon import expand
from ingest.lines.dates import date_at, find_dates
from ingest.lines.lines import TextLine
from ingest.lines.marks import OPENERS, Mark
from ingest.lines.organs import bare_title, is_organ, kind_of
from ingest.lines.signatures import (
    CLOSED,
    SignatureParts,
    SignaturePiece,
    ends_letter,
    find_late_signature,
    find_signature,
    find_undated_signature,
    is_signature_line,
)

_ISSUE = re.compile(expand(r"{issuing}|批转|颁布|颁发|实施|(?:公开)?征求"))
_LABEL = re.compile(
    expand(
        r"附\s{0,4}{annex_kinds}?\s{0,4}(?P<n>[{numerals}]{1,3}|\d{1,2}(?:[-—.]\d{1,2})?)?\s{0,4}(?:[（(]略[)）])?\s{0,2}[:：]?"
    )
)
_TITLE_STOP = re.compile(r"[。；;：:，,！？]$")
_NAMED = re.compile(r"《(?P<name>[^《》]{4,120}(?:《[^《》]{1,80}》[^《》]{0,40})?)》")
_JOINED = re.compile(r"(?:[（(][^（）()《》]{1,30}[)）])?[\s、，,]{0,4}[和及与]?[\s　]{0,4}")
_QUOTES = re.compile(r"[《》〈〉]+")
_OUTERMOST = ("章", "条", "一、")
_BEFORE_FIRST = 7
_OMITTED = re.compile(expand(r"[（(](?:{annexes_left_out}|详见[^（）()]{0,20})[)）]"))
_NOTICE_END = re.compile(expand(r"的?(?:{issuing_kinds}|意见和建议的函|令)(?:[（(][^（）()]{1,20}[)）])?$"))
_SENDING = re.compile(expand(r"{issuing}|发给|批转"))
_FORWARDING = re.compile(expand(r"{forwarding}"))
_GOES_ON = re.compile(r"[》〉》已业经等、，,的（(]")
"""How a sentence goes on that only names the document (《某办法》已经…)."""
_BODY_OPENS = re.compile(expand(r"(?:[（(].{2,20}[)）])?(?:{body_openers}|20\d\d)"))


def find_issued_names(title: str, opening: str) -> list[str]:
    """The names of the documents that a notice issues, forwards or asks opinions on, from its title and its first lines."""
    names: list[str] = []
    flat = re.sub(r"\s+", "", title)
    match = _ISSUE.search(flat)
    if match and "关于" in flat[: match.start()] + flat[match.start() : match.end()]:
        rest = flat[match.end() :]
        quoted = _NAMED.search(rest)
        if quoted:
            names.append(quoted["name"])
        else:
            end = _NOTICE_END.search(rest)
            if end and end.start() >= 4:
                names.append(rest[: end.start()])
    for run in _group_quoted_titles(opening):
        around = opening[max(0, run[0].start() - 24) : run[0].start()] + opening[run[-1].end() : run[-1].end() + 40]
        if _SENDING.search(around):
            names += [quoted["name"] for quoted in run]
    return list(dict.fromkeys(re.sub(r"\s+", "", name) for name in names))


def _group_quoted_titles(opening: str) -> list[list[re.Match[str]]]:
    """Titles in 《》 that stand in one list (《甲》《乙》和《丙》): one verb before or after the list governs them all."""
    runs: list[list[re.Match[str]]] = []
    for quoted in _NAMED.finditer(opening):
        if runs and _JOINED.fullmatch(opening, runs[-1][-1].end(), quoted.start()):
            runs[-1].append(quoted)
        else:
            runs.append([quoted])
    return runs


def divide_parts(text: str, lines: Sequence[TextLine], body: int, title: str | None) -> SignatureParts:
    """Divide the lines from index ``body`` on."""
    n = len(lines)
    opening = text[lines[body].start : lines[min(n, body + 4) - 1].end] if body < n else ""
    names = [_flat(name) for name in find_issued_names(title or "", opening[:1500])]
    parts = SignatureParts(SignaturePiece(body, n, body))
    starts = _attachment_starts(text, lines, body, names, parts)
    if starts:
        parts.main.last = starts[0].first
        for piece, following in zip(starts, [*starts[1:], None], strict=True):
            piece.last = following.first if following else n
        parts.attached = starts
    find_signature(text, lines, parts)
    if not parts.signoff:
        find_undated_signature(text, lines, parts)
    if not parts.signoff and parts.attached and not _FORWARDING.search(title or ""):
        find_late_signature(text, lines, parts)
    return parts


def _attachment_starts(
    text: str, lines: Sequence[TextLine], body: int, names: list[str], parts: SignatureParts
) -> list[SignaturePiece]:
    labels: list[tuple[int, re.Match[str], bool]] = []
    named: list[SignaturePiece] = []
    waiting = list(names)
    for i in range(body, len(lines)):
        line = lines[i]
        char = text[line.start]
        if char == "附":
            match = _LABEL.match(text, line.start, line.end)
            if match and (match.end() == line.end or text[match.end() - 1] in ":： " or match["n"] or text[match.end()] in "《"):
                labels.append((i, match, match.end() >= line.end))
        elif waiting and i > body and (not named or i >= named[-1].body):
            found = _named_start(text, lines, i, waiting)
            if found is not None:
                piece, name = found
                named.append(piece)
                waiting = [other for other in waiting if bare_title(other) != bare_title(name)]
    listings = _find_listings(text, lines, labels)
    listed = {i for first, last in listings for i in range(first, last)}
    out: list[SignaturePiece] = list(named)
    headed = {i for piece in named for i in range(piece.first, piece.body)}
    for i, match, alone in labels:
        if i in listed or i in headed:
            continue
        lately = next((piece for piece in named if 0 < piece.first - i <= 2 and alone and piece.label is None), None)
        if lately is not None:
            headed.update(range(i, lately.first))
            lately.first, lately.label = i, Span(match.start(), match.end())
            continue
        if named and i < named[0].first:
            continue
        labelled = _labelled_start(text, lines, i, match, alone)
        if labelled is not None:
            out.append(labelled)
            headed.update(range(labelled.first, labelled.body))
    out += _find_restarted_plans(text, lines, body, out, listed)
    parts.listings = listings
    out.sort(key=lambda piece: piece.first)
    return out


def _find_restarted_plans(
    text: str, lines: Sequence[TextLine], body: int, known: Sequence[SignaturePiece], listed: set[int]
) -> list[SignaturePiece]:
    """Find further plans of one notice: a title line after which the outermost numbers start again (…补贴方案, then 一、)."""
    stop = min((piece.first for piece in known), default=len(lines))
    marks = [line.mark(text) if text[line.start] in OPENERS else None for line in lines[body:stop]]
    top = min((mark.style for mark in marks if mark and mark.style in _OUTERMOST), key=_OUTERMOST.index, default="")
    ahead: list[Mark | None] = [None] * len(marks)
    nearest = -1
    for k in range(len(marks) - 1, -1, -1):
        if 0 <= nearest - k < _BEFORE_FIRST:
            ahead[k] = marks[nearest]
        nearest = k if marks[k] is not None else nearest
    out: list[SignaturePiece] = []
    highest = 0
    for k, mark in enumerate(marks):
        i = body + k
        if mark is not None:
            highest = mark.value if mark.style == top else highest
            continue
        following = ahead[k]
        if highest < 2 or following is None or following.style != top or following.value != 1:
            continue
        if i in listed or not _is_title_line(text, lines[i]):
            continue
        first = i
        if lines[i].end - lines[i].start < 12 and marks[k - 1] is None and _may_continue(text, lines[i - 1]):
            first = i - 1
        out.append(SignaturePiece(first, 0, i + 1, None, Span(lines[first].start, lines[i].end)))
        highest = 0
    return out


def _is_title_line(text: str, line: TextLine) -> bool:
    content = text[line.start : line.end]
    if not 6 <= len(content) <= 60 or _TITLE_STOP.search(content) or re.search(r"[|，,；]", content):
        return False
    kind = kind_of(content)
    # 政策 also ends the name of a group of headings (面向单位的扶持政策)
    return kind is not None and (not kind.endswith("政策") or "关于" in content) and content.count("《") == content.count("》")


def _may_continue(text: str, line: TextLine) -> bool:
    return line.end - line.start <= 40 and text[line.end - 1] not in "。；;：:，,！？）)|"


def _named_start(text: str, lines: Sequence[TextLine], i: int, names: list[str]) -> tuple[SignaturePiece, str] | None:
    """A title line that repeats the name of the issued document, whole, over several lines, or glued to the first paragraph."""
    if text[lines[i].start] == "《" and not ends_letter(text, lines[i - 1]):
        # the letter itself names it: 《某办法》 / 已经…同意，现印发给你们
        return None
    first = _flat(text[lines[i].start : min(lines[i].end, lines[i].start + 200)])
    for name in names:
        core = _core_title(name)
        if core[:4] not in first[:24] and not core.startswith(first):
            continue
        core = _with_division(first, core)
        if len(core) < 4 or not (core.startswith(first) or first.startswith(core)):
            continue
        if first.startswith(core):
            end, rest = _end_of_name(text, lines[i], core)
            ended = i > 0 and ends_letter(text, lines[i - 1]) and not _GOES_ON.match(rest)
            if not rest or re.fullmatch(r"(?:[（(].{1,40}[)）])+", rest):
                return SignaturePiece(i, 0, i + 1, None, lines[i].span, True), name
            if ended or _BODY_OPENS.match(rest):
                return SignaturePiece(i, 0, i, None, Span(lines[i].start, end), True), name
            continue
        joined = first
        for j in range(i + 1, min(i + 4, len(lines))):
            joined += _flat(text[lines[j].start : lines[j].end])
            if bare_title(joined) == core:
                return SignaturePiece(i, 0, j + 1, None, Span(lines[i].start, lines[j].end), True), name
            if not core.startswith(joined):
                break
    return None


@lru_cache(maxsize=512)
def _core_title(name: str) -> str:
    return _flat(bare_title(name))


def _with_division(first: str, core: str) -> str:
    """The name with the division's name before it, where the title line has one and the notice leaves it out."""
    mention = next(gazetteer().mentions(first[:16]), None)
    if mention is not None and mention.span.start == 0 and not core.startswith(mention.text):
        placed = mention.text + core
        if first.startswith(placed[: max(len(mention.text) + 4, min(len(first), len(placed)))]):
            return placed
    return core


def _end_of_name(text: str, line: TextLine, core: str) -> tuple[int, str]:
    """The end of ``core`` in a line that starts with it (blanks do not count), and the rest of the line."""
    at, k = line.start, 0
    while k < len(core) and at < line.end:
        if text[at] not in " 　\t《》〈〉":
            k += 1
        at += 1
    return at, text[at : line.end].strip()


def _find_listings(
    text: str, lines: Sequence[TextLine], labels: Sequence[tuple[int, re.Match[str], bool]]
) -> list[tuple[int, int]]:
    """The lists of attachments at the end of a letter or a plan (附件：1.… 2.…): lines ``[first, last)``."""
    found: list[tuple[int, int]] = []
    done = 0
    for i, match, alone in labels:
        if i < done:
            continue
        end = i + 1
        if alone:
            # 附件： alone, then 1.… 2.… and a date or a signature: a list. Anything else: an attachment starts here.
            while end < len(lines) and _is_numbered_entry(text, lines[end]):
                end += 1
            if end == i + 1 or not (end >= len(lines) or _is_followed_by_closing(text, lines, end) or "略" in match.group()):
                continue
        else:
            while end < len(lines) and (_is_numbered_entry(text, lines[end]) or _is_label_entry(text, lines[end])):
                end += 1
            omitted = _OMITTED.search(text, lines[i].start, lines[end - 1].end)
            if end < len(lines) and not _is_followed_by_closing(text, lines, end) and not omitted:
                continue
        found.append((i, end))
        done = end
    return found


def _is_numbered_entry(text: str, line: TextLine) -> bool:
    mark = line.mark(text)
    return mark is not None and mark.style in ("1.", "(1)") and line.end - line.start <= 90 and text[line.end - 1] not in "。；;"


def _is_label_entry(text: str, line: TextLine) -> bool:
    match = _LABEL.match(text, line.start, line.end)
    return match is not None and match.end() < line.end and line.end - line.start <= 90 and text[line.end - 1] != "。"


def _is_followed_by_closing(text: str, lines: Sequence[TextLine], i: int) -> bool:
    """Whether a signature, a date or another attachment label stands on one of the next lines."""
    for line in lines[i : i + 6]:
        content = text[line.start : line.end]
        if date_at(text, line.start, line.end) or is_signature_line(text, line):
            return True
        match = _LABEL.match(content)
        if match and match.end() == len(content):
            return True
        if not is_organ(content) and not CLOSED.match(content):
            return False
    return False


def _labelled_start(text: str, lines: Sequence[TextLine], i: int, match: re.Match[str], alone: bool) -> SignaturePiece | None:
    line = lines[i]
    label = Span(line.start, match.end()).trimmed(text)
    if not alone:
        title = Span(match.end(), line.end).trimmed(text)
        content = title.of(text)
        if (
            len(content) > 80
            or _TITLE_STOP.search(content)
            or content.startswith(("）", ")", "所", "的", "中", "、", "和", "与", "至"))
        ):
            return None
        return SignaturePiece(i, 0, i + 1, label, title)
    end = i + 1
    while end < len(lines) and end < i + 4:
        content = text[lines[end].start : lines[end].end]
        if len(content) > 70 or lines[end].mark(text) or _TITLE_STOP.search(content) or "|" in content:
            break
        if next(find_dates(text, lines[end].start, lines[end].end), None) is not None:
            break
        end += 1
        if kind_of(content) is not None and not re.match(
            r"[（(]", text[lines[end].start : lines[end].end] if end < len(lines) else ""
        ):
            break
    named = Span(lines[i + 1].start, lines[end - 1].end) if end > i + 1 else None
    return SignaturePiece(i, 0, end, label, named)


def _flat(text: str) -> str:
    return _QUOTES.sub("", "".join(text.split()))
