"""A wall round every question: whatever is asked, with whatever filters, by program, REST or batch, ends in an answer or a refusal."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.library import Library
from corpus.errors import PolicyError
from corpus.filters import Filters
from index.dense.encoder import load
from ui.commands.batch import BatchEntry, run_batch
from ui.desk.desk import Desk
from ui.desk.imports import Imports
from ui.gate import RequestGate
from ui.rest.app import mount_api

SHARE = float(os.environ.get("CEMAI_FAULTS_SHARE", "1"))
CALLS = round(30_000 * SHARE) if os.environ.get("CEMAI_FAULTS") == "long" else 240
"""Calls of all three ways together: 240 in the tests, 30,000 by ``make test-faults``; CEMAI_ODD_CALLS asks for another number."""
CALLS = int(os.environ.get("CEMAI_ODD_CALLS", CALLS))
CASES = Path(__file__).with_name("odd_questions.jsonl")
"""What once failed, asked again each time."""
TEXTS = (
    "云岫县人民政府关于加强农村供水管护工作的通知\n云政发〔2024〕1号\n各乡镇人民政府：\n一、总体目标\n到2025年，农村自来水普及率达到90%以上，投入资金3000万元。\n"
    "二、重点任务\n（一）管护水窖。落实日常巡查。（责任单位：县水务局、县财政局）\n三、保障措施\n本通知自2024年4月1日起施行，有效期5年。\n云岫县人民政府\n2024年3月5日\n",
    "云岫县校车管理办法\n第一条 本办法所称校车，是指接送学生的七座以上客车。\n第二条 县教育局负责校车安全管理，每学期检查不少于2次。\n第三条 对符合条件的学生每人每年补助1200元。\n2023年9月1日\n",
    "苍岭省“十四五”公共服务规划\n2021年12月\n一、发展指标\n到2025年，人均预期寿命提高到78岁，每千人口托位数达到4.5个，人均可支配收入年均增长6%左右。\n",
)
WORDS = (
    "十四五", "2025年", "万元", "人均", "收入", "自来水普及率", "谁负责", "责任单位", "是什么", "多少", "补助", "标准", "比", "和", "的", "哪些文件", "云岫县", "各县", "排名", "前三",
    "最高", "至少", "不超过", "90%", "第二条", "云政发〔2024〕1号", "《校车管理办法》", "有效期", "废止了吗", "什么时候施行", "所称校车", "那", "呢", "依据", "增长", "翻一番",
    "同比", "每年", "分别", "以及", "或者", "吗", "？", "。", "（", "）", "“", "《", "〔", "％", "‰", "亿元", "平方公里", "三分之一", "廿", "百千", "三四", "0", "1e999",
)  # fmt: skip
PIECES = (
    "\x00", "\u202e", "\u200b", "\ufeff", "\ud800", "\U0010ffff", "́", "ﷺ", "Ａ１", "ß", "İ", "𠮷", "\r\n", "\t", "　", "'", '"', "\\", "%", "*", "^", "~", "NEAR", "AND OR NOT",
    "C++", "a:b", "--", "[", "(((", "))", "{{7*7}}", "<b>", "../../", "9" * 40, "第" * 50, "一、" * 30, "（" * 80, "，" * 60, "2024-13-45", "9999年99月99日", "-1", "½", "Ⅷ", "㈠",
)  # fmt: skip
FILTERS = {
    "region": ("云岫县", "苍岭省", "全国", "", "贵州", "x" * 201, "\ud800", "%", "中国\x00"),
    "level": ("县", "省", "x", "长" * 21, ""),
    "issuer": ("云岫县人民政府", "*", "x" * 250, "\U0010ffff"),
    "year": (2024, 1900, 2200, 0, -1, 10**12, "2024年", "1e3"),
    "topic": ("水利", "x" * 101, "'", ""),
    "status": ("现行有效", "已废止", "x", "现" * 51, "未载明"),
    "format": ("txt", "x" * 21),
    "documents": ((), ("x",), ("\ud800",)),
}


def draw_question(dice: random.Random) -> str:
    parts = dice.choices((*WORDS, *WORDS, *PIECES), k=dice.choice((1, 2, 3, 3, 4, 6, 12)))
    question = dice.choice(("", "", "", " ")).join(parts)
    if dice.random() < 0.1:
        at = dice.randrange(len(question) + 1)
        question = question[at:] + question[:at]
    return question * dice.choice((1,) * 20 + (7, 40))


def draw_filters(dice: random.Random) -> dict[str, Any]:
    return {name: dice.choice(FILTERS[name]) for name in dice.sample(sorted(FILTERS), dice.choice((0, 0, 1, 1, 2)))}


def kept_cases() -> list[tuple[str, dict[str, Any]]]:
    return [
        (case["question"], case["filters"])
        for line in CASES.read_text(encoding="utf-8").splitlines()
        if (case := json.loads(line))
    ]


def asked(seed: int, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from kept_cases()
    dice = random.Random(seed)
    for _ in range(number):
        yield draw_question(dice), draw_filters(dice)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("odd")
    for number, text in enumerate(TEXTS):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    with Library.open(folder / "lib", encoder=load(None)) as opened:
        opened.ingest(sorted(folder.glob("*.txt")))
        yield opened


@pytest.fixture(scope="module")
def seed() -> int:
    number = int(os.environ.get("CEMAI_FAULTS_SEED", str(random.randrange(1 << 30))))
    print("seed", number)
    return number


def test_the_program_answers_or_refuses(library: Library, seed: int) -> None:
    failed: list[str] = []
    told: Counter[str] = Counter()
    for number, (question, conditions) in enumerate(asked(seed, CALLS // 3)):
        try:
            filters = Filters(**conditions) or None
            what = number % 4
            if what == 0:
                library.search(question, filters=filters, as_of=dt.date(2026, 1, 2))
            elif what == 1 and number % 12 == 1:
                library.compare(question, status=conditions.get("status"))
            else:
                library.ask(question, filters=filters, keep=False, after=[question[::-1]] if what == 3 else [])
        except PolicyError as error:
            told[type(error).__name__] += 1
        except Exception as error:
            failed.append(f"{error!r}: {json.dumps({'question': question, 'filters': conditions}, ensure_ascii=True)}")
    print(f"program: {CALLS // 3} calls, {dict(told)} refused, {len(failed)} failed")
    assert not failed, f"seed {seed}: " + "\n".join(failed[:20])


def test_rest_answers_or_refuses_in_words(library: Library, seed: int) -> None:
    app = FastAPI()
    desk = Desk(library)
    mount_api(app, desk, Imports(desk))
    app.add_middleware(RequestGate, hosts=("testserver",))
    client = TestClient(app, raise_server_exceptions=False)
    dice = random.Random(seed)
    statuses: Counter[int] = Counter()
    failed: list[str] = []
    lists = (
        "tasks",
        "targets",
        "documents",
        "facts/tasks",
        "graph",
        "graph/duties",
        "graph/lineage",
        "graph/units",
        "study/brief",
        "facts",
        "compare/documents",
    )
    names = {
        "graph": "node", "graph/duties": "unit", "graph/lineage": "document", "study/brief": "unit", "tasks": "unit", "targets": "indicator", "facts": "family",
        "documents": "query", "compare/documents": "first",
    }  # fmt: skip
    cases = len(kept_cases())
    for number, (question, conditions) in enumerate(asked(seed + 1, CALLS // 3)):
        if number % 3 == 2 or number < cases:
            body = {
                "question" if number < cases else dice.choice(("question", "query", "subject")): question,
                "filters": conditions,
                "after": [question],
                "as_of": dice.choice(("2026-01-02", "x", None)),
            }
            request: tuple[str, str, dict[str, Any]] = (
                "POST",
                "ask" if number < cases else dice.choice(("ask", "search", "compare")),
                {"content": json.dumps(body), "headers": {"content-type": "application/json"}},
            )
        else:
            verb = dice.choice(("ask", "search", "compare")) if number % 3 else dice.choice(lists)
            field = {"ask": "question", "search": "query", "compare": "subject"}.get(verb) or names.get(verb, "x")
            query = {
                field: question,
                **{name: value for name, value in conditions.items() if name != "documents"},
                "second": question[:300],
            }
            request = ("GET", f"{verb}?{urlencode(query, errors='surrogatepass')}", {})
        got = client.request(request[0], f"/api/v1/{request[1]}", **request[2])
        statuses[got.status_code] += 1
        words = got.json()["error"]["message"] if got.status_code >= 400 else "好"
        if got.status_code >= 500 or not any("一" <= c <= "鿿" for c in words):
            failed.append(f"{got.status_code} {request!r}"[:600])
    print(f"REST: {CALLS // 3} calls, {dict(sorted(statuses.items()))}, {len(failed)} failed")
    assert not failed, f"seed {seed}: " + "\n".join(failed[:20])


def test_a_batch_goes_on_past_every_question_and_says_which_failed(library: Library, seed: int, tmp_path: Path) -> None:
    lines: list[bytes] = []
    dice = random.Random(seed + 2)
    for number, (question, _) in enumerate(asked(seed + 2, CALLS // 3)):
        record = {"id": number, "question": question, "after": dice.choice((None, question[::-1], [question], 3))}
        lines.append(json.dumps(record, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass"))
        if dice.random() < 0.05:
            lines[-1] = dice.choice(
                (lines[-1][:-3], b"\xff\xfe", b"[" * 2_000, b"9" * 5_000, b"null", b'{"question": 3}', b'{"id": 1}', b'"x"')
            )
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines))

    def answered(entry: BatchEntry) -> dict[str, Any]:
        if entry.line % 50 == 7:
            raise IndexError("a defect of one question")
        return library.ask(entry.text, after=entry.after, keep=False).record() | {"id": entry.id}

    run_batch(tmp_path / "in.jsonl", tmp_path / "out.jsonl", "作答", answered, {"id": None, "answer": ""})
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(found) == len(lines)
    failed = [
        f"{record['error']}"
        for record in found
        if "程序内部出错" in record.get("error", "") and "IndexError" not in record["error"]
    ]
    print(f"batch: {len(lines)} lines, {sum(r['status'] == 'error' for r in found)} told, {len(failed)} failed")
    assert not failed, f"seed {seed}: " + "\n".join(failed[:20])
    assert all(f"第 {number} 行" in record["error"] for number, record in enumerate(found, 1) if record["status"] == "error")
