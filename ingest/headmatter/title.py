"""Finds the end of the head of a document and the lines of its title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from corpus.document import Span
from ingest.headmatter.labels import Labelled, read_labels
from ingest.lexicon import expand
from ingest.lines.boilerplate import PAGE, is_page_label
from ingest.lines.dates import find_dates
from ingest.lines.lines import TextLine
from ingest.lines.marks import mark_at
from ingest.lines.organs import DOC_NUMBER, ORDER_NUMBER, is_organ, kind_of

_REACH = 70
_LONG = 110
_FULL_LINE = 28
"""A line as long as a page is wide: a title may run over to a few characters on the next one."""
_ADDRESSEE = re.compile(r"[一-龥）)、，,\s]{4,}[：:]$")
_END = re.compile(r"[。；;，,：:！!？?、]$")
_SUBTITLE = re.compile(r"(?:——|—|--|－－|――)|[（(].{2,80}[)）]$")
_WORD = re.compile(r"\S+")
_REPEATED = 8
"""Characters in a row that a headline hardly has twice."""
_BODY = re.compile(
    expand(r"[，,。；;！!？?]|[：:]$|{body_words}|{body_labels}[：:]|\d月\d|\d{4}[年-]\d|[一-龥]{2}[{report_letters}]$")
)
"""What the text between a title and a body does not hold, but a body, a byline or an address does."""
_DECREE = re.compile(r"[一-龥]{2,16}令第\s?\d{1,4}\s?号")
_LED = re.compile(expand(r"(?P<organ>[一-龥、]{2,40}?)(?:对(?!外)|{after_organ})"))
_LETTER = re.compile(expand(r"的{kinds_after_of}(?:[（(].{1,20}[)）])?$"))
_LINKED = re.compile(r"[\[【]\s?(?:19|20)\d\d-\d\d-\d\d\s?[\]】]")
"""A line of a list of links: title [ 2025-01-14 ]."""
_DASHES = ("——", "--", "――", "─", "－－")
_SITE = re.compile(expand(r"\s{0,3}[-_—|]{1,2}\s{0,3}[^-_—|\s]{2,24}{site_ends}$"))
_RED_HEAD = re.compile(expand(r"[一-龥\s]{2,30}{red_heads}$"))
_DECLARED = re.compile(expand(r"[（(](?:{declaring}|[一-龥]{2,30}代章).{0,20}[)）]$|{this_document}{openness}"))
_HISTORY = re.compile(expand(r"{history}"))
_ORDERED = re.compile(expand(r"日(?P<order>[一-龥]{2,24}令\s?第\s?\d{1,4}\s?号){publishing}"))
_BYLINE = re.compile(expand(r"\d{4}|{source_words}"))
_PHOTO_CREDIT = re.compile(expand(r"{photo_words}"))
_REMARK = re.compile(expand(r"[（(](?:{remarks_of_title}|.{4,30}版|.{4,20}年)[)）]"))
_OPENS_LETTER = re.compile(expand(r"关于(?:{issuing}|征求|批转)"))
_ENDS_COMPLETE = re.compile(expand(r"(?:{issuing_kinds}|意见|批复|令|公示)(?:[（(].*[)）])?$"))
_DATELINE = re.compile(expand(r"{dateline_words}"))
_PERSON_IN_OFFICE = re.compile(expand(r".{0,20}{offices_held}\s?[一-龥\s　·]{2,6}"))


@dataclass(slots=True)
class Header:
    """What stands before the body. Indices count the lines given; ``body`` is the index of the first line of the body."""

    title: Span | None = None
    title_lines: tuple[int, int] = (0, 0)
    certain: bool = False
    body: int = 0
    labelled: list[Labelled] = field(default_factory=list)
    doc_number: Span | None = None
    dated: list[tuple[str, Span, bool]] = field(default_factory=list)
    byline: list[Span] = field(default_factory=list)
    head: set[int] = field(default_factory=set)


def read_header(
    text: str, lines: Sequence[TextLine], *, start: int = 0, known_title: str | None = None, weak: bool = True
) -> Header:
    """Read the head of the document whose lines begin at index ``start``; ``weak`` allows a title known only by its place."""
    header = Header()
    stop = _first_body_line(text, lines, start)
    window = lines[start:stop]
    header.labelled, used = read_labels(text, window)
    tabular = {start + i for i in used}
    titled = next((entry.value for entry in header.labelled if entry.field == "title" and len(entry.value) > 3), None)
    wanted = _flat(known_title or (titled.of(text) if titled else ""))
    plain = [i for i in range(start, stop) if i not in tabular]
    choice = _choose_title_lines(text, lines, plain, wanted)
    if choice is not None and not choice[2] and not weak:
        choice = None
    if choice is None and titled is not None:
        header.title, header.certain = titled, True
        header.title_lines = (start, start)
        last = max(tabular) + 1
    elif choice is None:
        last = max(tabular, default=start - 1) + 1
    else:
        first, last, header.certain = choice
        header.title = Span(lines[first].start, lines[last - 1].end)
        header.title_lines = (first, last)
        site = _SITE.search(header.title.of(text))
        if site is not None and site.start() >= 4:
            # the name of a saved page: title - name of the site
            header.title = Span(header.title.start, header.title.start + site.start())
    header.head = set(range(start, last)) | tabular
    header.body = _skip_meta(text, lines, last, stop, tabular, header)
    for i in range(start, header.title_lines[0]):
        if i not in tabular:
            _read_meta(text, lines[i], header, above=True)
    header.head |= set(range(start, header.body))
    return header


def read_titled(text: str, lines: Sequence[TextLine], title: Span, body: int, dated: Span | None) -> Header:
    """The head of a document whose title is known, in the lines of its own; ``dated`` is a date behind the title."""
    header = Header(title=title, title_lines=(0, body), certain=True, body=body)
    if dated is not None:
        header.dated = [(iso, span, True) for iso, span in find_dates(text, dated.start, dated.end)]
    if body < len(lines):
        header.body = _skip_meta(text, lines, body, min(len(lines), body + 4), set(), header)
    header.head = set(range(header.body))
    return header


def extend_title(text: str, line: TextLine, title: Span) -> Span:
    """Extend a title of which the source gives only the beginning, where title and body share a line and only blanks part them.

    财政部 | 税务总局关于…的公告, 某省出台稳岗政策 | 预计返还资金十六亿元. What follows belongs to it up to a kind of document, else
    as long as it is short, not a sentence and says nothing of date, source or number. Behind a column of a web page it begins anew
    (某省人民政府 | 政策文件 | 某省人民政府办公厅关于…的通知).
    """
    joined, found = _flat(title.of(text)), title
    first = title.start
    if is_complete_title(joined.strip("（）()")):
        return title
    organs = is_organ(joined)
    for piece in islice(_WORD.finditer(text, title.end, min(line.end, title.end + 2 * _LONG)), 10):
        content = piece.group()
        if is_page_label(content):
            first, joined = piece.end(), ""
            continue
        if not _may_follow(content, joined) or mark_at(text, piece.start(), line.end) is not None:
            break
        if is_organ(content) and not organs:
            break  # behind a headline: who says it
        organs = organs and is_organ(content)
        joined += content
        found = Span(first, piece.end()).trimmed(text)
        if is_complete_title(joined):
            break
    return found if found.end < line.end else title


def _may_follow(content: str, joined: str) -> bool:
    """Whether words behind a title can belong to it. Words that repeat the title do not: they are the headline over the body."""
    repeated = any(content[i : i + _REPEATED] in joined for i in range(max(1, len(content) - _REPEATED + 1)))
    number = "关于" not in content and DOC_NUMBER.match(content) is not None
    return 2 <= len(content) <= 60 and not repeated and not number and _BODY.search(content) is None


def _first_body_line(text: str, lines: Sequence[TextLine], start: int) -> int:
    """The index of the first line that is surely body: a number, a long paragraph, a sentence."""
    for i in range(start, min(len(lines), start + _REACH)):
        line = lines[i]
        content = text[line.start : line.end]
        if "|" in content and content.count("|") >= 2:
            continue
        if mark_at(text, line.start, line.end) is not None and not re.match(r"\d{1,2}[、.．]?\s?(?:19|20)\d\d", content):
            if _is_numbered_title(content):
                continue
            return i
        if line.end - line.start > _LONG and not content.startswith("《"):
            return i
        if content[-1] in "。；;" and not DOC_NUMBER.fullmatch(content) and len(content) > 12:
            return i
        if _ADDRESSEE.fullmatch(content) and i > start and len(content) > 4 and not read_labels(text, [line])[1]:
            return i
    return min(len(lines), start + _REACH)


def _is_numbered_title(content: str) -> bool:
    """Whether a line is a numbered title, as in a compilation (1. 某省人民政府关于…的通知)."""
    return "关于" in content and kind_of(content) is not None and len(content) <= 90 and content[-1] not in "。；;"


def _choose_title_lines(text: str, lines: Sequence[TextLine], plain: Sequence[int], wanted: str) -> tuple[int, int, bool] | None:
    """First line, line after the last, and whether the words show that it is a title."""
    best: tuple[int, int] | None = None
    weak: int | None = None
    for position, i in enumerate(plain):
        content = text[lines[i].start : lines[i].end]
        if wanted:
            joined = ""
            for j in range(i, min(i + 5, len(lines))):
                joined += _flat(text[lines[j].start : lines[j].end])
                if joined == wanted:
                    return i, j + 1, True
                if not wanted.startswith(joined):
                    break
        if best is not None or not _may_be_title(content):
            continue
        end = _title_end(text, lines, i, plain[position:])
        if end is not None:
            best = (i, end)
            if not wanted:
                break
        elif weak is None and 5 <= len(content) <= 60 and not is_organ(content) and not _RED_HEAD.fullmatch(content):
            weak = i
    if best is not None:
        first, end = best
        return _first_title_line(text, lines, first, plain), end, True
    if weak is None:
        return None
    end = weak + 1
    opening = _SITE.sub("", text[lines[weak].start : lines[weak].end])
    while (
        end in plain
        and end < weak + 3
        and not text.startswith(opening, lines[end].start)
        and _continues_title(text[lines[end].start : lines[end].end], 2 if len(opening) >= _FULL_LINE else 7)
    ):
        end += 1
    return weak, end, False


def _first_title_line(text: str, lines: Sequence[TextLine], first: int, plain: Sequence[int]) -> int:
    """The first line of a title whose organ is on a line above (某县人民政府 / 对某次会议 / 第5号建议的答复)."""
    if _led_by_organ(_flat(text[lines[first].start : lines[first].end])):
        return first
    above = ""
    for k in range(first - 1, max(first - 4, -1), -1):
        content = text[lines[k].start : lines[k].end]
        if k not in plain or len(content) > 40 or _END.search(content) or DOC_NUMBER.search(content) or "|" in content:
            break
        above = _flat(content) + above
        if _led_by_organ(above + _flat(text[lines[first].start : lines[first].end])):
            return k
    return first


def _led_by_organ(title: str) -> bool:
    """Whether a title begins with an organ and what it does (某局关于…, 某厅对…的答复)."""
    led = _LED.match(title)
    return led is not None and is_organ(led["organ"])


def _continues_title(content: str, least: int) -> bool:
    return (
        least <= len(content) <= 40
        and not _END.search(content)
        and "\t" not in content  # cells of a table
        and not _SUBTITLE.match(content)
        and not _BYLINE.search(content)
        and not is_organ(content)
    )


def _may_be_title(content: str) -> bool:
    if not 4 <= len(content) <= 160 or _END.search(content) or PAGE.fullmatch(content) or _DECLARED.search(content):
        return False
    content = _SITE.sub("", content)
    if DOC_NUMBER.fullmatch(content) or content.startswith(("附件", "——", "来源", "http", "www")):
        return False
    if _LINKED.search(content):
        return False
    if content.endswith(("摄", "摄影")) and _PHOTO_CREDIT.search(content):
        return False
    return re.search(r"[一-龥]{3}", content) is not None and not re.fullmatch(r"[（(].*[)）]", content)


def _title_end(text: str, lines: Sequence[TextLine], i: int, plain: Sequence[int]) -> int | None:
    """The line after the last line of a title that starts on line ``i`` and ends with a kind of document."""
    joined = ""
    for j in range(i, min(i + 4, len(lines))):
        if j not in plain:
            return None
        content = text[lines[j].start : lines[j].end]
        if j > i and (not _may_be_title(content) or is_organ(content)):
            return None
        joined += _flat(_SITE.sub("", content))
        if is_complete_title(joined):
            following = text[lines[j + 1].start : lines[j + 1].end] if j + 1 < len(lines) else ""
            longer = _end_of_longer_title(text, lines, j, plain, joined)
            if longer is not None:
                return longer
            # a line break inside the title: the first half may end like a title too (…实施方案 / 的通知)
            if following.startswith("的") and kind_of(joined + _flat(following)) and len(following) < 20:
                return j + 2
            if _REMARK.fullmatch(following):
                return j + 2
            return j + 1
        if j == i and len(joined) < 8 and not joined.startswith("关于"):
            return None
    return None


def _end_of_longer_title(text: str, lines: Sequence[TextLine], j: int, plain: Sequence[int], joined: str) -> int | None:
    """The end of a title whose first lines end like one too (关于全面推行甲制度 / 乙制度的指导意见)."""
    if "关于" not in joined or _LETTER.search(joined):
        return None
    for k in range(j + 1, min(j + 3, len(lines))):
        content = text[lines[k].start : lines[k].end]
        if k not in plain or not _may_be_title(content) or is_organ(content) or "关于" in content:
            return None
        joined += _flat(content)
        if _LETTER.search(joined):
            return k + 1
    return None


def is_complete_title(joined: str) -> bool:
    """Whether words are a whole title: they end with a kind of document, and 关于印发… ends with 的通知 or the like."""
    if len(joined) < 6 or kind_of(joined) is None:
        return False
    if joined.count("《") > joined.count("》"):
        return False
    return _OPENS_LETTER.search(joined) is None or _ENDS_COMPLETE.search(joined) is not None


def _skip_meta(text: str, lines: Sequence[TextLine], i: int, stop: int, tabular: set[int], header: Header) -> int:
    """Pass over what stands between title and body: number, dates, source, subtitle, index table."""
    while i < len(lines) and (i in tabular or i < stop + 2):
        last = _end_of_history(text, lines, i)
        if last is not None and i not in tabular:
            _read_history(text, Span(lines[i].start, lines[last].end), header)
            i = last + 1
            continue
        if i not in tabular and not _read_meta(text, lines[i], header, above=False):
            if any(j in tabular for j in range(i + 1, min(i + 4, stop))):
                i += 1
                continue
            break
        i += 1
    return i


def _end_of_history(text: str, lines: Sequence[TextLine], i: int) -> int | None:
    """The last line of a remark in brackets that takes several lines or a long one (（2003年…通过 根据…修正）)."""
    if text[lines[i].start] not in "（(" or not _HISTORY.search(text, lines[i].start, lines[min(i + 3, len(lines) - 1)].end):
        return None
    for j in range(i, min(i + 6, len(lines))):
        if text[lines[j].end - 1] in ")）":
            return j if j > i or lines[j].end - lines[j].start > 200 else None
    return None


def _read_history(text: str, span: Span, header: Header) -> None:
    header.dated += [(iso, at, True) for iso, at in find_dates(text, span.start, span.end)]


def _read_meta(text: str, line: TextLine, header: Header, *, above: bool) -> bool:
    """Take number, dates and byline from a line between title and body, or above the title. False for another line."""
    content = text[line.start : line.end]
    if PAGE.fullmatch(content) or _DECLARED.match(content):
        return True
    number = DOC_NUMBER.match(content.lstrip("（(【[")) or None
    lead = len(content) - len(content.lstrip("（(【["))
    if number is not None:
        if header.doc_number is None:
            header.doc_number = Span(line.start + lead + number.start(), line.start + lead + number.end())
        rest = content[lead + number.end() :].strip(" 　)）】]")
        return not rest
    bare = content.strip(" 　（()）")
    order = ORDER_NUMBER.fullmatch(content) or ORDER_NUMBER.fullmatch(bare)
    if order is not None and len(content) <= 40:
        start = line.start + content.index(bare) if order.string == bare else line.start
        header.doc_number = header.doc_number or Span(start, start + len(order.string))
        return True
    dates = list(find_dates(text, line.start, line.end))
    if dates and len(content) <= 200:
        bracketed = content[0] in "（(" and content[-1] in ")）"
        rest = content
        for _, span in dates:
            rest = rest.replace(span.of(text), "")
        rest = re.sub(r"\d{1,2}:\d\d(?::\d\d)?|[\s　（）()\-—:：]", "", rest)
        history = bool(_HISTORY.search(rest))
        ordered = _ORDERED.search(content) if bracketed else None
        if ordered is not None and header.doc_number is None:
            header.doc_number = Span(line.start + ordered.start("order"), line.start + ordered.end("order"))
        if not rest or (bracketed and (history or len(rest) <= 30)) or _DATELINE.match(rest):
            header.dated += [(iso, span, bracketed or history) for iso, span in dates]
            if "来源" in content:
                header.byline.append(line.span)
            return True
        if content.startswith(_DASHES) and len(content) <= 60:
            header.dated += [(iso, span, True) for iso, span in dates]
            return True
        if dates[0][1].start == line.start and (
            _HISTORY.search(rest) and len(content) <= 80 and content[-1] not in "。；;，,：:"
        ):
            decree = _DECREE.search(content)
            if decree is not None and header.doc_number is None:
                header.doc_number = Span(line.start + decree.start(), line.start + decree.end())
            header.dated += [(iso, span, True) for iso, span in dates]
            return True
    if above:
        return False
    if content.startswith(_DASHES) and len(content) <= 60:
        return True
    if content[0] in "（(" and content[-1] in ")）" and len(content) <= 80 and mark_at(text, line.start, line.end) is None:
        return True
    if len(content) <= 4 and re.fullmatch(r"[一-龥\s　·]{2,4}", content):
        return True
    if re.fullmatch(r"[-—_=*\s]{1,80}", content):
        return True
    if len(content) <= 60 and is_organ(content):
        header.byline.append(line.span)
        return True
    if len(content) <= 30 and _PERSON_IN_OFFICE.fullmatch(content):
        return True
    return bool(
        header.title is not None
        and _flat(content)
        and _flat(header.title.of(text)).endswith(_flat(content))
        and len(content) >= 6
    )


def _flat(text: str) -> str:
    return re.sub(r"[\s　]+", "", text)
