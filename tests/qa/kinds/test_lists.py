"""Lists tell how many things they have, however many these are."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.answers.guard import drop_unsupported
from qa.documents import LibraryView
from qa.kinds.lists import _counts, _listed
from tests.qa.conftest import library_of

NOTICE = """云岫县人民政府办公室关于公布云岫县政务服务事项目录的通知
云政办发〔2024〕8号
各乡镇人民政府：
现将《云岫县政务服务事项目录》印发给你们，请遵照执行。
云岫县人民政府办公室
2024年3月12日
云岫县政务服务事项目录
一、办理要求
县政务服务局负责受理。
二、有下列情形之一的，不予受理：
"""


@pytest.mark.parametrize("many", [3, 12, 300])
def test_the_count_of_a_list_is_printed(tmp_path: Path, many: int) -> None:
    items = "".join(f"{number}. 材料第{number}页缺损的；\n" for number in range(1, many + 1))
    with library_of(tmp_path, NOTICE + items) as library:
        answer = library.ask("云岫县政务服务事项哪些情形不予受理？", keep=False)
    assert f"共 {many} 项" in answer.answer
    assert len(answer.answer) <= 2000


def test_a_count_above_a_thousand_passes_the_guard(tmp_path: Path) -> None:
    with library_of(tmp_path, NOTICE + "1. 材料缺损的；\n2. 材料过期的；\n") as library:
        view = LibraryView(library.corpus, library.searcher)
        document = view.document(next(iter(view.infos)))
        items = [section for section in document.doc.outline if section.number in ("1.", "2.")]
        draft = drop_unsupported(_listed(document, None, items * 617))
    assert "共 1234 项：" in draft.lines[0].text
    assert len(draft.lines) == 1235


@pytest.mark.parametrize(
    ("sentence", "number", "holds"),
    [
        ("围绕三个方面推进", 3, True),
        ("围绕3个方面推进", 3, True),
        ("两项制度", 2, True),
        ("二项制度", 2, True),
        ("十三项制度", 3, False),
        ("十三项制度", 13, True),
        ("第三条规定", 3, False),
        ("第3项规定", 3, False),
        ("2—3项制度", 3, False),
        ("三年行动", 3, False),
    ],
)
def test_a_sentence_counts_what_is_asked_for(sentence: str, number: int, holds: bool) -> None:
    assert _counts(sentence, number) is holds
