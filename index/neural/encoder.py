"""Vectors of questions and of items from a small pretrained encoder, read with onnxruntime, without torch.

The files lie in ``index/neural/model``; its README.md says where they come from and what was measured.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from corpus.errors import ModelUnavailable
from index.neural.tokenization import PASSAGE, QUERY, clean

GRAPH, TOKENIZER, SETTINGS = "encoder.onnx", "tokenizer.json", "encoder.json"
FILES = (GRAPH, TOKENIZER, SETTINGS)
_STEP = 8
"""Texts are padded to a multiple of so many tokens, the same for a text whatever stands beside it."""
_TOKENS_AT_ONCE = 512
_CHARACTERS_A_TOKEN = 8
"""Characters of a text that are looked at for each token it may have: pieces of more characters on average do not occur."""
_WAY_OUT = "请重新安装策脉；在恢复之前，检索仍可不用它进行。"


class ItemEncoder:
    """A pretrained encoder of 12 layers × 384 for questions and the items that answer them.

    A text's vector is the mean of its tokens in the last layer, scaled to length 1; the product of two vectors is their cosine. A
    question and an item are encoded with different prefixes, so only vectors of ``encode_queries`` with vectors of
    ``encode_passages`` compare well. A text's vector does not depend on the texts encoded with it. Files are read when the first
    text is encoded. Safe to share between threads.

    Args:
        folder: where the files of the model are; None for the model that comes with the program.
        threads: how many processors one call may use.
    """

    def __init__(self, folder: Path | None = None, threads: int = 1) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()
        self._card: _Card | None = None
        self._parts: _Parts | None = None

    @property
    def name(self) -> str:
        """Name with a hash of the files, so that vectors of two versions never mix. Raises ``ModelUnavailable``.

        Who only wants to know whose vectors these are does not wait for the model to be made ready.
        """
        return self._describe().name

    @property
    def dimension(self) -> int:
        """Length of a vector. Raises ``ModelUnavailable``."""
        return self._describe().dimension

    def prepare(self) -> None:
        """Read the files now and not with the first text. Raises ``ModelUnavailable``."""
        self._load()

    def encode_queries(self, texts: Sequence[str]) -> Any:
        """Vectors of questions.

        Args:
            texts: questions; tokens after the 510th are not read.

        Returns:
            A float32 array (texts, dimension) of rows of length 1.

        Raises:
            ModelUnavailable: the files are missing or damaged, or onnxruntime is not installed.
        """
        return self._encode(QUERY, texts)

    def encode_passages(self, texts: Sequence[str]) -> Any:
        """Vectors of items or passages, best with their title in front; arguments, result and errors as ``encode_queries``."""
        return self._encode(PASSAGE, texts)

    def _describe(self) -> _Card:
        with self._lock, self._files() as folder:
            if self._card is None:
                self._card = _Card(folder)
            return self._card

    def _load(self) -> _Parts:
        card = self._describe()
        with self._lock, self._files() as folder:
            if self._parts is None:
                self._parts = _Parts(folder, card, self._threads)
            return self._parts

    def _files(self) -> AbstractContextManager[Path]:
        if self._folder is not None:
            return nullcontext(self._folder)
        return resources.as_file(resources.files("index.neural").joinpath("model"))

    def _encode(self, prefix: str, texts: Sequence[str]) -> Any:
        import numpy as np

        parts = self._load()
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        ids = parts.cut(prefix, texts)
        for width, rows in _batches([len(one) for one in ids]):
            batch = np.full((len(rows), width), parts.card.pad, dtype=np.int32)
            mask = np.zeros((len(rows), width), dtype=np.int32)
            for at, row in enumerate(rows):
                batch[at, : len(ids[row])] = ids[row]
                mask[at, : len(ids[row])] = 1
            out[rows] = parts.session.run(["vectors"], {"ids": batch, "mask": mask})[0]
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)


class _Card:
    """What is known of a model without making it ready: that its files are there, their hash, and its settings."""

    def __init__(self, folder: Path) -> None:
        for package in ("onnxruntime", "tokenizers"):
            if not _is_installed(package):
                raise ModelUnavailable(f"预训练语义模型需要 {package}。请先安装：pip install {package}。")
        missing = [file for file in FILES if not (folder / file).is_file()]
        if missing:
            raise ModelUnavailable(f"预训练语义模型缺少文件 {'、'.join(missing)}（应在 {folder}）。{_WAY_OUT}")
        digest = hashlib.sha256()
        try:
            settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
            self.dimension = int(settings["dimension"])
            self.pad, self.begin, self.end = (int(settings[key]) for key in ("pad", "begin", "end"))
            self.longest = int(settings["positions"]) - 2
            self.characters: dict[int, str] = {ord(key): value for key, value in settings["characters"].items()}
            if tuple(settings["prefixes"]) != (QUERY, PASSAGE):
                raise ValueError("prefixes")
            for file in FILES:
                digest.update((folder / file).read_bytes())
            self.name = f"{settings['name']}-{digest.hexdigest()[:8]}"
        except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
            raise _damaged(folder) from error


class _Parts:
    """A model made ready: what cuts texts, and what runs its graph."""

    def __init__(self, folder: Path, card: _Card, threads: int) -> None:
        self.card = card
        try:
            import onnxruntime
            from tokenizers import Tokenizer

            self._tokenizer: Any = Tokenizer.from_file(str(folder / TOKENIZER))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            options.log_severity_level = 4
            # memory that many texts needed once is given back instead of kept for ever
            options.enable_cpu_mem_arena = False
            # by its path: read from bytes it would be in memory twice more
            graph = str(folder / GRAPH)
            self.session: Any = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # both libraries raise bare Exceptions for damaged files
            raise _damaged(folder) from error

    def cut(self, prefix: str, texts: Sequence[str]) -> list[list[int]]:
        """Numbers of the pieces of each text, with its prefix and the marks of beginning and end."""
        limit = self.card.longest * _CHARACTERS_A_TOKEN
        cleaned = [clean(prefix + text[:limit], self.card.characters) for text in texts]
        found = self._tokenizer.encode_batch(cleaned, add_special_tokens=False)
        return [[self.card.begin, *encoding.ids[: self.card.longest], self.card.end] for encoding in found]


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ValueError:  # it is being kept out
        return False


def _damaged(folder: Path) -> ModelUnavailable:
    return ModelUnavailable(f"预训练语义模型 {folder} 已损坏或与本版不符。{_WAY_OUT}")


def _batches(lengths: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Texts that are padded to the same length, so many at once that memory stays bounded: (length, numbers of the texts)."""
    by_width: dict[int, list[int]] = defaultdict(list)
    for row, length in enumerate(lengths):
        by_width[-(-length // _STEP) * _STEP].append(row)
    for width, rows in sorted(by_width.items()):
        at_once = max(1, _TOKENS_AT_ONCE // width)
        for begin in range(0, len(rows), at_once):
            yield width, rows[begin : begin + at_once]


@lru_cache(maxsize=2)
def load(folder: Path | None = None) -> ItemEncoder:
    """The encoder in a folder, without it the one that comes with the program: one for the process, its files read when first used."""
    return ItemEncoder(folder)
