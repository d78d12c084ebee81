"""Several libraries behind one sign-in: whoever may not enter one gets, for every question, what they would if it did not exist."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.accounts import Accounts, local_actor
from cemai.library import Library
from corpus.errors import UsageError
from corpus.store.accounts import ACCOUNTS_FILE, AccountStore
from tests.river import encoder
from tests.ui.accounts.conftest import HOST, PASSWORD, make_accounts
from tests.ui.accounts.test_page import config_of, load, presses, send
from tests.ui.accounts.test_sign_in import status
from ui.server import build_app, build_several
from ui.several import parse_libraries

ME = local_actor("test")
INSIDE = "内部"
HIDDEN = """星槎湾新区管理委员会关于印发星槎湾潮汐电站专项行动方案的通知
星槎管发〔2031〕77号
各街道办事处：
一、总体目标
到2033年，潮汐能装机容量达到48.6万千瓦，投入资金9.3亿元。
二、重点任务
（一）建设潮闸。完成河道治理和潮闸建设。（责任单位：星槎湾潮汐局、区财政局）
三、保障措施
对参与建设的企业每户补助73万元。本方案自2031年4月1日起施行，有效期3年，星槎湾旧方案同时废止。
星槎湾新区管理委员会
2031年3月5日
"""
WORDS = ("星槎湾", "潮汐电站", "48.6万千瓦", "星槎管发〔2031〕77号", "潮汐局")


@pytest.fixture(scope="module")
def homes(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders: the library of everybody, the same alone on another server, and the one that only some may enter."""
    home = tmp_path_factory.mktemp("several")
    for name in ("common", "alone"):
        shutil.copytree(made, home / name)
        make_accounts(home / name)
        accounts = Accounts.of_folder(home / name)
        assert accounts is not None
        with accounts.store as store:
            hashed = accounts.get("admin").password
            store.add_account(ME, "insider", "insider", "reader", hashed)
    (home / "星槎湾.txt").write_text(HIDDEN, encoding="utf-8")
    with Library.open(home / INSIDE, encoder=encoder()) as library:
        library.ingest([home / "星槎湾.txt"])
    return home


@pytest.fixture(scope="module")
def servers(homes: Path) -> Iterator[dict[str, Any]]:
    """The server with both, and the one with the library of everybody alone."""
    libraries = {name: Library.open(homes / name, encoder=encoder()) for name in ("common", "alone", INSIDE)}
    both = build_several(libraries["common"], {INSIDE: libraries[INSIDE]}, port=7860)
    alone = build_app(libraries["alone"], port=7860)
    with (
        TestClient(both, base_url=HOST, raise_server_exceptions=False) as living,
        TestClient(alone, base_url=HOST, raise_server_exceptions=False) as other,
    ):
        yield {"both": (both, living), "alone": (alone, other), "libraries": libraries}
    for library in libraries.values():
        library.close()


@pytest.fixture(scope="module")
def accounts(homes: Path) -> Iterator[Accounts]:
    opened = Accounts.of_folder(homes / "common")
    assert opened is not None
    with opened.store:
        opened.store.set_grant(ME, opened.get("insider"), INSIDE, granted=True)
        yield opened


def visit(servers: dict[str, Any], which: str, name: str | None = None) -> TestClient:
    app, living = servers[which]
    client = TestClient(app, base_url=HOST, raise_server_exceptions=False, follow_redirects=False)
    client.portal = living.portal
    if name is not None:
        assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    return client


def enter(client: TestClient, library: str = INSIDE) -> Any:
    return client.post("/account/library", data={"library": library})


