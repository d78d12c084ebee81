"""Edges between documents and chains of versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.document import HeadMatter, ParsedDocument, Reference
from corpus.store import Corpus
from graph.lineage import edges, normal_number, normal_title, superseded, version_chains, work_title


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.open(tmp_path / "library")


def put(corpus: Corpus, id: str, head: HeadMatter) -> int:
    doc = ParsedDocument(id, f"{id}.txt", "txt", id * 4, "正文", head)
    return corpus.put(doc, original=b"x", passages=(), facts=())


def test_titles_and_numbers_in_one_form() -> None:
    long = "甲市人民政府关于印发《甲市供水管理办法》的通知"
    assert normal_title(long) == normal_title("《甲市供水管理办法》") == "甲市供水管理办法"
    assert normal_number("甲政发〔2022〕12号") == normal_number("甲政发[2022] 12 号")
    assert work_title("甲市2022年供水工作要点") == work_title("甲市2023年供水工作要点")


def test_edges_inside_and_to_the_outside(corpus: Corpus) -> None:
    law = put(corpus, "a", HeadMatter(title="甲省供水条例", doc_number="甲人发〔2020〕3号"))
    rules = put(
        corpus,
        "b",
        HeadMatter(
            title="甲市供水实施细则",
            based_on=(
                Reference("供水条例", "依据", "甲人发[2020]3号"),
                Reference("甲省供水条例", "贯彻"),
                Reference("某部供水指南", "引用"),
            ),
        ),
    )
    found = {(edge.source, edge.target, edge.relation) for edge in edges(corpus)}
    assert found == {(rules, law, "依据"), (rules, law, "贯彻"), (rules, None, "引用")}


def test_repeal_and_revision_are_found_from_the_other_side(corpus: Corpus) -> None:
    old = put(corpus, "a", HeadMatter(title="甲市供水管理办法"))
    put(corpus, "b", HeadMatter(title="甲市供水条例", based_on=(Reference("甲市供水管理办法", "废止"),)))
    put(corpus, "c", HeadMatter(title="甲市修改决定", based_on=(Reference("甲市供水管理办法", "修订"),)))
    acts = superseded(corpus.infos())[old]
    assert acts.repealed_by == ("甲市供水条例",)
    assert acts.revised_by == ("甲市修改决定",)


def test_versions_of_one_work_are_chained(corpus: Corpus) -> None:
    rows = [
        put(corpus, "a", HeadMatter(title="甲市2023年供水工作要点", region_code="0101")),
        put(corpus, "b", HeadMatter(title="甲市2022年供水工作要点", region_code="0101")),
        put(corpus, "c", HeadMatter(title="乙市2022年供水工作要点", region_code="0102")),
    ]
    (chain,) = version_chains(corpus.infos())
    assert [version.document for version in chain] == [rows[1], rows[0]]
    assert [version.year for version in chain] == [2022, 2023]
