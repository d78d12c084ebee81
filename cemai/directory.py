"""Sign-in by the directory 目录 of an office (LDAP, Active Directory): whose password it is, nothing else.

Accounts, their roles and what they may do stay in the library; an account that is added with ``--directory`` has no password here,
and the directory is asked with a simple bind each time it signs in. Settings: section ``[ldap]`` of ``cemai.settings``.
"""

from __future__ import annotations

import ipaddress
import math
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from corpus.errors import PolicyError, UsageError

if TYPE_CHECKING:
    from ldap3 import Connection

TIMEOUT = 5.0
"""Seconds to wait for the directory to be reached, and for each of its answers."""
IN_DIRECTORY = "{SASL}"
"""Stands in the place of an account's password hash: the password is the directory's (the word is that of OpenLDAP's userPassword)."""
_WRONG = frozenset({32, 34, 48, 49})
"""Results of a bind that say that the name or the password is wrong: noSuchObject, invalidDNSyntax, inappropriateAuthentication,
invalidCredentials."""
_NOT_IN_NAMES = frozenset('@\\/"*()<>,;:=+\x00')
"""Characters that no name has which is put into an address (name@office.cn)."""


class DirectoryUnavailable(PolicyError):
    """The directory does not answer, or refuses for a reason of its own: sign in later, or ask the administrator."""


class Directory(Protocol):
    """Knows the passwords of accounts."""

    def proves(self, name: str, password: str) -> bool:
        """Whether a password is that of a name. Raises ``DirectoryUnavailable``."""


@dataclass(frozen=True, slots=True)
class LdapDirectory:
    """A directory that is asked by LDAP.

    Args:
        url: ``ldaps://host[:port]``, or ``ldap://`` with ``start_tls`` or on this machine: a password is never sent in the clear.
        user: What is signed in with: a DN (``uid={name},ou=people,dc=example,dc=cn``) or an address (``{name}@example.cn``).
        ca: File with the certificate of the authority that signed the directory's; that of the system if "".
        start_tls: Whether to change to TLS after connecting.
    """

    url: str
    user: str
    ca: str = ""
    start_tls: bool = False
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, or would send passwords in the clear. Raises ``UsageError``."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("ldap", "ldaps") or not parts.hostname:
            raise UsageError("[ldap] 的 url 要写成 ldaps://主机 或 ldap://主机。")
        if parts.scheme == "ldap" and not self.start_tls and not _is_here(parts.hostname):
            raise UsageError("[ldap] 的 url 是 ldap:// 时密码会明文传送：请改用 ldaps://，或设 start_tls = true。")
        if "{name}" not in self.user:
            raise UsageError("[ldap] 的 user 里要有 {name}，如 uid={name},ou=people,dc=example,dc=cn。")

    def proves(self, name: str, password: str) -> bool:
        """As ``Directory.proves``. An empty password proves nothing: with one every server lets anybody bind."""
        user = self._user(name)
        if not password or user is None:
            return False
        try:
            from ldap3.core.exceptions import LDAPException
        except ImportError as error:
            raise DirectoryUnavailable(
                "这台机器没有装目录登录的组件。请管理员运行 pip install -r requirements-ldap.lock。"
            ) from error
        connection = None
        try:
            connection = self._connection(user, password)
            connection.open()
            if self.start_tls and not connection.start_tls():
                raise DirectoryUnavailable("目录服务不肯用 TLS，没有发送密码。请联系管理员。")
            if connection.bind():
                return True
            code = connection.result["result"]
        except (LDAPException, OSError) as error:
            raise DirectoryUnavailable("目录服务连不上，没有登录。请稍后再试，或联系管理员。") from error
        finally:
            if connection is not None:
                _close(connection)
        if code in _WRONG:
            return False
        raise DirectoryUnavailable(f"目录服务没有答应（代码 {code}），没有登录。请稍后再试，或联系管理员。")

    def _user(self, name: str) -> str | None:
        """What is signed in with; None for a name that could mean somebody else there."""
        if "=" not in self.user:
            return None if not name or _NOT_IN_NAMES & {*name} else self.user.replace("{name}", name)
        from ldap3.utils.dn import escape_rdn

        return self.user.replace("{name}", escape_rdn(name)) if name and "\x00" not in name else None

    def _connection(self, user: str, password: str) -> Connection:
        from ldap3 import NONE, SIMPLE, Connection, Server, Tls

        parts = urlsplit(self.url)
        tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=self.ca or None, sni=parts.hostname)
        secure = parts.scheme == "ldaps"
        server = Server(
            parts.hostname,
            port=parts.port or (636 if secure else 389),
            use_ssl=secure,
            tls=tls,
            get_info=NONE,
            connect_timeout=self.timeout,
        )
        return Connection(
            server,
            user=user,
            password=password,
            authentication=SIMPLE,
            auto_referrals=False,  # another server that it names is not one that was configured
            receive_timeout=math.ceil(self.timeout),  # it takes no fractions
        )


def _close(connection: Any) -> None:
    try:
        connection.unbind()
    except Exception:  # whatever became of it, the answer stands
        return


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
