"""A library of one document, and the embedding model for its copies."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from cemai.library import Library
from index.dense.encoder import load

TEXT = """青禾市人民政府关于印发河道管护办法的通知
2022年3月1日

青禾市河道管护办法
一、管护目标
到2025年，河道治理率达到90%以上。
二、重点任务
（一）治理河道。疏浚淤积河段。（责任单位：市水务局）
"""


@cache
def encoder() -> Any:
    """One embedding model for all libraries of these tests."""
    return load(None)


def make_river(folder: Path) -> Path:
    """A library of the document, to be copied."""
    (folder / "河道.txt").write_text(TEXT, encoding="utf-8")
    with Library.open(folder / "library", encoder=encoder()) as library:
        library.ingest([folder / "河道.txt"])
    return folder / "library"
