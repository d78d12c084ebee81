"""How a checkout is built, measured on its syntax trees: sizes, imports and circles, names, Chinese in patterns, loose types.

    python tools/structure_report.py [--checkout DIR] [--json]

Nothing of the checkout is imported. What the figures count:

- a folder counts where it holds a module itself; lines are all lines of a file
- an arrow is a pair of modules of our own of which one imports the other: at the top (class bodies, ``try`` and ``if`` included), in a
  function, or for types only (under ``if TYPE_CHECKING``); that a module also runs the ``__init__`` of the folders it lies in is not
  counted
- a circle is a strongly connected component of more than one module; imports for types only make none
- against the stream is what does not go ui → cemai → qa → ingest | index | graph → corpus; the three in the middle do not know each other
- a public class stands at the top of its module and does not begin with an underscore
- functions are all ``def``, methods and nested ones too, without dunder methods; one word means no underscore inside the name
- patterns are calls of the functions of ``re`` that take one; their Chinese is that of string constants in the argument, parts of
  f-strings too; constants of the module that the argument refers to by name are counted apart, each once
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PACKAGES = ("corpus", "ingest", "index", "graph", "qa", "cemai", "ui")
STREAM = {"ui": 0, "cemai": 1, "qa": 2, "ingest": 3, "index": 3, "graph": 3, "corpus": 4}
PATTERN_FUNCTIONS = frozenset({"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
ARGS = re.compile(r"^\s*(?:Args|Arguments|Parameters):?\s*$", re.MULTILINE)
EXAMPLE = re.compile(r"^\s*(?:Examples?:{0,2}\s*$|>>> )", re.MULTILINE)
TOP, INSIDE, TYPES = "top", "in functions", "for types"
SHOWN = 20


@dataclass
class Module:
    """What was counted in one module."""

    name: str
    folder: str
    lines: int = 0
    imports: dict[str, set[str]] = field(default_factory=lambda: {TOP: set(), INSIDE: set(), TYPES: set()})
    statements_inside: int = 0
    classes: list[str] = field(default_factory=list)
    functions: int = 0
    one_word: int = 0
    patterns: int = 0
    patterns_han: int = 0
    han: int = 0
    han_named: int = 0
    loose: int = 0
    docstrings: int = 0
    with_args: int = 0
    with_example: int = 0

    @property
    def package(self) -> str:
        """The package at the top."""
        return self.name.partition(".")[0]


def found_modules(checkout: Path) -> dict[str, Path]:
    """Every module of our packages by its dotted name."""
    found: dict[str, Path] = {}
    for package in PACKAGES:
        if not (checkout / package / "__init__.py").exists():
            continue
        for path in sorted((checkout / package).rglob("*.py")):
            parts = path.relative_to(checkout).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


class Reader(ast.NodeVisitor):
    """Counts what stands in one module."""

    def __init__(self, module: Module, known: Iterable[str], *, package: bool) -> None:
        self.module, self.known, self.is_package = module, frozenset(known), package
        self.depth, self.for_types = 0, False
        self.re_names: set[str] = set()
        self.re_functions: set[str] = set()
        self.constants: dict[str, ast.expr] = {}
        self.named: set[str] = set()

    def read(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.re_names |= {alias.asname or alias.name for alias in node.names if alias.name == "re"}
            elif isinstance(node, ast.ImportFrom) and node.module == "re" and not node.level:
                self.re_functions |= {alias.asname or alias.name for alias in node.names if alias.name in PATTERN_FUNCTIONS}
            elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                self._docstring(ast.get_docstring(node))
        for statement in tree.body:
            if isinstance(statement, ast.Assign):
                self.constants |= {target.id: statement.value for target in statement.targets if isinstance(target, ast.Name)}
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
                self.constants[statement.target.id] = statement.value
            elif isinstance(statement, ast.ClassDef) and not statement.name.startswith("_"):
                self.module.classes.append(statement.name)
        self.visit(tree)
        self.module.han_named = sum(sum(map(han, texts(self.constants[name]))) for name in self.named)

    def _docstring(self, text: str | None) -> None:
        if text:
            self.module.docstrings += 1
            self.module.with_args += bool(ARGS.search(text))
            self.module.with_example += bool(EXAMPLE.search(text))

    # ---- imports

    def visit_If(self, node: ast.If) -> None:
        test = node.test
        name = test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else ""
        if name != "TYPE_CHECKING":
            self.generic_visit(node)
            return
        before, self.for_types = self.for_types, True
        for statement in node.body:
            self.visit(statement)
        self.for_types = before
        for statement in node.orelse:
            self.visit(statement)

    def visit_Import(self, node: ast.Import) -> None:
        self._imported(alias.name for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = node.module or ""
        if node.level:
            parts = self.module.name.split(".")
            kept = len(parts) - node.level + (1 if self.is_package else 0)
            base = ".".join([*parts[:kept], *([node.module] if node.module else [])])
        self._imported(f"{base}.{alias.name}" if f"{base}.{alias.name}" in self.known else base for alias in node.names)

    def _imported(self, names: Iterable[str]) -> None:
        ours = {name for name in names if name in self.known and name != self.module.name}
        kind = TYPES if self.for_types else INSIDE if self.depth else TOP
        self.module.imports[kind] |= ours
        self.module.statements_inside += bool(ours) and kind == INSIDE

    # ---- functions, patterns, types

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if not (node.name.startswith("__") and node.name.endswith("__")):
            self.module.functions += 1
            self.module.one_word += "_" not in node.name.strip("_")
        for decorator in node.decorator_list:
            self.visit(decorator)
        self.depth += 1
        for part in (node.args, *([node.returns] if node.returns else []), *node.body):
            self.visit(part)
        self.depth -= 1

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Call(self, node: ast.Call) -> None:
        call = node.func
        if isinstance(call, ast.Attribute):
            pattern = call.attr in PATTERN_FUNCTIONS and isinstance(call.value, ast.Name) and call.value.id in self.re_names
        else:
            pattern = isinstance(call, ast.Name) and call.id in self.re_functions
        if pattern:
            given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "pattern")]
            for argument in given[:1]:
                count = sum(map(han, texts(argument)))
                self.module.patterns += 1
                self.module.patterns_han += bool(count)
                self.module.han += count
                self.named |= {part.id for part in ast.walk(argument) if isinstance(part, ast.Name) and part.id in self.constants}
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self.module.loose += node.id == "Any"

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.module.loose += node.attr == "Any" and isinstance(node.value, ast.Name) and node.value.id in ("typing", "t")
        self.generic_visit(node)


def texts(node: ast.AST) -> Iterator[str]:
    """The string constants in an expression; a pattern compiled in it counts by itself."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in PATTERN_FUNCTIONS - {"split", "sub"}
    ):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from texts(child)


