"""Put the packages of the checkout below one name: ``corpus/document.py`` becomes ``cemai/corpus/document.py``.

In the checkout the packages lie side by side, which editors, type checkers, import-linter and editable installations all understand.
Nobody should find six generic names in ``site-packages``, so the wheel is made from a copy in which every import of one package by
another names ``cemai`` in front. Only the standard library is needed here.
"""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

TOP = "cemai"
PACKAGES = ("corpus", "ingest", "index", "graph", "qa", "ui")
"""The packages that go below ``cemai``, beside its own modules."""
_READERS = frozenset({"files", "entries", "word_lists", "expand"})
"""Functions whose first argument names a package: the data files of ``importlib.resources`` and ``corpus.wordlists``."""
_FIRST = "|".join(PACKAGES)
_PACKAGE = re.compile(rf"(?:{_FIRST})(?:\.\w+)*")
_OBJECT = re.compile(rf"(?:{_FIRST})(?:\.\w+)+:\w+")
"""A place in a registry: ``ingest.formats.plain:read_text``."""
_FILE = re.compile(rf"(?:{_FIRST})(?:\.\w+)*/[\w./]*")
"""A file of a package, as ``graph.documents.kept_readings.version_of`` takes it."""
_FROM = re.compile(rb"from\s+")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "*.pyo", ".*")


class UnknownImport(Exception):
    """A line that names a package in a way that this module does not put below ``cemai``."""


def copy_below(root: Path, target: Path) -> None:
    """Copy the packages of a checkout to ``target/cemai``, with their imports.

    Args:
        root: The checkout.
        target: A folder; what it holds under that name is replaced.

    Raises:
        UnknownImport: Where a module names a package in a form that would not be found below ``cemai``.
    """
    top = target / TOP
    shutil.rmtree(top, ignore_errors=True)
    shutil.copytree(root / TOP, top, ignore=_LEFT_OUT)
    for package in PACKAGES:
        if (top / package).exists() or (top / f"{package}.py").exists():
            raise UnknownImport(f"{TOP} has a module {package} of its own")
        shutil.copytree(root / package, top / package, ignore=_LEFT_OUT)
    modules = {_module(path.relative_to(root)) for package in PACKAGES for path in (root / package).rglob("*.py")}
    for path in sorted(top.rglob("*.py")):
        path.write_text(rewrite(path.read_text(encoding="utf-8"), str(path.relative_to(target)), modules), encoding="utf-8")


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def rewrite(source: str, name: str, modules: set[str] | frozenset[str] = frozenset()) -> str:
    """A module with ``cemai`` in front of the packages that it imports or names.

    Args:
        source: The text of the module.
        name: What it is called in messages.
        modules: The modules there are; a string that names one and is not put below ``cemai`` is an error.

    Raises:
        UnknownImport: For ``import corpus.text`` and strings that name a module otherwise than in one of the known ways.

    Example:
        >>> rewrite("from corpus.text import readable\\nrows = entries('qa', 'kinds.tsv')", "a.py")
        "from cemai.corpus.text import readable\\nrows = entries('cemai.qa', 'kinds.tsv')"
    """
    tree = ast.parse(source)
    lines = source.encode().splitlines(keepends=True)  # as the parser counts them: only at line feeds
    places: list[tuple[int, int]] = []
    named = _package_arguments(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name.split(".")[0] in PACKAGES for alias in node.names):
            raise UnknownImport(f"{name}:{node.lineno}: write `from package.module import name`, not `{ast.unparse(node)}`")
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] in PACKAGES:
            word = _FROM.match(lines[node.lineno - 1], node.col_offset)
            assert word is not None, "an import begins with its keyword"
            places.append((node.lineno, word.end()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node in named or _OBJECT.fullmatch(node.value) or _FILE.fullmatch(node.value):
                # behind the quotation mark: no such string has a prefix or three of them
                places.append((node.lineno, node.col_offset + 1))
            elif "." in node.value and node.value in modules:
                raise UnknownImport(f"{name}:{node.lineno}: {node.value!r} would not be found below {TOP}")
    for line, column in sorted(places, reverse=True):
        written = lines[line - 1]
        lines[line - 1] = written[:column] + f"{TOP}.".encode() + written[column:]
    return b"".join(lines).decode()


def _package_arguments(tree: ast.AST) -> set[ast.Constant]:
    """The strings that are given to a reader of data files as the name of a package."""
    found: set[ast.Constant] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        if function not in _READERS or not isinstance(first, ast.Constant):
            continue
        if isinstance(first.value, str) and _PACKAGE.fullmatch(first.value):
            found.add(first)
    return found
