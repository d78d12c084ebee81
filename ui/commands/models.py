"""model: training the embedded embedding model, and choosing another."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelUnavailable
from ui.commands.shared import note, open_library, print_json, progress

if TYPE_CHECKING:
    from corpus.document import ParsedDocument


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    model = verbs.add_parser("model", parents=[common], help="向量模型：训练内置模型，改用别的模型")
    model.set_defaults(run=lambda args: model.print_help() or 2)
    sub = model.add_subparsers(metavar="动作", title="动作", parser_class=type(model))
    p = sub.add_parser("train", parents=[common], help="用问答对和文件结构训练静态向量模型")
    p.add_argument("data", type=Path, metavar="数据文件夹", help='其中每个 .jsonl 每行一个 {"q", "p"}')
    p.add_argument("out", type=Path, metavar="输出文件夹")
    p.add_argument("--epochs", type=int, metavar="N", help="遍数（默认 7）")
    p.add_argument("--seed", type=int, metavar="N", help="同一数字得到同一个模型")
    p.add_argument("--with-library", action="store_true", help="把库中文件的标题、提纲也作为训练材料")
    p.set_defaults(run=train)
    p = sub.add_parser("use", parents=[common], help="改用一个本地文件夹中的或模型库中的模型，并重新计算向量")
    p.add_argument("name", metavar="模型", help="文件夹、模型名，或 builtin 换回内置模型")
    p.set_defaults(run=use)

    index = verbs.add_parser("index", parents=[common], help="索引：现在就补算、更新")
    index.set_defaults(run=lambda args: index.print_help() or 2)
    sub = index.add_subparsers(metavar="动作", title="动作", parser_class=type(index))
    p = sub.add_parser("refresh", parents=[common], help="补算缺少的向量，更新索引，完成后才返回")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=refresh)


def refresh(args: argparse.Namespace) -> int:
    """Do now what otherwise goes on in the background: compute missing vectors and bring the caches up to the library."""
    with open_library(args) as library:
        with progress("补算向量") as show:
            count = library.embed(show)
        documents = 0
        try:
            with progress("语义编码") as show:
                documents = library.embed_items(show)
        except ModelUnavailable as error:  # everything works without, by words and the static model
            note(str(error))
        library.searcher.refresh()
        generation = library.generation
    if args.json:
        print_json({"embedded": count, "encoded_documents": documents, "generation": generation})
    else:
        print(f"补算 {count} 段向量、{documents} 份文件的条目向量，索引已更新到第 {generation} 代。")
    return 0


def train(args: argparse.Namespace) -> int:
    """Train the static embedding model."""
    import json
    from dataclasses import replace

    from corpus.errors import UsageError
    from index.dense.train import Settings
    from index.dense.train import train as run

    if not args.data.is_dir() or not list(args.data.glob("*.jsonl")):
        raise UsageError(f'{args.data} 里没有 .jsonl 训练数据。每行写一个 {{"q": 问题, "p": 段落}}。')
    given = {name: value for name, value in (("epochs", args.epochs), ("seed", args.seed)) if value is not None}
    documents: list[ParsedDocument] = []
    if args.with_library:
        with open_library(args) as library:
            documents = [library.corpus.document(info.row) for info in library.documents()]
    with progress("训练") as show:
        report = run(args.data, args.out, documents=documents, settings=replace(Settings(), **given), progress=show)
    (args.out / "training.json").write_text(json.dumps(report, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
    note(f"模型已写入 {args.out}。换用：cemai model use {args.out}")
    return 0


def use(args: argparse.Namespace) -> int:
    """Change the embedding model: the old vectors serve until the new ones are complete."""
    with open_library(args) as library, progress("计算向量") as show:
        count = library.use_model(None if args.name == "builtin" else args.name, progress=show)
    note(f"已改用 {args.name}，计算了 {count} 段的向量。")
    return 0
