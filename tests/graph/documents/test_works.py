"""Works: copies of one text, what tells near copies apart, chains of versions, and what persons say of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from corpus.document import HeadMatter, ParsedDocument
from corpus.store import Corpus
from graph.documents import near_copies
from graph.documents.near_copies import METHOD, BandIndex, hash_shingles, overlap, sign
from graph.documents.versions import version_chains
from graph.documents.works import works

RULES = "".join(
    f"第{n}条 用水单位应当在每年{month}月底以前向水务部门报告{what}的计量数据，逾期不报的由水务部门责令改正。"
    for n, (month, what) in enumerate(
        [("三", "地下水"), ("四", "管网"), ("五", "再生水"), ("六", "农业灌溉"), ("七", "洗车行业")], 1
    )
)
OTHER = "根据群众反映，现就今年夏季停水检修的时间和范围作如下安排，请相互转告并提前储水。各小区物业做好引导，不得擅自关闭阀门。"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.open(tmp_path / "library")


def put(corpus: Corpus, title: str, text: str = RULES, **head: object) -> int:
    id = f"d{len(corpus)}"
    doc = ParsedDocument(id, f"{id}.txt", "txt", id * 4, text, HeadMatter(title=title, **head))  # type: ignore[arg-type]
    return corpus.put(doc, original=b"x", passages=(), facts=())


def test_plans_of_several_years_are_chained_by_region_and_replace_nothing(corpus: Corpus) -> None:
    rows = [put(corpus, f"甲市{year}年供水工作要点", region_code="0101", text=RULES[n:]) for n, year in enumerate((2023, 2022))]
    put(corpus, "乙市2022年供水工作要点", region_code="0102")
    (chain,) = version_chains(corpus.infos())
    assert [(version.document, version.year) for version in chain] == [(rows[1], 2022), (rows[0], 2023)]
    assert works(corpus).of(rows[1]).documents == (rows[1], rows[0])
    assert works(corpus).replaced_by(rows[1]) == ()


@pytest.mark.parametrize(
    "titles",
    [
        ("关于公开征求《甲市供水办法(征求意见稿)》意见的公告", "甲市人民政府关于印发甲市供水办法的通知"),
        ("甲市供水办法(试行)", "甲市供水办法"),
        ("甲市供水办法(2021年版)", "甲市供水办法(2023年版)"),
        ("甲市供水办法(试行)(征求意见稿)", "甲市供水办法(暂行)"),
        ("关于对甲市供水办法(修订草案征求意见稿)公开征集意见的公告", "甲市供水办法"),
        ("甲市供水办法", "甲市供水办法(修订)"),
    ],
)
def test_states_of_one_document_are_chained(corpus: Corpus, titles: tuple[str, str]) -> None:
    texts = (RULES[: len(RULES) // 2] + OTHER, RULES)
    rows = [put(corpus, title, text, region_code="0101") for title, text in zip(reversed(titles), texts, strict=True)]
    work = works(corpus).of(rows[0])
    assert [version.document for version in work.versions] == rows[::-1]
    assert work.versions[0].step in ("公布", "征求意见") and "题名" in work.versions[0].evidence


def test_a_page_and_a_clean_text_are_copies_whatever_stands_around_them(corpus: Corpus) -> None:
    page = put(corpus, "甲市供水办法", f"{RULES}相关链接：水务局首页", region_code="0101", doc_number="甲水〔2022〕1号")
    clean = put(corpus, "甲市水务局关于印发甲市供水办法的通知", RULES, region_code="0101")
    known = works(corpus)
    assert known.copies(page) == (clean,) and known.copies(clean) == (page,)
    assert known.representative(clean) == page, "the one whose head says most"
    assert known.of(page) is known.of(clean) and len(known.of(page).versions) == 1


APART = [
    ({"title": "甲市供水办法", "doc_number": "甲水〔2022〕1号"}, {"title": "甲市供水办法", "doc_number": "甲水〔2023〕4号"}),
    ({"title": "甲市供水办法(征求意见稿)"}, {"title": "甲市供水办法"}),
    ({"title": "甲市供水工作第一批名单的通知"}, {"title": "甲市供水工作第二批名单的通知"}),
    ({"title": "供水办法", "region_code": "0101"}, {"title": "供水办法", "region_code": "0102"}),
    ({"title": "甲市2022年供水安排"}, {"title": "甲市2023年供水安排"}),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_like_texts_that_their_heads_tell_apart_are_no_copies(
    corpus: Corpus, one: dict[str, object], other: dict[str, object]
) -> None:
    rows = [put(corpus, text=RULES, **head) for head in (one, other)]  # type: ignore[arg-type]
    assert works(corpus).copies(rows[0]) == ()


def test_open_pairs_are_proposed_and_decided_by_persons(corpus: Corpus) -> None:
    one = put(corpus, "甲市供水办法", RULES)
    other = put(corpus, "甲市供水办法", RULES[: len(RULES) * 2 // 3] + OTHER * 2)
    assert works(corpus).copies(one) == ()
    (proposal,) = works(corpus).proposals()
    assert {proposal.document, proposal.other} == {one, other} and 0.6 <= proposal.overlap < 0.86
    corpus.correct(other, "copy_of", [corpus.info(one).id], who="张三")
    assert works(corpus).copies(one) == (other,) and works(corpus).proposals() == ()
    made = corpus.corrections()[-1]
    corpus.undo_correction(made.number)
    corpus.correct(other, "not_copy_of", [corpus.info(one).id], who="张三")
    assert works(corpus).copies(one) == () and works(corpus).proposals() == ()


def test_a_person_chains_documents_of_different_names(corpus: Corpus) -> None:
    old = put(corpus, "甲市停水安排", OTHER, issued_on="2012-01-01")
    new = put(corpus, "甲市供水办法", RULES, issued_on="2022-01-01")
    assert works(corpus).of(old) is not works(corpus).of(new)
    corpus.correct(new, "replaces", [corpus.info(old).id], who="张三")
    known = works(corpus)
    assert known.of(old) is known.of(new) and known.replaced_by(old) == (new,)
    assert known.current(old, "2022-06-01") == new and known.current(new, "2013-01-01") == old
    assert "由人指明" in known.version(old).evidence


def test_signatures_that_a_library_lacks_are_made_once_and_stored(corpus: Corpus) -> None:
    row = put(corpus, "甲市供水办法")
    assert corpus.signatures(METHOD, [row]) == {}
    works(corpus)
    assert corpus.signatures(METHOD, [row]) == {row: sign(RULES)}


def test_the_index_of_bands_follows_what_comes_and_goes() -> None:
    index = BandIndex()
    assert index.update((), {1: sign(RULES), 2: sign(RULES + OTHER), 3: sign(OTHER)}) == {1, 2, 3}
    assert 2 in index.partners(1) and 3 not in index.partners(1)
    assert {2, 3} <= index.update([2], {2: sign(OTHER)})
    assert (index.partners(1), index.partners(2), index.partners(3)) == (set(), {3}, {2})
    assert index.update([1, 2], {}) == {3} and index.partners(3) == set()


def test_the_index_of_bands_is_that_of_the_documents_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_copies, "CROWD", 5)
    monkeypatch.setattr(near_copies, "FRESH", 30)
    for seed in range(8):
        draw = random.Random(seed)
        index, held, before = BandIndex(), {}, {}  # type: ignore[var-annotated]
        for row in range(1, 240, 3):
            gone = [one for one in held if draw.random() < 0.1]
            come = {one: _alike(draw) for one in (*range(row, row + draw.randrange(4)), *gone[:1])}
            held = {one: data for one, data in held.items() if one not in gone} | come
            changed = index.update(gone, come)
            anew = BandIndex()
            anew.update((), dict(sorted(held.items())))
            now = {one: set(index.partners(one)) for one in held}
            assert now == {one: set(anew.partners(one)) for one in held}
            assert {one for one in held if now[one] != before.get(one, set())} <= changed
            before = now


def _alike(draw: random.Random) -> bytes:
    """A signature that shares most bands with some others."""
    data = bytearray(random.Random(draw.randrange(6)).randbytes(4 * near_copies.BINS))
    for _ in range(draw.randrange(25)):
        data[16 * draw.randrange(near_copies.BANDS)] = draw.randrange(256)
    return bytes(data)


def test_overlap_counts_the_stretches_two_texts_share() -> None:
    part, whole = overlap(hash_shingles(RULES), hash_shingles(RULES + OTHER))
    assert part == 1.0 and 0.5 < whole < 1.0
    assert overlap(hash_shingles("水"), hash_shingles("水")) == (1.0, 1.0)
