"""Every route of the running application × every role × nobody: a route without a rule fails, and nothing is open by oversight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route

from cemai.accounts import ROLES, Accounts
from ui.accounts.rights import RULES, find_rule
from ui.gate import _PAGE_ROUTES
from ui.server import PageMount

OPEN = {
    ("GET", "/sign-in"),
    ("GET", "/sign-in/oidc"),
    ("GET", "/sign-in/oidc/back"),
    ("POST", "/sign-in"),
    ("GET", "/favicon.ico"),
    ("GET", "/robots.txt"),
    ("GET", "/api/v1/health"),
}
VALUES = {
    "id": "none",
    "number": "1",
    "kind": "tasks",
    "name": "none",
    "rest": "none",
    "path": "none",
    "session_hash": "w0",
    "token": "1",
}


def routes_of(found: list[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    for route in found:
        if (router := getattr(route, "original_router", None)) is not None:  # one that was included
            yield from routes_of(router.routes, before + route.include_context.prefix)
        elif isinstance(route, Mount):
            inner = [] if isinstance(route.app, PageMount) else getattr(route.app, "routes", [])
            yield from routes_of(inner, before + route.path)
            yield "GET", f"{before}{route.path}/none"
        elif isinstance(route, (APIRoute, Route)):
            for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, before + route.path


def filled(template: str) -> str:
    import re

    return re.sub(r"\{(\w+)(?::path)?\}", lambda found: VALUES.get(found[1], "none"), template)


def own_routes(app: FastAPI) -> list[tuple[str, str]]:
    """The routes that are ours, as the application has them."""
    return sorted(
        {one for one in routes_of(app.routes) if one[1] not in ("/api/v1/{rest:path}",) and not one[1].startswith("/none")}
    )


def page_routes(app: FastAPI) -> list[tuple[str, str]]:
    """The routes that Gradio brings."""
    page = next(route.app for route in app.routes if isinstance(route, Mount) and isinstance(route.app, PageMount))
    return sorted(set(routes_of(page._built().routes)))


def test_every_route_of_ours_has_a_rule_and_every_rule_a_route(app: FastAPI) -> None:
    ours = [one for one in own_routes(app) if one[1] not in ("", "/none")]
    assert len(ours) > 40
    without = [(method, path) for method, path in ours if find_rule(method, filled(path)) is None]
    assert without == []
    known = {(method, filled(path)) for method, path in (*ours, *page_routes(app))}
    unused = [rule for rule in RULES if (rule.method, filled(rule.template)) not in known]
    # these are files of the page, served by routes with other parameters
    assert [
        rule.template
        for rule in unused
        if not rule.template.startswith(("/assets", "/static", "/gradio_api", "/theme", "/robots", "/favicon"))
    ] == []


@pytest.mark.slow
def test_every_route_times_every_role(app: FastAPI, accounts: Accounts, visit: Any, capsys: pytest.CaptureFixture[str]) -> None:
    callers = {"nobody": visit(), **{role: visit(role) for role in ROLES}}
    table: list[str] = []
    wrong: list[str] = []
    paths = [*own_routes(app), *page_routes(app)]
    assert len(paths) > 90
    # what ends the session of whoever asks comes last
    for method, template in sorted(paths, key=lambda one: one[1] == "/sign-out"):
        path = filled(template)
        rule = find_rule(method, path)
        offered = path.startswith("/api/") or bool((known := _PAGE_ROUTES.get(method)) and known.fullmatch(path))
        statuses = {}
        for name, client in callers.items():
            if (method, path) == ("GET", "/gradio_api/queue/data") or path.startswith("/gradio_api/heartbeat"):
                statuses[name] = None if name != "nobody" else client.request(method, path).status_code
                continue
            got = client.request(
                method,
                path,
                headers={"sec-fetch-dest": "empty"},
                json={} if method in ("POST", "PATCH") and path.startswith("/api/") else None,
            )
            statuses[name] = got.status_code
        table.append(f"{method:7}{template:50}{statuses}")
        for name, status in statuses.items():
            if status is None:
                continue
            rights = ROLES.get(name, frozenset())
            if not offered:
                allowed = status == 404
            elif rule is None:
                allowed = status in (401, 404)
            elif rule.right is None:
                allowed = (method, path) in OPEN and status not in (403,) and (status != 401 or path == "/sign-in")
            elif rule.right in rights:
                allowed = status not in (401, 403)
            elif name == "nobody":
                allowed = status == 401
            else:
                allowed = status == 403 or (path == "/" and status == 303)
            if not allowed:
                wrong.append(f"{name}: {method} {path} -> {status}")
    with capsys.disabled():
        pass
    assert wrong == [], "\n".join(table)


def test_nobody_gets_nothing_out_of_odd_paths(accounts: Accounts, visit: Any) -> None:
    client = visit()
    for path in (
        "/api/v1/documents/", "/api/v1//documents", "/api/v1/%64ocuments", "/API/v1/documents", "/api/v1/health/../documents",
        "/sign-in/../api/v1/documents", "/api/v1/documents?x=/sign-in", "/%2e/api/v1/documents", "/api/v1/documents%2f", "//api/v1/documents",
        "/api/v1/documents;/sign-in", "/favicon.ico/../api/v1/tasks",
    ):  # fmt: skip
        got = client.get(f"http://127.0.0.1:7860{path}", headers={"sec-fetch-dest": "empty"})
        assert got.status_code in (401, 404), (path, got.status_code)
        assert "河道" not in got.text
    for method in ("HEAD", "OPTIONS", "PUT", "TRACE", "PROPFIND"):
        assert client.request(method, "/api/v1/documents").status_code in (401, 404, 405)
