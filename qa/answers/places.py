"""Where a fact or a citation stands, in the words officials use: 《标题》（文号）section, page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from corpus.titles import in_marks
from qa.answer import AnswerCitation

Record = Mapping[str, Any]

OWN_NUMBER = re.compile(
    r"^(?:第[一二三四五六七八九十百零〇\d]{1,6}[条章节]|[（(]?[一二三四五六七八九十\d]{1,4}[）)、.．·]|[一二三四五六七八九十]{1,2}是)\s*"
)


def place(record: Record) -> str:
    """Where a fact stands: 《标题》（文号）section, or row and column of a table."""
    name = record.get("title") or record.get("source") or ""
    number = f"（{record['doc_number']}）" if record.get("doc_number") else ""
    path = record.get("place") or " > ".join(path_of(record))
    return f"{in_marks(name)}{number}{path}"


def path_of(record: Record) -> list[str]:
    """The headings above a fact; of the heading that is the task itself the number alone, its name stands in its own column."""
    path = [str(part) for part in record.get("section_path") or ()]
    name = str(record.get("name") or "")
    if name and path:
        number = OWN_NUMBER.match(path[-1])
        own = path[-1][number.end() :] if number else path[-1]
        if number and own and (own.startswith(name) or name.startswith(own.rstrip("。；;"))):
            path[-1] = number.group().rstrip("、.．")
    return path


def cited(citation: AnswerCitation) -> str:
    """Where a citation of an answer stands: title, number, section and page."""
    number = f"（{citation.doc_number}）" if citation.doc_number else ""
    page = f"，第 {citation.page} 页" if citation.page else ""
    return f"{in_marks(citation.title or citation.source)}{number}{' > '.join(citation.section_path)}{page}"
