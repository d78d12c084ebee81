"""The store over a real server of PostgreSQL: the same calls give the same results as over a file."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import LibraryBusy, LibraryUnreachable, NewerFormat, StoreError
from corpus.store import FORMAT, Corpus
from corpus.store.audit import Actor
from corpus.store.copying import copy_library_to
from corpus.store.postgres import ServerConnection
from corpus.store.postgres_accounts import NAMESPACE, PostgresAccountStore
from tests import postgres
from tests.corpus.store.test_corpus import TEXT, NameRecord, make, put
from tests.stores import open_plain, take_in, write_notices


@pytest.fixture
def place(postgres_server: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CEMAI_NODE", str(tmp_path / "node"))
    return postgres.make_database(postgres_server, request.node.name[:50])


def told(corpus: Corpus) -> list[Any]:
    """What a library says after a run of changes of every kind."""
    said: list[Any] = []
    doc = make("甲.txt", region="甘肃省", region_code="62", level="省")
    first, second = put(corpus, doc), put(corpus, make("乙%_.txt", TEXT + "另。"))
    said += [
        corpus.document(first) == doc,
        corpus.document(second).text,
        corpus.quotes([1, 2, 3, 4]),
        corpus.labels([first, second]),
    ]
    said += [corpus.find("乙%_").row, [one.row for one in corpus.matches("甲")], corpus.edges_of_text([first, second], 4)]
    corpus.set_status(first, "已废止", "某号")
    corpus.correct(second, "title", "县财政局办法", who="某人")
    said += [(c.number, c.field, c.value, c.was, c.who, c.note) for c in corpus.corrections()]
    said += [corpus.facts(NameRecord, key=("unit", "县财政局")), corpus.filed(["unit", "topic"]), corpus.keys("unit")]
    said += [corpus.count_facts(["task"], [first]), corpus.count_keys(["unit"]), corpus.keys_of_facts("task", "unit", [second])]
    corpus.save_answer("a", {"question": "问", "b": 1})
    corpus.add_feedback("a", {"verdict": "right"})
    corpus.save_answer("a", {"question": "再问"})
    said += [[one.payload for one in corpus.answers(judged=True)], corpus.add_feedback("b", {}), corpus.count_answers()]
    said += [corpus.put_item_vectors("m", first, b"1"), corpus.put_item_vectors("m", second, b"2")]
    corpus.put_item_vectors("m", first, b"3")
    said += [
        list(corpus.item_vectors("m", after=2)),
        corpus.last_item_vectors(),
        corpus.unembedded("m"),
        sorted(corpus.vectors("m")),
    ]
    corpus.put_signatures("m", {first: b"s"})
    corpus.put_vectors("n", [(1, b"\x00\x3c")])
    said += [
        corpus.signatures("m", [first]),
        list(corpus.bodies([first])),
        corpus.pages([first, second]),
        list(corpus.passages()),
    ]
    corpus.remove(first)
    corpus.restore(first)
    corpus.remove(second)
    said += [corpus.changes_since(1), [one.status for one in corpus.infos()], [one.source for one in corpus.removed()]]
    said += [
        corpus.purge(),
        [one.id for one in corpus.purged()],
        corpus.check(),
        corpus.generation,
        corpus.is_last(corpus.generation),
    ]
    return said


def test_the_same_changes_say_the_same_over_both_stores(place: str, tmp_path: Path) -> None:
    with Corpus.open(place) as one, Corpus.open(tmp_path / "file") as other:
        assert told(one) == told(other)
        with_nul = make("丙.txt", TEXT + "\x00另。")  # as a record of JSON Lines may hold one
        assert one.document(put(one, with_nul)) == with_nul


def test_a_failed_change_leaves_nothing_and_readers_write_nothing(place: str) -> None:
    with Corpus.open(place) as corpus:
        with pytest.raises(RuntimeError), corpus.transaction():
            put(corpus, make("甲.txt"))
            raise RuntimeError
        assert len(corpus) == 0 and corpus.generation == 0 and corpus.changes_since(0) == []
        with Corpus.open(place, create=False, read_only=True) as reader, reader.snapshot() as generation:
            put(corpus, make("乙.txt"))
            assert (generation, reader.generation, len(reader), reader.is_last(0)) == (0, 0, 0, False)
            with pytest.raises(StoreError):
                reader.put_signatures("m", {1: b""})
            assert len(reader) == 0


def test_generations_rise_by_one_under_several_writers(place: str) -> None:
    Corpus.open(place).close()
    seen: list[int] = []

    def write(name: str) -> None:
        with Corpus.open(place) as corpus:
            for number in range(8):
                with corpus.transaction() as generation:
                    put(corpus, make(f"{name}{number}.txt", TEXT + name * (number + 1)))
                    seen.append(generation)

    threads = [threading.Thread(target=write, args=(name,)) for name in "甲乙丙"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Corpus.open(place) as corpus:
        assert (sorted(seen), corpus.generation, len(corpus), corpus.check()) == (list(range(1, 25)), 24, 24, [])
        assert len(corpus.changes_since(12)) == 12


def test_a_writer_that_waits_too_long_is_told(place: str) -> None:
    with Corpus.open(place) as one, Corpus.open(place) as other, one.transaction():
        other._db.execute("SET lock_timeout='50ms'")
        with pytest.raises(LibraryBusy), other.transaction():
            pass


def test_a_foreign_database_and_a_missing_library_are_refused(place: str) -> None:
    import psycopg

    with pytest.raises(StoreError, match="还没有文档库"):
        Corpus.open(place, create=False)
    with psycopg.connect(place) as db:
        db.execute("CREATE TABLE t (x int)")
    with pytest.raises(StoreError, match="不是策脉"):
        Corpus.open(place)
    with pytest.raises(StoreError, match="连不上") as refused:
        Corpus.open("postgresql://me:secret@127.0.0.1:1/none")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(("step", "error", "words"), [(1, NewerFormat, "升级"), (-1, StoreError, "cemai copy")])
def test_a_library_of_another_format_is_refused_untouched(place: str, step: int, error: type[StoreError], words: str) -> None:
    with Corpus.open(place) as corpus:
        corpus._db.execute("UPDATE meta SET value=? WHERE name='format'", (str(FORMAT + step),))
    with pytest.raises(error, match=words):
        Corpus.open(place)


def test_a_server_that_does_not_answer_is_told_and_found_again(place: str) -> None:
    with Corpus.open(place) as corpus, Corpus.open(place) as other:
        number = other._db.execute("SELECT pg_backend_pid()").fetchone()[0]
        corpus._db.execute("SELECT pg_terminate_backend(?)", (number,))
        with pytest.raises(LibraryUnreachable):
            put(other, make("甲.txt"))
        put(other, make("甲.txt"))
        assert (len(corpus), corpus.generation) == (1, 1)


def test_a_library_moves_both_ways_and_answers_and_exports_alike(place: str, tmp_path: Path) -> None:
    with open_plain(tmp_path / "a") as library:
        take_in(library, write_notices(tmp_path / "in", range(6)))
        library.corpus.set_status(library.corpus.infos()[0].row, "已废止")
    copy_library_to(tmp_path / "a", place)
    copy_library_to(place, tmp_path / "b")
    with pytest.raises(StoreError, match="已有文档库"):
        copy_library_to(tmp_path / "a", place)
    subjects = ("河道管护", "校车安全", "水窖改造", "养老服务", "冬季供暖", "垃圾分类", "防汛抢险", "没有这件事")
    forms = ("{}由谁负责", "{}的覆盖率目标是多少", "{}有哪些任务", "关于{}的通知的文号", "{}")
    found = []
    for one in (tmp_path / "a", place, tmp_path / "b"):
        with open_plain(one, create=False) as library:
            out = tmp_path / f"out{len(found)}"
            library.export(out)
            answers = [str(library.ask(form.format(subject), keep=False).record()) for subject in subjects for form in forms]
            found.append(
                (answers, {path.name: path.read_bytes() for path in out.iterdir()}, library.corpus.check(), library.generation)
            )
    assert len(found[0][0]) == 40 and found[0] == found[1] == found[2]
    with open_plain(place) as library:
        take_in(library, write_notices(tmp_path / "in", [7]))
        assert len(library.corpus) == 7 and library.corpus.check() == []


def test_accounts_of_the_former_format_are_brought_up(place: str) -> None:
    actor = Actor("t", "", "test")
    with PostgresAccountStore(place) as store:
        store.add_account(actor, "li", "li", "admin", "x")
    db = ServerConnection(place, read_only=False).connected()
    db.execute(
        f"SET search_path={NAMESPACE}; DROP TABLE grants; ALTER TABLE sessions DROP COLUMN library;"
        " ALTER TABLE tokens DROP COLUMN library; UPDATE format SET number=1"
    )
    db.close()
    with PostgresAccountStore(place) as store:
        (account,) = store.accounts()
        store.set_grant(actor, account, "内部", granted=True)
        assert store.grants(account) == ("内部",) and store.check() == []
