"""Fetch watched pages 收取网页: the pages of a list of addresses, and what list pages link to, into a folder that a library can follow.

This is the only part of the program that opens a connection of its own accord, and it does so only where an administrator allowed it
(``[fetch]`` in the settings) and ran the command. It writes files and never touches a library: ``cemai ingest --mirror FOLDER`` takes in
what is new and what changed, with everything that checks files from anywhere else.

A list has an address a line; one that begins with 列表 is a page whose links are followed, once each, on its own host::

    # 县政府文件公开栏
    列表 https://www.example.gov.cn/zfxxgk/wj/
    https://www.example.gov.cn/zcwj/2026/ybzc.html
"""

from __future__ import annotations

import email.message
import hashlib
import http.client
import json
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
import urllib.robotparser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from corpus.errors import RefusedInput, UsageError
from ingest.formats.text import decode
from ingest.limits import DEFAULT

AGENT = "cemai/0.1"
TIMEOUT = 20.0
"""Seconds for an address to answer."""
PAUSE = 1.0
"""Seconds between two requests."""
LINKS = 100
"""Links of a list page that are followed, from its top."""
TELLING = 6
"""Chinese characters that the text of a link to a document has at least: shorter ones are those of menus."""
STATE_FILE = ".addresses.json"
LIST_MARK = "列表"
_ENDINGS = {
    "text/html": "html", "application/xhtml+xml": "html", "application/pdf": "pdf", "text/plain": "txt", "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx", "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "application/ofd": "ofd", "application/zip": "zip",
}  # fmt: skip
_DOCUMENT = re.compile(r"\.(?:s?html?|pdf|docx?|wps|xlsx?|ofd|zip)$|/\d[^/.]*/?$|\d{4}[^/.]*+$", re.IGNORECASE)
"""How the paths of documents end; those of sections of a site do not. No step is taken back: a hostile path may be long."""
_HAN = re.compile("[\u4e00-\u9fff]")
_UNSAFE = re.compile(r"[^\w.\-\u4e00-\u9fff]+")

Outcome = Literal["new", "changed", "same", "failed"]


