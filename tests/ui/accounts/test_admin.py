"""The pages of an administrator: what each form does, who may send it, and that every change is a row of the audit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cemai import accounts as rules
from cemai.accounts import Accounts, Right, generate_password, local_actor
from tests.ui.accounts.conftest import PASSWORD
from tests.ui.accounts.test_sign_in import status

ME = local_actor("test")
FORMS = {
    "role": {"role": "editor"},
    "password": {"password": "Another-River-2023"},
    "state": {"state": "disabled"},
    "sign-out": {"sure": "1"},
    "tokens": {"note": "脚本", "days": "30"},
}


def number_of(accounts: Accounts, name: str) -> int:
    return accounts.get(name).number


def secret_on(page: str) -> str:
    found = re.search(r"<code>([^<]+)</code>", page)
    assert found is not None, page
    return found[1]


def test_the_way_there(accounts: Accounts, visit: Any) -> None:
    admin = visit("admin")
    assert 'href="/accounts"' in admin.get("/account").text
    shown = admin.get("/accounts")
    assert shown.status_code == 200 and "<script" not in shown.text and shown.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    for name in ("admin", "reader", "editor", "auditor"):
        assert f'href="/accounts/{number_of(accounts, name)}"' in shown.text
    for role in ("reader", "editor", "auditor"):
        client = visit(role)
        assert 'href="/accounts"' not in client.get("/account").text
        assert client.get("/accounts").status_code == 403 and client.get("/accounts/1").status_code == 403
    got = visit().get("/accounts/2")
    assert got.status_code == 303 and got.headers["location"] == "/sign-in?next=%2Faccounts%2F2"
    done = visit().post("/sign-in", data={"name": "admin", "password": PASSWORD, "next": "/accounts/2"})
    assert done.headers["location"] == "/accounts/2"
    assert admin.get("/accounts/99").headers["location"] == "/accounts"


def test_without_accounts_there_is_nothing_to_manage(visit: Any, library: Any) -> None:
    client = visit()
    assert client.get("/accounts").headers["location"] == "/" and client.get("/accounts/1").headers["location"] == "/accounts"
    form = {"name": "李四", "role": "admin", "means": "password", "password": PASSWORD}
    assert client.post("/accounts", data=form).headers["location"] == "/"
    assert not rules.has_accounts(library.corpus.folder)


def test_an_account_is_made_and_signs_in(accounts: Accounts, visit: Any) -> None:
    admin = visit("admin")
    got = admin.post("/accounts", data={"name": "王五", "role": "editor", "means": "password", "password": ""})
    assert got.status_code == 200
    password = secret_on(got.text)
    assert status(visit("王五", password)) == 200
    assert password not in admin.get(f"/accounts/{number_of(accounts, '王五')}").text, "shown once"
    got = admin.post("/accounts", data={"name": "赵六", "role": "reader", "means": "password", "password": "Mulberry-42-river"})
    assert got.status_code == 200 and "<code>" not in got.text
    visit("赵六", "Mulberry-42-river")
    admin.post("/accounts", data={"name": "采集程序", "role": "reader", "means": "token"})
    assert accounts.get("采集程序").password is None
    (row,) = [row for row in accounts.store.entries() if row.object == "account:王五" and row.who == "admin"]
    assert (row.action, row.result) == ("POST /accounts", "ok") and password not in str(row)
    assert accounts.store.check() == []


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({}, "没有收到"),
        ({"means": "password"}, "账号名"),
        ({"means": "password", "name": "a b", "role": "reader"}, "账号名"),
        ({"means": "password", "name": "王五", "role": "king"}, "角色只能是"),
        ({"means": "password", "name": "王五"}, "角色只能是"),
        ({"means": "password", "name": "王五", "role": "reader", "password": "short"}, "密码要"),
        ({"means": "password", "name": "READER", "role": "reader"}, "已经有叫"),
        ({"means": "directory", "name": "王五", "role": "reader"}, "没有收到"),
        ({"means": "oidc", "name": "王五", "role": "reader"}, "没有收到"),
        ({f"field{number}": "x" for number in range(50)}, "没有收到"),
        ({"means": "password", "name": "王五", "role": "reader", "password": "x" * 30_000}, "没有收到"),
    ],
)
def test_what_cannot_be_an_account_is_said(accounts: Accounts, visit: Any, form: dict[str, str], told: str) -> None:
    before = accounts.store.accounts()
    got = visit("admin").post("/accounts", data=form)
    assert got.status_code == 400 and told in got.text and accounts.store.accounts() == before


def test_a_hostile_name_is_text(accounts: Accounts, visit: Any) -> None:
    name = "<img/src=x>"
    got = visit("admin").post("/accounts", data={"name": name, "role": "reader", "means": "token"})
    assert got.status_code == 400 and "<img" not in got.text
    accounts.make_token(ME, accounts.get("reader"), "<b>{{7*7}}</b>", 3)
    shown = visit("admin").get(f"/accounts/{number_of(accounts, 'reader')}").text
    assert "<b>" not in shown and "&lt;b&gt;" in shown


def test_what_is_changed_holds_at_once(accounts: Accounts, visit: Any) -> None:
    admin, reader, editor = visit("admin"), visit("reader"), visit("editor")
    place = f"/accounts/{number_of(accounts, 'reader')}"
    assert "登录着 1 处" in admin.get(place).text
    got = admin.post(f"{place}/sign-out", data={"sure": "1"})
    assert "已在 1 处退出" in got.text and status(reader) == 401 and status(editor) == 200
    got = admin.post(f"{place}/password", data={"password": ""})
    fresh = secret_on(got.text)
    assert visit().post("/sign-in", data={"name": "reader", "password": PASSWORD}).status_code == 401
    reader = visit("reader", fresh)
    admin.post(f"{place}/role", data={"role": "editor"})
    assert status(reader) == 401 and accounts.get("reader").role == "editor"
    got = admin.post(f"{place}/tokens", data={"note": "脚本", "days": "30"})
    token = {"authorization": f"Bearer {secret_on(got.text)}"}
    assert status(visit(), headers=token) == 200 and secret_on(got.text) not in admin.get(place).text
    admin.post(f"{place}/tokens/1", data={"sure": "1"})
    assert status(visit(), headers=token) == 401 and "已作废" in admin.get(place).text
    second = secret_on(admin.post(f"{place}/tokens", data={"note": "", "days": "1"}).text)
    reader = visit("reader", fresh)
    admin.post(f"{place}/state", data={"state": "disabled"})
    assert status(reader) == 401 and status(visit(), headers={"authorization": f"Bearer {second}"}) == 401
    assert "停用" in admin.get("/accounts").text and admin.post(f"{place}/tokens", data={"days": "1"}).status_code == 400
    admin.post(f"{place}/state", data={"state": "enabled"})
    visit("reader", fresh)
    done = [row.action for row in accounts.store.entries() if row.who == "admin" and row.object == "account:reader"]
    assert sorted(set(done)) == sorted(
        f"POST /accounts/{{number}}/{act}" for act in ("password", "role", "sign-out", "state", "tokens", "tokens/{token}")
    )
    assert accounts.store.check() == []


@pytest.mark.parametrize("act", list(FORMS))
def test_only_administrators_and_only_from_this_page(accounts: Accounts, visit: Any, act: str) -> None:
    place = f"/accounts/{number_of(accounts, 'reader')}/{act}"
    before = accounts.get("reader")
    for who in ("reader", "editor", "auditor", None):
        assert visit(who).post(place, data=FORMS[act]).status_code == (403 if who else 401)
    admin = visit("admin")
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "same-site"}):
        assert admin.post(place, data=FORMS[act], headers=headers).status_code == 403
    assert admin.get(place).status_code == 404 and admin.post(place).status_code == 400, "a call with nothing in it does nothing"
    assert accounts.get("reader") == before and accounts.store.tokens(before) == []
    token = accounts.make_token(ME, accounts.get("admin"), "", 1)[1]
    got = visit().post(place, data=FORMS[act], headers={"authorization": f"Bearer {token}"})
    assert got.status_code == 401, "tokens are for /api only"


def test_the_last_administrator_stays(accounts: Accounts, visit: Any) -> None:
    admin = visit("admin")
    for act, form in (("state", {"state": "disabled"}), ("role", {"role": "reader"})):
        got = admin.post(f"/accounts/{number_of(accounts, 'admin')}/{act}", data=form)
        assert got.status_code == 400 and "最后一个" in got.text
    assert status(admin) == 200


def test_a_wrong_configuration_does_not_close_the_page(
    accounts: Accounts, visit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CEMAI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text('[ldap]\nurl = "ldaps://dc.example.cn"\nuser = "{name}@example.cn"\n')
    admin = visit("admin")
    assert 'value="directory"' in admin.get("/accounts").text
    admin.post("/accounts", data={"name": "周七", "role": "reader", "means": "directory"})
    place = f"/accounts/{number_of(accounts, '周七')}"
    assert "单位目录" in admin.get(place).text and "重设密码" not in admin.get(place).text
    assert admin.post(f"{place}/password", data={"password": ""}).status_code == 400
    (tmp_path / "config.toml").write_text("[ldap]\nurl = 3\n")
    got = admin.get("/accounts")
    assert got.status_code == 400 and "reader" in got.text and "url" in got.text


def test_generated_passwords_hold_and_differ() -> None:
    made = {generate_password("reader") for _ in range(200)}
    assert len(made) == 200
    for password in made:
        rules.check_password(password, "reader")
    assert "a" not in generate_password("a")
    for name in ("", " ", "-"):
        with pytest.raises(rules.UsageError):
            generate_password(name)


def test_the_right_is_the_administrators_alone() -> None:
    assert [role for role, rights in rules.ROLES.items() if Right.ACCOUNTS in rights] == ["admin"]
