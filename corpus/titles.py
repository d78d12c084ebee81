"""Titles as they are set between title marks."""

from __future__ import annotations


def in_marks(title: str) -> str:
    """The title between 《 and 》: on one line, with marks inside it turned into 〈〉 as the standard of punctuation has it."""
    return f"《{''.join(title.split()).replace('《', '〈').replace('》', '〉')}》"
