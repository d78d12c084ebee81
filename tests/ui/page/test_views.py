"""What a document, a file name or an error may hold never becomes markup; marks stand where they should."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemai.doubts import Doubt
from corpus.corrections import Correction
from corpus.document import HeadMatter, Issue, ParsedDocument, Reference, Section, Span, Table, Zone
from corpus.store import DocumentInfo
from graph.codec.records import MeasureRecord, TargetRecord, TaskRecord
from graph.queries.cited import CitedFact
from graph.queries.relations import Edition, Link, Relations
from graph.queries.unit import UnitPage
from index.passages import Hit
from qa.answer import Answer, AnswerCitation, Cell, Comparison, ComparisonRow, Notice, Understanding
from ui.desk.catalogue import CONDITIONS, CatalogueQuery
from ui.desk.desk import ShelfEntry
from ui.page.ask.answers import answer_view, clipboard_text
from ui.page.compare.matrix import coverage_grid, matrix_view
from ui.page.kit.forms import facets
from ui.page.kit.html import Html, cut, el, escape, join
from ui.page.kit.states import empty_state, error_message
from ui.page.library.editor import EDITED, EditedDocument, EditedField, editor_view
from ui.page.library.state import UndoableChange
from ui.page.library.table import conditions_form, notice_of_change, queue_lead, shelf_table
from ui.page.reader.document import reader_view
from ui.page.reader.lineage import version_changes
from ui.page.reader.marking import Layer, mark_spans, merge_spans, wrap_layers
from ui.page.reader.policy import policy_text
from ui.page.search.hits import DocumentHits, best_snippet, hit_card
from ui.page.tasks.ledgers import target_value, targets_table, tasks_table
from ui.page.tasks.units import unit_card

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "[点我](javascript:alert(1)) ![](http://example.org/x.png)",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} `x`",
    '</mark><mark id="quote">假的引用</mark>',
    "\u202e反写\u0000控制\u001b[31m",
    "&lt;b&gt; &amp;",
]
ALLOWED = {
    "a", "article", "b", "button", "caption", "datalist", "dd", "details", "div", "dl", "dt", "em", "fieldset", "form", "h2", "h3",
    "h1", "header", "i", "input", "label", "legend", "li", "mark", "ol", "option", "p", "section", "select", "small", "span", "summary", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


class Reading(HTMLParser):
    """Tags, attributes and text of markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def read(markup: str) -> Reading:
    reading = Reading()
    reading.feed(markup)
    reading.close()
    return reading


def check(markup: str, marks: int | None = None) -> Reading:
    """Only our own tags, no handlers, no address off this server, nothing a template would take for its own."""
    reading = read(markup)
    assert set(reading.tags) <= ALLOWED, set(reading.tags) - ALLOWED
    for name, value in reading.attributes:
        assert not name.startswith("on") and name != "style"
        if name in ("href", "src", "action"):
            assert value and value.startswith(("/", "#")) and not value.startswith("//")
    assert not re.search(r"[`$\\]|\{\{|\}\}", markup)
    if marks is not None:
        assert reading.tags.count("mark") == marks
    return reading


def document(text: str, **fields: object) -> ParsedDocument:
    bad = fields.pop("bad", text)
    head = HeadMatter(
        title=str(bad), issuers=(str(bad),), doc_number=str(bad), region=str(bad), based_on=(Reference(str(bad), "依据"),)
    )
    return ParsedDocument(
        id="d1", source=str(bad), format="txt", sha256="0", text=text, head=head, issues=(Issue("x", str(bad)),), **fields,
    )  # fmt: skip


def info(bad: str) -> DocumentInfo:
    head = HeadMatter(title=bad, issuers=(bad,), doc_number=bad, region=bad)
    return DocumentInfo(1, "d1", bad, None, "txt", "0", head, bad, bad, bad, "2026-01-01", 1, (bad,))


def citation(text: str, source: str = "a.txt") -> AnswerCitation:
    return AnswerCitation("d1", source, text, text, text, (text,), text, 0, len(text))


