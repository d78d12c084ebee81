"""Growth of the policy graph: what extraction, storing, building, updating and asking cost from 100 documents to all of a folder.

    graph.py FOLDER [--sizes 100,400,1000,2586]

Every line is a library of its own in a process of its own: documents, facts, seconds of CPU for reading, extraction and storing, for
building the graph, for taking one changed document into it and for the lineage and versions of all documents, milliseconds of CPU
for the tasks of the unit with the most (a department named without its place), with all records decoded, and peak memory.
The last column is seconds a document for all of it: where growth is linear it does not rise. The limits are those of the largest line.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.errors import PolicyError
from corpus.store import Corpus
from graph.codec.rows import to_rows
from graph.documents.status import statuses
from graph.extract import extract
from graph.network import build
from graph.queries.cited import cite_facts
from graph.queries.facts import tasks
from ingest.reader import read

_BATCH = 100
_FORMATS = (".txt", ".html", ".htm", ".docx", ".pdf", ".xlsx")
_HEAD = (
    "文档", "未收", "事实", "读取s", "抽取s", "入库s", "建图s", "更新s", "渊源s", "合计s", "节点", "边", "单位任务", "查询ms", "连记录ms",
    "内存MB", "每份s",
)  # fmt: skip
_DEPARTMENTS = ("财政局", "发展改革委", "市场监管局", "住房城乡建设局", "农业农村局", "教育局")
SECONDS, MEGABYTES, MILLISECONDS = 240, 2048, 20
"""What the whole may cost, and a question for the tasks of one unit."""


def files(folder: Path) -> list[Path]:
    """The documents of a folder in a fixed random order."""
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in _FORMATS and not any(part in ("_raw", "pdf_laws_reference") for part in path.parts)
    )
    random.Random(2).shuffle(found)
    return found


def measure(paths: list[Path], folder: Path) -> dict[str, Any]:
    """One library of some files: seconds of CPU by stage, the size of the graph, and peak memory."""
    spent = dict.fromkeys(("read", "extract", "store"), 0.0)
    documents = refused = count = 0
    with Corpus.open(folder) as corpus:
        for start in range(0, len(paths), _BATCH):
            with corpus.transaction():
                for path in paths[start : start + _BATCH]:
                    begun = time.process_time()
                    data = path.read_bytes()
                    try:
                        doc = read(data, str(path))
                    except PolicyError:
                        refused += 1
                        continue
                    finally:
                        spent["read"] += time.process_time() - begun
                    begun = time.process_time()
                    rows = to_rows(doc, extract(doc))
                    extracted = time.process_time()
                    corpus.put(doc, original=data, passages=[], facts=rows)
                    spent["extract"] += extracted - begun
                    spent["store"] += time.process_time() - extracted
                    documents, count = documents + 1, count + len(rows)
        graph, built = _seconds(lambda: build.build(corpus))
        nodes, edges = graph.number_of_nodes(), graph.number_of_edges()
        corpus.remove(corpus.infos()[0].row)
        _, updated = _seconds(lambda: build.update(graph, corpus))
        _, related = _seconds(lambda: statuses(corpus, dt.date.today()))
        unit = max(_DEPARTMENTS, key=lambda name: len(tasks(corpus, unit=name)))
        asked = [_seconds(lambda: tasks(corpus, unit=unit)) for _ in range(9)]
        told = [_seconds(lambda: cite_facts(corpus, tasks(corpus, unit=unit)))[1] for _ in range(5)]
    total = sum(spent.values()) + built + updated + related
    return {
        "documents": documents, "refused": refused, "facts": count, **spent, "build": built, "update": updated, "lineage": related,
        "total": total, "nodes": nodes, "edges": edges, "tasks": len(asked[0][0]),
        "query": 1000 * statistics.median(seconds for _, seconds in asked), "records": 1000 * statistics.median(told),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "each": total / max(1, documents),
    }  # fmt: skip


def _seconds(work: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.process_time()
    value = work()
    return value, time.process_time() - begun


def main() -> None:
    """Measure each size in a process of its own, so that memory is its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="100,400,1000,2586")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one is not None:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(files(args.folder)[: args.one], Path(folder))))
        return
    print("\t".join(_HEAD))
    results = []
    for size in map(int, args.sizes.split(",")):
        command = [sys.executable, __file__, str(args.folder), "--one", str(size)]
        result = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        print("\t".join(f"{value:.3f}" if isinstance(value, float) else str(value) for value in result.values()), flush=True)
        results.append(result)
    first, last = results[0], results[-1]
    print(f"每份文档的用时：最大的库是最小的库的 {last['each'] / first['each']:.2f} 倍（线性增长为 1 左右）。")
    for name, value, limit in (
        ("全部用时（CPU 秒）", last["total"], SECONDS),
        ("内存（MB）", last["memory"], MEGABYTES),
        (f"一个单位 {last['tasks']} 项任务的查询（毫秒）", last["query"], MILLISECONDS),
    ):
        print(f"{name}：{value:.1f}，限 {limit}：{'合格' if value < limit else '超出'}")


if __name__ == "__main__":
    main()
