"""The blocks of a document and their signs: named things that anybody can check, of the words of a block and of its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import HeadMatter, ParsedDocument, Span
from corpus.matching import WordMatcher
from graph.lexicon import expand, word_lists
from graph.tasks.measures import demand_opening

_ENDS = frozenset(("law", "plan", "favour"))
"""Kinds that a title shows by its end: 关于…办法的通知."""
# each alternative begins with its character, so that only places where one of them stands are tried
_PERFECT = re.compile(r"了(?<![为除]了)(?![解结])|已(?![婚故满])|曾")
_MODAL = re.compile(r"要(?<![主重需必]要)(?![求素件点闻])|将|须|应(?<!适应)(?![急用对届])")
_DIGIT = re.compile(r"\d")
"""What every figure, year and payment has."""
_FIGURE = re.compile(r"\d[\d.,]*(?:%|‰|[万亿]|[一-龥])")
_BOUNDED = re.compile(expand(r"\d[万亿]?[一-龥%‰]{0,4}(?:{bounds_behind})|{frame_bounds}[^，,。；\n]{0,8}\d"))
_DECIMAL = re.compile(r"\d\.\d(?!\d{0,2}[.、])")
_YEAR = re.compile(r"(?<!\d)(20\d\d)年")
_TITLE_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年)")
_SPAN_OF_YEARS = re.compile(r"20\d\d年?[-—–~至到]{1,2}20\d\d")
_SENTENCE = re.compile(r"[。；;！!\n]")
_ASKED = re.compile(r"(?:问|记者)[:：]")
_FULL_STOP = re.compile(r"[。；;：:！？!?）)]$")
_PAYS = re.compile(expand(r"{handing_out}[^。；\n]{0,30}\d"))


@lru_cache(maxsize=1)
def _word_groups() -> dict[str, tuple[str, ...]]:
    return {
        "future": word_lists()["frame_future"],
        "goal": word_lists()["frame_goal"],
        "past": word_lists()["frame_past"],
        "reach": word_lists()["frame_reach"],
        "becoming": word_lists()["frame_becoming"],
        "past_time": word_lists()["frame_past_time"],
        "compared": word_lists()["frame_compared"],
        "statistic": word_lists()["frame_statistic"],
        "rule": word_lists()["frame_rule"],
        "condition": word_lists()["frame_condition"],
        "explain": word_lists()["frame_explain"],
    }


@lru_cache(maxsize=1)
def _heading_groups() -> dict[str, tuple[str, ...]]:
    return {
        "past": word_lists()["frame_head_past"],
        "plan": word_lists()["frame_head_plan"],
        "condition": word_lists()["frame_head_condition"],
        "explain": word_lists()["frame_head_explain"],
        "rule": word_lists()["frame_head_rule"],
    }


@lru_cache(maxsize=1)
def _title_kinds() -> dict[str, tuple[str, ...]]:
    """The words of each kind of document; the first kind that fits a title counts."""
    return {
        "bulletin": word_lists()["frame_title_bulletin"],
        "budget": word_lists()["frame_title_budget"],
        "account": word_lists()["frame_title_account"],
        "explain": word_lists()["frame_title_explain"],
        "appraisal": word_lists()["frame_title_appraisal"],
        "news": word_lists()["frame_title_news"],
        "procedure": word_lists()["frame_title_procedure"],
        "plan": word_lists()["frame_title_plan"],
        "law": word_lists()["frame_title_law"],
        "favour": word_lists()["frame_title_favour"],
    }


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the text, or a part of one that a heading opens; ``chapter`` is the outermost numbered heading above it."""

    span: Span
    headings: tuple[str, ...]
    chapter: str | None


def read_blocks(doc: ParsedDocument) -> list[Block]:
    """The blocks of a document in order, without tables, head matter and boilerplate."""
    text = doc.text
    cuts = {section.start for section in doc.outline}
    holes = sorted((table.span for table in doc.tables), key=lambda span: span.start)
    out: list[Block] = []
    headings: dict[str | None, tuple[tuple[str, ...], str | None]] = {}
    for stretch in list(doc.body_spans()) or [Span(0, len(text))]:
        at = stretch.start
        edges = sorted({cut for cut in cuts if stretch.start < cut < stretch.end} | _line_ends(text, stretch) | {stretch.end})
        for edge in edges:
            span = Span(at, edge).trimmed(text)
            at = edge
            if len(span) < 2 or any(hole.start <= span.start < hole.end for hole in holes):
                continue
            section = doc.section_at(span.start)
            known = headings.get(section.id if section else None)
            if known is None:
                trail = [s for s in doc.trail(section) if s.kind in ("heading", "item", "attachment")]
                known = tuple(s.heading for s in trail), trail[0].id if trail else None
                headings[section.id if section else None] = known
            out.append(Block(span, *known))
    return out


