"""user and audit at the command line: the first account, secrets that are shown once, and a record that cannot be altered unseen."""

from __future__ import annotations

import io
import json
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from corpus.store import FILE_NAME
from corpus.store.accounts import ACCOUNTS_FILE
from ui.cli import main

PASSWORD = "Qinghe-River-2022"
TEXT = "青禾市人民政府关于防汛的通知\n一、加强值守。各镇要落实值守责任。"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CEMAI_LIBRARY", str(tmp_path / "library"))
    (tmp_path / "防汛.txt").write_text(TEXT, encoding="utf-8")
    assert main(["ingest", str(tmp_path / "防汛.txt")]) == 0
    return tmp_path / "library"


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def call(*words: str, said: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        capsys.readouterr()
        status = main([*words])
        out = capsys.readouterr()
        return status, out.out + out.err

    return call


def test_the_first_account_is_an_administrator(run, folder: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("user", "list")[0] == 1
    for words, said in (
        (("add", "李四", "--role", "reader", "--password-stdin"), PASSWORD), (("add", "李四", "--role", "admin", "--password-stdin"), "short"),
        (("add", "李四", "--role", "admin", "--no-password"), ""), (("add", "李 四", "--role", "admin", "--password-stdin"), PASSWORD),
        (("add", "李四", "--role", "admin"), PASSWORD), (("add", "李四", "--role", "admin", "--password-stdin"), ""),
    ):  # fmt: skip
        status, told = run("user", *words, said=said)
        assert status == 2 and PASSWORD not in told
        assert not list(folder.glob(f"{ACCOUNTS_FILE}*")), "a file without accounts would let nobody in"
    assert run("user", "add", "李四", "--role", "admin", "--password-stdin", said=f"{PASSWORD}\n")[0] == 0
    assert run("user", "add", "李四", "--role", "reader", "--password-stdin", said=f"{PASSWORD}\n")[0] == 2
    assert run("user", "disable", "李四")[0] == 2 and run("user", "role", "李四", "reader")[0] == 2
    status, told = run("user", "list", "--json")
    assert status == 0 and [(one["name"], one["role"]) for one in json.loads(told)] == [("李四", "admin")]


def test_tokens_are_shown_once(run, folder: Path) -> None:  # type: ignore[no-untyped-def]
    run("user", "add", "李四", "--role", "admin", "--password-stdin", said=PASSWORD)
    run("user", "add", "脚本", "--role", "reader", "--no-password")
    status, told = run("user", "token", "脚本", "--note", "日报", "--days", "30")
    secret = next(line for line in told.splitlines() if line.startswith("cemai_"))
    assert status == 0 and len(secret) > 40
    listed = run("user", "token", "脚本", "--list")[1]
    assert "日报" in listed and secret not in listed
    assert run("user", "token", "脚本", "--days", "0")[0] == 2 and run("user", "token", "脚本", "--revoke", "7")[0] == 2
    assert run("user", "token", "脚本", "--revoke", "1")[0] == 0 and "已作废" in run("user", "token", "脚本", "--list")[1]
    stored = b"".join(path.read_bytes() for path in folder.glob(f"{ACCOUNTS_FILE}*"))
    assert secret.encode() not in stored and secret not in run("audit", "export")[1]


def test_mcp_needs_a_token_where_there_are_accounts(run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    from cemai.accounts import THIS_MACHINE
    from corpus.errors import UsageError
    from ui.commands.accounts import caller_of_token

    assert caller_of_token(folder) is THIS_MACHINE
    run("user", "add", "李四", "--role", "admin", "--password-stdin", said=PASSWORD)
    run("user", "add", "审计", "--role", "auditor", "--no-password")
    run("user", "add", "脚本", "--role", "reader", "--no-password")
    status, told = run("mcp")
    assert status == 2 and "CEMAI_TOKEN" in told
    secrets = {
        name: next(line for line in run("user", "token", name)[1].splitlines() if line.startswith("cemai_"))
        for name in ("脚本", "审计")
    }
    for wrong in ("", "cemai_x", secrets["审计"]):
        monkeypatch.setenv("CEMAI_TOKEN", wrong)
        with pytest.raises(UsageError):
            caller_of_token(folder)
    monkeypatch.setenv("CEMAI_TOKEN", secrets["脚本"])
    assert caller_of_token(folder).name == "脚本"
    run("user", "disable", "脚本")
    with pytest.raises(UsageError):
        caller_of_token(folder)


def test_changes_at_the_command_line_are_recorded(run, folder: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("user", "add", "李四", "--role", "admin", "--password-stdin", said=PASSWORD)
    (tmp_path / "防旱.txt").write_text(TEXT.replace("汛", "旱"), encoding="utf-8")
    assert run("ingest", str(tmp_path / "防旱.txt"))[0] == 0
    assert run("docs", "remove", "防旱.txt")[0] == 0 and run("docs", "purge")[0] == 0
    status, told = run("audit", "verify")
    assert status == 0 and "文档库：" in told
    rows = [json.loads(line) for line in run("audit", "export")[1].splitlines()]
    assert [row["action"] for row in rows if row["chain"] == "accounts"] == ["user add"]
    done = [row["action"] for row in rows if row["chain"] == "library"]
    assert done == sorted(done, reverse=True) and done.count("docs") == 2 and "ingest" in done
    assert all(row["who"].startswith("本机:") for row in rows) and TEXT[:10] not in json.dumps(rows, ensure_ascii=False)


def test_every_alteration_is_told(run, folder: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("user", "add", "李四", "--role", "admin", "--password-stdin", said=PASSWORD)
    for number in range(8):
        run("user", "add", f"员工{number}", "--role", "reader", "--no-password")
        (tmp_path / f"{number}.txt").write_text(TEXT.replace("防汛", f"防汛第{number}号"), encoding="utf-8")
        run("ingest", str(tmp_path / f"{number}.txt"))
    status, told = run("audit", "verify")
    heads = dict(zip(("accounts", "library"), (line.rpartition(" ")[2] for line in told.splitlines()[:2]), strict=True))
    assert status == 0
    draw = random.Random(20)
    files = {"accounts": folder / ACCOUNTS_FILE, "library": folder / FILE_NAME}
    for file in files.values():
        with closing(sqlite3.connect(file)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(file, tmp_path / file.name)
    seen = 0
    for turn in range(120):
        chain = draw.choice(("accounts", "library"))
        file = files[chain]
        with closing(sqlite3.connect(file, isolation_level=None)) as db:
            last = db.execute("SELECT max(number) FROM audit").fetchone()[0]
            number = draw.randint(1, last)
            how = draw.choice(("alter", "drop", "swap", "cut", "insert", "renumber"))
            if how == "alter":
                column = draw.choice(("at", "who", "address", "action", "object", "result", "detail", "hash"))
                db.execute(f"UPDATE audit SET {column}={column}||'x' WHERE number=?", (number,))
            elif how == "drop":
                db.execute("DELETE FROM audit WHERE number=?", (number,))
            elif how == "cut":
                db.execute("DELETE FROM audit WHERE number>=?", (number,))
            elif how == "swap":
                other = number % last + 1
                db.execute("UPDATE audit SET number=-1 WHERE number=?", (number,))
                db.execute("UPDATE audit SET number=? WHERE number=?", (number, other))
                db.execute("UPDATE audit SET number=? WHERE number=-1", (other,))
            elif how == "insert":
                db.execute(
                    "INSERT INTO audit SELECT ?, at, who, address, action, object, result, detail, hash FROM audit WHERE number=?",
                    (last + 1, number),
                )
            else:
                db.execute("UPDATE audit SET number=number+1000 WHERE number>=?", (number,))
        status, told = run("audit", "verify", "--accounts-head", heads["accounts"], "--library-head", heads["library"])
        assert status == 1 and ("第" in told), (turn, chain, how, number, told)
        seen += 1
        for name in files:
            for ending in ("-wal", "-shm"):
                Path(f"{files[name]}{ending}").unlink(missing_ok=True)
            shutil.copy(tmp_path / files[name].name, files[name])
    assert seen == 120 and run("audit", "verify", "--accounts-head", heads["accounts"])[0] == 0


def test_serving_to_others_says_what_to_do_first(run) -> None:  # type: ignore[no-untyped-def]
    status, told = run("serve", "--host", "0.0.0.0")
    assert status == 2 and "cemai user add" in told and "--certificate" in told and "--proxy-from" in told
