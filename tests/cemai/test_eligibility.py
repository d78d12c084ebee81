"""Sixty made persons and enterprises against rules of real documents: conditions judged right, and none wrongly 符合."""

from __future__ import annotations

import datetime as dt
import html
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.eligibility import JudgedCondition, judge_provision, read_description
from cemai.library import Library
from corpus.divisions import gazetteer
from corpus.document import Span
from corpus.errors import UsageError
from graph.codec.records import ProvisionRecord
from tests.encoders import BlankEncoder
from tests.qa.conftest import library_of
from ui.cli import main
from ui.desk.desk import Desk
from ui.desk.imports import Imports
from ui.gate import RequestGate
from ui.page.eligible.events import rows
from ui.rest.app import mount_api

DAY = dt.date(2026, 11, 30)
PLACE = gazetteer().named("昆明市")[0]
PERSONS = Path(__file__).parent.parent / "data" / "eligibility" / "persons.tsv"
CORPUS = Path(os.environ.get("CEMAI_SHARED", Path(__file__).parents[2].parent / "shared")) / "corpus"


@dataclass(frozen=True)
class Person:
    text: str
    file: str
    anchor: str
    expected: tuple[tuple[str, str], ...]


def read_persons() -> list[Person]:
    rows = [line.split("\t") for line in PERSONS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return [
        Person(text, file, anchor, tuple((part.split(":")[0], part.split(":")[1]) for part in said.split(";")))
        for text, file, anchor, said in rows
    ]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    files = sorted({CORPUS / person.file for person in read_persons()})
    if not all(file.exists() for file in files):
        pytest.skip(f"the shared corpus is not at {CORPUS}")
    with Library.open(tmp_path_factory.mktemp("rules"), encoder=BlankEncoder()) as library:
        library.ingest(files)
        yield library


def judge(library: Library, person: Person) -> list[JudgedCondition]:
    told = read_description(person.text)
    info = next(info for info in library.documents() if info.source == Path(person.file).name)
    text = library.corpus.text(info.row)
    found = [
        fact.value for fact in library.corpus.facts(ProvisionRecord, documents=[info.row]) if person.anchor in fact.value.quote
    ]
    spans = [Span(one.start, one.end) for one in found]
    if not spans:  # not kept as a provision: its paragraph
        at = text.index(person.anchor)
        spans = [Span(text.rfind("\n", 0, at) + 1, (text + "\n").find("\n", at))]
    conditions = judge_provision(text, min(spans, key=len), info, told, DAY)
    assert all(one.quote == text[one.span.start : one.span.end] for one in conditions)
    return list(conditions)


def compare(library: Library) -> tuple[int, list[str], list[str]]:
    """How many conditions are judged as written, those that are not, and every 符合 that was not written."""
    right, other, more = 0, [], []
    for person in read_persons():
        conditions = judge(library, person)
        for verdict, words in person.expected:
            found = [one for one in conditions if words in one.quote or one.quote in words]
            if any(one.verdict == verdict for one in found):
                right += 1
            else:
                other.append(f"{person.text} | {words} | {verdict} | {[(one.verdict, one.quote) for one in found]}")
        allowed = [words for verdict, words in person.expected if verdict == "符合"]
        more += [
            f"{person.text} | {one.quote}"
            for one in conditions
            if one.verdict == "符合" and not any(words in one.quote or one.quote in words for words in allowed)
        ]
    return right, other, more


@pytest.mark.slow
def test_the_conditions_of_sixty_persons(rules: Library) -> None:
    right, other, more = compare(rules)
    assert (right, other, more) == (sum(len(person.expected) for person in read_persons()), [], [])


RULES = """青禾市高龄津贴发放办法
青政发〔2025〕6号
青禾市人民政府
2025年3月5日
第一条 具有本市户籍、年满80周岁的老年人，可以申请领取高龄津贴，每人每月100元。
第二条 对最低生活保障家庭中未满18周岁的子女，给予每人每月300元教育补贴，申请人应当提交户口簿。
第三条 非本市户籍人员连续缴纳社会保险满12个月的，可以申请租房补贴每月200元。
第四条 本办法自2025年4月1日起施行。
"""
DRAFT = RULES.replace("办法\n", "办法（征求意见稿）\n", 1).replace("青政发〔2025〕6号\n", "").replace("100元", "150元")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("town"), RULES, DRAFT) as library:
        yield library


