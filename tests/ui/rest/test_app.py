"""REST: same answers and filters as the program, errors in Chinese, nothing served to other sites or under other names."""

from __future__ import annotations

import datetime as dt
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus.document import HeadMatter, ParsedDocument, Section, Span, content_id
from corpus.errors import UnknownDocument, UsageError
from corpus.filters import Filters
from corpus.store import Corpus, DocumentInfo
from graph.codec.records import TargetRecord, TaskRecord
from graph.queries.cited import CitedFact
from index.passages import Hit
from qa.answer import Answer, AnswerCitation, Cell, Comparison, ComparisonRow, Understanding
from ui import server
from ui.desk.desk import Desk
from ui.desk.imports import Imports
from ui.desk.uploads import safe_name
from ui.rest.app import mount_api

TEXT = "青禾市河道管护办法\n一、管护目标\n到2025年，河道治理率达到90%以上。（责任单位：市水务局）"


class Stub:
    """A library with the real store and answers made by hand."""

    def __init__(self, folder: Path) -> None:
        self.corpus = Corpus.open(folder)
        self.asked: list[Any] = []
        self.put("河道.txt", TEXT)

    def put(self, source: str, text: str) -> str:
        data = text.encode()
        head = HeadMatter(title=text.split("\n")[0], level="市州", issued_on="2022-03-01")
        end = text.find("\n") if "\n" in text else len(text)
        section = Section("s1", "title", None, text[:end], 0, 0, end, end, len(text))
        doc = ParsedDocument(content_id(data), source, "txt", content_id(data), text, head, (section,))
        former = [i.row for i in self.corpus.by_source(source)]
        self.corpus.put(doc, original=data, passages=[], facts=[], replaces=former)
        return doc.id

    @property
    def generation(self) -> int:
        return self.corpus.generation

    def understand(self, question: str, *, previous: Any = None) -> Understanding:
        return Understanding("target_value")

    has_model = False

    def worded(self, plain: Answer) -> Answer:
        return plain

    def keep(self, plain: Answer, worded: Answer, question: str, **_: Any) -> None:
        self.kept = worded

    def feedback(self, id: str, verdict: str, note: str | None = None) -> None:
        self.asked.append((id, verdict, note))

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        as_of: dt.date | None = None,
        previous: Any = None,
        keep: bool = True,
    ) -> Answer:
        self.asked.append((question, filters, as_of))
        span = Span(TEXT.index("到2025"), TEXT.index("（责任"))
        cited = AnswerCitation(
            self.documents()[0].id, "河道.txt", "办法", None, None, ("一、管护目标",), span.of(TEXT), span.start, span.end
        )
        return Answer("answer1", question, "answered", "target_value", "河道治理率达到90%以上。", (cited,))

    def search(self, query: str, *, filters: Filters | None = None, top: int = 10) -> list[Hit]:
        self.asked.append((query, filters, top))
        at = TEXT.find(query)
        if at < 0:
            return []
        hit = Hit(
            self.documents()[0].id, "河道.txt", "办法", (), TEXT, 0, len(TEXT), 1.0, highlights=(Span(at, at + len(query)),)
        )
        return [hit][:top]

    def compare(self, subject: str, *, regions: Any = None, as_of: dt.date | None = None) -> Comparison:
        cells = tuple(Cell(region, None, None) for region in regions or ("甲市", "乙市"))
        return Comparison(None, subject, tuple(regions or ("甲市", "乙市")), (ComparisonRow(subject, cells),))

    def tasks(
        self, *, unit: str | None = None, region: str | None = None, topic: str | None = None
    ) -> list[CitedFact[TaskRecord]]:
        made = TaskRecord(**self.place(), name="治理河道", responsible_units=(unit,) if unit else ())
        return [CitedFact(made, "办法")] if unit in (None, "市水务局") else []

    def targets(
        self, *, indicator: str | None = None, region: str | None = None, kind: str | None = None
    ) -> list[CitedFact[TargetRecord]]:
        made = TargetRecord(**self.place(), indicator="河道治理率", comparator="=", value_text="90%", unit="%", kind="target")
        return [CitedFact(made, "办法")]

    def place(self) -> dict[str, Any]:
        return {"id": "f1", "source": "河道.txt", "document_id": self.documents()[0].id, "quote": "q", "start": 0, "end": 4}

    def documents(self, filters: Filters | None = None) -> list[DocumentInfo]:
        return self.corpus.infos(filters)

    def document(self, name: str) -> ParsedDocument:
        return self.corpus.document(self.corpus.find(name).row)

    def original(self, name: str) -> tuple[str, bytes]:
        found = self.corpus.find(name)
        return found.source, self.corpus.original(found.sha256)

    def validity(self, info: DocumentInfo, as_of: dt.date | None = None) -> Any:
        return SimpleNamespace(status=info.status or "未载明", reason="")

    def ingest(self, paths: Any, *, region: str | None = None, progress: Any = None, reader: Any = None) -> Any:
        (path,) = paths
        text = path.read_bytes().decode()
        report = SimpleNamespace(added=[], replaced=[], unchanged=[], refused=[], warnings={}, ids={})
        if "坏" in path.name:
            report.refused.append(SimpleNamespace(source=path.name, reason="broken", message="文件已损坏。请重新导出。"))
        else:
            report.ids[path.name] = self.put(path.name, text)
            report.added.append(path.name)
        return report

    def remove(self, name: str) -> DocumentInfo:
        raise UnknownDocument("没有。")

    restore = set_status = remove

    def regions(self) -> list[str]:
        return []

    def topics(self) -> list[str]:
        return []

    def units(self) -> list[tuple[str, int]]:
        return [("市水务局", 1)]


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[Stub]:
    made = Stub(tmp_path / "library")
    yield made
    made.corpus.close()


