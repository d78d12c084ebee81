"""The embedded model: numpy and sentence-transformers read the same files and give the same vectors."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelUnavailable
from index.dense import encoder
from index.dense.encoder import StaticEncoder, load
from index.dense.train import save

TEXTS = ["看病报销的比例是多少", "城乡居民基本医疗保险待遇", "植树造林", "", "@@@"]


@pytest.fixture(scope="module")
def embedded() -> StaticEncoder:
    found = load(None)
    assert isinstance(found, StaticEncoder)
    return found


@pytest.mark.slow
def test_numpy_and_sentence_transformers_agree(embedded: StaticEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    folder = Path(encoder.__file__).parents[1] / "model"
    other = SentenceTransformer(str(folder), device="cpu").float()
    theirs = other.encode([embedded.segment(text) for text in TEXTS])
    np.testing.assert_allclose(embedded.encode(TEXTS), theirs, atol=1e-4)


def test_unit_vectors_and_zero_for_nothing(embedded: StaticEncoder) -> None:
    norms = np.linalg.norm(embedded.encode(TEXTS), axis=1)
    np.testing.assert_allclose(norms, [1, 1, 1, 0, 0], atol=1e-5)


def test_meaning_is_near_without_shared_words(embedded: StaticEncoder) -> None:
    question, insurance, trees = embedded.encode(["看病报销", "基本医疗保险基金支付", "植树造林"])
    assert question @ insurance > question @ trees


def test_the_model_is_small_enough_to_ship() -> None:
    folder = Path(encoder.__file__).parents[1] / "model"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 30_000_000


def test_a_query_does_not_import_torch() -> None:
    code = "import sys; from index.dense.encoder import load; load(None).encode(['监测']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(encoder.__file__).parents[2]).returncode == 0


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Nothing can be reached, and what was tried is noted."""
    tried: list[object] = []

    def refuse(*args: object, **_: object) -> None:
        tried.append(args)
        raise OSError("no network in this test")

    monkeypatch.delenv(encoder.DOWNLOADS, raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    load.cache_clear()
    return tried


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nobody/no-such-model", "no-such-model", "no/such/folder", "../no folder"])
def test_a_missing_model_says_what_to_do_and_sends_nothing(name: str, no_network: list[object]) -> None:
    import sentence_transformers  # noqa: F401  # imported before: by then it no longer reads what the environment forbids

    with pytest.raises(ModelUnavailable, match="内置模型"):
        load(name)
    assert no_network == []


def test_a_missing_model_is_missed_before_torch_is_imported() -> None:
    code = (
        "import sys\nfrom corpus.errors import ModelUnavailable\nfrom index.dense.encoder import load\n"
        "try:\n    load('nobody/no-such-model')\nexcept ModelUnavailable:\n    sys.exit('torch' in sys.modules)\nsys.exit(2)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(encoder.__file__).parents[2]).returncode == 0


@pytest.mark.slow
def test_a_model_fetched_before_is_read_without_a_request(
    tmp_path: Path, no_network: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = tmp_path / "models--nobody--tiny"
    snapshot = fetched / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    save(snapshot, {"[UNK]": 0, "监测": 1}, np.ones((2, 8), dtype=np.float32))
    (fetched / "refs").mkdir()
    (fetched / "refs" / "main").write_text("0" * 40, encoding="utf-8")
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    assert load("nobody/tiny").encode(["监测"]).shape == (1, 8)
    assert no_network == []


def test_a_damaged_model_says_what_to_do(tmp_path: Path) -> None:
    save(tmp_path, {"[UNK]": 0, "监测": 1}, np.ones((2, 8), dtype=np.float32))
    assert isinstance(load(str(tmp_path)), StaticEncoder)
    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(ModelUnavailable, match="损坏"):
        StaticEncoder(tmp_path)


@pytest.mark.slow
def test_a_folder_that_sentence_transformers_wrote_reads_the_same(embedded: StaticEncoder, tmp_path: Path) -> None:
    from safetensors.numpy import load_file
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(Path(encoder.__file__).parents[1] / "model"), device="cpu").float().save(str(tmp_path))
    assert any("embedding.weight" in load_file(path) for path in tmp_path.rglob("*.safetensors"))
    np.testing.assert_allclose(StaticEncoder(tmp_path).encode(TEXTS), embedded.encode(TEXTS), atol=1e-4)


def test_eight_bits_a_number_keep_the_directions(tmp_path: Path) -> None:
    rows = np.random.default_rng(1).normal(size=(3, 64)).astype(np.float32)
    save(tmp_path, {"[UNK]": 0, "监测": 1, "帮扶": 2}, rows)
    found = StaticEncoder(tmp_path).encode(["监测", "监测帮扶"])
    wanted = np.array([rows[1], rows[1] + rows[2]])
    np.testing.assert_allclose(found, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=0.01)


def test_a_word_that_comes_often_counts_less_each_time(embedded: StaticEncoder) -> None:
    assert encoder.damp_counts(["监测"] * 9 + ["帮扶"]) == {"监测": 4, "帮扶": 1}
    often, once, both = embedded.encode(["监测、" * 8 + "帮扶", "监测帮扶", "监测、" * 4 + "帮扶"])
    assert often @ once > 0.8  # eight times as much of one word would leave nothing of the other
    assert both @ once > often @ once


def test_a_model_of_another_version_is_refused(tmp_path: Path) -> None:
    save(tmp_path, {"[UNK]": 0, "监测": 1}, np.ones((2, 8), dtype=np.float32))
    (tmp_path / "cemai.json").write_text('{"cemai": 1, "dimension": 8}', encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="重新训练"):
        load(str(tmp_path))
