"""Sentence vectors 语义向量: the model that comes with the program, read without torch, or any sentence-transformers model."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from corpus.errors import ModelUnavailable
from index.bulk import words
from index.segmentation import words_of

DOWNLOADS = "CEMAI_ALLOW_DOWNLOAD"
"""Environment variable: 1 lets a model that is named by its hub name be fetched; without it no request leaves the machine."""

_TOKENS_LIMIT = 2_000
"""Words read of one text; a passage has about 180."""


class Encoder(Protocol):
    """Turns texts into unit vectors. ``name`` is what the library files its vectors under."""

    @property
    def name(self) -> str:
        """The model's name; the embedded one's ends in a hash of its files, so that vectors of two versions never mix."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: list[str]) -> Any:
        """One float32 row per text, of length 1 (0 for a text without a known word)."""
        ...


class StaticEncoder:
    """A sentence-transformers ``StaticEmbedding`` folder over pre-cut words, read with numpy alone.

    A text's vector is the weighted sum of its words' rows, scaled to length 1; a word that has no row is read character by
    character. Rows are whole numbers of 8 bits and a weight each, as ``embeddings`` and ``weights`` in the file.
    """

    def __init__(self, folder: Path, name: str | None = None) -> None:
        import numpy as np
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        weights = folder / "model.safetensors"
        try:
            # sentence-transformers keeps the module in a subfolder in some versions, beside modules.json in others
            module = next(path for path in (folder, folder / "0_StaticEmbedding") if (path / "tokenizer.json").exists())
            weights = module / "model.safetensors"
            tensors = load_file(weights)
            if "embeddings" in tensors:
                self._rows, self._weights = tensors["embeddings"], tensors["weights"]
            else:  # rows as they are, as sentence-transformers itself writes them
                self._rows = tensors["embedding.weight"]
                self._weights = np.ones(len(self._rows), dtype=np.float32)
            tokenizer = json.loads((module / "tokenizer.json").read_text(encoding="utf-8"))
            self.vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
        except (StopIteration, OSError, ValueError, KeyError, SafetensorError) as error:
            raise ModelUnavailable(
                f"语义模型 {folder} 不完整或已损坏。请重新安装策脉，或用 cemai model train 重新训练。"
            ) from error
        self._np = np
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:8]
        self._name = f"{name or folder.name}-{digest}"

    @property
    def name(self) -> str:
        """Name with a hash of the weights."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._rows.shape[1])

    def segment(self, text: str) -> str:
        """The text as the model's tokenizer wants it: known words and characters between spaces."""
        vocabulary = self.vocabulary
        parts: list[str] = []
        for word in words_of(text)[:_TOKENS_LIMIT]:
            if word in vocabulary:
                parts.append(word)
            else:
                parts += [char for char in word if char in vocabulary]
        return " ".join(parts)

    def encode(self, texts: Sequence[str]) -> Any:
        """One unit row per text."""
        np = self._np
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for i, cut in enumerate(words(texts)):
            ids = np.array(self._ids(cut[:_TOKENS_LIMIT]), dtype=np.intp)
            if len(ids):
                # not ``@``: of a long text its threads wait for each other, ten times as long as the work takes
                np.einsum("i,ij->j", self._weights[ids], self._rows.take(ids, axis=0).astype(np.float32), out=out[i])
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        return out / np.where(norms > 0, norms, 1.0)

    def _ids(self, cut: list[str]) -> list[int]:
        vocabulary = self.vocabulary
        ids: list[int] = []
        for word, at in zip(cut, map(vocabulary.get, cut), strict=True):
            if at is not None:
                ids.append(at)
            elif len(word) > 1:
                ids += [vocabulary[char] for char in word if char in vocabulary]
        return ids


class TransformerEncoder:
    """Any other sentence-transformers model, from a folder or by its hub name. Imports torch when it is made."""

    def __init__(self, name: str) -> None:
        local = Path(name).is_dir()
        if not local and os.environ.get(DOWNLOADS) != "1":
            os.environ["HF_HUB_OFFLINE"] = "1"  # before the import: without it a missing network costs a minute of retries
        try:
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(name, device="cpu")
        except ImportError as error:
            raise ModelUnavailable(
                "使用其他语义模型需要 sentence-transformers。请先安装：pip install sentence-transformers。"
            ) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelUnavailable(
                f"语义模型“{name}”不在本机。请把模型文件夹拷到本机并写它的路径；"
                f"有网络时可设环境变量 {DOWNLOADS}=1 允许下载；不设模型则使用内置模型。"
            ) from error
        self._name = Path(name).name if local else name

    @property
    def name(self) -> str:
        """Folder or hub name."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_sentence_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Any:
        """One unit row per text."""
        return self._model.encode(list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)


@lru_cache(maxsize=2)
def load(name: str | None = None) -> Encoder:
    """The embedded model for None, else the model in a folder or with a hub name. Raises ``ModelUnavailable``."""
    if name is None:
        with resources.as_file(resources.files("index").joinpath("model")) as folder:
            return StaticEncoder(folder, "cemai-static")
    folder = Path(name)
    if folder.is_dir() and _is_static(folder):
        return StaticEncoder(folder)
    return TransformerEncoder(name)


def _is_static(folder: Path) -> bool:
    """Whether a folder was written by ``cemai model train``: only then are its words cut the way this class cuts them."""
    try:
        return "cemai" in json.loads((folder / "cemai.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
