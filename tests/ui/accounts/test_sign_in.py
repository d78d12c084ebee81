"""Signing in and out: sessions, tokens, throttling, what a stolen, old or foreign one is worth."""

from __future__ import annotations

import io
import logging
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cemai import accounts as rules
from cemai.accounts import Accounts, local_actor, mark_of
from cemai.library import Library
from corpus.store.accounts import ACCOUNTS_FILE
from corpus.store.copying import copy_library_to
from tests import postgres
from tests.river import encoder
from tests.ui.accounts.conftest import HOST, PASSWORD
from ui.server import build_app

ME = local_actor("test")
IN_A_FILE = pytest.mark.parametrize("library", ["sqlite"], indirect=True)
IN_A_DATABASE = pytest.mark.parametrize("library", ["postgres"], indirect=True)
JSON = {"sec-fetch-dest": "empty"}


@pytest.fixture(params=["sqlite", "postgres"])
def library(request: pytest.FixtureRequest, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """A library that may be changed, in a folder, then in a database."""
    place: Path | str = tmp_path / "library"
    if request.param == "postgres":
        monkeypatch.setenv("CEMAI_NODE", str(tmp_path / "node"))
        place = postgres.make_database(request.getfixturevalue("postgres_server"), "accounts")
    copy_library_to(made, place)
    with Library.open(place, encoder=encoder()) as opened:
        yield opened


def status(client: Any, path: str = "/api/v1/documents", **options: Any) -> int:
    return int(client.get(path, headers={**JSON, **options.pop("headers", {})}, **options).status_code)


def secret_of(client: Any) -> str:
    return str(client.cookies.get("cemai-7860"))


def test_without_accounts_nobody_signs_in(visit: Any) -> None:
    client = visit()
    assert status(client) == 200 and client.get("/").status_code == 200
    assert client.get("/sign-in").headers["location"] == "/" and client.get("/account").headers["location"] == "/"
    assert client.get("/api/v1/health").json()["documents"] == 1


def test_the_first_account_closes_the_door_of_a_running_server(library: Library, visit: Any) -> None:
    client = visit()
    assert status(client) == 200
    made = Accounts.of_folder(library.corpus.address, create=True)
    assert made is not None
    with made.store:
        made.add(ME, "李四", "admin", PASSWORD)
    assert status(client) == 401 and client.get("/api/v1/health").json() == {"status": "ok"}
    if isinstance(library.corpus.address, str):
        import psycopg

        with psycopg.connect(library.corpus.address, autocommit=True) as db:
            db.execute("ALTER SCHEMA cemai_accounts RENAME TO away")
            assert status(client) in (401, 503), "taking the tables away does not open it again"
            db.execute("ALTER SCHEMA away RENAME TO cemai_accounts")
    else:
        (library.corpus.folder / ACCOUNTS_FILE).unlink()
    assert status(client) == 401, "taking the file away does not open it again"
    assert status(visit("李四")) == 200


@IN_A_FILE
def test_an_emptied_file_of_accounts_opens_nothing(library: Library, visit: Any) -> None:
    (library.corpus.folder / ACCOUNTS_FILE).touch()
    client = visit()
    assert status(client) == 401
    assert client.post("/sign-in", data={"name": "admin", "password": PASSWORD}).status_code == 401
    (library.corpus.folder / ACCOUNTS_FILE).write_bytes(b"not a database" * 1000)
    assert status(client) in (401, 503)


@IN_A_FILE
def test_a_damaged_file_of_accounts_opens_nothing(library: Library, visit: Any) -> None:
    (library.corpus.folder / ACCOUNTS_FILE).write_bytes(b"not a database" * 1000)
    assert status(visit()) == 503


def test_the_page_leads_to_signing_in_and_back(accounts: Accounts, visit: Any) -> None:
    client = visit()
    got = client.get("/?tab=ask&q=%E6%B2%B3")
    assert got.status_code == 303 and got.headers["location"].startswith("/sign-in?next=%2F%3Ftab")
    page = client.get(got.headers["location"])
    assert page.status_code == 200 and "<script" not in page.text and "width=device-width" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"] and page.headers["cache-control"] == "no-store"
    after = re.search(r'name="next" value="([^"]*)"', page.text)
    assert after is not None
    done = client.post("/sign-in", data={"name": "reader", "password": PASSWORD, "next": after[1].replace("&amp;", "&")})
    assert done.status_code == 303 and done.headers["location"] == "/?tab=ask&q=%E6%B2%B3"
    shown = client.get("/")
    assert shown.status_code == 200
    account = client.get("/account").text
    assert "reader（读者）" in account and 'action="/sign-out"' in account
    assert client.post("/sign-out").headers["location"] == "/sign-in" and status(client) == 401


@pytest.mark.parametrize(
    "asked",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:1",
        "/api/v1/documents",
        "/ab\r\nX: y",
        "",
        "/%0d",
        "/?a=二",
    ],
)
def test_signing_in_leads_nowhere_else(accounts: Accounts, visit: Any, asked: str) -> None:
    got = visit().post("/sign-in", data={"name": "reader", "password": PASSWORD, "next": asked})
    assert got.status_code == 303 and got.headers["location"] == "/"