def verdicts(library: Library, who: str, topic: str = "") -> list[dict[str, str]]:
    found = library.eligible(who, topic=topic, as_of=DAY)
    return [{one.quote: one.verdict for one in provision.conditions} for provision in found.provisions]


def test_conditions_met_not_met_and_not_told(town: Library) -> None:
    (found,) = verdicts(town, "82岁，住在青禾市", "高龄")
    assert found["年满80周岁"] == "符合" and found["本市户籍"] == "未载明", (
        "where somebody lives says nothing of the registration"
    )
    assert verdicts(town, "79岁，住在青禾市", "高龄") == [], "a provision none of whose conditions is met says nothing"
    (child,) = verdicts(town, "40岁，低保户", "教育补贴")
    assert child["最低生活保障家庭"] == "符合" and child["未满18周岁"] == "未载明", "the age is that of the children"
    assert any(quote.startswith("申请人应当提交") and verdict == "未载明" for quote, verdict in child.items())
    assert verdicts(town, "连续缴纳社保满24个月", "租房")[0]["连续缴纳社会保险满12个月"] == "符合"
    assert verdicts(town, "缴纳社保24个月，低保", "租房") == [], "not said to be without a break: not met for certain"


@pytest.mark.parametrize(
    ("who", "rule", "words", "verdict", "why"),
    [
        ("65岁", "年满60周岁的父母可以享受护理补贴每月100元。", "年满60周岁", "未载明", "whose age it is stands behind it"),
        ("低保户", "有下列情形之一的，不予补贴：\n已是低保对象的；", "低保对象", "未载明", "who is in this state gets nothing"),
        ("低保户", "低保对象不得申请补贴。", "低保对象", "未载明", "not to be met but to be avoided"),
        ("不是低保户", "低保对象给予补贴100元。", "低保对象", "不符合", "denied in other words"),
        ("没有残疾", "对残疾人给予补贴100元。", "残疾人", "不符合", "denied"),
        ("残疾", "对残疾人子女给予补贴100元。", "残疾人", "未载明", "the children are meant"),
        ("退役军人", "本办法给予补贴，不含退役军人。", "退役军人", "不符合", "left out by the rule"),
        ("低保户", "每户给予补贴100元，低保对象除外。", "低保对象", "未载明", "left out by what follows"),
        ("青禾市户籍", "申请补贴不受本市户籍限制。", "本市户籍", None, "no condition"),
        ("孩子3岁，35岁", "年满30周岁的给予补贴。", "年满30周岁", "符合", "the child's age is not that of who asks"),
        ("60岁", "60周岁以下的给予补贴。", "60周岁以下", "符合", "以下 takes in the number itself"),
        ("60岁", "60周岁以下（不含60周岁）的给予补贴。", "60周岁以下", "未载明", "unless it is left out"),
        ("女，58岁", "男性不超过60周岁、女性不超过55周岁的给予补贴。", "不超过55周岁", "不符合", "the limit for women"),
        ("58岁", "男性不超过60周岁、女性不超过55周岁的给予补贴。", "不超过60周岁", "未载明", "the sex was not told"),
        (
            "家庭人均月收入900元",
            "家庭人均年收入低于12000元的给予补贴。",
            "人均年收入低于12000元",
            "符合",
            "a month's against a year's",
        ),
        ("家庭人均月收入1500元", "家庭人均月收入低于1200元的给予补贴。", "人均月收入低于1200元", "不符合", "more than the limit"),
        ("2020年毕业", "毕业3年内的给予补贴。", "毕业3年内", "不符合", "six years ago"),
        (
            "公积金缴存20个月",
            "连续缴存住房公积金满12个月的给予贷款补贴。",
            "连续缴存住房公积金满12个月",
            "未载明",
            "not said to be without a break",
        ),
        ("青禾市农村户籍", "本市城镇户籍的给予补贴。", "本市城镇户籍", "不符合", "of the country, not of the town"),
        ("三个孩子", "对三孩家庭给予补贴。", "三孩", "符合", "three"),
        ("某公司，2024年6月成立", "成立3年以内的小微企业给予奖励。", "成立3年以内", "符合", "two years and some months"),
        ("某公司，2020年成立", "成立3年以内的小微企业给予奖励。", "成立3年以内", "不符合", "five years at least"),
        ("某公司，2023年成立", "成立满3年的企业给予奖励。", "成立满3年", "未载明", "the month decides, and was not told"),
        ("某公司", "登记注册满6个月的企业给予补贴。", "登记注册满6个月", "未载明", "not told"),
        ("某公司，2026年1月注册", "登记注册满6个月的企业给予补贴。", "登记注册满6个月", "符合", "ten months"),
        ("某公司，员工45人", "从业人员300人以下的企业给予补贴。", "从业人员300人以下", "符合", "fewer"),
        ("某公司，员工45人", "在职职工50人以上的企业给予补贴。", "在职职工50人以上", "不符合", "fewer than asked for"),
        ("某公司，营业收入2500万元", "年营业收入达到2000万元以上的企业奖励10万元。", "营业收入达到2000万元以上", "符合", "more"),
        ("某公司，营业收入2500万元", "年营业收入首次突破1亿元的企业奖励50万元。", "营业收入首次突破1亿元", "不符合", "less"),
        (
            "某公司，营业收入1.2亿元",
            "年营业收入首次突破1亿元的企业奖励50万元。",
            "营业收入首次突破1亿元",
            "未载明",
            "not told that it is the first time",
        ),
        ("两个孩子", "对三孩家庭给予补贴。", "三孩", "未载明", "two, and there may be another way"),
        ("武汉市户籍", "具有本市户籍或者持有居住证的给予补贴。", "本市户籍", "未载明", "the permit is another way"),
        ("武汉市户籍", "具有本市户籍的给予补贴。", "本市户籍", "不符合", "the only way"),
        ("40岁，开店", "企业法定代表人或经营者（不超过45周岁）给予补贴。", "不超过45周岁", "符合", "who runs a shop is meant"),
        (
            "40岁",
            "企业法定代表人或经营者（不超过45周岁）给予补贴。",
            "不超过45周岁",
            "未载明",
            "whether it is their business was not told",
        ),
        ("本科毕业", "对“双一流”大学本科毕业生给予补贴。", "大学本科毕业生", "未载明", "of which university was not told"),
        ("本科毕业", "对大学本科毕业生给予补贴。", "大学本科毕业生", "符合", "of any university"),
        ("某公司，2025年1月注册", "注册登记时间在3年内的给予补贴。", "注册登记时间在3年内", "符合", "within three years"),
    ],
)
def test_a_condition(town: Library, who: str, rule: str, words: str, verdict: str | None, why: str) -> None:
    info = next(info for info in town.documents() if info.head.doc_number)
    home = replace(info, head=replace(info.head, region=PLACE.path, region_code=PLACE.code))
    who = who.replace("青禾市", PLACE.name)
    found = judge_provision(rule, Span(0, len(rule)), home, read_description(who), DAY)
    said = [one.verdict for one in found if words in one.quote and (verdict or one.verdict != "未载明")]
    assert said == ([verdict] if verdict else []), why


