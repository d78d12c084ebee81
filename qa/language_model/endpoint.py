"""The endpoint of an optional language model: which addresses may be asked. Off unless an administrator names one."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from corpus.errors import UsageError

LONGEST_REPLY = 1_000_000
"""Bytes of a whole reply, headers and all; more than that is no answer to a question."""

LONGEST_TIMEOUT = 60.0

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# addresses at which clouds hand out credentials; the link-local ones are refused as a whole
_METADATA = frozenset(
    ipaddress.ip_address(text) for text in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_numeric_host = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z", re.IGNORECASE)
_host = re.compile(r"[a-z0-9._-]{1,253}\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint as an administrator configured it. The key is in no representation of it."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 30.0
    private: bool = False
    """Whether a host *name* may stand for a loopback or private address; a literal address or localhost always may."""

    def __post_init__(self) -> None:
        check_url(self.url)
        if not self.model.strip():
            raise UsageError("没有写明语言模型的名称。请在配置里写 model，或设环境变量 CEMAI_LLM_MODEL。")
        if not 0 < self.timeout <= LONGEST_TIMEOUT:
            raise UsageError(f"timeout 要在 0 到 {LONGEST_TIMEOUT:.0f} 秒之间。")
        if not self.key.isascii() or any(c.isspace() for c in self.key):
            raise UsageError("语言模型的密钥含有空白或非 ASCII 字符。请检查配置里的 key。")

    @property
    def stated(self) -> bool:
        """Whether the configuration itself says that the host is an address (or this machine)."""
        host = urlsplit(self.url).hostname or ""
        return host == "localhost" or _literal(host) is not None


def check_url(url: str) -> None:
    """Raise ``UsageError`` for a URL that is never asked: other schemes, user names, odd spellings, metadata addresses."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError("语言模型的地址写法不对。要写成 https://主机/v1 这样的网址。") from error
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError("语言模型的地址只能是 http 或 https 网址，如 http://127.0.0.1:8000/v1。")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise UsageError("语言模型的地址里不能有用户名或密码。密钥请写在 key 里。")
    if parts.query or parts.fragment or any(ord(c) <= 32 or ord(c) == 127 or c == "\\" for c in url):
        raise UsageError("语言模型的地址里不能有查询串、片段、空白或反斜线。")
    literal = _literal(host)
    if literal is not None:
        if (reason := refusal(literal)) is not None:
            raise UsageError(f"语言模型的地址不能用：{reason}。")
        return
    if _numeric_host.match(host.rstrip(".").rpartition(".")[2]):
        raise UsageError("语言模型的地址不能用别样写法的 IP（十进制、八进制、十六进制）。请写成通常的 IP 或主机名。")
    if not _host.match(host):
        raise UsageError("语言模型的主机名里有不能用的字符。")
    if host.rstrip(".").lower() in ("metadata", "metadata.google.internal", "instance-data"):
        raise UsageError("语言模型的地址不能用：这是云主机的元数据服务。")


def refusal(address: Address) -> str | None:
    """Why an address is asked under no circumstances, or None."""
    address = plain(address)
    if address in _METADATA:
        return "这是云主机的元数据地址"
    if address.is_link_local:
        return "这是链路本地地址（云主机的元数据服务在这里）"
    if address.is_unspecified or address.is_multicast or address == ipaddress.ip_address("255.255.255.255"):
        return "这不是一台主机的地址"
    return None


def is_private(address: Address) -> bool:
    """Whether an address belongs to this machine or an internal network."""
    return not plain(address).is_global


def plain(address: Address) -> Address:
    """The IPv4 address an IPv6 form stands for (mapped, NAT64, 6to4), else the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