@IN_A_FILE
def test_cookies_are_out_of_reach(accounts: Accounts, visit: Any) -> None:
    client = visit()
    got = client.post("/sign-in", data={"name": "reader", "password": PASSWORD})
    (line,) = got.headers.get_list("set-cookie")
    assert "HttpOnly" in line and "SameSite=strict" in line and "Path=/" in line and "Domain" not in line
    secret = secret_of(client)
    assert len(secret) >= 43
    stored = (accounts.store.path).read_bytes() + accounts.store.path.with_name(f"{ACCOUNTS_FILE}-wal").read_bytes()
    assert secret.encode() not in stored and mark_of(secret).encode() in stored and PASSWORD.encode() not in stored


def test_a_session_is_never_one_that_was_there_before(accounts: Accounts, visit: Any) -> None:
    client = visit()
    client.cookies.set("cemai-7860", "planted", domain="127.0.0.1")
    client.post("/sign-in", data={"name": "reader", "password": PASSWORD})
    first = [cookie.value for cookie in client.cookies.jar if cookie.name == "cemai-7860" and cookie.value != "planted"]
    assert len(first) == 1 and accounts.of_session("planted") is None
    other = visit("reader")
    before = secret_of(other)
    other.post("/sign-in", data={"name": "reader", "password": PASSWORD})
    assert secret_of(other) != before and accounts.of_session(before) is None, "the former one has ended"


def test_the_same_answer_for_whoever_is_not_let_in(accounts: Accounts, visit: Any) -> None:
    accounts.store.add_account(ME, "only-tokens", "only-tokens", "reader", None)
    accounts.disable(ME, accounts.get("editor"))
    said = set()
    times = {}
    for name, password in (
        ("admin", "Wrong-Password-1"),
        ("nobody", PASSWORD),
        ("editor", PASSWORD),
        ("only-tokens", PASSWORD),
        ("", ""),
        ("a\x00b", "x"),
        ("x" * 5000, "y" * 5000),
    ):
        client = visit()
        tries = []
        for _ in range(2):  # what else the process does in the middle of one does not count
            started = time.process_time()
            got = client.post("/sign-in", data={"name": name, "password": password})
            tries.append(time.process_time() - started)
            said.add((got.status_code, re.sub(r'value="[^"]*"|autofocus', "", got.text).replace("  ", " ").replace(" >", ">")))
        times[name[:10]] = min(tries)
    assert len(said) == 1 and next(iter(said))[0] == 401
    assert min(times.values()) > max(times.values()) / 4, times  # each hashes once


