"""What each route asks of whoever calls 路由权限: a route without a row is open to nobody.

``tests/ui/accounts/test_routes.py`` reads the routes from the running application and holds them against this table.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from cemai.accounts import Right


class RouteRule(NamedTuple):
    """What the route of a method and a template asks for; None: nothing, it is open to everybody."""

    method: str
    template: str
    right: Right | None


def _rules(method: str, right: Right | None, *templates: str) -> tuple[RouteRule, ...]:
    return tuple(RouteRule(method, template, right) for template in templates)


API = "/api/v1"
SIGN_IN, SIGN_OUT, ACCOUNT, PASSWORD, AUDIT = "/sign-in", "/sign-out", "/account", "/account/password", "/audit"
ACCOUNTS = "/accounts"
LIBRARY = "/account/library"
PROVIDER, PROVIDER_BACK = "/sign-in/oidc", "/sign-in/oidc/back"
_PLACES = re.compile(rf"/|{ACCOUNT}|{AUDIT}|{ACCOUNTS}(?:/[0-9]{{1,9}})?")

RULES: tuple[RouteRule, ...] = (
    *_rules("GET", None, SIGN_IN, PROVIDER, PROVIDER_BACK, "/favicon.ico", "/robots.txt", f"{API}/health"),
    *_rules("POST", None, SIGN_IN),
    *_rules("GET", Right.SIGNED_IN, ACCOUNT),
    *_rules("POST", Right.SIGNED_IN, SIGN_OUT, PASSWORD, LIBRARY),
    *_rules("GET", Right.AUDIT, AUDIT, f"{API}/audit"),
    *_rules("GET", Right.ACCOUNTS, ACCOUNTS, f"{ACCOUNTS}/{{number}}"),
    *_rules("POST", Right.ACCOUNTS, ACCOUNTS, *(f"{ACCOUNTS}/{{number}}/{act}" for act in (
        "role", "password", "state", "sign-out", "libraries", "tokens", "tokens/{token}",
    ))),
    # the page
    *_rules("GET", Right.READ, "/", "/theme.css", "/assets/{rest:path}", "/static/{rest:path}"),
    *_rules("GET", Right.READ, "/gradio_api/queue/data", "/gradio_api/heartbeat/{session_hash}"),
    *_rules("POST", Right.READ, "/gradio_api/run/predict", "/gradio_api/run/predict/", "/gradio_api/queue/join"),
    # what is read
    *_rules("GET", Right.READ, *(f"{API}/{path}" for path in (
        "openapi.json", "search", "search/documents", "ask", "answers/{id}", "compare", "compare/documents", "compare/consistency", "eligible", "tasks", "targets", "facts", "facts/{kind}",
        "graph", "graph/duties", "graph/units", "graph/partners", "graph/years", "graph/coverage", "graph/lineage",
        "graph/indicators", "graph/alike", "graph/chain", "graph/path", "graph/timeline", "study/brief", "study/paper", "documents", "documents/{id}", "documents/{id}/text",
        "documents/{id}/original", "documents/{id}/history", "imports", "doubts", "due", "today", "incoming", "documents/{id}/pages/{number}", "dossiers", "dossiers/{name}",
    ))),
    *_rules("POST", Right.READ, *(f"{API}/{path}" for path in ("search", "ask", "compare", "eligible"))),
    *_rules("POST", Right.OWN, f"{API}/answers/{{id}}/feedback"),
    # what is changed
    *_rules("GET", Right.EDIT, *(f"{API}/{path}" for path in ("corrections", "study/scores", "study/overview", "due/states"))),
    *_rules("POST", Right.EDIT, *(f"{API}/{path}" for path in (
        "documents", "imports", "documents/{id}/split", "documents/{id}/join", "due/{document}/{task}",
    ))),
    *_rules("PATCH", Right.EDIT, f"{API}/documents/{{id}}"),
    *_rules("DELETE", Right.EDIT, f"{API}/imports", f"{API}/corrections/{{number}}", f"{API}/due/states/{{entry}}"),
    *_rules("GET", Right.MANAGE, f"{API}/backups"),
    *_rules("POST", Right.MANAGE, f"{API}/backups"),
)  # fmt: skip


def is_place(path: str) -> bool:
    """Whether a path is that of a page that people open, so that they are led to sign in and from there back to it."""
    return _PLACES.fullmatch(path) is not None


def local_address(address: str) -> str:
    """An address of this server to go on to, or its first page for anything that may lead elsewhere."""
    plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and is_place(address.partition("?")[0]) else "/"


def find_rule(method: str, path: str) -> RouteRule | None:
    """The rule of a call; None where no row of the table is about it.

    Example: ``find_rule("GET", "/api/v1/documents/a1b2").right`` is ``Right.READ``.
    """
    asked = "GET" if method == "HEAD" else method
    for pattern, rule in _compiled():
        if rule.method == asked and pattern.fullmatch(path):
            return rule
    return None


@cache
def _compiled() -> list[tuple[re.Pattern[str], RouteRule]]:
    # rows without a parameter first: /facts before /facts/{kind}
    ordered = sorted(RULES, key=lambda rule: rule.template.count("{"))
    return [(_pattern(rule.template), rule) for rule in ordered]


def _pattern(template: str) -> re.Pattern[str]:
    """The paths of a template, as the router of the application reads it."""
    parts = re.split(r"(\{\w+(?::path)?\})", template)
    return re.compile("".join(
        (".+" if part.endswith(":path}") else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts
    ))  # fmt: skip
