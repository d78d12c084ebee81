"""Combines everything that was read into the head matter: title, issuers, number, dates, region, status, kind, period."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from corpus.divisions import NATION, Division, gazetteer
from corpus.document import Enactment, HeadMatter, Issue, Level, Reference, Span
from corpus.five_year_plans import five_year_plans
from ingest.headmatter.force import read_force
from ingest.headmatter.history import find_note, issuer_of, number_of, publication_of, read_history, version_of
from ingest.headmatter.labels import Labelled
from ingest.headmatter.region import (
    RegionEvidence,
    division_of,
    level_of,
    named_region,
    own_division_word,
    region_from_assembly,
    region_from_body,
    region_from_mentions,
    reporting_organ,
    speaks_for_nation,
    speaks_of_nation,
    speaks_to_nation,
    town_in,
)
from ingest.headmatter.title import Header
from ingest.lexicon import expand
from ingest.lines.dates import find_dates
from ingest.lines.organs import DOC_NUMBER, before_act, is_organ, kind_of, leading_organs, split_organs
from ingest.lines.signatures import SignatureParts

_UNLISTED = re.compile(
    expand(r"(?:中共)?(?P<place>[一-龥]{2,7}?(?:[县旗]|(?<![城乡])[镇乡]))(?:人民政府|政府|委员会|县委|委|{organ_ends})")
)
_STATUSES = (
    "有效",
    "失效",
    "废止",
    "已废止",
    "已失效",
    "现行有效",
    "已修改",
    "部分废止",
    "部分失效",
    "尚未生效",
    "未生效",
    "继续有效",
    "已修订",
)
_DRAFT = re.compile(expand(r"[（(〔\[]?(?P<status>{drafts})(?:[^（）()]{0,12})[）)〕\]]?$"))
_REPEALED = re.compile(expand(r"[（(\[【](?P<status>已?{repealed})[）)\]】]"))
_YEARS = r"(?P<a>20\d\d)\s?年?\s?(?:—|－|-|–|~|～|至|到|——|--)\s?(?P<b>20\d\d)\s?年"
_PERIOD = re.compile(_YEARS + "?")
_STATED_PERIOD = re.compile(expand(r"{plan_terms}[^。；;\n]{0,6}?(?:{is_or_from}|:|：)?\s?") + _YEARS)
_FIVE_YEAR_PLAN = re.compile(expand(r"[“\"「](?P<quoted>{five_year_plans})[”\"」]|(?P<plain>{five_year_plans}){five_year_tails}"))
_PLAN_YEAR = re.compile(expand(r"(?<!\d)(?P<y>20\d\d)\s?年(?!度?[^，。]{0,4}(?:{edition_words}|\d))"))
_PLAN_KINDS = ("方案", "要点", "计划", "规划", "纲要", "安排", "任务", "分工", "措施", "清单", "台账", "目标")
_NEWSROOM = re.compile(expand(r"{newsrooms}|网站?$"))
_NUMBER_LINE = re.compile(rf"^[ \t　]*(?P<number>{DOC_NUMBER.pattern})[ \t　]*$", re.MULTILINE)
"""A document number alone on a line; some pages repeat title and number above the text."""
_NUMBER_ENDS = re.compile(r"号[ \t　]*$", re.MULTILINE)
_OPENING = 900
_ABOVE_TITLE = 200
_ISSUED_KIND = re.compile(expand(r"(?:关于|[{issuer_letters}]){issuing}(?P<rest>.+?)的?{issuing_kinds}(?:[（(].*[)）])?$"))
_LETTER_END = re.compile(expand(r"的{letters}$"))
_ACTING_SEAL = re.compile(r"\s*[（(]代[章印]?[）)]$")
_LAST_BRACKET = re.compile(r"[（(][^（）()]{1,20}[）)]$")


@dataclass(slots=True)
class HeadDraft:
    """Head matter being collected: values, their spans, which of them were inferred, what is doubtful."""

    values: dict[str, object] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    inferred: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)

    def put(self, name: str, value: object, span: Span | None = None, *, inferred: bool = False) -> None:
        """Set a field once; the first finder of a field is the surest."""
        if value in (None, "", ()) or name in self.values:
            return
        self.values[name] = value
        if span is not None:
            self.spans[name] = span
        if inferred:
            self.inferred.add(name)

    def text(self, name: str) -> str | None:
        """A field's value as a string."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def done(self, based_on: Sequence[Reference] = ()) -> HeadMatter:
        """The finished head matter."""
        known: Mapping[str, object] = {k: v for k, v in self.values.items() if k != "source"}
        return HeadMatter(**known, based_on=tuple(based_on), spans=dict(self.spans), inferred=frozenset(self.inferred))  # type: ignore[arg-type]


