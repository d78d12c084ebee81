from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from corpus.document import HeadMatter, ParsedDocument, Section, Span, Zone, content_id
from corpus.errors import DamagedLibrary, NewerFormat, StoreError, UnknownDocument
from corpus.filters import Filters
from corpus.store import FILE_NAME, FORMAT, Corpus, FactRow, PassageRow
from tests.postgres import Place


@dataclass(frozen=True)
class NameRecord:
    """A record with a codec of its own: the store needs no more of one."""

    fact_kind: ClassVar[str] = "task"

    id: str
    start: int
    end: int
    name: str

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, written: bytes) -> NameRecord:
        return cls(**json.loads(written))


TEXT = "一、总体要求\n县财政局负责筹措资金。"


def make(source: str, text: str = TEXT, **head: object) -> ParsedDocument:
    data = f"{source}{text}".encode()
    return ParsedDocument(
        id=content_id(data), source=source, format="txt", sha256=hashlib.sha256(text.encode()).hexdigest(), text=text,
        head=HeadMatter(title=source, spans={"title": Span(0, 2)}, inferred=frozenset({"title"}), **head),  # type: ignore[arg-type]
        outline=(Section("s", "heading", "一、", "总体要求", 1, 0, 6, 7, len(text)),), zones=(Zone("body", Span(0, len(text))),),
    )  # fmt: skip


def put(corpus: Corpus, doc: ParsedDocument, **options: object) -> int:
    passages = [PassageRow(Span(0, 6), ("一、总体要求",)), PassageRow(Span(6, len(doc.text)), (), b"\x00\x3c")]
    facts = [FactRow(NameRecord("f1", 0, 6, "总体要求"), (("unit", "县财政局"), ("topic", "财政投入")))]
    return corpus.put(doc, original=doc.text.encode(), passages=passages, facts=facts, model="m", **options)  # type: ignore[arg-type]


def test_a_document_comes_back_as_it_was_put(place: Place) -> None:
    with Corpus.open(place) as corpus:
        doc = make("甲.txt", region="甘肃省", region_code="62", level="省")
        row = put(corpus, doc)
        assert corpus.document(row) == doc
        assert corpus.generation == 1
        assert [p.span for p in corpus.passages(row)] == [Span(0, 6), Span(6, len(TEXT))]
        assert corpus.facts(NameRecord, key=("unit", "县财政局"))[0].value == NameRecord("f1", 0, 6, "总体要求")
        assert [(d, v) for _, d, v in corpus.vectors("m")] == [(row, b"\x00\x3c")]
        assert len(corpus.unembedded("m")) == 1


def test_a_failed_change_leaves_nothing_behind(place: Place) -> None:
    with Corpus.open(place) as corpus:
        put(corpus, make("甲.txt"))
        before = corpus.generation
        with pytest.raises(RuntimeError), corpus.transaction():
            put(corpus, make("乙.txt"))
            raise RuntimeError
        assert corpus.generation == before
        assert [info.source for info in corpus.infos()] == ["甲.txt"]
        put(corpus, make("丙.txt"))
        assert len(corpus) == 2


def test_replacing_shows_the_new_version_only(place: Place) -> None:
    with Corpus.open(place) as corpus:
        old = put(corpus, make("甲.txt"))
        seen = corpus.generation
        new = put(corpus, make("甲.txt", TEXT + "修订。"), replaces=[old])
        assert [info.row for info in corpus.infos()] == [new]
        assert {(c.document, c.operation) for c in corpus.changes_since(seen)} == {(old, "remove"), (new, "put")}
        assert len(corpus.facts(NameRecord)) == 1


def test_removal_can_be_undone_until_it_is_purged(place: Place, tmp_path: Path) -> None:
    with Corpus.open(place) as corpus:
        row = put(corpus, make("甲.txt"))
        corpus.remove(row)
        assert (
            not corpus.infos() and not corpus.facts(NameRecord) and not list(corpus.passages()) and not list(corpus.vectors("m"))
        )
        corpus.restore(row)
        assert len(corpus) == 1
        corpus.remove(row)
        assert corpus.purge() == 1
        with pytest.raises(UnknownDocument):
            corpus.restore(row)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert "县财政局负责筹措资金".encode() not in file.read_bytes()


