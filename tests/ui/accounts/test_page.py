"""The page and its own calls: each role in it, windows of others, what is queued, an open stream after signing out."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from cemai.accounts import Accounts, local_actor
from cemai.library import Library

pytestmark = pytest.mark.slow
ME = local_actor("test")


def config_of(client: Any) -> dict[str, Any]:
    page = client.get("/")
    assert page.status_code == 200
    found: dict[str, Any] = json.JSONDecoder().raw_decode(page.text, page.text.index("window.gradio_config = ") + 23)[0]
    return found


def presses(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is called when something is pressed in a panel, by the id of the panel."""
    names = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
    return {names[target]: call for call in config["dependencies"] for target, event in call["targets"] if event == "click"}


def send(
    client: Any,
    call: dict[str, Any],
    values: dict[str, Any],
    window: str,
    *,
    queued: bool = False,
    headers: dict[str, str] | None = None,
) -> Any:
    body = {
        "data": [None] * len(call["inputs"]),
        "event_data": values,
        "fn_index": call["id"],
        "session_hash": window,
        "trigger_id": call["targets"][0][0],
    }
    return client.post(f"/gradio_api/{'queue/join' if queued else 'run/predict'}", json=body, headers=headers or {})


def load(client: Any, config: dict[str, Any], window: str) -> str:
    call = next(one for one in config["dependencies"] if any(event == "load" for _, event in one["targets"]))
    got = send(client, {**call, "targets": [(None, "load")]}, {}, window)
    assert got.status_code == 200, got.text
    return str(got.json()["data"])


@pytest.fixture
def config(accounts: Accounts, visit: Any) -> dict[str, Any]:
    return config_of(visit("admin"))


def test_who_is_signed_in_is_shown(config: dict[str, Any], visit: Any) -> None:
    assert "reader（读者）" in load(visit("reader"), config, "w1") and "/account" in load(visit("editor"), config, "w2")


def test_a_reader_changes_nothing_by_the_page(config: dict[str, Any], library: Library, visit: Any, accounts: Accounts) -> None:
    (info,) = library.documents()
    call = presses(config)["shelf-out"]
    for number, (who, acts) in enumerate(
        {"reader": ("remove", "backup", "undo", "save", "split"), "auditor": ("remove",)}.items()
    ):
        client = visit(who)
        for act in acts:
            got = send(client, call, {"act": act, "doc": info.id, "id": info.id, "title": "别的", "start": "0"}, f"w{number}")
            assert got.status_code == (403 if who == "auditor" else 200)
            assert len(library.documents()) == 1 and library.corrections(info.id) == []
    assert "不能做这一步" in send(visit("reader"), call, {"act": "remove", "doc": info.id, "id": info.id}, "w9").text
    assert not list(library.corpus.folder.parent.glob("*.backups"))
    (row,) = [row for row in accounts.store.entries() if row.result == "denied" and row.who == "auditor"]
    assert row.action == "POST /gradio_api/run/predict"


def test_an_editor_does_and_it_is_recorded(config: dict[str, Any], library: Library, visit: Any, accounts: Accounts) -> None:
    (info,) = library.documents()
    got = send(visit("editor"), presses(config)["shelf-out"], {"act": "remove", "doc": info.id, "id": info.id}, "w1")
    assert got.status_code == 200 and library.documents() == []
    (row,) = library.corpus.audit_entries()
    assert (row.who, row.object, row.result) == ("editor", f"document:{info.id}", "ok") and row.action == "page:shelf/remove"
    assert library.corpus.check_audit(accounts.store.witness("library")) == []
    assert accounts.store.witness("library") == library.corpus.audit_head()


