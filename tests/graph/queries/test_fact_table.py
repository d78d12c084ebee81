"""The table of figures: kept with each change, equal to one made anew, deleted or damaged files made again."""

from __future__ import annotations

from pathlib import Path

from cemai.library import Library
from graph.families.indicator import family_of
from graph.queries.fact_table import FILE, FactQuery, FactTable, fact_table, read_facts
from tests.encoders import BlankEncoder

REPORT = """{place}{year}年政府工作报告
——{year}年1月20日在{place}人民代表大会上
一、上一年工作回顾
过去一年，全省地区生产总值增长{was}%。五年来，城镇新增就业累计达到{sum}万人。
二、今年工作安排
今年发展主要预期目标是：地区生产总值增长{goal}%左右，城镇新增就业{jobs}万人以上，粮食产量{grain}亿斤以上。
"""


def report(folder: Path, place: str, **values: object) -> Path:
    path = folder / f"{place}{values['year']}.txt"
    path.write_text(REPORT.format(place=place, **values), encoding="utf-8")
    return path


def rows_of(library: Library, indicator: str, unit: str, kind: str, year: int | None = None) -> list[tuple[str, str]]:
    query = FactQuery(family_of(indicator, unit), kinds=(kind,), year=year)
    rows = fact_table(library.corpus).select(query)
    facts = read_facts(library.corpus, rows)
    return sorted((row.place, facts[row.fact].value.value_text) for row in rows)


def test_figures_are_found_by_family_kind_and_year_and_follow_changes(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        first = report(tmp_path, "青海省", year=2026, was=4.1, goal=4.5, sum=33, jobs=6, grain=22)
        library.ingest([first])
        assert rows_of(library, "经济增长", "%", "target", 2026) == [("63", "4.5%左右")]
        assert rows_of(library, "GDP增速", "%", "achieved", 2025) == [("63", "4.1%")]
        assert rows_of(library, "城镇新增就业", "万人", "achieved", 2025) == []  # five years added up are no year's result
        library.ingest([report(tmp_path, "甘肃省", year=2026, was=5.8, goal=5.5, sum=160, jobs=30, grain=260)])
        assert rows_of(library, "经济增长", "%", "target", 2026) == [("62", "5.5%左右"), ("63", "4.5%左右")]
        kept = fact_table(library.corpus).select(FactQuery())
        anew = FactTable(library.corpus)
        anew.take({}, {})
        assert anew.select(FactQuery()) == kept
        library.remove(library.corpus.heads[1].id)
        assert rows_of(library, "经济增长", "%", "target", 2026) == [("62", "5.5%左右")]


def test_bounds_are_in_the_base_unit(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest([report(tmp_path, "青海省", year=2026, was=4.1, goal=4.5, sum=33, jobs=6, grain=22)])
        table = fact_table(library.corpus)
        family = family_of("城镇新增就业", "万人")
        assert len(table.select(FactQuery(family, least=50_000, kinds=("target",)))) == 1
        assert not table.select(FactQuery(family, least=70_000, kinds=("target",)))


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, encoder=BlankEncoder()) as library:
        library.ingest([report(tmp_path, "青海省", year=2026, was=4.1, goal=4.5, sum=33, jobs=6, grain=22)])
        before = fact_table(library.corpus).select(FactQuery())
        assert before
    (folder / "cache" / FILE).write_bytes(b"not a database" * 100)
    with Library.open(folder, encoder=BlankEncoder()) as library:
        assert fact_table(library.corpus).select(FactQuery()) == before


def test_who_only_reads_has_a_copy_of_one_state(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest([report(tmp_path, "青海省", year=2026, was=4.1, goal=4.5, sum=33, jobs=6, grain=22)])
        before = fact_table(library.corpus).select(FactQuery())
        with Library.open(tmp_path / "library", encoder=BlankEncoder(), read_only=True) as reading:
            assert fact_table(reading.corpus).select(FactQuery()) == before
            with reading.corpus.snapshot():
                library.ingest([report(tmp_path, "甘肃省", year=2026, was=5.8, goal=5.5, sum=160, jobs=30, grain=260)])
                after = fact_table(library.corpus).select(FactQuery())
                assert fact_table(reading.corpus).select(FactQuery()) == before != after
            assert fact_table(reading.corpus).select(FactQuery()) == after
        with Library.open(tmp_path / "library", encoder=BlankEncoder(), read_only=True) as reading, reading.corpus.snapshot():
            library.remove(library.corpus.heads[1].id)
            fact_table(library.corpus)
            # the table on the disk is of a later state than the snapshot by now
            assert fact_table(reading.corpus).select(FactQuery()) == after
        (tmp_path / "library" / "cache" / FILE).write_bytes(b"no table")
        with Library.open(tmp_path / "library", encoder=BlankEncoder(), read_only=True) as reading:
            assert fact_table(reading.corpus).select(FactQuery()) == fact_table(library.corpus).select(FactQuery())


REVIEW = """甘肃省2026年政府工作报告
——2026年1月20日在甘肃省人民代表大会上
一、2025年工作回顾
过去一年，地区生产总值增长5.8%。五年来，城镇新增就业160万人，常住人口城镇化率提高到58.1%，地区生产总值突破1.3万亿元，粮食产量稳定在1200万吨以上。
二、“十五五”时期主要目标任务
今后五年，地区生产总值年均增长5%左右，常住人口城镇化率达到63%。
三、2026年重点工作
今年是“十五五”开局之年。主要预期目标是：地区生产总值增长5.5%左右。
今年拟安排财政赤字100亿元，赤字率从去年的2.1%提高到2.3%。
"""


def test_the_year_follows_from_what_the_report_named_last(tmp_path: Path) -> None:
    path = tmp_path / "甘肃省2026.txt"
    path.write_text(REVIEW, encoding="utf-8")
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest([path])
        assert rows_of(library, "常住人口城镇化率", "%", "achieved", 2025) == [("62", "58.1%")]
        assert rows_of(library, "地区生产总值", "亿元", "achieved", 2025) == [("62", "突破1.3万亿元")]
        # five years added up, and what holds in each of them, are of no year
        assert not rows_of(library, "城镇新增就业", "万人", "achieved", 2025)
        assert not rows_of(library, "粮食产量", "万吨", "achieved", 2025)
        assert rows_of(library, "常住人口城镇化率", "%", "target", 2030) == [("62", "63%")]
        assert rows_of(library, "地区生产总值年均增长", "%", "target", 2030) == [("62", "5%左右")]
        assert rows_of(library, "地区生产总值增长", "%", "target", 2026) == [("62", "5.5%左右")]
        assert rows_of(library, "赤字率", "%", "target", 2026) == [("62", "2.3%")]


def test_what_came_to_a_state_is_not_the_state(tmp_path: Path) -> None:
    path = tmp_path / "甘肃省2026.txt"
    listed = "新增境内上市公司6家，总数122家。新增科技型中小企业300家、高新技术企业150家，经营主体总量达210万户。"
    path.write_text(REVIEW.replace("五年来", f"{listed}五年来"), encoding="utf-8")
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest([path])
        assert rows_of(library, "上市公司", "家", "achieved", 2025) == [("62", "122家")]
        assert rows_of(library, "新增高新技术企业", "家", "achieved", 2025) == [("62", "150家")]
        assert not rows_of(library, "高新技术企业", "家", "achieved", 2025)
        assert rows_of(library, "经营主体", "户", "achieved", 2025) == [("62", "210万户")]
