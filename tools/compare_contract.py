"""Everything the program promises to other programs, recorded as JSON and held against another record of the same.

    python tools/compare_contract.py record OUT [--checkout DIR] [--python EXE] [--shared DIR]
    python tools/compare_contract.py compare A B [--shown N] [--different]

``record`` runs the commands, the REST interface and the tools for assistants of a checkout over the shared seeds and the bundled
samples, each in a fresh library in a temporary folder with a home of its own, and writes one file per call: exit status, standard
output, what was said on standard error, and the files written. What may differ between two runs of the same program is replaced:
times, generations, ids of kept answers, temporary paths; figures are rounded to four digits.

``compare`` says for each call whether two records are equal and shows the first differences; exit status 1 when any differs. Whether
a plan has run out depends on the day, so both records should be of one day.
"""

from __future__ import annotations

import argparse
import datetime as dt
import difflib
import hashlib
import http.client
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parent.parent
META = "_meta.json"
CHANGING = frozenset({"added_at", "asked_at", "removed_at", "at", "generation"})
"""Keys whose values differ from run to run."""
PROGRESS = re.compile(r"^\S+ \d+/\d+$")
ANSWER_ID = re.compile(r"^[0-9a-f]{16}$")
SECONDS = 600
TYPES = (".txt", ".html", ".pdf", ".docx", ".xlsx", ".tsv")

VERBS = (
    "", "demo", "serve", "mcp", "ingest", "docs", "docs list", "docs show", "docs text", "docs remove", "docs restore", "docs purge",
    "docs status", "export", "doctor", "search", "ask", "compare", "answers list", "answers show", "feedback", "tasks", "targets",
    "study terms", "study brief", "study quiz", "study practice", "study scores", "study forget", "graph unit", "graph units",
    "graph partners", "graph years", "graph coverage", "graph lineage", "graph indicators", "graph alike", "graph export",
    "model train", "model use",
)  # fmt: skip

