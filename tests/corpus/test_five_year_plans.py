"""Five-year plans, and that every module means the same ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus.five_year_plans import five_year_plans
from corpus.wordlists import expand

ROOT = Path(__file__).parents[2]


def test_the_years_of_the_plans() -> None:
    plans = five_year_plans()
    assert plans["十四五"] == (2021, 2025)
    assert next(iter(plans)) == "十一五"
    assert list(plans.values()) == [(start, start + 4) for start in range(2006, 2051, 5)]


@pytest.mark.parametrize("package", ["corpus", "ingest", "graph"])
def test_patterns_of_every_package_find_the_plans(package: str) -> None:
    assert re.findall(expand(package, "{five_year_plans}"), "、".join(five_year_plans())) == list(five_year_plans())


def test_no_module_has_a_range_of_its_own() -> None:
    packages = ("corpus", "ingest", "index", "graph", "qa", "cemai", "ui")
    files = [path for name in packages for kind in ("*.py", "*.t[sx][vt]") for path in (ROOT / name).rglob(kind)]
    assert len(files) > 200
    assert [str(path) for path in files if re.search(r"十\[[一二三四五六七八九]+\]五", path.read_text(encoding="utf-8"))] == []
