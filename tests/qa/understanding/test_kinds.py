"""What kind of question a question is, by its words."""

from __future__ import annotations

import pytest

from qa.understanding.kinds import kind_of


@pytest.mark.parametrize("question", ["推进绿色开采这项任务由哪两个部门指导", "新建水窖这项工作是哪三个单位配合"])
def test_who_does_something_is_no_list_of_tasks(question: str) -> None:
    assert kind_of(question) != "list_tasks"


def test_so_many_points_are_a_list() -> None:
    assert kind_of("保障措施分哪三个方面") == "list_tasks"
