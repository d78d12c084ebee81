"""What the engine answers, kind by kind, and what it refuses."""

from __future__ import annotations

import pytest

from cemai.library import Library
from qa.answer import Answer
from tests.encoders import BlankEncoder


def ask(library: Library, question: str) -> Answer:
    return library.ask(question, keep=False)


@pytest.mark.parametrize(
    ("question", "kind", "holds"),
    [
        ("甘南州牦牛养殖基地要建多少万亩？", "target_value", "36万亩"),
        ("大兴安岭衔接资金用于产业的比例是多少？", "target_value", "56%以上"),
        ("甘南州抓好医疗保障由哪些单位负责？", "responsible_unit", "州医保局、州民政局、州财政局"),
        ("州财政局在甘南州负责哪几项任务？", "responsible_unit", "3 项任务"),
        ("甘南州乡村振兴工作方案的文号是什么？", "provenance", "州政办发〔2022〕18号"),
        ("甘南州方案是根据哪个文件制定的？", "provenance", "甘政发〔2022〕5号"),
        ("甘南州的保障措施有哪三项？", "list_tasks", "强化资金投入"),
        ("“三个一批”是什么意思？", "definition", "储备一批、开工一批、投产一批"),
        ("大兴安岭各级衔接资金的分配结果必须公开吗？", "yes_no", "一律公开"),
        ("大兴安岭过渡期内脱贫人口的参保资助会一直保持不变吗？", "yes_no", "逐步退坡"),
        ("甘南州居民医保全额资助哪些人？", "beneficiary", "特困供养人员"),
        ("过渡期医保资助政策", "policy_lookup", "逐步退坡"),
        ("甘南洲找工作有啥安排", "policy_lookup", "公益岗位"),
    ],
)
def test_answers_hold_what_was_asked(library: Library, question: str, kind: str, holds: str) -> None:
    answer = ask(library, question)
    assert answer.status != "not_found", answer.answer
    assert answer.kind == kind
    assert holds in answer.answer
    assert answer.citations


@pytest.mark.parametrize(
    "question",
    [
        "甘南州衔接资金用于产业的比例是多少？",
        "甘南州定额资助低保对象每人每年多少元？",
        "大兴安岭的乡村治理由哪个单位牵头？",
        "大兴安岭农村自来水普及率要达到多少？",
        "甘南州的过渡期到哪一年结束？",
        "甘南州对光伏发电的电价补贴是多少元？",
    ],
)
def test_what_the_documents_do_not_tell_is_refused(library: Library, question: str) -> None:
    answer = ask(library, question)
    assert answer.status == "not_found", answer.answer
    assert "未" in answer.answer or "没有" in answer.answer


def test_a_value_of_another_region_is_named_as_such(library: Library) -> None:
    answer = ask(library, "甘南州衔接资金用于产业的比例是多少？")
    assert "大兴安岭" in answer.answer
    assert "不适用于甘南州" in answer.answer


def test_which_documents_say_it_names_those_that_do_not(library: Library) -> None:
    answer = ask(library, "哪些文件提出推广积分制、清单制？")
    assert answer.kind == "multi_doc"
    assert "大兴安岭" in answer.answer.splitlines()[0]
    assert "未见提及的：甘南州" in answer.answer


def test_regions_side_by_side_go_by_level(library: Library) -> None:
    answer = ask(library, "对比各地区过渡期内的参保资助政策")
    assert answer.kind == "comparison"
    assert {c.region for c in answer.citations} == {"甘肃省甘南藏族自治州", "黑龙江省大兴安岭地区"}


def test_follow_up_keeps_the_subject(library: Library) -> None:
    first = ask(library, "大兴安岭过渡期内脱贫人口的参保资助政策")
    second = library.ask("那甘南州呢？", previous=first.understood, keep=False)
    assert second.understood is not None and first.understood is not None
    assert second.understood.regions == ("甘南州",)
    assert second.understood.subject == first.understood.subject


def test_corrections_are_shown(library: Library) -> None:
    understood = ask(library, "甘南洲的参保资助政策").understood
    assert understood is not None
    assert ("甘南洲", "甘南州") in understood.corrections


def test_the_same_question_gives_the_same_answer(library: Library) -> None:
    assert ask(library, "过渡期医保资助政策") == ask(library, "过渡期医保资助政策")


def test_an_ended_period_is_noticed(library: Library) -> None:
    import datetime as dt

    answer = library.ask("大兴安岭过渡期内脱贫人口的参保资助政策", as_of=dt.date(2026, 6, 1), keep=False)
    assert any(notice.kind == "expired" for notice in answer.notices)


def test_comparison_cells_are_cited_and_silence_is_shown(library: Library) -> None:
    result = library.compare("积分制清单制怎么推广")
    row = result.rows[0]
    cells = {cell.region: cell for cell in row.cells}
    assert cells["甘南州"].text is None
    assert "积分制" in (cells["大兴安岭地区"].text or "")
    assert any("甘南州" in line and "未载明" in line for line in result.differences)


def test_an_empty_library_says_so(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with Library.open(tmp_path / "empty", encoder=BlankEncoder()) as library:
        assert library.ask("有什么政策？", keep=False).status == "not_found"
