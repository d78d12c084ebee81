"""An example of a program that uses 策脉: what a notice orders, and what a library answers. Checked with ``mypy --strict``."""

from __future__ import annotations

import sys
from pathlib import Path

import cemai


def list_tasks(document: cemai.ParsedDocument) -> list[tuple[str, tuple[str, ...]]]:
    """The tasks of a document with the units that are responsible."""
    tasks: tuple[cemai.Task, ...] = cemai.extract(document).tasks
    return [(task.name, task.lead_units or task.responsible_units) for task in tasks]


def list_values(document: cemai.ParsedDocument) -> dict[str, float | None]:
    """The value of each target of a document."""
    targets: tuple[cemai.Target, ...] = cemai.extract(document).targets
    return {target.indicator: target.value for target in targets}


def path_of(document: cemai.ParsedDocument, section: cemai.Section) -> str:
    """The headings above a section."""
    head: cemai.HeadMatter = document.head_at(section.start)
    return " > ".join((head.title or document.source, *document.heading_path(section.start)))


def quote(document: cemai.ParsedDocument, span: cemai.Span) -> str:
    """The words of a span."""
    return span.of(document.text)


def ask(folder: Path, question: str, region: str | None) -> str:
    """An answer with the titles of what it quotes."""
    with cemai.Library.open(folder, create=False) as library:
        answer: cemai.Answer = library.ask(question, filters=cemai.Filters(region=region))
        titles = [citation.title or citation.source for citation in answer.citations]
        return f"{answer.answer}\n{'、'.join(titles)}"


def compare(folder: Path, subject: str) -> list[tuple[str, str]]:
    """Each aspect of a comparison with what the first region says."""
    with cemai.Library.open(folder) as library:
        comparison: cemai.Comparison = library.compare(subject)
        return [(row.aspect, row.cells[0].text or "") for row in comparison.rows]


def rules(document: cemai.ParsedDocument) -> tuple[list[cemai.Provision], list[cemai.Term]]:
    """What a document rules and defines."""
    found = cemai.extract(document)
    return list(found.provisions), list(found.terms)


def main() -> int:
    """Read the files that are named and print their tasks."""
    for name in sys.argv[1:]:
        try:
            document = cemai.read(Path(name))
        except cemai.RefusedInput as refusal:
            print(refusal.reason, refusal.message, file=sys.stderr)
            continue
        except cemai.PolicyError as error:
            print(error, file=sys.stderr)
            return 1
        for task, units in list_tasks(document):
            print(task, "、".join(units), sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main())
