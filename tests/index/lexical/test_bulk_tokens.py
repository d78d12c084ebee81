"""Many texts cut at once: token for token what one text by itself gives."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.lexical import bulk_tokens
from index.lexical.tokens import normalise, tokenise, words_of

PIECES = ("由县财政局牵头，", "云政办发〔2023〕07号", "３．５％", "1,430万元", "…", "㎡", "e\u0301", "ΑΣ", "\x00", "\u200b", "\n", "〇", "𠀀", "号", "ﾞ", "ｶ", "가", "\u11a8")  # fmt: skip
policy = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=8).map("".join)


@pytest.fixture(autouse=True)
def _by_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenise("先加载")
    bulk_tokens._tables()
    monkeypatch.setattr(bulk_tokens, "FEW", 0)


@given(st.lists(policy, max_size=6))
@example(["", "\x00", "中" * 500, "号(2021)第007号", ""])
def test_many_texts_have_the_tokens_of_each(texts: list[str]) -> None:
    made = list(bulk_tokens.segment_texts(texts))
    assert [s.plain for s in made] == [normalise(text) for text in texts]
    assert [(s.words.split(), s.pairs.split()) for s in made] == [tokenise(text) for text in texts]
    assert list(bulk_tokens.words_of_texts(texts)) == [words_of(text) for text in texts]


def test_every_character_folds_as_it_does_alone_and_between_others() -> None:
    # of the long stretches of one kind some are enough
    codes = [*range(0x3400), *range(0x3400, 0xF900, 13), *range(0xF900, 0x10000), *range(0x10000, 0x30000, 31)]
    texts = [f"{chr(code)}中a{chr(code)}1{chr(code)}" for code in codes]
    for text, made in zip(texts, bulk_tokens.segment_texts(texts), strict=True):
        assert made.plain == normalise(text), hex(ord(text[0]))


def test_batches_join_up(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"第{i}条 由县财政局会同{i % 7}个部门落实" for i in range(100)]
    whole = list(bulk_tokens.words_of_texts(texts))
    monkeypatch.setattr(bulk_tokens, "BATCH", 200)
    assert list(bulk_tokens.words_of_texts(iter(texts))) == whole == [words_of(text) for text in texts]


def test_few_texts_are_cut_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_tokens, "FEW", 100)
    bulk_tokens._tables.cache_clear()
    text = "由县财政局牵头，1,430万元"
    (made,) = bulk_tokens.segment_texts([text])
    assert (made.plain, made.words.split(), made.pairs.split()) == (normalise(text), *tokenise(text))
    assert not bulk_tokens._tables.cache_info().currsize
