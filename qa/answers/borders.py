"""Borders of quotes 引文边界: a quote begins and ends between words, never inside a number, a word or a pair of brackets."""

from __future__ import annotations

from corpus.document import Span
from index.lexical.tokens import natures

NEAR = 14
"""Characters on each side of a border that are cut into words to see whether it lies inside one."""
REACH = 60
"""How far off the other bracket of a pair is looked for."""
_PAIRS = {"（": "）", "(": ")", "《": "》", "【": "】", "〔": "〕", "[": "]", "“": "”", "「": "」"}
_OPENS = {close: opened for opened, close in _PAIRS.items()}
_ROUNDS = 8
"""How often a stretch is looked at again: what it grew by may hold half of another pair."""
_SCALES = "百千万亿"
_IN_NUMBER = ".,，:：/%％"
"""Signs that stand inside a number, between digits: 132,100, 7:30; a sign of per cent behind one."""


def mend_borders(text: str, span: Span) -> Span:
    """A stretch grown to true borders; the same where they are.

    Args:
        text: The document.
        span: A stretch of it without white space at its ends.

    >>> text = "参保人数132100人，比例95.8%"
    >>> mend_borders(text, Span(5, 11)).of(text)
    '132100人'
    """
    for _ in range(_ROUNDS):
        if not len(span):
            return span
        grown = _with_brackets(text, span)
        grown = _without_rules(text, Span(_word_start(text, grown.start), _word_end(text, grown.end)).trimmed(text))
        if grown == span:
            break
        span = grown
    return span


def has_true_borders(text: str, span: Span) -> bool:
    """Whether a stretch begins and ends between words, outside numbers, and holds no half of a pair of brackets."""
    return mend_borders(text, span) == span


def _without_rules(text: str, span: Span) -> Span:
    """A stretch without the signs between the cells of a table at its ends."""
    start, end = span.start, span.end
    while start < end and (text[start] == "|" or text[start].isspace()):
        start += 1
    while end > start and (text[end - 1] == "|" or text[end - 1].isspace()):
        end -= 1
    return Span(start, end) if start < end else span


def _word_start(text: str, at: int) -> int:
    number = _number_around(text, at)
    if number is not None:
        return number.start
    word = _word_around(text, at)
    return word.start if word is not None else at


def _word_end(text: str, at: int) -> int:
    number = _number_around(text, at)
    if number is not None:
        return number.end
    if (behind := _behind_scale(text, at)) > at:
        return behind
    word = _word_around(text, at)
    return word.end if word is not None else at


def _number_around(text: str, at: int) -> Span | None:
    """The number, or word of Latin letters and digits, that a place lies inside."""
    if not 0 < at < len(text) or not (_is_latin(text[at - 1]) or _joins(text, at - 1)):
        return None
    if not (_is_latin(text[at]) or _joins(text, at)):
        return None
    start, end = at, at
    while start and (_is_latin(text[start - 1]) or _joins(text, start - 1)):
        start -= 1
    while end < len(text) and (_is_latin(text[end]) or _joins(text, end)):
        end += 1
    return Span(start, _behind_scale(text, end))


def _behind_scale(text: str, end: int) -> int:
    """The end of a number with its scale: 3000万."""
    if end and text[end - 1].isdigit():
        while end < len(text) and text[end] in _SCALES:
            end += 1
    return end


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _joins(text: str, at: int) -> bool:
    """Whether a sign belongs to the number around it."""
    if text[at] not in _IN_NUMBER or not at or not text[at - 1].isdigit():
        return False
    return text[at] in "%％" or (at + 1 < len(text) and text[at + 1].isdigit())


def _word_around(text: str, at: int) -> Span | None:
    """The word that a place lies inside."""
    if not 0 < at < len(text) or not (_is_word(text[at - 1]) and _is_word(text[at])):
        return None
    start, end = at, at
    while start > max(0, at - NEAR) and _is_word(text[start - 1]):
        start -= 1
    while end < min(len(text), at + NEAR) and _is_word(text[end]):
        end += 1
    place = start
    for word, nature in natures(text[start:end]):
        stop = place + len(word)
        if place < at < stop:
            return Span(place, stop) if nature[:1] in "nviajlmq" else None
        if stop >= at:
            return None
        place = stop
    return None


def _is_word(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _with_brackets(text: str, span: Span) -> Span:
    """A stretch that holds one bracket of a pair, grown to hold both where the other is near, else without it."""
    start, end = span.start, span.end
    for place, opened, close in _unpaired(text, span):
        if opened:
            at = text.find(close, end, end + REACH)
            if at >= 0 and "\n" not in text[end:at]:
                end = max(end, at + 1)
            elif place == end - 1:
                end = place
        else:
            at = text.rfind(_OPENS[close], max(0, start - REACH), start)
            if at >= 0 and "\n" not in text[at:start]:
                start = min(start, at)
            elif place == start:
                start = place + 1
    return Span(start, end) if start < end else span


def _unpaired(text: str, span: Span) -> list[tuple[int, bool, str]]:
    """The brackets of a stretch without their other half in it: where, whether it opens, and the closing one of the pair."""
    waiting: list[tuple[int, str]] = []
    lone: list[tuple[int, bool, str]] = []
    for at in range(span.start, span.end):
        char = text[at]
        if char in _PAIRS:
            waiting.append((at, _PAIRS[char]))
        elif char in _OPENS:
            if any(close == char for _, close in waiting):
                while waiting and waiting.pop()[1] != char:
                    pass
            elif not _numbers(text, at):
                lone.append((at, False, char))
    return [*lone, *((at, True, close) for at, close in waiting)]


def _numbers(text: str, at: int) -> bool:
    """Whether a closing bracket stands behind the number of an item: 1) or 一）."""
    start = text.rfind("\n", 0, at) + 1
    return at - start <= 4 and all(char.isdigit() or char in "一二三四五六七八九十 　" for char in text[start:at])
