"""Regions side by side: rows are aspects, columns regions, every cell opens its source."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from qa.answer import Cell, Comparison
from ui.rendering.html import Html, el, join
from ui.rendering.states import blank, notices
from ui.rendering.wording import NOTICES, UNSTATED


def matrix_view(comparison: Comparison, *, chosen: Sequence[str] = (), files: bool = True) -> Html:
    """The whole comparison with its notices, differences and links that export the same (``chosen``: the regions asked for)."""
    if not comparison.rows:
        return blank("没有可比的内容", "所选地区的文件里没有这个主题。换一个主题，或多选几个地区。")
    subject = comparison.question or comparison.topic or ""
    said = sum(1 for row in comparison.rows for cell in row.cells if cell.text)
    total = sum(len(row.cells) for row in comparison.rows)
    differences = [el("li", line) for line in comparison.differences]
    return join(
        notices([(NOTICES.get(n.kind, "提示"), n.text) for n in comparison.notices]),
        el(
            "div",
            el("h3", subject),
            el("span", f"{len(comparison.regions)} 列，{said}/{total} 格有原文", class_="soft"),
            class_="lead",
        ),
        el("ul", differences[:3], class_="differences") if differences else None,
        el(
            "details",
            el("summary", f"其余 {len(differences) - 3} 条差别"),
            el("ul", differences[3:], class_="differences"),
            class_="more",
        )
        if len(differences) > 3
        else None,
        el(
            "div",
            el(
                "table",
                el(
                    "thead",
                    el("tr", el("th", "比较项", scope="col"), [el("th", region, scope="col") for region in comparison.regions]),
                ),
                el(
                    "tbody",
                    [el("tr", el("th", row.aspect, scope="row"), [_cell(c) for c in row.cells]) for row in comparison.rows],
                ),
                class_="matrix",
            ),
            class_="sheet",
            tabindex="0",
        ),
        _exports(subject, chosen) if files else None,
    )


def _cell(cell: Cell) -> Html:
    if not cell.text:
        return el("td", UNSTATED, class_="soft", data_label=cell.region)
    cited = cell.citations[0] if cell.citations else None
    inner = el("p", cell.text, class_="clamp")
    if cited is None:
        return el("td", inner, data_label=cell.region)
    more = f"　另 {len(cell.citations) - 1} 处" if len(cell.citations) > 1 else ""
    return el(
        "td",
        el(
            "div", inner, el("p", f"《{cited.title or cited.source}》{more}", class_="src one"), role="button", tabindex="0",
            class_="cell", title=cell.text[:300], data_act="open", data_doc=cited.source_id, data_start=cited.start, data_end=cited.end,
            data_spans=" ".join(f"{c.start}-{c.end}" for c in cell.citations if c.source_id == cited.source_id),
        ),
        data_label=cell.region,
    )  # fmt: skip


def _exports(subject: str, regions: Sequence[str]) -> Html:
    query = {"subject": subject, **({"regions": ",".join(regions)} if regions else {})}
    return el(
        "div",
        [
            el("a", label, href=f"/api/v1/compare?{urlencode({**query, 'format': kind})}", download=True)
            for kind, label in (("xlsx", "导出 Excel"), ("docx", "导出 Word"))
        ],
        class_="foot",
    )


def coverage(regions: Sequence[str], counts: Sequence[tuple[str, Sequence[int]]]) -> Html | None:
    """How much is said: topics × regions, darker where more tasks are on a topic. A cell starts the comparison."""
    if not regions or not counts:
        return None
    top = max((n for _, row in counts for n in row), default=0) or 1
    rows = [
        el(
            "tr",
            el("th", el("button", topic, type="button", class_="open", data_act="compare", data_subject=topic), scope="row"),
            [
                el("td", n or "—", class_=f"w{0 if not n else min(4, 1 + 3 * n // top)}", title=f"{region}：{topic} {n} 项任务")
                for region, n in zip(regions, row, strict=True)
            ],
        )
        for topic, row in counts
    ]
    return join(
        el("h3", "各地各主题写了多少", el("small", "数字是任务条数，点主题即比较")),
        el(
            "div",
            el("table", el("thead", el("tr", el("th", "主题", scope="col"), [el("th", r, scope="col") for r in regions])), el("tbody", rows),
               class_="coverage"),
            class_="sheet",
            tabindex="0",
        ),
    )  # fmt: skip
