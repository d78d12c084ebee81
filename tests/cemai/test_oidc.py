"""Sign-in by an identity provider, against a small one on this machine: what a token must be, and whose account it opens."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener

import pytest

from cemai import settings
from cemai.accounts import Accounts, NotAllowed, local_actor, sign_in_means
from cemai.oidc import AT_PROVIDER, OidcProvider, ProvidedIdentity, ProviderRefusal, ProviderUnavailable
from corpus.errors import UsageError
from corpus.store.accounts import AccountStore
from tests.oidc_server import CLIENT, SECRET, OidcServer, Twist, saying_in, serving_oidc, unsigned
from ui.cli import main

ME = local_actor("test")
BACK = "http://127.0.0.1:7860/sign-in/oidc/back"
OWN = "s" * 43


@pytest.fixture(scope="module")
def running() -> Iterator[OidcServer]:
    pytest.importorskip("authlib", reason="sign-in by OIDC is not installed: pip install -r requirements-oidc.lock")
    with serving_oidc() as server:
        yield server


@pytest.fixture
def server(running: OidcServer) -> OidcServer:
    running.twist, running.agrees, running.metadata, running.methods = None, True, {}, ["client_secret_basic"]
    running.secret, running.person = SECRET, {"sub": "u-1001", "preferred_username": "李四", "groups": ["staff"]}
    running.calls.clear()
    return running


def at(server: OidcServer, **options: Any) -> OidcProvider:
    """The provider, freshly asked for its addresses: no two settings of the tests are equal."""
    return OidcProvider(server.issuer, CLIENT, **({"client_secret": SECRET, "timeout": 2.0 + time.monotonic() % 1} | options))


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def visit(address: str) -> dict[str, str]:
    """What a browser brings back from the provider."""
    from urllib.error import HTTPError
    from urllib.parse import parse_qsl, urlsplit

    try:
        build_opener(NoRedirect).open(address, timeout=5)
    except HTTPError as error:
        assert error.code == 302, error.read()
        location = error.headers["location"]
        assert location.startswith(f"{BACK}?")
        return dict(parse_qsl(urlsplit(location).query))
    raise AssertionError("not sent back")


def identify(provider: OidcProvider, **changed: str) -> ProvidedIdentity:
    return provider.identify(BACK, OWN, visit(provider.authorization_url(BACK, OWN)) | changed)


def test_who_comes_back_is_known(server: OidcServer) -> None:
    provider = at(server)
    found = identify(provider)
    assert (found.name, found.groups) == ("李四", {"staff"}) and len(found.mark) == 64
    server.person = {"sub": "u-1001", "preferred_username": "李四四", "groups": "staff"}
    again = identify(provider)
    assert (again.mark, again.name, again.groups) == (found.mark, "李四四", {"staff"})
    server.person = {"sub": "u-1002", "preferred_username": "李四"}
    assert identify(provider).mark != found.mark


@pytest.mark.parametrize(("methods", "secret"), [(["client_secret_post"], SECRET), (["client_secret_basic"], SECRET)])
def test_how_the_program_says_who_it_is(server: OidcServer, methods: list[str], secret: str) -> None:
    server.methods = methods
    assert identify(at(server, client_secret=secret)).name == "李四"
    with pytest.raises(ProviderRefusal, match="不认"):
        identify(at(server, client_secret="wrong"))


def other_key(server: OidcServer, claims: dict[str, Any]) -> str:
    from joserfc.jwk import RSAKey

    return server.sign(claims, RSAKey.generate_key(2048, {"kid": server.key.kid}))


def by_public_key(server: OidcServer, claims: dict[str, Any]) -> str:
    """A token that is signed with what everybody has: the public key, taken for a secret (no library makes one)."""
    head, body, _ = unsigned(claims, "HS256", server.key.kid).split(".")
    signed = hmac.digest(server.key.as_pem(private=False), f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{base64.urlsafe_b64encode(signed).rstrip(b'=').decode()}"


def cut(server: OidcServer, claims: dict[str, Any]) -> str:
    return server.sign(claims).rpartition(".")[0] + "."


def swapped(server: OidcServer, claims: dict[str, Any]) -> str:
    """The claims of one token with the signature of another."""
    head, _, signature = server.sign(claims).split(".")
    return f"{head}.{server.sign(claims | {'sub': 'u-1'}).split('.')[1]}.{signature}"


def saying(**changed: Any) -> Twist:
    return saying_in(changed)


NOW = time.time()
WRONG: dict[str, Twist] = {
    "unsigned": lambda _, claims: unsigned(claims),
    "signature cut off": cut,
    "signed by somebody else": other_key,
    "signed with the public key": by_public_key,
    "signature of another token": swapped,
    "wrong issuer": saying(iss="https://evil.example"),
    "issuer with a slash": lambda server, claims: server.sign(claims | {"iss": server.issuer + "/"}),
    "no issuer": saying(iss=None),
    "wrong nonce": saying(nonce="n" * 43),
    "no nonce": saying(nonce=None),
    "for another program": saying(aud="other"),
    "for two, by the other": saying(aud=[CLIENT, "other"], azp="other"),
    "for two, by nobody": saying(aud=["other", "another"]),
    "no audience": saying(aud=None),
    "expired": saying(exp=int(NOW) - 3600),
    "no end": saying(exp=None),
    "no beginning": saying(iat=None),
    "of tomorrow": saying(iat=int(NOW) + 90_000, exp=int(NOW) + 99_000, nbf=int(NOW) + 90_000),
    "the end is no number": saying(exp="never"),
    "hash of another token": saying(at_hash="x" * 22),
    "nobody": saying(sub=None),
    "empty subject": saying(sub=""),
    "a subject that is no text": saying(sub=7),
    "no name": saying(preferred_username=None),
    "a name that is no text": saying(preferred_username=["李四"]),
    "groups that are none": saying(groups={"staff": True}),
    "no token": lambda *_: "",
    "noise": lambda *_: "a.b.c",
}


@pytest.mark.parametrize("twist", WRONG.values(), ids=WRONG)
def test_a_token_that_proves_nothing_is_refused(server: OidcServer, twist: Twist) -> None:
    server.twist = twist
    with pytest.raises(ProviderRefusal):
        identify(at(server))


def test_clocks_may_differ_a_little(server: OidcServer) -> None:
    server.twist = saying(exp=int(time.time()) - 20, iat=int(time.time()) - 300)
    assert identify(at(server)).name == "李四"


def test_only_the_browser_that_began_comes_back(server: OidcServer) -> None:
    provider = at(server)
    for changed in ({"state": "x" * 43}, {"state": ""}, {"iss": "https://evil.example"}, {"code": "another"}, {"code": ""}):
        with pytest.raises(ProviderRefusal):
            identify(provider, **changed)
    brought = visit(provider.authorization_url(BACK, OWN))
    with pytest.raises(ProviderRefusal):
        provider.identify(BACK, "o" * 43, brought)
    with pytest.raises(ProviderRefusal):  # the code was begun with another verifier
        provider.identify(BACK, "o" * 43, visit(provider.authorization_url(BACK, "o" * 43)) | {"code": brought["code"]})
    assert provider.identify(BACK, OWN, visit(provider.authorization_url(BACK, OWN))).name == "李四"
    brought = visit(provider.authorization_url(BACK, OWN))
    provider.identify(BACK, OWN, brought)
    with pytest.raises(ProviderRefusal):
        provider.identify(BACK, OWN, brought)
    server.agrees = False
    with pytest.raises(ProviderRefusal, match="没有同意"):
        identify(provider)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "https://evil.example/token"},
        {"jwks_uri": "https://evil.example/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"token_endpoint": "http://127.0.0.1:1/token"},
        {"padding": "x" * 2_000_000},
    ],
)
def test_a_provider_that_leads_elsewhere_is_not_followed(server: OidcServer, metadata: dict[str, Any]) -> None:
    server.metadata = metadata
    with pytest.raises(ProviderUnavailable):
        identify(at(server))
    assert "/keys" not in server.calls


def test_a_provider_that_does_not_answer_is_said_to_be_so(server: OidcServer) -> None:
    with pytest.raises(ProviderUnavailable, match="连不上"):
        OidcProvider("http://127.0.0.1:9", CLIENT, timeout=1.0).authorization_url(BACK, OWN)
    with pytest.raises(ProviderUnavailable):
        OidcProvider(f"{server.issuer}/nowhere", CLIENT, timeout=1.0).authorization_url(BACK, OWN)


def test_opening_the_way_often_asks_once(server: OidcServer) -> None:
    provider = at(server)
    addresses = {provider.authorization_url(BACK, f"{number:043}") for number in range(5)}
    assert len(addresses) == 5 and server.calls == ["/.well-known/openid-configuration"]
    assert OWN not in provider.authorization_url(BACK, OWN)


# ---------------------------------------------------------------------- whose account


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with AccountStore.of_library(tmp_path, create=True) as store:  # type: ignore[union-attr]
        made = Accounts(store)
        made.add(ME, "admin", "admin", "Chestnut-9-bridge")
        made.add(ME, "李四", "editor", None, elsewhere=AT_PROVIDER)
        yield made


PLAIN = OidcProvider("https://sso.example.cn", CLIENT)
BY_GROUP = replace(PLAIN, roles=(("auditor", "audit"), ("editor", "office"), ("reader", "staff")))


def person(name: str, mark: str, *groups: str) -> ProvidedIdentity:
    return ProvidedIdentity(mark * 64, name, frozenset(groups))


def come(accounts: Accounts, provider: OidcProvider, who: ProvidedIdentity) -> Any:
    return accounts.of_session(accounts.sign_in_by_provider(provider, who, "10.0.0.1"))


def test_an_account_belongs_to_who_first_comes_by_its_name(accounts: Accounts) -> None:
    caller = come(accounts, PLAIN, person("李四", "a", "staff"))
    assert (caller.name, caller.role) == ("李四", "editor") and sign_in_means(caller.account) == "oidc"
    assert come(accounts, PLAIN, person("李四", "a")).name == "李四"
    for who in (person("李四", "b"), person("王五", "c"), person("admin", "d"), person("a b", "e"), person("", "f")):
        with pytest.raises(NotAllowed):
            come(accounts, PLAIN, who)
    for name, password in (("李四", ""), ("李四", AT_PROVIDER), ("李四", AT_PROVIDER + "a" * 64)):
        with pytest.raises(NotAllowed):
            accounts.sign_in(name, password, "10.0.0.2")
    with pytest.raises(NotAllowed, match="统一身份认证"):
        accounts.verify_password(accounts.get("李四"), "x", "10.0.0.1")
    accounts.disable(ME, accounts.get("李四"))
    with pytest.raises(NotAllowed):
        come(accounts, PLAIN, person("李四", "a"))
    results = [(row.who, row.result) for row in accounts.store.entries() if row.action == "sign-in oidc"]
    assert ("李四", "ok") in results and ("王五", "refused") in results and accounts.store.check() == []


def test_roles_are_those_of_the_groups(accounts: Accounts) -> None:
    first = come(accounts, BY_GROUP, person("王五", "c", "staff", "office"))
    assert first.role == "editor"
    assert come(accounts, BY_GROUP, person("王五", "c", "staff")).role == "reader", "the groups of today count"
    assert accounts.store.session(first.session) is None, "with another role one signs in anew"
    assert come(accounts, BY_GROUP, person("李四", "a", "staff")).role == "reader", "also of an account that was made here"
    open_session = come(accounts, BY_GROUP, person("王五", "c", "audit", "staff"))
    assert open_session.role == "auditor"
    with pytest.raises(NotAllowed):
        come(accounts, BY_GROUP, person("王五", "c", "other"))
    assert accounts.store.session(open_session.session) is None, "who has left the groups is signed out"
    with pytest.raises(NotAllowed):
        come(accounts, BY_GROUP, person("赵六", "d"))
    with pytest.raises(NotAllowed):
        come(accounts, BY_GROUP, person("admin", "e", "staff"))
    assert accounts.get("admin").role == "admin" and [one.name for one in accounts.store.accounts()] == ["admin", "李四", "王五"]
    accounts.disable(ME, accounts.get("王五"))
    with pytest.raises(NotAllowed):
        come(accounts, BY_GROUP, person("王五", "c", "staff"))


def test_an_emptied_file_of_accounts_lets_nobody_in(tmp_path: Path) -> None:
    with AccountStore.of_library(tmp_path, create=True) as store:  # type: ignore[union-attr]
        with pytest.raises(NotAllowed):
            Accounts(store).sign_in_by_provider(BY_GROUP, person("王五", "c", "staff"), "10.0.0.1")
        assert store.accounts() == []


# ---------------------------------------------------------------------- settings and commands


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('issuer = "http://sso.example.cn"\nclient_id = "x"', "https://"),
        ('issuer = "sso.example.cn"\nclient_id = "x"', "https://"),
        ('issuer = "https://a@sso.example.cn"\nclient_id = "x"', "https://"),
        ('issuer = "https://sso.example.cn"', "client_id"),
        ('issuer = "https://sso.example.cn"\nclient_id = "x"\nroles = { king = "staff" }', "roles"),
        ('issuer = "https://sso.example.cn"\nclient_id = "x"\nroles = { reader = 7 }', "roles"),
        ('issuer = "https://sso.example.cn"\nclient_id = "x"\nroles = "reader"', "roles"),
        ('issuer = "https://sso.example.cn"\nclient_id = "x"\npassword = "y"', "password"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, said: str) -> None:
    monkeypatch.setenv("CEMAI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text(f"[oidc]\n{written}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        settings.provider()


def test_settings_are_read_and_a_secret_is_the_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("CEMAI_CONFIG", str(path))
    path.write_text("")
    assert settings.provider() is None
    path.write_text(
        '[oidc]\nissuer = "https://sso.example.cn"\nclient_id = "cemai"\nclient_secret = "x"\n'
        'roles = { admin = "a", reader = "b" }\n'
    )
    path.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        settings.provider()
    path.chmod(0o600)
    found = settings.provider()
    assert found is not None and found.roles == (("admin", "a"), ("reader", "b")) and found.gives_roles


def test_the_command_adds_an_account_of_the_provider(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CEMAI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    with AccountStore.of_library(tmp_path / "lib", create=True) as store:  # type: ignore[union-attr]
        Accounts(store).add(ME, "admin", "admin", "Chestnut-9-bridge")
    command = ["--library", str(tmp_path / "lib"), "user", "add", "李四", "--role", "reader", "--oidc"]
    assert main(command) != 0 and "[oidc]" in capsys.readouterr().err
    (tmp_path / "config.toml").write_text('[oidc]\nissuer = "https://sso.example.cn"\nclient_id = "cemai"\n')
    assert main(command) == 0
    with AccountStore.of_library(tmp_path / "lib") as store:  # type: ignore[union-attr]
        assert sign_in_means(Accounts(store).get("李四")) == "oidc"
