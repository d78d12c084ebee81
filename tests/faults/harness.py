"""A process under the shim: each trial is a fork of it that acts on a fresh copy of a library and fails, or is killed, at one call.

``python -m tests.faults.harness FOLDER`` reads trials from stdin, one JSON object a line, and writes what became of each:
``{"operation", "at", "fault", "forever", "after"}`` → ``{"acknowledged", "error", "calls", "verdict"}``. A verdict other than "" is a
broken promise.
"""

from __future__ import annotations

import ctypes
import gc
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from cemai.backups import list_backups, make_backup, restore_backup
from cemai.library import Library
from cemai.purging import purge_library
from corpus.errors import LibraryBusy, PolicyError
from corpus.store.failures import explain_failure
from tests.faults.power import read_trace, replays
from tests.stores import open_plain, take_in, write_notices

ERASED = "冬季供暖"
"""The subject of the notice that is removed in every library, and purged by some operations."""

Act = Callable[[Library, Path], Iterator[None]]


def prepare(home: Path) -> None:
    """Make the library that every trial begins with, its backup, and the files that operations take in."""
    write_notices(home / "in", range(12))
    with open_plain(home / "lib") as library:
        take_in(library, [home / "in" / f"通知{number:03}.txt" for number in range(6)])
        library.ask("校车安全由谁负责？")
        library.correct_many(["通知001.txt"], {"标题": "校车办法"})
        library.remove("通知004.txt")
        library.search("河道")
        library.figures("地区生产总值")
        library.doctor()
    make_backup(home / "lib", home / "backups")
    with open_plain(home / "lib") as library:
        library.corpus.drop_setting("backups")  # else each copy tells the same folder what it purged
    shutil.copytree(home / "lib", home / "older")
    with open_plain(home / "lib") as library:
        take_in(library, [home / "in" / "通知009.txt"])
        library.search("河道")
    with open_plain(home / "other") as library:
        take_in(library, [home / "in" / f"通知{number:03}.txt" for number in (10, 11)])
        library.search("河道")


def ingest(library: Library, home: Path) -> Iterator[None]:
    """Two new files, one after the other, then a new version of one that is there."""
    for number in (6, 7):
        take_in(library, [home / "in" / f"通知{number:03}.txt"])
        yield
    path = home / "in" / "通知002.txt"
    written = path.read_text(encoding="utf-8")
    path.write_text(written.replace("90%", "95%"), encoding="utf-8")
    try:
        take_in(library, [path])
    finally:
        path.write_text(written, encoding="utf-8")
    yield


def change(library: Library, home: Path) -> Iterator[None]:
    library.remove("通知003.txt")
    yield
    library.restore("通知003.txt")
    yield
    library.set_status("通知005.txt", "已废止")
    yield
    library.correct_many(["通知000.txt", "通知002.txt"], {"地区": "昆明市"})
    yield


def ask(library: Library, home: Path) -> Iterator[None]:
    library.ask("水窖改造由谁负责？")  # which may go without being kept
    yield


def purge(library: Library, home: Path) -> Iterator[None]:
    purge_library(library)
    yield


def search(library: Library, home: Path) -> Iterator[None]:
    shutil.rmtree(library.corpus.folder / "cache", ignore_errors=True)
    library.search("养老服务")
    library.figures("地区生产总值")
    yield


def repair(library: Library, home: Path) -> Iterator[None]:
    library.doctor(repair=True)
    yield


def back_up(library: Library, home: Path) -> Iterator[None]:
    make_backup(library.corpus.folder, library.corpus.folder.parent / "backups", keep=1)
    yield


def restore(library: Library, home: Path) -> Iterator[None]:
    folder = library.corpus.folder
    take_in(library, [home / "in" / "通知008.txt"])  # what the backup does not have
    yield
    library.close()
    restore_backup(folder.parent / "backups", folder)
    yield


OPERATIONS: dict[str, Act] = {act.__name__: act for act in (ingest, change, ask, purge, search, repair, back_up, restore)}


def state(folder: Path) -> list[Any]:
    """What a library holds, as far as a person can see it."""
    with open_plain(folder, create=False) as library:
        corpus = library.corpus
        documents = [
            (info.source, info.sha256, info.user_status, info.head.region) for info in (*corpus.infos(), *corpus.removed())
        ]
        titles = sorted(str(info.head.title) for info in corpus.infos())
        return [sorted(map(repr, documents)), titles, len(corpus.removed()), len(corpus.answers()), len(corpus.corrections())]


