"""The style of the house: what each rule finds, and that the tree has no larger share of findings than eval/style.json allows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.style import LIMITS, ModuleStyle, Words, check, shares, subject_faults

WORDS = Words.read()

FOUND = [
    # source, rules that find something, why
    ('def stated(text: str) -> bool:\n    """Say."""\n', ["one-word", "participle"], "a bare participle"),
    ('def _stated(text: str) -> bool:\n    """Say."""\n', ["one-word"], "private: one word, but no public name"),
    ('class A:\n    """A."""\n\n    def under(self) -> None:\n        """Do."""\n', ["one-word"], "a method has its class beside it"),
    ('def stated_units(text: str) -> bool:\n    """Say."""\n', [], "a participle with its noun"),
    ('def embed(text: str) -> bool:\n    """Embed."""\n', ["one-word"], "a verb that ends like a participle"),
    ('"""… where a value is asked for."""\n', ["fragment"], "goes on from somewhere"),
    ('"""cells of a table."""\n', ["fragment"], "a small letter"),
    ('"""cemai backup: copies."""\n', [], "the name of the command"),
    ('"""backup, restore: whole copies."""\n', [], "names of commands in front of a colon"),
    ('"""os.path for libraries."""\n', [], "the name of a module"),
    ('"""The row that stands beside its head."""\n', ["idiom"], "is"),
    ('"""What is told of a document."""\n', ["idiom"], "says"),
    ('"""A standing order."""\n', [], "another word"),
    ("LEAST = 0.42\n", ["undocumented-constant"], "a threshold without a unit"),
    ('LEAST = 0.42\n"""Share of concepts found."""\n', [], "a docstring behind it"),
    ("LEAST = 0.42  # share of concepts found\n", [], "a comment beside it"),
    ("# share of concepts found\nLEAST = 0.42\n", [], "a comment above it"),
    ("LONGEST = 42\n", [], "a whole number"),
    ('def do_it(a, b, c, d, e):\n    """Do."""\n', ["arguments"], "five parameters, none explained"),
    ('def do_it(a, b, c, d, e):\n    """Do.\n\n    Args:\n        a: One.\n    """\n', [], "explained"),
    ('def do_it(a, b, *, c, d, e):\n    """Do."""\n', ["arguments"], "by name as well"),
    ('def _do_it(a, b, c, d, e, f, g, h, i):\n    """Do."""\n', ["positional"], "nine by position"),
    ('def _do_it(a, b, c, d, e, f, *, g, h, i):\n    """Do."""\n', [], "some by name"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "rules", "why"), FOUND, ids=[row[2] for row in FOUND])
def test_what_the_rules_find(source: str, rules: list[str], why: str) -> None:
    found = ModuleStyle("a.py", source, WORDS).findings
    assert sorted(finding.rule for finding in found) == rules, why


def test_a_constant_of_many_modules_is_found(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / "qa").mkdir(exist_ok=True)
        (tmp_path / "qa" / f"{name}.py").write_text("SHOWN = 5\nOWN_" + name.upper() + " = 1\n", encoding="utf-8")
    findings, totals = check(tmp_path, ("qa",))
    assert [finding.name for finding in findings] == ["SHOWN"] * 4
    assert shares(findings, totals)["constant"] == 0.5


@pytest.mark.parametrize(
    ("message", "faults"),
    [
        ("index: mix words into the tail of the ranking\n\nbody\n", 0),
        ("# a comment of git\nindex, search: one way\n", 0),
        ("Merge branch 'main'\n", 0),
        ("index: " + "x" * 70 + "\n", 1),
        ("Fixed it.\n", 2),
        ("", 1),
    ],
)
def test_subjects_of_commits(message: str, faults: int) -> None:
    assert len(subject_faults(message)) == faults


def test_the_tree_keeps_to_the_style() -> None:
    limits = json.loads(LIMITS.read_text(encoding="utf-8"))
    found = shares(*check())
    assert found.keys() == limits.keys()
    above = {rule: share for rule, share in found.items() if share > limits[rule]}
    assert above == {}, "see: python tools/style.py --rule RULE. Mend what you added; a limit may be lowered, not raised"
