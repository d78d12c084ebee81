"""How fast the table of figures answers when it holds a million of them.

    facts.py LIBRARY [--rows 1000000] [--queries 300] [--seed 1]

Takes the table of a library that is there and repeats its rows for other documents and places until there are as many as asked for, in
a table of its own; the library is not touched. A known indicator keeps its name in every copy, so that it grows with the library; the
name of any other is one of its copy. Then it asks what questions over documents, ``targets`` and comparisons ask, for indicators drawn
by how often they occur, and prints one JSON line: rows, megabytes of the table, median, 95th percentile and slowest in milliseconds of
CPU, by kind of query and for all. Exits with 1 where the 95th percentile of all is above ``MILLISECONDS``.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.divisions import gazetteer
from corpus.region_groups import group_named
from corpus.store import Corpus
from graph.families.indicator import IndicatorFamily
from graph.families.units import ComparableValue
from graph.queries.fact_table import FILE, FactQuery, FactTable, fact_table

MILLISECONDS = 50
"""The 95th percentile that a query may take at a million figures."""
SHIFT = 1_000_000_000
"""What is added to the numbers of facts and documents of one copy."""
COLUMNS = 15


def enlarge(library: Path, folder: Path, rows: int, seed: int) -> FactTable:
    """Make a table of ``rows`` figures out of that of a library, in a folder of its own."""
    with Corpus.open(library, create=False, read_only=True) as corpus:
        figures = fact_table(corpus).select(FactQuery())
    if not figures:
        raise SystemExit("库里没有指标。")
    with Corpus.open(folder):
        pass
    large = fact_table(Corpus.open(folder))
    draw = random.Random(seed)
    codes = [division.code for division in gazetteer().by_code.values() if division.level in ("省", "市州", "县")]
    known = {figure.family.concept for figure in figures if figure.family.known and _is_known(figure.family.concept)}

    def copies() -> Iterator[tuple[Any, ...]]:
        made = 0
        copy = 0
        while True:
            moved: dict[int, str] = {}
            for figure in figures:
                if made == rows:
                    return
                place = figure.place if copy == 0 else moved.setdefault(figure.document, draw.choice(codes))
                concept = figure.family.concept
                value = figure.value or ComparableValue(0.0, 0.0, "")
                yield (
                    figure.fact + copy * SHIFT, figure.document + copy * SHIFT, place,
                    concept if copy == 0 or concept in known else f"{concept}{copy}", figure.family.dimension, figure.kind,
                    figure.year, int(figure.reckoned), value.low, value.high, value.unit, figure.comparator, None, figure.issued,
                    figure.start,
                )  # fmt: skip
                made += 1
            copy += 1

    database = sqlite3.connect(folder / "cache" / FILE)
    with database:
        database.executemany(f"INSERT OR REPLACE INTO figures VALUES (?{',?' * (COLUMNS - 1)})", copies())
    database.execute("ANALYZE")
    database.close()
    return large


def _is_known(concept: str) -> bool:
    from graph.families.indicator import family_of

    return family_of(concept, None).known


def queries(table: FactTable, count: int, seed: int) -> Iterator[tuple[str, FactQuery]]:
    """What is asked, drawn by how often an indicator occurs."""
    draw = random.Random(seed)
    drawn = draw.choices(table.select(FactQuery(documents=None, kinds=("target", "achieved"), year=2026)) or [], k=count)
    group = group_named("31个省")
    assert group is not None
    provinces = tuple(place.code for place in group.members)
    for figure in drawn:
        family = IndicatorFamily(figure.family.concept, figure.family.dimension)
        unit = figure.value.unit if figure.value else None
        middle = figure.value.order if figure.value else 0.0
        yield "31 个省", FactQuery(family, any_dimension=True, places=provinces)
        yield "一年一类", FactQuery(family, kinds=("target",), year=2026)
        yield "一地历年", FactQuery(family, any_dimension=True, places=(figure.place,))
        yield "多少以上", FactQuery(family, kinds=("target", "achieved"), least=middle, unit=unit, places=provinces)
        yield "一省之内", FactQuery(family, places=(draw.choice(provinces),), below=True)


def _measure(asked: Callable[[], object]) -> float:
    started = time.process_time()
    asked()
    return 1000 * (time.process_time() - started)


def _summary(took: list[float]) -> dict[str, float]:
    ordered = sorted(took)
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 2),
        "max": round(ordered[-1], 2),
    }


def main() -> int:
    """Measure and print; 1 where it takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = enlarge(options.library, Path(folder), options.rows, options.seed)
        by_kind: dict[str, list[float]] = {}
        for kind, query in queries(table, max(1, options.queries // 5), options.seed):
            by_kind.setdefault(kind, []).append(_measure(lambda asked=query: table.select(asked)))  # type: ignore[misc]
        size = (Path(folder) / "cache" / FILE).stat().st_size / 1e6
    every = _summary([took for took_of in by_kind.values() for took in took_of])
    told = {kind: _summary(took) for kind, took in by_kind.items()}
    print(json.dumps({"rows": options.rows, "megabytes": round(size), "all": every, **told}, ensure_ascii=False))
    return int(every["p95"] > MILLISECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
