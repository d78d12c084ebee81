"""An identity provider of a few lines on this machine: speaks OpenID Connect as one should, or with one fault that a test asks for.

It signs with joserfc. Whoever comes to ``/authorize`` is ``person`` and agrees, unless ``agrees`` is false.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

CLIENT, SECRET = "cemai", "Juniper:%2F secret"
Twist = Callable[["OidcServer", dict[str, Any]], str]


class OidcServer(ThreadingHTTPServer):
    """The provider. ``twist`` makes the token in place of ``sign`` where a test wants a wrong one; ``calls`` are what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        from joserfc.jwk import RSAKey

        super().__init__(("127.0.0.1", 0), OidcConversation)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}/realms/office"
        self.key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        self.person: dict[str, Any] = {"sub": "u-1001", "preferred_username": "李四", "groups": ["staff"]}
        self.agrees = True
        self.secret = SECRET
        self.methods = ["client_secret_basic"]
        self.twist: Twist | None = None
        self.metadata: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.calls: list[str] = []

    def claims(self, nonce: str) -> dict[str, Any]:
        """What a right token says."""
        now = int(time.time())
        return {"iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce, **self.person}

    def sign(self, claims: dict[str, Any], key: Any = None, algorithm: str = "RS256") -> str:
        """A token."""
        from joserfc import jwt

        key = key or self.key
        header = {"alg": algorithm, **({"kid": key.kid} if key.kid else {})}
        return str(jwt.encode(header, claims, key, algorithms=[algorithm]))

    def handle_error(self, *_: Any) -> None:
        """Who hangs up has a reason."""


class OidcConversation(BaseHTTPRequestHandler):
    server: OidcServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = parts.path.removeprefix("/realms/office"), {k: v[0] for k, v in parse_qs(parts.query).items()}
        self.server.calls.append(path)
        own = self.server.issuer
        if path == "/.well-known/openid-configuration":
            self.reply(200, {
                "issuer": own, "authorization_endpoint": f"{own}/authorize", "token_endpoint": f"{own}/token", "jwks_uri": f"{own}/keys",
                "id_token_signing_alg_values_supported": ["RS256"], "token_endpoint_auth_methods_supported": self.server.methods,
            } | self.server.metadata)  # fmt: skip
        elif path == "/keys":
            self.reply(200, {"keys": [self.server.key.as_dict(private=False)]})
        elif path == "/authorize":
            self.authorize(query)
        else:
            self.reply(404, {"error": "not_found"})

    def do_POST(self) -> None:
        self.server.calls.append("/token")
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        kept = self.server.codes.pop(form.get("code", ""), None)  # a code is good for one time
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        )
        if self.client(form) != (CLIENT, self.server.secret):
            self.reply(401, {"error": "invalid_client"})
        elif kept is None or kept["redirect_uri"] != form.get("redirect_uri") or kept["code_challenge"] != challenge:
            self.reply(400, {"error": "invalid_grant"})
        else:
            claims = self.server.claims(kept["nonce"])
            token = self.server.twist(self.server, claims) if self.server.twist else self.server.sign(claims)
            self.reply(200, {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def client(self, form: dict[str, str]) -> tuple[str, str]:
        if "client_secret_post" in self.server.methods:
            return form.get("client_id", ""), form.get("client_secret", "")
        name, _, secret = base64.b64decode(self.headers.get("authorization", "Basic ").partition(" ")[2]).decode().partition(":")
        return (name, secret) if secret == self.server.secret else (unquote(name), unquote(secret))

    def authorize(self, query: dict[str, str]) -> None:
        wanted = {"client_id": CLIENT, "response_type": "code", "code_challenge_method": "S256"}
        missing = {"redirect_uri", "state", "nonce", "code_challenge"} - query.keys()
        if missing or any(query.get(name) != value for name, value in wanted.items()) or "openid" not in query["scope"].split():
            self.reply(400, {"error": "invalid_request"})
            return
        code = secrets.token_urlsafe(16)
        self.server.codes[code] = query
        answer = {"code": code} if self.server.agrees else {"error": "access_denied", "error_description": "<b>no</b>"}
        self.send_response(302)
        self.send_header("location", f"{query['redirect_uri']}?{urlencode(answer | {'state': query['state']})}")
        self.send_header("content-length", "0")
        self.end_headers()

    def reply(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def saying_in(changed: dict[str, Any]) -> Twist:
    """Makes tokens with claims that are other than they should be; None leaves one out."""

    def make(server: OidcServer, claims: dict[str, Any]) -> str:
        return server.sign({name: value for name, value in (claims | changed).items() if value is not None})

    return make


@contextmanager
def serving_oidc() -> Iterator[OidcServer]:
    """The provider while the block runs."""
    server = OidcServer()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def unsigned(claims: dict[str, Any], algorithm: str = "none", kid: str | None = None) -> str:
    """A token without a signature, which says by which algorithm it is signed."""
    parts = ({"alg": algorithm, "typ": "JWT", **({"kid": kid} if kid else {})}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."
