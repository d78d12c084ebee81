"""Questions that one cell of a published table answers, or one item of one sentence, over real files of every format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from corpus.document import Span
from qa.answer import Answer
from qa.answers.borders import has_true_borders
from tests.encoders import BlankEncoder
from tests.qa.tables.specimens import ITEMS, SPECIMENS, UNANSWERED, Specimen
from tests.qa.tables.specimens_second import SECOND
from tests.qa.tables.specimens_third import THIRD
from tests.qa.tables.write_files import write_file

pytest.importorskip("reportlab")

RIGHT = 0.95
"""The share of questions that must be right."""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("tables")
    sources = folder / "in"
    sources.mkdir()
    for specimen in SPECIMENS:
        write_file(specimen, sources)
    for number, (text, _) in enumerate(ITEMS):
        (sources / f"items{number}.txt").write_text(text, encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest([sources])
        yield opened


@pytest.fixture(scope="module")
def second_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("second")
    sources = folder / "in"
    sources.mkdir()
    for specimen in (*SECOND, *THIRD):
        write_file(specimen, sources)
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest([sources])
        yield opened


def first_line(answer: Answer) -> str:
    return answer.answer.split("\n")[0]


def names_the_cell(specimen: Specimen, question: str, wanted: tuple[str, ...], answer: Answer) -> bool:
    """Whether the first line holds the value and hardly anything else of the table: a quoted table holds every value."""
    line = first_line(answer)
    others = {
        cell
        for row in specimen.rows[specimen.headers :]
        for cell in row
        if len(cell) > 1 and cell not in question and not any(cell in word or word in cell for word in wanted)
    }
    right = answer.status != "not_found" and all(word in line for word in wanted)
    return right and sum(cell in line for cell in others) <= 2


def test_every_table_is_read_with_its_title(tables: Library) -> None:
    titles = {info.head.title for info in tables.corpus.heads.values()}
    missing = [specimen.title for specimen in SPECIMENS if specimen.title not in titles and not specimen.name.endswith(".pdf")]
    assert missing == []


def test_rows_and_columns_are_answered_by_their_cell(tables: Library) -> None:
    asked = [(specimen, *question) for specimen in SPECIMENS for question in specimen.questions]
    wrong = [
        question for specimen, question, wanted in asked if not names_the_cell(specimen, question, wanted, tables.ask(question))
    ]
    assert len(asked) >= 60
    assert 1 - len(wrong) / len(asked) >= RIGHT, wrong


def test_items_of_one_sentence_are_answered_with_any_measure_word(tables: Library) -> None:
    asked = [question for _, questions in ITEMS for question in questions]
    wrong = [
        question
        for question, value in asked
        if (answer := tables.ask(question)).status == "not_found" or value not in first_line(answer)
    ]
    assert len(asked) >= 20
    assert 1 - len(wrong) / len(asked) >= RIGHT, wrong


@pytest.mark.parametrize(("question", "values"), UNANSWERED)
def test_what_no_cell_tells_is_not_answered_by_the_next_one(tables: Library, question: str, values: tuple[str, ...]) -> None:
    answer = tables.ask(question)
    assert answer.status == "not_found" or not any(value in first_line(answer) for value in values)


def test_every_quote_is_whole(tables: Library) -> None:
    torn = []
    for specimen in SPECIMENS:
        for question, _ in specimen.questions:
            for citation in tables.ask(question).citations:
                text = tables.corpus.text(tables.corpus.rows[citation.source_id])
                span = Span(citation.start, citation.end)
                if span.of(text) != citation.quote or not has_true_borders(text, span):
                    torn.append((question, citation.quote))
    assert torn == []


LEDGER = (
    "临江乡水库巡查一览表\n单位：万立方米\n水库名称\t库容\t巡查人\n青石水库\t182.5\t罗家旺\n白鹭水库\t96.3\t蒋秀英\n"
    "金鸡水库\t240.8\t韦建业\n合计\t519.6\t\n"
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("一共有几座水库", "3"),
        ("有哪些水库", "金鸡水库"),
        ("哪座水库库容最大", "240.8"),
        ("库容最小的是哪座水库", "白鹭水库"),
        ("青石水库的库容是多少", "182.5（单位：万立方米）"),
        ("青石水库和白鹭水库的巡查人分别是谁", "蒋秀英"),
    ],
)
def test_a_column_is_counted_listed_and_compared(tmp_path: Path, question: str, said: str) -> None:
    (tmp_path / "巡查.txt").write_text(LEDGER, encoding="utf-8")
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest([tmp_path / "巡查.txt"])
        assert said in library.ask(question).answer


AIR = (
    "陵川县2024年生态环境工作要点\n一、PM2.5平均浓度控制在31微克/立方米以下，空气优良天数比例达到85.6%。\n"
    "二、5G基站达到420个，R&D经费投入强度达到1.4%。\n三、清洁取暖改造3500户。\n"
)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("陵川县PM2.5浓度控制目标", "31微克"),
        ("PM2.5平均浓度控制在多少", "31微克"),
        ("陵川县5G基站达到多少个", "420个"),
        ("R&D经费投入强度是多少", "1.4%"),
    ],
)
def test_names_with_points_and_letters_are_whole(tmp_path: Path, question: str, value: str) -> None:
    (tmp_path / "要点.txt").write_text(AIR, encoding="utf-8")
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest([tmp_path / "要点.txt"])
        answer = library.ask(question)
        assert answer.status != "not_found"
        assert value in first_line(answer)


TWO_PLACES = (
    "玉树藏族自治州人民政府关于发展光伏产业的意见\n玉政〔2023〕11号\n一、到2025年，光伏装机达到260万千瓦。（责任单位：州能源局）\n",
    "青海省人民政府关于发展光伏产业的意见\n青政〔2023〕6号\n一、到2025年，光伏装机比重达到45%以上。（责任单位：省能源局）\n",
)


def test_an_item_of_one_sentence_is_the_whole_document_and_answers(tmp_path: Path) -> None:
    for number, text in enumerate(TWO_PLACES):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest(sorted(tmp_path.glob("*.txt")))
        assert "260万千瓦" in first_line(library.ask("玉树州2025年光伏装机达到多少"))
        assert "45%" in first_line(library.ask("青海省2025年光伏装机比重目标是多少"))
