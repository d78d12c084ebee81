"""Passages without a vector of the model in use, as after an update: said, counted, made good."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cemai.library import Library
from index.dense.train import save
from ui.cli import main

TEXT = "某县医疗救助办法\n一、总体要求\n参保人员住院，由医疗保障部门按规定支付费用。\n"


@pytest.fixture
def updated(tmp_path: Path) -> Iterator[Path]:
    """A library whose only vectors are of a model that is no longer the embedded one."""
    former = tmp_path / "former"
    save(former, {"[UNK]": 0, "医疗": 1, "住院": 2}, np.eye(3, 8, dtype=np.float32))
    source = tmp_path / "a.txt"
    source.write_text(TEXT, encoding="utf-8")
    with Library.open(tmp_path / "library", model=str(former)) as library:
        library.ingest([source])
    yield tmp_path / "library"


def test_what_has_no_vector_is_said_and_made_good(updated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--library", str(updated), "search", "医疗救助"]) == 0
    assert "段还没有当前语义模型的向量" in capsys.readouterr().err
    assert main(["--library", str(updated), "doctor"]) == 1
    assert "没有当前语义模型的向量" in capsys.readouterr().out
    main(["--library", str(updated), "doctor", "--repair"])
    assert main(["--library", str(updated), "doctor"]) == 0
    capsys.readouterr()
    assert main(["--library", str(updated), "search", "医疗救助"]) == 0
    assert "向量" not in capsys.readouterr().err


def test_the_next_import_makes_it_good(updated: Path, tmp_path: Path) -> None:
    other = tmp_path / "b.txt"
    other.write_text("某县修渠办法\n一、总体要求\n各乡镇按期修好水渠，县水务局负责验收。\n", encoding="utf-8")
    with Library.open(updated) as library:
        assert library.search("大夫开药") == []
        assert library.searcher.without_vectors > 0
        library.ingest([other])
        assert library.searcher.without_vectors == 0
        assert library.search("大夫开药")[0].title == "某县医疗救助办法"


def test_a_complete_library_is_left_alone(updated: Path) -> None:
    with Library.open(updated) as library:
        assert library.embed() > 0
        assert library.embed() == 0


def test_what_was_removed_has_vectors_too_for_it_may_be_restored(updated: Path) -> None:
    with Library.open(updated) as library:
        library.remove("a.txt")
        assert library.embed() == 1
        library.restore("a.txt")
        assert library.searcher.without_vectors == 0 and library.embed() == 0
        assert library.search("大夫开药")


def test_only_passages_that_came_since_are_looked_at(updated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(updated) as library:
        library.embed()
    with Library.open(updated) as library:
        asked: list[int] = []
        find = library.corpus.unembedded
        monkeypatch.setattr(
            library.corpus, "unembedded", lambda model, *, after: (asked.append(after), find(model, after=after))[1]
        )
        assert library.embed() == 0 and asked == [library.corpus.last_passage()] and asked[0] > 0
