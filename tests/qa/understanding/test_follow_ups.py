"""A question that goes on about the one before it keeps place, year, kind and subject until it changes them itself."""

from __future__ import annotations

import pytest

from cemai.library import Library
from qa.answer import Understanding
from qa.understanding.follow_ups import spoken_of

FOLLOWING = [
    # question before, the question after it, what it is completed to holds, and does not hold
    ("甘南州医保参保资助政策", "那大兴安岭地区呢？", ("大兴安岭", "医保参保资助"), ("甘南州",)),
    ("甘南州医保参保资助政策", "北京呢", ("北京", "医保参保资助"), ("甘南州",)),
    ("湖南2026年GDP目标是多少", "那城镇新增就业呢", ("湖南", "2026年", "城镇新增就业"), ("gdp",)),
    ("湖南2026年GDP目标是多少", "2025年呢", ("湖南", "2025年", "gdp"), ("2026年",)),
    ("湖南GDP目标是多少", "那2025年呢", ("湖南", "2025年", "gdp"), ()),
    ("广州失业保险金每月多少", "那能领多久？", ("广州", "失业保险金", "能领多久"), ("每月", "多少")),
    ("甘南州改善饮水条件的任务", "谁负责", ("甘南州", "饮水条件", "负责"), ()),
    ("甘南州改善饮水条件要求做到什么", "由哪个部门牵头？", ("甘南州", "饮水条件", "哪个部门牵头"), ()),
    ("甘南州农村自来水普及率目标是多少", "比全国高还是低", ("甘南州", "全国", "自来水普及率"), ()),
    ("甘南州农村自来水普及率目标是多少", "和大兴安岭地区比呢", ("甘南州", "大兴安岭", "自来水普及率"), ()),
    ("大兴安岭地区衔接资金用于产业的比例是多少", "什么时候完成", ("大兴安岭", "衔接资金", "什么时候完成"), ("多少",)),
    ("《云岫县供水条例》什么时候施行", "它有效期几年", ("《云岫县供水条例》", "有效期几年"), ("什么时候",)),
    ("《云岫县供水条例》什么时候施行", "这个条例由谁解释", ("《云岫县供水条例》", "由谁解释"), ("这个条例",)),
    ("对低保对象参保怎么资助", "那特困供养人员呢", ("特困供养人员", "参保"), ("低保对象",)),
    ("杭州公积金贷款最高额度是多少", "需要什么条件", ("杭州", "公积金贷款", "条件"), ("多少",)),
    ("杭州公积金贷款最高额度是多少", "首付比例呢？", ("杭州", "首付比例"), ()),
    ("杭州公积金贷款最高额度是多少", "要交哪些材料", ("杭州", "公积金贷款", "材料"), ("多少",)),
    ("杭州公积金贷款最高额度是多少", "依据是什么文件", ("杭州", "公积金贷款", "依据"), ("多少",)),
    ("杭州公积金贷款最高额度是多少", "换成宁波", ("宁波", "公积金贷款最高额度"), ("杭州",)),
    ("甘南州2022年就业任务有哪些", "还有医疗保障的呢", ("甘南州", "2022年", "医疗保障"), ()),
    ("甘南州2022年就业任务有哪些", "这项工作谁牵头", ("甘南州", "就业", "谁牵头"), ("这项工作",)),
    ("甘南州2022年就业任务有哪些", "为什么", ("甘南州", "就业", "为什么"), ()),
]

WHOLE = [
    ("甘南州医保参保资助政策", "大兴安岭地区衔接资金用于产业的比例是多少"),
    ("湖南2026年GDP目标是多少", "什么是过渡期"),
    ("湖南2026年GDP目标是多少", "库里有哪些文件"),
    ("广州失业保险金每月多少", "农村低收入人口常态化帮扶由谁负责"),
    ("广州失业保险金每月多少", "《云岫县供水条例》什么时候施行"),
    ("甘南州2022年就业任务有哪些", "过渡期医保资助政策"),
    ("甘南州2022年就业任务有哪些", "贷款购买第三套住房还能用公积金吗"),
    ("杭州公积金贷款最高额度是多少", "宁波市电子居住证怎么申领"),
    ("杭州公积金贷款最高额度是多少", "各地脱贫人口参保资助有什么不同"),
]


@pytest.mark.parametrize(("before", "question", "holds", "lacks"), FOLLOWING, ids=[f"{row[0]}+{row[1]}" for row in FOLLOWING])
def test_what_the_question_does_not_change_is_kept(
    library: Library, before: str, question: str, holds: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    first = library.understand(before)
    understood = library.understand(question, previous=first)
    assert understood.kept
    assert [word for word in holds if word not in understood.question] == []
    assert [word for word in lacks if word in understood.question] == []


@pytest.mark.parametrize(("before", "question"), WHOLE, ids=[row[1] for row in WHOLE])
def test_a_full_new_question_inherits_nothing(library: Library, before: str, question: str) -> None:
    alone = library.understand(question)
    assert library.understand(question, previous=library.understand(before)) == alone
    assert not alone.kept


def test_the_answer_is_that_of_the_whole_question(library: Library) -> None:
    first = library.ask("甘南州对低保对象参加医保怎么资助？", keep=False)
    after = library.ask("那大兴安岭地区呢？", previous=first.understood, keep=False)
    whole = library.ask("大兴安岭地区对低保对象参加医保怎么资助？", keep=False)
    assert after.citations == whole.citations and after.answer == whole.answer
    assert after.question == "那大兴安岭地区呢？"


def test_a_chain_keeps_what_was_kept(library: Library) -> None:
    understood: Understanding | None = None
    for question in ("甘南州2022年农村自来水普及率目标是多少", "那大兴安岭地区呢", "2025年呢", "谁负责"):
        understood = library.understand(question, previous=understood)
    assert understood is not None
    for word in ("大兴安岭", "2025年", "自来水普及率", "负责"):
        assert word in understood.question
    assert understood.regions == ("大兴安岭地区",) and understood.years == (2025,)


def test_what_was_kept_is_said(library: Library) -> None:
    understood = library.understand("那谁负责", previous=library.understand("甘南州2022年就业任务有哪些"))
    assert ("地区", "甘南州") in understood.kept and ("年份", "2022年") in understood.kept
    assert spoken_of(understood).startswith("接上一问")
