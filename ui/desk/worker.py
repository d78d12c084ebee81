"""A worker process 工作进程: answers calls over a library it only reads, one after the other, each from one state of the library.

The process that serves writes the library and brings its caches up to every change; a worker maps these files. Before each call it
takes in what has changed. Where the caches are not yet as far as the library it says so and answers nothing, so that no answer
is made of two states.
"""

from __future__ import annotations

import pickle
import signal
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cemai.library import Library
from corpus.errors import PolicyError
from ui.desk.machine import give_back_memory

CALLS = frozenset({"ask", "search", "compare", "understand", "understand_all", "match_documents", "best_passages"})
"""Methods of ``Library`` that a worker may be asked for: they read, and their results can be sent."""
TIDY = 60.0
"""Seconds between two times that freed memory is given back, which takes a hundredth of one."""
_FIRST_QUERY = "政策"
"""What is searched for to begin with: models, indexes and word lists are read before somebody waits for them."""


class Outcome(Enum):
    """What became of a call."""

    DONE = "done"
    REFUSED = "refused"
    """The answer is an error that a person can act on."""
    BEHIND = "behind"
    """The caches are not yet at the generation of the library."""
    FAILED = "failed"
    """An error of the program; the worker is not to be asked again."""


@dataclass(frozen=True, slots=True)
class Call:
    """A method of the library by its name, one of ``CALLS``, with its arguments."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a call.

    Attributes:
        value: The result, a ``PolicyError`` where refused, the trace where failed.
        generation: The generation of the library the call was answered from.
    """

    outcome: Outcome
    value: Any = None
    generation: int = -1


def serve_calls(pipe: Connection, folder: Path | str, model: str | None) -> None:
    """Run in the worker process: say when it is ready, then answer calls until the pipe is closed, also by the parent's death.

    Args:
        pipe: Where calls come from and replies go.
        folder: The folder of the library.
        model: The embedding model it is opened with, where another than the library's own was asked for.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    with suppress(EOFError, OSError), Library.open(folder, create=False, model=model, read_only=True) as library:
        pipe.send(answer_call(library, Call("search", {"query": _FIRST_QUERY, "top": 1})))
        tidied = float("-inf")
        while True:
            if time.monotonic() - tidied > TIDY:  # nobody waits just now
                give_back_memory()
                tidied = time.monotonic()
            pipe.send(answer_call(library, pipe.recv()))


def answer_call(library: Library, call: Call) -> Reply:
    """Answer one call from one state of a library that was opened ``read_only``."""
    try:
        if call.name not in CALLS:
            raise ValueError(f"no call for workers: {call.name}")
        with library.corpus.snapshot() as generation:
            library.searcher.refresh()
            if library.searcher.generation != generation:
                return Reply(Outcome.BEHIND, generation=generation)
            return Reply(Outcome.DONE, getattr(library, call.name)(**call.arguments), generation)
    except PolicyError as error:
        return Reply(Outcome.REFUSED, _portable(error))
    except Exception:
        return Reply(Outcome.FAILED, traceback.format_exc())


def _portable(error: PolicyError) -> PolicyError:
    """The error, or one with the same words where its class cannot be made again from its arguments."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return PolicyError(str(error))
    return error
