"""一致性检查 on the page: a row for each place where the lower document does not meet the upper one, the words of both side by side."""

from __future__ import annotations

from collections import Counter

from cemai.consistency import CAUTION, KINDS, ConsistencyReport, Finding
from corpus.titles import in_marks
from qa.answer import AnswerCitation
from qa.answers.places import describe_citation
from ui.exports.consistency import UNSEEN
from ui.page.kit.address import copy_link, document_link
from ui.page.kit.html import Html, cut, el, join
from ui.page.tasks.ledgers import export_links, ledger_table

FILES = (("xlsx", "导出 Excel"), ("docx", "导出 Word"))
HEADS = ("序号", "类别", "哪里不一致", "上级原文", "下级原文")


def consistency_view(report: ConsistencyReport, upper: str, lower: str) -> Html:
    """The findings with what was held against what; ``upper`` and ``lower`` are the names written into the form."""
    names = [in_marks(info.head.title or info.source) for info in (report.upper, report.lower)]
    links = export_links("/api/v1/compare/consistency", {"upper": upper, "lower": lower}, FILES)
    counted = Counter(finding.kind for finding in report.findings)
    told = "，".join(f"{label} {counted[kind]} 处" for kind, label in KINDS.items() if counted[kind])
    return join(
        el(
            "div",
            el("h2", f"{cut(names[1], 40)}", el("small", f"对照 {cut(names[0], 40)}")),
            el("div", links, el("div", copy_link(), class_="foot"), class_="links"),
            class_="lead",
        ),
        el("p", f"{told}。" if told else None, report.notes[0], class_="count"),
        ledger_table(
            HEADS, [_row(n, finding) for n, finding in enumerate(report.findings, 1)], "一致性检查", class_="ledger consistency"
        )
        if report.findings
        else None,
        el("p", CAUTION, class_="count"),
    )


def _row(number: int, finding: Finding) -> Html:
    return el(
        "tr",
        el("td", number, class_="num"),
        el("td", KINDS[finding.kind], data_label="类别"),
        el(
            "td",
            el("div", cut(finding.subject, 80), class_="name"),
            el("div", finding.said, class_="meta"),
            data_label="哪里不一致",
        ),
        el("td", _quote(finding.upper), data_label="上级原文"),
        el("td", _quote(finding.lower) if finding.lower else UNSEEN, data_label="下级原文"),
    )


def _quote(citation: AnswerCitation) -> Html:
    place = document_link(cut(describe_citation(citation), 90), citation.source_id, citation.start, citation.end)
    return join(el("div", citation.quote), el("div", place, class_="meta"))
