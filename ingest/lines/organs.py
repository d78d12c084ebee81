"""Recognises organs 机关 and kinds of documents 文种 by the words their names end with."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.divisions import gazetteer
from corpus.wordlists import entries
from ingest.lexicon import expand

_ORGAN = re.compile(expand(r"(?:{organ_ends}|[一-龥]{2}委|{financial_regulators})$"))
_NO_NAME = re.compile(r"[。；;，,：:！？《》|｜【】\d]")
_CENTRAL = frozenset(("中共中央", "国务院", "中央军委", "党中央"))
_BRACKET_TAIL = re.compile(r"[（(〔\[【][^（）()〔〕\[\]【】]{1,30}[）)〕\]】]$")
_DOC_NUMBER = r"[一-龥A-Za-z]{1,16}(?:[（(][一-龥]{1,6}[）)])?[一-龥]{0,6}\s?[〔\[【(（﹝［〈]\s?(?:19|20)\d\d\s?(?:年)?[〕\]】)）﹞］〉]\s?第?\s?\d{1,5}\s?号"
DOC_NUMBER = re.compile(_DOC_NUMBER)
_ACT = re.compile(expand(r"{after_issuer}|20\d\d年"))
"""What follows the issuers in a title: 关于…, 印发…, 2024年…."""
_JOINT = re.compile("[和与]")
_REMARK_BEFORE = re.compile(r"^\s{0,4}[（(〔【\[][^（）()〔〕【】\[\]]{1,8}[)）〕】\]]")
_AND_OTHERS = re.compile(expand(r"等(?:[{numerals}\d]{1,3}个?)?{others}?$"))
ORDER_NUMBER = re.compile(
    expand(
        r"(?:[一-龥]{2,30}?{orders})?\s?[（(]?(?:(?:19|20)\d\d\s?年\s?)?"
        r"第\s?(?:\d{1,5}|[{numerals_with_zero}]{1,7})\s?号{order_tails}?[）)]?"
    )
)


@lru_cache(maxsize=1)
def _kinds() -> tuple[str, ...]:
    return tuple(sorted(entries("ingest", "kinds.txt"), key=len, reverse=True))


@lru_cache(maxsize=1)
def _national() -> tuple[str, ...]:
    return tuple(entries("ingest", "national_organs.txt"))


@lru_cache(maxsize=1)
def stock_headings() -> tuple[str, ...]:
    """Headings many plans share."""
    return tuple(sorted(entries("ingest", "stock_headings.txt"), key=len, reverse=True))


@lru_cache(maxsize=4096)
def bare_title(name: str) -> str:
    """A title without blanks, 《》 around it and remarks in brackets after it (试行, 2021—2025年, 征求意见稿)."""
    flat = "".join(name.split())
    for _ in range(4):
        if flat.startswith("《") and flat.endswith("》") and "《" not in flat[1:-1]:
            flat = flat[1:-1]
        shorter = _BRACKET_TAIL.sub("", flat)
        if shorter == flat or not shorter:
            break
        flat = shorter
    return flat


@lru_cache(maxsize=4096)
def kind_of(title: str) -> str | None:
    """The kind of document a title ends with; None when it ends with none."""
    flat = bare_title(title)
    flat = flat.rstrip('》>〉”"')
    flat = bare_title(flat)
    if not flat.endswith(_kinds()):
        return None
    for kind in _kinds():
        if flat.endswith(kind) and len(flat) > len(kind):
            return kind
    return flat if flat in _kinds() else None


def is_organ(name: str) -> bool:
    """Whether a short line can be the name of an organ or several (落款, 发文机关)."""
    flat = "".join(name.split())
    if flat and flat[-1] in "）)〕】]":
        flat = _BRACKET_TAIL.sub("", flat)
    return 2 <= len(flat) <= 60 and _NO_NAME.search(flat) is None and _ORGAN.search(flat) is not None


def is_national(name: str) -> bool:
    """Whether an organ speaks for the whole country, going by the beginning of its name."""
    return name.startswith(_national())


def split_organs(name: str) -> tuple[str, ...]:
    """Split joint issuers on one line at blanks, 、 and line breaks, unless that would cut a name in two."""
    parts = [part for part in re.split(r"[\s　、]+", name.strip()) if part]
    least = 2 if "、" in name else 3
    if len(parts) > 1 and all((is_organ(part) or part in _CENTRAL) and len(part) >= least for part in parts):
        return tuple(dict.fromkeys(piece for part in parts for piece in _split_glued(part)))
    return _split_glued("".join(parts)) if parts else ()


def _split_glued_national(name: str) -> tuple[str, ...]:
    """Split organs of the whole country written without a separator, where the name of the next begins."""
    for at in range(3, len(name) - 2):
        if name.startswith(_national(), at) and (name[:at] in _CENTRAL or is_organ(name[:at])) and is_organ(name[at:]):
            return (name[:at], *_split_glued_national(name[at:]))
    return (name,)


def _split_glued(name: str) -> tuple[str, ...]:
    """Split organs written without a separator (某省商务厅某市海关) before the name of a division."""
    if len(name) < 8:
        return (name,)
    for joint in _JOINT.finditer(name):
        left, right = name[: joint.start()], name[joint.end() :]
        # 市水务局和市财政局; the 和 of 住房和城乡建设局 stands behind no organ
        if len(left) > 3 and len(right) > 3 and is_organ(left) and is_organ(right):
            return (left, *_split_glued(right))
    if is_national(name):
        return _split_glued_national(name)
    for mention in gazetteer().mentions(name):
        at = mention.span.start
        if at > 3 and is_organ(name[:at]) and is_organ(name[at:]) and not is_national(name[:at]):
            return (name[:at], *_split_glued(name[at:]))
    return (name,)


def before_act(title: str) -> str:
    """What a title says before the act of its issuer: 某市财政局关于… → 某市财政局; all of a title that names no act."""
    return _ACT.split(title, maxsplit=1)[0]


@lru_cache(maxsize=256)
def leading_organs(title: str) -> tuple[str, ...]:
    """The issuers a title begins with: 某市人民政府办公室关于…, 某州乡村振兴局解读：…."""
    flat = "".join(title.split())
    if flat.endswith("令") and is_organ(flat[:-1]):
        return split_organs(flat[:-1].removeprefix("中华人民共和国"))
    match = _ACT.search(title)
    if match is None or match.start() < 3:
        return ()
    lead = _REMARK_BEFORE.sub("", title[: match.start()]).strip(" 　\n：:")
    lead = _AND_OTHERS.sub("", lead)
    if not is_organ(lead):
        parts = re.split(r"[\s　、]+", lead)
        if not (len(parts) > 1 and is_organ(parts[-1]) and all(len(p) >= 2 for p in parts)):
            return _national_lead(lead)
    return tuple(name for name in split_organs(lead) if len(name) >= 2)


def _national_lead(lead: str) -> tuple[str, ...]:
    parts = tuple(part for part in re.split(r"[\s　、]+", lead) if part)
    return parts if parts and all(part in ("中共中央", "国务院", "中央", "中央军委") or is_organ(part) for part in parts) else ()
