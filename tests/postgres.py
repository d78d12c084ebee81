"""A server of PostgreSQL for tests, started from what the machine has; nothing of it is left afterwards.

``make test-postgres`` runs what is asked of either store; ``python -m tests.postgres COMMAND …`` runs a command beside an empty
database, whose address is in ``CEMAI_LIBRARY``.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

Place = Path | str
"""Where a library is: a folder, or the address of a database."""
PLACES = (*os.environ.get("PATH", "").split(os.pathsep), *map(str, Path("/usr/lib/postgresql").glob("*/bin")))


def why_not() -> str | None:
    """Why no server can be started here; None where one can."""
    if find_spec("psycopg") is None:
        return "psycopg is not installed (pip install -r requirements-postgres.lock)"
    if _find("initdb") is None or _find("postgres") is None:
        return "no PostgreSQL server is installed"
    if os.name == "nt":
        return "the server is started on POSIX systems only"
    return None


@contextmanager
def running_server() -> Iterator[str]:
    """While the block runs a server listens on loopback; yields its address without a database, ``postgresql://cemai@…:port``."""
    user = {"user": "nobody"} if os.geteuid() == 0 else {}  # the server refuses to run as root
    with tempfile.TemporaryDirectory(prefix="cemai-pg-", ignore_cleanup_errors=True) as home:
        if user:
            shutil.chown(home, "nobody")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        data = f"{home}/data"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home, **user}
        made = [_find("initdb"), "-D", data, "-U", "cemai", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(made, check=True, **quiet)  # type: ignore[call-overload]
        settings = ["listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={home}", "fsync=off"]
        options = [part for setting in settings for part in ("-c", setting)]
        server = subprocess.Popen([_find("postgres"), "-D", data, *options], **quiet)  # type: ignore[call-overload]
        try:
            address = f"postgresql://cemai@127.0.0.1:{port}"
            _wait(address)
            yield address
        finally:
            server.terminate()
            server.wait(20)


def make_database(server: str, name: str) -> str:
    """Make an empty database, and return its address."""
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as db:
        db.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        db.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


def _wait(address: str) -> None:
    import time

    import psycopg

    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"{address}/postgres").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _find(name: str) -> str | None:
    return next((found for place in PLACES if (found := shutil.which(name, path=place))), None)


if __name__ == "__main__":
    if reason := why_not():
        sys.exit(reason)
    with running_server() as server:
        variables = {**os.environ, "CEMAI_LIBRARY": make_database(server, "cemai")}
        sys.exit(subprocess.run(sys.argv[1:], env=variables).returncode)
