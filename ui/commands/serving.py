"""demo and serve: the sample library, and the page."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cemai.accounts import calling
from corpus.errors import PolicyError, UsageError
from ui.commands.accounts import caller_of_token
from ui.commands.shared import note, open_library, progress
from ui.commands.working import add_operations
from ui.desk.machine import MOST_ASKED

if TYPE_CHECKING:
    from cemai.library import Library

DEMO_QUESTION = "过渡期医保资助政策"
DEMO_TOPIC = "医疗保障"


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    p = verbs.add_parser("demo", parents=[common], help="用自带的示例文件演示：建库、作答、对比，并打开网页")
    p.add_argument("--no-serve", action="store_true", help="不打开网页")
    _address(p)
    p.set_defaults(run=demo)
    p = verbs.add_parser("serve", parents=[common], help="打开网页和 REST 接口（/api/v1）")
    _address(p)
    p.add_argument("--certificate", type=Path, metavar="文件", help="给别的机器用时的证书（PEM）")
    p.add_argument("--key", type=Path, metavar="文件", help="证书的私钥（PEM，不带密码）")
    p.add_argument("--proxy-from", action="append", default=[], metavar="地址", help="前面的代理的地址或网段；只答复它")
    p.add_argument(
        "--public-name", action="append", default=[], metavar="名称", help="大家打开网页用的名称，如 policy.example.gov.cn"
    )
    p.add_argument(
        "--backup-every",
        type=_hours,
        metavar="小时",
        help="每隔多少小时、库有变化时自动备份（放在上次备份的文件夹，留最近 14 份）",
    )
    p.add_argument("--no-work", action="store_true", help="不在这里导入队列里的文件，都留给 cemai work（库在 PostgreSQL 里时）")
    p.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="名称=文件夹",
        help="另一个文档库，只有许可的账号能进；可以写多次，要先有账号",
    )
    add_operations(p)
    p.set_defaults(run=serve)
    p = verbs.add_parser("mcp", parents=[common], help="作为 MCP 服务（标准输入输出），供别的助手查用文档库")
    p.set_defaults(run=mcp)


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="地址", help="监听地址（默认只限本机）")
    parser.add_argument("--port", type=int, default=7860, metavar="端口")
    parser.add_argument(
        "--workers",
        type=_number_of_workers,
        metavar="N",
        help="回答问题的工作进程数；0 或 1 为不另开进程；缺省按本机的核数和可用内存决定",
    )


def _number_of_workers(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number <= MOST_ASKED:
        raise argparse.ArgumentTypeError(f"请写 0 到 {MOST_ASKED} 之间的整数。")
    return number


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0.1 <= hours <= 24 * 366:
        raise argparse.ArgumentTypeError("请写小时数，如 24。")
    return hours


def demo(args: argparse.Namespace) -> int:
    """Build a library from the bundled samples and show what it can do."""
    from importlib import resources

    from cemai.settings import default_folder
    from ingest.formats.contents import extension
    from ingest.formats.registry import ENDINGS
    from ui.commands.questions import print_answer, print_comparison

    if args.library is None:
        # the demo must not mix its samples into the library the user works with
        args.library = default_folder().parent / "demo"
    with resources.as_file(resources.files("corpus").joinpath("samples")) as samples:
        paths = sorted(p for p in samples.iterdir() if extension(p.name) in ENDINGS)
        with open_library(args, create=True) as library:
            with progress("导入示例") as show:
                report = library.ingest(paths, progress=show)
            count = len(library.corpus)
            print(f"示例库 {args.library}：{count} 份文件（示例摘编，不作为执行依据）。\n")
            print(f"问：{DEMO_QUESTION}\n")
            answer = library.ask(DEMO_QUESTION)
            print_answer(answer)
            regions = list(dict.fromkeys(c.region for c in answer.citations if c.region))[:3]
            print(f"\n比：{DEMO_TOPIC}（{'、'.join(regions)}）\n")
            print_comparison(library.compare(DEMO_TOPIC, regions=regions))
    if report.refused:
        for refusal in report.refused:
            note(f"未导入 {refusal.source}：{refusal.message}")
        return 1
    if args.no_serve:
        return 0 if answer.status != "not_found" else 1
    return serve(args)


def serve(args: argparse.Namespace) -> int:
    """Serve the page and the REST interface."""
    from cemai.library import Library
    from ui.desk.backups import scheduled_backups
    from ui.server import serve as run
    from ui.several import parse_libraries

    if getattr(args, "log_format", "text") == "json":
        from ui.operations import log_as_json

        log_as_json()
    with ExitStack() as stack:
        library = stack.enter_context(open_library(args, create=True))
        others = {}
        for name, folder in parse_libraries(getattr(args, "also", [])).items():
            # a name mistyped must not become an empty library that looks right
            if not (folder / "library.sqlite").is_file():
                raise UsageError(f"--also {name}：{folder} 里没有文档库。先导入：cemai --library {folder} ingest 文件夹。")
            if folder.resolve() == Path(library.corpus.folder).resolve():
                raise UsageError(f"--also {name}：{folder} 就是 --library 的那个库，不能再用一次。")
            others[name] = stack.enter_context(Library.open(folder, model=args.model))
        for one in (library, *others.values()):
            try:
                with progress("更新向量") as show:
                    one.embed(show)
            except PolicyError as error:  # the page finds by words all the same
                note(str(error))
        with scheduled_backups(library.corpus.folder, _hours_between(library, args)):
            run(
                library,
                host=args.host,
                port=args.port,
                workers=args.workers,
                certificate=getattr(args, "certificate", None),
                key=getattr(args, "key", None),
                proxies=getattr(args, "proxy_from", []),
                names=getattr(args, "public_name", []),
                works=not getattr(args, "no_work", False),
                operations=getattr(args, "operations", None),
                others=others,
            )
    return 0


def _hours_between(library: Library, args: argparse.Namespace) -> float | None:
    hours: float | None = getattr(args, "backup_every", None)
    if hours is not None:
        library.corpus.required_folder()
    return hours


def mcp(args: argparse.Namespace) -> int:
    """Serve the library to other assistants over standard input and output."""
    from ui.mcp import run

    with open_library(args) as library, calling(caller_of_token(library.corpus.address)):
        run(library)
    return 0