def test_too_many_tries_are_not_looked_at_and_survive_a_restart(accounts: Accounts, library: Library, visit: Any) -> None:
    client = visit()
    for _ in range(5):
        assert client.post("/sign-in", data={"name": "reader", "password": "Wrong-Password-1"}).status_code == 401
    got = client.post("/sign-in", data={"name": "reader", "password": PASSWORD})
    assert got.status_code == 429 and "15 分钟" in got.text and "set-cookie" not in got.headers
    assert client.post("/sign-in", data={"name": "ＲＥＡＤＥＲ ", "password": PASSWORD}).status_code == 429, (
        "however it is written"
    )
    again = Accounts.of_folder(library.corpus.address)
    assert again is not None
    with again.store, pytest.raises(rules.TooManyAttempts):
        again.sign_in("reader", PASSWORD, "10.9.9.9")
    assert client.post("/sign-in", data={"name": "editor", "password": PASSWORD}).status_code == 303
    # a name that nobody has is held back just the same
    for _ in range(5):
        client.post("/sign-in", data={"name": "stranger", "password": "Wrong-Password-1"})
    assert client.post("/sign-in", data={"name": "stranger", "password": "Wrong-Password-1"}).status_code == 429


def test_one_address_does_not_try_many_names(accounts: Accounts) -> None:
    refused = 0
    for number in range(25):
        try:
            accounts.sign_in(f"name{number}", "Wrong-Password-1", "10.1.1.1")
        except rules.TooManyAttempts:
            refused += 1
        except rules.NotAllowed:
            pass
    assert refused == 5
    accounts.sign_in("reader", PASSWORD, "10.1.1.2")


def test_tries_at_the_same_time_count(accounts: Accounts) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def attempt(_: int) -> type[Exception]:
        try:
            accounts.sign_in("reader", "Wrong-Password-1", "10.2.2.2")
        except rules.PolicyError as error:
            return type(error)
        raise AssertionError("let in")

    with ThreadPoolExecutor(8) as pool:
        kinds = list(pool.map(attempt, range(12)))
    assert kinds.count(rules.NotAllowed) == 5