def examine(folder: Path, allowed: list[list[Any]]) -> str:
    """What is wrong with a library after a trial: "" where it is whole, in one of the allowed states, and of use."""
    found = state(folder)
    if found not in allowed:
        return f"state {found} is none of {allowed}"
    with open_plain(folder) as library:
        if library.corpus.purging:
            purge_library(library)
        # caches mend themselves when they are used
        hits = {hit.source for hit in library.search("养老服务", top=8)}
        there = {info.source for info in library.documents()}
        if not hits <= there or ("通知003.txt" in there and "通知003.txt" not in hits):
            return f"search finds {hits} of {there}"
        if faults := library.doctor():
            return f"doctor: {faults}"
        erased = "通知004.txt" not in {info.source for info in (*library.documents(), *library.corpus.removed())}
    if erased:
        for path in folder.rglob("*"):
            if path.is_file() and f"{ERASED}覆盖率".encode() in path.read_bytes():
                return f"{path.name} holds purged words"
    for backup in list_backups(folder.parent / "backups"):
        backup.verify()
    return ""


# ------------------------------------------------------------------ damage


def flip(data: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << draw.randrange(8))]) + data[place + 1 :]


def zero(data: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(data))
    size = min(4096, len(data) - place)
    return data[:place] + bytes(size) + data[place + size :]


def cut(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data))]


def empty(data: bytes, draw: random.Random) -> bytes:
    return b""


def append(data: bytes, draw: random.Random) -> bytes:
    return data + draw.randbytes(500)


DAMAGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    change.__name__: change for change in (flip, zero, cut, empty, append)
}
WAYS = (*DAMAGES, "delete", "older", "swapped")


def damage(home: Path, lib: Path, way: str, draw: random.Random, kind: str | None = None) -> str | None:
    """Damage one file of a library, of a kind that is given or else drawn; its name, None where that changes nothing."""
    files = sorted(path for path in lib.rglob("*") if path.is_file() and path.stat().st_size)
    kinds = sorted({_kind(path, lib) for path in files})
    kind = kind or draw.choice(kinds)
    path = draw.choice([path for path in files if _kind(path, lib) == kind])
    name, before = str(path.relative_to(lib)), path.read_bytes()
    if way in DAMAGES:
        path.write_bytes(DAMAGES[way](before, draw))
    elif way == "delete":
        path.unlink()
    else:
        source = home / ("older" if way == "older" else "other")
        same = source / name
        if not same.is_file():  # segments of an index have names of their own
            same = next((other for other in sorted(source.rglob("*")) if other.is_file() and _kind(other, source) == kind), path)
        path.write_bytes(same.read_bytes())
    return name if not path.exists() or path.read_bytes() != before else None


def _kind(path: Path, lib: Path) -> str:
    return path.suffix if "lexical" in path.parts and path.suffix else path.name


QUESTIONS = ("校车安全由谁负责？", "河道管护覆盖率要达到多少？", "养老服务有哪些规定？")


def look(folder: Path) -> list[Any]:
    """What a person sees of a library: answers, hits, lists, texts, originals."""
    with open_plain(folder, create=False) as library:
        answers = [library.ask(question, keep=False).record() for question in QUESTIONS]
        hits = [[hit.record() for hit in library.search(words, top=5)] for words in ("水窖改造", "县水利局", "覆盖率")]
        kept = [(answer.id, answer.payload) for answer in library.answers()]
        documents = [
            (info.source, info.head.title, info.status, library.corpus.text(info.row), library.corpus.original(info.sha256).hex())
            for info in library.documents()
        ]
        facts = [[fact.record() for fact in found] for found in (library.tasks(), library.targets())]
        return json.loads(json.dumps([answers, hits, kept, documents, facts], default=str))  # type: ignore[no-any-return]


def judge_damage(folder: Path, right: list[list[Any]]) -> str:
    """ "harmless", "told" or "doctor"; anything else is a broken promise."""
    try:
        seen = look(folder)
    except Exception as error:
        explained = explain_failure(error, folder)
        if explained is not None:
            return "told"
        raw = f"raw {type(error).__name__}: {error}"
    else:
        if seen in right:
            return "harmless"
        raw = ""
    try:
        with open_plain(folder, create=False) as library:
            faults = library.doctor()
    except PolicyError:
        return "told"
    return ("doctor" if not raw else f"doctor, {raw}") if faults else f"SILENT {raw}"


# ------------------------------------------------------------------ mixed load


def holdings(folder: Path) -> dict[str, list[str]]:
    with open_plain(folder, create=False) as library:
        there = {info.source: ["there", info.sha256] for info in library.corpus.infos()}
        return there | {info.source: ["removed", info.sha256] for info in library.corpus.removed()}


