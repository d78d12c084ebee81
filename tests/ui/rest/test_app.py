"""REST: same answers and filters as the program, errors in Chinese, nothing served to other sites or under other names."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.library import Library
from corpus.errors import UsageError
from corpus.filters import Filters
from tests.river import TEXT, encoder, make_river
from ui import server
from ui.desk.desk import Desk
from ui.desk.imports import Imports
from ui.desk.uploads import safe_name
from ui.gate import HEADERS, RequestGate, refusal
from ui.rest.app import mount_api

GOAL = "到2025年，河道治理率达到90%以上。"


class Recording(Library):
    """A library that notes what it was asked."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked: list[Any] = []

    def ask(self, question: str, *, filters: Any = None, as_of: Any = None, previous: Any = None, keep: bool = True) -> Any:
        self.asked.append((question, filters, as_of))
        return super().ask(question, filters=filters, as_of=as_of, previous=previous, keep=keep)

    def search(self, query: str, *, filters: Any = None, top: int = 10, as_of: Any = None) -> Any:
        self.asked.append((query, filters, top))
        return super().search(query, filters=filters, top=top, as_of=as_of)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_river(tmp_path_factory.mktemp("river"))


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Iterator[Recording]:
    shutil.copytree(made, tmp_path / "library")
    with Recording.open(tmp_path / "library", encoder=encoder()) as opened:
        assert isinstance(opened, Recording)
        yield opened


@pytest.fixture
def client(library: Recording, tmp_path: Path) -> TestClient:
    app = FastAPI(openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None)
    desk = Desk(library, uploads=tmp_path / "uploads")
    mount_api(app, desk, Imports(desk))
    app.add_middleware(RequestGate, hosts=("testserver",))
    return TestClient(app, raise_server_exceptions=False)


def test_questions_take_the_same_filters_by_get_and_post(client: TestClient, library: Recording) -> None:
    got = client.get(
        "/api/v1/ask", params={"question": "河道治理率的目标是多少？", "region": "黔南州", "year": 2022, "as_of": "2026-01-02"}
    )
    assert library.asked[-1] == ("河道治理率的目标是多少？", Filters(region="黔南州", year=2022), dt.date(2026, 1, 2))
    assert got.json()["status"] == "not_found"
    got = client.get("/api/v1/ask", params={"question": "河道治理率的目标是多少？", "year": 2022})
    cited = got.json()["citations"][0]
    text = library.document("河道.txt").text
    assert "90%以上" in cited["quote"] and cited["quote"] == text[cited["start"] : cited["end"]]
    client.post("/api/v1/ask", json={"question": "治理率？", "filters": {"topic": "水利"}})
    assert library.asked[-1] == ("治理率？", Filters(topic="水利"), None)
    found = client.get("/api/v1/search", params={"query": "治理率", "top": 3}).json()
    assert library.asked[-1] == ("治理率", None, 3) and found["generation"] == library.generation
    assert 1 <= len(found["hits"]) <= 3 and GOAL in found["hits"][0]["text"]
    assert client.post("/api/v1/search", json={"query": "治理率", "filters": {"year": 1999}}).json()["hits"] == []
    compared = client.get("/api/v1/compare", params={"subject": "河道治理"}).json()
    assert "河道治理率" in "".join(cell["text"] or "" for row in compared["rows"] for cell in row["cells"])
    assert client.post("/api/v1/compare", json={"subject": "河道治理"}).json()["rows"] == compared["rows"]
    assert client.get("/api/v1/compare", params={"subject": "河道", "regions": "黔南州，没有这地"}).status_code == 400
    id = got.json()["id"]
    assert client.get(f"/api/v1/answers/{id}").json() == got.json()


def test_a_follow_up_is_completed_by_the_questions_before_it(client: TestClient) -> None:
    before = ["河道治理率的目标是多少？", "谁负责"]
    got = client.get("/api/v1/ask", params={"question": "要达到多少呢", "after": before}).json()
    posted = client.post("/api/v1/ask", json={"question": "要达到多少呢", "after": before}).json()
    assert got["follow_up"] == posted["follow_up"] and "河道治理率" in got["follow_up"]["question"]
    assert {"slot", "value"} == set(got["follow_up"]["kept"][0])
    assert client.get("/api/v1/ask", params={"question": "河道治理率的目标是多少？"}).json()["follow_up"] is None


