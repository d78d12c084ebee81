"""How fast documents are read, and that memory stays flat: ``python benchmarks/ingest.py [--shared DIR] [--part text|pdf|memory]``.

``text``: MB/s of decoding, of reading with structure (``ingest.reader``), of cutting into passages and of cutting passages into
words; by CPU time, which says more than the clock on a machine that is busy with other work. ``pdf``: pages a second beside plain
pdfplumber (text, and text with tables) and plain pdfium, which read no structure, so that the price of ours can be seen.
``memory``: every document of the corpus through the worker as an import does it; resident memory of this process and of the
worker every 500 documents.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections import Counter
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


def main() -> None:
    here = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("CEMAI_SHARED", here.parent / "shared")))
    parser.add_argument("--part", choices=("text", "pdf", "memory"), action="append")
    arguments = parser.parse_args()
    corpus = arguments.shared / "corpus"
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    for name, part in (("text", text_rates), ("pdf", pdf_rates), ("memory", memory)):
        if not arguments.part or name in arguments.part:
            part(corpus)


if __name__ == "__main__":
    main()
