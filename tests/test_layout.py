"""The shape of the project: who may import whom, whose names the packages are, nothing heavy on the fast paths."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("corpus", "ingest", "index", "graph", "qa", "cemai", "ui")


def test_imports_point_one_way() -> None:
    done = subprocess.run([sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
                          cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_owns_our_names(package: str) -> None:
    owners = set(metadata.packages_distributions().get(package, [])) - {"cemai"}
    assert not owners, f"{package} belongs to {owners} too"


def test_no_class_name_is_used_twice() -> None:
    found: dict[str, list[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert len(found) > 200
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def test_corpus_needs_only_the_standard_library() -> None:
    code = (
        "import sys, corpus.store, corpus.folding, corpus.divisions\n"
        "extra = {n.split('.')[0] for n in sys.modules} - set(sys.stdlib_module_names) - {'corpus', '__main__'}\n"
        "print(sorted(n for n in extra if not n.startswith(('_', 'sitecustomize', 'cemai'))))"
    )
    out = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"],
                         capture_output=True, text=True, check=True).stdout  # fmt: skip
    assert out.strip() in ("[]", "['_virtualenv']")


@pytest.mark.slow
@pytest.mark.parametrize("command", [["--help"], ["search", "x"], ["ask", "x"]])
def test_torch_and_gradio_stay_off_the_fast_paths(command: list[str], tmp_path: Path) -> None:
    sample = tmp_path / "通知.txt"
    sample.write_text("某县人民政府关于加强供水工作的通知\n一、加强管护。各乡镇要落实管护责任。", encoding="utf-8")
    code = (
        "import sys\nfrom ui.cli import main\n"
        f"main(['--library', {str(tmp_path / 'lib')!r}, 'ingest', {str(sample)!r}])\n"
        f"try:\n    main(['--library', {str(tmp_path / 'lib')!r}, *{command!r}])\nexcept SystemExit:\n    pass\n"
        "print('LOADED', sorted({'torch', 'gradio', 'sentence_transformers', 'pandas', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "LOADED []" in done.stdout
