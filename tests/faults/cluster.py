"""A whole installation on loopback, killed part by part under load 分布式故障试验; no part of ``make test``.

    python -m tests.faults.cluster --rounds 200        # kills: counts what was acknowledged, lost, halved or stored twice
    python -m tests.faults.cluster --commits 100       # no kills: how far two nodes are behind a writer

PostgreSQL as primary and synchronous standby, two nodes (``cemai serve``), two workers (``cemai work``) and a proxy run as processes
of this machine. While files are sent to the proxy and questions asked of it, one process after the other is ended by SIGKILL; where it
is the primary, the standby is promoted and the old primary made its standby, as an administrator or a program of theirs would do.
Processes are killed, not the machine: the server's own writing through to the disk is switched off.

The end is checked in words that a person would use: every acknowledged file is in the library once, whole, and ``doctor`` is content.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from cemai.library import Library
from corpus.store import Corpus
from tests.postgres import _find, why_not
from tests.stores import ROOT, take_in, write_notices

ROLES = {"worker": 8, "node": 4, "primary": 4, "proxy": 2, "standby": 2}
"""Which process is killed, of twenty."""
QUESTIONS = ("校车安全由谁负责？", "养老服务覆盖率达到多少", "冬季供暖多久检查一次", "水窖改造")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Servers:
    """Two servers of PostgreSQL, one the primary and one its synchronous standby."""

    def __init__(self, home: Path) -> None:
        self._user = {"user": "nobody"} if os.geteuid() == 0 else {}
        self.home = home
        home.mkdir()
        if self._user:
            shutil.chown(home, "nobody")
        self.ports = [free_port(), free_port()]
        self.primary = 0
        self._processes: list[subprocess.Popen[bytes] | None] = [None, None]
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        self.address = f"postgresql://cemai@{hosts}/cemai?target_session_attrs=read-write"
        self._run("initdb", "-D", str(home / "0"), "-U", "cemai", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        with (home / "0" / "pg_hba.conf").open("a") as file:
            file.write("host replication all 127.0.0.1/32 trust\n")
        self._start(0)
        self.say("CREATE DATABASE cemai", database="postgres")
        self.join_standby()

    @property
    def standby(self) -> int:
        return 1 - self.primary

    def say(self, *statements: str, database: str = "cemai", which: int | None = None) -> Any:
        """Run statements on a server; the first row of the last one."""
        import psycopg

        port = self.ports[self.primary if which is None else which]
        with psycopg.connect(f"postgresql://cemai@127.0.0.1:{port}/{database}", autocommit=True, connect_timeout=5) as db:
            for statement in statements:
                cursor = db.execute(statement)
            return cursor.fetchone() if cursor.description else None

    def join_standby(self) -> None:
        """Make the other server a copy of the primary that follows it, and wait for it with every commit from then on."""
        number, folder = self.standby, self.home / str(self.standby)
        self.kill(number)
        shutil.rmtree(folder, ignore_errors=True)
        source = f"host=127.0.0.1 port={self.ports[self.primary]} user=cemai"
        self._run("pg_basebackup", "-D", str(folder), "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self._start(number)
        self.await_standby()

    def await_standby(self) -> None:
        """Wait until the standby follows, then let each commit wait for it."""
        wait_for(lambda: self.say("SELECT 1 FROM pg_stat_replication WHERE state='streaming'"), 60)
        self._synchronous("*")
        wait_for(lambda: self.say("SELECT 1 FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"), 60)

    def kill(self, number: int) -> None:
        """End a server by SIGKILL, with all its processes."""
        process = self._processes[number]
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self._processes[number] = None

    def fail_over(self) -> None:
        """Kill the primary and let the standby take its place."""
        self.kill(self.primary)
        number = self.standby
        self._run("pg_ctl", "promote", "-D", str(self.home / str(number)), "-w")
        self.primary = number
        self._synchronous("")  # until there is a standby again

    def restart_standby(self) -> None:
        """Kill the standby and start it again; commits wait meanwhile."""
        number = self.standby
        self.kill(number)
        self._start(number)
        self.await_standby()

    def close(self) -> None:
        """End both."""
        for number in range(2):
            self.kill(number)

    def _synchronous(self, names: str) -> None:
        self.say(f"ALTER SYSTEM SET synchronous_standby_names='{names}'", "SELECT pg_reload_conf()", database="postgres")

    def _start(self, number: int) -> None:
        settings = ("listen_addresses=127.0.0.1", f"port={self.ports[number]}", f"unix_socket_directories={self.home}", "fsync=off",
                    "max_connections=100", "hot_standby=on", "wal_keep_size=256MB")  # fmt: skip
        options = [part for setting in settings for part in ("-c", setting)]
        (self.home / str(number) / "postmaster.pid").unlink(missing_ok=True)
        self._processes[number] = subprocess.Popen(
            [_find("postgres"), "-D", str(self.home / str(number)), *options],  # type: ignore[list-item]
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.home, start_new_session=True, **self._user,
        )  # type: ignore[call-overload]  # fmt: skip
        wait_for(lambda: self.say("SELECT 1", database="postgres", which=number), 60)

    def _run(self, program: str, *arguments: str) -> None:
        command = [_find(program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.home, **self._user)  # type: ignore[call-overload]


class Processes:
    """Nodes, workers and the proxy of one installation."""

    def __init__(self, address: str, home: Path) -> None:
        self._address, self._home = address, home
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.ports = {name: free_port() for name in ("node0", "node1", "proxy")}
        self.watched = {name: free_port() for name in ("node0", "node1")}

    def start(self, name: str) -> None:
        """Start a process: ``node0``, ``node1``, ``worker0``, ``worker1`` or ``proxy``."""
        ui = [sys.executable, "-m", "ui", "--library", self._address]
        if name == "proxy":
            command = [sys.executable, "-m", "tests.faults.cluster", "--proxy"]
            command += [str(self.ports[one]) for one in ("proxy", "node0", "node1")]
        elif name.startswith("node"):
            command = [*ui, "serve", "--no-work", "--workers", "0", "--port", str(self.ports[name]), "--log-format", "json"]
            command += ["--operations", f"127.0.0.1:{self.watched[name]}"]
        else:
            command = [*ui, "work", "--lease", "3", "--log-format", "json"]
        variables = {
            **os.environ, "CEMAI_NODE": str(self._home / name), "CEMAI_ITEM_ENCODER": "0", "HOME": str(self._home),
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }  # fmt: skip
        with (self._home / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command, cwd=ROOT, env=variables, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """End a process by SIGKILL, with those it started."""
        process = self._running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def await_node(self, name: str, seconds: float = 120) -> None:
        """Wait until a node says that it is well."""
        wait_for(lambda: httpx.get(f"http://127.0.0.1:{self.watched[name]}/health", timeout=5).status_code == 200, seconds)

    def close(self) -> None:
        """End all."""
        for name in list(self._running):
            self.kill(name)


class Load:
    """Files sent and questions asked without end, through the proxy."""

    def __init__(self, port: int, folder: Path, pause: float) -> None:
        self._base = f"http://127.0.0.1:{port}/api/v1"
        self._folder, self._pause = folder, pause
        self._stop = threading.Event()
        self.acknowledged: list[str] = []
        self.replies: Counter[str] = Counter()
        self.last_acknowledged = 0.0
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._send, self._ask)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End."""
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _send(self) -> None:
        number = 0
        while not self._stop.wait(self._pause):
            (path,) = write_notices(self._folder, [number])
            number += 1
            with suppress(httpx.HTTPError):
                reply = httpx.post(f"{self._base}/imports", files={"file": (path.name, path.read_bytes())}, timeout=30)
                if reply.status_code == 202 and reply.json()["state"] == "等待":
                    self.acknowledged.append(path.name)
                    self.last_acknowledged = time.monotonic()

    def _ask(self) -> None:
        number = 0
        while not self._stop.wait(self._pause):
            number += 1
            try:
                reply = httpx.get(f"{self._base}/ask", params={"question": QUESTIONS[number % len(QUESTIONS)]}, timeout=30)
                self.replies[str(reply.status_code)] += 1
            except httpx.HTTPError:
                self.replies["no reply"] += 1


