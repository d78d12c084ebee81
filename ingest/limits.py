"""Upper bounds for one input. Readers keep to the sizes; the worker enforces time and memory from outside."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one input; an input that needs more is refused, never cut."""

    file_bytes: int = 50 * MEGABYTE
    text_file_bytes: int = 100 * MEGABYTE
    text_read_here: int = 1 * MEGABYTE
    record_bytes: int = 16 * MEGABYTE
    text_characters: int = 20_000_000
    unpacked_bytes: int = 300 * MEGABYTE
    part_bytes: int = 100 * MEGABYTE
    archive_members: int = 2_000
    ratio: int = 100
    ratio_from: int = 1 * MEGABYTE
    html_depth: int = 2_000
    pdf_pages: int = 3_000
    pdf_page_characters: int = 200_000
    paragraphs: int = 400_000
    cells: int = 200_000
    seconds: float = 120.0
    memory_bytes: int = 2_048 * MEGABYTE


DEFAULT = Limits()
