"""The gate: bytes are counted while they arrive, what trickles or never begins is ended, unused routes are closed."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, File, Form, Request, UploadFile
from fastapi.testclient import TestClient

from tests.running import running
from ui.connections import TimedProtocol
from ui.gate import MEGABYTE, GateLimits, RequestGate

LIMITS = GateLimits(
    upload=4 * MEGABYTE, body=100_000, bodies=250_000, uploads=1, requests=6, streams=2, seconds=1.0, pause=1.0,
    upload_seconds=3.0, upload_wait=1.0,
)  # fmt: skip
HOST = b"Host: 127.0.0.1\r\n"


class QuickProtocol(TimedProtocol):
    """Time-outs short enough for a test."""

    HEAD_SECONDS = 1.0
    MOST_WAITING = 20


@pytest.fixture(scope="module")
def application() -> FastAPI:
    app = FastAPI()
    app.state.bodies = []

    @app.post("/api/v1/ask")
    async def ask(request: Request) -> dict[str, int]:
        size = len(await request.body())
        app.state.bodies.append(size)
        return {"size": size}

    @app.post("/api/v1/imports")
    async def take(
        file: Annotated[UploadFile, File()], region: Annotated[str | None, Form(max_length=200)] = None
    ) -> dict[str, int]:
        size = len(await file.read())
        app.state.bodies.append(size)
        return {"size": size}

    @app.get("/api/v1/broken")
    async def broken() -> None:
        raise RuntimeError("/secret/path")

    app.add_middleware(RequestGate, hosts=("127.0.0.1",), limits=LIMITS)
    return app


@pytest.fixture(scope="module")
def port(application: FastAPI) -> Iterator[int]:
    with running(application, http=QuickProtocol, timeout_graceful_shutdown=1) as number:
        yield number


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as line:
        yield line


def head(path: str, *lines: bytes, method: bytes = b"POST") -> bytes:
    return b"".join((method, b" ", path.encode(), b" HTTP/1.1\r\n", HOST, *(line + b"\r\n" for line in lines), b"\r\n"))


def reply(line: socket.socket) -> tuple[int, Any]:
    """Status and JSON of the answer; 0 where the connection ends without one."""
    data = b""
    try:
        while part := line.recv(65_536):
            data += part
            headers, _, body = data.partition(b"\r\n\r\n")
            length = next(
                (int(h.split(b":")[1]) for h in headers.lower().split(b"\r\n") if h.startswith(b"content-length:")), None
            )
            if length is not None and len(body) >= length:
                break
    except ConnectionResetError:
        pass
    if not data:
        return 0, None
    return int(data.split(b" ", 2)[1]), json.loads(data.partition(b"\r\n\r\n")[2] or b"null")


def send_chunks(line: socket.socket, piece: bytes, most: int) -> int:
    """Send pieces until the server takes no more; how many bytes it took."""
    sent = 0
    try:
        while sent < most:
            line.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            sent += len(piece)
        line.sendall(b"0\r\n\r\n")
    except OSError:
        pass
    return sent


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/ask", b"application/json"),
        ("/gradio_api/queue/join", b"application/json"),
        ("/gradio_api/run/predict", b"application/json"),
        ("/api/v1/imports", b"application/x-www-form-urlencoded"),
        ("/api/v1/documents", b"text/plain"),
    ],
)
def test_a_body_without_a_length_is_counted(port: int, application: FastAPI, path: str, kind: bytes) -> None:
    before = list(application.state.bodies)
    with connected(port) as line:
        line.sendall(head(path, b"Transfer-Encoding: chunked", b"Content-Type: " + kind))
        sent = send_chunks(line, b"x" * 16_384, 64 * MEGABYTE)
        status, said = reply(line)
    assert sent < 64 * MEGABYTE, "the server took everything"
    assert status in (413, 0) and (status == 0 or said["error"]["code"] == "too_large")
    assert application.state.bodies == before


def test_a_file_without_a_length_is_counted_too(port: int, application: FastAPI) -> None:
    before = list(application.state.bodies)
    with connected(port) as line:
        line.sendall(head("/api/v1/imports", b"Transfer-Encoding: chunked", b"Content-Type: multipart/form-data; boundary=b"))
        start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        line.sendall(b"%x\r\n%s\r\n" % (len(start), start))
        sent = send_chunks(line, b"x" * 65_536, 64 * MEGABYTE)
        status, _ = reply(line)
    assert sent < 64 * MEGABYTE and status in (413, 0) and application.state.bodies == before
    with connected(port) as line:  # refused by the form's own limit, before its end: the rest is not taken either
        line.sendall(head("/api/v1/imports", b"Transfer-Encoding: chunked", b"Content-Type: multipart/form-data; boundary=b"))
        start = b'--b\r\nContent-Disposition: form-data; name="region"\r\n\r\n'
        line.sendall(b"%x\r\n%s\r\n" % (len(start), start))
        assert send_chunks(line, b"x" * 65_536, 64 * MEGABYTE) < 64 * MEGABYTE


def test_what_keeps_to_the_limits_comes_in(port: int, application: FastAPI) -> None:
    with connected(port) as line:
        line.sendall(head("/api/v1/ask", b"Transfer-Encoding: chunked"))
        send_chunks(line, b"x" * 10_000, 90_000)
        assert reply(line) == (200, {"size": 90_000})
        part = (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' + b"y" * 3_000_000 + b"\r\n--b--\r\n"
        )
        kind = b"Content-Type: multipart/form-data; boundary=b"
        line.sendall(head("/api/v1/imports", kind, b"Content-Length: %d" % len(part)) + part)
        assert reply(line) == (200, {"size": 3_000_000})


def test_a_size_that_is_announced_is_refused_before_it_comes(port: int) -> None:
    for size in (b"100001", b"9" * 19):
        with connected(port) as line:
            line.sendall(head("/api/v1/ask", b"Content-Length: " + size, b"Expect: 100-continue"))
            assert reply(line)[0] == 413


def test_connections_that_say_nothing_are_ended(port: int) -> None:
    started = time.monotonic()
    beginnings = (b"", b"GET / HTTP/1.1\r\nHost: 127.0", b"POST /api/v1/ask HTTP/1.1\r\nX-")
    lines = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(12)]
    for number, line in enumerate(lines):
        line.sendall(beginnings[number % 3])
    for line in lines:
        assert reply(line)[0] == 0
        line.close()
    assert time.monotonic() - started < 15


def test_a_second_request_may_not_stay_half_said(port: int) -> None:
    with connected(port) as line:
        line.sendall(head("/api/v1/ask", b"Content-Length: 2") + b"{}")
        assert reply(line) == (200, {"size": 2})
        line.sendall(b"POST /api")
        assert reply(line)[0] == 0


def test_silent_connections_give_way_to_those_that_speak(port: int) -> None:
    silent = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(60)]
    with connected(port) as line:
        line.sendall(head("/api/v1/ask", b"Content-Length: 2") + b"{}")
        assert reply(line)[0] == 200
    for line in silent:
        line.close()


@pytest.mark.parametrize("file", [False, True])
def test_a_body_that_trickles_is_refused(port: int, file: bool) -> None:
    path = "/api/v1/imports" if file else "/api/v1/ask"
    kind = b"Content-Type: multipart/form-data; boundary=b" if file else b"Content-Type: application/json"
    with connected(port) as line:
        line.sendall(head(path, kind, b"Content-Length: 5000") + b"--b\r\n")
        status, said = reply(line)
    assert (status, said["error"]["code"]) == (408, "timeout")


def test_more_requests_than_are_worked_on_are_told_to_come_again(port: int) -> None:
    held = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(LIMITS.requests)]
    for line in held:
        line.sendall(head("/api/v1/ask", b"Content-Length: 10") + b"x")
    time.sleep(0.2)
    with connected(port) as line:
        line.sendall(head("/api/v1/ask", b"Content-Length: 2") + b"{}")
        assert reply(line)[0] == 503
    for line in held:
        assert reply(line)[0] == 408
        line.close()
    with connected(port) as line:
        line.sendall(head("/api/v1/ask", b"Content-Length: 2") + b"{}")
        assert reply(line)[0] == 200, "the places are free again"


def test_bodies_together_have_a_limit(port: int) -> None:
    held = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(3)]
    for line in held:
        line.sendall(head("/api/v1/ask", b"Content-Length: 99000") + b"x" * 90_000)
    statuses = sorted(reply(line)[0] for line in held)
    assert statuses == [408, 408, 503]
    for line in held:
        line.close()


def test_nothing_of_a_refused_request_is_held() -> None:
    class Caller:
        async def __call__(self) -> dict[str, Any]:
            return {"type": "http.request", "body": b"x" * 90_000}

    async def never(*_: Any) -> None:
        raise AssertionError("came through")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def ask(caller: Caller) -> None:
        scope = {"type": "http", "method": "POST", "path": "/api/v1/ask", "headers": [(b"host", b"127.0.0.1")]}
        await RequestGate(never, ("127.0.0.1",), GateLimits(bodies=1))(scope, caller, send)

    caller = Caller()
    left = weakref.ref(caller)
    asyncio.run(ask(caller))
    del caller
    gc.collect()
    assert sent[0]["status"] == 503 and left() is None


def test_defects_and_routes_nobody_uses(application: FastAPI) -> None:
    client = TestClient(application, base_url="http://127.0.0.1", raise_server_exceptions=False)
    got = client.get("/api/v1/broken")
    assert got.status_code == 500 and got.json()["error"]["code"] == "internal" and "secret" not in got.text
    assert got.headers["cross-origin-resource-policy"] == "same-origin"
    closed = [
        ("GET", "/gradio_api/file=https://example.org/"), ("GET", "/gradio_api/proxy=https://example.org/"), ("POST", "/gradio_api/upload"),
        ("GET", "/config"), ("GET", "/gradio_api/info"), ("POST", "/gradio_api/api/predict"), ("POST", "/gradio_api/call/x"), ("POST", "/login"),
        ("POST", "/"), ("PUT", "/gradio_api/queue/join"), ("GET", "/monitoring"), ("GET", "/svelte/x"), ("OPTIONS", "/"), ("GET", "//assets/x"),
    ]  # fmt: skip
    for method, path in closed:
        got = client.request(method, "http://127.0.0.1" + path)
        assert (got.status_code, got.json()["error"]["code"]) == (404, "http"), path