def test_nobody_reads_the_window_of_another(config: dict[str, Any], visit: Any) -> None:
    reader, editor, nobody = visit("reader"), visit("editor"), visit()
    call = presses(config)["shelf-out"]
    assert send(reader, call, {"act": "show"}, "mine").status_code == 200
    assert send(editor, call, {"act": "show"}, "mine").status_code == 403
    assert send(editor, call, {"act": "show"}, "mine", queued=True).status_code == 403
    assert editor.get("/gradio_api/queue/data?session_hash=mine").status_code == 403
    assert editor.get("/gradio_api/queue/data?session_hash=x&session_hash=mine").status_code == 403
    assert editor.get("/gradio_api/heartbeat/mine").status_code == 403
    assert nobody.get("/gradio_api/queue/data?session_hash=mine").status_code == 401
    for odd in (["mine"], {"a": 1}, 7, "", "x" * 1000):
        assert send(editor, call, {"act": "show"}, odd).status_code == 403  # type: ignore[arg-type]
    # many windows of one's own never let go of the window of another
    for number in range(230):
        editor.get(f"/gradio_api/heartbeat/mine?{number}")
        send(editor, call, {"act": "show"}, f"flood{number}")
    assert send(editor, call, {"act": "show"}, "mine").status_code == 403


def stream(client: Any, window: str, lines: list[str], ended: threading.Event) -> None:
    with client.stream("GET", f"/gradio_api/queue/data?session_hash={window}") as reply:
        for line in reply.iter_lines():
            if line:
                lines.append(line)
    ended.set()


def ask(client: Any, call: dict[str, Any], window: str) -> str:
    lines: list[str] = []
    ended = threading.Event()
    assert send(client, call, {"act": "ask", "question": "河道治理率"}, window, queued=True).status_code == 200
    threading.Thread(target=stream, args=(client, window, lines, ended), daemon=True).start()
    assert ended.wait(60)
    return "\n".join(lines)


def test_what_is_queued_is_done_for_whoever_asked(
    config: dict[str, Any], visit: Any, library: Library, accounts: Accounts
) -> None:
    call = presses(config)["ask-out"]
    said = ask(visit("reader"), call, "w1")
    assert "90%以上" in json.dumps(said, ensure_ascii=False) or "90%" in said.encode().decode("unicode_escape")
    assert [row.action for row in accounts.store.entries() if row.who == "reader" and row.object.startswith("question:")] == [
        "ask"
    ]
    ask(visit("editor"), call, "w2")
    until = time.monotonic() + 10
    while len(kept := library.answers()) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    numbers = {account.name: account.number for account in accounts.store.accounts()}
    assert {one.payload["account"] for one in kept} == {numbers["reader"], numbers["editor"]}
    mine = next(one for one in kept if one.payload["account"] == numbers["reader"])
    for who, status in (("reader", 204), ("editor", 404), ("admin", 404)):
        assert visit(who).post(f"/api/v1/answers/{mine.id}/feedback", json={"verdict": "right"}).status_code == status
    assert visit("reader").get(f"/api/v1/answers/{mine.id}").status_code == 200
    assert visit("editor").get(f"/api/v1/answers/{mine.id}").status_code == 404
    check = {"act": "check", "id": mine.id}
    for who, window in (("reader", "w3"), ("editor", "w4")):
        client = visit(who)
        lines: list[str] = []
        ended = threading.Event()
        assert send(client, call, check, window, queued=True).status_code == 200
        threading.Thread(target=stream, args=(client, window, lines, ended), daemon=True).start()
        assert ended.wait(60)
        told = "".join(json.dumps(json.loads(line[6:]), ensure_ascii=False) for line in lines if line.startswith("data: {"))
        assert ("没有保存这条回答" in told) == (who == "editor"), told[:500]


