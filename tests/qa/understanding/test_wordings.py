"""Many wordings of one question are read as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemai.library import Library
from corpus.folding import fold
from qa.understanding.wordings import correct_typing, order_keywords, order_query, unify_wording

ALIKE = [
    ("供水保障由哪些单位负责", ("请问供水保障归谁管？", "供水保障的责任单位有哪些", "麻烦查一下供水保障由哪个部门负责，谢谢", "供水保障谁负责啊", "供水保障都有哪些责任单位")),
    ("低保申请的材料有哪些", ("请列出低保申请的材料", "低保申请都有什么材料", "低保申请要啥材料", "请问低保申请需要哪些材料？", "低保申请要提交什么材料")),
    ("危房改造补助的条件有哪些", ("危房改造补助要符合什么条件", "危房改造补助需要满足哪些条件", "我想知道危房改造补助的条件", "危房改造补助条件")),
    ("集中供热什么时候停", ("集中供热啥时候停", "集中供热何时停", "请问集中供热什么时间停？")),
    ("校车服务占比是多少", ("校车服务占比", "校车服务的占比到底是多少啊".replace("的", ""), "请告诉我校车服务占比")),
    ("什么是河长制", ("河长制是什么意思", "请问什么叫河长制？", "啥是河长制", "河长制的含义", "何谓河长制", "河长制的含义是什么", "河长制的定义是什么？")),
    ("借款总额是净资产的多少倍", ("借款总额是净资产的几倍",)),
    ("多少岁以上的居民免票", ("几岁以上的居民免票",)),
    ("供水管网改造的费用有哪些", ("请列出供水管网改造的费用", "供水管网改造有哪些费用", "供水管网改造的费用清单")),
    ("可以跨区就读吗", ("能不能跨区就读", "可否跨区就读", "是否可以跨区就读？")),
    ("海口市旧房改造由哪些单位负责", ("在海口旧房改造归谁管", "旧房改造的主管部门，海口", "海口市旧房改造由哪个局负责呢")),
    ("海口市旧房改造,面积是多少", ("面积多大，海口旧房改造",)),
    ("临时救助怎么申请", ("临时救助咋申请", "请问临时救助如何申请？", "临时救助怎样申请呀")),
]  # fmt: skip


@pytest.mark.parametrize(("read", "wordings"), ALIKE, ids=[row[0] for row in ALIKE])
def test_wordings_are_read_alike(read: str, wordings: tuple[str, ...]) -> None:
    assert {unify_wording(fold(wording)) for wording in (read, *wordings)} == {read}


@pytest.mark.parametrize(
    "question",
    [
        "甘南州和延安市有什么不同",
        "供水价格有什么变化",
        "州水务局负责哪些任务",
        "州税务局是哪几项任务的责任单位",
        "由谁牵头",
        "哪几家企业入选",
        "好几户村民反映",
        "哪些文件提到供水",
        "补贴多少人",
        "甘南州一共有几份文件",
        "“请问”是什么",
    ],
)
def test_what_asks_for_something_else_stays(question: str) -> None:
    assert unify_wording(fold(question)) == fold(question)


def test_names_and_quoted_words_stay_as_they_are() -> None:
    asked = "请问《云岫县麻烦事查询办法》的责任单位是谁"
    assert unify_wording(asked) == "《云岫县麻烦事查询办法》由哪些单位负责"
    assert unify_wording("什么是“谁来管”") == "什么是“谁来管”"


@given(st.text(alphabet="请问麻烦查一下的什么哪些条件材料责任单位多少谁管啥咋何时有是要。？，“”《》供水", max_size=30))
def test_reading_twice_changes_nothing_more(question: str) -> None:
    once = unify_wording(question)
    assert len(once) <= len(question) + 20
    assert unify_wording(unify_wording(once)) == unify_wording(once)


def test_keywords_end_with_what_is_asked_for() -> None:
    assert order_keywords("办理时限 取水许可 云岫县") == "取水许可 云岫县 办理时限"
    assert order_keywords("云岫县 取水许可 谁负责") == "云岫县 取水许可 谁负责"
    assert order_keywords("取水许可办理时限") == "取水许可办理时限"


def test_typing_errors_are_mended_where_the_library_has_no_such_word() -> None:
    assert correct_typing("公基金贷款额渡", lambda piece: False) == ("公积金贷款额度", [("额渡", "额度"), ("公基金", "公积金")])
    assert correct_typing("帐户管理", lambda piece: True) == ("帐户管理", [])


def test_places_stand_in_front_of_what_is_searched_for() -> None:
    written = {
        order_query(q, [(p, "德阳市")])
        for q, p in (("德阳最高额度", "德阳"), ("最高额度在德阳市", "德阳市"), ("最高额度,德阳市", "德阳市"))
    }
    assert written == {"德阳最高额度"}


def test_the_same_places_are_cited(library: Library) -> None:
    wordings = (
        "甘南州改善饮水条件由哪些单位负责",
        "请问甘南州改善饮水条件归谁管？",
        "甘南州改善饮水条件的责任单位有哪些",
        "改善饮水条件在甘南州由谁负责，谢谢",
    )
    cited = {library.ask(wording, keep=False).citations for wording in wordings}
    assert len(cited) == 1
