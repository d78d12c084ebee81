"""What a whole document says: asked about by title or number alone, answered with its outline and figures."""

from __future__ import annotations

import pytest

from cemai.library import Library

ASKED = [
    "《甘南州2022年乡村振兴工作方案》讲了什么",
    "州政办发〔2022〕18号主要内容是什么？",
    "请概括一下《甘南州2022年乡村振兴工作方案》",
    "《甘南州2022年乡村振兴工作方案》有哪几部分",
    "《甘南州2022年乡村振兴工作方案》的提纲",
]


@pytest.mark.parametrize("question", ASKED)
def test_outline_and_figures_are_quoted(library: Library, question: str) -> None:
    answer = library.ask(question, keep=False)
    assert (answer.kind, answer.status) == ("whole_document", "answered")
    lines = answer.answer.splitlines()
    assert "主要部分有 3 个" in lines[1]
    assert lines[2:5] == ["一、工作目标", "二、重点工作", "三、保障措施"]
    assert any("指标" in line and "任务" in line for line in lines)
    for citation in answer.citations:
        assert library.document(citation.source_id).text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "question",
    [
        "《甘南州2022年乡村振兴工作方案》对就业说了什么",
        "《甘南州2022年乡村振兴工作方案》什么时候印发的",
        "《甘南州2022年乡村振兴工作方案》现在有效吗",
        "甘南州医疗保障的主要内容",
        "工作方案讲了什么",
    ],
)
def test_a_side_of_a_document_is_no_outline(library: Library, question: str) -> None:
    assert library.ask(question, keep=False).kind != "whole_document"
