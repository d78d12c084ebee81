"""What was measured, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tools.arena.measures import MEASURES

LABELS = {
    "pairs": "character-pair BM25 (bm25s)",
    "words": "tantivy + jieba",
    "cemai": "**cemai as shipped**",
    "folds": "**cemai, trees in ten folds**",
    "encoder": "encoder alone",
    "fused": "pairs + ½ encoder",
    "first": "pairs + ½ encoder, first 200 of each",
}
SEEN = {
    ("cemai", "ncp"): "in-sample: trees",
    ("cemai", "govmsg"): "in-sample: trees",
    ("cemai", "stard"): "in-sample: trees, static model",
    ("folds", "ncp"): "held out",
    ("folds", "govmsg"): "held out",
    **{(row, name): "held out" for row in ("encoder", "fused", "first") for name in ("ncp", "govmsg")},
    **{(row, "stard"): "in-sample, unless untrained" for row in ("encoder", "fused", "first")},
}
"""Which questions of a set a row was learned from; a row that is not named learns nothing."""
PUBLISHED = {
    "ncp": "none comparable: CovidRetrieval of C-MTEB searches about 100,000 documents of one subject, these are 599 documents alone "
    "or among documents of other subjects",
    "govmsg": "none known",
    "stard": "recall@100 .907 (Su et al. 2024, arXiv 2406.15313: the best method there, 1,543 questions over 55,348 articles; here "
    "1,235 of the questions, 55,404 articles). To be held against the five folds of docs/retrieval.md, not against an in-sample row",
}


def _plain(value: float, sign: bool = False) -> str:
    text = f"{value:+.3f}" if sign else f"{value:.3f}"
    return re.sub(r"^([+-]?)0\.", r"\1.", text).replace("-", "−")


def _cell(found: Sequence[float] | None, sign: bool = False) -> str:
    if found is None:
        return "–"
    mean, low, high = (_plain(x, sign) for x in found)
    return f"{mean} [{low}, {high}]"


def markdown(result: dict[str, Any]) -> str:
    """The tables of one place, what was left out, and what is published."""
    rows = result["rows"]
    shown = [m for m in MEASURES if any(m in row["measures"] for row in rows.values())]
    among = f"{result['distractors']:,} distractors" if result["distractors"] else "bare"
    lines = [f"### {result['set']}, {among}: {result['documents']:,} documents, {result['questions']:,} questions", ""]
    lines += _tables(rows, shown) if rows else []
    lines += [f"Published: {PUBLISHED.get(result['set'], 'none known')}."]
    lines += [f"Left out: {LABELS[name].strip('*')}: {reason}." for name, reason in result["left_out"].items()]
    return "\n".join(lines)


def _tables(rows: dict[str, Any], shown: Sequence[str]) -> list[str]:
    lines = ["| | " + " | ".join(shown) + " | ms | build CPU s | learned from these questions |"]
    lines += ["| --- |" + " --- |" * (len(shown) + 3)]
    for name, row in rows.items():
        cells = [_cell(row["measures"].get(m)) for m in shown]
        cells += [f"{row['cpu_ms']:.1f}", f"{row['build_cpu_s']:.0f}", row["learned_from"]]
        lines.append(f"| {LABELS[name]} | " + " | ".join(cells) + " |")
    for base in ("cemai", "folds"):
        if base in rows and len(rows) > 1:
            lines += ["", f"Less {LABELS[base].strip('*')} ({rows[base]['learned_from']}), paired:", ""]
            lines += ["| | " + " | ".join(shown) + " |", "| --- |" + " --- |" * len(shown)]
            for name, row in rows.items():
                if name != base:
                    cells = [_cell(row[f"less_{base}"].get(m), sign=True) for m in shown]
                    lines.append(f"| {LABELS[name]} | " + " | ".join(cells) + " |")
    listed = (
        f"{LABELS[name].strip('*')} {row['first_passage_characters']} and {row['documents_listed']:g}"
        for name, row in rows.items()
    )
    return [*lines, "", f"Characters of the first passage and documents listed, on average: {', '.join(listed)}.", ""]
