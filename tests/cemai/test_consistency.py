"""Thirty pairs of an upper and a lower document with what was planted in them: all of it is found, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path

import docx
import openpyxl
import pytest

from cemai.consistency import ConsistencyReport, check_consistency
from cemai.library import Library
from corpus.errors import UsageError
from tests.encoders import BlankEncoder
from ui.cli import main
from ui.desk.desk import Desk
from ui.page.compare.events import compare

DAY = dt.date(2026, 11, 30)
PAIRS = Path(__file__).parent.parent / "data" / "consistency" / "pairs.txt"


@dataclass
class Pair:
    name: str
    texts: dict[str, str] = field(default_factory=dict)
    planted: list[tuple[str, str, str]] = field(default_factory=list)


def read_pairs() -> list[Pair]:
    pairs = []
    for block in PAIRS.read_text(encoding="utf-8").split("### ")[1:]:
        name, _, rest = block.partition("\n")
        pair = Pair(name)
        for part in rest.split("== ")[1:]:
            side, _, text = part.partition("\n")
            if side == "planted":
                pair.planted = [tuple(line.split(" | ")) for line in text.splitlines() if line]  # type: ignore[misc]
            else:
                pair.texts[side] = text
        pairs.append(pair)
    return pairs


def check(pair: Pair, folder: Path) -> ConsistencyReport:
    sources = folder / "in"
    sources.mkdir()
    for side, text in pair.texts.items():
        (sources / f"{side}.txt").write_text(text, encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as library:
        library.ingest([sources])
        report = check_consistency(library, library.find("upper.txt"), library.find("lower.txt"), as_of=DAY)
        for finding in report.findings:
            for side in (finding.upper, finding.lower):
                assert side is not None and side.quote == library.document(side.source_id).text[side.start : side.end]
    return report


def matched(pair: Pair, report: ConsistencyReport) -> tuple[list[tuple[str, str, str]], list[str]]:
    """What was planted and not found, and what was found and not planted."""
    left, more = list(pair.planted), []
    for finding in report.findings:
        lower = finding.lower.quote if finding.lower else ""
        hit = next((p for p in left if p[0] == finding.kind and p[1] in finding.upper.quote and p[2] in lower), None)
        if hit is not None:
            left.remove(hit)
        else:
            more.append(f"{finding.kind}: {finding.said} | {finding.upper.quote} | {lower}")
    return left, more


@pytest.mark.parametrize("pair", read_pairs(), ids=lambda pair: pair.name)
def test_what_was_planted_is_found_and_nothing_else(pair: Pair, tmp_path: Path) -> None:
    assert matched(pair, check(pair, tmp_path)) == ([], [])


def test_every_door_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pair = next(pair for pair in read_pairs() if len(pair.planted) == 3)
    check(pair, tmp_path)
    place = str(tmp_path / "library")
    assert main(["--library", place, "consistency", "upper.txt", "lower.txt", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in told["findings"]] == ["target", "deadline", "unit"]
    for format in ("xlsx", "docx"):
        assert (
            main(
                [
                    "--library",
                    place,
                    "consistency",
                    "upper.txt",
                    "lower.txt",
                    "--format",
                    format,
                    "--out",
                    str(tmp_path / f"t.{format}"),
                ]
            )
            == 1
        )
    cells = [str(cell.value) for row in openpyxl.load_workbook(tmp_path / "t.xlsx").active.iter_rows() for cell in row]  # type: ignore[union-attr]
    words = "\n".join(
        cell.text for table in docx.Document(str(tmp_path / "t.docx")).tables for row in table.rows for cell in row.cells
    )
    for one in told["findings"]:
        for side in ("upper", "lower"):
            assert any(one[side]["quote"] in cell for cell in cells) and one[side]["quote"] in words
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        desk = Desk(library)
        shown = compare(desk, {"act": "pair", "form": "consistency", "first": "upper.txt", "second": "lower.txt"})
        assert all(one[side]["quote"] in shown for one in told["findings"] for side in ("upper", "lower"))
        assert 'data-address="/?tab=compare&amp;form=consistency&amp;first=upper.txt&amp;second=lower.txt"' in shown
        with pytest.raises(UsageError):
            library.consistency("upper.txt", "upper.txt")
