"""Tasks 任务: the smallest numbered items that demand something, rows of ledger tables, and demands of the closing paragraph."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from corpus.document import HeadMatter, ParsedDocument, Section, Span, fact_id
from graph.beneficiaries import beneficiaries_of
from graph.deadlines import deadline_of
from graph.facts import Task, UnitMention
from graph.ledger_rows import ledger_tasks
from graph.lexicon import alternatives
from graph.measures import measures_of, verb
from graph.topics import topics_of
from graph.units_conventions import applied, convention_of
from graph.units_lists import Duty, duties
from graph.units_resolve import home, resolve

_CHAPTER = re.compile(r"^第[一二三四五六七八九十百零\d]+[章节编篇部]")
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百零千\d]+条")
_OBLIGES = re.compile(
    r"(?:政府|部门|机构|单位|委员会|局|办公室|银行|企业|法院|检察院|委|中心)(?:[^。；\n]{0,40}?)(?:应当|负责(?!解释)|应(?![急届用付])|不得|须|必须|要(?![求素件点]))"
)
_PURPOSE = re.compile(r"(?:为|为了|根据)[^。]{4,400}?制定(?:本|此)")
# 营商环境持续优化: a heading whose last clause says how things became, over a body of figures, tells of results
_RESULT = re.compile(
    r"(?:^|[，,])(?P<clause>[^，,]*?(?:持续|不断|稳步|显著|明显|进一步|全面|更加|有序|有力|扎实|稳中|加快|蹄疾|步伐|实现|取得|迈上|迈出|再上|开创|呈现|得到)[^，,]{0,8})$"
)
_FIGURE = re.compile(r"\d[\d.]*(?:%|％|亿|万|个|家|公里|项|位|人|亩|吨|户|倍)")
_ACHIEVED = re.compile(r"取得.{0,6}(?:成效|成绩|成就|进展|突破|胜利)|(?:成效|成果|成绩)(?:显著|明显|丰硕)")
_NUMERAL_ITEM = re.compile(r"^[一二三四五六七八九十]+是|^其[一二三四五六七八九十]")
_MODAL = re.compile(r"(?:^|[，,；;。])[^，,；;。\n]{0,20}?(?:要|应当|应|须|必须|不得|严禁|禁止|鼓励|允许)(?![求素件])")
_CLOSING = re.compile(
    r"(?:请|望)?(?:各|全[省市州县区]|有关|相关|市直|省直|州直)[^。；\n]{0,60}?(?:要|应当|应|须|必须|请|务必|结合实际)|^请[^。；\n]{2,60}"
)
_FORMULA = re.compile(
    r"请(?:认真|遵照|结合实际|你们|贯彻|抓好|各地|按照)?[^。]{0,16}(?:贯彻执行|贯彻落实|遵照执行|认真执行|组织实施|抓好落实|参照执行|落实)|现印发|印发给你们|此复|特此"
)
# what follows the last item and is about the document, not a demand of the item
_IN_FORCE = re.compile(
    r"(?:本|上述|以上|各项)[^。；\n]{1,30}(?:自[^。\n]{0,24}(?:施行|实施|执行|生效)|有效期)|附件[:：\d]|[（(](?:由于篇幅|此件|联系人)"
)
_SENTENCE_END = re.compile(r"[。！？\n]")
_NAME_END = re.compile(r"[。；;：:\n！]")
_BRACKET_TAIL = re.compile(
    r"[（(〔\[【][^（）()〔〕\[\]【】]*(?:负责|牵头|配合|责任|单位|局|委|厅|办|部门)[^（）()〔〕\[\]【】]*[）)〕\]】]?\s*$"
)
_TITLED = re.compile(r"[【〔\[［]([^】〕\]］\n]{2,40})[】〕\]］]")
_LONGEST_ARTICLE = 3000
_SHORT = 4
_LONGEST_NAME = 60


@lru_cache(maxsize=2)
def _barred(name: str) -> re.Pattern[str]:
    return re.compile(alternatives(name))


def find_tasks(doc: ParsedDocument) -> tuple[Task, ...]:
    """The tasks of a document, in order of the text."""
    rows = ledger_tasks(doc)
    tables = [table.span for table in doc.tables if any(table.span.covers(task.span) for task in rows)]
    found = list(rows)
    for task in _numbered(doc):
        if not any(span.covers(task.span) for span in tables):
            found.append(task)
    found += _unnumbered(doc, found)
    return tuple(sorted(found, key=lambda task: (task.span.start, task.span.end)))


def region_name(head: HeadMatter) -> str | None:
    """The name of the division itself, without those above it: 黔南布依族苗族自治州."""
    division = home(head.region_code, head.region)
    if division is not None:
        return division.name
    return head.region


# ------------------------------------------------------------------ numbered items


def _numbered(doc: ParsedDocument) -> Iterable[Task]:
    children: dict[str | None, list[Section]] = defaultdict(list)
    for section in doc.outline:
        if section.kind in ("heading", "item") and section.number:
            children[section.parent].append(section)
    barred = _barred_sections(doc)
    convention = convention_of(doc.text)
    merged: set[str] = set()
    found: dict[str, list[Duty]] = {}
    own: dict[str, list[Duty]] = {}
    for group in list(children.values()):
        parent = group[0].parent
        if parent and all(s.kind == "item" for s in group) and _one_list_for_all(doc, group, found):
            children[parent] = []
            merged.update(section.id for section in group)
    doubtful: list[tuple[Section, Span, str]] = []
    accepted: dict[str | None, int] = defaultdict(int)
    below_article: set[str] = set()
    for section in doc.outline:
        if section.kind not in ("heading", "item") or not section.number or section.id in merged:
            continue
        article = _ARTICLE.match(section.number) is not None and len(section.whole) <= _LONGEST_ARTICLE
        if article or section.parent in below_article:
            # an article of law is one demand with all its items
            below_article.add(section.id)
            if not article:
                continue
        elif children.get(section.id) or _CHAPTER.match(section.number):
            continue
        span = section.whole.trimmed(doc.text)
        if len(span) < _SHORT or span.end > len(doc.text):
            continue
        listed = found.get(section.id)
        if listed is None:
            listed = duties(doc.text, span.start, span.end)
        listed = applied(doc.text, listed, convention)
        span = _before_closing(doc.text, span, listed)
        if section.id in barred and not listed:
            continue
        inherited = _inherited(doc, section, children, own)
        if listed:
            # 三、改善水质（牵头单位：A）over items with lists of their own: A leads them all, the rest does not come down
            led = any(unit.role == "lead" for duty in listed for unit in duty.units)
            leads_only = all(unit.role == "lead" for duty in inherited for unit in duty.units)
            inherited = inherited if leads_only and not led else []
        name = _name(doc.text, section, listed)
        if not _is_task(doc.text, section, span, name, bool(listed)):
            if not article and not _no_demand(section, span, name, doc.text):
                doubtful.append((section, span, name))
            continue
        accepted[section.parent] += 1
        yield make_task(doc, span, name, _path(doc, section), listed, inherited)
    for section, span, name in doubtful:
        # what stands in one row with demands is one, even if no verb shows it
        row = len(children.get(section.parent) or ())
        if accepted[section.parent] and 2 * accepted[section.parent] >= row:
            inherited = _inherited(doc, section, children, own)
            yield make_task(doc, span, name, _path(doc, section), [], inherited)


def _before_closing(text: str, span: Span, listed: Sequence[Duty]) -> Span:
    """A paragraph 各县市、各部门要… behind the list of units that closes an item is no longer part of the item."""
    if not listed:
        return span
    last = listed[-1].span.end
    line_end = text.find("\n", last, span.end)
    if line_end < 0 or line_end - last > 2:
        # glued to the bracket of the list without a line end
        line_end = last + 1 if text[last : last + 1] == "。" else last
        if line_end >= span.end or text[last - 1] not in "）)】]〕":
            return span
    rest = text[line_end : span.end].strip()[:400]
    if not _CLOSING.match(rest) and not _IN_FORCE.match(rest):
        return span
    return Span(span.start, line_end).trimmed(text)


def _one_list_for_all(doc: ParsedDocument, group: Sequence[Section], found: dict[str, list[Duty]]) -> bool:
    """A list of units that closes a paragraph of 一是…二是… and stands nowhere else in it makes the paragraph one task."""
    if len(group) < 2:
        return False
    for section in group:
        span = section.whole.trimmed(doc.text)
        found[section.id] = duties(doc.text, span.start, span.end)
    return bool(found[group[-1].id]) and not any(found[section.id] for section in group[:-1])


def _barred_sections(doc: ParsedDocument) -> set[str]:
    """Sections that state no task, with all below them: 指导思想, 基本原则, achievements of past years."""
    out: set[str] = set()
    for section in doc.outline:
        if section.parent in out or (section.kind in ("heading", "item") and _states_none(section.heading, "not_tasks.txt")):
            out.add(section.id)
    return out


def _states_none(heading: str, name: str) -> bool:
    heading = heading.strip().lstrip("【[〔［")
    first = _barred(name).match(heading)
    if first:
        # 总体要求坚持以…: the text runs on without a mark
        return not re.search(r"任务|措施|举措", heading[first.end() : first.end() + 12])
    if len(heading) > 60:
        return False
    if _ACHIEVED.search(heading):
        return True
    match = _barred(name).search(heading)
    if not match or len(heading) > 24 or re.search(r"任务|措施|举措", heading[match.end() :]):
        return False
    # 扩大适用范围 is a demand, 适用范围 is not
    opening = verb().match(heading)
    return opening is None or opening.end() > match.start()


def _is_task(text: str, section: Section, span: Span, name: str, has_units: bool) -> bool:
    number = section.number or ""
    if _ARTICLE.match(number):
        if _PURPOSE.match(text, span.start + len(number), span.end) or _PURPOSE.match(name):
            return False
        return has_units or _OBLIGES.search(text, span.start, span.end) is not None
    if has_units:
        return True
    if _no_demand(section, span, name, text):
        return False
    if verb().match(name):
        return True
    body = text[min(section.end, span.end) : span.end]
    opening = 0
    for sentence in _SENTENCE_END.split(body[:600]):
        clause = sentence.strip(" \t\u3000，,")
        if clause and (verb().match(clause) or _MODAL.search(clause)):
            opening += 1
    return opening > 0 or _MODAL.search(name) is not None


def _no_demand(section: Section, span: Span, name: str, text: str) -> bool:
    if _states_none(name, "not_tasks.txt") or _states_none(name, "not_leaf_tasks.txt"):
        return True
    return _tells_results(name, text[min(section.end, span.end) : span.end])


def _tells_results(name: str, body: str) -> bool:
    result = _RESULT.search(name)
    if not result or verb().match(result.group("clause")):
        return False
    return len(_FIGURE.findall(body[:1500])) >= 3 and not _MODAL.search(body[:600])


def _name(text: str, section: Section, listed: Sequence[Duty]) -> str:
    name = section.heading.strip().lstrip(".．、· ")
    if not name:
        start = section.start + len(section.number or "")
        name = text[start : section.whole.end].lstrip("、.．)） \t\r\n\u3000")
    titled = _TITLED.match(name)
    if titled:
        return titled.group(1)
    end = _NAME_END.search(name)
    if end and end.start() >= 2:
        name = name[: end.start()]
    name = _BRACKET_TAIL.sub("", name[:200]).strip()
    if len(name) > _LONGEST_NAME:
        cut = re.search(r"[，,]", name[6:_LONGEST_NAME])
        name = name[: 6 + cut.start()] if cut else name[:_LONGEST_NAME]
    return name.rstrip("。，,；;：: ")


def _path(doc: ParsedDocument, section: Section | None) -> tuple[str, ...]:
    return tuple(s.label for s in doc.trail(section) if s.number or s.kind == "attachment")


def _inherited(
    doc: ParsedDocument, section: Section, children: dict[str | None, list[Section]], own: dict[str, list[Duty]]
) -> list[Duty]:
    """The list of units of the nearest section above that has one of its own, before its first item or after its last."""
    for above in reversed(doc.trail(section)[:-1]):
        if above.kind not in ("heading", "item") or not above.number:
            break
        if above.id not in own:
            items = children.get(above.id) or []
            stop = items[0].start if items else above.end
            own[above.id] = duties(doc.text, above.start, max(above.start, stop))
        if own[above.id]:
            return own[above.id]
    return []


# ------------------------------------------------------------------ unnumbered demands


def _unnumbered(doc: ParsedDocument, found: Sequence[Task]) -> list[Task]:
    """Closing paragraphs that demand something of 各县市、各部门, outside every numbered item."""
    out: list[Task] = []
    bare = not any(section.number for section in doc.outline)
    parents = {section.parent for section in doc.outline}
    ends = {task.span.start: task.span.end for task in found}
    for section in doc.outline:
        if section.kind in ("heading", "item") and section.id not in parents:
            end = ends.get(section.start)
            if end is not None and end < section.whole.trimmed(doc.text).end:
                out += _closing_demands(doc, Span(end, section.whole.end))
            continue
        if section.kind not in ("closing", "title", "preamble") or (section.kind == "title" and section.id in parents):
            continue
        path = ("(结尾段)",) if section.kind == "closing" else _path(doc, section)
        whole = section.whole
        every = duties(doc.text, whole.start, whole.end)
        for span in _paragraphs(doc.text, whole, every):
            if any(task.span.overlaps(span) for task in found):
                continue
            listed = [duty for duty in every if span.covers(duty.span)]
            demands = _demands(span.of(doc.text)) and (section.kind == "closing" or bare)
            if listed or demands:
                out.append(replace(make_task(doc, span, _closing_name(doc.text, span), path, listed, []), kind="unnumbered"))
    return out


def _closing_demands(doc: ParsedDocument, rest: Span) -> Iterable[Task]:
    for span in _paragraphs(doc.text, rest, ()):
        if _demands(span.of(doc.text)):
            yield replace(make_task(doc, span, _closing_name(doc.text, span), ("(结尾段)",), [], []), kind="unnumbered")


def _paragraphs(text: str, span: Span, listed: Sequence[Duty]) -> list[Span]:
    """The paragraphs of a stretch; one that holds only units, or part of a list of units, belongs to the one before it."""
    inside = {position for duty in listed for position in range(duty.span.start + 1, duty.span.end)}
    opening = {duty.span.start for duty in listed}
    out: list[Span] = []
    begin = span.start
    for i in range(span.start, span.end + 1):
        if i == span.end or text[i] == "\n":
            piece = Span(begin, i).trimmed(text)
            begin = i + 1
            if not len(piece):
                continue
            if out and (piece.start in inside or piece.start in opening):
                out[-1] = Span(out[-1].start, piece.end)
            else:
                out.append(piece)
    return [piece for piece in out if len(piece) >= 12]


def _demands(paragraph: str) -> bool:
    return len(paragraph) < 1500 and _CLOSING.match(paragraph) is not None and not _FORMULA.search(paragraph[:120])


def _closing_name(text: str, span: Span) -> str:
    for clause in re.split(r"[，,。；;]", span.of(text)):
        opening = verb().match(clause.strip())
        if opening:
            return clause.strip()[:_LONGEST_NAME]
    return re.split(r"[。；;]", span.of(text))[0][:_LONGEST_NAME]


# ------------------------------------------------------------------ assembling


def make_task(
    doc: ParsedDocument, span: Span, name: str, path: tuple[str, ...], listed: Sequence[Duty], inherited: Sequence[Duty]
) -> Task:
    """A task with everything its text says of units, topics, beneficiaries, time limit and measures."""
    head = doc.head_at(span.start)
    units: dict[tuple[str, str], UnitMention] = {}
    for source, flag in ((listed, False), (inherited, True)):
        for duty in source:
            for unit in duty.units:
                role = unit.role or "responsible"
                units.setdefault((unit.name, role), UnitMention(unit.name, role, unit.span, resolve(unit.name, head), flag))
    strongest = dict(sorted(units, key=lambda key: _RANK[key[1]], reverse=True))
    kept = tuple(unit for (unit_name, role), unit in units.items() if strongest[unit_name] == role)
    deadline = next((duty.deadline for duty in listed if duty.deadline), None) or deadline_of(doc.text, span.start, span.end)
    spans = [duty.span for duty in listed]
    body = _without(doc.text, span, spans)
    return Task(
        id=fact_id(doc.id, "task", span),
        document_id=doc.id,
        span=span,
        name=name,
        section_path=path,
        units=kept,
        topics=topics_of(body, heading=name),
        beneficiaries=beneficiaries_of(body),
        deadline=deadline,
        measures=measures_of(doc.text, _body_start(doc.text, span, name), span.end, spans),
        region=region_name(head),
    )


_RANK = {"lead": 0, "responsible": 1, "supporting": 2, "actor": 3}


def _body_start(text: str, span: Span, name: str) -> int:
    at = text.find(name, span.start, min(span.end, span.start + 40 + len(name))) if name else -1
    return at + len(name) if at >= 0 and at + len(name) < span.end - 8 else span.start


def _without(text: str, span: Span, gaps: Sequence[Span]) -> str:
    """The text of a span without the lists of units in it: a unit's name says nothing of the topic."""
    parts: list[str] = []
    begin = span.start
    for gap in gaps:
        if gap.start > begin:
            parts.append(text[begin : gap.start])
        begin = max(begin, min(gap.end, span.end))
    parts.append(text[begin : span.end])
    return "".join(parts)
