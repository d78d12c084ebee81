"""The bounded connection to an identity provider: nothing from the environment, one deadline and a byte limit for each answer.

Imports the HTTP library that Authlib uses; only ``cemai.oidc`` imports this, when a provider is configured and asked.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator

import httpx2


class BoundedTransport(httpx2.BaseTransport):
    """Sends one request after the other and takes no more of an answer than was agreed on.

    Args:
        context: Whose certificates are trusted.
        seconds: For each answer, however slowly it drips.
        largest: Bytes of an answer.
    """

    def __init__(self, context: ssl.SSLContext, seconds: float, largest: int) -> None:
        self._inner = httpx2.HTTPTransport(verify=context, trust_env=False)
        self._seconds = seconds
        self._largest = largest

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; packed answers are not asked for, as they can grow without limit."""
        until = time.monotonic() + self._seconds
        request.headers["accept-encoding"] = "identity"
        reply = self._inner.handle_request(request)
        if reply.headers.get("content-encoding", "identity") != "identity":
            reply.close()
            raise httpx2.ReadError("a packed answer")
        return httpx2.Response(
            reply.status_code,
            headers=reply.headers,
            stream=_BoundedBody(reply, until, self._largest),
            extensions=reply.extensions,
        )

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class _BoundedBody(httpx2.SyncByteStream):
    def __init__(self, reply: httpx2.Response, until: float, largest: int) -> None:
        self._reply = reply
        self._until = until
        self._left = largest

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._reply.stream, httpx2.SyncByteStream)
        for part in self._reply.stream:
            self._left -= len(part)
            if self._left < 0 or time.monotonic() > self._until:
                raise httpx2.ReadError("an answer that is too long or too slow")
            yield part

    def close(self) -> None:
        self._reply.close()