# A call is its name and its arguments, split at |. {0} {1} … are the documents in the order of their names, {out} an empty folder
# whose files are recorded, {input} the folder taken in, {questions} and {queries} the shared questions in the shapes that ask and search
# read, {answer} the id of the last answer.
SEEDS = """
ingest              ingest|{input}|--json
ingest-again        ingest|{input}
ingest-region       ingest|{input}/001_c6bccea41fd07c35.txt|--region|甘南州|--again|--json
ingest-restored     ingest|{input}/001_c6bccea41fd07c35.txt|--again|--json
ingest-missing      ingest|{out}/nowhere.txt|--json
docs-list-json      docs|list|--json
docs-list           docs|list
docs-show-0-json    docs|show|{0}|--json
docs-show-1-json    docs|show|{1}|--json
docs-show-2-json    docs|show|{2}|--json
docs-show-3-json    docs|show|{3}|--json
docs-show-4-json    docs|show|{4}|--json
docs-show-1         docs|show|{1}
docs-show-4         docs|show|{4}
docs-text-0         docs|text|{0}
docs-text-2         docs|text|{2}
docs-show-unknown   docs|show|ffffffff
docs-status-set     docs|status|{3}|废止|--note|contract
docs-list-repealed  docs|list|--json
ask-repealed        ask|甘南州对低保对象参保怎么资助|--as-of|2024-06-30|--json
docs-status-clear   docs|status|{3}|-
docs-remove         docs|remove|{2}
docs-list-removed   docs|list|--removed|--json
docs-list-without   docs|list
docs-restore        docs|restore|{2}
search-plain        search|过渡期医保资助政策|--json
search-words        search|易地扶贫搬迁后续扶持
search-top          search|就业|--top|50|--json
search-region       search|医疗保障|--region|甘南州|--json
search-topic        search|参保|--topic|医疗保障|--json
search-year         search|工作要求|--year|2022|--json
search-level        search|产业|--level|市州|--json
search-issuer       search|产业|--issuer|行政公署|--json
search-status       search|帮扶|--status|有效|--json
search-status-draft search|帮扶|--status|征求意见稿|--json
search-format       search|帮扶|--file-format|txt|--top|3|--json
search-both         search|防返贫监测|--region|大兴安岭地区|--year|2022|--json
search-spelling     search|一地扶贫般迁|--json
search-number       search|大署办〔2022〕21号|--json
search-nothing      search|zzzqqqxxx|--json
search-no-region    search|产业|--region|火星|--json
search-no-query     search
search-batch        search|--batch|{queries}|--out|{out}/run.jsonl|--top|20
ask-batch           ask|--batch|{questions}|--out|{out}/answers.jsonl
ask-plain           ask|过渡期医保资助政策
ask-as-of-before    ask|大兴安岭地区2022年的目标是什么|--as-of|2022-06-30|--json
ask-as-of-after     ask|大兴安岭地区2022年的目标是什么|--as-of|2024-06-30|--json
ask-as-of-draft     ask|延安市的帮扶政策保持多久|--as-of|2020-01-01|--json
ask-filtered        ask|谁负责控辍保学|--region|甘南州|--json
ask-nothing         ask|火星基地建设补贴是多少|--json
ask-bad-date        ask|医保|--as-of|someday|--json
ask-empty           ask||--json
ask-kept            ask|甘南州防返贫监测由谁牵头|--as-of|2024-06-30|--json
answers-list        answers|list|--json
answers-show        answers|show|{answer}|--json
ask-replay          ask|--replay|{answer}|--as-of|2024-06-30|--json
feedback            feedback|{answer}|right|--note|contract
feedback-export     feedback|export|{out}/feedback.jsonl
compare-topic-json  compare|医疗保障|--format|json
compare-topic-csv   compare|医疗保障|--format|csv|--out|{out}/table.csv
compare-asked-json  compare|各地对易地扶贫搬迁后续扶持有什么要求|--format|json
compare-asked-csv   compare|各地对易地扶贫搬迁后续扶持有什么要求|--format|csv
compare-some-json   compare|产业发展|--regions|甘南州,大兴安岭地区|--as-of|2023-01-01|--format|json
compare-some-csv    compare|产业发展|--regions|甘南州,大兴安岭地区|--as-of|2023-01-01|--format|csv
compare-some-xlsx   compare|产业发展|--regions|甘南州,大兴安岭地区|--as-of|2023-01-01|--format|xlsx|--out|{out}/table.xlsx
compare-some-docx   compare|产业发展|--regions|甘南州,大兴安岭地区|--as-of|2023-01-01|--format|docx|--out|{out}/table.docx
compare-table       compare|稳岗就业
compare-nothing     compare|火星基地|--format|json
compare-versions    compare|--versions|{4},{3}|--format|json
compare-carried-out compare|--carried-out|{1},{3}|--format|json
tasks-json          tasks|--json
tasks-unit          tasks|--unit|甘南州医保局|--json
tasks-unit-lead     tasks|--unit|州乡村振兴局|--role|responsible|--former|--json
tasks-region        tasks|--region|大兴安岭地区|--format|json
tasks-topic         tasks|--topic|医疗保障|--json
tasks-csv           tasks|--topic|产业发展|--format|csv
tasks-duties-csv    tasks|--form|duties|--format|csv|--out|{out}/duties.csv
tasks-xlsx          tasks|--format|xlsx|--out|{out}/tasks.xlsx
tasks-docx          tasks|--topic|医疗保障|--format|docx|--out|{out}/tasks.docx
tasks-table         tasks|--unit|甘南州医保局
tasks-nothing       tasks|--unit|无此单位|--json
targets-json        targets|--json
targets-indicator   targets|--indicator|返贫|--json
targets-region      targets|--region|甘南州|--kind|target|--json
targets-achieved    targets|--kind|achieved|--json
targets-rule        targets|--kind|rule|--json
targets-year        targets|--year|2025|--json
targets-csv         targets|--kind|target|--format|csv
targets-xlsx        targets|--format|xlsx|--out|{out}/targets.xlsx
targets-table       targets|--region|大兴安岭地区
graph-unit          graph|unit|甘南州医保局|--json
graph-unit-csv      graph|unit|甘南州扶贫办|--format|csv
graph-unit-lead     graph|unit|甘南州农业农村局|--role|responsible|--no-former|--json
graph-units         graph|units|--json
graph-units-region  graph|units|--region|甘南州|--json
graph-units-none    graph|units|--region|大兴安岭地区|--json
graph-partners      graph|partners|甘南州农业农村局|--json
graph-years         graph|years|--json
graph-years-region  graph|years|--region|甘南州|--kind|target|--json
graph-coverage      graph|coverage|{1}|{3}|--json
graph-coverage-csv  graph|coverage|{1}|{3}|--missing|--format|csv
graph-lineage-0     graph|lineage|{0}|--json
graph-lineage-1     graph|lineage|{1}|--as-of|2022-06-30|--json
graph-lineage-4     graph|lineage|{4}|--json
graph-indicators    graph|indicators|返贫|--json
graph-indicators-a  graph|indicators|贫困人口|--kind|achieved|--json
graph-alike         graph|alike|医疗保障|--json
graph-alike-some    graph|alike|医疗保障|--regions|甘南藏族自治州,黔南布依族苗族自治州|--json
graph-alike-none    graph|alike|产业发展|--regions|甘南州,大兴安岭地区|--json
graph-unit-unknown  graph|unit|无此单位|--json
graph-export-json   graph|export|--format|json|--out|{out}/graph.json
graph-export-xml    graph|export|--format|graphml|--out|{out}/graph.graphml
graph-export-csv    graph|export|--format|csv|--out|{out}/graph.csv
study-terms         study|terms|--json
study-terms-table   study|terms
study-brief-region  study|brief|--region|甘南州|--json
study-brief-unit    study|brief|--unit|甘南州医保局|--json
study-quiz-1        study|quiz|--number|20|--seed|1|--json
study-quiz-7        study|quiz|--number|30|--seed|7|--answers|--json
study-quiz-unit     study|quiz|--number|10|--seed|3|--unit|甘南州农业农村局|--json
study-quiz-text     study|quiz|--number|5|--seed|2|--answers
study-quiz-docx     study|quiz|--number|5|--seed|2|--out|{out}/paper.docx
study-scores        study|scores|--json
export              export|{out}
doctor              doctor
index-refresh       index|refresh
doctor-repair       doctor|--repair
search-repaired     search|过渡期医保资助政策|--json
wrong-verb          nonsense
wrong-option        tasks|--nonsense
wrong-choice        compare|医疗保障|--format|odt
"""

