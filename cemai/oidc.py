"""Sign-in by the identity provider 统一身份认证 of an office (OpenID Connect): who it says somebody is, and in which groups.

The browser is sent to the provider and comes back with a code, which is exchanged for a signed token (authorization code flow with
PKCE, state and nonce; by Authlib and joserfc). Accounts stay in the library: see ``cemai.accounts.Accounts.sign_in_by_provider``.
Settings: section ``[oidc]`` of ``cemai.settings``.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from corpus.errors import PolicyError, UsageError

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client

TIMEOUT = 5.0
"""Seconds for each answer of the provider."""
AT_PROVIDER = "{OIDC}"
"""Stands in the place of an account's password hash, followed by the mark of whom the provider knows it as, once that is known."""
_LEEWAY = 60
"""Seconds by which the clocks of the two machines may differ."""
_KEPT = 60.0
"""Seconds for which the provider's addresses are kept: whoever opens the sign-in page does not make us ask each time."""
_LARGEST = 1 << 20
"""Bytes of an answer of the provider."""
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Signatures that only the provider can make: none, and none with a key that we have as well (HS256)."""
_MOST_GROUPS = 2_000


class ProviderUnavailable(PolicyError):
    """The provider does not answer as one should: sign in later, or ask the administrator."""


class ProviderRefusal(PolicyError):
    """What came back from the provider does not prove who somebody is."""


@dataclass(frozen=True, slots=True)
class ProvidedIdentity:
    """Who somebody is, as a provider says.

    Attributes:
        mark: Hash of the provider and of whom it knows there; never given to somebody else.
        name: The name they go by, which another person may have tomorrow.
        groups: The groups they are in.
    """

    mark: str
    name: str
    groups: frozenset[str] = frozenset()


class Provider(Protocol):
    """Says who somebody is."""

    @property
    def label(self) -> str:
        """What people call it."""

    def authorization_url(self, back: str, secret: str) -> str:
        """Where the browser is sent to. Raises ``ProviderUnavailable``."""

    def identify(self, back: str, secret: str, answer: dict[str, str]) -> ProvidedIdentity:
        """Who came back with an answer. Raises ``ProviderUnavailable`` or ``ProviderRefusal``."""

    def role_of(self, identity: ProvidedIdentity) -> str | None:
        """The role that the groups of somebody give; None where they give none."""

    @property
    def gives_roles(self) -> bool:
        """Whether roles come from groups: whoever is in one of them has an account, nobody else."""


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """A provider that is asked by OpenID Connect.

    Args:
        issuer: Its name, as its tokens give it: ``https://host[/path]``; ``http://`` on this machine only.
        client_id: What this program is called there.
        client_secret: The secret of this program there; "" for one that is registered without.
        label: What people call it, for the button.
        name_claim: The claim with the name somebody goes by.
        groups_claim: The claim with the groups somebody is in: a list, or one of them.
        roles: Pairs of a role and the group that has it, the first that holds counts; empty where roles are given here.
        ca: File with the certificate of the authority that signed the provider's; those of the system if "".
        timeout: Seconds for each of its answers.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    label: str = "统一身份认证"
    name_claim: str = "preferred_username"
    groups_claim: str = "groups"
    roles: tuple[tuple[str, str], ...] = ()
    ca: str = ""
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, or would send secrets in the clear. Raises ``UsageError``."""
        if not _is_safe(self.issuer):
            raise UsageError(
                "[oidc] 的 issuer 要写成 https://主机（只有本机可以用 http://），照统一身份认证给的写，不带 ? 和 #。"
            )
        if not self.client_id:
            raise UsageError("[oidc] 要写 client_id：这个程序在统一身份认证里登记的编号。")

    @property
    def gives_roles(self) -> bool:
        """As ``Provider.gives_roles``."""
        return bool(self.roles)

    def role_of(self, identity: ProvidedIdentity) -> str | None:
        """As ``Provider.role_of``: the first role in the order of the settings whose group the person is in."""
        return next((role for role, group in self.roles if group in identity.groups), None)

    def authorization_url(self, back: str, secret: str) -> str:
        """Where the browser is sent to, to come back to ``back``.

        Args:
            back: The address to come back to, as it is registered there.
            secret: 256 random bits that only this browser keeps; state, nonce and verifier are made of it, so nothing is kept here.

        Raises:
            ProviderUnavailable: It does not answer.
        """
        with self._talking(back) as client:
            address, _ = client.create_authorization_url(
                self._addresses(client)["authorization_endpoint"],
                state=derive(secret, "state"),
                nonce=derive(secret, "nonce"),
                code_verifier=derive(secret, "verifier"),
            )
        return str(address)

    def identify(self, back: str, secret: str, answer: dict[str, str]) -> ProvidedIdentity:
        """Who came back: exchanges the code for a token and reads the token once its signature and claims hold.

        Args:
            back: As for ``authorization_url``.
            secret: The same as there, from the browser that came back.
            answer: The parameters it came back with.

        Raises:
            ProviderRefusal: Another browser began this, the provider did not agree, or its token does not prove anything.
            ProviderUnavailable: It does not answer.
        """
        if answer.get("state") != derive(secret, "state") or answer.get("iss", self.issuer) != self.issuer:
            raise ProviderRefusal("这次登录不是从这个浏览器开始的，或已经过期。请重新登录。")
        if not answer.get("code"):
            raise ProviderRefusal(f"{self.label}没有同意登录。请重新登录，或联系管理员。")
        from authlib.integrations.base_client import OAuthError

        with self._talking(back) as client:
            addresses = self._addresses(client)
            client.token_endpoint_auth_method = addresses["auth_method"]
            try:
                token = client.fetch_token(
                    addresses["token_endpoint"], grant_type="authorization_code", code=answer["code"], code_verifier=derive(secret, "verifier")
                )  # fmt: skip
            except OAuthError as error:
                raise ProviderRefusal(f"{self.label}不认这次登录。请重新登录，或联系管理员。") from error
            keys = self._fetch(client, addresses["jwks_uri"])
        return self._read_token(token, keys, derive(secret, "nonce"))

    def _read_token(self, token: dict[str, Any], keys: dict[str, Any], nonce: str) -> ProvidedIdentity:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            signed = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=list(_ALGORITHMS))
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self.client_id}},
                {"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token")},
            )
            claims.validate(leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ProviderRefusal(f"{self.label}给的凭据核对不上，没有登录。请重新登录，或联系管理员。") from error
        subject, name, groups = claims["sub"], claims.get(self.name_claim), claims.get(self.groups_claim, [])
        groups = [groups] if isinstance(groups, str) else groups
        if not isinstance(subject, str) or not subject or not isinstance(name, str) or not isinstance(groups, list):
            raise ProviderRefusal(f"{self.label}没有说明您是谁，没有登录。请联系管理员。")
        mark = hashlib.sha256(f"{self.issuer}\0{subject}".encode("utf-8", "replace")).hexdigest()
        return ProvidedIdentity(mark, name, frozenset(one for one in groups[:_MOST_GROUPS] if isinstance(one, str)))

    def _addresses(self, client: OAuth2Client) -> dict[str, str]:
        """The provider's addresses, all on the host that was configured: nothing goes anywhere else."""
        with _keeping:
            kept = _kept.get(self)
        if kept is not None and time.monotonic() - kept[0] < _KEPT:
            return kept[1]
        said = self._fetch(client, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        host = urlsplit(self.issuer).hostname
        found = {}
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            address = said.get(name)
            if not isinstance(address, str) or not _is_safe(address, query=True) or urlsplit(address).hostname != host:
                raise ProviderUnavailable(f"{self.label}的配置不能用：{name} 不在 {host} 上。请联系管理员。")
            found[name] = address
        methods = said.get("token_endpoint_auth_methods_supported") or [
            "client_secret_basic"
        ]  # what the standard takes for granted
        found["auth_method"] = "none" if not self.client_secret else "client_secret_basic"
        if self.client_secret and "client_secret_basic" not in methods and "client_secret_post" in methods:
            found["auth_method"] = "client_secret_post"
        if said.get("issuer") != self.issuer:
            raise ProviderUnavailable(f"{self.label}自称的 issuer 和配置的不同。请管理员照它写的改 [oidc] 的 issuer。")
        with _keeping:
            _kept[self] = time.monotonic(), found
        return found

    def _fetch(self, client: OAuth2Client, address: str) -> dict[str, Any]:
        reply = client.request("GET", address, withhold_token=True)
        reply.raise_for_status()
        found = reply.json()
        if not isinstance(found, dict):
            raise ValueError("no JSON object")
        return found

    @contextmanager
    def _talking(self, back: str) -> Iterator[OAuth2Client]:
        """A client that goes to the provider and nowhere else. Whatever goes wrong on the way is ``ProviderUnavailable``."""
        try:
            import httpx2
            from authlib.integrations.httpx_client import OAuth2Client

            from cemai.oidc_transport import BoundedTransport
        except ImportError as error:
            raise ProviderUnavailable(
                "这台机器没有装统一身份认证登录的组件。请管理员运行 pip install -r requirements-oidc.lock。"
            ) from error
        try:
            context = ssl.create_default_context(cafile=self.ca or None)
            with OAuth2Client(
                client_id=self.client_id,
                client_secret=self.client_secret or None,
                scope="openid profile",
                redirect_uri=back,
                code_challenge_method="S256",
                transport=BoundedTransport(context, self.timeout, _LARGEST),
                timeout=self.timeout,
                trust_env=False,
                follow_redirects=False,  # another address that it names is not one that was configured
            ) as client:
                yield client
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            raise ProviderUnavailable(f"{self.label}连不上或答得不对，没有登录。请稍后再试，或联系管理员。") from error


_kept: dict[OidcProvider, tuple[float, dict[str, str]]] = {}
_keeping = threading.Lock()


def derive(secret: str, use: str) -> str:
    """What is sent of a secret for one use, from which neither the secret nor what is sent for another use can be told."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{use}\0{secret}".encode()).digest()).rstrip(b"=").decode()


def _is_safe(address: str, *, query: bool = False) -> bool:
    """Whether an address is one of https, or of this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.username or parts.fragment or (parts.query and not query) or not address.isascii():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
