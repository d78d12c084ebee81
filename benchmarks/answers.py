"""How fast answers come, and whether every number, date and unit in them stands in a quote.

    answers.py FOLDER [FOLDER …] [--library DIR] [--questions 200] [--seed 1] [--profile] [--property]

Takes the files into a library (a temporary one unless ``--library`` names where to keep it; one that is there is used as it is),
makes questions of its own headings, tasks, indicators and units, and prints one JSON line: p50, p95 and the slowest answer in
milliseconds, the first one with everything cold, and the peak of memory. ``--property`` checks the answers instead, by a reading
of its own, and prints what is unsupported; ``--profile`` prints where the time goes.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cemai.library import Library
from corpus.divisions import gazetteer
from corpus.document import HeadMatter
from graph.codec.records import TargetRecord, TaskRecord
from qa.answer import Answer

_number = re.compile(r"\d+(?:\.\d+)?")
_own_count = re.compile(r"(?:共|是) \d{1,5} (?=项|家)|(?:读了|，|；) ?\d{1,5} 个(?=地区|写到|可能相关)|^\d{1,3}\. ", re.MULTILINE)
"""How many things an answer lists, and the numbers of its rows: counted by the program, in no quote."""
_date = re.compile(r"(?:19|20)\d\d年(?:\d{1,2}月(?:\d{1,2}日)?)?")


def questions(library: Library, count: int, seed: int) -> list[str]:
    """Questions made of what the library holds: half of headings, the rest of tasks, indicators and units."""
    draw = random.Random(seed)
    infos = library.documents()
    out: list[str] = []
    kinds = ("heading", "task", "heading", "indicator", "heading", "unit")
    tasks, targets, units = library.corpus.facts(TaskRecord), library.corpus.facts(TargetRecord), library.units()
    regions = {info.row: info.head.region for info in infos}
    while infos and len(out) < count:
        kind = kinds[len(out) % len(kinds)]
        if kind == "task" and tasks:
            task = draw.choice(tasks).value
            out.append(f"{task.region or ''}{task.name[:40]}由哪些单位负责？")
        elif kind == "indicator" and targets:
            target = draw.choice(targets).value
            out.append(f"{target.region or ''}{target.indicator[:40]}的目标是多少？")
        elif kind == "unit" and units:
            out.append(f"{draw.choice(units)[0]}负责哪些任务？")
        else:
            info = draw.choice(infos)
            headings = [s.heading for s in library.corpus.document(info.row).outline if s.number and 4 <= len(s.heading) <= 40]
            if headings:
                form = draw.choice(("{0}{1}有哪些要求？", "{0}怎样{1}？", "{1}有什么规定？", "{0}是否{1}？"))
                out.append(form.format(regions[info.row] or "", draw.choice(headings)))
            else:
                out.append(f"{info.head.title or info.source}是哪天印发的？")
    return out


def written_names(library: Library) -> dict[str, set[str]]:
    """Each unit of the library with the names it is written by: 甘南州团委 is 团州委 in a paper of 甘南州."""
    names: dict[str, set[str]] = {unit: set() for unit, _ in library.units()}
    for fact in library.corpus.facts(TaskRecord):
        for unit in fact.value.units:
            for key in (unit.canonical, unit.name):
                if key in names:
                    names[key].add(unicodedata.normalize("NFKC", unit.name))
    return names


def unsupported(answer: Answer, library: Library, names: dict[str, set[str]]) -> Iterator[str]:
    """What in an answer stands in none of its quotes: read anew, not by the guard of the program."""
    held = [c.quote for c in answer.citations] + [v for c in answer.citations for v in (c.title, c.doc_number) if v]
    flat = ["".join(unicodedata.normalize("NFKC", text).split()).replace(",", "") for text in held]
    spaced = [unicodedata.normalize("NFKC", text).replace(",", "") for text in held]
    text = unicodedata.normalize("NFKC", answer.answer).replace(",", "")
    numbers = {n for part in (*flat, *spaced) for n in _number.findall(part)}
    for number in _number.findall(_own_count.sub("", text)):
        if number not in numbers:
            yield f"number {number}"
    for date in _date.findall("".join(text.split())):
        if not any(date in part for part in flat):
            yield f"date {date}"
    issuers = [name for c in answer.citations for head in _heads(library, c.source_id) for name in head.issuers]
    headings = [heading for c in answer.citations for heading in c.section_path]
    flat += ["".join(unicodedata.normalize("NFKC", name).split()) for name in (*issuers, *headings)]
    # what a refusal was asked about is said back, and is no claim
    rest = text.replace(answer.question, "")
    asked = unicodedata.normalize("NFKC", answer.question) if answer.status == "not_found" else ""
    for unit in sorted(names, key=len, reverse=True):
        plain = unicodedata.normalize("NFKC", unit)
        # a region at the head of a line says whose document is quoted
        if len(plain) < 3 or plain not in rest or gazetteer().named(plain):
            continue
        rest = rest.replace(plain, "|")
        if (
            plain not in asked
            and not any(name in part for name in (plain, *names[unit]) for part in flat)
            and not _split(plain, flat)
        ):
            yield f"unit {unit}"
    for c in answer.citations:
        row = library.corpus.find(c.source_id).row
        if library.corpus.text(row)[c.start : c.end] != c.quote:
            yield f"quote {c.source_id} {c.start}"


def _heads(library: Library, id: str) -> tuple[HeadMatter, ...]:
    info = library.corpus.find(id)
    return (info.head, *info.attached)


def _split(unit: str, parts: list[str]) -> bool:
    """县市政府 of 县市党委、政府, 市司法局 of 市法院、司法局: head and tail both stand in one quote."""
    if unit[0] in "省市州县区" and any(unit[0] in part and unit[1:] in part for part in parts):
        return True
    return any(unit[:i] in part and unit[i:] in part for part in parts for i in range(2, len(unit) - 1))


def measured(library: Library, asked: list[str]) -> dict[str, Any]:
    begun = time.perf_counter()
    library.ask(asked[0], keep=False)
    cold = 1000 * (time.perf_counter() - begun)
    times: list[tuple[float, str]] = []
    worked: list[float] = []
    statuses: dict[str, int] = {}
    for question in asked[1:]:
        begun, cpu = time.perf_counter(), time.thread_time()
        answer = library.ask(question, keep=False)
        times.append((1000 * (time.perf_counter() - begun), question))
        worked.append(1000 * (time.thread_time() - cpu))
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
    times.sort()
    worked.sort()
    return {
        "documents": len(library.documents()),
        "questions": len(times),
        "p50_ms": round(times[len(times) // 2][0], 1),
        "p95_ms": round(times[int(0.95 * len(times))][0], 1),
        # what the machine would take if nothing else ran on it
        "p50_cpu_ms": round(worked[len(worked) // 2], 1),
        "p95_cpu_ms": round(worked[int(0.95 * len(worked))], 1),
        "slowest_ms": round(times[-1][0], 1),
        "first_ms": round(cold, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "statuses": statuses,
        "slowest": [question for _, question in times[-3:]],
    }


def run(args: argparse.Namespace, folder: Path) -> int:
    with Library.open(folder) as library:
        if not len(library.corpus):
            begun = time.perf_counter()
            report = library.ingest(args.folders)
            print(json.dumps({"ingested": len(report.added), "seconds": round(time.perf_counter() - begun, 1)}), flush=True)
        asked = questions(library, args.questions, args.seed)
        if args.property:
            faults, names = 0, written_names(library)
            for question in asked:
                answer = library.ask(question, keep=False)
                found = list(unsupported(answer, library, names))
                faults += bool(found)
                if found:
                    row = {"question": question, "unsupported": found, "kind": answer.kind, "answer": answer.answer[:300]}
                    print(json.dumps(row, ensure_ascii=False), flush=True)
            print(json.dumps({"questions": len(asked), "with_something_unsupported": faults}))
            return 1 if faults else 0
        if args.profile:
            import cProfile
            import pstats

            library.ask(asked[0], keep=False)
            profile = cProfile.Profile()
            profile.enable()
            for question in asked[1:]:
                library.ask(question, keep=False)
            profile.disable()
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
            return 0
        print(json.dumps(measured(library, asked), ensure_ascii=False))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--library", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--property", action="store_true")
    args = parser.parse_args()
    if args.library:
        return run(args, args.library)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return run(args, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
