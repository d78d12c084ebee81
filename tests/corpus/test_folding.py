from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.folding import fold, folded

PIECES = st.lists(
    st.sampled_from(["教", " ", "育", "\n", "部", "，", "％", "Ａ", "㎡", "ﬁ", "５", "\u3000", "\u200b", "①", "İ"])
).map("".join)


def test_white_space_inside_a_name_is_looked_through() -> None:
    text = "由教 育部牵头"
    span = folded(text).find("教育部")
    assert span is not None and span.of(text) == "教 育部"


@given(PIECES, st.integers(0, 30), st.integers(0, 30))
def test_what_maps_back_covers_what_was_matched(text: str, a: int, b: int) -> None:
    view = folded(text)
    start, end = sorted((min(a, len(view.folded)), min(b, len(view.folded))))
    span = view.original(start, end)
    assert 0 <= span.start <= span.end <= len(text)
    assert view.folded[start:end] in fold(span.of(text))


@given(PIECES)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(PIECES, st.text(max_size=60))
def test_a_long_text_is_folded_as_its_characters_are(pieces: str, other: str) -> None:
    text = (pieces + other) * 3 + "第一条　本办法，自2025年1月1日起施行。" * 3
    assert fold(text) == "".join(map(fold, text))
