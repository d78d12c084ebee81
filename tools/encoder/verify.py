"""Check the encoder step by step: trimmed against whole vocabulary, run-time files against floats, a text alone against among others.

    python -m tools.encoder.verify WHOLE TRIMMED PACKED TEXTS... [--many 100]

WHOLE and TRIMMED are the untrained checkpoints, PACKED run-time files made from TRIMMED; TEXTS are folders whose lines are cut, best
such as the vocabulary was not counted on. Questions are looked at beside passages, for the pieces of their prefix can be missing where
every passage is cut as before.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Any

import numpy as np

from index.neural.encoder import ItemEncoder
from index.neural.tokenization import PREFIXES, QUERY
from tools.encoder.checkpoint import Checkpoint
from tools.encoder.model import Cutter, Encoder, encode
from tools.encoder.texts import read_texts

LONGEST = 512
CHARACTERS = 300


def sample_lines(folders: list[Path], many: int) -> tuple[list[str], list[str]]:
    """Short lines as questions and long ones as passages, drawn once."""
    lines = [line.strip() for folder in folders for text in read_texts(folder) for line in text.split("\n")]
    draw = random.Random(3)
    short = [line for line in dict.fromkeys(lines) if 8 <= len(line) <= 40]
    long = [line[:CHARACTERS] for line in dict.fromkeys(lines) if len(line) > 60]
    return draw.sample(short, min(many, len(short))), draw.sample(long, min(many, len(long)))


def _spell(checkpoint: Checkpoint, rows: list[list[int]]) -> list[list[str]]:
    return [[checkpoint.pieces[i][0] for i in row] for row in rows]


def _cosines(one: Any, other: Any) -> str:
    values = (one * other).sum(axis=1)
    return f"mean {values.mean():.5f}, least {values.min():.5f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("whole", type=Path)
    parser.add_argument("trimmed", type=Path)
    parser.add_argument("packed", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--many", type=int, default=100)
    args = parser.parse_args()
    whole, trimmed = Checkpoint.load(args.whole), Checkpoint.load(args.trimmed)
    cutters = Cutter(whole), Cutter(trimmed)
    models = Encoder(whole), Encoder(trimmed)
    packed = ItemEncoder(args.packed)
    for prefix, texts in zip(PREFIXES, sample_lines(args.texts, args.many), strict=True):
        spelled = [
            _spell(checkpoint, cutter.ids(prefix, texts, LONGEST))
            for checkpoint, cutter in zip((whole, trimmed), cutters, strict=True)
        ]
        same = sum(one == other for one, other in zip(*spelled, strict=True))
        tokens = sum(map(len, spelled[0]))
        changed = sum(len(set(one) - set(other)) for one, other in zip(*spelled, strict=True))
        unknown = [sum(row.count(checkpoint.pieces[checkpoint.config.unknown][0]) for row in rows)
                   for checkpoint, rows in zip((whole, trimmed), spelled, strict=True)]  # fmt: skip
        print(f"{prefix!r}: {same} of {len(texts)} texts cut alike, {changed} of {tokens} tokens lost, unknown {unknown}")
        vectors = [encode(model, cutter, prefix, texts) for model, cutter in zip(models, cutters, strict=True)]
        encoding = packed.encode_queries if prefix == QUERY else packed.encode_passages
        together = encoding(texts)
        alone = np.concatenate([encoding([text]) for text in texts])
        print(f"  trimmed against whole: {_cosines(*vectors)}")
        print(f"  packed against floats: {_cosines(vectors[1], together)}")
        print(f"  alone against together: largest difference {np.abs(alone - together).max():.1e}")


if __name__ == "__main__":
    main()
