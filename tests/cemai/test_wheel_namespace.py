"""The wheel has one top-level name: what is rewritten, what stops the build, and that the copy of the checkout hangs together."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools.wheel.namespace import PACKAGES, UnknownImport, copy_below, rewrite

ROOT = Path(__file__).resolve().parents[2]

WRITTEN = [
    # source, in the wheel, why
    ("from corpus.text import a\n", "from cemai.corpus.text import a\n", "an import"),
    ("from ui import exports\n", "from cemai.ui import exports\n", "a package itself"),
    ("def f():\n    from qa.engine import Engine\n", "def f():\n    from cemai.qa.engine import Engine\n", "inside a function"),
    ("from . import text\nfrom cemai.library import Library\n", None, "relative, and what is below it already"),
    ("from corpusless import a\nfrom index_of import b\n", None, "names that only begin alike"),
    ("from graph.kinds import (\n    KINDS,\n)\n", "from cemai.graph.kinds import (\n    KINDS,\n)\n", "over several lines"),
    ("w = '，'; from qa.answer import A\n", "w = '，'; from cemai.qa.answer import A\n", "behind characters of three bytes"),
    ("x = '\u2028'\nfrom qa.answer import A\n", "x = '\u2028'\nfrom cemai.qa.answer import A\n", "a line end only to str"),
    ("a = expand('qa', '{x}')\n", "a = expand('cemai.qa', '{x}')\n", "the package of a word list"),
    ("a = resources.files('ui.page')\n", "a = resources.files('cemai.ui.page')\n", "the package of a file"),
    ("a = 'ingest.formats.mail:read_mail'\n", "a = 'cemai.ingest.formats.mail:read_mail'\n", "a place in a registry"),
    ("a = ('graph/data/',)\n", "a = ('cemai.graph/data/',)\n", "a file named for its hash"),
    ("a = standing('graph', 'ui')\nb = 'index.faiss'\n", None, "words that are no packages"),
]


@pytest.mark.parametrize(("source", "expected", "why"), WRITTEN, ids=[row[2] for row in WRITTEN])
def test_what_is_rewritten(source: str, expected: str | None, why: str) -> None:
    assert rewrite(source, "a.py", {"qa.engine"}) == (expected or source)


@pytest.mark.parametrize("source", ["import corpus.text\n", "import os, ui\n", "name = 'qa.engine'\n"])
def test_what_would_not_be_found_stops_the_build(source: str) -> None:
    with pytest.raises(UnknownImport, match=r"a\.py:1"):
        rewrite(source, "a.py", {"qa.engine"})


def test_the_copy_names_no_package_outside_and_answers(tmp_path: Path) -> None:
    copy_below(ROOT, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["cemai"]
    for path in (tmp_path / "cemai").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert (node.module or "").split(".")[0] not in PACKAGES, (path, node.lineno)
    code = "import cemai, doctest, sys; print(doctest.testmod(cemai), sorted(set(sys.modules) & set(" + repr(PACKAGES) + ")))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PATH": "", "PYTHONPATH": str(tmp_path)},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert "failed=0" in done.stdout and done.stdout.strip().endswith("[]"), done.stdout + done.stderr
