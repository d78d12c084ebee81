"""What a person says of a document, taken apart: place, level, issuer, year, kind, and what it is about."""

from __future__ import annotations

import datetime as dt

import pytest

from graph.documents.descriptions import find_offices, read_description, stem_of_office

DAY = dt.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        # year and level before 发的, kind at the end
        ("去年市里发的关于养老服务的实施意见", "去年市里发的关于养老服务的实施意见",
         {"years": (2025,), "level": "市州", "kinds": ("意见",), "topic": ("养老服务",), "pointed": True}),
        # an office by its short name; nothing is said of the contents
        ("医保局去年出的那个办法", "医保局去年出的那个办法",
         {"offices": ("医保",), "years": (2025,), "kinds": ("办法",), "topic": (), "pointed": True}),
        # what is asked of the document stays outside
        ("那份把公积金贷款额度提到100万的通知对首付怎么规定", "那份把公积金贷款额度提到100万的通知",
         {"kinds": ("通知",), "topic": ("公积金贷款额度", "100万"), "numbers": ("100万",), "pointed": True}),
        ("省里那个养老服务条例还有效吗", "省里那个养老服务条例", {"level": "省", "kinds": ("条例",), "topic": ("养老服务",)}),
        # the kind of what is issued is not the kind of the document
        ("财政厅那个印发补助办法和清单的通知", "财政厅那个印发补助办法和清单的通知", {"kinds": ("通知",), "offices": ("财政",), "level": "省"}),
        # 文件 says no kind
        ("国务院2018年批的那个职业教育的文件", "国务院2018年批的那个职业教育的文件",
         {"offices": ("国务院",), "level": "国家", "years": (2018,), "kinds": (), "topic": ("职业教育",)}),
        # a mere subject with a condition describes, but points at nothing
        ("甘南州的草原保护办法", "甘南州的草原保护办法", {"kinds": ("办法",), "topic": ("草原保护",), "pointed": False}),
        ("前年那部消防法", "前年那部消防法", {"years": (2024,), "kinds": ("法",), "topic": ("消防",)}),
    ],
)  # fmt: skip
def test_a_description_is_taken_apart(text: str, said: str, expected: dict[str, object]) -> None:
    found = read_description(text, DAY)
    assert found is not None and found.text == said == found.span.of(text)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "养老服务补贴标准是多少",
        "市里出台的养老政策有哪些",
        "各省去年出的办法有哪些不同",
        "按规定的标准补贴多少",
        "那个通知里有哪些措施",
        "《云岫县供水条例》是哪年发布的办法",
        "最高法院以前发布的司法解释",
        "",
    ],
)
def test_what_describes_no_one_document(text: str) -> None:
    found = read_description(text, DAY)
    assert found is None or not found.pointed


@pytest.mark.parametrize("name", ["ffffffff", "2024-0315", "a.txt", "补贴"])
def test_what_is_no_subject_describes_nothing_in_the_place_of_a_name(name: str) -> None:
    assert read_description(name, DAY, alone=True) is None


def test_places_are_divisions() -> None:
    found = read_description("武汉那份提高额度的通知", DAY)
    assert found is not None and [place.name for place in found.places[0]] == ["武汉市"]


@pytest.mark.parametrize(
    ("name", "stem"),
    [("医保局", "医保"), ("吉林省医疗保障局办公室", "医保"), ("某某市科学技术局", "科技"), ("住建部", "住房城乡建设"),
     ("国务院办公厅", "国务院"), ("省政府", "政府"), ("云南省人民政府办公厅", "政府"), ("老李家", None)],
)  # fmt: skip
def test_an_office_has_one_stem_in_any_writing(name: str, stem: str | None) -> None:
    assert stem_of_office(name) == stem


def test_no_office_is_read_into_other_words() -> None:
    assert find_offices("财政部门要做好政府采购工作的一部分") == []
