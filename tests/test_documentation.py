"""The documentation says what is there: references generated from the program, links and paths that lead somewhere."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tools import reference

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/model/README.md"), *ROOT.glob("*/*/model/README.md")]
)
GUIDES = [page for page in PAGES if page.name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md") or "guide" in page.parts]
"""What is to be true today; decisions and measurements tell of their day."""
ELSEWHERE = {"cemai/config.toml", "ingest/formats/toy.py"}
"""Names that are not of this repository: a file in the folder of the user's settings, one that the guide has its reader write."""
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_PATH = re.compile(r"`((?:corpus|ingest|index|graph|qa|cemai|ui|tests|tools|docs|eval|benchmarks)/[\w./-]*)`")


def headings(text: str) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    lines = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.replace("`", "").lower()).replace(" ", "-") for line in lines}


def broken_links(page: Path, text: str) -> list[str]:
    found = []
    for link in _LINK.findall(_CODE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in headings(target.read_text(encoding="utf-8"))
        ):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


def test_a_broken_link_is_found() -> None:
    page = ROOT / "README.md"
    text = (
        "[a](docs/failure-modes.md) [b](docs/none.md) [c](#nowhere) `[d](none)` [e](https://example.org/x) [f](#一节)\n# 一节\n"
    )
    assert broken_links(page, text) == ["docs/none.md", "#nowhere", "#一节"], "the anchors are those of the page on the disk"


@pytest.mark.parametrize("page", GUIDES, ids=[str(page.relative_to(ROOT)) for page in GUIDES])
def test_paths_that_are_named_exist(page: Path) -> None:
    named = _PATH.findall(page.read_text(encoding="utf-8"))
    assert [path for path in named if path not in ELSEWHERE and not (ROOT / path).exists()] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["commands.md", "rest.md", "mcp.md", "python.md"])
def test_the_reference_is_what_the_program_says(name: str) -> None:
    if name == "mcp.md" and find_spec("mcp") is None:
        pytest.skip("mcp is not installed: the tools for assistants cannot be listed")
    makers = {
        "commands.md": reference.describe_commands,
        "rest.md": reference.describe_routes,
        "mcp.md": reference.describe_tools,
        "python.md": reference.describe_names,
    }
    written = (reference.FOLDER / name).read_text(encoding="utf-8")
    assert written == makers[name](), "run: python tools/reference.py"


def test_the_reference_names_everything() -> None:
    text = (reference.FOLDER / "commands.md").read_text(encoding="utf-8")
    found = list(reference.commands())
    assert len(found) > 50
    for parser in found[1:]:
        assert f"`{parser.prog}`\n" in text
        for action in parser._actions:
            for option in action.option_strings:
                assert option in text, (parser.prog, option)
    names = (reference.FOLDER / "python.md").read_text(encoding="utf-8")
    import cemai

    assert [name for name in cemai.__all__ if f"## `cemai.{name}`" not in names] == []


def written_commands(text: str) -> list[str]:
    """The lines of code blocks that call the program, without what is said of them behind ``#``."""
    lines = [
        line
        for block in re.findall(r"^```(?:console|sh)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        for line in block.splitlines()
    ]
    found = [re.split(r"\s{2,}#", re.sub(r"^\.venv/bin/", "", line))[0].strip() for line in lines]
    return [line for line in found if line.startswith("cemai ") and " / " not in line]  # show / text / … names several at once


@pytest.mark.parametrize("page", GUIDES, ids=[str(page.relative_to(ROOT)) for page in GUIDES])
def test_commands_are_understood(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ui.cli import build_parser

    parser = build_parser()
    for line in written_commands(page.read_text(encoding="utf-8")):
        try:
            parser.parse_args(shlex.split(line)[1:])
        except SystemExit as end:
            assert end.code == 0, (line, capsys.readouterr().err)


def test_a_command_that_is_not_there_is_found() -> None:
    from ui.cli import build_parser

    assert written_commands("```\ncemai ask 问  # 说明\n.venv/bin/cemai demo\n# 别的\n```\n") == ["cemai ask 问", "cemai demo"]
    with pytest.raises(SystemExit):
        build_parser().parse_args(["ask", "问", "--no-such-option"])


def test_the_example_of_a_format_reads_its_file() -> None:
    from corpus.errors import RefusedInput
    from ingest.limits import DEFAULT

    text = (ROOT / "docs" / "guide" / "extending.md").read_text(encoding="utf-8")
    code = next(
        block for block in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE) if "def read_toy" in block
    )
    sample = next(block for block in re.findall(r"^```text\n(.*?)^```", text, re.DOTALL | re.MULTILINE) if "----" in block)
    made: dict[str, Any] = {}
    exec(compile(code, "toy.py", "exec"), made)
    raw = made["read_toy"](sample.encode(), "通知.toy", DEFAULT)
    assert raw.fields == {"title": "某县防汛通知", "doc_number": "某政发〔2026〕3号"}
    assert raw.text == "一、备足沙袋。储备沙袋3万条。\n"
    with pytest.raises(RefusedInput):
        made["read_toy"](b"toy 1\n", "通知.toy", DEFAULT)


def test_every_page_is_in_the_site() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")]
    named = re.findall(r"(\S+\.md)$", nav, re.MULTILINE)
    assert sorted(named) == sorted(pages)


def test_every_decision_has_its_record() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = re.search(r"^## Decisions worth knowing$(.*?)^## ", text, re.DOTALL | re.MULTILINE)
    assert section
    before_heads, *groups = re.split(r"^\*\*", section.group(1), flags=re.MULTILINE)
    assert "\n- " not in before_heads, "a decision outside of the groups with records"
    named = [re.findall(r"\(docs/decisions/([\w-]+\.md)\)", group.splitlines()[0]) for group in groups]
    assert len(groups) > 10
    assert all(named), "a group without a record"
    records = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert sorted(name for names in named for name in names) == records, "each record belongs to one group"


def test_records_say_when_why_and_what_else() -> None:
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert re.search(r"2026-\d\d-\d\d", text), (path.name, "no date")
        for part in (
            r"## Why|\*\*Question",
            r"[Oo]ther ways|Alternatives|\| way \||Tried and left|What was not done",
            r"[Mm]easured|counted",
        ):
            assert re.search(part, text), (path.name, part)


def test_settings_of_the_tools_can_be_read() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    for name in (".pre-commit-config.yaml", "mkdocs.yml", *(str(path) for path in (ROOT / ".github").rglob("*.yml"))):
        assert yaml.safe_load((ROOT / name).read_text(encoding="utf-8")), name
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    assert len(hooks) == len({hook["id"] for hook in hooks}) > 3
    workflow = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8"))
    assert any(step.get("run") == ".ci/run" for step in workflow["jobs"]["check"]["steps"])
