"""What a server has done, in numbers 运行数据: written as Prometheus reads them (text format 0.0.4)."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from corpus.errors import PolicyError

T = TypeVar("T")
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the classes of durations, in seconds."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts and durations since the start. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[tuple[str, str]] = Counter()
        self._durations: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}
        self._answers: Counter[str] = Counter()
        self._responses: Counter[int] = Counter()

    def measured(self, call: str, work: Callable[[], T]) -> T:
        """The result of some work, timed under the name of a call (``ask``, ``search``); answers are counted by their status."""
        begun, outcome = time.perf_counter(), "failed"
        try:
            result = work()
            outcome = "done"
        except PolicyError:
            outcome = "refused"
            raise
        finally:
            self._note(call, outcome, time.perf_counter() - begun)
        return result

    def count_answer(self, status: str) -> None:
        """Count an answer by its status (``answered``, ``not_found`` …)."""
        with self._lock:
            self._answers[status] += 1

    def count_response(self, status: int) -> None:
        """Count a reply by its HTTP status."""
        with self._lock:
            self._responses[status] += 1

    def write(self, gauges: Mapping[str, float]) -> str:
        """Everything, with some values of the moment (``{"cemai_generation": 7.0}``; a name may have labels)."""
        lines: list[str] = []
        with self._lock:
            _add(lines, "cemai_calls_total", "counter", "Calls by what became of them.", (
                (f'{{call="{call}",outcome="{outcome}"}}', count) for (call, outcome), count in sorted(self._calls.items())
            ))  # fmt: skip
            _add(lines, "cemai_answers_total", "counter", "Answers by status; not_found is an answer refused for want of a source.", (
                (f'{{status="{status}"}}', count) for status, count in sorted(self._answers.items())
            ))  # fmt: skip
            _add(lines, "cemai_responses_total", "counter", "Replies by HTTP status; 4xx and 5xx are refusals.", (
                (f'{{code="{code}"}}', count) for code, count in sorted(self._responses.items())
            ))  # fmt: skip
            name = "cemai_call_seconds"
            lines += [f"# HELP {name} Duration of calls.", f"# TYPE {name} histogram"]
            for call, counts in sorted(self._durations.items()):
                total = 0
                for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
                    total += count
                    lines.append(f'{name}_bucket{{call="{call}",le="{bound}"}} {total}')
                lines += [f'{name}_sum{{call="{call}"}} {self._seconds[call]:.6f}', f'{name}_count{{call="{call}"}} {total}']
        told: set[str] = set()
        for name, value in gauges.items():
            bare = name.partition("{")[0]
            if bare not in told:
                told.add(bare)
                lines.append(f"# TYPE {bare} gauge")
            lines.append(f"{name} {value:g}")
        return "\n".join(lines) + "\n"

    def _note(self, call: str, outcome: str, seconds: float) -> None:
        with self._lock:
            self._calls[call, outcome] += 1
            self._durations.setdefault(call, [0] * (len(BOUNDS) + 1))[bisect_left(BOUNDS, seconds)] += 1
            self._seconds[call] = self._seconds.get(call, 0.0) + seconds


def _add(lines: list[str], name: str, kind: str, help: str, samples: Iterable[tuple[str, int]]) -> None:
    lines += [f"# HELP {name} {help}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{labels} {value}" for labels, value in samples]