@dataclass(frozen=True, slots=True)
class WatchedAddress:
    """A line of a list: an address, and whether its links are followed."""

    address: str
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What became of an address: the file it is kept in, or why it could not be fetched."""

    address: str
    outcome: Outcome
    file: str = ""
    reason: str = ""


@dataclass(slots=True)
class FetchReport:
    """What became of every address, in the order they were asked."""

    pages: list[FetchedPage] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        """How many came out so."""
        return sum(page.outcome == outcome for page in self.pages)

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {"pages": [asdict(page) for page in self.pages]}


_UNREACHED: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "找不到这个网站，请看网址写得对不对、这台机器能不能上网"),
    (TimeoutError, "网站没有答复"),
    (ConnectionRefusedError, "网站不接受连接"),
    (ssl.SSLError, "网站的证书通不过核对"),
)
"""Why a site was not reached, most particular first; of the rest it is only said that it was not."""


class FetchError(Exception):
    """An address could not be fetched; the message says why, in Chinese."""


def read_addresses(text: str, name: str) -> list[WatchedAddress]:
    """The addresses of a list, each once.

    Raises:
        UsageError: A line is no address of a web page; the message names its number.

    Example:
        >>> read_addresses("# 公开栏\\n列表 https://example.gov.cn/wj/", "网址.txt")
        [WatchedAddress(address='https://example.gov.cn/wj/', is_list=True)]
    """
    found: dict[str, WatchedAddress] = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        is_list = line.startswith(LIST_MARK)
        address = line.removeprefix(LIST_MARK).strip()
        if not _is_web_address(address):
            raise UsageError(f"{name} 第 {number} 行不是网页地址。每行写一个 http 或 https 地址，列表页前面写“{LIST_MARK}”。")
        found.setdefault(address, WatchedAddress(address, is_list))
    if not found:
        raise UsageError(f"{name} 里没有网页地址。每行写一个 http 或 https 地址。")
    return list(found.values())


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and not any(map(str.isspace, address))
    )


def fetch_pages(
    addresses: Sequence[WatchedAddress],
    folder: Path,
    *,
    pause: float = PAUSE,
    limit: int = DEFAULT.file_bytes,
    progress: Callable[[FetchedPage], None] | None = None,
) -> FetchReport:
    """Fetch addresses, and the links of list pages that were not fetched before, into a folder.

    A page that is as it was is not written again; one that cannot be fetched, or is gone, keeps the file it has.

    Args:
        addresses: The addresses.
        folder: Where the files are kept, by host; made where it is not there.
        pause: Seconds between two requests.
        limit: Bytes of a page at most.
        progress: Told of every address.

    Raises:
        UsageError: The folder cannot be written.
    """
    report = FetchReport()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        keeper = _Keeper(folder)
    except OSError as error:
        raise UsageError(f"文件夹 {folder} 不能写入。请换一个可以写的文件夹，或请管理员给写入权限。") from error
    asker = _Asker(pause, limit)
    wanted = [(one.address, one.is_list, False) for one in addresses]
    asked: set[str] = set()
    while wanted:
        address, is_list, once = wanted.pop(0)
        if address in asked or (once and keeper.has(address)):
            continue
        asked.add(address)
        try:
            reply = asker.ask(address, keeper.marks(address) if not is_list else {})
            if is_list and reply is not None:
                links = _read_links(reply)
                wanted += [(link, False, True) for link in links]
                page = FetchedPage(address, "same", "", f"{len(links)} 个链接")
            elif reply is None:
                page = FetchedPage(address, "same", keeper.file_of(address))
            else:
                page = keeper.keep(address, reply)
        except FetchError as error:
            page = FetchedPage(address, "failed", keeper.file_of(address), str(error))
        except OSError as error:
            raise UsageError(f"文件夹 {folder} 不能写入。请换一个可以写的文件夹，或请管理员给写入权限。") from error
        report.pages.append(page)
        if progress:
            progress(page)
    return report


def _read_links(reply: _Reply) -> list[str]:
    try:
        return list(links_of(reply.body, reply.address))
    except RefusedInput as error:
        raise FetchError(str(error)) from None


@dataclass(frozen=True, slots=True)
class _Reply:
    address: str
    body: bytes
    kind: str
    marks: Mapping[str, str]


class _Asker:
    """Asks one address after another, with a pause, as its host allows."""

    def __init__(self, pause: float, limit: int) -> None:
        self._pause = pause
        self._limit = limit
        self._last = float("-inf")
        self._rules: dict[str, urllib.robotparser.RobotFileParser | None] = {}
        self._opener = urllib.request.build_opener(_WebOnly)

    def ask(self, address: str, marks: Mapping[str, str]) -> _Reply | None:
        """The page at an address; None where it is as its marks say. Raises ``FetchError``."""
        if not self._allowed(address):
            raise FetchError("该网站的 robots.txt 不允许自动访问")
        return self._open(address, marks)

    def _allowed(self, address: str) -> bool:
        parts = urlsplit(address)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._rules:
            try:
                reply = self._open(f"{host}/robots.txt", {})
            except FetchError:
                reply = None  # most sites have none
            self._rules[host] = None
            if reply is not None:
                rules = self._rules[host] = urllib.robotparser.RobotFileParser()
                rules.parse(reply.body.decode("utf-8", "replace").splitlines())
        given = self._rules[host]
        return given is None or given.can_fetch(AGENT, address)

    def _open(self, address: str, marks: Mapping[str, str]) -> _Reply | None:
        time.sleep(max(0.0, self._last + self._pause - time.monotonic()))
        # everything the scheme of a web address does not allow as it stands
        plain = quote(address, safe="%/:=&?~#+!$,;'@()*[]")
        asked = urllib.request.Request(plain, headers={"User-Agent": AGENT, **marks})
        try:
            with self._opener.open(asked, timeout=TIMEOUT) as answer:
                body = answer.read(self._limit + 1)
                cut_off = bool(answer.length) and len(body) <= self._limit
                headers: email.message.Message = answer.headers
                final = answer.geturl()
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return None
            raise FetchError("网页已经不在了" if error.code in (404, 410) else f"网站答复 {error.code}") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise FetchError(next((said for kind, said in _UNREACHED if isinstance(reason, kind)), "连不上")) from None
        finally:
            self._last = time.monotonic()
        if cut_off:
            raise FetchError("没有收完整，下次再收")
        if len(body) > self._limit:
            raise FetchError(f"超过 {self._limit >> 20} MB，没有收")
        given = {"If-None-Match": headers.get("ETag"), "If-Modified-Since": headers.get("Last-Modified")}
        return _Reply(final, body, headers.get_content_type(), {name: value for name, value in given.items() if value})


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirections to web pages of the same host only: another one is not on the list."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        """The request for where an address leads. Raises ``FetchError`` for something that is no web page."""
        parts = urlsplit(newurl)
        if parts.scheme not in ("http", "https"):
            raise FetchError("转到了不是网页的地址")
        if parts.hostname != urlsplit(req.full_url).hostname:
            raise FetchError(f"转到了别的网站（{parts.hostname}）；要收那里的网页，请把网址写进清单")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Keeper:
    """The files of a folder by the addresses they are from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / STATE_FILE
        self._known: dict[str, dict[str, Any]] = {}
        if self._path.exists():
            try:
                self._known = dict(json.loads(self._path.read_text(encoding="utf-8")))
            except (ValueError, TypeError):
                raise UsageError(f"{self._path} 已损坏。请删除它再运行，网页会重新收一遍。") from None

    def has(self, address: str) -> bool:
        return address in self._known

    def file_of(self, address: str) -> str:
        return str(self._known.get(address, {}).get("file", ""))

    def marks(self, address: str) -> Mapping[str, str]:
        """What an address is asked with, so that it only answers where it has changed."""
        known = self._known.get(address, {})
        return known.get("marks", {}) if known and (self._folder / known["file"]).exists() else {}

    def keep(self, address: str, reply: _Reply) -> FetchedPage:
        """Write a page where it is new or changed, the note of it last."""
        digest = hashlib.sha256(reply.body).hexdigest()
        known = self._known.get(address)
        file = str(known["file"]) if known else _file_name(address, reply.kind)
        path = self._folder / file
        outcome: Outcome = "same" if known and known["sha256"] == digest and path.exists() else "changed" if known else "new"
        if outcome != "same":
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, reply.body)
        self._known[address] = {"file": file, "sha256": digest, "marks": dict(reply.marks)}
        _replace(self._path, json.dumps(self._known, ensure_ascii=False, indent=1).encode())
        return FetchedPage(address, outcome, file)


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name[:40]}.part")
    draft.write_bytes(data)
    draft.replace(path)


