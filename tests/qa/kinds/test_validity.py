"""Questions about the force of documents: answered from the status with the words it rests on, never guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from cemai.library import Library
from qa.answers.draft import AnswerDraft, AnswerLine
from qa.answers.guard import drop_unsupported
from tests.qa.conftest import library_of

DAY = dt.date(2026, 6, 1)


def rules(title: str, number: str, day: str, closing: str, subject: str = "用水") -> str:
    return (
        f"云岫县人民政府关于印发{title}的通知\n{number}\n各乡镇人民政府：\n现将《{title}》印发给你们，请遵照执行。\n"
        f"云岫县人民政府\n{day}\n{title}\n第一条 为了规范{subject}，制定本办法。\n第二条 本县{subject}的单位和个人应当遵守本办法，"
        f"{subject}的计划由主管部门会同有关单位每年编制一次并向社会公布。\n第三条 {closing}\n"
    )


TEXTS = (
    rules("云岫县节水奖补办法", "云政发〔2019〕3号", "2019年2月20日", "本办法自2019年3月1日起施行，有效期5年。"),
    rules("云岫县渔船管理办法", "云政发〔2018〕9号", "2018年5月2日", "本办法自2018年6月1日起施行。", "渔船停泊"),
    rules(
        "云岫县渔港管理办法", "云政发〔2024〕6号", "2024年4月3日",
        "本办法自2024年5月1日起施行。《云岫县渔船管理办法》（云政发〔2018〕9号）、《云岫县渔网管理办法》（云政发〔2012〕8号）同时废止。", "渔港作业",
    ),
    rules("云岫县茶园管理办法", "云政发〔2025〕2号", "2025年1月6日", "茶园的面积由乡镇人民政府按照云政发〔2017〕5号核定。", "茶园养护"),
    rules("云岫县校车管理办法", "云政发〔2026〕4号", "2026年5月8日", "本办法自2026年9月1日起施行。", "校车运行"),
    rules("云岫县竹林补贴办法（征求意见稿）", "", "2026年3月9日", "本办法自 年 月 日起施行。", "竹林抚育"),
    "青禾市集市管理规定\n青政发〔2020〕1号\n青禾市人民政府\n2020年3月2日\n第一条 集市应当在早上开市。\n第二条 摊位由市场统一安排。\n",
    "澜溪市集市管理规定\n澜政发〔2021〕5号\n澜溪市人民政府\n2021年7月2日\n第一条 澜溪的集市逢五逢十开市。\n第二条 车辆不得驶入。\n",
)  # fmt: skip


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("force"), *TEXTS) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "holds", "notice"),
    [
        ("云岫县节水奖补办法还有效吗？", ("已失效", "2024年2月29日", "有效期5年"), "expired"),
        (
            "云政发〔2019〕3号过期了没有",
            ("《云岫县人民政府关于印发云岫县节水奖补办法的通知》（云政发〔2019〕3号）：已失效",),
            "expired",
        ),
        ("云岫县节水奖补办法有效期到什么时候？", ("有效期到2024年2月29日为止", "有效期5年"), "expired"),
        ("云岫县渔船管理办法现在还能用吗", ("已废止", "云岫县渔港管理办法", "云政发〔2024〕6号", "同时废止"), "repealed"),
        (
            "《云岫县渔船管理办法》被什么代替了",
            ("已废止", "废止或代替它的是《云岫县人民政府关于印发云岫县渔港管理办法的通知》"),
            "repealed",
        ),
        ("云岫县渔港管理办法什么时候开始施行？", ("自2024年5月1日起施行", "现行有效"), None),
        ("云岫县校车管理办法施行了吗", ("尚未施行", "自2026年9月1日起施行"), "pending"),
        ("云岫县竹林补贴办法是正式文件吗", ("征求意见稿", "尚无约束力"), "draft"),
        ("云岫县茶园管理办法还有效吗", ("未载明", "没有写明施行日期和期限"), None),
        ("云岫县茶园管理办法有效期几年？", ("没有写明有效期",), None),
        ("云岫县茶园管理办法修订过几次", ("没有写明修订的经过",), None),
    ],
)
def test_the_status_is_told_with_its_words(county: Library, question: str, holds: tuple[str, ...], notice: str | None) -> None:
    answer = county.ask(question, as_of=DAY, keep=False)
    assert answer.kind == "validity"
    assert [part for part in holds if part not in answer.answer] == [], answer.answer
    assert notice is None or notice in {found.kind for found in answer.notices}
    for citation in answer.citations:
        assert citation.quote == county.document(citation.source_id).text[citation.start : citation.end]


def test_what_a_draft_says_is_no_question_of_its_force(county: Library) -> None:
    answer = county.ask("云岫县竹林补贴办法征求意见稿规定竹林抚育补贴多少钱", as_of=DAY, keep=False)
    assert answer.kind != "validity"


def test_the_day_decides(county: Library) -> None:
    asked = "云岫县节水奖补办法还有效吗？"
    assert "现行有效" in county.ask(asked, as_of=dt.date(2024, 2, 29), keep=False).answer
    assert "已失效" in county.ask(asked, as_of=dt.date(2024, 3, 1), keep=False).answer
    given = county.ask("云岫县节水奖补办法在2020年5月1日还有效吗？", as_of=DAY, keep=False)
    assert "：现行有效" in given.answer, given.answer


def test_a_number_nobody_has_is_said_to_be_missing_with_who_cites_it(county: Library) -> None:
    answer = county.ask("云政发〔2017〕5号还有效吗", as_of=DAY, keep=False)
    assert answer.answer.startswith("库里没有文号为云政发〔2017〕5号的文件") and "按照云政发" in answer.answer
    assert answer.status == "partial" and answer.citations
    nowhere = county.ask("云政发〔2011〕77号还有效吗", as_of=DAY, keep=False)
    assert nowhere.status == "not_found" and "没有文件提到它" in nowhere.answer


@pytest.mark.parametrize(
    "asked", ["云政发〔2012〕8号还有效吗", "原来云政发〔2012〕8号还管用吗", "以前的云政发【2012】8号废止了没有"]
)
def test_a_number_nobody_has_is_repealed_by_who_says_so(county: Library, asked: str) -> None:
    answer = county.ask(asked, as_of=DAY, keep=False)
    assert answer.answer.startswith("库里没有云政发") and "的原文" in answer.answer, answer.answer
    assert "已将它废止" in answer.answer and "同时废止" in answer.answer and answer.status == "answered"
    before = county.ask(asked, as_of=dt.date(2024, 4, 10), keep=False)
    assert "已将它废止" not in before.answer


def test_several_documents_of_one_name_are_choices(county: Library) -> None:
    answer = county.ask("集市管理规定还有效吗", as_of=DAY, keep=False)
    assert answer.status == "partial" and "请写明是哪一份" in answer.answer
    assert "青政发〔2020〕1号" in answer.answer and "澜政发〔2021〕5号" in answer.answer
    assert any("没有替您选定" in notice.text for notice in answer.notices)
    assert {hit.source for hit in answer.nearest} == {"g.txt", "h.txt"}


@pytest.mark.parametrize(
    "question",
    [
        "云岫县渔港管理办法废止了哪个文件？",
        "云岫县节水奖补办法规定哪些单位应当遵守？",
        "茶园的面积由谁核定？",
        "云岫县什么时候编制用水计划？",
    ],
)
def test_what_a_document_says_is_no_question_of_its_force(county: Library, question: str) -> None:
    assert county.ask(question, as_of=DAY, keep=False).kind != "validity"


def test_how_long_a_thing_is_valid_asks_for_a_time(county: Library) -> None:
    assert county.ask("云岫县取水证有效期多久？", as_of=DAY, keep=False).kind == "deadline"
    assert county.ask("云岫县取水证还有效吗？", as_of=DAY, keep=False).kind == "yes_no"


def test_a_document_that_is_not_there_is_not_judged(county: Library) -> None:
    answer = county.ask("《云岫县电梯安全管理办法》还有效吗？", as_of=DAY, keep=False)
    assert "现行有效" not in answer.answer.split("\n")[0] and answer.status in ("not_found", "partial"), answer.answer


def test_only_what_the_program_concluded_needs_no_quote() -> None:
    concluded = AnswerLine("有效期到2024年2月29日为止，另有7项", derived=("有效期到2024年2月29日为止",), counts=(7,))
    made_up = AnswerLine("有效期到2024年2月29日为止，另有7项", derived=("有效期到2024年2月29日为止",))
    assert drop_unsupported(AnswerDraft("answered", (concluded,))).lines == (concluded,)
    assert drop_unsupported(AnswerDraft("answered", (made_up,))).lines == ()
