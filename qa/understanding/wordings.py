"""One wording for many 同一问法: what a person asks in a dozen ways is read as one question before anything is looked up.

Politeness and stress are left out, the words that ask are written one way (啥时候, 何时 → 什么时候; 责任单位有哪些, 归谁管 → 由哪些单位负责).
Names in marks and quoted words stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from corpus.divisions import NATION, gazetteer
from corpus.folding import fold
from corpus.numerals import chinese_number
from corpus.wordlists import entries, expand, word_lists
from index.equivalents import unify_terms
from index.lexical.tokens import natures

_PART_OF_NAME = tuple("省市州县区旗盟镇乡村路街洲周洵事式声现")
"""A character behind a place that makes another name of it."""
_long_numeral = re.compile(
    "(?<![第〇零一二三四五六七八九十百千])([一二三四五六七八九]?十[一二三四五六七八九]?)(?=(?:[个家项名户条种]|位[^一二]))"
)
_marked = re.compile(r"(《[^《》]*》|[“\"‘「『][^”\"’」』]*[”\"’」』])")


_BY_WHOM = "由哪些单位负责"
_tasks_of_unit = re.compile("哪(?:些|几)(?:项|个|条)?[\u4e00-\u9fff]{0,6}(?:任务|工作|事项|职责)|哪几项")
"""是哪几项任务的责任单位 asks for the tasks of a unit."""


@cache
def _opening_rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns with what they are read as, for what is said around a question."""
    rows = (
        (
            r"^(?:(?:{asking_politely})[，,：:\s]*)*(?:列出|列举|列一下)(?:一下)?(?P<rest>(?:(?!{asking}).)+?)(?:清单|名单)?[。!！]?$",
            r"\g<rest>有哪些",
        ),
        (
            r"^(?:(?:{asking_politely})[，,：:\s]*)*(?:解释|说明)(?:一下|下)?(?:什么是)?(?P<term>[^，,。的]{2,14})[。!！]?$",
            r"什么是\g<term>",
        ),
        (r"^(?:(?:{asking_politely})[，,：:\s]*)+(?=[^，,\s])", ""),
        (r"[，,。\s]*(?:{thanking})[!！。\s]*$", ""),
        (r"[啊呀哦哈吧?？!！。]+$", ""),
        (r"(?<!呢)(?P<before>{asking}.*)呢$", r"\g<before>"),
        (r"(?<![什怎这那多])[么嘛]$", "吗"),
        (r"(?:{stressing})(?=是|有|要|多|怎|什|哪|由|归|能|指)", ""),
    )
    return tuple((re.compile(expand("qa", pattern)), read) for pattern, read in rows)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns with what they are read as, in order; the words are those of ``words_wordings.tsv``."""
    differ = "(?!不同|区别|差异|差别|变化|影响|不一样|异同)"
    comes_to = "(?:是|为|有|得|要|应当?|需|可|可以|能|会)?{reaching}?(?:了)?"
    how_much = "(?:多少钱?|多高|多大|几何|几|几个)"
    rows = (
        (r"(?P<one>[县市区乡镇州])[(（]、?(?P<other>[县市区旗乡镇](?:、[县市区旗乡镇])?)[)）]", r"\g<one>\g<other>"),
        (r"那(?=(?:几|些|个|一|家|类|种|项)(?:[类种个项家些人]|单位|部门|文件|材料|条件))", "哪"),
        (r"(?:{can_asked})(?P<what>.+?)(?:吗)?$", r"可以\g<what>吗"),
        (r"(?P<what>.+?)(?:可以|行|能)不(?:可以|行|能)$", r"可以\g<what>吗"),
        (r"(?:是不是|是否)(?!由|属|是)(?P<what>.+?)(?:吗)?$", r"\g<what>吗"),
        (r"(?<![可才只不])能(?!够|力|源|量|否|多|贷|拿|补|领|取|提|享受多|用几|用多)(?P<what>.+?)吗$", r"可以\g<what>吗"),
        (r"(?:最[多高](?:能|可以|可)?贷(?:款)?(?:多少|几)|(?:能|可以|可)?贷(?:款)?(?:最多|最高)(?:能|可以|可)?(?:多少|几))(?:[万元块钱])*", "贷款最高额度是多少"),
        (r"贷款贷款", "贷款"),
        (r"(?<=[\u4e00-\u9fff])把(?=.{2,12}分[成为])", ""),
        (r"分成了(?=哪|几|什么)", "分为"),
        (r"(?:都|的)?(?:是)?(?:怎么分类的?|分了?[成为]?(?:哪些|哪几|几|什么)(?:[个种]?类(?:型|别)?|种)|分类)$", "分为哪几类"),
        (r"(?:划分|分)[成为](?:哪[几些]?|几|什么)(?:[个种]?类(?:型|别)?|种)$", "分为哪几类"),
        (r"{asking_when}", "什么时候"),
        (r"(?<!哪){asking_how_long}", "多久"),
        (r"多少(?P<unit>年|个月|个?小时|个?星期)(?![前来])", r"几\g<unit>"),
        (r"(?<![哪好十])几(?={counted_units})", "多少"),
        (r"平米|平方(?=$)", "平方米"),
        (r"多(?:长|少)时间|多长(?=$|[，,])", "多久"),
        (r"(?P<noun>{duration_nouns})(?:是|为|有|要|设置)?(?:多久|什么时候|多长|多少|什么)?$", r"\g<noun>是多久"),
        (r"{asking_how}(?=[\u4e00-\u9fff])", "怎么"),
        (r"怎么办(?=$|[，,])", "怎么办理"),
        (r"啥", "什么"),
        (r"什么叫做?(?=.)", "什么是"),
        (rf"(?:{{asking_which}}|都有哪|有什么{differ})(?:些)?", "有哪些"),
        (r"有哪些{responsible_nouns}$", _BY_WHOM),
        (r"的?{responsible_nouns}(?:分别)?(?:是谁|是哪些|是哪个|是哪几个|有哪些|有谁|是什么|是哪里|是哪)?$", _BY_WHOM),
        (r"(?:由|归|是|都是|哪个)?{offices_asked}(?:在|来)?{managing}(?:的)?$", _BY_WHOM),
        (r"{who_manages}$", _BY_WHOM),
        (r"(?:有|{meeting})?(?:什么|哪些|哪几个|哪几项|几个)(?P<noun>{asked_lists})", r"的\g<noun>有哪些"),
        (r"有哪些(?P<noun>{asked_lists})(?:{meeting})?$", r"的\g<noun>有哪些"),
        (r"的?(?P<noun>{asked_lists})(?:清单)?(?:分别)?(?:是什么|是哪些|有哪些|包括什么|要哪些)?$", r"的\g<noun>有哪些"),
        (r"(?:资料|要件)的?有哪些$", "材料有哪些"),
        (r"(?:有哪些|什么|哪些|哪几项|哪几种)(?P<noun>{asked_things})$", r"的\g<noun>有哪些"),
        (r"(?:什么|哪些|哪几项|哪几种)(?P<noun>{asked_things})(?P<verb>[^，,的]{2,5})$", r"\g<verb>的\g<noun>有哪些"),
        (r"的?(?P<noun>{asked_things})(?:清单|名单)?(?:是什么|是哪些|有哪些|有什么|包括哪些)?$", r"的\g<noun>有哪些"),
        (r"(?:有哪些|什么|哪些)政策$", "政策"),
        (r"政策(?:有哪些|是什么|是怎样的|是怎么规定的|怎么规定的?|内容|规定|情况)$", "政策"),
        (r"(?:百分之几|百分之多少|几成)$", "多少"),
        (r"(?<=[\u4e00-\u9fff])(?:几|多少)(?:[万亿]元?|块钱?|元|钱)$", "多少钱"),
        (rf"(?P<noun>{{value_nouns}}){comes_to}{how_much}?$", r"\g<noun>是多少"),
        (rf"(?P<noun>{{value_nouns}}){comes_to}{how_much}(?P<unit>个|平方米|元|万元|倍|人|户)$", r"\g<noun>是多少\g<unit>"),
        (rf"(?P<noun>{{amount_nouns}}){comes_to}多少钱?$", r"\g<noun>多少钱"),
        (r"(?<![{taking_verbs}是为有])(?:是|为|有)?多少$", "是多少"),
        (r"的的", "的"),
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


def ask_last(folded: str) -> str:
    """A question of two clauses with the one that asks at its end, and a place that stands alone in front.

    >>> ask_last("首付比例是多少,海口二手房贷款")
    '海口二手房贷款,首付比例是多少'
    """
    clauses = [clause for clause in re.split("[,，]", folded) if clause]
    if len(clauses) != 2:
        return folded
    first, last = clauses
    asks = _question_word().search(last) or _side_last().search(last)
    if not asks and (_question_word().search(first) or _side_last().search(first)):
        return f"{last}{'' if _is_place(last) else ','}{first}"
    return folded


def place_first(folded: str) -> str:
    """A question with its one place in front, by the short name: 在海口买房 and 买房在海口市 as 海口市买房.

    A question that names several places, or one inside a sentence that may only mention it, stays as it is.
    """
    mentions = list(gazetteer().mentions(folded))
    if len(mentions) != 1 or not mentions[0].candidates or NATION in mentions[0].candidates:
        return folded
    place = mentions[0]
    start, end = place.span.start, place.span.end
    before, behind = folded[:start], folded[end:]
    short = place.candidates[0].short
    if len(place.candidates) > 1 or not (short.startswith(place.text) or place.text.startswith(short[:2])):
        short = place.text
    if before in ("", "在") and behind[:1] not in _PART_OF_NAME:
        return short + behind.removeprefix("的").lstrip(",，")
    if before.endswith(("在", ",", "，")) and (not behind or before.endswith("在")) and behind[:1] not in _PART_OF_NAME:
        return short + before.rstrip("在,，") + behind
    return folded


def _is_place(text: str) -> bool:
    mentions = list(gazetteer().mentions(text))
    return bool(mentions) and mentions[-1].span.end - mentions[0].span.start >= len(text) - 1


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


def unify_names(folded: str) -> str:
    """A folded question with every thing called by one name (公租房: 公共租赁住房), but for titles and quoted words."""
    return _outside_marks(folded, unify_terms)


def strip_courtesy(folded: str) -> str:
    """A folded question without what is said around it: courtesy, stress, the marks at its end."""
    return _outside_marks(folded, _without_courtesy) or folded


def _without_courtesy(text: str) -> str:
    for pattern, read in _opening_rules():
        text = pattern.sub(read, text)
    return text


def _unify(text: str) -> str:
    text = _without_courtesy(text)
    text = _long_numeral.sub(lambda match: str(chinese_number(match[1]) or match[1]), place_first(ask_last(text)))
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

    changed = change(_marked.sub(hide, text))
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
    return names + _of.sub("", _left_over.sub("", folded))


def drop_unsaid(folded: str) -> str:
    """A folded text without the words that tell nothing of what is asked for, where they are words of their own.

    >>> drop_unsaid("把衔接资金用于产业的比例应是多少")
    '衔接资金用于产业比例多少'
    """
    unsaid = _unsaid()
    kept: list[str] = []
    for part in _marked.split(folded):
        if _marked.fullmatch(part):
            kept.append(part)
        else:
            kept += (word for word, _ in natures(part) if word not in unsaid)
    return "".join(kept)


@cache
def _unsaid() -> frozenset[str]:
    return frozenset(word_lists("qa")["unsaid"])
