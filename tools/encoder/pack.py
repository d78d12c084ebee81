"""Write the run-time files of the encoder from a checkpoint: graph with whole-number weights, tokenizer, settings.

    python -m tools.encoder.pack CHECKPOINT OUT [--name NAME]

OUT gets ``encoder.onnx``, ``tokenizer.json`` and ``encoder.json``. The matrices of the layers are stored at 8 bit in blocks of 32
along the inner side, the table of pieces at 8 bit with a scale for each row; the rest stays float. The matrices are opened to floats
once, when the file is read: without instructions for whole numbers (VNNI) that is half as fast again as reading the blocks in every
product, and nothing is rounded that would depend on the texts beside a text.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from index.neural.encoder import GRAPH, SETTINGS, TOKENIZER
from index.neural.tokenization import PREFIXES, build_tokenizer
from tools.encoder.checkpoint import Checkpoint

BLOCK = 32
LEVELS = 127
CONTRIB = "com.microsoft"
OPSET = 21


def round_blocks(matrix: Any) -> tuple[Any, Any]:
    """Rows of a matrix (outputs, inputs) in blocks of 32: signed bytes and a float scale for each block."""
    rows, width = matrix.shape
    blocks = matrix.reshape(rows, width // BLOCK, BLOCK)
    scales = np.maximum(np.abs(blocks).max(axis=2), 1e-12) / LEVELS
    whole = np.clip(np.round(blocks / scales[:, :, None]), -LEVELS, LEVELS)
    return whole.astype(np.int8), scales.astype(np.float32)


def round_rows(matrix: Any) -> tuple[Any, Any]:
    """Rows of a matrix as signed bytes with a float scale for each row."""
    scales = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / LEVELS
    return np.round(matrix / scales[:, None]).astype(np.int8), scales.astype(np.float32)


class _Graph:
    """Collects nodes and initializers under names of their own."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.tensors: list[Any] = []

    def constant(self, name: str, array: Any) -> str:
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, operator: str, inputs: Sequence[str], outputs: Sequence[str], domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, list(inputs), list(outputs), outputs[0], domain=domain, **attributes))
        return outputs[0]

    def multiply(self, name: str, source: str, matrix: Any, bias: Any = None) -> str:
        """``source`` times the transposed matrix (outputs, inputs), plus ``bias``."""
        whole, scales = round_blocks(matrix)
        bytes_ = self.constant(f"{name}.bytes", whole.transpose(1, 2, 0))
        self.add("Cast", [bytes_], [f"{name}.whole"], to=TensorProto.FLOAT)
        self.add("Mul", [f"{name}.whole", self.constant(f"{name}.scales", scales.T[:, None, :])], [f"{name}.blocks"])
        shape = self.constant(f"{name}.shape", np.array(matrix.shape[::-1], np.int64))
        self.add("Reshape", [f"{name}.blocks", shape], [f"{name}.matrix"])
        product = self.add("MatMul", [source, f"{name}.matrix"], [name if bias is None else f"{name}.product"])
        if bias is None:
            return product
        return self.add("Add", [product, self.constant(f"{name}.bias", bias.astype(np.float32))], [name])


