"""Other documents named in a text, and in what relation: 依据 贯彻 转发 印发 解读 引用 废止 修订."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.document import Reference, Relation, Span
from ingest.lexicon import expand
from ingest.lines.organs import DOC_NUMBER, bare_title, kind_of

_QUOTES = re.compile(r"[《》〈〉<>]+")
_REACH = 48
_LIMIT = 160
_ALIAS = re.compile(expand(r"{below}?{called}[为：:]?[“\"]?《"))
_NUMBER_AFTER = re.compile(r"\s{0,3}[（(\[【]\s?(?=[^（()）\[【]{1,20}[〔\[【(（﹝［]\s?(?:19|20)\d\d)")
_UNQUOTED = re.compile(
    expand(
        r"{before_unquoted}(?P<name>“{five_year_plans}”(?![^，,。；;：:、《》\n]{0,3}{plans})[^，,。；;：:、《》“”\n]{3,24}?{unquoted_kinds})"
    )
)
_TITLE_SIGNS = re.compile(r"[《》\n]")
_SKIPPED = re.compile(r"[》〉][（(〔\[【][^（()）\n]{0,60}[)）〕\]】]|[》〉]")
_STRENGTH = {"解读": 7, "转发": 6, "印发": 5, "依据": 4, "贯彻": 4, "修订": 3, "废止": 3, "引用": 1}
_RULES: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    ("转发", re.compile(expand(r"{forwarding}"))),
    ("依据", re.compile(expand(r"{relying_on}"))),
    ("贯彻", re.compile(expand(r"{carrying_out}"))),
    ("修订", re.compile(expand(r"{revising}|对$"))),
)
_REPEAL_AFTER = re.compile(expand(r"[^。；;\n]{0,80}?(?:{repealing}|{repeal_manners}失效)"))
_NOT_A_DOCUMENT = re.compile(expand(r"(?:{no_documents}|(?<![{coloured_papers}]皮)书)$"))
_RULED = re.compile(expand(r"(?:[（(][^（()）]*[)）])?等?(?:有关)?(?:文件)?的?(?:有关)?{what_is_ruled}"))


def quoted_titles(text: str, start: int, end: int) -> Iterator[Span]:
    """The outermost 《…》 of ``text[start:end]`` with their marks; 《 inside 《 is part of the title."""
    depth, opened = 0, 0
    at = text.find("《", start, end)
    while at >= 0:
        char = text[at]
        if char == "《":
            if depth == 0 or at - opened > _LIMIT:
                depth, opened = 0, at
            depth += 1
        elif char == "》" and depth:
            depth -= 1
            if depth == 0 and 3 <= at - opened <= _LIMIT:
                yield Span(opened, at + 1)
            elif depth == 1 and text[at + 1 : at + 2] not in ("的", "》", "、", "和", "有", "等", "精", "（", "(", "若", "部"):
                # an unclosed inner 《 must not swallow the rest of the paragraph
                yield Span(opened, at + 1)
                depth = 0
        elif char == "\n" and depth and at - opened > 60:
            depth = 0
        # outside a title only the next 《 matters, not the line breaks before it
        inner = _TITLE_SIGNS.search(text, at + 1, end) if depth else None
        at = (inner.start() if inner else -1) if depth else text.find("《", at + 1, end)


def find_references(
    text: str, start: int, end: int, *, own: Iterable[str] = (), explained: str | None = None, forwarded: Iterable[str] = ()
) -> list[Reference]:
    """The documents named in ``text[start:end]``, each title once, with its strongest relation and its number.

    ``own`` are titles that mean the document itself or what it issues; ``explained`` is the title of a 解读, ``forwarded`` are
    the titles of documents it forwards.
    """
    mine = {_flat(bare_title(name)) for name in own if name}
    passed_on = {_flat(bare_title(name)) for name in forwarded}
    found: dict[str, Reference] = {}
    aliases: set[str] = set()
    for span in quoted_titles(text, start, end):
        title = _tidy(text[span.start + 1 : span.end - 1])
        key = _flat(bare_title(title))
        if _ALIAS.search(text, max(start, span.start - 12), span.start + 1):
            aliases.add(key)
            continue
        if key in aliases or not _is_document(key):
            continue
        subject = explained is not None and key in _flat(explained)
        if not subject and key not in passed_on and (key in mine or any(key in name for name in mine if len(key) > 9)):
            continue
        relation: Relation = "解读" if subject else "转发" if key in passed_on else _find_relation(text, start, span)
        _keep_stronger(found, key, Reference(title, relation, _number_after(text, span), span))
    for match in _UNQUOTED.finditer(text, start, end):
        span = Span(match.start("name"), match.end("name"))
        key = _flat(span.of(text))
        if key not in found and not any(key in name for name in (*mine, *found)):
            _keep_stronger(found, key, Reference(span.of(text), "引用", None, span))
    return sorted(found.values(), key=lambda r: r.span.start if r.span else 0)


def _keep_stronger(found: dict[str, Reference], key: str, new: Reference) -> None:
    old = found.get(key)
    if old is None:
        found[key] = new
        return
    stronger = new if _STRENGTH[new.relation] > _STRENGTH[old.relation] else old
    found[key] = Reference(old.title, stronger.relation, old.doc_number or new.doc_number, old.span)


def _is_document(key: str) -> bool:
    if len(key) < 4 or len(key) > 140 or key in ("政府工作报告", "工作报告"):
        return False
    if "关于" in key and len(key) >= 8:
        return True
    return kind_of(key) is not None and not _NOT_A_DOCUMENT.search(key) and (len(key) > 5 or key.endswith(("法", "法典", "条例")))


def _number_after(text: str, span: Span) -> str | None:
    match = _NUMBER_AFTER.match(text, span.end, span.end + 60)
    if match is None:
        return None
    number = DOC_NUMBER.match(text, match.end(), match.end() + 60)
    return re.sub(r"\s", "", number.group()) if number else None


def _find_relation(text: str, start: int, span: Span) -> Relation:
    """From the verb before the title in its sentence; titles named before it in the same list are passed over."""
    if _REPEAL_AFTER.match(text, span.end, span.end + 120) and not re.search(
        r"[，,][^，,]{0,30}《", text[span.end : span.end + 40]
    ):
        return "废止"
    left = max(start, span.start - 240)
    before = text[left : span.start]
    for stop in ("。", "；", ";", "\n"):
        at = before.rfind(stop)
        before = before[at + 1 :] if at >= 0 else before
    before = re.sub(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》", "", before)
    before = re.sub(r"[（(][^（()）]{0,60}[)）]", "", before)
    before = before[-_REACH:]
    best: tuple[int, Relation] | None = None
    for relation, pattern in _RULES:
        for match in pattern.finditer(before):
            if best is None or match.start() > best[0]:
                best = (match.start(), relation)
    if best is None:
        after = text[span.end : span.end + 24]
        if _RULED.match(after):
            return "依据" if "规定" in after or "要求" in after else "贯彻"
        return "引用"
    return best[1]


def _tidy(title: str) -> str:
    return re.sub(r"\s*\n\s*", "", title).strip()


def _flat(text: str) -> str:
    return _QUOTES.sub("", "".join(text.split()))
