"""Ends of sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Span
from corpus.text import PERIOD_ENDS, sentence_around, sentence_end, sentences

TEXT = "修路。到2025年，建水渠；植树500亩！完成了吗？\n验收"


def test_sentences_of_a_text() -> None:
    assert [span.of(TEXT) for span in sentences(TEXT)] == [
        "修路。",
        "到2025年，建水渠；",
        "植树500亩！",
        "完成了吗？",
        "\n",
        "验收",
    ]
    assert [span.of(TEXT) for span in sentences(TEXT, semicolons=False)][1] == "到2025年，建水渠；植树500亩！"


@given(st.text(alphabet="修路。；;！!？?\n”，"), st.booleans())
def test_sentences_cover_the_text(text: str, semicolons: bool) -> None:
    spans = list(sentences(text, semicolons=semicolons))
    assert "".join(span.of(text) for span in spans) == text
    assert all(not set(span.of(text)[:-1]) & set(PERIOD_ENDS) for span in spans)


@pytest.mark.parametrize(
    ("inner", "semicolons", "found"),
    [
        ("水渠", True, "到2025年，建水渠"),
        ("水渠", False, "到2025年，建水渠；植树500亩"),
        ("修路", True, "修路"),
        ("验收", True, "验收"),
        ("建水渠；植树", True, "到2025年，建水渠；植树500亩"),
        ("植树500亩！", True, "植树500亩！"),
    ],
)
def test_the_sentence_around_a_stretch(inner: str, semicolons: bool, found: str) -> None:
    at = TEXT.index(inner)
    assert sentence_around(TEXT, Span(at, at + len(inner)), semicolons=semicolons).of(TEXT) == found


@given(st.text(alphabet="修路。；!\n”", max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_the_sentence_covers_the_stretch(text: str, start: int, length: int) -> None:
    span = Span(min(start, len(text)), min(start + length, len(text)))
    whole = sentence_around(text, span)
    assert whole.start <= span.start
    assert span.end <= whole.end <= len(text)


def test_quotation_marks_belong_to_the_sentence_they_close() -> None:
    text = "他说：“修路。”大家同意。"
    assert [match.group() for match in sentence_end.finditer(text)] == ["。”", "。"]
