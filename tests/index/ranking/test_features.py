"""The features of a candidate are what their names say, and the trees add up what their nodes say."""

from __future__ import annotations

import numpy as np
import pytest

from index.query import parse_query
from index.ranking import order
from index.ranking.features import FEATURES, Candidate, Rarity, compute_features
from index.ranking.places import find_places
from index.ranking.trees import lay_out_trees, shipped_trees

TREE = [[0, 0.5, 1, 2, 0], [-1, 0, 0, 0, -1.0], [1, 2.0, 3, 4, 0], [-1, 0, 0, 0, 3.0], [-1, 0, 0, 0, 5.0]]


def table(query: str, *candidates: Candidate) -> dict[str, list[float]]:
    question = parse_query(query)
    rarity = Rarity(
        dict.fromkeys(question.words, 1.0), dict.fromkeys(question.pairs, 1.0), dict.fromkeys(question.extra_words, 1.0)
    )
    return dict(zip(FEATURES, compute_features(question, rarity, candidates).T.tolist(), strict=True))


def candidate(row: int, document: int, text: str, title: str = "", **more: float) -> Candidate:
    made = Candidate(row, document, text=text, title=title, ordinal=row)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_what_a_passage_its_title_and_its_document_hold() -> None:
    found = table(
        "监测对象清零",
        candidate(0, 1, "监测对象。另行清零", "监测办法", words=4.0, meaning=0.5),
        candidate(1, 1, "监测对象清零", words=2.0),
        candidate(2, 2, "无关", words=1.0, meaning=-0.2),
    )
    assert found["cover"] == [1.0, 1.0, 0.0]
    assert found["cover_sentence"][1] == 1.0 > found["cover_sentence"][0] > found["cover_sentence"][2] == 0.0
    assert found["run"] == pytest.approx([4 / 6, 1.0, 0.0])
    assert found["words_score"] == [1.0, 0.5, 0.25] and found["words_within"] == [1.0, 0.5, 1.0]
    assert found["meaning_document"] == [0.5, 0.5, 0.0]
    assert found["pairs_beside"][1] == found["cover_pairs"][0]
    assert found["siblings"] == [0.2, 0.2, 0.1]
    assert found["rarest_missing"] == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("query", "title", "column", "why"),
    [
        ("广州市低保标准", "深圳市低保标准", "place_other", "a town beside it"),
        ("低保标准", "深圳市低保标准", "place_unasked", "the query names none"),
        ("B3区道路积水", "关于b5区道路积水的答复", "place_other", "another letter, or number, for a name"),
        ("B3区道路积水", "关于c市道路积水的答复", "place_other", "another letter, or number, for a name"),
    ],
)
def test_places_that_do_not_fit_are_told(query: str, title: str, column: str, why: str) -> None:
    assert table(query, candidate(0, 1, "标准如下", title))[column] == [1.0], why


def test_where_the_title_names_no_place_the_passage_tells() -> None:
    found = table(
        "广州市低保标准",
        candidate(0, 1, "深圳市按月发放", "低保标准"),
        candidate(1, 2, "深圳市按月发放", "广州市低保标准"),
        candidate(2, 3, "按月发放", "低保标准"),
    )
    assert found["place_other"] == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("text", ["B市的答复", "B3区的答复", "B3县城的答复", "已收悉"])
def test_a_letter_for_a_place_lies_in_what_it_begins_with(text: str) -> None:
    assert table("B3区道路积水", candidate(0, 1, text.lower()))["place_other"] == [0.0]


@pytest.mark.parametrize("text", ["5g区域", "abc市", "a", "u盘", "t恤"])
def test_letters_that_are_no_places(text: str) -> None:
    assert find_places(text) == ()


@pytest.mark.parametrize("title", ["广东省低保标准", "广州市低保标准", "增城区低保标准", "低保标准"])
def test_a_place_inside_or_above_the_one_asked_about_is_no_other(title: str) -> None:
    assert table("广州市低保标准", candidate(0, 1, "标准如下", title))["place_other"] == [0.0]


def test_a_place_counts_in_its_short_form() -> None:
    assert find_places("陕西省的政策")
    assert table("陕西省的政策", candidate(0, 1, "陕西出台措施"))["place"] == [1.0]


def test_nothing_to_rank() -> None:
    assert order.score_candidates(compute_features(parse_query("监测"), Rarity({}, {}, {}), [])) == []


@pytest.mark.parametrize(("row", "value"), [([0.5, 9], -2.0), ([0.6, 2], 6.0), ([0.6, 2.1], 10.0)])
def test_trees_add_up(row: list[float], value: float) -> None:
    assert lay_out_trees(("a", "b"), [TREE, TREE]).sums(np.array([row])).tolist() == [value]


def test_the_shipped_trees_read_the_columns_there_are() -> None:
    assert shipped_trees().columns == order.COLUMNS
