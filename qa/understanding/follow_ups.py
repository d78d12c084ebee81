"""Questions that go on about the one before them 追问: completed to a whole question, so that they are answered as that would be.

那北京呢 puts another place into the question before, 2025年呢 another year, 那城镇新增就业呢 another subject; 谁负责 asks for another side
of its subject. What the question says itself is taken from it, everything else from the one before, and it is told what was kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from corpus.wordlists import expand
from qa.answer import Understanding

SHORT = 4
"""A question of so few telling characters that names neither place nor document goes on about the one before it."""
_PARTICLES = "那呢么谁由的了吗吧啊呀是"
ASPECT = 3
"""With so few telling characters and a question word, it asks for another side of the same subject (能领多久)."""

Kept = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class QuestionSlots:
    """What a question says of place, year, document and subject, each as it stands in its folded text."""

    text: str
    places: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    """The pieces left without names and words of asking."""


@dataclass(frozen=True, slots=True)
class CompletedQuestion:
    """A follow-up as a whole question, and what it has from the one before: pairs of slot and value, as shown to people."""

    text: str
    kept: Kept


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        "opening": re.compile(expand("qa", "^(?:{follow_openings})的?[,，]?")),
        "ending": re.compile("(?:的)?呢[?!。？！]*$"),
        "pronoun": re.compile(expand("qa", "(?:{follow_pronouns})(?:{follow_nouns})?的?")),
        "asking": re.compile(expand("qa", "{follow_asking}")),
        "aspects": re.compile(expand("qa", "(?:{follow_aspects}|{follow_offices}|{follow_extremes})")),
        "tail": re.compile(expand("qa", "(?:{follow_aspects}|{follow_offices}|{follow_extremes}|的)+$")),
        "extreme": re.compile(expand("qa", "(?:{follow_extremes}|的)+$")),
        "side": re.compile(expand("qa", "{follow_aspects}")),
        "compared": re.compile("^(?:和|跟|与|同|比)(?P<with>.{2,12}?)(?:比|相比|比较|高|低|多|少|大|小|快|慢|严|宽|一样|差)"),
    }


def complete_question(
    own: QuestionSlots, before: QuestionSlots, *, marked: bool = True, label: str = ""
) -> CompletedQuestion | None:
    """A question completed by what the one before it said; None for a whole question, which inherits nothing.

    Args:
        own: The slots of the question, without the words that point back (``strip_pointers``).
        before: Those of the question before it, itself completed.
        marked: Whether it had such words.
        label: What the kind of the question before is called, for what is shown as kept.

    >>> before = QuestionSlots("湖南2026年gdp目标是多少", places=("湖南",), years=("2026年",), subject=("gdp目标",))
    >>> complete_question(QuestionSlots("2025年呢", years=("2025年",)), before).text
    '湖南2025年gdp目标是多少'
    """
    said, content = own.text, _content(own)
    asking = _patterns()["asking"].search(_without(said, (*own.places, *own.years, *own.titles))) is not None
    if (own.titles and not marked) or not (marked or not content or (not own.places and len(content) <= SHORT)):
        return None
    if (compared := _patterns()["compared"].match(said)) is not None and not asking:
        return _compared(own, before, compared["with"])
    if own.titles:
        return _replaced(own, before, label)
    if asking and len(content) <= ASPECT:
        return _other_side(own, before, said)
    if asking:
        return _other_subject(own, before, said)
    if content and len(content) <= 2 and _patterns()["aspects"].search(said):
        return _other_side(own, before, said)
    if not content and not (own.places or own.years):
        return _other_side(own, before, said) if said else None
    return _replaced(own, before, label, content=content)


def strip_pointers(folded: str, places: Sequence[str] = ()) -> tuple[str, bool]:
    """A folded question without the words that point back to the one before, and whether it has any.

    Args:
        folded: The question.
        places: The places in it: 那曲 is one.

    >>> strip_pointers("那北京呢?")
    ('北京', True)
    """
    text = folded.strip("?!。？！，, ")
    patterns = _patterns()
    opening = None if any(text.startswith(place) for place in places) else patterns["opening"].match(text)
    text = text[opening.end() :] if opening else text
    ending = patterns["ending"].search(text)
    text = text[: ending.start()] if ending else text
    pronoun = patterns["pronoun"].match(text)
    text = text[pronoun.end() :] if pronoun else text
    compared = patterns["compared"].match(text)
    return text.strip("，, "), any(mark is not None for mark in (opening, ending, pronoun, compared))


def spoken_of(understood: Understanding) -> str:
    """What was kept of the question before, for people: 接上一问：地区 甘南州，年份 2022年; nothing for a whole question."""
    return "接上一问：" + "，".join(f"{slot} {value}" for slot, value in understood.kept) if understood.kept else ""


def _content(own: QuestionSlots) -> str:
    """The telling characters of a subject: without the nouns by which a side of something is asked for."""
    return "".join(_patterns()["aspects"].sub("", piece).strip(_PARTICLES) for piece in own.subject)


def _topic(before: QuestionSlots, *, sides: bool = False) -> str:
    """What the question before was about, one stretch of its text where it can be; with ``sides`` also which side of it."""
    pieces = before.subject
    if not pieces:
        return ""
    first, last = before.text.find(pieces[0]), before.text.rfind(pieces[-1])
    between = before.text[first : last + len(pieces[-1])] if 0 <= first <= last else ""
    broken = not between or _patterns()["asking"].search(between) or any(n in between for n in (*before.places, *before.years))
    topic = "".join(pieces) if broken else between
    return _patterns()["extreme" if sides else "tail"].sub("", topic) or topic


def _frame(own: QuestionSlots, before: QuestionSlots) -> tuple[str, list[tuple[str, str]]]:
    """Place and year of a completed question, and what of them is kept."""
    kept: list[tuple[str, str]] = []
    if not own.places and before.places:
        kept.append(("地区", "、".join(before.places)))
    if not own.years and before.years:
        kept.append(("年份", "、".join(before.years)))
    return "和".join(own.places or before.places) + "".join(own.years or before.years), kept


def _other_side(own: QuestionSlots, before: QuestionSlots, said: str) -> CompletedQuestion:
    """Another side of the same subject, or of the same document."""
    said = _without(said, (*own.places, *own.years)).lstrip("的")
    if before.titles and not own.places:
        title = before.titles[0]
        named = title if title.startswith("《") or not title else f"《{title}》"
        return CompletedQuestion(named + said, (("文件", title.strip("《》")),))
    frame, kept = _frame(own, before)
    topic = _topic(before, sides=_patterns()["side"].search(said) is None)
    return CompletedQuestion(f"{frame}{topic}{said}", (*kept, ("主题", topic)))


def _other_subject(own: QuestionSlots, before: QuestionSlots, said: str) -> CompletedQuestion | None:
    """Another subject, asked about in full, at the same place and of the same year."""
    frame, kept = _frame(own, before)
    return CompletedQuestion(frame + _without(said, (*own.places, *own.years)), tuple(kept)) if kept else None


def _compared(own: QuestionSlots, before: QuestionSlots, other: str) -> CompletedQuestion:
    """The place of the question before beside another one."""
    beside = own.places[0] if own.places else other
    frame = "和".join((beside, *before.places))  # 全国 is a place at the beginning
    topic = "".join(before.subject) or _topic(before)
    kept = [("地区", "、".join(before.places))] if before.places else []
    kept += [("年份", "、".join(before.years))] if before.years else []
    return CompletedQuestion(f"{frame}{''.join(before.years)}{topic}对比", (*kept, ("主题", topic)))


def _replaced(own: QuestionSlots, before: QuestionSlots, label: str, *, content: str = "") -> CompletedQuestion | None:
    """The question before with what this one says in the place of what it said of the same."""
    text, kept = before.text, [("问法", label)] if label else []
    _, framed = _frame(own, before)
    kept = [*framed, *kept]
    if own.titles:
        text = _put(text, before.titles, own.titles[0], front=True)
        return CompletedQuestion(text, tuple(kept)) if kept else None
    if own.places:
        text = _put(text, before.places, "和".join(own.places), front=True)
    if own.years:
        text = _put(text, before.years, "".join(own.years), front=True, behind=own.places or before.places)
    named = next(((new, old) for new, old in ((own.groups, before.groups), (own.units, before.units)) if new and old), None)
    if content and named is not None:
        text = text.replace(named[1][0], named[0][0], 1)
        kept.append(("主题", _topic(before)))
    elif content:
        topic = _topic(before)
        new = content if _tailed(before) else "".join(own.subject).strip(_PARTICLES)
        text = text.replace(topic, new, 1) if topic and topic in text else f"{_frame(own, before)[0]}{''.join(own.subject)}"
    else:
        kept.append(("主题", _topic(before)))
    return CompletedQuestion(text, tuple(kept))


def _tailed(slots: QuestionSlots) -> bool:
    """Whether a subject ends with the side of it that is asked for."""
    return any(_patterns()["tail"].search(piece) for piece in slots.subject[-1:])


def _put(text: str, old: Sequence[str], new: str, *, front: bool, behind: Sequence[str] = ()) -> str:
    """A text with the stretch from the first to the last of some names replaced; in front, or behind others, where there is none."""
    places = [at for name in old if (at := text.find(name)) >= 0]
    if places:
        start = min(places)
        end = max(text.rfind(name) + len(name) for name in old if name in text)
        return text[:start] + new + text[end:]
    if behind and text.startswith(behind[0]):
        return text[: len(behind[0])] + new + text[len(behind[0]) :]
    return new + text if front else text + new


def _without(text: str, names: Sequence[str]) -> str:
    for name in names:
        text = text.replace(name, "", 1)
    return text
