"""The bounded connection to a language model: pinned address, one deadline, a byte limit, nothing from the environment.

Imports the HTTP libraries of ``openai``; only ``qa.language_model.chat`` imports this, when a model is configured and asked.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from qa.language_model.endpoint import LONGEST_REPLY, Endpoint, is_private, refusal

# what openai adds about machine, language and version is nobody's business
_SENT = frozenset({"host", "authorization", "content-type", "content-length", "accept", "connection"})


class Refused(httpx2.TransportError):
    """A limit of ours was hit; the text is Chinese."""


class _Stream(httpcore2.NetworkStream):
    """A connection that has to be done by a deadline and within a number of bytes, however slowly it drips."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: float, limit: int) -> None:
        self._inner = inner
        self._deadline = deadline
        self._left = limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, remaining(self._deadline))
        self._left -= len(data)
        if self._left < 0:
            raise Refused("模型的回复过长")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, remaining(self._deadline))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, remaining(self._deadline))
        return _Stream(inner, self._deadline, self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    """Connects to the configured host only, at the very address that was checked."""

    def __init__(self, endpoint: Endpoint, deadline: float) -> None:
        self._endpoint = endpoint
        self._deadline = deadline
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        address = resolved(host, port, self._endpoint)
        inner = self._inner.connect_tcp(address, port, timeout=remaining(self._deadline), socket_options=socket_options)
        return _Stream(inner, self._deadline, LONGEST_REPLY)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.NetworkStream:
        raise Refused("模型的地址只能是 http 或 https 网址")


class _Body(httpx2.SyncByteStream):
    def __init__(self, inner: Iterable[bytes]) -> None:
        self._inner = inner

    def __iter__(self) -> Any:
        try:
            yield from self._inner
        except httpcore2.TimeoutException as error:
            raise httpx2.ReadTimeout("") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise httpx2.ReadError("") from error

    def close(self) -> None:
        close = getattr(self._inner, "close", None)
        if close is not None:
            close()


class Transport(httpx2.BaseTransport):
    """One request over one connection of its own."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        parts = urlsplit(endpoint.url)
        self._host = (parts.hostname or "").lower()
        self._pool: httpcore2.ConnectionPool | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request if it goes to the configured host; refuse packed replies, which can grow without limit."""
        if request.url.host.lower() != self._host:
            raise Refused("请求不是发往配置的主机")
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl.create_default_context() if request.url.scheme == "https" else None,
            network_backend=_Backend(self._endpoint, time.monotonic() + self._endpoint.timeout),
        )
        headers = [(name, value) for name, value in request.headers.raw if name.decode().lower() in _SENT]
        if not self._endpoint.key:
            headers = [(name, value) for name, value in headers if name.lower() != b"authorization"]
        sent = httpcore2.Request(
            request.method,
            httpcore2.URL(
                scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
            ),
            headers=[*headers, (b"Accept-Encoding", b"identity")],
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            got = self._pool.handle_request(sent)
        except httpcore2.TimeoutException as error:
            raise httpx2.ReadTimeout("") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise httpx2.ConnectError("") from error
        if any(name.lower() == b"content-encoding" and value.strip().lower() != b"identity" for name, value in got.headers):
            got.close()
            raise Refused("模型的回复是压缩的，未解开")
        return httpx2.Response(got.status, headers=got.headers, stream=_Body(got.stream))  # type: ignore[arg-type]

    def close(self) -> None:
        """Close the connection."""
        if self._pool is not None:
            self._pool.close()


def client(endpoint: Endpoint) -> httpx2.Client:
    """The client ``openai`` is given: no proxy or certificate settings of the environment, no redirect."""
    return httpx2.Client(
        transport=Transport(endpoint), trust_env=False, follow_redirects=False, timeout=httpx2.Timeout(endpoint.timeout)
    )


def resolved(host: str, port: int, endpoint: Endpoint) -> str:
    """The address to connect to: all that a name stands for must be allowed, so that none can be slipped in between."""
    try:
        found = [info[4][0] for info in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise Refused("找不到模型的主机") from error
    for text in found:
        address = ipaddress.ip_address(str(text).partition("%")[0])
        if (reason := refusal(address)) is not None:
            raise Refused(f"模型的主机不能用：{reason}")
        if is_private(address) and not (endpoint.private or endpoint.stated):
            raise Refused("模型的主机名指向内网地址；确实如此时请在配置里写 private = true")
    return str(found[0])


def remaining(deadline: float) -> float:
    """The seconds left, or a timeout."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("")
    return left
