"""Who is responsible 责任单位: the units of a task, or all tasks of a unit, from the extracted tasks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Span
from corpus.folding import fold
from graph.codec.records import TaskRecord
from index.lexical.tokens import natures
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, label_part
from qa.documents import DocumentView, LibraryView, Sentence
from qa.evidence.inquiry import Inquiry
from qa.evidence.scope import Scope
from qa.kinds.kind import QuestionKind
from qa.kinds.provision import quote_provisions
from qa.understanding.concepts import QueryConcepts
from qa.understanding.lexicons import everyday_forms
from qa.understanding.question import ASKS_DUTIES, ParsedQuestion, find_everyday

NAMED = 0.5
"""The share of the question that the name of a task must hold; its text counts half."""
ALIKE = 0.92
INHERITED_REACH = 400

_every_task = re.compile(r"各(?:由|自|项|任务|个)|每(?:项|个|一项)|分别由|都由")


_named_in_text = re.compile(
    r"(?:局|委|办|部|厅|署|政府|中心|部门|机构|公司|银行|办公室|委员会|党委|领导小组|协会|学校|医院|法院|检察院)[^，,。；;：]{0,12}(?:负责|牵头|主管|承担|组织实施|会同)"
    r"|向[^，,。；;]{2,24}(?:局|委|办|部门|厅|中心|机构|政府|办事处)(?:提交|提出|申请|申报|备案)"
    r"|由[^，,。；;]{2,30}(?:负责|牵头|承担|组织实施|会同)|主体责任"
)


_bodies = "(?:局|委|办|部|厅|署|政府|中心|部门|机构|公司|银行|办公室|委员会|街道|法院|检察院|学校|医院)(?:[)）])?"
_offices = re.compile(
    "(?:组长|召集人|主任|会长|负责人|代表)[^。，,]{0,6}(?:是谁|由谁|谁)|(?:由谁|谁)[^。，,]{0,6}(?:担任|任|当)(?!务)"
)
_in_office = re.compile("担任|任[^。,，;；]{0,10}(?:组长|召集人|主任|会长)|(?:组长|召集人|主任|会长)(?:由|是|为|[:：])")


def office_asked(parsed: ParsedQuestion) -> bool:
    """Whether it is asked who holds an office (组长由谁担任), not which unit does a work."""
    return _offices.search(parsed.folded) is not None


def names_one(sentence: Sentence, parsed: ParsedQuestion) -> bool:
    """Whether a sentence names who is in charge (市政务服务部门负责…的组织协调), by the verb of the question too (由谁统一配备)."""
    if sentence.is_units:
        return False
    if office_asked(parsed):
        return _in_office.search(sentence.folded) is not None
    return _named_in_text.search(sentence.folded) is not None or any(
        pattern.search(sentence.folded) for pattern in _doing(parsed.subject)
    )


@lru_cache(maxsize=64)
def _doing(subject: str) -> tuple[re.Pattern[str], ...]:
    """What a sentence looks like in which a body does what the question asks the doer of."""
    verbs = [
        re.escape(word) for piece in subject.split() for word, nature in natures(piece) if nature in ("v", "vn") and len(word) > 1
    ]
    if not verbs:
        return ()
    doing = "|".join(verbs[-3:])
    return re.compile(f"由[^，,。；;]{{2,30}}(?:{doing})"), re.compile(f"{_bodies}[^，,。；;：]{{0,16}}(?:{doing})")


_unit_asked = re.compile(
    r"((?:[\u4e00-\u9fff]{1,10})(?:局|委|办|厅|部|署|中心|办公室|委员会|管委会|政府|部门|机构|公司|银行|街道|乡镇|小组))(?:主要|具体|应当?|要|需要)?"
    r"(?:负责(?:什么|哪些|啥|哪几)|承担(?:什么|哪些)|的?(?:主要)?(?:职责|职能|任务)(?:是什么|有哪些|是啥|包括))"
)
_new_unit = re.compile(r"^[^，。,；;]{2,24}[:：]$|^[^，。,；;:：]{2,24}[:：]")


def unit_asked(parsed: ParsedQuestion) -> str | None:
    """The unit whose duties are asked for, without the name of the place."""
    match = _unit_asked.search(parsed.folded)
    if match is None:
        return None
    name = match[1]
    for prefix in (*parsed.places, "地区", "省", "市", "州", "县", "区"):
        name = name.removeprefix(prefix)
    return name if len(name) > 1 else None


def quote_unit_duties(inquiry: Inquiry) -> AnswerDraft | None:
    """What a chapter on the division of labour says of the unit asked about, if one is: after its name and a colon, or in a
    sentence that begins with it."""
    unit, scope, view = unit_asked(inquiry.parsed), inquiry.scope, inquiry.view
    if unit is None:
        return None
    name = re.escape(unit)
    at_colon = re.compile(f"{name}[^，。,；;:：]{{0,12}}[:：]")
    in_charge = re.compile(f"{name}(?:主要)?(?:负责|牵头|承担|会同)")
    for row in scope.rows:
        document = view.document(row)
        for i, sentence in enumerate(document.sentences):
            if (row, sentence.part) not in scope.parts or (
                not (match := at_colon.search(sentence.folded)) and not in_charge.search(sentence.folded)
            ):
                continue
            first = last = i
            if match and match.end() >= len(sentence.folded) and i + 1 < len(document.sentences):
                first = last = i + 1
                while last + 1 < len(document.sentences) and last - first < 6:
                    following = document.sentences[last + 1]
                    if following.part != sentence.part or following.is_heading or _new_unit.match(following.folded):
                        break
                    last += 1
            span = Span(document.sentences[first].span.start, document.sentences[last].span.end)
            part = document.parts[sentence.part]
            quote = cite(document, span)
            return AnswerDraft(
                "answered",
                (AnswerLine(f"{label_part(document, part)}（{unit}）：“{flatten(quote.quote)}”", (quote,)),),
                parts=((row, sentence.part),),
            )
    return None


@dataclass(frozen=True, slots=True)
class TaskWithUnits:
    """A task with the places of its name and of its units."""

    document: DocumentView
    span: Span
    name: str
    title: Span
    units: tuple[tuple[str, str, Span], ...]
    """(name, role, place) of the units."""
    topics: tuple[str, ...] = ()
    named: tuple[tuple[str, str, Span, str], ...] = ()
    """(name, role, place, usual name) of the units."""

    @property
    def list_span(self) -> Span | None:
        """The stretch from the first unit to the last, where they stand together."""
        if not self.units:
            return None
        start, end = min(u[2].start for u in self.units), max(u[2].end for u in self.units)
        return Span(start, end) if end - start <= INHERITED_REACH * 2 else Span(self.units[0][2].start, self.units[0][2].end)


def duties(view: LibraryView, scope: Scope) -> list[TaskWithUnits]:
    """The tasks of the scope, in order."""
    found: list[TaskWithUnits] = []
    for fact in (fact for row in scope.rows for fact in view.facts(TaskRecord, row)):
        document = view.document(fact.document)
        if (fact.document, document.part_at(fact.span.start)) not in scope.parts:
            continue
        task = fact.value
        units = tuple((u.name, u.role, u.span) for u in task.units if u.role != "actor")
        named = tuple((u.name, u.role, u.span, u.canonical or u.name) for u in task.units if u.role != "actor")
        title = _title(document, fact.span, task.name)
        found.append(TaskWithUnits(document, fact.span, task.name, title, units, task.topics, named))
    return found


def _title(document: DocumentView, span: Span, name: str) -> Span:
    at = document.text.find(name, span.start, span.end) if name else -1
    if at >= 0:
        start = span.start if at - span.start <= 8 else at
        return Span(start, at + len(name))
    index = document.sentence_at(span.start)
    return document.sentences[index].span if index is not None else span


def _answer_from_tasks(parsed: ParsedQuestion, wanted: QueryConcepts, scope: Scope, view: LibraryView) -> AnswerDraft | None:
    """The units of the task that is meant, or the tasks of the unit that is named; None where the text names no unit for it."""
    everything = duties(view, scope)
    if parsed.understood.units and ASKS_DUTIES.search(parsed.folded):
        return _tasks_of(parsed, everything, view)
    if _interprets.search(parsed.folded) and (told := _holder("", wanted, scope, view, _interpreter)) is not None:
        return told
    if (role := _role.search(parsed.folded)) is not None and (told := _holder(role[1], wanted, scope, view)) is not None:
        return told
    with_units = [duty for duty in everything if duty.units]
    if _every_task.search(parsed.folded) and with_units and len(wanted.concepts) <= 3:
        return _overview(with_units)
    topics = _topics(parsed)
    ranked = sorted(
        ((_fit(duty, wanted) + _topical(duty, topics), duty) for duty in everything),
        key=lambda pair: (-pair[0], pair[1].span.start),
    )
    if not ranked or ranked[0][0] < NAMED:
        return None
    best = ranked[0][0]
    chosen = [duty for fit, duty in ranked[:6] if fit >= ALIKE * best]
    named = [duty for duty in chosen if duty.units][:3]
    if not named:
        return None
    lines = [_line(duty) for duty in named]
    return AnswerDraft(
        "answered", tuple(lines), parts=tuple((d.document.info.row, d.document.part_at(d.span.start)) for d in named)
    )


_interprets = re.compile("由谁[^。]{0,6}解释|谁来?解释|解释(?:权|部门|机关|单位)|哪个(?:部门|单位|机关)[^。]{0,4}解释")
_role = re.compile("((?:实施|主管|执行|审批|监管|解释|受理|承办|管理|监督)(?:部门|单位|机关|机构|主体))")


_interpreter = re.compile("由[^,。;；]{2,40}(?:负责)?(?:具体)?(?:组织)?解释")


def _holder(
    role: str, wanted: QueryConcepts, scope: Scope, view: LibraryView, says: re.Pattern[str] | None = None
) -> AnswerDraft | None:
    """The sentence that says who has a role in the whole document (区工信局是本办法的实施部门)."""
    says = says or re.compile(
        f"(?:局|委|办|厅|部|署|中心|政府|办公室|委员会|银行|公司)[^。;；]{{0,6}}(?:是|为|作为)[^。;；]{{0,16}}{role}|{role}[^。;；]{{0,4}}(?:是|为)[^。;；]{{2,20}}(?:局|委|办|厅|部|署|中心|政府|办公室|委员会)"
    )
    best: tuple[float, DocumentView, Sentence] | None = None
    for row in scope.rows:
        document = view.document(row)
        title = fold(document.info.head.title or "")
        for sentence in document.sentences:
            if (row, sentence.part) in scope.parts and says.search(sentence.folded):
                score = wanted.coverage(f"{title} {sentence.heading} {sentence.folded}")
                if score >= NAMED and (best is None or score > best[0]):
                    best = (score, document, sentence)
    if best is None:
        return None
    _, document, sentence = best
    quote = cite(document, sentence.span)
    line = AnswerLine(f"{label_part(document, document.parts[sentence.part])}：“{flatten(quote.quote)}”", (quote,))
    return AnswerDraft("answered", (line,), parts=((document.info.row, sentence.part),))


def _topics(parsed: ParsedQuestion) -> tuple[str, ...]:
    """The topics of the question, its everyday phrases read as documents write them."""
    from graph.topics import topics_of

    forms = everyday_forms()
    return topics_of(" ".join([parsed.subject, *("、".join(forms[p]) for p in find_everyday(parsed.subject))]))


def _topical(duty: TaskWithUnits, topics: tuple[str, ...]) -> float:
    """What a task gains by being mainly about the topic of the question."""
    if not topics or not duty.topics:
        return 0.0
    return 0.3 if duty.topics[0] == topics[0] else 0.1 if topics[0] in duty.topics[:2] else 0.0


def _fit(duty: TaskWithUnits, wanted: QueryConcepts) -> float:
    name = fold(duty.name)
    own = wanted.profile(name)
    body = wanted.profile(fold(duty.span.of(duty.document.text)))
    index = duty.document.sentence_at(duty.span.start)
    heading = wanted.profile(duty.document.sentences[index].heading) if index is not None else body
    mixed = [max(a, 0.55 * b, 0.5 * c) for a, b, c in zip(own, body, heading, strict=True)]
    exact = any(len(phrase) >= 4 and phrase in name for phrase in wanted.quoted)
    return wanted.share(mixed) + 0.3 * wanted.closeness(name) + (0.5 if exact else 0.0)


_role_names = {"lead": "牵头单位", "responsible": "责任单位", "supporting": "配合单位"}


def _line(duty: TaskWithUnits) -> AnswerLine:
    part = duty.document.parts[duty.document.part_at(duty.span.start)]
    roles: dict[str, dict[str, None]] = {}
    for name, role, _ in duty.units:
        roles.setdefault(role, {})[name] = None
    span = duty.list_span
    assert span is not None
    units = cite(duty.document, span)
    told = "；".join(f"{_role_names[role]}共 {len(names)} 家：{'、'.join(names)}" for role, names in roles.items())
    title = cite(duty.document, duty.title)
    text = f"{label_part(duty.document, part)}“{flatten(duty.name)}”的{told}。原文：“{flatten(units.quote)}”"
    # the headings over the list name the task already, unless it holds a figure that must stand in a quote
    named = fold(duty.name) in fold(" ".join(units.section_path)) and not re.search(r"\d", duty.name)
    return AnswerLine(text, (units,) if named else (units, title), tuple(map(len, roles.values())))


def _tasks_of(parsed: ParsedQuestion, everything: list[TaskWithUnits], view: LibraryView) -> AnswerDraft | None:
    from graph.queries.facts import unit_keys

    unit = max(parsed.understood.units, key=len)
    key = fold(unit)
    asked = "lead" if "牵头" in parsed.folded else "supporting" if "配合" in parsed.folded else None
    keys = {key, *(fold(name) for name in unit_keys(view.corpus, unit))}
    names = {(name, place): {fold(name), fold(canonical)} & keys for d in everything for name, _, place, canonical in d.named}
    chosen = [
        duty for duty in everything if any(names[(name, place)] and asked in (None, role) for name, role, place in duty.units)
    ]
    if not chosen:
        return None
    written = Counter(name for duty in chosen for name, _, place in duty.units if names[(name, place)])
    # 广东省林业局 is written 省林业局 in a paper of the province: the answer says what the quotes say
    unit = unit if unit in written else written.most_common(1)[0][0]
    lines = [AnswerLine(f"{unit}是 {len(chosen)} 项任务的{_role_names[asked or 'responsible']}：", counts=(len(chosen),))]
    whole_lists = len(chosen) <= 8
    for duty in chosen:
        part = duty.document.parts[duty.document.part_at(duty.span.start)]
        own = next(place for name, _, place in duty.units if names[(name, place)])
        span = duty.list_span if whole_lists and duty.list_span is not None and duty.list_span.covers(own) else own
        role = next(role for name, role, place in duty.units if names[(name, place)])
        kind = "" if role == "responsible" else f"（{_role_names[role]}）"
        lines.append(
            AnswerLine(
                f"{label_part(duty.document, part)}：{flatten(duty.name)}{kind}",
                (cite(duty.document, duty.title), cite(duty.document, span)),
            )
        )
    return AnswerDraft(
        "answered", tuple(lines), parts=tuple({(d.document.info.row, d.document.part_at(d.span.start)): None for d in chosen})
    )


def _overview(chosen: list[TaskWithUnits]) -> AnswerDraft:
    lines = [AnswerLine(f"列明责任单位的任务共 {len(chosen)} 项：", counts=(len(chosen),))]
    for duty in chosen[:30]:
        names = "、".join(dict.fromkeys(name for name, _, _ in duty.units))
        span = duty.list_span
        assert span is not None
        lines.append(AnswerLine(f"{flatten(duty.name)}：{names}", (cite(duty.document, span), cite(duty.document, duty.title))))
    return AnswerDraft(
        "answered", tuple(lines), parts=tuple({(d.document.info.row, d.document.part_at(d.span.start)): None for d in chosen})
    )


def answer_responsible_unit(inquiry: Inquiry) -> AnswerDraft | None:
    """The units of a task or the tasks of a unit, else the sentence that says who is in charge."""
    parsed = inquiry.parsed
    if not office_asked(parsed):
        draft = _answer_from_tasks(parsed, inquiry.wanted, inquiry.scope, inquiry.view)
        if draft is not None:
            return draft
    named = [f for f in inquiry.find_sentences() if names_one(f.sentence, parsed)]
    return quote_provisions(parsed, inquiry.wanted, named, None)


def explain_missing_units(inquiry: Inquiry) -> str:
    """Why no unit is found: the list is in an attachment that is not in the file, or there is none."""
    for row in inquiry.scope.rows:
        document = inquiry.view.document(row)
        if "附件" in document.folded and ("台账" in document.folded or "分工" in document.folded):
            return "正文没有列明各项任务的责任单位；文末提到附件（台账或分工表），但附件内容不在这份文件里。"
    return "正文没有列明这项任务的责任单位。"


KIND = QuestionKind("responsible_unit", answer_responsible_unit, is_list=True, explain=explain_missing_units)