def han(text: str) -> int:
    """Chinese characters in a text."""
    return len(HAN.findall(text))


def measured(checkout: Path) -> dict[str, Module]:
    """Every module, counted."""
    paths = found_modules(checkout)
    modules: dict[str, Module] = {}
    for name, path in paths.items():
        source = path.read_text(encoding="utf-8")
        module = Module(name, str(path.parent.relative_to(checkout)), lines=len(source.splitlines()))
        Reader(module, paths, package=path.name == "__init__.py").read(ast.parse(source, str(path)))
        modules[name] = module
    return modules


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected components of more than one module (Tarjan), the largest first."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []
    for root in arrows:
        if root in order:
            continue
        work: list[tuple[str, Iterator[str]]] = [(root, iter(sorted(arrows[root])))]
        order[root] = low[root] = len(order)
        stack.append(root)
        while work:
            node, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    at = stack.index(node)
                    component, stack[at:] = stack[at:], []
                    if len(component) > 1:
                        found.append(sorted(component))
            elif following not in order:
                order[following] = low[following] = len(order)
                stack.append(following)
                work.append((following, iter(sorted(arrows[following]))))
            elif following in stack:
                low[node] = min(low[node], order[following])
    return sorted(found, key=lambda component: (-len(component), component))


def upstream(source: str, target: str) -> bool:
    """Whether an arrow between two modules goes against the stream."""
    first, second = source.partition(".")[0], target.partition(".")[0]
    return first != second and STREAM[first] >= STREAM[second]


