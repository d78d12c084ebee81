"""The page over a Gradio without its unused parts is the page over a whole one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import json, re, sys
from pathlib import Path
if sys.argv[2] == "whole":
    import gradio
from starlette.testclient import TestClient
from cemai.library import Library
from ui.server import build_app
with Library.open(Path(sys.argv[1])) as library, TestClient(build_app(library), base_url="http://127.0.0.1") as client:
    page = client.get("/")
    config = json.JSONDecoder().raw_decode(page.text, page.text.index("window.gradio_config = ") + 23)[0]
    load = next(d["id"] for d in config["dependencies"] if any(event == "load" for _, event in d["targets"]))
    drawn = client.post("/gradio_api/run/predict", json={"data": [], "fn_index": load, "session_hash": "x"})
    theme = client.get("/theme.css")
    ask = next(d["id"] for d in config["dependencies"] if d["queue"] and d["targets"] and d["targets"][0][1] == "click")
    body = {"data": [None], "event_data": {"question": "有哪些目标？", "act": "ask"}, "fn_index": ask, "session_hash": "y"}
    joined = client.post("/gradio_api/queue/join", json=body)
    stream = client.get("/gradio_api/queue/data", params={"session_hash": "y"}).text
    messages = [json.loads(line[5:]) for line in stream.splitlines() if line.startswith("data:")]
    for name in ("app_id",):
        config.pop(name)
    print(json.dumps({
        "config": re.sub(r" at 0x[0-9a-f]+", "", json.dumps(config, sort_keys=True)),
        "drawn": drawn.json()["data"], "statuses": [page.status_code, drawn.status_code, theme.status_code, joined.status_code],
        "theme": theme.text, "asked": [one["output"]["data"] for one in messages if one["msg"] == "process_completed"],
        "loaded": sorted({"mcp", "pandas.core", "huggingface_hub._inference"} & set(sys.modules)),
    }))
"""


def page(folder: Path, how: str) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CEMAI_ITEM_ENCODER": "0", "GRADIO_ANALYTICS_ENABLED": "0"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), how], env=environment, cwd=folder.parent, capture_output=True, check=True
    )
    assert b"imported whole" not in done.stderr and b"Traceback" not in done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_the_page_is_the_same_and_the_parts_stay_out(tmp_path: Path) -> None:
    pytest.importorskip("gradio")
    whole, slim = page(tmp_path / "lib", "whole"), page(tmp_path / "lib", "slim")
    assert slim.pop("loaded") == [] and "pandas.core" in whole.pop("loaded")
    assert slim == whole and slim["statuses"] == [200, 200, 200, 200]
    assert slim["asked"]


@pytest.mark.slow
def test_a_part_that_is_used_after_all_says_so() -> None:
    pytest.importorskip("gradio")
    script = "from ui.page.gradio_parts import import_gradio; import_gradio().load('models/x')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 1 and b"LeftOutError: gradio.external.load is not part of this page" in done.stderr
