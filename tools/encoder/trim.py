"""Keep the pieces of the vocabulary that Chinese official text is cut into, and their rows.

    python -m tools.encoder.trim CHECKPOINT OUT TEXTS...

TEXTS are folders of documents and JSON Lines files. Besides the pieces that their texts are cut into, these stay: the special
pieces, every single Han character, ASCII, punctuation, digits, and everything that the two prefixes are cut into. Numbers of rows
change, vectors do not.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from index.neural.tokenization import PREFIXES, build_tokenizer, clean
from tools.encoder.checkpoint import Checkpoint
from tools.encoder.texts import read_texts

SPACE = "\u2581"
AT_ONCE = 2_000
CHARACTERS = 4_000
"""Texts are cut at this length before they are counted: a piece that the cut makes is one among many."""


def count_pieces(tokenizer: Any, characters: dict[int, str], texts: Iterable[str]) -> Counter[int]:
    """How often each piece occurs when the texts are cut."""
    counts: Counter[int] = Counter()
    batch: list[str] = []

    def flush() -> None:
        for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
            counts.update(encoding.ids)
        batch.clear()

    for text in texts:
        cleaned = clean(text, characters)
        batch += [cleaned[at : at + CHARACTERS] for at in range(0, len(cleaned), CHARACTERS)]
        if len(batch) >= AT_ONCE:
            flush()
    flush()
    return counts


def _is_always_kept(piece: str) -> bool:
    bare = piece.removeprefix(SPACE)
    if len(bare) > 1:
        return bare.isascii() and bare.isdigit() and len(bare) <= 4
    return not bare or ord(bare) < 0x400 or unicodedata.category(bare)[0] in "PSN" or "CJK" in unicodedata.name(bare, "")


def choose_pieces(checkpoint: Checkpoint, texts: Iterable[str]) -> list[int]:
    """Numbers of the pieces to keep, in order."""
    config = checkpoint.config
    tokenizer = build_tokenizer(checkpoint.pieces, config.unknown)
    characters = {ord(key): value for key, value in checkpoint.characters.items()}
    counts = count_pieces(tokenizer, characters, texts)
    print(f"{counts.total():,} tokens, {len(counts):,} different pieces")
    kept = {config.begin, config.end, config.pad, config.unknown} | counts.keys()
    kept |= {i for i, (piece, _) in enumerate(checkpoint.pieces) if _is_always_kept(piece)}
    for prefix in PREFIXES:
        # pieces at the end of a prefix differ by what follows, so every part of it stays
        spelled = SPACE + prefix.replace(" ", SPACE)
        parts = {spelled[a:b] for a in range(len(spelled)) for b in range(a + 1, len(spelled) + 1)}
        kept |= {i for i, (piece, _) in enumerate(checkpoint.pieces) if piece in parts}
    # the score of an unknown character hangs on the lowest score of the vocabulary
    kept.add(min(range(len(checkpoint.pieces)), key=lambda i: checkpoint.pieces[i][1]))
    return sorted(kept)


def trim(checkpoint: Checkpoint, kept: list[int]) -> Checkpoint:
    """The checkpoint with only these pieces."""
    number = {old: new for new, old in enumerate(kept)}
    config = checkpoint.config
    special = {name: number[getattr(config, name)] for name in ("begin", "end", "pad", "unknown")}
    weights = {**checkpoint.weights, "emb.word": checkpoint.weights["emb.word"][kept]}
    settings = {name: getattr(config, name) for name in config.__slots__}
    return Checkpoint(
        type(config)(**{**settings, **special}), weights, [checkpoint.pieces[i] for i in kept], checkpoint.characters
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    args = parser.parse_args()
    checkpoint = Checkpoint.load(args.checkpoint)
    kept = choose_pieces(checkpoint, (text for folder in args.texts for text in read_texts(folder)))
    trim(checkpoint, kept).save(args.out)
    print(f"{len(kept):,} of {len(checkpoint.pieces):,} pieces kept")


if __name__ == "__main__":
    main()