def _file_name(address: str, kind: str) -> str:
    """Where a page is kept: host, the end of its path, a few digits of its address, and the ending of its kind."""
    parts = urlsplit(address)
    path = unquote(parts.path).rstrip("/")
    stem, _, ending = path.rpartition("/")[2].rpartition(".")
    stem = stem or ending or "index"
    short = hashlib.sha256(address.encode()).hexdigest()[:8]
    known = _ENDINGS.get(kind) or (ending.lower() if re.fullmatch(r"[a-zA-Z]{2,5}", ending) else "html")
    host = _UNSAFE.sub("_", parts.netloc)
    return f"{host}/{_UNSAFE.sub('_', stem)[:40]}-{short}.{known}"


def links_of(body: bytes, address: str) -> Iterator[str]:
    """The links of a list page to documents: on its own host, with a title for a text, each once, from the top.

    Example:
        >>> list(links_of('<a href="t2.html">关于做好防汛工作的通知</a><a href="/">首页</a>'.encode(), "http://a.cn/wj/"))
        ['http://a.cn/wj/t2.html']
    """
    from selectolax.lexbor import LexborHTMLParser

    host = urlsplit(address).netloc
    found: dict[str, None] = {}
    for node in LexborHTMLParser(decode(body, address).text).css("a[href]"):
        title, text = node.attributes.get("title") or "", node.text()
        try:
            link = urldefrag(urljoin(address, (node.attributes["href"] or "").strip())).url
            parts = urlsplit(link)
        except ValueError:
            continue
        telling = max(len(_HAN.findall(title)), len(_HAN.findall(text))) >= TELLING and _DOCUMENT.search(parts.path)
        if telling and parts.scheme in ("http", "https") and parts.netloc == host and link != address:
            found.setdefault(link)
    yield from list(found)[:LINKS]
