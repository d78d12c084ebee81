"""The registry of question kinds: every list of kinds in the project is the registry's, and each kind answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

import qa
from qa.answer import Understanding
from qa.evidence.scope import _COMPLETE
from qa.kinds import registry
from qa.kinds.registry import question_kinds
from qa.suggestions import following_questions
from qa.understanding import kinds
from qa.understanding.kinds import kind_of, kind_words, label_of_kind
from ui.page.ask.answers import understanding_chips

NAMES = tuple(kind.name for kind in kind_words())
ROOT = Path(str(resources.files(qa)))


def test_every_row_has_a_module_and_every_module_a_row() -> None:
    assert tuple(question_kinds()) == NAMES
    assert all(name == kind.name == kind.words.name for name, kind in question_kinds().items())
    assert len(set(NAMES)) == len(NAMES)
    assert len({kind.answer for kind in question_kinds().values()}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_answering_function_is_named_after_its_kind(name: str) -> None:
    assert question_kinds()[name].answer.__name__ == f"answer_{name}"


def test_a_row_without_a_module_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    more = (*kind_words(), kinds.KindWords("colour", "颜色", "", ("什么颜色",)))
    monkeypatch.setattr(registry, "kind_words", lambda: more)
    with pytest.raises(LookupError, match="colour"):
        registry.question_kinds.__wrapped__()


def test_rules_and_sets_name_registered_kinds() -> None:
    assert set(kinds._rules) <= set(NAMES)
    assert set(_COMPLETE) <= set(NAMES)
    assert {kinds.POLICY_LOOKUP, kinds.YES_NO} <= set(NAMES)


def compared_with_kind(tree: ast.AST) -> Iterator[str]:
    """The names that some ``x.kind`` of a question is compared with."""
    for node in ast.walk(tree):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        if any(isinstance(s, ast.Attribute) and s.attr == "kind" and isinstance(s.value, ast.Name) for s in sides):
            owners = {s.value.id for s in sides if isinstance(s, ast.Attribute) and isinstance(s.value, ast.Name)}
            if owners & {"parsed", "question", "previous", "understood"}:
                yield from (
                    c.value for s in sides for c in ast.walk(s) if isinstance(c, ast.Constant) and isinstance(c.value, str)
                )


def test_no_module_asks_for_a_kind_that_is_not_registered() -> None:
    modules = [path for path in sorted(ROOT.rglob("*.py")) if "study" not in path.parts]
    asked = {name for path in modules for name in compared_with_kind(ast.parse(path.read_text(encoding="utf-8")))}
    assert len(asked) > 3
    assert asked <= set(NAMES)


@pytest.mark.parametrize("kind", kind_words(), ids=NAMES)
def test_the_page_shows_the_label_and_never_offers_the_same_kind(kind: kinds.KindWords) -> None:
    assert kind.label and label_of_kind(kind.name) == kind.label
    understood = Understanding(kind.name, regions=("云岫县",), topics=("医疗保障",), units=("县林业局",))
    assert kind.label in str(understanding_chips(understood))
    offered = "".join(following_questions(understood))
    own = kind.follow_up.format(place="云岫县", topic="医疗保障", unit="县林业局")
    assert "云岫县" in offered and "{" not in offered
    assert not own or own not in offered


def test_a_name_of_no_kind_has_no_label() -> None:
    assert label_of_kind("colour") == ""


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("各地在医保上分别有什么不同？", "policy_lookup"),
        ("哪些地区提到控辍保学？", "multi_doc"),
        ("哪个部门印发的办法？", "provenance"),
        ("最晚哪天发布公告？", "deadline"),
        ("由哪个部门负责？", "responsible_unit"),
        ("能不能叠加享受？", "yes_no"),
        ("哪几个县试点？", "policy_lookup"),
        ("补助多少？", "target_value"),
        ("哪三项原则？", "list_tasks"),
        ("有没有补贴", "yes_no"),
        ("怎么申请", "policy_lookup"),
    ],
)
def test_kinds_by_cues_and_rules(question: str, kind: str) -> None:
    assert kind_of(question.replace("？", "?")) == kind