def probes(document: str, row: int, answer: str) -> list[tuple[str, str, Any]]:
    """What somebody may try who knows, or guesses, what the hidden document is about."""
    api = "/api/v1"
    found: list[tuple[str, str, Any]] = []
    for word in WORDS:
        found += [
            ("GET", f"{api}/search?query={word}", None),
            ("GET", f"{api}/ask?question={word}是多少", None),
            ("GET", f"{api}/documents?query={word}", None),
        ]
    for path in (
        "search?query=星搓湾潮夕电站", "search?query=河道治理", "search/documents?query=潮闸", "search?query=河道&region=星槎湾", "search?query=河道&year=2031",
        "search?query=河道&issuer=星槎湾新区管理委员会", f"search?query=河道&documents={document}", "ask?question=河道治理由谁负责",
        "compare?subject=河道治理", f"compare/documents?first={document}&second={document}", f"compare/consistency?upper={document}&lower={document}", "eligible?who=参与建设的企业",
        "tasks", "tasks?unit=星槎湾潮汐局", "tasks?format=csv", "targets", "targets?indicator=潮汐能装机容量", "facts?family=装机容量", "facts/tasks", "facts/targets", "facts/terms",
        "graph?node=unit:星槎湾潮汐局", "graph?node=星槎湾潮汐局", "graph/duties?unit=星槎湾潮汐局", "graph/units", "graph/partners?unit=区财政局", "graph/years?region=星槎湾",
        f"graph/coverage?upper={document}&lower={document}", f"graph/lineage?document={document}", "graph/indicators?words=装机容量", "graph/alike?topic=建设潮闸",
        "graph/timeline?document=星槎湾潮汐电站专项行动方案", "graph/path?one=星槎湾潮汐局&other=区财政局", "graph/chain?subject=建设潮闸",
        "study/brief?unit=星槎湾潮汐局", "study/paper?number=5&seed=1", "documents", f"documents/{document}", f"documents/{document}/text", f"documents/{document}/original",
        f"documents/{document}/history", f"documents/{document}/pages/1", f"answers/{answer}", "imports", "doubts", "due", "today", "incoming", "dossiers", "health",
        "openapi.json",
    ):  # fmt: skip
        found.append(("GET", f"{api}/{path}", None))
    found += [
        ("POST", f"{api}/search", {"query": "潮汐", "filters": {"documents": [document]}}),
        ("POST", f"{api}/ask", {"question": "潮汐能装机容量达到多少", "filters": {"region": "星槎湾"}}),
        ("POST", f"{api}/compare", {"subject": "潮汐"}),
        ("POST", f"{api}/answers/{answer}/feedback", {"verdict": "right"}),
        ("PATCH", f"{api}/documents/{document}", {"title": "别的"}),
        ("POST", f"{api}/documents/{document}/split", {"start": 1}),
        ("POST", f"{api}/due/{document}/1", {"state": "done"}),
        ("GET", "/account", None),
        ("GET", "/accounts", None),
        ("POST", "/account/library", None),
    ]
    return found


def told(got: Any) -> tuple[int, str]:
    """What an answer says, without what is drawn anew for each, and of a file what is written in it."""
    if got.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(got.content)) as file:
            return got.status_code, file.read("word/document.xml").decode()
    text = re.sub(r'"(?:id|asked_at|kept_until)":"?[\w:.+-]+"?', "", got.text)
    text = re.sub(r'"(?:took|seconds|elapsed)":[\d.e-]+', "", text)
    return got.status_code, text


