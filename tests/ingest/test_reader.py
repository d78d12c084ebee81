import os
from pathlib import Path

import pytest

from corpus.document import content_id
from ingest.reader import read, read_raw

SHARED = Path(os.environ.get("CEMAI_SHARED", Path(__file__).resolve().parents[3] / "shared"))
TEXT = (
    "某县人民政府关于加强河道管护的通知\n各乡镇人民政府：\n一、落实河长制。\n（一）每月巡河两次。\n某县人民政府\n2026年3月2日\n"
)


def test_the_same_bytes_give_the_same_document():
    data = TEXT.encode()
    doc = read(data, "通知.txt")
    assert doc == read(data, "通知.txt")
    assert (doc.id, doc.source, doc.format, doc.text) == (content_id(data), "通知.txt", "txt", TEXT)


def test_zones_partition_the_text():
    doc = read(TEXT.encode("gb18030"), "通知.txt")
    assert "".join(zone.span.of(doc.text) for zone in doc.zones) == doc.text


@pytest.mark.parametrize("name", ["中华人民共和国国徽法", "中华人民共和国专利法"])
def test_a_law_reads_the_same_from_pdf_and_word(name):
    folder = SHARED / "corpus"
    if not (folder / "pdf_laws").is_dir():
        pytest.skip("the shared corpus is not here")
    pdf = read_raw((folder / "pdf_laws" / f"{name}.pdf").read_bytes(), "a.pdf")
    word = read_raw((folder / "docx_laws" / f"{name}.docx").read_bytes(), "a.docx")
    assert "".join(pdf.text.split()) == "".join(word.text.split())
