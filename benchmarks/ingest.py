"""How fast documents are read and stored, and that memory stays flat.

    ingest.py [--shared DIR] [--part text|pdf|memory|whole] [--files N] [--records N] [--beside DIR]

``text``: MB/s of decoding, of reading with structure (``ingest.reader``), of cutting into passages and of cutting passages into
words; by CPU time, which says more than the clock on a machine that is busy with other work. ``pdf``: pages a second beside plain
pdfplumber (text, and text with tables) and plain pdfium, which read no structure, so that the price of ours can be seen.
``memory``: every document of the corpus through the worker as an import does it; resident memory of this process and of the
worker every 500 documents. ``whole``: documents a second over the whole path, from the file to the first search, of files of all
formats and of a file of records; each import is a process of its own, with all its helpers counted. With ``--beside`` the program
in another folder (an earlier state of this one) imports the same in turn, and the last column says how many times faster this is.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

FOLDERS = (("housing_city", 600), ("business_2023", 230), ("work_reports", 45), ("guangzhou_txt", 36), ("beijing_2026", 65))
EVERY = 500


def resident(pid: int | str = "self") -> int:
    """Resident memory of a process in MB; 0 where the system does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmRSS:")), 0)


def cpu(work: Callable[[], object]) -> tuple[object, float]:
    """What ``work`` returns and the CPU seconds it took."""
    start = time.process_time()
    return work(), time.process_time() - start


def text_rates(corpus: Path) -> None:
    """MB a CPU second for each stage, folder by folder and over all."""
    from index.lexical.tokens import tokenise
    from index.splitter import split
    from ingest.reader import read, read_raw

    sums = [0.0] * 5
    print(
        f"{'MB a CPU second':<16}{'files':>6}{'MB':>7}{'decode':>9}{'structure':>11}{'passages':>10}{'both':>7}{'words':>8}{'all':>7}"
    )

    def row(name: str, count: int, values: list[float]) -> None:
        size, decode, structure, passages, words = values
        rates = (
            size / seconds for seconds in (decode, structure, passages, structure + passages, words, structure + passages + words)
        )
        print(
            f"{name:<16}{count:>6}{size:>7.1f}"
            + "".join(f"{rate:>{w}.1f}" for rate, w in zip(rates, (9, 11, 10, 7, 8, 7), strict=True))
        )

    total = 0
    for folder, count in FOLDERS:
        texts = [(path.read_bytes(), path.name) for path in sorted((corpus / folder).rglob("*.txt"))[:count]]
        if not texts:
            continue
        tokenise(read(*texts[0]).text)  # dictionaries are loaded outside the measurement
        values = [sum(len(data) for data, _ in texts) / 1e6, 0.0, 0.0, 0.0, 0.0]
        for data, source in texts:
            values[1] += cpu(lambda data=data, source=source: read_raw(data, source))[1]  # type: ignore[misc]
            start = time.process_time()
            doc = read(data, source)
            values[2] += (then := time.process_time()) - start
            passages = split(doc)
            values[3] += (now := time.process_time()) - then
            for passage in passages:
                tokenise(passage.span.of(doc.text))
            values[4] += time.process_time() - now
        row(folder, len(texts), values)
        sums = [a + b for a, b in zip(sums, values, strict=True)]
        total += len(texts)
    row("all", total, sums)


def pdf_rates(corpus: Path) -> None:
    """Pages a CPU second, ours beside the plain engines."""
    from corpus.errors import RefusedInput
    from ingest.reader import read_raw

    paths = sorted((corpus / "pdf_laws").glob("*.pdf"))[:8] + sorted((corpus / "pdf").glob("*.pdf"))
    data = [(path.read_bytes(), path.name) for path in paths]

    def ours() -> int:
        for content, name in data:
            try:
                read_raw(content, name)
            except RefusedInput:
                continue
        return 0

    def plain_pdfium() -> int:
        import pypdfium2

        count = 0
        for content, _ in data:
            document = pypdfium2.PdfDocument(content)
            for page in document:
                page.get_textpage().get_text_range()
                page.close()
                count += 1
            document.close()
        return count

    def plain_pdfplumber(tables: bool) -> int:
        from io import BytesIO

        import pdfplumber

        for content, _ in data:
            with pdfplumber.open(BytesIO(content)) as document:
                for page in document.pages:
                    page.extract_text()
                    if tables:
                        page.extract_tables()
                    page.close()
        return 0

    pages, seconds = cpu(plain_pdfium)
    assert isinstance(pages, int)
    print(f"{'pages a CPU second':<44}{pages:>5} pages")
    print(f"{'plain pdfium (text)':<44}{pages / seconds:>9.1f}")
    for name, work in (
        ("ours (lines, tables, places)", ours),
        ("plain pdfplumber (text)", lambda: plain_pdfplumber(False)),
        ("plain pdfplumber (text and tables)", lambda: plain_pdfplumber(True)),
    ):
        print(f"{name:<44}{pages / cpu(work)[1]:>9.1f}")


