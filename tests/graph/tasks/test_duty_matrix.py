"""Tasks whose units are the marked columns of a table."""

import pytest

from graph.tasks.find import find_tasks
from ingest.reader import read

MATRIX = (
    "望江市河道整治任务分工表\n重点任务\t市水务局\t市公安局\t市财政局\n"
    "清除河道违建\t{lead}\t{support}\t\n落实管护资金\t{support}\t\t{lead}\n打击非法采砂\t{support}\t{lead}\t\n"
)


@pytest.mark.parametrize(("lead", "support"), [("牵头", "配合"), ("主办", "协办"), ("牵头单位", "配合单位"), ("负责", "参与")])
def test_the_marked_units_of_a_row_are_those_of_its_task(lead: str, support: str) -> None:
    doc = read(MATRIX.format(lead=lead, support=support).encode(), "分工.txt")
    units = {task.name: {(unit.name, unit.role) for unit in task.units} for task in find_tasks(doc)}
    assert units == {
        "清除河道违建": {("市水务局", "lead"), ("市公安局", "supporting")},
        "落实管护资金": {("市财政局", "lead"), ("市水务局", "supporting")},
        "打击非法采砂": {("市公安局", "lead"), ("市水务局", "supporting")},
    }


def test_other_tables_hold_no_such_tasks() -> None:
    doc = read("河道情况\n河道名称\t市水务局\t市公安局\n青河治理\t12.5\t3\n白河治理\t8.4\t2\n".encode(), "情况.txt")
    assert list(find_tasks(doc)) == []
