"""What a file name says: a title, a document number at its end, a place or an organ in front."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePath

from ingest.headmatter.region import division_of
from ingest.lexicon import expand

_PLACE_NAME = 16
_TITLE = 8
"""Chinese characters a name has at least that reads like a title."""
_chinese = re.compile(r"[一-龥]")
_KIND_BEFORE = expand(r"(?:(?<={kinds_before_number})|(?<=[)）]))")
_NUMBER = r"(?!的)[一-龥]{2,10}[〔\[【(（﹝［]\s?(?:19|20)\d"
GLUED_NUMBER = re.compile(rf"{_KIND_BEFORE}\s{{0,4}}(?P<number>{_NUMBER}\d\s?[〕\]】)）﹞］]\s?第?\s?\d{{1,5}}\s?号)\s{{0,4}}$")
_CUT_NUMBER = re.compile(rf"{_KIND_BEFORE}\s?(?:{_NUMBER}.{{0,12}}|[一-龥]{{2,8}}[〔\[【(（﹝［]\d{{0,2}})$")

_MARKS_LOST = re.compile(expand(r"^((?:[一-龥]{0,24}关于)?(?:印发|转发|{publishing}))_([^_]{4,80})_"))


@lru_cache(maxsize=64)
def title_from_source(source: str, *, whole: bool = False) -> str | None:
    """A file name that reads like a title (dates, 【地区】 and places in front taken off)."""
    if len(_chinese.findall(source)) < _TITLE:
        return None
    stem = PurePath(source).stem if PurePath(source).suffix else source
    stem = re.sub(r"^[\d\s_.\-]{0,24}", "", stem)
    stem = re.sub(r"^【[^】]{0,40}】", "", stem)
    # 《》 may stand in no file name on some systems: 关于印发_某办法_的通知
    stem = _MARKS_LOST.sub(r"\1《\2》", stem)
    stem = re.sub(r"^[一-龥]{2,4}_", "", stem).replace("_", " ").strip()
    if not whole:
        stem = _CUT_NUMBER.sub("", stem)
    if re.search(r"[。；;]", stem):
        return None
    return stem if len(_chinese.findall(stem)) >= _TITLE else None


@lru_cache(maxsize=64)
def place_in_filename(source: str) -> str | None:
    """What a file name puts in front of the title (【某市】, 某省_), or the name of a place it begins with."""
    stem = re.sub(r"^[\d\s_.\-]{0,24}", "", PurePath(source).name)
    match = re.match(r"【(?P<a>[^】]{2,40})】|(?P<b>[一-龥]{2,8})_", stem)
    if match:
        return match["a"] or match["b"]
    return stem[:_PLACE_NAME] if division_of(stem[:_PLACE_NAME]) is not None else None


def are_same_title(a: str, b: str) -> bool:
    """Whether two titles are the same one, signs aside, or one of them cut short."""
    a, b = (re.sub(r"[^一-龥\d]", "", value) for value in (a, b))
    return bool(a) and bool(b) and (a in b or b in a or a[:8] == b[:8])