def write_at_random(lib: Path, home: Path, draw: random.Random) -> Iterator[Any]:
    """Change a library without end; before each change what it will be, after it that it is done."""
    with open_plain(lib) as library:
        now = holdings(lib)
        folder = lib.parent / "in"
        while True:
            after = dict(now)
            there = sorted(name for name, (kind, _) in now.items() if kind == "there")
            gone = sorted(name for name, (kind, _) in now.items() if kind == "removed")
            act = draw.choice(["put", "put", "put", "remove", "restore", "purge"])
            path = None
            if act == "put":
                (path,) = write_notices(folder, [draw.randrange(20, 32)], percent=draw.randrange(10, 99))
                if path.name in gone:
                    continue
                after[path.name] = ["there", hashlib.sha256(path.read_bytes()).hexdigest()]
            elif act == "remove" and len(there) > 3:
                name = draw.choice(there)
                after[name] = ["removed", now[name][1]]
            elif act == "restore" and gone:
                name = draw.choice(gone)
                after[name] = ["there", now[name][1]]
            elif act == "purge" and gone:
                after = {name: kind for name, kind in now.items() if name not in gone}
            else:
                continue
            yield [now, after]
            if path is not None:
                take_in(library, [path])
            elif act == "purge":
                purge_library(library)
            else:
                (library.remove if act == "remove" else library.restore)(name)
            now = after
            yield [now]


def read_at_random(lib: Path, draw: random.Random) -> Iterator[Any]:
    """Ask, search and back up without end; what was backed up."""
    while True:
        with suppress(LibraryBusy), open_plain(lib) as library:
            for _ in range(4):
                library.search(draw.choice(["河道", "养老服务", "县水利局"]))
                library.ask(draw.choice(QUESTIONS))
            make_backup(lib, lib.parent / "backups", keep=3, thorough=False)
            yield 1


