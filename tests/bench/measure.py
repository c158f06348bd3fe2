"""Clocks and ledgers of the benchmarks: seconds, statements, memory, ratios and their bounds."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass
class Statements:
    """What the database was asked while watched, and how long it took to answer."""

    count: int = 0
    seconds: float = 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - started


@contextmanager
def watched() -> Iterator[Statements]:
    """Count and time every statement of the default connection."""
    statements = Statements()
    with connection.execute_wrapper(statements):
        yield statements


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes once."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def best(action: Callable[[], object], times: int = 3) -> float:
    """The shortest of several runs: what the machine can do when nothing else disturbs."""
    return min(seconds(action) for _ in range(times))


def sql(statement: str) -> Callable[[], None]:
    """A statement to be run to its end, its rows fetched by the server alone."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) {statement}")

    return run


def peak_mib() -> float:
    """The most memory that this process or one of its children has held, in MiB."""
    most = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


@dataclass
class Report:
    """Figures against their bounds, printed as they come."""

    misses: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Say something that is not judged."""
        sys.stdout.write(f"        {text}\n")
        sys.stdout.flush()

    def judge(self, what: str, value: float, bound: float, unit: str) -> None:
        """Hold a figure against the most it may be."""
        verdict = "ok" if value <= bound else "MISSED"
        sys.stdout.write(f"{verdict:>6}  {what}: {value:,.3g}{unit} (at most {bound:,g}{unit})\n")
        sys.stdout.flush()
        if value > bound:
            self.misses.append(what)
