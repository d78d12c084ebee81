"""The server: what its start costs, and how many answers a second worker processes give beside one process alone.

    server.py [--library DIR] [--workers 2] [--users 8] [--questions 12] [--beside CHECKOUT] [--skip-start] [--skip-answers]

Start: seconds of CPU and megabytes of a new server (with its workers) when it first answers ``/health``, when the page has been
sent and drawn, and after two questions. The page is asked for at once, so the first time costs what builds it, the second time what
sending it costs. Each server is started twice: the first one over a library that nobody has served yet. With ``--beside`` another
checkout, say of the last release, is started over the same library in the same run. The library is by default a new one of the
bundled samples with the vectors of all items.

Answers: users ask at once over REST, first a server that answers by itself, then one with workers. Where other programs use the
machine too, answers a second say little; so the CPU of an answer is counted in each process, and what follows from it for free
cores is printed beside what was measured: one process cannot give more than one over its CPU for an answer, workers not more
than their number over theirs, nor than one over the CPU for an answer that is left in the process that serves, nor than all
cores over all of it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.load import PATIENCE, QUESTIONS, ROOT, by_rest, configuration, cpu, cpu_of_each, family, serving, together


class Throughput(NamedTuple):
    """What users got of a server.

    Attributes:
        answers: How many.
        seconds: From the first question to the last answer.
        served: Seconds of CPU of the process that serves.
        worked: Seconds of CPU of its workers together.
        workers: Their number.
    """

    answers: int
    seconds: float
    served: float
    worked: float
    workers: int

    @property
    def per_second(self) -> float:
        """Answers a second as measured, whatever else the machine did."""
        return self.answers / self.seconds

    def possible(self, cores: int) -> float:
        """Answers a second that the CPU of an answer allows on so many free cores."""
        served, worked = self.served / self.answers, self.worked / self.answers
        limits = [1 / served, cores / (served + worked)]
        return min([*limits, self.workers / worked] if self.workers else limits)


def memory(process: int) -> int | None:
    """Megabytes of a process of its own (shared pages in parts), where the system tells (Linux)."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("Pss:"))


def resident(process: int) -> int | None:
    """Megabytes of a process that are in memory, where the system tells (Linux)."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except OSError:
        return None


def tell(what: str, process: int) -> None:
    """Print seconds of CPU and megabytes of the server and of each of its workers."""
    each = [(cpu(one), memory(one)) for one in family(process)]
    shown = "、".join(f"{seconds:.2f} 秒 {size} MB" for seconds, size in each if seconds is not None and (size or 0) > 20)
    print(f"  {what:<12} {shown}", flush=True)


def forget_readings(library: Path) -> None:
    """Delete what an earlier server worked out of the library for the next one."""
    for file in (library / "cache").glob("readings.*"):
        file.unlink()


def measure_start(library: Path, checkout: Path, *options: str) -> None:
    """Print what a server has used at each step of its start."""

    def get(path: str = "/", **headers: str) -> tuple[httpx.Response, float]:
        before = cpu(process) or 0.0
        got = httpx.get(f"{address}{path}", timeout=PATIENCE, headers=headers).raise_for_status()
        return got, (cpu(process) or 0.0) - before

    with serving(library, *options, checkout=checkout, all_ready=False) as (address, process):
        tell("首次应答", process)
        size = resident(process)
        page, first = get()
        tell("页面", process)
        print(f"  首次取页      {first:.2f} 秒，常驻内存 {size} → {resident(process)} MB")
        config = configuration(page.text)
        load = next(d["id"] for d in config["dependencies"] if any(event == "load" for _, event in d["targets"]))
        body = {"data": [], "fn_index": load, "session_hash": "start"}
        httpx.post(f"{address}/gradio_api/run/predict", json=body, timeout=10 * PATIENCE).raise_for_status()
        tell("画出", process)
        packed, again = get(**{"accept-encoding": "gzip"})
        sent = packed.headers.get("content-length") or packed.num_bytes_downloaded
        print(f"  再取页面      {again:.2f} 秒，{len(packed.content)} 字节，压缩后 {sent} 字节")
        for question in QUESTIONS[:2]:
            httpx.get(f"{address}/api/v1/ask", params={"question": question}, timeout=PATIENCE).raise_for_status()
        tell("两问之后", process)


def measure_answers(library: Path, users: int, questions: int, workers: int) -> Throughput:
    """Let users ask a new server over REST, all at once, after each of its processes has answered every question."""
    with serving(library, "--workers", str(workers)) as (address, process):
        together(address, max(1, workers), 2 * len(QUESTIONS), by_rest)
        before = cpu_of_each(process) or (0.0, 0.0)
        begun = time.monotonic()
        answers = len(together(address, users, questions, by_rest))
        seconds = time.monotonic() - begun
        served, worked = (after - begin for begin, after in zip(before, cpu_of_each(process) or before, strict=True))
        return Throughput(answers, seconds, served, worked, workers)


def show_answers(found: Throughput, cores: int) -> None:
    """Print one line."""
    who = f"{found.workers} 个工作进程" if found.workers else "单进程"
    served, worked = (1000 * used / found.answers for used in (found.served, found.worked))
    print(
        f"{who}：每秒 {found.per_second:.1f} 答；每答 CPU 服务进程 {served:.1f} 毫秒、工作进程 {worked:.1f} 毫秒；"
        f"{cores} 个空闲核可达每秒 {found.possible(cores):.1f} 答",
        flush=True,
    )


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--users", type=int, default=8)
    parser.add_argument("--questions", type=int, default=12)
    parser.add_argument("--beside", type=Path, help="another checkout whose server is started too")
    parser.add_argument("--skip-start", action="store_true")
    parser.add_argument("--skip-answers", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        library = args.library or Path(scratch) / "library"
        if args.library is None:
            with resources.as_file(resources.files("corpus").joinpath("samples")) as held:
                for command in (["ingest", str(held)], ["index", "refresh"]):  # 3: the manifest is no document
                    ui = [sys.executable, "-m", "ui", "--library", str(library), *command]
                    subprocess.run(ui, cwd=ROOT, check=False, capture_output=True)
        if not args.skip_start:
            for title, checkout, options in (
                ("另一个检出", args.beside, ()),
                ("单进程", ROOT, ("--workers", "0")),
                (f"{args.workers} 个工作进程", ROOT, ("--workers", str(args.workers))),
            ):
                for start in ("第一次", "再次") if checkout is not None else ():
                    if start == "第一次":
                        forget_readings(library)
                    print(f"{start}启动，{title}：每个进程的 CPU 与内存", flush=True)
                    measure_start(library, (checkout or ROOT).resolve(), *options)
        if not args.skip_answers:
            alone, shared = (measure_answers(library, args.users, args.questions, count) for count in (0, args.workers))
            cores = min(args.workers, os.cpu_count() or 1)
            show_answers(alone, cores)
            show_answers(shared, cores)
            print(
                f"{args.workers} 个工作进程比单进程：实测 {shared.per_second / alone.per_second:.2f} 倍，"
                f"按 CPU 时间、{cores} 个空闲核 {shared.possible(cores) / alone.possible(1):.2f} 倍"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
