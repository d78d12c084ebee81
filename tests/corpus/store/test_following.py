"""Heads, ids and keys are kept up by changes and equal those read anew; views see whole transactions, or nothing."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import ClassVar

import pytest

from corpus.document import HeadMatter, ParsedDocument
from corpus.holding import TextsByPairs
from corpus.store import Corpus, FactRow, FiledKeys, Heads, View
from tests.postgres import Place


@dataclass(frozen=True)
class UnitRecord:
    """A record filed under the name it holds."""

    fact_kind: ClassVar[str] = "task"

    id: str
    start: int
    end: int

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, written: bytes) -> UnitRecord:
        return cls(**json.loads(written))


class Titles(View):
    """Titles by row, with what the view was told."""

    def __init__(self, corpus: Corpus) -> None:
        self.of: dict[int, str | None] = {}
        self.told: list[tuple[list[int], list[int]]] = []

    def take(self, gone: Heads, come: Heads) -> None:
        self.told.append((sorted(gone), sorted(come)))
        for row in gone:
            del self.of[row]
        self.of |= {row: info.head.title for row, info in come.items()}


def put(corpus: Corpus, name: str, *units: str) -> int:
    doc = ParsedDocument(name, f"{name}.txt", "txt", name * 4, "县财政局负责筹措资金。", HeadMatter(title=f"某县{name}办法"))
    facts = [FactRow(UnitRecord(f"f{i}", i, i + 1), (("unit", unit), ("term", "帮扶"))) for i, unit in enumerate(units)]
    return corpus.put(doc, original=b"x", passages=(), facts=facts)


@pytest.fixture
def corpus(place: Place) -> Iterator[Corpus]:
    with Corpus.open(place) as opened:
        yield opened


def test_a_change_costs_work_for_what_changed(corpus: Corpus) -> None:
    rows = [put(corpus, name) for name in "甲乙丙"]
    view = corpus.view(Titles)
    corpus.correct(rows[1], "title", "某县新办法")
    corpus.remove(rows[0])
    assert corpus.view(Titles) is view and view.of == {rows[1]: "某县新办法", rows[2]: "某县丙办法"}
    corpus.restore(rows[0])
    corpus.view(Titles)
    assert view.told == [([], rows), (rows[:2], rows[1:2]), ([], rows[:1])]
    assert list(corpus.heads) == rows and corpus.rows == dict(zip("甲乙丙", rows, strict=True))


def test_a_transaction_shows_when_it_is_done_and_not_when_it_failed(corpus: Corpus) -> None:
    first = put(corpus, "甲")
    assert list(corpus.heads) == [first]
    with pytest.raises(ZeroDivisionError), corpus.transaction():
        put(corpus, "乙")
        assert list(corpus.view(Titles).of) == [first] and len(corpus.infos()) == 2
        raise ZeroDivisionError
    assert list(corpus.heads) == [first] == list(corpus.view(Titles).of)


def test_what_is_first_read_inside_a_transaction_that_fails_is_read_again(corpus: Corpus) -> None:
    with pytest.raises(ZeroDivisionError), corpus.transaction():
        put(corpus, "乙")
        assert len(corpus.heads) == len(corpus.view(Titles).of) == 1
        raise ZeroDivisionError
    assert not corpus.heads and not corpus.view(Titles).of


def test_steady_documents_stay_while_another_process_writes(corpus: Corpus, place: Place) -> None:
    first = put(corpus, "甲")
    with corpus.steady():
        with Corpus.open(place) as other:
            second = put(other, "乙")
        assert list(corpus.heads) == [first] == list(corpus.view(Titles).of)
    assert list(corpus.view(Titles).of) == [first, second]


def test_a_view_that_fails_is_made_anew(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    put(corpus, "甲")
    view = corpus.view(Titles)
    second = put(corpus, "乙")
    with monkeypatch.context() as patched:
        patched.setattr(Titles, "take", lambda self, gone, come: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            corpus.view(Titles)
    assert corpus.view(Titles) is not view and second in corpus.view(Titles).of


@pytest.mark.parametrize("seed", range(5))
def test_keys_equal_those_counted_anew(place: Place, seed: int) -> None:
    draw = random.Random(seed)
    with Corpus.open(place) as corpus:
        keys = corpus.view(FiledKeys)
        there = {(kind, key) for kind in ("unit", "term") for key in keys.counts(kind)}
        for step in range(40):
            live = list(corpus.heads)
            act = draw.choice(("put", "put", "remove", "restore", "purge", "facts")) if live else "put"
            if act == "put":
                put(corpus, f"d{step}", *draw.choices(("县财政局", "县水务局", "镇政府", "县医保局"), k=draw.randrange(4)))
            elif act == "remove":
                corpus.remove(draw.choice(live))
            elif act == "restore" and (gone := corpus.removed()):
                corpus.restore(gone[0].row)
            elif act == "purge":
                corpus.purge()
            elif act == "facts":
                corpus.put_derived(
                    draw.choice(live), passages=(), facts=[FactRow(UnitRecord("g", 0, 1), (("unit", "县林业局"),))], model=None
                )
            before = keys if corpus.view(FiledKeys) is keys else None
            keys = corpus.view(FiledKeys)
            if before is None:
                there = {(kind, key) for kind in ("unit", "term") for key in keys.counts(kind)}
            else:
                there = (there - {(k, n) for k, n, came in keys.changed if not came}) | {
                    (k, n) for k, n, came in keys.changed if came
                }
                keys.changed = []
            with Corpus.open(place) as anew:
                for kind in ("unit", "term"):
                    assert list(corpus.keys(kind).items()) == list(anew.keys(kind).items())
                    assert {name for k, name in there if k == kind} == set(anew.keys(kind))


def test_texts_are_found_by_what_stands_in_them() -> None:
    texts = TextsByPairs[int]()
    for key, text in enumerate(("供水条例", "排水条例", "供排水一体化")):
        texts.add(key, text)
    assert (texts.holding("水条例"), texts.holding("供水条"), texts.holding("水")) == ({0, 1}, {0}, set())
    texts.discard(0)
    texts.discard(9)
    assert texts.holding("水条例") == {1} and not texts.holding("供水条例")
