"""Who can reach the server 开放范围: this machine only, or others by TLS or behind a declared proxy, and then only with accounts.

Nothing here asks a name server: addresses are numbers, names are compared as they are written.
"""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UsageError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOCAL = ("127.0.0.1", "localhost", "[::1]", "::1")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_ADD_USER = "先建管理员账号：cemai user add 名称 --role admin"


@dataclass(frozen=True, slots=True)
class Exposure:
    """Under which names and in which ways the server is reached.

    Attributes:
        hosts: The names it may be called by, compared whole; addresses of version 6 in brackets.
        proxies: Addresses of the proxy in front; empty without one. With one, nobody else is answered.
        certificate: The file of the certificate where this server speaks TLS itself.
        key: The file of its key.
    """

    hosts: tuple[str, ...] = LOCAL
    proxies: tuple[Network, ...] = ()
    certificate: Path | None = None
    key: Path | None = None

    @property
    def secure(self) -> bool:
        """Whether whoever calls does so by TLS."""
        return self.certificate is not None or bool(self.proxies)


THIS_MACHINE_ONLY = Exposure()


def plan_exposure(
    host: str,
    *,
    accounts: bool,
    certificate: Path | None = None,
    key: Path | None = None,
    proxies: Sequence[str] = (),
    names: Sequence[str] = (),
) -> Exposure:
    """How a server is reached, or why it is not served like that.

    Args:
        host: The address to listen on.
        accounts: Whether the library has accounts.
        certificate: A file with the certificate and those above it (PEM).
        key: The file of its key (PEM, without a password).
        proxies: Addresses or networks of the proxy in front.
        names: Names under which people open the page.

    Raises:
        UsageError: In a sentence with the next step.

    Example: ``plan_exposure("10.0.0.5", accounts=True, certificate=Path("a.pem"), key=Path("a.key"))``.
    """
    local = host in LOCAL
    named = tuple(_clean_name(name) for name in names)
    if (certificate is None) != (key is None):
        raise UsageError("--certificate 和 --key 要一起写：一个是证书，一个是它的私钥。")
    if certificate is not None and proxies:
        raise UsageError("--certificate 和 --proxy-from 只能用一个：要么由本程序加密，要么由前面的代理加密。")
    if not local and not _is_address(host):
        raise UsageError(f"--host 要写本机的 IP 地址（如 10.0.0.5），不是“{host}”；网页的名称用 --public-name 写。")
    if not local or proxies:
        if certificate is None and not proxies:
            raise UsageError(
                f"不在 {host} 上提供服务：别的机器能读写文档库，却没有登录或没有加密。只在本机使用请去掉 --host。"
                f"要给别人用：{'' if accounts else _ADD_USER + '；'}再加 --certificate 证书 --key 私钥，"
                "或放在代理后面并写 --proxy-from 代理地址 --public-name 网页名称。"
            )
        if not accounts:
            raise UsageError(f"还没有账号，不向别的机器提供服务。请{_ADD_USER}，再运行这条命令。")
    if proxies:
        if not named:
            raise UsageError("放在代理后面时要写 --public-name：大家打开网页用的名称，如 --public-name policy.example.gov.cn。")
        return Exposure(named, tuple(_network(one) for one in proxies))
    if certificate is None or key is None:
        if names:
            raise UsageError("--public-name 要和 --certificate 或 --proxy-from 一起用。")
        return THIS_MACHINE_ONLY
    check_certificate(certificate, key)
    hosts = dict.fromkeys(
        (*named, *([] if local or _is_any(host) else [_bracketed(host)]), *LOCAL)
    )  # the first is what people are told
    if _is_any(host) and not named:
        raise UsageError(f"在 {host} 上提供服务时要写 --public-name：大家打开网页用的名称或地址，如 --public-name 10.0.0.5。")
    return Exposure(tuple(hosts), certificate=certificate, key=key)


def check_certificate(certificate: Path, key: Path) -> None:
    """Raise ``UsageError`` where a certificate and its key cannot be used."""
    for path in (certificate, key):
        if not path.is_file():
            raise UsageError(f"没有这个文件：{path}。")
    try:
        # a key with a password would be asked for on the terminal, where a service has none
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_no_password)
    except _AskedForPassword as error:
        raise UsageError(f"私钥 {key} 带密码，服务启动时没法输入。请另存一份不带密码的，只让自己可读（chmod 600）。") from error
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise UsageError(f"证书 {certificate} 和私钥 {key} 不能一起用（{error}）。两个都要是 PEM 格式，且是一对。") from error


def is_trusted(address: str, proxies: Sequence[Network]) -> bool:
    """Whether an address is one of a proxy.

    Example: ``is_trusted("::ffff:10.0.0.2", (ip_network("10.0.0.0/30"),))`` is true.
    """
    found = parse_address(address)
    return found is not None and any(found in network for network in proxies)


def parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address in one writing; one of version 4 inside version 6 as that of version 4. None for anything else."""
    try:
        found = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


class _AskedForPassword(Exception):
    pass


def _no_password() -> str:
    raise _AskedForPassword


def _is_address(host: str) -> bool:
    return parse_address(host) is not None


def _is_any(host: str) -> bool:
    found = parse_address(host)
    return found is not None and found.is_unspecified


def _bracketed(host: str) -> str:
    plain = host.strip("[]").lower()
    return f"[{plain}]" if ":" in plain else plain


def _clean_name(name: str) -> str:
    plain = name.strip().lower().removeprefix("https://").rstrip("/")
    if ":" in plain and not plain.startswith("["):
        plain = f"[{plain}]" if _is_address(plain) else plain
    if not _NAME.fullmatch(plain):
        raise UsageError(f"--public-name 要写网页的名称，不带端口和路径，如 policy.example.gov.cn；现在是“{name}”。")
    return plain


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text.strip(), strict=True)
    except ValueError as error:
        raise UsageError(f"--proxy-from 要写代理的 IP 地址或网段（如 10.0.0.2、10.0.0.0/30），不是“{text}”。") from error