def read_head(
    text: str,
    header: Header,
    parts: SignatureParts,
    *,
    fields: Mapping[str, str],
    field_spans: Mapping[str, Span],
    site: Iterable[str],
    region: str | None,
    title: tuple[str, Span | None, bool] | None,
    body: Span,
    filed: str | None = None,
) -> HeadDraft:
    """Put together the head matter of the main document.

    ``site`` are lines of the page around it (欢迎访问某局网站), ``filed`` is what the file's name puts before the title.
    """
    draft = HeadDraft()
    if title is not None:
        draft.put("title", title[0], title[1], inferred=title[2])
    _take_fields(text, draft, fields, field_spans)
    _take_labels(text, draft, header.labelled)
    start = header.title.end if header.title is not None else max(0, body.start - _OPENING)
    note = find_note(text, start, max(body.start, min(len(text), start + _OPENING)))
    if header.doc_number is not None and (note is None or not note.covers(header.doc_number)):
        draft.put("doc_number", _no_blanks(header.doc_number.of(text)), header.doc_number)
    name = (draft.text("title") or "").rstrip("）)")
    number = DOC_NUMBER.search(name) if name.endswith("号") else None
    if number is not None and name.endswith(number.group()):
        draft.put("doc_number", _no_blanks(number.group()), draft.spans.get("title"))
    opening = min(body.end, body.start + _OPENING)
    stray = _NUMBER_LINE.search(text, body.start, opening) if _NUMBER_ENDS.search(text, body.start, opening) else None
    if stray is not None:
        draft.put("doc_number", _no_blanks(stray["number"]), Span(stray.start("number"), stray.end("number")))
    history = _history(text, draft, note)
    _put_dates(text, draft, header, parts)
    _put_issuers(text, draft, header, parts)
    name = draft.text("title") or ""
    draft.put("kind", document_kind(name), draft.spans.get("title"))
    find_plan_period(text, draft, name, body)
    _put_status(text, draft, name)
    put_force_dates(text, draft, body, publication_of(history))
    _put_region(text, draft, site, region, body, filed)
    _put_reporting_issuer(text, draft, body)
    if filed and is_organ(filed) and "title" in draft.inferred:
        draft.put("issuers", split_organs(filed), inferred=True)
    return draft


def _put_reporting_issuer(text: str, draft: HeadDraft, body: Span) -> None:
    """Set the issuer of a report to an assembly: nobody signs it, it is given in the name of a government."""
    division = gazetteer().by_code.get(draft.text("region_code") or "")
    if "issuers" in draft.values or division is None or not (draft.text("kind") or "").endswith("报告"):
        return
    organ = reporting_organ(text, body.start, min(body.end, body.start + 300), division)
    if organ is not None:
        draft.put("issuers", (organ[0],), organ[1], inferred=True)


def _take_fields(text: str, draft: HeadDraft, fields: Mapping[str, str], spans: Mapping[str, Span]) -> None:
    for name, raw in fields.items():
        _take_field(text, draft, {"issuers": "issuer"}.get(name, name), raw, spans.get(name))