@pytest.fixture
def client(stub: Stub, tmp_path: Path) -> TestClient:
    app = FastAPI(openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None)
    desk = Desk(stub, uploads=tmp_path / "uploads")
    mount_api(app, desk, Imports(desk))
    server._guard(app, ("testserver",))
    return TestClient(app, raise_server_exceptions=False)


def test_questions_take_the_same_filters_by_get_and_post(client: TestClient, stub: Stub) -> None:
    got = client.get(
        "/api/v1/ask", params={"question": "治理率？", "region": "黔南州", "year": 2022, "as_of": "2026-01-02"}
    ).json()
    assert got["citations"][0]["quote"] == "到2025年，河道治理率达到90%以上。"
    assert stub.asked[-1] == ("治理率？", Filters(region="黔南州", year=2022), dt.date(2026, 1, 2))
    client.post("/api/v1/ask", json={"question": "治理率？", "filters": {"topic": "水利"}})
    assert stub.asked[-1] == ("治理率？", Filters(topic="水利"), None)
    found = client.get("/api/v1/search", params={"query": "治理率", "top": 3}).json()
    assert stub.asked[-1] == ("治理率", None, 3) and len(found["hits"]) == 1 and found["generation"] == stub.generation
    assert client.post("/api/v1/search", json={"query": "没有这词"}).json()["hits"] == []
    rows = client.get("/api/v1/compare", params={"subject": "水利", "regions": "黔南州，甘南州"}).json()
    assert rows["regions"] == ["黔南州", "甘南州"] and rows["rows"][0]["cells"][0]["text"] is None
    assert client.get("/api/v1/answers/answer1").json()["id"] == "answer1"


def test_facts_and_documents(client: TestClient, stub: Stub) -> None:
    id = stub.documents()[0].id
    assert [t["name"] for t in client.get("/api/v1/tasks", params={"unit": "市水务局"}).json()] == ["治理河道"]
    assert client.get("/api/v1/tasks", params={"unit": "无此局"}).json() == []
    ledger = client.get("/api/v1/tasks", params={"format": "xlsx"})
    duties = client.get("/api/v1/tasks", params={"format": "docx", "form": "duties", "unit": "市水务局"})
    assert (
        ledger.content.startswith(b"PK") and duties.content.startswith(b"PK") and "docx" in duties.headers["content-disposition"]
    )
    assert client.get("/api/v1/targets", params={"kind": "target"}).json()[0]["indicator"] == "河道治理率"
    (brief,) = client.get("/api/v1/documents").json()
    assert brief["id"] == id and brief["title"] == "青禾市河道管护办法" and brief["validity"]["status"] == "未载明"
    whole = client.get(f"/api/v1/documents/{id}").json()
    assert whole["length"] == len(TEXT) and whole["sections"][0]["kind"] == "title" and len(whole["tasks"]) == 1
    assert client.get(f"/api/v1/documents/{id}/text", params={"start": 0, "end": 3}).text == "青禾市"
    raw = client.get(f"/api/v1/documents/{id}/original")
    assert raw.content == TEXT.encode() and raw.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in raw.headers["content-security-policy"] and raw.headers["content-type"] == "application/octet-stream"
    assert client.get("/api/v1/health").json() == {"status": "ok", "generation": stub.generation, "documents": 1}
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


