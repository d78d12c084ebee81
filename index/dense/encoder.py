"""Sentence vectors 语义向量: the model that comes with the program, read without torch, or any sentence-transformers model."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from corpus.errors import FULL_INSTALLATION, ModelUnavailable
from index.lexical.bulk_tokens import words_of_texts
from index.lexical.tokens import words_of

DOWNLOADS = "CEMAI_ALLOW_DOWNLOAD"
"""Environment variable: 1 lets a model that is named by its hub name be fetched; without it no request leaves the machine."""

VERSION = 2
"""Version of how texts are segmented and counted for models written by ``cemai model train``."""
_TOKENS_LIMIT = 2_000
"""Words read of one text; a passage has about 180."""
_WAYS_OUT = "请用 cemai model train 重新训练，或用 cemai model use builtin 改回内置模型。"


class Encoder(Protocol):
    """Turns texts into unit vectors. The library stores vectors under the encoder's ``name``."""

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


def damp_counts(words: Iterable[str]) -> dict[str, int]:
    """Sublinear term frequency: 1 + log2 of a word's count, rounded down (Manning, Raghavan, Schütze 2008, §6.4.1).

    A passage that names one thing twenty times is not only about it. Whole numbers, so that any other reader of the model's files
    gets the same vector by repeating the words.
    """
    return {word: count.bit_length() for word, count in Counter(words).items()}


class StaticEncoder:
    """A sentence-transformers ``StaticEmbedding`` folder over pre-cut words, read with numpy alone.

    A text's vector is the weighted sum of its words' rows, scaled to length 1; a word that comes often counts less than each time
    (``damp_counts``), one that has no row is read character by character. Rows are whole numbers of 8 bits and a weight each, as
    ``embeddings`` and ``weights`` in the file.
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
            raise ModelUnavailable(f"语义模型 {folder} 不完整或已损坏。请重新安装策脉；自己训练的模型，{_WAYS_OUT}") from error
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
        for word, times in damp_counts(words_of(text)[:_TOKENS_LIMIT]).items():
            parts += ([word] if word in vocabulary else [char for char in word if char in vocabulary]) * times
        return " ".join(parts)

    def encode(self, texts: Sequence[str]) -> Any:
        """One unit row per text."""
        np = self._np
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for i, cut in enumerate(words_of_texts(texts)):
            found, times = self._ids(damp_counts(cut[:_TOKENS_LIMIT]))
            if found:
                ids = np.array(found, dtype=np.intp)
                weights = self._weights[ids] * np.array(times, dtype=np.float32)
                # not ``@``: of a long text its threads wait for each other, ten times as long as the work takes
                np.einsum("i,ij->j", weights, self._rows.take(ids, axis=0).astype(np.float32), out=out[i])
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        return out / np.where(norms > 0, norms, 1.0)

    def _ids(self, counted: dict[str, int]) -> tuple[list[int], list[int]]:
        """Rows of the words, and how many times each counts."""
        vocabulary = self.vocabulary
        ids: list[int] = []
        times: list[int] = []
        for word, count in counted.items():
            at = vocabulary.get(word)
            if at is not None:
                ids.append(at)
                times.append(count)
            elif len(word) > 1:
                some = [vocabulary[char] for char in word if char in vocabulary]
                ids += some
                times += [count] * len(some)
        return ids, times


class TransformerEncoder:
    """Any other sentence-transformers model, from a folder or by its hub name. Imports torch when it is made."""

    def __init__(self, name: str) -> None:
        offline = os.environ.get(DOWNLOADS) != "1"
        try:
            # A folder is read without the hub's client, which asks for more than the files of a model, whatever it is told.
            place = _on_disk(name) if offline else name
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(place, device="cpu", local_files_only=offline)
        except ImportError as error:
            raise ModelUnavailable(f"使用其他语义模型需要 sentence-transformers。{FULL_INSTALLATION}") from error
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelUnavailable(
                f"语义模型“{name}”不在本机。请把模型文件夹拷到本机并写它的路径；"
                f"有网络时可设环境变量 {DOWNLOADS}=1 允许下载；不设模型则使用内置模型。"
            ) from error
        self._name = Path(name).name if Path(name).is_dir() else name

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


def _on_disk(name: str) -> str:
    """The folder of a model, also of one fetched before by its hub name. Looks at files only: no torch, no request."""
    if Path(name).is_dir():
        return name
    from huggingface_hub import try_to_load_from_cache

    cache = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    # sentence-transformers looks for a name without an owner among its own models
    for repository in (name,) if "/" in name else (f"sentence-transformers/{name}", name):
        for file in ("modules.json", "config.json"):
            found = try_to_load_from_cache(repository, file, cache_dir=cache)
            if isinstance(found, str):
                return str(Path(found).parent)
    raise FileNotFoundError(name)


@lru_cache(maxsize=2)
def load(name: str | None = None) -> Encoder:
    """The embedded model for None, else the model in a folder or with a hub name. Raises ``ModelUnavailable``."""
    if name is None:
        with resources.as_file(resources.files("index").joinpath("model")) as folder:
            return StaticEncoder(folder, "cemai-static")
    folder = Path(name)
    version = _version(folder)
    if not version:
        return TransformerEncoder(name)
    if version != VERSION:
        raise ModelUnavailable(f"语义模型 {name} 是另一版策脉训练的，读出的向量会不对。{_WAYS_OUT}")
    return StaticEncoder(folder)


def _version(folder: Path) -> int:
    """The version of text preparation of a folder written by ``cemai model train``; 0 for any other folder."""
    try:
        return int(json.loads((folder / "cemai.json").read_text(encoding="utf-8"))["cemai"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