def test_facts_and_documents(client: TestClient, library: Recording) -> None:
    id = library.documents()[0].id
    assert [t["name"] for t in client.get("/api/v1/tasks", params={"unit": "市水务局"}).json()] == ["治理河道"]
    assert client.get("/api/v1/tasks", params={"unit": "无此局"}).json() == []
    ledger = client.get("/api/v1/tasks", params={"format": "xlsx"})
    duties = client.get("/api/v1/tasks", params={"format": "docx", "form": "duties", "unit": "市水务局"})
    assert (
        ledger.content.startswith(b"PK") and duties.content.startswith(b"PK") and "docx" in duties.headers["content-disposition"]
    )
    assert client.get("/api/v1/targets", params={"kind": "target"}).json()[0]["indicator"] == "河道治理率"
    (brief,) = client.get("/api/v1/documents").json()
    assert brief["id"] == id and "河道管护办法" in brief["title"]
    assert brief["validity"]["status"] == library.validity(library.documents()[0]).status
    whole = client.get(f"/api/v1/documents/{id}").json()
    assert whole["length"] == len(library.document(id).text) and whole["sections"][0]["kind"] == "title"
    assert "治理河道" in [task["name"] for task in whole["tasks"]]
    assert client.get(f"/api/v1/documents/{id}/text", params={"start": 0, "end": 3}).text == "青禾市"
    raw = client.get(f"/api/v1/documents/{id}/original")
    assert raw.content == TEXT.encode() and raw.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in raw.headers["content-security-policy"] and raw.headers["content-type"] == "application/octet-stream"
    health = client.get("/api/v1/health").json()
    assert health == {
        "status": "ok",
        "generation": library.generation,
        "documents": 1,
        "encoding": {"done": 0, "total": 0},
        "workers": {"ready": 0, "total": 0},
    }
    assert "/api/v1/ask" in client.get("/api/v1/openapi.json").json()["paths"]


@pytest.mark.parametrize(
    ("path", "params", "status", "words"),
    [
        ("ask", {"question": "  "}, 400, "是空的"),
        ("ask", {"question": "问" * 2100}, 400, "请只写要问的那句话"),
        ("ask", {}, 422, "缺少参数"),
        ("ask", {"question": "问", "as_of": "明天"}, 422, "日期"),
        ("ask", {"question": "问", "region": "没有这个地方"}, 400, "不认识地区"),
        ("search", {"query": "问", "top": 1000}, 422, "太大"),
        ("answers/none", {}, 404, "重新提问"),
        ("documents/none", {}, 404, "没有"),
        ("facts/actors", {}, 404, "tasks（任务）"),
        ("facts/tasks", {"region": "没有这个地方"}, 400, "不认识地区"),
        ("nowhere", {}, 404, "openapi.json"),
    ],
)
def test_errors_are_chinese_and_say_what_to_do(
    client: TestClient, path: str, params: dict[str, Any], status: int, words: str
) -> None:
    got = client.get(f"/api/v1/{path}", params=params)
    assert got.status_code == status
    assert set(got.json()) == {"error"} and words in got.json()["error"]["message"]


def test_a_question_of_ten_thousand_characters_is_answered_with_advice(client: TestClient) -> None:
    got = client.post("/api/v1/ask", json={"question": "问" * 10_000})
    assert got.status_code == 400 and "10000 字" in got.json()["error"]["message"]
    assert "太长" in client.post("/api/v1/ask", json={"question": "问" * 10_001}).json()["error"]["message"]


