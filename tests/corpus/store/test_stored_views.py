"""Views are taken over from the file of another process, and from nothing else: what does not fit is made anew, nothing is run."""

from __future__ import annotations

import io
import json
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from corpus.document import HeadMatter, ParsedDocument, Span
from corpus.errors import StoreError
from corpus.store import READINGS, Corpus, Heads, View, following, stored_views


class Titles(View):
    """Titles by row."""

    made = 0

    def __init__(self, corpus: Corpus) -> None:
        type(self).made += 1
        self.corpus = corpus
        self.of: dict[int, str | None] = {}
        self.infos: dict[int, Any] = {}

    def take(self, gone: Heads, come: Heads) -> None:
        for row in gone:
            del self.of[row], self.infos[row]
        self.of |= {row: info.head.title for row, info in come.items()}
        self.infos |= come


class Lengths(View):
    """The lengths of titles, by what another view holds."""

    def __init__(self, corpus: Corpus) -> None:
        self.titles = corpus.view(Titles)
        self.of: dict[int, int] = {}

    def take(self, gone: Heads, come: Heads) -> None:
        for row in gone:
            del self.of[row]
        self.of |= {row: len(self.titles.of[row] or "") for row in come}


class Unstorable(View):
    """A view that holds what cannot be stored."""

    def __init__(self, corpus: Corpus) -> None:
        self.key: Callable[[], int] = lambda: 1

    def take(self, gone: Heads, come: Heads) -> None:
        """Nothing is held of documents."""


