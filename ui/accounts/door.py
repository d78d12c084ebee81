"""The door 门: who comes in with which session or token, whether the route is open to them, and what is recorded of it.

Without accounts everybody who reaches the server may do everything, as it is one person's on one machine. An account that is made
while the server runs closes the door at once; a file of accounts that is taken away does not open it again.
"""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, quote, urlencode

from starlette.requests import cookie_parser
from starlette.types import Scope

from cemai.accounts import NOBODY, THIS_MACHINE, Accounts, Caller, Right, has_accounts, set_caller
from corpus.errors import PolicyError
from corpus.store.audit import Actor, current_actor, set_actor
from ui.accounts.rights import API, AUDIT, SIGN_IN, RouteRule, find_rule, is_place
from ui.gate import RefusalReply, RefusedRequest

STATE = "caller"
"""Where ``scope["state"]`` says who calls: for what Gradio runs outside of the task of the call."""
T = TypeVar("T")
MOST_WAITING = 20
"""People who wait for their password to be looked at, or for the provider to answer; more are told to come again."""
PAGES_OF_ONE = 200
"""Windows of one account that are remembered."""
_EXPORTS = frozenset({"docx", "xlsx", "csv", "svg", "ics"})
_QUIET = frozenset({f"{API}/health", f"{API}/imports"})
"""Calls that the page makes by itself."""

_SIGN_IN = RefusalReply(401, "sign_in", f"请先登录（打开 {SIGN_IN}）；程序请在请求头写 Authorization: Bearer 令牌。")
_NO_TOKEN = RefusalReply(401, "token", "令牌不对、已过期或已停用。请向管理员要一个新的。")
_NOT_ALLOWED = RefusalReply(403, "right", "您的账号不能做这一步。需要时请联系管理员。")
_NOT_YOURS = RefusalReply(403, "window", "这个窗口属于另一个账号。请重新打开本页。")
_UNAVAILABLE = RefusalReply(503, "accounts", "账号文件读不出来，没有放行。请联系管理员。")
_NO_ADDRESS = RefusalReply(404, "http", "没有这个地址。接口说明见 /api/v1/openapi.json。")
_AGAIN = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="0"><title>策脉</title>'
    '<p>正在打开…<a href="">点这里继续</a></p></html>'
)
"""A link on another site brings no cookie (SameSite=Strict); the page that opens itself once more does."""


class WaitingRoom:
    """Two threads for work that takes its time, and a bound for those who wait for it."""

    def __init__(self, name: str) -> None:
        self._threads = ThreadPoolExecutor(2, name)
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Do work on behalf of whoever calls. Raises ``PolicyError`` where too many wait."""
        if self._waiting >= MOST_WAITING:
            raise PolicyError("现在登录的人太多，请几秒后再试。")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, contextvars.copy_context().run, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End the threads; what has not begun is left."""
        self._threads.shutdown(cancel_futures=True)


class PageWindows:
    """The windows of the page (Gradio's session hashes) and whose they are: one account never reads the window of another."""

    def __init__(self) -> None:
        self._owners: dict[str, int] = {}
        self._of: dict[int, OrderedDict[str, None]] = {}
        self._lock = threading.Lock()

    def claim(self, window: object, caller: Caller) -> None:
        """Let a window be the caller's. Raises ``RefusedRequest`` where it is somebody else's."""
        if window is None:
            return
        if not isinstance(window, str) or not 0 < len(window) <= 100:
            raise RefusedRequest(_NOT_YOURS)
        with self._lock:
            owner = self._owners.setdefault(window, caller.number)
            if owner != caller.number:
                raise RefusedRequest(_NOT_YOURS)
            own = self._of.setdefault(caller.number, OrderedDict())
            own[window] = None
            own.move_to_end(window)
            while len(own) > PAGES_OF_ONE:
                del self._owners[own.popitem(last=False)[0]]


@dataclass(frozen=True, slots=True)
class OpenAdmission:
    """A call to a library without accounts."""

    door: AccountDoor

    def check_body(self, body: bytes) -> None:
        """Nothing is refused."""

    def still_holds(self) -> bool:
        """Until there are accounts."""
        return self.door.accounts() is None

    async def note_result(self, status: int) -> None:
        """Nothing is recorded."""


