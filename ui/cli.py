"""The command ``cemai``: verbs over one library. Results go to stdout, progress and messages to stderr.

Exit status: 0 done, 1 nothing found or a check failed, 2 wrong usage, 3 some inputs were refused (the rest is stored).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from corpus.errors import PolicyError, UsageError

OK, NOTHING, WRONG_USAGE, REFUSED = 0, 1, 2, 3


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "add_help": False})
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def format_usage(self) -> str:
        """The usage line."""
        return super().format_usage().replace("usage:", "用法：", 1)

    def format_help(self) -> str:
        """The help text."""
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and leave with status 2."""
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"命令写法不对：{_chinese(message)}\n用 {self.prog} --help 查看说明。\n")


def _chinese(message: str) -> str:
    for english, chinese in (
        ("the following arguments are required: ", "缺少参数 "),
        ("unrecognized arguments: ", "不认识的参数 "),
        ("argument ", "参数 "),
        ("invalid choice: ", "没有这个选择 "),
        ("(choose from ", "（可选："),
        ("expected one argument", "后面要有一个值"),
        ("expected at least one argument", "后面至少要有一个值"),
        ("invalid int value: ", "不是整数 "),
        ("not allowed with argument", "不能同时使用"),
    ):
        message = message.replace(english, chinese)
    return message


def build_parser() -> Parser:
    """The whole command line."""
    from ui.commands import documents, facts, feedback, graph, models, questions, serving

    parser = Parser(prog="cemai", description="策脉：读懂政策文件，答案句句可核对到原文。")
    common = argparse.ArgumentParser(add_help=False)
    for target, default in ((parser, None), (common, argparse.SUPPRESS)):
        target.add_argument(
            "--library", metavar="DIR", type=Path, default=default, help="文档库文件夹（也可用环境变量 CEMAI_LIBRARY）"
        )
        target.add_argument("--model", metavar="NAME", default=default, help="向量模型：本地文件夹或模型名（默认用内置模型）")
        target.add_argument("--debug", action="store_true", default=default or False, help="出错时显示内部细节")
    verbs = parser.add_subparsers(dest="verb", metavar="命令", title="命令", parser_class=Parser)
    for module in (serving, documents, questions, feedback, facts, graph, models):
        module.register(verbs, common)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; every error meant for people becomes one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        # a Windows console or a pipe may stand on a code page that cannot write every character of a policy
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = build_parser()
    args = parser.parse_args(argv)
    if not getattr(args, "run", None):
        parser.print_help()
        return OK if args.verb is None and not argv else WRONG_USAGE
    try:
        return int(args.run(args))
    except UsageError as error:
        print(error, file=sys.stderr)
        return WRONG_USAGE
    except PolicyError as error:
        print(error, file=sys.stderr)
        return NOTHING
    except BrokenPipeError:
        # the reader of our output (head, less) has gone: not an error, and Python must not complain at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("已中断；已经完成的部分都保存了。", file=sys.stderr)
        return 130
    except Exception as error:
        if args.debug:
            raise
        print(
            f"程序内部出错（{type(error).__name__}：{error}）。文档库没有被写坏；加 --debug 再运行一次可以看到细节，请把它发给维护者。",
            file=sys.stderr,
        )
        return NOTHING


if __name__ == "__main__":
    sys.exit(main())
