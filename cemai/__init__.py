"""策脉 cemai: a library of policy documents with everything it can do, for other programs.

Reading a file and finding what it orders needs no library:

>>> import cemai
>>> notice = '''云岭县人民政府关于做好防汛工作的通知
...
... 一、排查隐患。2026年6月底前完成堤防隐患排查，储备沙袋不少于3万条。（责任单位：县水务局、县应急管理局）
... '''
>>> document = cemai.read(notice.encode(), name="通知.txt")
>>> document.head.title
'云岭县人民政府关于做好防汛工作的通知'
>>> found = cemai.extract(document)
>>> found.tasks[0].responsible_units
('县水务局', '县应急管理局')
>>> [(target.indicator, target.value, target.unit) for target in found.targets]
[('储备沙袋', 3.0, '万条')]

Every fact is a span of the one frozen text, so that it can be checked:

>>> task = found.tasks[0]
>>> document.text[task.start : task.end] == task.quote
True

A library keeps documents and answers from them:

>>> import tempfile, pathlib
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> _ = (folder / "通知.txt").write_text(notice, encoding="utf-8")
>>> with cemai.Library.open(folder / "库") as library:
...     report = library.ingest([folder / "通知.txt"])
...     answer = library.ask("云岭县要储备多少沙袋？")
...     tasks = library.tasks(unit="县水务局")
>>> report.added
['通知.txt']
>>> answer.status, "3万条" in answer.answer
('answered', True)
>>> answer.citations[0].quote in notice
True

``tasks``, ``targets`` and ``facts`` give a list; each entry has the ``fact`` and the title of the document that it is from:

>>> [(found.fact.name, found.fact.deadline, found.title) for found in tasks]
[('排查隐患', '2026年6月底前', '云岭县人民政府关于做好防汛工作的通知')]

Errors that a person can act on are ``PolicyError``; what is not taken in is its subclass ``RefusedInput``, with a stable reason:

>>> try:
...     cemai.read(b"", name="空.txt")
... except cemai.RefusedInput as refusal:
...     print(refusal.reason)
empty

All but short text is read by a child process with limits on time and memory. As with every program that starts processes, a script
that reads such files does so below ``if __name__ == "__main__":``.

The names below are all that other programs should use; they are imported when they are first used, so that ``import cemai`` costs
nothing. Other modules may change from one version to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cemai.library import Library as Library
    from cemai.reading import extract as extract
    from cemai.reading import read as read
    from corpus.document import HeadMatter as HeadMatter
    from corpus.document import ParsedDocument as ParsedDocument
    from corpus.document import Section as Section
    from corpus.document import Span as Span
    from corpus.errors import PolicyError as PolicyError
    from corpus.errors import RefusedInput as RefusedInput
    from corpus.filters import Filters as Filters
    from graph.codec.records import ProvisionRecord as Provision
    from graph.codec.records import TargetRecord as Target
    from graph.codec.records import TaskRecord as Task
    from graph.codec.records import TermRecord as Term
    from qa.answer import Answer as Answer
    from qa.answer import Comparison as Comparison

_HOMES = {
    "Answer": "qa.answer:Answer",
    "Comparison": "qa.answer:Comparison",
    "Filters": "corpus.filters:Filters",
    "HeadMatter": "corpus.document:HeadMatter",
    "Library": "cemai.library:Library",
    "ParsedDocument": "corpus.document:ParsedDocument",
    "PolicyError": "corpus.errors:PolicyError",
    "Provision": "graph.codec.records:ProvisionRecord",
    "RefusedInput": "corpus.errors:RefusedInput",
    "Section": "corpus.document:Section",
    "Span": "corpus.document:Span",
    "Target": "graph.codec.records:TargetRecord",
    "Task": "graph.codec.records:TaskRecord",
    "Term": "graph.codec.records:TermRecord",
    "extract": "cemai.reading:extract",
    "read": "cemai.reading:read",
}
"""Where each public name comes from; type checkers read the same above, and a test holds the two against each other."""

__all__ = [
    "Answer",
    "Comparison",
    "Filters",
    "HeadMatter",
    "Library",
    "ParsedDocument",
    "PolicyError",
    "Provision",
    "RefusedInput",
    "Section",
    "Span",
    "Target",
    "Task",
    "Term",
    "extract",
    "read",
]


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, _, attribute = _HOMES[name].partition(":")
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
