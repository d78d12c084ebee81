"""Routes of signing in by the identity provider of the office: the way there, and back.

What one browser began is kept in that browser only: a secret in a cookie, of which state, nonce and verifier are made. The cookie
is the one of this server that comes along from another site (SameSite=Lax), holds for ten minutes, and opens nothing by itself.
"""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.requests import cookie_parser

from cemai.accounts import NotAllowed
from cemai.oidc import Provider, ProviderRefusal, ProviderUnavailable
from cemai.settings import provider
from corpus.errors import PolicyError
from corpus.store.audit import Actor
from ui.accounts.door import AccountDoor
from ui.accounts.forms import HEADERS, address_of, draw_page, html_reply
from ui.accounts.pages import sign_in_page
from ui.accounts.rights import PROVIDER, PROVIDER_BACK, local_address
from ui.page.kit.html import el

BEGUN = 600
"""Seconds in which whoever was sent to the provider has to be back."""
_ANSWERS = ("code", "state", "iss", "error")


def make_provider_routes(door: AccountDoor) -> APIRouter:
    """The routes by which accounts behind a door sign in at the provider."""
    router = APIRouter(include_in_schema=False)
    cookie = f"{door.cookie}-oidc"

    @router.get(PROVIDER)
    async def go(request: Request, next: Annotated[str, Query(max_length=2_000)] = "/") -> Response:
        after = local_address(next)
        configured = _configured(door)
        if configured is None:
            return RedirectResponse(after, 303, HEADERS)
        secret = secrets.token_urlsafe(32)
        try:
            address = await door.asking.run(partial(configured.authorization_url, _back(request), secret))
        except PolicyError as error:
            return _refused(configured, after, error)
        reply = RedirectResponse(address, 303, HEADERS)
        begun = f"{secret}.{int(time.time())}.{quote(after, safe='')}"
        reply.set_cookie(cookie, begun, max_age=BEGUN, path="/", secure=door.secure, httponly=True, samesite="lax")
        return reply

    @router.get(PROVIDER_BACK)
    async def come_back(request: Request) -> Response:
        configured, accounts = _configured(door), door.accounts()
        if configured is None or accounts is None:
            return RedirectResponse("/", 303, HEADERS)
        secret, after = _begun(cookie_parser(request.headers.get("cookie", "")).get(cookie, ""))
        answer = {name: values[0] for name in _ANSWERS if len(values := request.query_params.getlist(name)) == 1}
        back, address = _back(request), address_of(request)

        def identified() -> str:
            if not secret:
                raise ProviderRefusal("这次登录不是从这个浏览器开始的，或已经过期。请重新登录。")
            try:
                identity = configured.identify(back, secret, answer)
            except PolicyError as error:
                result = "unavailable" if isinstance(error, ProviderUnavailable) else "refused"
                accounts.store.note(Actor("（未知账号）", address, "sign-in oidc"), result=result)
                raise
            return accounts.sign_in_by_provider(configured, identity, address)

        try:
            session = await door.asking.run(identified)
        except PolicyError as error:
            reply = _refused(configured, after, error)
        else:
            # whoever comes from another site brings no cookie of the session (SameSite=Strict): this page goes on by itself
            reply = html_reply(_arrived(after))
            reply.headers["refresh"] = f"0; url={after}"
            reply.set_cookie(door.cookie, session, path="/", secure=door.secure, httponly=True, samesite="strict")
        reply.delete_cookie(cookie, path="/", secure=door.secure, httponly=True, samesite="lax")
        return reply

    return router


def _configured(door: AccountDoor) -> Provider | None:
    """The provider, where there is one and the library has accounts."""
    try:
        return provider() if door.accounts() is not None else None
    except PolicyError:  # the page to sign in logs it
        return None


def _begun(value: str) -> tuple[str, str]:
    """The secret that a browser was given and where it wanted to go; "" for the secret where that is too long ago."""
    secret, _, rest = value.partition(".")
    at, _, after = rest.partition(".")
    fresh = at.isascii() and at.isdigit() and len(at) < 15 and -60 <= time.time() - int(at) <= BEGUN
    return secret if fresh and len(secret) >= 43 else "", local_address(unquote(after))


def _back(request: Request) -> str:
    """The address that the provider sends people back to: this server by the name it was called by, which the gate has checked."""
    return f"{request.url.scheme}://{request.headers['host']}{PROVIDER_BACK}"


def _refused(configured: Provider, after: str, error: PolicyError) -> Response:
    status = 401 if isinstance(error, (NotAllowed, ProviderRefusal)) else 503
    return html_reply(sign_in_page(after, wrong=str(error), provider=configured.label), status)


def _arrived(after: str) -> str:
    return draw_page("登录", el("p", "已登录，正在打开…"), el("p", el("a", "点这里继续", href=after)))