def begin_child(work: Callable[[], Any], open_output: Callable[[], TextIO]) -> int:
    """Run something in a fork, which writes each value as a line of JSON; the fork's number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with open_output() as out:
                for value in work():
                    out.write(json.dumps(value) + "\n")
                    out.flush()
            code = 0
        except BaseException as error:
            sys.stderr.write(f"child: {type(error).__name__}: {error}\n")
        finally:
            os._exit(code)
    return child


def in_child(work: Callable[[], Any], seconds: float = 60.0) -> tuple[int, Any]:
    """Run something in a fork; its exit status (negative: the signal) and the last line of JSON it wrote, None without one."""
    reading, writing = os.pipe()
    child = begin_child(work, lambda: os.fdopen(writing, "w"))
    os.close(writing)
    deadline = time.monotonic() + seconds
    with os.fdopen(reading) as stream:
        lines = stream.read().splitlines()
    while (done := os.waitpid(child, os.WNOHANG))[0] == 0:
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    last = None
    for line in lines:
        with suppress(ValueError):  # the last line of a process that was killed may be half a one
            last = json.loads(line)
    return os.waitstatus_to_exitcode(done[1]), last


class Harness:
    """Runs trials on copies of one library."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.shim = ctypes.CDLL(None)
        self.expected: dict[str, list[list[Any]]] = {}
        self.right: list[Any] = []
        prepare(home)  # here, so that what is read but once (dictionaries, lists of words) is there in every fork
        gc.collect()

    def trial(self, given: dict[str, Any]) -> dict[str, Any]:
        """Run one trial."""
        operation = given["operation"]
        if operation not in self.expected:
            self.expected[operation] = self._states_of(operation)
        allowed = self.expected[operation]
        with self._copy() as place:
            code, last = in_child(lambda: self._act(operation, place, given["at"], given["fault"], given.get("forever", False)))
            last = last or {"acknowledged": 0, "error": None, "calls": 0}
            steps = allowed[last["acknowledged"] : last["acknowledged"] + 2]
            if operation in ("purge", "restore", "ask"):  # several transactions in one step, each of which is whole
                steps = allowed
            verdict = self._judge(lambda: examine(place / "lib", steps))
        if code > 0:
            verdict = verdict or "the process ended with an error of its own"
        return {**given, **last, "status": code, "verdict": verdict}

    def cut(self, given: dict[str, Any]) -> dict[str, Any]:
        """Record what an operation writes, and look at libraries as a power cut at some moment of it may leave them."""
        operation, draw = given["operation"], random.Random(given["seed"])
        if operation not in self.expected:
            self.expected[operation] = self._states_of(operation)
        allowed, broken, made = self.expected[operation], [], 0
        with self._copy() as place:
            trace = place.with_suffix(".trace")
            start = place.with_suffix(".start")
            shutil.copytree(place, start)
            code, last = in_child(lambda: self._act(operation, place, 0, 0, False, trace))
            events = read_trace(trace)
            trace.unlink()
            shutil.rmtree(place)
            shutil.copytree(start, place)
            for behind, way, files, done in replays(place, events, given["replays"], draw):
                shutil.rmtree(place)
                for path, content in files.items():
                    Path(path).parent.mkdir(parents=True, exist_ok=True)
                    Path(path).write_bytes(content)
                steps = allowed if operation in ("purge", "restore", "ask") else allowed[done : done + 2]
                if verdict := self._judge(lambda steps=steps: examine(place / "lib", steps)):  # type: ignore[misc]
                    broken.append({"behind": behind, "call": str(events[behind - 1])[:200], "way": way, "verdict": verdict[:400]})
                made += 1
            shutil.rmtree(start)
        return {**given, **(last or {}), "status": code, "events": len(events), "made": made, "broken": broken}

    def damaged(self, given: dict[str, Any]) -> dict[str, Any]:
        """Damage a file of a copy and see whether anything says so."""
        if not self.right:
            self.right = [in_child(lambda: [look(self.home / "lib")])[1]]  # with indexes kept up; made anew they give the same
        with self._copy() as place:
            name = damage(self.home, place / "lib", given["way"], random.Random(given["seed"]), given.get("kind"))
            _, verdict = in_child(lambda: [judge_damage(place / "lib", self.right)]) if name else (0, "unchanged")
        return {**given, "file": name, "verdict": verdict or "the process ended"}

    def mixed(self, given: dict[str, Any]) -> dict[str, Any]:
        """Kill a writer and a reader of one library in the midst of their work."""
        draw = random.Random(given["seed"])
        with self._copy() as place:
            lib, log = place / "lib", place / "log"
            children = [
                begin_child(lambda: write_at_random(lib, self.home, draw), lambda: log.open("w")),
                begin_child(lambda: read_at_random(lib, draw), lambda: (place / "log of the reader").open("w")),
            ]
            time.sleep(given["seconds"])
            ended = [os.waitpid(child, os.WNOHANG)[0] for child in children]
            for child in children:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                with suppress(ChildProcessError):
                    os.waitpid(child, 0)
            lines = [json.loads(line) for line in log.read_text().splitlines() if line.endswith("]")] if log.exists() else []

            def examine_holdings() -> str:
                found = holdings(lib)
                if lines and found not in lines[-1]:
                    return f"holds {found}, not {lines[-1]}"
                return examine(lib, [state(lib)])

            verdict = self._judge(examine_holdings)
        if ended[0]:
            verdict = f"the writer ended by itself; {verdict}"
        return {**given, "changes": sum(len(line) == 1 for line in lines), "verdict": verdict}

    def _judge(self, look: Callable[[], str]) -> str:
        """What an examination in a fork finds, or how it ends."""

        def judge() -> Iterator[str]:
            try:
                yield look()
            except PolicyError as error:
                yield f"refused: {error}"
            except Exception as error:
                yield f"{type(error).__name__}: {error}"

        code, verdict = in_child(judge)
        return str(verdict) if verdict is not None else f"the examination ended with {code}"

    @contextmanager
    def _copy(self) -> Iterator[Path]:
        place = self.home / f"trial{random.randrange(10**9)}"
        shutil.copytree(self.home / "lib", place / "lib")
        shutil.copytree(self.home / "backups", place / "backups")
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _act(self, operation: str, place: Path, at: int, fault: int, forever: bool, trace: Path | None = None) -> Iterator[Any]:
        done, error = 0, None
        report = lambda: {"acknowledged": done, "error": error, "calls": self.shim.fault_seen()}  # noqa: E731
        if trace is not None:
            self.shim.fault_record(str(place).encode(), str(trace).encode())
        else:
            self.shim.fault_arm(str(place).encode(), ctypes.c_long(at), fault, int(forever))
        library = None
        try:
            library = open_plain(place / "lib")
            for _ in OPERATIONS[operation](library, self.home):
                done += 1
                self.shim.fault_note(ctypes.c_long(done))
                yield report()
            library.close()
        except PolicyError as refusal:
            error = type(refusal).__name__
        except Exception as raw:
            explained = explain_failure(raw, place)  # as the command line does
            error = type(explained).__name__ if explained else f"raw {type(raw).__name__}: {raw}"
        yield report()

    def _states_of(self, operation: str) -> list[list[Any]]:
        """The states before and after each step of an operation that nothing disturbs."""
        with self._copy() as place:

            def act() -> Iterator[Any]:
                states = [state(place / "lib")]
                with open_plain(place / "lib") as library:
                    for _ in OPERATIONS[operation](library, self.home):
                        states.append(state(place / "lib"))
                yield states

            return list(in_child(act)[1])


def main() -> None:
    """Answer trials until stdin ends."""
    harness = Harness(Path(sys.argv[1]))
    for line in sys.stdin:
        given = json.loads(line)
        run = (
            harness.cut
            if "replays" in given
            else harness.damaged
            if "way" in given
            else harness.mixed
            if "seconds" in given
            else harness.trial
        )
        print(json.dumps(run(given), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
