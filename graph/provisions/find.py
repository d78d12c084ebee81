"""Find the provisions 规定 of a document: its articles, and the items of blocks that rule or set conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.document import ParsedDocument, Section, fact_id
from corpus.numerals import half_width
from graph.facts import Provision, ProvisionKind
from graph.frames.find import Frames, find_frames
from graph.lexicon import expand
from graph.quantities.find import find_quantities
from graph.quantities.quantity import Quantity
from graph.tasks.assemble import cut_name, path_of, region_name
from graph.tasks.deadlines import deadline_of
from graph.tasks.demands import ARTICLE
from graph.tasks.measures import demand_opening
from graph.tasks.worthiness import TaskWorthiness
from graph.units.find import read_unit_list
from graph.units.words import is_named_unit

_CHAPTER = re.compile(r"^第[一二三四五六七八九十百零\d]+[章节编篇]")
_SUBJECT = re.compile(expand(r"(?:^|[。；;\n])\s*(?P<who>[^，,。；;：:\n]{2,40}?)(?:{provision_modals})"))
_TO = re.compile(
    expand(
        r"(?:^|[，,。；;：:\n])\s*{provision_to}(?P<who>[^，,。；;：:\n]{2,60}?)(?:的)?(?=[，,。；;：:\n]|给予|予以|按|每|实行)"
    )
)
_CONDITION = re.compile(
    expand(
        r"(?:^|[，,。；;：:\n])\s*(?P<if>(?:{provision_to})?[^，,。；;：:\n]{0,16}{provision_if}[^。；;：:\n]{1,80}?的)(?=[，,。；;：:\n])"
    )
)
_OBJECT = re.compile(expand(r"(?P<verb>应当|必须|可以|不得|有权|享受|给予|予以|禁止)(?P<what>[^，,。；;：:\n]{2,60})"))
_TERM = re.compile(
    expand(
        r"(?:有效期|期限|时限|任期)(?:为|是|至|自)?[^，,。；;\n]{1,24}|自[^，,。；;\n]{2,30}?(?:起|之日起)(?:至[^，,。；;\n]{2,16}|[^，,。；;\n]{0,12}内)?|\d+个?(?:工作日|自然日|日|天|个月|年)(?:以?内|之内)"
    )
)
_AUTHORITY = re.compile(expand(r"{provision_by}(?P<who>[^，,。；;：:（(\n]{2,30}?)(?:{provision_acts})"))
_GRANTS = re.compile(
    expand(r"(?:{grant_verbs}|{paid_nouns}|额度|首付|利率|比例)[^。；\n]{0,40}\d|\d[^。；\n]{0,12}(?:{paid_nouns})")
)
_NO_SUBJECT = re.compile(r"^[在由按（(向从经为自予以其该将]|[在由按向从经自]$")
_BAN = re.compile(expand(r"{provision_bans}"))
_STEP = re.compile(expand(r"{provision_steps}"))
_DEFINES = re.compile(expand(r"{means}"))
_ABOUT_ITSELF = re.compile(expand(r"本{own_kinds}[^。；;\n]{0,60}(?:{taking_effect}|{about_itself})"))
_LEADERS = re.compile(r"[.．]{6,}|…{3,}|·{6,}")
_SHORTEST = 8
_LONGEST = 3000
_READ = 600
"""Characters of a provision that are read for who, what and when; the rest is in its quote."""
_MONEY = ("money", "percent")


def find_provisions(doc: ParsedDocument, frames: Frames | None = None) -> tuple[Provision, ...]:
    """The provisions of a document, in order of the text; ``frames`` are those of its blocks where they are known already."""
    worthiness = TaskWorthiness(doc, frames or find_frames(doc))
    text = half_width(doc.text)
    return tuple(_provision(doc, text, section) for section in _sections(doc, worthiness))


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
        demands = demand_opening().match(section.heading.strip()) and not worthiness.is_under_conditions(section)
        if not article and demands and not _GRANTS.search(section.whole.of(doc.text)):
            continue  # something to be done
        if (article or worthiness.is_provision(section)) and not _ABOUT_ITSELF.search(doc.text, section.start, section.whole.end):
            yield section


def _provision(doc: ParsedDocument, text: str, section: Section) -> Provision:
    span = section.whole.trimmed(doc.text)
    start = section.start + len(section.number or "")
    while start < span.end and text[start] in " 　\t、.．":
        start += 1
    end = min(span.end, start + _READ)
    words = text[start:end]
    amount = _amount(text, start, end)
    condition = _CONDITION.search(words)
    subject = _subject(words)
    what = _OBJECT.search(words)
    term = _TERM.search(words)
    return Provision(
        id=fact_id(doc.id, "provision", span),
        document_id=doc.id,
        span=span,
        name=_name(doc.text, section, start, span.end),
        section_path=path_of(doc, section),
        kind=_kind(words, amount),
        subject=subject,
        object=what["what"].strip() if what is not None else None,
        condition=condition["if"].strip() if condition is not None else None,
        amount=doc.text[amount.span.start : amount.span.end] if amount is not None else None,
        value=amount.value if amount is not None else None,
        unit=amount.unit if amount is not None else None,
        term=term.group() if term is not None else deadline_of(doc.text, start, end),
        authority=_authority(doc.text, start, end),
        region=region_name(doc.head_at(span.start)),
    )


def _amount(text: str, start: int, end: int) -> Quantity | None:
    return next((q for q in find_quantities(text, start, end, most=12) if q.measure in _MONEY and q.form != "words"), None)


def _subject(words: str) -> str | None:
    """Whom a provision is for: 对…的…, or what stands before 应当, 可以, 享受."""
    to = _TO.search(words)
    acting = _SUBJECT.search(words)
    found = min((match for match in (to, acting) if match is not None), key=lambda match: match.start(), default=None)
    if found is None:
        return None
    who = found["who"].strip("的对 　")
    return who if 2 <= len(who) <= 60 and _NO_SUBJECT.search(who) is None else None


def _kind(words: str, amount: Quantity | None) -> ProvisionKind:
    if _DEFINES.search(words[:60]):
        return "definition"
    if amount is not None:
        return "standard"
    if _BAN.search(words):
        return "prohibition"
    if _STEP.search(words):
        return "procedure"
    if _CONDITION.search(words) or re.search(expand(r"^(?:{provision_if})"), words):
        return "condition"
    return "rule"


def _authority(text: str, start: int, end: int) -> str | None:
    for match in _AUTHORITY.finditer(text, start, end):
        units = read_unit_list(text, match.start("who"), match.end("who"))
        if units and all(is_named_unit(unit.name) or unit.name.endswith("部门") for unit in units):
            return "、".join(unit.name for unit in units)
    return None


def _name(text: str, section: Section, start: int, end: int) -> str:
    heading = section.heading.strip("【】[]　 ")
    if 2 <= len(heading) <= 60:
        return heading
    stop = min((at for sign in "。；;：:\n" if (at := text.find(sign, start, end)) >= 0), default=end)
    return cut_name(text[start:stop].strip())