SAMPLES = """
ingest              ingest|{input}|--json
docs-list-json      docs|list|--json
docs-list           docs|list
docs-show-0-json    docs|show|{0}|--json
docs-show-1-json    docs|show|{1}|--json
docs-show-2-json    docs|show|{2}|--json
docs-show-3-json    docs|show|{3}|--json
docs-show-4-json    docs|show|{4}|--json
docs-show-5-json    docs|show|{5}|--json
docs-show-6-json    docs|show|{6}|--json
docs-show-7-json    docs|show|{7}|--json
docs-text-1         docs|text|{1}
docs-text-4         docs|text|{4}
docs-text-5         docs|text|{5}
docs-text-6         docs|text|{6}
search-pdf          search|青禾市 十四五 目标|--file-format|pdf|--json
search-docx         search|低收入人口|--file-format|docx|--json
search-xlsx         search|牵头单位|--file-format|xlsx|--json
search-batch        search|--batch|{queries}|--out|{out}/run.jsonl|--top|10
ask-batch           ask|--batch|{questions}|--out|{out}/answers.jsonl
ask-page            ask|青禾市“十四五”时期的主要目标是什么|--as-of|2023-01-01|--json
compare-json        compare|医疗保障|--format|json
compare-versions    compare|--versions|{4},{5}|--format|json
compare-carried-out compare|--carried-out|{5},{6}|--format|json
compare-carried-csv compare|--carried-out|{5},{6}|--format|csv
tasks-json          tasks|--json
tasks-csv           tasks|--format|csv
targets-json        targets|--json
graph-units         graph|units|--json
graph-years         graph|years|--json
graph-coverage      graph|coverage|{5}|{6}|--json
graph-lineage-5     graph|lineage|{5}|--as-of|2023-01-01|--json
graph-alike         graph|alike|医疗保障|--json
graph-export-json   graph|export|--format|json|--out|{out}/graph.json
study-terms         study|terms|--json
study-quiz          study|quiz|--number|20|--seed|1|--json
export              export|{out}
doctor              doctor
"""

