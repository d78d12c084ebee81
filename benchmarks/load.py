"""Load: many readers of one server over loopback, asking at once, as the page asks and as other programs do.

    load.py [--library DIR] [--users 20] [--questions 5] [--workers N]

A server of its own is started over the library (default: a new one of the bundled samples). Each user asks its questions one
after the other, all users at the same time; the number of requests is bounded by users × questions. For the page every question
goes through the queue and its stream, and the first quote is opened afterwards, as the page's script does. Printed are seconds
until something is seen (what was understood), until the answer stands, until its source is open, and of the REST interface; CPU
is that of the server with its worker processes.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = (
    "过渡期医保资助政策",
    "医疗保障有哪些政策规定？",
    "易地扶贫搬迁后续扶持由谁负责？",
    "产业发展有哪些措施？",
    "各地区医疗保障政策有什么不同？",
    "到2025年的目标是多少？",
    "什么是“四个不摘”？",
    "火星基地建设补贴是多少？",
)
LIMIT = 1.5
"""Seconds within which 95 of 100 answers have to stand."""
MOST_REQUESTS = 2_000
PATIENCE = 60.0


@contextmanager
def serving(library: Path, *options: str, checkout: Path = ROOT, all_ready: bool = True) -> Iterator[tuple[str, int]]:
    """A server process over a library, of this checkout or another: its address and its number.

    It is there as soon as it answers or, where ``all_ready``, when its workers do.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ui", "serve", "--library", str(library), "--port", str(port), *options]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    process = subprocess.Popen(command, cwd=checkout, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                workers = httpx.get(f"{address}/api/v1/health", timeout=5).json().get("workers", {})
                if not all_ready or workers.get("ready") == workers.get("total"):
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(15)


