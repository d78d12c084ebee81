"""The kinds of questions 问法: their names, labels and cues from ``data/kinds.tsv``, and which of them a question is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from corpus.folding import fold
from corpus.wordlists import entries, word_lists
from graph.named_periods import named_periods
from qa.understanding.lexicons import first_phrase, phrases

POLICY_LOOKUP, YES_NO = "policy_lookup", "yes_no"
"""The kinds of a question that no other kind claims: without and with 吗, 是否 and the like in it."""


@dataclass(frozen=True, slots=True)
class KindWords:
    """A row of ``kinds.tsv``: what a kind of question is called and recognised by.

    ``follow_up`` is a question of this kind to go on with, with ``{place}`` and ``{topic}`` or ``{unit}`` in it, or "".
    """

    name: str
    label: str
    follow_up: str
    cues: tuple[str, ...]


@cache
def kind_words() -> tuple[KindWords, ...]:
    """The rows of ``kinds.tsv`` in the order in which the kinds are tried."""
    rows = (line.split("\t") for line in entries("qa", "kinds.tsv"))
    return tuple(KindWords(name, label, _given(follow_up), _cues(cues)) for name, label, follow_up, cues in rows)


def label_of_kind(name: str) -> str:
    """What people call a kind: 责任单位 for responsible_unit; "" for a name that no kind has."""
    return next((kind.label for kind in kind_words() if kind.name == name), "")


def _given(cell: str) -> str:
    return "" if cell == "-" else cell


def _cues(cell: str) -> tuple[str, ...]:
    return tuple(fold(cue) for cue in _given(cell).split("|") if cue)


@dataclass(frozen=True, slots=True)
class KindSigns:
    """What a question shows of its kind.

    Args:
        folded: The folded question.
        cues: For each kind the first of its cues in the question, or None.
        several: Whether several regions are named.
        quoted: What is in quotation marks.
        of_document: Whether the force of a document is asked for.
        of_library: Whether nothing but the library itself is asked about.
        of_whole: Whether it is asked what a document says as a whole.
        of_changes: Whether it is asked what changed in a document.
    """

    folded: str
    cues: dict[str, str | None]
    several: bool
    quoted: tuple[str, ...]
    of_document: bool = False
    of_library: bool = False
    of_whole: bool = False
    of_changes: bool = False


def kind_of(
    folded: str,
    *,
    several: bool = False,
    quoted: tuple[str, ...] = (),
    of_document: bool = False,
    of_library: bool = False,
    of_whole: bool = False,
    of_changes: bool = False,
) -> str:
    """The kind of a folded question.

    >>> kind_of("医保由谁负责?")
    'responsible_unit'
    """
    cues = {kind.name: first_phrase(folded, kind.cues) for kind in kind_words()}
    signs = KindSigns(folded, cues, several, quoted, of_document, of_library, of_whole, of_changes)
    for kind in kind_words():
        rule = _rules.get(kind.name)
        if rule(signs) if rule is not None else signs.cues[kind.name]:
            return kind.name
    return YES_NO if signs.cues[YES_NO] else POLICY_LOOKUP


COUNTERPART = re.compile("(?:与|和|跟|同|对|向|给|到|由|为)(?:哪些|哪几个)(?:地方|地区|省|市)(?!.*(?:提到|规定|文件))")
"""与哪些地方合作 asks what a document says, not which documents say it."""
_pairwise = ("分别", "共同", "都提到", "都要求")
_differs = ("异同", "有什么不同", "有何不同", "对比", "区别")
_issued_by = re.compile("(?:哪个|哪家|哪些|什么)(?:部门|单位|机关|机构)[^，。,;；]{0,4}(?:印发|发布|出台|制定的|发的|颁布)")
_issued_when = re.compile(
    "(?:哪年|哪一年|几月|几号|哪天|哪一天|哪一?日|什么时候|何时|什么时间|啥时候)[^,。;]{0,6}(?:印发|发布|公布|成文|出台|下发|颁布)"
    "|(?:印发|发布|公布|成文|出台|下发|颁布)[^,。;]{0,4}(?:时间|日期|是哪|是什么时候|是几月)"
)
_due = re.compile("最晚|最迟|之前|截止|限|应当?|必须|要在|需在|需要")
_whether = re.compile("是否|能否|可否|是不是|会不会|能不能|可不可以|算不算")
_not_defined = re.compile("多少|哪些人|对象是|哪(?:几|些)个?(?:县|市|区|村|乡|镇|州|省|企业|单位|学校)")
_quoted_meaning = re.compile(r"[”\"’」』](?:都)?(?:是|指)(?:什么|哪|啥)|是哪[“\"‘]|[”\"’」』](?:具体)?是什么")
_which_places = re.compile("哪(?:几|些)个?(?:县|市|区|村|乡|镇|州|省|企业|单位|学校|城市)")
_which_items = re.compile(
    r"哪(?:\d{1,3}|[两一二三四五六七八九十]{1,3})(?:个|项|类|条|点|方面|大|种|步|级)(?!部门|单位)|哪几(?:种|类|步|级|档)"
)


def _of_documents(signs: KindSigns) -> bool:
    """Whether several documents are asked about, be it what they say or how they differ."""
    cue = signs.cues["multi_doc"]
    return cue is not None and not COUNTERPART.search(signs.folded) and (signs.several or not cue.startswith(_pairwise))


def _compares(signs: KindSigns) -> bool:
    # a question of documents that differ comes here only because it is not one of what they say
    return _of_documents(signs) or (
        signs.cues["comparison"] is not None
        and (signs.several or "同一" in signs.folded or signs.folded.startswith(("对比", "比较")))
    )


def _asks_issue(signs: KindSigns) -> bool:
    """Whether it is asked who issued a document or when."""
    return bool(_issued_by.search(signs.folded) or (_issued_when.search(signs.folded) and not _due.search(signs.folded)))


def _asks_provenance(signs: KindSigns) -> bool:
    due = signs.cues["deadline"] is not None and _due.search(signs.folded) is not None
    return _asks_issue(signs) or (signs.cues["provenance"] is not None and not due)


def _asks_meaning(signs: KindSigns) -> bool:
    named = signs.cues["definition"] is not None and not _not_defined.search(signs.folded)
    return named or (bool(signs.quoted) and _quoted_meaning.search(signs.folded) is not None)


def _asks_period(signs: KindSigns) -> bool:
    """Whether nothing but a period with a name is asked about: when it begins and ends, how long it lasts, what it is."""
    name = next((fold(name) for name in named_periods() if fold(name) in signs.folded), None)
    if name is None:
        return False
    rest = signs.folded.replace(name, " ", 1)
    for word in phrases("period_questions.txt"):
        rest = rest.replace(word, " ")
    return not re.search(r"\w", rest) and signs.folded.strip('“”"？?。 ') != name


def _asks_why(signs: KindSigns) -> bool:
    """Whether a reason is asked for: 为什么把增长目标调低 asks for no value."""
    return first_phrase(signs.folded, word_lists("qa")["reasons_asked"]) is not None and "多少" not in signs.folded


_rules: dict[str, Callable[[KindSigns], bool]] = {
    "library": lambda signs: signs.of_library,
    "changes": lambda signs: signs.of_changes,
    "whole_document": lambda signs: signs.of_whole,
    "validity": lambda signs: signs.of_document,
    "named_period": _asks_period,
    "multi_doc": lambda signs: _of_documents(signs) and not first_phrase(signs.folded, _differs),
    "comparison": _compares,
    "responsible_unit": lambda signs: signs.cues["responsible_unit"] is not None and not _asks_issue(signs),
    "provenance": _asks_provenance,
    YES_NO: lambda signs: signs.folded.rstrip("?!。").endswith(("吗", "嘛")) or bool(_whether.search(signs.folded)),
    "definition": _asks_meaning,
    POLICY_LOOKUP: lambda signs: bool(_which_places.search(signs.folded)) and not signs.cues["multi_doc"],
    "deadline": lambda signs: signs.cues["deadline"] is not None and "多少" not in signs.folded,
    "target_value": lambda signs: (
        signs.cues["target_value"] is not None and not signs.cues["list_tasks"] and not _asks_why(signs)
    ),
    "list_tasks": lambda signs: signs.cues["list_tasks"] is not None or bool(_which_items.search(signs.folded)),
}
"""The kinds for which a cue alone does not decide."""
