"""Regions side by side: rows are aspects, columns regions, every cell opens its source."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from corpus.divisions import gazetteer
from corpus.document import Span
from corpus.titles import in_marks
from graph.codec.columns import UNSTATED
from qa.answer import Cell, Comparison, ComparisonRow
from qa.comparison.figures import RowFigures
from ui.exports.comparison_layout import TURNED_FROM
from ui.labels import NOTICE, NOTICES
from ui.page.compare.charts import bar_chart
from ui.page.kit.address import copy_link, document_link, written_places
from ui.page.kit.html import Html, el, join
from ui.page.kit.states import empty_state, notice_banner

WIDE = 5
"""Beyond this many columns the table scrolls inside its card."""
DARKEST = 8
"""Tasks on a topic that are never less than the darkest shade."""
FEW = 4
"""Up to this many columns are shown even where one of them is empty."""


def matrix_view(
    comparison: Comparison,
    *,
    chosen: Sequence[str] = (),
    files: str | None = None,
    bars: Mapping[int, RowFigures] | None = None,
    swap: str = "",
    instead: Sequence[str] = (),
) -> Html:
    """The whole comparison: notices, matrix, differences, links that export the same (``chosen``: the regions asked for).

    ``files`` is the address that exports it, where that is not the address of its subject and regions.
    ``bars`` holds, by row, the figures that measure the same thing. ``swap`` is what was written into the form: with it each column offers
    the documents behind it. Regions stand first, documents of no known region last.
    """
    if not comparison.rows:
        return empty_state("没有可比的内容", "所选地区的文件里没有这个主题。换一个主题，或多选几个地区。")
    subject = comparison.question or comparison.topic or ""
    shown, silent = _columns(comparison, keep=bool(chosen))
    if not shown:
        return empty_state("各地文件都没有写到", f"文档库里的文件没有写到“{subject}”。换一个说法，或先放入相关文件。")
    standing = [column.status for column in comparison.columns] or [""] * len(comparison.regions)
    turned = comparison.form == "地区对比" and len(shown) >= TURNED_FROM
    if turned:
        head = el(
            "tr",
            el("th", "地区", scope="col"),
            [_aspect(row, (bars or {}).get(i), "col") for i, row in enumerate(comparison.rows)],
        )
        rows = [_place_row(comparison, i, standing[i], bars or {}, swap) for i in shown]
    else:
        heads = [_head(comparison.regions[i], standing[i], _behind(comparison, i, swap)) for i in shown]
        graded = comparison.form == "落实对照"
        marks = [el("th", "落实情况", scope="col"), el("th", "备注", scope="col")] if graded else []
        head = el("tr", el("th", "任务和目标" if graded else "比较项", scope="col"), heads, marks)
        rows = [_row(row, shown, (bars or {}).get(i)) for i, row in enumerate(comparison.rows)]
    absent = "、".join(dict.fromkeys(comparison.regions[i] for i in silent))
    differences = [el("li", line) for line in comparison.differences]
    said = len(shown) if not chosen else sum(any(row.cells[i].text for row in comparison.rows) for i in shown)
    return join(
        notice_banner([(NOTICES.get(n.kind, NOTICE), n.text) for n in comparison.notices]),
        el(
            "div",
            el("h2", subject, el("small", f"{said} 处写到" if comparison.form == "地区对比" else comparison.form)),
            _exports(files or _address(subject, chosen, instead)),
            class_="lead",
        ),
        _grade_counts(comparison),
        bar_chart(comparison, bars or {}),
        el(
            "div",
            el("table", el("thead", head), el("tbody", rows), class_="matrix"),
            class_="sheet wide" if len(shown) > WIDE else "sheet",
            tabindex="0",
        ),
        el("p", f"{UNSTATED}：{absent}（{len(silent)} 份文件）", class_="soft absent") if silent else None,
        el("h2", "差别") if differences else None,
        el("ul", differences[:4], class_="differences") if differences else None,
        el(
            "details",
            el("summary", f"其余 {len(differences) - 4} 条"),
            el("ul", differences[4:], class_="differences"),
            class_="more",
        )
        if len(differences) > 4
        else None,
    )


def _columns(comparison: Comparison, *, keep: bool) -> tuple[list[int], list[int]]:
    """Columns that say something, and those that say nothing at all; few columns or asked-for ones are all kept."""
    columns = range(len(comparison.regions))
    silent = [i for i in columns if not any(row.cells[i].text for row in comparison.rows)]
    if keep or (len(silent) < len(columns) <= FEW):
        silent = []
    return sorted((i for i in columns if i not in silent), key=lambda i: not _is_region(comparison.regions[i])), silent


def _is_region(name: str) -> bool:
    name = name.partition("（")[0].partition("《")[0]
    return name.startswith(("国家", "全国")) or bool(gazetteer().named(name))


def _head(name: str, standing: str, behind: Html | None = None, *, scope: str = "col") -> Html:
    about = [standing] if standing not in ("", "现行有效", "未载明") else []
    about += [] if _is_region(name) else ["地区未载明"]
    return el("th", name, el("small", "　".join(about)) if about else None, behind, scope=scope, title=name)


def _behind(comparison: Comparison, number: int, swap: str) -> Html | None:
    """The document of a column, whose it is, and those that may take its place."""
    column = comparison.columns[number] if number < len(comparison.columns) else None
    if column is None or not column.source_id or comparison.form != "地区对比":
        return None
    lines = [el("small", f"引自{column.spoken_for_by}的文件")] if column.spoken_for_by else []
    if not column.others or not swap:
        return join(*lines) if lines else None
    choices = [
        el(
            "button", f"{in_marks(other.title or other.source)}{f'（{other.day}）' if other.day else ''}", type="button", class_="open",
            data_act="compare", data_subject=swap, data_instead=other.source_id,
        )
        for other in column.others
    ]  # fmt: skip
    return join(*lines, el("details", el("summary", f"另有 {len(column.others)} 份"), choices, class_="more"))


def _place_row(comparison: Comparison, number: int, standing: str, bars: Mapping[int, RowFigures], swap: str) -> Html:
    """A place as a row: of many places the table is turned."""
    cells = [
        _cell(row.cells[number], found.bars.get(number) if (found := bars.get(i)) is not None else None, label=row.aspect)
        for i, row in enumerate(comparison.rows)
    ]
    return el("tr", _head(comparison.regions[number], standing, _behind(comparison, number, swap), scope="row"), cells)


def _aspect(row: ComparisonRow, found: RowFigures | None, scope: str) -> Html:
    """The head of a dimension, with the reason why its values are not comparable."""
    reason = el("small", f"口径不同：{found.reason}") if found is not None and found.reason else None
    return el("th", row.aspect, reason, scope=scope)


def _row(row: ComparisonRow, shown: Sequence[int], found: RowFigures | None) -> Html:
    cells = [_cell(row.cells[i], found.bars.get(i) if found is not None else None) for i in shown]
    graded = [_grade(row), el("td", "", data_label="备注", class_="remark-cell")] if row.grade is not None else []
    return el("tr", _aspect(row, found, "row"), cells, graded)


def _grade(row: ComparisonRow) -> Html:
    """How far a demand is taken up, with the words and figures that decide."""
    mark = el("span", row.grade, class_=f"grade {GRADE_CLASSES.get(row.grade or '', '')}")
    return el("td", mark, el("p", row.because, class_="soft because"), data_label="落实情况")


GRADE_CLASSES = {"写到": "whole", "部分写到": "part", "未写到": "none"}
"""The styles of the grades."""


def _grade_counts(comparison: Comparison) -> Html | None:
    """How many demands are written, partly written and not written in the lowest document."""
    grades = Counter(row.grade for row in comparison.rows if row.grade is not None)
    if not grades:
        return None
    of_whom = f"{comparison.regions[-1]}的文件：" if len(comparison.regions) > 2 else ""
    counts = [
        el("span", f"{grade} {grades[grade]} 项", class_=f"grade {GRADE_CLASSES[grade]}")
        for grade in GRADE_CLASSES
        if grades[grade]
    ]
    return el("p", f"{of_whom}共 {sum(grades.values())} 项要求　", counts, class_="grades")


def _bar(said: str, share: float) -> Html:
    drawn = el(
        "svg",
        el("rect", width=f"{max(2.0, 100 * share):.1f}", height=4),
        viewBox="0 0 100 4",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    return el("div", el("span", said), drawn, class_="bar")


def _cell(cell: Cell, bar: tuple[str, float] | None = None, *, label: str = "") -> Html:
    label = label or cell.region
    if not cell.text:
        return el("td", UNSTATED, class_="soft", data_label=label)
    cited = cell.citations[0] if cell.citations else None
    inner = el("p", cell.text, class_="clamp")
    if cited is None:
        return el("td", inner, data_label=label)
    more = f"　另 {len(cell.citations) - 1} 处" if len(cell.citations) > 1 else ""
    places = [Span(c.start, c.end) for c in cell.citations if c.source_id == cited.source_id]
    source = document_link(
        f"{in_marks(cited.title or cited.source)}{more}", cited.source_id, cited.start, cited.end, places=places, class_="src one"
    )
    return el(
        "td",
        el(
            "div", _bar(*bar) if bar else _bold(cell), inner, source,
            class_="cell", title=cell.text[:300], data_act="open", data_doc=cited.source_id, data_start=cited.start, data_end=cited.end,
            data_spans=written_places(places),
        ),
        data_label=label,
    )  # fmt: skip


def _bold(cell: Cell) -> Html | None:
    """The value a cell is compared by, where there is nothing to draw it beside."""
    return el("div", el("span", cell.value.text), class_="bar") if cell.value is not None else None


def _address(subject: str, regions: Sequence[str], instead: Sequence[str] = ()) -> str:
    query = {"subject": subject, **({"regions": ",".join(regions)} if regions else {})}
    if instead:
        query["instead"] = ",".join(instead)
    return f"/api/v1/compare?{urlencode(query)}"


def _exports(address: str) -> Html:
    return el(
        "div",
        [
            el("a", label, href=f"{address}&format={kind}", download=True)
            for kind, label in (("xlsx", "导出 Excel"), ("docx", "导出 Word"))
        ],
        copy_link(),
        class_="foot",
    )


def coverage_grid(regions: Sequence[str], counts: Sequence[tuple[str, Sequence[int]]]) -> Html | None:
    """How much is said: topics × regions, darker the more tasks there are on a topic. A topic starts the comparison."""
    if not regions or not counts:
        return None
    most = max(n for _, row in counts for n in row)
    rows = [
        el(
            "tr",
            el("th", el("button", topic, type="button", class_="open", data_act="compare", data_subject=topic), scope="row"),
            [
                el("td", n or "—", class_=f"w{_darkness(n, most)}", title=f"{region}：{topic} {n} 项任务")
                for region, n in zip(regions, row, strict=True)
            ],
        )
        for topic, row in counts
    ]
    return join(
        el("h2", "各地各主题写了多少", el("small", "数字是任务条数，点主题即比较")),
        el(
            "div",
            el("table", el("thead", el("tr", el("th", "主题", scope="col"), [el("th", r, scope="col") for r in regions])), el("tbody", rows),
               class_="coverage"),
            class_="sheet",
            tabindex="0",
        ),
    )  # fmt: skip


def _darkness(count: int, most: int) -> int:
    """From 0 to 4: each step is as many times more as the one before, whatever the size of the library."""
    return math.ceil(4 * math.log(count + 1) / math.log(max(most, DARKEST) + 1)) if count else 0
