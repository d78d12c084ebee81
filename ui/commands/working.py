"""work: take imports from the queue of a library in a database."""

from __future__ import annotations

import argparse
import logging
import signal
import threading
from contextlib import ExitStack
from typing import Any

from corpus.errors import PolicyError, UsageError
from ui.commands.shared import open_library

log = logging.getLogger("cemai.work")


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    p = verbs.add_parser("work", parents=[common], help="从队列取文件导入（库在 PostgreSQL 里时，可以在任意多台机器上运行）")
    p.add_argument(
        "--lease", type=_seconds, default=30.0, metavar="秒", help="多久没有消息，别的进程就接手它手上的文件（默认 30）"
    )
    p.add_argument("--once", action="store_true", help="队列空了就结束")
    add_operations(p)
    p.set_defaults(run=work)


def add_operations(parser: argparse.ArgumentParser) -> None:
    """Add what those need who run several processes."""
    parser.add_argument(
        "--operations", metavar="地址:端口", help="另开运维地址，有 /health 和 /metrics（Prometheus）；只给内部网络"
    )
    parser.add_argument("--log-format", choices=("text", "json"), default="text", help="日志写成一行一句，或一行一个 JSON")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("请写 1 到 3600 之间的秒数，如 30。")
    return seconds


def work(args: argparse.Namespace) -> int:
    """Take imports until stopped."""
    from corpus.store.import_queue import ImportQueue
    from ui.desk.desk import Desk
    from ui.desk.import_worker import ImportWorker, folder_of_process
    from ui.desk.metrics import Metrics
    from ui.operations import OperationsServer, log_as_json

    if args.log_format == "json":
        log_as_json()
    with ExitStack() as stack:
        library = stack.enter_context(open_library(args, create=True))
        if not isinstance(library.corpus.address, str):
            raise UsageError(
                "这个库在文件夹里：放入网页的文件由 cemai serve 自己导入，不用另开进程。库在 PostgreSQL 里时才用 cemai work。"
            )
        library.keeps_indexes = False
        queue = ImportQueue(library.corpus.address)
        stack.callback(queue.close)
        stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
        folder = folder_of_process(library.corpus.folder)
        stack.callback(lambda: folder.rmdir() if folder.is_dir() else None)
        worker = ImportWorker(Desk(library, None, folder), queue, args.lease)
        if args.operations:
            # a connection of its own: it is asked while the other one is at work
            seen = ImportQueue(library.corpus.address)
            stack.callback(seen.close)

            def health() -> dict[str, Any]:
                try:
                    return {"status": "ok", "imports": seen.counts(), "done": worker.done}
                except PolicyError:
                    return {"status": "database", "done": worker.done}

            def gauges() -> dict[str, float]:
                told = health()
                counts = {f'cemai_imports{{state="{name}"}}': float(count) for name, count in told.get("imports", {}).items()}
                return {**counts, "cemai_imports_done": worker.done, "cemai_database_up": float(told["status"] == "ok")}

            stack.enter_context(OperationsServer(args.operations, health, Metrics(), gauges))
        print(f"{worker.name}：从队列取文件导入，按 Ctrl+C 停止。", flush=True)
        worker.run(stopping, until_empty=args.once)
        print(f"已导入 {worker.done} 份。", flush=True)
    return 0