def test_filters_take_in_what_lies_below_a_region(place: Place) -> None:
    with Corpus.open(place) as corpus:
        put(corpus, make("省.txt", region_code="62", level="省", issued_on="2021-03-01"))
        put(corpus, make("州.txt", region_code="6230", level="市州", published_on="2022-03-01"))
        put(corpus, make("外.txt", region_code="5227", level="市州"))
        names = lambda filters: {info.source for info in corpus.infos(filters)}  # noqa: E731
        assert names(Filters(region="甘肃")) == {"省.txt", "州.txt"}
        assert names(Filters(region="甘南州")) == {"州.txt"}
        assert names(Filters(region="没有这个地方")) == set()
        assert names(Filters(year=2022)) == {"州.txt"}
        assert names(Filters(level="市州")) == {"州.txt", "外.txt"}
        with pytest.raises(ValueError, match="resolve_status"):
            names(Filters(status="现行有效"))
        assert names(Filters(topic="财政投入")) == {"省.txt", "州.txt", "外.txt"}


def test_a_user_status_outranks_the_text_and_survives_a_new_reading(place: Place) -> None:
    with Corpus.open(place) as corpus:
        doc = make("甲.txt", status="有效")
        row = put(corpus, doc)
        corpus.set_status(row, "废止", "县政发〔2024〕1号")
        row = put(corpus, doc)
        assert corpus.info(row).status == "废止"
        corpus.set_status(row, None)
        assert corpus.info(row).status == "有效"


def test_names_find_one_document_or_say_so(place: Place) -> None:
    with Corpus.open(place) as corpus:
        doc = make("县/甲.txt")
        put(corpus, doc)
        assert corpus.find(doc.id[:6]).source == corpus.find("甲.txt").source == "县/甲.txt"
        put(corpus, make("市/甲.txt"))
        with pytest.raises(UnknownDocument, match="2 份"):
            corpus.find("甲.txt")
        with pytest.raises(UnknownDocument):
            corpus.find("%%%")
        put(corpus, make("甲县供水办法", TEXT + "附则。", doc_number="甲政发〔2024〕1号"))
        assert corpus.find("《甲县供水办法》") == corpus.find("甲政发〔2024〕1号")


def test_newer_and_foreign_files_are_refused_untouched(tmp_path: Path) -> None:
    with Corpus.open(tmp_path) as corpus:
        put(corpus, make("甲.txt"))
    db = sqlite3.connect(tmp_path / FILE_NAME)
    db.execute(f"PRAGMA user_version={FORMAT + 1}")
    db.close()
    with pytest.raises(NewerFormat, match="升级"):
        Corpus.open(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    db = sqlite3.connect(other / FILE_NAME)
    db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(StoreError, match="不是策脉"):
        Corpus.open(other)
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / FILE_NAME).write_text("这不是数据库" * 100, encoding="utf-8")
    with pytest.raises(StoreError):
        Corpus.open(tmp_path / "text")


def test_check_finds_an_altered_row(place: Place) -> None:
    with Corpus.open(place) as corpus:
        doc = make("甲.txt")
        put(corpus, doc)
        corpus._db.execute("UPDATE originals SET sha256=sha256")
        corpus._db.execute("UPDATE documents SET text=replace(text, '县财政局', '县民政局')")
        assert any("甲.txt" in fault for fault in corpus.check())


def test_settings_are_listed_by_prefix_and_forgotten(place: Place):
    with Corpus.open(place) as corpus:
        corpus.set_setting("study:甲", "1")
        corpus.set_setting("study:乙", "2")
        corpus.set_setting("model", "x")
        assert corpus.settings("study:") == {"甲": "1", "乙": "2"}
        assert corpus.drop_setting("study:甲") and not corpus.drop_setting("study:甲")
        assert corpus.settings("study:") == {"乙": "2"} and corpus.setting("model") == "x"


