"""The same laws as PDF and as Word: do both give the same articles in the same order, and how many characters differ?

``python tools/compare_laws.py [--shared DIR]`` prints a row a law and exits with 1 where an order differs or the error rate is
above half a per cent. White space does not count, nor do folded forms of one character (full and half width). "paragraphs" is
the share of the Word file's paragraphs that the PDF gives whole: its lines joined where they were wrapped, and nowhere else.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
import unicodedata
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ARTICLE = re.compile(
    r"^[ \u3000]*(第[一二三四五六七八九十百千零〇]{1,9}条(?:之[一二三四五六七八九十]{1,3})?)(?=[ \u3000【]|[^之、，。（(])", re.M
)
LIMIT = 0.005


def packed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def articles(text: str) -> list[str]:
    return ARTICLE.findall(text)


def paragraphs(text: str) -> Counter[str]:
    return Counter(line for line in map(packed, text.split("\n")) if line)


def main() -> int:
    from rapidfuzz.distance import Levenshtein

    from ingest.reader import read_raw

    here = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("CEMAI_SHARED", here.parent / "shared")))
    parser.add_argument("--show", metavar="LAW", help="print what differs in one law")
    options = parser.parse_args()
    corpus = options.shared / "corpus"
    if not (corpus / "pdf_laws").is_dir():
        print(f"没有 {corpus}/pdf_laws：请用 --shared 指定共享资料文件夹")
        return 2
    print(f"{'law':<24}{'articles':>9}{'order':>7}{'CER pdf/docx':>14}{'CER pdf/ref':>13}{'paragraphs':>12}{'seconds':>9}")
    bad = edits = length = whole = parts = 0
    for path in sorted((corpus / "pdf_laws").glob("*.pdf")):
        if options.show and options.show not in path.stem:
            continue
        start = time.perf_counter()
        pdf = read_raw(path.read_bytes(), path.name).text
        seconds = time.perf_counter() - start
        docx_path = corpus / "docx_laws" / f"{path.stem}.docx"
        docx = read_raw(docx_path.read_bytes(), docx_path.name).text
        reference = (corpus / "pdf_laws_reference" / f"{path.stem}.md").read_text(encoding="utf-8")
        a, b, c = packed(pdf), packed(docx), packed(reference)
        distance = Levenshtein.distance(a, b)
        rate = distance / max(1, len(b))
        other = Levenshtein.distance(a, c) / max(1, len(c))
        same = articles(pdf) == articles(docx)
        edits, length = edits + distance, length + len(b)
        bad += not same or rate > LIMIT
        wanted = paragraphs(docx)
        kept = sum((wanted & paragraphs(pdf)).values())
        whole, parts = whole + kept, parts + sum(wanted.values())
        name = path.stem.removeprefix("中华人民共和国")
        print(
            f"{name:<{24 - len(name)}}{len(articles(docx)):>9}{'same' if same else 'DIFF':>7}{rate:>14.4%}{other:>13.4%}"
            f"{kept / max(1, sum(wanted.values())):>12.2%}{seconds:>9.2f}"
        )
        if options.show:
            for step in Levenshtein.opcodes(a, b):
                if step.tag != "equal":
                    print(
                        step.tag, repr(a[step.src_start : step.src_end][:80]), "->", repr(b[step.dest_start : step.dest_end][:80])
                    )
            left, right = articles(pdf), articles(docx)
            print(
                "only in pdf", [x for x in left if x not in right][:20], "only in docx", [x for x in right if x not in left][:20]
            )
    print(f"all laws: CER {edits / max(1, length):.4%}, {whole} of {parts} paragraphs whole, {bad} over the limit")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
