"""Items are encoded in the background: while nobody asks, kept when stopped, used once all are done."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cemai.library import Library
from index.neural.item_index import ItemIndex
from ui.cli import main
from ui.desk import item_embedding
from ui.desk.desk import desk_of
from ui.desk.item_embedding import ItemEmbedding


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, subject in (("水窖", "供水"), ("校车", "交通"), ("茶园", "农业")):
        text = f"云岫县{name}办法\n第一条 {name}由{subject}部门管理。\n第二条 {name}每年检查一次。\n"
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "lib") as library:
        library.ingest(sorted(tmp_path.glob("*.txt")))
    return tmp_path / "lib"


def complete(library: Library) -> bool:
    encoder = library.item_encoder
    return encoder is not None and ItemIndex.is_complete(library.corpus, encoder)


def test_documents_are_encoded_while_nobody_asks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_embedding, "QUIET", 0.3)
    monkeypatch.setattr(item_embedding, "LOOK_AGAIN", 0.1)
    with Library.open(folder) as library:
        desk = desk_of(library)
        desk.asked_at = time.monotonic() + 3600  # somebody asks all the time
        waiting = ItemEmbedding(desk, lambda: Library.open(folder, encoder=library.encoder))
        waiting.start()
        time.sleep(1.0)
        assert not complete(library)
        waiting.close()
        desk.asked_at = float("-inf")
        working = ItemEmbedding(desk, lambda: Library.open(folder, encoder=library.encoder))
        working.start()
        until = time.monotonic() + 60
        while not complete(library) and time.monotonic() < until:
            time.sleep(0.1)
        working.close()
        assert complete(library)
        assert "每年检查一次" in desk.search("校车多久查一回")[0].text
        desk.close()


def test_the_command_does_it_at_once_and_says_how_many(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--library", str(folder), "index", "refresh", "--json"]) == 0
    assert '"encoded_documents": 3' in capsys.readouterr().out
    assert main(["--library", str(folder), "index", "refresh", "--json"]) == 0
    assert '"encoded_documents": 0' in capsys.readouterr().out
