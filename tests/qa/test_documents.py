"""The documents of places: those of places inside them too, as documents come and go."""

from __future__ import annotations

from pathlib import Path

from corpus.divisions import NATION, gazetteer
from qa.documents import DocumentRegions
from tests.qa.conftest import library_of

NOTICE = """{place}人民政府关于做好春耕工作的通知
各有关单位：
做好春耕工作。
{place}人民政府
2024年3月5日
"""


def test_documents_of_places_inside_a_place_are_its_own(tmp_path: Path) -> None:
    places = ("甘肃省", "兰州市", "甘南藏族自治州", "云南省")
    with library_of(tmp_path, *(NOTICE.format(place=place) for place in places)) as library:

        def inside(name: str) -> set[str]:
            rows = library.corpus.view(DocumentRegions).inside(gazetteer().named(name)[0])
            return {library.corpus.heads[row].source.rsplit("/", 1)[-1] for row in rows}

        assert inside("甘肃省") == {"a.txt", "b.txt", "c.txt"}
        assert (inside("兰州市"), inside("云南省"), inside("昆明市")) == ({"b.txt"}, {"d.txt"}, set())
        assert inside(NATION.name) == set()
        library.remove("b.txt")
        assert (inside("甘肃省"), inside("兰州市")) == ({"a.txt", "c.txt"}, set())