def test_a_session_ends_when_it_is_idle_old_or_ended(accounts: Accounts, visit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = visit("reader")
    assert status(client) == 200
    now = time.time()
    monkeypatch.setattr(rules.time, "time", lambda: now + rules.IDLE + 60)
    assert status(client) == 401
    monkeypatch.undo()
    assert status(client) == 200
    with accounts.store._changing() as db:
        db.execute("UPDATE sessions SET begun_at=begun_at-?", (rules.LONGEST + 1,))
    assert status(client) == 401


def test_use_keeps_a_session_alive(accounts: Accounts, visit: Any) -> None:
    client = visit("reader")
    with accounts.store._changing() as db:
        db.execute("UPDATE sessions SET seen_at=seen_at-600")
    assert status(client) == 200
    until = time.monotonic() + 10
    while time.monotonic() < until:
        found = accounts.store.session(mark_of(secret_of(client)))
        assert found is not None
        if time.time() - found.seen_at < 300:
            return
        time.sleep(0.05)
    raise AssertionError("not noted")


def test_signing_out_everywhere(accounts: Accounts, visit: Any) -> None:
    one, two, other = visit("reader"), visit("reader"), visit("editor")
    assert one.post("/sign-out", data={"everywhere": "1"}).status_code == 303
    assert (status(one), status(two), status(other)) == (401, 401, 200)
    three, four = visit("reader"), visit("reader")
    kept = secret_of(three)
    three.post("/sign-out")
    three.cookies.set("cemai-7860", kept, domain="127.0.0.1")
    assert (status(three), status(four)) == (401, 200), "the secret is worth nothing afterwards"


def test_what_is_decided_about_an_account_holds_at_once(accounts: Accounts, visit: Any) -> None:
    editor, reader = visit("editor"), visit("reader")
    number, secret = accounts.make_token(ME, accounts.get("editor"), "", 1)
    with_token = {"authorization": f"Bearer {secret}"}
    assert status(visit(), headers=with_token) == 200
    accounts.set_role(ME, accounts.get("editor"), "reader")
    assert status(editor) == 401, "signs in anew"
    assert visit().get("/api/v1/corrections", headers=with_token).status_code == 403, "a token has the role of its account"
    accounts.disable(ME, accounts.get("editor"))
    assert status(visit(), headers=with_token) == 401
    accounts.disable(ME, accounts.get("editor"), disabled=False)
    assert status(visit(), headers=with_token) == 401, "revoked for good"
    accounts.set_password(ME, accounts.get("reader"), "Another-River-2023")
    assert status(reader) == 401
    with pytest.raises(rules.UsageError):
        accounts.disable(ME, accounts.get("admin"))
    with pytest.raises(rules.UsageError):
        accounts.set_role(ME, accounts.get("admin"), "auditor")
    assert number == 1


def test_tokens(accounts: Accounts, visit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, reader = visit(), visit("reader")
    _, secret = accounts.make_token(ME, accounts.get("reader"), "脚本", 30)
    assert secret.startswith("cemai_") and status(client, headers={"authorization": f"bearer {secret}"}) == 200
    for value in (f"Bearer {secret}x", "Bearer ", f"Basic {secret}", secret, "Bearer cemai_", f"Bearer {secret}, Bearer x"):
        assert status(client, headers={"authorization": value}) == 401, value
        assert status(reader, headers={"authorization": value}) == 401, "a bad token is not made good by a cookie"
    assert status(client, f"/api/v1/documents?token={secret}&access_token={secret}") == 401
    assert client.get("/", headers={"authorization": f"Bearer {secret}"}).status_code == 303, "tokens are for programs"
    assert (
        client.post("/api/v1/documents/none/join", json={"number": 1}, headers={"authorization": f"Bearer {secret}"}).status_code
        == 403
    )
    now = time.time()
    monkeypatch.setattr(rules.time, "time", lambda: now + 31 * 86_400)
    assert status(client, headers={"authorization": f"Bearer {secret}"}) == 401
    monkeypatch.undo()
    accounts.store.revoke_token(ME, accounts.get("reader"), 1)
    assert status(client, headers={"authorization": f"Bearer {secret}"}) == 401
    with pytest.raises(rules.UsageError):
        accounts.make_token(ME, accounts.get("reader"), "", 400)


def test_changing_the_password(accounts: Accounts, visit: Any) -> None:
    client, other = visit("reader"), visit("reader")
    fresh = "Another-River-2023"

    def change(**values: str) -> Any:
        return client.post("/account/password", data={"password": PASSWORD, "fresh": fresh, "again": fresh, **values})

    assert change(again="x").status_code == 400 and change(password="Wrong-Password-1").status_code == 400
    for weak in ("short", "alllowercase", "reader-Reader-1", "Aa1Aa1Aa1Aa1", "x" * 300):
        assert change(fresh=weak, again=weak).status_code == 400, weak
    assert change().status_code == 200
    assert (status(client), status(other)) == (200, 401)
    assert visit().post("/sign-in", data={"name": "reader", "password": PASSWORD}).status_code == 401
    visit("reader", fresh)


def test_guessing_the_password_of_an_open_session_is_held_back(accounts: Accounts, visit: Any) -> None:
    client = visit("reader")
    said = [
        client.post(
            "/account/password",
            data={"password": f"Wrong-{n}-Password", "fresh": "Another-River-2023", "again": "Another-River-2023"},
        ).text
        for n in range(7)
    ]
    assert "尝试的次数太多" in said[-1] and "尝试的次数太多" not in said[3]


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://evil.example", "cross-site"),
        ("null", "cross-site"),
        ("http://127.0.0.1:9999", "same-site"),
        ("https://evil.example", None),
    ],
)
def test_other_sites_sign_nobody_in_or_out(accounts: Accounts, visit: Any, origin: str, site: str | None) -> None:
    headers = {"origin": origin, **({"sec-fetch-site": site} if site else {})}
    got = visit().post("/sign-in", data={"name": "reader", "password": PASSWORD}, headers=headers)
    assert got.status_code == 403 and "set-cookie" not in got.headers
    client = visit("reader")
    assert client.post("/sign-out", headers=headers).status_code == 403 and status(client) == 200