def wait_for(done: Callable[[], Any], seconds: float) -> None:
    """Wait until something holds; what fails meanwhile does not hold yet. Raises ``TimeoutError``."""
    until = time.monotonic() + seconds
    while True:
        with suppress(Exception):
            if done():
                return
        if time.monotonic() > until:
            raise TimeoutError(done)
        time.sleep(0.05)


@contextmanager
def installation(workers: bool = True) -> Iterator[tuple[Servers, Processes, Path]]:
    """While the block runs everything runs; what is left is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="cemai-cluster-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        servers = Servers(home / "postgres")
        processes = Processes(servers.address, home)
        try:
            os.environ["CEMAI_NODE"] = str(home / "here")
            Corpus.open(servers.address).close()
            for name in ("node0", "node1", *(("worker0", "worker1", "proxy") if workers else ())):
                processes.start(name)
            for name in ("node0", "node1"):
                processes.await_node(name)
            yield servers, processes, home
        finally:
            processes.close()
            servers.close()


def kill_rounds(rounds: int, seed: int, pause: float) -> bool:
    """Kill one process a round, and tell what became of what was acknowledged. Returns whether all promises were kept."""
    draw = random.Random(seed)
    kills: Counter[str] = Counter()
    served: list[float] = []
    with installation() as (servers, processes, home):
        load = Load(processes.ports["proxy"], home / "in", pause)
        load.start()
        begun = time.monotonic()
        for number in range(rounds):
            time.sleep(draw.uniform(0.2, 1.5))
            role = draw.choices(list(ROLES), list(ROLES.values()))[0]
            kills[role] += 1
            if role == "primary":
                at = time.monotonic()
                servers.fail_over()
                wait_for(lambda at=at: load.last_acknowledged > at, 60)  # type: ignore[misc]
                served.append(load.last_acknowledged - at)
                servers.join_standby()
            elif role == "standby":
                servers.restart_standby()
            else:
                name = role if role == "proxy" else f"{role}{draw.randrange(2)}"
                processes.kill(name)
                processes.start(name)
                if role == "node":
                    processes.await_node(name)  # the other one serves meanwhile
            if (number + 1) % 10 == 0:
                print(f"{number + 1} rounds, {time.monotonic() - begun:.0f} s, {len(load.acknowledged)} acknowledged", flush=True)
        time.sleep(1)
        load.close()
        return _judge(servers, load, kills, served, home)


def _judge(servers: Servers, load: Load, kills: Counter[str], served: list[float], home: Path) -> bool:
    """Hold what is in the library against what was acknowledged."""
    waiting = "SELECT count(*) FROM import_queue WHERE ended_at IS NULL"
    with suppress(TimeoutError):
        wait_for(lambda: not servers.say(waiting)[0], 300)
    left = servers.say(waiting)[0]
    with Corpus.open(servers.address) as corpus:
        stored = Counter(info.source for info in corpus.infos())
        puts = Counter(row[0] for row in corpus._db.execute("SELECT document FROM changes WHERE operation='put'").fetchall())
        texts = {info.source: corpus.text(info.row) for info in corpus.infos()}
        halves = [name for name, text in texts.items() if text.strip() != (home / "in" / name).read_text("utf-8").strip()]
        bare = [info.source for info in corpus.infos() if not corpus.passages(info.row)]
        faults = corpus.check()
        generation = corpus.generation
    told: dict[str, Any] = {
        "kills": dict(kills), "acknowledged": len(load.acknowledged), "stored": sum(stored.values()),
        "lost": len(set(load.acknowledged) - set(stored)), "half": len(halves) + len(bare),
        "twice": sum(count > 1 for count in stored.values()) + sum(count > 1 for count in puts.values()),
        "still waiting": left, "doctor": faults, "generation": generation, "replies": dict(load.replies),
        "seconds until served after the primary": {"median": round(statistics.median(served), 2), "most": round(max(served), 2)} if served else {},
    }  # fmt: skip
    print(json.dumps(told, ensure_ascii=False, indent=1))
    return not (told["lost"] or told["half"] or told["twice"] or left or faults) and all(seconds <= 15 for seconds in served)


def measure_lag(commits: int) -> bool:
    """Commit documents one by one, and tell how long two nodes took until they were at each generation."""
    seconds: list[float] = []
    committed: list[float] = []
    with installation(workers=False) as (servers, processes, home), Library.open(servers.address) as library:
        library.keeps_indexes = False
        library.corpus.before_commit = lambda _: committed.append(time.monotonic())  # type: ignore[attr-defined]
        for number in range(commits):
            take_in(library, write_notices(home / "in", [number]))
            at, generation = committed[-1], library.generation
            left = set(processes.watched.values())
            while left:
                for port in list(left):
                    state = httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).json()
                    if state["node_generation"] >= generation:
                        left.discard(port)
                        seconds.append(time.monotonic() - at)
                time.sleep(0.005)
    ordered = sorted(seconds)
    told = {
        "commits": commits,
        "nodes": 2,
        "p50": ordered[len(ordered) // 2],
        "p95": ordered[int(len(ordered) * 0.95)],
        "most": ordered[-1],
    }
    print(json.dumps({name: round(value, 3) for name, value in told.items()}))
    return told["p95"] <= 2.0


async def _proxy(port: int, nodes: list[int]) -> None:
    """Pass connections on to one node after the other; to the next where one does not listen."""
    turn = 0

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal turn
        turn += 1
        for step in range(len(nodes)):
            try:
                other = await asyncio.open_connection("127.0.0.1", nodes[(turn + step) % len(nodes)])
                break
            except OSError:
                continue
        else:
            writer.close()
            return

        async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                while data := await source.read(65536):
                    target.write(data)
                    await target.drain()
            with suppress(OSError):
                target.close()

        await asyncio.gather(pump(reader, other[1]), pump(other[0], writer))

    server = await asyncio.start_server(pass_on, "127.0.0.1", port)
    await server.serve_forever()


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=0, help="processes to kill")
    parser.add_argument("--commits", type=int, default=0, help="commits that two nodes follow")
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--pause", type=float, default=0.3, help="seconds between two files, and between two questions")
    parser.add_argument("--proxy", type=int, nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.proxy:
        asyncio.run(_proxy(args.proxy[0], args.proxy[1:]))
        return 0
    if reason := why_not():
        sys.exit(reason)
    good = (not args.commits or measure_lag(args.commits)) and (
        not args.rounds or kill_rounds(args.rounds, args.seed, args.pause)
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
