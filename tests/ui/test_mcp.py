"""The MCP server over real pipes, and what is said where the SDK is missing."""

import asyncio
import json
import sys

import pytest

from cemai.library import Library
from corpus.errors import UsageError
from graph.kinds import PUBLISHED

PLAN = """石溪县山塘整治实施方案
一、开展安全鉴定。到2030年，山塘安全鉴定率达到97%以上。（牵头单位：县水务局；责任单位：县财政局）
"""


@pytest.fixture
def folder(tmp_path):
    plan = tmp_path / "山塘方案.txt"
    plan.write_text(PLAN, encoding="utf-8")
    with Library.open(tmp_path / "library") as library:
        library.ingest([plan])
    return tmp_path / "library"


@pytest.mark.slow
def test_another_program_asks_over_stdio(folder):
    mcp = pytest.importorskip("mcp", reason="the MCP SDK is not installed: pip install mcp")
    from mcp.client.stdio import stdio_client

    async def talk():
        started = mcp.StdioServerParameters(command=sys.executable, args=["-m", "ui", "mcp", "--library", str(folder)])
        async with stdio_client(started) as (read, write), mcp.ClientSession(read, write) as session:
            await session.initialize()
            tools = {tool.name for tool in (await session.list_tools()).tools}

            async def call(name, **arguments):
                result = await session.call_tool(name, arguments)
                return result.is_error, result.content[0].text

            found = [await call("tasks", unit="县水务局"), await call("targets", indicator="鉴定率"), await call("ask", question="山塘安全鉴定率目标是多少？")]  # fmt: skip
            found += [await call("search", query="山塘"), await call("compare", subject="山塘整治")]
            found += [await call("duties", unit="县水务局"), await call("lineage", document="山塘方案.txt", as_of="2026-01-01")]
            every = [await call("facts", kind=kind.plural) for kind in PUBLISHED]
            found.append(await call("ask", question="谁牵头", after=["山塘安全鉴定率目标是多少？"]))
            wrong = await call("search", query="山塘", region="没有这个地方")
            return tools, found, every, wrong

    tools, found, every, wrong = asyncio.run(talk())
    assert tools == {
        "search",
        "ask",
        "compare",
        "facts",
        "tasks",
        "targets",
        "duties",
        "coverage",
        "consistency",
        "eligible",
        "lineage",
    }
    assert not any(failed for failed, _ in found)
    tasks, targets, answer = (json.loads(text) for _, text in found[:3])
    assert tasks["total"] == 1 and tasks["tasks"][0]["lead_units"] == ["县水务局"]
    duties, lineage = (json.loads(text) for _, text in found[-3:-1])
    assert "山塘安全鉴定率" in json.loads(found[-1][1])["follow_up"]["question"]
    assert (duties["total"], duties["roles"]["lead"], duties["next_offset"]) == (1, 1, None)
    assert lineage["validity"]["reason"] and lineage["as_of"] == "2026-01-01"
    assert targets["targets"][0]["value_text"].startswith("97%")
    kinds = {kind.plural: json.loads(text) for kind, (_, text) in zip(PUBLISHED, every, strict=True)}
    assert kinds["tasks"] == tasks and kinds["targets"]["targets"] == targets["targets"]
    assert all(found["total"] == len(found[name]) for name, found in kinds.items())
    assert answer["citations"] and all(c["quote"] == PLAN[c["start"] : c["end"]] for c in answer["citations"])
    assert wrong[0] and "不认识地区" in wrong[1]


def test_without_the_sdk_one_is_told_what_to_install(monkeypatch):
    from ui.mcp import build

    monkeypatch.setitem(sys.modules, "mcp.server", None)
    with pytest.raises(UsageError, match="pip install"):
        build(None)
