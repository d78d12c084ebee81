"""What is made of the documents of a library can be stored, whoever makes it: a new view that cannot be is seen here."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

from cemai.library import Library
from corpus.store import View, following, stored_views

TEXT = """云岫县人民政府关于印发云岫县供水管理办法的通知
云政发〔{year}〕{number}号

各乡镇人民政府：
　　现将《云岫县供水管理办法》印发给你们，请遵照执行。《云岫县供水管理暂行办法》（云政发〔2012〕9号）同时废止。
　　第一条　县水务局负责供水监督检查，到2027年供水普及率达到98%。
　　第二条　本办法自{year}年5月1日起施行。
"""


def views_of_the_program() -> list[type[View]]:
    """The classes of all views that may be stored."""
    for package in ("cemai", "corpus", "graph", "index", "qa", "ui.desk"):
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)
    return [kind for kind in View.__subclasses__() if kind.__module__.partition(".")[0] in stored_views.PACKAGES]


def test_every_view_is_stored_and_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "STORED_FROM", 1)
    kinds = views_of_the_program()
    storable = {stored_views.name_view(kind) for kind in kinds if kind.storable}
    assert len(storable) > 10
    for number in range(3):
        text = TEXT.format(year=2020 + number, number=number)
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    question = "《云岫县供水管理办法》现在还有效吗？"
    with Library.open(tmp_path / "library") as library:
        library.ingest([tmp_path])
        answer = library.ask(question, keep=False)
        for kind in kinds:
            library.corpus.view(kind)
    with Library.open(tmp_path / "library") as library:
        corpus = library.corpus
        stored = stored_views.read_views(corpus._following._path, corpus.id, corpus.generation)
        assert stored is not None and stored.sections.keys() == storable
        for kind in kinds:
            if kind.storable:
                assert stored.take_view(kind, corpus, stored.heads) is not None, kind
        assert library.ask(question, keep=False).record() == answer.record()
        assert corpus._following._stored is not None and not corpus._following._made_anew
