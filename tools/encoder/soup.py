"""Average two checkpoints of the same shape, weight by weight: between untrained and trained lies often what generalises best.

    python -m tools.encoder.soup BASE TRAINED OUT [--share 0.5] [--groups GROUPS.jsonl]

--share is the part of TRAINED. With --groups the figures of the groups held back in training are printed for OUT.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tools.encoder.checkpoint import Checkpoint


def average(base: Checkpoint, trained: Checkpoint, share: float) -> Checkpoint:
    """``share`` of the trained weights and the rest of the base's."""
    weights = {name: (1 - share) * array + share * trained.weights[name] for name, array in base.weights.items()}
    return Checkpoint(base.config, weights, base.pieces, base.characters)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", type=Path)
    parser.add_argument("trained", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--groups", type=Path)
    args = parser.parse_args()
    mixed = average(Checkpoint.load(args.base), Checkpoint.load(args.trained), args.share)
    mixed.save(args.out)
    if args.groups:
        from tools.encoder.model import Cutter, Encoder
        from tools.encoder.train import describe, measure, split
        from tools.retrieval_set import records

        _, back = split(list(records(args.groups)))
        print(f"share {args.share}: {describe(measure(Encoder(mixed), Cutter(mixed), back))}")


if __name__ == "__main__":
    main()
