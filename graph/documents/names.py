"""Normalize names of documents 文件名称: titles, document numbers and the marks of versions."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.folding import fold
from graph.lexicon import entries, expand

_LONGEST = 400
_ISSUED = re.compile(expand(r"^.{0,80}?(?:关于{issuing}|[印转]发)"))
_CALL = re.compile(expand(r"^.{0,40}?(?:关于)?[对就]?{openly}?{calling}(?=.{6})(?!意见)"))
_ABOUT_DRAFT = re.compile(expand(r"^(?:.{0,40}?关于|关于)?[对就](?=.{6})"))
_CALLED = re.compile(expand(r"[的\s]*{openly}?{calling}?{opinions}(?:的{letter_kinds})?$"))
_CUT_OFF = re.compile(expand(r"(?<=.{12}){openly}?{calling}意?$"))
"""The end of a long file name that stops within 公开征求意见的通知."""
_TWICE = re.compile(r"^关于(?=关于)")
_CALLING = re.compile(expand(r"{calling}"))
_TRAILING = re.compile(expand(r"的{letter_kinds}$"))
_ISSUER = re.compile(expand(r"^[^关《》]{2,70}?(?:{office_ends}|{other_organs})(?:官?网站?)?{making_public}?[\s、]?(?=关于)"))
_STATE = re.compile(
    expand(
        r"[(（]{revising}?(?:{states}|20\d\d年?{editions}|\d{4}年?版?|第[{numerals}]{1,2}[版稿]|\d(?:\.\d)?版"
        r"|第?[一二三]?次?意见稿)[)）]"
    )
)
_TRIAL = re.compile(expand(r"[(（]{trials}[)）]"))
_YEAR = re.compile(expand(r"(?:19|20)\d\d年?(?:[-—–~至到]{1,2}(?:19|20)\d\d年?)?|“?{five_year_plans}”?"))
_MARKS = re.compile(r"[“”‘’\"'《》〈〉<>()（）\[\]【】〔〕,，。、;；:：·—\-\s]")
_NUMBER = re.compile(r"[\[〔(（【﹝]\s*(\d{4})\s*[\]〕)）】﹞]\s*(?:第)?\s*(\d+)\s*号")
_REVISED = re.compile(expand(r"{revising}"))
_DRAFT = re.compile(expand(r"{draft_marks}|{calling}.{0,60}意见"))


@lru_cache(maxsize=4_096)
def extract_name(title: str | None) -> str:
    """Extract the name of a document from its title: without issuer, 关于印发 in front and a call for opinions around it.

    ``甲市人民政府关于印发《甲市供水办法》的通知`` names 甲市供水办法; ``关于印发贯彻落实《供水条例》若干措施的通知`` names the measures.
    """
    text = _TWICE.sub("", " ".join((title or "")[:_LONGEST].split()))
    drafted = _CALLING.search(text) is not None
    if drafted:
        bare = _CALLED.sub("", _CUT_OFF.sub("", text))
        text = _CALL.sub("", bare) if _CALL.match(bare) else _ABOUT_DRAFT.sub("", bare) if bare != text else text
    issued = _ISSUED.match(text)
    if issued is not None and len(text) - issued.end() >= 6:
        text = text[issued.end() :]
    text = _TRAILING.sub("", text)
    if drafted and not _DRAFT.search(text):
        text += "(征求意见稿)"
    return text.removeprefix("《").removesuffix("》").strip()


def normalize_title(title: str | None) -> str:
    """Normalize a title for look-up: its name without punctuation."""
    text = _MARKS.sub("", fold(_TRAILING.sub("", extract_name(title))))
    return text.removeprefix("中华人民共和国") if len(text) >= 12 else text


def normalize_without_issuer(title: str | None) -> str | None:
    """The normal title without the body in front of 关于, or None where there is none: 国务院办公厅关于… is also cited as 关于…."""
    text = extract_name(title)
    bare = _ISSUER.sub("", text)
    return normalize_title(bare) if bare != text else None


def normalize_without_trial(title: str | None) -> str | None:
    """The normal title without 试行 or 暂行, which references often leave out; None where it says neither."""
    text = extract_name(title)
    bare = _TRIAL.sub("", text)
    return normalize_title(bare) if bare != text else None


def normalize_number(number: str | None) -> str:
    """A document number in one form: ``某政发[2022] 12号`` and ``某政发〔2022〕12号`` are one."""
    text = fold(number or "")
    match = _NUMBER.search(text)
    return f"{_MARKS.sub('', text[: match.start()])}{match[1]}-{int(match[2])}" if match else _MARKS.sub("", text)


def work_title(title: str | None) -> str:
    """The name that all versions of a document share: without issuer, year, period and state (征求意见稿, 修订)."""
    text = extract_name(title)
    for _ in range(3):
        text = _STATE.sub("", text)
    text = _ISSUER.sub("", _TRAILING.sub("", text))
    text = _YEAR.sub("", text.replace("》", "").replace("《", ""))
    return re.sub(r"^年度?", "", normalize_title(text))


def names_a_document(title: str | None) -> bool:
    """Whether a title ends in a kind of document (办法, 通知, 规划 …): news of a meeting have no versions."""
    text = extract_name(title)
    for _ in range(3):
        text = _STATE.sub("", text)
    return text.rstrip("》)） ").endswith(entries("document_kinds.txt")) or _TRAILING.search((title or "").strip()) is not None


def is_draft(title: str | None) -> bool:
    """Whether a title says that the document is a draft 征求意见稿, 草案."""
    return _DRAFT.search(title or "") is not None


def find_version_mark(title: str | None) -> str:
    """Find the version mark in a title: 征求意见稿, 试行, 修订, 2023年版, the year of a plan; empty where there is none."""
    text = title or ""
    if is_draft(text):
        return "草案" if "草案" in text and "征求" not in text else "征求意见稿"
    state = _STATE.search(text)
    if state is not None:
        return state.group().strip("()（）")
    if _REVISED.search(text):
        return "修订"
    years = _YEAR.search(text)
    return years.group() if years else ""