@pytest.fixture(autouse=True)
def _stored_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "STORED_FROM", 1)
    monkeypatch.setattr(stored_views, "PACKAGES", (*stored_views.PACKAGES, __name__.partition(".")[0]))
    monkeypatch.setattr(Titles, "made", 0)
    stored_views.program_state.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of three documents, whose views are stored."""
    with Corpus.open(tmp_path) as corpus:
        for name in "甲乙丙":
            put(corpus, name)
        corpus.view(Lengths)
        corpus.store_views()
    assert file_of(tmp_path).exists()
    return tmp_path


def put(corpus: Corpus, name: str) -> int:
    doc = ParsedDocument(name, f"{name}.txt", "txt", name * 4, "县财政局负责筹措资金。", HeadMatter(title=f"某县{name}办法"))
    return corpus.put(doc, original=b"x", passages=(), facts=())


@pytest.fixture
def stored_after_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """One change is enough for views to be stored again."""
    monkeypatch.setattr(following, "MANY", 0)


def file_of(folder: Path) -> Path:
    return folder / "cache" / f"{READINGS}{stored_views.FILE}"


def taken_over(folder: Path) -> bool:
    """Whether a process that opens the library takes the views over; they are right in any case."""
    before = Titles.made
    with Corpus.open(folder, read_only=True) as corpus:
        lengths, titles = corpus.view(Lengths), corpus.view(Titles)
        assert lengths.titles is titles and titles.corpus is corpus
        assert titles.of == {row: info.head.title for row, info in corpus.heads.items()}
        assert lengths.of == {row: len(title or "") for row, title in titles.of.items()}
        assert all(titles.infos[row] is info for row, info in corpus.heads.items())
        assert corpus.rows == {info.id: row for row, info in corpus.heads.items()}
    return Titles.made == before


def test_views_are_taken_over(folder: Path) -> None:
    assert taken_over(folder)


def test_what_changed_since_is_taken_in(folder: Path) -> None:
    with Corpus.open(folder) as corpus:
        put(corpus, "丁")
        corpus.remove(1)
        corpus.correct(2, "title", "某县新的办法")
    assert taken_over(folder)


def test_what_changes_before_a_view_is_asked_for_is_taken_in(folder: Path) -> None:
    with Corpus.open(folder) as corpus:
        assert list(corpus.heads) == [1, 2, 3]
        made = Titles.made
        corpus.remove(2)
        assert list(corpus.view(Lengths).of) == [1, 3]
        assert Titles.made == made


@pytest.mark.usefixtures("stored_after_each")
def test_views_are_stored_again_with_those_nobody_asked_for(folder: Path) -> None:
    with Corpus.open(folder) as corpus:
        corpus.view(Unstorable)
        put(corpus, "丁")
        corpus.view(Titles)
        corpus.store_views()
    known = stored_views.read_views(file_of(folder), None, 10**6)
    assert known is None  # of another library
    assert taken_over(folder)
    with Corpus.open(folder) as corpus:
        known = stored_views.read_views(file_of(folder), corpus.id, 10**6)
        assert known is not None and list(known.order) == [stored_views.name_view(kind) for kind in (Titles, Lengths)]
        assert known.generation == corpus.generation


@pytest.mark.parametrize("at", [0, 40, -1, -400])
def test_a_damaged_file_is_left(folder: Path, at: int) -> None:
    data = bytearray(file_of(folder).read_bytes())
    data[at] ^= 1
    file_of(folder).write_bytes(data)
    assert not taken_over(folder)


def test_half_a_file_is_left(folder: Path) -> None:
    data = file_of(folder).read_bytes()
    file_of(folder).write_bytes(data[: len(data) // 2])
    assert not taken_over(folder)


def test_a_file_of_another_program_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_views, "program_state", lambda: "other")
    assert not taken_over(folder)


@pytest.mark.usefixtures("stored_after_each")
def test_a_file_of_a_later_state_is_left(folder: Path) -> None:
    with Corpus.open(folder) as corpus:
        put(corpus, "丁")
        corpus.view(Lengths)
        corpus.store_views()
    with Corpus.open(folder) as corpus:
        corpus._db.execute("UPDATE meta SET value=? WHERE name='generation'", (str(corpus.generation - 1),))
    (folder / "library.json").unlink()
    assert not taken_over(folder)


@pytest.mark.parametrize(
    "value",
    [
        os.system,
        print,
        Path("x"),
        StoreError("x"),
        Corpus.open,
        memoryview,
        pickle.loads,
    ],
)
def test_nothing_but_values_is_read(folder: Path, tmp_path: Path, value: object) -> None:
    mark = tmp_path / "run"

    class Trap:
        def __reduce__(self) -> Any:
            return (os.system, (f"touch {mark}",)) if value is os.system else (type, (value,))

    data = pickle.dumps({"of": Trap(), "infos": {}})
    names = [stored_views.name_view(Titles)]
    head, body = stored_views._read_file(file_of(folder))
    heads = bytes(body[: head.sections[0][1]])
    sections = [heads, data]
    import hashlib

    sizes = [(name, len(part)) for name, part in zip(["heads", *names], sections, strict=True)]
    forged = head._replace(digest=hashlib.sha256(b"".join(sections)).hexdigest(), sections=sizes)
    file_of(folder).write_bytes(json.dumps(forged).encode() + b"\n" + b"".join(sections))
    assert not taken_over(folder)
    assert not mark.exists()


def test_a_stored_view_that_fails_is_made_anew(folder: Path) -> None:
    with Corpus.open(folder) as corpus:
        titles = corpus.view(Titles)
        titles.of.clear()  # as a fault of the program would leave it
        corpus._following._made_anew = True
        file_of(folder).unlink()
        corpus.store_views()
    with Corpus.open(folder) as corpus:
        corpus.remove(1)
        made = Titles.made
        assert list(corpus.view(Titles).of) == [2, 3]
        assert Titles.made == made + 1


def test_erasing_a_text_erases_what_is_stored(folder: Path) -> None:
    with Corpus.open(folder) as corpus:
        corpus.remove(1)
        corpus.purge()
    assert not file_of(folder).exists()


@pytest.mark.usefixtures("stored_after_each")
def test_nothing_is_stored_of_a_state_that_is_past(folder: Path) -> None:
    with Corpus.open(folder) as corpus, Corpus.open(folder) as other:
        corpus.view(Titles)
        put(corpus, "丁")
        corpus.view(Lengths)
        put(other, "戊")
        before = file_of(folder).read_bytes()
        corpus.store_views()
        assert file_of(folder).read_bytes() == before


def test_readers_store_nothing(folder: Path) -> None:
    file_of(folder).unlink()
    with Corpus.open(folder, read_only=True) as corpus:
        corpus.view(Lengths)
        corpus.store_views()
    assert not file_of(folder).exists()


@dataclass(frozen=True, slots=True)
class _Plain:
    row: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class _ByName:
    row: int = field(kw_only=True)


@pytest.mark.parametrize(("one", "called"), [(_Plain(3, "甲"), True), (_ByName(row=3), False), (Span(1, 2), False)])
def test_a_frozen_data_class_is_written_as_a_call_where_that_makes_the_same(one: object, called: bool) -> None:
    out = io.BytesIO()
    pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = reducers = stored_views._Reducers()
    pickler.dump([one, one])
    again = pickle.loads(out.getvalue())
    assert again == [one, one] and again[0] is again[1]
    assert (type(one) in reducers) is called
