"""Forms of questions and items: each has a weight, each is found, and the ones that suit each other rank higher."""

from __future__ import annotations

import pytest

from corpus.folding import fold
from corpus.wordlists import entries
from qa.evidence.forms import compute_fits, describe_item_forms, describe_question_forms, shipped_weights

ASKED_AND_TOLD = [
    ("买房一套补贴多少钱", "对新购住房的家庭给予每套2万元的一次性补贴。"),
    ("这件事由哪个部门牵头负责", "本项工作由市住房城乡建设局牵头，市财政局配合。"),
    ("怎么申请办理，流程是什么", "申请人登录平台提交申请，窗口受理并审核后公示。"),
    ("审批要几个工作日，时限多久", "受理之日起5个工作日内作出决定。"),
]


def test_weights_have_a_row_for_each_form_of_a_question_and_a_column_for_each_of_an_item() -> None:
    rows, columns = len(entries("qa", "question_forms.tsv")), len(entries("qa", "item_forms.tsv"))
    assert shipped_weights().shape == (rows, columns)


@pytest.mark.parametrize("place", range(len(ASKED_AND_TOLD)))
def test_an_item_is_raised_most_by_the_question_for_what_it_tells(place: int) -> None:
    told = describe_item_forms([fold(item) for _, item in ASKED_AND_TOLD])
    fits = [compute_fits(describe_question_forms(fold(question)), told, shipped_weights()) for question, _ in ASKED_AND_TOLD]
    raised = [row[place] for row in fits]
    assert raised.index(max(raised)) == place


def test_fits_are_told_beside_the_mean_of_the_items() -> None:
    told = describe_item_forms([fold(item) for _, item in ASKED_AND_TOLD])
    assert abs(compute_fits(describe_question_forms("补贴多少钱"), told, shipped_weights()).sum()) < 1e-9
    assert len(compute_fits(describe_question_forms("补贴多少钱"), describe_item_forms([]), shipped_weights())) == 0
