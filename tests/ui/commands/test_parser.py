"""The command line speaks Chinese: also where argparse speaks for it, and also when a newer Python words something anew."""

from __future__ import annotations

import argparse
import ast
import inspect
import re

import pytest

from ui.cli import build_parser
from ui.commands.parser import Catalogue, Parser, catalogue

# what argparse says to the programmer who builds a parser, and what we write ourselves
NOT_FOR_USERS = {
    "'required' is an invalid argument for positionals",
    "%(prog)s: error: %(message)s\n",
    "%r is not callable",
    ".__call__() not defined",
    'argument "-" with mode %r',
    "can't open '%(filename)s': %(error)s",
    "cannot have multiple subparser arguments",
    "cannot merge actions - two groups are named %r",
    "conflicting option string: %s",
    "conflicting option strings: %s",
    "conflicting subparser alias: %s",
    "conflicting subparser: %s",
    "dest= is required for options like %r",
    "invalid conflict_resolution value: %r",
    "invalid option string %(option)r: must start with a character %(prefix_chars)r",
    "mutually exclusive arguments must be optional",
    "show this help message and exit",
    "usage: ",
    # from Python 3.13 on, none of them used here
    " (default: %(default)s)",
    "%(heading)s:",
    "%(prog)s: warning: %(message)s\n",
    "argument '%(argument_name)s' is deprecated",
    "command '%(parser_name)s' is deprecated",
    "option '%(option)s' is deprecated",
    "show program's version number and exit",
    "subcommands",
}
FIELD = re.compile(r"%(?:\(\w+\))?[sr]")


def said_by_argparse() -> set[str]:
    """The messages this Python's argparse hands to gettext."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(argparse))) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("_", "ngettext")]
    return {arg.value for call in named for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}


def test_every_message_of_this_python_is_in_the_catalogue() -> None:
    said = said_by_argparse()
    assert len(said) > 20
    assert said - NOT_FOR_USERS == set(catalogue().messages)


def test_translations_have_the_fields_of_the_original() -> None:
    for english, chinese in catalogue().messages.items():
        known, used = FIELD.findall(english), FIELD.findall(chinese)
        # a named field may be left out, one that is filled by its place may not
        assert set(used) <= set(known) and used.count("%s") + used.count("%r") == known.count("%s") + known.count("%r"), english


def test_an_unknown_message_stays_as_it_is() -> None:
    assert catalogue().gettext("reworded by Python 9") == "reworded by Python 9"
    assert Catalogue({"one": "一", "many": "几"}).ngettext("one", "many", 2) == "几"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["study", "practice"], "缺少参数 --learner"),
        (["search", "x", "--nothing"], "不认识的参数 --nothing"),
        (["search", "x", "--top"], "参数 --top: 后面要有一个值"),
        (["search", "x", "--top", "三"], "参数 --top: 不是整数 '三'"),
        (["tasks", "--form", "x"], "没有这个选择 'x'（可选：'ledger', 'duties'）"),
        (["nothing"], "没有这个选择 'nothing'（可选："),
        (["tasks", "--json=1"], "不带值，却写了 '1'"),
    ],
)
def test_wrong_usage_is_told_in_chinese(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        build_parser().parse_args(words)
    told = capsys.readouterr().err
    assert stopped.value.code == 2 and said in told
    assert told.startswith("用法：") and "--help 查看说明" in told


def test_help_is_chinese_and_its_lines_are_under_one_another() -> None:
    told = build_parser().format_help()
    assert told.startswith("用法： cemai [-h]") and "显示这份说明" in told and "\n选项:\n" in told and "\n命令:\n" in told
    assert not re.search(r"\b(usage|options|optional|positional|show this)\b", told)
    long = Parser(prog="cemai")
    for n in range(20):
        long.add_argument(f"--option-{n}", metavar="X")
    first, second = long.format_usage().splitlines()[:2]
    assert first.startswith("用法： cemai [") and second.startswith(" " * 13 + "[")


def test_the_help_of_a_command_begins_with_what_the_list_says_of_it() -> None:
    top = build_parser()
    assert "\n命令:\n    demo " in top.format_help(), "a heading and then the commands"
    pages = [
        child.format_help() for action in top._actions if action.nargs == argparse.PARSER for child in action.choices.values()
    ]
    assert len(pages) > 20
    assert [page for page in pages if not page.partition("\n\n")[2].strip() or page.partition("\n\n")[2].startswith("选项")] == []
