"""Whom a measure is for 受益对象: groups named in the text, as written."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.document import Span
from graph.lexicon import alternatives

_MOST = 12


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = alternatives("beneficiaries.txt")
    return re.compile(
        rf"(?:农村|农牧村|城镇|城乡|城市)?(?:{names})(?!资源|服务机构|队伍|中心|公园|市场|工作|联合会|保障卡|之家|培养|支撑|强|引进|政策|发展|振兴)"
    )


def mentions(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The places of ``text`` that name a group, in order."""
    return [Span(m.start(), m.end()) for m in _pattern().finditer(text, start, len(text) if end is None else end)]


def beneficiaries_of(text: str, start: int = 0, end: int | None = None) -> tuple[str, ...]:
    """The groups named in a stretch of text, each once, in order of first mention."""
    return tuple(dict.fromkeys(span.of(text) for span in mentions(text, start, end)))[:_MOST]