def cpu(process: int) -> float | None:
    """Seconds of CPU a process has used, where the system tells (Linux): other work on the machine does not count."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def family(process: int) -> list[int]:
    """A process and all that it started, where the system tells (Linux)."""
    found = [process]
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    except OSError:
        pass
    return found


def cpu_of_each(process: int) -> tuple[float, float] | None:
    """Seconds of CPU a process has used, and those of its workers together."""
    used = [cpu(one) for one in family(process)]
    return None if None in used else (used[0] or 0.0, sum(one or 0.0 for one in used[1:]))


def configuration(page: str) -> dict[str, Any]:
    """What the page is made of, as it stands in its HTML: the server tells it nowhere else."""
    begins = "window.gradio_config = "
    found: dict[str, Any] = json.JSONDecoder().raw_decode(page, page.index(begins) + len(begins))[0]
    return found


def asking(address: str) -> int:
    """The number of the listener that answers questions: the only one that goes through the queue."""
    dependencies = configuration(httpx.get(f"{address}/", timeout=PATIENCE).text)["dependencies"]
    return int(next(d["id"] for d in dependencies if d["queue"] and d["targets"] and d["targets"][0][1] == "click"))


def opening(address: str) -> tuple[int, int]:
    """The number of the listener that opens documents, and of the panel that triggers it."""
    config = configuration(httpx.get(f"{address}/", timeout=PATIENCE).text)
    reader = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "reader")
    return int(next(d["id"] for d in config["dependencies"] if d["targets"] and d["targets"][0][0] == reader)), int(reader)


def by_page(client: httpx.Client, question: str, ask: int, reader: tuple[int, int]) -> dict[str, float]:
    """One question the way the page asks it."""
    session = uuid.uuid4().hex[:11]
    start = time.perf_counter()
    data = {"data": [None], "event_data": {"question": question, "act": "ask"}, "fn_index": ask, "session_hash": session}
    client.post("/gradio_api/queue/join", json=data).raise_for_status()
    spent: dict[str, float] = {}
    markup = ""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if not line.startswith("data:"):
                continue
            message: dict[str, Any] = json.loads(line[5:])
            if message["msg"] == "process_generating":
                spent.setdefault("理解", time.perf_counter() - start)
            elif message["msg"] == "process_completed":
                if not message["success"]:
                    raise RuntimeError(f"the server did not answer: {question}")
                markup = str(message["output"]["data"][0])
                break
    spent["答复"] = time.perf_counter() - start
    if 'data-doc="' in markup:
        id = markup.partition('data-doc="')[2].partition('"')[0]
        event = {"act": "open", "doc": id, "start": "0", "end": "20"}
        body = {"data": [], "event_data": event, "fn_index": reader[0], "trigger_id": reader[1], "session_hash": session}
        client.post("/gradio_api/run/predict", json=body).raise_for_status()
        spent["原文"] = time.perf_counter() - start
    return spent


def by_rest(client: httpx.Client, question: str) -> dict[str, float]:
    """One question the way another program asks it."""
    start = time.perf_counter()
    client.get("/api/v1/ask", params={"question": question}).raise_for_status()
    return {"接口": time.perf_counter() - start}


def together(
    address: str, users: int, questions: int, one: Callable[[httpx.Client, str], dict[str, float]]
) -> list[dict[str, float]]:
    """All users at once, each with questions of its own, one after the other."""
    gate = threading.Barrier(users)
    spent: list[dict[str, float]] = []
    faults: list[BaseException] = []

    def user(number: int) -> None:
        try:
            with httpx.Client(base_url=address, timeout=PATIENCE) as client:
                gate.wait(PATIENCE)
                for turn in range(questions):
                    spent.append(one(client, QUESTIONS[(number + turn) % len(QUESTIONS)]))
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=user, args=(n,)) for n in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return spent


def report(title: str, spent: list[dict[str, float]]) -> float:
    """Print one line a step; returns the 95th percentile of the answers."""
    worst = 0.0
    for step in ("理解", "答复", "原文", "接口"):
        values = sorted(found[step] for found in spent if step in found)
        if not values:
            continue
        p95 = statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
        worst = max(worst, p95) if step in ("答复", "接口") else worst
        print(f"{title}  {step}  {len(values)} 次  中位 {statistics.median(values):.3f}  p95 {p95:.3f}  最长 {values[-1]:.3f} 秒")
    return worst


def main() -> int:
    """Run from the command line; status 1 where the 95th percentile is too slow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--questions", type=int, default=5)
    parser.add_argument("--workers", help="worker processes of the server; by default it chooses")
    args = parser.parse_args()
    if not 0 < 2 * args.users * args.questions <= MOST_REQUESTS:
        parser.error(f"at most {MOST_REQUESTS} questions in all")
    with tempfile.TemporaryDirectory() as scratch:
        library = args.library or Path(scratch) / "library"
        if args.library is None:
            with resources.as_file(resources.files("corpus").joinpath("samples")) as held:
                command = [sys.executable, "-m", "ui", "ingest", "--library", str(library), str(held)]
                subprocess.run(command, cwd=ROOT, check=False, capture_output=True)  # 3: the manifest is no document
        options = [] if args.workers is None else ["--workers", args.workers]
        with serving(library, *options) as (address, process):
            ask, reader = asking(address), opening(address)
            together(address, 1, 2, lambda client, question: by_page(client, question, ask, reader))  # warm
            used = [cpu_of_each(process)]
            page = together(address, args.users, args.questions, lambda client, q: by_page(client, q, ask, reader))
            used.append(cpu_of_each(process))
            rest = together(address, args.users, args.questions, by_rest)
            used.append(cpu_of_each(process))
    slowest = max(report(f"{args.users} 人同时，网页", page), report(f"{args.users} 人同时，接口", rest))
    if None not in used:
        count = args.users * args.questions
        served, worked = ([(after - before) / count for before, after in pairwise(values)] for values in zip(*used, strict=True))
        for way, own, others in zip(("网页每问（含打开原文）", "接口每问"), served, worked, strict=True):
            print(f"CPU 时间，{way}：服务进程 {1000 * own:.0f} 毫秒，工作进程 {1000 * others:.0f} 毫秒")
    print(f"p95 {'不超过' if slowest <= LIMIT else '超过'} {LIMIT} 秒")
    return 0 if slowest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