def _line_ends(text: str, stretch: Span) -> set[int]:
    out: set[int] = set()
    at = text.find("\n", stretch.start, stretch.end)
    while at >= 0:
        out.add(at + 1)
        at = text.find("\n", at + 1, stretch.end)
    return out


def signs_of_blocks(doc: ParsedDocument, blocks: Sequence[Block]) -> list[list[str]]:
    """The signs of every block: its own, those of its headings, of its chapter, of its place and of the document's title."""
    text = doc.text
    counts = [_count_words(text, block.span) for block in blocks]
    chapters: dict[str | None, Counter[str]] = {}
    for block, count in zip(blocks, counts, strict=True):
        chapters.setdefault(block.chapter, Counter()).update(count)
    numbered = [chapter for chapter in chapters if chapter is not None]
    orders = {chapter: i for i, chapter in enumerate(numbered)}
    of_chapters = {chapter: list(_chapter_signs(count)) for chapter, count in chapters.items()}
    heads: dict[int, tuple[list[str], int | None]] = {}
    out: list[list[str]] = []
    for i, (block, count) in enumerate(zip(blocks, counts, strict=True)):
        head = doc.head_at(block.span.start) if doc.attached else doc.head
        known = heads.get(id(head))
        if known is None:
            known = heads[id(head)] = (title_signs(head), speaking_year(head))
        of_title, year = known
        signs = ["bias", *of_title]
        signs += _own_signs(text, block, count)
        if "figures" in count:
            signs += _year_signs(text, block.span, year)
        signs += _heading_signs(block.headings)
        signs += of_chapters[block.chapter]
        if len(orders) > 1:
            signs += _order_signs(of_title, orders.get(block.chapter or ""), len(orders))
        signs.append(f"place:{min(4, 5 * i // len(blocks))}")
        out.append(signs)
    return out


def title_signs(head: HeadMatter) -> list[str]:
    """The kind of document that the title shows, and its period against the year of issue."""
    title = "".join((head.title or "").split()).strip("《》")
    kind = kind_of_title(title)
    years = {int(year) for year in _TITLE_YEAR.findall(title)}
    issued = issue_year(head)
    if _SPAN_OF_YEARS.search(title):
        period = "span"
    elif len(years) > 1:
        period = "two"
    elif not years:
        period = "none"
    elif issued is None:
        period = "one"
    else:
        only = next(iter(years))
        period = "past" if only < issued else "same" if only == issued else "later"
    return [f"title:{kind}", f"period:{period}", f"title:{kind}&{period}"]


@lru_cache(maxsize=512)
def kind_of_title(title: str) -> str:
    """The kind of document a title shows (``account``, ``bulletin``, ``law`` …), ``none`` where it shows none."""
    bare = re.sub(r"[（(][^（）()]{1,20}[)）]$", "", title)
    bare = re.sub(expand(r"(?:》)?的?{covering_letters}$"), "", bare).rstrip("》") or bare
    kinds = _title_kinds()
    for kind, words in kinds.items():
        if bare.endswith(words) if kind in _ENDS else any(word in title for word in words):
            return kind
    return "favour" if any(word in title for word in kinds["favour"]) else "none"


def issue_year(head: HeadMatter) -> int | None:
    """The year a document was issued or published in."""
    return next((int(date[:4]) for date in (head.issued_on, head.published_on) if date), None)


def speaking_year(head: HeadMatter) -> int | None:
    """The year a document speaks from: its issue, else the last single year of its title."""
    year = issue_year(head)
    if year is not None:
        return year
    years = [int(found) for found in _TITLE_YEAR.findall(head.title or "")]
    return max(years) if years else None


@lru_cache(maxsize=1)
def _words() -> tuple[WordMatcher, dict[str, tuple[str, ...]]]:
    groups: dict[str, list[str]] = {}
    for group, words in _word_groups().items():
        for word in words:
            groups.setdefault(word, []).append(group)
    return WordMatcher(groups), {word: tuple(names) for word, names in groups.items()}


