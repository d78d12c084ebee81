"""The bundled documents are the ones the manifest names, and each says that it is an example."""

import csv
import hashlib
import io
from importlib import resources

import pytest

FOLDER = resources.files("corpus") / "samples"
ROWS = list(csv.DictReader(io.StringIO((FOLDER / "manifest.tsv").read_text(encoding="utf-8")), delimiter="\t"))


def plain_text(name: str) -> str:
    data = (FOLDER / name).read_bytes()
    if name.endswith(".docx"):
        import docx

        return "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)
    if name.endswith(".xlsx"):
        from openpyxl import load_workbook

        sheet = load_workbook(io.BytesIO(data)).active
        return "\n".join(str(value) for row in sheet.values for value in row if value is not None)
    if name.endswith(".pdf"):
        import pdfplumber

        with pdfplumber.open(io.BytesIO(data)) as pdf:
            return "\n".join(page.extract_text() for page in pdf.pages)
    return data.decode("utf-8")


def test_the_manifest_names_every_document_and_no_other():
    present = {entry.name for entry in FOLDER.iterdir()} - {"manifest.tsv", ".gitattributes"}
    assert {row["file"] for row in ROWS} == present
    assert len(ROWS) == 8
    assert {row["format"] for row in ROWS} == {"txt", "html", "pdf", "docx", "xlsx"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_each_document_is_the_one_in_the_manifest_and_is_marked(row):
    assert hashlib.sha256((FOLDER / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    text = plain_text(row["file"])
    assert row["marked"] == "【示例摘编，不作为执行依据】"
    # the mark has to meet the reader before the text does
    mark = text.replace("\n", "").find(row["marked"])
    assert 0 <= mark < (1500 if row["format"] == "html" else 200)
    assert row["title"].replace("\n", "") in text.replace("\n", "")


def test_the_ledger_has_merged_units_and_a_header_of_two_rows():
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO((FOLDER / "青禾市重点任务台账.xlsx").read_bytes())).active
    merged = {str(block) for block in sheet.merged_cells.ranges}
    assert {"A1:F1", "D3:E3", "D5:D6"} <= merged
    assert [cell.value for cell in sheet[4]][3:5] == ["牵头单位", "责任单位"]


def test_no_sentence_of_the_real_documents_is_copied():
    import os
    import re
    import unicodedata
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    seeds = Path(os.environ.get("CEMAI_SHARED", root.parent / "shared")) / "seeds"
    if not seeds.is_dir():
        pytest.skip("需要 ../shared/seeds（或设置 CEMAI_SHARED）才能与原文比对。")

    def fold(text: str) -> str:
        return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))

    texts = {row["file"]: fold(plain_text(row["file"])) for row in ROWS}
    for path in seeds.glob("*.txt"):
        for sentence in re.split(r"[。;\n]", unicodedata.normalize("NFKC", path.read_text(encoding="utf-8"))):
            key = fold(sentence)
            if len(key) >= 30:
                assert not [name for name, text in texts.items() if key in text], sentence
