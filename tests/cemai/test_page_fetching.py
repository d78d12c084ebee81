"""Watched pages, from a site on this machine: what is new and changed is written, what is gone is kept, nothing else is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cemai.library import Library
from cemai.mirroring import apply_mirror, plan_mirror
from cemai.page_fetching import STATE_FILE, WatchedAddress, fetch_pages, links_of, read_addresses
from corpus.errors import UsageError
from ui.cli import main

PAGE = """<html><head><title>{0}</title></head><body><h1>{0}</h1><p>云岫县人民政府</p>
<p>一、补贴标准。对新购农机的农户，每台补贴{1}元。（责任单位：县农业农村局）</p></body></html>"""


@dataclass
class Site:
    """A web site: pages by their path, and the paths it was asked for with their headers."""

    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""
    etags: bool = True
    promised: int = 0
    """The length that is said of every page, where it is not its own."""
    garbage: str = ""
    """A path where no answer of HTTP is given."""

    def put(self, path: str, text: str, *, code: int = 200, kind: str = "text/html; charset=utf-8") -> None:
        self.pages[path] = (code, kind, text.encode())


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, dict(self.headers)))
            if self.path == made.garbage:
                self.wfile.write(b"garbage\r\n\r\n")
                return
            code, kind, body = made.pages.get(self.path, (404, "text/plain", b""))
            tag = f'"{hash(body)}"'
            if code == 200 and made.etags and self.headers.get("If-None-Match") == tag:
                code, body = 304, b""
            self.send_response(code)
            if code in (301, 302):
                self.send_header("Location", body.decode())
                body = b""
            self.send_header("Content-Type", kind)
            if made.etags:
                self.send_header("ETag", tag)
            self.send_header("Content-Length", str(made.promised or len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    server.server_close()


def outcomes(site: Site, folder: Path, *lines: str, **options: int) -> list[tuple[str, str]]:
    addresses = read_addresses("\n".join(lines), "网址.txt")
    report = fetch_pages(addresses, folder, pause=0, **options)
    return [(page.address.removeprefix(site.address), page.outcome) for page in report.pages]


def test_pages_and_links_of_a_list_are_fetched_once_and_again_where_they_change(site: Site, tmp_path: Path) -> None:
    site.put(
        "/wj/",
        '<a href="t1.html">关于农机购置补贴的通知</a><a href="/about.html">关于我们</a><a href="t1.html">重复的一条关于农机的</a>',
    )
    site.put("/wj/t1.html", PAGE.format("关于农机购置补贴的通知", 2000))
    site.put("/zc.html", PAGE.format("关于高龄津贴的通知", 100))
    lines = (f"列表 {site.address}/wj/", f"{site.address}/zc.html")
    assert outcomes(site, tmp_path, *lines) == [("/wj/", "same"), ("/zc.html", "new"), ("/wj/t1.html", "new")]
    assert outcomes(site, tmp_path, *lines) == [("/wj/", "same"), ("/zc.html", "same")]
    site.put("/zc.html", PAGE.format("关于高龄津贴的通知", 120))
    assert outcomes(site, tmp_path, *lines) == [("/wj/", "same"), ("/zc.html", "changed")]
    assert not [path for path, _ in site.asked if path == "/about.html"], "links of menus are not followed"
    files = sorted(path.name for path in tmp_path.rglob("*.html"))
    assert len(files) == 2 and all(name.startswith(("t1-", "zc-")) for name in files)


def test_an_unchanged_page_is_asked_for_by_its_mark_and_by_its_bytes(site: Site, tmp_path: Path) -> None:
    site.put("/zc.html", PAGE.format("关于高龄津贴的通知", 100))
    line = f"{site.address}/zc.html"
    assert outcomes(site, tmp_path, line) == [("/zc.html", "new")]
    assert outcomes(site, tmp_path, line) == [("/zc.html", "same")]
    assert "If-None-Match" in site.asked[-1][1]
    site.etags = False
    (file,) = tmp_path.rglob("*.html")
    written = file.stat().st_mtime_ns
    assert outcomes(site, tmp_path, line) == [("/zc.html", "same")] and file.stat().st_mtime_ns == written


def test_a_page_that_is_gone_or_broken_keeps_what_was_fetched(site: Site, tmp_path: Path) -> None:
    site.put("/zc.html", PAGE.format("关于高龄津贴的通知", 100))
    line = f"{site.address}/zc.html"
    outcomes(site, tmp_path, line)
    (file,) = tmp_path.rglob("*.html")
    before = file.read_bytes()
    for code in (404, 500):
        site.put("/zc.html", "", code=code)
        assert outcomes(site, tmp_path, line) == [("/zc.html", "failed")]
    site.put("/zc.html", "x" * 3000)
    assert outcomes(site, tmp_path, line, limit=2000) == [("/zc.html", "failed")]
    assert file.read_bytes() == before


def test_robots_and_redirections_to_other_schemes_are_kept_to(site: Site, tmp_path: Path) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /nb/", kind="text/plain")
    site.put("/nb/a.html", PAGE.format("内部的一份通知文件", 1))
    site.put("/to.html", "file:///etc/passwd", code=302)
    site.put("/on.html", f"{site.address}/zc.html", code=302)
    site.put("/zc.html", PAGE.format("关于高龄津贴的通知", 100))
    lines = [f"{site.address}/{name}" for name in ("nb/a.html", "to.html", "on.html")]
    assert outcomes(site, tmp_path, *lines) == [("/nb/a.html", "failed"), ("/to.html", "failed"), ("/on.html", "new")]
    assert "/nb/a.html" not in [path for path, _ in site.asked]


def test_servers_that_misbehave_end_no_run(site: Site, tmp_path: Path) -> None:
    site.put("/zc.html", PAGE.format("关于高龄津贴的通知", 100))
    line = f"{site.address}/zc.html"
    outcomes(site, tmp_path, line)
    (file,) = tmp_path.rglob("*.html")
    before = file.read_bytes()
    site.etags, site.promised = False, 5000
    assert outcomes(site, tmp_path, line) == [("/zc.html", "failed")], "a page that is cut off takes no other's place"
    assert file.read_bytes() == before
    site.promised = 0
    site.put("/far.html", "http://localhost:1/x.html", code=302)
    site.put("/odd.html", "http://a:b/", code=302)
    site.garbage = "/garbage.html"
    lines = [f"{site.address}/{name}.html" for name in ("far", "odd", "garbage")]
    assert [outcome for _, outcome in outcomes(site, tmp_path, *lines, line)] == ["failed", "failed", "failed", "same"]


def test_what_was_fetched_is_followed_by_the_library(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "网页"
    site.put("/zc.html", PAGE.format("云岫县关于农机补贴的通知", 2000))
    outcomes(site, folder, f"{site.address}/zc.html")
    with Library.open(tmp_path / "lib") as library:
        apply_mirror(library, plan_mirror(library, folder), consent=True)
        (info,) = library.documents()
        assert info.head.title == "云岫县关于农机补贴的通知"
        site.put("/zc.html", PAGE.format("云岫县关于农机补贴的通知", 2600))
        outcomes(site, folder, f"{site.address}/zc.html")
        plan = plan_mirror(library, folder)
        assert len(plan.changed) == 1 and not plan.added and not plan.removed
        apply_mirror(library, plan, consent=True)
        assert "2600元" in library.document(library.documents()[0].id).text


@pytest.mark.parametrize(
    "line",
    [
        "http://[::1/",
        "ftp://a.cn/x",
        "file:///etc/passwd",
        "http://",
        "https://我 的/x",
        "http://user:secret@a.cn/x",
        "没有网址",
        "javascript:x",
    ],
)
def test_lines_that_are_no_addresses_are_refused_with_their_number(line: str) -> None:
    with pytest.raises(UsageError, match="第 2 行"):
        read_addresses(f"https://a.cn/\n{line}", "网址.txt")


def test_a_list_says_which_pages_are_lists() -> None:
    assert read_addresses("# 公开栏\n\n列表 https://a.cn/wj/\nhttps://a.cn/1.html\nhttps://a.cn/1.html", "x") == [
        WatchedAddress("https://a.cn/wj/", True),
        WatchedAddress("https://a.cn/1.html"),
    ]
    with pytest.raises(UsageError, match="没有网页地址"):
        read_addresses("# 空的", "x")


def test_links_elsewhere_are_not_followed() -> None:
    page = (
        '<a href="https://b.cn/t1.html">别的网站上的一份通知</a><a href="javascript:go()">关于做好防汛的通知</a>'
        '<a href="//a.cn/2026/t20260101_1.shtml#top" title="关于做好防汛抗旱工作的通知">通知…</a><a href="http://[bad/1.html">关于防汛工作的通知</a>'
    )
    assert list(links_of(page.encode("gb18030"), "https://a.cn/wj/")) == ["https://a.cn/2026/t20260101_1.shtml"]


def test_nothing_is_fetched_unless_an_administrator_allowed_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site.put("/zc.html", PAGE.format("关于高龄津贴的通知", 100))
    addresses = tmp_path / "网址.txt"
    addresses.write_text(f"{site.address}/zc.html\n", encoding="utf-8")
    command = ["fetch", str(addresses), "--into", str(tmp_path / "网页"), "--pause", "0.2"]
    assert main(command) == 2 and "allowed = true" in capsys.readouterr().err
    assert site.asked == []
    config = tmp_path / "config.toml"
    config.write_text("[fetch]\nallowed = true\n", encoding="utf-8")
    monkeypatch.setenv("CEMAI_CONFIG", str(config))
    assert main(command) == 0 and "新 1 页" in capsys.readouterr().out
    (tmp_path / "网页" / STATE_FILE).write_text("{", encoding="utf-8")
    assert main(command) == 2 and "已损坏" in capsys.readouterr().err
