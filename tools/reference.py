"""Write docs/reference from the program: commands, REST routes, tools for assistants (MCP), Python names.

    python tools/reference.py            # writes the pages
    python tools/reference.py --check    # exit status 1 where a page is not what the program says

The tests hold the pages against the program, so that nothing is missing and nothing is left of what is gone.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
_NOTE = "本页由 `python tools/reference.py` 从程序生成，请勿手改；测试会核对它和程序一致。"


def pages() -> dict[str, str]:
    """The pages by file name."""
    return {
        "commands.md": describe_commands(),
        "rest.md": describe_routes(),
        "mcp.md": describe_tools(),
        "python.md": describe_names(),
    }


def _cell(text: object) -> str:
    return " ".join(str(text or "").split()).replace("|", "\\|")


def _table(headers: tuple[str, ...], rows: list[tuple[object, ...]]) -> list[str]:
    lines = ["| " + " | ".join(headers) + " |", "|" + " --- |" * len(headers)]
    return [*lines, *("| " + " | ".join(_cell(value) for value in row) + " |" for row in rows), ""]


# ------------------------------------------------------------------ commands


def commands() -> Iterator[argparse.ArgumentParser]:
    """Every command of the program, parents before the commands below them."""
    from ui.cli import build_parser

    yield from _below(build_parser())


def _below(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from _below(child)


def _helps(parser: argparse.ArgumentParser) -> dict[str, str]:
    """The one line of help of each command right below a parser."""
    actions = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return {choice.dest: choice.help or "" for action in actions for choice in action._choices_actions}


def describe_commands() -> str:
    top, *rest = commands()
    shared = {option for action in top._actions for option in action.option_strings}
    helps = {f"cemai {name}": text for name, text in _helps(top).items()}
    for parser in rest:
        helps |= {f"{parser.prog} {name}": text for name, text in _helps(parser).items()}
    lines = [
        "# 命令",
        "",
        _NOTE,
        "",
        f"{top.description}",
        "",
        "退出码：0 完成，1 没找到或检查不通过，2 写法不对，3 有文件未能导入。",
        "",
    ]
    lines += [
        "每条命令都可以用：",
        "",
        *_table(("选项", "说明"), [_option(action) for action in top._actions if action.option_strings]),
    ]
    for parser in rest:
        lines += [f"{'#' * min(4, len(parser.prog.split()))} `{parser.prog}`", ""]
        about = [helps.get(parser.prog, "")]
        if parser.description and parser.description != about[0].replace("%%", "%"):
            about.append(parser.description)
        lines += [line for text in about if text for line in (" ".join(text.split()).replace("%%", "%"), "")]
        own = [a for a in parser._actions if not isinstance(a, argparse._SubParsersAction) and not shared & set(a.option_strings)]
        if own:
            lines += _table(("参数", "说明"), [_option(action) for action in own])
    return "\n".join(lines).rstrip() + "\n"


def _option(action: argparse.Action) -> tuple[str, str]:
    metavar = action.metavar[0] if isinstance(action.metavar, tuple) else action.metavar
    value = metavar or ("、".join(map(str, action.choices)) if action.choices else action.dest)
    takes = action.nargs != 0
    name = ", ".join(action.option_strings) + (f" {value}" if takes else "") if action.option_strings else str(value)
    values = {**vars(action), "prog": "cemai"}
    about = (action.help or "") % values if action.help and action.help is not argparse.SUPPRESS else ""
    if action.choices and metavar:
        about += f"（{'、'.join(map(str, action.choices))}）"
    return f"`{name}`", about


# ------------------------------------------------------------------ REST


def schema() -> dict[str, Any]:
    """The OpenAPI description of the routes."""
    from fastapi import FastAPI

    from ui.rest.app import mount_api

    app = FastAPI(title="cemai", version="1")
    nothing = cast("Any", None)  # the routes are described, none is called
    mount_api(app, nothing, nothing)
    return app.openapi()


def describe_routes() -> str:
    found = schema()
    lines = [
        "# REST 接口",
        "",
        _NOTE,
        "",
        "`cemai serve` 打开网页的同时提供这些地址；机器可读的说明在 `/api/v1/openapi.json`。",
        "",
    ]
    lines += ['出错时返回 `{"error": {…}}`，其中的话是中文，写明怎么办。', ""]
    for path, methods in sorted(found["paths"].items()):
        for method, route in methods.items():
            lines += [f"## `{method.upper()} {path}`", "", route.get("summary", ""), ""]
            if route.get("description"):
                lines += [" ".join(route["description"].split()), ""]
            rows = [
                (f"`{p['name']}`", {"query": "查询", "path": "地址", "header": "请求头"}.get(p["in"], p["in"]), _type(p.get("schema", {})),
                 "是" if p.get("required") else "")
                for p in route.get("parameters", ())
            ]  # fmt: skip
            for kind, content in route.get("requestBody", {}).get("content", {}).items():
                body = _resolve(content.get("schema", {}), found)
                needed = set(body.get("required", ()))
                rows += [
                    (f"`{name}`", "JSON" if kind == "application/json" else kind, _type(value), "是" if name in needed else "")
                    for name, value in body.get("properties", {}).items()
                ]
            if rows:
                lines += _table(("参数", "在哪里", "类型", "必填"), rows)
    return "\n".join(lines).rstrip() + "\n"


def _resolve(value: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    if name := value.get("$ref"):
        return cast("dict[str, Any]", found["components"]["schemas"][name.rsplit("/", 1)[-1]])
    return value


def _type(value: dict[str, Any]) -> str:
    if "anyOf" in value:
        return " 或 ".join(dict.fromkeys(_type(item) for item in value["anyOf"] if item.get("type") != "null"))
    if "enum" in value:
        return "、".join(map(str, value["enum"]))
    if value.get("type") == "array":
        return f"{_type(value.get('items', {}))} 的列表"
    if name := value.get("$ref"):
        return str(name).rsplit("/", 1)[-1]
    words = {"string": "文字", "integer": "整数", "number": "数", "boolean": "是否", "object": "对象"}
    return "日期" if value.get("format") == "date" else words.get(str(value.get("type")), str(value.get("type", "")))


# ------------------------------------------------------------------ MCP


def tools() -> list[Any]:
    """The tools for assistants."""
    from ui.mcp import build

    return list(asyncio.run(build(cast("Any", None)).list_tools()))


def describe_tools() -> str:
    lines = ["# 给别的助手用的工具（MCP）", "", _NOTE, "", "`cemai mcp` 在标准输入输出上提供；须装可选依赖 `cemai[mcp]`。", ""]
    for tool in sorted(tools(), key=lambda tool: tool.name):
        wanted = getattr(tool, "input_schema", None) or getattr(tool, "inputSchema", {})
        needed = set(wanted.get("required", ()))
        lines += [f"## `{tool.name}`", "", " ".join((tool.description or "").split()), ""]
        rows = [
            (f"`{name}`", _type(value), "是" if name in needed else "") for name, value in wanted.get("properties", {}).items()
        ]
        if rows:
            lines += _table(("参数", "类型", "必填"), rows)
    return "\n".join(lines).rstrip() + "\n"


# ------------------------------------------------------------------ Python


def describe_names() -> str:
    import cemai

    lines = ["# Python", "", _NOTE, "", "`import cemai` 之后可以用下列名称，其他模块随版本会变。", ""]
    lines += ["```python", inspect.getdoc(cemai) or "", "```", ""]
    for name in cemai.__all__:
        value = getattr(cemai, name)
        lines += [f"## `cemai.{name}`", ""]
        if not inspect.isclass(value):
            lines += [
                "```python",
                f"{name}{inspect.signature(value)}",
                "```",
                "",
                "```text",
                inspect.getdoc(value) or "",
                "```",
                "",
            ]
            continue
        lines += ["```text", inspect.getdoc(value) or "", "```", ""]
        rows = [(f"`{name}`", kind, about) for name, kind, about in _members(value)]
        if rows:
            lines += _table(("名称", "类型", "说明"), rows)
    return "\n".join(lines).rstrip() + "\n"


def _members(value: type) -> Iterator[tuple[str, str, str]]:
    """The public fields, attributes and methods of a class with the first line of what they say."""
    seen: set[str] = set()
    for base in reversed(value.__mro__):
        if base.__module__.split(".")[0] in ("builtins", "typing", "msgspec"):
            continue
        for name, kind in vars(base).get("__annotations__", {}).items():
            if not name.startswith("_") and name not in seen:
                seen.add(name)
                yield name, f"`{kind}`", ""
        for name, member in vars(base).items():
            if name.startswith("_") or name in seen:
                continue
            function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
            about = (inspect.getdoc(function) or "").split("\n\n")[0]
            if inspect.isfunction(function):
                seen.add(name)
                yield f"{name}{_signature(function)}", "方法", about
            elif isinstance(member, property) or type(member).__name__ == "cached_property":
                seen.add(name)
                yield name, "属性", about


def _signature(function: Any) -> str:
    found = inspect.signature(function)
    own = [parameter for parameter in found.parameters.values() if parameter.name not in ("self", "cls")]
    # a function as default is written with its address in memory
    return re.sub(r"<function .*? at 0x[0-9a-f]+>", "…", str(found.replace(parameters=own))).replace("'", "")


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--check", action="store_true", help="write nothing; say which pages are stale")
    args = p.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, text in pages().items():
        path = FOLDER / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not args.check:
                path.write_text(text, encoding="utf-8")
    print(("stale: " if args.check else "written: ") + (", ".join(stale) or "none"))
    return 1 if args.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
