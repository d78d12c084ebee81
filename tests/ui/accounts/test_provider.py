"""Signing in by the identity provider over the whole application: the button, the way there and back, and what is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cemai.accounts import Accounts, local_actor
from cemai.oidc import AT_PROVIDER
from tests.oidc_server import CLIENT, SECRET, OidcServer, saying_in, serving_oidc
from tests.ui.accounts.conftest import PASSWORD
from tests.ui.accounts.test_sign_in import status

ME = local_actor("test")
ABROAD = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OidcServer]:
    """The provider, configured: readers are of the group ``staff``."""
    pytest.importorskip("authlib", reason="sign-in by OIDC is not installed: pip install -r requirements-oidc.lock")
    with serving_oidc() as server:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[oidc]\nissuer = "{server.issuer}"\nclient_id = "{CLIENT}"\nclient_secret = "{SECRET}"\nlabel = "省统一认证"\n'
            'roles = { reader = "staff" }\n'
        )
        config.chmod(0o600)
        monkeypatch.setenv("CEMAI_CONFIG", str(config))
        yield server


def go(client: Any, after: str = "/") -> str:
    """To the provider and back: the address that the browser is sent to."""
    got = client.get(f"/sign-in/oidc?next={after}")
    assert got.status_code == 303, got.text
    back = httpx.get(got.headers["location"], trust_env=False)
    assert back.status_code == 302
    return str(back.headers["location"])


def test_the_button_is_there_where_it_leads_somewhere(accounts: Accounts, visit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = visit()
    assert "/sign-in/oidc" not in client.get("/sign-in").text
    assert client.get("/sign-in/oidc?next=/account").headers["location"] == "/account"
    assert client.get("/sign-in/oidc/back?code=x&state=y").headers["location"] == "/"


def test_signing_in_by_the_provider(server: OidcServer, accounts: Accounts, visit: Any) -> None:
    client = visit()
    shown = client.get("/sign-in?next=%2Faccount").text
    assert "用省统一认证登录" in shown and 'href="/sign-in/oidc?next=%2Faccount"' in shown
    back = go(client, "/account")
    (line,) = client.get("/sign-in/oidc?next=/account").headers.get_list("set-cookie")
    assert "HttpOnly" in line and "SameSite=lax" in line and "Max-Age=600" in line
    got = client.get(go(client, "/account"), headers=ABROAD)
    assert got.status_code == 200 and got.headers["refresh"] == "0; url=/account" and "<script" not in got.text
    assert got.headers["cache-control"] == "no-store"
    session = next(line for line in got.headers.get_list("set-cookie") if line.startswith("cemai-7860="))
    assert "HttpOnly" in session and "SameSite=strict" in session
    assert "李四（读者）" in client.get("/account").text and "改密码" not in client.get("/account").text
    assert status(client) == 200 and client.post("/api/v1/imports").status_code == 403
    rows = [(row.who, row.action, row.result) for row in accounts.store.entries() if row.who == "李四"]
    assert ("李四", "sign-in oidc", "ok") in rows and accounts.store.check() == []
    client.post("/sign-out")
    assert status(client) == 401
    assert client.get(back).status_code == 401, "another beginning has taken its place"


def test_another_browser_gets_nothing_out_of_it(server: OidcServer, accounts: Accounts, visit: Any) -> None:
    """Somebody who makes another browser open the end of their own sign-in would have it work under their account."""
    mine, theirs = visit(), visit()
    back = go(mine)
    for client in (visit(), theirs):
        got = client.get(back, headers=ABROAD)
        assert got.status_code == 401 and "cemai-7860=" not in got.headers.get("set-cookie", "") and status(client) == 401
        go(client)
    assert theirs.get(back, headers=ABROAD).status_code == 401
    old = visit()
    address = go(old)
    secret, _, after = old.cookies["cemai-7860-oidc"].strip('"').split(".")
    old.cookies.set("cemai-7860-oidc", f"{secret}.1000.{after}", domain="127.0.0.1")
    assert old.get(address).status_code == 401, "begun too long ago"
    for odd in ("", ".", "..", f"{secret}.x.y", f"{secret}.9999999999999999999.y", "x.1.2.3"):
        old.cookies.clear()
        old.cookies.set("cemai-7860-oidc", odd, domain="127.0.0.1")
        assert old.get(address).status_code == 401


@pytest.mark.parametrize(
    "changed", [{"iss": "https://evil.example"}, {"nonce": "n" * 43}, {"exp": 1_000_000_000}, {"aud": "other"}]
)
def test_a_wrong_token_opens_nothing(server: OidcServer, accounts: Accounts, visit: Any, changed: dict[str, Any]) -> None:
    server.twist = saying_in(changed)
    client = visit()
    got = client.get(go(client), headers=ABROAD)
    assert got.status_code == 401 and "核对不上" in got.text and status(client) == 401
    assert [one.name for one in accounts.store.accounts() if one.name == "李四"] == []
    (row,) = [row for row in accounts.store.entries() if row.action == "sign-in oidc"]
    assert row.result == "refused"


def test_who_is_in_no_group_or_is_somebody_else_stays_out(server: OidcServer, accounts: Accounts, visit: Any) -> None:
    client = visit()
    server.person = {"sub": "u-7", "preferred_username": "王五", "groups": ["other"]}
    got = client.get(go(client), headers=ABROAD)
    assert got.status_code == 401 and "没有这个库的账号" in got.text
    server.person = {"sub": "u-8", "preferred_username": "admin", "groups": ["staff"]}
    got = client.get(go(client), headers=ABROAD)
    assert got.status_code == 401 and "别人的" in got.text, "a name that is here already is not taken over"
    visit("admin", PASSWORD)
    server.agrees = False
    got = client.get(go(client), headers=ABROAD)
    assert got.status_code == 401 and "<b>" not in got.text
    assert client.get("/sign-in/oidc/back?code=a&code=b&state=c&state=d").status_code == 401
    assert client.get("/sign-in/oidc/back").status_code == 401


def test_an_administrator_makes_and_disables_such_an_account(server: OidcServer, accounts: Accounts, visit: Any) -> None:
    admin = visit("admin")
    assert 'value="oidc"' in admin.get("/accounts").text
    admin.post("/accounts", data={"name": "李四", "role": "editor", "means": "oidc"})
    assert accounts.get("李四").password == AT_PROVIDER
    client = visit()
    client.get(go(client), headers=ABROAD)
    assert status(client) == 200
    admin.post(f"/accounts/{accounts.get('李四').number}/state", data={"state": "disabled"})
    assert status(client) == 401
    got = client.get(go(client), headers=ABROAD)
    assert got.status_code == 401 and "停用" in got.text


def test_a_provider_that_is_away_is_said_to_be_so(server: OidcServer, accounts: Accounts, visit: Any) -> None:
    client = visit()
    server.shutdown()
    server.server_close()
    got = client.get("/sign-in/oidc")
    assert got.status_code == 503 and "连不上" in got.text
    assert status(visit("admin")) == 200, "with a password of one's own one still signs in"
