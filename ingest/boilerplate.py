"""Lines of a saved web page that are no part of the document: welcome, breadcrumbs, 扫一扫, 打印 关闭, 字号, 分享."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

from ingest.outline_lines import Line

_NOISE = re.compile(r"[\s　【】\[\]\-|·•()（）<>]")
_CRUMBS = re.compile(r"[>＞»›/]")


@lru_cache(maxsize=1)
def _patterns() -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    lines = resources.files("ingest").joinpath("data", "boilerplate.txt").read_text(encoding="utf-8").splitlines()
    rules = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    full = frozenset(_NOISE.sub("", rule) for kind, rule in rules if kind == "full")
    return full, tuple(rule for kind, rule in rules if kind == "start"), frozenset(rule for kind, rule in rules if kind == "part")


def boilerplate_lines(text: str, lines: Sequence[Line]) -> dict[int, str]:
    """The indices of boilerplate lines, each with the reason."""
    full, starts, parts = _patterns()
    found: dict[int, str] = {}
    for i, line in enumerate(lines):
        if line.end - line.start > 120:
            continue
        content = text[line.start : line.end]
        if len(content) <= 16 and _NOISE.sub("", content) in full:
            found[i] = "页面按钮"
        elif content.startswith(starts):
            found[i] = "页面导航"
        elif len(content) <= 100 and _is_navigation(content, parts):
            found[i] = "页面导航"
    return found


def _is_navigation(content: str, parts: frozenset[str]) -> bool:
    pieces = content.split()
    if len(pieces) >= 3 and sum(piece in parts for piece in pieces) >= 2:
        return True
    crumbs = [piece.strip() for piece in _CRUMBS.split(content)]
    return (
        len(crumbs) >= 3 and len(crumbs[-1]) <= 30 and all(0 < len(piece) <= 14 for piece in crumbs[:-1]) and crumbs[0] in parts
    )
