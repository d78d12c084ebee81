"""What changed between two versions of a document is told clause by clause, both sides quoted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from tests.qa.conftest import library_of

OLD = """清溪市城市绿化管理办法
清政发〔2018〕4号
第一条 为了保护城市绿地，改善人居环境，制定本办法。
第二条 新建居住区的绿地率不低于百分之三十。
第三条 占用绿地应当经市园林局批准，占用期限不超过一年。
第四条 古树名木由市园林局建立档案，设立保护标志。
清溪市人民政府
2018年5月2日
"""
NEW = """清溪市城市绿化管理办法（2023年修订）
清政发〔2023〕9号
第一条 为了保护城市绿地，改善人居环境，制定本办法。
第二条 新建居住区的绿地率不低于百分之三十五。
第三条 古树名木由市园林局建立档案，设立保护标志。
第四条 鼓励单位和个人认养绿地，认养协议报市园林局备案。
清溪市人民政府
2023年6月1日
"""
OTHER = """清溪市养犬管理办法
第一条 养犬应当登记。
第二条 犬只外出应当束绳。
清溪市人民政府
2022年3月1日
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("versions")
    with library_of(folder, OLD, NEW, OTHER) as opened:
        yield opened


@pytest.mark.parametrize(
    "question",
    [
        "《清溪市城市绿化管理办法》有什么变化",
        "清溪市城市绿化管理办法修订了哪些内容？",
        "清政发〔2023〕9号改了什么",
        "《清溪市城市绿化管理办法》和旧版有什么不同",
    ],
)
def test_clauses_that_differ_are_quoted_from_both_versions(library: Library, question: str) -> None:
    answer = library.ask(question, keep=False)
    assert (answer.kind, answer.status) == ("changes", "answered")
    assert "修改 1 处" in answer.answer and "新增 1 处" in answer.answer and "删去 1 处" in answer.answer
    assert "百分之三十。" in answer.answer and "百分之三十五" in answer.answer and "认养绿地" in answer.answer
    assert {c.source for c in answer.citations} == {"a.txt", "b.txt"}
    for citation in answer.citations:
        assert library.document(citation.source_id).text[citation.start : citation.end] == citation.quote


def test_a_document_with_one_version_has_nothing_to_compare(library: Library) -> None:
    answer = library.ask("《清溪市养犬管理办法》有什么变化", keep=False)
    assert (answer.kind, answer.status) == ("changes", "not_found")
    assert "只有这一个版本" in answer.answer


@pytest.mark.parametrize("question", ["清溪市绿化率有什么变化", "《清溪市养犬管理办法》对外出有什么要求"])
def test_what_changed_in_the_world_is_another_question(library: Library, question: str) -> None:
    assert library.ask(question, keep=False).kind != "changes"