def _take_labels(text: str, draft: HeadDraft, labelled: Sequence[Labelled]) -> None:
    for entry in labelled:
        if entry.field not in ("-", "title") and len(entry.value):
            _take_field(text, draft, entry.field, entry.value.of(text).strip("|[]【】 　"), entry.value)


def _take_field(text: str, draft: HeadDraft, name: str, raw: str, span: Span | None) -> None:
    value = raw.strip()
    if not value or value in ("-", "--", "无", "暂无", "/"):
        return
    if name.endswith("_on"):
        where = span or Span(0, 0)
        source, start, end = (text, where.start, where.end) if span else (value, 0, len(value))
        for iso, at in find_dates(source, start, end):
            draft.put(name, iso, at if span else None)
            return
    elif name in ("issuer", "source"):
        if name == "issuer" or not _NEWSROOM.search(value):
            draft.put("source" if name == "source" else "labelled", value, span)
    elif name == "doc_number":
        match = DOC_NUMBER.search(value)
        draft.put(name, _no_blanks(match.group() if match else value) if len(value) <= 60 else None, span)
    elif name == "status":
        if any(value.startswith(known) for known in _STATUSES) or value in ("是", "否"):
            draft.put(name, {"是": "有效", "否": "失效"}.get(value, value), span)
    elif name == "index_number" and len(value) <= 60:
        draft.put(name, value, span)
    elif name == "kind" and len(value) <= 12:
        draft.put("labelled_kind", value, span)
    elif name in ("title", "region", "level"):
        draft.put(name, value, span)


def _history(text: str, draft: HeadDraft, note: Span | None) -> tuple[Enactment, ...]:
    """The history under the title; the date and the order number of the version whose text this is follow from it."""
    history = read_history(text, note) if note is not None else ()
    draft.put("history", history)
    version, numbered = version_of(history), number_of(history)
    if version is not None:
        draft.put("issued_on", version.on, version.span)
    if numbered is not None:
        draft.put("doc_number", numbered.number, numbered.span)
    return history


def _put_dates(text: str, draft: HeadDraft, header: Header, parts: SignatureParts) -> None:
    labelled = draft.text("issued_on")
    if parts.signed_on is not None:
        iso, span = parts.signed_on
        if labelled is not None and labelled != iso:
            message = f"索引表写成文日期为 {labelled}，落款日期为 {iso}，两者不一致；这里采用索引表的日期。"
            draft.issues.append(Issue("date-conflict", message, span))
        draft.put("issued_on", iso, span)
    for iso, span, written in header.dated:
        draft.put("issued_on" if written else "published_on", iso, span)


def _put_issuers(text: str, draft: HeadDraft, header: Header, parts: SignatureParts) -> None:
    names: list[str] = []
    for span in parts.signers:
        bracket = _ACTING_SEAL.search(text, span.start, span.end)
        names += split_organs(text[span.start : bracket.start() if bracket else span.end])
    if names:
        draft.put("issuers", tuple(dict.fromkeys(names)), Span(parts.signers[0].start, parts.signers[-1].end))
    title, at = draft.text("title") or "", draft.spans.get("title")
    if "title" not in draft.inferred:
        lead = leading_organs(title)
        above = _organs_above(text, at) if at and lead else ()
        if above:
            draft.put("issuers", tuple(dict.fromkeys((*above, *lead))), at)
        if lead:
            end = title.find(lead[-1][-2:]) if at else -1
            draft.put("issuers", lead, Span(at.start, at.start + end + 2) if at and end >= 0 else at)
    labelled = draft.text("labelled")
    if labelled:
        draft.put("issuers", split_organs(labelled), draft.spans.get("labelled"))
    _put_byline(text, draft, header.byline)
    history = draft.values.get("history")
    made = issuer_of(history) if isinstance(history, tuple) else None
    if made is not None:
        draft.put("issuers", (made[0],), made[1])
    source = draft.text("source")
    if source and is_organ(source):
        draft.put("issuers", split_organs(source), draft.spans.get("source"))
    for key in ("labelled", "source", "labelled_kind"):
        draft.values.pop(key, None)
        draft.spans.pop(key, None)


