"""Markdown is read as people see it: no marks in the text, headings and tables as structure."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from corpus.errors import RefusedInput
from graph.extract import extract
from ingest.formats.markdown import read_markdown
from ingest.formats.sniff import detect
from ingest.limits import DEFAULT
from ingest.reader import read


def lines(text: str) -> list[str]:
    return read_markdown(text.encode(), "通知.md", DEFAULT).text.rstrip("\n").split("\n")


RECOGNISED = """# 云岭县人民政府办公室文件

云岭政办发〔2024〕12号

# 云岭县人民政府办公室关于印发《云岭县养老服务实施方案》的通知

各乡镇人民政府：

![](images/seal.jpg)

## 一、主要目标

到2026年，养老床位达到**1200张**。

## 二、任务分工

<table><tr><td>任务</td><td>责任单位</td><td>完成时限</td></tr><tr><td>新建养老院3所</td><td rowspan="2">县民政局</td><td>2025年12月底</td></tr><tr><td>改造敬老院5所</td><td>2026年6月底</td></tr></table>

云岭县人民政府办公室

2024年5月8日
"""

GUIDE = """---
title: 清河市托育服务管理办法
文号: 清政规〔2023〕4号
---

第一条 为规范托育服务[^a]，制定本办法。

第二条 **“一老一小”**工作由市卫生健康委负责[^2]。

[^a]: 指为三岁以下婴幼儿提供的照护服务。
[^2]: 2023年起。
"""

WORK = """平湖区2024年重点工作
===

1. 建设口袋公园6个，由区城管局负责
2. 修缮老旧小区~~10个~~12个<br>由区住建局负责
3. 发放消费券，金额`500万元`

| 指标 | 单位 |     2024年 |
|:---|:---:|---:|
| **森林覆盖率** | % | 42.5 |
| 新增就业 | 万人 | 1.2 <br> （含灵活就业） |

> 1\\. 以上由区发展改革局解释。
* * *
    各街道要按季度报送。
详见[区政府网站](https://example.invalid/a)。<!-- 草稿 -->
"""


def test_headings_bold_and_html_tables_of_text_recognition() -> None:
    doc = read(RECOGNISED.encode(), "识别结果.md")
    assert doc.format == "md"
    assert doc.head.doc_number == "云岭政办发〔2024〕12号"
    assert doc.head.title == "云岭县人民政府办公室关于印发《云岭县养老服务实施方案》的通知"
    assert doc.head.issued_on == "2024-05-08"
    assert not set("#*|<>") & set(doc.text.replace(" | ", ""))
    assert [s.number for s in doc.outline if s.number] == ["一、", "二、"]
    (table,) = doc.tables
    assert [[cell.of(doc.text) for cell in row] for row in table.rows][1:] == [
        ["新建养老院3所", "县民政局", "2025年12月底"],
        ["改造敬老院5所", "县民政局", "2026年6月底"],
    ]
    facts = extract(doc)
    assert [({unit.name for unit in task.units}, task.deadline) for task in facts.tasks if "敬老院" in task.name] == [
        ({"县民政局"}, "2026年6月底")
    ]
    assert any(target.indicator == "养老床位" and target.value_text == "1200张" for target in facts.targets)
    assert [issue.code for issue in doc.issues if issue.code == "pictures"] == ["pictures"]


def test_fields_before_the_text_and_notes_below_it() -> None:
    raw = read_markdown(GUIDE.encode(), "办法.md", DEFAULT)
    assert raw.text.split("\n")[2:] == [
        "第一条 为规范托育服务，制定本办法。",
        "第二条 “一老一小”工作由市卫生健康委负责。",
        "[a] 指为三岁以下婴幼儿提供的照护服务。",
        "[2] 2023年起。",
        "",
    ]
    assert raw.field_spans["title"].of(raw.text) == raw.fields["title"] == "清河市托育服务管理办法"
    doc = read(GUIDE.encode(), "办法.md")
    assert (doc.head.title, doc.head.doc_number) == ("清河市托育服务管理办法", "清政规〔2023〕4号")


def test_lists_tables_and_marks_within_a_line() -> None:
    assert lines(WORK) == [
        "平湖区2024年重点工作",
        "1. 建设口袋公园6个，由区城管局负责",
        "2. 修缮老旧小区10个12个",
        "由区住建局负责",
        "3. 发放消费券，金额500万元",
        "指标 | 单位 | 2024年",
        "森林覆盖率 | % | 42.5",
        "新增就业 | 万人 | 1.2 （含灵活就业）",
        "1. 以上由区发展改革局解释。",
        "各街道要按季度报送。",
        "详见区政府网站。",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("　　一、总体要求\n　　到2025年完成。", ["一、总体要求", "到2025年完成。"]),  # a plain text that is only named so
        ("同比增长3*2*5倍，a_b_c", ["同比增长3*2*5倍，a_b_c"]),
        ("3. 丙\n4. 丁", ["3. 丙", "4. 丁"]),
        ("- 甲\n  1) 乙\n- 丙", ["甲", "1) 乙", "丙"]),
        ("```\n每周一报\n```", ["每周一报"]),
        ("### 二、任务 ###", ["二、任务"]),
        ("| | |\n|--|--|\n| 牵头单位 | 市教育局 |", ["牵头单位 | 市教育局"]),
    ],
)
def test_text_is_as_it_is_seen(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


def test_encodings_and_names() -> None:
    assert read("# 某县规划\n\n正文说明了工作安排。".encode("gb18030"), "规划.md").text.startswith("某县规划\n")
    assert detect("<table><tr><td>甲</td></tr></table>".encode(), "甲.md").name == "md"
    assert detect(b"<!DOCTYPE html><html><body>a</body></html>", "a.md").name == "html"


@pytest.mark.hostile
@pytest.mark.parametrize("piece", [">", "[", "*a ", "`a", "- ", "![", "<a ", "|a", "**（", "[^1]: "], ids=range(10))
def test_repeated_marks_take_no_time(piece: str) -> None:
    started = time.process_time()
    read_markdown((piece * 20_000 + "末\n").encode(), "x.md", DEFAULT)
    assert time.process_time() - started < 10


@pytest.mark.hostile
def test_tables_have_a_limit() -> None:
    table = "|a|b|\n|-|-|\n" + "|1|2|\n" * 100
    with pytest.raises(RefusedInput, match="单元格"):
        read_markdown(table.encode(), "x.md", replace(DEFAULT, cells=150))
    with pytest.raises(RefusedInput, match="段"):
        read_markdown(b"a\n\n" * 20, "x.md", replace(DEFAULT, paragraphs=10))
    with pytest.raises(RefusedInput, match="嵌套"):
        read_markdown(b"<div>" * 3_000, "x.md", DEFAULT)
