"""What a question fixes: a text about another place, year or edition is no answer to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cemai.library import Library
from corpus.document import Span
from qa.documents import LibraryView
from qa.evidence.constraints import SlotConstraints, Violation
from qa.understanding.names import KnownNames
from qa.understanding.question import parse_question
from tests.qa.conftest import library_of

TEXTS = {
    "plan": "广州市2025年茶园补贴实施方案\n广州市农业农村局\n2025年3月2日\n一、补贴标准。茶园每亩补贴300元。\n",
    "district": "广州市天河区茶园补贴办法\n天河区人民政府\n2024年3月2日\n第一条 茶园每亩补贴500元。\n第二条 本办法自2024年5月1日起施行。\n",
    "report": "2026年广东省政府工作报告\n广东省人民政府\n2026年1月20日\n一、过去一年的工作。茶园面积达到3万亩。\n二、今年的工作。茶园面积达到4万亩。\n",
    "notice": "茶园创新揭榜通知（第二批）\n广州市科学技术局\n2025年7月2日\n一、揭榜的截止时间为8月1日。\n",
    "undated": "茶园管护提升措施\n一、管护面积。2023年计划管护茶园5万亩，每亩补助80元。\n二、管护要求。茶园要及时修剪。\n三、补助标准。2023年茶园管护补助由60元提高到80元。\n",
    "meeting": "茶业协会三次全会公报\n三次全会选出理事9名，监事3名。\n会议号召加强茶园管护。\n",
    "nation": "国务院关于设立茶园示范区的批复\n国函〔2023〕9号\n国务院\n2023年7月2日\n一、同意深圳市设立茶园示范区。\n二、示范区要保护茶园生态。\n",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("fixed"), *TEXTS.values()) as opened:
        yield opened


def violation(library: Library, question: str, words: str) -> Violation | None:
    view = LibraryView(library.corpus, library.searcher)
    parsed = parse_question(question, KnownNames(view))
    row = next(row for row in view.infos if words in view.document(row).text)
    document = view.document(row)
    start = document.text.index(words)
    return SlotConstraints(parsed).find_violation(document, Span(start, start + len(words)))


@pytest.mark.parametrize(
    ("question", "words", "instead"),
    [
        ("2026年广州市茶园每亩补贴多少", "每亩补贴300元", "2025年"),
        ("2025年广州市茶园每亩补贴多少", "每亩补贴300元", None),
        ("广州市茶园每亩补贴多少", "每亩补贴300元", None),
        ("深圳市茶园每亩补贴多少", "每亩补贴300元", "广州市"),
        ("广州市越秀区茶园每亩补贴多少", "每亩补贴500元", "天河区"),
        ("广州市天河区茶园每亩补贴多少", "每亩补贴500元", None),
        ("广州市天河区茶园每亩补贴多少", "每亩补贴300元", None),
        ("2022年天河区茶园每亩补贴多少", "每亩补贴500元", "2024年起"),
        ("2025年天河区茶园每亩补贴多少", "每亩补贴500元", None),
        ("2025年广东省茶园面积达到多少", "茶园面积达到3万亩", None),
        ("2024年广东省茶园面积达到多少", "茶园面积达到3万亩", "2026年"),
        ("广州市2026年茶园面积目标", "茶园面积达到4万亩", "广东"),
        ("茶园创新揭榜第三批什么时候截止", "截止时间为8月1日", "第2批"),
        ("茶园创新揭榜第二批什么时候截止", "截止时间为8月1日", None),
        ("2024年茶园管护计划多少亩", "2023年计划管护茶园5万亩", "2023年"),
        ("2023年茶园管护计划多少亩", "2023年计划管护茶园5万亩", None),
        ("2024年茶园管护有什么要求", "茶园要及时修剪", None),
        ("2023年茶园管护补助为什么降低到80元", "茶园管护补助由60元提高到80元", "提高"),
        ("2023年茶园管护补助提高到多少", "茶园管护补助由60元提高到80元", None),
        ("2023年茶园管护补助是不是降低了", "茶园管护补助由60元提高到80元", None),
        ("茶业协会二次全会选了几名理事", "三次全会选出理事9名", "第3次"),
        ("茶业协会三次全会选了几名理事", "三次全会选出理事9名", None),
        ("广州市茶园示范区什么时候批复的", "同意深圳市设立茶园示范区", "深圳市"),
        ("广州市茶园示范区要保护什么", "示范区要保护茶园生态", None),
        ("天河区茶园补贴办法第2条", "每亩补贴500元", "第一条"),
        ("天河区茶园补贴办法第1条补贴多少", "每亩补贴500元", None),
        ("天河区茶园补贴办法第二条", "自2024年5月1日起施行", None),
        ("天河区茶园补贴办法第9条", "每亩补贴500元", None),
    ],
)
def test_what_speaks_of_another_place_year_or_edition(library: Library, question: str, words: str, instead: str | None) -> None:
    found = violation(library, question, words)
    assert (found.instead if found else None) == instead