def test_a_defect_is_not_shown(client: TestClient, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(stub, "search", broken)
    got = client.get("/api/v1/search", params={"query": "x"})
    assert got.status_code == 500 and "secret" not in got.text and got.json()["error"]["code"] == "internal"


def test_what_people_say_of_an_answer_is_kept(client: TestClient, stub: Stub) -> None:
    said = {"verdict": "wrong", "note": "数字是旧的"}
    assert client.post("/api/v1/answers/answer1/feedback", json=said).status_code == 204
    assert stub.asked[-1] == ("answer1", "wrong", "数字是旧的")
    assert client.post("/api/v1/answers/answer1/feedback", json={"verdict": "meh"}).status_code == 422


def test_imports_go_on_in_the_background_and_are_found_again(client: TestClient, stub: Stub) -> None:
    for name in ("堤防.txt", "坏.txt"):
        sent = client.post("/api/v1/imports", files={"file": (name, f"{name}办法\n一、总则".encode())})
        assert sent.status_code == 202 and sent.json()["state"] in ("等待", "正在识别")
    for _ in range(3_000):
        jobs = client.get("/api/v1/imports").json()
        if all(job["done"] for job in jobs):
            break
        time.sleep(0.02)
    assert [(job["source"], job["state"]) for job in jobs] == [("堤防.txt", "已入库"), ("坏.txt", "未收")]
    assert jobs[0]["title"] == "堤防.txt办法" and "重新导出" in jobs[1]["message"]
    refused = client.post("/api/v1/imports", files={"file": ("a.exe", b"x")}).json()
    assert refused["state"] == "未收" and refused["done"] and "docx" in refused["message"]
    elsewhere = client.post("/api/v1/imports", files={"file": ("a.txt", b"x")}, data={"region": "没有这个地方"}).json()
    assert elsewhere["state"] == "未收" and "没有这个地方" in elsewhere["message"]
    assert client.delete("/api/v1/imports").status_code == 204 and client.get("/api/v1/imports").json() == []


def test_uploads_are_stored_replaced_and_refused_in_words(client: TestClient, stub: Stub) -> None:
    def send(name: str, data: bytes) -> Any:
        return client.post("/api/v1/documents", files={"file": (name, data)})

    first = send("新办法.txt", "青禾市新办法\n第一条".encode())
    assert first.status_code == 200 and first.json()["state"] == "已入库"
    assert len(client.get("/api/v1/documents").json()) == 2
    assert send("坏.txt", b"x").json()["error"]["message"] == "文件已损坏。请重新导出。"
    told = client.post(
        "/api/v1/documents", params={"report": True}, files={"file": ("坏.txt", b"x")}, data={"region": "没有这个地方"}
    )
    assert told.status_code == 200 and told.json()["state"] == "未收" and "不认识地区" in told.json()["message"]
    assert "不支持" in send("宏.exe", b"MZ").json()["error"]["message"]
    assert "空的" in send("空.txt", b"").json()["error"]["message"]
    assert send("../../逃.txt", "逃出\n正文".encode()).json()["source"] == "逃.txt"


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
    assert server.refusal({"host": "127.0.0.1:7860"}, "GET", local) is None
    assert server.refusal({"host": "[::1]:7860"}, "GET", local) is None
    for host in ("example.org", "127.0.0.1.example.org:7860", ""):
        assert (server.refusal({"host": host}, "GET", local) or (0,))[0] == 421
    own = {"host": "127.0.0.1:7860", "origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}
    assert server.refusal(own, "POST", local) is None
    for origin in ("http://example.org", "null", "http://127.0.0.1:9999"):
        assert (server.refusal({**own, "origin": origin}, "POST", local) or (0,))[0] == 403
    assert (server.refusal({**own, "sec-fetch-site": "cross-site"}, "POST", local) or (0,))[0] == 403
    assert (server.refusal({**own, "content-length": str(10**9)}, "POST", local) or (0,))[0] == 413


def test_every_response_carries_the_headers(client: TestClient) -> None:
    for path in ("/api/v1/health", "/api/v1/nowhere"):
        got = client.get(path)
        for name, value in server.HEADERS.items():
            assert got.headers[name] == value
        assert got.headers["cache-control"] == "no-store"
    assert client.get("/api/v1/health", headers={"host": "example.org"}).status_code == 421


def test_serving_refuses_other_machines_and_busy_ports(stub: Stub) -> None:
    with pytest.raises(UsageError, match="没有登录"):
        server.serve(stub, host="0.0.0.0")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        with pytest.raises(UsageError, match="已被别的程序占用"):
            server.serve(stub, port=busy.getsockname()[1])
    with pytest.raises(UsageError, match="端口"):
        server.serve(stub, port=70000)


@pytest.mark.slow
def test_the_page_is_built_with_closed_settings(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gradio")
    monkeypatch.setenv("GRADIO_SHARE", "1")
    monkeypatch.setenv("GRADIO_ALLOWED_PATHS", "/")
    monkeypatch.setenv("GRADIO_MCP_SERVER", "1")
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "1")
    app = server.build_app(stub, hosts=("testserver",))
    with TestClient(app) as client:
        page = client.get("/")
        assert page.status_code == 200 and "策脉" in page.text
        config = client.get("/config").json()
        assert config["analytics_enabled"] is False and config["footer_links"] == []
        named = [d for d in config["dependencies"] if d.get("api_visibility") == "public"]
        assert named == []
        assert client.get("/gradio_api/info").json()["named_endpoints"] == {}
        assert client.get("/docs").status_code in (200, 404) and "cdn" not in client.get("/docs").text
        assert client.get("/favicon.ico").content.startswith(b"<svg")
        library = stub.corpus.folder / "library.sqlite"
        assert client.get(f"/gradio_api/file={library}").status_code in (403, 404)
        assert client.get("/gradio_api/mcp/").status_code == 404
        assert client.get("/api/v1/health").json()["documents"] == 1
