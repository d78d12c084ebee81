"""What a change gains and loses: facts and answers of two checkouts over the same documents, as a table.

    python tools/compare_results.py BEFORE [AFTER] --documents DIR [--number 200] [--questions Q.jsonl …] [--out REPORT.md] [--shown 5]

BEFORE and AFTER (this checkout by default) are checkouts of the program. Each reads the same documents into a library of its own and
exports it by its command line, and answers the questions, if there are any (``id`` or ``_id``, ``question`` or ``text``). The documents
are drawn from all files below DIR by the hash of their place there, so that the same ones are drawn every time; kinds of files that
the older checkout does not read are counted as lost by neither.

Of each kind of fact the report says how many there are before and after, how many came, went and changed, and which fields changed;
of answers, which became a refusal or stopped being one, cite other places, or begin with another line. Facts are the same where they lie
at the same place; one that went and one that came over the same words count as moved. Which changes are gains is for a person to say:
the first ones of each row are shown with their words. Exit status 0, whatever changed; 1 where a checkout fails.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("documents", "sections", "tasks", "targets", "provisions", "terms")
ENDINGS = (".txt", ".html", ".htm", ".docx", ".pdf", ".xlsx", ".csv", ".md")
NAMES = ("name", "indicator", "term", "heading", "title", "action", "id")
"""Where a fact says what it is, the first that is there."""
PASSING = frozenset({"id", "document_id", "start", "end", "parent", "added_at"})
"""Fields that say where a fact lies or when it was taken in, not what it says."""
LONGEST = 60
"""Characters shown of a value."""


def draw(folder: Path, number: int) -> list[Path]:
    """Files below a folder, drawn by the hash of their place in it: the same ones every time, whatever else lies there."""
    found = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in ENDINGS and path.is_file()]
    return sorted(found, key=lambda path: hashlib.sha256(str(path.relative_to(folder)).encode()).hexdigest())[:number]


def run(checkout: Path, library: Path, *words: str) -> None:
    """Run a command of a checkout; 1 and 3 say something of documents or questions and are no failures."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("CEMAI_")}
    variables["PYTHONPATH"] = str(checkout)
    command = [sys.executable, "-m", "ui", "--library", str(library), *words]
    done = subprocess.run(command, cwd=checkout, env=variables, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{checkout}: {' '.join(words[:2])} ended with {done.returncode}\n{done.stderr[-2000:]}")


def take(checkout: Path, documents: Path, questions: Path | None, folder: Path) -> tuple[dict[str, list[dict]], list[dict]]:
    """The facts of each kind and the answers of one checkout."""
    library, exported, answers = folder / "library", folder / "export", folder / "answers.jsonl"
    run(checkout, library, "ingest", str(documents))
    run(checkout, library, "export", str(exported))
    facts = {}
    for kind in KINDS:
        path = exported / f"{kind}.json"
        facts[kind] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    if questions is None:
        return facts, []
    run(checkout, library, "ask", "--batch", str(questions), "--out", str(answers))
    return facts, [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]


def merged_questions(files: Iterable[Path], out: Path) -> None:
    """One file of questions from several, with ids of their own."""
    rows = []
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            told = {key: row[key] for key in ("region", "filters", "as_of") if row.get(key)}
            asked = row.get("question") or row["text"]
            rows.append({"id": f"{path.stem}:{row.get('id', row.get('_id', number))}", "question": asked} | told)
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@dataclass
class KindChanges:
    """How the facts of one kind differ.

    Attributes:
        fields: How often a field differs among facts at the same place.
        shown: Descriptions of changes, by what happened (``came``, ``went``, ``moved``, or a field's name).
    """

    before: int = 0
    after: int = 0
    came: int = 0
    went: int = 0
    moved: int = 0
    changed: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    shown: list[tuple[str, str]] = field(default_factory=list)


def describe(fact: dict[str, Any]) -> str:
    """A fact in a few words: what it is, its value, the document."""
    name = next((str(fact[key]) for key in NAMES if fact.get(key)), "")
    value = fact.get("value_text") or ""
    return f"{shorten(name)} {shorten(value)}".strip() + f"（{shorten(str(fact.get('source', '')))}）"


def shorten(value: object) -> str:
    """A value on one line, cut."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split()).replace("|", "¦")
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def place_of(fact: dict[str, Any]) -> tuple[Any, ...]:
    """What makes two facts the same one: the document and the stretch of its text; of documents the source."""
    if "start" not in fact:
        return (fact["source"],)
    return (fact["source"], fact["start"], fact["end"], *([fact["definition_start"]] if fact.get("definition_start") else []))


def numbered(facts: Iterable[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Facts by their place; several at one place are told apart by their order."""
    seen: Counter[tuple[Any, ...]] = Counter()
    found = {}
    for fact in facts:
        place = place_of(fact)
        found[*place, seen[place]] = fact
        seen[place] += 1
    return found


def compare_facts(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> KindChanges:
    """Hold the facts of one kind against each other.

    >>> changes = compare_facts([{"source": "a", "start": 0, "end": 4, "name": "x"}], [{"source": "a", "start": 1, "end": 4, "name": "x"}])
    >>> changes.moved, changes.came, changes.went
    (1, 0, 0)
    """
    old, new = numbered(before), numbered(after)
    changes = KindChanges(len(before), len(after))
    for place in old.keys() & new.keys():
        names = [key for key in old[place].keys() | new[place].keys() if key not in PASSING]
        different = sorted(key for key in names if old[place].get(key) != new[place].get(key))
        changes.changed += bool(different)
        for key in different:
            changes.fields[key] += 1
            told = f"{describe(new[place])}：{shorten(old[place].get(key))} → {shorten(new[place].get(key))}"
            changes.shown.append((key, told))
    came = [new[place] for place in sorted(new.keys() - old.keys())]
    for place in sorted(old.keys() - new.keys()):
        fact = old[place]
        over = next((other for other in came if overlaps(fact, other)), None)
        if over is None:
            changes.went += 1
            changes.shown.append(("went", describe(fact)))
        else:
            came.remove(over)
            changes.moved += 1
            changes.shown.append(("moved", f"{describe(fact)} → {describe(over)}"))
    changes.came = len(came)
    changes.shown += [("came", describe(fact)) for fact in came]
    return changes


def overlaps(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two facts of one document share words."""
    if one["source"] != other["source"] or "start" not in one:
        return False
    return one["start"] < other["end"] and other["start"] < one["end"]


def compare_answers(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> tuple[Counter[str], list[tuple[str, str]]]:
    """Hold answers against each other: how many changed in which way, and the changes in words."""
    old = {row["id"]: row for row in before}
    counts: Counter[str] = Counter()
    shown = []
    for row in after:
        past = old.get(row["id"])
        if past is None:
            continue
        if past.get("status") != row.get("status"):
            what = f"{past.get('status')} → {row.get('status')}"
        elif cited(past) != cited(row):
            what = "other places cited"
        elif past.get("answer") != row.get("answer"):
            what = "other words"
        else:
            what = "the same"
        counts[what] += 1
        if what == "other places cited":
            shown.append((what, f"{shorten(row.get('question', row['id']))}：{changed_quotes(past, row)}"))
        elif what != "the same":
            shown.append((what, f"{shorten(row.get('question', row['id']))}：{first_line(past)} → {first_line(row)}"))
    return counts, shown


def cited(row: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The places an answer quotes, in order."""
    return [(citation["source"], citation["start"], citation["end"]) for citation in row.get("citations", [])]


def changed_quotes(before: dict[str, Any], after: dict[str, Any]) -> str:
    """The first quote that went and the first that came; where none did, that their order changed."""
    told = []
    for mark, one, other in (("−", before, after), ("+", after, before)):
        places = set(cited(other))
        changed = [row for row, place in zip(one["citations"], cited(one), strict=True) if place not in places]
        if changed:
            told.append(f"{mark}{len(changed)} “{shorten(changed[0]['quote'])}”")
    return " ".join(told) or "the same quotes in another order"


def first_line(row: dict[str, Any]) -> str:
    """The first words of an answer."""
    return shorten((row.get("answer") or row.get("reason") or "").split("\n")[0])


def report(facts: dict[str, KindChanges], answers: tuple[Counter[str], list[tuple[str, str]]], documents: int, shown: int) -> str:
    """The tables, as Markdown."""
    lines = [f"{documents} documents", "", "| facts | before | after | came | went | moved | changed | fields that changed |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for kind, changes in facts.items():
        fields = ", ".join(f"{name} {count}" for name, count in changes.fields.most_common())
        figures = (changes.before, changes.after, changes.came, changes.went, changes.moved, changes.changed)
        lines.append(f"| {kind} | {' | '.join(map(str, figures))} | {fields} |")
    counts, told = answers
    if counts:
        lines += ["", "| answers | |", "| --- | --- |", *(f"| {what} | {count} |" for what, count in counts.most_common())]
    sections = [(f"{kind}: {what}", text) for kind, changes in facts.items() for what, text in changes.shown]
    sections += [(f"answers: {what}", text) for what, text in told]
    so_far: Counter[str] = Counter()
    for head, text in sorted(sections, key=lambda section: section[0]):
        if so_far[head] == 0:
            lines += ["", f"**{head}**", ""]
        if so_far[head] < shown:
            lines.append(f"- {text}")
        so_far[head] += 1
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path, nargs="?", default=ROOT)
    parser.add_argument("--documents", type=Path, required=True)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--questions", type=Path, action="append", default=[])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--shown", type=int, default=5, help="changes shown of each kind")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        drawn = draw(args.documents, args.number)
        for path in drawn:
            copy = work / "documents" / path.relative_to(args.documents)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
        questions = work / "questions.jsonl" if args.questions else None
        if questions is not None:
            merged_questions(args.questions, questions)
        taken = []
        for name, checkout in (("before", args.before.resolve()), ("after", args.after.resolve())):
            (work / name).mkdir()
            taken.append(take(checkout, work / "documents", questions, work / name))
    (old_facts, old_answers), (new_facts, new_answers) = taken
    facts = {kind: compare_facts(old_facts[kind], new_facts[kind]) for kind in KINDS}
    text = report(facts, compare_answers(old_answers, new_answers), len(drawn), args.shown)
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