def _count_words(text: str, span: Span) -> Counter[str]:
    matcher, groups = _words()
    out: Counter[str] = Counter()
    for word, times in matcher.count(text[span.start : span.end]).items():
        for group in groups[word]:
            out[group] += times
    out["perfect"] = len(_PERFECT.findall(text, span.start, span.end))
    out["modal"] = len(_MODAL.findall(text, span.start, span.end))
    if _DIGIT.search(text, span.start, span.end):
        out["bounded"] = len(_BOUNDED.findall(text, span.start, span.end))
        out["decimal"] = len(_DECIMAL.findall(text, span.start, span.end))
        out["figures"] = len(_FIGURE.findall(text, span.start, span.end))
    return out


def _lean_past(count: Counter[str]) -> int:
    known = count.get  # a Counter asks Python for each name it has not
    return known("past", 0) + known("perfect", 0) + 2 * known("compared", 0) + known("past_time", 0)


def _lean_future(count: Counter[str]) -> int:
    known = count.get
    return known("future", 0) + known("modal", 0) + 2 * known("goal", 0)


@lru_cache(maxsize=1)
def _counted() -> tuple[str, ...]:
    return (*_word_groups(), "perfect", "modal", "figures", "bounded", "decimal")


def _own_signs(text: str, block: Block, count: Counter[str]) -> Iterable[str]:
    span = block.span
    length = len(span)
    for name in _counted():
        n = count.get(name)
        if n:
            yield f"has:{name}"
            # how thick they are, by the hundred characters
            share = 100 * n / max(length, 30)
            if share >= 3:
                yield f"thick:{name}"
            elif share >= 1:
                yield f"some:{name}"
    past, future, figures = _lean_past(count), _lean_future(count), count.get("figures")
    yield "lean:past" if past > future else "lean:future" if future > past else "lean:none"
    if figures and not future:
        yield "figures&nofuture"
    if figures and not past:
        yield "figures&nopast"
    opened = parts = 0
    opens = demand_opening().match
    for piece in _SENTENCE.split(text[span.start : min(span.end, span.start + 1200)]):
        piece = piece.strip(" 　\t，,")
        if len(piece) >= 4:
            parts += 1
            opened += opens(piece) is not None
    if parts:
        yield f"opens:{min(3, 4 * opened // parts) if opened < parts else 4}"
    # the edges of a block are no white space
    if text[span.end - 1] in "？?" or _ASKED.match(text, span.start, span.end):
        yield "question"
    if "figures" in count and _PAYS.search(text, span.start, span.end):
        yield "pays"
    if length < 30 and not _FULL_STOP.search(text[span.start : span.end]):
        yield "heading"
    yield "short" if length < 40 else "middle" if length < 160 else "long"


def _year_signs(text: str, span: Span, speaking: int | None) -> Iterable[str]:
    if speaking is None:
        return
    for year in {int(found) for found in _YEAR.findall(text, span.start, span.end)}:
        if year < speaking:
            yield "year:before"
        elif year == speaking:
            yield "year:own"
        else:
            yield "year:after"


@lru_cache(maxsize=1024)
def _signs_of_heading(heading: str) -> tuple[str, ...]:
    out = [name for name, words in _heading_groups().items() if any(word in heading[:40] for word in words)]
    if any(word in heading for word in _word_groups()["becoming"]) and not demand_opening().match(heading):
        out.append("becoming")
    if demand_opening().match(heading):
        out.append("demand")
    if heading.rstrip().endswith(("？", "?")):
        out.append("question")
    return tuple(out)


def _heading_signs(headings: Sequence[str]) -> Iterable[str]:
    for depth, heading in enumerate(headings):
        where = "chapter" if depth == 0 else "under"
        for name in _signs_of_heading(heading):
            yield f"head:{where}:{name}"


def _order_signs(of_title: Sequence[str], order: int | None, chapters: int) -> Iterable[str]:
    """A report goes from what was done to what is planned: where the chapter is among those of a report."""
    kind = of_title[0].removeprefix("title:")
    if kind in ("account", "budget"):
        last = order is not None and order == chapters - 1
        yield "title:report " + ("before" if order is None else "first" if order == 0 else "last" if last else "middle")


def _chapter_signs(count: Counter[str]) -> Iterable[str]:
    past, future = _lean_past(count), _lean_future(count)
    share = past / (past + future) if past + future else 0.5
    yield f"chapter:past{min(9, int(10 * share))}"
    if count["figures"] >= 5:
        yield f"chapter:figures&past{min(4, int(5 * share))}"
    rules = count["rule"] + count["condition"]
    yield f"chapter:rules{min(4, 5 * rules // (rules + past + future)) if rules else 0}"
