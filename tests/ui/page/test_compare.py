"""The comparison on the page: turned where there are many places, values in bold, documents behind a column may take its place."""

from __future__ import annotations

from qa.answer import AnswerCitation, Cell, CellValue, ColumnHead, Comparison, ComparisonRow, FoldedDocument
from qa.comparison.figures import find_figures
from ui.page.compare.matrix import matrix_view

PROVINCES = ("北京市", "天津市", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江")


def comparison(count: int, *, units: tuple[str, ...] = ("元",)) -> Comparison:
    names = PROVINCES[:count]
    cells = []
    for i, name in enumerate(names):
        citation = AnswerCitation(f"d{i}", f"{i}.txt", f"{name}办法", None, name, (), f"补贴{i + 1}万元", 0, 5)
        value = CellValue(f"{i + 1}万元", (i + 1) * 1e4, (i + 1) * 1e4, units[i % len(units)])
        cells.append(Cell(name, f"{i}.txt", f"补贴{i + 1}万元", (citation,), f"d{i}", value))
    former = FoldedDocument("old", "old.txt", "旧办法", None, "2020-01-01")
    columns = tuple(
        ColumnHead(name, f"d{i}", f"{i}.txt", f"{name}办法", None, "现行有效", "", others=(former,) if not i else ())
        for i, name in enumerate(names)
    )
    return Comparison("补贴标准", None, names, (ComparisonRow("补贴标准", tuple(cells)),), columns=columns)


def shown(value: Comparison) -> str:
    return str(matrix_view(value, chosen=value.regions, bars=find_figures(value), swap="补贴标准"))


def test_few_places_are_columns_and_many_are_rows() -> None:
    few, many = shown(comparison(3)), shown(comparison(8))
    assert few.index("比较项") < few.index("北京市") < few.index("<tbody")
    assert (
        many.index("<thead")
        < many.index("补贴标准", many.index("<thead"))
        < many.index("<tbody")
        < many.index("黑龙江", many.index("<tbody"))
    )


def test_values_are_bars_where_they_compare_and_bold_with_the_reason_where_not() -> None:
    assert shown(comparison(3)).count("<rect") == 3
    apart = shown(comparison(3, units=("元", "元/月")))
    assert "<rect" not in apart and "口径不同：计量不同" in apart and apart.count('class="bar"') == 3


def test_a_document_behind_a_column_is_offered_in_its_place() -> None:
    page = shown(comparison(3))
    assert 'data-instead="old"' in page and "旧办法" in page and 'data-subject="补贴标准"' in page


def test_a_chart_stands_above_the_table_from_four_places() -> None:
    assert "<figure" not in shown(comparison(3))
    page = shown(comparison(5))
    chart = page[page.index("<figure") : page.index("</figure>")]
    assert chart.count("<li") == 5 and page.index("</figure>") < page.index("<table")
    assert chart.index("内蒙古") < chart.index("北京市"), "from the highest to the lowest"


def graded(regions: tuple[str, ...]) -> Comparison:
    cells = tuple(Cell(name, f"{name}.txt", "建设供水工程") for name in regions)
    empty = (*cells[:-1], Cell(regions[-1], f"{regions[-1]}.txt", None))
    rows = (
        ComparisonRow("任务：建设供水工程", cells, "写到", "共有“供水工程”"),
        ComparisonRow("任务：推广节水灌溉", empty, "未写到", "没有见到“节水灌溉”"),
    )
    return Comparison("→".join(regions), None, regions, rows, form="落实对照")


def test_grades_and_counts_stand_on_the_page_with_room_for_a_remark() -> None:
    page = str(matrix_view(graded(("全国", "云南")), chosen=("全国", "云南")))
    assert page.index("写到 1 项") < page.index("<table") and "未写到 1 项" in page
    assert "没有见到“节水灌溉”" in page and page.count('class="remark-cell"') == 2
    assert page.count(">备注</th>") == 1


def test_of_three_levels_the_counts_are_those_of_the_lowest() -> None:
    page = str(matrix_view(graded(("全国", "云南", "昆明市")), chosen=("全国", "云南", "昆明市")))
    assert "昆明市的文件：共 2 项要求" in page
