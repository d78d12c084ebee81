"""Finds lines of a saved web page that do not belong to the document: welcome, breadcrumbs, 扫一扫, 打印 关闭, 字号, 分享."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from corpus.wordlists import entries
from ingest.lexicon import expand
from ingest.lines.lines import TextLine

_NOISE = re.compile(r"[\s　【】\[\]\-|·•()（）<>:：]")
_TOP, _BOTTOM = 80, 60
"""Page furniture stands at the top and at the bottom; in between 下载 or 大 is a cell of a table or a word."""
PAGE = re.compile(r"#{0,3}\s?Page\s?\d+:?|[-—–－]\s?\d{1,4}\s?[-—–－一]|第\s?\d{1,4}\s?页(?:\s?[/共].{0,8})?", re.IGNORECASE)
"""A page number alone on a line, as converters leave it behind."""
_PAGE_BEGINS = frozenset("#pP-—–－第")
_LEADERS = ("." * 8, "…" * 4, "·" * 8, "．" * 6)
_LEADER = re.compile(r"\.{8,}|…{4,}|·{8,}|．{6,}")
_ENTRY = 240
_CHAPTER = re.compile(expand(r"第[{numerals_to_hundred}]{1,4}[{chapters}]|第[{numerals}]{1,3}{parts_of_laws}"))
_IMPRINT = re.compile(r"[一-龥]{4,24}\s{0,4}(?:19|20)\d\d年\d{1,2}月\d{1,2}日印发")
_LINK = 90
_DOTS = re.compile(r"(?:\.{4,}|…{2,}|·{4,}|\t+|[ 　]{3,})\s?[-—]?\s?\d{1,4}\s?[-—]?$")
_NUMBERED_PAGE = re.compile(r"[\s.…·\d\-—]+$")
_BETWEEN = re.compile(r"[\s|｜·\-－]+")
_CRUMBS = re.compile(r"[>＞»›/]")


@lru_cache(maxsize=1)
def _line_rules() -> tuple[frozenset[str], tuple[str, ...], frozenset[str], frozenset[str]]:
    rules = [line.split(" ", 1) for line in entries("ingest", "boilerplate.txt")]
    full, tail = (frozenset(_NOISE.sub("", rule) for kind, rule in rules if kind == name) for name in ("full", "tail"))
    starts = tuple(rule for kind, rule in rules if kind == "start")
    return full, starts, frozenset(rule for kind, rule in rules if kind == "part"), tail


def is_page_label(words: str) -> bool:
    """Whether words are a button or a column of a web page (政策文件, 通知公告), not of a document."""
    full, _, parts, _ = _line_rules()
    return words in full or words in parts


def boilerplate_lines(text: str, lines: Sequence[TextLine]) -> dict[int, str]:
    """The indices of boilerplate lines, each with the reason."""
    full, starts, parts, tail = _line_rules()
    found: dict[int, str] = {}
    for i, line in enumerate(lines):
        if (
            line.end - line.start <= 24
            and ((char := text[line.start]) in _PAGE_BEGINS or char.isspace())
            and PAGE.fullmatch(text, line.start, line.end)
        ):
            found[i] = "页码"
            continue
        if text.startswith("<!--", line.start) and text.find("-->", line.start, line.end) == line.end - 3:
            found[i] = "网页注释"
            continue
        if line.end - line.start > 120 or _TOP <= i < len(lines) - _BOTTOM:
            continue
        content = text[line.start : line.end]
        if len(content) <= 16 and _NOISE.sub("", content) in full:
            found[i] = "页面按钮"
        elif _IMPRINT.fullmatch(content):
            found[i] = "版记"
        elif content.startswith(starts) or (len(content) <= 100 and _is_navigation(content, parts)):
            found[i] = "页面导航"
    found.update(_find_related_links(text, lines, tail))
    return found


def _find_related_links(text: str, lines: Sequence[TextLine], tail: frozenset[str]) -> dict[int, str]:
    """Links to other pages at the end: from a line such as 相关稿件 on, where nothing but short lines without a stop follows."""
    last = len(lines)
    for i in range(last - 1, max(last - _BOTTOM, 0), -1):
        line = lines[i]
        if line.end - line.start > _LINK or text[line.end - 1] in "。；;":
            break
        if line.end - line.start <= 12 and _NOISE.sub("", text[line.start : line.end]) in tail:
            return dict.fromkeys(range(i, last), "相关链接")
    return {}


def _is_navigation(content: str, parts: frozenset[str]) -> bool:
    pieces = _BETWEEN.split(content)
    if len(pieces) >= 3 and sum(piece in parts for piece in pieces) >= 2:
        return True
    crumbs = [piece.strip() for piece in _CRUMBS.split(content)]
    return (
        len(crumbs) >= 3 and len(crumbs[-1]) <= 30 and all(0 < len(piece) <= 14 for piece in crumbs[:-1]) and crumbs[0] in parts
    )


def contents_lines(text: str, lines: Sequence[TextLine], boiler: dict[int, str]) -> dict[int, str]:
    """The table of contents 目录: from its heading to the second time its first entry appears, or lines with page numbers."""
    found: dict[int, str] = {}
    found.update(_find_entries_with_leaders(text, lines))
    for i, line in enumerate(lines[:120]):
        if line.end - line.start > 8 or _NOISE.sub("", text[line.start : line.end]) not in ("目录", "目次"):
            continue
        entries = [_entry_text(text, entry) for entry in lines[i + 1 : i + 400]]
        first = next((k for k, entry in enumerate(entries) if entry), None)
        if first is None:
            return found
        again = next((k for k in range(first + 2, len(entries)) if entries[k] == entries[first]), None)
        if again is None:
            again = next(
                (k for k in range(first, len(entries)) if not _DOTS.search(text[lines[i + 1 + k].start : lines[i + 1 + k].end])),
                0,
            )
        if again and all(lines[i + 1 + k].end - lines[i + 1 + k].start <= 90 for k in range(again)):
            found.update(dict.fromkeys(range(i, i + 1 + again), "目录"))
        return found
    found.update(_find_chapter_list(text, lines))
    return found


def _find_entries_with_leaders(text: str, lines: Sequence[TextLine]) -> dict[int, str]:
    """Entries with leaders (总体要求……3), at least four with no more than two other lines between."""
    found: dict[int, str] = {}
    if not any(leader in text for leader in _LEADERS):
        return found
    run: list[int] = []
    for i in [
        i for i, line in enumerate(lines) if line.end - line.start <= _ENTRY and _LEADER.search(text, line.start, line.end)
    ]:
        if run and i - run[-1] > 3:
            run = []
        run.append(i)
        if len(run) >= 4:
            found.update(dict.fromkeys(range(run[0], i + 1), "目录"))
    return found


def _find_chapter_list(text: str, lines: Sequence[TextLine]) -> dict[int, str]:
    """A list of chapters without the word 目录 above it: nothing but chapters in a row up to where the first comes again."""

    def chapter(line: TextLine) -> bool:
        return line.end - line.start <= 60 and _CHAPTER.match(text, line.start, line.end) is not None

    for i, line in enumerate(lines[:60]):
        if not chapter(line):
            continue
        first = _entry_text(text, line)
        end = i + 1
        while end < len(lines) and chapter(lines[end]) and _entry_text(text, lines[end]) != first:
            end += 1
        again = any(other.end - other.start <= 60 and _entry_text(text, other) == first for other in lines[end:])
        return dict.fromkeys(range(i, end), "目录") if end - i >= 3 and again else {}
    return {}


def _entry_text(text: str, line: TextLine) -> str:
    return _NOISE.sub("", _NUMBERED_PAGE.sub("", text[line.start : line.end]))
