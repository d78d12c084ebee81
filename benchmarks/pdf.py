"""PDF beside other readers: ``python benchmarks/pdf.py [--shared DIR] [--laws N]`` prints pages a CPU second, ratios, agreement.

Ours makes lines, paragraphs, tables, places and warnings; pdfium (the fastest engine, through pypdfium2) and pdfplumber give
the characters of each page, pdfplumber also the tables it finds by itself. CPU seconds are counted, not the clock, so that
other work on the machine does not count. Agreement is the share of our characters (white space aside) that the other gives
too: in the same order, and in any order. What only the other gives are headers, footers and page numbers, which we take out.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

Texts = dict[str, str]


def ours(data: bytes, name: str) -> str:
    from corpus.errors import RefusedInput
    from ingest.reader import read_raw

    try:
        return read_raw(data, name).text
    except RefusedInput:
        return ""


def by_pdfium(data: bytes, name: str) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    out = []
    for page in document:
        text = page.get_textpage()
        out.append(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return "\n".join(out)


def by_pdfplumber(data: bytes, name: str, *, tables: bool = False) -> str:
    import pdfplumber

    out = []
    with pdfplumber.open(BytesIO(data)) as document:
        for page in document.pages:
            out.append(page.extract_text() or "")
            if tables:
                page.extract_tables()
            page.close()
    return "\n".join(out)


def packed(text: str) -> str:
    import unicodedata

    return "".join(unicodedata.normalize("NFKC", text).replace("|", "").split())


def agreement(texts: Texts, others: Texts) -> tuple[float, float]:
    """In order, and as a bag of characters, over the files both give text for."""
    from collections import Counter

    from rapidfuzz.distance import Levenshtein

    edits = length = shared = 0
    for name, text in texts.items():
        a, b = packed(text), packed(others[name])
        if not a or not b:
            continue
        edits += Levenshtein.distance(a, b, weights=(0, 1, 1))
        shared += sum((Counter(a) & Counter(b)).values())
        length += len(a)
    return 1 - edits / max(1, length), shared / max(1, length)


def run(read: Callable[[bytes, str], str], files: list[tuple[bytes, str]]) -> tuple[Texts, float]:
    read(*files[0])
    start = time.process_time()
    texts = {name: read(data, name) for data, name in files}
    return texts, time.process_time() - start


def main() -> None:
    import pypdfium2

    here = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("CEMAI_SHARED", here.parent / "shared")))
    parser.add_argument("--laws", type=int, default=8, help="how many of the laws to read beside the other files")
    options = parser.parse_args()
    corpus = options.shared / "corpus"
    if not (corpus / "pdf").is_dir():
        print(f"没有 {corpus}/pdf：请用 --shared 指定共享资料文件夹")
        sys.exit(2)
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    sets = {
        "pdf": sorted((corpus / "pdf").glob("*.pdf")),
        "pdf_laws": sorted((corpus / "pdf_laws").glob("*.pdf"))[: options.laws],
    }
    readers: dict[str, Callable[[bytes, str], str]] = {
        "ours (lines, tables, places)": ours,
        "pypdfium2 (characters)": by_pdfium,
        "pdfplumber (characters)": by_pdfplumber,
        "pdfplumber (and tables)": lambda data, name: by_pdfplumber(data, name, tables=True),
    }
    for title, paths in sets.items():
        files = [(path.read_bytes(), path.name) for path in paths]
        pages = 0
        for data, _ in files:
            document = pypdfium2.PdfDocument(data)
            pages += len(document)
            document.close()
        print(f"{title}: {len(files)} files, {pages} pages")
        print(f"  {'':<30}{'pages/CPU s':>12}{'ours ×':>9}{'in order':>10}{'as a bag':>10}")
        mine: tuple[Texts, float] | None = None
        for name, read in readers.items():
            texts, seconds = run(read, files)
            mine = mine or (texts, seconds)
            ordered, bag = agreement(mine[0], texts)
            print(f"  {name:<30}{pages / seconds:>12.1f}{seconds / mine[1]:>9.2f}{ordered:>10.2%}{bag:>10.2%}")


if __name__ == "__main__":
    main()
