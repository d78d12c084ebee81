"""Tasks 任务: the smallest numbered items that demand something, rows of ledger tables, and demands of the closing paragraph."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from corpus.document import ParsedDocument, Section, Span
from graph.facts import Task
from graph.frames.find import Frames, find_frames
from graph.lexicon import expand
from graph.tasks.assemble import cut_name, make_task, path_of
from graph.tasks.closings import cut_before_closing, find_unnumbered_tasks
from graph.tasks.demands import ARTICLE, demands_nothing, find_barred_sections, is_task, only_provides
from graph.tasks.duty_matrix import find_matrix_tasks
from graph.tasks.ledger_rows import find_ledger_tasks
from graph.tasks.task_signs import gives_no_task
from graph.tasks.worthiness import TaskWorthiness
from graph.units.answerability import find_answerable_units, find_duty_of_item
from graph.units.conventions import apply_convention, find_convention
from graph.units.lists import ResponsibilityClause, find_responsibilities
from graph.units.stated_duties import find_stated_duties

_CHAPTER = re.compile(r"^第[一二三四五六七八九十百零\d]+[章节编篇部]")
_NAME_END = re.compile(r"[。；;：:\n！]")
_BRACKET_TAIL = re.compile(expand(r"[（(〔\[【][^（）()〔〕\[\]【】]*{bracketed_units}[^（）()〔〕\[\]【】]*[）)〕\]】]?\s*$"))
_TITLED = re.compile(r"[【〔\[［]([^】〕\]］\n]{2,40})[】〕\]］]")
# 符合下列条件之一的，给予…：(1)… (2)…: what is listed below are conditions or papers, no tasks of their own
_CONDITIONS = re.compile(expand(r"(?:以下|下列)[^。；;\n]{0,20}{conditions}[^。；;\n]{0,120}[:：]\s*\Z"))
_MATTER = re.compile(r"关于.{2,40}(?:问题|情况)")
_CIRCUMSTANCE = re.compile(
    expand(
        r"(?:{circumstance_openers})[^，,]*|[^，,]*(?:{circumstance_ends})|[^，,]{3,}(?:(?<!目)前|(?<![按及准同])时|(?<![先前落善])后)"
        r"|(?:对于?|针对|在)(?:(?!{circumstance_acts})[^，,]){2,40}"
    )
)
"""A clause that says only since when, by which law or for what."""
_BEHIND_NUMBER = "、.．)） \t\r\n\u3000"
_PARAGRAPH = re.compile(r"[^\n]+")
_OPENING = re.compile(r"[^，,；;：:。\d]+(?:[，,、][^，,；;：:。\d]+)?")
_LONGEST_OPENING = 36
_LONGEST_ARTICLE = 3000
_SHORT = 4
_LONG_RUN = 4
_SAYS = 30


def find_tasks(doc: ParsedDocument, frames: Frames | None = None) -> tuple[Task, ...]:
    """The tasks of a document, in order of the text; ``frames`` are those of its blocks where they are known already."""
    frames = frames or find_frames(doc)
    worthiness = TaskWorthiness(doc, frames)
    rows = [*find_ledger_tasks(doc), *find_matrix_tasks(doc)]
    tables = [table.span for table in doc.tables if any(table.span.covers(task.span) for task in rows)]
    found = list(rows)
    for task in _numbered(doc, worthiness):
        if not any(span.covers(task.span) for span in tables) and not gives_no_task(doc, task, frames):
            found.append(task)
    found += find_unnumbered_tasks(doc, found)
    return tuple(sorted(found, key=lambda task: (task.span.start, task.span.end)))


def _numbered(doc: ParsedDocument, worthiness: TaskWorthiness) -> Iterable[Task]:
    children: dict[str | None, list[Section]] = defaultdict(list)
    for section in doc.outline:
        if section.kind in ("heading", "item") and (section.number or worthiness.is_in_report(section)):
            children[section.parent].append(section)
    barred = find_barred_sections(doc)
    convention = find_convention(doc.text)
    merged: set[str] = set()
    found: dict[str, list[ResponsibilityClause]] = {}
    own: dict[str, list[ResponsibilityClause]] = {}
    for group in list(children.values()):
        parent = group[0].parent
        if parent and all(s.kind == "item" for s in group) and _one_list_for_all(doc, group, found):
            children[parent] = []
            merged.update(section.id for section in group)
    for section in doc.outline:
        if section.parent in merged:
            merged.add(section.id)
        elif section.number and children.get(section.id) and _lists_conditions(doc.text, section, children[section.id][0].start):
            merged.update(child.id for child in children.pop(section.id))
    doubtful: list[tuple[Section, Span, str]] = []
    accepted: dict[str | tuple[str, int] | None, int] = defaultdict(int)
    runs: dict[tuple[str, int] | None, int] = defaultdict(int)
    below_article: set[str] = set()
    for section in doc.outline:
        number = section.number or ""
        if section.kind not in ("heading", "item") or section.id in merged:
            continue
        if not number and not worthiness.is_in_report(section):
            continue
        article = ARTICLE.match(number) is not None and len(section.whole) <= _LONGEST_ARTICLE
        if article or section.parent in below_article:
            # an article of law is one demand with all its items
            below_article.add(section.id)
            if not article:
                continue
        elif children.get(section.id) or _CHAPTER.match(number):
            continue
        span = section.whole.trimmed(doc.text)
        if len(span) < _SHORT or span.end > len(doc.text):
            continue
        listed = found.get(section.id)
        if listed is None:
            listed = find_responsibilities(doc.text, span.start, span.end)
        if not listed and not article:
            listed = find_duty_of_item(doc.text, section.start + len(number), span.end)
        listed = apply_convention(doc.text, listed, convention)
        span = cut_before_closing(doc.text, span, listed)
        only_running = all(duty.running for duty in listed)
        if article and worthiness.is_in_law(section) and only_running:
            continue  # 本办法由县水利局组织实施: who is competent, not what is to be done now
        if (section.id in barred and not listed) or worthiness.bars(
            section, has_units=bool(listed), lists_units=not only_running
        ):
            continue
        inherited = _inherited(doc, section, children, own)
        if listed:
            # 三、改善水质（牵头单位：A）over items with lists of their own: A leads them all, the rest does not come down
            led = any(unit.role == "lead" for duty in listed for unit in duty.units)
            leads_only = all(unit.role == "lead" for duty in inherited for unit in duty.units)
            inherited = inherited if leads_only and not led else []
        name = _name(doc.text, section, listed)
        if _MATTER.fullmatch(name) and only_running:
            continue  # 关于渡口迁建问题: what is reported on
        asks_nobody = not listed and not inherited and not article and worthiness.is_ruled(section)
        if asks_nobody and only_provides(doc.text, section, span, name):
            continue  # 提高贷款额度。最高额度由30万元提高到40万元: nobody is asked for anything
        run = _run(doc, section)
        runs[run] += 1
        if not is_task(doc.text, section, span, name, bool(listed)):
            if not article and not demands_nothing(section, span, name, doc.text):
                doubtful.append((section, span, name))
            continue
        accepted[section.parent] += 1
        accepted[run] += 1
        pieces = _run_in_paragraphs(doc.text, section, span) if worthiness.is_in_report(section) and not inherited else []
        if not inherited and not pieces:
            listed = listed or find_answerable_units(doc.text, span.start, span.end)
        yield from _tasks_of(doc, section, span, name, listed, inherited, pieces)
    for section, span, name in doubtful:
        # what stands in one row with demands is one, even if no verb shows it; so does a row numbered through a chapter
        row = len(children.get(section.parent) or ())
        run = _run(doc, section)
        among = accepted[section.parent] and 2 * accepted[section.parent] >= row
        along = run is not None and runs[run] >= _LONG_RUN and 2 * accepted[run] >= runs[run] and len(span) >= _SAYS
        if among or along:
            inherited = _inherited(doc, section, children, own)
            pieces = _run_in_paragraphs(doc.text, section, span) if worthiness.is_in_report(section) and not inherited else []
            yield from _tasks_of(doc, section, span, name, [], inherited, pieces)


def _tasks_of(
    doc: ParsedDocument,
    section: Section,
    span: Span,
    name: str,
    listed: list[ResponsibilityClause],
    inherited: list[ResponsibilityClause],
    pieces: list[tuple[Span, Span]],
) -> Iterable[Task]:
    """The task of an item, or those of its paragraphs (``pieces``) where it is one of a report and each opens with a demand."""
    path = path_of(doc, section)
    for piece, opening in pieces:
        duties = [duty for duty in listed if piece.covers(duty.span)]
        yield make_task(doc, piece, cut_name(opening.of(doc.text)), path, _with_stated(doc.text, piece, duties), [])
    if not pieces:
        duties = listed if inherited else _with_stated(doc.text, span, listed)
        yield make_task(doc, span, name, path, duties, inherited)


def _with_stated(text: str, span: Span, listed: list[ResponsibilityClause]) -> list[ResponsibilityClause]:
    """The clauses of a task, with the duties its running text states where no list says who does it.

    由县教育局牵头、县财政局做好资金保障: who leads is found first, who helps is found by what it does.
    """
    if any(not duty.running for duty in listed):
        return listed
    stated = find_stated_duties(text, span.start, span.end)
    if not listed:
        return stated
    named = {unit.name for duty in listed for unit in duty.units}
    more = [replace(duty, units=tuple(u for u in duty.units if u.name not in named)) for duty in stated]
    return [*listed, *(duty for duty in more if duty.units and not any(duty.span.overlaps(other.span) for other in listed))]


def _run_in_paragraphs(text: str, section: Section, span: Span) -> list[tuple[Span, Span]]:
    """The paragraphs of an item of a report that each open with a short demand of their own (做强主导产业。实施…), with that demand.

    An item that has only one such paragraph is one task.
    """
    out: list[tuple[Span, Span]] = []
    for match in _PARAGRAPH.finditer(text, max(section.end, span.start), span.end):
        paragraph = Span(match.start(), match.end()).trimmed(text)
        stop = text.find("。", paragraph.start, paragraph.start + _LONGEST_OPENING)
        opening = Span(paragraph.start, max(stop, paragraph.start))
        if len(opening) >= _SHORT and stop + _SAYS < paragraph.end and _OPENING.fullmatch(opening.of(text)):
            out.append((paragraph, opening))
        elif out:
            out[-1] = (Span(out[-1][0].start, paragraph.end), out[-1][1])
    return out if len(out) > 1 else []


def _run(doc: ParsedDocument, section: Section) -> tuple[str, int] | None:
    """The chapter a section belongs to, and its depth: items of one chapter and depth are one run. Attachments have none."""
    trail = [s for s in doc.trail(section) if s.number or s.kind == "attachment"]
    return (trail[0].id, section.depth) if len(trail) > 1 and trail[0].kind == "heading" else None


def _lists_conditions(text: str, section: Section, first: int) -> bool:
    """Whether a section ends in a colon behind 下列条件 or the like, before its first item."""
    return _CONDITIONS.search(text, max(section.start, first - 200), first) is not None


def _one_list_for_all(doc: ParsedDocument, group: Sequence[Section], found: dict[str, list[ResponsibilityClause]]) -> bool:
    """A list of units that closes a paragraph of 一是…二是… and stands nowhere else in it makes the paragraph one task."""
    if len(group) < 2:
        return False
    for section in group:
        span = section.whole.trimmed(doc.text)
        found[section.id] = find_responsibilities(doc.text, span.start, span.end)
    return bool(found[group[-1].id]) and not any(found[section.id] for section in group[:-1])


def _name(text: str, section: Section, listed: Sequence[ResponsibilityClause]) -> str:
    name = section.heading.strip().lstrip(".．、·，, ")
    if not name:
        start = section.start + len(section.number or "")
        name = text[start : section.whole.end].lstrip(_BEHIND_NUMBER)
    titled = _TITLED.match(name)
    if titled:
        return titled.group(1)
    end = _NAME_END.search(name)
    if end and end.start() >= 2:
        name = name[: end.start()]
    name = _BRACKET_TAIL.sub("", name[:200]).strip()
    if _CIRCUMSTANCE.fullmatch(name):
        name = _BRACKET_TAIL.sub("", _read_on(text, section)).strip() or name
    return cut_name(name).rstrip("。，,；;：: ")


def _read_on(text: str, section: Section) -> str:
    """What a sentence says behind the circumstances that open it: 自2024年7月18日起，降低首付比例."""
    start = section.start + len(section.number or "")
    stop = _NAME_END.search(text, start, section.whole.end)
    clauses = re.split("[，,]", text[start : stop.start() if stop else section.whole.end].lstrip(_BEHIND_NUMBER))
    while len(clauses) > 1 and _CIRCUMSTANCE.fullmatch(clauses[0].strip()):
        clauses.pop(0)
    return "，".join(clauses)[:200]


def _inherited(
    doc: ParsedDocument, section: Section, children: dict[str | None, list[Section]], own: dict[str, list[ResponsibilityClause]]
) -> list[ResponsibilityClause]:
    """The list of units of the nearest section above that has one of its own, before its first item or after its last."""
    for above in reversed(doc.trail(section)[:-1]):
        if above.kind not in ("heading", "item") or not above.number:
            break
        if above.id not in own:
            items = children.get(above.id) or []
            stop = items[0].start if items else above.end
            own[above.id] = find_responsibilities(doc.text, above.start, max(above.start, stop))
        if own[above.id]:
            return own[above.id]
    return []