@pytest.mark.parametrize("bad", HOSTILE)
def test_hostile_text_stays_text_everywhere(bad: str) -> None:
    understood = Understanding("policy_lookup", regions=(bad,), topics=(bad,), units=(bad,), corrections=((bad, bad),))
    answer = Answer("a1", bad, "answered", "policy_lookup", bad, (citation(bad, bad),), (Notice("expired", bad),), (), understood)
    check(answer_view(answer, describe=lambda _: bad), marks=0)
    hit = Hit("d1", bad, bad, (bad,), bad, 0, len(bad), 1.0, region=bad, highlights=(Span(0, 2),), why=(bad,))
    check(answer_view(Answer("a2", bad, "not_found", "policy_lookup", bad, nearest=(hit,)), describe=lambda _: bad))
    check(hit_card(DocumentHits([hit, hit], info(bad), bad, [(info(bad), bad)])), marks=2)
    cell = Cell(bad, bad, bad, (citation(bad),), "d1")
    check(matrix_view(Comparison(bad, None, (bad, bad), (ComparisonRow(bad, (cell, Cell(bad, None, None))),), (bad,))))
    check(coverage_grid([bad], [(bad, [1])]) or "")
    here = {"id": bad, "document_id": bad, "source": bad, "quote": bad, "start": 0, "end": 1, "section_path": (bad,)}
    done = TaskRecord(
        **here, name=bad, lead_units=(bad,) * 6, responsible_units=(bad,), supporting_units=(bad,), deadline=bad,
        measures=(MeasureRecord(name=bad, start=0, end=1),),
    )  # fmt: skip
    figure = TargetRecord(
        **here, indicator=bad, comparator="=", value_text=bad, unit=bad, kind="target", deadline=bad, region=bad
    )
    task, target = CitedFact(done, bad, bad, (bad,)), CitedFact(figure, bad, bad, (bad,))
    check(tasks_table([task]))
    check(targets_table([target]))
    doubt = Doubt("d1", bad, bad, "title-inferred", "title", bad, bad, 1)
    doubts = [doubt, replace(doubt, reason="copy", field="copy_of", other="d2"), replace(doubt, reason="text", field="checked")]
    given = Correction(1, "d1", bad, bad, "title", bad, bad, bad, "2026-01-01T00:00:00", bad, "2026-01-02")
    fields = tuple(EditedField(field, bad, bad, True, given) for field in EDITED)
    edited = EditedDocument(info(bad), bad, fields, ((given, bad, bad),), (bad,), bad, bad, {"d2": bad})
    for in_queue in (True, False):
        form = editor_view(edited, regions=[bad], kinds=[bad], doubts=doubts, who=bad, in_queue=in_queue)
        check(shelf_table([ShelfEntry(info(bad), bad, bad, frozenset())], {"d1": doubts}, "d1", form))
    check(notice_of_change(UndoableChange(bad, (1,))) or "")
    counts = {name: [(bad, bad, 1)] for name in (*CONDITIONS, "doubtful")}
    check(conditions_form(CatalogueQuery(bad, bad, bad, bad, bad, bad), counts) + queue_lead(1, bad, {"copy": 1}))
    check(error_message(bad) + empty_state(bad, bad))
    check(facets({"地区": [(bad, 1)]}, {"地区": bad}))
    doc = document(bad + "\n" + bad, zones=(Zone("body", Span(0, len(bad))),))
    link, edition = Link(bad, bad, bad, bad, (bad, 0, 1)), Edition(bad, bad, 2024, bad)
    related = Relations((link,), (link,), (edition, Edition("d1", bad, 2025, bad)))
    quotes = [Span(0, len(bad.strip()))]
    check(reader_view(doc, info(bad), quotes=quotes, status=bad, reason=bad, tasks=[task], targets=[target], relations=related))
    rows = (ComparisonRow(f"修改　{bad}", (cell, Cell(bad, bad, bad + "甲", (citation(bad),), "d1"))),)
    check(version_changes(Comparison(bad, None, (bad, bad), rows, (bad,)), "d0", "d1"))
    unit = UnitPage(bad, bad, (("牵头", 1),), ((bad, 1), (bad + "乙", 2)), 1, ((bad, 2),), (target,), (bad,), frozenset({bad}))
    check(unit_card(unit))


