"""The language model's endpoint, against a real server on loopback that answers well, badly and maliciously."""

from __future__ import annotations

import gzip
import ipaddress
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import UsageError
from qa.language_model.chat import EndpointFailed, request_reply
from qa.language_model.endpoint import Endpoint, check_url, is_private, refusal

pytest.importorskip("openai")

ROOT = Path(__file__).resolve().parents[3]
Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A server that does what the test tells it, and remembers what it was asked."""

    def __init__(self) -> None:
        self.behave: Behaviour = said("好")
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(body or b"null")))
                try:
                    outer.behave(self)
                except OSError:
                    # the client has left, as it should
                    self.close_connection = True

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


def reply(body: bytes, status: int = 200, **headers: str) -> Behaviour:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Type": "application/json", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def message(content: Any) -> bytes:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    return json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}).encode()


def said(content: Any) -> Behaviour:
    return reply(message(content))


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * 65536)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(3_000):
        handler.wfile.write(b"a")
        handler.wfile.flush()
        time.sleep(0.02)


def endless_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for i in range(10_000_000):
        handler.wfile.write(b"X-%d: %s\r\n" % (i, b"a" * 1000))


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1)


def hanging_up(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    handler.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def test_a_good_reply_comes_back_and_nothing_but_the_request_goes_out(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_ORG_ID", "organisation")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    server.behave = said("「原文」[1]")
    assert request_reply(Endpoint(server.url, "m", key="secret"), "规则", "问题") == "「原文」[1]"
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions" and headers["authorization"] == "Bearer secret"
    assert set(headers) <= {
        "host", "authorization", "content-type", "content-length", "accept", "accept-encoding", "connection"
    }  # fmt: skip
    assert [m["content"] for m in body["messages"]] == ["规则", "问题"] and "tools" not in body and not body.get("stream")


@pytest.mark.parametrize(
    "behave",
    [
        reply(b"", 429),
        reply(b"", 500),
        reply(b'{"error": {"message": "key sk-1"}}', 401),
        reply(b"", 302, Location="http://127.0.0.1:9/elsewhere"),
        reply(b"", 307, Location="/v1/chat/completions"),
        reply(b"not json"),
        reply(b"<html>gateway</html>", Content_Type="text/html"),
        reply(b'{"choices": []}'),
        reply(b'{"choices": "x"}'),
        reply(b'{"choices": [null]}'),
        reply(b"[]"),
        reply(b"null"),
        reply(b""),
        reply(b"[" * 20_000),
        reply(b'{"choices": [{"message": {"content": "\xff\xfe\x80"}}]}'),
        said(None),
        said(""),
        said(["part"]),
        said({"text": "x"}),
        reply(gzip.compress(message("x" * 50_000_000)), Content_Encoding="gzip"),
        reply(message("x" * 1_100_000)),
        reply(b"", Content_Encoding="br, gzip"),
        endless,
        endless_headers,
        hanging_up,
    ],
)
def test_every_bad_reply_is_one_kind_of_failure(server: Server, behave: Behaviour) -> None:
    server.behave = behave
    begun = time.monotonic()
    with pytest.raises(EndpointFailed) as failure:
        request_reply(Endpoint(server.url, "m", key="secret"), "s", "u")
    assert time.monotonic() - begun < 60
    assert "secret" not in str(failure.value) and "sk-1" not in str(failure.value) and str(failure.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize("behave", [silent, dripping])
def test_one_deadline_holds_however_slowly_it_drips(server: Server, behave: Behaviour) -> None:
    server.behave = behave
    begun = time.monotonic()
    with pytest.raises(EndpointFailed, match=r"规定时间|连不上"):
        request_reply(Endpoint(server.url, "m", timeout=0.3), "s", "u")
    assert time.monotonic() - begun < 30


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(EndpointFailed, match="连不上"):
            request_reply(Endpoint(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", "m"), "s", "u")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://host/", "ftp://host", "//host/v1", "host/v1", "", "http://", "http:///v1",
        "http://user@host/v1", "http://user:pass@host/v1", "http://127.0.0.1@evil.example/v1", "http://host/v1?x=1",
        "http://host/v1#x", "http://ho st/", "http://host\\@evil/", "http://host:99999/v1",
        "http://169.254.169.254/latest", "http://[fe80::1]/v1", "http://[::ffff:169.254.169.254]/v1",
        "http://[64:ff9b::a9fe:a9fe]/v1", "http://100.100.100.200/v1", "http://[fd00:ec2::254]/v1",
        "http://metadata.google.internal/v1", "http://0.0.0.0/v1", "http://[::]/v1", "http://224.0.0.1/v1",
        "http://2130706433/v1", "http://0x7f000001/v1", "http://0x7f.1/v1", "http://0177.0.0.1/v1", "http://127.1/v1",
        "http://169.254.43518/v1", "http://１６９.254.169.254/v1", "http://主机/v1",
    ],
)  # fmt: skip
def test_addresses_that_are_never_asked(url: str) -> None:
    with pytest.raises(UsageError):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/v1",
        "http://[::1]:8000/v1",
        "http://localhost/v1",
        "https://llm.example.cn/v1",
        "http://10.1.2.3/v1",
    ],
)
def test_addresses_an_administrator_may_state(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    ("address", "wanted", "private"),
    [
        ("169.254.169.254", "元数据", False),
        ("10.0.0.5", "内网", False),
        ("127.0.0.1", "内网", False),
        ("169.254.169.254", "元数据", True),
    ],
)
def test_a_name_may_not_turn_inwards(monkeypatch: pytest.MonkeyPatch, address: str, wanted: str, private: bool) -> None:
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [entry])
    with pytest.raises(EndpointFailed, match=wanted):
        request_reply(Endpoint("http://llm.example.cn/v1", "m", private=private), "s", "u")


def test_a_name_is_looked_up_once_and_that_address_is_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    asked: list[str] = []

    def rebinding(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "llm.example.cn":
            asked.append(host)
            answer = "127.0.0.1" if len(asked) == 1 else "169.254.169.254"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    url = server.url.replace("127.0.0.1", "llm.example.cn")
    assert request_reply(Endpoint(url, "m", private=True), "s", "u") == "好"
    assert asked == ["llm.example.cn"]
    assert server.requests[0][1]["host"].startswith("llm.example.cn")


def test_kinds_of_addresses() -> None:
    assert is_private(ipaddress.ip_address("192.168.1.1")) and not is_private(ipaddress.ip_address("8.8.8.8"))
    assert refusal(ipaddress.ip_address("8.8.8.8")) is None and refusal(ipaddress.ip_address("168.63.129.16"))


def test_the_key_shows_nowhere() -> None:
    assert "geheim" not in repr(Endpoint("http://127.0.0.1/v1", "m", key="geheim"))
    for bad in ("a b", "钥匙", "a\r\nX: y"):
        with pytest.raises(UsageError) as failure:
            Endpoint("http://127.0.0.1/v1", "m", key=bad)
        assert bad not in str(failure.value)


def test_without_a_model_its_client_is_never_imported(tmp_path: Path) -> None:
    sample = tmp_path / "通知.txt"
    sample.write_text("某县人民政府关于加强供水工作的通知\n一、加强管护。各乡镇要落实管护责任。", encoding="utf-8")
    code = (
        "import socket, sys\n"
        "def no(*a, **k): raise AssertionError('a connection')\n"
        "socket.socket.connect = no\n"
        "from ui.cli import main\n"
        f"main(['--library', {str(tmp_path / 'lib')!r}, 'ingest', {str(sample)!r}])\n"
        f"main(['--library', {str(tmp_path / 'lib')!r}, 'ask', '谁落实管护责任？'])\n"
        "print('LOADED', sorted({'openai', 'httpx', 'httpx2', 'qa.language_model.transport', 'qa.language_model.endpoint', 'qa.language_model.wording'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "LOADED []" in done.stdout
