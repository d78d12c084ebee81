"""The optional language model's endpoint: which addresses may be asked, and one bounded request to it.

Off unless an administrator names an endpoint. Only the ``openai`` library speaks to it, and is imported when first needed.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Any
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


class EndpointFailed(Exception):
    """No usable reply; ``str(error)`` is a short Chinese reason without any of the reply's own text."""


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


def complete(endpoint: Endpoint, system: str, user: str) -> str:
    """The model's reply to one request: no retry, no redirect, no tools. Raises ``EndpointFailed``."""
    try:
        from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAI

        from qa.language_model.transport import Refused, client
    except ImportError as error:
        raise EndpointFailed("没有安装 openai 库，请运行 pip install 'cemai[llm]'") from error
    try:
        with (
            client(endpoint) as http,
            OpenAI(
                base_url=endpoint.url, api_key=endpoint.key or "none", max_retries=0, timeout=endpoint.timeout, http_client=http
            ) as api,
        ):
            reply: Any = api.chat.completions.create(
                model=endpoint.model,
                messages=[{"role": "system", "content": system}, {"role": "user", "content": user}],
                temperature=0,
                max_tokens=2000,
                stream=False,
            )
            text = _content(reply)
    except APITimeoutError as error:
        raise EndpointFailed("模型在规定时间内没有答完") from error
    except APIStatusError as error:
        raise EndpointFailed(_status(error.status_code)) from error
    except APIConnectionError as error:
        cause = error.__cause__
        while cause is not None and not isinstance(cause, Refused):
            cause = cause.__cause__ or cause.__context__
        raise EndpointFailed(str(cause) if cause else "连不上模型的地址") from error
    except EndpointFailed:
        raise
    # whatever a hostile reply makes the client library raise, the answer itself must not fail
    except Exception as error:
        raise EndpointFailed(str(error) if isinstance(error, Refused) else "模型的回复不合格式") from error
    return text


def _content(reply: Any) -> str:
    """The text of a reply; the client library checks no types."""
    choices = getattr(reply, "choices", None)
    if not isinstance(choices, list) or not choices:
        raise EndpointFailed("模型的回复不合格式")
    message = getattr(choices[0], "message", None)
    text = getattr(message, "content", None)
    if not isinstance(text, str) or not text.strip():
        raise EndpointFailed("模型没有给出文字")
    return text


def _status(code: int) -> str:
    if code == 429:
        return "模型请求过多（429），请稍后再试"
    if code in (401, 403):
        return f"模型拒绝了密钥（{code}）"
    if 300 <= code < 400:
        return "模型的地址转向别处，未跟随"
    return f"模型服务出错（{code}）"


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
