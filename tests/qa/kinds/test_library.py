"""Questions about the library itself are counted from the store, whole, with titles as sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from qa.answer import Answer
from tests.qa.conftest import library_of

PLAN = """云岫县人民政府关于印发云岫县供水工作方案的通知
云政发〔2024〕3号
各乡镇人民政府：
现将《云岫县供水工作方案》印发给你们。
云岫县人民政府
2024年3月1日
云岫县供水工作方案
一、主要任务
（一）改造老旧管网。2025年12月底前改造管网40公里。（牵头单位：县水务局；配合单位：县财政局）
（二）建设应急水源。建成备用水源2处。（责任单位：县应急管理局）
（三）开展节水宣传。每年组织宣传活动4次。
"""
OPINION = """浔溪市人民政府办公室关于促进就业的意见
浔政办发〔2023〕12号
各县区人民政府：
为促进就业，提出如下意见。
一、稳定岗位。新增城镇就业3000人。（责任单位：市人力资源社会保障局）
二、加强培训。开展技能培训1万人次。（牵头单位：市人力资源社会保障局）
浔溪市人民政府办公室
2023年6月8日
"""
LETTER = """关于做好防汛准备的工作提示
各有关单位：
汛期将至，请检查排水设施，备足沙袋。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("held")
    with library_of(folder, PLAN, OPINION, LETTER, PLAN.replace("4次", "4次以上")) as opened:
        yield opened


def ask(library: Library, question: str) -> Answer:
    answer = library.ask(question, keep=False)
    assert answer.kind == "library"
    return answer


def titles(answer: Answer) -> set[str]:
    return {str(citation.title)[:8] for citation in answer.citations}


def test_every_document_is_named_and_copies_are_counted_apart(library: Library) -> None:
    answer = ask(library, "库里有哪些文件")
    first, *lines = answer.answer.splitlines()
    assert "3 份" in first and "1 份副本或旧版" in first
    assert len(lines) == 3
    assert titles(answer) == {"云岫县人民政府关", "浔溪市人民政府办", "关于做好防汛准备"}
    for citation in answer.citations:
        assert library.document(citation.source_id).text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    ("question", "said", "cited"),
    [
        ("一共有多少份文件", "3 份", 3),
        ("有几份通知", "1 份", 1),
        ("2023年印发了几份文件", "1 份", 1),
        ("哪些文件没有文号", "1 份", 1),
        ("没有日期的文件有几份", "1 份", 1),
        ("云岫县人民政府发了哪些文件", "1 份", 1),
        ("关于供水的文件有几份", "1 份", 1),
        ("最近印发的文件是哪一份", "2024-03-01", 1),
        ("最早的文件是哪份", "2023-06-08", 1),
        ("涉及几个部门", "4 个单位", 2),
        ("哪些任务没有牵头单位", "3 条", 3),
        ("没有责任单位的任务有几条", "1 条", 1),
        ("库里有多少条任务", "5 条", 2),
        ("哪些文件已废止", "0 份", 0),
        ("库里有哪些发文机关", "2 个发文机关", 2),
        ("有哪些年份的文件", "2 个年份", 2),
    ],
)
def test_counts_are_exact(library: Library, question: str, said: str, cited: int) -> None:
    answer = ask(library, question)
    assert said in answer.answer.splitlines()[0]
    assert len(answer.citations) == cited
    assert answer.status == "answered"


def test_filters_narrow_what_is_counted(library: Library) -> None:
    from corpus.filters import Filters

    answer = library.ask("库里有几份文件", filters=Filters(year=2023), keep=False)
    assert answer.answer.startswith("库里的文件有 1 份")


def test_what_came_last_is_by_the_day_of_taking_in(library: Library) -> None:
    answer = ask(library, "最新收进来的是什么")
    last = max(library.corpus.heads.values(), key=lambda info: info.added_at)
    assert last.added_at[:10] in answer.answer.splitlines()[0]


def test_what_documents_say_is_still_answered_from_their_text(library: Library) -> None:
    for question in ("改造老旧管网由谁牵头", "哪些文件提到技能培训", "主要任务有哪些"):
        assert library.ask(question, keep=False).kind != "library"