def _organs_above(text: str, title: Span) -> tuple[str, ...]:
    """The joint issuers on lines of their own above a title whose first line is an organ alone."""
    lines = title.of(text).split("\n")
    if len(lines) < 2 or not is_organ(lines[0]):
        return ()
    found: list[str] = []
    for line in reversed(text[max(0, title.start - _ABOVE_TITLE) : title.start].rstrip("\n").split("\n")):
        if not is_organ(line):
            break
        found[:0] = split_organs(line)
    return tuple(found)


def _put_byline(text: str, draft: HeadDraft, byline: Sequence[Span]) -> None:
    """Set the issuers that lines under the title name, all of them, and the day a bracket behind one gives."""
    names: list[str] = []
    named: list[Span] = []
    for line in byline:
        bracket = _LAST_BRACKET.search(text, line.start, line.end)
        organ = Span(line.start, bracket.start() if bracket else line.end).trimmed(text)
        if not is_organ(organ.of(text)):
            continue
        names += split_organs(organ.of(text))
        named.append(organ)
        for iso, at in find_dates(text, organ.end, line.end):
            draft.put("issued_on", iso, at)
    if named:
        # a day alone on the line under the organs is the day they issued it
        below = text.find("\n", named[-1].end)
        line_end = text.find("\n", below + 1) if below >= 0 else -1
        for iso, at in find_dates(text, below + 1, line_end) if line_end > below >= 0 else ():
            if not text[below + 1 : at.start].strip(" 　（(") and not text[at.end : line_end].strip(" 　）)"):
                draft.put("issued_on", iso, at)
        draft.put("issuers", tuple(dict.fromkeys(names)), Span(named[0].start, named[-1].end))


@lru_cache(maxsize=256)
def document_kind(title: str) -> str | None:
    """The kind of document 文种 that a title names: 关于印发…实施方案的通知 → 实施方案, 《…规划》解读 → 规划解读, …意见 → 意见."""
    flat = "".join(title.split())
    if not flat:
        return None
    if "解读" in flat:
        quoted = re.search(r"《([^《》]+)》", flat)
        inner = kind_of(quoted.group(1)) if quoted else None
        base = next(
            (
                k
                for k in ("规划", "方案", "意见", "办法", "条例", "措施", "通知", "细则", "规定", "计划")
                if inner and inner.endswith(k)
            ),
            None,
        )
        return f"{base}解读" if base else "政策解读"
    issued = _ISSUED_KIND.search(flat)
    if issued:
        return kind_of(issued["rest"]) or kind_of(flat)
    return kind_of(flat)


def find_plan_period(text: str, draft: HeadDraft, title: str, body: Span | None) -> None:
    """Set the years a plan covers: from 规划期为2021-2025年, (2021—2025年) or “十四五” in the title, or the year of an annual plan."""
    stated = _STATED_PERIOD.search(text, body.start, min(body.end, body.start + 20000)) if body else None
    if stated is not None and stated["a"] < stated["b"]:
        draft.put("plan_period", (stated["a"], stated["b"]), Span(stated.start(), stated.end()))
        return
    flat = "".join(title.split())
    where = draft.spans.get("title")
    kind = kind_of(flat) or ""
    span_years = _PERIOD.search(flat)
    if span_years and span_years["a"] < span_years["b"]:
        draft.put("plan_period", (span_years["a"], span_years["b"]), where)
        return
    plan = _FIVE_YEAR_PLAN.search(flat)
    if plan:
        first, last = five_year_plans()[plan["quoted"] or plan["plain"]]
        draft.put("plan_period", (str(first), str(last)), where)
        return
    document = document_kind(title) or kind
    if document.endswith(_PLAN_KINDS) or any(word in flat for word in ("工作要点", "实施方案", "工作计划", "行动方案")):
        year = _PLAN_YEAR.search(flat)
        if year:
            draft.put("plan_period", (year["y"], year["y"]), where)