@pytest.mark.parametrize(
    "change",
    [
        "documents SET level='县'", "sections SET heading='总体目标'", "passages SET trail='[]'", "vectors SET data=x'003d'",
        "facts SET payload='{}'", "fact_keys SET key='县民政局'", "originals SET data=x'00'",
    ],
)  # fmt: skip
def test_every_altered_column_is_found(place: Place, change: str) -> None:
    with Corpus.open(place) as corpus:
        put(corpus, make("甲.txt"))
        assert corpus.check() == []
        corpus._db.execute(f"UPDATE {change}")
        assert corpus.check()


def test_an_altered_status_or_answer_is_found(place: Place) -> None:
    with Corpus.open(place) as corpus:
        row = put(corpus, make("甲.txt"))
        other = put(corpus, make("乙.txt", TEXT + "另。"))
        corpus.set_status(row, "已废止", "县政发〔2024〕1号")
        corpus.save_answer("a1", {"question": "问"})
        assert corpus.check() == []
        for change, back in (
            (
                f"UPDATE documents SET user_status='现行有效' WHERE row={row}",
                f"UPDATE documents SET user_status='已废止' WHERE row={row}",
            ),
            (
                f"UPDATE documents SET user_note=NULL WHERE row={row}",
                f"UPDATE documents SET user_note='县政发〔2024〕1号' WHERE row={row}",
            ),
            (
                f"UPDATE documents SET user_status='已废止' WHERE row={other}",
                f"UPDATE documents SET user_status=NULL WHERE row={other}",
            ),
            ("UPDATE answers SET payload='{'", "UPDATE answers SET payload='{}'"),
        ):
            corpus._db.execute(change)
            assert len(corpus.check()) == 1, change
            corpus._db.execute(back)
        corpus.remove(row)
        assert corpus.check() == []


@pytest.mark.parametrize(
    "change", ["DELETE FROM meta WHERE name='generation'", "UPDATE meta SET value='x' WHERE name='generation'"]
)
def test_a_library_that_does_not_know_its_generation_is_damaged(place: Place, change: str) -> None:
    with Corpus.open(place) as corpus:
        corpus._db.execute(change)
    with pytest.raises(DamagedLibrary, match="cemai restore"):
        Corpus.open(place)


def test_new_vectors_keep_the_seal(place: Place) -> None:
    with Corpus.open(place) as corpus:
        put(corpus, make("甲.txt"))
        corpus.put_vectors("other", [(row, b"\x00\x3c") for row in corpus.unembedded("other")])
        assert corpus.check() == []


def test_a_vector_takes_little_more_room_than_its_numbers(tmp_path: Path) -> None:
    size = 2 * 512
    with Corpus.open(tmp_path) as corpus:
        passages = [PassageRow(Span(0, 1), (), bytes(size)) for _ in range(1000)]
        corpus.put(make("甲.txt"), original=b"", passages=passages, facts=[], model="cemai-static-01234567")
        corpus._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert (tmp_path / FILE_NAME).stat().st_size < 1.5 * 1000 * size


def test_lists_follow_every_change_also_those_of_others_and_unfinished_ones(place: Place) -> None:
    with Corpus.open(place) as corpus, Corpus.open(place) as other:
        row = put(corpus, make("甲.txt"))
        corpus.infos().clear()
        assert [info.source for info in corpus.infos()] == ["甲.txt"]
        other.set_status(row, "废止")
        assert [info.status for info in corpus.infos()] == ["废止"]
        with pytest.raises(RuntimeError), corpus.transaction():
            put(corpus, make("乙.txt"))
            assert len(corpus.infos()) == 2
            raise RuntimeError
        assert [info.source for info in corpus.infos()] == ["甲.txt"]