# A request: name, method, path, then parameters (GET) or one JSON body (POST). {0} … are ids of documents, {answer} that of an answer.
REST = """
health              GET  /health
openapi             GET  /openapi.json
documents           GET  /documents
documents-region    GET  /documents|region=甘南州|level=市州
documents-year      GET  /documents|year=2022
document-0          GET  /documents/{0}
document-1          GET  /documents/{1}
document-4          GET  /documents/{4}
document-unknown    GET  /documents/ffffffff
text                GET  /documents/{3}/text
text-part           GET  /documents/{3}/text|start=100|end=300
original            GET  /documents/{2}/original
page-of-text        GET  /documents/{2}/pages/1
search              GET  /search|query=过渡期医保资助政策
search-filtered     GET  /search|query=产业|region=甘南州|top=5|topic=产业发展
search-too-many     GET  /search|query=产业|top=100000
search-empty        GET  /search|query=
search-no-region    GET  /search|query=产业|region=火星
search-post         POST /search|{"query": "参保", "top": 3, "filters": {"year": 2022}}
ask                 GET  /ask|question=过渡期医保资助政策|as_of=2024-06-30
ask-docx            GET  /ask|question=过渡期医保资助政策|as_of=2024-06-30|format=docx
ask-nothing         GET  /ask|question=火星基地建设补贴是多少|as_of=2024-06-30
ask-bad-date        GET  /ask|question=医保|as_of=someday
ask-post            POST /ask|{"question": "谁负责控辍保学", "as_of": "2024-06-30", "filters": {"region": "甘南州"}}
answer              GET  /answers/{answer}
answer-feedback     POST /answers/{answer}/feedback|{"verdict": "wrong", "note": "contract"}
answer-bad-feedback POST /answers/{answer}/feedback|{"verdict": "maybe"}
answer-unknown      GET  /answers/ffffffff
compare             GET  /compare|subject=医疗保障
compare-some        GET  /compare|subject=产业发展|regions=甘南州,大兴安岭地区|as_of=2023-01-01
compare-csv         GET  /compare|subject=医疗保障|format=csv
compare-xlsx        GET  /compare|subject=医疗保障|format=xlsx
compare-post        POST /compare|{"subject": "稳岗就业", "as_of": "2024-06-30"}
compare-carried-out GET  /compare/documents|first={1}|second={3}
compare-versions    GET  /compare/documents|first={4}|second={3}|form=versions
tasks               GET  /tasks
tasks-filtered      GET  /tasks|unit=甘南州医保局|topic=医疗保障
tasks-due           GET  /tasks|due=said
tasks-paged         GET  /tasks|limit=5|offset=10
tasks-duties        GET  /tasks|form=duties|format=csv
targets             GET  /targets
targets-filtered    GET  /targets|indicator=返贫|region=甘南州|kind=target
targets-csv         GET  /targets|format=csv
targets-bad-kind    GET  /targets|kind=nonsense
study-brief         GET  /study/brief|region=甘南州
study-brief-none    GET  /study/brief
study-paper         GET  /study/paper|region=甘南州|number=10|seed=1
study-scores        GET  /study/scores
graph-topic         GET  /graph|node=topic:医疗保障
graph-unit          GET  /graph|node=甘南州医保局
graph-document      GET  /graph|node=document:{1}
graph-svg           GET  /graph|node=topic:医疗保障|format=svg
graph-unknown       GET  /graph|node=无此节点
graph-duties        GET  /graph/duties|unit=甘南州医保局
graph-duties-csv    GET  /graph/duties|unit=甘南州农业农村局|format=csv
graph-units         GET  /graph/units
graph-partners      GET  /graph/partners|unit=甘南州农业农村局
graph-years         GET  /graph/years|region=甘南州
graph-coverage      GET  /graph/coverage|upper={1}|lower={3}
graph-lineage       GET  /graph/lineage|document={1}|as_of=2022-06-30
graph-indicators    GET  /graph/indicators|words=返贫
graph-alike         GET  /graph/alike|topic=医疗保障
imports             GET  /imports
nowhere             GET  /nowhere
wrong-method        POST /tasks|{}
upload              FILE /documents|contract.txt
upload-again        FILE /documents|contract.txt
upload-refused      FILE /documents|contract.tsv
upload-reported     FILE /documents?report=true|contract.tsv
health-after        GET  /health
"""
UPLOADED = "青禾市关于做好参保工作的通知\n\n一、到2025年，居民参保率达到98%以上。（市医保局负责）\n"