def test_a_defect_is_not_shown(client: TestClient, library: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(library, "search", broken)
    got = client.get("/api/v1/search", params={"query": "x"})
    assert got.status_code == 500 and "secret" not in got.text and got.json()["error"]["code"] == "internal"


def test_what_people_say_of_an_answer_is_kept(client: TestClient, library: Recording) -> None:
    id = client.get("/api/v1/ask", params={"question": "河道治理率的目标是多少？"}).json()["id"]
    said = {"verdict": "wrong", "note": "数字是旧的"}
    assert client.post(f"/api/v1/answers/{id}/feedback", json=said).status_code == 204
    (kept,) = library.feedbacks()
    assert (kept["id"], kept["verdict"], kept["note"]) == (id, "wrong", "数字是旧的")
    assert client.post(f"/api/v1/answers/{id}/feedback", json={"verdict": "meh"}).status_code == 422


def test_imports_go_on_in_the_background_and_are_found_again(client: TestClient, library: Recording) -> None:
    for name, data in (("堤防.txt", "青禾市堤防管护办法\n一、总则\n加强管护。".encode()), ("坏.pdf", b"%PDF-1.7 broken")):
        sent = client.post("/api/v1/imports", files={"file": (name, data)})
        assert sent.status_code == 202 and sent.json()["state"] in ("等待", "正在识别")
    for _ in range(3_000):
        jobs = client.get("/api/v1/imports").json()
        if all(job["done"] for job in jobs):
            break
        time.sleep(0.02)
    assert [(job["source"], job["state"]) for job in jobs] == [("堤防.txt", "已入库"), ("坏.pdf", "未收")]
    assert jobs[0]["title"] == "青禾市堤防管护办法" and "PDF" in jobs[1]["message"]
    refused = client.post("/api/v1/imports", files={"file": ("a.exe", b"x")}).json()
    assert refused["state"] == "未收" and refused["done"] and "docx" in refused["message"]
    elsewhere = client.post("/api/v1/imports", files={"file": ("a.txt", b"x")}, data={"region": "没有这个地方"}).json()
    assert elsewhere["state"] == "未收" and "没有这个地方" in elsewhere["message"]
    assert client.delete("/api/v1/imports").status_code == 204 and client.get("/api/v1/imports").json() == []


def test_uploads_are_stored_replaced_and_refused_in_words(client: TestClient, library: Recording) -> None:
    def send(name: str, data: bytes) -> Any:
        return client.post("/api/v1/documents", files={"file": (name, data)})

    first = send("新办法.txt", "青禾市新办法\n第一条 加强管护。".encode())
    assert first.status_code == 200 and first.json()["state"] == "已入库"
    assert len(client.get("/api/v1/documents").json()) == 2
    assert send("新办法.txt", "青禾市新办法\n第一条 加强巡查。".encode()).json()["state"] == "已替换"
    broken = send("坏.pdf", b"%PDF-1.7 broken")
    assert broken.status_code == 422 and "PDF" in broken.json()["error"]["message"]
    told = client.post(
        "/api/v1/documents", params={"report": True}, files={"file": ("好.txt", b"x")}, data={"region": "没有这个地方"}
    )
    assert told.status_code == 200 and told.json()["state"] == "未收" and "不认识地区" in told.json()["message"]
    assert "不支持" in send("宏.exe", b"MZ").json()["error"]["message"]
    assert "空的" in send("空.txt", b"").json()["error"]["message"]
    assert send("../../逃.txt", "逃出的办法\n正文在此。".encode()).json()["source"] == "逃.txt"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b\\c.txt", "c.txt"),
        ("..", "未命名"),
        ("CON.txt", "_CON.txt"),
        ("x\u202etxt.exe", "x_txt.exe"),
        ('a"<b>|?.pdf', "a__b___.pdf"),
    ],
)
def test_names_stay_in_their_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe
    assert len(safe_name("长" * 500 + ".pdf").encode()) < 200


