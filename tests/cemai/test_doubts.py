"""What a person should look at: which documents, why, in which order, with what proposal, and how a doubt is settled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.doubts import Doubt, list_doubts
from cemai.library import Library
from index.dense.encoder import load

BODY = "一、加强管护。各乡镇要落实管护责任，到2027年农村自来水普及率达到92%。（责任单位：县水务局）\n二、加强监测。每月检测一次。（责任单位：县卫生健康局）\n"
FILES = {
    "20240305-扫描.txt": "1. 关于加强农村供水\n管护工作的意见\n各乡镇人民政府：\n" + BODY * 3,
    "青禾市防汛管理办法.txt": "各乡镇人民政府：\n一、加强值守。每日巡查。\n二、及时报告。\n",
    "黔南州供水通知.txt": "黔南州人民政府关于加强供水工作的通知\n黔南府发〔2024〕3号\n各县（市）人民政府：\n加强供水。\n黔南州人民政府\n2024年3月5日\n",
}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "库", encoder=load(None)) as opened:
        for name, text in FILES.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        opened.ingest([tmp_path / name for name in FILES])
        yield opened


def of(library: Library, source: str) -> dict[str, Doubt]:
    return {doubt.reason: doubt for doubt in list_doubts(library) if doubt.source == source}


def test_missing_and_concluded_fields_are_doubted_with_a_proposal(library: Library) -> None:
    scan = of(library, "20240305-扫描.txt")
    assert {"region-missing", "date-missing"} <= scan.keys()
    assert scan["date-missing"].proposal == "2024-03-05"
    named = of(library, "青禾市防汛管理办法.txt")
    assert named["title-from-file"].field == "title" and named["title-from-file"].proposal == "青禾市防汛管理办法"
    assert of(library, "黔南州供水通知.txt") == {}


def test_what_most_depends_on_comes_first(library: Library) -> None:
    found = list_doubts(library)
    assert found[0].source == "20240305-扫描.txt" and found[0].weight > found[-1].weight
    assert [doubt.weight for doubt in found] == sorted((doubt.weight for doubt in found), reverse=True)


def test_a_correction_or_a_confirmation_settles_a_doubt(library: Library) -> None:
    library.correct("青禾市防汛管理办法.txt", "标题", "青禾市防汛管理办法")
    assert "title-from-file" not in of(library, "青禾市防汛管理办法.txt")
    made = library.correct("青禾市防汛管理办法.txt", "成文日期", "无")
    assert "date-missing" not in of(library, "青禾市防汛管理办法.txt")
    library.undo_correction(made.number)
    assert "date-missing" in of(library, "青禾市防汛管理办法.txt")


def test_a_file_that_changed_after_a_correction_is_doubted_again(library: Library, tmp_path: Path) -> None:
    library.correct("黔南州供水通知.txt", "title", "黔南州供水保障通知")
    again = FILES["黔南州供水通知.txt"].replace("加强供水工作", "做好防汛工作")
    (tmp_path / "黔南州供水通知.txt").write_text(again, encoding="utf-8")
    assert library.ingest([tmp_path / "黔南州供水通知.txt"]).replaced
    assert library.documents()[-1].head.title == "黔南州供水保障通知"
    changed = of(library, "黔南州供水通知.txt")["changed"]
    assert changed.field == "title" and changed.proposal == "黔南州人民政府关于做好防汛工作的通知"
    library.correct("黔南州供水通知.txt", "title", "黔南州供水保障通知")
    assert "changed" not in of(library, "黔南州供水通知.txt")


def test_a_suspected_copy_is_settled_by_a_word_for_or_against(library: Library, tmp_path: Path) -> None:
    lines = [f"第{i}条 各单位应当按照第{i}类要求做好第{i * 7}项供水保障工作，每年检查{i}次并公开结果。" for i in range(1, 40)]
    for name, shared in (
        ("甲版.txt", lines),
        ("乙版.txt", [*lines[:30], *(f"另行规定第{i}项事宜，由第{i * 3}组办理并按期报告情况。" for i in range(12))]),
    ):
        (tmp_path / name).write_text("\n".join(["临江镇供水保障管理办法", *shared]), encoding="utf-8")
        library.ingest([tmp_path / name])
    pair = of(library, "乙版.txt")
    assert pair["copy"].other == library.find("甲版.txt").id and pair["copy"].field == "copy_of"
    made = library.correct("乙版.txt", "not_copy_of", "甲版.txt")
    assert "copy" not in of(library, "乙版.txt")
    library.undo_correction(made.number)
    library.correct("乙版.txt", "copy_of", "甲版.txt")
    assert "copy" not in of(library, "乙版.txt")


def test_a_doubtful_text_is_settled_by_checking_it_until_the_file_changes(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "乱码.txt"
    text = ("临江镇供水通知\n各村：\n" + BODY * 20).encode()
    path.write_bytes(text + b"\xff")
    library.ingest([path])
    assert of(library, "乱码.txt")["text"].field == "checked"
    library.correct("乱码.txt", "checked", "已核对")
    assert "text" not in of(library, "乱码.txt")
    path.write_bytes(text + "另行通知。".encode() + b"\xff")
    library.ingest([path])
    assert of(library, "乱码.txt")["changed"].field == "checked"
