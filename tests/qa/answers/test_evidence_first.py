from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from qa.evidence.doubt import SLOT_SIGNS
from qa.evidence.forms import shipped_weights
from qa.evidence.scope import SMALL
from qa.evidence.selector import COLUMNS, FILE, MEANING_COLUMNS, MEANING_FILE, SIGNS, shipped_items

COUNTIES = ["云岫", "青禾", "澜溪", "石桥", "柳河", "东岭", "南浦", "西坡", "北渡", "长汀"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library too large for every sentence of it to be weighed."""
    folder = tmp_path_factory.mktemp("库")
    for i in range(SMALL + 6):
        name = f"{COUNTIES[i % 10]}{'一二三四'[i // 10]}镇"
        text = (
            f"{name}人民政府关于加强饮水安全工作的通知\n一、总体要求。坚持建管并重。\n"
            f"二、补助标准\n（一）新建水窖每口补助{800 + 10 * i}元。\n（二）改造管网每公里补助{5 + i}万元。\n"
            f"三、禁止行为。任何单位不得向水源地排放污水。\n"
        )
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with Library.open(folder / "lib") as opened:
        opened.ingest(sorted(folder.glob("*.txt")))
        yield opened


def test_the_item_that_answers_is_quoted_whole_and_first(library: Library) -> None:
    answer = library.ask("青禾一镇新建水窖每口补助多少钱？", keep=False)
    assert answer.status in ("answered", "partial")
    assert "（一）新建水窖每口补助810元。" in answer.answer.split("\n")[0]


def test_every_quote_is_a_span_and_nothing_is_said_twice(library: Library) -> None:
    answer = library.ask("水窖补助标准是多少", keep=False)
    spans = set()
    for citation in answer.citations:
        assert library.document(citation.source_id).text[citation.start : citation.end] == citation.quote
        spans.add((citation.source_id, citation.start, citation.end))
    assert len(spans) == len(answer.citations)


def test_no_place_is_quoted_again_in_other_borders(library: Library) -> None:
    for question in ("石桥一镇的补助标准", "石桥一镇补助标准有哪些"):
        quotes = library.ask(question, keep=False).citations
        assert len(quotes) > 1
        for i, one in enumerate(quotes):
            for other in quotes[:i]:
                assert one.source_id != other.source_id or one.end <= other.start or other.end <= one.start


def test_the_shipped_model_fits_the_code() -> None:
    forms, _ = shipped_weights().shape
    for file, columns, near in ((FILE, COLUMNS, 0), (MEANING_FILE, MEANING_COLUMNS, 4)):
        model = shipped_items(file)
        assert model.forest.columns == columns
        signs = 2 + len(SIGNS) + 6 + forms + len(SLOT_SIGNS) + near
        assert len(model.doubt.weights) == len(model.doubt.mean) == len(model.doubt.scale) == signs


def test_no_verdict_stands_in_front_of_a_prohibition(library: Library) -> None:
    answer = library.ask("可以向水源地排放污水吗？", keep=False)
    assert "不得向水源地排放污水" in answer.answer
    assert not answer.answer.startswith(("可以", "是", "有"))


def test_the_path_is_the_same_for_the_same_question(library: Library, tmp_path: Path) -> None:
    first, second = (library.ask("石桥一镇改造管网每公里补助多少", keep=False).record() for _ in range(2))
    assert first == second


def test_of_a_page_that_is_one_line_only_the_sentence_is_quoted(library: Library, tmp_path: Path) -> None:
    (tmp_path / "报道.txt").write_text(
        "河口镇供水见闻 记者近日从河口镇获悉，当地群众用水越来越方便。河口镇共新建提灌站37座，惠及群众九千人。"
        "村民们说，过去挑水要走很远的山路，如今拧开龙头就有水。镇里还将继续做好后续管护，让群众放心。",
        encoding="utf-8",
    )
    library.ingest([tmp_path / "报道.txt"])
    answer = library.ask("河口镇新建提灌站多少座？", keep=False)
    assert answer.citations[0].quote in ("37座", "河口镇共新建提灌站37座，惠及群众九千人。")