def test_nothing_of_a_draft_and_nothing_without_words(town: Library) -> None:
    assert all("150元" not in one.provision.quote for one in town.eligible("82岁", as_of=DAY).provisions)
    with pytest.raises(UsageError):
        town.eligible(" ", as_of=DAY)
    assert town.eligible("82岁", as_of=dt.date(2025, 3, 20)).provisions == (), "not yet in force"


def test_every_door_tells_the_same(town: Library, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    place = ["--library", str(town.corpus.folder), "eligible", "高龄老人", "--age", "82", "--topic", "高龄"]
    assert main([*place, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["told"]["age"] == 82 and told["provisions"][0]["conditions"][0]["quote"] == "本市户籍"
    assert main([*place, "--format", "xlsx", "--out", str(tmp_path / "t.xlsx")]) == 0
    cells = [str(cell.value) for row in openpyxl.load_workbook(tmp_path / "t.xlsx").active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert {"年满80周岁", "符合", "未载明"} <= {*cells}
    desk = Desk(town)
    shown = rows(desk, {"act": "rows", "who": "高龄老人", "age": "82", "topic": "高龄"})
    assert "年满80周岁" in shown and "说到的 1 个条件符合，还须满足 1 个" in shown
    told_by_addresses = [
        unquote(html.unescape(found)) for found in re.findall(r'(?:href|data-address|data-name)="([^"]*)"', shown)
    ]
    assert "/?tab=eligible&do=match&topic=高龄" in told_by_addresses
    assert not any("高龄老人" in told or "82" in told for told in told_by_addresses if "doc=" not in told)
    app = FastAPI()
    mount_api(app, desk, Imports(desk))
    app.add_middleware(RequestGate, hosts=("testserver",))
    client = TestClient(app, raise_server_exceptions=False)
    got = client.get("/api/v1/eligible", params={"who": "高龄老人", "age": "82", "topic": "高龄"}).json()
    assert got["provisions"] == told["provisions"]
    button = html.unescape(re.findall(r'data-body="([^"]*)"', shown)[0])
    assert json.loads(button) == {"who": "高龄老人", "age": "82", "sex": "", "place": "", "household": "", "income": "", "topic": "高龄",
                                  "top": 100, "format": "xlsx"}  # fmt: skip
    assert (
        client.post("/api/v1/eligible", json={**json.loads(button), "format": "json"}).json()["provisions"] == told["provisions"]
    )
    assert client.post("/api/v1/eligible", json=json.loads(button)).content[:2] == b"PK"
    assert client.get("/api/v1/eligible").status_code == 400


def test_an_address_never_says_who(town: Library) -> None:
    desk = Desk(town)
    own = {"who": "高龄老人", "age": "82"}
    assert "年满80周岁" in rows(desk, {"act": "arrive", "do": "match", **own}), "a reload: the tab knows who"
    for arriving in ({"do": "match"}, own, {"topic": "高龄"}):
        shown = rows(desk, {"act": "arrive", **arriving})
        assert "看哪些规定的条件对得上" in shown and "match" not in shown


def test_what_is_not_read_of_whom_it_is_for_is_a_condition_too(tmp_path: Path) -> None:
    rule = """石溪县民政局关于发放护理补贴的通知
石民发〔2026〕6号
一、具有本县户籍、年满65周岁且纳入最低生活保障的失能老年人，每人每月发放护理补贴150元。
石溪县民政局
2026年2月12日
"""
    (tmp_path / "通知.txt").write_text(rule, encoding="utf-8")
    with Library.open(tmp_path / "lib") as library:
        library.ingest([tmp_path / "通知.txt"])
        (found,) = library.eligible("女，82岁", as_of=dt.date(2026, 6, 1)).provisions
        assert [(one.verdict, one.quote) for one in found.conditions] == [
            ("未载明", "本县户籍"),
            ("符合", "年满65周岁"),
            ("未载明", "纳入最低生活保障的失能老年人"),
        ]
