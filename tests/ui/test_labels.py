"""Labels: every code of the program has one, and none has a second one elsewhere in the user interface."""

from __future__ import annotations

import ast
import typing
from pathlib import Path

import pytest

from cemai.library import VERDICTS as VERDICT_CODES
from graph import facts
from graph.codec import columns
from qa import answer
from ui import labels

UI = Path(labels.__file__).parent
TABLES = {
    name: value
    for found in (labels, columns)
    for name, value in vars(found).items()
    if isinstance(value, dict) and name.isupper()
}


def codes(hint: object) -> set[str]:
    return set(typing.get_args(hint))


@pytest.mark.parametrize(
    ("table", "known"),
    [
        (columns.TARGET_KINDS, codes(facts.TargetKind)),
        (columns.COMPARATORS, codes(facts.Comparator)),
        (labels.ANSWER_STATES, codes(answer.Status)),
        (labels.VERDICTS, set(VERDICT_CODES)),
    ],
)
def test_every_code_has_a_label(table: dict[str, str], known: set[str]) -> None:
    assert known and set(table) == known


def test_notices_are_kinds_of_notices() -> None:
    assert set(labels.NOTICES) <= codes(answer.NoticeKind)


def test_no_module_has_labels_of_its_own() -> None:
    own: list[tuple[str, str]] = []
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Dict) and path.name != "labels.py":
                keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                own += [(path.name, name) for name, table in TABLES.items() if len(keys & set(table)) > 2]
    assert own == [("feedback.py", "ANSWER_STATES")], "an answer in the list of answers is 已回答, in a paper 有依据"
