"""One library in both stores: answers, hits and comparisons are the same, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cemai.library import Library
from corpus.store.copying import copy_library_to
from tests import postgres
from tests.qa.conftest import MEASURES, PLAN
from tests.stores import open_plain, take_in

QUESTIONS = (
    "过渡期医保资助政策", "特困供养人员参保怎么资助？", "牦牛养殖基地目标是多少", "衔接资金用于产业的比例", "州医保局负责什么",
    "三个一批是什么", "哪些文件提到积分制", "州政办发〔2022〕18号是什么文件", "2022年新增城镇就业多少人", "甘南州和大兴安岭地区在医疗保障上有什么不同",
    "稳定就业由谁负责", "库里有哪些文件", "供水问题怎么整改", "农村自来水普及率", "地铁票价是多少", "哪些文件已经废止", "考核结果用来做什么",
    "方案依据什么文件制定", "脱贫村集体经济年收入", "寒地果蔬",
)  # fmt: skip


@pytest.fixture(scope="module")
def move(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """Copies a library into a database of its own, and returns the address."""

    def copy(folder: Path) -> str:
        address = postgres.make_database(postgres_server, folder.parent.name[-50:])
        copy_library_to(folder, address)
        return address

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMAI_NODE", str(tmp_path_factory.mktemp("node")))
        yield copy


def written(found: Any) -> str:
    """A result as its bytes would be."""
    return json.dumps(found, ensure_ascii=False, default=str)


def told(library: Library, questions: tuple[str, ...]) -> list[str]:
    """All that a library says to some questions."""
    said = [written(library.ask(question, keep=False).record()) for question in questions]
    said += [written([hit.record() for hit in library.search(question)]) for question in questions]
    return [*said, written(library.compare("医疗保障").record()), written(library.tasks()), written(library.targets())]


def test_what_is_told_of_a_library_does_not_hang_on_its_store(move: Callable[[Path], str], tmp_path: Path) -> None:
    for name, text in (("plan", PLAN), ("measures", MEASURES)):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    with open_plain(tmp_path / "a") as library:
        take_in(library, sorted(tmp_path.glob("*.txt")))
        expected = told(library, QUESTIONS)
    with open_plain(move(tmp_path / "a")) as library:
        assert told(library, QUESTIONS) == expected


@pytest.mark.slow
def test_the_gold_questions_are_answered_alike(move: Callable[[Path], str], shared: Path, tmp_path: Path) -> None:
    gold = shared / "eval" / "gold" / "qa.jsonl"
    if not gold.exists():
        pytest.skip(f"no gold questions in {gold.parent}")
    questions = tuple(json.loads(line)["question"] for line in gold.read_text(encoding="utf-8").splitlines() if line.strip())
    with Library.open(tmp_path / "a") as library:
        library.ingest([shared / "seeds"])
        expected = [written(library.ask(question, keep=False).record()) for question in questions]
    with Library.open(move(tmp_path / "a")) as library:
        found = [written(library.ask(question, keep=False).record()) for question in questions]
    assert len(expected) > 50 and found == expected
