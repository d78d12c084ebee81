"""Routes of accounts: signing in and out, the password, the audit. What each asks for stands in ``ui.accounts.rights``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from cemai.accounts import Accounts, Caller, NotAllowed, TooManyAttempts, check_password, current_caller
from cemai.settings import provider
from corpus.errors import PolicyError
from corpus.store.audit import AuditEntry, current_actor
from ui.accounts.door import AccountDoor
from ui.accounts.forms import HEADERS, address_of, html_reply, read_form
from ui.accounts.pages import account_page, audit_page, sign_in_page
from ui.accounts.rights import ACCOUNT, API, AUDIT, LIBRARY, PASSWORD, SIGN_IN, SIGN_OUT, local_address
from ui.desk.desk import Desk

log = logging.getLogger("cemai.server")

ROWS = 200


def make_account_routes(door: AccountDoor, desk: Desk) -> APIRouter:
    """The routes of accounts over the library of a desk."""
    router = APIRouter(include_in_schema=False)

    @router.get(SIGN_IN)
    def show_sign_in(request: Request, next: Annotated[str, Query(max_length=2_000)] = "/") -> Response:
        if door.accounts() is None or (door.secret_of(request.headers) and _is_signed_in(door, request)):
            return RedirectResponse(local_address(next), 303)
        return _sign_in(local_address(next))

    @router.post(SIGN_IN)
    async def sign_in(request: Request) -> Response:
        form = await read_form(request)
        name, after = form.get("name", ""), local_address(form.get("next", "/"))
        accounts = door.accounts()
        if accounts is None:
            return RedirectResponse("/", 303)
        work = partial(accounts.sign_in, name, form.get("password", ""), address_of(request), door.secret_of(request.headers))
        try:
            secret = await door.signing.run(work)
        except NotAllowed as error:
            return _sign_in(after, name, str(error), 401)
        except TooManyAttempts as error:
            return _sign_in(after, name, str(error), 429)
        except PolicyError as error:
            return _sign_in(after, name, str(error), 503)
        reply = RedirectResponse(after, 303, HEADERS)
        reply.set_cookie(door.cookie, secret, path="/", secure=door.secure, httponly=True, samesite="strict")
        return reply

    @router.post(SIGN_OUT)
    async def sign_out(request: Request) -> Response:
        form = await read_form(request)
        caller, accounts = current_caller(), door.accounts()
        if accounts is not None and caller.account is not None:
            everywhere = form.get("everywhere") == "1"
            actor = current_actor()
            assert actor is not None  # of an account that signed in
            await asyncio.to_thread(accounts.store.end_sessions, actor, caller.account, None if everywhere else caller.session)
        reply = RedirectResponse(SIGN_IN, 303, {**HEADERS, "Clear-Site-Data": '"cache", "storage"'})
        reply.delete_cookie(door.cookie, path="/", secure=door.secure, httponly=True, samesite="strict")
        return reply

    @router.get(ACCOUNT)
    def show_account() -> Response:
        return _account(door) if door.accounts() is not None else RedirectResponse("/", 303)

    @router.post(LIBRARY)
    async def enter_library(request: Request) -> Response:
        form = await read_form(request)
        caller, accounts, actor = current_caller(), door.accounts(), current_actor()
        if accounts is None or caller.account is None or caller.session is None or actor is None:
            return RedirectResponse("/", 303)
        wanted = form.get("library")
        if wanted not in _others(door):  # the same for one that there is and one that there is not
            return _account(door, wrong="没有这个文档库。")
        await asyncio.to_thread(accounts.store.move_session, actor, caller.account, caller.session, wanted)
        # what the browser holds of the page is of the other library
        return RedirectResponse("/", 303, {**HEADERS, "Clear-Site-Data": '"cache", "storage"'})

    @router.post(PASSWORD)
    async def change_password(request: Request) -> Response:
        form = await read_form(request)
        caller, accounts, actor = current_caller(), door.accounts(), current_actor()
        if accounts is None or caller.account is None or actor is None:
            return RedirectResponse("/", 303)
        if form.get("fresh", "") != form.get("again", ""):
            return _account(door, wrong="两次写的新密码不一样。")
        try:
            work = partial(
                _change_password, accounts, caller, form.get("password", ""), form.get("fresh", ""), address_of(request)
            )
            await door.signing.run(work)
        except PolicyError as error:
            return _account(door, wrong=str(error))
        return _account(door, said="密码已改，别处的登录都已退出。")

    @router.get(AUDIT)
    def show_audit(
        accounts_before: Annotated[int | None, Query(ge=1)] = None, library_before: Annotated[int | None, Query(ge=1)] = None
    ) -> Response:
        chains = _chains(door, desk)
        before = {"账号": accounts_before, "文档库": library_before}
        rows = [(name, row) for name, chain in chains.items() for row in chain.rows(before[name], ROWS)]
        rows = sorted(rows, key=lambda found: (found[1].at, found[1].number), reverse=True)[:ROWS]
        faults = [f"{name}：{fault}" for name, chain in chains.items() for fault in chain.faults()]
        last = {name: min((row.number for where, row in rows if where == name), default=before[name]) for name in chains}
        older = {
            key: str(last[name]) for key, name in (("accounts_before", "账号"), ("library_before", "文档库")) if last.get(name)
        }
        return html_reply(audit_page(current_caller(), rows, faults, older if len(rows) == ROWS else None))

    @router.get(f"{API}/audit")
    def audit(
        chain: Annotated[str, Query(pattern="^(accounts|library)$")] = "accounts",
        before: Annotated[int | None, Query(ge=1)] = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    ) -> dict[str, Any]:
        found = _chains(door, desk).get("账号" if chain == "accounts" else "文档库")
        if found is None:
            return {"chain": chain, "faults": [], "rows": []}
        return {"chain": chain, "faults": found.faults(), "rows": [row.record() for row in found.rows(before, limit)]}

    return router


class _Chain:
    """One of the two chains, however it is read."""

    def __init__(self, rows: Callable[[int | None, int], list[AuditEntry]], faults: Callable[[], list[str]]) -> None:
        self.rows, self.faults = rows, faults


def _chains(door: AccountDoor, desk: Desk) -> dict[str, _Chain]:
    accounts = door.accounts()
    if accounts is None:
        return {}
    store = accounts.store
    return {
        "账号": _Chain(lambda before, limit: store.entries(before=before, limit=limit), store.check),
        "文档库": _Chain(
            lambda before, limit: desk.read(lambda corpus: corpus.audit_entries(before=before, limit=limit)),
            lambda: desk.read(lambda corpus: corpus.check_audit(store.witness(door.witness))),
        ),
    }


def _change_password(accounts: Accounts, caller: Caller, former: str, fresh: str, address: str) -> None:
    actor = current_actor()
    assert actor is not None and caller.account is not None
    check_password(fresh, caller.name)
    accounts.verify_password(caller.account, former, address)
    accounts.set_password(actor, caller.account, fresh, keep=caller.session)


def _is_signed_in(door: AccountDoor, request: Request) -> bool:
    accounts, secret = door.accounts(), door.secret_of(request.headers)
    return accounts is not None and secret is not None and accounts.of_session(secret) is not None


def _sign_in(after: str, name: str = "", wrong: str | None = None, status: int = 200) -> Response:
    """The page to sign in; where the configuration of the provider is wrong, it is the administrator who has to know."""
    try:
        configured = provider()
    except PolicyError as error:
        log.warning("the identity provider is not offered: %s", error)
        configured = None
    return html_reply(sign_in_page(after, name, wrong, configured.label if configured is not None else None), status)


def _account(door: AccountDoor, wrong: str | None = None, said: str | None = None) -> Response:
    return html_reply(account_page(current_caller(), wrong, said, _others(door)), 400 if wrong else 200)


def _others(door: AccountDoor) -> list[str]:
    """The libraries that whoever calls may go to from this one."""
    accounts, caller = door.accounts(), current_caller()
    if accounts is None or caller.account is None:
        return []
    granted = accounts.store.grants(caller.account)
    return [name for name in ("", *door.libraries) if name != door.library and (not name or name in granted)]
