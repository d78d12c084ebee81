"""The gate before the application 门卫: which requests come in, how much each may send and how long, and which headers go out.

It stands before everything else, so that what is refused costs nothing: a foreign name or site, a route that the page does not use,
more bytes than the call may have (counted as they arrive, whatever the header says), a body that trickles, more requests at once
than are worked on; with accounts, whoever has not signed in (``Door``, see ``ui.accounts.door``). Connections that never say what
they want are ended by ``ui.connections``.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.exposure import Network, is_trusted, parse_address

log = logging.getLogger("cemai.server")

MEGABYTE = 1 << 20

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    # without it another site can tell by a page picture whether a public document is in the library
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # Gradio compiles its templates in the browser and writes inline styles, so these two exceptions stay
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
}

_UPLOADS = frozenset({"/api/v1/documents", "/api/v1/imports"})
"""Where files are sent to."""
_STREAMS = re.compile(r"/gradio_api/(?:queue/data|heartbeat/[^/]+)")
"""Answers that stay open as long as the page is."""
_PAGE_ROUTES = {
    "GET": re.compile(
        r"/(?:favicon\.ico|theme\.css|robots\.txt|sign-in(?:/oidc(?:/back)?)?|account|audit|accounts(?:/\d{1,9})?)?|/(?:assets|static)/.+"
        r"|/gradio_api/(?:queue/data|heartbeat/[^/]+)"
    ),
    "POST": re.compile(
        r"/gradio_api/(?:run/predict|queue/join)/?|/sign-in|/sign-out|/account/(?:password|library)"
        r"|/accounts(?:/\d{1,9}/(?:role|password|state|sign-out|libraries|tokens(?:/\d{1,9})?))?"
    ),
}
"""What the page in the browser calls; Gradio has sixty more routes, among them uploads and one that looks up foreign hosts."""
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@/\\?#\s]+)(?::\d{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GateLimits:
    """How much comes in at once. Bytes are those of bodies, seconds those of receiving them.

    Attributes:
        upload: Bytes of a call that sends a file; the file itself may have 50 MB.
        body: Bytes of any other call.
        bodies: Bytes of all other calls together that are held while they arrive.
        uploads: Files that are received at the same time; others wait.
        requests: Calls that are worked on at the same time.
        streams: Answers that are open at the same time as long as a page is.
        seconds: In which a body other than a file has to be there.
        pause: Longest time between two pieces of a file.
        upload_seconds: In which a file has to be there.
        upload_wait: How long a file waits for its turn to be received.
    """

    upload: int = 60 * MEGABYTE
    body: int = MEGABYTE
    bodies: int = 32 * MEGABYTE
    uploads: int = 4
    requests: int = 200
    streams: int = 500
    seconds: float = 30.0
    pause: float = 20.0
    upload_seconds: float = 900.0
    upload_wait: float = 120.0


DEFAULT_LIMITS = GateLimits()


class RefusalReply(NamedTuple):
    """What goes back for a request that is not answered: status, stable code, Chinese message; where a browser is to go instead."""

    status: int
    code: str
    message: str
    location: str | None = None
    html: str | None = None


class RefusedRequest(Exception):
    """A request that is not answered. One for each: an exception holds on to what its callers held, the bodies among it."""

    def __init__(self, reply: RefusalReply) -> None:
        super().__init__(reply.message)
        self.reply = reply


class StreamEnded(Exception):
    """The answer that stays open goes to somebody who may not have it any more."""


class Admission(Protocol):
    """A call that was let in."""

    def check_body(self, body: bytes) -> None:
        """Raise ``RefusedRequest`` for a body that whoever calls may not send."""

    def still_holds(self) -> bool:
        """Whether whoever calls would still be let in; asked before each piece of an answer that stays open."""

    async def note_result(self, status: int) -> None:
        """Record what became of the call, before anybody is told. Raises where it cannot be recorded."""


class Door(Protocol):
    """Who is let in."""

    async def admit(self, scope: Scope, headers: Mapping[str, str]) -> Admission:
        """Let a call in and set who calls for the rest of its task; raise ``RefusedRequest`` where it may not come in."""


class RequestGate:
    """An ASGI application before another: refuses, counts, limits, sets headers.

    Args:
        app: What stands behind it.
        hosts: The names the application may be called by, addresses of version 6 in brackets.
        limits: How much comes in at once.
        door: Who is let in; None for everybody.
        proxies: The proxy in front, whose word is taken for where a call comes from; nobody else is answered then.
        secure: Whether all calls come by TLS, to this server or to the proxy.

    Example: ``app.add_middleware(RequestGate, hosts=("127.0.0.1", "localhost"))``.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: tuple[str, ...],
        limits: GateLimits = DEFAULT_LIMITS,
        door: Door | None = None,
        proxies: Sequence[Network] = (),
        secure: bool = False,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._limits = limits
        self._door = door
        self._proxies = proxies
        self._secure = secure
        self._bodies = self._requests = self._streams = 0
        self._uploading = asyncio.Semaphore(limits.uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, by the application behind or by a refusal."""
        if scope["type"] == "websocket":  # the page has none
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reply = _Reply(send, scope["path"], self._secure)
        try:
            scope = _located(scope, self._proxies)
            headers = _check_caller(scope, self._hosts, self._secure)
            if self._door is not None:
                reply.admission = await self._door.admit(scope, headers)
            if _STREAMS.fullmatch(scope["path"]):
                await self._stream(scope, receive, reply)
            else:
                await self._answer(scope, receive, reply)
        except StreamEnded:
            pass
        except RefusedRequest as refused:
            await reply.refuse(refused.reply)
        except Exception:
            if reply.started:
                raise  # the server ends the connection, and says so in its log
            log.exception("request failed")
            await reply.refuse(reply.refused or _DEFECT)
        if reply.refused is not None:
            await reply.refuse(reply.refused)

    async def _stream(self, scope: Scope, receive: Receive, reply: _Reply) -> None:
        if self._streams >= self._limits.streams:
            raise RefusedRequest(_BUSY)
        self._streams += 1
        try:
            await self._app(scope, receive, reply.send_while_admitted)
        finally:
            self._streams -= 1

    async def _answer(self, scope: Scope, receive: Receive, reply: _Reply) -> None:
        if self._requests >= self._limits.requests:
            raise RefusedRequest(_BUSY)
        self._requests += 1
        try:
            headers = Headers(scope=scope)
            if _sends_file(scope, headers):
                await self._take_file(scope, headers, receive, reply)
            else:
                await self._take_body(scope, headers, receive, reply)
        finally:
            self._requests -= 1

    async def _take_body(self, scope: Scope, headers: Headers, receive: Receive, reply: _Reply) -> None:
        """Pass a request on once its body is here: nobody works for one that trickles."""
        _check_length(headers, self._limits.body)
        parts: list[bytes] = []
        held = 0
        try:
            async with asyncio.timeout(self._limits.seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] != "http.request":
                        return  # the caller has gone
                    part, more = message.get("body", b""), message.get("more_body", False)
                    held += len(part)
                    self._bodies += len(part)
                    parts.append(part)
                    if held > self._limits.body:
                        raise RefusedRequest(_too_large(self._limits.body))
                    if self._bodies > self._limits.bodies:
                        raise RefusedRequest(_BUSY)
        except TimeoutError:
            raise RefusedRequest(_TOO_SLOW) from None
        finally:
            self._bodies -= held
        body = b"".join(parts)
        parts.clear()
        if reply.admission is not None:
            reply.admission.check_body(body)
        whole: Message | None = {"type": "http.request", "body": body, "more_body": False}
        del body

        async def replay() -> Message:
            nonlocal whole
            if whole is None:
                return await receive()
            message, whole = whole, None
            return message

        await self._app(scope, replay, reply.send)

    async def _take_file(self, scope: Scope, headers: Headers, receive: Receive, reply: _Reply) -> None:
        """Pass a request on while its file arrives; it goes to the disk, so that only its size and time are limited."""
        _check_length(headers, self._limits.upload)
        try:
            async with asyncio.timeout(self._limits.upload_wait):
                await self._uploading.acquire()
        except TimeoutError:
            raise RefusedRequest(_BUSY) from None
        received = 0
        done = False
        reply.unread = True
        until = asyncio.get_running_loop().time() + self._limits.upload_seconds

        async def counted() -> Message:
            nonlocal received, done
            if reply.refused is not None:
                return {"type": "http.disconnect"}
            if done:
                return await receive()
            try:
                left = until - asyncio.get_running_loop().time()
                async with asyncio.timeout(min(self._limits.pause, left)):
                    message = await receive()
            except TimeoutError:
                reply.refused = _TOO_SLOW
                return {"type": "http.disconnect"}
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                done = not message.get("more_body", False)
                if done:
                    reply.unread = False
                    self._uploading.release()  # it is here; what is done with it is another matter
            if received > self._limits.upload:
                reply.refused = _too_large(self._limits.upload)
                return {"type": "http.disconnect"}
            return message

        try:
            await self._app(scope, counted, reply.send)
        finally:
            if not done:
                self._uploading.release()


class _Reply:
    """What goes back: the answer with the headers of every answer, or a refusal in its place as long as none has begun."""

    def __init__(self, send: Send, path: str, secure: bool = False) -> None:
        self._send = send
        self._path = path
        self._secure = secure
        self.admission: Admission | None = None
        self.started = False
        self.unread = False
        """Whether part of the request is still to come: an answer before its end ends the connection, or all of it would be taken."""
        self.refused: RefusalReply | None = None
        """Why the answer of the application no longer counts."""

    async def send(self, message: Message) -> None:
        if not self.started:
            if self.refused is not None:
                return
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                if message["status"] >= 500 and headers.get("content-type", "").startswith("text/plain"):
                    # a bare line in English, of the framework; Gradio has it for calls that its page never makes
                    self.refused = _NOT_OF_PAGE if self._path.startswith("/gradio_api/") else _DEFECT
                    return
                if self.admission is not None and not await self._noted(message["status"]):
                    return
                self._complete(headers)
                if self.unread:
                    headers["connection"] = "close"
                self.started = True
        await self._send(message)

    async def send_while_admitted(self, message: Message) -> None:
        """The same for an answer that stays open: it ends when whoever gets it signs out, or may not see it any more."""
        if self.admission is not None and not self.admission.still_holds():
            if self.started:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            raise StreamEnded
        await self.send(message)

    async def _noted(self, status: int) -> bool:
        """Whether what became of the call is recorded: what cannot be recorded is not answered."""
        assert self.admission is not None
        try:
            await self.admission.note_result(status)
        except Exception:
            log.exception("the audit could not be written")
            self.refused = _NO_AUDIT
            return False
        return True

    async def refuse(self, refused: RefusalReply) -> None:
        """Send a refusal and end the connection, which may be in the midst of a body; nothing where the answer has begun."""
        self.refused = None
        if self.started:
            return
        kind = "application/json"
        body = json.dumps({"error": {"code": refused.code, "message": refused.message}}, ensure_ascii=False).encode()
        if refused.html is not None:
            kind, body = "text/html; charset=utf-8", refused.html.encode()
        headers = MutableHeaders({"content-type": kind, "content-length": str(len(body)), "connection": "close"})
        headers["cache-control"] = "no-store"
        if refused.location is not None:
            headers["location"] = refused.location
        if refused.status in (429, 503):
            headers["retry-after"] = "5"
        self._complete(headers)
        self.started = True
        await self._send({"type": "http.response.start", "status": refused.status, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})

    def _complete(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self._secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if self._path.startswith("/api/"):
            headers.setdefault("Cache-Control", "no-store")


_BUSY = RefusalReply(503, "busy", "现在请求太多，请几秒后再试。")
_TOO_SLOW = RefusalReply(408, "timeout", "请求内容迟迟没有发完，已停止接收。请检查网络后再试。")
_DEFECT = RefusalReply(500, "internal", "程序内部出错，已写入日志。请稍后再试；如果反复出现，请运行 cemai doctor 检查文档库。")
_NOT_OF_PAGE = RefusalReply(400, "page", "这个请求不是本页发出的。接口说明见 /api/v1/openapi.json。")
_NO_ADDRESS = RefusalReply(404, "http", "没有这个地址。接口说明见 /api/v1/openapi.json。")
_OTHER_SITE = RefusalReply(403, "origin", "不接受来自其他网站的请求。")
_NO_AUDIT = RefusalReply(503, "audit", "这一步没有做成：审计记录写不进去。请联系管理员检查磁盘空间和文件夹权限。")
_NOT_BY_PROXY = RefusalReply(403, "proxy", "请从代理的网址打开本页；这个地址只答复代理。")
_PROXY_IN_CLEAR = RefusalReply(
    403, "proxy", "代理没有说明来访是加密的，没有答复。请让代理用 https 接受来访，并送上 X-Forwarded-Proto: https。"
)


def _too_large(limit: int) -> RefusalReply:
    if limit >= 50 * MEGABYTE:
        return RefusalReply(413, "too_large", "内容超过 50 MB。请拆分后再放入。")
    return RefusalReply(413, "too_large", f"请求内容超过 {limit >> 20} MB。文件请用 /api/v1/documents 放入。")


def _check_length(headers: Headers, limit: int) -> None:
    size = headers.get("content-length", "0")
    if size.isascii() and size.isdigit() and (len(size) > 15 or int(size) > limit):
        raise RefusedRequest(_too_large(limit))


def _sends_file(scope: Scope, headers: Headers) -> bool:
    return (
        scope["method"] == "POST"
        and scope["path"] in _UPLOADS
        and headers.get("content-type", "").lower().startswith("multipart/form-data")
    )


_FORWARDED = re.compile(rb"forwarded|x-forwarded-.*|x-real-ip|x-original-.*|x-rewrite-url|x-http-method.*", re.IGNORECASE)


def _located(scope: Scope, proxies: Sequence[Network]) -> Scope:
    """The call as it was made: where a declared proxy stands in front, its word counts for address, scheme and name, else nobody's.

    Headers of a proxy go no further: what is behind the gate would believe them of anybody.
    """
    headers = Headers(scope=scope)
    client = scope.get("client")
    kept = [(name, value) for name, value in scope["headers"] if not _FORWARDED.fullmatch(name)]
    located = {**scope, "headers": kept}
    if not proxies:
        return located
    if client is None or not is_trusted(client[0], proxies):
        raise RefusedRequest(_NOT_BY_PROXY)
    if headers.getlist("x-forwarded-proto") != ["https"]:
        raise RefusedRequest(_PROXY_IN_CLEAR)
    # the last address is the one the proxy itself saw; those before it are what the caller says
    said = ",".join(headers.getlist("x-forwarded-for")).rpartition(",")[2]
    address = parse_address(said)
    located["client"] = (str(address), 0) if address is not None else client
    located["scheme"] = "https"
    named = headers.getlist("x-forwarded-host")
    if len(named) == 1:
        located["headers"] = [(name, value) for name, value in kept if name != b"host"] + [(b"host", named[0].encode("latin-1"))]
    return located


def _check_caller(scope: Scope, hosts: tuple[str, ...], secure: bool = False) -> dict[str, str]:
    """Raise ``RefusedRequest`` for a call under another name, from another site, or of a route that nobody uses; give its headers."""
    sent = Headers(scope=scope)
    headers = {name: ",".join(sent.getlist(name)) for name in ("host", "origin", "authorization") if name in sent}
    for name, value in sent.items():
        headers.setdefault(name, value)
    path, method = scope["path"], scope["method"]
    found = refusal(headers, method, hosts, path, secure=secure)
    if found is not None:
        raise RefusedRequest(found)
    if not path.startswith("/api/"):
        known = _PAGE_ROUTES.get("GET" if method == "HEAD" else method)
        if known is None or not known.fullmatch(path):
            raise RefusedRequest(_NO_ADDRESS)
    return headers


def refusal(
    headers: Mapping[str, str], method: str, hosts: tuple[str, ...], path: str = "/", *, secure: bool = False
) -> RefusalReply | None:
    """Status, code and message of a call that comes under another name or from another site, else None.

    A link on another site may open the page; nothing else may be fetched, shown or sent from there.

    Args:
        headers: The headers of the call, names in small letters; empty where a header is missing.
        method: Its method.
        hosts: The names it may come under, compared whole.
        path: Its path.
        secure: Whether it came by TLS, to this server or to the proxy in front.

    Example: ``refusal({"host": "127.0.0.1.example.org"}, "GET", ("127.0.0.1",))`` is 421.
    """
    host = headers.get("host", "").lower()
    named = _AUTHORITY.fullmatch(host)
    if named is None or named[1] not in hosts:
        return RefusalReply(421, "host", f"请用 {'https' if secure else 'http'}://{hosts[0]} 打开本页。")
    # a proxy on this machine that was not declared may speak https for us
    own = (f"https://{host}",) if secure else (f"http://{host}", f"https://{host}")
    if (origin := headers.get("origin")) and origin.lower() not in own:
        return _OTHER_SITE
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return None
    opened = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    if method in ("GET", "HEAD") and opened and not path.startswith(("/api/", "/gradio_api/")):
        return None
    return _OTHER_SITE


def is_asked_by_foreign_page(headers: Mapping[str, str], method: str) -> bool:
    """Whether a call may come from a page of another site: by GET, of a browser that does not say from where.

    Browsers that say are refused by the gate. Older ones do not, and none does for an address that is not this machine's.
    """
    return (
        method in ("GET", "HEAD")
        and "sec-fetch-site" not in headers
        and headers.get("user-agent", "").lower().startswith("mozilla/")
    )
