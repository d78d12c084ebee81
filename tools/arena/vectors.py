"""Vectors of passages, made once and kept."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.neural.encoder import ItemEncoder
from tools.arena.engine import Refusal

AT_ONCE = 256


class Vectors:
    """Vectors of texts by the encoder's name and the text, kept in one file with the processor seconds each took."""

    def __init__(self, encoder: ItemEncoder, work: Path) -> None:
        work.mkdir(parents=True, exist_ok=True)
        self._encoder = encoder
        self._db = sqlite3.connect(work / "vectors.sqlite")
        self._db.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB, cpu_s REAL)")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _keys(self, texts: Sequence[str]) -> list[str]:
        return [f"{self._encoder.name}:{hashlib.sha256(text.encode()).hexdigest()}" for text in texts]

    def _known(self, keys: Iterable[str]) -> dict[str, tuple[bytes, float]]:
        found = {}
        for key in keys:
            row = self._db.execute("SELECT vector, cpu_s FROM vectors WHERE key = ?", (key,)).fetchone()
            if row:
                found[key] = (row[0], row[1])
        return found

    def of(self, texts: Sequence[str], most: int) -> tuple[Any, float]:
        """The vectors of texts and what they cost when they were made; ``Refusal`` where more than ``most`` are missing."""
        keys = self._keys(texts)
        known = self._known(set(keys))
        missing = sorted(
            {key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items(), key=lambda p: len(p[1])
        )
        if len(missing) > most:
            sample = random.Random(1).sample(missing, min(32, len(missing)))
            began = time.process_time()
            self._encoder.encode_passages([text for _, text in sample])
            minutes = (time.process_time() - began) / len(sample) * len(missing) / 60
            raise Refusal(f"{len(missing):,} passages have no vectors, about {minutes:.0f} minutes of processor time (--encode)")
        for first in range(0, len(missing), AT_ONCE):
            part = missing[first : first + AT_ONCE]
            began = time.process_time()
            vectors = self._encoder.encode_passages([text for _, text in part]).astype("<f2")
            cost = (time.process_time() - began) / len(part)
            rows = [(key, vector.tobytes(), cost) for (key, _), vector in zip(part, vectors, strict=True)]
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
            self._db.commit()
            known.update({key: (data, cost) for key, data, cost in rows})
            print(f"{min(first + AT_ONCE, len(missing)):,} of {len(missing):,} passages encoded", file=sys.stderr, flush=True)
        table = np.frombuffer(b"".join(known[key][0] for key in keys), dtype="<f2").reshape(len(keys), -1).astype(np.float32)
        return table, sum(cost for _, cost in known.values())