TOOLS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("search", "search", {"query": "过渡期医保资助政策", "top": 5}),
    ("search-region", "search", {"query": "产业", "region": "甘南州", "year": None}),
    ("search-no-region", "search", {"query": "产业", "region": "火星"}),
    ("ask", "ask", {"question": "谁负责控辍保学", "as_of": "2024-06-30"}),
    ("compare", "compare", {"subject": "医疗保障", "as_of": "2024-06-30"}),
    ("tasks", "tasks", {"topic": "医疗保障"}),
    ("tasks-offset", "tasks", {"offset": 50}),
    ("targets", "targets", {"region": "甘南州"}),
    ("duties", "duties", {"unit": "甘南州医保局"}),
    ("coverage", "coverage", {"upper": "{1}", "lower": "{3}"}),
    ("lineage", "lineage", {"document": "{1}", "as_of": "2022-06-30"}),
)


class Program:
    """A checkout's command, run in a place of its own, and where its records go."""

    def __init__(self, checkout: Path, python: str, scratch: Path, out: Path, places: dict[str, str]) -> None:
        self.checkout, self.scratch, self.out, self.calls = checkout, scratch, out, 0
        self.places = {**places, str(scratch): "{scratch}", str(checkout): "{checkout}"}
        project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
        module, _, function = project["project"]["scripts"]["cemai"].partition(":")
        self.start = [python, "-c", f"import sys; from {module} import {function} as run; sys.argv[0] = 'cemai'; sys.exit(run())"]
        held = {name: value for name, value in os.environ.items() if not name.startswith(("CEMAI_", "XDG_", "GRADIO_"))}
        folders = {"HOME": "home", "TMPDIR": "tmp", "PYTHONPYCACHEPREFIX": "pycache"}
        folders |= {f"XDG_{name.upper()}_HOME": name for name in ("data", "cache", "config", "state")}
        for name in folders.values():
            (scratch / name).mkdir()
        self.env = held | {name: str(scratch / folder) for name, folder in folders.items()}
        self.env |= {"PYTHONPATH": str(checkout), "COLUMNS": "120", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
        self.env["PYTHONHASHSEED"] = "0"  # the order of a set would differ from run to run
        where = [python, "-c", f"import {module} as found; print(found.__file__)"]
        found = subprocess.run(where, cwd=checkout, env=self.env, capture_output=True, text=True, check=True).stdout.strip()
        if not Path(found).resolve().is_relative_to(checkout):
            raise SystemExit(f"{module} comes from {found}, not from {checkout}")

    def call(self, arguments: Sequence[str], out: Path) -> dict[str, Any]:
        """Run one command; what came of it, with the files it wrote under ``out``."""
        command = [*self.start, *arguments]
        done = subprocess.run(
            command, cwd=self.checkout, env=self.env, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS
        )
        said = [line for line in done.stderr.decode("utf-8").splitlines() if line.strip() and not PROGRESS.match(line.strip())]
        written = {
            str(path.relative_to(out)): content(path.name, path.read_bytes()) for path in sorted(out.rglob("*")) if path.is_file()
        }
        return {"exit": done.returncode, "stdout": content("", done.stdout), "stderr": said, "files": written}

    def keep(self, name: str, call: Any, found: dict[str, Any]) -> None:
        """Write a record."""
        path = self.out / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        value = steady({"call": call, **found}, self.places)
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        self.calls += 1
        print(f"{name}", file=sys.stderr)


def content(name: str, data: bytes) -> Any:
    """What was written, as something to read: JSON as its value, an office file as its texts, other text as lines."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as held:
            members = {member: held.read(member) for member in sorted(held.namelist()) if member != "docProps/core.xml"}
        return {
            member: {"sha256": hashlib.sha256(part).hexdigest(), "texts": re.findall(r">([^<>\s][^<>]*)<", part.decode("utf-8"))}
            if member.endswith((".xml", ".rels"))
            else hashlib.sha256(part).hexdigest()
            for member, part in members.items()
        }
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    try:
        return [json.loads(line) for line in text.splitlines()] if name.endswith(".jsonl") else json.loads(text)
    except json.JSONDecodeError:
        return text.split("\n")


def steady(value: Any, places: dict[str, str]) -> Any:
    """The value without what differs from run to run."""
    if isinstance(value, dict):
        kept_answer = {"question", "citations", "status"} <= value.keys() or {"question", "then", "now"} <= value.keys()
        return {
            steady(key, places): "*"
            if key in CHANGING or (key == "id" and kept_answer and ANSWER_ID.match(str(held)))
            else steady(held, places)
            for key, held in value.items()
        }
    if isinstance(value, list | tuple):
        return [steady(held, places) for held in value]
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, str):
        for place, name in places.items():
            value = value.replace(place, name)
    return value


def filled(text: str, names: dict[str, str]) -> str:
    """The text with its places filled in; braces of JSON stay."""
    return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], found[0]), text)


def run_commands(program: Program, group: str, plan: str, names: dict[str, str]) -> tuple[Path, list[str]]:
    """Record a list of commands over a library of its own; the library, and the ids of its documents."""
    library = program.scratch / group
    ids: list[str] = []
    names = {**names, "answer": "ffffffffffffffff"}
    for line in plan.strip().splitlines():
        name, _, words = line.partition(" ")
        out = program.scratch / "out"
        out.mkdir()
        raw = words.strip().split("|")
        found = program.call(["--library", str(library), *(filled(word, {**names, "out": str(out)}) for word in raw)], out)
        if name == "ingest":
            ids = [held for _, held in sorted(found["stdout"]["ids"].items())]
            names |= {str(number): held for number, held in enumerate(ids)}
        if isinstance(found["stdout"], dict) and "citations" in found["stdout"]:
            names["answer"] = found["stdout"]["id"]
        program.keep(f"{group}/{name}", raw, found)
        shutil.rmtree(out)
    return library, ids


def run_helps(program: Program) -> None:
    """Record the help of every verb, and the demonstration."""
    out = program.scratch / "out"
    out.mkdir()
    for verb in VERBS:
        words = [*verb.split(), "--help"]
        program.keep(f"help/{verb.replace(' ', '-') or 'cemai'}", words, program.call(words, out))
    program.keep("demo/demo", ["demo", "--no-serve"], program.call(["demo", "--no-serve"], out))
    out.rmdir()


def described(api: dict[str, Any]) -> dict[str, Any]:
    """What a description of the interface promises, without the names of our functions and classes."""

    def plain(value: Any, depth: int = 0) -> Any:
        if isinstance(value, dict):
            if "$ref" in value and depth < 8:
                return plain(api["components"]["schemas"][value["$ref"].rpartition("/")[2]], depth + 1)
            return {key: plain(held, depth + 1) for key, held in value.items() if key not in ("title", "operationId", "tags")}
        return [plain(held, depth + 1) for held in value] if isinstance(value, list) else value

    return {"paths": {path: plain(held) for path, held in sorted(api["paths"].items())}}


def multipart(name: str, data: bytes) -> tuple[bytes, str]:
    """A form with one file."""
    edge = "contract-edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
    return head.encode() + data + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def requested(port: int, method: str, path: str, rest: list[str]) -> dict[str, Any]:
    """The answer to one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    target, body, headers = f"/api/v1{quote(path, safe='/?=&')}", None, {}
    if method == "POST":
        body, headers = rest[0].encode(), {"Content-Type": "application/json"}
    elif method == "FILE":
        method = "POST"
        body, headers["Content-Type"] = multipart(rest[0], UPLOADED.encode())
    elif rest:
        target += "?" + urlencode([(name, value) for name, _, value in (part.partition("=") for part in rest)])
    connection.request(method, target, body, headers)
    response = connection.getresponse()
    data = response.read()
    connection.close()
    kept = ("content-type", "content-disposition", "cache-control", "x-content-type-options", "content-security-policy")
    return {
        "status": response.status,
        "headers": {name: value for name in kept if (value := response.getheader(name))},
        "body": described(json.loads(data)) if path == "/openapi.json" else content("", data),
    }


def run_rest(program: Program, library: Path, ids: list[str]) -> None:
    """Record the REST interface of a served library."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*program.start, "--library", str(library), "serve", "--port", str(port)]
    log = program.scratch / "serve.log"
    names = {str(number): held for number, held in enumerate(ids)}
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=program.checkout, env=program.env, stdout=file, stderr=file, stdin=subprocess.DEVNULL
        )
    try:
        for _ in range(SECONDS):
            if process.poll() is not None:
                raise SystemExit(f"serve ended with {process.returncode}:\n{log.read_text(encoding='utf-8')}")
            try:
                requested(port, "GET", "/health", [])
                break
            except OSError:
                time.sleep(0.2)
        for line in REST.strip().splitlines():
            name, method, words = line.split(None, 2)
            path, *rest = (filled(word, names) for word in words.split("|"))
            found = requested(port, method, path, rest)
            if name == "ask":
                names["answer"] = found["body"]["id"]
            program.keep(f"rest/{name}", [method, words], found)
    finally:
        process.terminate()
        process.wait(timeout=30)


def run_tools(program: Program, library: Path, ids: list[str]) -> None:
    """Record the tools for other assistants: JSON-RPC, a message a line."""
    names = {str(number): held for number, held in enumerate(ids)}
    client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "contract", "version": "1"}}
    calls: list[tuple[str, str, dict[str, Any]]] = [("initialize", "initialize", client), ("tools-list", "tools/list", {})]
    for name, tool, given in TOOLS:
        held = {key: filled(value, names) if isinstance(value, str) else value for key, value in given.items()}
        calls.append((name, "tools/call", {"name": tool, "arguments": held}))
    command = [*program.start, "--library", str(library), "mcp"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=program.checkout, env=program.env, text=True, encoding="utf-8", **pipes)
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    watch = threading.Timer(SECONDS, process.kill)
    watch.start()
    try:
        for number, (name, method, params) in enumerate(calls):
            messages = [{"jsonrpc": "2.0", "id": number, "method": method, "params": params}]
            if number == 1:
                messages.insert(0, {"jsonrpc": "2.0", "method": "notifications/initialized"})
            process.stdin.write("".join(json.dumps(message) + "\n" for message in messages))
            process.stdin.flush()
            reply: dict[str, Any] = {}
            while reply.get("id") != number:
                line = process.stdout.readline()
                if not line:
                    raise OSError("the other side closed the pipe")
                reply = json.loads(line)
            result = reply.get("result") or reply.get("error") or {}
            for block in result.get("content", ()):
                block["text"] = content("", block.get("text", "").encode())
            program.keep(f"mcp/{name}", [method, params], {"result": result})
    except OSError as error:
        program.keep("mcp/ended", [], {"error": str(error), "stderr": process.stderr.read().splitlines()})
    finally:
        watch.cancel()
        process.terminate()
        process.communicate(timeout=30)


def record(out: Path, checkout: Path, python: str, shared: Path) -> int:
    seeds, questions = shared / "seeds", shared / "eval" / "gold" / "qa.jsonl"
    samples = next((path.parent for path in sorted(checkout.glob("*/samples/manifest.tsv"))), None)
    if not seeds.is_dir() or not questions.is_file() or samples is None:
        print(f"no seeds and questions in {shared}, or no samples in {checkout}: nothing recorded")
        return 2
    if out.exists() and any(out.iterdir()):
        print(f"{out} is not empty")
        return 2
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        program = Program(checkout, python, scratch, out, {str(shared): "{shared}"})
        inputs = scratch / "samples_in"  # the samples may lie elsewhere in another checkout
        inputs.mkdir()
        for path in samples.iterdir():
            if path.suffix in TYPES:
                shutil.copy(path, inputs)
        run_helps(program)
        asked = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
        lines = [json.dumps({"_id": one["id"], "text": one["question"]}, ensure_ascii=False) + "\n" for one in asked]
        (scratch / "queries.jsonl").write_text("".join(lines), encoding="utf-8")
        names = {"questions": str(questions), "queries": str(scratch / "queries.jsonl")}
        run_commands(program, "samples", SAMPLES, {**names, "input": str(inputs)})
        library, ids = run_commands(program, "seeds", SEEDS, {**names, "input": str(seeds)})
        run_tools(program, library, ids)
        run_rest(program, library, ids)
    meta = {"day": dt.date.today().isoformat(), "python": python, "checkout": str(checkout), "calls": program.calls}
    (out / META).write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    print(f"{program.calls} calls recorded in {out} in {time.perf_counter() - started:.0f} s")
    return 0


def short(value: Any, width: int = 110) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else text[: width - 1] + "…"


def differences(a: Any, b: Any, path: str = "") -> Iterator[str]:
    """Where two values differ, in words."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in (*a, *(key for key in b if key not in a)):
            here = f"{path}.{key}" if path else str(key)
            if key not in a or key not in b:
                yield f"{here}: only in {'B' if key not in a else 'A'}: {short(b[key] if key not in a else a[key])}"
            else:
                yield from differences(a[key], b[key], here)
        if a == b and list(a) != list(b):
            yield f"{path}: the same keys in another order: {short(list(a))} / {short(list(b))}"
    elif isinstance(a, list) and isinstance(b, list):
        yield from _of_lists(a, b, path)
    elif isinstance(a, str) and isinstance(b, str) and a != b:
        at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
        yield f"{path}: at character {at}: {short(a[max(0, at - 20) : at + 50])} / {short(b[max(0, at - 20) : at + 50])}"
    elif type(a) is not type(b) or a != b:
        yield f"{path}: {short(a)} / {short(b)}"


def _of_lists(a: list[Any], b: list[Any], path: str) -> Iterator[str]:
    if len(a) == len(b) and a != b:
        first, second = ([json.dumps(item, ensure_ascii=False) for item in held] for held in (a, b))
        if sorted(first) == sorted(second):
            at = next(i for i, (x, y) in enumerate(zip(first, second, strict=True)) if x != y)
            yield f"{path}: the same {len(a)} items in another order from [{at}]: {short(a[at])} / {short(b[at])}"
            return
    if len(a) == len(b):
        for number, (x, y) in enumerate(zip(a, b, strict=True)):
            yield from differences(x, y, f"{path}[{number}]")
        return
    yield f"{path}: {len(a)} / {len(b)} items"
    first, second = ([json.dumps(item, ensure_ascii=False) for item in held] for held in (a, b))
    for verb, i, j, k, m in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if verb == "equal":
            continue
        paired = min(j - i, m - k)
        for step in range(paired):
            yield from differences(a[i + step], b[k + step], f"{path}[{i + step}]")
        yield from (f"{path}[{at}]: only in A: {short(a[at])}" for at in range(i + paired, j))
        yield from (f"{path}[{at}]: only in B: {short(b[at])}" for at in range(k + paired, m))


def compare(a: Path, b: Path, shown: int, different_only: bool) -> int:
    held = [{str(path.relative_to(folder).with_suffix("")): path for path in sorted(folder.rglob("*.json"))} for folder in (a, b)]
    first, second = ({name: json.loads(path.read_text(encoding="utf-8")) for name, path in side.items()} for side in held)
    metas = [side.pop("_meta", None) for side in (first, second)]
    if not all(metas):
        print("not a complete record: " + ", ".join(str(folder) for folder, meta in zip((a, b), metas, strict=True) if not meta))
        return 2
    if metas[0]["day"] != metas[1]["day"]:
        print(f"recorded on {metas[0]['day']} and {metas[1]['day']}: what depends on the day may differ")
    unequal = 0
    for name in sorted(first.keys() | second.keys()):
        if name not in first or name not in second:
            found = [f"only in {'B' if name not in first else 'A'}"]
        else:
            found = list(differences(first[name], second[name]))
        unequal += bool(found)
        if found or not different_only:
            print(f"{'DIFFERENT' if found else 'equal':<10}{name}")
        for line in found[:shown]:
            print(f"    {line}")
        if len(found) > shown:
            print(f"    … and {len(found) - shown} more")
    print(f"{len(first.keys() | second.keys())} calls, {unequal} different")
    return 1 if unequal else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    p = verbs.add_parser("record", help="run everything and write what came of it")
    p.add_argument("out", type=Path)
    p.add_argument("--checkout", type=Path, default=ROOT)
    p.add_argument("--python", default=sys.executable)
    p.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    p = verbs.add_parser("compare", help="hold two records against each other")
    p.add_argument("a", type=Path)
    p.add_argument("b", type=Path)
    p.add_argument("--shown", type=int, default=5, help="differences shown of each call")
    p.add_argument("--different", action="store_true", help="leave out the calls that are equal")
    args = parser.parse_args()
    if args.verb == "compare":
        return compare(args.a, args.b, args.shown, args.different)
    return record(args.out, args.checkout.resolve(), args.python, args.shared.resolve())


if __name__ == "__main__":
    sys.exit(main())