FORMER = """
CREATE TABLE old_facts (
  id TEXT NOT NULL, document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE, kind TEXT NOT NULL,
  start INTEGER NOT NULL, end INTEGER NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (document, kind, id)) STRICT, WITHOUT ROWID;
CREATE TABLE old_keys (
  kind TEXT NOT NULL, key TEXT NOT NULL, document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
  fact TEXT NOT NULL, PRIMARY KEY (kind, key, document, fact)) STRICT, WITHOUT ROWID;
INSERT INTO old_facts SELECT id, document, kind, start, end, payload FROM facts;
INSERT INTO old_keys SELECT k.kind, k.key, f.document, f.id FROM fact_keys k JOIN facts f ON f.row=k.fact;
DROP TABLE fact_keys; DROP TABLE facts; DROP INDEX documents_removed; DROP INDEX documents_region;
DROP TABLE corrections; DROP TABLE signatures; DROP TABLE item_vectors; DROP INDEX documents_origin; DROP INDEX documents_title;
ALTER TABLE old_facts RENAME TO facts; ALTER TABLE old_keys RENAME TO fact_keys;
CREATE INDEX facts_kind ON facts(kind); CREATE INDEX fact_keys_document ON fact_keys(document);
PRAGMA user_version=1;
"""


def test_a_library_of_the_first_format_is_brought_to_this_one(tmp_path: Path) -> None:
    with Corpus.open(tmp_path) as corpus:
        kept, gone = put(corpus, make("甲.txt")), put(corpus, make("乙.txt"))
        corpus.remove(gone)
        facts, seals = corpus.facts(NameRecord), _seals(corpus)
    db = sqlite3.connect(tmp_path / FILE_NAME)
    db.executescript(FORMER)
    assert db.execute("SELECT document FROM fact_keys WHERE kind='unit'").fetchall() == [(kept,), (gone,)]
    db.close()
    with Corpus.open(tmp_path) as corpus:
        assert corpus._db.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        assert (corpus.check(), _seals(corpus)) == ([], seals)
        assert [(f.id, f.span, f.value) for f in corpus.facts(NameRecord, key=("unit", "县财政局"))] == [
            (f.id, f.span, f.value) for f in facts
        ]
        corpus.restore(gone)
        assert corpus.keys("unit") == {"县财政局": 2}
        put(corpus, make("甲.txt"))
        corpus.remove(gone)
        corpus.purge()
        assert corpus.check() == []
        assert corpus._db.execute("SELECT count(*) FROM fact_keys").fetchone() == (2,)


def test_a_failed_move_to_this_format_leaves_the_library_as_it_was(tmp_path: Path) -> None:
    with Corpus.open(tmp_path) as corpus:
        put(corpus, make("甲.txt"))
    db = sqlite3.connect(tmp_path / FILE_NAME)
    db.executescript(FORMER + "CREATE TABLE former_facts (x);")
    before = "\n".join(db.iterdump())
    db.close()
    with pytest.raises(StoreError):
        Corpus.open(tmp_path)
    db = sqlite3.connect(tmp_path / FILE_NAME)
    assert "\n".join(db.iterdump()) == before
    db.close()


def _seals(corpus: Corpus) -> list[tuple[str]]:
    return corpus._db.execute("SELECT seal FROM documents ORDER BY row").fetchall()


def test_keys_are_read_by_themselves_and_of_some_facts(place: Place) -> None:
    with Corpus.open(place) as corpus:
        rows = [put(corpus, make(name)) for name in ("甲.txt", "乙.txt")]
        facts = corpus.facts(NameRecord)
        assert corpus.filed(["unit"], documents=rows[:1]) == [("unit", "县财政局", rows[0], facts[0].row)]
        assert corpus.keyed(["unit"], keys=["县财政局"]) == [("unit", "县财政局", fact.row) for fact in facts]
        assert corpus.keyed(["topic"], facts=[facts[1].row]) == [("topic", "财政投入", facts[1].row)]
        assert corpus.names(rows) == {rows[0]: ("甲.txt", None), rows[1]: ("乙.txt", None)}
        corpus.remove(rows[1])
        assert corpus.keys("unit") == {"县财政局": 1} and len(corpus.filed(["unit"])) == 1
