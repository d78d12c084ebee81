"""The style of the house, checked on syntax trees: names, docstrings, what a signature asks of its caller.

    python tools/style.py                     findings counted by rule
    python tools/style.py --rule idiom        each finding of a rule, as path:line
    python tools/style.py --rule any qa       all of a package
    python tools/style.py --subject FILE      the subject of a commit message (a hook runs it)

Rules, each with the share of its findings that eval/style.json allows (0 where none is allowed):

- ``participle``: a public function at the top of a module is named by a bare participle or preposition (``stated``, ``under``); a name
  says verb and object, or what it gives (``find_answerable_units``, ``region_of``)
- ``one-word``: any function named by one word
- ``constant``: a public constant's name is defined in four modules or more, so that one has to read which is meant
- ``fragment``: a docstring begins inside a sentence, with … or a small letter (names in front of a colon may)
- ``idiom``: a docstring says where something stands, what is held or told, where *is*, *has* or *contains* would do
- ``arguments``: a public function of five parameters or more explains none of them
- ``positional``: a function takes more than eight parameters by position
- ``undocumented-constant``: a public float at the top of a module has neither comment nor docstring: a threshold has a unit and a home

Nothing is imported. Words of the rules are in tools/data/style_words.tsv.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("corpus", "ingest", "index", "graph", "qa", "cemai", "ui")
LIMITS = ROOT / "eval" / "style.json"
SUBJECT = 72
"""Characters of the subject of a commit."""
MANY_MODULES = 4
MANY_PARAMETERS = 5
MOST_POSITIONAL = 8
_AREA = re.compile(r"[a-z][\w ,/.-]*: \S")
_ARGUMENTS = re.compile(r"^\s*(?:Args|Arguments|Parameters):\s*$", re.MULTILINE)
_FRAGMENT = re.compile(r"\s*(?:…|\.\.\.|(?!cemai\b|[a-z][a-z ,]{0,60}:)[a-z](?![\w]*[_.(]))")


@dataclass(frozen=True)
class Finding:
    """A place that breaks a rule.

    Attributes:
        name: The name or words it is about.
    """

    rule: str
    path: str
    line: int
    name: str


@dataclass(frozen=True)
class Words:
    """Lists of words by rule, from tools/data/style_words.tsv."""

    participles: frozenset[str]
    prepositions: frozenset[str]
    verbs: frozenset[str]
    idioms: re.Pattern[str]

    @classmethod
    def read(cls, path: Path = ROOT / "tools" / "data" / "style_words.tsv") -> Words:
        """Read the lists: a name, a tabulator, words apart by blanks (phrases with underscores)."""
        lists = dict(line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
        phrases = "|".join(phrase.replace("_", r"\s+") for phrase in lists["idioms"].split())
        idioms = re.compile(rf"\b(?:{phrases})\b")
        return cls(*(frozenset(lists[name].split()) for name in ("participles", "prepositions", "verbs")), idioms)

    def is_bare(self, name: str) -> bool:
        """Whether a name is a participle or a preposition and nothing else.

        >>> words = Words.read()
        >>> [name for name in ("stated", "under", "embed", "read", "stated_units") if words.is_bare(name)]
        ['stated', 'under']
        """
        if name in self.verbs:
            return False
        return (
            name in self.participles or name in self.prepositions or (name.endswith("ed") and "_" not in name and len(name) > 4)
        )


class ModuleStyle(ast.NodeVisitor):
    """The findings of one module, and what they are counted against."""

    def __init__(self, path: str, source: str, words: Words) -> None:
        self.path = path
        self.words = words
        self.lines = source.splitlines()
        self.findings: list[Finding] = []
        self.totals: Counter[str] = Counter()
        self.constants: dict[str, int] = {}
        self._depth: list[str] = []
        tree = ast.parse(source)
        self._look_at_docstring(tree, Path(path).stem, 1)
        self._look_at_constants(tree)
        self.visit(tree)

    def _find(self, rule: str, line: int, name: str) -> None:
        self.findings.append(Finding(rule, self.path, line, name))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Look at a class and what is inside."""
        self._look_at_docstring(node, node.name, node.lineno)
        self._depth.append("class")
        self.generic_visit(node)
        self._depth.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Look at a function and what is inside."""
        self._look_at_docstring(node, node.name, node.lineno)
        name = node.name
        if not name.startswith("__"):
            self.totals["one-word"] += 1
            if "_" not in name.strip("_"):
                self._find("one-word", node.lineno, name)
            if not self._depth and not name.startswith("_"):
                self.totals["participle"] += 1
                if self.words.is_bare(name):
                    self._find("participle", node.lineno, name)
        self._look_at_parameters(node)
        self._depth.append("function")
        self.generic_visit(node)
        self._depth.pop()

    visit_AsyncFunctionDef = visit_FunctionDef

    def _look_at_parameters(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        positional = [
            argument.arg for argument in (*node.args.posonlyargs, *node.args.args) if argument.arg not in ("self", "cls")
        ]
        self.totals["positional"] += 1
        if len(positional) > MOST_POSITIONAL:
            self._find("positional", node.lineno, node.name)
        if (
            len(positional) + len(node.args.kwonlyargs) >= MANY_PARAMETERS
            and not node.name.startswith("_")
            and "function" not in self._depth
        ):
            self.totals["arguments"] += 1
            if not _ARGUMENTS.search(ast.get_docstring(node) or ""):
                self._find("arguments", node.lineno, node.name)

    def _look_at_docstring(
        self, node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, name: str, line: int
    ) -> None:
        text = ast.get_docstring(node)
        if text is None:
            return
        self.totals["fragment"] += 1
        self.totals["idiom"] += 1
        if _FRAGMENT.match(text):
            self._find("fragment", line, name)
        if found := self.words.idioms.search(text):
            self._find("idiom", line, f"{name}: {found.group()}")

    def _look_at_constants(self, tree: ast.Module) -> None:
        for place, node in enumerate(tree.body):
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
            for target in targets:
                if not isinstance(target, ast.Name) or not target.id.isupper() or target.id.startswith("_"):
                    continue
                self.totals["constant"] += 1
                self.constants[target.id] = node.lineno
                if isinstance(value, ast.Constant) and isinstance(value.value, float):
                    self.totals["undocumented-constant"] += 1
                    if not self._is_explained(tree, place, node):
                        self._find("undocumented-constant", node.lineno, target.id)

    def _is_explained(self, tree: ast.Module, place: int, node: ast.stmt) -> bool:
        following = tree.body[place + 1] if place + 1 < len(tree.body) else None
        docstring = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
        above = self.lines[node.lineno - 2].lstrip() if node.lineno > 1 else ""
        return docstring or above.startswith("#") or "#" in self.lines[node.lineno - 1]


def check(root: Path = ROOT, packages: tuple[str, ...] = PACKAGES) -> tuple[list[Finding], Counter[str]]:
    """Look at every module of some packages.

    Returns:
        The findings, and for each rule how many places could have broken it.
    """
    words = Words.read()
    findings: list[Finding] = []
    totals: Counter[str] = Counter()
    constants: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            module = ModuleStyle(name, path.read_text(encoding="utf-8"), words)
            findings += module.findings
            totals += module.totals
            for constant, line in module.constants.items():
                constants[constant].append((name, line))
    for constant, places in constants.items():
        if len(places) >= MANY_MODULES:
            findings += [Finding("constant", path, line, constant) for path, line in places]
    return findings, totals


def shares(findings: list[Finding], totals: Counter[str]) -> dict[str, float]:
    """The share of places that break each rule."""
    counts = Counter(finding.rule for finding in findings)
    return {rule: counts[rule] / total if total else 0.0 for rule, total in sorted(totals.items())}


def subject_faults(message: str) -> list[str]:
    """What is wrong with the subject of a commit message.

    >>> subject_faults("index: mix words into the tail of the ranking")
    []
    >>> subject_faults("Fixed it.")
    ['the subject names no area in front of a colon, such as "index: "', 'the subject ends with a full stop']
    """
    subject = next((line for line in message.splitlines() if line.strip() and not line.startswith("#")), "")
    if subject.startswith(("Merge ", "Revert ", "fixup! ", "squash! ")):
        return []
    faults = []
    if len(subject) > SUBJECT:
        faults.append(f"the subject has {len(subject)} characters; {SUBJECT} at most, the why belongs into the body")
    if not _AREA.match(subject):
        faults.append('the subject names no area in front of a colon, such as "index: "')
    if subject.endswith("."):
        faults.append("the subject ends with a full stop")
    return faults


def listed(findings: list[Finding], rule: str) -> Iterator[str]:
    """Findings of a rule as lines for an editor."""
    for finding in findings:
        if rule in ("any", finding.rule):
            yield f"{finding.path}:{finding.line}: {finding.rule}: {finding.name}"


def main() -> int:
    """Run from the command line. Exit status 1 where a share is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*")
    parser.add_argument("--rule", help="list the findings of a rule, or of any")
    parser.add_argument("--subject", type=Path, help="a file with a commit message; nothing else is checked")
    args = parser.parse_args()
    if args.subject:
        faults = subject_faults(args.subject.read_text(encoding="utf-8"))
        print("\n".join(faults), file=sys.stderr)
        return 1 if faults else 0
    findings, totals = check(packages=tuple(args.packages) or PACKAGES)
    if args.rule:
        print("\n".join(listed(findings, args.rule)))
        return 0
    limits = json.loads(LIMITS.read_text(encoding="utf-8"))
    counts = Counter(finding.rule for finding in findings)
    above = []
    for rule, share in shares(findings, totals).items():
        over = not args.packages and share > limits[rule]
        above += [rule] if over else []
        print(
            f"{rule:24}{counts[rule]:6} of {totals[rule]:5}  {share:6.3f}, at most {limits[rule]:.3f}{'  ABOVE' if over else ''}"
        )
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main())