@pytest.mark.parametrize("bad", HOSTILE)
def test_marks_only_where_asked(bad: str) -> None:
    text = f"前文{bad}后文"
    reading = check(mark_spans(text, [Span(0, 2)]), marks=1)
    assert reading.text == read(escape(text)).text


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5))
def test_marking_keeps_the_text(text: str, pairs: list[tuple[int, int]]) -> None:
    spans = [Span(min(p), max(p)) for p in pairs]
    markup = mark_spans(text, spans)
    assert read(markup).text == read(escape(text)).text
    shown = "".join(re.findall(r"<mark>(.*?)</mark>", markup, re.S))
    covered = "".join(span.of(text) for span in merge_spans(spans))
    assert read(Html(shown)).text == read(escape(covered)).text


def test_layers_nest_and_only_the_first_piece_has_the_id() -> None:
    text = "甲乙丙丁戊"
    markup = wrap_layers(text, Span(0, 5), [Layer(Span(1, 4), "mark", None, "quote"), Layer(Span(2, 3), "b")])
    assert markup == '甲<mark id="quote">乙</mark><mark><b>丙</b></mark><mark>丁</mark>戊'


def test_links_and_handlers_that_leave_the_server_cannot_be_written() -> None:
    for bad in ("http://example.org", "javascript:alert(1)", "//example.org", "/\\example.org", "data:text/html,x"):
        with pytest.raises(ValueError, match="leaves"):
            el("a", "x", href=bad)
    with pytest.raises(ValueError, match="not allowed"):
        el("p", "x", onclick="x")
    assert join("<", el("br"), None, ["&", 3]) == "&lt;<br>&amp;3"
    assert cut("一二三四五", 4) == "一二三…"


def test_reader_marks_the_quote_across_lines_and_folds_what_the_site_added() -> None:
    text = "首页 登录\n关于加强河道管护的通知\n一、总体要求\n坚持统筹。\n落实到人。\n打印 关闭"
    quote = Span(text.index("坚持"), text.index("落实") + 5)
    zones = (
        Zone("boilerplate", Span(0, 5)),
        Zone("body", Span(6, text.index("打印"))),
        Zone("boilerplate", Span(text.index("打印"), len(text))),
    )
    heading = Section(
        "s1", "heading", "一、", "总体要求", 1, text.index("一、"), text.index("一、") + 6, text.index("坚持"), len(text)
    )
    doc = document(text, bad="通知", zones=zones, outline=(heading,))
    markup = policy_text(doc, [quote])
    assert markup.count('id="quote"') == 1 and markup.count("<mark") == 2
    assert markup.count('class="aside"') == 2 and "正文以外的内容 1 行" in markup
    assert f'class="h d1" id="at-{heading.start}"' in markup


def test_a_title_over_two_lines_is_one_title() -> None:
    text = "青禾市关于加强河道\n管护的通知\n各区人民政府："
    title = Section("s0", "title", None, text[:15], 0, 0, 15, 16, len(text))
    markup = policy_text(document(text, bad="通知", outline=(title,)))
    assert '<p class="title" id="at-0">青禾市关于加强河道管护的通知</p>' in markup


def test_table_cells_that_were_merged_come_back_merged() -> None:
    text = "指标\t数值\n森林\t10\n\t12"
    wide, value, name, first, second = Span(0, 2), Span(3, 5), Span(6, 8), Span(9, 11), Span(13, 15)
    table = Table(Span(0, len(text)), ((wide, value), (name, first), (name, second)))
    markup = policy_text(document(text, bad="表", tables=(table,)))
    assert '<td rowspan="2">森林</td>' in markup and markup.count("<th>") == 2


def test_a_very_long_text_is_shown_around_the_quote() -> None:
    text = "\n".join(f"第{i}段，" + "字" * 90 for i in range(5000))
    place = text.index("第4000段")
    markup = policy_text(document(text, bad="长文"), [Span(place, place + 7)])
    assert "前面还有" in markup and "后面还有" in markup and '<mark id="quote">第4000段' in markup
    assert len(markup) < 400_000
    unbroken = policy_text(document("字" * 1_000_000, bad="长文"), [Span(500_000, 500_007)])
    assert len(unbroken) < 200_000 and "<mark" in unbroken


def test_snippet_is_the_sentence_with_the_words() -> None:
    text = "总体要求如下。到2025年河道治理率达到九成。其他事项另行通知。"
    start = text.index("河道")
    hit = Hit("d", "s", None, (), text, 100, 100 + len(text), 1.0, highlights=(Span(100 + start, 104 + start),))
    assert best_snippet(hit).of(text).startswith("到2025年河道治理率达到九成。")


