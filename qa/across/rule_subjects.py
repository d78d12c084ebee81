"""What is asked of the rules of places 所问的规定: the subject in the words of rules, and the documents that name it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.divisions import Division
from corpus.folding import fold
from corpus.numerals import half_width
from corpus.region_groups import PlacesRead
from corpus.wordlists import expand, word_lists
from graph.quantities.find import find_quantities
from qa.across.evidence import Subject
from qa.across.places import ENDINGS
from qa.across.statements import EVERYDAY, groups, groups_asked, kind_asked, kind_by_unit, kind_of_unit
from qa.across.subjects import subject_of, without_asking, without_places
from qa.across.sweeps import own_words, read_bound
from qa.documents import LibraryView
from qa.understanding.concepts import QueryConcepts
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

if TYPE_CHECKING:
    from index.searcher import Searcher

LIGHT = 0.3
"""What a word for a measure weighs beside others."""
NAMED_BY = 2
"""Weightiest words of a subject that a document must have to be read."""
_ZONE = re.compile(r"(?<= )[\u4e00-\u9fff]{0,5}(?:新区|经开区|开发区|高新区|港区|示范区)")
"""What stands right behind the name of a place: 三江新区 of 宜宾市三江新区."""
_BOUND = re.compile(r"(?:不超过|不低于|不高于|不少于|至少|超过|达到|在)$")
_JOINS = re.compile(r"(?:\s+[、,，和与及]+)+(?=\s)|(?<=\s)[、,，和与及]+")
"""What joined the names of places that were taken out."""
_NOISE = re.compile(expand("qa", "^(?:{subject_noise})+|(?:{subject_noise})+$"))
_ASKS_WHERE = re.compile(
    r"(?:这|上述)?[两三四五六七八九十几]个?(?:城市|省份|市县|市|省|地|州)[里中]?|(?:这|那)?(?:哪|谁)[^,，?？]{0,8}?(?:更|最)[高低多少大小]|(?:最高|最多|最低|最少)(?:能|可)?(?!额度|限额|贷款)[^,，?？]{0,3}多少"
    r"|(?:由|从)多少(?:调整|提高|上调|上浮|增加)?(?:到|至)多少|[里中]?(?:最|更)[高低多少大小]的?(?:省份|省区|省|地区)?(?:是|为)?(?:哪里|哪个|哪儿|哪)?(?:省份|省|地区)?[?？]?$"
    r"|(?:各|分别)?(?:是)?多少|(?:城市|地方|市县|设区市)?(?:是|有)(?:哪些|哪几个|几个)(?:城市|地方|市县|设区市)?"
)


def rule_subject(plain: str, kind: str, parsed: ParsedQuestion, view: LibraryView, known: KnownNames) -> Subject:
    """The subject of a question after rules, from its words: ``kind`` is the sort of value it asks for."""
    subject = subject_of(with_usual_groups(plain), parsed, view, known)
    return replace(subject, sought=with_light_measures(subject.sought), kind=kind, groups=groups_asked(parsed.folded))


def value_kind(plain: str, parsed: ParsedQuestion) -> str:
    """The sort of value (金额, 比例 …) that a question asks for: by its unit, that of its bound, its subject, its other words; empty for none."""
    named = kind_by_unit(parsed.folded) or kind_asked(with_usual_groups(plain))
    bound = read_bound(parsed.folded)
    by_bound = kind_of_unit(bound.value.unit) if bound is not None else ""
    # 贷款额度按余额25倍以上: what it is held against; 90平方米以下新房的补贴 is asked of some houses
    if by_bound and by_bound != named and (by_bound != "数量" or not named):
        return by_bound
    return named or kind_asked(parsed.folded)


def with_light_measures(sought: QueryConcepts) -> QueryConcepts:
    """Concepts with little weight on the words for a measure (上限, 定额): documents have others for it, or none."""
    lists = word_lists("qa")
    light, ends = lists["measure_words"], lists["measure_ends"]
    lighter = [replace(c, weight=c.weight * LIGHT) if c.text in light or c.text.endswith(ends) else c for c in sought.concepts]
    return replace(sought, concepts=tuple(lighter)) if len(lighter) > 1 else sought


def with_usual_groups(plain: str) -> str:
    """A subject with the groups it names under their usual names (本科 for 本科毕业生), and without those everybody belongs to one of.

    夫妻双方缴存家庭 tells which value is meant, not what of.
    """
    rest = _everyday_people().sub("", plain)
    rest = rest if len(rest) > 3 else plain
    for name, words in groups():
        longer = (word for word in words if name in word and word != name)
        for word in sorted(longer if name not in EVERYDAY else (), key=len, reverse=True):
            rest = rest.replace(word, name)
    return rest


@lru_cache(maxsize=1)
def _everyday_people() -> re.Pattern[str]:
    words = sorted((word for name, words in groups() if name in EVERYDAY for word in words), key=len, reverse=True)
    return re.compile(rf"(?:夫妻)?(?:{'|'.join(map(re.escape, words))})(?:缴存)?(?:职工|人员|人)?(?:家庭)?")


def subject_words(
    parsed: ParsedQuestion, window: tuple[str, str, str] | None, read: PlacesRead, *, every: bool, text: str | None = None
) -> str:
    """What a question, or a text in its place, asks about, without places, the time in which the documents were issued, and values to compare with."""
    text = own_words(parsed) if text is None else text
    if not read.whole:
        for name in sorted({n for division in read.divisions for n in _names_of(division)}, key=len, reverse=True):
            text = text.replace(name, " ")
        text = _JOINS.sub(" ", _ZONE.sub(" ", text))
    if window is not None:
        text = half_width(text).replace(window[2], " ")
        for word in word_lists("qa")["window_words"]:
            text = text.replace(word, " ")
    for word in sorted((w for name in ("per_month", "per_year") for w in word_lists("qa")[name]), key=len, reverse=True):
        text = text.replace(f"{word}算的", " ").replace(word, " ")
    text = half_width(text)
    for quantity in reversed(list(find_quantities(text))):
        if quantity.value is not None and quantity.unit:
            text = f"{_BOUND.sub('', text[: quantity.core.start])} {text[quantity.span.end :]}"
    plain = without_places(_ASKS_WHERE.sub(" ", text), parsed)
    plain = without_asking(plain) if every else plain
    pieces = [_bare(piece) for piece in re.split("[,，?？()]", plain)]
    return "".join(piece for piece in pieces if len(piece) > 1) or plain


def _names_of(division: Division) -> set[str]:
    """The names of a place in a question, folded: 天门市, 天门."""
    names = {fold(division.name), fold(division.short)}
    return names | {name[:-1] for name in names if len(name) > 2 and name[-1] in ENDINGS}


def _bare(piece: str) -> str:
    """A piece of a question without the small words at its ends."""
    return _NOISE.sub("", piece.strip()).strip("的,， ")


def rows_naming(subject: Subject, rows: frozenset[int], view: LibraryView, searcher: Searcher) -> frozenset[int]:
    """Of some documents those with the weightiest words of a subject in any form."""
    concepts = sorted(subject.sought.concepts, key=lambda concept: -concept.weight)[:NAMED_BY]
    for concept in concepts:
        forms = [form for form in (concept.text, *concept.variants) if len(form) > 1]
        holding = frozenset(row for form in forms for row in searcher.documents_with(form))
        rows = rows & holding or rows
    return rows
