"""Who can reach the server: what is refused at the start, TLS, and what a proxy may say."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from corpus.errors import UsageError
from tests.running import running
from ui.connections import TimedProtocol
from ui.exposure import THIS_MACHINE_ONLY, Exposure, is_trusted, plan_exposure
from ui.gate import RequestGate


def pair(folder: Path, password: bytes | None = None, name: str = "policy") -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "policy.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("policy.example"), x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    hidden = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden))
    return files


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_needs_nothing(host: str) -> None:
    assert plan_exposure(host, accounts=False) == THIS_MACHINE_ONLY == plan_exposure(host, accounts=True)


def test_others_need_accounts_and_encryption(tmp_path: Path) -> None:
    certificate, key = pair(tmp_path)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"host": "10.0.0.5", "accounts": False}, "user add"),
        ({"host": "0.0.0.0", "accounts": False}, "--certificate"),
        ({"host": "10.0.0.5", "accounts": True}, "--proxy-from"),
        ({"host": "10.0.0.5", "accounts": False, "certificate": certificate, "key": key}, "cemai user add"),
        ({"host": "127.0.0.1", "accounts": False, "proxies": ["127.0.0.1"], "names": ["policy.example"]}, "cemai user add"),
        ({"host": "10.0.0.5", "accounts": True, "certificate": certificate}, "--key"),
        ({"host": "10.0.0.5", "accounts": True, "key": key}, "--certificate"),
        ({"host": "10.0.0.5", "accounts": True, "certificate": certificate, "key": key, "proxies": ["10.0.0.2"]}, "只能用一个"),
        ({"host": "0.0.0.0", "accounts": True, "certificate": certificate, "key": key}, "--public-name"),
        ({"host": "10.0.0.5", "accounts": True, "proxies": ["10.0.0.2"]}, "--public-name"),
        ({"host": "10.0.0.5", "accounts": True, "proxies": ["10.0.0.1/24"], "names": ["a.example"]}, "--proxy-from"),
        ({"host": "10.0.0.5", "accounts": True, "proxies": ["proxy.example"], "names": ["a.example"]}, "--proxy-from"),
        ({"host": "office.example", "accounts": True, "certificate": certificate, "key": key}, "IP"),
        ({"host": "127.0.0.1", "accounts": True, "names": ["a.example"]}, "--public-name"),
        ({"host": "10.0.0.5", "accounts": True, "certificate": key, "key": certificate}, "PEM"),
        ({"host": "10.0.0.5", "accounts": True, "certificate": tmp_path / "none", "key": key}, "没有这个文件"),
    ]  # fmt: skip
    for arguments, told in refused:
        with pytest.raises(UsageError, match=told):
            plan_exposure(**arguments)
    for name in ("a b", "https://a.example/path", "a.example:443", "", "*"):
        with pytest.raises(UsageError, match="--public-name"):
            plan_exposure("10.0.0.5", accounts=True, proxies=["10.0.0.2"], names=[name])
    other = pair(tmp_path, name="other")
    with pytest.raises(UsageError, match="不能一起用"):
        plan_exposure("10.0.0.5", accounts=True, certificate=certificate, key=other[1])
    locked = pair(tmp_path, b"word", "locked")
    with pytest.raises(UsageError, match="带密码"):
        plan_exposure("10.0.0.5", accounts=True, certificate=locked[0], key=locked[1])
    made = plan_exposure("10.0.0.5", accounts=True, certificate=certificate, key=key, names=["Policy.Example"])
    assert made.secure and {"policy.example", "10.0.0.5", "127.0.0.1"} <= set(made.hosts) and made.hosts[0] == "policy.example"
    alone = plan_exposure("10.0.0.5", accounts=True, certificate=certificate, key=key)
    assert alone.hosts[0] == "10.0.0.5", "people on other machines are told where to open the page"
    assert "[fe80::5]" in plan_exposure("fe80::5", accounts=True, certificate=certificate, key=key).hosts
    behind = plan_exposure("127.0.0.1", accounts=True, proxies=["127.0.0.1", "10.0.0.0/30"], names=["https://policy.example/"])
    assert behind == Exposure(("policy.example",), (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/30")))


def test_addresses_in_any_writing() -> None:
    nets = (ip_network("10.0.0.0/30"), ip_network("fd00::/64"))
    for address in ("10.0.0.2", "::ffff:10.0.0.2", "fd00::1", "[fd00::1]"):
        assert is_trusted(address, nets), address
    for address in ("10.0.0.5", "::ffff:10.0.0.5", "fd00:1::1", "", "testclient", "10.0.0.2.evil.example"):
        assert not is_trusted(address, nets), address


def echoing(**options: Any) -> FastAPI:
    app = FastAPI()

    @app.get("/api/v1/echo")
    async def echo(request: Request) -> dict[str, Any]:
        told = {name: value for name, value in request.headers.items() if "forward" in name or "real" in name}
        return {
            "client": request.client.host if request.client else None,
            "scheme": request.url.scheme,
            "host": request.headers["host"],
            "told": told,
        }

    @app.post("/api/v1/echo")
    async def take(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(RequestGate, **options)
    return app


FORGED = {
    "x-forwarded-for": "6.6.6.6",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
    "forwarded": "for=6.6.6.6",
    "x-real-ip": "6.6.6.6",
}


def test_nobody_is_believed_without_a_declared_proxy() -> None:
    client = TestClient(echoing(hosts=("127.0.0.1",)), base_url="http://127.0.0.1")
    got = client.get("/api/v1/echo", headers=FORGED).json()
    assert got == {"client": "testclient", "scheme": "http", "host": "127.0.0.1", "told": {}}


def test_a_declared_proxy_is_believed_and_nobody_else() -> None:
    options: dict[str, Any] = {"hosts": ("policy.example",), "proxies": (ip_network("10.0.0.2/32"),), "secure": True}
    proxy = TestClient(echoing(**options), base_url="http://policy.example", client=("10.0.0.2", 5000))
    https = {"x-forwarded-proto": "https"}
    got = proxy.get("/api/v1/echo", headers={**https, "x-forwarded-for": "1.2.3.4, 9.9.9.9"})
    assert got.json() == {"client": "9.9.9.9", "scheme": "https", "host": "policy.example", "told": {}}, (
        "the address that the proxy saw"
    )
    assert got.headers["strict-transport-security"]
    assert proxy.get("/api/v1/echo", headers={**https, "x-forwarded-for": "evil\x1b[31m"}).json()["client"] == "10.0.0.2"
    assert (
        proxy.get("/api/v1/echo", headers={**https, "host": "backend:7860", "x-forwarded-host": "policy.example"}).json()["host"]
        == "policy.example"
    )
    for headers, status in (
        ({}, 403), ({"x-forwarded-proto": "http"}, 403), ({"x-forwarded-proto": "https, http"}, 403),
        ({**https, "x-forwarded-host": "evil.example"}, 421), ({**https, "host": "127.0.0.1"}, 421),
        ({**https, "origin": "http://policy.example"}, 403), ({**https, "origin": "https://policy.example"}, 200),
    ):  # fmt: skip
        assert proxy.get("/api/v1/echo", headers=headers).status_code == status, headers
    for address in ("10.0.0.3", "127.0.0.1", "testclient"):
        stranger = TestClient(echoing(**options), base_url="http://policy.example", client=(address, 5000))
        assert stranger.get("/api/v1/echo", headers={**FORGED, "x-forwarded-host": "policy.example"}).status_code == 403


def test_a_served_page_speaks_tls_and_nothing_else(tmp_path: Path) -> None:
    certificate, key = pair(tmp_path)
    with running(
        echoing(hosts=("127.0.0.1",), secure=True), http=TimedProtocol, proxy_headers=False,
        ssl_certfile=certificate, ssl_keyfile=key,
    ) as port:  # fmt: skip
        context = ssl.create_default_context(cafile=str(certificate))
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as line,
            context.wrap_socket(line, server_hostname="127.0.0.1") as safe,
        ):
            safe.sendall(f"GET /api/v1/echo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            told = b""
            while part := safe.recv(65_536):
                told += part
            assert safe.version() in ("TLSv1.2", "TLSv1.3")
        assert told.startswith(b"HTTP/1.1 200") and b"strict-transport-security" in told.lower() and b'"scheme":"https"' in told
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(f"GET /api/v1/echo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            assert b"200" not in line.recv(65_536)
        old = ssl.create_default_context(cafile=str(certificate))
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line, pytest.raises((ssl.SSLError, ConnectionError)):
            old.wrap_socket(line, server_hostname="127.0.0.1")
