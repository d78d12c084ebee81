"""Files that are not read: what they are and what to do instead, for every message about one (``ingest/data/other_files.tsv``)."""

from __future__ import annotations

from functools import lru_cache

from corpus import wordlists

OTHER_ARCHIVES = ((b"\x1f\x8b", "gzip"), (b"Rar!", "misnamed_rar"), (b"7z\xbc\xaf", "misnamed_7z"))
"""How archives begin that are not read, or only under their own ending, and what they are."""


def say_what_else(kind: str) -> str:
    """The message about a file of a kind that is not read.

    >>> say_what_else("gzip")
    '这是gzip 压缩包，暂不支持；请解压后导入其中的文件，或改存为 zip'
    """
    what, advice = _read_rows()[0][kind]
    return f"这是{what}，暂不支持；{advice}"


def kind_of_other_ending(ending: str) -> str | None:
    """The kind of the files that are not read whose names end so, None for an ending that is not in the list."""
    return _read_rows()[1].get(ending)


@lru_cache(maxsize=1)
def _read_rows() -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    rows = [(row.split("\t") + [""])[:4] for row in wordlists.entries("ingest", "other_files.tsv")]
    endings = {ending: kind for kind, _, _, endings in rows for ending in endings.split()}
    return {kind: (what, advice) for kind, what, advice, _ in rows}, endings
