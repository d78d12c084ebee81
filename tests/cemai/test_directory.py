"""Sign-in by the directory of an office, against a server of a few lines that speaks LDAP over a socket."""

from __future__ import annotations

import datetime as dt
import socketserver
import ssl
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from cemai import settings
from cemai.accounts import Accounts, NotAllowed, TooManyAttempts, local_actor
from cemai.directory import IN_DIRECTORY, Directory, DirectoryUnavailable, LdapDirectory
from corpus.errors import UsageError
from corpus.store.accounts import AccountStore
from ui.cli import main

PEOPLE = "uid={name},ou=people,dc=example,dc=cn"
PASSWORD = "Mulberry-42-river"
KNOWN = {
    (PEOPLE.format(name="李四"), PASSWORD): 0,
    ("李四@example.cn", PASSWORD): 0,
    (PEOPLE.format(name="busy"), PASSWORD): 51,
}


class LdapServer(socketserver.ThreadingTCPServer):
    """Answers binds: 0 for a known name and password, 49 (invalidCredentials) for others; what it was sent is in ``binds``."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), LdapConversation)
        self.tls = tls
        self.binds: list[tuple[str, str]] = []

    def get_request(self) -> Any:
        connection, address = super().get_request()
        return (self.tls.wrap_socket(connection, server_side=True) if self.tls else connection), address

    def handle_error(self, *_: Any) -> None:
        """A client that does not trust the certificate hangs up."""


class LdapConversation(socketserver.BaseRequestHandler):
    server: LdapServer

    def handle(self) -> None:
        while data := self.request.recv(8192):
            _, message, _ = read_value(data)
            _, number, rest = read_value(message)
            kind, operation, _ = read_value(rest)
            if kind != 0x60:  # only binds are answered
                return
            _, _, rest = read_value(operation)
            _, name, rest = read_value(rest)
            _, password, _ = read_value(rest)
            bind = name.decode(), password.decode()
            self.server.binds.append(bind)
            code = KNOWN.get(bind, 49 if bind[1] else 0)  # without a password anybody may bind, as servers mostly are set
            self.request.sendall(bytes([0x30, 10 + len(number) + 1, 2, len(number), *number, 0x61, 7, 10, 1, code, 4, 0, 4, 0]))


def read_value(data: bytes) -> tuple[int, bytes, bytes]:
    """The tag and content of a value in BER, and what follows it."""
    size, at = data[1], 2
    if size & 0x80:
        size, at = int.from_bytes(data[2 : 2 + (size & 0x7F)], "big"), 2 + (size & 0x7F)
    return data[0], data[at : at + size], data[at + size :]


def serve(server: LdapServer) -> Iterator[LdapServer]:
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def server() -> Iterator[LdapServer]:
    pytest.importorskip("ldap3", reason="sign-in by a directory is not installed: pip install -r requirements-ldap.lock")
    yield from serve(LdapServer())


@pytest.fixture
def accounts(tmp_path: Path, server: LdapServer) -> Iterator[Accounts]:
    with AccountStore.of_library(tmp_path, create=True) as store:  # type: ignore[union-attr]
        made = Accounts(store, lambda: at(server))
        made.add(local_actor("test"), "admin", "admin", "Chestnut-9-bridge")
        made.add(local_actor("test"), "李四", "reader", None, elsewhere=IN_DIRECTORY)
        made.add(local_actor("test"), "busy", "reader", None, elsewhere=IN_DIRECTORY)
        made.add(local_actor("test"), "robot", "reader", None)
        yield made


def at(server: LdapServer, user: str = PEOPLE, **options: Any) -> LdapDirectory:
    return LdapDirectory(f"ldap://127.0.0.1:{server.server_address[1]}", user, timeout=2.0, **options)


@pytest.mark.parametrize(
    ("user", "name", "password", "right", "sent"),
    [
        (PEOPLE, "李四", PASSWORD, True, PEOPLE.format(name="李四")),
        (PEOPLE, "李四", "wrong", False, PEOPLE.format(name="李四")),
        (PEOPLE, "李四", "", False, None),
        (PEOPLE, "李四,ou=people", PASSWORD, False, PEOPLE.format(name=r"李四\,ou\=people")),
        (PEOPLE, "", PASSWORD, False, None),
        ("{name}@example.cn", "李四", PASSWORD, True, "李四@example.cn"),
        ("{name}@example.cn", "李四@other.cn", PASSWORD, False, None),
        ("{name}@example.cn", "DOMAIN\\李四", PASSWORD, False, None),
    ],
)
def test_a_directory_is_asked(server: LdapServer, user: str, name: str, password: str, right: bool, sent: str | None) -> None:
    assert at(server, user).proves(name, password) is right
    assert [name for name, _ in server.binds] == ([sent] if sent else [])


def test_a_directory_that_does_not_answer_is_not_a_wrong_password(server: LdapServer) -> None:
    with pytest.raises(DirectoryUnavailable, match="51"):
        at(server).proves("busy", PASSWORD)
    with pytest.raises(DirectoryUnavailable, match=r"TLS|连不上"):
        LdapDirectory(f"ldap://127.0.0.1:{server.server_address[1]}", PEOPLE, start_tls=True, timeout=1.0).proves(
            "李四", PASSWORD
        )
    server.shutdown()
    server.server_close()
    with pytest.raises(DirectoryUnavailable, match="连不上"):
        at(server).proves("李四", PASSWORD)
    assert PASSWORD not in [password for name, password in server.binds if "李四" in name], "no password before TLS"


def test_accounts_sign_in_by_it(accounts: Accounts, server: LdapServer) -> None:
    caller = accounts.of_session(accounts.sign_in(" 李四 ", PASSWORD, "10.0.0.1"))
    assert caller is not None and caller.name == "李四"
    for name, password in (("李四", "wrong"), ("李四", ""), ("李四", "{SASL}"), ("robot", ""), ("nobody", PASSWORD)):
        with pytest.raises(NotAllowed):
            accounts.sign_in(name, password, "10.0.0.2")
    assert accounts.of_session(accounts.sign_in("admin", "Chestnut-9-bridge", "10.0.0.3")) is not None
    assert {name for name, _ in server.binds} == {PEOPLE.format(name="李四")}, "nobody else is asked for there"


def test_tries_are_counted_and_noted(accounts: Accounts, server: LdapServer) -> None:
    for _ in range(5):
        with pytest.raises(NotAllowed):
            accounts.sign_in("李四", "wrong", "10.0.0.1")
    with pytest.raises(TooManyAttempts):
        accounts.sign_in("李四", PASSWORD, "10.0.0.1")
    assert len(server.binds) == 5, "the sixth is not sent"
    with pytest.raises(DirectoryUnavailable):
        accounts.sign_in("busy", PASSWORD, "10.0.0.1")
    results = [(entry.who, entry.result) for entry in accounts.store.entries() if entry.action == "sign-in"]
    assert ("busy", "unavailable") in results and ("李四", "throttled") in results


def test_a_disabled_account_is_not_asked_for(accounts: Accounts, server: LdapServer) -> None:
    accounts.disable(local_actor("test"), accounts.get("李四"))
    with pytest.raises(NotAllowed):
        accounts.sign_in("李四", PASSWORD, "10.0.0.1")
    with pytest.raises(NotAllowed, match="目录"):
        accounts.verify_password(accounts.get("李四"), PASSWORD, "10.0.0.1")
    assert server.binds == []


def test_without_a_directory_its_accounts_stay_outside(accounts: Accounts) -> None:
    none: Directory | None = None
    with pytest.raises(DirectoryUnavailable):
        Accounts(accounts.store, lambda: none).sign_in("李四", PASSWORD, "10.0.0.1")


@pytest.mark.slow
def test_a_certificate_that_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    pytest.importorskip("ldap3", reason="sign-in by a directory is not installed: pip install -r requirements-ldap.lock")
    certificate, key = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    for server in serve(LdapServer(context)):
        address = f"ldaps://127.0.0.1:{server.server_address[1]}"
        assert LdapDirectory(address, PEOPLE, str(certificate), timeout=3.0).proves("李四", PASSWORD)
        server.binds.clear()
        with pytest.raises(DirectoryUnavailable):
            LdapDirectory(address, PEOPLE, timeout=3.0).proves("李四", PASSWORD)
        assert server.binds == []


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own for 127.0.0.1, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('url = "ldap://dc.example.cn"\nuser = "uid={name}"', "明文"),
        ('url = "https://dc.example.cn"\nuser = "uid={name}"', "ldaps://"),
        ('url = "ldaps://dc.example.cn"\nuser = "uid=me"', "{name}"),
        ('url = "ldaps://dc.example.cn"\nuser = "uid={name}"\nstart_tls = "yes"', "start_tls"),
        ('url = "ldaps://dc.example.cn"\nuser = "uid={name}"\npassword = "x"', "password"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, said: str) -> None:
    monkeypatch.setenv("CEMAI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text(f"[ldap]\n{written}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        settings.directory()


def test_the_command_adds_an_account_of_the_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CEMAI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    lib = str(tmp_path / "lib")
    with AccountStore.of_library(tmp_path / "lib", create=True) as store:  # type: ignore[union-attr]
        Accounts(store).add(local_actor("test"), "admin", "admin", "Chestnut-9-bridge")
    command = ["--library", lib, "user", "add", "李四", "--role", "reader", "--directory"]
    assert main(command) != 0 and "[ldap]" in capsys.readouterr().err
    (tmp_path / "config.toml").write_text(f'[ldap]\nurl = "ldaps://dc.example.cn"\nuser = "{PEOPLE}"\n', encoding="utf-8")
    assert main(command) == 0