def build_graph(checkpoint: Checkpoint) -> Any:
    """The model: ``ids`` and ``mask`` (texts, tokens), whole numbers, to ``vectors`` (texts, hidden), means of the last layer."""
    config, weights = checkpoint.config, checkpoint.weights
    graph = _Graph()
    rows, scales = round_rows(weights["emb.word"])
    graph.add("Gather", [graph.constant("pieces", rows), "ids"], ["rows"], axis=0)
    graph.add("Cast", ["rows"], ["rows.float"], to=TensorProto.FLOAT)
    graph.add("Gather", [graph.constant("pieces.scales", scales[:, None]), "ids"], ["scales"], axis=0)
    graph.add("Mul", ["rows.float", "scales"], ["words"])
    graph.add("Shape", ["ids"], ["width"], start=1, end=2)
    table = graph.constant("positions", weights["emb.pos"] + weights["emb.type"].reshape(-1, config.hidden)[0])
    begin, axis = graph.constant("zero", np.array([0], np.int64)), graph.constant("axis", np.array([0], np.int64))
    graph.add("Slice", [table, begin, "width", axis], ["places"])
    graph.add("Add", ["words", "places"], ["sum"])
    norm = [graph.constant(f"emb.ln.{part}", weights[f"emb.ln.{part}"]) for part in "wb"]
    source = graph.add("LayerNormalization", ["sum", *norm], ["embedded"], axis=-1, epsilon=config.epsilon)
    for layer in range(config.layers):
        source = _add_layer(graph, checkpoint, f"l{layer}", source)
    graph.add("Cast", ["mask"], ["mask.float"], to=TensorProto.FLOAT)
    middle = graph.constant("middle", np.array([1], np.int64))
    graph.add("Unsqueeze", ["mask.float", middle], ["mask.row"])
    graph.add("MatMul", ["mask.row", source], ["total"])
    graph.add("ReduceSum", ["mask.row", graph.constant("last", np.array([2], np.int64))], ["count"], keepdims=1)
    graph.add("Div", ["total", "count"], ["mean"])
    graph.add("Squeeze", ["mean", middle], ["vectors"])
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, ["texts", "tokens"]) for name in ("ids", "mask")]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", config.hidden])]
    body = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.tensors)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=10, producer_name="cemai")


def _add_layer(graph: _Graph, checkpoint: Checkpoint, name: str, source: str) -> str:
    """One layer: attention and the inner layer, each added to its input and brought to norm."""
    config, weights = checkpoint.config, checkpoint.weights
    joined = np.concatenate([weights[f"{name}.{part}.w"] for part in "qkv"])
    bias = np.concatenate([weights[f"{name}.{part}.b"] for part in "qkv"])
    graph.multiply(f"{name}.qkv", source, joined, bias)
    parts = [f"{name}.{part}" for part in "qkv"]
    graph.add("Split", [f"{name}.qkv"], parts, axis=-1, num_outputs=3)
    graph.add("MultiHeadAttention", [*parts, "", "mask"], [f"{name}.attended"], CONTRIB, num_heads=config.heads)
    graph.multiply(f"{name}.ao", f"{name}.attended", weights[f"{name}.ao.w"])
    after = _add_norm(graph, checkpoint, f"{name}.aln", f"{name}.ao", source)
    graph.multiply(f"{name}.fi", after, weights[f"{name}.fi.w"])
    graph.add("BiasGelu", [f"{name}.fi", graph.constant(f"{name}.fi.b", weights[f"{name}.fi.b"])], [f"{name}.inner"], CONTRIB)
    graph.multiply(f"{name}.fo", f"{name}.inner", weights[f"{name}.fo.w"])
    return _add_norm(graph, checkpoint, f"{name}.oln", f"{name}.fo", after)


def _add_norm(graph: _Graph, checkpoint: Checkpoint, name: str, change: str, source: str) -> str:
    """``source`` plus ``change`` and its bias, brought to norm."""
    weights = checkpoint.weights
    norm = [graph.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in "wb"]
    bias = graph.constant(f"{change}.b", weights[f"{change}.b"])
    inputs = [change, source, *norm, bias]
    return graph.add("SkipLayerNormalization", inputs, [name], CONTRIB, epsilon=checkpoint.config.epsilon)


def pack(checkpoint: Checkpoint, out: Path, name: str) -> None:
    """Write the run-time files into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(build_graph(checkpoint), out / GRAPH)
    build_tokenizer(checkpoint.pieces, checkpoint.config.unknown).save(str(out / TOKENIZER), pretty=False)
    config = checkpoint.config
    settings = {
        "name": name,
        "dimension": config.hidden,
        "positions": config.positions,
        "begin": config.begin,
        "end": config.end,
        "pad": config.pad,
        "prefixes": list(PREFIXES),
        "characters": checkpoint.characters,
    }
    (out / SETTINGS).write_text(json.dumps(settings, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default="cemai-items")
    args = parser.parse_args()
    pack(Checkpoint.load(args.checkpoint), args.out, args.name)
    for path in sorted(args.out.iterdir()):
        print(f"{path.name} {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
