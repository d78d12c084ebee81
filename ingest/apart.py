"""Runs one function in a child process that cannot take more time and memory than it may: for libraries that open hostile files."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from corpus.errors import RefusedInput
from ingest.limits import Limits

Result = TypeVar("Result")


def run_apart(function: Callable[..., Result], *arguments: Any, source: str, limits: Limits) -> Result:
    """What a function gives, called in a process of its own.

    Args:
        function: of a module; its arguments and what it gives go through a pipe.
        arguments: that it is called with.
        source: the name of the file, for messages.
        limits: how long it may take and how much memory.

    Raises:
        RefusedInput: as the function does, and where it takes too long or too much, or fails.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(theirs, limits, function, arguments), daemon=True, name="cemai-apart")
    process.start()
    theirs.close()
    try:
        if not ours.poll(limits.seconds):
            raise RefusedInput(source, "timeout", f"打开超过 {limits.seconds:.0f} 秒，已停止；文件可能异常，请解压或另存后导入")
        kind, value = ours.recv()
    except (EOFError, OSError) as error:
        raise RefusedInput(source, "crash", "打开时程序意外退出，文件可能已损坏或占用过大；请解压或另存后导入") from error
    finally:
        ours.close()
        kill_group(process.pid)
        process.kill()
        process.join(5)
    if kind == "refused":
        raise RefusedInput(*value)
    if kind == "memory":
        raise RefusedInput(source, "memory", "打开所需内存超过上限，已停止；文件可能异常，请解压或另存后导入")
    if kind == "failed":
        raise RefusedInput(source, "broken", f"文件已损坏或不完整，无法打开（{value}）；请重新下载，或解压后导入其中的文件")
    result: Result = value
    return result


def _serve(pipe: Connection, limits: Limits, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    restrict(limits)
    limit_cpu(limits.seconds)
    try:
        answer: tuple[str, Any] = ("done", function(*arguments))
    except RefusedInput as refusal:
        answer = ("refused", (refusal.source, refusal.reason, refusal.message))
    except (MemoryError, SystemError):
        answer = ("memory", None)
    except BaseException as error:  # a library's own fault, which one written in Rust may raise as no Exception
        answer = ("failed", type(error).__name__)
    pipe.send(answer)


def kill_group(pid: int | None) -> None:
    """End a child with whatever it started (tesseract, LibreOffice); it leads a process group of its own."""
    if pid is None or sys.platform == "win32":
        return
    with suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def limit_cpu(seconds: float | None) -> None:
    """End this process once it has used so much more time of all cores: where the parent was killed nobody else does."""
    if sys.platform == "win32":
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = hard
    if seconds is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime + seconds * (os.cpu_count() or 1)) + 10
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def restrict(limits: Limits) -> None:
    """Cap this process's memory where the system can, and make it the head of its own process group."""
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError):
        os.setsid()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    ceiling = limits.memory_bytes if hard == resource.RLIM_INFINITY else min(limits.memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
