"""Doubling: what a question and a change of one document cost in a library of so many documents, and in one of twice as many.

    doubling.py [--documents 20000] [--folder DIR] [--rounds 5]

The library is made of small documents of our own (``made_records``): titles, numbers, dates, regions; one in twenty repeals an
earlier one, one in twenty is a later version of one. It is measured, grows to twice its size, and is measured again, each time
in a process of its own, after one that opened it for the first time and left its views. Printed are milliseconds of processor time, the median of the rounds, and by how much each grew. With
``--folder`` the library is kept there, and what is there is measured without making it again.

What costs by the size of the library whatever we do: the lists of places of a word in the lexical index, and the codes of all
vectors that FAISS looks through.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.divisions import gazetteer

SUBJECTS = [
    "供水",
    "排水",
    "供热",
    "燃气",
    "道路",
    "桥梁",
    "公交",
    "停车",
    "绿化",
    "环卫",
    "殡葬",
    "养老",
    "托育",
    "救助",
    "助残",
    "就业",
    "创业",
    "技能",
    "工伤",
    "医保",
    "药品",
    "疫苗",
    "防疫",
    "献血",
    "急救",
    "中医",
    "食品",
    "餐饮",
    "粮食",
    "种子",
    "农机",
    "水库",
    "灌区",
    "河道",
    "湿地",
    "草原",
    "林场",
    "果园",
    "茶叶",
    "蔬菜",
    "畜牧",
    "渔业",
    "矿山",
    "尾矿",
    "地质",
    "测绘",
    "档案",
    "图书",
    "文物",
    "戏曲",
    "体育",
    "旅游",
    "民宿",
    "集市",
    "物流",
    "快递",
    "电商",
    "外贸",
    "口岸",
    "园区",
    "工厂",
    "节能",
    "用电",
    "光伏",
    "风电",
    "充电",
    "消防",
    "防汛",
    "抗旱",
    "气象",
    "地震",
    "校车",
    "学前",
    "职教",
    "特教",
    "招生",
    "助学",
    "宿舍",
    "食堂",
    "公租",
    "危房",
    "物业",
    "电梯",
]
ACTS = [
    "管理",
    "补助",
    "监督",
    "保护",
    "考核",
    "登记",
    "奖励",
    "收费",
    "建设",
    "服务",
    "处置",
    "普查",
    "招标",
    "验收",
    "巡查",
    "备案",
]
KINDS = ("办法", "实施细则", "工作方案", "规定")
_STEMS = "安保报备测查城承筹处调定督发防分扶改公供共管规核护划汇会基集计技监检建健降交接节结进经救开考控扩落理联料录路律绿评期企迁勤清区取全任散设申审升施市收受输属水税送诉随损缩谈体条贴通统投图推托完网维卫稳务系限线项消协信行修需续学循训业医宜移益引应营用优预源运灾责增账招整证支执职指质治制中种重主助专转装准资自综总组作"


def made_records(first: int, last: int) -> Iterator[dict[str, str]]:
    """The records from number ``first`` up to before ``last``; the same number always gives the same record."""
    return (_record(number) for number in range(first, last))


def made_title(number: int) -> str:
    """The title of a record."""
    return _named(number)[0]


def _named(number: int) -> tuple[str, str, str, str]:
    """Title, document number, day of issue and region of a record."""
    draw = random.Random(number)
    if number >= 20 and number % 20 == 7:  # a later version of an earlier document
        title, _, day, region = _named(number - draw.randrange(1, 18) if number < 60 else draw.randrange(number - 20))
        year = min(2025, int(day[:4]) + 2)
    else:
        places = _places()
        place = places[number % len(places)]
        title = f"{place.name}{draw.choice(SUBJECTS)}{draw.choice(SUBJECTS)}{draw.choice(ACTS)}{draw.choice(KINDS)}"
        region, year = place.path, draw.randrange(2008, 2024)
    return title, f"{region[:1]}政规〔{year}〕{number}号", f"{year}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}", region


def _record(number: int) -> dict[str, str]:
    draw = random.Random(-number - 1)
    title, own, day, region = _named(number)
    sentences = [f"第{article}条　{_clause(draw)}，{_clause(draw)}，{_clause(draw)}。" for article in "一二三四"]
    if number >= 20 and number % 20 == 3:
        former, its, *_ = _named(draw.randrange(number))
        sentences.append(f"第五条　本规定自{day[:4]}年12月1日起施行，《{former}》（{its}）同时废止。")
    else:
        sentences.append(f"第五条　本规定自{day[:4]}年12月1日起施行。")
    return {
        "_id": f"m{number}", "title": title, "doc_number": own, "issued_on": day, "region": region,
        "text": f"{title}\n{own}\n" + "\n".join(sentences) + "\n",
    }  # fmt: skip


def _clause(draw: random.Random) -> str:
    return "".join(draw.choice(_STEMS) for _ in range(draw.randrange(9, 15)))


def _places() -> list[Any]:
    return sorted((d for d in gazetteer().by_code.values() if len(d.code) == 6), key=lambda d: d.code)


def make_library(folder: Path, first: int, last: int) -> None:
    """Take the records of these numbers into a library."""
    from cemai.library import Library

    with tempfile.TemporaryDirectory() as scratch, Library.open(folder) as library:
        path = Path(scratch) / "records.jsonl"
        with path.open("w", encoding="utf-8") as out:
            for record in made_records(first, last):
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
        report = library.ingest([path])
        assert len(report.added) == last - first, report.refused[:3]


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """Milliseconds of processor time of a question and of changes, in this process."""
    found: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = work()
        found.setdefault(name, []).append(1000 * (time.process_time() - start))
        return result

    start = time.process_time()
    from cemai.library import Library

    library = Library.open(folder)
    questions = [f"{made_title(n)}什么时候施行" for n in (11, 52)] + ["养老救助补助办法由谁监督", "过渡期医保资助政策"]

    def ask(number: int) -> None:
        library.ask(questions[number % len(questions)], keep=False)

    ask(0)
    found["open, first question"] = [1000 * (time.process_time() - start)]
    if not rounds:
        library.close()
        return {"open for the first time": found["open, first question"][0]}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "新增.txt"
        for i in range(rounds):
            for number in range(len(questions)):
                ask(number)
                timed("question", lambda number=number: ask(number))
            path.write_text(_record(1_000_000_007 + 20 * i)["text"], encoding="utf-8")
            added = timed("add one", lambda: library.ingest([path]))
            timed("question after it", lambda i=i: ask(i))
            id = next(iter(added.ids.values()))
            made = timed("correct one", lambda id=id: library.correct(id, "title", "更正后的标题办法"))
            timed("question after a correction", lambda i=i: ask(i))
            library.undo_correction(made.number)
            timed("remove one", lambda id=id: library.remove(id))
            timed("question after a removal", lambda i=i: ask(i))
            library.purge()
    library.close()
    return {name: statistics.median(values) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="What grows with a library.")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(json.dumps(measure(args.measure, args.rounds)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        home = args.folder or Path(scratch)
        results = []
        for size, former in ((args.documents, 0), (2 * args.documents, args.documents)):
            folder = home / str(size)
            if not folder.exists():
                make_library(folder, 0, size) if not former else _grown(home / str(former), folder, former, size)
            command = [sys.executable, __file__, "--measure", str(folder), "--rounds", str(args.rounds)]
            results.append(_run([*command[:-1], "0"]) | _run(command))
    print(f"{'processor time, ms':30}{args.documents:>10}{2 * args.documents:>10}   growth")
    for name, before in results[0].items():
        print(f"{name:30}{before:10.1f}{results[1][name]:10.1f}   {results[1][name] / max(before, 0.1) - 1:+.0%}")


def _run(command: list[str]) -> dict[str, float]:
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    return dict(json.loads(found))


def _grown(former: Path, folder: Path, first: int, last: int) -> None:
    import shutil

    shutil.copytree(former, folder)
    make_library(folder, first, last)


if __name__ == "__main__":
    main()
