"""A floor counts only for the material it was set on."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tools.gold import KEY, MATERIAL, changed_material, fingerprint, group_of

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("CEMAI_SHARED", ROOT.parent / "shared"))


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    for pattern in {pattern for patterns in MATERIAL.values() for pattern in patterns}:
        path = tmp_path / pattern.replace("*", "one.txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pattern, encoding="utf-8")
    return tmp_path


def test_nothing_is_told_of_the_same_material(shared: Path) -> None:
    recorded = {group: fingerprint(shared, group) for group in MATERIAL}
    assert changed_material(shared, ["tasks_f1", "qa_accuracy", "ncp_recall@5"], recorded) == {}


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("eval/gold/qa.jsonl", ["qa"]),
        ("eval/gold/tasks.json", ["extraction"]),
        ("seeds/one.txt", ["extraction", "qa"]),
        ("eval/score.py", ["extraction", "ncp", "qa"]),
        ("seeds/another.txt", ["extraction", "qa"]),
        ("eval/gold/comparison.json", []),
    ],
)
def test_what_changed_is_told_for_the_figures_measured(shared: Path, name: str, groups: list[str]) -> None:
    recorded = {group: fingerprint(shared, group) for group in MATERIAL}
    (shared / name).write_text("changed", encoding="utf-8")
    told = changed_material(shared, ["tasks_f1", "units_f1", "qa_accuracy", "ncp_recall@5"], recorded)
    assert list(told) == groups
    assert all("--raise" in text for text in told.values())


def test_a_file_that_took_the_name_of_another_is_another(shared: Path) -> None:
    before = fingerprint(shared, "govmsg")
    (shared / "eval/govmsg/one.txt").rename(shared / "eval/govmsg/two.txt")
    assert fingerprint(shared, "govmsg") != before


def test_missing_material_is_an_error(shared: Path) -> None:
    (shared / "eval/gold/qa.jsonl").unlink()
    with pytest.raises(FileNotFoundError, match=r"qa\.jsonl"):
        fingerprint(shared, "qa")


def test_a_group_without_a_record_is_told(shared: Path) -> None:
    assert "not recorded" in changed_material(shared, ["comparison_cells"], {})["comparison"]


def test_every_floor_has_a_group_with_a_fingerprint() -> None:
    floors = json.loads((ROOT / "eval" / "floors.json").read_text(encoding="utf-8"))
    recorded = floors.pop(KEY)
    assert {group_of(name) for name in floors} == set(recorded) == set(MATERIAL)


def test_the_floors_are_those_of_the_shared_material() -> None:
    if not (SHARED / "eval" / "score.py").exists():
        pytest.skip("no evaluation material beside this checkout: nothing to compare with")
    floors = json.loads((ROOT / "eval" / "floors.json").read_text(encoding="utf-8"))
    assert changed_material(SHARED, [name for name in floors if name != KEY], floors[KEY]) == {}
