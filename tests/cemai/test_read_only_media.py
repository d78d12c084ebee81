"""A library where nothing can be written: every command that reads works, every one that writes is refused in words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corpus.store import FILE_NAME
from tests.stores import ROOT, TAKE_IN_AND_CRASH, bytes_of_folder, open_plain, run_killed, take_in, write_notices

READING = (
    ["docs", "list"],
    ["docs", "show", "通知000.txt"],
    ["docs", "text", "通知000.txt"],
    ["search", "河道管护"],
    ["ask", "河道管护由谁负责？"],
    ["tasks"],
    ["targets"],
    ["compare", "河道管护", "--format", "json"],
    ["graph", "unit", "县水利局"],
    ["study", "quiz", "--number", "2"],
    ["answers", "list"],
    ["export", "{out}/导出"],
    ["backup", "{out}/备份"],
)
WRITING = (
    ["ingest", "{out}/新收文"],
    ["docs", "remove", "通知000.txt"],
    ["docs", "purge"],
    ["docs", "status", "通知000.txt", "已废止"],
    ["docs", "set", "通知000.txt", "标题=某某办法"],
    ["doctor", "--repair"],
    ["doctor", "--accept"],
    ["index", "refresh"],
    ["model", "use", "builtin"],
)
RUN = """
import contextlib, io, json, sys
from ui.cli import main
results = []
for command in json.loads(sys.argv[2]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["--library", sys.argv[1], *command])
    results.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(results))
"""
MOUNT = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'


@contextmanager
def nothing_writable(folder: Path) -> Iterator[list[str]]:
    """Begins of a command line under which a folder cannot be written: root may write whatever the rights say, so it is mounted so."""
    if os.geteuid():
        every = [folder, *folder.rglob("*")]
        modes = {path: path.stat().st_mode for path in every}
        try:
            for path in every:
                path.chmod(0o555 if path.is_dir() else 0o444)
            yield []
        finally:
            for path, mode in modes.items():
                path.chmod(mode)
        return
    command = ["unshare", "-m", "sh", "-c", MOUNT, "sh", str(folder)]
    if shutil.which("unshare") is None or subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("root without the right to mount: no folder can be made read-only")
    yield command


def run(folder: Path, commands: list[list[str]], out: Path) -> list[tuple[int, str, str]]:
    written = json.dumps([[part.format(out=out) for part in command] for command in commands])
    environment = {**os.environ, "CEMAI_ITEM_ENCODER": "0"}
    with nothing_writable(folder) as begin:
        done = subprocess.run(
            [*begin, sys.executable, "-c", RUN, str(folder), written],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [tuple(result) for result in json.loads(done.stdout)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_plain(tmp_path / "库") as library:
        take_in(library, write_notices(tmp_path / "收文", range(5)))
        library.ask("校车安全由谁负责？")
    return tmp_path / "库"


@pytest.mark.slow
def test_what_reads_works_and_what_writes_is_refused(folder: Path, tmp_path: Path) -> None:
    write_notices(tmp_path / "新收文", [7])
    before = bytes_of_folder(folder)
    results = run(folder, [*READING, *WRITING], tmp_path)
    for command, (code, out, err) in zip(READING, results, strict=False):
        assert code == 0 and out, (command, err)
        assert "出错" not in err, (command, err)
    assert "没有保存" in results[READING.index(["ask", "河道管护由谁负责？"])][1]
    for command, (code, _, err) in zip(WRITING, results[len(READING) :], strict=True):
        assert code == 1 and "只读" in err, (command, err)
    assert bytes_of_folder(folder) == before
    assert sorted(path.name for path in (tmp_path / "导出").iterdir())


@pytest.mark.slow
def test_a_log_that_was_left_is_read_too(folder: Path, tmp_path: Path) -> None:
    shutil.rmtree(folder / "cache")  # and without caches: they are private
    run_killed(TAKE_IN_AND_CRASH, folder, *write_notices(tmp_path / "收文", range(20, 22)))
    (folder / f"{FILE_NAME}-shm").unlink(missing_ok=True)
    shutil.rmtree(folder / "cache")
    before = bytes_of_folder(folder)
    listed, found, checked = run(folder, [["docs", "list", "--json"], ["search", "水窖改造"], ["doctor"]], tmp_path)
    assert len(json.loads(listed[1])) == 7
    assert found[0] == 0
    assert "未发现问题" in checked[1] or "没有当前语义模型的向量" in checked[1], checked
    assert bytes_of_folder(folder) == before
