"""Growth of the policy graph: what extraction, storing, building, updating and asking cost from 100 documents to all of a folder.

    graph.py FOLDER [--sizes 100,400,1000,2375]

Every line is a library of its own: documents, facts, seconds of CPU for reading, extraction and storing, for building the graph and
for taking one changed document into it, milliseconds for the tasks of the unit with the most, and the peak memory of its process.
The last column is seconds a document for extraction and graph: where growth is linear it does not rise.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.errors import PolicyError
from corpus.store import Corpus
from graph import network, queries
from graph.extract import extract
from graph.rows import to_rows
from ingest.reader import read

_BATCH = 100
_HEAD = ("文档", "事实", "读取s", "抽取s", "入库s", "建图s", "更新s", "节点", "边", "清单ms", "内存MB", "每份s")


def files(folder: Path) -> list[Path]:
    """The texts of a folder in a fixed random order."""
    found = sorted(path for path in folder.rglob("*.txt") if "_raw" not in path.parts)
    random.Random(2).shuffle(found)
    return found


def measure(paths: list[Path], folder: Path) -> dict[str, Any]:
    """One library of some files: seconds of CPU by stage, the size of the graph, and peak memory."""
    spent = dict.fromkeys(("read", "extract", "store"), 0.0)
    documents = facts = 0
    with Corpus.open(folder) as corpus:
        for start in range(0, len(paths), _BATCH):
            with corpus.transaction():
                for path in paths[start : start + _BATCH]:
                    begun = time.process_time()
                    data = path.read_bytes()
                    try:
                        doc = read(data, str(path))
                    except PolicyError:
                        continue
                    parsed = time.process_time()
                    rows = to_rows(doc, extract(doc))
                    extracted = time.process_time()
                    corpus.put(doc, original=data, passages=[], facts=rows)
                    spent["read"] += parsed - begun
                    spent["extract"] += extracted - parsed
                    spent["store"] += time.process_time() - extracted
                    documents, facts = documents + 1, facts + len(rows)
        begun = time.process_time()
        graph = network.build(corpus)
        built = time.process_time() - begun
        first = corpus.infos()[0]
        corpus.remove(first.row)
        begun = time.process_time()
        network.update(graph, corpus)
        updated = time.process_time() - begun
        counts = [count.name for count in queries.units(corpus)[:1]]
        asked = [_milliseconds(corpus, name) for name in counts for _ in range(3)]
        nodes, edges = graph.number_of_nodes(), graph.number_of_edges()
    return {
        "documents": documents, "facts": facts, **spent, "build": built, "update": updated, "nodes": nodes, "edges": edges,
        "query": min(asked, default=0.0), "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "each": (spent["extract"] + built) / max(1, documents),
    }  # fmt: skip


def _milliseconds(corpus: Corpus, unit: str) -> float:
    begun = time.process_time()
    queries.tasks(corpus, unit=unit)
    return 1000 * (time.process_time() - begun)


def main() -> None:
    """Measure each size in a process of its own, so that memory is its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="100,400,1000,2375")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one is not None:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(files(args.folder)[: args.one], Path(folder))))
        return
    print("\t".join(_HEAD))
    for size in map(int, args.sizes.split(",")):
        command = [sys.executable, __file__, str(args.folder), "--one", str(size)]
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print("\t".join(f"{value:.3f}" if isinstance(value, float) else str(value) for value in result.values()), flush=True)


if __name__ == "__main__":
    main()