def test_other_names_and_other_sites_are_refused() -> None:
    local = server.LOCAL
    assert refusal({"host": "127.0.0.1:7860"}, "GET", local) is None
    assert refusal({"host": "[::1]:7860"}, "GET", local) is None
    foreign = (
        "example.org", "127.0.0.1.example.org:7860", "127.0.0.1:7860.example.org", "[::1].example.org", "[::1]x:7860",
        "localhost.:7860", "a@127.0.0.1", "127.0.0.1:", "127.0.0.1,127.0.0.1", "",
    )  # fmt: skip
    for host in foreign:
        assert (refusal({"host": host}, "GET", local) or (0,))[0] == 421
    own = {"host": "127.0.0.1:7860", "origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}
    assert refusal(own, "POST", local) is None
    for origin in (
        "http://example.org",
        "null",
        "http://127.0.0.1:9999",
        "http://127.0.0.1:7860.example.org",
        "http://127.0.0.1:7860/",
    ):
        assert (refusal({**own, "origin": origin}, "POST", local) or (0,))[0] == 403
    link = {"host": own["host"], "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert refusal(link, "GET", local, "/") is None, "a link on another site opens the page"
    assert (refusal(link, "POST", local, "/") or (0,))[0] == 403
    for path in ("/api/v1/ask", "/api/v1/documents/x/pages/1", "/gradio_api/queue/data"):
        assert (refusal(link, "GET", local, path) or (0,))[0] == 403
    for site in ("cross-site", "same-site"):
        assert (refusal({**own, "sec-fetch-site": site}, "POST", local) or (0,))[0] == 403
        assert (refusal({"host": own["host"], "sec-fetch-site": site, "sec-fetch-dest": "image"}, "GET", local) or (0,))[0] == 403


def test_nothing_is_kept_of_what_a_page_elsewhere_may_have_asked(client: TestClient, library: Recording) -> None:
    asked = {"question": "河道治理率的目标是多少？"}
    assert client.get("/api/v1/ask", params=asked, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    # a browser that does not say where a call comes from: the picture of another site looks the same as a line typed by hand
    old = client.get("/api/v1/ask", params=asked, headers={"user-agent": "Mozilla/5.0"})
    assert old.status_code == 200 and library.answers() == []
    assert client.get(f"/api/v1/answers/{old.json()['id']}").status_code == 404
    typed = client.get("/api/v1/ask", params=asked, headers={"user-agent": "Mozilla/5.0", "sec-fetch-site": "none"}).json()
    assert [kept.id for kept in library.answers()] == [typed["id"]]


def test_filters_that_are_too_long_are_refused_in_words(client: TestClient) -> None:
    for name in ("region", "level", "issuer", "topic", "status"):
        for path in ("search?query=x", "ask?question=x", "documents?query=x"):
            got = client.get(f"/api/v1/{path}&{name}={'长' * 201}")
            assert (got.status_code, name in got.json()["error"]["message"]) == (422, True)
    for name, length in (("level", 21), ("topic", 101), ("status", 51)):
        got = client.get("/api/v1/search", params={"query": "x", name: "长" * length})
        assert got.status_code == 422 and got.json()["error"]["message"] == f"{name}：太长"
    assert client.post("/api/v1/ask", content=b"[" * 50_000, headers={"content-type": "application/json"}).status_code in (
        400,
        422,
    )


def test_every_response_carries_the_headers(client: TestClient) -> None:
    for path in ("/api/v1/health", "/api/v1/nowhere"):
        got = client.get(path)
        for name, value in HEADERS.items():
            assert got.headers[name] == value
        assert got.headers["cache-control"] == "no-store"
    assert client.get("/api/v1/health", headers={"host": "example.org"}).status_code == 421


def test_serving_refuses_other_machines_and_busy_ports(library: Recording) -> None:
    with pytest.raises(UsageError, match="没有登录"):
        server.serve(library, host="0.0.0.0")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        with pytest.raises(UsageError, match="已被别的程序占用"):
            server.serve(library, port=busy.getsockname()[1])
    with pytest.raises(UsageError, match="端口"):
        server.serve(library, port=70000)


@pytest.mark.slow
def test_the_page_is_built_with_closed_settings(library: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gradio")
    monkeypatch.setenv("GRADIO_SHARE", "1")
    monkeypatch.setenv("GRADIO_ALLOWED_PATHS", "/")
    monkeypatch.setenv("GRADIO_MCP_SERVER", "1")
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "1")
    app = server.build_app(library, hosts=("testserver",))
    with TestClient(app) as client:
        page = client.get("/")
        assert page.status_code == 200 and "策脉" in page.text and page.headers["content-encoding"] == "gzip"
        config = json.JSONDecoder().raw_decode(
            page.text, page.text.index("window.gradio_config = ") + len("window.gradio_config = ")
        )[0]
        assert config["analytics_enabled"] is False and config["footer_links"] == []
        named = [d for d in config["dependencies"] if d.get("api_visibility") == "public"]
        assert named == []
        for unused in ("/config", "/gradio_api/info", "/docs", "/gradio_api/file=https://example.org/", "/gradio_api/mcp/"):
            assert client.get(unused).status_code == 404
        assert client.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}).status_code == 404
        odd = (b"", b"{}", b'{"data": 1}', b'{"data": [], "fn_index": 99}', b'{"data": [], "fn_index": "x"}', b"[" * 50_000,
               b'{"data": [null], "fn_index": 0, "session_hash": {"a": 1}}', b'{"data": [], "fn_index": -1, "trigger_id": []}')  # fmt: skip
        for body in odd:
            for route in ("run/predict", "queue/join"):
                got = client.post(f"/gradio_api/{route}", content=body, headers={"content-type": "application/json"})
                assert 400 <= got.status_code < 500 and "Traceback" not in got.text and "site-packages" not in got.text
        assert client.get("/favicon.ico").content.startswith(b"<svg")
        store = library.corpus.folder / "library.sqlite"
        assert client.get(f"/gradio_api/file={store}").status_code == 404
        assert client.get("/api/v1/health").json()["documents"] == 1


def test_lists_of_facts_count_a_work_once(library: Recording, tmp_path: Path) -> None:
    (tmp_path / "转载.txt").write_text("转载自某网站\n" + TEXT, encoding="utf-8")
    library.ingest([tmp_path / "转载.txt"])
    app = FastAPI()
    mount_api(app, Desk(library), Imports(Desk(library)))
    client = TestClient(app)
    for path in ("tasks", "targets", "facts/tasks", "graph/units"):
        once = client.get(f"/api/v1/{path}")
        every = client.get(f"/api/v1/{path}", params={"all_versions": "true"})
        assert (once.headers["x-folded-documents"], every.headers["x-folded-documents"]) == ("1", "0")
        assert len(every.json()) == len(once.json()) * (1 if "units" in path else 2)
    assert client.get("/api/v1/graph", params={"node": "unit:市水务局"}).json()["folded"] == 1
