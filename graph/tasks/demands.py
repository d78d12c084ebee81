"""Decide whether a numbered item is a task: goals, backgrounds, results and articles without a duty are none."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.document import ParsedDocument, Section, Span
from corpus.text import PERIOD_ENDS
from graph.lexicon import alternatives, expand, word_lists
from graph.tasks.measures import demand_opening

ARTICLE = re.compile(r"^第[一二三四五六七八九十百零千\d]+条")
_OBLIGES = re.compile(expand(r"{obliged}[^。；\n]{0,40}?(?:{obliging}|负责(?!解释)|应(?![急届用付])|要(?![求素件点]))"))
_PURPOSE = re.compile(r"(?:为|根据)[^。]{4,400}?制定[本此]")
# 营商环境持续优化: a heading whose last clause says how things became, over a body of figures, tells of results
_RESULT = re.compile(expand(r"(?:^|[，,])(?P<clause>[^，,]*?{becoming}[^，,]{0,8})$"))
_FIGURE = re.compile(expand(r"\d[\d.]*(?:[%％]|{figure_units})"))
_ACHIEVED = re.compile(expand(r"取得.{0,6}{results}|{achievements}{outstanding}"))
# 本办法由市水利局负责解释: about the document, not a demand
_ABOUT = re.compile(
    expand(
        r"(?:本{own_kinds}|{these_rules})[^。；;\n]{0,60}(?:{taking_effect}|{about_itself})"
        r"|(?:以上|上述|本次)[^，,。；;\n]{0,8}(?:政策|措施|规定)[^。；;\n]{0,12}(?:暂定|有效|期限|截止)"
    )
)
_LEADERS = re.compile(r"[.．]{6,}|…{3,}|·{6,}")
# 上级关于…的重要指示: one of a list of things to study
_TO_STUDY = re.compile(expand(r"{instructions}{instruction_tails}*$"))
_MODAL = re.compile(expand(r"(?:^|[，,；;。])[^，,；;。\n]{0,20}?(?:{modals}|{demanding})(?![求素件])"))
# 购房人提供虚假材料骗取补贴的，…: a condition that opens an item, or what nobody may have, provides for all
_PROVIDES = re.compile(
    expand(
        r"[\s、.．)）]*(?:[^，,。；;：:\n]{4,80}(?<!目)的[，,]|[^。；;：:\n]{2,60}(?:{provision_signs})|对[^。；;：:\n]{2,80}?(?:给予|予以)[^。；;\n]{0,60}?\d)"
    )
)
_CASE = re.compile(expand(r"[\s、.．)）]{0,4}[^。；;\n]{4,120}(?:的|{provision_parties}|住房|商品房|房屋)[；;]\s*"))
"""One of several cases or groups: 以单位名义购买的住房；."""
_TO_WHOM = frozenset("对以")
_SENTENCES = re.compile(r"[^。；;\n]+")
_ASKED = re.compile(expand(r"[^，,]{0,24}(?:{obliged}|各[^，,]{1,8})(?:{modals}|{demanding}|{asked_verbs})"))
_ONLY = re.compile(expand(r"{only_provides}"))
_SETTING = frozenset(word_lists()["setting_openers"])
_VALUE = re.compile(r"\d")
_READ = 1200
_SENTENCE_LIKE = 6
_PAID = re.compile(expand(r"[^，,]{2,16}(?:{paid_nouns})"))
_GIVES_TO = re.compile(
    expand(
        r"[\s、.．)）]{0,4}[^。；;：:\n]{4,160}?[，,][^。；;\n，,]{0,16}?(?:{handing_out}|补贴|补助|奖励)[^。；;\n]{0,24}?\d[^。；;\n]*"
    )
)
"""符合二孩政策的家庭，购房时由财政给予200元补贴: who gets how much."""
_LISTS_INDICATORS = re.compile(r"提出\d+项指标")
_SENTENCE_END = re.compile(f"[{PERIOD_ENDS}]")
_NAMES_WORK = re.compile(expand("{names_of_work}"))


@lru_cache(maxsize=2)
def _barred(name: str) -> re.Pattern[str]:
    return re.compile(alternatives(name))


@lru_cache(maxsize=1)
def _pair() -> re.Pattern[str]:
    """改造范围和工作目标: two such words side by side demand nothing, though the heading may open with a verb."""
    words = f"(?:{alternatives('not_tasks.txt')}|{alternatives('not_leaf_tasks.txt')})"
    return re.compile(rf".{{0,8}}{words}[和与及、].{{0,4}}{words}")


def find_barred_sections(doc: ParsedDocument) -> set[str]:
    """Sections that state no task, with all below them: 指导思想, 基本原则, achievements of past years."""
    out: set[str] = set()
    for section in doc.outline:
        if section.parent in out or (section.kind in ("heading", "item") and _states_none(section.heading, "not_tasks.txt")):
            out.add(section.id)
    return out


def _states_none(heading: str, name: str) -> bool:
    heading = heading.strip().lstrip("【[〔［")
    first = _barred(name).match(heading)
    if first:
        # 总体要求坚持以…: the text runs on without a mark
        return not _NAMES_WORK.search(heading[first.end() : first.end() + 12])
    if len(heading) > 60:
        return False
    if _ACHIEVED.search(heading):
        return True
    match = _barred(name).search(heading)
    if not match or len(heading) > 24 or _NAMES_WORK.search(heading[match.end() :]):
        return False
    if _pair().fullmatch(heading):
        return True
    # 扩大适用范围 is a demand, 适用范围 is not
    opening = demand_opening().match(heading)
    return opening is None or opening.end() > match.start()


def is_task(text: str, section: Section, span: Span, name: str, has_units: bool) -> bool:
    """Whether an item demands something: it names who does it, or its heading or a sentence opens with a demand."""
    number = section.number or ""
    if ARTICLE.match(number):
        if _PURPOSE.match(text, span.start + len(number), span.end) or _PURPOSE.match(name):
            return False
        return has_units or _OBLIGES.search(text, span.start, span.end) is not None
    if has_units:
        return True
    if demands_nothing(section, span, name, text):
        return False
    if demand_opening().match(name):
        return True
    body = text[min(section.end, span.end) : span.end]
    opening = 0
    for sentence in _SENTENCE_END.split(body[:600]):
        clause = sentence.strip(" \t\u3000，,")
        if clause and (demand_opening().match(clause) or _MODAL.search(clause)):
            opening += 1
    return opening > 0 or _MODAL.search(name) is not None


def _asks(clause: str) -> bool:
    """Whether a clause asks something of somebody; 将额度由40万元提高到50万元 sets a value."""
    opening = demand_opening().match(clause)
    sets = opening is not None and opening.group() in _SETTING and _VALUE.search(clause) is not None
    return _ASKED.match(clause) is not None or (opening is not None and not sets)


def only_provides(text: str, section: Section, span: Span, name: str) -> bool:
    """Whether the text under a heading gives, allows or sets values and asks nothing of anybody: 最高贷款额度由30万元提高到40万元."""
    if _MODAL.search(name) is not None:
        return False
    provides = 0
    for match in _SENTENCES.finditer(text, min(section.end, span.end), min(span.end, section.end + _READ)):
        sentence = match.group().strip(" \t\u3000，,。：:")
        if len(sentence) < _SENTENCE_LIKE or sentence.startswith(("(", "（", "〔", "[")):
            continue
        if any(_asks(clause.strip()) for clause in re.split("[，,]", sentence)):
            return False
        provides += _ONLY.search(sentence) is not None
    return provides > 0


def demands_nothing(section: Section, span: Span, name: str, text: str) -> bool:
    """True for items that demand nothing: goals, conditions, backgrounds, results."""
    if _states_none(name, "not_tasks.txt") or _states_none(name, "not_leaf_tasks.txt"):
        return True
    if (_ABOUT.match(name) and len(span) <= 200) or _LEADERS.search(text, span.start, min(span.end, span.start + 200)):
        return True
    if _LISTS_INDICATORS.search(name) or _LISTS_INDICATORS.search(text, section.start, min(span.end, section.start + 60)):
        return True
    opens = demand_opening().match(name) is not None
    start = span.start + len(section.number or "")
    # 对…给予…2000元 opens with a preposition that 对…开展检查 opens with too
    if (not opens or name[0] in _TO_WHOM) and (_PROVIDES.match(text, start, span.end) or _CASE.fullmatch(text, start, span.end)):
        return True
    if not opens and (_PAID.fullmatch(name) or _GIVES_TO.match(text, start, span.end) or _TO_STUDY.search(name)):
        return True
    return _tells_results(name, text[min(section.end, span.end) : span.end])


def _tells_results(name: str, body: str) -> bool:
    result = _RESULT.search(name)
    if not result or demand_opening().match(result.group("clause")):
        return False
    return len(_FIGURE.findall(body[:1500])) >= 3 and not _MODAL.search(body[:600])
