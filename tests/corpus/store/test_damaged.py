"""What is read is held against its hashes: a document that is not what was stored is told with every answer and hit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cemai.library import Library
from corpus.store import Corpus
from tests.postgres import Place
from tests.stores import open_plain, take_in, write_notices

QUESTION = "水窖改造由谁负责？"


@pytest.fixture
def folder(tmp_path: Path) -> Place:
    return filled(tmp_path / "lib", tmp_path)


def filled(place: Place, tmp_path: Path) -> Place:
    """The place, with a library of six notices in it."""
    paths = write_notices(tmp_path / "in", range(6))
    with open_plain(place) as library:
        take_in(library, paths)
        assert told(library) == (False, set())
    return place


def told(library: Library) -> tuple[bool, set[str]]:
    """Whether an answer says that a document is damaged, and the sources of the hits that say so."""
    answer = library.ask(QUESTION, keep=False)
    assert answer.citations
    hits = library.search("水窖改造", top=3)
    assert all(hit.record()["damaged"] is hit.damaged for hit in hits)
    return any(notice.kind == "damaged" for notice in answer.notices), {hit.source for hit in hits if hit.damaged}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET text=replace(text, '每季度', '每年度') WHERE source='通知002.txt'",
        "UPDATE documents SET record=replace(record, '云岫县', '云袖县') WHERE source='通知002.txt'",
        "UPDATE facts SET payload=replace(payload, '水窖', '水管') WHERE document=(SELECT row FROM documents WHERE source='通知002.txt')",
        "UPDATE passages SET trail='[]', start=start+1 WHERE document=(SELECT row FROM documents WHERE source='通知002.txt')",
        "UPDATE documents SET issuers='别处' WHERE source='通知002.txt'",
    ],
    ids=["text", "record", "facts", "passages", "columns"],
)
def test_a_damaged_document_is_told(place: Place, tmp_path: Path, statement: str) -> None:
    with Corpus.open(filled(place, tmp_path)) as corpus:
        assert corpus._db.execute(statement).rowcount > 0
    with open_plain(place) as library:
        assert told(library) == (True, {"通知002.txt"})


def flip_text(folder: Path) -> None:
    """Change one character of a text in the file itself, as a failing disk or another program does."""
    path = folder / "library.sqlite"
    data, words = path.read_bytes(), "水窖改造由县教育局牵头负责，每季度".encode()
    assert words in data
    path.write_bytes(data.replace(words, words.replace("季".encode(), "年".encode())))


@pytest.mark.parametrize("damage", [flip_text])
def test_damage_is_noticed_by_a_process_that_read_the_document_before(folder: Path, damage: Callable[[Path], None]) -> None:
    with open_plain(folder) as library:
        assert told(library) == (False, set())
        damage(folder)
        library.corpus._db.execute("PRAGMA shrink_memory")  # what SQLite holds in memory is as it was, and is answered from
        assert told(library) == (True, {"通知002.txt"})


def test_a_document_is_looked_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_plain(folder) as library:
        told(library)
        monkeypatch.setattr("corpus.store.integrity.is_intact", lambda db, document: pytest.fail("looked at again"))
        assert told(library) == (False, set())
