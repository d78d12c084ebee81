"""What the machine offers 机器: cores and memory, and how many worker processes a server gets of them."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

MOST = 8
"""Worker processes that are started without being asked for: beyond, the process that serves is what limits."""
MOST_ASKED = 64
RESERVE = 1_000
"""Megabytes left to the system, and to the process that serves, which takes 500."""
EACH, EACH_OF_LIBRARY = 260, 0.4
"""Megabytes a worker takes of its own: with the item encoder, and for each megabyte of the library's file. Measured: 250 MB over
the samples, 390 MB over a library of 324 MB (2,701 documents)."""
_CGROUP = Path("/sys/fs/cgroup")


def count_cores() -> int:
    """The cores this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = (_CGROUP / "cpu.max").read_text().split()
        cores = min(cores, max(1, int(quota) // int(period)))
    return cores


def available_memory() -> int | None:
    """Megabytes that can be had without swapping; None where the system does not say.

    On Linux what is available, within the limit of the container; on Windows likewise; elsewhere half of what is built in.
    """
    if sys.platform == "win32":
        return _available_on_windows()
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = int(next(line for line in lines if line.startswith("MemAvailable")).split()[1]) >> 10
        with suppress(OSError, ValueError):
            limit, used = (int((_CGROUP / name).read_text()) for name in ("memory.max", "memory.current"))
            free = min(free, max(0, limit - used) >> 20)
        return free
    with suppress(OSError, ValueError, AttributeError):
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 21)
    return None


def _available_on_windows() -> int | None:
    class Status(ctypes.Structure):
        # MEMORYSTATUSEX: two numbers of 32 bits, seven of 64; the second of these is the physical memory available
        _fields_ = (("length", ctypes.c_uint32), ("load", ctypes.c_uint32), ("sizes", ctypes.c_uint64 * 7))

    status = Status()
    status.length = ctypes.sizeof(status)
    with suppress(OSError, AttributeError):
        if ctypes.CDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status)):
            return int(status.sizes[1]) >> 20
    return None


def give_back_memory() -> None:
    """Give freed memory back to the system, where the C library keeps it (glibc): reading the item encoder frees 170 MB."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def memory_of_worker(library: Path) -> int:
    """Megabytes one worker takes over a library, by the size of its file."""
    with suppress(OSError):
        return EACH + round(EACH_OF_LIBRARY * library.stat().st_size / (1 << 20))
    return EACH


def choose_workers(asked: int | None, cores: int, memory: int | None, each: int) -> tuple[int, str | None]:
    """How many worker processes to start.

    Args:
        asked: The number a person gave; None to choose.
        cores: Cores of the machine.
        memory: Megabytes available; None where unknown.
        each: Megabytes one worker takes.

    Returns:
        The number, 0 for none: one process beside another that only waits for it gains nothing. And a line for people where there
        are fewer than the cores allow.

    Example: ``choose_workers(None, 2, 8_000, 400)`` is ``(2, None)``.
    """
    if asked is not None:
        return (asked if asked > 1 else 0), None
    wanted = min(cores, MOST)
    room = wanted if memory is None else max(0, memory - RESERVE) // each
    if wanted < 2 or room >= wanted:
        return (wanted if wanted > 1 else 0), None
    how = f"可用内存 {memory} MB，每个工作进程约需 {each} MB"
    if room < 2:
        return 0, f"{how}：不另开工作进程，问题在服务进程内逐个回答。要另开请用 --workers 2。"
    return room, f"{how}：只开 {room} 个工作进程（本机有 {cores} 个核）。"
