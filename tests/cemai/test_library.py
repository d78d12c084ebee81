"""The library as other programs open it."""

from __future__ import annotations

from pathlib import Path

from cemai.library import Library
from index.dense.encoder import StaticEncoder
from tests.encoders import BlankEncoder

NOTICE = """云岫县人民政府关于加强河道管护的通知
云岫政发〔2024〕3号
一、每周巡河一次，发现问题及时上报。
云岫县人民政府
2024年5月8日
"""


def test_the_encoder_given_serves_until_another_model_is_chosen(tmp_path: Path) -> None:
    blank = BlankEncoder()
    (tmp_path / "通知.txt").write_text(NOTICE, encoding="utf-8")
    with Library.open(tmp_path / "library", encoder=blank) as library:
        library.ingest([tmp_path / "通知.txt"])
        before = library.searcher
        assert library.encoder is blank
        assert before.encoder is blank
        assert library.engine is library.engine
        assert library.use_model(None) > 0
        assert isinstance(library.encoder, StaticEncoder)
        assert library.searcher is not before
        assert library.searcher.encoder is library.encoder
        assert library.engine.searcher is library.searcher
