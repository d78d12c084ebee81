"""Routes of an administrator: all accounts, and what can be done about one. Every change is a row of the audit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cemai.accounts import IDLE, ROLE_LABELS, Accounts, current_caller, generate_password, sign_in_means
from cemai.directory import IN_DIRECTORY
from cemai.oidc import AT_PROVIDER
from cemai.settings import directory, provider
from corpus.errors import PolicyError, UsageError
from corpus.store.accounts import Account
from corpus.store.audit import Actor, current_actor
from ui.accounts.admin_pages import accounts_page, one_account_page
from ui.accounts.door import AccountDoor
from ui.accounts.forms import html_reply, read_form
from ui.accounts.rights import ACCOUNTS

_ELSEWHERE = {"directory": IN_DIRECTORY, "oidc": AT_PROVIDER}
_NOTHING_SENT = "没有收到要做什么，什么也没有改。请用页面上的按钮。"
_BY_COMMAND = "还没有账号。第一个管理员在服务器上建：cemai user add 名称 --role admin。"


def make_admin_routes(door: AccountDoor) -> APIRouter:
    """The routes by which administrators manage the accounts behind a door."""
    router = APIRouter(include_in_schema=False)

    def known() -> tuple[Accounts, Actor]:
        accounts, actor = door.accounts(), current_actor()
        if accounts is None or actor is None:  # nobody has an account, so nobody is an administrator of them
            raise UsageError(_BY_COMMAND)
        return accounts, actor

    def show_all(wrong: str | None = None) -> Response:
        accounts = door.accounts()
        if accounts is None:
            return RedirectResponse("/", 303)
        found, sessions = accounts.store.accounts(), accounts.store.count_sessions(time.time() - IDLE)
        try:
            means = list_means()
        except UsageError as error:  # the configuration is wrong: accounts are still managed
            means, wrong = ["password", "token"], wrong or str(error)
        page = accounts_page(current_caller(), found, sessions, means, wrong)
        return html_reply(page, 400 if wrong else 200)

    def show_one(number: int, wrong: str | None = None, said: str | None = None, secret: str | None = None) -> Response:
        try:
            accounts, _ = known()
            account = accounts.of_number(number)
        except UsageError:
            return RedirectResponse(ACCOUNTS, 303)
        sessions = accounts.store.count_sessions(time.time() - IDLE).get(number, 0)
        tokens = accounts.store.tokens(account)
        granted = [name for name in accounts.store.grants(account) if name in door.libraries]
        page = one_account_page(
            current_caller(), account, sessions, tokens,
            wrong=wrong, said=said, secret=secret, libraries=door.libraries, granted=granted,
        )  # fmt: skip
        return html_reply(page, 400 if wrong else 200)

    async def change(number: int, work: Callable[[Accounts, Actor, Account], tuple[str, str | None]]) -> Response:
        """Do what changes an account, among others what hashes a password, and show the account with what became of it."""

        def done() -> tuple[str, str | None]:
            accounts, actor = known()
            return work(accounts, actor, accounts.of_number(number))

        try:
            said, secret = await door.signing.run(done)
        except PolicyError as error:
            return await asyncio.to_thread(show_one, number, str(error))
        return await asyncio.to_thread(show_one, number, None, said, secret)

    @router.get(ACCOUNTS)
    def list_accounts() -> Response:
        return show_all()

    @router.post(ACCOUNTS)
    async def add_account(request: Request) -> Response:
        form = await read_form(request)
        means = form.get("means", "")
        secret = None

        def done() -> int:
            nonlocal secret
            accounts, actor = known()
            if means not in list_means():
                raise UsageError(_NOTHING_SENT)
            name, password = form.get("name", ""), None
            if means == "password":
                password = form.get("password") or generate_password(name)
                secret = None if form.get("password") else password
            return accounts.add(actor, name, form.get("role", ""), password, elsewhere=_ELSEWHERE.get(means))

        try:
            number = await door.signing.run(done)
        except PolicyError as error:
            return await asyncio.to_thread(show_all, str(error))
        return await asyncio.to_thread(show_one, number, None, "已新建账号。", secret)

    @router.get(f"{ACCOUNTS}/{{number}}")
    def show_account(number: int) -> Response:
        return show_one(number)

    @router.post(f"{ACCOUNTS}/{{number}}/role")
    async def set_role(number: int, request: Request) -> Response:
        role = (await read_form(request)).get("role", "")

        def work(accounts: Accounts, actor: Actor, account: Account) -> tuple[str, None]:
            accounts.set_role(actor, account, role)
            return f"{account.name} 现在是{ROLE_LABELS[role]}，要重新登录。", None

        return await change(number, work)

    @router.post(f"{ACCOUNTS}/{{number}}/password")
    async def set_password(number: int, request: Request) -> Response:
        form = await read_form(request)

        def work(accounts: Accounts, actor: Actor, account: Account) -> tuple[str, str | None]:
            if "password" not in form or sign_in_means(account) not in ("password", "token"):
                raise UsageError(_NOTHING_SENT)
            password = form["password"] or generate_password(account.name)
            accounts.set_password(actor, account, password)
            return f"已重设 {account.name} 的密码，它的登录都已退出。", None if form["password"] else password

        return await change(number, work)

    @router.post(f"{ACCOUNTS}/{{number}}/state")
    async def set_state(number: int, request: Request) -> Response:
        state = (await read_form(request)).get("state", "")

        def work(accounts: Accounts, actor: Actor, account: Account) -> tuple[str, None]:
            if state not in ("disabled", "enabled"):
                raise UsageError(_NOTHING_SENT)
            accounts.disable(actor, account, disabled=state == "disabled")
            return "已停用：登录都已退出，令牌都已作废。" if state == "disabled" else "已重新启用。", None

        return await change(number, work)

    @router.post(f"{ACCOUNTS}/{{number}}/sign-out")
    async def sign_out(number: int, request: Request) -> Response:
        return await change(number, partial(_sign_out, await _sure(request)))

    @router.post(f"{ACCOUNTS}/{{number}}/libraries")
    async def set_grant(number: int, request: Request) -> Response:
        form = await read_form(request)

        def work(accounts: Accounts, actor: Actor, account: Account) -> tuple[str, None]:
            name, granted = form.get("library", ""), form.get("granted", "")
            if name not in door.libraries or granted not in ("0", "1"):
                raise UsageError(_NOTHING_SENT)
            accounts.store.set_grant(actor, account, name, granted=granted == "1")
            return f"{account.name} {'能' if granted == '1' else '不能'}进入文档库“{name}”。", None

        return await change(number, work)

    @router.post(f"{ACCOUNTS}/{{number}}/tokens")
    async def make_token(number: int, request: Request) -> Response:
        form = await read_form(request)

        def work(accounts: Accounts, actor: Actor, account: Account) -> tuple[str, str]:
            days = form.get("days", "")
            if not (days.isascii() and days.isdigit() and len(days) < 6):
                raise UsageError("有效天数要写数字。")
            made, secret = accounts.make_token(actor, account, form.get("note", ""), int(days), form.get("library", ""))
            return f"已新建 {made} 号令牌，{days} 天内有效。", secret

        return await change(number, work)

    @router.post(f"{ACCOUNTS}/{{number}}/tokens/{{token}}")
    async def revoke_token(number: int, token: int, request: Request) -> Response:
        return await change(number, partial(_revoke_token, await _sure(request), token))

    return router


def list_means() -> list[str]:
    """By what a new account may sign in on this machine. Raises ``UsageError`` for a wrong configuration."""
    elsewhere = {"directory": directory, "oidc": provider}
    return ["password", *(means for means, configured in elsewhere.items() if configured() is not None), "token"]


async def _sure(request: Request) -> bool:
    return (await read_form(request)).get("sure") == "1"


def _sign_out(sure: bool, accounts: Accounts, actor: Actor, account: Account) -> tuple[str, None]:
    if not sure:
        raise UsageError(_NOTHING_SENT)
    return f"{account.name} 已在 {accounts.store.end_sessions(actor, account)} 处退出。", None


def _revoke_token(sure: bool, token: int, accounts: Accounts, actor: Actor, account: Account) -> tuple[str, None]:
    if not sure:
        raise UsageError(_NOTHING_SENT)
    accounts.store.revoke_token(actor, account, token)
    return f"已作废 {token} 号令牌。", None
