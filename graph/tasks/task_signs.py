"""The signs of an item by which a model weighs whether it gives somebody something to do, or only lays down what holds for all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.document import ParsedDocument
from corpus.numerals import half_width
from graph.facts import Task
from graph.frames.find import Frames
from graph.frames.signs import kind_of_title
from graph.lexicon import expand
from graph.loglinear import load_model
from graph.sign_words import groups_in
from graph.tasks.measures import demand_opening

_MOST = 0.5
"""The probability of being no task from which on an item is none."""
_MOST_OF_CHARGED = 0.8
_REASONS = frozenset(("given", "parameter", "party", "condition", "told", "frame_rule", "frame_condition", "frame_explain"))
_CHARGED = re.compile(expand(r"{sign_charged}"))
_LAST = 120
"""Characters at the end of an item in which a list of units stands."""
_READ = 240
"""Characters of an item that are read."""
_SENTENCE = re.compile(r"[。;!\n]")
_DIGIT = re.compile(r"\d")
_CLAUSE = re.compile(r"[,，。;；!\n]")
_NUMBERS = (
    (re.compile(r"第.+条"), "article"),
    (re.compile(r"[一二三四五六七八九十]+[、.．]"), "chapter"),
    (re.compile(r"[(（][一二三四五六七八九十]+"), "part"),
    (re.compile(r"[(（]\d+"), "bracket"),
    (re.compile(r"\d+"), "digit"),
    (re.compile(r".{1,3}是"), "first is"),
)
_END = re.compile(r"[》」”]?(?:的?通知|的?公告|[(（].*[)）])?$")


def gives_no_task(doc: ParsedDocument, task: Task, frames: Frames) -> bool:
    """Whether an item more likely than not gives nobody anything to do.

    Only where its words give a reason for that: a sum, a condition, who may have what, what somebody said. Somebody charged with it
    in a list of units speaks against it.
    """
    text = half_width(doc.text[task.span.start : min(task.span.end, task.span.start + _READ)])
    if not _REASONS & groups_in(text):
        return False
    signs = tuple(signs_of_task(doc, task, frames))
    most = _MOST_OF_CHARGED if "charged" in signs else _MOST
    return load_model("task_items.json").probabilities(signs)["none"] >= most


def signs_of_task(doc: ParsedDocument, task: Task, frames: Frames) -> Iterator[str]:
    """The signs of an item that was read as a task: its units, its name, its words, its block and its document."""
    yield "bias"
    roles = {unit.role for unit in task.units}
    yield f"units:{min(len(task.units), 3)}"
    for role in roles:
        yield f"role:{role}"
    yield f"deadline:{task.deadline is not None}"
    frame = frames.at(task.span.start)
    if frame is not None:
        yield f"frame:{frame.kind}"
        yield f"frame:{frame.kind}:{int(4 * frame.probability)}"
    title = "".join((doc.head_at(task.span.start).title or "").split()).strip("《》")
    yield f"title:{kind_of_title(title)}"
    bare = _END.sub("", title)
    yield f"title ends:{bare[-2:]}"
    for group in groups_in(title):
        yield f"title:{group}"
    yield from _signs_of_text(doc, task)


def _signs_of_text(doc: ParsedDocument, task: Task) -> Iterator[str]:
    name = half_width(task.name)
    yield f"name:{name[:2]}"
    yield f"name:{name[:1]}"
    yield f"name ends:{name[-2:]}"
    yield f"name:{min(4, len(name) // 6)} long"
    demands = demand_opening().match
    yield f"name demands:{demands(name) is not None}"
    for group in groups_in(name):
        yield f"name:{group}"
    text = half_width(doc.text[task.span.start : min(task.span.end, task.span.start + _READ)])
    number = next((kind for pattern, kind in _NUMBERS if pattern.match(text)), "none")
    yield f"number:{number}"
    yield f"long:{min(5, len(task.span) // 60)}"
    at = text.find(name[:6])
    body = text[at + len(name) :].lstrip("。;:, \n\u3000") if at >= 0 else text
    yield f"body:{body[:1]}"
    yield f"body:{body[:2]}"
    sentences = [piece.strip() for piece in _SENTENCE.split(body) if len(piece.strip()) >= 4]
    if sentences:
        opened = sum(demands(piece) is not None for piece in sentences)
        yield f"demands:{4 * opened // len(sentences)}"
    clauses = [piece.strip() for piece in _CLAUSE.split(body) if len(piece.strip()) >= 3]
    if clauses:
        opened = sum(demands(piece) is not None for piece in clauses)
        yield f"demanding clauses:{4 * opened // len(clauses)}"
    yield f"digits:{min(4, len(_DIGIT.findall(text)) // 3)}"
    for group in groups_in(text):
        yield f"text:{group}"
    if _CHARGED.search(doc.text, max(task.span.start, task.span.end - _LAST), task.span.end):
        yield "charged"