def drawn(client: TestClient, document: str, window: str) -> list[str]:
    """What the page draws on top, on the shelf, for a search, and of the hidden document itself."""
    config = config_of(client)
    calls = presses(config)
    found = [load(client, config, window)]
    for panel, values in (
        ("shelf-out", {"act": "show"}),
        ("search-out", {"act": "search", "query": "星槎湾潮汐电站"}),
        ("study-out", {"act": "scores"}),
        ("reader", {"act": "open", "doc": document}),
    ):
        got = send(client, calls[panel], values, window)
        found.append(f"{got.status_code} {json.dumps(got.json().get('data'), ensure_ascii=False)}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("who", ["reader", "editor", None])
def test_a_hidden_library_leaks_nothing(servers: dict[str, Any], accounts: Accounts, who: str | None) -> None:
    """Each answer is the one of a server that has no such library: the same results, scores, counts, suggestions and refusals."""
    inside = servers["libraries"][INSIDE]
    (info,) = inside.documents()
    insider = visit(servers, "both", "insider")
    assert enter(insider).status_code == 303
    asked = insider.get("/api/v1/ask?question=潮汐能装机容量达到多少").json()
    assert "48.6" in str(asked)
    tried = probes(info.id, info.row, str(asked.get("id", "1")))
    assert len(tried) >= 40
    mine, theirs = visit(servers, "both", who), visit(servers, "alone", who)
    differ, statuses = [], set()
    for method, path, body in tried:
        got, expected = (client.request(method, path, json=body) for client in (mine, theirs))
        statuses.add(got.status_code)
        if told(got) != told(expected):
            differ.append(f"{method} {path}: {told(got)[0]} {told(got)[1][:300]} / {told(expected)[0]} {told(expected)[1][:300]}")
        for word in WORDS:
            if word in got.text + told(got)[1] and word not in path and word not in str(body):
                differ.append(f"{word} in {method} {path}")
    assert differ == [], "\n".join(differ)
    if who is not None:
        # what a server works out in the background for its first page may come to the one sooner than to the other
        until = time.monotonic() + 30
        while (pages := [drawn(client, info.id, who) for client in (mine, theirs)]) and pages[0] != pages[1]:
            assert time.monotonic() < until, pages
            time.sleep(0.5)
        assert "1 份文件" in pages[0][0]
    assert 422 not in statuses, "a call whose parameters are wrong tries nothing"
    assert who is not None or statuses == {200, 303, 401}, "the way to sign in and whether the server lives, nothing else"
    print(f"{len(tried)} probes, {sorted(statuses)}")


def test_who_may_enter_works_there_alone(servers: dict[str, Any], accounts: Accounts) -> None:
    insider, reader = visit(servers, "both", "insider"), visit(servers, "both", "reader")
    (hidden,) = servers["libraries"][INSIDE].documents()
    (common,) = servers["libraries"]["common"].documents()
    assert [one["id"] for one in insider.get("/api/v1/documents").json()] == [common.id]
    assert f"转到文档库：{INSIDE}" in insider.get("/account").text and INSIDE not in reader.get("/account").text
    assert enter(insider).headers["clear-site-data"] == '"cache", "storage"'
    assert [one["id"] for one in insider.get("/api/v1/documents").json()] == [hidden.id]
    assert insider.get(f"/api/v1/documents/{common.id}").status_code == 404
    assert insider.get("/").status_code == 200 and f"所在的文档库：{INSIDE}" in insider.get("/account").text
    assert enter(insider, "").status_code == 303
    assert [one["id"] for one in insider.get("/api/v1/documents").json()] == [common.id]
    for name in (INSIDE, "没有的", "../内部", ""):
        got = enter(reader, name)
        assert got.status_code == 400 and "没有这个文档库" in got.text
    assert accounts.store.check() == []
    moved = [row for row in accounts.store.entries() if row.action == "POST /account/library" and row.result == "ok"]
    assert {row.who for row in moved} == {"insider"}


def test_tokens_are_for_one_library(servers: dict[str, Any], accounts: Accounts) -> None:
    nobody = visit(servers, "both")
    (hidden,) = servers["libraries"][INSIDE].documents()
    for library, count in ((INSIDE, True), ("", False)):
        secret = accounts.make_token(ME, accounts.get("insider"), "", 1, library)[1]
        shown = nobody.get("/api/v1/documents", headers={"authorization": f"Bearer {secret}"}).json()
        assert ([one["id"] for one in shown] == [hidden.id]) is count
    with pytest.raises(UsageError):
        accounts.make_token(ME, accounts.get("reader"), "", 1, INSIDE)


def test_a_session_moved_without_a_grant_is_nobodys(servers: dict[str, Any], accounts: Accounts) -> None:
    """Whatever is written into the file: a session or token counts only where its account may be."""
    reader = visit(servers, "both", "reader")
    with accounts.store._changing() as db:
        db.execute("UPDATE sessions SET library=? WHERE account=?", (INSIDE, accounts.get("reader").number))
    assert status(reader) == 401
    stray = visit(servers, "both", "reader")
    with accounts.store._changing() as db:
        db.execute("UPDATE sessions SET library='没有的' WHERE account=?", (accounts.get("reader").number,))
        db.execute("INSERT INTO grants VALUES (?, '没有的')", (accounts.get("reader").number,))
    assert status(stray) == 401, "a library that this server does not have"


def test_an_administrator_grants_and_takes_back(servers: dict[str, Any], accounts: Accounts) -> None:
    admin, editor = visit(servers, "both", "admin"), visit(servers, "both", "editor")
    place = f"/accounts/{accounts.get('editor').number}"
    assert f"{INSIDE}：不能进，许可" in admin.get(place).text
    assert admin.post(f"{place}/libraries", data={"library": "没有的", "granted": "1"}).status_code == 400
    assert admin.post(f"{place}/libraries").status_code == 400
    assert editor.post(f"{place}/libraries", data={"library": INSIDE, "granted": "1"}).status_code == 403
    assert "能进入文档库" in admin.post(f"{place}/libraries", data={"library": INSIDE, "granted": "1"}).text
    secret = re.search(r"<code>([^<]+)</code>", admin.post(f"{place}/tokens", data={"days": "1", "library": INSIDE}).text)
    assert secret is not None and enter(editor).status_code == 303 and status(editor) == 200
    token = {"authorization": f"Bearer {secret[1]}"}
    assert status(visit(servers, "both"), headers=token) == 200
    admin.post(f"{place}/libraries", data={"library": INSIDE, "granted": "0"})
    assert status(editor) == 401 and status(visit(servers, "both"), headers=token) == 401
    rows = [
        row.detail for row in accounts.store.entries() if row.action == "POST /accounts/{number}/libraries" and row.result == "ok"
    ]
    assert len(rows) == 2 and accounts.store.check() == []


def test_changes_are_recorded_where_they_are_made(servers: dict[str, Any], accounts: Accounts) -> None:
    accounts.store.set_grant(ME, accounts.get("editor"), INSIDE, granted=True)
    editor = visit(servers, "both", "editor")
    inside, common = servers["libraries"][INSIDE], servers["libraries"]["common"]
    before = len(common.corpus.audit_entries())
    enter(editor)
    (hidden,) = inside.documents()
    assert editor.patch(f"/api/v1/documents/{hidden.id}", json={"title": "改过的方案"}).status_code == 200
    assert [row.who for row in inside.corpus.audit_entries()] == ["editor"] and len(common.corpus.audit_entries()) == before
    assert inside.corpus.check_audit(accounts.store.witness(f"library:{INSIDE}")) == []
    assert accounts.store.witness(f"library:{INSIDE}") == inside.corpus.audit_head()


def test_a_file_of_accounts_of_before_is_brought_up_to_date(tmp_path: Path) -> None:
    make_accounts(tmp_path)
    with sqlite3.connect(tmp_path / ACCOUNTS_FILE) as db:
        db.executescript(
            "DROP TABLE grants; ALTER TABLE sessions DROP COLUMN library; ALTER TABLE tokens DROP COLUMN library; PRAGMA user_version=1;"
        )
    db.close()
    accounts = Accounts.of_folder(tmp_path)
    assert accounts is not None
    with accounts.store:
        caller = accounts.of_session(accounts.sign_in("reader", PASSWORD, "10.0.0.1"))
        assert caller is not None and caller.library == "" and accounts.store.grants(accounts.get("reader")) == ()
        assert accounts.store.check() == []
    with AccountStore(tmp_path / ACCOUNTS_FILE) as again:
        assert len(again.accounts()) == 4


@pytest.mark.parametrize(
    "written", [["内部"], ["=x"], ["a b=x"], ["内部=x", "内部=y"], ["甲=x", "乙=x"], ["甲=x", "乙=x/"], ["内部= "]]
)
def test_libraries_that_cannot_be_meant_are_refused(written: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_libraries(written)


def test_libraries_are_read() -> None:
    assert parse_libraries(["内部=/srv/a", "涉企=b=c"]) == {"内部": Path("/srv/a"), "涉企": Path("b=c")}


def test_one_library_alone_is_asked_directly(servers: dict[str, Any]) -> None:
    assert isinstance(build_several(servers["libraries"]["alone"], {}), FastAPI)