def _put_status(text: str, draft: HeadDraft, title: str) -> None:
    flat = "".join(title.split())
    at = draft.spans.get("title")
    repealed = _REPEALED.search(flat)
    if repealed:
        draft.put("status", repealed["status"], at)
    draft_status = find_draft_status(flat)
    if draft_status:
        draft.put("status", draft_status, at)


def find_draft_status(title: str) -> str | None:
    """The word for a draft that a title ends with (征求意见稿, 草案); None for other titles."""
    match = _DRAFT.search("".join(title.split()).rstrip("》"))
    if match is None or _LETTER_END.search(title):
        return None
    return match["status"].removeprefix("公开")


def put_force_dates(text: str, draft: HeadDraft, body: Span, published: Enactment | None = None) -> None:
    """Set the document of effect and when it ends, where the text says so of itself (本办法自…起施行，有效期五年)."""
    day = published.on if published is not None else draft.text("issued_on") or draft.text("published_on")
    # a page that gives the day of effect says which day 自印发之日 is
    day = draft.text("effective_on") or day
    force = read_force(text, body, day)
    for name, clause in (("effective_on", force.begins), ("expires_on", force.ends)):
        if clause is not None:
            # the words of the document outrank what a page or the letter around it says
            if clause.on is not None:
                draft.values.pop(name, None)
            draft.put(name, clause.on, clause.span, inferred=clause.concluded)
            draft.spans[name] = clause.span


def _put_region(text: str, draft: HeadDraft, site: Iterable[str], region: str | None, body: Span, filed: str | None) -> None:
    if region:
        division = named_region(region)
        if division is not None:
            draft.values["region"], draft.values["region_code"] = division.path, division.code
            draft.values["level"] = level_of(division)
        else:
            draft.values["region"] = region
            draft.issues.append(Issue("region-unknown", f"没有找到行政区划“{region}”，地区按原样记录；请核对名称。"))
        return
    given = draft.text("region")
    if given:
        division = named_region(given)
        if division is not None:
            _put_region_evidence(draft, RegionEvidence(division, level_of(division), draft.spans.get("region")), inferred=False)
            return
        draft.values.pop("region")
    place, inferred = _find_region(text, draft, site, body, filed)
    if place is not None:
        _put_region_evidence(draft, place, inferred=inferred)
        if inferred:
            draft.issues.append(
                Issue("region-inferred", f"文中没有写明发文地区，根据{place.found_in}推定为{place.division.path}。", place.span)
            )
    else:
        _put_unlisted_region(draft)


def _put_unlisted_region(draft: HeadDraft) -> None:
    """The place an issuer names that is in no list of divisions (a new county, one of another time), as written."""
    issuers = draft.values.get("issuers")
    first = issuers[0] if isinstance(issuers, tuple) and issuers else ""
    named = _UNLISTED.match(str(first))
    if named is None:
        return
    draft.put("region", named["place"], draft.spans.get("issuers"), inferred=True)
    draft.put("level", "县" if named["place"][-1] in "县旗" else "乡镇", inferred=True)
    draft.issues.append(Issue("region-unknown", f"行政区划中没有“{named['place']}”，地区按发文机关的写法记录；请核对。"))


def _put_region_evidence(draft: HeadDraft, place: RegionEvidence, *, inferred: bool) -> None:
    draft.values.pop("level", None)
    draft.values["region"], draft.values["region_code"] = place.division.path, place.division.code
    draft.values["level"] = place.level
    if place.span is not None:
        draft.spans["region"] = place.span
    if inferred:
        draft.inferred.add("region")


