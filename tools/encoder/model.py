"""The encoder in torch, for training and as the float form that packed files are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from index.neural.tokenization import build_tokenizer, clean
from tools.encoder.checkpoint import Checkpoint


class Encoder(nn.Module):
    """BERT with layer norm after each sum, mean of the last layer; parameters are named as in the checkpoint, with _ for a dot."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__()
        self.config = checkpoint.config
        for name, array in checkpoint.weights.items():
            self.register_parameter(name.replace(".", "_"), nn.Parameter(torch.from_numpy(np.array(array, np.float32))))

    def weights(self) -> dict[str, Any]:
        """Float arrays by the names of the checkpoint."""
        return {name.replace("_", "."): value.detach().float().numpy().copy() for name, value in self.named_parameters()}

    def forward(self, ids: Any, mask: Any) -> Any:
        """Unit vectors (texts, hidden) of ``ids`` (texts, tokens), where ``mask`` is true for tokens that are no padding."""
        parameter = dict(self.named_parameters())
        config = self.config

        def normed(name: str, value: Any) -> Any:
            return functional.layer_norm(value, (config.hidden,), parameter[f"{name}_w"], parameter[f"{name}_b"], config.epsilon)

        def linear(name: str, value: Any) -> Any:
            return functional.linear(value, parameter[f"{name}_w"], parameter[f"{name}_b"])

        texts, tokens = ids.shape
        value = (
            functional.embedding(ids, parameter["emb_word"])
            + parameter["emb_pos"][:tokens]
            + parameter["emb_type"][: config.hidden]
        )
        value = normed("emb_ln", value)
        visible = mask[:, None, None, :]
        for layer in range(config.layers):
            name = f"l{layer}"
            query, key, content = (
                linear(f"{name}_{part}", value).view(texts, tokens, config.heads, -1).transpose(1, 2) for part in "qkv"
            )
            attended = functional.scaled_dot_product_attention(query, key, content, attn_mask=visible)
            value = normed(f"{name}_aln", value + linear(f"{name}_ao", attended.transpose(1, 2).reshape(texts, tokens, -1)))
            inner = functional.gelu(linear(f"{name}_fi", value))
            value = normed(f"{name}_oln", value + linear(f"{name}_fo", inner))
        weight = mask.float()[:, :, None]
        return functional.normalize((value.float() * weight).sum(1) / weight.sum(1), dim=-1)


class Cutter:
    """Texts to padded numbers of pieces."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._config = checkpoint.config
        self._characters = {ord(key): value for key, value in checkpoint.characters.items()}
        self._tokenizer = build_tokenizer(checkpoint.pieces, checkpoint.config.unknown)

    def ids(self, prefix: str, texts: Sequence[str], longest: int) -> list[list[int]]:
        """Numbers of the pieces of each text, at most ``longest`` with the two marks."""
        cleaned = [clean(prefix + text[: 8 * longest], self._characters) for text in texts]
        found = self._tokenizer.encode_batch(cleaned, add_special_tokens=False)
        return [[self._config.begin, *one.ids[: longest - 2], self._config.end] for one in found]

    def pad(self, rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """Tensors ``ids`` and ``mask`` of these rows."""
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), self._config.pad, dtype=torch.long)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = torch.tensor(row)
        return ids, torch.arange(width)[None] < torch.tensor([len(row) for row in rows])[:, None]


def encode(model: Encoder, cutter: Cutter, prefix: str, texts: Sequence[str], longest: int = 512, at_once: int = 4_096) -> Any:
    """Unit vectors of texts in the float form, as a float32 array."""
    rows = cutter.ids(prefix, texts, longest)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    out = np.zeros((len(rows), model.config.hidden), np.float32)
    begin = 0
    with torch.inference_mode():
        while begin < len(order):
            stop = begin + 1
            while stop < len(order) and len(rows[order[stop]]) * (stop + 1 - begin) <= at_once:
                stop += 1
            chosen = order[begin:stop]
            out[chosen] = model(*cutter.pad([rows[i] for i in chosen])).float().numpy()
            begin = stop
    return out