@dataclass(frozen=True, slots=True)
class AccountAdmission:
    """A call of an account, or of somebody who has not signed in to a route that is open to everybody."""

    door: AccountDoor
    accounts: Accounts
    caller: Caller
    rule: RouteRule
    actor: Actor
    path: str
    recorded: bool
    secret: str | None

    def check_body(self, body: bytes) -> None:
        """Raise ``RefusedRequest`` for a call of the page from the window of somebody else."""
        if self.path.startswith("/gradio_api/"):
            try:
                said = json.loads(body or b"null")
            except ValueError:
                return  # whoever reads it says what is wrong with it
            self.door.windows.claim(said.get("session_hash") if isinstance(said, dict) else None, self.caller)

    def still_holds(self) -> bool:
        """Whether the session has not ended since, nor the role changed."""
        if self.rule.right is None:
            return True
        try:
            found = self.accounts.of_session(self.secret) if self.secret else None
        except PolicyError:
            return False
        if found is None or found.library != self.caller.library:
            return False
        return self.rule.right in found.rights and found.number == self.caller.number

    async def note_result(self, status: int) -> None:
        """Record a change, an export, or a refusal."""
        if self.recorded or status >= 400:
            await self.door.note(self.accounts, self.actor, self.path, "ok" if status < 400 else str(status))


class AccountDoor:
    """Who is let in to a library.

    Args:
        folder: The folder of the library, or its address.
        required: Whether nobody comes in without an account, also where the file of accounts is gone.
        secure: Whether cookies go by TLS only.
        port: The port, which is part of the name of the cookie where others on this machine may be.
        library: The library behind it, where one server has several; "" for the one that all accounts may enter. A session or token
            of another library is nobody's here.
        libraries: The others that the server has.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        required: bool = False,
        secure: bool = False,
        port: int = 0,
        library: str = "",
        libraries: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self.library = library
        self.libraries = libraries
        self.windows = PageWindows()
        self.cookie = "__Host-cemai" if secure else f"cemai-{port}"
        self.secure = secure
        self._required = required
        self._found: Accounts | None = None
        self._lock = threading.Lock()
        # hashing of passwords never takes the threads that others wait for, nor does a provider that is slow to answer
        self.signing = WaitingRoom("sign-in")
        self.asking = WaitingRoom("provider")
        self._noting = ThreadPoolExecutor(1, "audit")

    def close(self) -> None:
        """End the threads and close the file."""
        self.signing.close()
        self.asking.close()
        self._noting.shutdown()
        if self._found is not None:
            self._found.store.close()
            self._found = None

    def accounts(self) -> Accounts | None:
        """The accounts of the library; None where it is one person's. Raises ``PolicyError`` where they cannot be read."""
        if self._found is None and (self._required or has_accounts(self.folder)):
            with self._lock:
                if self._found is None:
                    self._required = True
                    self._found = Accounts.of_folder(self.folder)
        if self._found is None and self._required:
            raise PolicyError(_UNAVAILABLE.message)
        return self._found

    async def admit(self, scope: Scope, headers: Mapping[str, str]) -> OpenAdmission | AccountAdmission:
        """Let a call in and set who calls for the rest of its task; raise ``RefusedRequest`` where it may not come in."""
        set_caller(NOBODY)
        set_actor(None)
        try:
            accounts = self.accounts()
            if accounts is None:
                _set_state(scope, THIS_MACHINE, None)
                return OpenAdmission(self)
            return await self._admit(scope, headers, accounts)
        except PolicyError as error:
            raise RefusedRequest(_UNAVAILABLE) from error

    async def _admit(self, scope: Scope, headers: Mapping[str, str], accounts: Accounts) -> AccountAdmission:
        method, path = scope["method"], scope["path"]
        rule = find_rule(method, path)
        caller, secret = self._identify(path, headers, accounts)
        address = scope["client"][0] if scope.get("client") else ""
        if caller is None:
            if rule is None or rule.right is not None:
                raise RefusedRequest(_unknown(scope, headers))
            caller = NOBODY
        actor = Actor(caller.name, address, f"{method} {rule.template if rule else path}", str(accounts.store.head()))
        if rule is None:
            raise RefusedRequest(_NO_ADDRESS)
        if rule.right is not None and rule.right not in caller.rights:
            await self.note(accounts, actor, path, "denied")
            if path == "/" and Right.AUDIT in caller.rights:
                raise RefusedRequest(RefusalReply(303, "right", _NOT_ALLOWED.message, location=AUDIT))
            raise RefusedRequest(_NOT_ALLOWED)
        if caller.session is not None:
            asyncio.get_running_loop().run_in_executor(self._noting, accounts.note_use, caller)
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        if path == "/gradio_api/queue/data":
            self.windows.claim((query.get("session_hash") or [None])[-1], caller)
        elif path.startswith("/gradio_api/heartbeat/"):
            self.windows.claim(path.rpartition("/")[2], caller)
        _set_state(scope, caller, actor)
        recorded = _is_recorded(method, path, query)
        return AccountAdmission(self, accounts, caller, rule, actor, path, recorded, secret)

    @property
    def witness(self) -> str:
        """Under which name the file of accounts keeps the head of the audit of this library."""
        return f"library:{self.library}" if self.library else "library"

    def note_question(self, what: str, question: str) -> None:
        """Record that somebody asked or searched: not the words, but a hash by which a known question is found again."""
        actor, accounts = current_actor(), self.accounts()
        if actor is not None and accounts is not None:
            mark = hashlib.sha256(question.encode("utf-8", "replace")).hexdigest()[:16]
            accounts.store.note(replace(actor, action=what), f"question:{mark}")

    async def note(self, accounts: Accounts, actor: Actor, object: str, result: str) -> None:
        """Write a row of the audit. Raises where it cannot be written."""
        await asyncio.get_running_loop().run_in_executor(self._noting, accounts.store.note, actor, object, result)

    def library_of(self, path: str, headers: Mapping[str, str]) -> str:
        """The library that the session or token of a call is in; "" where there is none. Raises ``PolicyError``."""
        accounts = self.accounts()
        caller = self._find_caller(path, headers, accounts) if accounts is not None else None
        return caller.library if caller is not None else ""

    def secret_of(self, headers: Mapping[str, str]) -> str | None:
        """The secret of the session that a browser sent."""
        return cookie_parser(headers.get("cookie", "")).get(self.cookie) or None

    def _identify(self, path: str, headers: Mapping[str, str], accounts: Accounts) -> tuple[Caller | None, str | None]:
        caller = self._find_caller(path, headers, accounts)
        if caller is not None and caller.library != self.library:
            caller = None
        if _sent_token(path, headers) is None:
            return caller, self.secret_of(headers)
        if caller is None:
            raise RefusedRequest(_NO_TOKEN)
        return caller, None

    def _find_caller(self, path: str, headers: Mapping[str, str], accounts: Accounts) -> Caller | None:
        """Whose the token or the session of a call is, in whichever library."""
        if (given := _sent_token(path, headers)) is not None:  # never the cookie instead: whoever sends a token means it
            kind, _, secret = given.partition(" ")
            return accounts.of_token(secret.strip()) if kind.lower() == "bearer" else None
        sent = self.secret_of(headers)
        return accounts.of_session(sent) if sent else None


