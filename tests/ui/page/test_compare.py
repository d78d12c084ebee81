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