def documents(corpus: Path) -> Iterator[Path]:
    """The files the manifest names, in its order."""
    lines = (corpus / "manifest.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return (corpus / line.split("\t", 1)[0] for line in lines)


def memory(corpus: Path) -> None:
    """Resident memory along one run over every document of the manifest."""
    from corpus.errors import RefusedInput
    from ingest.worker import SafeReader

    refused: Counter[str] = Counter()
    formats: Counter[str] = Counter()
    started = time.perf_counter()
    count = 0
    print(f"{'documents':>9}{'this process':>15}{'worker':>10}{'seconds':>10}")
    with SafeReader() as reader:
        for count, path in enumerate(documents(corpus), 1):
            try:
                formats[reader.read(path.read_bytes(), path.name).format] += 1
            except RefusedInput as refusal:
                refused[refusal.reason] += 1
            if count % EVERY == 0:
                print(
                    f"{count:>9}{resident():>12} MB{resident(reader.pid) if reader.pid else 0:>7} MB{time.perf_counter() - started:>10.0f}",
                    flush=True,
                )
        print(
            f"{count:>9}{resident():>12} MB{resident(reader.pid) if reader.pid else 0:>7} MB{time.perf_counter() - started:>10.0f}"
        )
    print("read", dict(formats), "refused", dict(refused) or "none")


_IMPORT = """
import sys
from pathlib import Path
from cemai.library import Library
with Library.open(Path(sys.argv[1])) as library:
    report = library.ingest([Path(path) for path in sys.argv[2:]])
print(len(report.added), len(report.refused))
"""


def whole_rates(shared: Path, files: int, records: int, beside: Path | None) -> None:
    """Documents a second, by the clock and by processor time, of files and of records."""
    print(
        f"{'whole path':<24}{'documents':>10}{'refused':>9}{'CPU s':>8}{'a CPU s':>9}{'clock s':>9}{'a second':>10}{'times':>7}"
    )
    own = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as scratch:
        for name, paths in (
            ("files", _some_files(shared / "corpus", Path(scratch) / "files", files)),
            ("records", _some_records(shared / "eval" / "stard" / "corpus.jsonl", Path(scratch) / "records.jsonl", records)),
        ):
            spent: dict[Path, float] = {}
            for program in filter(None, (beside, own)):
                added, refused, cpu_s, clock = _imported(program, Path(scratch) / "library", paths)
                spent[program] = cpu_s
                times = f"{spent[beside] / cpu_s:>7.2f}" if beside is not None and program is own else ""
                row = f"{added:>10}{refused:>9}{cpu_s:>8.1f}{added / cpu_s:>9.1f}{clock:>9.1f}{added / clock:>10.1f}"
                print(f"{name + (' (beside)' if program is beside else ''):<24}{row}{times}", flush=True)


def _some_files(corpus: Path, folder: Path, count: int) -> Path:
    """Copies of real files, as many of each format as the corpus has by its share, in a folder."""
    by_ending: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(corpus.rglob("*")):
        if path.suffix in (".txt", ".html", ".docx", ".pdf"):
            by_ending[path.suffix].append(path)
    draw = random.Random(7)
    shares = {".txt": 0.6, ".html": 0.2, ".docx": 0.12, ".pdf": 0.08}
    for ending, paths in by_ending.items():
        for path in draw.sample(paths, min(len(paths), round(shares[ending] * count))):
            target = folder / path.relative_to(corpus)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return folder


def _some_records(source: Path, target: Path, count: int) -> Path:
    """A file of some records of a larger one."""
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    target.write_text("".join(random.Random(7).sample(lines, min(count, len(lines)))), encoding="utf-8")
    return target


def _imported(program: Path, library: Path, path: Path) -> tuple[int, int, float, float]:
    """Documents added and refused, seconds of processor time and by the clock of one import by the program of a folder."""
    shutil.rmtree(library, ignore_errors=True)
    start, before = time.perf_counter(), os.times()
    ran = subprocess.run(
        [sys.executable, "-c", _IMPORT, str(library), str(path)],
        env={**os.environ, "PYTHONPATH": str(program)}, check=True, capture_output=True, text=True, cwd=library.parent,
    )  # fmt: skip
    after = os.times()
    added, refused = map(int, ran.stdout.split())
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return added, refused, spent, time.perf_counter() - start


def main() -> None:
    here = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("CEMAI_SHARED", here.parent / "shared")))
    parser.add_argument("--part", choices=("text", "pdf", "memory", "whole"), action="append")
    parser.add_argument("--files", type=int, default=400, help="files of the whole path")
    parser.add_argument("--records", type=int, default=8_000, help="records of the whole path")
    parser.add_argument("--beside", type=Path, help="folder of another state of the program")
    arguments = parser.parse_args()
    corpus = arguments.shared / "corpus"
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    for name, part in (("text", text_rates), ("pdf", pdf_rates), ("memory", memory)):
        if not arguments.part or name in arguments.part:
            part(corpus)
    if not arguments.part or "whole" in arguments.part:
        whole_rates(arguments.shared, arguments.files, arguments.records, arguments.beside)


if __name__ == "__main__":
    main()
