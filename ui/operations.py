"""The address for those who run servers 运维地址: ``/health`` and ``/metrics``, apart from the one that people use.

It tells numbers, no words of documents and no names, and asks for no account: it is for a network that only the administrators'
programs are in.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from ui.desk.metrics import CONTENT_TYPE, Metrics

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class OperationsServer:
    """Serves ``/health`` (200, or 503 where the library cannot be had) and ``/metrics``. Use as a context manager.

    Args:
        address: Where, as ``host:port``.
        health: What is told of the process; ``status`` is ``ok`` or what is wrong.
        metrics: What was counted.
        gauges: Values of the moment by their names.
    """

    def __init__(
        self, address: str, health: Callable[[], Mapping[str, Any]], metrics: Metrics, gauges: Callable[[], Mapping[str, float]]
    ) -> None:
        """Listen. Raises ``UsageError`` where the address cannot be one, or is taken."""
        host, _, port = address.rpartition(":")

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/health":
                    told = health()
                    self._send(200 if told["status"] == "ok" else 503, "application/json", json.dumps(told))
                elif self.path == "/metrics":
                    self._send(200, CONTENT_TYPE, metrics.write(gauges()))
                else:
                    self._send(404, "text/plain", "")

            def _send(self, status: int, kind: str, body: str) -> None:
                data = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *values: Any) -> None:
                """Nothing: it is asked every few seconds."""

        try:
            if not host or not 1 <= int(port) <= 65535:
                raise ValueError(port)
            self._server = ThreadingHTTPServer((host.strip("[]"), int(port)), Handler)
        except (ValueError, OSError) as error:
            raise UsageError(
                f"运维地址 {address} 不可用。请写成 地址:端口，如 127.0.0.1:9100，端口不要与别的程序相同。"
            ) from error
        self._server.daemon_threads = True

    def __enter__(self) -> OperationsServer:
        threading.Thread(target=self._server.serve_forever, name="operations", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class CountedResponses:
    """An application whose replies are counted by their status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.count_response(message["status"])
            await send(message)

        await self._app(scope, receive, counted)


class JsonLines(logging.Formatter):
    """Each record of the log as one line of JSON: ``{"time": …, "level": …, "logger": …, "message": …}``."""

    def format(self, record: logging.LogRecord) -> str:
        """As ``logging.Formatter.format``."""
        told = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def log_as_json(level: int = logging.INFO) -> None:
    """Write the log of the program to the standard error stream, a line of JSON for each record."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("cemai").setLevel(level)
