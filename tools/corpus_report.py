"""Every document of the shared manifest in one run: how much of it is read, what is refused and why, how surely it is dated and placed.

``python tools/corpus_report.py [--shared DIR] [--only FOLDER]`` reads the files as ``cemai ingest`` does (one reader, parsers in a
child process) and prints counts, warnings by code, processor time and peak memory. It exits with 1 where a document breaks the
reader or its zones leave a character out. ``--pages`` checks instead the saved government pages against their own index tables:
the table is withheld, and what the reader finds in the text alone is compared with what the table says.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if TYPE_CHECKING:
    from corpus.document import ParsedDocument
    from ingest.headmatter.labels import Labelled

FIELDS = (
    "title",
    "issuers",
    "doc_number",
    "index_number",
    "issued_on",
    "published_on",
    "region",
    "status",
    "kind",
    "plan_period",
)
PAGES = ("guangzhou_html", "beijing_html", "state_council_html")


def listed(corpus: Path, only: str | None) -> list[Path]:
    with (corpus / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        names = [row["file"] for row in csv.DictReader(file, delimiter="\t")]
    return [corpus / name for name in names if only is None or name.startswith(only)]


def partitioned(doc: ParsedDocument) -> bool:
    """Whether every character of the text is in exactly one zone."""
    at = 0
    for zone in doc.zones:
        if zone.span.start != at:
            return False
        at = zone.span.end
    return at == len(doc.text)


def report(paths: list[Path]) -> int:
    from corpus.errors import RefusedInput
    from ingest.files import gather
    from ingest.worker import SafeReader

    present: Counter[str] = Counter()
    inferred: Counter[str] = Counter()
    warnings: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    faults: list[str] = []
    started = time.perf_counter()
    inputs = gather([path for path in paths if path.exists()])
    missing = [path.name for path in paths if not path.exists()]
    refused = [(refusal.source, refusal.reason, refusal.message) for refusal in inputs.refused]
    with SafeReader() as reader:
        for item in inputs:
            try:
                doc = reader.read(item.read(), item.source)
            except RefusedInput as refusal:
                refused.append((item.source, refusal.reason, refusal.message))
                if refusal.reason in ("broken", "crash"):
                    faults.append(item.source)
                continue
            except Exception as error:  # a defect of ours: reported, and the run goes on
                faults.append(f"{item.source}: {type(error).__name__} {error}")
                continue
            if not partitioned(doc):
                faults.append(f"{item.source}: zones")
            for field in FIELDS:
                if getattr(doc.head, field):
                    present[field] += 1
                    inferred[field] += field in doc.head.inferred
            totals["documents"] += 1
            totals["characters"] += len(doc.text)
            totals["sections"] += sum(section.kind in ("heading", "item") for section in doc.outline)
            totals["with sections"] += any(section.kind == "heading" for section in doc.outline)
            totals["attached documents"] += len(doc.attached)
            totals["with attached documents"] += bool(doc.attached)
            totals["tables"] += len(doc.tables)
            totals["references"] += len(doc.head.based_on)
            warnings.update({issue.code for issue in doc.issues})
    print(f"{len(paths)} in the manifest, {totals['documents']} read, {len(refused)} refused, {len(missing)} missing")
    for source, reason, message in refused:
        print(f"  refused ({reason}) {source}: {message}")
    print("\nhead matter          documents   of these inferred")
    for field in FIELDS:
        print(f"  {field:<18}{present[field]:>10}{inferred[field]:>20}")
    print()
    for name, number in totals.items():
        print(f"  {name:<26}{number:>12,}")
    print("\nwarnings: documents with at least one, by code")
    for code, number in warnings.most_common():
        print(f"  {code:<26}{number:>6}")
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"\n{time.perf_counter() - started:.0f} s by the clock", end="; ")
    print(
        f"processor {own.ru_utime + own.ru_stime:.0f} s here, {children.ru_utime + children.ru_stime:.0f} s in the child",
        end="; ",
    )
    print(f"peak memory {own.ru_maxrss >> 10} MB here, {children.ru_maxrss >> 10} MB in the child")
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults or missing else 0


def table_values(text: str, labelled: list[Labelled]) -> Iterator[tuple[str, str]]:
    """What an index table says, as (field, value) in the form the reader gives it."""
    from ingest.lines.dates import find_dates
    from ingest.lines.organs import DOC_NUMBER

    for entry in labelled:
        value = entry.value.of(text).strip()
        if entry.field in ("issued_on", "published_on"):
            date = next(find_dates(value, 0, len(value)), None)
            if date:
                yield entry.field, date[0]
        elif entry.field == "doc_number" and (number := DOC_NUMBER.search(value)):
            yield "doc_number", re.sub(r"\s", "", number.group())
        elif entry.field in ("issuer", "title") and value:
            yield {"issuer": "issuers"}.get(entry.field, entry.field), re.sub(r"[\s、]", "", value)


def pages(corpus: Path) -> int:
    """Print, for each folder of saved pages, how often the text alone gives what the page's index table says."""
    from ingest.headmatter.title import read_header
    from ingest.lines.lines import lines_of
    from ingest.reader import read_raw
    from ingest.structure import build

    print(f"{'folder':<20}{'field':<14}{'in a table':>11}{'same':>7}{'silent':>8}{'other':>7}")
    for folder in PAGES:
        counts: dict[str, Counter[str]] = {}
        for path in sorted((corpus / folder).glob("*.htm*")):
            raw = read_raw(path.read_bytes(), path.name)
            header = read_header(raw.text, lines_of(raw.text))
            said: dict[str, str] = {}
            for field, value in table_values(raw.text, header.labelled):
                said.setdefault(field, value)
            if not said:
                continue
            lines = [line for line in lines_of(raw.text) if any(line.span.overlaps(e.value) for e in header.labelled)]
            bare = replace(raw, fields={}, field_spans={}, boilerplate=(*raw.boilerplate, *(line.span for line in lines)))
            head = build(bare, id="page", source="page.html", sha256="").head
            for field, value in said.items():
                found = getattr(head, field)
                text = re.sub(r"[\s、]", "", "".join(found) if isinstance(found, tuple) else found or "")
                verdict = "same" if text == value else "other" if text else "silent"
                counts.setdefault(field, Counter())[verdict] += 1
                if verdict == "other":
                    print(f"    {path.name[:40]} {field}: table {value[:60]} — text {text[:60]}")
        for field, verdicts in sorted(counts.items()):
            numbers = "".join(f"{verdicts[name]:>{width}}" for name, width in (("same", 7), ("silent", 8), ("other", 7)))
            print(f"{folder:<20}{field:<14}{verdicts.total():>11}{numbers}")
    return 0


def main() -> int:
    here = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("CEMAI_SHARED", here.parent / "shared")))
    parser.add_argument("--only", metavar="FOLDER", help="only the files whose name in the manifest begins so")
    parser.add_argument("--pages", action="store_true", help="compare the saved pages with their index tables")
    options = parser.parse_args()
    corpus = options.shared / "corpus"
    if not (corpus / "manifest.tsv").is_file():
        print(f"没有 {corpus}/manifest.tsv：请用 --shared 指定共享资料文件夹")
        return 2
    return pages(corpus) if options.pages else report(listed(corpus, options.only))


if __name__ == "__main__":
    # the reader starts a child that imports this file: nothing may run on import
    raise SystemExit(main())