def _sent_token(path: str, headers: Mapping[str, str]) -> str | None:
    """What a call to the REST interface says of its token; the page has none."""
    return headers.get("authorization") if path.startswith("/api/") else None


def _set_state(scope: Scope, caller: Caller, actor: Actor | None) -> None:
    set_caller(caller)
    set_actor(actor)
    # a dict of its own: the server's is shared by all calls
    scope["state"] = {**scope.get("state", {}), STATE: (caller, actor)}


def _unknown(scope: Scope, headers: Mapping[str, str]) -> RefusalReply:
    """What somebody is told who has not signed in: a browser that opens the page goes to sign in."""
    path = scope["path"]
    if scope["method"] != "GET" or not is_place(path) or headers.get("sec-fetch-dest", "document") != "document":
        return _SIGN_IN
    if headers.get("sec-fetch-site") == "cross-site":
        return RefusalReply(200, "again", "", html=_AGAIN)
    asked = path + (f"?{scope['query_string'].decode('latin-1')}" if scope.get("query_string") else "")
    return RefusalReply(303, "sign_in", _SIGN_IN.message, location=f"{SIGN_IN}?{urlencode({'next': asked}, quote_via=quote)}")


def _is_recorded(method: str, path: str, query: Mapping[str, list[str]]) -> bool:
    """Whether a call that succeeds is recorded: what changes something, and what takes documents or lists away as files."""
    if path.startswith("/gradio_api/") or path in _QUIET:
        return method == "POST" and path in _QUIET
    if method not in ("GET", "HEAD"):
        return path.startswith("/api/") and path not in (f"{API}/search", f"{API}/ask", f"{API}/compare")
    return path.endswith(("/original", "/paper")) or bool(_EXPORTS & {value.lower() for value in query.get("format", ())})
