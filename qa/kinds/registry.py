"""The registry of the kinds of questions: every ``KIND`` of a module in this folder, in the order of ``data/kinds.tsv``.

To add a kind, write its module with ``KIND = QuestionKind(...)`` and its row in ``data/kinds.tsv``; all else reads it from here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from qa import kinds
from qa.kinds.kind import QuestionKind
from qa.understanding.kinds import kind_words


@cache
def question_kinds() -> dict[str, QuestionKind]:
    """The kinds by name, in the order in which they are tried. Raises ``LookupError`` where module and row do not match."""
    modules = (import_module(f"{kinds.__name__}.{module.name}") for module in iter_modules(kinds.__path__))
    found = {module.KIND.name: module.KIND for module in modules if hasattr(module, "KIND")}
    names = [words.name for words in kind_words()]
    if odd := set(names) ^ set(found):
        raise LookupError(f"kinds without a row in kinds.tsv, or rows without a module in qa/kinds: {sorted(odd)}")
    return {name: found[name] for name in names}
