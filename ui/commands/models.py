"""model: training the embedded embedding model, and choosing another."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ui.commands.shared import note, open_library, progress


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    model = verbs.add_parser("model", parents=[common], help="向量模型：训练内置模型，改用别的模型")
    model.set_defaults(run=lambda args: model.print_help() or 2)
    sub = model.add_subparsers(metavar="动作", title="动作", parser_class=type(model))
    p = sub.add_parser("train", parents=[common], help="用问答对和文件结构训练静态向量模型")
    p.add_argument("data", type=Path, metavar="数据文件夹", help='其中每个 .jsonl 每行一个 {"q", "p"}')
    p.add_argument("out", type=Path, metavar="输出文件夹")
    p.add_argument("--epochs", type=int, default=None, metavar="N")
    p.add_argument("--seed", type=int, default=13, metavar="N")
    p.set_defaults(run=train)
    p = sub.add_parser("use", parents=[common], help="改用一个本地文件夹中的或模型库中的模型，并重新计算向量")
    p.add_argument("name", metavar="模型", help="文件夹、模型名，或 builtin 换回内置模型")
    p.set_defaults(run=use)


def train(args: argparse.Namespace) -> int:
    """Train the static embedding model."""
    from index.train import train as run

    options = {} if args.epochs is None else {"epochs": args.epochs}
    run(args.data, args.out, seed=args.seed, **options)
    return 0


def use(args: argparse.Namespace) -> int:
    """Change the embedding model: the old vectors serve until the new ones are complete."""
    with open_library(args) as library:
        count = library.use_model(None if args.name == "builtin" else args.name, progress=progress("计算向量"))
    note(f"已改用 {args.name}，计算了 {count} 段的向量。")
    return 0
