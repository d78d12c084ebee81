"""What other programs may rely on: the names, their types, their examples, and that importing them costs nothing."""

from __future__ import annotations

import ast
import doctest
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

import cemai

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "tests" / "data" / "example_project" / "report.py"
NAMES = {
    "Answer", "Comparison", "Filters", "HeadMatter", "Library", "ParsedDocument", "PolicyError", "Provision", "RefusedInput",
    "Section", "Span", "Target", "Task", "Term", "extract", "read",
}  # fmt: skip
NOTICE = "云岭县人民政府关于管护公厕的通知\n\n" + "".join(f"{n}。各乡镇要管好第{n}座公厕。\n" for n in range(3000))


def test_the_public_names_are_pinned() -> None:
    assert set(cemai.__all__) == NAMES
    assert set(dir(cemai)) >= NAMES
    for name in NAMES:
        assert getattr(cemai, name).__doc__, name
    with pytest.raises(AttributeError, match="has no attribute 'Corpus'"):
        _ = cemai.Corpus  # type: ignore[attr-defined]


def test_type_checkers_and_the_program_import_from_the_same_places() -> None:
    tree = ast.parse(Path(cemai.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    seen = {
        alias.asname: f"{node.module}:{alias.name}"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == cemai._HOMES
    assert set(seen) == NAMES


@pytest.mark.parametrize("module", ["cemai", "cemai.reading"])
def test_examples_do_what_they_say(module: str) -> None:
    done = doctest.testmod(import_module(module))
    assert done.attempted > 5
    assert not done.failed


def test_importing_loads_nothing_of_the_program() -> None:
    code = (
        "import sys; before = set(sys.modules); import cemai\n"
        "print(sorted(n for n in set(sys.modules) - before if n.split('.')[0] not in sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['cemai']"


def test_values_do_not_print_whole_texts(tmp_path: Path) -> None:
    (tmp_path / "通知.txt").write_text(NOTICE, encoding="utf-8")
    document = cemai.read(tmp_path / "通知.txt")
    with cemai.Library.open(tmp_path / "库") as library:
        library.ingest([tmp_path / "通知.txt"])
        answer = library.ask("公厕谁来管？")
        comparison = library.compare("公厕")
        for value in (document, cemai.extract(document), library, answer, comparison):
            assert len(repr(value)) < 300, repr(value)
            assert "管好" not in repr(value)
    assert "云岭县" in repr(document)


def test_bytes_need_a_name_and_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="name"):
        cemai.read(b"x")
    with pytest.raises(cemai.RefusedInput) as refused:
        cemai.read(tmp_path / "没有.txt")
    assert refused.value.reason == "unreadable"
    assert isinstance(refused.value, cemai.PolicyError)


def test_a_format_that_a_child_reads_gives_the_same_values() -> None:
    sample = ROOT / "corpus" / "samples" / "青禾市帮扶机制实施意见.docx"
    document = cemai.read(sample)
    assert document.format == "docx"
    found = cemai.extract(document)
    assert found.tasks
    for fact in (*found.tasks, *found.targets, *found.provisions, *found.terms):
        assert document.text[fact.start : fact.end] == fact.quote


def test_type_checkers_see_the_types_of_an_editable_installation_too() -> None:
    homes = {home.partition(".")[0] for home in cemai._HOMES.values()} | {"ingest", "index", "ui", "cemai"}
    assert [home for home in sorted(homes) if not (ROOT / home / "py.typed").exists()] == [], "their values would be Any"


@pytest.mark.slow
def test_a_program_that_uses_it_passes_the_strict_type_checker(tmp_path: Path) -> None:
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed: the example program is not type-checked")
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import cemai\n\ndocument = cemai.read('a.txt')\ndocument.head.title.upper()\n", encoding="utf-8")
    # with the settings and the cache of the project, which are strict too: what is checked here is not checked again
    options = ["--config-file", str(ROOT / "pyproject.toml"), "--strict", "--no-error-summary"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(EXAMPLE), str(wrong)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert len(lines) == 1, done.stdout + done.stderr
    assert lines[0].endswith('wrong.py:4: error: Item "None" of "str | None" has no attribute "upper"  [union-attr]')
