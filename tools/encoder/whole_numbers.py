"""Let the layers of the run-time graph multiply in whole numbers, half as fast again on any processor, VNNI or not.

    python -m tools.encoder.whole_numbers FOLDER OUT TEXTS...

FOLDER holds the files that ``tools.encoder.pack`` wrote, OUT gets the same with another graph; TEXTS are folders with texts such as the
encoder will read (``corpus/samples``), by whose lines is seen which numbers stand out.

Every token is rounded to 8 bit by a scale of its own, never by that of a batch: a vector does not depend on the texts encoded with it.
What would get lost that way is kept apart:

- A few of the 384 numbers of a token are ten times as large as all others, always the same ones. They are multiplied as floats beside
  the rest (``APART``), which otherwise would be rounded to nothing.
- The inner layer (GELU) is never below -0.17, so it is rounded from there up and not on both sides of zero.
- Processors without VNNI add two neighbouring products in 16 bit. The scale of each column of weights is chosen so that no two
  neighbours can ever be too large for that.

The sums are exact whole numbers, so they are the same on every processor.
"""

from __future__ import annotations

import argparse
import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from index.neural.encoder import FILES, GRAPH, ItemEncoder
from index.neural.tokenization import PASSAGE
from tools.encoder.pack import CONTRIB
from tools.encoder.texts import read_texts

APART = 4
"""Numbers of a token that are multiplied as floats."""
LOWEST = -0.17
"""The least value of GELU, rounded down."""
LEVELS, SIGNED = 255, 127
LINES, SHORTEST, LONGEST = 40, 40, 300
"""Lines that are looked at, and their characters."""
_INPUTS_WITH_PEAKS = ("qkv", "fi")
_INNER = "fo"


def round_columns(matrix: Any) -> tuple[Any, Any]:
    """Columns of a matrix (inputs, outputs) as signed bytes with a scale each; the products of two neighbours fit into 16 bit."""
    sums = np.abs(matrix[0::2] + matrix[1::2]).max(axis=0)
    scales = np.maximum(np.maximum(np.abs(matrix).max(axis=0) / SIGNED, sums / (LEVELS / 2)), 1e-12)
    return np.round(matrix / scales).astype(np.int8), scales.astype(np.float32)


