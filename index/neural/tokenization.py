"""How the encoder reads text: characters are put into one form, then cut into the pieces of its vocabulary (Unigram)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

QUERY, PASSAGE = "query: ", "passage: "
PREFIXES = (QUERY, PASSAGE)
"""What the encoder was pretrained with in front of a question and of a text that may answer it."""


def clean(text: str, characters: dict[int, str]) -> str:
    """The text with every character in the form the vocabulary knows (full width to half, line ends to spaces)."""
    return text.translate(characters).strip(" ")


def build_tokenizer(pieces: Sequence[tuple[str, float]], unknown: int) -> Any:
    """The tokenizer of a vocabulary of (piece, logarithm of its probability); ``unknown`` is the number of the unknown piece.

    Its texts have to be cleaned before.
    """
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import Unigram
    from tokenizers.normalizers import Replace
    from tokenizers.pre_tokenizers import Metaspace

    tokenizer = Tokenizer(Unigram(list(pieces), unknown, False))
    tokenizer.normalizer = Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = Metaspace(prepend_scheme="always")
    return tokenizer
