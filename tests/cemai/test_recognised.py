"""Answers that quote documents read from pictures say so, and name the quoted words that were hard to read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from cemai.library import Library
from corpus.recognition import is_recognised, list_unsure
from ingest.formats.pdf.ocr import rapid
from ui.cli import main

PAGES = Path(__file__).parent.parent / "ingest" / "formats" / "pdf" / "ocr" / "pages"


def test_the_warnings_tell_what_was_recognised_and_what_is_unsure() -> None:
    warnings = [
        "识别件，数字请核对原件：第 1–2 页由文字识别得到，可能有错字",
        "识别时把握不足的有 1 处，请逐处核对原件：第 1 页“97.5”",
    ]
    assert is_recognised(warnings) and list_unsure(warnings) == ["97.5"]
    assert not is_recognised(["文中没有写明日期"]) and not list_unsure(["名为“97.5”"])


@pytest.mark.slow
@pytest.mark.skipif(rapid.models() is None, reason="RapidOCR is not installed (make test-ocr)")
def test_an_answer_from_a_scan_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.open(PAGES / "letter.jpg").save(tmp_path / "来文.pdf", "PDF", resolution=150)
    told: list[str] = []
    with Library.open(tmp_path / "库") as library:
        report = library.ingest([tmp_path / "来文.pdf"], progress=lambda _, __, what: told.append(what))
        (id,) = report.ids.values()
        answer = library.ask("云岭县每座山塘的巡查员补助标准是多少？")
    assert told[1] == "来文.pdf：正在识别第 1 页，共 1 页"
    assert "1850元" in answer.answer
    assert [notice.text for notice in answer.notices if notice.kind == "recognised"] == [
        "《关于印发云岭县山塘水库除险加固三年行动方案的通知》是识别件，数字请核对原件。"
    ]
    with Library.open(tmp_path / "库") as library:
        (info,) = library.documents()
        stored = library.corpus.document(info.row)
    assert all(anchor.confidence is not None for anchor in stored.anchors)
    main(["--library", str(tmp_path / "库"), "docs", "show", id[:8]])
    assert "识别件，数字请核对原件：第 1 页" in capsys.readouterr().out