def summary(modules: list[Module]) -> dict[str, Any]:
    """The figures of some modules together."""
    folders = Counter(module.folder for module in modules)
    arrows = {kind: {(m.name, other) for m in modules for other in m.imports[kind]} for kind in (TOP, INSIDE, TYPES)}
    functions = sum(m.functions for m in modules)
    fullest = max(folders.items(), key=lambda item: item[1], default=("", 0))
    patterns = sum(m.patterns for m in modules)
    return {
        "modules": len(modules),
        "lines": sum(m.lines for m in modules),
        "folders": len(folders),
        "modules a folder": round(len(modules) / max(1, len(folders)), 1),
        "most in a folder": fullest[1],
        "arrows at the top": len(arrows[TOP]),
        "arrows in functions": len(arrows[INSIDE] - arrows[TOP]),
        "arrows for types only": len(arrows[TYPES] - arrows[TOP] - arrows[INSIDE]),
        "import statements of ours in functions": sum(m.statements_inside for m in modules),
        "against the stream, at the top": sum(upstream(*arrow) for arrow in arrows[TOP]),
        "against the stream, in functions": sum(upstream(*arrow) for arrow in arrows[INSIDE] - arrows[TOP]),
        "against the stream, for types only": sum(upstream(*arrow) for arrow in arrows[TYPES] - arrows[TOP] - arrows[INSIDE]),
        "public classes": sum(len(m.classes) for m in modules),
        "functions": functions,
        "functions of one word": sum(m.one_word for m in modules),
        "functions of one word, %": round(100 * sum(m.one_word for m in modules) / max(1, functions), 1),
        "patterns": patterns,
        "patterns with Chinese": sum(m.patterns_han for m in modules),
        "Chinese characters in patterns": sum(m.han for m in modules),
        "Chinese in constants patterns name": sum(m.han_named for m in modules),
        "uses of Any": sum(m.loose for m in modules),
        "docstrings": sum(m.docstrings for m in modules),
        "docstrings with arguments": sum(m.with_args for m in modules),
        "docstrings with an example": sum(m.with_example for m in modules),
    }


def report(checkout: Path) -> dict[str, Any]:
    """All figures and lists."""
    modules = measured(checkout)
    groups: dict[str, list[Module]] = defaultdict(list)
    for module in modules.values():
        groups[module.package].append(module)
    top = {name: module.imports[TOP] for name, module in modules.items()}
    running = {name: module.imports[TOP] | module.imports[INSIDE] for name, module in modules.items()}
    classes: dict[str, list[str]] = defaultdict(list)
    for module in modules.values():
        for name in module.classes:
            classes[name].append(module.name)
    between = Counter((m.package, other.partition(".")[0]) for m in modules.values() for other in running[m.name])
    chinese = sorted((m for m in modules.values() if m.han or m.han_named), key=lambda m: (-m.han, -m.han_named, m.name))
    return {
        "figures": {name: summary(groups[name]) for name in PACKAGES if name in groups} | {"all": summary([*modules.values()])},
        "folders": dict(Counter(module.folder for module in modules.values()).most_common()),
        "between packages": {f"{a} → {b}": count for (a, b), count in between.most_common() if a != b},
        "circles at the top": circles(top),
        "circles with imports in functions": circles(running),
        "against the stream": sorted(
            f"{m.name} → {other} ({kind})"
            for m in modules.values()
            for kind in (TOP, INSIDE, TYPES)
            for other in m.imports[kind]
            if upstream(m.name, other)
        ),
        "classes defined more than once": {name: places for name, places in sorted(classes.items()) if len(places) > 1},
        "Chinese in patterns by module": [
            {"module": m.name, "characters": m.han, "patterns": m.patterns_han, "by name": m.han_named} for m in chinese[:SHOWN]
        ],
        "modules with Chinese in patterns": sum(bool(m.han) for m in modules.values()),
    }


def print_report(found: dict[str, Any]) -> None:
    columns = list(found["figures"])
    print(f"{'':40}" + "".join(f"{name:>9}" for name in columns))
    for measure in found["figures"]["all"]:
        print(f"{measure:40}" + "".join(f"{found['figures'][name][measure]:>9,}" for name in columns))
    print("\nmodules by folder")
    for folder, count in found["folders"].items():
        print(f"{count:>6}  {folder}")
    print("\narrows between packages, in functions too")
    for arrow, count in found["between packages"].items():
        print(f"{count:>6}  {arrow}")
    for title in ("circles at the top", "circles with imports in functions"):
        print(f"\n{title}: {len(found[title])}, of {sum(map(len, found[title]))} modules")
        for component in found[title]:
            print(f"{len(component):>6}  {', '.join(component)}")
    print(f"\nagainst the stream: {len(found['against the stream'])}")
    for arrow in found["against the stream"]:
        print(f"        {arrow}")
    repeated = found["classes defined more than once"]
    print(f"\npublic classes of one name defined more than once: {len(repeated)}")
    for name, places in repeated.items():
        print(f"{len(places):>6}  {name}: {', '.join(places)}")
    print(f"\nChinese in patterns: {found['modules with Chinese in patterns']} modules, the {SHOWN} with most")
    print(f"{'characters':>12}{'patterns':>10}{'by name':>9}  module")
    for row in found["Chinese in patterns by module"]:
        print(f"{row['characters']:>12,}{row['patterns']:>10}{row['by name']:>9,}  {row['module']}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkout", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--json", action="store_true", help="one JSON value with all figures and lists")
    args = parser.parse_args()
    found = report(args.checkout.resolve())
    if not found["figures"]["all"]["modules"]:
        print(f"none of our packages in {args.checkout}")
        return 2
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print_report(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
