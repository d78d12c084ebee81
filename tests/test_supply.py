"""What the program is installed with: the bill of materials, NOTICE, lowest versions, and advisories held against the lock files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from tools.advisories import find_hits, is_affected, read_advisories
from tools.supply import (
    BEGIN,
    BILL,
    PackageFacts,
    Pin,
    facts_of_bill,
    facts_of_wheels,
    make_bill,
    make_notice,
    read_facts,
    read_pins,
    write_supply,
)

ROOT = Path(__file__).resolve().parents[1]
FLOORS = [
    line.split("\t")
    for line in (ROOT / "tools" / "data" / "floors.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PINS = read_pins(ROOT)


def test_bill_and_notice_are_those_of_the_lock_files() -> None:
    written = json.loads((ROOT / BILL).read_text(encoding="utf-8"))
    facts = facts_of_bill(ROOT / BILL)
    assert written == make_bill(PINS, facts, ROOT), "run: python tools/lock.py --describe"
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert notice == make_notice(notice, PINS, facts) and notice.startswith("策脉 cemai")


def test_every_package_states_a_licence_that_an_office_may_use() -> None:
    facts = facts_of_bill(ROOT / BILL)
    assert [pin.name for pin in PINS if not facts[pin.name].licence] == []
    free = {pin.name: facts[pin.name].licence for pin in PINS if pin.scope != "excluded"}
    strict = {name for name, licence in free.items() if "GPL" in str(licence) and "LGPL" not in str(licence)}
    assert strict == set()


def test_a_bill_has_the_shape_of_cyclonedx() -> None:
    bill = json.loads((ROOT / BILL).read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    refs = [one["bom-ref"] for one in bill["components"]]
    assert len(refs) == len(set(refs)) == len(PINS) > 100
    assert all(
        one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}" and one["type"] == "library" for one in bill["components"]
    )
    (own,) = bill["dependencies"]
    assert own["ref"] == bill["metadata"]["component"]["bom-ref"] and set(own["dependsOn"]) < set(refs)


@pytest.mark.parametrize(("name", "floor", "why"), FLOORS, ids=[floor[0] for floor in FLOORS])
def test_no_package_is_older_than_its_floor(name: str, floor: str, why: str) -> None:
    pinned = [pin for pin in PINS if pin.name == name]
    assert pinned and all(Version(pin.version) >= Version(floor) for pin in pinned), why
    assert Version(metadata.version(name)) >= Version(floor), why


@pytest.mark.parametrize(
    ("written", "licence", "why"),
    [
        ("License-Expression: MIT OR Apache-2.0\nLicense: BSD", "MIT OR Apache-2.0", "the expression is the newer field"),
        ("Classifier: License :: OSI Approved :: BSD License", "BSD-3-Clause", "a classifier"),
        ("License: MIT License", "MIT", "words"),
        ("License: Copyright (c) 2022 somebody\nClassifier: License :: OSI Approved :: MIT License", "MIT", "a whole text"),
        ("License: something of our own", None, "what is not known is not guessed"),
    ],
)
def test_licences_are_read_from_metadata(written: str, licence: str | None, why: str) -> None:
    head = "Name: P\nAuthor-email: Li Ming <li@example.cn>, Zhao <z@example.cn>\nProject-URL: Homepage, https://example.cn\n"
    facts = read_facts(Parser().parsestr(head + written))
    assert facts == PackageFacts(licence, "Li Ming, Zhao", "https://example.cn"), why


def test_wheels_tell_of_what_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "NOTICE").write_text("策脉 cemai\nown words\n", encoding="utf-8")
    (tmp_path / "requirements.lock").write_text("# x\nno-such.Package==1.2\nother-package==3\n", encoding="utf-8")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "no_such_package-1.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr("no_such_package-1.2.dist-info/METADATA", "Name: no_such.Package\nLicense-Expression: MIT\n\nText")
    assert facts_of_wheels(wheels) == {"no-such-package": PackageFacts("MIT")}
    assert write_supply(tmp_path, wheels) == ["other-package"]
    notice = (tmp_path / "NOTICE").read_text(encoding="utf-8")
    assert notice.startswith("策脉 cemai\nown words\n") and notice.count(BEGIN) == 1
    assert "no-such-package 1.2: MIT\n" in notice and "other-package 3: licence not stated\n" in notice
    first = (tmp_path / BILL).read_bytes()
    write_supply(tmp_path)  # without the wheels: what the bill has is kept
    assert (tmp_path / BILL).read_bytes() == first and (tmp_path / "NOTICE").read_text(encoding="utf-8") == notice


def advisory(number: str, name: str, *, ecosystem: str = "PyPI", **affected: Any) -> dict[str, Any]:
    entry = {"package": {"ecosystem": ecosystem, "name": name}, **affected}
    return {"id": number, "aliases": [f"CVE-{number}"], "summary": "a fault", "affected": [entry]}


def spans(*events: dict[str, str], kind: str = "ECOSYSTEM") -> dict[str, Any]:
    return {"ranges": [{"type": kind, "events": list(events)}]}


@pytest.mark.parametrize(
    ("entry", "version", "affected"),
    [
        (spans({"introduced": "0"}, {"fixed": "1.10"}), "1.9", True),
        (spans({"introduced": "0"}, {"fixed": "1.10"}), "1.10", False),
        (spans({"introduced": "0"}, {"fixed": "1.10"}), "1.10rc1", True),
        (spans({"introduced": "1.2"}, {"fixed": "1.4"}, {"introduced": "2.0"}, {"fixed": "2.1"}), "1.5", False),
        (spans({"introduced": "2.0"}, {"fixed": "2.1"}, {"introduced": "1.2"}, {"fixed": "1.4"}), "1.3", True),
        (spans({"introduced": "0"}, {"last_affected": "3.1"}), "3.1", True),
        (spans({"introduced": "0"}, {"last_affected": "3.1"}), "3.1.post1", False),
        (spans({"introduced": "5"}), "20251230", True),
        (spans({"introduced": "0"}, kind="GIT"), "1", False),
        ({"versions": ["1.0", "not-a-version", "1.0.1"]}, "1.0.1", True),
        ({"versions": ["1.0"]}, "1.0.0", True),
        ({"versions": ["1.0"]}, "1.1", False),
        ({}, "1", False),
    ],
)
def test_versions_are_compared_as_the_index_does(entry: dict[str, Any], version: str, affected: bool) -> None:
    assert is_affected(entry, version) is affected


def test_advisories_are_read_in_every_form_they_come_in(tmp_path: Path) -> None:
    some = [
        advisory("1", "Zope.Interface", **spans({"introduced": "0"}, {"fixed": "6"})),
        advisory("2", "zope_interface", **spans({"introduced": "9"})),
        advisory("3", "zope-interface", ecosystem="npm", **spans({"introduced": "0"})),
        {**advisory("4", "zope-interface", **spans({"introduced": "0"})), "withdrawn": "2026-01-01T00:00:00Z"},
    ]
    files = {
        "one a line": "\n".join(json.dumps(one) for one in some),
        "a list": json.dumps(some, indent=1),
        "an answer": json.dumps({"vulns": some}),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for one in some:
            archive.writestr(f"{one['id']}.json", json.dumps(one))
    pins = [Pin("zope-interface", "5.4", ("requirements.lock",)), Pin("unconcerned", "1", ("requirements.lock",))]
    for file in [*files, "all.zip"]:
        found, count = find_hits(read_advisories(tmp_path / file), pins)
        assert [hit.number for hit in found] == ["1"] and count == 3, file
        assert str(found[0]) == "zope-interface 5.4 (requirements.lock): 1, CVE-1: a fault; mended in 6"
    (tmp_path / "other").write_text('{"name": "no advisory"}', encoding="utf-8")
    with pytest.raises(ValueError, match="OSV"):
        list(read_advisories(tmp_path / "other"))


@pytest.mark.slow
def test_the_command_says_what_concerns_the_lock_files(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(advisory("X-1", "numpy", **spans({"introduced": "0"}))), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(advisory("X-2", "numpy", **spans({"introduced": "999"}))), encoding="utf-8")
    (tmp_path / "c.json").write_text("[]", encoding="utf-8")
    for name, status in (("a", 1), ("b", 0), ("c", 2)):
        done = subprocess.run(
            [sys.executable, "tools/advisories.py", str(tmp_path / f"{name}.json")], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == status, done.stderr
        assert ("numpy" in done.stdout) is (status == 1)
