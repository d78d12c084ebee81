"""Find the provisions 规定 of a document: its articles, and the items of blocks that rule or set conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.document import ParsedDocument, Section, Span, fact_id
from corpus.numerals import half_width
from graph.facts import Provision, ProvisionKind
from graph.frames.find import Frames, find_frames
from graph.lexicon import expand
from graph.provisions.fields import (
    find_amount,
    find_authority,
    find_main,
    find_term,
    find_validity,
    opens_with_ban,
    read_fields,
    sentence_at,
)
from graph.tasks.assemble import cut_name, path_of, region_name
from graph.tasks.demands import ARTICLE
from graph.tasks.measures import demand_opening
from graph.tasks.worthiness import TaskWorthiness

_CHAPTER = re.compile(r"^第[一二三四五六七八九十百零\d]+[章节编篇]")
_GRANTS = re.compile(
    expand(r"(?:{grant_verbs}|{paid_nouns}|额度|首付|利率|比例)[^。；;\n]{0,40}\d|\d[^。；;\n]{0,12}(?:{paid_nouns})")
)
_PAYS = re.compile(expand(r"{grant_verbs}|{paid_nouns}|{provision_rates}"))
_DEFINES = re.compile(r"所称|是指|下列用语")
_IS = re.compile(
    r"(?:(?!应当|必须|不|可以|由)[^,，。；;:：\n]){2,16}?(?<![但凡若只就都也还不])是(?![否指])(?:(?!应当|必须|可以|不得)[^；;\n。]){6,}(?:[。；;\n]|\Z)"
)
_STEP = re.compile(expand(r"{provision_steps}|{provision_hand_in}"))
_APPLIES = re.compile(
    r"向[^,，。;；\n]{2,24}?(?:提交|申请|报送|办理|备案|登记)|提出[^,，。;；\n]{0,8}申请|提交(?!的)[^。;；\n]{0,24}(?:材料|证明|文件)"
)
_HAND_IN = re.compile(expand(r"{provision_hand_in}"))
_MAY = re.compile(r"应当|必须|可以|不得|(?<![许认])可")
_SUM = re.compile(r"\d(?:万|亿)?元|(?:比例|利率|首付|额度|税|上浮|提取)[^。；;\n]{0,20}\d%")
_TITLED = re.compile(r"【[^】\n]{2,40}】\s*")
_STEP_HEAD = re.compile(expand(r"{provision_step_heads}"))
_SET_CONDITIONS = re.compile(r"(?:具备|符合|满足)(?:以下|下列)[^。;；\n]{0,8}条件|条件[:：]")
_IS_CONDITION = re.compile(expand(r"(?:{provision_if})"))
_ABOUT_ITSELF = re.compile(
    expand(
        r"本《?{own_kinds}》?[^。；;\n]{0,60}(?:{taking_effect}|{about_itself})|负责解释|本(?:法|条例)自[^。；;\n]{2,30}施行|{these_rules}[^。；;\n]{0,40}(?:施行|实施|执行)"
    )
)
_FIRST_END = re.compile(r"[。；;\n]")
_NO_PROVISION = re.compile(expand(r"{no_provision_heads}$"))
_ORDERS = re.compile(expand(r"(?:各|市|县|区|省|全)?[^,，。;；\n]{0,20}(?:部门|单位|机构|政府|[县市区][)）]?)要(?![求素件])"))
_ONLY_NAME = re.compile(r"[\s、.．]*关于[^,，。;；：:\n]{2,24}[。;；]?\s*$")
_LEADERS = re.compile(r"[.．]{6,}|…{3,}|·{6,}")
_CHARGED = re.compile(expand(r"{sign_charged}"))
_THING = re.compile(r"[\s、.．)）]*[^,，。;；：:\n应须可得不按为是予给由向在经需凭持享免减年月日%\d]{2,40}[。;；]?\s*$")
"""A thing a list names without a word of what holds for it: 青少年素质发展评估场景."""
_PAPER = re.compile(expand(r"(?:{provision_papers})(?:[(（][^()（）]*[)）])?[。;；]?\s*$"))
_CASE = re.compile(expand(r"(?:的|{provision_parties})(?:[(（][^()（）]*[)）])?[。;；]?\s*$"))
"""One of several cases or groups a list names: 有一笔未结清贷款的; 在本市拥有合法产权房屋的人员。"""
_INSERTED = re.compile(r"之[一二三四五六七八九十]+")
"""What an article put in between has behind its number: 第二百三十四条之一."""
_SHORT_ITEM = 80
_SHORT_HEAD = 16
_SHORTEST = 8
_LONGEST = 3000
_READ = 600
"""Characters of a provision that are read for who, what and when; the rest is in its quote."""


def find_provisions(doc: ParsedDocument, frames: Frames | None = None) -> tuple[Provision, ...]:
    """The provisions of a document, in order of the text; ``frames`` are those of its blocks where they are known already."""
    worthiness = TaskWorthiness(doc, frames or find_frames(doc))
    text = half_width(doc.text)
    return tuple(_provision(doc, text, section, worthiness) for section in _sections(doc, worthiness))


def _sections(doc: ParsedDocument, worthiness: TaskWorthiness) -> Iterator[Section]:
    """The articles, whole, and the smallest items elsewhere."""
    parents = {section.parent for section in doc.outline if section.kind in ("heading", "item") and section.number}
    inside: set[str] = set()
    for section in doc.outline:
        if section.parent in inside:
            inside.add(section.id)
            continue
        if section.kind not in ("heading", "item") or not section.number or _CHAPTER.match(section.number):
            continue
        article = ARTICLE.match(section.number) is not None
        if article:
            inside.add(section.id)
        elif section.id in parents:
            continue
        size = len(section.whole)
        if not _SHORTEST <= size <= _LONGEST or _LEADERS.search(doc.text, section.start, section.whole.end):
            continue
        if (article or worthiness.is_provision(section)) and not _is_none(doc.text, section, worthiness):
            yield section


def _is_none(text: str, section: Section, worthiness: TaskWorthiness) -> bool:
    """Whether an item provides nothing: it says what is to be done, speaks of its document, or only names something."""
    start, end = section.start + len(section.number or ""), section.whole.end
    reach = min(end, start + 100)
    stop = _FIRST_END.search(text, start + _SHORTEST, reach)
    if _ABOUT_ITSELF.search(text, start, stop.start() if stop is not None else reach) or _ONLY_NAME.match(text, start, end):
        return True
    if worthiness.is_in_law(section) or worthiness.is_under_conditions(section):
        return False
    if (_CHARGED.search(text, start, end) and not _SUM.search(text, start, end)) or _THING.match(text, start, end):
        return True
    if (
        _NO_PROVISION.search(section.heading[:24].strip())
        or _ORDERS.match(text, start, end)
        or _ORDERS.match(text, _body(text, section), end)
    ):
        return True
    opening = text[start : min(end, start + 200)].lstrip("【[、.． \u3000")
    demands = demand_opening().match(opening) is not None
    return demands and not _GRANTS.search(text, start, end) and not _SUM.search(text, start, end)


def _body(text: str, section: Section) -> int:
    """Where the text under a heading begins."""
    at = section.end
    while at < section.whole.end and text[at] in "。；;：:，, \n\u3000":
        at += 1
    return at


def _provision(doc: ParsedDocument, text: str, section: Section, worthiness: TaskWorthiness) -> Provision:
    span = section.whole.trimmed(doc.text)
    start = section.start + len(section.number or "")
    while start < span.end and text[start] in " 　\t\n、.．":
        start += 1
    titled = _TITLED.match(text, start, span.end)
    if titled is not None and titled.end() < span.end:
        start = titled.end()
    end = min(span.end, start + _READ)
    main = find_main(text, start, end)
    amount = find_amount(text, start, end)
    grants = amount is not None and (not worthiness.is_in_law(section) or _PAYS.search(text, start, end) is not None)
    stated = sentence_at(text, start, main, amount.core.start) if amount is not None and grants else Span(start, main)
    fields = read_fields(text, stated.start, stated.end, grants=grants)
    term = find_term(text, stated.start, stated.end) or find_validity(text, start, end)

    def written(place: Span | None) -> str | None:
        return place.of(doc.text).strip() if place is not None else None

    return Provision(
        id=fact_id(doc.id, "provision", span),
        document_id=doc.id,
        span=span,
        name=_name(doc.text, section, start, span.end),
        section_path=path_of(doc, section),
        kind=_kind(text, section, Span(start, main), worthiness, grants=grants),
        subject=written(fields.subject),
        object=written(fields.object),
        condition=written(fields.condition),
        amount=written(amount.span) if amount is not None else None,
        value=amount.value if amount is not None else None,
        unit=amount.unit if amount is not None else None,
        term=written(term),
        authority=find_authority(doc.text, start, end),
        region=region_name(doc.head_at(span.start)),
    )


def _kind(text: str, section: Section, main: Span, worthiness: TaskWorthiness, *, grants: bool) -> ProvisionKind:
    """The kind of a provision, by its main text: what its list names are cases or papers, not what it lays down."""
    start, end = main.start, main.end
    law = worthiness.is_in_law(section)
    if _DEFINES.search(text, start, min(end, start + 60)) or (law and _IS.match(text, start, end)):
        return "definition"
    if grants:
        return "standard"
    if opens_with_ban(text, start, end):
        return "prohibition"
    first = text[start : min(end, start + 160)]
    steps = set((_HAND_IN if law else _STEP).findall(first))
    if (
        len(steps) > 1
        or _APPLIES.search(first)
        or (not law and len(section.heading) <= _SHORT_HEAD and _STEP_HEAD.search(section.heading))
    ):
        return "procedure"
    under = worthiness.is_under_conditions(section)
    if under and _STEP_HEAD.search("".join(worthiness.headings_above(section))):
        return "procedure"
    if end - start <= _SHORT_ITEM and not _MAY.search(first):
        if _PAPER.search(first):
            return "procedure"
        if _CASE.search(first) and "的," not in first:
            return "condition"
    conditions = _SET_CONDITIONS.search(first) or (_IS_CONDITION.match(first) and not _MAY.search(first))
    return "condition" if under or conditions else "rule"


def _name(text: str, section: Section, start: int, end: int) -> str:
    heading = section.heading.strip("【】[]　 ")
    if 2 <= len(heading) <= 60 and not _INSERTED.fullmatch(heading):
        return heading
    titled = _TITLED.search(text, section.start, start)
    if titled is not None:
        return titled.group().strip("【】 　\n")
    stop = min((at for sign in "。；;：:\n" if (at := text.find(sign, start, end)) >= 0), default=end)
    return cut_name(text[start:stop].strip())
