"""Score statuses 时效 against situations: small libraries of a few files each, a document and a day.

    eval_status.py SITUATIONS.jsonl --files DIR --made DIR [--only odd|even] [--failures]

A line names ``files`` (below --files), ``made`` (below --made), ``document``, ``as_of``, ``status`` (and others to ``accept``),
``quote`` (words, or file with start and end words, or null), ``expires_on``, ``effective_on`` and ``replaced_by``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import sys
import tempfile
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.document import ParsedDocument
from corpus.folding import fold
from corpus.store import Corpus
from ingest.reader import read

Situation = dict[str, Any]
PARTS = ("status", "quote", "expires_on", "effective_on", "replaced_by")
_MARKS = re.compile(r"[\W_]+")


@lru_cache(maxsize=512)
def parsed(path: Path) -> tuple[ParsedDocument, bytes]:
    data = path.read_bytes()
    return read(data, path.name), data


def build(folder: Path, paths: dict[str, Path]) -> tuple[Corpus, dict[str, int]]:
    """A library of some files, and the row of each."""
    corpus = Corpus.open(folder)
    rows: dict[str, int] = {}
    for name, path in paths.items():
        doc, data = parsed(path)
        rows[name] = corpus.put(doc, original=data, passages=(), facts=(), origin=str(path))
    return corpus, rows


def judge(corpus: Corpus, row: int, day: dt.date) -> dict[str, Any]:
    """What the program says of a document on a day."""
    from graph.documents.status import statuses

    found = statuses(corpus, day)[row]
    quote = found.evidence.quote if found.evidence else None
    return {
        "status": found.status, "reason": found.reason, "quote": quote, "expires_on": found.expires_on,
        "effective_on": found.effective_on, "replaced_by": list(found.replaced_by),
    }  # fmt: skip


def flat(text: str) -> str:
    return _MARKS.sub("", fold(text))


def wanted_quote(situation: Situation, texts: dict[str, str]) -> str | None:
    quote = situation["quote"]
    if quote is None or isinstance(quote, str):
        return flat(quote) if quote else None
    text, first, last = (flat(part) for part in (texts[quote["file"]], quote["start_words"], quote["end_words"]))
    at = text.find(first)
    while at >= 0:
        end = text.find(last, at)
        if 0 <= end - at < 250:
            return text[at : end + len(last)]
        at = text.find(first, at + 1)
    return first


def same_words(one: str | None, other: str | None) -> bool:
    """Whether one quote holds the other, or the longest stretch they share is most of the shorter one."""
    if not one or not other:
        return not one and not other
    small, large = sorted((one, other), key=len)
    need = max(4, int(0.6 * len(small)))
    return small in large or any(small[i : i + need] in large for i in range(len(small) - need + 1))


def score(situation: Situation, found: dict[str, Any], rows: dict[str, int], texts: dict[str, str]) -> dict[str, bool]:
    """Which parts are right; a part that the situation does not name is not scored."""
    marks = {"status": found["status"] in (situation["status"], *situation.get("accept", ()))}
    if situation["quote"] is not None:
        marks["quote"] = same_words(flat(found["quote"] or ""), wanted_quote(situation, texts))
    for name in ("expires_on", "effective_on"):
        if situation.get(name):
            marks[name] = found[name] == situation[name]
    if situation.get("replaced_by"):
        marks["replaced_by"] = rows[situation["replaced_by"]] in found["replaced_by"]
    return marks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("situations", type=Path)
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--made", type=Path, required=True)
    parser.add_argument("--only", choices=("odd", "even"), help="by position, counted from one")
    parser.add_argument("--failures", action="store_true")
    args = parser.parse_args()
    right, asked, whole, kinds = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for position, line in enumerate(args.situations.read_text(encoding="utf-8").splitlines(), 1):
        if args.only and position % 2 != (args.only == "odd"):
            continue
        situation = json.loads(line)
        paths = {name: args.files / name for name in situation["files"]}
        paths |= {f"made/{name}": args.made / name for name in situation["made"]}
        with tempfile.TemporaryDirectory() as folder:
            corpus, rows = build(Path(folder), paths)
            found = judge(corpus, rows[situation["document"]], dt.date.fromisoformat(situation["as_of"]))
            marks = score(situation, found, rows, {name: corpus.text(row) for name, row in rows.items()})
            corpus.close()
        asked.update(marks.keys())
        right.update(name for name, good in marks.items() if good)
        telling = all(good for name, good in marks.items() if name != "effective_on")
        kinds[situation["kind"]] += 1
        whole[situation["kind"]] += telling
        if args.failures and not all(marks.values()):
            wrong = [name for name, good in marks.items() if not good]
            print(situation["id"], situation["kind"], "wrong:", *wrong)
            print(
                "   wanted",
                json.dumps({k: situation.get(k) for k in (*PARTS, "reason", "as_of", "document")}, ensure_ascii=False),
            )
            print("   found ", json.dumps(found, ensure_ascii=False))
    for name in PARTS:
        if asked[name]:
            print(f"{name:14} {right[name]:4} / {asked[name]:4} = {right[name] / asked[name]:.3f}")
    total = kinds.total()
    print(f"{'all of them':14} {whole.total():4} / {total:4} = {whole.total() / total:.3f}  (but effective_on)")
    print("  ".join(f"{kind} {whole[kind]}/{kinds[kind]}" for kind in sorted(kinds)))


if __name__ == "__main__":
    main()
