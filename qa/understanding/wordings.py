"""One wording for many 同一问法: what a person asks in a dozen ways is read as one question before anything is looked up.

Politeness and stress are left out, the words that ask are written one way (啥时候, 何时 → 什么时候; 责任单位有哪些, 归谁管 → 由哪些单位负责).
Names in marks and quoted words stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from corpus.folding import fold
from corpus.wordlists import entries, expand

_kept = re.compile(r"《[^《》]*》|[“\"‘「『][^”\"’」』]*[”\"’」』]")


_BY_WHOM = "由哪些单位负责"
_tasks_of_unit = re.compile("哪(?:些|几)(?:项|个|条)?[\u4e00-\u9fff]{0,6}(?:任务|工作|事项|职责)|哪几项")
"""是哪几项任务的责任单位 asks for the tasks of a unit."""


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns with what they are read as, in order; the words are those of ``words_wordings.tsv``."""
    differ = "(?!不同|区别|差异|差别|变化|影响|不一样|异同)"
    rows = (
        (r"^(?:(?:{asking_politely})[，,：:\s]*)+(?=[^，,\s])", ""),
        (r"[，,。\s]*(?:{thanking})[!！。\s]*$", ""),
        (r"[啊呀哦哈吧?？!！。]+$", ""),
        (r"(?:{stressing})(?=是|有|要|多|怎|什|哪|由|归|能|指)", ""),
        (r"(?:贷款)?最[多高](?:能|可以|可)?贷款?多少", "贷款最高额度是多少"),
        (r"最高贷款额度", "贷款最高额度"),
        (r"(?:都|的)?(?:是)?(?:怎么分类的?|分了?[成为]?(?:哪些|哪几|几)[个]?类|分类)$", "分为哪几类"),
        (r"{asking_when}", "什么时候"),
        (r"(?<!哪){asking_how_long}", "多久"),
        (r"{asking_how}(?=[\u4e00-\u9fff])", "怎么"),
        (r"怎么办(?=$|[，,])", "怎么办理"),
        (r"啥", "什么"),
        (rf"(?:{{asking_which}}|都有哪|有什么{differ})(?:些)?", "有哪些"),
        (r"有哪些{responsible_nouns}$", _BY_WHOM),
        (r"的?{responsible_nouns}(?:分别)?(?:是谁|是哪些|是哪个|是哪几个|有哪些|有谁|是什么)?$", _BY_WHOM),
        (r"(?:由|归|是)?{offices_asked}{managing}$", _BY_WHOM),
        (r"{who_manages}$", _BY_WHOM),
        (r"(?:有|{meeting})?(?:什么|哪些|哪几个|哪几项|几个)(?P<noun>{asked_lists})", r"的\g<noun>有哪些"),
        (r"有哪些(?P<noun>{asked_lists})$", r"的\g<noun>有哪些"),
        (r"的?(?P<noun>{asked_lists})(?:分别)?(?:是什么|是哪些|有哪些|包括什么|要哪些)?$", r"的\g<noun>有哪些"),
        (r"(?P<noun>{value_nouns})(?:是|为|有|得|要)?(?:达到|调整为|调整成|提高到|提高至|调到)?(?:多少|多高|几何)?$", r"\g<noun>是多少"),
        (r"(?<![{taking_verbs}是为有])(?:是|为|有)?多少$", "是多少"),
    )  # fmt: skip
    return tuple((re.compile(expand("qa", pattern)), read) for pattern, read in rows)


@cache
def _meanings() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(expand("qa", "(?P<term>[^，,。；;的是]{2,14}?)(?:{asking_meaning})[?？。]*")),
        re.compile(expand("qa", "(?:{asking_what_is})(?P<term>[^，,。；;]{2,14}?)[?？。]*")),
    )


@cache
def _typing_errors() -> dict[str, str]:
    rows = (line.split("\t") for line in entries("qa", "typing_errors.tsv"))
    return {fold(wrong): fold(right) for wrong, right in rows}