def test_an_answer_line_that_repeats_its_quote_is_left_to_the_card() -> None:
    quote = "每个行政村至少建成一处便民服务点，方便群众就近办事。"
    cited = (citation(quote),)
    once = answer_view(Answer("a", "q", "answered", "policy_lookup", f"某州：“{quote}”", cited))
    assert 'class="point"' not in once
    point = answer_view(Answer("a", "q", "answered", "target_value", "到2025年建成便民服务点120处，其中山区60处以上。", cited))
    assert 'class="point"' in point
    assert quote in clipboard_text(Answer("a", "q", "answered", "policy_lookup", "点", cited))


def test_a_quote_inside_another_is_marked_there() -> None:
    whole, part = "完善资助政策：低保对象定额资助。", "低保对象定额资助"
    start = whole.index(part)
    outer = replace(citation(whole), start=10, end=10 + len(whole))
    inner = replace(outer, quote=part, start=10 + start, end=10 + start + len(part))
    shown = answer_view(Answer("a", "q", "answered", "policy_lookup", whole, (inner, outer)))
    assert shown.count('class="claim"') == 1 and f"<b>{part}</b>" in shown and "〔1、2〕" in shown


def test_many_short_quotes_of_one_document_stand_as_a_list() -> None:
    """A list of tasks: each once, under the title of its document, the unit beside it; the lines that repeat them are left out."""
    names = ("改造农村电网", "修缮灌溉渠道", "添置消防器材", "评选文明家庭")

    def cite(quote: str, path: str) -> AnswerCitation:
        return AnswerCitation("d1", "方案.txt", "某县方案", None, "某县", (path,), quote, 0, 1)

    cited = [c for name in names for c in (cite(f"（一）{name}", name), cite("县供电局", name))]
    said = "\n".join(["县供电局承担四项任务：", *(f"某县：{name}" for name in names)])
    shown = answer_view(Answer("a", "q", "answered", "list_tasks", said, tuple(cited)))
    assert shown.count('class="claims"') == 1 and shown.count("《某县方案》</p>") == 1 and 'class="name"' not in shown
    assert shown.count('<a href="/?doc=d1') == 4 and shown.count('<span class="tag">县供电局</span>') == 4
    point = shown.partition('class="point"')[2].partition("</div>")[0]
    assert "承担四项任务" in point and not any(name in point for name in names)


def test_shades_of_coverage_tell_more_from_less_in_any_library() -> None:
    def shades(row: list[int]) -> list[str]:
        return re.findall(r'class="(w\d)"', coverage_grid([f"地{i}" for i in range(len(row))], [("主题", row)]) or "")

    assert shades([0, 1, 8]) == ["w0", "w2", "w4"]
    large = shades([0, 1, 12, 60, 187])
    assert large[0] == "w0" and large[-1] == "w4" and large == sorted(large) and len(set(large)) >= 4


def test_figures_are_written_as_in_the_text() -> None:
    def said(value_text: str, unit: str | None = None, value: float | None = None) -> str:
        here = {"id": "g", "document_id": "d", "source": "s", "indicator": "率", "quote": "率", "start": 0, "end": 1}
        return target_value(TargetRecord(**here, comparator=">=", value=value, value_text=value_text, unit=unit, kind="target"))

    assert said("85%", "%") == "85%"
    assert said("120", "公里") == "120公里"
    assert said("全部", "%") == "全部"
    assert said("", "%", 90.0) == "不低于 90%"
    assert said("") == "原文未载明"


@pytest.mark.parametrize("scheme", [":root", ".dark"])
def test_every_pair_of_colours_can_be_read(scheme: str) -> None:
    css = resources.files("ui.page").joinpath("page.css").read_text("utf-8")
    block = css[css.index(scheme + " {") :].split("}", 1)[0]
    colours = dict(re.findall(r"--([a-z0-9]+): (#[0-9a-f]{3,6})", block))
    pairs = [(text, ground) for ground in ("paper", "card", "press") for text in ("ink", "soft", "blue")]
    pairs += [("ink", "mark"), ("warnink", "warn"), ("card", "ink"), ("seal", "paper"), *[("ink", f"w{n}") for n in range(1, 5)]]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["edge"], colours["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
