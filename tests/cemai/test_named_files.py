"""A document by any name a person gives it; several that fit are listed, and none is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from corpus.errors import UnknownDocument, UsageError
from index.dense.encoder import load

NOTICE = "云岫县人民政府关于加强{0}工作的通知\n云政发〔2024〕{1}号\n各乡镇人民政府：\n加强{0}。\n云岫县人民政府\n2024年3月5日\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("names")
    with Library.open(folder / "库", encoder=load(None)) as opened:
        for number, subject in enumerate(("农村供水管护", "农村道路管护", "森林防火巡查"), 1):
            (folder / f"件{number}.txt").write_text(NOTICE.format(subject, number), encoding="utf-8")
            opened.ingest([folder / f"件{number}.txt"])
        yield opened


@pytest.mark.parametrize(
    "name",
    ["件3.txt", "云岫县人民政府关于加强森林防火巡查工作的通知", "《云岫县人民政府关于加强森林防火巡查工作的通知》", "云政发〔2024〕3号", "云政发[2024]3号",
     "云政发（2024）3 号", "森林防火巡查工作"],
)  # fmt: skip
def test_every_name_means_the_document(library: Library, name: str) -> None:
    assert library.find_file(name).source == "件3.txt"


def test_the_beginning_of_an_id_is_enough(library: Library) -> None:
    info = library.find_file("件2.txt")
    assert library.find_file(info.id[:8]) == info


def test_several_that_fit_are_listed(library: Library) -> None:
    with pytest.raises(UsageError, match="可以指 2 份") as error:
        library.find_file("云岫县人民政府关于加强农村")
    assert "件1.txt" in str(error.value) and "件2.txt" in str(error.value) and "件3.txt" not in str(error.value)


def test_what_nothing_is_called_is_said_with_the_next_step(library: Library) -> None:
    with pytest.raises(UnknownDocument, match="cemai docs list"):
        library.find_file("没有这份文件")
