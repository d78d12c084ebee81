"""The status of documents on a day: a set of made situations, and what a single sentence does or does not do."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from corpus.document import HeadMatter, ParsedDocument
from corpus.store import Corpus
from graph.documents.periods import transition_notice
from graph.documents.status import DocumentStatus, status_on, statuses
from ingest.reader import read
from tools.eval_status import build, judge, score

DATA = Path(__file__).parents[2] / "data" / "status"
DAY = dt.date(2026, 6, 1)
SITUATIONS = [json.loads(line) for line in (DATA / "situations.jsonl").read_text(encoding="utf-8").splitlines()]


SCORED = 54
"""Of the 56 situations so many have to be right in status, quote, dates and replacing document; the status in all of them."""


def test_made_situations(tmp_path: Path) -> None:
    wrong: dict[str, object] = {}
    incomplete = []
    for situation in SITUATIONS:
        paths = {f"made/{name}": DATA / name for name in situation["made"]}
        corpus, rows = build(tmp_path / situation["id"], paths)
        found = judge(corpus, rows[situation["document"]], dt.date.fromisoformat(situation["as_of"]))
        marks = score(situation, found, rows, {name: corpus.text(row) for name, row in rows.items()})
        corpus.close()
        if not marks["status"]:
            wrong[situation["id"]] = (found["status"], situation["status"], situation["reason"])
        incomplete += [situation["id"]] if not all(marks.values()) else []
    assert wrong == {}
    assert len(SITUATIONS) - len(incomplete) >= SCORED, incomplete


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.open(tmp_path / "library")


def put(corpus: Corpus, name: str, text: str) -> int:
    return corpus.put(read(text.encode(), name), original=b"x", passages=(), facts=())


def put_head(corpus: Corpus, **head: object) -> int:
    id = f"d{len(corpus)}"
    doc = ParsedDocument(id, f"{id}.txt", "txt", id * 4, f"{id}的正文，没有一句话说到时效{id * 9}", HeadMatter(**head))  # type: ignore[arg-type]
    return corpus.put(doc, original=b"x", passages=(), facts=())


def rules(title: str, number: str, day: str, closing: str) -> str:
    return (
        f"{title}\n{number}\n第一条 为了节约用水，根据有关规定，制定本办法。\n第二条 {title}适用于本县用水单位，应当安装计量设施。\n"
        f"第三条 {closing}\n云岫县人民政府\n{day}\n"
    )


OLD = rules("云岫县供水管理办法", "云政发〔2012〕3号", "2012年3月1日", "本办法自2012年5月1日起施行。")
SENTENCES = [
    ("本办法自2024年1月1日起施行。《云岫县供水管理办法》（云政发〔2012〕3号）同时废止。", "已废止"),
    ("本办法自2024年1月1日起施行，云政发〔2012〕3号文件同时废止。", "已废止"),
    ("本办法自2024年1月1日起施行。此前印发的《云岫县供水管理办法》不再执行。", "已废止"),
    ("本办法自2024年1月1日起施行，废止《云岫县供水管理办法》（云政发〔2012〕3号）。", "已废止"),
    ("根据《云岫县供水管理办法》，《云岫县排水管理办法》（云政发〔2011〕1号）同时废止。", "现行有效"),
    ("本办法自2024年1月1日起施行。《云岫县供水管理办法》（云政发〔2012〕3号）第五条同时废止。", "现行有效"),
    ("本办法自2024年1月1日起施行。《云岫县供水价格管理办法》（云政发〔2012〕4号）同时废止。", "现行有效"),
    ("本办法自2024年1月1日起施行。《云岫县供水管理办法》（云政发〔2009〕7号）同时废止。", "现行有效"),
    ("本办法自2024年1月1日起施行，与《云岫县供水管理办法》不一致的，以本办法为准。", "现行有效"),
    ("本办法自2027年1月1日起施行。《云岫县供水管理办法》（云政发〔2012〕3号）同时废止。", "现行有效"),
    ("建议废止《云岫县供水管理办法》（云政发〔2012〕3号）。", "现行有效"),
]


@pytest.mark.parametrize(("closing", "status"), SENTENCES)
def test_what_a_closing_sentence_does_to_an_older_document(corpus: Corpus, closing: str, status: str) -> None:
    old = put(corpus, "旧.txt", OLD)
    new = put(corpus, "新.txt", rules("云岫县城乡用水条例", "云政发〔2023〕8号", "2023年11月1日", closing))
    found = statuses(corpus, DAY)[old]
    assert found.status == status
    if status == "已废止":
        assert found.replaced_by == (new,) and found.evidence is not None and found.evidence.document == new
        assert found.evidence.span is not None and found.evidence.span.of(corpus.text(new)) == found.evidence.quote
        assert statuses(corpus, dt.date(2023, 12, 31))[old].status == "现行有效", "until the new one is in force"


def test_a_draft_and_a_lower_authority_repeal_nothing(corpus: Corpus) -> None:
    old = put(corpus, "旧.txt", OLD.replace("云岫县", "贵州省"))
    closing = "本办法自2024年1月1日起施行。《贵州省供水管理办法》同时废止。"
    put(corpus, "稿.txt", rules("贵州省供水条例（征求意见稿）", "", "2023年11月1日", closing))
    put(corpus, "下.txt", rules("贵阳市用水办法", "筑府发〔2023〕8号", "2023年11月1日", closing))
    assert statuses(corpus, DAY)[old].status == "现行有效"


def test_a_person_comes_first_and_can_take_it_back(corpus: Corpus) -> None:
    old = put(corpus, "旧.txt", OLD)
    corpus.set_status(old, "已废止", "县政府常务会议决定", who="张三")
    found = statuses(corpus, DAY)[old]
    assert found.status == "已废止" and found.evidence is not None and found.evidence.person == "张三"
    assert "县政府常务会议决定" in found.reason
    corpus.set_status(old, None)
    corpus.correct(old, "expires_on", "2025-04-30", who="李四")
    found = statuses(corpus, DAY)[old]
    assert (found.status, found.expires_on) == ("已失效", "2025-04-30")


FIELDS = [
    ({"title": "某市供水管理办法", "status": "有效"}, "现行有效", "有效"),
    ({"title": "某市供水管理办法", "status": "废止"}, "已废止", "废止"),
    ({"title": "某市供水管理办法", "status": "失效"}, "已失效", "失效"),
    ({"title": "某市供水管理办法", "status": "已修改"}, "已修订", "已修改"),
    ({"title": "某市供水管理办法(征求意见稿)"}, "征求意见稿", "征求意见"),
    ({"title": "关于拟废止某市供水管理办法的公示"}, "征求意见稿", "尚无约束力"),
    ({"title": "某市供水管理办法", "expires_on": "2025-01-31"}, "已失效", "2025年1月31日"),
    ({"title": "某市供水管理办法", "effective_on": "2026-09-01"}, "尚未施行", "2026年9月1日"),
    ({"title": "某市“十四五”供水规划"}, "已失效", "2025"),
    ({"title": "某市“十五五”供水规划"}, "现行有效", "2030"),
    ({"title": "某市供水规划", "plan_period": ("2021", "2025")}, "已失效", "2021—2025"),
    ({"title": "某市2024年供水工作要点"}, "已失效", "2024"),
    ({"title": "某市供水公告"}, "未载明", "没有写明"),
    ({"title": "某市召开会议审议“十四五”供水规划"}, "未载明", "没有写明"),
]


@pytest.mark.parametrize(("head", "status", "said"), FIELDS)
def test_status_from_head_matter_with_its_reason(corpus: Corpus, head: dict[str, object], status: str, said: str) -> None:
    row = put_head(corpus, **head)
    found = status_on(corpus, corpus.info(row), DAY)
    assert found.status == status and said in found.reason
    assert found == statuses(corpus, DAY)[row]


def test_what_is_not_stated_says_what_is_known(corpus: Corpus) -> None:
    common: dict[str, object] = {"issuers": ("某市水务局",)}
    old = put_head(corpus, title="某市水务局关于加强节约用水工作的通知", issued_on="2016-03-01", **common)
    put_head(corpus, title="某市水务局关于进一步加强节约用水工作的通知", issued_on="2023-03-01", **common)
    put_head(corpus, title="某市水务局关于汛期值班的通知", issued_on="2023-05-01", **common)
    found = statuses(corpus, DAY)[old]
    assert found.status == "未载明" and "已10年" in found.reason
    assert "进一步加强节约用水" in found.reason and "汛期" not in found.reason


def test_statuses_are_kept_until_the_library_changes(corpus: Corpus) -> None:
    old = put(corpus, "旧.txt", OLD)
    first = statuses(corpus, DAY)
    assert statuses(corpus, DAY)[old] is first[old]
    put(corpus, "新.txt", rules("云岫县用水办法", "云政发〔2023〕8号", "2023年11月1日", SENTENCES[0][0]))
    again: dict[int, DocumentStatus] = statuses(corpus, DAY)
    assert (first[old].status, again[old].status) == ("现行有效", "已废止")


def test_facts_of_the_transition_period_say_that_it_is_over() -> None:
    text = "过渡期内,对脱贫人口的帮扶政策保持稳定"
    assert transition_notice(text, dt.date(2025, 12, 31)) is None
    notice = transition_notice(text, dt.date(2026, 1, 1))
    assert notice is not None
    assert notice.startswith("过渡期（2021—2025年）已于2025年底届满")
    assert transition_notice("给予6个月的社会安置过渡期", dt.date(2026, 1, 1)) is None
    assert transition_notice("过渡期内不变", dt.date(2026, 1, 1), context="巩固拓展脱贫攻坚成果") is not None
    five = transition_notice("“十四五”期间新建泵站", dt.date(2026, 1, 1))
    assert five is not None
    assert "2021—2025" in five


def test_a_term_from_the_day_of_issue_is_counted_from_the_file_name(corpus: Corpus) -> None:
    text = "云岫县促进购房若干措施\n一、购房给予补贴。\n二、本措施自印发之日起施行，有效期一年。\n"
    row = put(corpus, "2023-10-19_云岫县促进购房若干措施.txt", text)
    found = statuses(corpus, DAY)[row]
    assert (found.status, found.expires_on, found.effective_on) == ("已失效", "2024-10-18", None)
    assert "按2023年10月19日印发起算" in found.reason
    assert statuses(corpus, dt.date(2024, 10, 18))[row].status == "现行有效"


DRAFTS = [
    ("云岫县供水办法", "县水务局起草了《云岫县供水办法（征求意见稿）》，现公开征求意见。", "自印发之日起施行", "起草了"),
    ("云岫县供水办法（送审稿）", "为了供水，制定本办法。", "自2026年 月 日起施行", "自2026年 月 日起施行"),
    ("讨论稿\n云岫县供水办法（讨论稿）", "为了供水，制定本办法。", "自2026年5月1日起施行", "讨论稿"),
    ("云岫县供水办法\n（讨论稿）", "为了供水，制定本办法。", "自2026年5月1日起施行", "云岫县供水办法\n（讨论稿）"),
]


@pytest.mark.parametrize(("title", "first", "closing", "quote"), DRAFTS)
def test_the_words_that_make_a_draft(corpus: Corpus, title: str, first: str, closing: str, quote: str) -> None:
    row = put(corpus, "供水办法（征求意见稿）.txt", f"{title}\n第一条 {first}\n第二条 本办法{closing}。\n")
    found = statuses(corpus, DAY)[row]
    assert found.status == "征求意见稿"
    assert found.evidence is not None and quote in found.evidence.quote


def test_a_repeal_to_come_is_quoted_with_the_day_it_rests_on(corpus: Corpus) -> None:
    row = put(corpus, "old.txt", OLD)
    closing = "本办法自2027年1月1日起施行。《云岫县供水管理办法》（云政发〔2012〕3号）同时废止。"
    put(corpus, "new.txt", rules("云岫县供水服务办法", "云政发〔2026〕1号", "2026年5月1日", closing))
    found = statuses(corpus, DAY)[row]
    assert found.status == "现行有效"
    assert found.evidence is not None and "2027年1月1日" in found.evidence.quote and "同时废止" in found.evidence.quote
    assert statuses(corpus, dt.date(2027, 1, 1))[row].status == "已废止"


def test_a_draft_for_discussion_takes_nothing_out_of_force(corpus: Corpus) -> None:
    row = put(corpus, "old.txt", OLD)
    closing = "本办法自2024年1月1日起施行。《云岫县供水管理办法》（云政发〔2012〕3号）同时废止。"
    put(corpus, "new.txt", rules("云岫县供水服务办法\n（讨论稿）", "", "2023年5月1日", closing))
    assert statuses(corpus, DAY)[row].status == "现行有效"


def test_the_note_under_a_title_tells_the_entry_into_force(corpus: Corpus) -> None:
    text = (
        "云岫县自治条例\n（1986年12月4日云岫县人民代表大会通过 1986年12月9日公布施行）\n第一条 县人民代表大会依照法律行使职权。\n"
    )
    row = put(corpus, "云岫县自治条例.txt", text)
    found = statuses(corpus, DAY)[row]
    assert (found.status, found.effective_on) == ("现行有效", "1986-12-09")