def find_peaks(model: Any, encoder: ItemEncoder, lines: Sequence[str]) -> dict[str, Any]:
    """The numbers of tokens that stand out in what each product reads, by its name."""
    import onnxruntime

    seen = onnx.ModelProto()
    seen.CopyFrom(model)
    sources = {_name(node): node.input[0] for node in seen.graph.node if _is_product(node)}
    names = list(dict.fromkeys(sources.values()))
    for source in names:
        seen.graph.output.append(helper.make_tensor_value_info(source, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(seen.SerializeToString(), providers=["CPUExecutionProvider"])
    highest: dict[str, Any] = defaultdict(float)
    for ids in encoder._load().cut(PASSAGE, lines):
        one = np.array([ids], dtype=np.int32)
        for name, found in zip(names, session.run(names, {"ids": one, "mask": np.ones_like(one)}), strict=True):
            highest[name] = np.maximum(highest[name], np.abs(found[0]).max(axis=0))
    return {
        name: np.sort(np.argsort(-highest[source])[:APART])
        for name, source in sources.items()
        if name.partition(".")[2] in _INPUTS_WITH_PEAKS
    }


def use_whole_numbers(model: Any, peaks: dict[str, Any]) -> None:
    """Rewrite the products of a graph."""
    graph = _Rewriting(model)
    for node in model.graph.node:
        if _is_product(node):
            graph.add_product(node, _name(node), peaks.get(_name(node)))
        elif node.output[0].rpartition(".")[2] not in ("whole", "blocks", "matrix"):
            graph.nodes.append(node)
    graph.finish()


def _is_product(node: Any) -> bool:
    return bool(node.op_type == "MatMul" and node.input[1].endswith(".matrix"))


def _name(node: Any) -> str:
    return str(node.input[1]).removesuffix(".matrix")


class _Rewriting:
    """Collects the nodes and constants of the new graph."""

    def __init__(self, model: Any) -> None:
        self._graph = model.graph
        self._known = {tensor.name: tensor for tensor in model.graph.initializer}
        self._made: dict[str, Any] = {}
        self.nodes: list[Any] = []

    def add_product(self, node: Any, name: str, peaks: Any) -> None:
        """A product in whole numbers in place of ``node``, with the numbers ``peaks`` apart."""
        matrix = self._matrix(name)
        whole, scales = round_columns(matrix)
        inner = name.partition(".")[2] == _INNER
        source, quiet = node.input[0], node.input[0]
        if peaks is not None:
            rest = np.ones(len(matrix), np.float32)
            rest[peaks] = 0
            quiet = self._add("Mul", [source, self._constant(f"{name}.rest", rest)], f"{name}.quiet")
        if inner:
            quiet = self._add("Sub", [quiet, self._constant("lowest", np.float32(LOWEST))], f"{name}.raised")
            size, levels = quiet, LEVELS
        else:
            size, levels = self._add("Abs", [quiet], f"{name}.sizes"), SIGNED
        last = self._constant("last.axis", np.array([-1], np.int64))
        largest = self._add("ReduceMax", [size, last], f"{name}.largest", keepdims=1)
        step = self._add("Mul", [largest, self._constant(f"step.{levels}", np.float32(1 / levels))], f"{name}.step")
        step = self._add("Add", [step, self._constant("tiny", np.float32(1e-9))], f"{name}.steps")
        one = self._constant("one", np.float32(1))
        zero = self._constant(f"zero.{levels}", np.uint8(0 if inner else SIGNED + 1))
        steps = self._add("Div", [quiet, step], f"{name}.levels")
        rounded = self._add("QuantizeLinear", [steps, one, zero], f"{name}.rounded")
        weights = self._constant(f"{name}.bytes8", whole), one, self._constant(f"{name}.scales8", scales), zero
        product = self._add("MatMulIntegerToFloat", [rounded, *weights], f"{name}.sums", CONTRIB)
        beside = None
        if peaks is not None:
            few = self._add("Gather", [source, self._constant(f"{name}.peaks", peaks.astype(np.int64))], f"{name}.few", axis=2)
            beside = self._add("MatMul", [few, self._constant(f"{name}.apart", matrix[peaks])], f"{name}.beside")
        elif inner:
            beside = self._constant(f"{name}.raise", np.float32(LOWEST) * (whole.astype(np.float32) * scales).sum(axis=0))
        scaled = self._add("Mul", [product, step], node.output[0] if beside is None else f"{name}.scaled")
        if beside is not None:
            self._add("Add", [scaled, beside], node.output[0])

    def finish(self) -> None:
        """Put what was collected into the graph; constants that nobody reads are left out."""
        read = {name for node in self.nodes for name in node.input}
        tensors = [tensor for name, tensor in {**self._known, **self._made}.items() if name in read]
        del self._graph.node[:], self._graph.initializer[:]
        self._graph.node.extend(self.nodes)
        self._graph.initializer.extend(tensors)

    def _matrix(self, name: str) -> Any:
        whole, scales = (numpy_helper.to_array(self._known[f"{name}.{part}"]) for part in ("bytes", "scales"))
        return (whole.astype(np.float32) * scales).reshape(-1, whole.shape[2])

    def _constant(self, name: str, value: Any) -> str:
        self._made[name] = numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name)
        return name

    def _add(self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, list(inputs), [output], output, domain=domain, **attributes))
        return output


def read_lines(folders: Sequence[Path]) -> list[str]:
    """Lines of texts, spread evenly over all there are."""
    lines = [line[:LONGEST] for folder in folders for text in read_texts(folder) for line in text.splitlines()]
    lines = [line for line in lines if len(line) >= SHORTEST]
    return lines[:: max(1, len(lines) // LINES)][:LINES]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    args = parser.parse_args()
    model = onnx.load(args.folder / GRAPH)
    use_whole_numbers(model, find_peaks(model, ItemEncoder(args.folder), read_lines(args.texts)))
    args.out.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        if file == GRAPH:
            onnx.save(model, args.out / GRAPH)
        elif args.out != args.folder:
            shutil.copyfile(args.folder / file, args.out / file)


if __name__ == "__main__":
    main()