def _find_region(
    text: str, draft: HeadDraft, site: Iterable[str], body: Span, filed: str | None
) -> tuple[RegionEvidence | None, bool]:
    title, at = draft.text("title") or "", draft.spans.get("title")
    issuers = draft.values.get("issuers")
    names = list(issuers) if isinstance(issuers, tuple) else []
    near: Iterable[Division] = _NearbyDivisions(lambda: _find_nearby_divisions(text, body, [title, *site]))
    lead = before_act("".join(title.split()))
    for name in names:
        if not isinstance(name, str):
            continue
        if speaks_for_nation(name):
            return RegionEvidence(NATION, "国家", draft.spans.get("issuers"), "发文机关"), False
        division = division_of(name, near) or division_of(name, near, whole=True)
        if division is not None:
            level: Level = "乡镇" if town_in(name) else level_of(division)
            return RegionEvidence(division, level, draft.spans.get("issuers"), "发文机关"), False
    if len(lead) >= 2 and speaks_for_nation(lead.lstrip("《")):
        return RegionEvidence(NATION, "国家", at, "标题"), "title" in draft.inferred
    division = division_of(title.lstrip("《关于印发转的 "), near) or division_of(title, near, whole=True)
    if division is not None:
        return RegionEvidence(division, level_of(division), at, "标题"), "title" in draft.inferred
    place = region_from_assembly(text, min(len(text), body.start + 200))
    if place is not None:
        return place, False
    for line in site:
        division = division_of(line, near, whole=True)
        if division is not None:
            return RegionEvidence(division, level_of(division), None, "网页名称"), True
    reach = Span(body.start, min(body.end, body.start + 20000))
    if not names and speaks_to_nation(text, reach.start, reach.end):
        return RegionEvidence(NATION, "国家", None, "正文面向全国的行文"), True
    what = own_division_word(text, reach.start, reach.end)
    from_name = _division_in_filename(filed)
    if from_name is not None:
        near = [from_name, *near]
    if what is not None or not title:
        place = region_from_body(text, reach.start, reach.end, near)
        if place is not None and (from_name is None or from_name.contains(place.division.code)):
            return place, True
    if from_name is not None:
        return RegionEvidence(from_name, level_of(from_name), None, "文件名"), True
    if not names:
        place = region_from_mentions(text, reach.start, reach.end)
        if place is not None:
            return place, True
        if speaks_of_nation(text, reach.start, reach.end):
            return RegionEvidence(NATION, "国家", None, "正文面向全国的内容"), True
    return None, False


def _division_in_filename(filed: str | None) -> Division | None:
    """The division that a person put at the beginning of the file name."""
    if filed is None:
        return None
    if filed in ("全国", "国家", "中央") or speaks_for_nation(filed):
        return NATION
    return division_of(filed) or division_of(filed, whole=True)


class _NearbyDivisions:
    """Divisions named near the head; they are looked for only when a name is ambiguous."""

    def __init__(self, find: Callable[[], list[Division]]) -> None:
        self._find = find
        self._found: list[Division] | None = None

    def __iter__(self) -> Iterator[Division]:
        if self._found is None:
            self._found = self._find()
        return iter(self._found)


def _find_nearby_divisions(text: str, body: Span, names: Iterable[str]) -> list[Division]:
    """Unambiguous divisions named near the head; they decide between namesakes (朝阳区 of 北京 or of 长春)."""
    found: list[Division] = []
    for name in names:
        division = division_of(name, (), whole=True)
        if division is not None:
            found.append(division)
    for mention in gazetteer().mentions(text[body.start : min(body.end, body.start + 1500)]):
        if len(mention.candidates) == 1 and mention.candidates[0].code != NATION.code:
            found.append(mention.candidates[0])
        if len(found) > 12:
            break
    return found


def _no_blanks(value: str) -> str:
    return re.sub(r"\s", "", value)
