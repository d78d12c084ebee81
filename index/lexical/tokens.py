"""Words and character pairs of a text 分词: what the lexical index is made of and what the embedded model reads.

Chinese runs are cut by jieba's dictionary with the policy lexicon ``data/lexicon.txt`` on top: by rjieba where it is
installed (twenty times faster), else by jieba itself. The two differ in a few words of a thousand, so an index records which
one made it. Numbers, Latin words and document numbers are recognised here and never reach the dictionary.
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

from platformdirs import user_cache_path

RUN_LIMIT = 120
"""Longest run of Chinese characters given to the dictionary at once: its model for unknown words is quadratic."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
OTHER = r"\d+(?:[.,:/-]\d+)*%?|[a-z][a-z0-9+#]*|[^\W\d_a-z\u3400-\u9fff]+"
"""Numbers and words of other scripts in a folded text without its ``THOUSANDS``."""
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_not_han = re.compile(f"[^{HAN}]+")
_long_run = re.compile(f"[{HAN}]{{{RUN_LIMIT}}}")
_other = re.compile(OTHER)
_year_and_number = r"[〔\[(【]((?:19|20)\d\d)[〕\])】](?:第|年第)?0*(\d{1,5})号"
_number = re.compile(f"([{HAN}]{{0,12}}){_year_and_number}")
_number_alone = re.compile(_year_and_number)
unseen = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f"
    "\U000e0000-\U000e01ef]"
)


SpelledWord = tuple[tuple[str, str], ...]
"""A spelling of a word: fields of the index, each with a token that has to be there."""


class Tokens(NamedTuple):
    """The words of a text in order, and the pairs of neighbouring characters inside its Chinese runs."""

    words: list[str]
    pairs: list[str]


def normalise(text: str) -> str:
    """Half width, lower case, without characters nobody sees; every character kind of white space stays white space."""
    return unicodedata.normalize("NFKC", unseen.sub("", text)).lower()


def document_numbers(text: str) -> tuple[str, ...]:
    """The document numbers 文号 of a text in one spelling, e.g. ``国办发[2021]5号``.

    Words in front of the issuer may be included (按国办发[2021]5号); ``number_readings`` lists what is left without them.
    """
    return tuple(f"{m[1]}[{m[2]}]{m[3]}号" for m in _number.finditer(normalise(text)))


def number_readings(number: str) -> tuple[str, ...]:
    """Every way to read a document number with words too much in front, longest first: 按国发[2021]5号 → …, 国发[2021]5号, …."""
    head, _, tail = number.partition("[")
    return tuple(f"{head[i:]}[{tail}" for i in range(len(head))) or (number,)


def tokenise(text: str) -> Tokens:
    """Words and pairs of a text."""
    plain = normalise(text)
    chinese = _not_han.sub(" ", plain)
    words = [word for word in cut_words(break_long_runs(chinese)) if not word.isspace()]
    pairs: list[str] = []
    for run in chinese.split():
        pairs.extend(map(add, run, run[1:]))
    words += _other.findall(THOUSANDS.sub("", plain))
    words += number_tokens(plain) if "号" in plain else []
    return Tokens(words, pairs)


def spell_word(text: str) -> SpelledWord:
    """The tokens that every text which holds this one has: pairs of its Chinese characters, single ones and other words as words.

    >>> spell_word("医保参保"), spell_word("5G")
    ((('pairs', '医保'), ('pairs', '保参'), ('pairs', '参保')), (('words', '5'), ('words', 'g')))
    """
    plain = normalise(text)
    if _number_alone.fullmatch(plain):
        return (("words", number_tokens(plain)[0]),)
    runs = _not_han.sub(" ", plain).split()
    found = [("pairs", run[i : i + 2]) for run in runs for i in range(len(run) - 1)]
    found += [("words", run) for run in runs if len(run) == 1]
    return tuple(dict.fromkeys([*found, *(("words", word) for word in _other.findall(THOUSANDS.sub("", plain)))]))


def break_long_runs(chinese: str) -> str:
    """The text with a blank inside every run of more than ``RUN_LIMIT`` Chinese characters."""
    return _long_run.sub(r"\g<0> ", chinese)


def cut_words(text: str) -> list[str]:
    """The words of a text of Chinese characters and white space; every character of white space is one of them."""
    return _dictionary().cut(text)


def number_tokens(plain: str) -> list[str]:
    """Year and number of the document numbers in a folded text, as tokens: ``[2021]5号``."""
    return [f"[{m[1]}]{m[2]}号" for m in _number_alone.finditer(plain)]


def words_of(text: str) -> list[str]:
    """The words of a text, in order of appearance for its Chinese part; numbers and Latin words follow."""
    return tokenise(text).words


def engine() -> str:
    """Name and version of the segmenter. An index made by another one is rebuilt."""
    from importlib.metadata import version

    name = "rjieba" if _rjieba() is not None else "jieba"
    return f"{name} {version(name)}"


@lru_cache(maxsize=1)
def lexicon() -> tuple[str, ...]:
    """The words of the policy lexicon."""
    lines = resources.files("index").joinpath("data", "lexicon.txt").read_text(encoding="utf-8").splitlines()
    return tuple(dict.fromkeys(line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()))


@lru_cache(maxsize=1)
def lexicon_hash() -> str:
    """A hash of the lexicon and of the version of the token rules in this module; another one means the index is outdated."""
    return hashlib.sha256("\n".join(("tokens 2", *lexicon())).encode()).hexdigest()[:16]


def _rjieba() -> Callable[[], object] | None:
    try:
        import rjieba
    except ImportError:
        return None
    made: Callable[[], object] = rjieba.Jieba
    return made


def natures(text: str) -> list[tuple[str, str]]:
    """The words of a text with their parts of speech 词性 as the dictionary has them: n 名词, vn 名动词, v 动词, d 副词, m 数词 …."""
    return _dictionary().tag(text)


def is_word(text: str) -> bool:
    """Whether the dictionary has a text as a word."""
    return _dictionary().has_word(text)


class _Dictionary(NamedTuple):
    """The functions used of the segmenter."""

    cut: Callable[[str], list[str]]
    tag: Callable[[str], list[tuple[str, str]]]
    has_word: Callable[[str], bool]


_lock = threading.Lock()


def _dictionary() -> _Dictionary:
    with _lock:  # two first callers must not both build the dictionary
        return _built()


@lru_cache(maxsize=1)
def _built() -> _Dictionary:
    fast = _rjieba()
    if fast is None:
        return _slow_dictionary()
    cutter: Any = fast()
    for word in lexicon():
        cutter.add_word(word, 20_000, None)
    return _Dictionary(cutter.cut, cutter.tag, cutter.has_word)


def _slow_dictionary() -> _Dictionary:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's source has invalid escapes and imports pkg_resources
        import jieba
        import jieba.posseg
    jieba.setLogLevel(60)
    # an own tokenizer: the module-wide one is shared with every other user of jieba in the process
    own = jieba.Tokenizer()
    own.tmp_dir = str(_cache_folder())
    for word in lexicon():
        own.add_word(word, 20_000)
    speech = jieba.posseg.POSTokenizer(own)
    return _Dictionary(
        own.lcut, lambda text: [(pair.word, pair.flag) for pair in speech.cut(text)], lambda word: bool(own.FREQ.get(word))
    )


def _cache_folder() -> Path:
    """The user's cache folder. jieba's default is the shared temporary directory, where another user could plant a file."""
    return user_cache_path("cemai", appauthor=False, ensure_exists=True)
