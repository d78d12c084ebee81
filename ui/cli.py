"""The command ``cemai``: verbs over one library. Results go to stdout, progress and messages to stderr.

Exit status: 0 done, 1 nothing found or a check failed, 2 wrong usage, 3 some inputs were refused (the rest is stored).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from corpus.errors import PolicyError, StoreError, UsageError
from corpus.store.address import describe_place, parse_place
from corpus.store.failures import explain_failure
from ui.commands.parser import WRONG_USAGE, Parser

OK, NOTHING = 0, 1


def build_parser() -> Parser:
    """The whole command line."""
    from ui.commands import (
        accounts,
        backups,
        checking,
        checks,
        copying,
        documents,
        eligibility,
        facts,
        feedback,
        fetching,
        finding,
        graph,
        models,
        questions,
        serving,
        supervision,
        today,
        working,
    )

    parser = Parser(prog="cemai", description="策脉：读懂政策文件，答案句句可核对到原文。")
    common = argparse.ArgumentParser(add_help=False)
    for target, default in ((parser, None), (common, argparse.SUPPRESS)):
        target.add_argument(
            "--library",
            metavar="DIR",
            type=parse_place,
            default=default,
            help="文档库文件夹，或 postgresql:// 地址（也可用环境变量 CEMAI_LIBRARY）",
        )
        target.add_argument("--model", metavar="NAME", default=default, help="向量模型：本地文件夹或模型名（默认用内置模型）")
        target.add_argument("--debug", action="store_true", default=default or False, help="出错时显示内部细节")
    verbs = parser.add_subparsers(dest="verb", metavar="命令", title="命令", parser_class=Parser)
    for module in (
        serving,
        working,
        documents,
        fetching,
        backups,
        copying,
        questions,
        feedback,
        checks,
        checking,
        eligibility,
        facts,
        finding,
        supervision,
        today,
        graph,
        models,
        accounts,
    ):
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
    _end_cleanly()
    if not getattr(args, "run", None):
        parser.print_help()
        return OK if args.verb is None and not argv else WRONG_USAGE
    try:
        with _recorded(args):
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
        from cemai.settings import default_place  # those who only want help do not wait for it

        if (explained := explain_failure(error, describe_place(args.library or default_place()))) is not None:
            print(explained, file=sys.stderr)
            return NOTHING
        print(
            f"程序内部出错（{type(error).__name__}：{error}）。文档库没有被写坏；加 --debug 再运行一次可以看到细节，请把它发给维护者。",
            file=sys.stderr,
        )
        return NOTHING


@contextmanager
def _recorded(args: argparse.Namespace) -> Iterator[None]:
    """While the block runs changes are recorded as those of the user of this machine, where the library has accounts."""
    from cemai.settings import default_place
    from corpus.store.accounts import AccountStore
    from corpus.store.audit import acting

    place = args.library or default_place()
    known = False
    with suppress(StoreError):  # a database that does not answer is told by the command itself
        known = AccountStore.exists(place if isinstance(place, str) else place.absolute())
    if not known:
        yield
        return
    from cemai.accounts import local_actor

    with acting(local_actor(str(args.verb))):
        yield


def _end_cleanly() -> None:
    """Let a request to end (shutdown, systemd, a closed terminal) end the program as Ctrl-C does: files closed, the log folded in."""
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_DFL:
                signal.signal(getattr(signal, name), _end)


def _end(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