@cache
def _side_last() -> re.Pattern[str]:
    return re.compile(expand("qa", "(?:{asked_lists}|{value_nouns}|{responsible_nouns}|{sides_of_time})$"))


@cache
def _question_word() -> re.Pattern[str]:
    return re.compile(expand("qa", "{follow_asking}"))


def order_keywords(text: str) -> str:
    """Keywords with the side of a thing that is asked for at the end, where a sentence has it; a sentence stays as it is.

    >>> order_keywords("审核时限 商品房上市交易 海口")
    '商品房上市交易 海口 审核时限'
    """
    words = text.split()
    if len(words) < 2 or _question_word().search(text) or re.search("[，,。；;《]", text):
        return text
    asked = [word for word in words if _side_last().search(word)]
    return " ".join([*(word for word in words if word not in asked), *asked])


def correct_typing(folded: str, occurs: Callable[[str], bool]) -> tuple[str, list[tuple[str, str]]]:
    """A folded question with common typing errors mended, and what was mended: (written, read).

    Args:
        folded: The question.
        occurs: Whether a piece occurs in the library; such a piece is no error.
    """
    made = [(wrong, right) for wrong, right in _typing_errors().items() if wrong in folded and not occurs(wrong)]
    for wrong, right in made:
        folded = folded.replace(wrong, right)
    return folded, made


def unify_wording(folded: str) -> str:
    """A folded question in the one wording that all ways of asking it share.

    >>> unify_wording("麻烦问一下产业发展归哪个部门管，谢谢")
    '产业发展由哪些单位负责'
    """
    text = _outside_marks(folded, _unify) or folded
    for meaning in _meanings():
        if (match := meaning.fullmatch(text.strip())) is not None:
            return f"什么是{match['term'].strip()}"
    return text


def _unify(text: str) -> str:
    of_unit = _tasks_of_unit.search(text) is not None
    for pattern, read in _rules():
        if not (of_unit and read == _BY_WHOM):
            text = pattern.sub(read, text)
    return text


def _outside_marks(text: str, change: Callable[[str], str]) -> str:
    """A text changed everywhere but in titles and quotation marks."""
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match[0])
        return chr(0xE000 + len(kept) - 1)

    changed = change(_kept.sub(hide, text))
    for number, original in enumerate(kept):
        changed = changed.replace(chr(0xE000 + number), original)
    return changed.strip()


@cache
def _courtesy() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(expand("qa", r"^(?:(?:{asking_politely})[，,：:\s]*)+(?=[^，,\s])")),
        re.compile(expand("qa", r"[，,。\s]*(?:{thanking})[!！。\s]*$")),
    )


def own_words(question: str, longest: int = 60) -> str:
    """A question in the words of the person who asks, without courtesy, to be named in an answer.

    >>> own_words("请问供水价格是多少？谢谢")
    '供水价格是多少'
    """
    before, behind = _courtesy()
    plain = " ".join(before.sub("", behind.sub("", question.strip())).split()).strip("?？!！。，, ")
    plain = plain.replace("“", "‘").replace("”", "’")
    return plain if len(plain) <= longest else plain[:longest] + "…"


_of = re.compile(r"(?<=[\u4e00-\u9fff]{2})的(?=[\u4e00-\u9fff]{2})")
_left_over = re.compile(r"^[，,、的对在]+|[，,、](?=[，,、])")


def order_query(folded: str, places: Sequence[tuple[str, str]]) -> str:
    """What is searched for: a question with its places in front, by their short names, wherever they stand in it.

    Args:
        folded: The question.
        places: Each place as it stands there, and its short name.

    >>> order_query("双职工家庭在德阳市的最高额度", [("德阳市", "德阳市")])
    '德阳双职工家庭最高额度'
    """
    for written, _ in places:
        folded = re.sub(f"[，,在]?{re.escape(written)}的?", "", folded, count=1)
    names = "和".join(dict.fromkeys(short.removesuffix("市") if len(short) > 2 else short for _, short in places))
    return names + _of.sub("", _left_over.sub("", folded)).replace("住房公积金", "公积金")
