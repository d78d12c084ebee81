"""No question ends in an error, and no quote is torn, whatever is asked of whatever tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cemai.library import Library
from corpus.document import Span
from qa.answers.borders import has_true_borders
from tests.encoders import BlankEncoder
from tests.qa.tables.specimens import SPECIMENS
from tests.qa.tables.write_files import write_file

ODD_TABLE = "\t\t\n\t\n单位：\nA\t\nB\t\n（\n）\n1\t2\t3\n4\t5\t6\n"
WORDS = (
    "谁", "哪个部门牵头", "是多少", "吗", "第3条", "一共有几", "最高", "2030年", "、", "（", "》", "”", "\u200b", "⼀、", "√", "配合",
    "有哪些", "？", "\t", "|", "‰", "-1", "🙂", "\ud800", "县", "合计", "单位：万元", "续表", "100000000000000000", "ＡＢＣ",
)  # fmt: skip
QUESTIONS = tuple(question for specimen in SPECIMENS for question, _ in specimen.questions)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("odd")
    sources = folder / "in"
    sources.mkdir()
    for specimen in SPECIMENS[:5]:
        write_file(specimen, sources)
    (sources / "odd.txt").write_text(ODD_TABLE, encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest([sources])
        yield opened


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(QUESTIONS)), max_size=4), st.integers(0, 40), st.integers(0, 40)
)
def test_every_question_has_an_answer_of_whole_quotes(odd: Library, parts: list[str], cut: int, rest: int) -> None:
    question = "".join(parts)[cut : cut + rest + 1]
    for citation in odd.ask(question).citations:
        text = odd.corpus.text(odd.corpus.rows[citation.source_id])
        span = Span(citation.start, citation.end)
        assert span.of(text) == citation.quote
        assert has_true_borders(text, span)
