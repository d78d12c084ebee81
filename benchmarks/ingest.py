"""How fast documents are read: ``python benchmarks/ingest.py [--shared DIR]`` prints MB/s, pages/s and peak memory.

MB/s is by the clock; beside it stands the rate in CPU seconds, which says more on a machine that is busy with other work.

Text is read through the whole of ``ingest.reader`` (decoding and structure). PDF is also given to plain pdfplumber (text, and
text with tables) and to plain pdfium, which read no structure, so that the price of ours can be seen.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def peak() -> str:
    try:
        import resource
    except ImportError:
        return "–"
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{kilobytes >> (20 if sys.platform == 'darwin' else 10)} MB"


def timed(work: Callable[[], int]) -> tuple[int, float]:
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def main() -> None:
    from corpus.errors import RefusedInput
    from ingest.reader import read, read_raw

    here = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("CEMAI_SHARED", here.parent / "shared")))
    corpus = parser.parse_args().shared / "corpus"
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)

    for folder, count in (("housing_city", 400), ("business_2023", 230)):
        texts = [(p.read_bytes(), p.name) for p in sorted((corpus / folder).rglob("*.txt"))[:count]]
        size = sum(len(data) for data, _ in texts)
        for name, work in (("decoding only", read_raw), ("with structure", read)):
            _, first = timed(lambda work=work, texts=texts: bool(work(*texts[0])))  # type: ignore[misc]
            start = time.process_time()
            _, seconds = timed(lambda work=work, texts=texts: sum(1 for data, source in texts if work(data, source)))  # type: ignore[misc]
            cpu = time.process_time() - start
            rates = f"{size / seconds / 1e6:>9.1f} MB/s, {size / cpu / 1e6:.1f} MB a CPU second"
            print(f"{f'{folder}, {name}':<34}{rates}   first file {first * 1000:.0f} ms   peak {peak()}")

    paths = sorted((corpus / "pdf_laws").glob("*.pdf"))[:8] + sorted((corpus / "pdf").glob("*.pdf"))
    data = [(p.read_bytes(), p.name) for p in paths]

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

        count = 0
        for content, _ in data:
            with pdfplumber.open(BytesIO(content)) as document:
                for page in document.pages:
                    page.extract_text()
                    if tables:
                        page.extract_tables()
                    page.close()
                    count += 1
        return count

    pages, seconds = timed(plain_pdfium)
    print(f"{'pdf, plain pdfium (text)':<34}{pages / seconds:>9.1f} pages/s   peak {peak()}")
    _, seconds = timed(ours)
    print(f"{'pdf, ours (lines, tables, places)':<34}{pages / seconds:>9.1f} pages/s   peak {peak()}")
    for tables in (False, True):
        _, seconds = timed(lambda tables=tables: plain_pdfplumber(tables))  # type: ignore[misc]
        name = f"pdf, plain pdfplumber ({'text and tables' if tables else 'text'})"
        print(f"{name:<34}{pages / seconds:>9.1f} pages/s   peak {peak()}")


if __name__ == "__main__":
    main()