def test_no_reading_changes_anything(accounts: Accounts, visit: Any) -> None:
    client = visit("admin")
    assert client.get("/sign-out").status_code == 404 and client.get("/account/password").status_code == 404
    assert client.get("/sign-in?name=admin&password=x").headers["location"] == "/"
    assert status(client) == 200


def test_a_link_elsewhere_opens_the_page_of_who_is_signed_in(accounts: Accounts, visit: Any) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    got = visit().get("/?tab=ask", headers=link)  # a browser sends no cookie of SameSite=Strict
    assert got.status_code == 200 and 'http-equiv="refresh"' in got.text and "<script" not in got.text
    assert visit().get("/?tab=ask", headers={**link, "sec-fetch-site": "same-origin"}).status_code == 303


@IN_A_FILE
def test_nothing_secret_is_logged(
    accounts: Accounts, visit: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    client = visit("reader")
    _, secret = accounts.make_token(ME, accounts.get("reader"), "", 1)
    status(client, headers={"authorization": f"Bearer {secret}"})
    status(client, headers={"authorization": f"Bearer {secret}x"})
    client.post("/sign-in", data={"name": PASSWORD, "password": "reader"})  # in the wrong fields
    told = caplog.text + "".join(capsys.readouterr())
    told += "".join(str(row) for row in accounts.store.entries())
    for word in (secret, PASSWORD, secret_of(client)):
        assert word not in told
    database = accounts.store.path.read_bytes() + Path(f"{accounts.store.path}-wal").read_bytes()
    assert PASSWORD.encode() not in database and PASSWORD.casefold().encode() not in database and secret.encode() not in database


@IN_A_FILE
def test_the_file_is_for_its_owner_only(accounts: Accounts) -> None:
    for ending in ("", "-wal", "-shm"):
        assert Path(f"{accounts.store.path}{ending}").stat().st_mode & 0o077 == 0


def test_names_are_one_however_they_are_written(accounts: Accounts) -> None:
    for name in ("Ａdmin", "ADMIN"):
        with pytest.raises(rules.UsageError):
            accounts.add(ME, name, "reader", PASSWORD)
    for name in ("", " ", "a b", "x" * 41, "a\nb", "a:b", "\u202eab"):
        with pytest.raises(rules.UsageError):
            accounts.add(ME, name, "reader", "Another-River-2023")
    assert HOST.endswith("7860")


@IN_A_DATABASE
def test_who_signed_in_at_one_node_is_known_at_every_other(
    accounts: Accounts, library: Library, visit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visit("editor")
    address = library.corpus.address
    monkeypatch.setenv("CEMAI_NODE", str(tmp_path / "another"))
    with ExitStack() as stack:
        other = stack.enter_context(Library.open(address, encoder=encoder()))
        second = stack.enter_context(TestClient(build_app(other, port=7860), base_url=HOST, follow_redirects=False))
        assert status(second) == 401
        second.cookies.set("cemai-7860", secret_of(client))
        assert status(second) == 200
        client.post("/sign-out", headers={"origin": HOST})
        assert status(client) == status(second) == 401


def test_the_first_account_may_come_before_the_first_document(
    postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.cli import main

    monkeypatch.setenv("CEMAI_NODE", str(tmp_path))
    address = postgres.make_database(postgres_server, "first")
    assert main(["--library", address, "user", "list"]) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert main(["--library", address, "user", "add", "李四", "--role", "admin", "--password-stdin"]) == 0
    assert main(["--library", address, "user", "list"]) == 0 and "李四" in capsys.readouterr().out
    assert main(["--library", address, "audit", "verify"]) == 0
    with Library.open(address, create=False) as library:
        assert len(library.corpus) == 0
