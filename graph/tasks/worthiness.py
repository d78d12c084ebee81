"""Decide whether an item may be a task at all, by what its block does: articles, conditions, answers and results are none."""

from __future__ import annotations

import re

from corpus.document import ParsedDocument, Section
from graph.frames.find import Frames
from graph.frames.signs import kind_of_title
from graph.lexicon import expand
from graph.tasks.demands import ARTICLE
from graph.tasks.measures import demand_opening

_QUESTION = re.compile(expand(r"[？?]\s*$|{question_heads}$|^(?:问|记者)[:：]"))
_CONDITIONS = re.compile(expand(r"^.{0,24}{condition_heads}(?:[(（].*)?$"))
_BOX = re.compile(r"^专\s?栏")
_ANSWERED = re.compile(r"[？?]\s*\n\s*答[:：]")
_REPLIES = re.compile(expand(r"{reply_titles}"))
_FIRST = 400
"""Characters in which a question is followed by its answer."""
_SURE = 0.8
_RULED = frozenset(("rule", "condition"))


class TaskWorthiness:
    """Says of sections of a document whether they may hold tasks; a list of units outweighs all but the kind of document.

    Args:
        doc: The document.
        frames: The frames of its blocks.
    """

    def __init__(self, doc: ParsedDocument, frames: Frames) -> None:
        self._doc, self._frames = doc, frames
        self._laws: dict[int, bool] = {}

    def is_provision(self, section: Section) -> bool:
        """Whether a section provides for all (an article, a condition, a standard) instead of giving somebody a task."""
        if self.is_in_law(section) or self.is_under_conditions(section):
            return True
        frame = self._frames.at(section.start)
        return frame is not None and frame.kind in _RULED and frame.probability >= _SURE

    def is_in_report(self, section: Section) -> bool:
        """Whether a section belongs to a report, whose items are paragraphs that open with a demand."""
        title = "".join((self._doc.head_at(section.start).title or "").split())
        return kind_of_title(title) in ("account", "budget")

    def is_in_law(self, section: Section) -> bool:
        """Whether a section belongs to a law, a regulation or rules."""
        head = self._doc.head_at(section.start)
        known = self._laws.get(id(head))
        if known is None:
            title = "".join((head.title or "").split()).strip("《》")
            known = self._laws[id(head)] = kind_of_title(title) == "law"
        return known

    def bars(self, section: Section, *, has_units: bool, lists_units: bool) -> bool:
        """Whether a section can be no task: whatever it says where it provides or tells, unless it names the units that do it.

        Among conditions, papers and steps a unit named in passing makes no task; a list of units (``lists_units``) does.
        """
        if self._is_answer(section):
            return True
        if not lists_units and self.is_under_conditions(section):
            return True
        if has_units:
            return False
        if any(ARTICLE.match(above.number or "") for above in self._doc.trail(section)):
            return True
        if any(above.kind == "attachment" and _BOX.match(above.number or "") for above in self._doc.trail(section)):
            return True
        if self._is_reply(section) or (
            self.is_in_law(section) and not ARTICLE.match(section.number or "") and not self._opens_with_demand(section)
        ):
            return True
        frame = self._frames.at(section.start)
        if frame is None or frame.probability < _SURE:
            return False
        return frame.kind in ("review", "statistics", "condition") or (
            frame.kind == "rule" and not self._opens_with_demand(section)
        )

    def is_under_conditions(self, section: Section) -> bool:
        """Whether a heading above a section announces conditions, papers, standards or steps."""
        return any(_CONDITIONS.search(heading) for heading in self.headings_above(section))

    def is_ruled(self, section: Section) -> bool:
        """Whether the block of a section rules or sets conditions rather than plans, as far as the model can tell."""
        frame = self._frames.at(section.start)
        return frame is not None and frame.kind in _RULED

    def headings_above(self, section: Section) -> tuple[str, ...]:
        """The headings above a section, outermost first, without its own."""
        return tuple(above.heading for above in self._doc.trail(section)[:-1])

    def _opens_with_demand(self, section: Section) -> bool:
        """Whether the heading, or the first sentence under it, opens with what is to be done."""
        opening = demand_opening()
        first = self._doc.text[section.end : section.whole.end].lstrip("。；;：:，, \n\u3000")
        return opening.match(section.heading.strip()) is not None or opening.match(first) is not None

    def _is_reply(self, section: Section) -> bool:
        """Whether a section belongs to a reply (…办理情况的函) or a rumour: what it tells is not for those who read it to do."""
        return _REPLIES.search(self._doc.head_at(section.start).title or "") is not None

    def _is_answer(self, section: Section) -> bool:
        if _ANSWERED.search(self._doc.text, section.start, min(section.whole.end, section.start + _FIRST)):
            return True
        return any(_QUESTION.search(above.heading) for above in self._doc.trail(section) if above.heading)
