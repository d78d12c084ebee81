"""An argument parser that speaks Chinese: argparse hands every message to gettext, and here is the catalogue it finds."""

from __future__ import annotations

import argparse
import sys
from functools import cache
from gettext import NullTranslations
from typing import Any, NoReturn

from corpus.wordlists import entries

WRONG_USAGE = 2


class Catalogue(NullTranslations):
    """Messages of argparse in Chinese; one that is not known stays as it is."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__()
        self.messages = messages

    def gettext(self, message: str) -> str:
        """The Chinese message."""
        return self.messages.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The Chinese message, which is the same for one and for many."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def catalogue() -> Catalogue:
    """The catalogue in ``data/argparse.tsv``."""
    return Catalogue(
        {english: chinese for english, _, chinese in (line.partition("\t") for line in entries("ui", "argparse.tsv"))}
    )


class HelpText(argparse.HelpFormatter):
    """Help with 用法 in front.

    The word is put in afterwards: argparse indents by the number of characters, and 用法 is as wide as ``usage`` but shorter.
    """

    def format_help(self) -> str:
        """The help, or the line of usage alone."""
        return super().format_help().replace("usage:", "用法：", 1)

    def _format_action(self, action: argparse.Action) -> str:
        """One entry of a list; a list of commands has a heading, and no line of its own below it."""
        text = super()._format_action(action)
        return text.partition("\n")[2] if action.nargs == argparse.PARSER else text


class Verbs(argparse._SubParsersAction):  # type: ignore[type-arg]  # no generic class when it runs
    """Commands of which the help of each begins with what the list of them says of it."""

    def add_parser(self, name: str, **options: Any) -> Any:
        """Add a command."""
        options.setdefault("description", options.get("help", "").replace("%%", "%"))
        return super().add_parser(name, **options)


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese."""

    def __init__(self, **options: Any) -> None:
        # argparse imported the functions of gettext by name, which look for a compiled file in the language of the environment
        vars(argparse).update(_=catalogue().gettext, ngettext=catalogue().ngettext)
        super().__init__(**{"formatter_class": HelpText, **options, "add_help": False})
        self.add_argument("-h", "--help", action="help", help="显示这份说明")  # behind the options of all commands
        self.register("type", int, whole_number)
        self.register("action", "parsers", Verbs)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and leave with status 2."""
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"命令写法不对：{message}\n用 {self.prog} --help 查看说明。\n")


def whole_number(text: str) -> int:
    """A number on the command line; ``argparse`` would name the type ``int`` in its message."""
    try:
        return int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"不是整数 {text!r}") from error
