"""What is searched and what is asked: the sets, and distractors from elsewhere."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tools.arena.measures import FoundSpan
from tools.retrieval_set import records, relevant

SETS = ("ncp", "govmsg", "stard")
ENOUGH = 50_000
"""Distractors a set should be searched among."""
SHARED = 40
"""Characters on end that a distractor may not have in common with a document that answers a question."""
PIECE = 70, 140
"""Least and most characters of a distractor made of paragraphs: as long as an article of a law is on average."""


class Document(NamedTuple):
    """A document of a set or a distractor."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of a set, what answers it, and where the answer stands if that is known."""

    texts: dict[str, str]
    relevant: dict[str, set[str]]
    spans: dict[str, FoundSpan]
    drawn: tuple[str, ...]


def read_documents(folder: Path) -> list[Document]:
    """The documents of a set."""
    return [Document(d["_id"], d.get("title") or "", d["text"]) for d in records(folder / "corpus.jsonl")]


def read_questions(folder: Path, count: int | None) -> Questions:
    """The questions of a set that have an answer; ``count`` of them at random, the same ones every time."""
    answers = relevant(folder)
    texts = {q["_id"]: q["text"] for q in records(folder / "queries.jsonl") if q["_id"] in answers}
    spans = {}
    if (folder / "answers.jsonl").exists():
        spans = {a["_id"]: FoundSpan(a["doc"], a["start"], a["end"]) for a in records(folder / "answers.jsonl")}
    drawn = list(texts)
    if count is not None and count < len(drawn):
        chosen = set(random.Random(1).sample(drawn, count))
        drawn = [name for name in drawn if name in chosen]
    return Questions(texts, answers, spans, tuple(drawn))


def pieces(folder: Path) -> Iterator[Document]:
    """Paragraphs of text files as documents: lines taken together until they are long enough, cut where they are too long.

    Texts of laws are left out: they are the articles of stard once more.
    """
    seen: set[str] = set()
    number = 0
    for path in sorted(folder.rglob("*.txt")):
        inside = path.relative_to(folder).parts[:-1]
        if any(part.startswith("_") or "laws" in part for part in inside):
            continue
        held = ""
        for line in [*path.read_text(encoding="utf-8", errors="replace").splitlines(), None]:
            held += (line or "").strip()
            while len(held) >= PIECE[0] or (line is None and held):
                end = PIECE[1] if len(held) > PIECE[1] else len(held)
                if end < len(held):  # at the end of a sentence, if there is one
                    end = max(held.rfind(mark, PIECE[0], end) for mark in "。；") + 1 or end
                piece, held = held[:end], held[end:]
                if piece not in seen:
                    seen.add(piece)
                    yield Document(f"text{number:06d}", path.stem, piece)
                    number += 1


def windows(text: str) -> Iterator[int]:
    """A number for every ``SHARED`` characters on end of a text."""
    plain = re.sub(r"\s", "", text)
    return (hash(plain[i : i + SHARED]) for i in range(len(plain) - SHARED + 1))


def choose_distractors(pool: Iterable[Document], answering: Iterable[Document], count: int | None) -> list[Document]:
    """Distractors that do not hold a long part of a document that answers a question; ``count`` of them, or all."""
    known = {number for document in answering for number in windows(document.text)}
    clean = [document for document in pool if known.isdisjoint(windows(document.text))]
    return clean if count is None or count >= len(clean) else random.Random(1).sample(clean, count)


def collections(sets: Path, name: str, texts: Path, count: int | None) -> Iterator[tuple[list[Document], int]]:
    """The documents of a set alone, then among distractors."""
    own = read_documents(sets / name)
    yield own, 0
    if count == 0:
        return
    pool = [d for other in SETS if other != name and (sets / other).is_dir() for d in read_documents(sets / other)]
    if len(pool) < ENOUGH and texts.is_dir():
        pool += pieces(texts)
    answering = {document for some in relevant(sets / name).values() for document in some}
    added = choose_distractors(pool, (d for d in own if d.id in answering), count)
    print(f"{name}: {len(added):,} distractors of {len(pool):,}", file=sys.stderr, flush=True)
    if added:
        yield sorted(own + added), len(added)


def seen_in_training(sets: Path, folder: Path, names: Sequence[str]) -> dict[str, int]:
    """How many questions of each set stand word for word among the training pairs of the models."""
    known = {
        text.strip() for path in sorted(folder.glob("*.jsonl")) for pair in records(path)
        for text in pair.values() if isinstance(text, str)
    }  # fmt: skip
    return {name: sum(q["text"].strip() in known for q in records(sets / name / "queries.jsonl")) for name in names}
