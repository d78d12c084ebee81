"""Fine-tune the encoder so that a question lies near the passage that answers it and far from one that only looks like it.

    python -m tools.encoder.train CHECKPOINT GROUPS.jsonl OUT [--steps N]

Every step takes groups of one family (policy, law, advice): a question is told from all passages of the batch, the misleading ones
included, and a passage from all questions (InfoNCE). The table of pieces and the lowest layers stay as they were: so few groups could
only make them worse. Progress on groups held back is printed and a checkpoint written every ``--every`` steps. The run gives the same
weights for the same files on the same machine with the same number of threads.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from index.neural.tokenization import PASSAGE, QUERY
from tools.encoder.checkpoint import Checkpoint
from tools.encoder.model import Cutter, Encoder, encode
from tools.retrieval_set import records

HELD_BACK = 50
"""Groups of each family that are not learned from."""
QUESTION_TOKENS, PASSAGE_TOKENS = 48, 96
WITHOUT_MISLEADING = ("advice",)
"""Families of long answers, of which another answer to a like question is as good: only the batch tells them apart."""
WARM_UP = 0.06
DECAY = 0.01
Groups = list[dict[str, Any]]


def split(groups: Groups) -> tuple[Groups, Groups]:
    """Groups to learn from and groups held back; no question or passage is in both."""
    back: Groups = []
    seen: dict[str, int] = defaultdict(int)
    for group in groups:
        if seen[group["family"]] < HELD_BACK:
            seen[group["family"]] += 1
            back.append(group)
    known = {text for group in back for text in (group["q"], group["p"])}
    return [group for group in groups if group["q"] not in known and group["p"] not in known], back


def batches(groups: Groups, size: int, draw: random.Random) -> Iterator[Groups]:
    """Batches of one family each, in mixed order, again and again."""
    families: dict[str, Groups] = defaultdict(list)
    for group in groups:
        families[group["family"]].append(group)
    while True:
        found = []
        for members in families.values():
            draw.shuffle(members)
            found += [members[at : at + size] for at in range(0, len(members) - size + 1, size)]
        draw.shuffle(found)
        yield from found


def vectors(model: Encoder, cutter: Cutter, prefix: str, texts: Sequence[str], longest: int) -> Any:
    """Unit vectors with gradients; the longer half of the texts apart from the shorter, so that less is padding."""
    rows = cutter.ids(prefix, texts, longest)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    halves = [half for half in (order[: len(order) // 2], order[len(order) // 2 :]) if half]
    found = torch.cat([model(*cutter.pad([rows[i] for i in half])) for half in halves])
    return found[torch.tensor(np.argsort(order))]


def loss_of(model: Encoder, cutter: Cutter, batch: Groups, temperature: float) -> Any:
    """InfoNCE in both directions."""
    questions = vectors(model, cutter, QUERY, [group["q"] for group in batch], QUESTION_TOKENS)
    others = [text for group in batch if group["family"] not in WITHOUT_MISLEADING for text in group["n"]]
    passages = vectors(model, cutter, PASSAGE, [group["p"] for group in batch] + others, PASSAGE_TOKENS)
    near = questions @ passages.T / temperature
    size = len(batch)
    # the same question or passage twice in a batch: the other partner is no wrong answer
    same = torch.tensor([[one["q"] == other["q"] or one["p"] == other["p"] for other in batch] for one in batch])
    same.fill_diagonal_(False)
    answers = torch.tensor([[one["p"] == text for text in others] for one in batch], dtype=torch.bool).view(size, -1)
    right = torch.arange(size)
    forward = functional.cross_entropy(near.masked_fill(torch.cat([same, answers], dim=1), -1e4), right)
    backward = functional.cross_entropy(near[:, :size].T.masked_fill(same.T, -1e4), right)
    return (2 * forward + backward) / 3


def measure(model: Encoder, cutter: Cutter, back: Groups) -> dict[str, float]:
    """Share of questions whose passage comes first, and mean reciprocal rank, among all passages held back of the family."""
    out = {}
    for family in sorted({group["family"] for group in back}):
        members = [group for group in back if group["family"] == family]
        texts = list(dict.fromkeys([group["p"] for group in members] + [text for group in members for text in group["n"]]))
        questions = encode(model, cutter, QUERY, [group["q"] for group in members], QUESTION_TOKENS)
        near = questions @ encode(model, cutter, PASSAGE, texts, PASSAGE_TOKENS).T
        ranks = [1 + int((row > row[texts.index(group["p"])]).sum()) for row, group in zip(near, members, strict=True)]
        out[f"{family} first"] = float(np.mean([rank == 1 for rank in ranks]))
        out[f"{family} mrr"] = float(np.mean([1 / rank for rank in ranks]))
    return out


def freeze(model: Encoder, layers: int) -> list[Any]:
    """Leave the embeddings and the lowest layers as they are; the parameters that are learned."""
    fixed = ("emb_", *(f"l{layer}_" for layer in range(layers)))
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(not name.startswith(fixed))
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def write(model: Encoder, checkpoint: Checkpoint, out: Path) -> None:
    """A checkpoint with the model's weights."""
    Checkpoint(checkpoint.config, model.weights(), checkpoint.pieces, checkpoint.characters).save(out)


def train(checkpoint: Checkpoint, groups: Groups, out: Path, args: argparse.Namespace) -> None:
    """Run the training and write OUT after the last step, and on the way."""
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    model, cutter = Encoder(checkpoint), Cutter(checkpoint)
    learned, back = split(groups)
    source = batches(learned, args.batch, random.Random(args.seed))
    optimiser = torch.optim.AdamW(freeze(model, args.frozen), lr=args.rate, weight_decay=DECAY)
    print(f"{len(learned)} groups, {len(back)} held back: {describe(measure(model, cutter, back))}", flush=True)
    began, losses = time.monotonic(), []
    last = args.stop or args.steps
    for step in range(1, last + 1):
        for part in optimiser.param_groups:
            part["lr"] = args.rate * min(
                step / (WARM_UP * args.steps), (args.steps - step + 1) / ((1 - WARM_UP) * args.steps), 1.0
            )
        loss = loss_of(model, cutter, next(source), args.temperature)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
        if step % args.every == 0 or step == last:
            spent = time.monotonic() - began
            said = describe(measure(model, cutter, back))
            print(f"step {step}, {spent:.0f} s, loss {np.mean(losses[-args.every :]):.3f}: {said}", flush=True)
            write(model, checkpoint, out)


def describe(figures: dict[str, float]) -> str:
    """Figures of ``measure`` on one line."""
    return ", ".join(f"{name} {value:.3f}" for name, value in figures.items())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("groups", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--stop", type=int, help="end after this step, with the learning rate of a run of --steps")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument("--temperature", type=float, default=0.02)
    parser.add_argument("--frozen", type=int, default=6, help="layers that are not learned, from below")
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    settings = {name: value for name, value in vars(args).items() if not isinstance(value, Path)}
    (args.out / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    train(Checkpoint.load(args.checkpoint), list(records(args.groups)), args.out, args)


if __name__ == "__main__":
    main()