def test_learning_and_dossiers_belong_to_the_account(config: dict[str, Any], visit: Any, library: Library) -> None:
    reader, editor = visit("reader"), visit("editor")
    (info,) = library.documents()
    start = info and library.corpus.text(info.row).index("到2025年")
    call = presses(config)["reader"]
    got = send(
        reader, call, {"act": "collect", "doc": info.id, "start": str(start), "end": str(start + 8), "dossier": "我的"}, "w1"
    )
    assert got.status_code == 200
    assert [one["name"] for one in reader.get("/api/v1/dossiers").json()] == ["我的"]
    assert editor.get("/api/v1/dossiers").json() == [] and editor.get("/api/v1/dossiers/我的").status_code == 404
    assert reader.get("/api/v1/dossiers/我的").status_code == 200
    assert reader.get("/api/v1/study/scores").status_code == 403
    study = presses(config)["study-out"]
    got = send(reader, study, {"act": "quiz", "learner": "别人"}, "w1")
    assert got.status_code == 200
    from qa.study import rounds

    assert rounds.load(library.corpus, "reader") is not None and rounds.load(library.corpus, "别人") is None
    from qa import study as questions
    from qa.study.learners import learners, note_answer

    asked = questions.quiz(library.corpus, 1, 1)
    for name in ("reader", "同事"):
        note_answer(library.corpus, name, asked[0], True)
    shown = send(reader, study, {"act": "scores"}, "w1").text
    assert "同事" not in json.dumps(json.loads(shown), ensure_ascii=False)
    send(reader, study, {"act": "forget", "name": "同事"}, "w1")
    assert {one.name for one in learners(library.corpus)} == {"reader", "同事"}
    send(reader, study, {"act": "forget", "name": "reader"}, "w1")
    assert {one.name for one in learners(library.corpus)} == {"同事"}


def test_signed_in_people_correct_under_their_own_name(visit: Any, library: Library, accounts: Accounts) -> None:
    (info,) = library.documents()
    got = visit("editor").patch(f"/api/v1/documents/{info.id}", json={"title": "另一个办法", "who": "admin"})
    assert got.status_code == 200
    assert [one.who for one in library.corrections(info.id)] == ["editor"]


def test_uploads_are_recorded_as_their_senders(visit: Any, library: Library, accounts: Accounts) -> None:
    text = "青禾市人民政府关于防汛的通知\n一、加强值守。各镇要落实值守责任。".encode()
    assert visit("reader").post("/api/v1/imports", files={"file": ("防汛.txt", text)}).status_code == 403
    assert visit().post("/api/v1/documents", files={"file": ("防汛.txt", text)}).status_code == 401
    client = visit("editor")
    assert client.post("/api/v1/imports", files={"file": ("防汛.txt", text)}).status_code == 202
    until = time.monotonic() + 60
    while not all(job["done"] for job in client.get("/api/v1/imports").json()) and time.monotonic() < until:
        time.sleep(0.1)
    (row,) = library.corpus.audit_entries()
    assert (row.who, row.action) == ("editor", "import") and row.address
    assert visit("reader").get("/api/v1/imports").json() == []
    assert any(row.action == "POST /api/v1/imports" and row.result == "ok" for row in accounts.store.entries())


def test_an_open_answer_ends_when_its_session_does(config: dict[str, Any], app: Any, accounts: Accounts, visit: Any) -> None:
    """Over the gate itself: a stream that is open gets nothing more once its owner has signed out."""
    from ui.accounts.door import AccountAdmission

    client = visit("reader")
    secret = client.cookies.get("cemai-7860")
    from corpus.store.audit import Actor
    from ui.accounts.door import AccountDoor
    from ui.accounts.rights import find_rule

    caller = accounts.of_session(secret)
    rule = find_rule("GET", "/gradio_api/queue/data")
    assert caller is not None and rule is not None
    door = AccountDoor(accounts.store.path.parent, port=7860)
    held = AccountAdmission(door, accounts, caller, rule, Actor("reader"), "/gradio_api/queue/data", False, secret)
    assert held.still_holds()
    client.post("/sign-out")
    assert not held.still_holds()
    door.close()


def test_files_are_taken_away_with_a_record(visit: Any, library: Library, accounts: Accounts) -> None:
    (info,) = library.documents()
    client = visit("reader")
    assert client.get(f"/api/v1/documents/{info.id}/original").status_code == 200
    assert client.get("/api/v1/tasks?format=xlsx").status_code == 200
    assert client.get("/api/v1/tasks").status_code == 200
    done = [row.action for row in accounts.store.entries() if row.who == "reader" and row.action.startswith("GET")]
    assert done == ["GET /api/v1/tasks", "GET /api/v1/documents/{id}/original"]
