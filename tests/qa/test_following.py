"""What is kept of a library for questions equals what is made anew after any changes, and costs no more where there is more."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cemai.doubts import list_doubts
from cemai.library import Library, PreparedEntry
from cemai.preparing import prepare
from corpus.divisions import NATION, gazetteer
from index.searcher import _RegionSpellings
from ingest.reader import read_record
from qa.documents import LibraryView
from qa.understanding.names import KnownNames
from tests.encoders import BlankEncoder

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("贵州省黔南布依族苗族自治州", "甘肃省甘南藏族自治州", "贵州省贵阳市", "")
UNITS = ("州水务局", "州财政局", "州住建局", "县民政局")
QUESTIONS = (
    "黔南州供水由州水务局和州财政局负责吗",
    "什么是“两补一换”",
    "甘南洲的燃气",
    "云岭新区由州水物局管什么",
    "对低保对象的补助",
)


def _take_in(library: Library, records: Iterable[Mapping[str, Any]]) -> None:
    entries = []
    for record in records:
        doc = read_record(record, "made.jsonl")
        entries.append(PreparedEntry(prepare(doc), str(record).encode(), "made.jsonl", ()))
    library._store(entries, library.corpus.transaction)


def _record(draw: random.Random, number: int) -> dict[str, str]:
    place, about = draw.choice(PLACES), draw.choice(("供水", "燃气", "供热"))
    record = {
        "_id": f"r{number}", "text": f"一、明确责任。由{draw.choice(UNITS)}负责{about}管护，{draw.choice(UNITS)}安排资金，对低保对象给予补助。\n"
        f"二、落实“{draw.choice(('两补一换', '三个一批'))}”，即一补管网、二补水表、换旧阀门。\n",
    }  # fmt: skip
    title = draw.choice((f"{place[-6:]}{about}管护办法", f"云岭新区{about}办法", ""))
    return record | ({"title": title} if title else {}) | ({"region": place} if place else {})


def _made_of(library: Library) -> dict[str, Any]:
    view = LibraryView(library.corpus)
    known = KnownNames(view)
    return {
        "regions": dict(view.regions),
        "divisions": sorted(known.region_names.places.divisions, key=known.region_names.places.place),
        "inside": {division: view.inside(division) for division in (*known.region_names.places.divisions, NATION)},
        "unplaced": set(view.unplaced),
        "named": [known.region_names.named(name) for name in ("黔南州", "贵阳") if name in known.region_names],
        "called": [known.divisions_named(name) for name in ("黔南州", "贵阳")],
        "meant": [known.match(mention.candidates) for mention in gazetteer().mentions("三都县和贵州省贵阳市还有天津")],
        "units": [known.units_in(text) for text in QUESTIONS],
        "terms": known.terms_in(*QUESTIONS),
        "groups": [known.beneficiaries_in(text) for text in QUESTIONS],
        "slips": [list(known.fixed_names.near(text)) for text in QUESTIONS],
        "regions misspelt": [known.misspelt_regions(text, ()) for text in QUESTIONS],
        "search slips": [list(library.corpus.view(_RegionSpellings).names.near(text)) for text in QUESTIONS],
        "titled": known.titled("云岭新区"),
        "of heads": known.head_names,
        "doubts": list_doubts(library),
    }


@pytest.mark.parametrize("seed", range(3))
def test_any_run_of_changes_gives_what_is_made_anew(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    with Library.open(tmp_path, encoder=BlankEncoder()) as library:
        for step in range(30):
            live = list(library.corpus.heads.values())
            act = draw.choice(("add", "add", "remove", "restore", "purge", "title", "region")) if len(live) > 3 else "add"
            if act == "add":
                _take_in(library, [_record(draw, step)])
            elif act == "remove":
                library.remove(draw.choice(live).id)
            elif act == "restore" and (gone := library.corpus.removed()):
                library.restore(gone[0].id)
            elif act == "purge":
                library.purge()
            elif act == "title":
                library.correct(draw.choice(live).id, "title", draw.choice(("云岭新区供热办法", "黔南州燃气办法")))
            elif act == "region":
                library.correct(draw.choice(live).id, "region", draw.choice(("黔南州", "贵阳市", "无")))
            with Library.open(tmp_path, encoder=BlankEncoder()) as anew:
                kept, made = _made_of(library), _made_of(anew)
            for name, value in made.items():
                assert kept[name] == value, (step, act, name)


def _calls(work: Callable[[], object]) -> int:
    """How many functions are called: a measure of work that other programs do not disturb."""
    count = 0

    def counted(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.slow
def test_a_question_and_a_change_cost_the_same_in_twice_the_library(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("doubling", ROOT / "benchmarks" / "doubling.py")
    assert spec and spec.loader
    doubling = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(doubling)
    costs: list[dict[str, int]] = []
    with Library.open(tmp_path, encoder=BlankEncoder()) as library:
        question = f"{doubling.made_title(11)}什么时候施行"
        for first, last in ((0, 300), (300, 600)):
            _take_in(library, doubling.made_records(first, last))
            for _ in range(2):
                library.ask(question, keep=False)
            found = {"question": _calls(lambda: library.ask(question, keep=False))}
            made = library.correct("m20", "title", "更正后的标题办法")
            library.searcher.refresh()  # not counted: it looks at every segment of the index, of which there are one to eight
            found["after a correction"] = _calls(lambda: library.ask(question, keep=False))
            library.undo_correction(made.number)
            library.ask(question, keep=False)
            library.remove("m21")
            library.searcher.refresh()
            found["after a removal"] = _calls(lambda: library.ask(question, keep=False))
            library.restore("m21")
            costs.append(found)
    for name, cost in costs[0].items():
        assert costs[1][name] <= 1.1 * cost, (name, cost, costs[1][name])
